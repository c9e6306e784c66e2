package lint

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// para is a new paragraph of one printed line.
func (l *layout) para(s *sheet, line ...*run) *lintPara {
	l.counts[s]++
	p := &lintPara{group: spotSheets + s.number, part: fmt.Sprintf("trang %d", s.number), number: l.counts[s]}
	l.places[p] = &place{sheet: s}
	l.join(p, line)
	if len(line) == 1 && l.centred(s, line[0]) {
		p.format.align = "center"
	}
	return p
}

// join puts a printed line behind those that the paragraph has.
func (l *layout) join(p *lintPara, line []*run) {
	if n := len(p.spans); n > 0 {
		last := &p.spans[n-1]
		if text := []rune(last.text); !splitWord(text, line[0].plain) {
			last.text += " "
		}
	}
	for i, r := range line {
		if i > 0 {
			p.spans = append(p.spans, lintSpan{text: "\t", look: r.spans[0].look})
		}
		p.spans = append(p.spans, r.spans...)
	}
	at := l.places[p]
	at.lines = append(at.lines, line...)
	p.plain = plainOf("", p.spans)
}

// splitWord says whether a line was broken behind a hyphen inside a word, as
// "343/QĐ-" and "UBND".
func splitWord(before []rune, next string) bool {
	n := len(before)
	if n < 2 || before[n-1] != '-' || next == "" {
		return false
	}
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return letter(before[n-2]) && letter([]rune(next)[0])
}

func (l *layout) keep(to *[]*lintPara, p *lintPara) { *to = append(*to, p) }

// add ends the open paragraph and begins another, which the next line may go
// on when it is open.
func (l *layout) add(p *lintPara, open bool, last *run) {
	l.paras = append(l.paras, p)
	l.open, l.last = nil, nil
	if open {
		l.open, l.last = p, last
	}
}

func (l *layout) flush() { l.open, l.last = nil, nil }

// cells is a table of two columns that holds head or closing.
type cells struct {
	table       *lintTable
	left, right *lintCell
}

// layoutWidth marks the cells of columns that no lines are drawn around.
const layoutWidth = -1

func twoColumns() cells {
	t := &lintTable{rows: 1}
	t.outer = t
	return cells{t, &lintCell{width: layoutWidth}, &lintCell{column: 1, width: layoutWidth}}
}

func (l *layout) inCell(p *lintPara, c cells, right bool) {
	p.table, p.cell = c.table, c.left
	if right {
		p.cell = c.right
	}
	if n := len(l.paras); n > 0 && l.paras[n-1].cell == p.cell {
		p.format.before = measure{int(20 * gapBetween(l.places[l.paras[n-1]], l.places[p])), true}
	}
	l.add(p, false, nil)
}

// gapBetween is the space between two paragraphs of one page whose lines are
// single, in points.
func gapBetween(above, below *place) float64 {
	last, first := above.lines[len(above.lines)-1], below.lines[0]
	if last.sheet != first.sheet {
		return 0
	}
	return max(0, last.y-first.y-singleLine*first.size)
}

var mottoBegin = regexp.MustCompile(`^(?i:độc lập)`)

// head makes two columns of what stands beside Quốc hiệu and below, down to
// number and date, and of the subject of a letter below the number. It returns
// the other runs.
func (l *layout) head(p *pageLayout, runs []*run) []*run {
	const reach = 70 * pointsPerMM
	right := func(r *run) bool { return r.middle() > p.nation.left }
	end := p.nation.y
	for _, form := range []*regexp.Regexp{mottoBegin, numberLine, dateLine} {
		for _, r := range runs { // the first one only: the text has dates too
			if below := p.nation.y - r.y; below >= 0 && below < reach && form.MatchString(r.plain) {
				end = min(end, r.y)
				break
			}
		}
	}
	var last *run // of the left column
	var mine, rest []*run
	for _, r := range runs {
		left := !right(r)
		inside := r.y >= end-2 && r.y <= p.nation.y+30
		if !inside && left && r.y < end {
			// "V/v ..." or more lines of what stands there.
			inside = end-r.y < 40 && aboutLine.MatchString(r.plain) && !l.centred(p.sheet, r) ||
				last != nil && last.y-r.y < 1.6*last.size && r.right < p.width/2+20 && r.size < 13.6 && !strings.HasPrefix(fold(r.plain), "KÍNH GỬI")
		}
		if !inside {
			rest = append(rest, r)
			continue
		}
		mine = append(mine, r)
		if left {
			last = r
		}
	}
	c := twoColumns()
	var subject *lintPara
	for _, side := range []bool{false, true} {
		for _, r := range mine {
			switch {
			case right(r) != side:
			case subject != nil && r.y < l.places[subject].lines[0].y && !side:
				l.join(subject, []*run{r})
			default:
				para := l.para(p.sheet, r)
				if aboutLine.MatchString(r.plain) && !side {
					subject = para
				}
				l.inCell(para, c, side)
			}
		}
	}
	return rest
}

