package cms

import (
	"crypto"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// readSigned reads the signed attributes. Those that decide must be there once,
// with one value (RFC 5652, 11): two message-digests would let a reader and a
// verifier each choose their own.
func (s *SignedData) readSigned(element cryptobyte.String) error {
	var contentType, digest bool
	err := eachAttribute(element, explicit(0), func(oid asn1.ObjectIdentifier, value cryptobyte.String) error {
		switch {
		case oid.Equal(oidContentType()):
			var kind asn1.ObjectIdentifier
			if contentType || !value.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(s.kind) {
				return malformed("content-type attribute")
			}
			contentType = true
		case oid.Equal(oidMessageDigest()):
			var d cryptobyte.String
			if digest || !value.ReadASN1(&d, cbasn1.OCTET_STRING) || len(d) != s.Hash.Size() {
				return malformed("message-digest attribute")
			}
			s.MessageDigest, digest = slices.Clone(d), true
		case oid.Equal(oidSigningTime()):
			if value.PeekASN1Tag(cbasn1.UTCTime) {
				if !value.ReadASN1UTCTime(&s.SigningTime) {
					return malformed("signing-time attribute")
				}
			} else if !value.ReadASN1GeneralizedTime(&s.SigningTime) {
				return malformed("signing-time attribute")
			}
		case oid.Equal(oidRevocationArchive()):
			return s.readRevocation(value)
		case oid.Equal(oidSigningCertificate()):
			return s.readESS(value, 1)
		case oid.Equal(oidSigningCertificateV2()):
			return s.readESS(value, 2)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !contentType || !digest {
		return malformed("content-type or message-digest attribute missing")
	}
	return nil
}

// readUnsigned looks for a signature timestamp; all else unsigned is evidence
// that others may judge.
func (s *SignedData) readUnsigned(in cryptobyte.String) error {
	if in.Empty() {
		return nil
	}
	var element cryptobyte.String
	if !in.ReadASN1Element(&element, explicit(1)) || !in.Empty() {
		return malformed("unsigned attributes")
	}
	return eachAttribute(element, explicit(1), func(oid asn1.ObjectIdentifier, value cryptobyte.String) error {
		if oid.Equal(oidSignatureTimestamp()) {
			s.SignatureTimestamp = slices.Clone(value)
		}
		return nil
	})
}

// eachAttribute calls f with every attribute's first value; an attribute with
// none or several values is malformed for those f asks for, so it is refused
// for all.
func eachAttribute(element cryptobyte.String, tag cbasn1.Tag, f func(asn1.ObjectIdentifier, cryptobyte.String) error) error {
	var set cryptobyte.String
	if !element.ReadASN1(&set, tag) {
		return malformed("attributes")
	}
	for n := 0; !set.Empty(); n++ {
		var attr, values, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var any cbasn1.Tag
		if n == maxAttributes || !set.ReadASN1(&attr, cbasn1.SEQUENCE) || !attr.ReadASN1ObjectIdentifier(&oid) ||
			!attr.ReadASN1(&values, cbasn1.SET) || !attr.Empty() || !values.ReadAnyASN1Element(&value, &any) || !values.Empty() {
			return malformed("attribute")
		}
		if err := f(oid, value); err != nil {
			return err
		}
	}
	return nil
}

// readRevocation reads RevocationInfoArchival: SEQUENCE of crl [0] and ocsp
// [1], each EXPLICIT SEQUENCE OF.
func (s *SignedData) readRevocation(value cryptobyte.String) error {
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) {
		return malformed("revocation attribute")
	}
	for i, to := range []*[][]byte{&s.CRLs, &s.OCSPs} {
		var outer, list cryptobyte.String
		var present bool
		if !seq.ReadOptionalASN1(&outer, &present, explicit(uint8(i))) || present && !outer.ReadASN1(&list, cbasn1.SEQUENCE) {
			return malformed("revocation attribute")
		}
		for !list.Empty() {
			var one cryptobyte.String
			var tag cbasn1.Tag
			if len(*to) == maxRevocation || !list.ReadAnyASN1Element(&one, &tag) {
				return malformed("revocation attribute")
			}
			*to = append(*to, slices.Clone(one))
		}
	}
	return nil
}

// readESS reads SigningCertificate (RFC 2634, 5.4) or SigningCertificateV2
// (RFC 5035, 3). Only the first entry names the signer; the rest would limit
// the path and are not used in PAdES.
func (s *SignedData) readESS(value cryptobyte.String, version int) error {
	var seq, certs, id, digest cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1(&certs, cbasn1.SEQUENCE) || !certs.ReadASN1(&id, cbasn1.SEQUENCE) {
		return malformed("signing-certificate attribute")
	}
	e := essCertificate{hash: crypto.SHA1}
	if version == 2 {
		e.hash = crypto.SHA256
		if id.PeekASN1Tag(cbasn1.SEQUENCE) {
			oid, _, err := readAlgorithm(&id)
			if err != nil {
				return err
			}
			if e.hash = HashOf(oid); e.hash == 0 {
				return fmt.Errorf("%w: signing-certificate digest %v", ErrUnsupported, oid)
			}
		}
	}
	if !id.ReadASN1(&digest, cbasn1.OCTET_STRING) {
		return malformed("signing-certificate digest")
	}
	e.digest = slices.Clone(digest)
	if !id.Empty() {
		var pair, names, name cryptobyte.String
		e.serial = new(big.Int)
		if !id.ReadASN1(&pair, cbasn1.SEQUENCE) || !pair.ReadASN1(&names, cbasn1.SEQUENCE) || !pair.ReadASN1Integer(e.serial) {
			return malformed("signing-certificate issuer and serial")
		}
		if names.ReadASN1(&name, explicit(4)) {
			e.issuer = slices.Clone(name)
		}
	}
	s.ess = append(s.ess, e)
	s.SigningCertificate = true
	return nil
}

// readScheme settles how the value was computed and that the hash it names is
// the digest algorithm's.
func (s *SignedData) readScheme(oid asn1.ObjectIdentifier, params cryptobyte.String) error {
	var named crypto.Hash
	s.scheme, named = schemeOf(oid)
	if s.scheme == schemeUnknown {
		if weakHash(oid) {
			return fmt.Errorf("%w: signature algorithm %v", ErrWeak, oid)
		}
		return fmt.Errorf("%w: signature algorithm %v", ErrUnsupported, oid)
	}
	if s.scheme == schemePSS {
		var err error
		if named, s.pssSalt, err = readPSS(params); err != nil {
			return err
		}
	}
	if named != 0 && named != s.Hash {
		return fmt.Errorf("%w: signature and digest name different hashes", ErrMalformed)
	}
	return nil
}

// readPSS reads RSASSA-PSS-params (RFC 8017, A.2.3). Its defaults are SHA-1, so
// a hash must be written, and the mask must use the same one.
func readPSS(params cryptobyte.String) (crypto.Hash, int, error) {
	var seq, field cryptobyte.String
	var present bool
	if !params.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadOptionalASN1(&field, &present, explicit(0)) {
		return 0, 0, malformed("PSS parameters")
	}
	if !present {
		return 0, 0, fmt.Errorf("%w: PSS with SHA-1", ErrWeak)
	}
	oid, _, err := readAlgorithm(&field)
	if err != nil {
		return 0, 0, err
	}
	hash := HashOf(oid)
	if hash == 0 {
		return 0, 0, fmt.Errorf("%w: PSS digest %v", ErrUnsupported, oid)
	}
	if !seq.ReadOptionalASN1(&field, &present, explicit(1)) || !present {
		return 0, 0, fmt.Errorf("%w: PSS mask with SHA-1", ErrWeak)
	}
	mask, inner, err := readAlgorithm(&field)
	if err != nil {
		return 0, 0, err
	}
	maskHash, _, err := readAlgorithm(&inner)
	if err != nil {
		return 0, 0, err
	}
	if !mask.Equal(oidMGF1()) || HashOf(maskHash) != hash {
		return 0, 0, fmt.Errorf("%w: PSS mask", ErrUnsupported)
	}
	salt := 20
	if !seq.ReadOptionalASN1(&field, &present, explicit(2)) || present && !field.ReadASN1Integer(&salt) || salt < 0 || salt > 1024 {
		return 0, 0, malformed("PSS salt length")
	}
	return hash, salt, nil
}
