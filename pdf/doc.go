// Package pdf reads PDF files byte by byte and appends incremental updates.
//
// It exists because checking a signature needs what PDF libraries hide: every
// revision of a file, the raw extent of each object, and which cross-reference
// section defined it; and because files come from outside, so every loop,
// depth, count and inflated size has a limit and damage is an error, never a
// panic and never a hang.
//
// Data flows one way: Open reads the chain of cross-reference sections, objects
// are parsed when they are asked for, Page, Destinations, Glyphs (the text of a
// page's own content) and Marks (all that a page shows) interpret them, and
// Update appends a new revision behind the unchanged bytes. Extract makes a new
// file of some pages: what a copy of them shows and nothing else.
//
// It knows nothing of signatures, offices or templates. It never repairs: a
// file whose cross-reference is broken is damaged. It never changes a byte of
// the file it was given, and it does not decrypt.
//
// References in comments are to ISO 32000-1 (PDF 1.7).
package pdf
