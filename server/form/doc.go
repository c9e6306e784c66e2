// Package form is the plain HTML form of an envelope: fields made from a JSON
// Schema and a value, and the value again from what a browser posts.
//
//	schema ─▶ New ─▶ Form
//	JSON ─▶ Form.Fields ─▶ Tree ─▶ form.html ─▶ browser ─▶ url.Values ─▶ Form.Parse ─▶ JSON
//
// Names of inputs are JSON pointers. Items of lists are added, removed and
// moved by submit buttons named "_do", each of which posts the whole form; the
// page shows it again from the JSON that Parse returned. So it works without
// any script, and what a person typed goes with every round, good or not:
// whether it is good, the envelope's own check says, not this package.
//
// It speaks no HTTP, keeps nothing, and knows no office and no template: only
// their schemas. What a schema asks that no input can show becomes a text area
// of JSON rather than being lost.
//
// Two keywords of our own help it: "x-enum-titles" gives the Vietnamese of
// enum values, "x-numbering" (roman, arabic, letter) the manner in which the
// document numbers the items of a list.
package form
