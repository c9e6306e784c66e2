package lint

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"vanthu/pdf"
)

// run is a stretch of text on one baseline, without blanks at its ends.
type run struct {
	sheet       *sheet
	left, right float64
	y           float64 // of the baseline
	size        float64 // the largest of its letters
	spans       []lintSpan
	plain       string
}

func (r *run) middle() float64 { return (r.left + r.right) / 2 }
func (r *run) width() float64  { return r.right - r.left }
func (r *run) top() float64    { return r.y + ascent*r.size }
func (r *run) foot() float64   { return r.y - descent*r.size }

// The line of Times New Roman and its metric clones, in em.
const (
	ascent  = 0.891
	descent = 0.216
)

func blankText(s string) bool { return strings.Trim(s, " \u00a0\t") == "" }

// chain is the glyphs of a run being put together.
type chain struct {
	glyphs []pdf.Glyph
	y      float64
	size   float64
}

func (c *chain) end() float64 {
	g := c.glyphs[len(c.glyphs)-1]
	return g.X + g.Width
}

// takes says whether a glyph goes on where the chain ends: on its baseline or
// raised and small as an exponent, behind no more than a stretched blank.
func (c *chain) takes(g pdf.Glyph) bool {
	small := min(g.Size, c.size) < 0.8*max(g.Size, c.size)
	off := math.Abs(g.Y - c.y)
	if off > 0.12*c.size && !(small && off < 0.6*max(c.size, g.Size)) {
		return false
	}
	gap, most := g.X-c.end(), 0.8*c.size
	if blankText(g.Text) || blankText(c.glyphs[len(c.glyphs)-1].Text) {
		most = 2.5 * c.size
	}
	return gap > -0.6*c.size && gap < most
}

func (c *chain) add(g pdf.Glyph) {
	if g.Size > c.size {
		c.size, c.y = g.Size, g.Y
	}
	c.glyphs = append(c.glyphs, g)
}

// read puts glyphs, in the order in which they are shown, together to runs.
// What a field shows goes into the line that it stands in, in place of the
// blanks there; what signatures show stays apart.
func (s *sheet) read(visible []pdf.Glyph) {
	field := func(g pdf.Glyph) pdf.Widget {
		if g.Widget == 0 {
			return pdf.Widget{}
		}
		return s.widgets[g.Widget-1]
	}
	var own, filled, signed []pdf.Glyph
	for _, g := range visible {
		if !g.Level && g.Slant == 0 {
			continue // turned, as a watermark is
		}
		switch w := field(g); {
		case w.Type == "Sig":
			signed = append(signed, g)
		case w.Type != "":
			filled = append(filled, g)
		default:
			own = append(own, g)
		}
	}
	chains := chained(own)
	for _, c := range chained(filled) {
		if host := hostOf(chains, c); host != nil {
			host.put(c, field(c.glyphs[0]).Rect)
		} else {
			chains = append(chains, c)
		}
	}
	s.runs = s.runsOf(joined(chains))
	s.signs = s.runsOf(chained(signed))
}

func chained(glyphs []pdf.Glyph) []*chain {
	var out []*chain
	for _, g := range glyphs {
		if n := len(out); n > 0 && out[n-1].takes(g) {
			out[n-1].add(g)
			continue
		}
		c := &chain{size: g.Size, y: g.Y}
		c.add(g)
		out = append(out, c)
	}
	return out
}

