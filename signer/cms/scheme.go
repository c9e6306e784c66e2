package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Scheme is how a key signs: the digest of content and attributes and, of an
// RSA key, the padding. The kind of key is the certificate's.
type Scheme struct {
	Hash crypto.Hash // SHA-256, SHA-384 or SHA-512
	PSS  bool        // RSASSA-PSS with MGF1 of the same hash and a salt as long as it (RFC 4056); else PKCS#1 v1.5
}

// SchemeFor is the scheme of a key whose owner asks for none: the digest is as
// strong as the curve (FIPS 186-5, 6.1.1), RSA is padded by PKCS#1 v1.5, which
// every verifier reads.
func SchemeFor(public crypto.PublicKey) Scheme {
	if k, ok := public.(*ecdsa.PublicKey); ok {
		switch bits := k.Curve.Params().BitSize; {
		case bits > 384:
			return Scheme{Hash: crypto.SHA512}
		case bits > 256:
			return Scheme{Hash: crypto.SHA384}
		}
	}
	return Scheme{Hash: crypto.SHA256}
}

// Options are what crypto.Signer is told.
func (s Scheme) Options() crypto.SignerOpts {
	if s.PSS {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.Hash}
	}
	return s.Hash
}

// PSS says whether the signature value is padded by RSASSA-PSS.
func (s *SignedData) PSS() bool { return s.scheme == schemePSS }

// check refuses a scheme that the key cannot have.
func (s Scheme) check(public crypto.PublicKey) error {
	if err := Usable(public); err != nil {
		return err
	}
	if oidOf(s.Hash) == nil {
		return fmt.Errorf("%w: digest %v", ErrUnsupported, s.Hash)
	}
	if _, ok := public.(*rsa.PublicKey); s.PSS && !ok {
		return fmt.Errorf("%w: PSS with a key of type %T", ErrUnsupported, public)
	}
	return nil
}

// add writes the AlgorithmIdentifier of the signature.
func (s Scheme) add(b *cryptobyte.Builder, public crypto.PublicKey) {
	if _, ok := public.(*ecdsa.PublicKey); ok {
		addAlgorithm(b, map[crypto.Hash]asn1.ObjectIdentifier{crypto.SHA256: oidECDSAWithSHA256(),
			crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3}, crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4}}[s.Hash], false)
		return
	}
	if !s.PSS {
		addAlgorithm(b, map[crypto.Hash]asn1.ObjectIdentifier{crypto.SHA256: oidRSAWithSHA256(),
			crypto.SHA384: {1, 2, 840, 113549, 1, 1, 12}, crypto.SHA512: {1, 2, 840, 113549, 1, 1, 13}}[s.Hash], true)
		return
	}
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // RFC 4055, 3.1: hash and mask, the defaults being SHA-1
		b.AddASN1ObjectIdentifier(oidPSS())
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { addAlgorithm(b, oidOf(s.Hash), true) })
			b.AddASN1(explicit(1), sequence(func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidMGF1())
				addAlgorithm(b, oidOf(s.Hash), true)
			}))
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(s.Hash.Size())) })
		})
	})
}

// oidOf is the other direction of HashOf, nil for a hash that signs nothing.
func oidOf(h crypto.Hash) asn1.ObjectIdentifier {
	switch h {
	case crypto.SHA256:
		return oidSHA256()
	case crypto.SHA384:
		return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	case crypto.SHA512:
		return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	}
	return nil
}
