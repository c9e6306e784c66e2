package storage

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7/pkg/encrypt"

	"vanthu/record"
)

// Config says where a MinIO (or other S3) server is and how to log in.
type Config struct {
	Endpoint  string // host or host:port
	TLS       bool
	CAFile    string // PEM of the authority of the server's certificate; "" for the system's
	Region    string // "" for us-east-1, MinIO's own default
	Bucket    string // base name: buckets Bucket-archive and Bucket-work
	AccessKey string
	SecretKey string
	// LockDays is the default retention, in days and GOVERNANCE mode, of an
	// archive bucket that OpenMinIO makes: a floor against accidents; the
	// retention that the law asks for is longer and set per document. 0 for 365.
	LockDays uint
	// Encrypt makes the server encrypt whatever is put into both buckets: "" for
	// no, EncryptS3, or EncryptKMS with the name of a key.
	Encrypt string
	Log     *slog.Logger // of the server's going and coming back; nil for none
}

// What Config.Encrypt says.
const (
	EncryptS3  = "sse-s3"   // with keys that the server manages
	EncryptKMS = "sse-kms:" // with the key of its KMS that is named after the colon
)

// DefaultBucket is the base name of the buckets when the URL names none.
const DefaultBucket = "vanthu"

// String names the place and never the keys.
func (c Config) String() string { return c.root() + "/" + c.Bucket }

func (c Config) root() string {
	if c.TLS {
		return "https://" + c.Endpoint
	}
	return "http://" + c.Endpoint
}

// GoString keeps the keys out of %#v as well.
func (c Config) GoString() string { return c.String() }

func (c Config) archiveBucket() string { return c.Bucket + "-archive" }
func (c Config) workBucket() string    { return c.Bucket + "-work" }

var kmsKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:/._-]{0,255}$`)

// encryption is what Encrypt stands for.
func (c Config) encryption() (encrypt.ServerSide, error) {
	key, kms := strings.CutPrefix(c.Encrypt, EncryptKMS)
	switch {
	case c.Encrypt == "":
		return nil, nil
	case c.Encrypt == EncryptS3:
		return encrypt.NewSSE(), nil
	case kms && kmsKey.MatchString(key):
		return encrypt.NewSSEKMS(key, nil)
	}
	return nil, record.E(record.Usage, "s3-encrypt",
		fmt.Sprintf("VANTHU_S3_ENCRYPT phải để trống, hoặc là %s, hoặc là %sTÊN-KHÓA; không nhận %q", EncryptS3, EncryptKMS, c.Encrypt))
}

func (c Config) region() string {
	if c.Region == "" {
		return s3Region
	}
	return c.Region
}

// ParseS3 reads the command line's http[s]://HOST[:PORT][/NAME] and takes the
// rest from the environment: VANTHU_S3_ACCESS_KEY and VANTHU_S3_SECRET_KEY, or
// the same with _FILE naming a file that holds the value, or the names that all
// S3 tools know, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; optionally
// VANTHU_S3_REGION, VANTHU_S3_CA_FILE and VANTHU_S3_ENCRYPT, which makes the
// server encrypt whatever is written from now on: sse-s3 with keys of its own,
// sse-kms:KEY-ID with a key of its KMS. Errors are of kind Usage.
func ParseS3(raw string, getenv func(string) string) (Config, error) {
	usage := func(code, format string, args ...any) (Config, error) {
		return Config{}, record.E(record.Usage, code, fmt.Sprintf(format, args...))
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return usage("s3-url", "Địa chỉ --s3 phải có dạng http[s]://MÁY[:CỔNG][/TÊN]")
	}
	if u.User != nil {
		return usage("s3-url", "Không ghi tài khoản trong địa chỉ --s3; hãy đặt VANTHU_S3_ACCESS_KEY và VANTHU_S3_SECRET_KEY")
	}
	c := Config{Endpoint: u.Host, TLS: u.Scheme == "https", Bucket: strings.Trim(u.Path, "/"),
		Region: getenv("VANTHU_S3_REGION"), CAFile: getenv("VANTHU_S3_CA_FILE"),
		Encrypt: getenv("VANTHU_S3_ENCRYPT")}
	if c.Bucket == "" {
		c.Bucket = DefaultBucket
	}
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,50}[a-z0-9]$`).MatchString(c.Bucket) {
		return usage("s3-bucket", "Tên kho %q chỉ được gồm 3 đến 52 ký tự a-z, 0-9 và -", c.Bucket)
	}
	if _, err := c.encryption(); err != nil {
		return Config{}, err
	}
	for _, secret := range []struct {
		into        *string
		name, usual string
	}{{&c.AccessKey, "VANTHU_S3_ACCESS_KEY", "AWS_ACCESS_KEY_ID"}, {&c.SecretKey, "VANTHU_S3_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"}} {
		*secret.into = getenv(secret.name)
		if file := getenv(secret.name + "_FILE"); *secret.into == "" && file != "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return Config{}, record.Because(err, record.Usage, "s3-credentials", "Không đọc được tệp nêu trong "+secret.name+"_FILE")
			}
			*secret.into = strings.TrimSpace(string(b))
		}
		if *secret.into == "" {
			*secret.into = getenv(secret.usual)
		}
		if *secret.into == "" {
			return usage("s3-credentials", "Thiếu %s (hoặc %s_FILE, hoặc %s)", secret.name, secret.name, secret.usual)
		}
	}
	return c, nil
}
