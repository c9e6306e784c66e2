package templates

import (
	"strings"

	"github.com/beevik/etree"
)

// table is a w:tbl; its rows may stand in sections and content controls.
type table struct {
	open []block
	rows []block
}

// row is a w:tr.
type row struct {
	open  string
	skip  int // columns of the grid before the first cell
	cells []block
}

// cell is a w:tc.
type cell struct {
	open  string
	props [3]string // by merge: the w:tcPr
	merge merge
	width int // between its margins, in twentieths of a point
	span  int // columns of the grid
	body  []block
	empty string // a paragraph as high as its first
	// outside are the loops over this row that the cell is no part of: they
	// open behind it or close before it. Merged downwards, it is written once
	// for all their rows.
	outside []*tag
}

// merge says how a cell hangs together with the one above it.
type merge byte

const (
	single merge = iota
	mergeStarts
	mergeGoesOn
)

// table compiles rows; sections may span rows when they open and close in
// cells.
func (c *compiler) table(e *etree.Element) *table {
	margins := c.margins
	defer func() { c.margins = margins }()
	if m := e.FindElement("./w:tblPr/w:tblCellMar"); m != nil {
		c.margins = cellMargins(m, margins)
	}
	t := &table{open: cut(startTag(e))}
	for child := range e.ChildElementsSeq() {
		if isW(child, "tblPr") || isW(child, "tblGrid") {
			t.open = append(t.open, cut(elementXML(child))...)
		}
	}
	t.rows = c.rows(e)
	return t
}

// rows compiles what stands in a table, or in a content control around rows.
func (c *compiler) rows(e *etree.Element) []block {
	b := builder{c: c}
	for child := range e.ChildElementsSeq() {
		switch {
		case isW(child, "tblPr"), isW(child, "tblGrid"):
		case isMark(child):
			b.add(c.markOf(child))
		case isW(child, "tr"):
			c.row(&b, child)
		case c.texts[child]: // w:sdt, w:sdtContent, w:customXml, w:ins
			for _, x := range cut(startTag(child)) {
				b.add(x)
			}
			for _, x := range c.rows(child) {
				b.add(x)
			}
			b.add(static(endTag(child)))
		default:
			for _, x := range c.mixed(child) {
				b.add(x)
			}
		}
	}
	return b.finish()
}

func (c *compiler) row(b *builder, e *etree.Element) {
	r := &row{open: startTag(e)}
	var loose []looseTag
	c.cells(e, r, &loose, new(int))
	stand(r, loose)
	late := false // a closing tag was met
	for _, l := range loose {
		switch {
		case !l.tag.opens():
			late = true
		case late && l.tag.spread == "":
			c.unbalanced(l.tag)
		default:
			b.steer(l.tag)
		}
	}
	b.add(r)
	for _, l := range loose {
		if !l.tag.opens() {
			b.steer(l.tag)
		}
	}
}

// looseTag is a tag whose partner is in another cell.
type looseTag struct {
	tag  *tag
	cell int // of its row, from 0
}

// cells compiles what stands in a row, or in a content control around cells.
func (c *compiler) cells(e *etree.Element, r *row, loose *[]looseTag, count *int) {
	for child := range e.ChildElementsSeq() {
		switch {
		case isW(child, "tc"):
			var mine []*tag
			r.cells = append(r.cells, c.cell(child, &mine))
			c.apart(mine)
			for _, t := range mine {
				*loose = append(*loose, looseTag{t, *count})
			}
			*count++
		case isMark(child):
			r.cells = append(r.cells, c.markOf(child))
		case c.texts[child]:
			r.cells = append(r.cells, cut(startTag(child))...)
			c.cells(child, r, loose, count)
			r.cells = append(r.cells, static(endTag(child)))
		default:
			if isW(child, "trPr") {
				if g := child.SelectElement("w:gridBefore"); g != nil {
					r.skip = attrInt(g, "w:val")
				}
			}
			r.cells = append(r.cells, c.mixed(child)...)
		}
	}
}

// apart refuses a section that opens in the middle of one paragraph of a cell
// and closes in another of the same cell: it is no loop over the row.
func (c *compiler) apart(mine []*tag) {
	for i, t := range mine {
		if !t.opens() || t.spread != "" {
			continue
		}
		for _, end := range mine[i+1:] {
			if end.kind == tagClose && closes(end, t) {
				c.unbalanced(t)
				break
			}
		}
	}
}

// stand tells the merged cells of a row which of its loops they stand outside
// of.
func stand(r *row, loose []looseTag) {
	type loop struct {
		tag      *tag
		from, to int
	}
	var loops []loop
	var open []int // of loops
	for _, l := range loose {
		switch {
		case l.tag.spread != "": // over the row in any case
		case l.tag.opens():
			open = append(open, len(loops))
			loops = append(loops, loop{l.tag, l.cell, len(r.cells)})
		case len(open) > 0:
			loops[open[len(open)-1]].to = l.cell
			open = open[:len(open)-1]
		}
	}
	at := 0
	for _, x := range r.cells {
		cl, ok := x.(*cell)
		if !ok {
			continue
		}
		for _, l := range loops {
			if cl.merge == mergeStarts && (at < l.from || at > l.to) {
				cl.outside = append(cl.outside, l.tag)
			}
		}
		at++
	}
}

func (c *compiler) cell(e *etree.Element, loose *[]*tag) *cell {
	cl := &cell{open: startTag(e), span: 1}
	if pr := e.SelectElement("w:tcPr"); pr != nil {
		cl.properties(pr)
		e.RemoveChild(pr)
		margins := c.margins
		if m := pr.SelectElement("w:tcMar"); m != nil {
			margins = cellMargins(m, margins)
		}
		if w := pr.SelectElement("w:tcW"); w != nil && w.SelectAttrValue("w:type", "dxa") == "dxa" {
			cl.width = max(0, attrInt(w, "w:w")-margins)
		}
	}
	cl.empty = "<w:p/>"
	if all := e.SelectElements("w:p"); len(all) > 0 {
		cl.empty = startTag(all[0]) + "</w:p>"
		if pr := all[0].SelectElement("w:pPr"); pr != nil {
			cl.empty = startTag(all[0]) + elementXML(pr) + "</w:p>"
		}
	}
	cl.body = c.container(e, loose)
	return cl
}

func (cl *cell) properties(pr *etree.Element) {
	cl.props[single] = elementXML(pr)
	if g := pr.SelectElement("w:gridSpan"); g != nil {
		cl.span = max(1, attrInt(g, "w:val"))
	}
	m := pr.SelectElement("w:vMerge")
	if m == nil {
		return
	}
	cl.merge = mergeGoesOn
	if strings.EqualFold(m.SelectAttrValue("w:val", "continue"), "restart") {
		cl.merge = mergeStarts
	}
	old := m.SelectAttr("w:val")
	if old == nil {
		m.CreateAttr("w:val", "")
	}
	m.SelectAttr("w:val").Value = "restart"
	cl.props[mergeStarts] = elementXML(pr)
	m.SelectAttr("w:val").Value = "continue"
	cl.props[mergeGoesOn] = elementXML(pr)
}
