package lint

import (
	"fmt"
	"math"
	"strings"
)

// pdfSpacing is R12 as far as a page shows it: the distance of lines, and the
// gaps between paragraphs.
func pdfSpacing(d *pdfDoc, f *finder) {
	for _, t := range d.zones.texts() {
		var before *lintPara
		for _, p := range t.body {
			d.checkPitch(f, p)
			if before != nil && before.index+1 == p.index && !before.centredHeading() && !p.centredHeading() {
				d.checkGap(f, before, p)
			}
			before = p
		}
	}
}

// pitches are the distances between the lines of a paragraph, in single lines;
// lines of several sizes and page breaks tell nothing.
func (d *pdfDoc) pitches(p *lintPara) []float64 {
	var out []float64
	lines := d.places[p].lines
	for i := 1; i < len(lines); i++ {
		a, b := lines[i-1], lines[i]
		if a.sheet == b.sheet && !sameLine(a, b) && math.Abs(a.size-b.size) < 0.1 {
			out = append(out, (a.y-b.y)/(singleLine*b.size))
		}
	}
	return out
}

func (d *pdfDoc) checkPitch(f *finder, p *lintPara) {
	const tolerance = 0.04 // positions are rounded
	for _, times := range d.pitches(p) {
		if times < 1-tolerance || times > 1.5+tolerance {
			f.breach(p.spot(), "Khoảng cách dòng không đúng", strings.ReplaceAll(fmt.Sprintf("%.2f dòng", times), ".", ","), "từ 1 đến 1,5 dòng")
			return
		}
	}
}

// checkGap takes the lines for single ones: what wider lines leave above the
// first is not the same in all programs.
func (d *pdfDoc) checkGap(f *finder, above, below *lintPara) {
	const least, tolerance = 6, 0.5 // points
	a, b := d.places[above], d.places[below]
	last, first := a.lines[len(a.lines)-1], b.lines[0]
	if last.sheet != first.sheet || sameLine(last, first) {
		return
	}
	if gap := last.y - first.y - singleLine*max(last.size, first.size); gap < least-tolerance {
		f.breach(below.spot(), "Khoảng cách với đoạn trên quá nhỏ", decimalPoints(int(math.Round(20*max(0, gap)))), "ít nhất 6 pt")
	}
}

// pdfAnnexes is R18: words and look, and that each annex begins its own page.
func pdfAnnexes(d *pdfDoc, f *finder) {
	checkAnnexes(d.lintDoc, f)
	for _, a := range d.zones.annexes {
		if first := d.paras[a.start]; !d.beginsSheet(a) {
			f.breach(first.spot(), "Phụ lục, văn bản kèm theo không bắt đầu ở trang riêng", clipTo(first.plain, 60), "trang mới")
		}
	}
}
