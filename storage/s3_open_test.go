package storage

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage/miniotest"
)

// refused opens a store that cannot be opened, and checks that the error says
// where and why and gives no key away.
func refused(t *testing.T, c Config, kind record.Kind, code, why string) {
	t.Helper()
	_, err := OpenMinIO(t.Context(), c)
	if record.KindOf(err) != kind || record.CodeOf(err) != code {
		t.Fatalf("%v, want %s %s", err, kind, code)
	}
	if said := err.Error(); !strings.Contains(said, c.Endpoint) || !strings.Contains(said, why) ||
		strings.Contains(said, c.AccessKey) || strings.Contains(said, c.SecretKey) {
		t.Errorf("says %q", said)
	}
}

func TestMinIOAwayAtOpening(t *testing.T) {
	server := ownServer(t)
	c := configOf(t, server)
	s := watchStalls(t)
	const limit = 3 * time.Second
	for _, away := range []struct {
		name string
		do   func(testing.TB)
		why  string
	}{
		{"silent", server.Pause, "không trả lời"},
		{"gone", server.Kill, "Không kết nối được"},
	} {
		away.do(t)
		begun, stalled := time.Now(), s.total()
		refused(t, c, record.Unavailable, codeUnreachable, away.why)
		if took, most := time.Since(begun), limit+s.total()-stalled; took > most {
			t.Errorf("%s: %v to say so, more than %v", away.name, took, most)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OpenMinIO(ctx, c); err != context.Canceled {
		t.Errorf("given up: %v", err)
	}
	server.Restart(t)
	if err := openMinIO(t, c).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if left := ours(); strings.Count(left, "storage.(*guard).watch") > 1 {
		t.Errorf("left by what could not be opened:\n%s", left)
	}
}

// A certificate that is not trusted is refused by one look at it.
func TestMinIOByTLS(t *testing.T) {
	server := ownServer(t)
	ca := server.UseTLS(t)
	good := configOf(t, server)
	good.TLS, good.CAFile = true, ca
	b := openMinIO(t, good)
	if err := b.Archive.Create(t.Context(), "a", []byte("by TLS")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Archive.Get(t.Context(), "a"); err != nil || !bytes.Equal(got, []byte("by TLS")) {
		t.Errorf("%q, %v", got, err)
	}
	if err := b.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	f := newForwarder(t, good.Endpoint)
	for _, c := range []struct {
		name string
		set  func(*Config)
		code string
		why  string
	}{
		{"no authority named", func(c *Config) { c.CAFile = "" }, "s3-certificate", "VANTHU_S3_CA_FILE"},
		{"another authority", func(c *Config) { c.CAFile = miniotest.NewCA(t) }, "s3-certificate", "VANTHU_S3_CA_FILE"},
		{"another host", func(c *Config) { c.Endpoint = strings.Replace(c.Endpoint, "127.0.0.1", "localhost", 1) }, "s3-certificate", "tên máy khác"},
		{"without TLS", func(c *Config) { c.TLS = false }, "s3-tls", "https://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := good
			config.Endpoint = f.addr
			c.set(&config)
			before := f.accepted.Load()
			refused(t, config, record.Usage, c.code, c.why)
			if n := f.accepted.Load() - before; n != 1 {
				t.Errorf("tried %d times", n)
			}
		})
	}
	plain := configOf(t, &shared)
	plain.TLS = true
	refused(t, plain, record.Usage, "s3-tls", "http://")

	// The same by the environment, as the service is set up, through an outage.
	byEnv, err := ParseS3("https://"+good.Endpoint+"/"+good.Bucket, func(name string) string {
		return map[string]string{"VANTHU_S3_CA_FILE": ca, "VANTHU_S3_ACCESS_KEY": miniotest.AccessKey, "VANTHU_S3_SECRET_KEY": miniotest.SecretKey}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	b = openMinIO(t, byEnv)
	server.Kill(t)
	if _, err := b.Archive.Get(t.Context(), "a"); record.CodeOf(err) != codeUnreachable {
		t.Errorf("killed: %v", err)
	}
	server.Restart(t)
	backAgain(t, b)
	if got, err := b.Archive.Get(t.Context(), "a"); err != nil || !bytes.Equal(got, []byte("by TLS")) {
		t.Errorf("back: %q, %v", got, err)
	}
}

func TestMinIOCAFile(t *testing.T) {
	c := configOf(t, &shared)
	c.TLS, c.CAFile = true, filepath.Join(t.TempDir(), "ca.pem")
	if _, err := OpenMinIO(t.Context(), c); record.CodeOf(err) != "s3-ca" {
		t.Errorf("missing: %v", err)
	}
	if err := os.WriteFile(c.CAFile, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenMinIO(t.Context(), c); record.CodeOf(err) != "s3-ca" {
		t.Errorf("not a certificate: %v", err)
	}
}
