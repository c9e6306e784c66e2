package templates

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/filter"
	"vanthu/templates/markdown"
)

// alone writes the paragraph of a tag that has one for itself: the blocks of a
// Markdown text, or an image.
func (r *renderer) alone(f *flow, p *paragraph, sc *scope) {
	if p.alone.kind == tagRich {
		r.rich(f, p, sc)
		return
	}
	out := r.begin(f, p)
	out.props = newProps(p.props)
	put(out.props, paragraphOrder, "jc", "w:val", "center")
	amend(out.props, paragraphOrder, "ind", "w:left", "0", "w:right", "0", "w:firstLine", "0")
	r.pieces(out, p.pieces, sc)
	r.image(out, p.alone, sc)
	f.put(out)
}

// rich writes a text in Markdown. Its paragraphs look as the one that holds the
// tag, which gives them its marks too.
func (r *renderer) rich(f *flow, p *paragraph, sc *scope) {
	v, ok := r.resolve(p.alone, sc)
	if !ok {
		return
	}
	blocks, faults := v.made, []markdown.Fault(nil)
	if blocks == nil {
		blocks, faults = markdown.Parse(v.text)
	}
	for _, x := range faults {
		r.fault(v, "", x.Code, fmt.Sprintf("Dòng %d: %s", x.Line, x.Message), p.alone)
	}
	if len(blocks) == 0 {
		return
	}
	blocks = byLine(blocks)
	props := p.firstProps()
	for i, b := range blocks {
		if !r.spend(len(v.text) / len(blocks)) {
			return
		}
		if b.Table != nil {
			r.richTable(f, p, props, b.Table)
			continue
		}
		out := r.begin(f, p)
		out.props = p.repeated(i == 0, i == len(blocks)-1)
		if i == 0 {
			r.pieces(out, p.pieces, sc)
		}
		weight := 0
		if b.Heading > 0 {
			out.keepNext, weight = true, 1
			if b.Heading == 3 {
				weight = 3
			}
		}
		if b.Label != "" {
			out.add(props, weight, outText{text: b.Label + " "})
		}
		out.spans(props, weight, unbroken(b.Spans))
		f.put(out)
	}
	if p.props != nil && p.props.SelectElement("w:sectPr") != nil && f.last == nil {
		out := r.begin(f, p) // the section of the page ends behind the table
		f.put(out)
	}
}

// byLine makes a paragraph of each line: in a justified paragraph, Word and
// LibreOffice stretch a line that ends early over the whole width.
func byLine(blocks []markdown.Block) []markdown.Block {
	var out []markdown.Block
	for _, b := range blocks {
		out = append(out, markdown.Block{Heading: b.Heading, Label: b.Label, Table: b.Table})
		for _, s := range b.Spans {
			for i, line := range strings.Split(s.Text, "\n") {
				if i > 0 {
					out = append(out, markdown.Block{Heading: b.Heading})
				}
				if line != "" {
					last := &out[len(out)-1]
					last.Spans = append(last.Spans, record.Span{Text: line, Bold: s.Bold, Italic: s.Italic})
				}
			}
		}
	}
	return out
}

// repeated is the w:pPr of p for one of several paragraphs: a page or a section
// of the page begins or ends only once.
func (p *paragraph) repeated(first, last bool) *etree.Element {
	e := newProps(p.props)
	if x := e.SelectElement("w:pageBreakBefore"); x != nil && !first {
		e.RemoveChild(x)
	}
	if x := e.SelectElement("w:sectPr"); x != nil && !last {
		e.RemoveChild(x)
	}
	return e
}

// unbroken ties numbers to their units over all spans of a text: marks of
// weight between them change nothing.
func unbroken(spans []record.Span) []record.Span {
	var all strings.Builder
	for _, s := range spans {
		all.WriteString(s.Text)
	}
	tied := filter.Unbroken(all.String())
	if tied == all.String() {
		return spans
	}
	rest := []rune(tied)
	out := make([]record.Span, len(spans))
	for i, s := range spans {
		n := len([]rune(s.Text))
		out[i] = s
		out[i].Text, rest = string(rest[:n]), rest[n:]
	}
	return out
}

