package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

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
	if weak(list.SignatureAlgorithm) {
		return Answer{}, fmt.Errorf("%w: %v", ErrWeak, list.SignatureAlgorithm)
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
	return a.lasting(cert)
}

// complete refuses a list that does not speak of all that cert is one of.
func complete(list *x509.RevocationList, cert *x509.Certificate) error {
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 20}), e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 35}): // number, authority key
		case e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}):
			if err := scope(e.Value, cert); err != nil {
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
func scope(value []byte, cert *x509.Certificate) error {
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
		case n == 0 && names(v, cert.CRLDistributionPoints), n == 1 && !(set && cert.IsCA), n == 2 && !(set && !cert.IsCA), n > 3 && !set:
		default:
			return fmt.Errorf("%w: CRL for others", ErrOther)
		}
	}
	return nil
}

// names says whether a distribution point's full name has one of the addresses
// that the certificate gives: a CA may keep its list in parts, and another part
// is silent about what was taken back (RFC 5280, 6.3.3 (b)(2)(i)).
func names(point cryptobyte.String, addresses []string) bool {
	var full cryptobyte.String
	if !point.ReadASN1(&full, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	for !full.Empty() {
		var tag cbasn1.Tag
		var name cryptobyte.String
		if !full.ReadAnyASN1(&name, &tag) {
			return false
		}
		if tag == cbasn1.Tag(6).ContextSpecific() && slices.Contains(addresses, string(name)) {
			return true
		}
	}
	return false
}
