package templates

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// paragraph is a w:p.
type paragraph struct {
	site   site
	open   string // start tag
	props  *etree.Element
	plain  string // props as XML
	style  string
	pieces []piece
	alone  *tag      // the one tag that the paragraph is there for: {~~x}, {%%x}
	look   *runProps // of that tag
}

// piece is a part of a paragraph: text of one run, one tag, or XML that is
// passed through.
type piece struct {
	props *runProps
	text  string
	tag   *tag
	raw   []block // XML as it is, possibly with paragraphs of its own inside
	mark  bool    // raw is one end of a range: nothing to be seen
	brk   bool    // raw is a line break
	field int     // raw begins (1) or ends (-1) a field of Word
	wrap  bool    // a wrapper such as a hyperlink: raw, inner, tail
	inner []piece
	tail  []block
	nest  []piece // of a section: what it encloses; tag is what opened it
}

func (p piece) plainText() bool { return p.tag == nil && p.raw == nil && !p.wrap }

// blank says whether nothing of the piece is seen.
func (p piece) blank() bool {
	return p.mark || p.plainText() && strings.TrimSpace(p.text) == ""
}

// paragraph compiles a w:p; one that only steers leaves nothing but its tags.
func (c *compiler) paragraph(b *builder, e *etree.Element) {
	spread := c.spread
	c.spread = nil
	defer func() { c.spread = spread }()
	c.number++
	p := &paragraph{site: c.here(), open: startTag(e), props: e.SelectElement("w:pPr")}
	if p.props != nil {
		p.plain = elementXML(p.props)
		if st := p.props.SelectElement("w:pStyle"); st != nil {
			p.style = st.SelectAttrValue("w:val", "")
		}
	}
	j := &joiner{c: c, site: p.site}
	c.level(j, e)
	flat := j.finish()
	if steers(flat) {
		c.steering(b, p, flat)
		return
	}
	if p.alone = alone(flat); p.alone != nil {
		for _, x := range flat {
			switch {
			case x.mark:
				p.pieces = append(p.pieces, x)
			case x.tag == p.alone:
				p.look = x.props
				b.add(p)
			case x.tag != nil:
				b.steer(x.tag)
			}
		}
		return
	}
	var loose []*tag
	p.pieces = c.nestInline(flat, &loose)
	before, after, within := edges(flat, loose)
	for _, t := range before {
		b.steer(t)
	}
	var whole block = p
	for _, t := range c.spread {
		switch {
		case t.spread == "p":
			c.wholeFields(t, fieldsIn(p.pieces))
			whole = &section{t, []block{whole}}
		case b.loose == nil:
			c.fault(t.site, "tag-place", fmt.Sprintf("Thẻ {%s} phải đứng trong một hàng của bảng", t.text), t.text, t.site.near)
		default:
			*b.loose = append(*b.loose, t, &tag{kind: tagClose, text: "/", spread: t.spread, site: t.site})
		}
	}
	b.add(whole)
	for _, t := range within {
		b.orphan(t)
	}
	for _, t := range after {
		b.steer(t)
	}
}

// steers says whether the pieces of a paragraph only open and close.
func steers(flat []piece) bool {
	found := false
	for _, p := range flat {
		switch {
		case p.tag != nil && p.tag.steers() && p.tag.spread == "":
			found = true
		case !p.blank():
			return false
		}
	}
	return found
}

// steering makes a paragraph vanish; the section of the page that it may end
// stays, and so do the ends of ranges; what was deleted there goes with it.
func (c *compiler) steering(b *builder, p *paragraph, flat []piece) {
	for _, x := range flat {
		if x.tag != nil {
			b.steer(x.tag)
		} else if m, ok := x.end(); ok {
			b.add(m)
		}
	}
	if p.props != nil && p.props.SelectElement("w:sectPr") != nil {
		b.add(p)
	}
}

// end is the end of a range that a piece may be.
func (p piece) end() (mark, bool) {
	if len(p.raw) != 1 {
		return mark{}, false
	}
	m, ok := p.raw[0].(mark)
	return m, ok
}

// alone is the tag that a paragraph is there for; there may be sections around
// it.
func alone(flat []piece) *tag {
	var found *tag
	for _, p := range flat {
		switch {
		case p.blank(), p.tag != nil && (p.tag.opens() || p.tag.kind == tagClose) && p.tag.spread == "":
		case p.tag != nil && (p.tag.kind == tagRich || p.tag.kind == tagImageAlone) && found == nil:
			found = p.tag
		default:
			return nil
		}
	}
	return found
}

// edges sorts the tags whose partner is in another paragraph: those with nothing
// of the paragraph before them, those with nothing after them, and the others.
func edges(flat []piece, loose []*tag) (before, after, within []*tag) {
	if len(loose) == 0 {
		return nil, nil, nil
	}
	at := map[*tag]int{}
	for _, t := range loose {
		if t.spread != "p" { // that one stays in its paragraph
			at[t] = 0
		}
	}
	edge := func(p piece) bool {
		_, isLoose := at[p.tag]
		return p.blank() || p.tag != nil && isLoose
	}
	for i := 0; i < len(flat) && edge(flat[i]); i++ {
		at[flat[i].tag] = -1
	}
	for i := len(flat) - 1; i >= 0 && edge(flat[i]); i-- {
		at[flat[i].tag] = 1
	}
	for _, t := range loose {
		switch at[t] {
		case -1:
			before = append(before, t)
		case 1:
			after = append(after, t)
		default:
			within = append(within, t)
		}
	}
	return before, after, within
}

