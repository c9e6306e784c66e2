package lint

import "fmt"

// A4 in millimetres (NĐ 30/2020, PL I, I.1).
const (
	a4Width, a4Height = 210, 297
	paperTolerance    = 1
)

// checkPaper is R1.
func checkPaper(d *lintDoc, f *finder) {
	tables := dataTables(d)
	for i, s := range d.sections {
		if !s.width.said || !s.height.said {
			f.breach(s.spot(), "Không khai báo khổ giấy, nên sẽ in theo khổ giấy của từng máy", "", "A4 (210 × 297 mm)")
			continue
		}
		short, long := min(s.width.n, s.height.n), max(s.width.n, s.height.n)
		if !nearly(short, a4Width) || !nearly(long, a4Height) {
			f.breach(s.spot(), "Khổ giấy không phải A4", fmt.Sprintf("%s × %s", mm(s.width.n), mm(s.height.n)), "A4 (210 × 297 mm)")
		}
		switch {
		case !s.landscape():
		case !tables[i]:
			f.breach(s.spot(), "Trang nằm ngang mà không có bảng, biểu", "trang ngang", "trang dọc; chỉ nằm ngang khi có bảng, biểu không tách thành phụ lục")
		case d.zones.annex < len(d.paras) && s.first >= d.zones.annex:
			f.warn(s.spot(), "Phụ lục trình bày trang ngang", "trang ngang", "trang dọc; chỉ nằm ngang khi có bảng, biểu không tách thành phụ lục")
		}
	}
}

// dataTables says which sections hold a table of the text, not one that only
// sets the head or the closing in columns.
func dataTables(d *lintDoc) map[int]bool {
	z := d.zones
	layout := map[*lintTable]bool{}
	for _, l := range []*lintLine{z.nation, z.motto, z.number, z.date, z.label} {
		if l != nil && l.para.table != nil {
			layout[l.para.table.outer] = true
		}
	}
	found := map[int]bool{}
	for _, p := range d.paras {
		if p.table != nil && !layout[p.table.outer] {
			found[p.section] = true
		}
	}
	return found
}

func nearly(twips int, want float64) bool {
	v := millimetres(twips)
	return v >= want-paperTolerance && v <= want+paperTolerance
}

// checkMargins is R2.
func checkMargins(d *lintDoc, f *finder) {
	for _, s := range d.sections {
		left, top := s.left.n, s.top.n
		if d.settings.gutterTop {
			top += s.gutter.n
		} else {
			left += s.gutter.n
		}
		for _, m := range []struct {
			name      string
			said      bool
			n         int
			low, high float64
		}{
			{"lề trái", s.left.said, left, 30, 35},
			{"lề phải", s.right.said, s.right.n, 15, 20},
			// A negative top or bottom margin is as wide, but text may run into it.
			{"lề trên", s.top.said, max(top, -top), 20, 25},
			{"lề dưới", s.bottom.said, max(s.bottom.n, -s.bottom.n), 20, 25},
		} {
			if m.said && within(m.n, m.low, m.high) {
				continue
			}
			found := m.name + " không khai báo"
			if m.said {
				found = m.name + " " + mm(m.n)
			}
			f.breach(s.spot(), "Lề trang không đúng", found, fmt.Sprintf("%s %g–%g mm", m.name, m.low, m.high))
		}
	}
}
