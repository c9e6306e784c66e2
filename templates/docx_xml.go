package templates

import (
	"strings"

	"github.com/beevik/etree"
)

func isW(e *etree.Element, tag string) bool { return e.Space == "w" && e.Tag == tag }

var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")

func escapeText(s string) string { return textEscaper.Replace(s) }

var attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#xA;", "\r", "&#xD;", "\t", "&#x9;")

func startTag(e *etree.Element) string {
	var b strings.Builder
	b.WriteByte('<')
	b.WriteString(e.FullTag())
	for _, a := range e.Attr {
		b.WriteByte(' ')
		b.WriteString(a.FullKey())
		b.WriteString(`="`)
		b.WriteString(attrEscaper.Replace(a.Value))
		b.WriteByte('"')
	}
	b.WriteByte('>')
	return b.String()
}

func endTag(e *etree.Element) string { return "</" + e.FullTag() + ">" }

// elementXML is e with all inside, without comments and processing
// instructions.
func elementXML(e *etree.Element) string {
	var b strings.Builder
	writeElement(&b, e)
	return b.String()
}

func writeElement(b *strings.Builder, e *etree.Element) {
	start := startTag(e)
	if len(e.Child) == 0 {
		b.WriteString(strings.TrimSuffix(start, ">"))
		b.WriteString("/>")
		return
	}
	b.WriteString(start)
	for _, child := range e.Child {
		switch t := child.(type) {
		case *etree.Element:
			writeElement(b, t)
		case *etree.CharData:
			b.WriteString(escapeText(t.Data))
		}
	}
	b.WriteString(endTag(e))
}

// The order that the schema of WordprocessingML demands (ISO/IEC 29500-1,
// 17.3.1.26 and 17.3.2.28), as far as fills insert something.
var (
	paragraphOrder = []string{"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
		"pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN",
		"bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc"}
	runOrder = []string{"rStyle", "rFonts", "b", "bCs", "i", "iCs"}
)

// put sets a w: property with the given attributes in its place, replacing one
// that is there.
func put(props *etree.Element, order []string, name string, attrs ...string) {
	if old := props.SelectElement("w:" + name); old != nil {
		props.RemoveChild(old)
	}
	e := etree.NewElement("w:" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		e.CreateAttr(attrs[i], attrs[i+1])
	}
	at := 0
	for _, before := range order {
		if before == name {
			break
		}
		if x := props.SelectElement("w:" + before); x != nil {
			at = max(at, x.Index()+1)
		}
	}
	props.InsertChildAt(at, e)
}

// amend sets attributes of a w: property in its place and keeps its others.
func amend(props *etree.Element, order []string, name string, attrs ...string) {
	old := props.SelectElement("w:" + name)
	if old == nil {
		put(props, order, name, attrs...)
		return
	}
	for i := 0; i+1 < len(attrs); i += 2 {
		old.RemoveAttr(attrs[i])
		old.CreateAttr(attrs[i], attrs[i+1])
	}
}

// runProps is a w:rPr in four weights: as it is, bold, italic, both.
type runProps struct {
	xml    [4]string
	direct *etree.Element
}

// props interns equal w:rPr, so that neighbouring runs of one look join.
func (c *compiler) props(rPr *etree.Element) *runProps {
	key := ""
	if rPr != nil && len(rPr.ChildElements()) > 0 {
		key = elementXML(rPr)
	}
	if p, ok := c.bundles[key]; ok {
		return p
	}
	p := &runProps{direct: rPr}
	p.xml[0] = key
	for v := 1; v < 4; v++ {
		e := etree.NewElement("w:rPr")
		if rPr != nil {
			e = rPr.Copy()
		}
		if v&1 != 0 {
			put(e, runOrder, "b")
			put(e, runOrder, "bCs")
		}
		if v&2 != 0 {
			put(e, runOrder, "i")
			put(e, runOrder, "iCs")
		}
		p.xml[v] = elementXML(e)
	}
	c.bundles[key] = p
	return p
}

// newProps is a copy of a w:pPr that can be changed, empty for none.
func newProps(props *etree.Element) *etree.Element {
	if props == nil {
		return etree.NewElement("w:pPr")
	}
	return props.Copy()
}
