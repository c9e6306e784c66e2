package tsp_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/tsp"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var data = []byte("Kế hoạch số 46/KH-UBND")

func client(p *pkitest.PKI) *tsp.Client {
	return &tsp.Client{URL: p.TSA.URL, Online: &online.Client{Timeout: 2 * time.Second}}
}

func stamp(t testing.TB, c *tsp.Client) *tsp.Token {
	t.Helper()
	sum := sha256.Sum256(data)
	token, err := c.Stamp(t.Context(), crypto.SHA256, sum[:])
	must(t, err)
	return token
}

func TestStamp(t *testing.T) {
	p := pkitest.New(t)
	c := client(p)
	c.Policy = pkitest.Policy
	token := stamp(t, c)
	if time.Since(token.Time).Abs() > time.Minute || token.Accuracy != 500*time.Millisecond || !token.Policy.Equal(pkitest.Policy) ||
		token.Authority.Subject.CommonName != "TSA thử nghiệm" || len(token.Certificates) != 3 {
		t.Errorf("token misread: %+v", token)
	}
	again, err := tsp.Parse(append(token.Raw, make([]byte, 64)...)) // as padded in a PDF
	must(t, err)
	sum := sha256.Sum256(data)
	must(t, again.Verify(sum[:]))
	if string(again.Raw) != string(token.Raw) {
		t.Error("Raw holds the padding")
	}
	sum[0] ^= 1
	if err := again.Verify(sum[:]); !errors.Is(err, tsp.ErrImprint) {
		t.Errorf("other data: %v", err)
	}

	// OpenSSL agrees, and not with other data.
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, b, 0o600))
		return path
	}
	for name, content := range map[string][]byte{"the data": data, "other data": []byte("khác")} {
		out, err := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", file("token", token.Raw), "-data", file("data", content),
			"-CAfile", p.RootFile(t), "-untrusted", file("ca.pem", pemOf(p.Issuing))).CombinedOutput()
		if (err == nil) != (name == "the data") {
			t.Errorf("openssl ts -verify of %s: %v\n%s", name, err, out)
		}
	}
}

func pemOf(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Whatever the authority does wrong is refused, with its own code.
func TestStampRefuses(t *testing.T) {
	p := pkitest.New(t)
	sum := sha256.Sum256(data)
	for mode, code := range map[string]string{"refuse": "tsa-refused", "nonce": "tsa-wrong", "imprint": "tsa-wrong", "policy": "tsa-wrong",
		"purpose": "tsa-wrong", "garbage": "tsa-wrong", "huge": "service-answer", "error": "service-answer", "off": "service-away", "hang": "service-away"} {
		p.TSA.Set(mode)
		c := client(p)
		c.Policy = pkitest.Policy
		if _, err := c.Stamp(t.Context(), crypto.SHA256, sum[:]); record.CodeOf(err) != code || record.KindOf(err) != record.Unavailable {
			t.Errorf("%s: got %v, want %s", mode, err, code)
		}
	}
	p.TSA.On()
	p.TSACertificate(t, time.Now().Add(-time.Hour))
	if _, err := client(p).Stamp(t.Context(), crypto.SHA256, sum[:]); record.CodeOf(err) != "tsa-wrong" {
		t.Errorf("expired authority: %v", err)
	}
	p.TSACertificate(t, pkitest.Until)
	p.Clock(func() time.Time { return time.Now().Add(time.Hour) })
	if _, err := client(p).Stamp(t.Context(), crypto.SHA256, sum[:]); record.CodeOf(err) != "tsa-wrong" {
		t.Errorf("authority in the future: %v", err)
	}
}

// One that hangs is asked once; the others do not wait.
func TestPause(t *testing.T) {
	p := pkitest.New(t)
	sum := sha256.Sum256(data)
	c := &tsp.Client{URL: p.TSA.URL, Online: &online.Client{Timeout: 300 * time.Millisecond, Pause: time.Minute}}
	p.TSA.Hang()
	for i, code := range []string{"service-away", "service-paused", "service-paused"} {
		if _, err := c.Stamp(t.Context(), crypto.SHA256, sum[:]); record.CodeOf(err) != code {
			t.Errorf("question %d: %v", i, err)
		}
	}
	if n := p.TSA.Requests(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	// Somebody who goes away proves nothing against the service.
	other := &online.Client{Timeout: 5 * time.Second, Pause: time.Minute}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	c = &tsp.Client{URL: p.TSA.URL, Online: other}
	if _, err := c.Stamp(ctx, crypto.SHA256, sum[:]); err == nil {
		t.Error("stamped by one that hangs")
	}
	p.TSA.On()
	stamp(t, c)
}

// What openssl makes as an authority is read.
func TestParseReadsOpenSSL(t *testing.T) {
	der := opensslToken(t)
	token, err := tsp.Parse(der)
	must(t, err)
	sum := sha256.Sum256(data)
	must(t, token.Verify(sum[:]))
	if time.Since(token.Time).Abs() > time.Minute || token.Time.Nanosecond() == 0 || token.Accuracy != time.Second+500*time.Millisecond+100*time.Microsecond {
		t.Errorf("time %v, accuracy %v", token.Time, token.Accuracy)
	}
	for i := range der {
		bad := append([]byte(nil), der...)
		bad[i] ^= 1
		if other, err := tsp.Parse(bad); err == nil && other.Verify(sum[:]) == nil && !other.Time.Equal(token.Time) {
			t.Errorf("flipped byte %d changes the time to %v and passes", i, other.Time)
		}
	}
}

// opensslToken is made by `openssl ts -reply`.
func opensslToken(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "data"), data, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "serial"), []byte("01\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "tsa.cnf"), []byte(`[req]
distinguished_name=dn
x509_extensions=ext
prompt=no
[dn]
CN=TSA
[ext]
extendedKeyUsage=critical,timeStamping
keyUsage=critical,digitalSignature
[tsa]
default_tsa=one
[one]
serial=./serial
default_policy=1.2.3.4.1
digests=sha256
signer_digest=sha256
clock_precision_digits=6
accuracy=secs:1,millisecs:500,microsecs:100
ess_cert_id_chain=yes
ess_cert_id_alg=sha256
`), 0o600))
	for _, args := range [][]string{
		{"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-config", "tsa.cnf"},
		{"ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query"},
		{"ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-signer", "cert.pem", "-inkey", "key.pem", "-token_out", "-out", "token"},
	} {
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	der, err := os.ReadFile(filepath.Join(dir, "token"))
	must(t, err)
	return der
}

func FuzzParse(f *testing.F) {
	f.Add(stamp(f, client(pkitest.New(f))).Raw)
	f.Add(opensslToken(f))
	f.Add([]byte{0x30, 0x80})
	sum := sha256.Sum256([]byte("khác"))
	f.Fuzz(func(t *testing.T, der []byte) {
		token, err := tsp.Parse(der)
		if err == nil && token.Verify(sum[:]) == nil {
			t.Error("stamps what nobody stamped")
		}
		if err != nil && !errors.Is(err, cms.ErrMalformed) && !errors.Is(err, cms.ErrUnsupported) && !errors.Is(err, cms.ErrWeak) {
			t.Errorf("error of no kind: %v", err)
		}
	})
}
