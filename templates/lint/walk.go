package lint

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// inside is where a block stands.
type inside struct {
	table *lintTable
	cell  *lintCell
	box   int
	host  *lintPara // of the text box
}

func (r *lintReader) blocks(e *etree.Element, in inside) {
	for _, child := range e.ChildElements() {
		if r.err != nil {
			return
		}
		r.block(child, in)
	}
}

// block reads an element that may hold paragraphs: whatever wraps them, they
// are printed, except what was deleted or moved away under revision marks and
// the second reading of content that is given twice.
func (r *lintReader) block(e *etree.Element, in inside) {
	switch {
	case ooxml.IsW(e, "p"):
		r.paragraph(e, in)
	case ooxml.IsW(e, "tbl"):
		r.table(e, in)
	case ooxml.IsW(e, "del"), ooxml.IsW(e, "moveFrom"), ooxml.IsW(e, "sectPr"):
	case e.Tag == "AlternateContent":
		r.blocks(chosen(e), in)
	default:
		r.blocks(e, in)
	}
}

// chosen is the reading of mc:AlternateContent that a new Word takes.
func chosen(e *etree.Element) *etree.Element {
	for _, c := range e.ChildElements() {
		if c.Tag == "Choice" {
			return c
		}
	}
	return e
}

func (r *lintReader) paragraph(e *etree.Element, in inside) {
	r.number++
	r.total++
	if r.total > maxLintParas {
		r.err = ooxml.TooLarge("có hơn %d đoạn", maxLintParas)
		return
	}
	if r.total%256 == 0 && r.ctx.Err() != nil {
		r.err = fmt.Errorf("lint: %w", r.ctx.Err())
		return
	}
	p := &lintPara{group: r.group, part: r.part, number: r.number, table: in.table, cell: in.cell, box: in.box, host: in.host}
	if r.group == spotText {
		p.section = len(r.doc.sections) - 1
	}
	pPr := e.SelectElement("w:pPr")
	look := r.dress(p, pPr)
	*r.out = append(*r.out, p) // before what stands in its text boxes
	r.inline(e, p, look)
	p.plain = plainOf(p.label, p.spans)
	if pPr == nil || r.group != spotText || !p.onPage() {
		return
	}
	if s := pPr.SelectElement("w:sectPr"); s != nil {
		r.ends = append(r.ends, s)
		r.doc.sections = append(r.doc.sections, &lintSection{number: len(r.doc.sections) + 1, first: len(r.doc.paras)})
	}
}

// dress gives a paragraph its effective formatting and its label.
func (r *lintReader) dress(p *lintPara, pPr *etree.Element) paragraphLook {
	if pPr != nil {
		if s := pPr.SelectElement("w:pStyle"); s != nil {
			p.style = wAttr(s, "val")
		}
	}
	table := &lintStyle{}
	if p.table != nil {
		table = p.table.style
	}
	if r.styles.all[p.style] == nil {
		p.style = r.styles.defaults["paragraph"]
	}
	style := r.styles.style("paragraph", p.style)
	direct := readParaFormat(pPr)
	base := r.styles.para.over(table.para)
	p.format = base.over(style.para).over(direct)
	if k, level := r.lists.level(p.format, p.style); k != nil {
		p.label = r.lists.next(k, level)
		list := k.shape.levels[level].para
		if direct.list.said {
			p.format = base.over(style.para).over(list).over(direct)
		} else {
			p.format = base.over(list).over(style.para).over(direct)
		}
	}
	return r.styles.paragraph(table, style)
}

func (r *lintReader) inline(e *etree.Element, p *lintPara, look paragraphLook) {
	for _, child := range e.ChildElements() {
		switch {
		case r.err != nil:
			return
		case ooxml.IsW(child, "r"):
			r.run(child, p, look)
		case ooxml.IsW(child, "pPr"), ooxml.IsW(child, "del"), ooxml.IsW(child, "moveFrom"), child.Space == "m":
		case child.Tag == "AlternateContent":
			r.inline(chosen(child), p, look)
		case ooxml.IsW(child, "fldSimple"):
			plain := look.run("", runFormat{})
			r.openField(plain)
			r.instruction(plain, wAttr(child, "instr"))
			r.resultBegins(p)
			r.inline(child, p, look)
			r.closeField()
		default:
			r.inline(child, p, look)
		}
	}
}

func (r *lintReader) run(e *etree.Element, p *lintPara, look paragraphLook) {
	rPr := e.SelectElement("w:rPr")
	character := ""
	if rPr != nil {
		if s := rPr.SelectElement("w:rStyle"); s != nil {
			character = wAttr(s, "val")
		}
	}
	r.content(e, p, look.run(character, readRunFormat(rPr, r.styles.theme)))
}

func (r *lintReader) content(e *etree.Element, p *lintPara, f runFormat) {
	for _, x := range e.ChildElements() {
		if x.Tag == "AlternateContent" {
			r.content(chosen(x), p, f)
			continue
		}
		switch {
		case ooxml.IsW(x, "t"):
			text := x.Text()
			if x.SelectAttrValue("xml:space", "") != "preserve" {
				text = strings.Trim(text, " \t\r\n")
			}
			r.text(p, f, strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
		case ooxml.IsW(x, "tab"), ooxml.IsW(x, "ptab"):
			r.text(p, f, "\t")
			if wAttr(x, "alignment") == "center" {
				p.format.framed = true
			}
		case ooxml.IsW(x, "br"), ooxml.IsW(x, "cr"):
			r.text(p, f, "\n")
		case ooxml.IsW(x, "noBreakHyphen"):
			r.text(p, f, "\u2011")
		case ooxml.IsW(x, "pgNum"):
			p.spans = append(p.spans, lintSpan{look: f, field: "PAGE", code: "PAGE"})
		case ooxml.IsW(x, "instrText"):
			r.instruction(f, x.Text())
		case ooxml.IsW(x, "fldChar"):
			switch wAttr(x, "fldCharType") {
			case "begin":
				r.openField(f)
			case "separate":
				r.resultBegins(p)
			case "end":
				r.resultBegins(p) // of one that has no result
				r.closeField()
			}
		case ooxml.IsW(x, "drawing"), ooxml.IsW(x, "pict"), ooxml.IsW(x, "object"):
			p.picture = true
			p.drawn = append(p.drawn, drawnLines(x)...)
			r.textBoxes(x, p)
		}
	}
}

func (r *lintReader) textBoxes(e *etree.Element, host *lintPara) {
	for _, x := range e.ChildElements() {
		switch {
		case x.Tag == "AlternateContent":
			r.textBoxes(chosen(x), host)
		case ooxml.IsW(x, "txbxContent"):
			r.boxes++
			r.blocks(x, inside{box: r.boxes, host: host})
		default:
			r.textBoxes(x, host)
		}
	}
}
