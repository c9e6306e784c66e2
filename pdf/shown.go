package pdf

// Shown are the places of a page at which something stands: glyphs, drawings
// that are not white, pictures, and the whole rectangle of every form field,
// also of an empty one. Of what a field shows only its rectangle counts. A bare
// place touches none of them.
func (f *File) Shown(p Page) ([]Rect, error) {
	m, err := f.Marks(p)
	if err != nil {
		return nil, err
	}
	var out []Rect
	for _, g := range m.Glyphs {
		if g.Hidden || g.Widget > 0 {
			continue
		}
		r := Rect{Left: g.X, Bottom: g.Y - g.Size/4, Right: g.X + g.Width, Top: g.Y + g.Size}
		if !g.Level { // turned: it reaches as far in every direction
			far := max(g.Size, g.Width)
			r = Rect{Left: g.X - far, Bottom: g.Y - far, Right: g.X + far, Top: g.Y + far}
		}
		out = append(out, r)
	}
	for _, x := range m.Shapes {
		if x.Widget > 0 || x.Ink.Known && x.Ink.R >= 1 && x.Ink.G >= 1 && x.Ink.B >= 1 {
			continue // as the paper
		}
		half := x.Thick / 2
		out = append(out, Rect{Left: x.Rect.Left - half, Bottom: x.Rect.Bottom - half, Right: x.Rect.Right + half, Top: x.Rect.Top + half})
	}
	for _, x := range m.Pictures {
		if x.Widget == 0 {
			out = append(out, x.Rect)
		}
	}
	for _, w := range m.Widgets {
		out = append(out, w.Rect)
	}
	return out, nil
}

// Overlaps says whether the rectangles have more than an edge in common.
func (r Rect) Overlaps(o Rect) bool {
	return r.Left < o.Right && o.Left < r.Right && r.Bottom < o.Top && o.Bottom < r.Top
}