const tableBorders = `<w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`<w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tblBorders>`

// richTable writes a table as wide as its place. Its header comes again on every
// page, and no row is cut by the end of one.
func (r *renderer) richTable(f *flow, p *paragraph, props *runProps, t *markdown.Table) {
	width := f.width
	if width == 0 {
		width = r.part.width
	}
	widths := r.columns(p, t, width)
	var b strings.Builder
	fmt.Fprintf(&b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/>`+
		`<w:tblCellMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="%d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, width, tableBorders, richMargin, richMargin)
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, w)
	}
	f.chunks = append(f.chunks, static(b.String()+"</w:tblGrid>"))
	for i, row := range t.Rows {
		properties, weight := `<w:trPr><w:cantSplit/></w:trPr>`, 0
		if i == 0 {
			properties, weight = `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`, 1
		}
		f.chunks = append(f.chunks, static("<w:tr>"+properties))
		merged := len(row) == 1 && len(widths) > 1
		for j, spans := range row {
			if !r.spend(0) {
				return
			}
			wide, span := widths[j], ""
			if merged {
				wide, span, weight = width, fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, len(widths)), 1
			}
			out := &outParagraph{from: p, inset: -1, width: wide - 2*richMargin, keepNext: merged}
			out.props = inCell(p, t.Aligns[j], i == 0)
			if merged {
				put(out.props, paragraphOrder, "jc", "w:val", string(markdown.Left))
			}
			out.spans(props, weight, unbroken(spans))
			f.chunks = append(f.chunks, static(`<w:tc><w:tcPr><w:tcW w:w="`+strconv.Itoa(wide)+`" w:type="dxa"/>`+span+`<w:vAlign w:val="center"/></w:tcPr>`), out, static("</w:tc>"))
		}
		f.chunks = append(f.chunks, static("</w:tr>"))
	}
	f.chunks = append(f.chunks, static("</w:tbl>"))
	f.last, f.solid, f.tied = nil, true, false
}

// richMargin is left and right of the text in a cell, in twentieths of a point.
const richMargin = 85

// inCell is the w:pPr of a cell's paragraph: as p, without its indents and the
// blank around it.
func inCell(p *paragraph, align markdown.Align, header bool) *etree.Element {
	e := p.repeated(false, false)
	for _, name := range []string{"keepNext", "numPr", "framePr", "tabs"} {
		if x := e.SelectElement("w:" + name); x != nil {
			e.RemoveChild(x)
		}
	}
	put(e, paragraphOrder, "spacing", "w:before", "40", "w:after", "40", "w:line", "240", "w:lineRule", "auto")
	put(e, paragraphOrder, "ind", "w:left", "0", "w:right", "0", "w:firstLine", "0")
	switch {
	case header:
		align = markdown.Center
	case align == markdown.Natural:
		align = markdown.Left
	}
	put(e, paragraphOrder, "jc", "w:val", string(align))
	return e
}

// columns shares a width among the columns of a table: those with a share of
// their own get it; of the others each gets its longest word at least, the rest
// goes by how much text there is.
func (r *renderer) columns(p *paragraph, t *markdown.Table, width int) []int {
	look := r.part.styles.look(p.style).with(p.firstProps().direct).metric()
	look.Bold = true
	n := len(t.Aligns)
	least, want := make([]float64, n), make([]float64, n)
	for _, row := range t.Rows {
		if len(row) < n {
			continue // merged over all columns
		}
		for j, spans := range row {
			line := 0.0
			for _, s := range spans {
				line += r.widths.Width(s.Text, look)
				for _, word := range strings.Fields(s.Text) {
					least[j] = max(least[j], r.widths.Width(word, look))
				}
			}
			want[j] = max(want[j], min(line, float64(width)))
		}
	}
	room, sum, extra := float64(width), 0.0, 0.0
	for j := range n {
		if share := t.Share(j); share > 0 {
			least[j], want[j] = share*float64(width), 0
			room -= least[j]
			continue
		}
		least[j] += 2*richMargin + 20
		want[j] = max(want[j]+2*richMargin-least[j], 1)
		sum += least[j]
		extra += want[j]
	}
	out := make([]int, n)
	left := width
	for j := range n {
		switch {
		case t.Share(j) > 0:
		case sum > room: // words will be cut whatever one does
			least[j] *= room / sum
		default:
			least[j] += want[j] / extra * (room - sum)
		}
		out[j] = int(least[j])
		if j == n-1 {
			out[j] = max(left, 1)
		}
		left -= out[j]
	}
	return out
}
