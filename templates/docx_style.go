package templates

import (
	"github.com/beevik/etree"

	"vanthu/templates/metric"
)

// Rules under texts are as long as the text or a part of it, so the fill has to
// know how wide a text is printed.

// look is what the width of a text hangs on.
type look struct {
	size         int // half points
	bold, italic bool
	caps         bool
}

func (l look) metric() metric.Look {
	return metric.Look{Size: l.size, Bold: l.bold, Italic: l.italic, Caps: l.caps}
}

func (l look) with(rPr *etree.Element) look {
	if rPr == nil {
		return l
	}
	on := func(name string, old bool) bool {
		e := rPr.SelectElement("w:" + name)
		if e == nil {
			return old
		}
		v := e.SelectAttrValue("w:val", "1")
		return v != "0" && v != "false" && v != "off"
	}
	l.bold, l.italic, l.caps = on("b", l.bold), on("i", l.italic), on("caps", l.caps)
	if sz := rPr.SelectElement("w:sz"); sz != nil {
		l.size = attrInt(sz, "w:val")
	}
	return l
}

// styleSheet is word/styles.xml as far as widths need it.
type styleSheet struct {
	looks   map[string]look
	rules   map[string]ruleKind // styles that draw a rule
	base    look
	margins int // of table cells, left and right together
}

type ruleKind byte

const (
	noRule ruleKind = iota
	fullRule
	partRule
)

// rulePart is the share of the text's last line that a part rule is long: the
// decree asks for one third to one half (NĐ 30/2020, PL I, II.2.b and II.5.b).
const rulePart = 0.42

// Styles are found by id and by name: Word keeps names, LibreOffice may give
// new ids.
var ruleStyles = map[string]ruleKind{
	"VTRuleFull": fullRule, "VT Kẻ bằng dòng chữ": fullRule,
	"VTRulePart": partRule, "VT Kẻ một phần dòng chữ": partRule,
}

func readStyles(data []byte) *styleSheet {
	s := &styleSheet{looks: map[string]look{}, rules: map[string]ruleKind{}, base: look{size: 20}, margins: 216}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return s
	}
	root := doc.Root()
	s.base = s.base.with(root.FindElement("./w:docDefaults/w:rPrDefault/w:rPr"))
	all := map[string]*etree.Element{}
	for _, e := range root.SelectElements("w:style") {
		id := e.SelectAttrValue("w:styleId", "")
		all[id] = e
		name := ""
		if n := e.SelectElement("w:name"); n != nil {
			name = n.SelectAttrValue("w:val", "")
		}
		if r := ruleStyles[id]; r != noRule {
			s.rules[id] = r
		} else if r := ruleStyles[name]; r != noRule {
			s.rules[id] = r
		}
		if e.SelectAttrValue("w:type", "") == "table" && e.SelectAttrValue("w:default", "") == "1" {
			if m := e.FindElement("./w:tblPr/w:tblCellMar"); m != nil {
				s.margins = cellMargins(m, s.margins)
			}
		}
		if e.SelectAttrValue("w:type", "") == "paragraph" && e.SelectAttrValue("w:default", "") == "1" {
			s.base = s.base.with(e.SelectElement("w:rPr"))
		}
	}
	for id := range all {
		s.looks[id] = s.resolve(all, id, 0)
	}
	return s
}

func (s *styleSheet) resolve(all map[string]*etree.Element, id string, depth int) look {
	e, ok := all[id]
	if !ok || depth > 20 {
		return s.base
	}
	l := s.base
	if b := e.SelectElement("w:basedOn"); b != nil {
		l = s.resolve(all, b.SelectAttrValue("w:val", ""), depth+1)
	}
	return l.with(e.SelectElement("w:rPr"))
}

func (s *styleSheet) look(style string) look {
	if l, ok := s.looks[style]; ok {
		return l
	}
	return s.base
}

// cellMargins is left and right together; a side that is not named keeps half
// of old.
func cellMargins(m *etree.Element, old int) int {
	side := func(names ...string) int {
		for _, n := range names {
			if e := m.SelectElement("w:" + n); e != nil {
				return attrInt(e, "w:w")
			}
		}
		return old / 2
	}
	return side("left", "start") + side("right", "end")
}
