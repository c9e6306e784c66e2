package lint

import (
	"fmt"
	"math"
	"sync"

	"vanthu/templates/metric"
)

// faces are read when first asked for and never change.
var faces = sync.OnceValues(metric.Read)

// ruleFound is what is drawn under a text: the lengths in twips of what may be
// its rule, and whether there are shapes whose length cannot be told.
type ruleFound struct {
	lengths []int
	unclear bool
	typed   bool // of signs, "_____"
}

func (r ruleFound) none() bool { return len(r.lengths) == 0 && !r.unclear }

// room is the width that the lines of a paragraph may take, 0 for unknown.
func room(d *lintDoc, p *lintPara) int {
	width := 0
	switch {
	case p.box != 0 || p.group != spotText:
		return 0
	case p.cell != nil:
		width = p.cell.text
	case p.section < len(d.sections):
		s := d.sections[p.section]
		if !s.width.said || !s.left.said || !s.right.said {
			return 0
		}
		width = s.width.n - s.left.n - s.right.n - s.gutter.n
	}
	return max(0, width-p.format.left.n-p.format.right.n)
}

// printedWidth is how long the last printed line of l is and how long its
// longest, in twips.
func printedWidth(d *lintDoc, l lintLine) (last, longest float64, err error) {
	f, err := faces()
	if err != nil {
		return 0, 0, fmt.Errorf("lint: read widths of letters: %w", err)
	}
	var all []metric.Stretch
	whole := 0.0
	for _, s := range l.spans {
		look := metric.Look{Size: s.look.size.n, Bold: s.look.bold == on, Italic: s.look.italic == on}
		all = append(all, metric.Stretch{Text: s.shown(), Look: look})
		whole += f.Width(s.shown(), look)
	}
	width := float64(room(d, l.para))
	if width <= 0 || whole <= width {
		return whole, whole, nil
	}
	return f.LastLine(all, width), width, nil
}

// ruleBelow looks for the rule under the last of some lines: the border of the
// paragraph, of the one behind it or of an empty one, a shape that hangs on a
// paragraph of the same cell or close by, underlined letters.
func ruleBelow(d *lintDoc, lines []lintLine) ruleFound {
	var found ruleFound
	last := lines[len(lines)-1]
	home := last.para
	if home.cell != nil && home.cell.ruled {
		found.unclear = true
	}
	for _, p := range near(d, lines[0].para, home) {
		for _, shape := range p.drawn {
			if shape.length > 0 {
				found.lengths = append(found.lengths, shape.length)
			} else {
				found.unclear = true
			}
		}
	}
	border := func(p *lintPara) {
		if w := room(d, p); w > 0 {
			found.lengths = append(found.lengths, w)
		} else {
			found.unclear = true
		}
	}
	if home.format.below == on {
		border(home)
	}
	for i := home.index + 1; i <= lastOf(d, home) || home.cell == nil && home.box == 0 && i < len(d.paras); i++ {
		p := d.paras[i]
		if home.cell != nil && !below(home, p) {
			continue
		}
		if p.table != home.table || p.box != home.box {
			break
		}
		if typedRule.MatchString(p.plain) {
			found.typed = true
			if w, _, err := printedWidth(d, p.lines("")[0]); err == nil {
				found.lengths = append(found.lengths, int(w))
			}
			break
		}
		if p.format.above == on || p.blank() && p.format.below == on {
			border(p)
			break
		}
		if !p.blank() {
			break
		}
	}
	if every(last.spans, func(f runFormat) bool { return f.underline == on }) {
		if w, _, err := printedWidth(d, last); err == nil {
			found.lengths = append(found.lengths, int(w))
		}
	}
	return found
}

// near are the paragraphs that a shape may hang on to be drawn under the text
// from first to last.
func near(d *lintDoc, first, last *lintPara) []*lintPara {
	var out []*lintPara
	if first.cell != nil {
		for i := firstOf(d, first); i <= lastOf(d, first); i++ {
			if below(first, d.paras[i]) {
				out = append(out, d.paras[i])
			}
		}
		return out
	}
	const around = 3 // paragraphs, empty ones too
	for _, p := range d.paras[max(0, first.index-1):min(len(d.paras), last.index+1+around)] {
		if p.table == nil {
			out = append(out, p)
		}
	}
	return out
}

// below says whether a paragraph is of the same cell or of the one below it.
func below(home, p *lintPara) bool {
	return p.table == home.table && p.cell.column == home.cell.column && (p.cell.row == home.cell.row || p.cell.row == home.cell.row+1)
}

// checkRule judges the rule under lines of text by its share of the last
// line's length: low to high.
func checkRule(d *lintDoc, f *finder, name string, lines []lintLine, low, high float64) {
	if d.pages != nil {
		d.pages.checkRule(f, name, lines, low, high)
		return
	}
	const tolerance = 0.05
	found := ruleBelow(d, lines)
	at := lines[len(lines)-1].para.spot()
	if found.none() {
		if strayShapes(d, lines) {
			return
		}
		f.breach(at, "Dưới "+name+" không có đường kẻ ngang", "", "đường kẻ ngang, nét liền, dài "+shareText(low, high))
		return
	}
	if found.typed {
		f.warn(at, "Đường kẻ dưới "+name+" gõ bằng ký tự", "", "đường kẻ vẽ, nét liền")
	}
	last, longest, err := printedWidth(d, lines[len(lines)-1])
	if err != nil || last <= 0 {
		return
	}
	for _, l := range lines {
		_, w, _ := printedWidth(d, l)
		longest = max(longest, w)
	}
	best, off := 0, math.Inf(1)
	for _, n := range found.lengths {
		share := float64(n) / last
		out := max(low-tolerance-share, share-high-tolerance, 0)
		if out < off {
			best, off = n, out
		}
	}
	switch {
	case off == 0 || found.unclear:
	case float64(best) >= (low-tolerance)*last && float64(best) <= (high+tolerance)*longest:
		f.warn(at, "Đường kẻ dưới "+name+" dài theo dòng khác, không theo dòng cuối", mm(best), fmt.Sprintf("%s (dòng chữ dài %s)", shareText(low, high), mm(int(last))))
	default:
		f.breach(at, "Đường kẻ dưới "+name+" dài không đúng", mm(best), fmt.Sprintf("%s (dòng chữ dài %s)", shareText(low, high), mm(int(last))))
	}
}

func shareText(low, high float64) string {
	if low == high {
		return "bằng độ dài dòng chữ"
	}
	return "từ 1/3 đến 1/2 độ dài dòng chữ"
}

// strayShapes says whether shapes hang on paragraphs around some lines and in
// no cell of theirs: whose rule they are cannot be told.
func strayShapes(d *lintDoc, lines []lintLine) bool {
	first, last := lines[0].para, lines[len(lines)-1].para
	for i := firstOf(d, first) - 1; i <= lastOf(d, last)+1; i++ {
		if i < 0 || i >= len(d.paras) {
			continue
		}
		if p := d.paras[i]; len(p.drawn) > 1 || len(p.drawn) == 1 && p.cell == nil {
			return true
		}
	}
	return false
}
