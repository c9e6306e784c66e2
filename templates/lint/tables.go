package lint

import (
	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// lintTable is a table; outer is the one around all tables around it.
type lintTable struct {
	outer   *lintTable
	style   *lintStyle
	margins cellMargins
	grid    []int // widths of columns
	width   int   // of the widest row
	rows    int
}

// lintCell is a cell; lengths in twips, left from the edge of the table.
type lintCell struct {
	row, column int
	left, width int
	text        int  // width that its text may take, 0 where nothing says it
	ruled       bool // has a border below or above
}

// cellMargins are the blanks left and right of the text in a cell.
type cellMargins struct{ left, right measure }

func (m cellMargins) over(n cellMargins) cellMargins {
	return cellMargins{m.left.over(n.left), m.right.over(n.right)}
}

func readCellMargins(e *etree.Element) cellMargins {
	var m cellMargins
	if e == nil {
		return m
	}
	side := func(names ...string) (w measure) {
		for _, n := range names {
			if x := e.SelectElement("w:" + n); x != nil {
				w = twips(wAttr(x, "w"))
			}
		}
		return w
	}
	m.left, m.right = side("left", "start"), side("right", "end")
	return m
}

func (r *lintReader) table(e *etree.Element, in inside) {
	style := ""
	pr := e.SelectElement("w:tblPr")
	if pr != nil {
		if s := pr.SelectElement("w:tblStyle"); s != nil {
			style = wAttr(s, "val")
		}
	}
	t := &lintTable{style: r.styles.style("table", style)}
	t.margins = t.style.margins
	if pr != nil {
		t.margins = t.margins.over(readCellMargins(pr.SelectElement("w:tblCellMar")))
	}
	if t.outer = t; in.table != nil {
		t.outer = in.table.outer
	}
	if g := e.SelectElement("w:tblGrid"); g != nil {
		for _, c := range g.SelectElements("w:gridCol") {
			t.grid = append(t.grid, twips(wAttr(c, "w")).n)
		}
	}
	r.rows(e, inside{table: t, box: in.box, host: in.host})
}

func (r *lintReader) rows(e *etree.Element, in inside) {
	for _, child := range e.ChildElements() {
		switch {
		case ooxml.IsW(child, "tr"):
			at := lintCell{row: in.table.rows}
			in.table.rows++
			if pr := child.SelectElement("w:trPr"); pr != nil {
				at.skip(in.table, span(pr, "w:gridBefore"), 0)
			}
			r.cells(child, in, &at)
		case ooxml.IsW(child, "tblPr"), ooxml.IsW(child, "tblGrid"), ooxml.IsW(child, "del"), ooxml.IsW(child, "moveFrom"):
		default:
			r.rows(child, in)
		}
	}
}

// cells reads the cells of a row; at is where the next one begins.
func (r *lintReader) cells(e *etree.Element, in inside, at *lintCell) {
	for _, child := range e.ChildElements() {
		switch {
		case ooxml.IsW(child, "tc"):
			cell, columns, said := *at, 1, 0
			margins := in.table.margins
			if pr := child.SelectElement("w:tcPr"); pr != nil {
				columns = max(1, span(pr, "w:gridSpan"))
				if w := pr.SelectElement("w:tcW"); w != nil && wAttr(w, "type") != "pct" {
					said = twips(wAttr(w, "w")).n
				}
				margins = margins.over(readCellMargins(pr.SelectElement("w:tcMar")))
				if b := pr.SelectElement("w:tcBorders"); b != nil {
					cell.ruled = borderOf(b, "bottom") == on || borderOf(b, "top") == on
				}
			}
			at.skip(in.table, columns, said)
			in.table.width = max(in.table.width, at.left)
			if cell.width = at.left - cell.left; cell.width > 0 {
				cell.text = max(0, cell.width-margins.left.n-margins.right.n)
			}
			in.cell = &cell
			r.blocks(child, in)
		case ooxml.IsW(child, "trPr"), ooxml.IsW(child, "tblPrEx"):
		default:
			r.cells(child, in, at)
		}
	}
}

// skip moves behind columns, whose width the grid knows or the cell says.
func (c *lintCell) skip(t *lintTable, columns, said int) {
	width := 0
	for i := range columns {
		if at := c.column + i; at >= 0 && at < len(t.grid) {
			width += t.grid[at]
		} else if i >= len(t.grid) {
			break
		}
	}
	if said > 0 {
		width = said
	}
	c.column += columns
	c.left += width
}

func span(pr *etree.Element, name string) int {
	if e := pr.SelectElement(name); e != nil {
		return min(max(0, twips(wAttr(e, "val")).n), 1<<10)
	}
	return 0
}
