package lint

import (
	"fmt"
	"regexp"
	"strings"
)

// singleLine is the height of a single line of Times New Roman, in sizes.
const singleLine = 1.15

// checkBody is R12: size, alignment, first-line indent, gap and line spacing of
// the text between title and end mark, tables aside.
func checkBody(d *lintDoc, f *finder) {
	for _, t := range d.zones.texts() {
		checkText(d, f, t.body)
	}
}

func checkText(d *lintDoc, f *finder, body []*lintPara) {
	var before *lintPara
	for _, p := range body {
		if found, wrong := wrongSize(p.spans, 13, 14); wrong {
			f.breach(p.spot(), "Cỡ chữ của nội dung không đúng", found, sizeRange(13, 14))
		}
		if !p.centredHeading() && !caption(d, p) {
			checkAlignment(f, p)
			checkIndent(d, f, p)
		}
		checkLines(f, p)
		if before != nil && before.index+1 == p.index && before.section == p.section && p.format.pageBreak != on &&
			!before.centredHeading() && !p.centredHeading() {
			checkGap(f, before, p)
		}
		before = p
	}
}

var centredWords = regexp.MustCompile(`^(?i:phần|chương|mục|tiểu mục|điều)\s`)

// centredHeading: phần, chương, mục, the line "QUYẾT ĐỊNH:" and the like stand
// in the middle, bold.
func (p *lintPara) centredHeading() bool {
	return p.centred() && p.bold() && (strings.ToUpper(p.plain) == p.plain || centredWords.MatchString(p.plain))
}

// caption: a short line at a table or picture, such as "Đơn vị tính: đồng".
func caption(d *lintDoc, p *lintPara) bool {
	if p.format.align == "both" || len([]rune(p.plain)) > 80 {
		return false
	}
	beside := func(i int) bool {
		if i < 0 || i >= len(d.paras) {
			return false
		}
		q := d.paras[i]
		return q.table != nil || q.picture
	}
	return beside(p.index-1) || beside(p.index+1)
}

func checkAlignment(f *finder, p *lintPara) {
	switch p.format.align {
	case "both", "distribute":
		return
	case "left", "start", "":
		if isHeading(p) && p.bold() {
			return // on one line it is the same
		}
	}
	f.breach(p.spot(), "Nội dung không canh đều hai lề", aligned(p.format.align), "canh đều hai lề")
}

func checkIndent(d *lintDoc, f *finder, p *lintPara) {
	const expected = "dòng đầu lùi 1 cm hoặc 1,27 cm, các dòng sau sát lề"
	if left := p.format.left.n; !within(left, 0, 0) {
		f.breach(p.spot(), "Cả đoạn bị lùi khỏi lề trái", "lùi "+mm(left), expected)
		return
	}
	if right := p.format.right.n; !within(right, 0, 0) {
		f.breach(p.spot(), "Cả đoạn bị lùi khỏi lề phải", "lùi "+mm(right), expected)
	}
	first := p.format.left.n + p.format.first.n
	for range leadingTabs(p) {
		first, _ = nextTab(d, p, first)
	}
	if !within(first, 10, 10) && !within(first, 12.7, 12.7) {
		f.breach(p.spot(), "Dòng đầu của đoạn lùi không đúng", "lùi "+mm(first), expected)
	}
}

// leadingTabs counts the tabs that a paragraph begins with.
func leadingTabs(p *lintPara) int {
	n := 0
	if p.label != "" {
		return 0
	}
	for _, s := range p.spans {
		rest := strings.TrimLeft(s.text, "\t")
		n += len(s.text) - len(rest)
		if rest != "" {
			break
		}
	}
	return min(n, 20)
}

func checkLines(f *finder, p *lintPara) {
	largest := 0
	for _, s := range inked(p.spans) {
		largest = max(largest, s.look.size.n)
	}
	if largest == 0 {
		return
	}
	single := float64(largest) * 10 * singleLine // twips
	times := float64(p.format.line.n) / 240
	switch p.format.lineRule {
	case "exact":
		times = float64(p.format.line.n) / single
	case "atLeast":
		times = max(1, float64(p.format.line.n)/single)
	}
	const tolerance = 0.02 // a quarter of a point at 14 pt
	if times < 1-tolerance || times > 1.5+tolerance {
		f.breach(p.spot(), "Khoảng cách dòng không đúng", strings.ReplaceAll(fmt.Sprintf("%.2f dòng", times), ".", ","), "từ 1 đến 1,5 dòng")
	}
}

// checkGap is lenient where programs differ: some add the space below one
// paragraph to the space above the next, some take the larger.
func checkGap(f *finder, above, p *lintPara) {
	after, before := above.format.after.n, p.format.before.n
	if above.style == p.style {
		if above.format.contextual == on {
			after = 0
		}
		if p.format.contextual == on {
			before = 0
		}
	}
	const least, tolerance = 120, 5 // twips: 6 pt, 0.25 pt
	if after+before < least-tolerance {
		f.breach(p.spot(), "Khoảng cách với đoạn trên quá nhỏ", decimalPoints(after+before), "ít nhất 6 pt")
	}
}

// decimalPoints is a length in twips for people: "5,5 pt".
func decimalPoints(twips int) string { return decimal(fmt.Sprintf("%.1f", float64(twips)/20)) + " pt" }
