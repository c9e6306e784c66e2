package pdf

import "fmt"

// Marks are all that a page shows: its own content, the forms drawn in it and
// the normal appearances of its annotations. Clipping is not followed: what is
// cut away counts.
type Marks struct {
	Glyphs   []Glyph
	Shapes   []Shape
	Pictures []Picture
	// Widgets are its form fields and signatures, also those that show nothing.
	// What one of them shows names it by its number, from 1.
	Widgets []Widget
}

// Widget is a form field as it stands on a page (12.7).
type Widget struct {
	Field string // its partial name: "vtNumber"
	Type  Name   // "Tx", "Sig"
	Value Object // nil for none
	Rect  Rect
}

// Limits on one page. A dense one has 10,000 glyphs; a map drawn in lines may
// have 100,000.
const (
	maxMarks       = 300_000  // of each kind
	maxPageContent = 16 << 20 // bytes interpreted, forms as often as they are drawn
	maxForms       = 12       // forms within forms
	maxAnnotations = 10_000
)

// marking is where a reader puts what is not text.
type marking struct {
	Marks
	pen
	widget int
	left   int // bytes of content still to be read
	depth  int
}

func (r *reader) most() int {
	if r.marks != nil {
		return maxMarks
	}
	return maxGlyphs
}

// Marks reads what a page shows, in the order in which it is painted.
func (f *File) Marks(p Page) (Marks, error) {
	fail := func(err error) (Marks, error) { return Marks{}, fmt.Errorf("page %d: %w", p.Index+1, err) }
	data, err := f.contents(p)
	if err != nil {
		return fail(err)
	}
	r, err := f.reader(p.Resources)
	if err != nil {
		return fail(err)
	}
	r.marks = &marking{left: maxPageContent}
	if err := r.content(data); err != nil {
		return fail(err)
	}
	if err := r.annotations(p); err != nil {
		return fail(fmt.Errorf("annotations: %w", err))
	}
	r.marks.Marks.Glyphs = r.out
	return r.marks.Marks, nil
}

// content runs a stream of the page.
func (r *reader) content(data []byte) error {
	if r.marks.left -= len(data); r.marks.left < 0 {
		return limit("more than %d bytes of content", maxPageContent)
	}
	return r.run(data)
}

// form draws a form XObject (8.10) under the present matrix.
func (r *reader) form(s *Stream) error {
	if r.marks.depth == maxForms {
		return limit("forms nested deeper than %d", maxForms)
	}
	data, err := r.f.Data(s)
	if err != nil {
		return err
	}
	m, err := r.f.matrix(s.Dict["Matrix"])
	if err != nil {
		return err
	}
	resources, err := As[Dict](r.f, s.Dict["Resources"])
	if err != nil {
		return err
	}
	outer := *r
	defer func() {
		r.res, r.fonts, r.gs, r.saved, r.tm, r.lm = outer.res, outer.fonts, outer.gs, outer.saved, outer.tm, outer.lm
	}()
	r.marks.depth++
	defer func() { r.marks.depth-- }()
	r.saved = nil
	r.gs.ctm = m.Mul(r.gs.ctm)
	if resources != nil {
		if err := r.use(resources); err != nil {
			return err
		}
	}
	return r.content(data)
}

func (f *File) matrix(o Object) (Matrix, error) {
	a, err := As[Array](f, o)
	if err != nil || a == nil {
		return identity, err
	}
	if len(a) != 6 {
		return identity, broken("a matrix of %d numbers", len(a))
	}
	var m Matrix
	for i := range m {
		if m[i], err = f.Number(a[i]); err != nil {
			return identity, err
		}
	}
	return m, nil
}

// Flags of annotations (Table 165) that do not show.
const notShown = 1<<1 | 1<<5 // Hidden, NoView

