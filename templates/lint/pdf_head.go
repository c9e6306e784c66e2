package lint

import (
	"math"
	"strings"
)

// lineAt is the printed line that a lintLine ends with.
func (d *pdfDoc) lineAt(l *lintLine) *run {
	if l == nil {
		return nil
	}
	lines := d.places[l.para].lines
	return lines[len(lines)-1]
}

// pdfNation is R6: words and look, in the right half, one centred under the
// other, with the rule.
func pdfNation(d *pdfDoc, f *finder) {
	checkNation(d.lintDoc, f)
	nation, motto := d.lineAt(d.zones.nation), d.lineAt(d.zones.motto)
	if nation == nil {
		return
	}
	at := d.zones.nation.para.spot()
	if s := nation.sheet; nation.middle() < s.width/2 || nation.left < 0.4*s.width {
		f.breach(at, "Quốc hiệu không ở phía trên, bên phải trang", "cách mép trái giấy "+mmText(nation.left), "nửa bên phải của trang đầu")
	}
	if motto == nil {
		return
	}
	const slack = 1.5 * pointsPerMM
	switch off := math.Abs(nation.middle() - motto.middle()); {
	case motto.sheet != nation.sheet || motto.y > nation.y:
		f.breach(d.zones.motto.para.spot(), "Tiêu ngữ không ở dưới Quốc hiệu", "", "ngay dưới Quốc hiệu")
	case off > slack:
		f.breach(d.zones.motto.para.spot(), "Tiêu ngữ không canh giữa dưới Quốc hiệu", "lệch "+mmText(off), "canh giữa dưới Quốc hiệu")
	}
}

// pdfDate is R9: with the baseline of the number.
func pdfDate(d *pdfDoc, f *finder) {
	checkDate(d.lintDoc, f)
	number, date := d.lineAt(d.zones.number), d.lineAt(d.zones.date)
	if number == nil || date == nil {
		return
	}
	const slack = 2 // points
	if off := math.Abs(number.y - date.y); number.sheet != date.sheet || off > slack {
		f.breach(d.zones.date.para.spot(), "Địa danh, thời gian không cùng dòng với số, ký hiệu", "lệch "+mmText(off), "trên cùng một dòng với số, ký hiệu văn bản")
	}
}

// checkRule judges the rule drawn under the last of some lines: from low to
// high of its length, solid, in its middle.
func (d *pdfDoc) checkRule(f *finder, name string, lines []lintLine, low, high float64) {
	const tolerance = 0.05
	at := lines[len(lines)-1].para.spot()
	last := d.lineAt(&lines[len(lines)-1])
	rule, typed := d.ruleUnder(last)
	if rule == nil {
		f.breach(at, "Dưới "+name+" không có đường kẻ ngang", "", "đường kẻ ngang, nét liền, dài "+shareText(low, high))
		return
	}
	if typed {
		f.warn(at, "Đường kẻ dưới "+name+" gõ bằng ký tự", "", "đường kẻ vẽ, nét liền")
	}
	longest := last.width()
	for i := range lines {
		longest = max(longest, d.lineAt(&lines[i]).width())
	}
	want := shareText(low, high) + " (dòng chữ dài " + mmText(last.width()) + ")"
	switch n := rule.length(); {
	case n >= (low-tolerance)*last.width() && n <= (high+tolerance)*last.width():
	case n >= (low-tolerance)*last.width() && n <= (high+tolerance)*longest:
		f.warn(at, "Đường kẻ dưới "+name+" dài theo dòng khác, không theo dòng cuối", mmText(n), want)
	default:
		f.breach(at, "Đường kẻ dưới "+name+" dài không đúng", mmText(n), want)
	}
	if rule.dashed {
		f.breach(at, "Đường kẻ dưới "+name+" không phải nét liền", "nét đứt", "nét liền")
	}
	const slack = 1.5 * pointsPerMM
	if off := math.Abs((rule.left+rule.right)/2 - last.middle()); off > slack {
		f.breach(at, "Đường kẻ dưới "+name+" không cân đối so với dòng chữ", "lệch "+mmText(off), "ở giữa dòng chữ")
	}
}

// ruleUnder is the nearest level line below a line of text; typed when it is
// made of signs.
func (d *pdfDoc) ruleUnder(r *run) (rule *levelLine, typed bool) {
	reach := 1.3 * r.size // down to where the next line's letters would be
	best := reach
	for _, l := range r.sheet.rules {
		down := r.y - l.y
		if down > -0.1*r.size && down < best && l.left < r.right && l.right > r.left {
			best, rule = down, &l
		}
	}
	if rule != nil {
		return rule, false
	}
	for _, x := range r.sheet.runs {
		if down := r.y - x.y; typedRule.MatchString(x.plain) && strings.TrimSpace(x.plain) != "" && down > 0 && down < 2*reach && x.left < r.right && x.right > r.left {
			return &levelLine{left: x.left, right: x.right, y: x.y}, true
		}
	}
	return nil, false
}
