package post

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"vanthu/record"
)

// STARTTLS says whether a connection that begins in the clear goes on by TLS
// (RFC 3207).
type STARTTLS string

const (
	STARTTLSMust    STARTTLS = "must"    // or nothing is sent
	STARTTLSOffered STARTTLS = "offered" // where the server offers it; a password is not sent without
	STARTTLSNever   STARTTLS = "never"   // for a server on this machine only
)

// Config says which mail server takes the office's letters, and who sends them.
type Config struct {
	Address  string   // smtp://host:port, or smtps://host:port for TLS from the start
	STARTTLS STARTTLS // "" for STARTTLSMust; nothing to smtps
	// CAFile is a PEM file of the authorities that the server's certificate may be
	// of; "" for the system's.
	CAFile       string
	Username     string        // "" for none
	PasswordFile string        // its first line; "" for none
	From         string        // envelope and header
	FromName     string        // shown beside it; "" for none
	Timeout      time.Duration // of sending one letter, all in all; 0 for DefaultTimeout
}

// DefaultTimeout is long enough for a server that checks for viruses before it
// answers, and short enough for a queue.
const DefaultTimeout = 2 * time.Minute

const (
	portSubmission  = "587" // RFC 6409
	portSubmissions = "465" // RFC 8314
	maxTimeout      = time.Hour
	maxSecret       = 4 << 10 // bytes of a password file
	maxCA           = 1 << 20 // bytes of a file of authorities
)

// ParseConfig reads the command line:
//
//	smtp[s]://[USER@]HOST[:PORT][?starttls=must|offered|never&ca=FILE&timeout=30s]
//
// without a port 587, for smtps 465; passwordFile is "" or names a file; from is
// an address or "Tên <address>". Every fault is in the one error, "mail-config",
// with /smtp, /smtp-password-file or /mail-from for its place.
func ParseConfig(raw, passwordFile, from string) (Config, error) {
	c := Config{PasswordFile: passwordFile}
	var faults []record.Fault
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		faults = append(faults, fault("/smtp", "url", "Địa chỉ máy chủ thư phải có dạng smtp[s]://[TÀI-KHOẢN@]MÁY[:CỔNG]"))
	} else {
		faults = c.fromURL(u)
	}
	if a, err := mail.ParseAddress(from); err == nil {
		c.From, c.FromName = a.Address, a.Name
	} else {
		c.From = from
	}
	faults = append(faults, c.faults()...)
	for i := len(faults) - 1; i > 0; i-- { // of one place the first says enough
		if slices.ContainsFunc(faults[:i], func(f record.Fault) bool { return f.Pointer == faults[i].Pointer && f.Code == faults[i].Code }) {
			faults = slices.Delete(faults, i, i+1)
		}
	}
	return c, record.Faulty("mail-config", "Cấu hình máy chủ thư chưa đúng", faults)
}

// fromURL takes what the URL says.
func (c *Config) fromURL(u *url.URL) (faults []record.Fault) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"smtp": portSubmission, "smtps": portSubmissions}[u.Scheme]
	}
	c.Address = u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port)
	if u.User != nil {
		c.Username = u.User.Username()
		if _, given := u.User.Password(); given {
			faults = append(faults, fault("/smtp", "password", "Không ghi mật khẩu trong địa chỉ, nơi ai cũng đọc được; hãy đặt vào tệp và nêu bằng --smtp-password-file"))
		}
	}
	if strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		faults = append(faults, fault("/smtp", "path", "Sau tên máy và cổng không có đường dẫn"))
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return append(faults, fault("/smtp", "query", "Phần tham số sau dấu ? không đúng dạng"))
	}
	for name, all := range query {
		value := all[0]
		switch {
		case len(all) > 1:
			faults = append(faults, fault("/smtp", "repeated", fmt.Sprintf("Tham số %q chỉ được nêu một lần", name)))
		case name == "starttls":
			c.STARTTLS = STARTTLS(value)
		case name == "ca":
			c.CAFile = value
		case name == "timeout":
			if c.Timeout, err = time.ParseDuration(value); err != nil || c.Timeout <= 0 {
				faults = append(faults, fault("/smtp", "timeout", fmt.Sprintf("Thời hạn phải như 30s hay 2m và không quá %v", maxTimeout)))
				c.Timeout = 0
			}
		default:
			faults = append(faults, fault("/smtp", "parameter", fmt.Sprintf("Không có tham số %q; chỉ có starttls, ca, timeout", name)))
		}
	}
	return faults
}

