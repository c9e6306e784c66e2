package demo

import (
	"hash/fnv"
	"image/color"
	"math"
	"math/rand/v2"
)

// blue is the ink of a personal signature (NĐ 30/2020, Điều 13.6).
var blue = color.NRGBA{R: 20, G: 50, B: 170, A: 255}

// drawSignature is a made-up handwritten signature, 50 x 25 mm at 300 dpi,
// always the same for the same name.
func drawSignature(name string) ([]byte, error) {
	h := fnv.New64a()
	h.Write([]byte(name))
	rnd := rand.New(rand.NewPCG(h.Sum64(), 1))
	const w, hgt = 590, 295
	c := newCanvas(w, hgt)
	// Loops that lean and shrink to the right, then a stroke back underneath.
	var knots []point
	x, mid := 60.0, 150.0
	for i := range 7 {
		high := (95 - 8*float64(i)) * (0.6 + 0.6*rnd.Float64())
		knots = append(knots, point{x, mid + 25*rnd.Float64()}, point{x + 45, mid - high}, point{x + 12, mid - high*0.7}, point{x + 30, mid + 30*rnd.Float64()})
		x += 48 + 14*rnd.Float64()
	}
	knots = append(knots, point{540, mid - 20}, point{430, mid + 70}, point{90, mid + 85}, point{300, mid + 60}, point{560, mid + 40})
	line := spline(knots)
	for i := 1; i+1 < len(line); i++ {
		a, b := line[i-1], line[i]
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		// Down strokes press harder than up strokes.
		half := 2.2 + 1.8*math.Max(0, dy/length)
		nx, ny := -dy/length*half, dx/length*half
		c.polygon([]point{{a.x + nx, a.y + ny}, {b.x + nx + dx*0.3, b.y + ny + dy*0.3}, {b.x - nx + dx*0.3, b.y - ny + dy*0.3}, {a.x - nx, a.y - ny}})
	}
	return c.png(blue)
}

// spline is a Catmull-Rom curve through the knots.
func spline(k []point) []point {
	const steps = 24
	var out []point
	for i := 0; i+3 < len(k); i++ {
		p0, p1, p2, p3 := k[i], k[i+1], k[i+2], k[i+3]
		for s := range steps {
			t := float64(s) / steps
			out = append(out, point{catmull(p0.x, p1.x, p2.x, p3.x, t), catmull(p0.y, p1.y, p2.y, p3.y, t)})
		}
	}
	return out
}

func catmull(a, b, c, d, t float64) float64 {
	return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
}
