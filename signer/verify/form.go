package verify

import (
	"fmt"

	"vanthu/pdf"
)

// Limits on a form.
const (
	maxFields     = 10_000
	maxFieldDepth = 32
)

// field is one terminal field of the interactive form (ISO 32000-1, 12.7.3).
type field struct {
	name    string // fully qualified
	ref     pdf.Ref
	dict    pdf.Dict
	kind    pdf.Name   // FT, inherited
	value   pdf.Object // V as it stands in the field, nil when it has none
	widgets []pdf.Ref  // its widget annotations other than itself
}

// form is the interactive form of one state of a file.
type form struct {
	dict   pdf.Dict // nil when there is none
	fields []field
	byNum  map[int]int // object number of a field or widget -> index into fields
}

type formWalk struct {
	f    *pdf.File
	form *form
	seen map[int]bool
}

// readForm walks the field tree. Fields must be indirect objects, each in its
// place once; anything else is damage, because readers would differ in it.
func readForm(f *pdf.File) (*form, error) {
	out := &form{byNum: map[int]int{}}
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	if out.dict, err = pdf.As[pdf.Dict](f, catalog["AcroForm"]); err != nil || out.dict == nil {
		return out, err
	}
	fields, err := pdf.As[pdf.Array](f, out.dict["Fields"])
	if err != nil {
		return nil, err
	}
	w := &formWalk{f: f, form: out, seen: map[int]bool{}}
	for _, o := range fields {
		if err := w.walk(o, "", "", 0); err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
	}
	return out, nil
}

func (w *formWalk) walk(o pdf.Object, parent string, kind pdf.Name, depth int) error {
	ref, ok := o.(pdf.Ref)
	if !ok {
		return fmt.Errorf("%w: a field is not an indirect object", pdf.ErrDamaged)
	}
	if depth > maxFieldDepth || len(w.seen) > maxFields {
		return fmt.Errorf("%w: form too deep or too large", pdf.ErrLimit)
	}
	if w.seen[ref.Num] {
		return fmt.Errorf("%w: field object %d stands in the form twice", pdf.ErrDamaged, ref.Num)
	}
	w.seen[ref.Num] = true
	d, err := pdf.As[pdf.Dict](w.f, ref)
	if err != nil || d == nil {
		return err
	}
	name := parent
	if t, err := pdf.As[pdf.String](w.f, d["T"]); err != nil {
		return err
	} else if d["T"] != nil {
		if name = t.Text(); parent != "" {
			name = parent + "." + name
		}
	}
	if k, err := pdf.As[pdf.Name](w.f, d["FT"]); err != nil {
		return err
	} else if k != "" {
		kind = k
	}
	kids, err := pdf.As[pdf.Array](w.f, d["Kids"])
	if err != nil {
		return err
	}
	var widgets []pdf.Ref
	inner := false
	for _, k := range kids {
		kid, err := pdf.As[pdf.Dict](w.f, k)
		if err != nil {
			return err
		}
		if r, ok := k.(pdf.Ref); ok && kid["T"] == nil && kid["Kids"] == nil {
			if w.seen[r.Num] {
				return fmt.Errorf("%w: widget %d stands in the form twice", pdf.ErrDamaged, r.Num)
			}
			w.seen[r.Num] = true
			widgets = append(widgets, r)
			continue
		}
		inner = true
		if err := w.walk(k, name, kind, depth+1); err != nil {
			return err
		}
	}
	if inner {
		return nil
	}
	fd := field{name: name, ref: ref, dict: d, kind: kind, widgets: widgets}
	if v, err := w.f.Resolve(d["V"]); err != nil {
		return err
	} else if _, none := v.(pdf.Null); !none {
		fd.value = d["V"]
	}
	for _, r := range append([]pdf.Ref{ref}, widgets...) {
		w.form.byNum[r.Num] = len(w.form.fields)
	}
	w.form.fields = append(w.form.fields, fd)
	return nil
}

// text is a field's value for people.
func text(f *pdf.File, o pdf.Object) string {
	v, err := f.Resolve(o)
	if err != nil {
		return ""
	}
	switch v := v.(type) {
	case pdf.String:
		return v.Text()
	case pdf.Name:
		return string(v)
	}
	return ""
}
