package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/signer/cms"
)

var content = []byte("Kế hoạch số 46/KH-UBND, Hà Tĩnh\n")

// signer is a key with its certificate, and both again as files for openssl.
type signer struct {
	key       crypto.Signer
	chain     []*x509.Certificate
	dir       string
	certFile  string
	keyFile   string
	rootsFile string
}

func newSigner(t testing.TB, key crypto.Signer) signer {
	t.Helper()
	dir := t.TempDir()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := certificate(t, "CA thử nghiệm", big.NewInt(7), caKey, nil, nil)
	leaf := certificate(t, "Nguyễn Văn Nghĩa", new(big.Int).Lsh(big.NewInt(0xA5), 120), key, ca, caKey)
	s := signer{key: key, chain: []*x509.Certificate{leaf, ca}, dir: dir,
		certFile: filepath.Join(dir, "leaf.pem"), keyFile: filepath.Join(dir, "key.pem"), rootsFile: filepath.Join(dir, "ca.pem")}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	writePEM(t, s.certFile, "CERTIFICATE", leaf.Raw)
	writePEM(t, s.rootsFile, "CERTIFICATE", ca.Raw)
	writePEM(t, s.keyFile, "PRIVATE KEY", der)
	return s
}

func certificate(t testing.TB, name string, serial *big.Int, key crypto.Signer, issuer *x509.Certificate, issuerKey crypto.Signer) *x509.Certificate {
	t.Helper()
	tmpl := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"UBND"}},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true, SubjectKeyId: []byte("key of " + name)}
	if issuer == nil {
		tmpl.IsCA, tmpl.KeyUsage = true, x509.KeyUsageCertSign
		issuer, issuerKey = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, issuer, key.Public(), issuerKey)
	must(t, err)
	c, err := x509.ParseCertificate(der)
	must(t, err)
	return c
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	must(t, err)
	return k
}

func ecKey(t testing.TB, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	must(t, err)
	return k
}

func openssl(t testing.TB, args ...string) ([]byte, error) {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("openssl %v: %w\n%s", args, err, out)
	}
	return out, nil
}

// OpenSSL's own CAdES verification accepts what we make, for every kind of key
// and scheme.
func TestSignSatisfiesOpenSSLCAdES(t *testing.T) {
	strong, p256 := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	for name, c := range map[string]struct {
		key    crypto.Signer
		scheme cms.Scheme
	}{
		"RSA-2048":         {strong, cms.SchemeFor(strong.Public())},
		"RSA-2048 SHA-384": {strong, cms.Scheme{Hash: crypto.SHA384}},
		"RSA-2048 SHA-512": {strong, cms.Scheme{Hash: crypto.SHA512}},
		"RSA-3072":         {rsaKey(t, 3072), cms.Scheme{Hash: crypto.SHA256}},
		"RSA-4096":         {rsaKey(t, 4096), cms.Scheme{Hash: crypto.SHA512}},
		"PSS SHA-256":      {strong, cms.Scheme{Hash: crypto.SHA256, PSS: true}},
		"PSS SHA-384":      {strong, cms.Scheme{Hash: crypto.SHA384, PSS: true}},
		"PSS SHA-512":      {strong, cms.Scheme{Hash: crypto.SHA512, PSS: true}},
		"P-256":            {p256, cms.SchemeFor(p256.Public())},
		"P-256 SHA-512":    {p256, cms.Scheme{Hash: crypto.SHA512}},
		"P-384":            {ecKey(t, elliptic.P384()), cms.Scheme{Hash: crypto.SHA384}},
		"P-521":            {ecKey(t, elliptic.P521()), cms.Scheme{Hash: crypto.SHA512}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSigner(t, c.key)
			if want := cms.SchemeFor(c.key.Public()); strings.HasPrefix(name, "P-") && !strings.Contains(name, " ") && c.scheme != want {
				t.Errorf("scheme by default is %v", want)
			}
			sum := digest(c.scheme.Hash, content)
			der, err := cms.Sign(rand.Reader, s.key, s.chain, c.scheme, sum)
			must(t, err)
			sigFile, contentFile := filepath.Join(s.dir, "sig.der"), filepath.Join(s.dir, "content")
			must(t, os.WriteFile(sigFile, der, 0o600))
			must(t, os.WriteFile(contentFile, content, 0o600))
			_, err = openssl(t, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sigFile, "-content", contentFile,
				"-CAfile", s.rootsFile, "-purpose", "any", "-out", os.DevNull)
			must(t, err)
			must(t, os.WriteFile(contentFile, append(content, '!'), 0o600))
			if _, err := openssl(t, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sigFile, "-content", contentFile,
				"-CAfile", s.rootsFile, "-purpose", "any", "-out", os.DevNull); err == nil {
				t.Fatal("openssl accepts the signature over other content: the check above checks nothing")
			}

			parsed, err := cms.Parse(der)
			must(t, err)
			must(t, parsed.Verify(sum))
			if !parsed.SigningTime.IsZero() || !parsed.SigningCertificate || !parsed.Signer.Equal(s.chain[0]) || len(parsed.Certificates) != 2 || parsed.Hash != c.scheme.Hash {
				t.Errorf("not a CAdES-B SignedData with its chain: %+v", parsed)
			}
		})
	}
}

