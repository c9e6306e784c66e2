package lint

import (
	"regexp"
	"strings"

	"vanthu/record"
)

var (
	numberLine = regexp.MustCompile(`^(?i:số)\s*(:|[\d\s…._]*/)`)
	dateLine   = regexp.MustCompile(`^(?:\p{L}[^,/]{0,60})?,?\s*(?i:ngày)[\s\d.…_]*(?i:tháng).*(?i:năm)\s*(\d{2,4}|[\s…._]*)\.?$`)
	yearOfDate = regexp.MustCompile(`(\d{4})\.?$`)
	aboutLine  = regexp.MustCompile(`^(?i:v/v|về việc)[\s:]`)
	typedRule  = regexp.MustCompile(`^[-_–—─=*.\s]{3,}$`)
)

// head finds the lines of the head of page one.
func (z *lintZones) head(d *lintDoc) {
	seen := 0
	for _, p := range d.paras {
		if p.blank() || len(p.plain) > 400 {
			continue
		}
		if seen++; seen > headParas {
			break
		}
		for _, l := range p.lines("\t") {
			var at **lintLine
			switch folded := fold(l.plain); {
			case strings.HasPrefix(folded, "CỘNG HÒA XÃ HỘI"):
				at = &z.nation
			case strings.HasPrefix(folded, "ĐỘC LẬP"):
				at = &z.motto
			case numberLine.MatchString(l.plain):
				at = &z.number
			case dateLine.MatchString(l.plain):
				at = &z.date
			case z.about == nil && z.number != nil && aboutLine.MatchString(l.plain) && !(p.onPage() && p.centred()):
				at = &z.about
			default:
				continue
			}
			if *at == nil && z.nearHead(p) {
				*at = &l
				z.headEnd = max(z.headEnd, lastOf(d, p)+1)
			}
		}
	}
	z.aboutGoesOn(d)
	z.day = "2020-03-05" // the decree's own first day
	if z.date != nil {
		if m := yearOfDate.FindStringSubmatch(z.date.plain); m != nil && m[1] > "2020" {
			z.day = record.Date(m[1] + "-12-31")
		}
	}
	if d.about.Document != nil && d.about.Document.Issuer.Date > z.day {
		z.day = d.about.Document.Issuer.Date
	}
	z.issuer = z.issuerBeside(d, lintHead{nation: z.nation, motto: z.motto})
}

// nearHead says whether a paragraph may still be of the head: what looks like
// a number or a date far below the other lines is of the text.
func (z *lintZones) nearHead(p *lintPara) bool {
	const far = 12
	return z.headEnd == 0 || p.index < z.headEnd+far
}

// aboutGoesOn takes the lines of "V/v ..." on the page out of the body's way.
func (z *lintZones) aboutGoesOn(d *lintDoc) {
	if z.about == nil || !z.about.para.onPage() {
		return
	}
	for i := z.about.para.index + 1; i < len(d.paras); i++ {
		p := d.paras[i]
		if !p.onPage() || p.blank() || p.format.align == "both" || strings.HasPrefix(fold(p.plain), "KÍNH GỬI") || p.bold() {
			return
		}
		z.headEnd = i + 1
	}
}

// issuerBeside are the lines beside Quốc hiệu and Tiêu ngữ: in the cell left of
// theirs, or before the tab on their lines.
func (z *lintZones) issuerBeside(d *lintDoc, h lintHead) []lintLine {
	anchor := h.nation
	if anchor == nil {
		anchor = h.motto
	}
	if anchor == nil || anchor.para.box != 0 {
		return nil
	}
	home := anchor.para
	if home.table == nil {
		return z.issuerByTabs(d, home, h.motto)
	}
	column := -1
	for _, p := range d.paras {
		if p.table == home.table && p.cell.row == home.cell.row && p.cell.column < home.cell.column && !p.blank() {
			column = max(column, p.cell.column)
		}
	}
	var out []lintLine
	for _, p := range d.paras {
		if p.table != home.table || p.cell.column != column || p.cell.row < home.cell.row {
			continue
		}
		for _, l := range p.lines("\t") {
			if z.number != nil && l.para == z.number.para || z.about != nil && l.para == z.about.para {
				return out
			}
			if l.plain != "" && !typedRule.MatchString(l.plain) {
				out = append(out, l)
			}
		}
	}
	return out
}

func (z *lintZones) issuerByTabs(d *lintDoc, home *lintPara, motto *lintLine) []lintLine {
	var out []lintLine
	for _, p := range d.paras[home.index:] {
		if p.table != nil || p.box != 0 || z.number != nil && p == z.number.para || p.index > home.index+3 {
			break
		}
		lines := p.lines("\t")
		if first := lines[0]; first.plain != "" && len(lines) > 1 && !typedRule.MatchString(first.plain) {
			out = append(out, first)
		}
		if motto != nil && p == motto.para {
			break
		}
	}
	return out
}
