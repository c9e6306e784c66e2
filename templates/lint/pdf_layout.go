package lint

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// column is where the text of pages stands, left and right, in points.
type column struct{ left, right float64 }

func (c column) middle() float64 { return (c.left + c.right) / 2 }

// layOut makes paragraphs of the runs of all pages, in the order in which they
// are read: page number, head in two columns, text, recipients beside the
// signature, annexes.
func (d *pdfDoc) layOut(ctx context.Context) error {
	l := &layout{pdfDoc: d}
	for _, s := range d.sheets {
		l.pages = append(l.pages, l.sort(s))
	}
	l.measure()
	l.findClosing()
	for _, p := range l.pages {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("lint: %w", err)
		}
		l.page(p)
	}
	l.flush()
	for i, p := range d.paras {
		p.index = i
	}
	d.columns = l.columns
	return nil
}

// layout is the work of putting pages together.
type layout struct {
	*pdfDoc
	pages   []*pageLayout
	columns map[bool]column // of upright and of landscape pages
	open    *lintPara       // the paragraph that the next line may go on
	last    *run            // its last line
	boxes   int
	closed  cells     // of recipients and signature
	entry   *lintPara // the last recipient
	counts  map[*sheet]int
}

// pageLayout is a page with its runs by what they are of.
type pageLayout struct {
	*sheet
	framed  []*run
	body    []*run // all that is in no table and no box, from top to bottom
	nation  *run   // Quốc hiệu: what is beside it and below is the head
	closing bool   // recipients and signature go on from the page before
	label   *run   // "Nơi nhận:", where they begin
}

// sort separates page number, tables and the rest.
func (l *layout) sort(s *sheet) *pageLayout {
	p := &pageLayout{sheet: s}
	for _, r := range s.runs {
		if slices.ContainsFunc(s.grids, func(g *grid) bool { return g.holds(r) }) {
			p.framed = append(p.framed, r)
		} else {
			p.body = append(p.body, r)
		}
	}
	slices.SortStableFunc(p.body, topDown)
	if n := p.findFolio(); n != nil {
		l.folios[s] = n
	}
	for _, r := range p.body {
		if p.nation == nil && strings.HasPrefix(fold(r.plain), "CỘNG HÒA XÃ HỘI") && r.y > s.height/2 {
			p.nation = r
		}
	}
	return p
}

func topDown(a, b *run) int {
	return cmp.Or(cmp.Compare(math.Round(b.y), math.Round(a.y)), cmp.Compare(a.left, b.left))
}

var folioForm = regexp.MustCompile(`^(?i:trang)?[\s\-–—.]*(\d{1,4}|[IVXLC]{1,7}|[ivxlc]{1,7})(?:\s*/\s*\d{1,4})?[\s\-–—.]*$`)

// findFolio takes the page number out: alone on the first line, or on the last.
func (p *pageLayout) findFolio() *folio {
	const band = 40 * pointsPerMM
	n := len(p.body)
	if n == 0 {
		return nil
	}
	alone := func(i int) bool {
		return (i == 0 || !sameLine(p.body[i-1], p.body[i])) && (i == n-1 || !sameLine(p.body[i+1], p.body[i]))
	}
	if first := p.body[0]; alone(0) && first.y > p.height-band && folioForm.MatchString(first.plain) {
		p.body = p.body[1:]
		return folioOf(first, false)
	}
	if last := p.body[n-1]; alone(n-1) && last.y < band && folioForm.MatchString(last.plain) {
		p.body = p.body[:n-1]
		return folioOf(last, true)
	}
	return nil
}

func sameLine(a, b *run) bool { return math.Abs(a.y-b.y) < 2 }

// measure finds the column of the text: the outermost left edge that two lines
// share, and the right edge that most lines share, as justified lines do.
func (l *layout) measure() {
	l.columns, l.counts = map[bool]column{}, map[*sheet]int{}
	for _, wide := range []bool{false, true} {
		var left, right []float64
		for _, p := range l.pages {
			if p.landscape() == wide {
				for _, line := range linesOf(p.body) {
					left = append(left, line[0].left)
					if last := line[len(line)-1]; last.size > 12.5 { // recipients have an edge of their own
						right = append(right, last.right)
					}
				}
			}
		}
		if len(left) > 0 {
			l.columns[wide] = column{outermost(left), commonest(right, usualRight(l.pages, wide))}
		}
	}
}

// outermost is the first of some edges that the next one shares, or the first.
func outermost(edges []float64) float64 {
	slices.Sort(edges)
	for i := range edges[:len(edges)-1] {
		if edges[i+1]-edges[i] < 1 {
			return edges[i]
		}
	}
	return edges[0]
}

// commonest is the last of the edges that most lines share, at least three, or
// what is usual.
func commonest(edges []float64, usual float64) float64 {
	const near, least = 1.5, 3
	slices.Sort(edges)
	best, most := usual, least-1
	for from, to := 0, 0; to < len(edges); to++ {
		for edges[to]-edges[from] > near {
			from++
		}
		if n := to - from + 1; n > most {
			best, most = edges[to], n
		}
	}
	return best
}

// usualRight is the right edge of the text where no lines show it: in the
// middle of what is allowed.
func usualRight(pages []*pageLayout, wide bool) float64 {
	for _, p := range pages {
		if p.landscape() == wide {
			return p.width - 17.5*pointsPerMM
		}
	}
	return 0
}

