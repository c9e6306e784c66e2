// Package trust says whether a certificate was good at a time: whether it leads
// to a root that is trusted, and whether its issuer had taken it back.
//
//	certificate ─ Path ─▶ chain ─ Checker ─▶ OCSP answer or CRL ─ Judge… ─▶ Answer ─ At(t) ─▶ good, revoked, or not known
//
// Path and the Judge functions are pure: they look at what they are given, such
// as the evidence enclosed in a file. Checker asks the addresses that a
// certificate names, remembers answers while they are fresh, and returns within
// its context whoever hangs. It must be asked about certificates with a trusted
// path only: the addresses in any other are a stranger's wish.
//
// Rules: RFC 5280 (path, CRL), RFC 6960 (OCSP); TT 15/2025/TT-BKHCN (status is
// checked at signing and kept).
package trust
