package lint

import (
	"errors"
	"fmt"
	"math"

	"vanthu/pdf"
)

// millimetre in points.
const pointsPerMM = 72 / 25.4

// sheet is a page of a PDF: what it shows, in points from its lower left
// corner.
type sheet struct {
	number        int // from 1
	width, height float64
	runs          []*run
	signs         []*run // in the appearances of signatures
	rules         []levelLine
	grids         []*grid
	pictures      []pdf.Picture
	widgets       []pdf.Widget
	stray         strays
	unread        string // why its text cannot be judged; "" when it can
}

// strays are what is wrong with glyphs whatever text they are of.
type strays struct {
	gaps    int    // glyphs that no text is known for
	gapNear string // what stands before the first
	faces   map[*pdf.Face]string
}

// levelLine is a drawn line that runs level.
type levelLine struct {
	left, right, y, thick float64
	dashed                bool
}

func (l levelLine) length() float64 { return l.right - l.left }

func (s *sheet) spot() spot {
	return spot{group: spotSheets + s.number, name: fmt.Sprintf("trang %d", s.number)}
}

// spotSheets is the first group of spots of a PDF: one group a page.
const spotSheets = 10

func (s *sheet) landscape() bool { return s.width > s.height }

func readSheet(file *pdf.File, p pdf.Page) (*sheet, error) {
	s := &sheet{number: p.Index + 1, width: p.CropBox.Width(), height: p.CropBox.Height()}
	if p.Rotate%180 != 0 {
		s.width, s.height = s.height, s.width
	}
	m, err := file.Marks(p)
	if errors.Is(err, pdf.ErrUnsupported) {
		s.unread = "trang dùng phông hoặc cách ghi mà dịch vụ không đọc được"
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.widgets = m.Widgets
	move(&m, -p.CropBox.Left, -p.CropBox.Bottom)
	s.pictures = m.Pictures
	visible := s.sift(m.Glyphs)
	switch {
	case s.stray.gaps > 0:
		s.unread = "trang có chữ mà tệp không cho biết là chữ gì"
	case p.Rotate != 0 && len(visible) > 0:
		s.unread = "trang bị xoay"
	case p.Dict["UserUnit"] != nil && len(visible) > 0:
		s.unread = "trang có đơn vị đo riêng"
	case len(visible) == 0 && len(m.Glyphs) > 0:
		s.unread = "trang là ảnh chụp, chữ bên dưới do máy nhận dạng"
	case len(visible) == 0 && len(m.Pictures) > 0:
		s.unread = "trang là ảnh chụp, không có chữ"
	}
	if s.unread != "" {
		return s, nil
	}
	s.read(visible)
	level, upright := thinLines(m.Shapes)
	s.grids, s.rules = gridsOf(s, level, upright)
	return s, nil
}

func move(m *pdf.Marks, x, y float64) {
	at := func(r *pdf.Rect) {
		r.Left, r.Right, r.Bottom, r.Top = r.Left+x, r.Right+x, r.Bottom+y, r.Top+y
	}
	for i := range m.Glyphs {
		m.Glyphs[i].X, m.Glyphs[i].Y = m.Glyphs[i].X+x, m.Glyphs[i].Y+y
	}
	for i := range m.Shapes {
		at(&m.Shapes[i].Rect)
	}
	for i := range m.Pictures {
		at(&m.Pictures[i].Rect)
	}
	for i := range m.Widgets {
		at(&m.Widgets[i].Rect)
	}
}

// sift drops what cannot be seen and notes what no rule about words can see.
func (s *sheet) sift(all []pdf.Glyph) []pdf.Glyph {
	visible := make([]pdf.Glyph, 0, len(all))
	s.stray.faces = map[*pdf.Face]string{}
	for i, g := range all {
		if g.Hidden || g.Size < 0.5 || math.IsNaN(g.X+g.Y+g.Size+g.Width) || math.Abs(g.X)+math.Abs(g.Y)+g.Width > 1e5 || g.Size > 1e4 {
			continue
		}
		if g.Text == "" {
			if s.stray.gaps++; s.stray.gaps == 1 {
				s.stray.gapNear = textOf(all[max(0, i-20):i])
			}
			continue
		}
		if _, seen := s.stray.faces[g.Face]; !seen && !g.Face.Embedded && !blankText(g.Text) {
			s.stray.faces[g.Face] = g.Text
		}
		visible = append(visible, g)
	}
	return visible
}

func textOf(glyphs []pdf.Glyph) string {
	out := ""
	for _, g := range glyphs {
		out += g.Text
	}
	return out
}

// thinLines are the drawn lines that run level and upright: strokes, and areas
// as thin as one.
func thinLines(shapes []pdf.Shape) (level, upright []levelLine) {
	const (
		thin  = 3.0 // points
		short = 6.0
	)
	for _, x := range shapes {
		r := x.Rect
		w, h := r.Width(), r.Height()
		if math.IsNaN(w+h) || white(x.Ink) || len(level)+len(upright) >= maxLines {
			continue
		}
		switch {
		case h+x.Thick <= thin && w >= short:
			level = append(level, levelLine{r.Left, r.Right, (r.Bottom + r.Top) / 2, max(h, x.Thick), x.Dashed})
		case w+x.Thick <= thin && h >= short:
			upright = append(upright, levelLine{r.Bottom, r.Top, (r.Left + r.Right) / 2, max(w, x.Thick), x.Dashed})
		}
	}
	return level, upright
}

// maxLines bounds the drawn lines of a page that are looked at.
const maxLines = 3000

func white(i pdf.Ink) bool { return i.Known && i.R > 0.97 && i.G > 0.97 && i.B > 0.97 }
