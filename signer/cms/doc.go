// Package cms makes and reads the CMS SignedData (RFC 5652) that stands in the
// Contents of a PDF signature.
//
// Made: detached CAdES-B as PAdES asks for it (ETSI EN 319 142-1, 6.3): SHA-256;
// RSA PKCS#1 v1.5 of at least 2048 bits or ECDSA on at least P-256; exactly the
// signed attributes content-type, message-digest and ESS signing-certificate-v2.
// There is no signing-time attribute: the time of a PAdES signature is /M.
//
//	digest of the byte range ─▶ Attributes ─▶ key ─▶ Assemble ─▶ DER
//
// Sign does the three steps at once for a key at hand; Attributes and Assemble
// are its halves, for keys that answer later.
//
// Read: what others make as well (adbe.pkcs7.detached with signing-time, PSS,
// SHA-384 and SHA-512, zero padding behind the structure). Everything read is
// hostile: sizes and counts have limits and no input panics.
//
// The package never decides about trust, never fetches anything and knows
// nothing of PDF.
package cms
