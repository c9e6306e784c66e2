package templates

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Word cuts the text of a paragraph into runs as it likes, also in the middle
// of a tag. joinRuns undoes that: it reads the runs of one level of a paragraph
// as one stream of characters and gives every tag to the run it begins in.

// joiner collects the pieces of one level.
type joiner struct {
	c      *compiler
	site   site
	pieces []piece
	open   bool // inside braces
	chars  strings.Builder
	count  int
	props  *runProps // of the run the tag began in
	held   []piece   // marks met inside a tag
}

func (j *joiner) fault(code, message, near string) {
	j.c.fault(j.site, code, message, "", near)
}

func (j *joiner) literal(props *runProps, s string) {
	if s == "" {
		return
	}
	if n := len(j.pieces); n > 0 && j.pieces[n-1].plainText() && j.pieces[n-1].props == props && len(j.pieces[n-1].text) < maxJoined {
		if j.pieces[n-1].text += s; s[0] >= 0xcc { // may begin with a mark for the letter before
			j.pieces[n-1].text = nfc(j.pieces[n-1].text)
		}
		return
	}
	j.pieces = append(j.pieces, piece{props: props, text: s})
}

// characters takes the text of a w:t.
func (j *joiner) characters(props *runProps, s string) {
	s = nfc(s)
	if !j.open && !strings.ContainsAny(s, "{}") {
		j.literal(props, s)
		return
	}
	start := 0
	for i, r := range s {
		switch {
		case r == '{' && j.open:
			j.fault("tag-syntax", "Dấu { trong một thẻ chưa đóng", "{"+j.chars.String()+"{")
			j.chars.Reset()
			j.count, start = 0, i+1
		case r == '{':
			j.literal(props, s[start:i])
			j.open, j.props, j.count, start = true, props, 0, i+1
			j.chars.Reset()
		case r == '}' && !j.open:
			j.fault("tag-syntax", "Dấu } không có dấu { trước nó", around(s, i))
			j.literal(props, s[start:i])
			start = i + 1
		case r == '}':
			j.chars.WriteString(s[start:i])
			j.end()
			start = i + 1
		case j.open:
			if j.count++; j.count > maxTag {
				j.fault("tag-syntax", fmt.Sprintf("Dấu { không được đóng lại trong %d chữ", maxTag), "{"+j.chars.String()+s[start:i])
				j.open, start = false, i
			}
		}
	}
	if j.open {
		j.chars.WriteString(s[start:])
		return
	}
	j.literal(props, s[start:])
}

// end closes the tag being read.
func (j *joiner) end() {
	j.open = false
	t, err := parseTag(j.chars.String())
	t.site = j.site
	t.site.near = "{" + t.text + "}"
	if err != nil {
		j.c.fault(j.site, record.CodeOf(err), err.Error(), t.text, t.site.near)
	} else if j.c.tags++; j.c.tags > maxTags {
		j.c.tooMany(j.site)
	} else {
		j.pieces = append(j.pieces, piece{props: j.props, tag: &t})
		j.c.uses = append(j.c.uses, tagUse{Tag: t.text, Part: j.site.part, Paragraph: j.site.paragraph})
	}
	j.pieces = append(j.pieces, j.held...)
	j.held = nil
}

// other takes XML that is not text.
func (j *joiner) other(p piece) {
	switch {
	case !j.open:
		j.pieces = append(j.pieces, p)
	case p.mark:
		j.held = append(j.held, p)
	default:
		j.fault("tag-syntax", "Thẻ bị ngắt bởi dấu xuống dòng, hình hoặc trường", "{"+j.chars.String())
		j.open = false
		j.pieces = append(append(j.pieces, j.held...), p)
		j.held = nil
	}
}

// finish ends the level.
func (j *joiner) finish() []piece {
	if j.open {
		j.fault("tag-syntax", "Dấu { không được đóng lại trong đoạn này", "{"+j.chars.String())
		j.pieces = append(j.pieces, j.held...)
	}
	return j.pieces
}

// around is the text near byte i of s.
func around(s string, i int) string {
	from, to := max(0, i-40), min(len(s), i+40)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return s[from:to]
}

// maxJoined bounds the text that is put together from runs of one look: joining
// is quadratic.
const maxJoined = 8 << 10 // bytes

// tagUse is a tag and where it stands.
type tagUse struct {
	Tag       string `json:"tag"`
	Part      string `json:"part"`
	Paragraph int    `json:"paragraph,omitempty"`
}

// nfc is norm.NFC.String, at once for texts that plainly need nothing: letters
// of Latin and Vietnamese with their marks built in, and common punctuation.
func nfc(s string) string {
	for _, r := range s {
		if r >= 0x300 && (r < 0x1e00 || r > 0x1eff) && (r < 0x2010 || r > 0x2027) {
			return norm.NFC.String(s)
		}
	}
	return s
}
