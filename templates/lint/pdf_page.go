package lint

import (
	"fmt"
	"math"
	"strconv"
)

// mmText is a length in points for people: "24,5 mm".
func mmText(points float64) string { return mm(int(math.Round(20 * points))) }

// sheetsOfAnnexes are the pages that begin with an annex.
func (d *pdfDoc) sheetsOfAnnexes() map[*sheet]bool {
	out := map[*sheet]bool{}
	for _, a := range d.zones.annexes {
		if d.beginsSheet(a) {
			out[d.places[d.paras[a.start]].sheet] = true
		}
	}
	return out
}

// beginsSheet says whether nothing of the text stands above an annex on its
// page.
func (d *pdfDoc) beginsSheet(a lintAnnex) bool {
	home := d.places[d.paras[a.start]].sheet
	for i := a.start - 1; i >= 0; i-- {
		if p := d.paras[i]; p.box == 0 {
			lines := d.places[p].lines
			return lines[len(lines)-1].sheet != home
		}
	}
	return true
}

// pdfPaper is R1.
func pdfPaper(d *pdfDoc, f *finder) {
	annex := d.sheetsOfAnnexes()
	behind := false
	for _, s := range d.sheets {
		behind = behind || annex[s]
		short, long := min(s.width, s.height), max(s.width, s.height)
		if math.Abs(short/pointsPerMM-a4Width) > paperTolerance || math.Abs(long/pointsPerMM-a4Height) > paperTolerance {
			f.breach(s.spot(), "Khổ giấy không phải A4", mmText(s.width)+" × "+mmText(s.height), "A4 (210 × 297 mm)")
		}
		table := false
		for _, g := range s.grids {
			table = table || !g.box()
		}
		switch {
		case !s.landscape() || s.unread != "":
		case !table:
			f.breach(s.spot(), "Trang nằm ngang mà không có bảng, biểu", "trang ngang", "trang dọc; chỉ nằm ngang khi có bảng, biểu không tách thành phụ lục")
		case behind:
			f.warn(s.spot(), "Phụ lục trình bày trang ngang", "trang ngang", "trang dọc; chỉ nằm ngang khi có bảng, biểu không tách thành phụ lục")
		}
	}
}

// inked box of a page: where the text stands, tables and boxes aside.
type extent struct {
	left, bottom, right, top float64
	lines, full              int // full lines reach the right edge of the text
}

// extents are those of the pages with text.
func (d *pdfDoc) extents() map[*sheet]*extent {
	out := map[*sheet]*extent{}
	for _, p := range d.paras {
		if p.box != 0 || p.cell != nil && !d.layoutCell(p) {
			continue
		}
		for _, r := range d.places[p].lines {
			e := out[r.sheet]
			if e == nil {
				e = &extent{left: math.Inf(1), bottom: math.Inf(1), right: math.Inf(-1), top: math.Inf(-1)}
				out[r.sheet] = e
			}
			e.left, e.right = min(e.left, r.left), max(e.right, r.right)
			e.bottom, e.top = min(e.bottom, r.foot()), max(e.top, r.top())
			e.lines++
			if d.columns[r.sheet.landscape()].right-r.right < 2 {
				e.full++
			}
		}
	}
	return out
}

// layoutCell says whether a paragraph's table is no drawn one, but the head or
// the closing in columns.
func (d *pdfDoc) layoutCell(p *lintPara) bool { return p.cell.width == layoutWidth }

// pdfMargins is R2, by where the text stands. That text stands in a margin is
// sure; that a margin is wider than allowed shows where lines reach their edge
// or pages are full.
func pdfMargins(d *pdfDoc, f *finder) {
	const slack = 0.5 // mm
	all := d.extents()
	sides := []*side{
		{name: "lề trái", low: 30, high: 35}, {name: "lề phải", low: 15, high: 20},
		{name: "lề trên", low: 20, high: 25}, {name: "lề dưới", low: 20, high: 25},
	}
	filled := d.filled()
	for i, s := range d.sheets {
		e := all[s]
		if e == nil {
			continue
		}
		sides[0].see(s, e.left, e.lines >= 3, 0)
		sides[1].see(s, s.width-e.right, e.full >= 3, 0)
		// Space above the first paragraph is not always left out on a page.
		const before = 12
		if !d.numberLow(s) {
			sides[2].see(s, s.height-e.top, i+1 < len(d.sheets) || e.lines >= 3, before)
		}
		// Where a paragraph goes on over the page only its own lines may have
		// been kept together.
		const kept = 2 * 1.5 * singleLine * 14
		sides[3].see(s, e.bottom, filled[s], kept)
	}
	for _, x := range sides {
		switch {
		case x.at == nil:
		case x.least/pointsPerMM < x.low-slack:
			f.breach(x.at.spot(), "Lề trang không đúng", x.name+" "+mmText(x.least), fmt.Sprintf("%s %g–%g mm", x.name, x.low, x.high))
		case x.wide != nil && x.most/pointsPerMM > x.high+slack:
			f.breach(x.wide.spot(), "Lề trang không đúng", x.name+" "+mmText(x.most), fmt.Sprintf("%s %g–%g mm", x.name, x.low, x.high))
		}
	}
}

