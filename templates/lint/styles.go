package lint

import (
	"strings"

	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// lintStyles is styles.xml, resolved as Word does (ISO/IEC 29500-1, 17.7.2):
// document defaults, then table style, paragraph style, character style, direct
// formatting.
type lintStyles struct {
	run      runFormat // document defaults
	para     paraFormat
	all      map[string]*lintStyle
	defaults map[string]string // id of the default style of a kind
	theme    themeFonts
}

type lintStyle struct {
	kind, base string
	run        runFormat
	para       paraFormat
	margins    cellMargins // of a table's cells
	resolved   bool        // run and para include those of the base
}

// themeFonts are the Latin fonts of the theme, by "minor" and "major".
type themeFonts map[string]string

// or is the font that a theme reference names; without one, the font itself.
func (t themeFonts) or(reference, name string) string {
	for kind, font := range t {
		if strings.HasPrefix(reference, kind) {
			return font
		}
	}
	if reference != "" {
		return reference
	}
	return name
}

func readTheme(root *etree.Element) themeFonts {
	t := themeFonts{}
	if root == nil {
		return t
	}
	for _, kind := range []string{"minor", "major"} {
		if e := root.FindElement(".//" + kind + "Font/latin"); e != nil {
			t[kind] = e.SelectAttrValue("typeface", "")
		}
	}
	return t
}

func readLintStyles(root *etree.Element, theme themeFonts) *lintStyles {
	s := &lintStyles{all: map[string]*lintStyle{}, defaults: map[string]string{}, theme: theme}
	// What Word assumes where the file says nothing.
	s.run = runFormat{ascii: "Times New Roman", hAnsi: "Times New Roman", size: measure{20, true}, color: "AUTO"}
	s.para = paraFormat{align: "left", line: measure{240, true}, lineRule: "auto"}
	if root == nil {
		return s
	}
	s.run = s.run.over(readRunFormat(root.FindElement("./w:docDefaults/w:rPrDefault/w:rPr"), theme))
	s.para = s.para.over(readParaFormat(root.FindElement("./w:docDefaults/w:pPrDefault/w:pPr")))
	for _, e := range root.ChildElements() {
		if !ooxml.IsW(e, "style") {
			continue
		}
		st := &lintStyle{kind: wAttr(e, "type"), run: readRunFormat(e.SelectElement("w:rPr"), theme), para: readParaFormat(e.SelectElement("w:pPr")),
			margins: readCellMargins(e.FindElement("./w:tblPr/w:tblCellMar"))}
		if b := e.SelectElement("w:basedOn"); b != nil {
			st.base = wAttr(b, "val")
		}
		id := wAttr(e, "styleId")
		s.all[id] = st
		if v := wAttr(e, "default"); v == "1" || v == "true" || v == "on" {
			s.defaults[st.kind] = id
		}
	}
	return s
}

// maxStyleChain is how many styles may be based on each other; Word allows
// fewer.
const maxStyleChain = 50

// style is a style of a kind with all that it is based on; the default of the
// kind when the id is unknown, an empty one when there is none.
func (s *lintStyles) style(kind, id string) *lintStyle {
	st := s.all[id]
	if st == nil || st.kind != kind {
		if st = s.all[s.defaults[kind]]; st == nil {
			return &lintStyle{}
		}
	}
	return s.resolve(st, 0)
}

func (s *lintStyles) resolve(st *lintStyle, depth int) *lintStyle {
	if st.resolved {
		return st
	}
	st.resolved = true // first, so that a circle ends
	base := s.all[st.base]
	if base == nil || base.kind != st.kind || depth > maxStyleChain {
		return st
	}
	s.resolve(base, depth+1)
	st.run, st.para, st.margins = base.run.over(st.run), base.para.over(st.para), base.margins.over(st.margins)
	return st
}

// paragraphLook is the formatting that a paragraph starts from.
type paragraphLook struct {
	styles      *lintStyles
	table, para *lintStyle
}

func (s *lintStyles) paragraph(table, para *lintStyle) paragraphLook {
	return paragraphLook{s, table, para}
}

// run is the look of letters with a character style and direct formatting.
func (p paragraphLook) run(character string, direct runFormat) runFormat {
	s := p.styles
	char := &lintStyle{}
	if character != "" {
		char = s.style("character", character)
	}
	f := s.run.over(p.table.run).over(p.para.run).over(char.run).over(direct)
	switched := func(get func(runFormat) toggle) toggle {
		if d := get(direct); d != 0 {
			return d
		}
		if get(s.run) == on {
			return on
		}
		// Styles of different kinds switch each other (17.7.3): bold in bold is
		// plain.
		n := 0
		for _, st := range []*lintStyle{p.table, p.para, char} {
			if get(st.run) == on {
				n++
			}
		}
		if n%2 == 1 {
			return on
		}
		return off
	}
	f.bold = switched(func(r runFormat) toggle { return r.bold })
	f.italic = switched(func(r runFormat) toggle { return r.italic })
	f.caps = switched(func(r runFormat) toggle { return r.caps })
	f.hidden = switched(func(r runFormat) toggle { return r.hidden })
	return f
}
