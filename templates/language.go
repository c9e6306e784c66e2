package templates

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/templates/filter"
)

// The language of forms is what docxtemplater's users know. By what stands
// between braces:
//
//	{x} {a.b}         the value x, or b inside a; **bold** and *italic* in a
//	                  text of the content are printed so; {~x} is the same
//	{x|long|upper}    the value as the filters print it, from left to right
//	                  (package filter lists them)
//	{.}               the item of the loop itself, when items are texts
//	{$.a.b}           a.b from the top, whatever loop one is in
//	{#x} ... {/x}     once per item of the list x; once when x is a group, a
//	                  text, a number or true; not at all when x is absent,
//	                  false, 0, "" or an empty list
//	{^x} ... {/x}     the other way round: once when {#x} would print nothing
//	{/}               closes what was opened last
//	{-w:tr x} {/x}    a loop over the whole table row both tags stand in;
//	                  {-w:p x} over the paragraph
//	{$I} {$1} {$a} {$A}  the position in the innermost loop: I II III, 1 2 3,
//	                  a b c d đ e g (the Vietnamese alphabet), A B C D Đ E G
//	{~~x}             alone in a paragraph: the blocks of a text in Markdown
//	                  (package markdown says which); they look as the paragraph
//	{%x} {%%x}        an image, in the line or centred in a paragraph of its
//	                  own: PNG or JPEG in base64 or as a data URI, or a group of
//	                  data, width_mm and alt; as large as its resolution says,
//	                  never wider than its column
//	{./.}             end of the body: puts the end mark ./. behind the last
//	                  paragraph and keeps it on one page with what follows
//
// A name begins with a letter and has letters, digits, "_", "-" and single
// blanks: {Họ và tên} is one. A tag ends in the paragraph it begins in; into how
// many runs Word has cut it does not matter.
//
// # Names
//
// Inside a loop over groups a name is looked for in the item first, then in the
// groups around it, out to the top. With a schema that is decided once, when
// the form is loaded, by what the schema declares: an item that may have a
// title and has none is never given the title one level up. Without a schema,
// what the data holds decides, as it does for docxtemplater.
//
// A tag whose value is missing, blank or of another kind is an error. What may
// be missing stands in a section: {#note}{note}{/note}.
//
// # What a section takes
//
// Both tags in one paragraph: what is between them. Both alone in paragraphs:
// the paragraphs between them, and the two vanish. One at the beginning and one
// at the end of paragraphs: these paragraphs, whole. In different cells: the
// rows from the one to the other, whole. Anything else is refused with its
// place.
//
// A cell that is merged downwards and stands outside of a loop over its row,
// left of where the loop opens or right of where it closes, is printed once
// beside all the rows of the loop. A merged cell whose beginning is left out
// begins where it is first printed. A table that loses all its rows vanishes.
//
// # Where tags are filled
//
// In the text, headers, footers, text boxes (in both forms Word writes), content
// controls, links, results of fields and tracked insertions; in footnotes and
// endnotes with the item of the loop that refers to them, each item getting a
// note of its own; values also in the properties of the file (title, author).
// Elsewhere Check finds tags that would be printed as they stand.
//
// There are no expressions and no code: a form is data. Raw XML ({@x}) and other
// braces ({=[[ ]]=}), which docxtemplater has, are refused with the reason.
type tagKind byte

const (
	tagValue tagKind = iota
	tagOpen
	tagInverted
	tagClose
	tagCounter
	tagEndMark
	tagImage      // in the line
	tagImageAlone // a paragraph of its own
	tagRich       // blocks of Markdown
)

// tag is one tag with its place in the form.
type tag struct {
	kind    tagKind
	path    []string     // names from the scope; empty for {.} and {/}
	root    bool         // from the top
	filters filter.Chain // how the text is printed
	spread  string       // "tr" or "p": the element a loop is over, said by the tag itself
	text    string       // between the braces
	site    site

	// Where the schema says the name belongs: home is the section whose item
	// has it, nil for the top. Not bound: the data decides.
	bound bool
	home  *tag
}

// site is where a tag stands, for messages.
type site struct {
	part      string
	paragraph int // counted from 1 within the part
	near      string
}

func (s site) place() string {
	if s.paragraph == 0 {
		return ""
	}
	return fmt.Sprintf("đoạn %d", s.paragraph)
}

// opens says whether the tag begins a section.
func (t tag) opens() bool { return t.kind == tagOpen || t.kind == tagInverted }

