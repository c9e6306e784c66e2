// Package templates is the office's forms: DOCX files with tags, the JSON
// Schema of the data each wants, and the way from one to the other.
//
// Data flows like this:
//
//	JSON ── Decode: limits, NFC, schema, every fault at once ──▶ record.Envelope
//	record.Filling ── Fill ──▶ DOCX
//	DOCX from outside ── Check ──▶ what is wrong with it, what it can be used for
//	DOCX from outside ── Compose: schema from its tags, tried once ──▶ package, for the archive
//	package of the archive ── by id or digest, opened when asked for ──▶ a form like the built-in ones
//	DOCX, PDF ── package lint ──▶ what of NĐ 30/2020 its layout breaks
//
// Fill, from the inside: a form is opened within limits (package ooxml), read into
// a tree and compiled once into blocks (docx_compile.go and its neighbours; tags
// that Word cut in pieces are joined in language_join.go; numbers that no two
// elements may share are found in docx_ids.go). Its tags, as an outline, are bound
// to what the schema says (language_names.go). A fill walks the blocks with the
// data (fill_data.go, fill_render.go), adds images and Markdown (fill_image.go,
// fill_rich.go), fits end mark and rules (fill_layout.go), lets go-docx put the
// values in place (fill_write.go) and writes the package. The language is
// described in language.go.
//
// The package never converts, signs, numbers or stores, and never guesses: a
// tag without a value is an error with its place, a name that the schema does
// not know is an error when the form is loaded.
//
// # Editing a form
//
// forms/ke-hoach/form.docx is an ordinary document. Open it in Word or
// LibreOffice, change words, sizes or order, save, and run
// "vanthu templates check" on it. Keep three things: the tags in braces with
// their partners; the styles "VT Kẻ bằng dòng chữ" and "VT Kẻ một phần dòng chữ",
// whose empty paragraphs become the rules under the text above them; and the
// bookmarks, by which the signer finds its slots in the PDF:
//
//	vtNumberA vtNumberB   around the blank for the number
//	vtDayA    vtDayB      around the blank for the day
//	vtMonthA  vtMonthB    around the blank for the month
//	vtSignA   vtSignB     top and bottom of the place for the signature
//	vtSign2A  vtSign2B    of the second signatory, and so on to vtSign9
//	vtSealA   vtSealB     the same for the seal
//
// What a form prints that is not in the input, because it follows from it, is in
// fill_derive.go: {addressed} and {distribution.first}, {authority} and {bases} of
// a decision, {label} of an annex, {number} of an article that an attached
// document has. A group named "table" with columns and rows is printed whole by
// {~~table} (fill_grid.go). What a form asks of the envelope around its content,
// such as whether anybody is addressed, is "x-envelope" in its schema
// (form_schema.go).
//
// Every part of a document that counts its own pages (the text, an attached
// document, each annex) is a section; the break stands at the head of what
// follows, so that a loop over annexes makes as many as there are.
//
// # Forms from outside
//
// An office puts forms of its own in force with "vanthu templates add" or by the
// API. The package (form.docx, schema.json, example.json, form.json) is a blob of
// the archive; its digest names the version, which documents made from it name for
// ever. Without a schema one is derived: derive.go says what each tag asks for. A
// name that the service does not give is content, so a letter may say {ho_ten}
// and the envelope gives it in /content/ho_ten. A form without the bookmarks above
// can be filled and previewed, and is refused when it is to be issued.
//
// The forms of this repository are written by formgen, so that they share one
// head and one closing; a change that is to stay goes there.
package templates
