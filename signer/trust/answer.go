package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// Limits on answers, in bytes. The national CAs' lists are far below.
const (
	MaxOCSP = 64 << 10
	MaxCRL  = 16 << 20
)

// Why an answer tells nothing about a certificate.
var (
	ErrMalformed = errors.New("trust: malformed answer")
	ErrForeign   = errors.New("trust: the answer is not signed by the certificate's issuer, or by whom it appointed")
	ErrOther     = errors.New("trust: the answer does not speak of this certificate")
)

// Source is where an answer comes from.
type Source string

const (
	OCSP Source = "ocsp"
	CRL  Source = "crl"
)

// Answer is what an issuer said about one certificate.
type Answer struct {
	Source    Source
	Raw       []byte // DER
	Revoked   bool
	RevokedAt time.Time
	Reason    int       // CRLReason (RFC 5280, 5.3.1)
	From      time.Time // thisUpdate: what is said was so then
	Until     time.Time // nextUpdate; zero when not stated
	Responder *x509.Certificate
}

// skew is how far clocks may differ.
const skew = 5 * time.Minute

// unstated is how long an answer without nextUpdate counts as fresh.
const unstated = time.Hour

func (a Answer) end() time.Time {
	if a.Until.IsZero() {
		return a.From.Add(unstated)
	}
	return a.Until
}

// Fresh says whether the answer may be relied on at t without asking again.
func (a Answer) Fresh(t time.Time) bool {
	return !t.Before(a.From.Add(-skew)) && t.Before(a.end())
}

// RevokedBy says whether the certificate had been taken back at t.
func (a Answer) RevokedBy(t time.Time) bool { return a.Revoked && !t.Before(a.RevokedAt) }

// Covers says whether the answer tells the state at t: it was given later, or
// was fresh then.
func (a Answer) Covers(t time.Time) bool { return !a.From.Before(t) || a.Fresh(t) }

// JudgeOCSP takes an OCSP answer about cert. It must be signed by the issuer,
// or by a responder that the issuer certified for that (RFC 6960, 4.2.2.2).
// Errors wrap ErrMalformed, ErrForeign or ErrOther, the last also for the
// responder's "unknown".
func JudgeOCSP(raw []byte, cert, issuer *x509.Certificate) (Answer, error) {
	if len(raw) > MaxOCSP {
		return Answer{}, fmt.Errorf("%w: OCSP answer of %d bytes", ErrMalformed, len(raw))
	}
	r, err := ocsp.ParseResponseForCert(raw, cert, issuer)
	if err != nil {
		// The library tells by words alone; who signed is asked once more to
		// know what to say.
		if _, unsigned := ocsp.ParseResponseForCert(raw, cert, nil); unsigned == nil {
			return Answer{}, fmt.Errorf("%w: %w", ErrForeign, err)
		}
		if _, other := ocsp.ParseResponse(raw, nil); other == nil {
			return Answer{}, fmt.Errorf("%w: %w", ErrOther, err)
		}
		return Answer{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if c := r.Certificate; c != nil && !bytes.Equal(c.Raw, issuer.Raw) {
		if !bytes.Equal(c.RawIssuer, issuer.RawSubject) || !appointed(c) || r.ProducedAt.Before(c.NotBefore.Add(-skew)) || r.ProducedAt.After(c.NotAfter) {
			return Answer{}, fmt.Errorf("%w: responder %q", ErrForeign, c.Subject.CommonName)
		}
	}
	if r.SerialNumber.Cmp(cert.SerialNumber) != 0 || r.Status == ocsp.Unknown {
		return Answer{}, ErrOther
	}
	return Answer{Source: OCSP, Raw: raw, Revoked: r.Status == ocsp.Revoked, RevokedAt: r.RevokedAt, Reason: r.RevocationReason,
		From: r.ThisUpdate, Until: r.NextUpdate, Responder: r.Certificate}, nil
}

func appointed(c *x509.Certificate) bool {
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageOCSPSigning {
			return true
		}
	}
	return false
}

// ParseCRL reads a list, to be asked about many certificates by JudgeCRL.
func ParseCRL(raw []byte) (*x509.RevocationList, error) {
	if len(raw) > MaxCRL {
		return nil, fmt.Errorf("%w: CRL of %d bytes", ErrMalformed, len(raw))
	}
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return list, nil
}

// JudgeCRL asks a list about cert. Delta and indirect lists, and those for some
// certificates only that cert is not among, tell nothing (RFC 5280, 5.2.4 and
// 5.2.5). Errors as JudgeOCSP.
func JudgeCRL(list *x509.RevocationList, cert, issuer *x509.Certificate) (Answer, error) {
	if !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
		return Answer{}, ErrForeign
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if err := complete(list, cert); err != nil {
		return Answer{}, err
	}
	a := Answer{Source: CRL, Raw: list.Raw, From: list.ThisUpdate, Until: list.NextUpdate}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			a.Revoked, a.RevokedAt, a.Reason = true, e.RevocationTime, e.ReasonCode
		}
	}
	return a, nil
}

// complete refuses a list that does not speak of all that cert is one of.
func complete(list *x509.RevocationList, cert *x509.Certificate) error {
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 20}), e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 35}): // number, authority key
		case e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}):
			if err := scope(e.Value, cert.IsCA); err != nil {
				return err
			}
		case e.Critical, e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 27}):
			return fmt.Errorf("%w: CRL with extension %v", ErrOther, e.Id)
		}
	}
	return nil
}

// scope reads IssuingDistributionPoint: [0] name, [1] onlyUserCerts, [2]
// onlyCACerts, [3] onlySomeReasons, [4] indirect, [5] onlyAttributeCerts.
func scope(value []byte, ca bool) error {
	in := cryptobyte.String(value)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return fmt.Errorf("%w: CRL scope", ErrMalformed)
	}
	for !seq.Empty() {
		var tag cbasn1.Tag
		var v cryptobyte.String
		if !seq.ReadAnyASN1(&v, &tag) {
			return fmt.Errorf("%w: CRL scope", ErrMalformed)
		}
		set := len(v) == 1 && v[0] != 0
		switch n := tag &^ 0xe0; {
		case n == 0, n == 1 && !(set && ca), n == 2 && !(set && !ca), n > 3 && !set:
		default:
			return fmt.Errorf("%w: CRL for others", ErrOther)
		}
	}
	return nil
}