// steers says whether the tag controls paragraphs and prints nothing.
func (t tag) steers() bool { return t.opens() || t.kind == tagClose || t.kind == tagEndMark }

// name is what opening and closing tags must agree on.
func (t tag) name() string {
	if t.spread != "" {
		_, name, _ := strings.Cut(t.text, " ")
		return strings.TrimSpace(name)
	}
	return strings.TrimLeft(t.text, "#^/ ")
}

const (
	maxTag     = 200    // characters between braces
	maxTags    = 20_000 // in one form
	maxSection = 30     // sections within sections
)

var tagName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*( [\p{L}\p{N}_-]+)*(\.[\p{L}_][\p{L}\p{N}_-]*( [\p{L}\p{N}_-]+)*)*$`)

// parseTag reads what stands between braces. Errors are record.Invalid with
// the codes "tag-syntax" and those of filter.Parse.
func parseTag(text string) (tag, error) {
	text = strings.Join(strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return r == ' ' || r == '\t' || r == '\u00a0' }), " ")
	t := tag{text: text}
	rest, filters, filtered := strings.Cut(text, "|")
	rest = strings.TrimSpace(rest)
	switch {
	case text == "./.":
		t.kind = tagEndMark
		return t, nil
	case rest == "$I" || rest == "$1" || rest == "$a" || rest == "$A":
		t.kind = tagCounter
		return t, t.parseFilters(filters, filtered)
	case strings.HasPrefix(rest, "#"):
		t.kind, rest = tagOpen, rest[1:]
	case strings.HasPrefix(rest, "^"):
		t.kind, rest = tagInverted, rest[1:]
	case strings.HasPrefix(rest, "/"):
		t.kind, rest = tagClose, rest[1:]
	case strings.HasPrefix(rest, "-"):
		element, name, _ := strings.Cut(rest[1:], " ")
		if element != "w:tr" && element != "w:p" {
			return t, t.wrong("vòng lặp theo phần tử chỉ dùng được với hàng {-w:tr tên} và đoạn {-w:p tên}")
		}
		t.kind, t.spread, rest = tagOpen, element[2:], name
	case strings.HasPrefix(rest, "%%"):
		t.kind, rest = tagImageAlone, rest[2:]
	case strings.HasPrefix(rest, "%"):
		t.kind, rest = tagImage, rest[1:]
	case strings.HasPrefix(rest, "~~"):
		t.kind, rest = tagRich, rest[2:]
	case strings.HasPrefix(rest, "~"):
		rest = rest[1:]
	case strings.HasPrefix(rest, "@"):
		return t, t.wrong("không được chèn mã XML; chữ có định dạng thì dùng {~~tên}")
	case strings.HasPrefix(rest, "="):
		return t, t.wrong("không đổi được dấu bao thẻ; hãy dùng { và }")
	}
	if filtered && t.kind != tagValue {
		return t, t.wrong("bộ lọc chỉ dùng được trong thẻ giá trị")
	}
	rest = strings.TrimSpace(rest)
	switch {
	case rest == ".", rest == "" && t.kind == tagClose:
		return t, t.parseFilters(filters, filtered)
	case strings.HasPrefix(rest, "$."):
		t.root, rest = true, rest[2:]
	}
	if !tagName.MatchString(rest) {
		return t, t.wrong("tên phải bắt đầu bằng chữ cái và chỉ có chữ, số, dấu _ - và dấu chấm giữa các tên")
	}
	t.path = strings.Split(rest, ".")
	return t, t.parseFilters(filters, filtered)
}

func (t *tag) parseFilters(filters string, filtered bool) error {
	if !filtered {
		return nil
	}
	names := strings.Split(filters, "|")
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
	}
	var err error
	if t.filters, err = filter.Parse(names...); err != nil {
		return err
	}
	if t.kind == tagCounter && t.text[:2] != "$1" && t.filters.Takes() != filter.Text {
		return t.wrong("chỉ {$1} cho ra số; bộ lọc này không dùng được ở đây")
	}
	return nil
}

func (t *tag) wrong(why string) error {
	return record.E(record.Invalid, "tag-syntax", fmt.Sprintf("Thẻ {%s} sai cú pháp: %s", t.text, why))
}

// counter writes position n (from 1) in the manner of a counter tag.
func counter(manner string, n int) string {
	switch manner[:2] {
	case "$I":
		return record.Roman(n)
	case "$a":
		return record.PointLetter(n)
	case "$A":
		return strings.ToUpper(record.PointLetter(n))
	}
	return fmt.Sprint(n)
}
