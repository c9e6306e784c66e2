// Package keys holds the signing keys of a records office in a local folder:
//
//	people/<organisation>/<person>.p12   the official's own key
//	seals/<organisation>/<seal>.p12      the organisation's key
//
// each with a .pin beside it (the PKCS#12 password, one line) and a .png (the
// blue handwritten signature, the red seal). Where a key is elsewhere, on a token
// by PKCS#11, on its owner's own token, or at a remote service, a .json in place
// of the .p12 says so. Folders are made with mode 0700
// and files with 0600; a key or PIN that others can read is refused, not used.
//
//	name ─▶ checked path ─┬▶ .pin opens .p12 ────────────┬▶ Identity (key or service, chain, image)
//	                      └▶ .json ─▶ token, csc.Client ─┘
//
// Folder also writes identities once, so that several processes that provision
// the same demo key end up with one; Authority is the small CA behind those.
//
// The package never stores a key anywhere but in its folder, never logs a PIN,
// never gives a token a PIN that it refused before, and asks the network only
// for the certificates of a remote service.
package keys