func digest(h crypto.Hash, b []byte) []byte {
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}

// sha is the scheme of most tests.
var sha = cms.Scheme{Hash: crypto.SHA256}

// What other software makes is read as well.
func TestParseReadsOpenSSL(t *testing.T) {
	s := newSigner(t, rsaKey(t, 2048))
	e := newSigner(t, ecKey(t, elliptic.P384()))
	for _, c := range []struct {
		name string
		s    signer
		args []string
		hash crypto.Hash
		ess  bool
	}{
		{"PKCS#1 SHA-256 with signing-time", s, nil, crypto.SHA256, false},
		{"CAdES", s, []string{"-cades"}, crypto.SHA256, true},
		{"SHA-512", s, []string{"-cades", "-md", "sha512"}, crypto.SHA512, true},
		{"PSS", s, []string{"-keyopt", "rsa_padding_mode:pss"}, crypto.SHA256, false},
		{"PSS SHA-384 salt 20", s, []string{"-md", "sha384", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"}, crypto.SHA384, false},
		{"key identifier", s, []string{"-keyid"}, crypto.SHA256, false},
		{"ECDSA SHA-384", e, []string{"-md", "sha384", "-cades"}, crypto.SHA384, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			der := opensslSign(t, c.s, append([]string{"-md", "sha256"}, c.args...)...)
			if c.name == "key identifier" && c.s.chain[0].SubjectKeyId == nil {
				t.Fatal("certificate has no key identifier")
			}
			parsed, err := cms.Parse(append(der, make([]byte, 500)...)) // as padded in a PDF
			must(t, err)
			if parsed.Hash != c.hash || parsed.SigningCertificate != c.ess || parsed.SigningTime.IsZero() {
				t.Errorf("hash %v, ESS %v, time %v", parsed.Hash, parsed.SigningCertificate, parsed.SigningTime)
			}
			h := c.hash.New()
			h.Write(content)
			sum := h.Sum(nil)
			must(t, parsed.Verify(sum))
			sum[0] ^= 1
			if err := parsed.Verify(sum); !errors.Is(err, cms.ErrDigest) {
				t.Errorf("other content: %v", err)
			}
		})
	}
}

// Many signers write BER; what they signed is DER all the same.
func TestParseReadsBER(t *testing.T) {
	s := newSigner(t, rsaKey(t, 2048))
	sum := digest(crypto.SHA256, content)
	ber := indefinite(opensslSign(t, s, "-cades"))
	parsed, err := cms.Parse(append(ber, make([]byte, 100)...))
	must(t, err)
	must(t, parsed.Verify(sum))
	if _, err := cms.Parse(append(ber, 1)); !errors.Is(err, cms.ErrMalformed) {
		t.Errorf("bytes behind it: %v", err)
	}
	for i := range ber {
		if _, err := cms.Parse(ber[:i]); err == nil {
			t.Errorf("cut at %d passes", i)
		}
	}

	enclosed := opensslSign(t, s, "-cades", "-stream") // its content comes in pieces
	if enclosed[1] != 0x80 {
		t.Fatal("openssl wrote DER")
	}
	parsed, err = cms.ParseEnclosed(enclosed, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1})
	must(t, err)
	must(t, parsed.Verify(sum))
	if !bytes.Equal(parsed.Content, content) {
		t.Errorf("content %q", parsed.Content)
	}
}

// indefinite gives every constructed element of a DER an indefinite length.
func indefinite(der []byte) []byte {
	var out []byte
	for len(der) > 0 {
		length, head := int(der[1]), 2
		if length > 0x80 {
			head += length & 0x7f
			length = 0
			for _, c := range der[2:head] {
				length = length<<8 | int(c)
			}
		}
		if element := der[:head+length]; element[0]&0x20 != 0 {
			out = append(append(append(out, element[0], 0x80), indefinite(element[head:])...), 0, 0)
		} else {
			out = append(out, element...)
		}
		der = der[head+length:]
	}
	return out
}

