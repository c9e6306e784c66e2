package templates

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// Loops write the same XML many times, and Word refuses or repairs a file in
// which two elements have one number. What must be unique is found here before
// a part is compiled: numbers that mean nothing are taken out, numbers of
// drawings become ident blocks, ends of ranges become marks.

// seal stands around what an ident replaces. XML cannot have it.
const seal = "\x00"

// survey notes which elements hold paragraphs and prepares numbers for loops.
func (c *compiler) survey(e *etree.Element) bool {
	c.free(e)
	found := false
	for child := range e.ChildElementsSeq() {
		if c.survey(child) || isW(child, "p") {
			found = true
		}
	}
	if found {
		c.texts[e] = true
	}
	return found
}

func (c *compiler) free(e *etree.Element) {
	for _, child := range e.ChildElements() {
		// How something looked before a change is of no use in a document that
		// is filled, nor who set a mark of a paragraph.
		if child.Space == "w" && (strings.HasSuffix(child.Tag, "Change") || (isW(e, "rPr") && (child.Tag == "ins" || child.Tag == "moveTo") || child.Tag == "cellIns")) {
			e.RemoveChild(child)
		}
	}
	switch {
	case isW(e, "sectPr"):
		c.pageSize(e)
	case e.Space == "w" && tracked[e.Tag] && !isW(e.Parent(), "rPr"):
		c.unique(e.SelectAttr("w:id"), "change")
	case isW(e, "p"), isW(e, "tr"):
		e.RemoveAttr("w14:paraId")
		e.RemoveAttr("w14:textId")
	case e.Space == "wp" && (e.Tag == "inline" || e.Tag == "anchor"):
		e.RemoveAttr("wp14:anchorId")
		e.RemoveAttr("wp14:editId")
	case e.Space == "wp" && e.Tag == "docPr":
		c.unique(e.SelectAttr("id"), "drawing")
	case e.Space == "v":
		for i := range e.Attr {
			if a := &e.Attr[i]; a.Key == "id" && a.Space == "" || a.Key == "spid" && a.Space == "o" {
				a.Value = seal + "shape " + a.Key + seal + a.Value + seal
			}
		}
	}
}

// tracked are the changes that are numbered.
var tracked = map[string]bool{"ins": true, "del": true, "moveFrom": true, "moveTo": true}

// unique notes a number that copies must not share.
func (c *compiler) unique(a *etree.Attr, kind string) {
	if a == nil {
		return
	}
	if n, err := strconv.Atoi(a.Value); err == nil && n < 1<<30 {
		c.lastID = max(c.lastID, n)
	}
	a.Value = seal + kind + seal + a.Value + seal
}

// cut makes blocks of XML in which survey has marked what must be unique.
func cut(xml string) []block {
	if !strings.Contains(xml, seal) {
		return []block{static(xml)}
	}
	var all []block
	parts := strings.Split(xml, seal)
	for ; len(parts) > 2; parts = parts[3:] {
		all = append(all, static(parts[0]), ident{parts[1], parts[2]})
	}
	return append(all, static(parts[0]))
}

// id is the number for an element of the result: the first keeps the form's.
func (r *renderer) id(x ident) string {
	key := x.kind + seal + x.old
	if !r.used[key] {
		r.used[key] = true
		return x.old
	}
	if x.kind == "drawing" || x.kind == "change" {
		return strconv.Itoa(r.drawing())
	}
	r.shapes++
	return x.old + "_" + strconv.Itoa(r.shapes)
}

// drawing is a number that no drawing has yet.
func (r *renderer) drawing() int {
	r.lastID++
	return r.lastID
}

// isMark says whether e is one end of a range.
func isMark(e *etree.Element) bool {
	if e.Space != "w" {
		return false
	}
	switch e.Tag {
	case "bookmarkStart", "bookmarkEnd", "permStart", "permEnd":
		return true
	}
	return strings.HasSuffix(e.Tag, "RangeStart") || strings.HasSuffix(e.Tag, "RangeEnd")
}

// rangeOf names the range that e is an end of. A start under a number whose
// range has ended begins another one.
func (c *compiler) rangeOf(e *etree.Element) string {
	name := c.part + " " + strings.TrimSuffix(strings.TrimSuffix(e.Tag, "Start"), "End") + " " + e.SelectAttrValue("w:id", "")
	switch {
	case strings.HasSuffix(e.Tag, "End"):
		if c.ranges[name]%2 == 0 {
			c.ranges[name]++
		}
	case c.ranges[name]%2 == 1:
		c.ranges[name]++
	}
	return name + " " + strconv.Itoa(c.ranges[name]/2)
}

func (c *compiler) markOf(e *etree.Element) mark {
	return mark{xml: elementXML(e), of: c.rangeOf(e), start: strings.HasSuffix(e.Tag, "Start")}
}

// outMark is a mark of the result; dead ones are not written.
type outMark struct {
	xml  string
	dead bool
}

// ends are what was written of a range.
type ends struct{ start, end *outMark }

// mark writes one end of a range, once.
func (r *renderer) mark(f *flow, m mark) {
	e := r.ranges[m.of]
	if e == nil {
		e = &ends{}
		r.ranges[m.of] = e
	}
	out := &outMark{xml: m.xml}
	switch {
	case (m.start || m.alone) && e.start == nil:
		e.start = out
		if m.alone {
			e.end = out
		}
	case !m.start && !m.alone && e.end == nil && e.start != nil:
		e.end = out
	default:
		return
	}
	f.chunks = append(f.chunks, out)
}

// settleRanges takes back what was begun and, because a section was left out,
// never ended.
func (r *renderer) settleRanges() {
	for _, e := range r.ranges {
		if e.start != nil && e.end == nil {
			e.start.dead = true
		}
	}
}
