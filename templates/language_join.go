package templates

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// Word cuts the text of a paragraph into runs as it likes, also in the middle
// of a tag. joinRuns undoes that: it reads the runs of one level of a paragraph
// as one stream of characters and gives every tag to the run it begins in.

// piece is a part of a paragraph: text of one run, one tag, or XML that is
// passed through.
type piece struct {
	props *runProps
	text  string
	tag   *tag
	raw   []block // XML as it is, possibly with paragraphs of its own inside
	mark  string  // of a bookmark: which end of which, so that loops do not repeat it
	brk   bool    // raw is a line break
	inner []piece // a wrapper such as a hyperlink: raw is [start, end]
	nest  []piece // of a section: what it encloses; tag is what opened it
}

func (p piece) plainText() bool {
	return p.tag == nil && p.raw == nil && p.inner == nil && p.nest == nil
}

// joiner collects the pieces of one level.
type joiner struct {
	c      *compiler
	site   site
	pieces []piece
	open   bool // inside braces
	chars  strings.Builder
	count  int
	props  *runProps // of the run the tag began in
	held   []piece   // bookmarks met inside a tag
}

func (j *joiner) fault(code, message, near string) {
	j.c.fault(j.site, code, message, "", near)
}

func (j *joiner) literal(props *runProps, s string) {
	if s == "" {
		return
	}
	if n := len(j.pieces); n > 0 && j.pieces[n-1].plainText() && j.pieces[n-1].props == props && len(j.pieces[n-1].text) < maxJoined {
		j.pieces[n-1].text += s
		return
	}
	j.pieces = append(j.pieces, piece{props: props, text: s})
}

// characters takes the text of a w:t.
func (j *joiner) characters(props *runProps, s string) {
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
	case p.mark != "":
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

// level reads the children of a paragraph or of a wrapper inside it.
func (c *compiler) level(parent *etree.Element, s site) []piece {
	j := &joiner{c: c, site: s}
	for _, child := range parent.ChildElements() {
		switch {
		case isW(child, "pPr"), isW(child, "proofErr"), isW(child, "hyperlinkPr"):
		case isW(child, "r"):
			c.run(j, child)
		case isW(child, "bookmarkStart"), isW(child, "bookmarkEnd"):
			j.other(piece{raw: []block{static(elementXML(child))}, mark: child.Tag + child.SelectAttrValue("w:id", "")})
		case isW(child, "hyperlink"), isW(child, "ins"), isW(child, "smartTag"), isW(child, "fldSimple"), isW(child, "sdt"), isW(child, "sdtContent"):
			start, end := startTag(child), endTag(child)
			for _, e := range child.ChildElements() {
				if isW(e, "sdtPr") || isW(e, "sdtEndPr") || isW(e, "smartTagPr") {
					start += elementXML(e)
				}
			}
			j.other(piece{raw: []block{static(start), static(end)}, inner: c.nestInline(c.level(child, s), nil)})
		case isW(child, "sdtPr"), isW(child, "sdtEndPr"), isW(child, "smartTagPr"):
		default:
			j.other(piece{raw: c.mixed(child, s.part)})
		}
	}
	return j.finish()
}

// run takes one w:r apart: its texts go to the stream, anything else becomes a
// run of its own.
func (c *compiler) run(j *joiner, r *etree.Element) {
	props := c.props(r.SelectElement("w:rPr"))
	for _, e := range r.ChildElements() {
		switch {
		case isW(e, "rPr"), isW(e, "lastRenderedPageBreak"):
		case isW(e, "t"):
			j.characters(props, e.Text())
		default:
			raw := []block{static("<w:r>" + props.xml[0])}
			raw = append(raw, c.mixed(e, j.site.part)...)
			raw = append(raw, static("</w:r>"))
			j.other(piece{raw: raw, brk: isW(e, "br")})
		}
	}
}

// nestInline makes a tree of the sections of one level. Tags without their
// partner go to loose, or are faults when loose is nil.
func (c *compiler) nestInline(flat []piece, loose *[]*tag) []piece {
	var stack [][]piece
	var opened []piece
	cur := []piece{}
	orphan := func(t *tag) {
		if loose == nil {
			c.unbalanced(t)
			return
		}
		*loose = append(*loose, t)
	}
	for _, p := range flat {
		switch {
		case p.tag != nil && p.tag.opens():
			stack, opened, cur = append(stack, cur), append(opened, p), nil
		case p.tag != nil && p.tag.kind == tagClose:
			top := len(opened) - 1
			if top < 0 {
				orphan(p.tag)
				continue
			}
			if !closes(p.tag, opened[top].tag) {
				c.crossed(p.tag, opened[top].tag)
			}
			sec := opened[top]
			sec.nest = cur
			cur = append(stack[top], sec)
			stack, opened = stack[:top], opened[:top]
		case p.tag != nil && p.tag.kind == tagEndMark:
			c.fault(p.tag.site, "tag-place", "Thẻ {./.} phải đứng một mình trong đoạn", p.tag.text, p.tag.site.near)
		default:
			cur = append(cur, p)
		}
	}
	// What was opened here and not closed belongs to the rows of a table; what
	// followed it stays where it is.
	for i := len(opened) - 1; i >= 0; i-- {
		cur = append(stack[i], cur...)
	}
	for _, p := range opened {
		orphan(p.tag)
	}
	return cur
}

func closes(end, start *tag) bool { return end.name() == "" || end.name() == start.name() }

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

func (c *compiler) fault(s site, code, message, tag, near string) {
	if len(c.faults) >= maxFaults {
		return
	}
	c.faults = append(c.faults, record.Fault{Code: code, Message: message, Tag: tag, Part: s.part, Place: s.place(), Near: vntext.Clip(near)})
}
