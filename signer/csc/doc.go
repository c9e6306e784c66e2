// Package csc has digests signed by a remote service that speaks the API of the
// Cloud Signature Consortium, version 2 (CSC API v2.0): the key is at the
// service, and its owner agrees on a telephone, minutes later.
//
//	Begin:  token ─▶ credentials/authorize ─▶ ticket
//	Fetch:  ticket ─▶ credentials/authorizeCheck ─▶ signatures/signHash ─▶ signatures/signPolling ─▶ value
//
// Each step may answer at once or ask to come back; the ticket says how far it
// came, and survives a restart. Whatever the service answers is checked: a value
// must verify by the certificate's key. The package keeps nothing and logs
// nothing; secrets go nowhere but to the service, by HTTPS.
package csc
