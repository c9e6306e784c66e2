package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// tlsPair is a certificate for 127.0.0.1 and its key as PEM files, and a pool
// that trusts it.
func tlsPair(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "vanthu test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	return write(t, filepath.Join(dir, "cert.pem"), certPEM), write(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), roots
}

// An office that is no demo, set up by its administrator on the command line
// while the service runs: people, roles, a plan on its way, someone locked out.
func TestRealOfficeByAccounts(t *testing.T) {
	dir := realOffice(t, 45, "Nguyễn Văn Nghĩa", "Hà Tĩnh")
	data := []string{"--data", dir}
	user := func(in string, args ...string) outcome {
		return vanthu(t, []byte(in), with(flags2("user", args), data...)...)
	}
	cert, key, roots := tlsPair(t)
	s := startService(t, with(data, "--tls-cert", cert, "--tls-key", key, "--trust", filepath.Join(dir, demoCA))...)
	people := map[string]*person{}
	for name, roles := range map[string][]string{"thu-ky": {"secretary"}, "lanh-dao": {"signatory", "--person", "nguoi-ky"}, "van-thu": {"clerk", "archivist"}} {
		for _, o := range []outcome{
			user("mật khẩu của "+name+"\n", "add", name, "--name", "Người dùng "+name, "--password-file", "-"),
			user("", with([]string{"grant", name, "so-mau"}, roles...)...),
		} {
			if o.code != exitGood {
				t.Fatalf("%s: %s", name, o.err)
			}
		}
		p := s.client()
		p.base = strings.Replace(s.base, "http:", "https:", 1)
		p.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
		r := p.ask("POST", "/api/v1/sessions", `{"username":"`+name+`","password":"mật khẩu của `+name+`"}`)
		if r.status != http.StatusOK {
			t.Fatalf("log in %s: %d %s %v", name, r.status, r.body, r.err)
		}
		if c := r.header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-vanthu=") || !strings.Contains(c, "; Secure") || !strings.Contains(c, "; HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
			t.Errorf("cookie by TLS: %s", c)
		}
		people[name] = p
	}
	r := people["thu-ky"].ask("POST", "/api/v1/documents", plan(t, nil), "Idempotency-Key", "k")
	doc, err := r.document()
	if err != nil {
		t.Fatal(err)
	}
	doc, tag := people["thu-ky"].must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
	doc, tag = people["lanh-dao"].must(doc, tag, record.CmdSign, `{"pdf_sha256":"`+string(doc.PDF)+`"}`)
	doc, tag = people["van-thu"].must(doc, tag, record.CmdNumber, "")
	doc, tag = people["van-thu"].must(doc, tag, record.CmdSeal, "")
	if !strings.HasPrefix(doc.Symbol, "46/") || doc.State != record.Issued {
		t.Errorf("issued as %s, %s", doc.Symbol, doc.State)
	}
	dated := plan(t, func(v map[string]any) { v["date"] = "2024-03-22" })
	if r := people["thu-ky"].ask("POST", "/api/v1/documents", dated); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "date-not-allowed") {
		t.Errorf("a date of one's own: %d %s", r.status, r.body)
	}
	doc, _ = people["van-thu"].must(doc, tag, record.CmdRecall, `{"reason":"Sai căn cứ"}`)
	if doc.State != record.Recalled {
		t.Errorf("recalled: %s", doc.State)
	}

	// Locked out: session and token end within moments, in the running service.
	token := people["thu-ky"].ask("POST", "/api/v1/tokens", `{"name":"thử","scopes":["read"]}`)
	if token.status != http.StatusCreated {
		t.Fatalf("token: %d %s", token.status, token.body)
	}
	if o := user("", "disable", "thu-ky"); o.code != exitGood {
		t.Fatal(o.err)
	}
	time.Sleep(3 * time.Second) // what the service remembers of an account
	if r := people["thu-ky"].ask("GET", "/api/v1/documents", nil); r.status != http.StatusUnauthorized {
		t.Errorf("a locked account still reads: %d", r.status)
	}
	if o := user("", "grant", "van-thu", "so-mau"); o.code != exitGood {
		t.Fatal(o.err)
	}
	if r := people["van-thu"].ask("GET", "/api/v1/documents/"+doc.ID, nil); r.status != http.StatusNotFound {
		t.Errorf("without a role: %d", r.status)
	}
	list := user("", "list").out
	if !strings.Contains(list, "thu-ky") || !strings.Contains(list, "(đã khóa)") || !strings.Contains(list, "nguoi-ky") {
		t.Errorf("list:\n%s", list)
	}
	for _, bad := range [][]string{{"add", "x", "--name", ""}, {"add", "thu-ky", "--name", "Trùng"}, {"grant", "ai-do", "so-mau", "clerk"}, {"grant", "van-thu", "khong-co", "clerk"}, {"grant", "van-thu", "so-mau", "boss"}} {
		if o := user("", bad...); o.code != exitNo {
			t.Errorf("user %v: exit %d %s", bad, o.code, o.err)
		}
	}
	good(t, nil, with([]string{"audit"}, data...)...)
}
