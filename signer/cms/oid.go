package cms

import (
	"crypto"
	"encoding/asn1"
)

func oidData() asn1.ObjectIdentifier       { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }
func oidSignedData() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2} }

// Attributes, RFC 5652 section 11, RFC 2634, RFC 5035, RFC 3161 appendix A.
func oidContentType() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3} }
func oidMessageDigest() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
}
func oidSigningTime() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5} }
func oidSigningCertificate() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
}
func oidSigningCertificateV2() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
}
func oidRevocationArchive() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
}
func oidSignatureTimestamp() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
}

// Signature algorithms, RFC 8017 appendix A and RFC 5758.
func oidRSA() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1} }
func oidPSS() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10} }
func oidMGF1() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
}
func oidRSAWithSHA256() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
}
func oidECDSAWithSHA256() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
}
func oidECPublicKey() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1} }
func oidSHA256() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
}

// scheme is how the signature value of someone else was computed.
type scheme int

const (
	schemeUnknown scheme = iota
	schemePKCS1
	schemePSS
	schemeECDSA
)

// HashOf names a digest algorithm; 0 for one we do not accept. SHA-1 has no
// place in an official signature (TT 15/2025/TT-BKHCN: SHA-256 or better) and
// is answered as weak by the caller.
func HashOf(oid asn1.ObjectIdentifier) crypto.Hash {
	switch oid.String() {
	case "2.16.840.1.101.3.4.2.1":
		return crypto.SHA256
	case "2.16.840.1.101.3.4.2.2":
		return crypto.SHA384
	case "2.16.840.1.101.3.4.2.3":
		return crypto.SHA512
	}
	return 0
}

func weakHash(oid asn1.ObjectIdentifier) bool {
	switch oid.String() {
	case "1.3.14.3.2.26", "1.2.840.113549.2.5", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1":
		return true // SHA-1, MD5, and the signature algorithms that name them
	}
	return false
}

// schemeOf splits a signature algorithm into scheme and the hash it names, 0
// when it names none.
func schemeOf(oid asn1.ObjectIdentifier) (scheme, crypto.Hash) {
	switch oid.String() {
	case oidRSA().String():
		return schemePKCS1, 0
	case oidRSAWithSHA256().String():
		return schemePKCS1, crypto.SHA256
	case "1.2.840.113549.1.1.12":
		return schemePKCS1, crypto.SHA384
	case "1.2.840.113549.1.1.13":
		return schemePKCS1, crypto.SHA512
	case oidPSS().String():
		return schemePSS, 0
	case oidECPublicKey().String():
		return schemeECDSA, 0
	case oidECDSAWithSHA256().String():
		return schemeECDSA, crypto.SHA256
	case "1.2.840.10045.4.3.3":
		return schemeECDSA, crypto.SHA384
	case "1.2.840.10045.4.3.4":
		return schemeECDSA, crypto.SHA512
	}
	return schemeUnknown, 0
}
