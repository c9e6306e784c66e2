// Package lint judges the layout of official documents by Nghị định
// 30/2020/NĐ-CP: where a document differs from the decree, what was found, what
// is expected, and the article that says so.
//
// A DOCX is read into paragraphs with the look that they have in print
// (read.go, walk.go, tables.go, shapes.go, styles.go, format.go), a PDF into the
// same paragraphs from the letters on its pages (pdf.go and its like). Their
// parts are found by words and place, never by the names of styles (zones.go),
// and each rule looks at what it needs, in the file and in what the office
// knows of it (About); rules.go lists them. Rules are named check...; judge...
// is their part that needs words alone. What is found is counted, bounded and
// put in the order of the document in report.go.
//
// The package never changes a document and never decides what follows from a
// finding: the desk does.
package lint
