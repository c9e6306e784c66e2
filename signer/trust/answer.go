package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"
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
	ErrWeak      = errors.New("trust: the answer is signed by an algorithm that is no longer safe")
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

// lasting refuses a good answer given after the certificate had ended: from then
// on issuers may forget what they took back (RFC 5280, 3.3).
func (a Answer) lasting(cert *x509.Certificate) (Answer, error) {
	if !a.Revoked && a.From.After(cert.NotAfter) {
		return Answer{}, fmt.Errorf("%w: given %v, after its end", ErrOther, a.From)
	}
	return a, nil
}

// weak says whether signatures by the algorithm can be forged by collisions.
func weak(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}
