package storage

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
	"vanthu/storage/miniotest"
)

func TestParseS3Encrypt(t *testing.T) {
	for setting, good := range map[string]bool{
		"": true, "sse-s3": true, "sse-kms:office": true, "sse-kms:arn:aws:kms:vn:1:key/2": true,
		"SSE-S3": false, "on": false, "sse-s3 ": false, "sse-kms": false, "sse-kms:": false, "sse-kms:a b": false, "sse-kms:a\r\nX: y": false, "sse-c": false,
	} {
		env := map[string]string{"VANTHU_S3_ACCESS_KEY": "a", "VANTHU_S3_SECRET_KEY": "s", "VANTHU_S3_ENCRYPT": setting}
		c, err := ParseS3("http://h", func(name string) string { return env[name] })
		switch {
		case good && (err != nil || c.Encrypt != setting):
			t.Errorf("%q: %q, %v", setting, c.Encrypt, err)
		case !good && (record.CodeOf(err) != "s3-encrypt" || record.KindOf(err) != record.Usage || !strings.Contains(err.Error(), "VANTHU_S3_ENCRYPT")):
			t.Errorf("%q: %v", setting, err)
		}
	}
}

// What an office writes is encrypted on the drive, all of it, and reads back.
func TestMinIOEncrypts(t *testing.T) {
	server := ownServer(t)
	key := server.UseKMS(t)
	const clear = "VĂN BẢN ĐỂ TÌM TRÊN Ổ ĐĨA"
	large := []byte(strings.Repeat(clear+"\n", 20_000))
	for _, c := range []struct {
		setting, header, key string
	}{
		{EncryptS3, "AES256", ""},
		{EncryptKMS + key, "aws:kms", "arn:aws:kms:" + key},
		{"", "", ""}, // last: after it the drive holds the text
	} {
		t.Run(c.setting, func(t *testing.T) {
			config := configOf(t, server)
			config.Encrypt = c.setting
			b := openMinIO(t, config)
			o := newOffice(t, b)
			o.issue(paper{id: "d-1", subject: clear, content: map[string]any{"text": clear}})
			if r := audit(t, o); !r.Good() {
				t.Errorf("audit: %+v", r)
			}
			for _, key := range []string{"small", "large"} {
				data := map[string][]byte{"small": []byte(clear), "large": large}[key]
				if err := b.Archive.Create(t.Context(), key, data); err != nil {
					t.Fatal(err)
				}
				if got, err := b.Archive.Get(t.Context(), key); err != nil || !bytes.Equal(got, data) {
					t.Errorf("archive %s: %d bytes, %v", key, len(got), err)
				}
				first, err := b.Work.Put(t.Context(), key, []byte("first"), "")
				if err != nil {
					t.Fatal(err)
				}
				second, err := b.Work.Put(t.Context(), key, data, first)
				if err != nil {
					t.Fatal(err)
				}
				if got, tag, err := b.Work.Get(t.Context(), key); err != nil || !bytes.Equal(got, data) || tag != second {
					t.Errorf("work %s: %d bytes, tag %s, want %s, %v", key, len(got), tag, second, err)
				}
			}
			if err := b.Ping(t.Context()); err != nil {
				t.Error(err)
			}

			n := 0
			for _, bucket := range []*bucket{b.Archive.(*s3Store).bucket, b.Work.(*s3Work).bucket} {
				opts := minio.ListObjectsOptions{Recursive: true, WithVersions: true}
				for o := range bucket.client.ListObjectsIter(t.Context(), bucket.name, opts) {
					if o.Err != nil {
						t.Fatal(o.Err)
					}
					info, err := bucket.client.StatObject(t.Context(), bucket.name, o.Key, minio.StatObjectOptions{VersionID: o.VersionID})
					if err != nil {
						t.Fatal(err)
					}
					how, with := info.Metadata.Get("X-Amz-Server-Side-Encryption"), info.Metadata.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
					if how != c.header || with != c.key {
						t.Errorf("%s/%s: encrypted %q with %q", bucket.name, o.Key, how, with)
					}
					n++
				}
			}
			if n < 15 {
				t.Errorf("only %d objects", n)
			}
			if found := onDrive(t, server, clear); (found == "") != (c.setting != "") {
				t.Errorf("clear text on the drive: %q", found)
			}
		})
	}
}

// onDrive is a file of the server's drive that holds the text, "" when none
// does.
func onDrive(t *testing.T, s *miniotest.Server, text string) (found string) {
	t.Helper()
	err := filepath.WalkDir(s.Drive(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = path
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) { // what the server has just removed
		t.Fatal(err)
	}
	return found
}

// Switched on later, encryption is proven then; what was written before stays
// readable.
func TestMinIOEncryptSwitchedOn(t *testing.T) {
	server := ownServer(t)
	key := server.UseKMS(t)
	c := configOf(t, server)
	if err := openMinIO(t, c).Archive.Create(t.Context(), "before", []byte("in the clear")); err != nil {
		t.Fatal(err)
	}
	traces := 0
	for _, step := range []struct {
		setting string
		probed  bool
	}{{"", false}, {EncryptS3, true}, {EncryptS3, false}, {EncryptKMS + key, true}, {EncryptKMS + key, false}, {"", true}} {
		c.Encrypt = step.setting
		b := openMinIO(t, c)
		n := len(collect(t, b.Archive.List(t.Context(), probeFolder)))
		if traces > 0 && (n > traces) != step.probed {
			t.Errorf("%q: %d traces of probes after %d", step.setting, n, traces)
		}
		traces = n
		if got, err := b.Archive.Get(t.Context(), "before"); err != nil || string(got) != "in the clear" {
			t.Errorf("%q: %q, %v", step.setting, got, err)
		}
	}
}

func TestMinIORefusesWhatDoesNotEncrypt(t *testing.T) {
	withKey := ownServer(t)
	withKey.UseKMS(t)
	openMinIO(t, configOf(t, withKey))
	for _, c := range []struct {
		name, setting string
		config        Config
		why           string
	}{
		{"no key", EncryptS3, configOf(t, &shared), "không mã hóa được"},
		{"no key for KMS", EncryptKMS + "any", configOf(t, &shared), "không mã hóa được"},
		{"another key", EncryptKMS + "not-there", configOf(t, withKey), "không mã hóa được"},
		{"ignored", EncryptS3, twisted(t, configOf(t, withKey), without("X-Amz-Server-Side-Encryption")), "để nội dung không mã hóa"},
		{"another way", EncryptKMS + "vanthu-test-key", twisted(t, configOf(t, withKey), encryptedOtherwise), "để nội dung không mã hóa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			openMinIO(t, c.config) // fit without
			c.config.Encrypt = c.setting
			_, err := OpenMinIO(t.Context(), c.config)
			if record.CodeOf(err) != "store-unfit" || record.KindOf(err) != record.Usage ||
				!strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), "VANTHU_S3_ENCRYPT") {
				t.Errorf("%v", err)
			}
		})
	}
	c := configOf(t, &shared)
	c.Encrypt = "on"
	if _, err := OpenMinIO(t.Context(), c); record.CodeOf(err) != "s3-encrypt" {
		t.Errorf("%v", err)
	}
}