// filled are the pages that a paragraph goes on from to the next one.
func (d *pdfDoc) filled() map[*sheet]bool {
	out := map[*sheet]bool{}
	for _, p := range d.paras {
		lines := d.places[p].lines
		for i := 1; i < len(lines) && p.cell == nil; i++ {
			if lines[i].sheet != lines[i-1].sheet {
				out[lines[i-1].sheet] = true
			}
		}
	}
	return out
}

// side is one margin over all pages.
type side struct {
	name        string
	low, high   float64 // mm
	least, most float64 // points: the smallest, and of pages where it shows the smallest less what may stand in it
	at, wide    *sheet
}

// see takes a page into account: how far its text is from the edge, whether
// the whole margin shows there, and what of it may be space.
func (x *side) see(s *sheet, distance float64, shows bool, space float64) {
	if x.at == nil || distance < x.least {
		x.at, x.least = s, distance
	}
	if shows && (x.wide == nil || distance-space < x.most) {
		x.wide, x.most = s, distance-space
	}
}

// topMargin is the widest top margin, that the page number stands in.
const topMargin = (25 + 0.5) * pointsPerMM

// numberLow says whether a page's number stands too low to be in the margin,
// and so pushes the text down.
func (d *pdfDoc) numberLow(s *sheet) bool {
	folio := d.folios[s]
	return folio != nil && !folio.below && s.height-folio.foot() > topMargin
}

// folio is a printed page number.
type folio struct {
	*run
	below bool // the text stands above it
	value int  // 0 for no Arabic number
	more  bool // beside it stand other signs
	shown string
}

func folioOf(r *run, below bool) *folio {
	m := folioForm.FindStringSubmatch(r.plain)
	n := &folio{run: r, below: below, shown: m[1], more: m[0] != m[1]}
	n.value, _ = strconv.Atoi(m[1])
	return n
}

// pdfPageNumbers is R5.
func pdfPageNumbers(d *pdfDoc, f *finder) {
	annex := d.sheetsOfAnnexes()
	next := 1
	for i, s := range d.sheets {
		if s.unread != "" {
			next++
			continue
		}
		n := d.folios[s]
		switch {
		case i == 0 && n != nil:
			f.breach(s.spot(), "Trang đầu cũng hiện số trang", n.shown, "trang đầu không hiện số trang")
		case i > 0 && annex[s] && n != nil && n.value == next && next > 1:
			f.warn(s.spot(), "Phụ lục không đánh số trang riêng", "trang "+n.shown, "số trang của mỗi phụ lục bắt đầu từ 1")
		case i > 0 && annex[s]:
			next = 1
		case i > 0 && n == nil && len(s.runs) > 0:
			f.breach(s.spot(), "Không có số trang", "", "số trang ở giữa lề trên, từ trang 2")
		}
		if n != nil {
			d.judgeFolio(f, s, n, next)
			if n.value > 0 {
				next = n.value
			}
		}
		next++
	}
}

func (d *pdfDoc) judgeFolio(f *finder, s *sheet, n *folio, want int) {
	const slack = 2 * pointsPerMM
	switch {
	case n.value == 0:
		f.breach(s.spot(), "Số trang không phải chữ số Ả Rập", n.shown, "1, 2, 3")
	case n.value != want && s.number > 1:
		f.breach(s.spot(), "Số trang không theo thứ tự", n.shown, fmt.Sprint(want))
	}
	switch {
	case n.below:
		f.breach(s.spot(), "Số trang đặt ở chân trang", "chân trang", "giữa lề trên của trang")
		return
	case d.numberLow(s):
		f.breach(s.spot(), "Số trang không nằm gọn trong lề trên", "chân dòng số trang cách mép giấy "+mmText(s.height-n.foot()), "nằm trong lề trên")
	}
	// The middle of the text is up to 10 mm right of the middle of the paper.
	if off := n.middle() - s.width/2; off < -slack || off > slack+10*pointsPerMM {
		f.breach(s.spot(), "Số trang không ở giữa", "cách giữa trang "+mmText(math.Abs(n.middle()-s.width/2)), "canh giữa")
	}
	if n.more {
		f.warn(s.spot(), "Bên số trang còn chữ khác", n.plain, "chỉ có chữ số")
	}
	if found, wrong := wrongSize(n.spans, 13, 14); wrong {
		f.breach(s.spot(), "Cỡ chữ của số trang không đúng", found, sizeRange(13, 14))
	}
	if !every(n.spans, isUpright) {
		f.breach(s.spot(), "Số trang in nghiêng", "nghiêng", "kiểu chữ đứng")
	}
}
