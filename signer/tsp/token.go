package tsp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/signer/cms"
)

// What can be wrong with a token beyond what package cms names.
var (
	// ErrImprint: the token was given for other data.
	ErrImprint = errors.New("tsp: the timestamp is for other data")
	// ErrPurpose: the certificate is not one of a timestamping authority.
	ErrPurpose = errors.New("tsp: the certificate is not for timestamping")
)

// Token is a TimeStampToken taken apart (RFC 3161, 2.4.2).
type Token struct {
	Raw      []byte // DER of the ContentInfo
	Policy   asn1.ObjectIdentifier
	Hash     crypto.Hash
	Imprint  []byte // digest of what was stamped, under Hash
	Serial   *big.Int
	Time     time.Time     // genTime, UTC
	Accuracy time.Duration // zero when not stated
	Nonce    *big.Int      // nil when the request had none

	Certificates []*x509.Certificate // enclosed
	Authority    *x509.Certificate   // that signed; nil when it is not enclosed
	signed       *cms.SignedData
}

func oidTSTInfo() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
}

func malformed(what string) error { return fmt.Errorf("%w: timestamp: %s", cms.ErrMalformed, what) }

// Parse takes a token apart and verifies nothing yet. Zero bytes may follow
// it. Errors wrap those of package cms.
func Parse(der []byte) (*Token, error) {
	signed, err := cms.ParseEnclosed(der, oidTSTInfo())
	if err != nil {
		return nil, err
	}
	t := &Token{Raw: der, Certificates: signed.Certificates, Authority: signed.Signer, signed: signed}
	if in := cryptobyte.String(der); in.SkipASN1(cbasn1.SEQUENCE) {
		t.Raw = der[:len(der)-len(in)]
	}
	return t, t.read(signed.Content)
}

func (t *Token) read(content []byte) error {
	in := cryptobyte.String(content)
	var info, imprint, algorithm, digest cryptobyte.String
	var version int64
	var hash asn1.ObjectIdentifier
	t.Serial = new(big.Int)
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !in.Empty() || !info.ReadASN1Integer(&version) || version != 1 ||
		!info.ReadASN1ObjectIdentifier(&t.Policy) || !info.ReadASN1(&imprint, cbasn1.SEQUENCE) ||
		!imprint.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&hash) ||
		!imprint.ReadASN1(&digest, cbasn1.OCTET_STRING) || !imprint.Empty() || !info.ReadASN1Integer(t.Serial) {
		return malformed("TSTInfo")
	}
	if t.Hash = cms.HashOf(hash); t.Hash == 0 {
		return fmt.Errorf("%w: timestamp of digest %v", cms.ErrWeak, hash)
	}
	if t.Imprint = slices.Clone(digest); len(digest) != t.Hash.Size() {
		return malformed("imprint")
	}
	var moment cryptobyte.String
	if !info.ReadASN1(&moment, cbasn1.GeneralizedTime) {
		return malformed("genTime")
	}
	var err error
	if t.Time, err = generalizedTime(string(moment)); err != nil {
		return err
	}
	return t.readRest(info)
}

// readRest reads accuracy, ordering, nonce and tsa, all optional. Extensions
// that are critical would change what the token says; none is known here.
func (t *Token) readRest(info cryptobyte.String) error {
	var accuracy, extensions cryptobyte.String
	var stated, ordered, present bool
	if !info.ReadOptionalASN1(&accuracy, &stated, cbasn1.SEQUENCE) {
		return malformed("accuracy")
	}
	if stated {
		var seconds int64
		if accuracy.PeekASN1Tag(cbasn1.INTEGER) && !accuracy.ReadASN1Integer(&seconds) || seconds < 0 || seconds > 1<<31 {
			return malformed("accuracy")
		}
		t.Accuracy = time.Duration(seconds) * time.Second
		for i, unit := range []time.Duration{time.Millisecond, time.Microsecond} {
			var n int64
			tag := cbasn1.Tag(i).ContextSpecific()
			if accuracy.PeekASN1Tag(tag) && !accuracy.ReadASN1Int64WithTag(&n, tag) || n < 0 || n > 999 {
				return malformed("accuracy")
			}
			t.Accuracy += time.Duration(n) * unit
		}
	}
	if info.PeekASN1Tag(cbasn1.BOOLEAN) && !info.ReadASN1Boolean(&ordered) {
		return malformed("ordering")
	}
	if info.PeekASN1Tag(cbasn1.INTEGER) {
		if t.Nonce = new(big.Int); !info.ReadASN1Integer(t.Nonce) {
			return malformed("nonce")
		}
	}
	if !info.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!info.ReadOptionalASN1(&extensions, &present, cbasn1.Tag(1).Constructed().ContextSpecific()) || !info.Empty() {
		return malformed("TSTInfo tail")
	}
	for !extensions.Empty() {
		var extension cryptobyte.String
		var id asn1.ObjectIdentifier
		var critical bool
		if !extensions.ReadASN1(&extension, cbasn1.SEQUENCE) || !extension.ReadASN1ObjectIdentifier(&id) ||
			extension.PeekASN1Tag(cbasn1.BOOLEAN) && !extension.ReadASN1Boolean(&critical) {
			return malformed("extensions")
		}
		if critical {
			return fmt.Errorf("%w: timestamp with critical extension %v", cms.ErrUnsupported, id)
		}
	}
	return nil
}

// generalizedTime reads YYYYMMDDhhmmss[.s...]Z (RFC 3161, 2.4.2), which the
// standard library does not with fractions.
func generalizedTime(s string) (time.Time, error) {
	whole, fraction, has := strings.Cut(strings.TrimSuffix(s, "Z"), ".")
	if !strings.HasSuffix(s, "Z") || len(whole) != 14 || has && (fraction == "" || len(fraction) > 9 || strings.HasSuffix(fraction, "0")) {
		return time.Time{}, malformed("genTime")
	}
	at, err := time.ParseInLocation("20060102150405", whole, time.UTC)
	if err != nil {
		return at, malformed("genTime")
	}
	nanos := 0
	for i := range 9 {
		nanos *= 10
		if i < len(fraction) {
			if fraction[i] < '0' || fraction[i] > '9' {
				return at, malformed("genTime")
			}
			nanos += int(fraction[i] - '0')
		}
	}
	return at.Add(time.Duration(nanos)), nil
}

// Verify checks that the token is over data with this digest, under t.Hash;
// that its signature verifies; that the ESS attribute names the certificate
// (RFC 5816); and that the certificate is one for timestamping and nothing
// else (RFC 3161, 2.3). Errors wrap ErrImprint, ErrPurpose or those of cms.
func (t *Token) Verify(digest []byte) error {
	if !bytes.Equal(digest, t.Imprint) {
		return ErrImprint
	}
	h := t.signed.Hash.New()
	h.Write(t.signed.Content)
	if err := t.signed.Verify(h.Sum(nil)); err != nil {
		return err
	}
	if !t.signed.SigningCertificate {
		return malformed("no signing-certificate attribute")
	}
	return purpose(t.Authority)
}

func purpose(c *x509.Certificate) error {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return ErrPurpose
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37}) {
			if !e.Critical {
				return ErrPurpose
			}
			return nil
		}
	}
	return ErrPurpose
}
