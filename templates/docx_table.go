package templates

import "github.com/beevik/etree"

// table compiles rows; sections may span rows when they open and close in
// cells.
func (c *compiler) table(e *etree.Element) *table {
	margins := c.margins
	defer func() { c.margins = margins }()
	if m := e.FindElement("./w:tblPr/w:tblCellMar"); m != nil {
		c.margins = cellMargins(m, margins)
	}
	t := &table{open: startTag(e)}
	b := builder{c: c}
	for _, child := range e.ChildElements() {
		if !isW(child, "tr") {
			if isW(child, "tblPr") || isW(child, "tblGrid") || isW(child, "tblPrEx") {
				t.open += elementXML(child)
			} else {
				for _, x := range c.mixed(child, c.part) {
					b.add(x)
				}
			}
			continue
		}
		var loose []*tag
		row := c.row(child, &loose)
		late := false // a closing tag was met
		for _, tg := range loose {
			if tg.opens() {
				if late {
					c.unbalanced(tg)
					continue
				}
				b.steer(tg)
			} else {
				late = true
			}
		}
		for _, x := range row {
			b.add(x)
		}
		for _, tg := range loose {
			if tg.kind == tagClose {
				b.steer(tg)
			}
		}
	}
	t.rows = b.finish()
	return t
}

func (c *compiler) row(e *etree.Element, loose *[]*tag) []block {
	e.RemoveAttr("w14:paraId")
	e.RemoveAttr("w14:textId")
	out := []block{static(startTag(e))}
	for _, child := range e.ChildElements() {
		if !isW(child, "tc") {
			out = append(out, c.mixed(child, c.part)...)
			continue
		}
		cl := &cell{open: startTag(child)}
		if pr := child.SelectElement("w:tcPr"); pr != nil {
			cl.open += elementXML(pr)
			child.RemoveChild(pr)
			margins := c.margins
			if m := pr.SelectElement("w:tcMar"); m != nil {
				margins = cellMargins(m, margins)
			}
			if w := pr.SelectElement("w:tcW"); w != nil && w.SelectAttrValue("w:type", "dxa") == "dxa" {
				cl.width = max(0, attrInt(w, "w:w")-margins)
			}
		}
		var mine []*tag
		cl.body = c.container(child, &mine)
		*loose = append(*loose, mine...)
		out = append(out, cl)
	}
	return append(out, static("</w:tr>"))
}