// faults are those of the values; files are looked at by New.
func (c Config) faults() (faults []record.Fault) {
	say := func(pointer, code, format string, args ...any) {
		faults = append(faults, fault(pointer, code, fmt.Sprintf(format, args...)))
	}
	e, ok := c.endpoint()
	if !ok {
		say("/smtp", "url", "Địa chỉ máy chủ thư phải có dạng smtp[s]://[TÀI-KHOẢN@]MÁY[:CỔNG]")
	}
	switch c.STARTTLS {
	case "", STARTTLSMust, STARTTLSOffered:
		if c.STARTTLS != "" && e.implicit {
			say("/smtp", "starttls", "smtps đã dùng TLS từ đầu, không nêu starttls")
		}
	case STARTTLSNever:
		if ok && (e.implicit || !e.loopback()) {
			say("/smtp", "starttls", "starttls=never chỉ dùng được với máy chủ smtp ngay trên máy này (localhost)")
		}
	default:
		say("/smtp", "starttls", "starttls phải là must, offered hoặc never")
	}
	if c.Timeout < 0 || c.Timeout > maxTimeout {
		say("/smtp", "timeout", "Thời hạn phải như 30s hay 2m và không quá %v", maxTimeout)
	}
	if (c.Username == "") != (c.PasswordFile == "") {
		say("/smtp-password-file", "credentials", "Tài khoản trong địa chỉ và tệp mật khẩu phải có cùng nhau")
	}
	if _, err := ParseAddress(c.From); err != nil {
		say("/mail-from", "address", "Địa chỉ gửi %q không phải là địa chỉ thư điện tử", clip(c.From))
	}
	if _, ok := oneLine(c.FromName); !ok || len(c.FromName) > maxName {
		say("/mail-from", "name", "Tên người gửi không được có ký tự điều khiển và không quá %d byte", maxName)
	}
	return faults
}

// endpoint is where the server is.
type endpoint struct {
	host, port string
	implicit   bool // TLS from the start
}

func (c Config) endpoint() (endpoint, bool) {
	u, err := url.Parse(c.Address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return endpoint{}, false
	}
	n, err := strconv.Atoi(u.Port())
	return endpoint{u.Hostname(), u.Port(), u.Scheme == "smtps"}, err == nil && n > 0 && n < 1<<16
}

// loopback says whether the server is on this machine.
func (e endpoint) loopback() bool {
	ip := net.ParseIP(e.host)
	return strings.EqualFold(e.host, "localhost") || ip != nil && ip.IsLoopback()
}

// New is a sender of letters. It reads the files that c names, and connects to
// nothing. All faults are in the one error, "mail-config".
func New(c Config) (*Sender, error) {
	faults := c.faults()
	s := &Sender{from: mail.Address{Name: c.FromName}, starttls: cmp.Or(c.STARTTLS, STARTTLSMust), timeout: cmp.Or(c.Timeout, DefaultTimeout), username: c.Username}
	s.server, _ = c.endpoint()
	s.tls = &tls.Config{ServerName: s.server.host, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := readSmall(c.CAFile, maxCA)
		s.tls.RootCAs = x509.NewCertPool()
		if err != nil || !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			faults = append(faults, fault("/smtp", "ca", fmt.Sprintf("Tệp %s không đọc được hoặc không có chứng thư PEM nào", c.CAFile)))
		}
	}
	if c.PasswordFile != "" {
		b, err := readSmall(c.PasswordFile, maxSecret)
		line, _, _ := strings.Cut(string(b), "\n")
		if s.password = strings.TrimSuffix(line, "\r"); err != nil || s.password == "" || strings.ContainsRune(s.password, 0) {
			faults = append(faults, fault("/smtp-password-file", "password", fmt.Sprintf("Tệp mật khẩu %s không đọc được hoặc dòng đầu để trống", c.PasswordFile)))
		}
	}
	if err := record.Faulty("mail-config", "Cấu hình máy chủ thư chưa đúng", faults); err != nil {
		return nil, err
	}
	s.from.Address, _ = ParseAddress(c.From) // checked above
	return s, nil
}

func readSmall(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", path, most)
	}
	return os.ReadFile(path)
}

func fault(pointer, code, message string) record.Fault {
	return record.Fault{Pointer: pointer, Code: code, Message: message}
}
