// Package markdown reads the texts that a form prints with {~~x}: a subset of
// Markdown (CommonMark with tables) that has a place in an official document.
//
//	text ── Parse ──▶ blocks in the order they are printed, or what is wrong, line by line
//
// There are paragraphs, **bold**, *italic*, headings (# to ###), lists with "-",
// "+", "*" or numbers, lists in lists, and tables with a header row. A line end
// inside a paragraph begins a new line in print. A backslash takes the meaning from
// the sign after it.
//
// HTML, links, images, code, rules and what else Markdown has is refused with
// its line: nothing of a text is dropped and nothing is printed as something
// else. So is what Markdown would quietly change: a list numbered out of order,
// a table row longer than its header. Quotations ("> ") are no syntax here: such
// lines are text.
//
// Labels of lists are text as the decree prints it (NĐ 30/2020, PL I, II.6): "- "
// and, in a list of dashes, "+ "; "1." and, inside numbers, "a)".
//
// The package knows no DOCX and keeps no state.
package markdown
