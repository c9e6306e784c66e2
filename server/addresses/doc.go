// Package addresses is the address book (sổ địa chỉ) of each organisation: who
// its documents go to, by what channel and where (NĐ 30/2020, điều 14 and 18: what
// is issued is sent and followed).
//
// Addresses of people are personal data: they are working state
// (storage.WorkStore), can be changed and erased, and are never in the archive.
// What was sent where is the journal's to say.
//
//	addresses/<organisation>.json    all entries of one book
//
// A book is one object, written by compare-and-swap: a file of addresses comes in
// whole or not at all, and of several who write at once each writes upon what the
// other has written. The package knows no HTTP.
package addresses
