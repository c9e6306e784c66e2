// Package ooxml opens Word files from outside safely and writes them again.
//
//	bytes ── Open: limits, names, well-formed XML ──▶ Package ── Set, Write ──▶ bytes
//	                                                     └── Inspect ──▶ what must not come in, what to warn of
//
// Open refuses what could harm who reads the file: bombs, depth, DTDs, sizes
// that lie, names that lead elsewhere. It also takes off what Word leaves in
// ordinary files and what would follow a filled document outside: the path of
// the template it was attached to, the data source of a mail merge, the
// workbooks behind charts, signatures that a fill would break. What it took off
// it tells in Package.Dropped. Nothing else is changed: parts that nobody sets
// are written with the bytes they came with, and equal parts give equal files.
//
// Inspect judges what is inside: content that runs, loads or links to the
// outside is a fault with part and paragraph; what merely prints otherwise than
// it looks is a warning.
//
// The package never interprets tags, never follows a link and never repairs
// what is broken.
package ooxml
