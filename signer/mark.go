package signer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/pdf"
	"vanthu/record"
)

// A mark is the signature of the organisation on a file without slots, shown as
// text only: upright black letters of size 10 at the top right of page one
// (NĐ 30/2020, PL I, II.8 and Part II, I.3).
const (
	markFont    = "LiberationSerif"
	markSize    = 10.0
	markLeading = 11.5
	markPadding = 2.0
	markStep    = 4.0 // between places tried
	maxMarkLine = 200 // letters
	// The mark begins this far from the top and the right edge, and is put no
	// lower than markDepth.
	markTop   = 4 * millimetre
	markRight = 15 * millimetre
	markEdge  = 3 * millimetre
	markDepth = 40 * millimetre
)

// mark is a laid-out mark: where it stands and what it shows.
type mark struct {
	page  pdf.Page
	rect  pdf.Rect // in the page's user space
	lines []string
	size  pdf.Rect // of the text itself, upright
	font  *pdf.Font
}

// layMark finds the first bare place for the lines on page one, from the top
// right corner to the left and down, as the page is seen. Where it must not
// cover anything and nothing is bare: Conflict, mark-no-room. A page of which
// cannot be told what it shows has no bare place.
func (s *Signer) layMark(f *pdf.File, lines []string, bare bool) (mark, error) {
	pages, err := f.Pages()
	if err == nil && len(pages) == 0 {
		err = errors.New("no pages")
	}
	if err != nil {
		return mark{}, foreign(err)
	}
	m := mark{page: pages[0]}
	if m.font, err = s.fonts.get(markFont); err != nil {
		return mark{}, err
	}
	width := 0.0
	for _, l := range lines {
		l = norm.NFC.String(l)
		w := 0.0
		for _, r := range l {
			em, known := m.font.Advance(r)
			if !known || r == utf8.RuneError {
				return mark{}, record.E(record.Invalid, "mark-text", fmt.Sprintf("Phông chữ của phần xác nhận không có ký tự %q", r))
			}
			w += em * markSize
		}
		if utf8.RuneCountInString(l) > maxMarkLine {
			return mark{}, record.E(record.Invalid, "mark-text", fmt.Sprintf("Dòng xác nhận dài quá %d ký tự", maxMarkLine))
		}
		width = max(width, w)
		m.lines = append(m.lines, l)
	}
	m.size = pdf.Rect{Right: width + 2*markPadding, Top: float64(len(lines))*markLeading + 2*markPadding}
	seen := m.seen(m.page.CropBox) // the page as it is looked at
	shown, unreadable := f.Shown(m.page)
	first := pdf.Rect{}
	for top := seen.Top - markTop; top-m.size.Top > seen.Top-markDepth && top-m.size.Top > seen.Bottom; top -= markStep {
		for right := seen.Right - markRight; right-m.size.Right > seen.Left+markEdge; right -= markStep {
			at := m.unseen(pdf.Rect{Left: right - m.size.Right, Bottom: top - m.size.Top, Right: right, Top: top})
			if first == (pdf.Rect{}) {
				first = at
			}
			if unreadable == nil && !slices.ContainsFunc(shown, at.Overlaps) {
				m.rect = at
				return m, nil
			}
		}
	}
	if first == (pdf.Rect{}) || bare {
		return m, record.E(record.Conflict, "mark-no-room", "Góc trên bên phải trang đầu không còn chỗ trống cho phần xác nhận của cơ quan")
	}
	m.rect = first
	return m, nil
}

// seen turns a rectangle of the page's user space into the page as it is looked
// at; unseen turns it back. Both keep the page's corner in place.
func (m mark) seen(r pdf.Rect) pdf.Rect   { return turn(r, m.page.CropBox, m.page.Rotate) }
func (m mark) unseen(r pdf.Rect) pdf.Rect { return unturn(r, m.page.CropBox, m.page.Rotate) }

// turn turns r, within box, clockwise by the degrees of /Rotate.
func turn(r, box pdf.Rect, degrees int) pdf.Rect {
	l, b, rr, t := r.Left-box.Left, r.Bottom-box.Bottom, r.Right-box.Left, r.Top-box.Bottom
	w, h := box.Width(), box.Height()
	switch degrees {
	case 90:
		return pdf.Rect{Left: b, Bottom: w - rr, Right: t, Top: w - l}
	case 180:
		return pdf.Rect{Left: w - rr, Bottom: h - t, Right: w - l, Top: h - b}
	case 270:
		return pdf.Rect{Left: h - t, Bottom: l, Right: h - b, Top: rr}
	}
	return pdf.Rect{Left: l, Bottom: b, Right: rr, Top: t}
}

func unturn(r, box pdf.Rect, degrees int) pdf.Rect {
	w, h := box.Width(), box.Height()
	out := r
	switch degrees {
	case 90:
		out = pdf.Rect{Left: w - r.Top, Bottom: r.Left, Right: w - r.Bottom, Top: r.Right}
	case 180:
		out = pdf.Rect{Left: w - r.Right, Bottom: h - r.Top, Right: w - r.Left, Top: h - r.Bottom}
	case 270:
		out = pdf.Rect{Left: r.Bottom, Bottom: h - r.Right, Right: r.Top, Top: h - r.Left}
	}
	return pdf.Rect{Left: out.Left + box.Left, Bottom: out.Bottom + box.Bottom, Right: out.Right + box.Left, Top: out.Top + box.Bottom}
}

// upright turns an appearance so that it stands upright on a turned page (12.5.5).
var upright = map[int]pdf.Array{
	90:  {pdf.Integer(0), pdf.Integer(1), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)},
	180: {pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0)},
	270: {pdf.Integer(0), pdf.Integer(-1), pdf.Integer(1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)},
}

// appearance shows the lines, with a font of its own in its resources.
func (m mark) appearance(u *pdf.Update) (*pdf.Stream, error) {
	var runes []rune
	for _, l := range m.lines {
		runes = append(runes, []rune(l)...)
	}
	font, encode, err := m.font.EmbedText(markFont, runes, u.Add)
	if err != nil {
		return nil, record.Because(err, record.Unavailable, "font-missing", fmt.Sprintf("Không nhúng được phông chữ %q", markFont))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "q BT 0 g /VtMark %s Tf %s TL %s Td", number(markSize), number(markLeading),
		coordinates(markPadding, m.size.Top-markPadding+markLeading-markSize-below*markSize+1))
	for _, l := range m.lines {
		fmt.Fprintf(&b, " T* <%X> Tj", encode(l))
	}
	b.WriteString(" ET Q")
	a := appearance(m.size, pdf.Dict{"Font": pdf.Dict{"VtMark": u.Add(font)}}, b.Bytes())
	if turned, ok := upright[m.page.Rotate]; ok {
		a.Dict["Matrix"] = turned
	}
	return a, nil
}