func opensslSign(t testing.TB, s signer, args ...string) []byte {
	t.Helper()
	in, out := filepath.Join(s.dir, "in"), filepath.Join(s.dir, "out.der")
	must(t, os.WriteFile(in, content, 0o600))
	_, err := openssl(t, append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-in", in, "-out", out, "-signer", s.certFile, "-inkey", s.keyFile}, args...)...)
	must(t, err)
	der, err := os.ReadFile(out)
	must(t, err)
	return der
}

func TestParseRefuses(t *testing.T) {
	s := newSigner(t, rsaKey(t, 2048))
	sum := sha256.Sum256(content)
	good, err := cms.Sign(rand.Reader, s.key, s.chain, sha, sum[:])
	must(t, err)
	for _, c := range []struct {
		name string
		der  []byte
		want error
	}{
		{"nothing", nil, cms.ErrMalformed},
		{"zeros only", make([]byte, 100), cms.ErrMalformed},
		{"cut short", good[:len(good)-1], cms.ErrMalformed},
		{"something behind", append(bytes.Clone(good), 0, 0, 1), cms.ErrMalformed},
		{"too large", append(bytes.Clone(good), make([]byte, cms.MaxSize)...), cms.ErrMalformed},
		{"indefinite length", append([]byte{0x30, 0x80}, good[4:]...), cms.ErrMalformed},
		{"SHA-1", opensslSign(t, s, "-md", "sha1"), cms.ErrWeak},
		{"content enclosed", opensslSign(t, s, "-nodetach"), cms.ErrUnsupported},
		{"no signed attributes", opensslSign(t, s, "-noattr"), cms.ErrUnsupported},
		{"two signers", opensslSign(t, s, "-signer", newSignerFile(t), "-cades"), cms.ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := cms.Parse(c.der); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// newSignerFile is a second signer with key and certificate in one file.
func newSignerFile(t testing.TB) string {
	s := newSigner(t, ecKey(t, elliptic.P256()))
	key, err := os.ReadFile(s.keyFile)
	must(t, err)
	cert, err := os.ReadFile(s.certFile)
	must(t, err)
	path := filepath.Join(s.dir, "both.pem")
	must(t, os.WriteFile(path, append(cert, key...), 0o600))
	return path
}

// No flipped bit of the structure passes for the same signature. What the
// signature does not cover at all is neither read nor believed: two version
// numbers, and the SET of digest algorithms, a hint to readers of streams (RFC
// 5652, 5.1).
func TestFlippedBitNeverVerifies(t *testing.T) {
	s := newSigner(t, ecKey(t, elliptic.P256()))
	sum := sha256.Sum256(content)
	der, err := cms.Sign(rand.Reader, s.key, s.chain[:1], sha, sum[:])
	must(t, err)
	head := bytes.Index(der, []byte{2, 1, 1, 0x31})
	hint := head + 3 + 2 + int(der[head+4])
	signerVersion := bytes.LastIndex(der, append([]byte{2, 1, 1}, 0x30))
	for i := range der {
		if i > head && i < hint || i == signerVersion+2 {
			continue
		}
		for bit := range 8 {
			bad := bytes.Clone(der)
			bad[i] ^= 1 << bit
			p, err := cms.Parse(bad)
			if err == nil && p.Verify(sum[:]) == nil {
				t.Errorf("byte %d bit %d (%#x -> %#x): still verifies", i, bit, der[i], bad[i])
			}
		}
	}
}

func TestSignRefuses(t *testing.T) {
	sum := sha256.Sum256(content)
	good := newSigner(t, ecKey(t, elliptic.P256()))
	other := newSigner(t, ecKey(t, elliptic.P256()))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	t.Setenv("GODEBUG", "rsa1024min=0")
	for _, c := range []struct {
		name string
		s    signer
		want error
	}{
		{"RSA-1024", newSigner(t, rsaKey(t, 1024)), cms.ErrWeak},
		{"P-224", newSigner(t, ecKey(t, elliptic.P224())), cms.ErrWeak},
		{"Ed25519", newSigner(t, ed), cms.ErrUnsupported},
		{"key of another certificate", signer{key: other.key, chain: good.chain}, cms.ErrSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := cms.Sign(rand.Reader, c.s.key, c.s.chain, sha, sum[:]); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if _, err := cms.Sign(rand.Reader, good.key, nil, sha, sum[:]); err == nil {
		t.Error("signed without a certificate")
	}
}

func FuzzParse(f *testing.F) {
	s := newSigner(f, ecKey(f, elliptic.P256()))
	r := newSigner(f, rsaKey(f, 2048))
	sum := sha256.Sum256(content)
	der, err := cms.Sign(rand.Reader, s.key, s.chain, sha, sum[:])
	must(f, err)
	f.Add(der)
	f.Add(opensslSign(f, r, "-keyopt", "rsa_padding_mode:pss"))
	f.Add(opensslSign(f, r, "-cades", "-keyid", "-md", "sha512"))
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Add(indefinite(opensslSign(f, r, "-cades")))
	f.Fuzz(func(t *testing.T, der []byte) {
		p, err := cms.Parse(der)
		if err != nil {
			if !errors.Is(err, cms.ErrMalformed) && !errors.Is(err, cms.ErrUnsupported) && !errors.Is(err, cms.ErrWeak) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		other := sha256.Sum256([]byte("khác"))
		if p.Verify(other[:]) == nil {
			t.Error("verifies over content that nobody signed")
		}
		_ = p.Verify(p.MessageDigest)
	})
}
