package cms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Limits on what is read.
const (
	MaxSize         = 4 << 20 // bytes; evidence of revocation may be enclosed
	MaxCertificates = 64
	MaxRSABits      = 8192 // a larger modulus only costs time to refuse
	maxAttributes   = 64
	maxRevocation   = 64 // OCSP answers, and CRLs, in one signature
)

// What can be wrong with a SignedData. Unsupported and weak ones are well
// formed, but of a kind that is not judged, or that proves nothing any more.
// ErrCertificate: the ESS attribute names another certificate than the one that
// verifies.
var (
	ErrMalformed   = errors.New("cms: malformed")
	ErrUnsupported = errors.New("cms: unsupported")
	ErrWeak        = errors.New("cms: algorithm or key too weak")
	ErrNoSigner    = errors.New("cms: the signer's certificate is not enclosed")
	ErrDigest      = errors.New("cms: the content is not what was signed")
	ErrSignature   = errors.New("cms: the signature value does not verify")
	ErrCertificate = errors.New("cms: signing-certificate names another certificate")
)

// SignedData is a detached signature by one signer, taken apart.
type SignedData struct {
	Certificates       []*x509.Certificate // all that are enclosed
	Signer             *x509.Certificate   // nil when it is not among them
	Hash               crypto.Hash         // digest algorithm of the content
	MessageDigest      []byte              // the digest that was signed
	SigningTime        time.Time           // adbe.pkcs7.detached only; claimed; zero when absent
	SigningCertificate bool                // an ESS signing-certificate (v1 or v2) is present, as CAdES demands
	SignatureTimestamp []byte              // RFC 3161 token, not judged here; nil when absent
	Content            []byte              // of ParseEnclosed
	Value              []byte              // the signature itself, what a signature timestamp is over
	// OCSPs and CRLs are revocation data that the signature carries in its
	// signed adbe-revocationInfoArchival (ISO 32000-1, 12.8.3.3.2), not judged here.
	OCSPs, CRLs [][]byte

	attributes []byte // DER SET, as signed
	ess        []essCertificate
	scheme     scheme
	pssSalt    int
	kind       asn1.ObjectIdentifier // of the content
}