// level reads the children of a paragraph, or of a wrapper inside it, into j.
func (c *compiler) level(j *joiner, parent *etree.Element) {
	for child := range parent.ChildElementsSeq() {
		switch {
		case isMark(child):
			j.other(piece{raw: []block{c.markOf(child)}, mark: true})
		case child.Space != "w":
			j.other(piece{raw: c.mixed(child)})
		default:
			c.inline(j, child)
		}
	}
}

func (c *compiler) inline(j *joiner, e *etree.Element) {
	switch e.Tag {
	case "pPr", "proofErr", "hyperlinkPr", "smartTagPr", "customXmlPr":
	case "r":
		c.run(j, e)
	case "smartTag", "customXml": // they print nothing and Word itself drops them
		c.level(j, e)
	case "ins", "moveTo":
		if j.open || strings.ContainsAny(textOf(e), "{}") { // a tag may begin or end here
			c.level(j, e)
			return
		}
		c.wrapper(j, e)
	case "del", "moveFrom":
		j.other(piece{raw: cut(elementXML(e)), mark: true})
	case "hyperlink", "fldSimple", "sdtContent", "bdo", "dir":
		c.wrapper(j, e)
	case "sdt":
		dimmed := c.dimmed
		c.dimmed = c.dimmed || prompts(e)
		c.wrapper(j, e)
		c.dimmed = dimmed
	case "sdtPr":
		j.other(piece{raw: cut(c.control(e)), mark: true})
	default:
		j.other(piece{raw: c.mixed(e)})
	}
}

// wrapper reads an element whose runs a tag cannot leave.
func (c *compiler) wrapper(j *joiner, e *etree.Element) {
	in := &joiner{c: c, site: j.site}
	c.level(in, e)
	j.other(piece{wrap: true, raw: cut(startTag(e)), inner: c.nestInline(in.finish(), nil), tail: []block{static(endTag(e))}})
}

// run takes one w:r apart: its texts go to the stream, anything else becomes a
// run of its own.
func (c *compiler) run(j *joiner, r *etree.Element) {
	rPr := r.SelectElement("w:rPr")
	if c.dimmed && rPr != nil {
		if st := rPr.SelectElement("w:rStyle"); st != nil && st.SelectAttrValue("w:val", "") == "PlaceholderText" {
			rPr = rPr.Copy()
			rPr.RemoveChild(rPr.SelectElement("w:rStyle"))
		}
	}
	props := c.props(rPr)
	for e := range r.ChildElementsSeq() {
		switch {
		case isW(e, "rPr"), isW(e, "lastRenderedPageBreak"):
		case isW(e, "t"):
			j.characters(props, charactersOf(e))
		case isW(e, "noBreakHyphen") && j.open:
			j.characters(props, "-")
		case isW(e, "softHyphen") && j.open:
		default:
			j.other(c.foreign(props, e))
		}
	}
}

// charactersOf is what Word takes from a w:t: without xml:space="preserve"
// nothing of the blanks at its ends.
func charactersOf(e *etree.Element) string {
	text := e.Text()
	trimmed := strings.Trim(text, " \t\r\n")
	if trimmed == text {
		return text
	}
	for at := e; at != nil; at = at.Parent() {
		if space := at.SelectAttr("xml:space"); space != nil {
			if space.Value == "preserve" {
				return text
			}
			break
		}
	}
	return trimmed
}

// foreign is what a run may hold beside text.
func (c *compiler) foreign(props *runProps, e *etree.Element) piece {
	run := func(inside []block) []block {
		return append(append([]block{static("<w:r>" + props.xml[0])}, inside...), static("</w:r>"))
	}
	switch {
	case isW(e, "commentReference"):
		return piece{mark: true, raw: []block{mark{xml: "<w:r>" + props.xml[0] + elementXML(e) + "</w:r>", of: c.rangeOf(e), alone: true}}}
	case isW(e, "footnoteReference"), isW(e, "endnoteReference"):
		return piece{raw: run([]block{c.noteRef(e)})}
	case isW(e, "fldChar"):
		depth := map[string]int{"begin": 1, "end": -1}[e.SelectAttrValue("w:fldCharType", "")]
		return piece{raw: run(c.mixed(e)), field: depth}
	}
	return piece{raw: run(c.mixed(e)), brk: isW(e, "br") || isW(e, "cr")}
}

// textOf is all text inside e.
func textOf(e *etree.Element) string {
	var b strings.Builder
	var walk func(*etree.Element)
	walk = func(e *etree.Element) {
		for _, t := range e.Child {
			switch x := t.(type) {
			case *etree.CharData:
				b.WriteString(x.Data)
			case *etree.Element:
				walk(x)
			}
		}
	}
	walk(e)
	return b.String()
}
