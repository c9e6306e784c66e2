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
// Both signatures are PAdES B-B (ETSI EN 319 142-1): SubFilter
// ETSI.CAdES.detached, the time in /M, no signing-time attribute. The personal
// signature locks every field but number, day, month and seal; the seal locks
// number, day and month.
//
// The package never converts, never rewrites a page, and never asks a network:
// timestamps and revocation are for later. It judges no foreign file: that is
// signer/verify. Keys come from a KeyRing, the CMS from signer/cms.
package signer
