// Package pkitest is a public key infrastructure for tests: a root, an issuing
// CA, and the services around them as real HTTP servers on loopback, which can
// be told to be away, to hang and to lie.
package pkitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"vanthu/signer/keys"
)

// PKI is one root with everything under it.
type PKI struct {
	Root, Issuing *x509.Certificate
	OCSP          *Service // mode "foreign", "stale", "unknown" too
	CRL           *Service // "foreign", "stale" too
	TSA           *Service // "refuse", "nonce", "imprint", "policy", "purpose" too
	AIA           *Service // certificates of the CAs

	rootKey, issuingKey, responderKey, tsaKey, foreignKey crypto.Signer
	responder, foreign                                    *x509.Certificate

	mu      sync.Mutex
	revoked map[string]time.Time // by serial
	tsa     []*x509.Certificate  // the authority's chain
	clock   func() time.Time     // nil: the clock
}

// Validity of the CAs and, unless said otherwise, of what they issue.
var (
	From  = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	Until = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
)

// New starts a PKI that ends with the test.
func New(t testing.TB) *PKI {
	t.Helper()
	p := &PKI{revoked: map[string]time.Time{}}
	for _, k := range []*crypto.Signer{&p.rootKey, &p.issuingKey, &p.responderKey, &p.tsaKey, &p.foreignKey} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		*k = key
	}
	p.AIA = newService(t, "aia", p.serveAIA)
	p.OCSP = newService(t, "ocsp", p.serveOCSP)
	p.CRL = newService(t, "crl", p.serveCRL)
	p.TSA = newService(t, "tsa", p.serveTSA)
	p.Root = p.certify(t, pkix.Name{CommonName: "CA gốc thử nghiệm"}, p.rootKey.Public(), nil, func(c *x509.Certificate) { ca(c) })
	p.Issuing = p.certify(t, pkix.Name{CommonName: "CA cấp chứng thư thử nghiệm"}, p.issuingKey.Public(), p.Root, func(c *x509.Certificate) { ca(c); p.addresses(c, "root") })
	p.responder = p.certify(t, pkix.Name{CommonName: "OCSP thử nghiệm"}, p.responderKey.Public(), p.Issuing, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}, Value: []byte{5, 0}}} // no check of itself
	})
	p.foreign = p.certify(t, pkix.Name{CommonName: "CA khác"}, p.foreignKey.Public(), nil, func(c *x509.Certificate) { ca(c) })
	p.TSACertificate(t, Until)
	return p
}

// Option changes a certificate before it is signed.
type Option func(*x509.Certificate)

// NoAddresses leaves out where OCSP, CRL and issuer are found.
func NoAddresses(c *x509.Certificate) {
	c.OCSPServer, c.CRLDistributionPoints, c.IssuingCertificateURL = nil, nil, nil
}

// Valid sets the validity.
func Valid(from, until time.Time) Option {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, until }
}

// Usage sets the key usage.
func Usage(u x509.KeyUsage) Option { return func(c *x509.Certificate) { c.KeyUsage = u } }

// Chain certifies a key for signing documents: leaf, issuing CA, root.
func (p *PKI) Chain(t testing.TB, subject pkix.Name, public crypto.PublicKey, options ...Option) []*x509.Certificate {
	t.Helper()
	leaf := p.certify(t, subject, public, p.Issuing, func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
		p.addresses(c, "issuing")
		for _, o := range options {
			o(c)
		}
	})
	return []*x509.Certificate{leaf, p.Issuing, p.Root}
}

// Identity is a key with its chain and picture.
func (p *PKI) Identity(t testing.TB, subject pkix.Name, key crypto.Signer, image []byte, options ...Option) keys.Identity {
	t.Helper()
	return keys.Identity{Key: key, Chain: p.Chain(t, subject, key.Public(), options...), Image: image}
}

// RootFile is the root as a PEM file.
func (p *PKI) RootFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.pem")
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Root.Raw}), 0o600))
	return path
}

// Revoke takes a certificate back.
func (p *PKI) Revoke(c *x509.Certificate, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked[c.SerialNumber.String()] = at
}

// TSACertificate gives the authority a new certificate that ends then.
func (p *PKI) TSACertificate(t testing.TB, until time.Time) {
	t.Helper()
	leaf := p.certify(t, pkix.Name{CommonName: "TSA thử nghiệm"}, p.tsaKey.Public(), p.Issuing, func(c *x509.Certificate) {
		c.NotAfter = until
		p.addresses(c, "issuing")
		c.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8}}}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tsa = []*x509.Certificate{leaf, p.Issuing, p.Root}
}

// Clock sets the time that all services go by.
func (p *PKI) Clock(now func() time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clock = now
}

func (p *PKI) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clock == nil {
		return time.Now().UTC()
	}
	return p.clock().UTC()
}

func ca(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
}

func (p *PKI) addresses(c *x509.Certificate, issuer string) {
	c.OCSPServer = []string{p.OCSP.URL + "/" + issuer}
	c.CRLDistributionPoints = []string{p.CRL.URL + "/" + issuer + ".crl"}
	c.IssuingCertificateURL = []string{p.AIA.URL + "/" + issuer + ".cer"}
}

// certify issues under issuer, nil meaning a root.
func (p *PKI) certify(t testing.TB, subject pkix.Name, public crypto.PublicKey, issuer *x509.Certificate, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	number := make([]byte, 16)
	rand.Read(number)
	number[0] = number[0]&0x7f | 0x40
	c := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(number), Subject: subject, NotBefore: From, NotAfter: Until,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature}
	change(c)
	parent, key := c, p.rootKey
	switch issuer {
	case nil:
		if public == p.foreignKey.Public() {
			key = p.foreignKey
		}
	case p.Root:
		parent, key = issuer, p.rootKey
	default:
		parent, key = issuer, p.issuingKey
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, key)
	must(t, err)
	made, err := x509.ParseCertificate(der)
	must(t, err)
	return made
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