// joined joins chains that touch though they were not shown one after the
// other.
func joined(all []*chain) []*chain {
	slices.SortStableFunc(all, func(a, b *chain) int {
		return cmp.Or(cmp.Compare(math.Round(b.y), math.Round(a.y)), cmp.Compare(a.glyphs[0].X, b.glyphs[0].X))
	})
	var out []*chain
	for _, c := range all {
		if n := len(out); n > 0 {
			last := out[n-1]
			if gap := c.glyphs[0].X - last.end(); math.Abs(c.y-last.y) < 0.12*last.size && gap > -0.2*last.size && gap < 0.5*last.size {
				for _, g := range c.glyphs {
					last.add(g)
				}
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// hostOf is the line that a field's text stands in.
func hostOf(all []*chain, in *chain) *chain {
	for _, c := range all {
		if math.Abs(c.y-in.y) < 1.5 && in.glyphs[0].X > c.glyphs[0].X-2 && in.end() < c.end()+2 {
			return c
		}
	}
	return nil
}

// put replaces the blanks under a field by what it shows.
func (c *chain) put(in *chain, under pdf.Rect) {
	kept := slices.DeleteFunc(c.glyphs, func(g pdf.Glyph) bool {
		return blankText(g.Text) && g.X > under.Left-1 && g.X+g.Width < under.Right+1
	})
	at, _ := slices.BinarySearchFunc(kept, in.glyphs[0].X, func(g pdf.Glyph, x float64) int { return cmp.Compare(g.X, x) })
	c.glyphs = slices.Insert(kept, at, in.glyphs...)
}

func (s *sheet) runsOf(chains []*chain) []*run {
	var out []*run
	for _, c := range chains {
		if r := s.runOf(c); r != nil {
			out = append(out, r)
		}
	}
	return out
}

// runOf makes spans of equal look; nil for a chain of blanks.
func (s *sheet) runOf(c *chain) *run {
	g := c.glyphs
	for len(g) > 0 && blankText(g[0].Text) {
		g = g[1:]
	}
	for len(g) > 0 && blankText(g[len(g)-1].Text) {
		g = g[:len(g)-1]
	}
	if len(g) == 0 {
		return nil
	}
	last := g[len(g)-1]
	r := &run{sheet: s, left: g[0].X, right: last.X + last.Width, y: c.y}
	var text strings.Builder
	look := lookOf(g[0])
	now := look
	flush := func() {
		if text.Len() > 0 {
			r.spans = append(r.spans, lintSpan{text: text.String(), look: look})
			text.Reset()
		}
	}
	for i, x := range g {
		if i > 0 {
			before := g[i-1]
			if gap := x.X - before.X - before.Width; gap > 0.18*x.Size && !blankText(x.Text) && !blankText(before.Text) {
				text.WriteByte(' ')
			}
		}
		// Nearly every letter looks as the one before it.
		if i > 0 && !sameLook(x, g[i-1]) {
			now = lookOf(x)
		}
		if now != look && !blankText(x.Text) {
			flush()
			look = now
		}
		text.WriteString(x.Text)
		r.size = max(r.size, x.Size)
	}
	flush()
	r.plain = plainOf("", r.spans)
	return r
}

// sameLook says whether two glyphs look alike without asking what they look
// like.
func sameLook(a, b pdf.Glyph) bool {
	return a.Face == b.Face && a.Size == b.Size && a.Ink == b.Ink && a.Slant == b.Slant
}

// lookOf is the look that a DOCX would give the glyph.
func lookOf(g pdf.Glyph) runFormat {
	family, bold, italic := familyOf(g.Face)
	look := runFormat{ascii: family, hAnsi: family, size: measure{int(math.Round(2 * g.Size)), true}, color: colourOf(g.Ink), bold: off, italic: off}
	if bold {
		look.bold = on
	}
	if italic || g.Slant > 0.1 {
		look.italic = on
	}
	return look
}

// clones are fonts made to the measures of Times New Roman.
var clones = []string{"timesnewroman", "liberationserif", "tinos", "texgyretermes", "nimbusroman"}

// familyOf reads the name of a font: "TimesNewRomanPS-BoldMT",
// "Times New Roman,Italic", "LiberationSerif-BoldItalic".
func familyOf(f *pdf.Face) (family string, bold, italic bool) {
	const (
		flagItalic    = 1 << 6
		flagForceBold = 1 << 18
	)
	name, style, _ := strings.Cut(strings.ReplaceAll(f.Name, ",", "-"), "-")
	said := strings.ToLower(style + name)
	bold = strings.Contains(said, "bold") || strings.Contains(said, "black") || f.Weight >= 600 || f.Flags&flagForceBold != 0
	italic = strings.Contains(said, "italic") || strings.Contains(said, "oblique") || f.Angle != 0 || f.Flags&flagItalic != 0
	folded := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
	for _, c := range clones {
		if strings.HasPrefix(folded, c) {
			return official, bold, italic
		}
	}
	return name, bold, italic
}

// colourOf writes an ink as Word does; what is nearly black is black, what is
// not known may be.
func colourOf(i pdf.Ink) string {
	part := func(v float64) int { return int(math.Round(255 * min(1, max(0, v)))) }
	const nearly = 20
	r, g, b := part(i.R), part(i.G), part(i.B)
	if !i.Known || max(r, g, b) <= nearly {
		return "000000"
	}
	return fmt.Sprintf("%02X%02X%02X", r, g, b)
}
