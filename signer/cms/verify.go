package cms

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // the digest of ESS signing-certificate version 1
	_ "crypto/sha256"
	_ "crypto/sha512"
	"fmt"
)

// Verify checks that digest, the content's under s.Hash, is what was signed;
// that the signature value over the attributes verifies with the signer's key;
// and that the ESS attribute, when present, names the signer's certificate.
// Errors wrap ErrDigest, ErrSignature, ErrCertificate, ErrNoSigner, ErrWeak or
// ErrUnsupported. It says nothing about who the signer is.
func (s *SignedData) Verify(digest []byte) error {
	if !bytes.Equal(digest, s.MessageDigest) {
		return ErrDigest
	}
	if s.Signer == nil {
		return ErrNoSigner
	}
	if err := Usable(s.Signer.PublicKey); err != nil {
		return err
	}
	if err := s.verifyValue(); err != nil {
		return err
	}
	return s.verifyESS()
}

func (s *SignedData) verifyValue() error {
	h := s.Hash.New()
	h.Write(s.attributes)
	sum := h.Sum(nil)
	switch key := s.Signer.PublicKey.(type) {
	case *rsa.PublicKey:
		switch s.scheme {
		case schemePKCS1:
			if rsa.VerifyPKCS1v15(key, s.Hash, sum, s.Value) == nil {
				return nil
			}
			return ErrSignature
		case schemePSS:
			if rsa.VerifyPSS(key, s.Hash, sum, s.Value, &rsa.PSSOptions{SaltLength: s.pssSalt, Hash: s.Hash}) == nil {
				return nil
			}
			return ErrSignature
		}
	case *ecdsa.PublicKey:
		if s.scheme == schemeECDSA {
			if ecdsa.VerifyASN1(key, sum, s.Value) {
				return nil
			}
			return ErrSignature
		}
	}
	return fmt.Errorf("%w: signature algorithm and key of different kinds", ErrSignature)
}

func (s *SignedData) verifyESS() error {
	for _, e := range s.ess {
		h := e.hash.New()
		h.Write(s.Signer.Raw)
		if !bytes.Equal(h.Sum(nil), e.digest) {
			return ErrCertificate
		}
		if e.serial != nil && e.serial.Cmp(s.Signer.SerialNumber) != 0 {
			return ErrCertificate
		}
		if e.issuer != nil && !bytes.Equal(e.issuer, s.Signer.RawIssuer) {
			return ErrCertificate
		}
	}
	return nil
}
