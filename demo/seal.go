package demo

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// red is the ink of an organisation's seal.
var red = color.NRGBA{R: 205, G: 20, B: 30, A: 255}

// drawSeal is a made-up round seal: two rings, a star, the organisation's name
// along the upper rim and the word that it is an example along the lower one.
func drawSeal(name string) ([]byte, error) {
	font, err := serifBold()
	if err != nil {
		return nil, err
	}
	const size = 425 // 36 mm at 300 dpi
	c := newCanvas(size, size)
	mid := point{size / 2, size / 2}
	c.ring(mid, 205, 8)
	c.ring(mid, 192, 2.5)
	c.ring(mid, 128, 2.5)
	var star []point
	for i := range 10 {
		r := 70.0
		if i%2 == 1 {
			r = 27
		}
		a := -math.Pi/2 + float64(i)*math.Pi/5
		star = append(star, point{mid.x + r*math.Cos(a), mid.y + r*math.Sin(a)})
	}
	c.polygon(star)
	if err := c.arc(font, name, mid, 145, 30, 1.45*math.Pi, true); err != nil {
		return nil, err
	}
	if err := c.arc(font, "MẪU THỬ", mid, 168, 24, 0.4*math.Pi, false); err != nil {
		return nil, err
	}
	return c.png(red)
}

// serifBold is the bold serif face of the machine, found as fontconfig finds
// it.
func serifBold() (*sfnt.Font, error) {
	out, err := exec.Command("fc-match", "-f", "%{file}", "Liberation Serif:bold").Output()
	if err != nil {
		return nil, fmt.Errorf("find a bold serif font (fc-match): %w", err)
	}
	raw, err := os.ReadFile(strings.TrimSpace(string(out)))
	if err != nil {
		return nil, fmt.Errorf("read the bold serif font: %w", err)
	}
	return sfnt.Parse(raw)
}

// arc writes text around a circle, centred at the top (upper) or the bottom;
// radius is that of the baseline, and text wider than most radians is set
// smaller.
func (c *canvas) arc(font *sfnt.Font, text string, center point, radius, size, most float64, upper bool) error {
	var buf sfnt.Buffer
	unit := fixed.I(1000)
	type glyph struct {
		segments sfnt.Segments
		advance  float64
	}
	var glyphs []glyph
	var width float64
	for _, r := range text {
		i, err := font.GlyphIndex(&buf, r)
		if err != nil {
			return err
		}
		if i == 0 {
			return fmt.Errorf("the bold serif font has no %q (install fonts-liberation2)", r)
		}
		segments, err := font.LoadGlyph(&buf, i, unit, nil)
		if err != nil {
			return err
		}
		segments = append(sfnt.Segments(nil), segments...)
		advance, err := font.GlyphAdvance(&buf, i, unit, 0)
		if err != nil {
			return err
		}
		g := glyph{segments, float64(advance) / 64 / 1000}
		glyphs = append(glyphs, g)
		width += g.advance
	}
	if width == 0 {
		return nil
	}
	size = math.Min(size, most*radius/width)
	start := -width / 2
	for _, g := range glyphs {
		angle := (start + g.advance/2) * size / radius
		place := func(p fixed.Point26_6) (float32, float32) {
			x := (float64(p.X)/64/1000 - g.advance/2) * size
			y := -float64(p.Y) / 64 / 1000 * size // up
			a := -math.Pi/2 + angle
			r := radius + y
			if !upper {
				a, r = math.Pi/2-angle, radius-y
				x = -x
			}
			return float32(center.x + r*math.Cos(a) - x*math.Sin(a)), float32(center.y + r*math.Sin(a) + x*math.Cos(a))
		}
		for _, s := range g.segments {
			x0, y0 := place(s.Args[0])
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				c.r.MoveTo(x0, y0)
			case sfnt.SegmentOpLineTo:
				c.r.LineTo(x0, y0)
			case sfnt.SegmentOpQuadTo:
				x1, y1 := place(s.Args[1])
				c.r.QuadTo(x0, y0, x1, y1)
			case sfnt.SegmentOpCubeTo:
				x1, y1 := place(s.Args[1])
				x2, y2 := place(s.Args[2])
				c.r.CubeTo(x0, y0, x1, y1, x2, y2)
			}
		}
		c.r.ClosePath()
		start += g.advance
	}
	return nil
}
