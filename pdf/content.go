package pdf

import (
	"bytes"
	"fmt"
	"math"
)

// Matrix is a transformation [a b c d e f] (8.3.3).
type Matrix [6]float64

// Mul is m applied first, then n.
func (m Matrix) Mul(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// Glyph is one character code shown on a page.
type Glyph struct {
	Text   string  // what ToUnicode says, or else the font's encoding; "" when neither says anything
	Font   string  // BaseFont without subset tag: "LiberationSerif-Italic"
	Face   *Face   // what else is known of that font
	Key    Name    // of that font in the resources it was taken from
	Size   float64 // points on the page
	X, Y   float64 // origin in default user space: Y is the baseline
	Width  float64 // advance, points
	Level  bool    // the text runs left to right, unslanted
	Slant  float64 // how far a letter leans, as a share of its height; 0 upright by itself
	Ink    Ink
	Hidden bool // drawn invisibly, as the text layer of a scan is (9.3.6)
	Widget int  // whose appearance it stands in, see Marks; 0 for none
}

// maxOperands bounds what an operator may find on the stack, maxSaves the
// nesting of q (Annex C.2 allows 28).
const (
	maxOperands = 8192
	maxSaves    = 512
	maxGlyphs   = 1_000_000
)

// Glyphs reads the text that the page's own content stream shows, in the order
// in which it is shown; text inside form XObjects is not read.
func (f *File) Glyphs(p Page) ([]Glyph, error) {
	data, err := f.contents(p)
	if err != nil {
		return nil, fmt.Errorf("page %d: content: %w", p.Index+1, err)
	}
	r, err := f.reader(p.Resources)
	if err == nil {
		err = r.run(data)
	}
	if err != nil {
		return nil, fmt.Errorf("page %d: content: %w", p.Index+1, err)
	}
	return r.out, nil
}

// contents joins the page's content streams (7.7.3.3).
func (f *File) contents(p Page) ([]byte, error) {
	list, err := f.listOf(p.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, o := range list {
		s, ok := o.(*Stream)
		if !ok {
			return nil, broken("content is %T", o)
		}
		data, err := f.Data(s)
		if err != nil {
			return nil, err
		}
		if len(all)+len(data) > MaxStreamSize {
			return nil, limit("more than %d bytes", MaxStreamSize)
		}
		all = append(append(all, data...), '\n')
	}
	return all, nil
}

type graphics struct {
	ctm                               Matrix
	face                              *face
	key                               Name
	size, char, word, scale, lead, up float64
	mode                              int // text rendering mode (Table 106)
	painting
}

var identity = Matrix{1, 0, 0, 1, 0, 0}

// reader interprets the operators that place text (9.3, 9.4), and with marks
// all that paint.
type reader struct {
	f      *File
	res    Dict
	fonts  Dict
	gs     graphics
	saved  []graphics
	tm, lm Matrix
	out    []Glyph
	marks  *marking // nil: text of this stream alone
}

func (f *File) reader(resources Dict) (*reader, error) {
	r := &reader{f: f}
	r.gs = graphics{ctm: identity, scale: 1, painting: freshPainting}
	return r, r.use(resources)
}

// use takes fonts and all else from these resources.
func (r *reader) use(resources Dict) error {
	fonts, err := As[Dict](r.f, resources["Font"])
	r.res, r.fonts = resources, fonts
	return err
}

func (r *reader) run(data []byte) error {
	p := &parser{b: data, noRefs: true}
	var args []Object
	for {
		o, err := p.object()
		if err != nil {
			return err
		}
		op, ok := o.(keyword)
		switch {
		case o == nil:
			return nil
		case !ok:
			if len(args) == maxOperands {
				return limit("more than %d operands", maxOperands)
			}
			args = append(args, o)
			continue
		case op == "ID":
			if err := skipImage(p); err != nil {
				return err
			}
			if r.marks != nil {
				if err := r.picture(args, nil); err != nil {
					return err
				}
			}
		default:
			if err := r.operator(string(op), args); err != nil {
				return fmt.Errorf("operator %.8q: %w", string(op), err)
			}
		}
		args = args[:0]
	}
}

// skipImage passes the bytes of an inline image, up to an EI between spaces.
func skipImage(p *parser) error {
	for {
		i := bytes.Index(p.b[p.pos:], []byte("EI"))
		if i < 0 {
			return broken("an inline image does not end")
		}
		at := p.pos + i
		p.pos = at + 2
		if isSpace(p.b[at-1]) && (p.pos == len(p.b) || isSpace(p.b[p.pos])) {
			return nil
		}
	}
}

// numbers reads the last n operands.
func numbers(args []Object, n int) ([6]float64, error) {
	var out [6]float64
	if len(args) < n {
		return out, broken("%d operands, not %d", len(args), n)
	}
	for i, o := range args[len(args)-n:] {
		switch v := o.(type) {
		case Integer:
			out[i] = float64(v)
		case Real:
			out[i] = float64(v)
		default:
			return out, broken("%T among numbers", o)
		}
	}
	return out, nil
}

// operandCount of the operators that take only numbers.
func operandCount(op string) (int, bool) {
	switch op {
	case "cm", "Tm":
		return 6, true
	case "Td", "TD":
		return 2, true
	case "Tc", "Tw", "Tz", "TL", "Ts", "Tr":
		return 1, true
	}
	return 0, false
}

func (r *reader) operator(op string, args []Object) error {
	if n, ok := operandCount(op); ok {
		v, err := numbers(args, n)
		if err != nil {
			return err
		}
		r.place(op, v)
		return nil
	}
	switch op {
	case "q":
		if len(r.saved) == maxSaves {
			return limit("more than %d saved states", maxSaves)
		}
		r.saved = append(r.saved, r.gs)
	case "Q":
		if n := len(r.saved) - 1; n >= 0 {
			r.gs, r.saved = r.saved[n], r.saved[:n]
		}
	case "BT":
		r.tm, r.lm = identity, identity
	case "Tf":
		return r.font(args)
	case "T*":
		r.line(0, -r.gs.lead)
	case "Tj", "TJ":
		return r.show(args)
	case "'":
		r.line(0, -r.gs.lead)
		return r.show(args)
	case "\"":
		if len(args) != 3 {
			return broken("%d operands", len(args))
		}
		v, err := numbers(args[:2], 2)
		if err != nil {
			return err
		}
		r.gs.word, r.gs.char = v[0], v[1]
		r.line(0, -r.gs.lead)
		return r.show(args[2:])
	default:
		if r.marks != nil {
			return r.paint(op, args)
		}
	}
	return nil
}

func (r *reader) place(op string, v [6]float64) {
	switch op {
	case "cm":
		r.gs.ctm = Matrix(v).Mul(r.gs.ctm)
	case "Tm":
		r.tm, r.lm = v, v
	case "TD":
		r.gs.lead = -v[1]
		r.line(v[0], v[1])
	case "Td":
		r.line(v[0], v[1])
	case "Tc":
		r.gs.char = v[0]
	case "Tw":
		r.gs.word = v[0]
	case "Tz":
		r.gs.scale = v[0] / 100
	case "TL":
		r.gs.lead = v[0]
	case "Ts":
		r.gs.up = v[0]
	case "Tr":
		r.gs.mode = int(v[0])
	}
}

func (r *reader) line(x, y float64) {
	r.lm = Matrix{1, 0, 0, 1, x, y}.Mul(r.lm)
	r.tm = r.lm
}

func (r *reader) font(args []Object) error {
	if len(args) != 2 {
		return broken("%d operands", len(args))
	}
	name, ok := args[0].(Name)
	v, err := numbers(args, 1)
	if !ok || err != nil {
		return broken("no font and size")
	}
	t, err := r.f.faceOf(r.fonts[name])
	if err != nil {
		return fmt.Errorf("font /%.40s: %w", name, err)
	}
	r.gs.face, r.gs.key, r.gs.size = t, name, v[0]
	return nil
}

func (r *reader) show(args []Object) error {
	if len(args) != 1 {
		return broken("%d operands", len(args))
	}
	if r.gs.face == nil {
		return broken("text without a font")
	}
	parts, ok := args[0].(Array)
	if !ok {
		parts = Array(args)
	}
	for _, part := range parts {
		switch v := part.(type) {
		case String:
			if err := r.text(string(v)); err != nil {
				return err
			}
		case Integer:
			r.advance(-float64(v) / 1000 * r.gs.size * r.gs.scale)
		case Real:
			r.advance(-float64(v) / 1000 * r.gs.size * r.gs.scale)
		default:
			return broken("%T in a text", part)
		}
	}
	return nil
}

func (r *reader) advance(x float64) { r.tm = Matrix{1, 0, 0, 1, x, 0}.Mul(r.tm) }

func (r *reader) text(s string) error {
	width := 1
	if r.gs.face.wide {
		width = 2
	}
	for ; len(s) >= width; s = s[width:] {
		if most := r.most(); len(r.out) == most {
			return limit("more than %d characters", most)
		}
		code := bigEndian([]byte(s[:width]))
		gs := &r.gs
		m := Matrix{gs.size * gs.scale, 0, 0, gs.size, 0, gs.up}.Mul(r.tm).Mul(gs.ctm)
		w := gs.face.width(code)
		g := Glyph{
			Text: gs.face.unicode[code], Font: gs.face.Name, Face: &gs.face.Face, Key: gs.key,
			Size: math.Hypot(m[2], m[3]), X: m[4], Y: m[5],
			Width:  w * math.Hypot(m[0], m[1]),
			Level:  m[1] == 0 && m[2] == 0 && m[0] > 0 && m[3] > 0,
			Ink:    gs.fill,
			Hidden: gs.mode == 3 || gs.mode == 7,
		}
		if m[1] == 0 && m[3] != 0 {
			g.Slant = m[2] / m[3]
		}
		if gs.mode == 1 || gs.mode == 5 {
			g.Ink = gs.stroke
		}
		if r.marks != nil {
			g.Widget = r.marks.widget
		}
		r.out = append(r.out, g)
		gap := gs.char
		if width == 1 && code == ' ' {
			gap += gs.word
		}
		r.advance((w*gs.size + gap) * gs.scale)
	}
	return nil
}
