package lint

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

// lintLists is numbering.xml, and the counters of the lists while paragraphs
// are read: the numbers that Word makes by itself are on no run.
type lintLists struct {
	lists map[int]*listKind // by w:numId
	used  map[[2]int]bool   // a start of its own was taken, by list and level
}

// listKind is one w:num: the shape, which several lists may share and then go
// on counting in, and starts of its own.
type listKind struct {
	id     int
	shape  *listShape
	starts map[int]int
}

type listShape struct {
	levels [9]listLevel
	count  [9]int
	begun  [9]bool
	link   string // the shape is that of a style
}

type listLevel struct {
	start        int
	format, text string
	style        string // a paragraph style that takes this level
	para         paraFormat
}

// maxListText bounds a label; Word's are a few signs.
const maxListText = 32

func readLintLists(root *etree.Element, styles *etree.Element) *lintLists {
	l := &lintLists{lists: map[int]*listKind{}, used: map[[2]int]bool{}}
	if root == nil {
		return l
	}
	shapes := map[string]*listShape{}
	for _, e := range root.ChildElements() {
		switch {
		case ooxml.IsW(e, "abstractNum"):
			shapes[wAttr(e, "abstractNumId")] = readListShape(e)
		case ooxml.IsW(e, "num"):
			id := twips(wAttr(e, "numId"))
			a := e.SelectElement("w:abstractNumId")
			if !id.said || a == nil || shapes[wAttr(a, "val")] == nil {
				continue
			}
			k := &listKind{id: id.n, shape: shapes[wAttr(a, "val")], starts: map[int]int{}}
			for _, o := range e.SelectElements("w:lvlOverride") {
				level := twips(wAttr(o, "ilvl"))
				if s := o.SelectElement("w:startOverride"); s != nil && level.said {
					k.starts[level.n] = twips(wAttr(s, "val")).n
				}
			}
			l.lists[id.n] = k
		}
	}
	l.follow(styles)
	return l
}

// follow gives lists whose shape is kept with a numbering style that shape.
func (l *lintLists) follow(styles *etree.Element) {
	if styles == nil {
		return
	}
	linked := map[string]int{}
	for _, st := range styles.SelectElements("w:style") {
		if n := st.FindElement("./w:pPr/w:numPr/w:numId"); n != nil && wAttr(st, "type") == "numbering" {
			linked[wAttr(st, "styleId")] = twips(wAttr(n, "val")).n
		}
	}
	shapes := map[int]*listShape{}
	for id, k := range l.lists {
		shapes[id] = k.shape
	}
	for _, k := range l.lists {
		if to := shapes[linked[k.shape.link]]; k.shape.link != "" && to != nil {
			k.shape = to
		}
	}
}

func readListShape(e *etree.Element) *listShape {
	s := &listShape{}
	if link := e.SelectElement("w:numStyleLink"); link != nil {
		s.link = wAttr(link, "val")
	}
	for _, lvl := range e.SelectElements("w:lvl") {
		i := twips(wAttr(lvl, "ilvl"))
		if !i.said || i.n < 0 || i.n > 8 {
			continue
		}
		level := listLevel{start: 1, format: "decimal", para: readParaFormat(lvl.SelectElement("w:pPr"))}
		for _, x := range lvl.ChildElements() {
			switch x.Tag {
			case "start":
				level.start = twips(wAttr(x, "val")).n
			case "numFmt":
				level.format = wAttr(x, "val")
			case "lvlText":
				if level.text = wAttr(x, "val"); len(level.text) > maxListText {
					level.text = ""
				}
			case "pStyle":
				level.style = wAttr(x, "val")
			}
		}
		s.levels[i.n] = level
	}
	return s
}

// level is the list level of a paragraph, nil for none.
func (l *lintLists) level(f paraFormat, style string) (*listKind, int) {
	k := l.lists[f.list.n]
	if !f.list.said || k == nil {
		return nil, 0
	}
	if !f.level.said && style != "" {
		for i, lv := range k.shape.levels {
			if lv.style == style {
				return k, i
			}
		}
	}
	return k, max(0, min(f.level.n, 8))
}

// next counts one paragraph and gives its label: "1.", "a)", "-".
func (l *lintLists) next(k *listKind, level int) string {
	s := k.shape
	start, own := k.starts[level]
	switch key := [2]int{k.id, level}; {
	case own && !l.used[key]:
		l.used[key] = true
		s.count[level], s.begun[level] = start, true
	case !s.begun[level]:
		s.count[level], s.begun[level] = s.levels[level].start, true
	default:
		s.count[level]++
	}
	for deeper := level + 1; deeper < len(s.begun); deeper++ {
		s.begun[deeper] = false
	}
	lv := s.levels[level]
	if lv.format == "bullet" {
		if strings.ContainsAny(lv.text, "-–—") {
			return lv.text
		}
		return "•"
	}
	label := lv.text
	for i := range level + 1 {
		n := s.count[i]
		if !s.begun[i] {
			n = s.levels[i].start
		}
		label = strings.ReplaceAll(label, "%"+strconv.Itoa(i+1), listNumber(s.levels[i].format, n))
	}
	return label
}

// listNumber writes a number in the manner of Word's formats; the Vietnamese
// alphabet is none of them.
func listNumber(format string, n int) string {
	switch {
	case format == "none" || n < 0:
		return ""
	case (format == "upperRoman" || format == "lowerRoman") && n < 4000:
		if format == "lowerRoman" {
			return strings.ToLower(record.Roman(n))
		}
		return record.Roman(n)
	case (format == "lowerLetter" || format == "upperLetter") && n > 0 && n < 26*8:
		s := strings.Repeat(string(rune('a'+(n-1)%26)), (n-1)/26+1) // Word goes on with aa, bb
		if format == "upperLetter" {
			return strings.ToUpper(s)
		}
		return s
	}
	return strconv.Itoa(n)
}
