package templates

// outRow is a row of the result as far as merging downwards needs it.
type outRow struct {
	skip  int
	cells []*outCell
}

// table writes a table; one without rows vanishes.
func (r *renderer) table(f *flow, t *table, sc *scope) {
	in := &flow{width: f.width}
	r.blocks(in, t.rows, sc)
	f.last, f.tied = nil, false
	if len(in.rows) == 0 {
		return
	}
	mend(in.rows)
	r.blocks(f, t.open, sc)
	f.chunks, f.solid = append(append(f.chunks, in.chunks...), static("</w:tbl>")), true
}

func (r *renderer) row(f *flow, x *row, sc *scope) {
	f.chunks = append(f.chunks, static(x.open))
	f.rows = append(f.rows, outRow{skip: x.skip})
	r.blocks(f, x.cells, sc)
	f.chunks = append(f.chunks, static("</w:tr>"))
}

func (r *renderer) cell(f *flow, x *cell, sc *scope) {
	in := &flow{width: x.width}
	if in.width == 0 {
		in.width = f.width
	}
	out := &outCell{from: x, merge: x.merge}
	body := x.body
	if x.repeated(sc) {
		out.merge, body = mergeGoesOn, nil
	}
	r.blocks(in, body, sc)
	f.chunks = append(append(f.chunks, out), in.chunks...)
	if in.last == nil { // the schema demands that a cell ends with a paragraph
		f.chunks = append(f.chunks, static(x.blank()))
	}
	f.chunks = append(f.chunks, static("</w:tc>"))
	if n := len(f.rows); n > 0 {
		f.rows[n-1].cells = append(f.rows[n-1].cells, out)
	}
}

// repeated says whether the row comes again in a loop that the cell is no part
// of.
func (x *cell) repeated(sc *scope) bool {
	for _, t := range x.outside {
		for at := sc; at != nil; at = at.outer {
			if at.of == t && at.item > 1 {
				return true
			}
		}
	}
	return false
}

// blank is an empty paragraph as high as the cell's first.
func (x *cell) blank() string {
	for _, b := range x.body {
		if p, ok := b.(*paragraph); ok {
			return p.open + p.plain + "</w:p>"
		}
	}
	return x.empty
}

// mend makes a cell that goes on from above begin where, after loops and
// conditions, there is nothing above to go on from.
func mend(rows []outRow) {
	above := map[int]bool{} // columns at which a merged cell stands
	for _, row := range rows {
		here := map[int]bool{}
		column := row.skip
		for _, c := range row.cells {
			if c.merge == mergeGoesOn && !above[column] {
				c.merge = mergeStarts
			}
			if c.merge != single {
				here[column] = true
			}
			column += c.from.span
		}
		above = here
	}
}
