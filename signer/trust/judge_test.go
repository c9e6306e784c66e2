package trust_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanthu/signer/trust"
)

const partAddress = "http://crl.example/part1.crl"

// bench is two CAs whose certificates carry the same number, and a responder of
// each under one key.
type bench struct {
	key, responderKey *ecdsa.PrivateKey
	issuer, twin      *x509.Certificate
	leaf              *x509.Certificate // of issuer
	responder         *x509.Certificate
	now               time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{now: time.Now().Truncate(time.Second)}
	var err error
	b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	b.responderKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := func(name string) *x509.Certificate {
		return b.certify(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}, nil, b.key)
	}
	b.issuer, b.twin = ca("CA"), ca("CA hai")
	b.leaf = b.certify(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Người ký"}, CRLDistributionPoints: []string{partAddress}}, b.issuer, b.key)
	b.responder = b.appoint(t, x509.ExtKeyUsageOCSPSigning, b.now.AddDate(1, 0, 0))
	return b
}

func (b *bench) certify(t testing.TB, c, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	c.SerialNumber, c.NotBefore, c.BasicConstraintsValid = big.NewInt(7), b.now.AddDate(-1, 0, 0), true
	if c.NotAfter.IsZero() {
		c.NotAfter = b.now.AddDate(1, 0, 0)
	}
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), b.key)
	must(t, err)
	made, err := x509.ParseCertificate(der)
	must(t, err)
	return made
}

func (b *bench) appoint(t testing.TB, usage x509.ExtKeyUsage, until time.Time) *x509.Certificate {
	return b.certify(t, &x509.Certificate{Subject: pkix.Name{CommonName: "OCSP"}, ExtKeyUsage: []x509.ExtKeyUsage{usage}, NotAfter: until}, b.issuer, b.responderKey)
}

func TestJudgeOCSP(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name      string
		of        *x509.Certificate // named as issuer
		responder *x509.Certificate // nil: the issuer itself
		change    func(*ocsp.Response)
		want      error
	}{
		{"by whom the issuer appointed", b.issuer, b.responder, nil, nil},
		{"by the issuer", b.issuer, nil, nil, nil},
		{"named by SHA-256", b.issuer, nil, func(r *ocsp.Response) { r.IssuerHash = 5 }, nil},
		{"about another CA's certificate of that number", b.twin, b.responder, nil, trust.ErrOther},
		{"about another number", b.issuer, nil, func(r *ocsp.Response) { r.SerialNumber = big.NewInt(8) }, trust.ErrOther},
		{"by somebody appointed for something else", b.issuer, b.appoint(t, x509.ExtKeyUsageTimeStamping, b.now.AddDate(1, 0, 0)), nil, trust.ErrForeign},
		{"by somebody appointed until yesterday", b.issuer, b.appoint(t, x509.ExtKeyUsageOCSPSigning, b.now.AddDate(0, 0, -1)), nil, trust.ErrForeign},
		{"not known", b.issuer, b.responder, func(r *ocsp.Response) { r.Status = ocsp.Unknown }, trust.ErrOther},
		{"by SHA-1", b.issuer, nil, func(r *ocsp.Response) { r.SignatureAlgorithm = x509.ECDSAWithSHA1 }, trust.ErrWeak},
		{"good after its end", b.issuer, nil, func(r *ocsp.Response) { r.ThisUpdate = b.leaf.NotAfter.Add(time.Second) }, trust.ErrOther},
		{"revoked, told after its end", b.issuer, nil, func(r *ocsp.Response) {
			r.ThisUpdate, r.Status, r.RevokedAt = b.leaf.NotAfter.Add(time.Second), ocsp.Revoked, b.now
		}, nil},
	} {
		r := ocsp.Response{SerialNumber: b.leaf.SerialNumber, ThisUpdate: b.now, NextUpdate: b.now.Add(time.Hour), ProducedAt: b.now, Certificate: c.responder}
		if c.change != nil {
			c.change(&r)
		}
		by, key := c.responder, b.responderKey
		if by == nil {
			by, key = b.issuer, b.key
		}
		raw, err := ocsp.CreateResponse(c.of, by, r, key)
		must(t, err)
		a, err := trust.JudgeOCSP(raw, b.leaf, b.issuer)
		if !errors.Is(err, c.want) || c.want == nil && a.Revoked != (r.Status == ocsp.Revoked) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// point is an IssuingDistributionPoint with a full name, or with one flag.
func point(t testing.TB, address string, flag int) pkix.Extension {
	t.Helper()
	inner := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: flag, Bytes: []byte{0xff}}
	if address != "" {
		uri, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(address)})
		must(t, err)
		full, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: uri})
		must(t, err)
		inner = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: full}
	}
	value, err := asn1.Marshal([]asn1.RawValue{inner})
	must(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}
}

func TestJudgeCRL(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name  string
		by    *x509.Certificate
		extra []pkix.Extension
		from  time.Time
		want  error
	}{
		{"whole", b.issuer, nil, b.now, nil},
		{"the certificate's part", b.issuer, []pkix.Extension{point(t, partAddress, 0)}, b.now, nil},
		{"another part", b.issuer, []pkix.Extension{point(t, "http://crl.example/part2.crl", 0)}, b.now, trust.ErrOther},
		{"of people", b.issuer, []pkix.Extension{point(t, "", 1)}, b.now, nil},
		{"of CAs", b.issuer, []pkix.Extension{point(t, "", 2)}, b.now, trust.ErrOther},
		{"for some reasons", b.issuer, []pkix.Extension{point(t, "", 3)}, b.now, trust.ErrOther},
		{"indirect", b.issuer, []pkix.Extension{point(t, "", 4)}, b.now, trust.ErrOther},
		{"of attributes", b.issuer, []pkix.Extension{point(t, "", 5)}, b.now, trust.ErrOther},
		{"broken scope", b.issuer, []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Value: []byte{0x30, 1}}}, b.now, trust.ErrMalformed},
		{"delta", b.issuer, []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}, b.now, trust.ErrOther},
		{"with a rule of its own", b.issuer, []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}, b.now, trust.ErrOther},
		{"of another CA under the same key", b.twin, nil, b.now, trust.ErrForeign},
		{"after its end", b.issuer, nil, b.leaf.NotAfter.Add(time.Second), trust.ErrOther},
	} {
		raw, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: c.from, NextUpdate: c.from.Add(time.Hour), ExtraExtensions: c.extra}, c.by, b.key)
		must(t, err)
		list, err := trust.ParseCRL(raw)
		must(t, err)
		if a, err := trust.JudgeCRL(list, b.leaf, b.issuer); !errors.Is(err, c.want) || a.Revoked {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := trust.ParseCRL(make([]byte, trust.MaxCRL+1)); !errors.Is(err, trust.ErrMalformed) {
		t.Errorf("a list too large: %v", err)
	}
}

// Whatever stands beside it, no certificate of strangers leads to our root.
func FuzzPath(f *testing.F) {
	b, other := newBench(f), newBench(f)
	f.Add(append(append([]byte{}, other.leaf.Raw...), other.issuer.Raw...))
	f.Add(append(append([]byte{}, other.leaf.Raw...), b.issuer.Raw...))
	f.Add(other.issuer.Raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := x509.ParseCertificates(raw)
		if err != nil || len(all) == 0 || len(all) > 16 || all[0].Equal(b.issuer) {
			return
		}
		if path, err := trust.Path(all[0], all[1:], []*x509.Certificate{b.issuer}, b.now); err == nil {
			t.Errorf("a path of %d", len(path))
		}
	})
}
