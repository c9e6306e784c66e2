package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// MinRSABits is the least modulus that signs or is accepted
// (TT 15/2025/TT-BKHCN).
const MinRSABits = 2048

// Sign makes the detached CAdES-B SignedData over a byte range with this
// digest, under scheme.Hash. Chain holds the signer's certificate first, then
// its issuers; all go in. The result is checked against the certificate before
// it is returned, so a key that does not belong to it, or a token that answers
// rubbish, is an error here and not at the reader's.
func Sign(rand io.Reader, key crypto.Signer, chain []*x509.Certificate, scheme Scheme, digest []byte) ([]byte, error) {
	if len(chain) == 0 {
		return nil, errors.New("cms: no certificate to sign with")
	}
	attrs, err := Attributes(chain[0], scheme, digest)
	if err != nil {
		return nil, err
	}
	value, err := SignAttributes(rand, key, scheme, attrs)
	if err != nil {
		return nil, err
	}
	return Assemble(chain, scheme, attrs, value, nil)
}

// Attributes is the DER SET of signed attributes over content with this
// digest. A key signs the digest of exactly these bytes (RFC 5652, 5.4). There
// is no signing-time: PAdES has it in the signature dictionary (ETSI EN
// 319 142-1, 6.3).
func Attributes(signer *x509.Certificate, scheme Scheme, digest []byte) ([]byte, error) {
	if err := scheme.check(signer.PublicKey); err != nil {
		return nil, err
	}
	if len(digest) != scheme.Hash.Size() {
		return nil, fmt.Errorf("cms: digest of %d bytes for %v", len(digest), scheme.Hash)
	}
	h := scheme.Hash.New()
	h.Write(signer.Raw)
	certHash := h.Sum(nil)
	set := [][]byte{
		attribute(oidContentType(), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) }),
		attribute(oidMessageDigest(), func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }),
		attribute(oidSigningCertificateV2(), sequence(sequence(sequence(func(b *cryptobyte.Builder) {
			if scheme.Hash != crypto.SHA256 { // RFC 5035: the default, and therefore not written
				addAlgorithm(b, oidOf(scheme.Hash), false)
			}
			b.AddASN1OctetString(certHash)
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // GeneralNames
					b.AddASN1(explicit(4), func(b *cryptobyte.Builder) { b.AddBytes(signer.RawIssuer) })
				})
				b.AddASN1BigInt(signer.SerialNumber)
			})
		})))),
	}
	slices.SortFunc(set, bytes.Compare) // DER: SET OF in the order of the encodings
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
		for _, a := range set {
			b.AddBytes(a)
		}
	})
	return b.Bytes()
}

// SignAttributes has a key at hand sign what Attributes made.
func SignAttributes(rand io.Reader, key crypto.Signer, scheme Scheme, attrs []byte) ([]byte, error) {
	h := scheme.Hash.New()
	h.Write(attrs)
	value, err := key.Sign(rand, h.Sum(nil), scheme.Options())
	if err != nil {
		return nil, fmt.Errorf("cms: sign attributes: %w", err)
	}
	return value, nil
}

// Assemble puts attributes and their signature value into a SignedData, after
// checking the value against the first certificate of chain: what comes back
// has ErrSignature when it was made by another key or over something else.
// Timestamp is an RFC 3161 token over the value, nil for none; it is not
// judged here.
func Assemble(chain []*x509.Certificate, scheme Scheme, attrs, value, timestamp []byte) ([]byte, error) {
	signer := chain[0]
	if err := scheme.check(signer.PublicKey); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData())
		b.AddASN1(explicit(0), sequence(func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, oidOf(scheme.Hash), false) })
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) })
			addCertificates(b, chain)
			b.AddASN1(cbasn1.SET, sequence(func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(signer.RawIssuer)
					b.AddASN1BigInt(signer.SerialNumber)
				})
				addAlgorithm(b, oidOf(scheme.Hash), false)
				b.AddBytes(retag(attrs, 0xA0))
				scheme.add(b, signer.PublicKey)
				b.AddASN1OctetString(value)
				if timestamp != nil {
					b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
						b.AddBytes(attribute(oidSignatureTimestamp(), func(b *cryptobyte.Builder) { b.AddBytes(timestamp) }))
					})
				}
			}))
		}))
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: assemble: %w", err)
	}
	made, err := Parse(der)
	if err != nil {
		return nil, fmt.Errorf("cms: reread own output: %w", err)
	}
	if err := made.Verify(made.MessageDigest); err != nil {
		return nil, fmt.Errorf("cms: key and certificate do not fit: %w", err)
	}
	return der, nil
}

func sequence(body func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, body) }
}

func attribute(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1(cbasn1.SET, value)
	})
	return b.BytesOrPanic() // fixed shapes, and a timestamp far below the length that overflows
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, null bool) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if null {
			b.AddASN1NULL()
		}
	})
}

func addCertificates(b *cryptobyte.Builder, chain []*x509.Certificate) {
	raw := make([][]byte, len(chain))
	for i, c := range chain {
		raw[i] = c.Raw
	}
	slices.SortFunc(raw, bytes.Compare)
	b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
		for _, c := range slices.CompactFunc(raw, bytes.Equal) {
			b.AddBytes(c)
		}
	})
}

// retag changes the one-byte tag of a DER element: signed attributes are SET
// when hashed and [0] when stored.
func retag(der []byte, tag byte) []byte {
	out := slices.Clone(der)
	if len(out) > 0 {
		out[0] = tag
	}
	return out
}

// Usable says whether a key is of a kind and strength that signs and is accepted;
// errors wrap ErrWeak or ErrUnsupported.
func Usable(public any) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < MinRSABits {
			return fmt.Errorf("%w: RSA key of %d bits", ErrWeak, bits)
		}
		return nil
	case *ecdsa.PublicKey:
		if bits := k.Curve.Params().BitSize; bits < 256 {
			return fmt.Errorf("%w: elliptic curve of %d bits", ErrWeak, bits)
		}
		return nil
	}
	return fmt.Errorf("%w: key of type %T", ErrUnsupported, public)
}