func (r *reader) annotations(p Page) error {
	list, err := As[Array](r.f, p.Dict["Annots"])
	if err != nil {
		return err
	}
	if len(list) > maxAnnotations {
		return limit("more than %d on a page", maxAnnotations)
	}
	for _, o := range list {
		d, err := As[Dict](r.f, o)
		if err != nil {
			return err
		}
		rect := Rect{}
		if d["Rect"] != nil {
			if rect, err = r.f.Rect(d["Rect"]); err != nil {
				return err
			}
		}
		r.marks.widget = 0
		if d["Subtype"] == Name("Widget") {
			w, err := r.f.widget(d, rect)
			if err != nil {
				return err
			}
			r.marks.Widgets = append(r.marks.Widgets, w)
			r.marks.widget = len(r.marks.Widgets)
		}
		flags, err := As[Integer](r.f, d["F"])
		if err != nil {
			return err
		}
		if flags&notShown != 0 || d["Subtype"] == Name("Popup") {
			continue
		}
		if err := r.appearance(d); err != nil {
			return err
		}
	}
	return nil
}

// appearance draws the normal appearance of an annotation.
func (r *reader) appearance(d Dict) error {
	s, fit, err := r.f.normal(d)
	if err != nil || s == nil {
		return err
	}
	r.gs = graphics{ctm: fit, scale: 1, painting: freshPainting}
	r.saved = nil
	if err := r.use(nil); err != nil {
		return err
	}
	return r.form(s)
}

// normal is the normal appearance of an annotation, nil for none, and the
// matrix that fits it into its rectangle (12.5.5).
func (f *File) normal(d Dict) (*Stream, Matrix, error) {
	fail := func(err error) (*Stream, Matrix, error) { return nil, Matrix{}, err }
	all, err := As[Dict](f, d["AP"])
	if err != nil {
		return fail(err)
	}
	normal, err := f.Resolve(all["N"])
	if err != nil {
		return fail(err)
	}
	if states, ok := normal.(Dict); ok {
		state, err := As[Name](f, d["AS"])
		if err != nil {
			return fail(err)
		}
		if normal, err = f.Resolve(states[state]); err != nil {
			return fail(err)
		}
	}
	s, ok := normal.(*Stream)
	if !ok {
		return nil, Matrix{}, nil
	}
	m, err := f.matrix(s.Dict["Matrix"])
	if err != nil {
		return fail(err)
	}
	box, err := f.Rect(s.Dict["BBox"])
	if err != nil {
		return fail(fmt.Errorf("an appearance without box: %w", err))
	}
	rect := Rect{}
	if d["Rect"] != nil {
		if rect, err = f.Rect(d["Rect"]); err != nil {
			return fail(err)
		}
	}
	from := m.Bounds(box)
	fit := Matrix{1, 0, 0, 1, rect.Left - from.Left, rect.Bottom - from.Bottom}
	if from.Width() > 0 && from.Height() > 0 {
		x, y := rect.Width()/from.Width(), rect.Height()/from.Height()
		fit = Matrix{x, 0, 0, y, rect.Left - x*from.Left, rect.Bottom - y*from.Bottom}
	}
	return s, fit, nil
}

// widget reads a field that may inherit from its parents (12.7.3.1).
func (f *File) widget(d Dict, rect Rect) (Widget, error) {
	w := Widget{Rect: rect}
	for range MaxTreeDepth {
		if name, err := As[String](f, d["T"]); err != nil {
			return w, err
		} else if w.Field == "" {
			w.Field = name.Text()
		}
		kind, err := As[Name](f, d["FT"])
		if err != nil {
			return w, err
		}
		if w.Type == "" {
			w.Type = kind
		}
		if w.Value == nil && d["V"] != nil {
			if w.Value, err = f.Resolve(d["V"]); err != nil {
				return w, err
			}
		}
		if d["Parent"] == nil {
			return w, nil
		}
		if d, err = As[Dict](f, d["Parent"]); err != nil {
			return w, err
		}
	}
	return w, limit("fields nested deeper than %d", MaxTreeDepth)
}
