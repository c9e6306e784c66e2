package miniotest

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
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificates is an authority and what it gave a server on loopback.
type certificates struct {
	dir  string // for --certs-dir
	ca   string // PEM file
	pool *x509.CertPool
}

// UseTLS makes a server that has not been started yet speak TLS, with a
// certificate for 127.0.0.1 alone, and returns the PEM file of the authority
// that gave it.
func (s *Server) UseTLS(t testing.TB) (caFile string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		t.Fatal("the server runs already")
	}
	var err error
	if s.certs, err = newCertificates(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return s.certs.ca
}

// NewCA is the PEM file of an authority that has given no certificate.
func NewCA(t testing.TB) (caFile string) {
	t.Helper()
	c, err := newCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c.ca
}

func newCertificates(dir string) (*certificates, error) {
	c := &certificates{dir: filepath.Join(dir, "certs"), ca: filepath.Join(dir, "ca.pem"), pool: x509.NewCertPool()}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return nil, err
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "vanthu test CA"}, IsCA: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true}
	server := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "vanthu test store"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, server, ca, &key.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		path, kind string
		der        []byte
	}{
		{c.ca, "CERTIFICATE", caDER},
		{filepath.Join(c.dir, "public.crt"), "CERTIFICATE", der},
		{filepath.Join(c.dir, "private.key"), "PRIVATE KEY", keyDER},
	} {
		if err := os.WriteFile(f.path, pem.EncodeToMemory(&pem.Block{Type: f.kind, Bytes: f.der}), 0o600); err != nil {
			return nil, err
		}
	}
	authority, err := x509.ParseCertificate(caDER)
	if err != nil {
		return nil, err
	}
	c.pool.AddCert(authority)
	return c, nil
}

// client trusts the server's authority; nil certificates are those of a server
// without TLS.
func (c *certificates) client() *http.Client {
	transport := &http.Transport{}
	if c != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: c.pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport}
}
