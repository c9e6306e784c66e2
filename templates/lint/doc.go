// Package lint judges the layout of official documents by Nghị định
// 30/2020/NĐ-CP: where a document differs from the decree, what was found, what
// is expected, and the article that says so.
//
// A document is read into paragraphs with the look that they have in print
// (read.go, walk.go, styles.go, format.go), its parts are found by their words
// and place, never by the names of styles (zones.go), and each rule looks at
// what it needs (lint.go lists them). What is found is counted, bounded and put
// in the order of the document in report.go.
//
// The package never changes a document and never decides what follows from a
// finding: the desk does.
package lint
