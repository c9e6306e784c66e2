package trust

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"hash"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// JudgeOCSP takes an OCSP answer about cert. It must be signed by the issuer,
// or by a responder that the issuer certified for that (RFC 6960, 4.2.2.2); the
// responder's own revocation is the issuer's business (4.2.2.2.1). Errors wrap
// ErrMalformed, ErrForeign, ErrWeak or ErrOther, the last also for the
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
	if weak(r.SignatureAlgorithm) {
		return Answer{}, fmt.Errorf("%w: %v", ErrWeak, r.SignatureAlgorithm)
	}
	if r.Status == ocsp.Unknown || !ofIssuer(r.TBSResponseData, cert, issuer) {
		return Answer{}, ErrOther
	}
	return Answer{Source: OCSP, Raw: raw, Revoked: r.Status == ocsp.Revoked, RevokedAt: r.RevokedAt, Reason: r.RevocationReason,
		From: r.ThisUpdate, Until: r.NextUpdate, Responder: r.Certificate}.lasting(cert)
}

// ofIssuer says whether everything in ResponseData about cert's serial number
// is about a certificate of this issuer: the library compares numbers only, and
// one responder may speak for several issuers that count alike (RFC 6960,
// 4.1.1 and 4.2.1).
func ofIssuer(data []byte, cert, issuer *x509.Certificate) bool {
	in := cryptobyte.String(data)
	var all, list, key cryptobyte.String
	explicit := func(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }
	if !in.ReadASN1(&all, cbasn1.SEQUENCE) || !all.SkipOptionalASN1(explicit(0)) || !all.SkipOptionalASN1(explicit(1)) ||
		!all.SkipOptionalASN1(explicit(2)) || !all.SkipASN1(cbasn1.GeneralizedTime) || !all.ReadASN1(&list, cbasn1.SEQUENCE) {
		return false
	}
	spki := cryptobyte.String(issuer.RawSubjectPublicKeyInfo)
	if !spki.ReadASN1(&spki, cbasn1.SEQUENCE) || !spki.SkipASN1(cbasn1.SEQUENCE) || !spki.ReadASN1(&key, cbasn1.BIT_STRING) || len(key) == 0 {
		return false
	}
	found := false
	for !list.Empty() {
		var one, id, algorithm, name, keyHash cryptobyte.String
		var hash asn1.ObjectIdentifier
		number := new(big.Int)
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&id, cbasn1.SEQUENCE) || !id.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
			!algorithm.ReadASN1ObjectIdentifier(&hash) || !id.ReadASN1(&name, cbasn1.OCTET_STRING) || !id.ReadASN1(&keyHash, cbasn1.OCTET_STRING) ||
			!id.ReadASN1Integer(number) {
			return false
		}
		if number.Cmp(cert.SerialNumber) != 0 {
			continue
		}
		sum := digestBy(hash)
		if sum == nil || !bytes.Equal(sum(cert.RawIssuer), name) || !bytes.Equal(sum(key[1:]), keyHash) {
			return false
		}
		found = true
	}
	return found
}

// digestBy is the hash that certificates are named by. SHA-1 here only names:
// what is said is signed.
func digestBy(oid asn1.ObjectIdentifier) func([]byte) []byte {
	for _, h := range []struct {
		oid asn1.ObjectIdentifier
		new func() hash.Hash
	}{
		{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, sha1.New}, {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, sha256.New},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, sha512.New384}, {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, sha512.New},
	} {
		if h.oid.Equal(oid) {
			return func(b []byte) []byte {
				w := h.new()
				w.Write(b)
				return w.Sum(nil)
			}
		}
	}
	return nil
}

func appointed(c *x509.Certificate) bool {
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageOCSPSigning {
			return true
		}
	}
	return false
}
