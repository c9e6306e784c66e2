package pdf

import "math"

// Ink is a colour as red, green and blue from 0 to 1. It is not Known in
// colour spaces that only a printer understands, and for patterns.
type Ink struct {
	R, G, B float64
	Known   bool
}

// Shape is a straight stroke, or a filled area by the box around it. Curved
// strokes are left out.
type Shape struct {
	Rect   Rect    // a stroke's, from end to end of its middle line
	Thick  float64 // of a stroke, points; 0 for an area
	Dashed bool
	Ink    Ink
	Widget int // whose appearance it stands in, see Marks; 0 for none
}

// painting is the part of the graphics state that colours and lines have.
type painting struct {
	fill, stroke           Ink
	fillSpace, strokeSpace int // components; 0 for a space that is not followed
	thick                  float64
	dashed                 bool
}

var freshPainting = painting{fill: Ink{Known: true}, stroke: Ink{Known: true}, fillSpace: 1, strokeSpace: 1, thick: 1}

// pen is the path being built (8.5.2), in default user space.
type pen struct {
	areas     []Rect // by subpath
	strokes   []Rect
	start, at point
	begun     bool // a subpath is open
	bare      bool // nothing was drawn in it yet
}

type point struct{ x, y float64 }

func (m Matrix) point(x, y float64) point {
	return point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// Bounds is the box around a rectangle that m has turned.
func (m Matrix) Bounds(r Rect) Rect {
	out := emptyBox
	for _, p := range []point{m.point(r.Left, r.Bottom), m.point(r.Right, r.Bottom), m.point(r.Left, r.Top), m.point(r.Right, r.Top)} {
		out = out.with(p)
	}
	return out
}

var emptyBox = Rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (r Rect) with(p point) Rect {
	return Rect{min(r.Left, p.x), min(r.Bottom, p.y), max(r.Right, p.x), max(r.Top, p.y)}
}

// paint follows the operators that do not place text.
func (r *reader) paint(op string, args []Object) error {
	if n := pathOperands[op]; n > 0 {
		v, err := numbers(args, n)
		if err != nil {
			return err
		}
		return r.path(op, v)
	}
	m := r.marks
	switch op {
	case "h":
		return r.straight(m.start)
	case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
		return r.finish(op)
	case "d":
		pattern, _ := firstOperand(args).(Array)
		r.gs.dashed = len(pattern) > 0
	case "Do":
		return r.object(args)
	case "g", "rg", "k":
		r.gs.fill, r.gs.fillSpace = inkOf(args), len(args)
	case "G", "RG", "K":
		r.gs.stroke, r.gs.strokeSpace = inkOf(args), len(args)
	case "cs":
		r.gs.fillSpace, r.gs.fill = r.space(args)
	case "CS":
		r.gs.strokeSpace, r.gs.stroke = r.space(args)
	case "sc", "scn":
		r.gs.fill = Ink{}
		if len(args) == r.gs.fillSpace {
			r.gs.fill = inkOf(args)
		}
	case "SC", "SCN":
		r.gs.stroke = Ink{}
		if len(args) == r.gs.strokeSpace {
			r.gs.stroke = inkOf(args)
		}
	}
	return nil
}

var pathOperands = map[string]int{"m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "re": 4, "w": 1}

func firstOperand(args []Object) Object {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func (r *reader) path(op string, v [6]float64) error {
	m, ctm := r.marks, r.gs.ctm
	switch op {
	case "w":
		r.gs.thick = math.Abs(v[0])
	case "m":
		m.move(ctm.point(v[0], v[1]))
	case "l":
		return r.straight(ctm.point(v[0], v[1]))
	case "re":
		m.move(ctm.point(v[0], v[1]))
		for _, p := range []point{{v[0] + v[2], v[1]}, {v[0] + v[2], v[1] + v[3]}, {v[0], v[1] + v[3]}, {v[0], v[1]}} {
			if err := r.straight(ctm.point(p.x, p.y)); err != nil {
				return err
			}
		}
	default: // a curve, by the box of its control points
		n := pathOperands[op]
		for i := 0; i < n; i += 2 {
			m.extend(ctm.point(v[i], v[i+1]))
		}
		m.at = ctm.point(v[n-2], v[n-1])
	}
	return nil
}

func (p *pen) move(to point) {
	if p.bare {
		p.areas = p.areas[:len(p.areas)-1]
	}
	p.areas = append(p.areas, emptyBox.with(to))
	p.start, p.at, p.begun, p.bare = to, to, true, true
}

func (p *pen) extend(to point) {
	if !p.begun {
		p.move(to)
	}
	last := len(p.areas) - 1
	p.areas[last], p.bare = p.areas[last].with(to), false
}

func (r *reader) straight(to point) error {
	m := r.marks
	if len(m.strokes) >= maxMarks || len(m.areas) >= maxMarks {
		return limit("a path of more than %d lines", maxMarks)
	}
	m.extend(to)
	m.strokes = append(m.strokes, emptyBox.with(m.at).with(to))
	m.at = to
	return nil
}

// finish paints the path and drops it.
func (r *reader) finish(op string) error {
	m := r.marks
	defer func() { m.pen = pen{areas: m.areas[:0], strokes: m.strokes[:0]} }()
	if op == "n" {
		return nil
	}
	if op == "s" || op == "b" || op == "b*" {
		if err := r.straight(m.start); err != nil {
			return err
		}
	}
	if len(m.Shapes)+len(m.areas)+len(m.strokes) > maxMarks {
		return limit("more than %d shapes", maxMarks)
	}
	if op != "S" && op != "s" {
		for _, a := range m.areas {
			m.Shapes = append(m.Shapes, Shape{Rect: a, Ink: r.gs.fill, Widget: m.widget})
		}
	}
	if op[0] == 'S' || op[0] == 's' || op[0] == 'B' || op[0] == 'b' {
		thick := r.gs.thick * math.Sqrt(math.Abs(r.gs.ctm[0]*r.gs.ctm[3]-r.gs.ctm[1]*r.gs.ctm[2]))
		for _, s := range m.strokes {
			m.Shapes = append(m.Shapes, Shape{Rect: s, Thick: max(thick, 0.01), Dashed: r.gs.dashed, Ink: r.gs.stroke, Widget: m.widget})
		}
	}
	return nil
}

// inkOf reads grey, RGB or CMYK components.
func inkOf(args []Object) Ink {
	if len(args) != 1 && len(args) != 3 && len(args) != 4 {
		return Ink{}
	}
	v, err := numbers(args, len(args))
	if err != nil {
		return Ink{}
	}
	switch len(args) {
	case 1:
		return Ink{v[0], v[0], v[0], true}
	case 3:
		return Ink{v[0], v[1], v[2], true}
	}
	return Ink{(1 - v[0]) * (1 - v[3]), (1 - v[1]) * (1 - v[3]), (1 - v[2]) * (1 - v[3]), true}
}

// space chooses a colour space by name (8.6): how many components it has, and
// the colour that it begins with.
func (r *reader) space(args []Object) (int, Ink) {
	name, _ := firstOperand(args).(Name)
	spaces, err := As[Dict](r.f, r.res["ColorSpace"])
	if err != nil {
		return 0, Ink{}
	}
	var o Object = name
	if own := spaces[name]; own != nil {
		o = own
	}
	n := r.f.components(o)
	return n, Ink{Known: n > 0}
}

// components of the device spaces, of those that calibrate them, and 0 for all
// others.
func (f *File) components(o Object) int {
	o, err := f.Resolve(o)
	if err != nil {
		return 0
	}
	family, _ := o.(Name)
	list, _ := o.(Array)
	if len(list) > 0 {
		family, _ = list[0].(Name)
	}
	switch family {
	case "DeviceGray", "CalGray", "G":
		return 1
	case "DeviceRGB", "CalRGB", "RGB":
		return 3
	case "DeviceCMYK", "CMYK":
		return 4
	case "ICCBased":
		if len(list) == 2 {
			if s, err := As[*Stream](f, list[1]); err == nil && s != nil {
				if n, err := As[Integer](f, s.Dict["N"]); err == nil && (n == 1 || n == 3 || n == 4) {
					return int(n)
				}
			}
		}
	}
	return 0
}
