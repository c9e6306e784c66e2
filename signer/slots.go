package signer

import (
	"fmt"
	"math"
	"strconv"

	"vanthu/pdf"
	"vanthu/record"
)

// textSlot is the blank run that a number or date part goes into.
type textSlot struct {
	page pdf.Page
	rect pdf.Rect
	font string   // PostScript name
	key  pdf.Name // of that font in the page's resources
	size float64
}

// areaSlot is a place for a picture.
type areaSlot struct {
	page pdf.Page
	rect pdf.Rect
}

// slots are the places a form marks with pairs of bookmarks.
type slots struct {
	number, day, month textSlot
	sign               []areaSlot // by signatory
	seal               areaSlot
}

// finder looks slots up in one file.
type finder struct {
	f      *pdf.File
	dests  map[string]pdf.Destination
	pages  map[pdf.Ref]pdf.Page
	glyphs map[pdf.Ref][]pdf.Glyph
}

func slotError(name, what string) error {
	return record.E(record.Conflict, "slot-missing", fmt.Sprintf("Ô %s trong văn bản: %s; hãy kiểm tra các dấu trang của mẫu", name, what))
}

func findSlots(f *pdf.File, signatories int) (slots, error) {
	var s slots
	dests, err := f.Destinations()
	if err != nil {
		return s, damaged(err)
	}
	pages, err := f.Pages()
	if err != nil {
		return s, damaged(err)
	}
	find := &finder{f: f, dests: dests, pages: map[pdf.Ref]pdf.Page{}, glyphs: map[pdf.Ref][]pdf.Glyph{}}
	for _, p := range pages {
		find.pages[p.Ref] = p
	}
	for _, t := range []struct {
		name string
		slot *textSlot
	}{{NumberField, &s.number}, {DayField, &s.day}, {MonthField, &s.month}} {
		if *t.slot, err = find.text(t.name); err != nil {
			return s, err
		}
	}
	for slot := range signatories {
		name := "vtSign"
		if slot > 0 {
			name += strconv.Itoa(slot + 1)
		}
		area, err := find.area(name)
		if err != nil {
			return s, err
		}
		s.sign = append(s.sign, area)
	}
	s.seal, err = find.area("vtSeal")
	return s, err
}

// pair is the start and the end of a slot, on one page.
func (d *finder) pair(name string) (a, b pdf.Destination, p pdf.Page, err error) {
	a, b = d.dests[name+"A"], d.dests[name+"B"]
	if !a.HasXY || !b.HasXY {
		return a, b, p, slotError(name, "thiếu dấu trang "+name+"A hoặc "+name+"B")
	}
	p, ok := d.pages[a.Page]
	if !ok || a.Page != b.Page {
		return a, b, p, slotError(name, "hai dấu trang không cùng một trang")
	}
	if p.Rotate != 0 {
		return a, b, p, slotError(name, "trang bị xoay")
	}
	return a, b, p, nil
}

// text reads font, size and baseline of a blank run from the spaces that stand
// in it: destinations give only the box of the line.
func (d *finder) text(name string) (textSlot, error) {
	a, b, page, err := d.pair(name)
	if err != nil {
		return textSlot{}, err
	}
	glyphs, ok := d.glyphs[page.Ref]
	if !ok {
		if glyphs, err = d.f.Glyphs(page); err != nil {
			return textSlot{}, damaged(err)
		}
		d.glyphs[page.Ref] = glyphs
	}
	// Places are rounded to a tenth of a point on the way; no glyph is
	// narrower than two points.
	const near = 1.0
	blank := func(g pdf.Glyph) bool {
		return (g.Text == "\u00a0" || g.Text == " ") && g.X > a.Left-near && g.X < b.Left-near && g.Y < a.Top && g.Y > a.Top-60
	}
	baseline := math.Inf(-1) // of the nearest line below the destination
	for _, g := range glyphs {
		if blank(g) {
			baseline = max(baseline, g.Y)
		}
	}
	t := textSlot{page: page, rect: pdf.Rect{Left: math.Inf(1), Right: math.Inf(-1)}}
	for _, g := range glyphs {
		if !blank(g) || math.Abs(g.Y-baseline) > 0.5 {
			continue
		}
		if t.font == "" {
			t.font, t.key, t.size = g.Font, g.Key, g.Size
		}
		if !g.Level || g.Font != t.font || math.Abs(g.Size-t.size) > 0.01 {
			return t, slotError(name, "khoảng trống không cùng một phông chữ, cỡ chữ")
		}
		t.rect.Left, t.rect.Right = min(t.rect.Left, g.X), max(t.rect.Right, g.X+g.Width)
	}
	// The advance between blanks may be wider than their glyphs: what follows
	// says where the slot ends.
	for next, i := t.rect.Right, 0; i < len(glyphs); i++ {
		if g := glyphs[i]; math.Abs(g.Y-baseline) <= 0.5 && g.X > next-near && g.X < next+t.size/4 {
			t.rect.Right = g.X
			break
		}
	}
	if t.font == "" || t.size < 4 || t.size > 40 {
		return t, slotError(name, "không có khoảng trống (dấu cách) giữa hai dấu trang")
	}
	t.rect.Bottom, t.rect.Top = baseline-below*t.size, baseline+above*t.size
	return t, nil
}

// area is the place between the title, whose end is the top of the first
// empty line, and the name, centred about the first bookmark.
func (d *finder) area(name string) (areaSlot, error) {
	a, b, page, err := d.pair(name)
	if err != nil {
		return areaSlot{}, err
	}
	const clear = 2 // points from the lines above and below
	top, bottom := a.Top-clear, b.Top+clear
	if top-bottom < 15*millimetre {
		return areaSlot{}, slotError(name, fmt.Sprintf("chỉ cao %.0f mm", (top-bottom)/millimetre))
	}
	middle, height := (top+bottom)/2, min(top-bottom, signatureHeight)
	half := min(signatureWidth/2, a.Left-page.CropBox.Left, page.CropBox.Right-a.Left)
	if half < 10*millimetre {
		return areaSlot{}, slotError(name, "nằm ngoài trang")
	}
	return areaSlot{page, pdf.Rect{Left: a.Left - half, Right: a.Left + half, Bottom: middle - height/2, Top: middle + height/2}}, nil
}
