package templates

import (
	_ "embed"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/beevik/etree"
)

// Rules under texts are as long as the text or a part of it, so the fill has to
// know how wide a text is printed.

// look is what the width of a text hangs on.
type look struct {
	size         int // half points
	bold, italic bool
	caps         bool
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

// advances are the widths of the letters of Times New Roman, which Liberation
// Serif has too, in thousandths of the size: for each of the four faces, runs of
// consecutive characters.
//
//go:embed advances.json
var advancesJSON []byte

type advances struct {
	Faces [4][]struct {
		First rune  `json:"first"`
		Width []int `json:"width"`
	} `json:"faces"` // regular, bold, italic, bold italic
}

func readAdvances() (*advances, error) {
	var a advances
	return &a, json.Unmarshal(advancesJSON, &a)
}

// width is the printed width of s in twentieths of a point.
func (a *advances) width(s string, l look) float64 {
	face := 0
	if l.bold {
		face |= 1
	}
	if l.italic {
		face |= 2
	}
	total := 0
	for _, r := range s {
		if l.caps {
			r = unicode.ToUpper(r)
		}
		total += a.advance(face, r)
	}
	return float64(total) / 1000 * float64(l.size) * 10
}

func (a *advances) advance(face int, r rune) int {
	for _, run := range a.Faces[face] {
		if i := int(r - run.First); i >= 0 && i < len(run.Width) {
			return run.Width[i]
		}
	}
	return 600
}

// stretch is a text of one look within a line.
type stretch struct {
	text string
	look look
}

// lastLine is the width of the last line when the text is broken into lines of
// at most width.
func (a *advances) lastLine(text []stretch, width float64) float64 {
	line, word, blank := 0.0, 0.0, 0.0
	flush := func() {
		if line > 0 && line+blank+word > width {
			line, blank = 0, 0
		}
		line += blank + word
		word, blank = 0, 0
	}
	for _, s := range text {
		for i, w := range strings.SplitAfter(s.text, "\n") {
			if i > 0 {
				flush()
				line, blank = 0, 0
			}
			for _, x := range strings.SplitAfter(strings.TrimSuffix(w, "\n"), " ") {
				solid := strings.TrimRight(x, " ")
				word += a.width(solid, s.look)
				if len(solid) < len(x) {
					flush()
					blank = a.width(x[len(solid):], s.look)
				}
			}
		}
	}
	flush()
	return min(line, width)
}
