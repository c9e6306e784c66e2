package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"time"

	"vanthu/record"
)

// Authority is a small CA of one's own, for demonstrations and tests: what it
// issues has no legal value, and its certificates name no OCSP or CRL address,
// because nobody answers there.
type Authority struct {
	Certificate *x509.Certificate
	key         crypto.Signer
}

// NewAuthority makes a self-signed RSA-2048 CA.
func NewAuthority(subject pkix.Name, notBefore, notAfter time.Time) (*Authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return selfSign(key, subject, notBefore, notAfter)
}

// OpenAuthority reads the CA from its two PEM files, key (mode 0600) and
// certificate, and makes what is missing. Several processes may do so at once:
// all return the CA that was first.
func OpenAuthority(keyFile, certFile string, subject pkix.Name, notBefore, notAfter time.Time) (*Authority, error) {
	a, err := openAuthority(keyFile, certFile, subject, notBefore, notAfter)
	if err != nil {
		var known *record.Error
		if errors.As(err, &known) {
			return nil, err
		}
		return nil, unavailable(err, "ca-unusable", "Không mở được khóa của nơi cấp chứng thư thử nghiệm %s", keyFile)
	}
	return a, nil
}

func openAuthority(keyFile, certFile string, subject pkix.Name, notBefore, notAfter time.Time) (*Authority, error) {
	keyPEM, err := readPrivate(keyFile, maxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		keyPEM, err = createKey(keyFile)
	}
	if err != nil {
		return nil, explain(err, keyFile)
	}
	key, err := parseKey(keyPEM)
	if err != nil {
		return nil, err
	}
	certPEM, err := readRegular(certFile, maxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		var fresh *Authority
		if fresh, err = selfSign(key, subject, notBefore, notAfter); err != nil {
			return nil, err
		}
		certPEM, err = createOnce(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fresh.Certificate.Raw}), maxKeyFile)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(certPEM)
	if block == nil {
		return nil, fmt.Errorf("%s holds no certificate", certFile)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	if p, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !p.Equal(cert.PublicKey) {
		return nil, fmt.Errorf("%s and %s do not belong together", keyFile, certFile)
	}
	return &Authority{Certificate: cert, key: key}, nil
}

func createKey(path string) ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return createOnce(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), maxKeyFile)
}

func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM private key")
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("key of type %T cannot sign", private)
	}
	return key, nil
}

func selfSign(key crypto.Signer, subject pkix.Name, notBefore, notAfter time.Time) (*Authority, error) {
	tmpl := &x509.Certificate{SerialNumber: serial(), Subject: subject, NotBefore: notBefore, NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Authority{Certificate: cert, key: key}, nil
}

// Issue certifies a key for signing documents (digitalSignature and
// nonRepudiation), for as long as the CA itself is valid.
func (a *Authority) Issue(subject pkix.Name, public crypto.PublicKey) (*x509.Certificate, error) {
	return a.IssueFor(subject, public, a.Certificate.NotBefore, a.Certificate.NotAfter,
		x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment)
}

// IssueFor is Issue with another validity or usage.
func (a *Authority) IssueFor(subject pkix.Name, public crypto.PublicKey, notBefore, notAfter time.Time, usage x509.KeyUsage) (*x509.Certificate, error) {
	tmpl := &x509.Certificate{SerialNumber: serial(), Subject: subject, NotBefore: notBefore, NotAfter: notAfter,
		BasicConstraintsValid: true, KeyUsage: usage}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.Certificate, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// NewIdentity makes an RSA-2048 key with its certificate.
func (a *Authority) NewIdentity(subject pkix.Name, image []byte) (Identity, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Identity{}, err
	}
	cert, err := a.Issue(subject, key.Public())
	if err != nil {
		return Identity{}, err
	}
	return Identity{Key: key, Chain: []*x509.Certificate{cert, a.Certificate}, Image: image}, nil
}

// serial is random, positive and of 127 bits (RFC 5280, 4.1.2.2: at most 20
// octets).
func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b)
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b)
}
