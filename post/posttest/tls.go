package posttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// certificates makes the server's certificate, of an authority that nobody else
// has, and another authority.
func (s *Server) certificates() {
	s.t.Helper()
	ca, caKey := s.certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "posttest CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	own, ownKey := s.certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "mail.vanthu.test"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature}, ca, caKey)
	strange, _ := s.certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "another CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	key, err := x509.MarshalPKCS8PrivateKey(ownKey)
	s.must(err)
	for name, block := range map[string]*pem.Block{
		"ca.pem": {Type: "CERTIFICATE", Bytes: ca.Raw}, "strange.pem": {Type: "CERTIFICATE", Bytes: strange.Raw},
		"server.pem": {Type: "CERTIFICATE", Bytes: own.Raw}, "server.key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		s.write(name, string(pem.EncodeToMemory(block)))
	}
}

// certificate completes and signs a certificate, by its own key without an issuer.
func (s *Server) certificate(c, issuer *x509.Certificate, issuerKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.must(err)
	if c.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); issuer == nil {
		issuer, issuerKey = c, key
	}
	s.must(err)
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, &key.PublicKey, issuerKey)
	s.must(err)
	made, err := x509.ParseCertificate(der)
	s.must(err)
	return made, key
}