// closing makes two columns of recipients and signature.
func (l *layout) closing(p *pageLayout, runs []*run) {
	edge := l.columns[p.landscape()].left + 30
	if p.label != nil {
		edge = p.label.left + 30
	}
	c := l.closed
	if c.table == nil {
		c = twoColumns()
		l.closed = c
	}
	for _, side := range []bool{false, true} {
		for _, r := range runs {
			switch {
			case (r.left > edge) != side:
			case !side && l.entry != nil && goesOn(l.entry, r):
				l.join(l.entry, []*run{r})
			default:
				para := l.para(p.sheet, r)
				if !side {
					l.entry = para
				}
				l.inCell(para, c, side)
			}
		}
	}
}

// goesOn says whether a line of the recipients belongs to the entry above.
func goesOn(entry *lintPara, r *run) bool {
	if strings.HasPrefix(r.plain, "-") || drafterLine.MatchString(r.plain) {
		return false
	}
	return !strings.HasSuffix(entry.plain, ";") && !strings.HasSuffix(entry.plain, ":") && !strings.HasSuffix(entry.plain, ".")
}

// text makes paragraphs of lines and of the tables between them.
func (l *layout) text(p *pageLayout, runs []*run, tables []*grid) {
	for _, line := range linesOf(runs) {
		for len(tables) > 0 && tables[0].top > line[0].y {
			l.table(p, tables[0])
			tables = tables[1:]
		}
		l.line(p, line)
	}
	for _, g := range tables {
		l.table(p, g)
	}
}

// line begins a paragraph or goes on with the open one.
func (l *layout) line(p *pageLayout, line []*run) {
	first, last := line[0], line[len(line)-1]
	if l.open != nil && l.continues(p, line) {
		l.join(l.open, line)
		if l.last = last; l.open.format.align != "center" {
			l.open.format.align = "both"
		} else if closed(l.open.plain) {
			l.flush()
		}
		return
	}
	para := l.para(p.sheet, line...)
	c := l.columns[p.landscape()]
	if para.format.align == "" && first.left-c.left < 60 && c.right-last.right < 6 {
		para.format.align = "both"
	}
	l.add(para, para.format.align != "center" || !closed(para.plain), last)
}

// closed says whether every bracket is.
func closed(s string) bool { return strings.Count(s, "(") <= strings.Count(s, ")") }

// continues: a line at the left margin below a line that reaches the right
// one, of the same kind; or the rest of what is in brackets in the middle.
func (l *layout) continues(p *pageLayout, line []*run) bool {
	const slack = 6 // points
	first, last := line[0], l.last
	c := l.columns[p.landscape()]
	samePage := last.sheet == first.sheet
	if l.open.format.align == "center" {
		return samePage && len(line) == 1 && l.centred(p.sheet, first) && last.y-first.y < 2*first.size
	}
	switch {
	case math.Abs(first.left-c.left) > slack, last.sheet.landscape() != p.landscape():
		return false
	case samePage && last.y-first.y > 2.6*max(first.size, last.size):
		return false
	case math.Abs(first.size-last.size) > 1:
		return false
	}
	// What does not reach the margin could not take the next word.
	word, _, _ := strings.Cut(first.plain, " ")
	need := first.width() * float64(len([]rune(word))+1) / float64(max(1, len([]rune(first.plain))))
	return c.right-last.right < max(need, slack)
}

// table makes a paragraph of each printed line of a table, cell by cell, or of
// a box.
func (l *layout) table(p *pageLayout, g *grid) {
	t := &lintTable{rows: len(g.ys) - 1}
	t.outer = t
	known := map[[2]int]*lintCell{}
	type held struct {
		r           *run
		column, row int
	}
	var all []held
	for _, r := range p.framed {
		if g.holds(r) {
			column, row := g.cell(r)
			all = append(all, held{r, column, row})
		}
	}
	slices.SortStableFunc(all, func(a, b held) int {
		if a.row != b.row {
			return a.row - b.row
		}
		if a.column != b.column {
			return a.column - b.column
		}
		return topDown(a.r, b.r)
	})
	if g.box() {
		l.boxes++
	}
	for _, x := range all {
		para := l.para(p.sheet, x.r)
		if g.box() {
			para.box = l.boxes
		} else {
			at := [2]int{x.column, x.row}
			if known[at] == nil {
				known[at] = &lintCell{column: x.column, row: x.row}
			}
			para.table, para.cell = t, known[at]
		}
		l.add(para, false, nil)
	}
}
