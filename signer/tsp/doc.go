// Package tsp is the Time-Stamp Protocol (RFC 3161): asking an authority for a
// token, taking tokens apart and checking that they are what they seem.
//
//	digest ─ Client.Stamp ─▶ token ─ Parse ─▶ Token ─ Verify(digest) ─▶ when it existed
//
// A token that Stamp returns was verified against the digest, the nonce and the
// policy asked for. Whether the authority itself is trusted, and was not
// revoked, is signer/trust's to say.
package tsp
