package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/vector"
)

// canvas collects filled outlines of one colour on a transparent ground.
type canvas struct {
	w, h int
	r    *vector.Rasterizer
}

func newCanvas(w, h int) *canvas { return &canvas{w, h, vector.NewRasterizer(w, h)} }

type point struct{ x, y float64 }

func (c *canvas) polygon(ps []point) {
	for i, p := range ps {
		if i == 0 {
			c.r.MoveTo(float32(p.x), float32(p.y))
			continue
		}
		c.r.LineTo(float32(p.x), float32(p.y))
	}
	c.r.ClosePath()
}

// ring is a circle line of the given width; the hole runs the other way round.
func (c *canvas) ring(center point, radius, width float64) {
	const n = 180
	for _, side := range []float64{1, -1} {
		ps := make([]point, n)
		for i := range ps {
			a := side * 2 * math.Pi * float64(i) / n
			r := radius + side*width/2
			ps[i] = point{center.x + r*math.Cos(a), center.y + r*math.Sin(a)}
		}
		c.polygon(ps)
	}
}

// png is the drawing as PNG in one ink.
func (c *canvas) png(ink color.NRGBA) ([]byte, error) {
	mask := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	c.r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	out := image.NewNRGBA(mask.Bounds())
	for y := range c.h {
		for x := range c.w {
			ink.A = mask.AlphaAt(x, y).A
			out.SetNRGBA(x, y, ink)
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, out)
	return b.Bytes(), err
}
