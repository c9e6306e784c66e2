// Package signer puts the signatures of an official document into its PDF:
// the official's own, then number, day and month, then the organisation's
// (NĐ 30/2020, PL I, II.7 and II.8; Điều 13, 14).
//
//	converted PDF ─ Prepare ─▶ fields ─ Sign ─▶ personal signature ─ Seal ─▶ number, date, seal
//
// Each result begins with the bytes it was given: everything is appended as an
// incremental update. Prepare finds the slots by the named destinations that
// the form's bookmarks become, reads font, size and baseline from the text
// around them, and adds three text fields and two signature fields. After it
// nothing but filling of those fields and signing happens, so the personal
// signature stays valid under the later ones.
//
// Signatures are PAdES B-B (ETSI EN 319 142-1): SubFilter ETSI.CAdES.detached,
// the time in /M, no signing-time attribute; B-T when a timestamping authority
// answers at once. A personal signature locks every field but number, day,
// month, seal and those of signatories who have not signed; the seal locks
// number, day and month. Before a certificate signs, validity, usage, owner,
// path and revocation are asked about, and nobody waits for whom is away longer
// than Options.Wait. Prove brings everything to B-LTA, later and as often as
// needed. A key that is not at hand leaves a pending signature, which Complete
// takes up with a value from elsewhere; nothing of what was stored meanwhile is
// believed.
//
// Certify puts the organisation's signature on files without slots, separate
// attachments and certified copies: text at a bare place at the top right.
//
// The package never converts and never rewrites a page, and asks a network only
// for what Options name. It judges no foreign file: that is signer/verify. Keys
// come from a KeyRing, the CMS from signer/cms, answers about certificates from
// signer/trust, timestamps from signer/tsp.
package signer