type essCertificate struct {
	hash   crypto.Hash
	digest []byte
	serial *big.Int // nil when not named
	issuer []byte
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// Parse takes one detached SignedData over plain data apart. Zero bytes may
// follow it, as they do in a PDF's Contents; nothing else may. Errors wrap
// ErrMalformed, ErrUnsupported or ErrWeak. Nothing is verified yet: see Verify.
func Parse(der []byte) (*SignedData, error) {
	return parse(der, &SignedData{kind: oidData()}, false)
}

// ParseEnclosed is Parse for a SignedData that encloses content of this type.
func ParseEnclosed(der []byte, kind asn1.ObjectIdentifier) (*SignedData, error) {
	return parse(der, &SignedData{kind: kind}, true)
}

func parse(der []byte, s *SignedData, enclosed bool) (*SignedData, error) {
	if len(der) > MaxSize {
		return nil, malformed("too large")
	}
	if len(der) > 1 && der[1] == indefinite {
		var err error
		if der, err = fromBER(der); err != nil {
			return nil, err
		}
	}
	in := cryptobyte.String(der)
	var info, wrapped, body cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1ObjectIdentifier(&kind) {
		return nil, malformed("not a DER ContentInfo")
	}
	if len(bytes.Trim(in, "\x00")) != 0 {
		return nil, malformed("bytes behind the structure")
	}
	if !kind.Equal(oidSignedData()) {
		return nil, fmt.Errorf("%w: content type %v", ErrUnsupported, kind)
	}
	if !info.ReadASN1(&wrapped, explicit(0)) || !info.Empty() || !wrapped.ReadASN1(&body, cbasn1.SEQUENCE) || !wrapped.Empty() {
		return nil, malformed("SignedData")
	}
	var version int64
	var digests, content, signers cryptobyte.String
	if !body.ReadASN1Integer(&version) || !body.ReadASN1(&digests, cbasn1.SET) || !body.ReadASN1(&content, cbasn1.SEQUENCE) {
		return nil, malformed("SignedData head")
	}
	if !content.ReadASN1ObjectIdentifier(&kind) {
		return nil, malformed("encapsulated content")
	}
	if !kind.Equal(s.kind) {
		return nil, fmt.Errorf("%w: content of type %v", ErrUnsupported, kind)
	}
	if enclosed {
		var outer, octets cryptobyte.String
		if !content.ReadASN1(&outer, explicit(0)) || !outer.ReadASN1(&octets, cbasn1.OCTET_STRING) || !outer.Empty() {
			return nil, malformed("encapsulated content")
		}
		s.Content = slices.Clone(octets)
	}
	if !content.Empty() {
		return nil, fmt.Errorf("%w: content enclosed", ErrUnsupported)
	}
	if err := s.readCertificates(&body); err != nil {
		return nil, err
	}
	if !body.SkipOptionalASN1(explicit(1)) || !body.ReadASN1(&signers, cbasn1.SET) || !body.Empty() {
		return nil, malformed("SignedData tail")
	}
	var signer cryptobyte.String
	if !signers.ReadASN1(&signer, cbasn1.SEQUENCE) {
		return nil, malformed("no SignerInfo")
	}
	if !signers.Empty() {
		return nil, fmt.Errorf("%w: more than one signer in one signature", ErrUnsupported)
	}
	if err := s.readSigner(signer); err != nil {
		return nil, err
	}
	return s, nil
}

func explicit(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }

func (s *SignedData) readCertificates(body *cryptobyte.String) error {
	var set cryptobyte.String
	var present bool
	if !body.ReadOptionalASN1(&set, &present, explicit(0)) {
		return malformed("certificates")
	}
	for !set.Empty() {
		var raw cryptobyte.String
		var tag cbasn1.Tag
		if !set.ReadAnyASN1Element(&raw, &tag) {
			return malformed("certificates")
		}
		if tag != cbasn1.SEQUENCE {
			continue // attribute and other certificates of RFC 5652, 10.2.2
		}
		if len(s.Certificates) == MaxCertificates {
			return malformed("too many certificates")
		}
		cert, err := x509.ParseCertificate(raw)
		if err != nil {
			return fmt.Errorf("%w: certificate: %v", ErrMalformed, err)
		}
		if k, ok := cert.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > MaxRSABits {
			return fmt.Errorf("%w: RSA key of %d bits", ErrUnsupported, k.N.BitLen())
		}
		s.Certificates = append(s.Certificates, cert)
	}
	return nil
}

func (s *SignedData) readSigner(in cryptobyte.String) error {
	var version int64
	if !in.ReadASN1Integer(&version) {
		return malformed("SignerInfo version")
	}
	if err := s.readSignerID(&in); err != nil {
		return err
	}
	digest, _, err := readAlgorithm(&in)
	if err != nil {
		return err
	}
	if s.Hash = HashOf(digest); s.Hash == 0 {
		if weakHash(digest) {
			return fmt.Errorf("%w: digest %v", ErrWeak, digest)
		}
		return fmt.Errorf("%w: digest %v", ErrUnsupported, digest)
	}
	var attrs cryptobyte.String
	if !in.PeekASN1Tag(explicit(0)) {
		return fmt.Errorf("%w: no signed attributes", ErrUnsupported)
	}
	if !in.ReadASN1Element(&attrs, explicit(0)) {
		return malformed("signed attributes")
	}
	s.attributes = retag(attrs, 0x31)
	if err := s.readSigned(attrs); err != nil {
		return err
	}
	algorithm, params, err := readAlgorithm(&in)
	if err != nil {
		return err
	}
	if err := s.readScheme(algorithm, params); err != nil {
		return err
	}
	var value cryptobyte.String
	if !in.ReadASN1(&value, cbasn1.OCTET_STRING) {
		return malformed("signature value")
	}
	s.Value = slices.Clone(value)
	return s.readUnsigned(in)
}

func (s *SignedData) readSignerID(in *cryptobyte.String) error {
	if in.PeekASN1Tag(cbasn1.SEQUENCE) {
		var id, issuer cryptobyte.String
		serial := new(big.Int)
		if !in.ReadASN1(&id, cbasn1.SEQUENCE) || !id.ReadASN1Element(&issuer, cbasn1.SEQUENCE) || !id.ReadASN1Integer(serial) || !id.Empty() {
			return malformed("signer identifier")
		}
		for _, c := range s.Certificates {
			if c.SerialNumber.Cmp(serial) == 0 && bytes.Equal(c.RawIssuer, issuer) {
				s.Signer = c
				return nil
			}
		}
		return nil
	}
	var id cryptobyte.String
	if !in.ReadASN1(&id, cbasn1.Tag(0).ContextSpecific()) {
		return malformed("signer identifier")
	}
	for _, c := range s.Certificates {
		if len(c.SubjectKeyId) > 0 && bytes.Equal(c.SubjectKeyId, id) {
			s.Signer = c
			return nil
		}
	}
	return nil
}

// readAlgorithm reads an AlgorithmIdentifier; params is the whole element of
// the parameters, empty when there are none.
func readAlgorithm(in *cryptobyte.String) (oid asn1.ObjectIdentifier, params cryptobyte.String, err error) {
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&oid) {
		return nil, nil, malformed("algorithm")
	}
	if seq.Empty() {
		return oid, nil, nil
	}
	var tag cbasn1.Tag
	if !seq.ReadAnyASN1Element(&params, &tag) || !seq.Empty() {
		return nil, nil, malformed("algorithm parameters")
	}
	return oid, params, nil
}