// linesOf groups runs, sorted from the top, that stand on one line.
func linesOf(runs []*run) [][]*run {
	var out [][]*run
	for _, r := range runs {
		if n := len(out); n > 0 && sameLine(out[n-1][0], r) {
			out[n-1] = append(out[n-1], r)
			continue
		}
		out = append(out, []*run{r})
	}
	for _, line := range out {
		slices.SortStableFunc(line, func(a, b *run) int { return cmp.Compare(a.left, b.left) })
	}
	return out
}

// findClosing finds the recipients, and the pages that they and the signature
// go on to.
func (l *layout) findClosing() {
	for i, p := range l.pages {
		for _, r := range p.body {
			if labelLine.MatchString(r.plain) && r.left < p.width/2 {
				p.label = r
				break
			}
		}
		if p.label == nil {
			continue
		}
		for _, next := range l.pages[i+1:] {
			if !l.goesOn(next) {
				return
			}
			next.closing = true
		}
		return
	}
}

// goesOn says whether a page begins with more recipients or with the rest of a
// signature.
func (l *layout) goesOn(p *pageLayout) bool {
	if len(p.body) == 0 || p.nation != nil {
		return false
	}
	first, c := p.body[0], l.columns[p.landscape()]
	if first.size < 12 && first.left < c.left+30 && first.right < c.middle() {
		return true
	}
	return first.left > c.middle() && every(first.spans, isBold)
}

// page makes the paragraphs of a page.
func (l *layout) page(p *pageLayout) {
	if n := l.folios[p.sheet]; n != nil {
		l.keep(&l.running, l.para(p.sheet, n.run))
	}
	for _, r := range p.signs {
		l.keep(&l.running, l.para(p.sheet, r))
	}
	rest := p.body
	if p.nation != nil {
		rest = l.head(p, rest)
	}
	rest = l.footers(p, rest)
	from := math.Inf(-1) // the closing's first line and all below
	if p.label != nil {
		from = p.label.y
	} else if p.closing {
		from = math.Inf(1)
	}
	var text, closing []*run
	end := l.annexOn(p, rest, from)
	for _, r := range rest {
		if r.y > end && (r.y <= from+2 || r.y <= from+12 && r.left > p.label.right+20 && r.middle() > p.width/2) {
			closing = append(closing, r)
		} else {
			text = append(text, r)
		}
	}
	above, below := splitAt(text, from)
	l.text(p, above, tablesWithin(p, from, math.Inf(1)))
	if len(closing) > 0 {
		l.closing(p, closing)
	}
	l.text(p, below, tablesWithin(p, math.Inf(-1), from))
}

// splitAt parts runs into those above a line and the others.
func splitAt(runs []*run, y float64) (above, below []*run) {
	for _, r := range runs {
		if r.y > y {
			above = append(above, r)
		} else {
			below = append(below, r)
		}
	}
	return above, below
}

func tablesWithin(p *pageLayout, low, high float64) []*grid {
	var out []*grid
	for _, g := range p.grids {
		if g.top > low && g.top <= high {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *grid) int { return cmp.Compare(b.top, a.top) })
	return out
}

// annexOn is where an annex begins below the closing of the same page.
func (l *layout) annexOn(p *pageLayout, runs []*run, from float64) float64 {
	for _, r := range runs {
		if r.y < from && annexLine.MatchString(r.plain) && l.centred(p.sheet, r) {
			return r.y
		}
	}
	return math.Inf(-1)
}

// centred says whether a run stands in the middle of the text or of the page.
func (l *layout) centred(s *sheet, r *run) bool {
	const slack = 4 // points
	c := l.columns[s.landscape()]
	indent, wide := r.left-c.left, r.width() > c.right-c.left-24
	switch {
	case indent < 12 && !wide:
		return false
	case wide, math.Abs(indent-10*pointsPerMM) < 2, math.Abs(indent-12.7*pointsPerMM) < 2:
		// The first line of a paragraph may end anywhere, and others do not show
		// how they are set.
		if !every(r.spans, isBold) && !strings.HasPrefix(r.plain, "(") {
			return false
		}
	}
	return math.Abs(r.middle()-c.middle()) < slack || math.Abs(r.middle()-s.width/2) < slack
}

// footers takes notes under a short line, and what a line across the first page
// separates from the text: the office's address.
func (l *layout) footers(p *pageLayout, runs []*run) []*run {
	c := l.columns[p.landscape()]
	for _, line := range p.rules {
		across := line.length() > 0.8*(c.right-c.left)
		short := math.Abs(line.left-c.left) < 6 && line.length() > 40 && line.length() < 0.5*(c.right-c.left)
		if !across && !short || line.y > p.height/2 || across && p.number > 1 {
			continue
		}
		small := true
		_, below := splitAt(runs, line.y)
		for _, r := range below {
			small = small && r.size < 12.5
		}
		if len(below) == 0 || !small {
			continue
		}
		for _, r := range below {
			para := l.para(p.sheet, r)
			if across {
				l.keep(&l.running, para)
			} else {
				l.keep(&l.notes, para)
			}
		}
		runs, _ = splitAt(runs, line.y)
	}
	return runs
}
