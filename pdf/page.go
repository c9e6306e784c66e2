package pdf

import (
	"fmt"
	"math"
)

// Rect is a rectangle in default user space, points (1/72 inch), with
// Left <= Right and Bottom <= Top.
type Rect struct{ Left, Bottom, Right, Top float64 }

// Width and Height are in points.
func (r Rect) Width() float64  { return r.Right - r.Left }
func (r Rect) Height() float64 { return r.Top - r.Bottom }

// Array is the rectangle as PDF writes it, to a thousandth of a point.
func (r Rect) Array() Array {
	round := func(v float64) Real { return Real(math.Round(v*1000) / 1000) }
	return Array{round(r.Left), round(r.Bottom), round(r.Right), round(r.Top)}
}

// Page is one leaf of the page tree with what it inherits.
type Page struct {
	Index     int // from 0
	Ref       Ref
	Dict      Dict
	MediaBox  Rect
	CropBox   Rect
	Rotate    int // 0, 90, 180, 270
	Resources Dict
}

// inheritable are the attributes a page takes from its parents (Table 30).
var inheritable = [...]Name{"Resources", "MediaBox", "CropBox", "Rotate"}

// Pages walks the page tree.
func (f *File) Pages() ([]Page, error) {
	root, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	top, ok := root["Pages"].(Ref)
	if !ok {
		return nil, broken("the catalogue names no page tree")
	}
	w := &pageWalk{f: f, seen: map[int]bool{}}
	if err := w.walk(top, Dict{}, 0); err != nil {
		return nil, fmt.Errorf("page tree: %w", err)
	}
	return w.pages, nil
}

type pageWalk struct {
	f     *File
	seen  map[int]bool
	pages []Page
}

func (w *pageWalk) walk(ref Ref, inherited Dict, depth int) error {
	if depth > MaxTreeDepth {
		return limit("deeper than %d", MaxTreeDepth)
	}
	if w.seen[ref.Num] {
		return broken("object %d stands in it twice", ref.Num)
	}
	w.seen[ref.Num] = true
	d, err := As[Dict](w.f, ref)
	if err != nil {
		return err
	}
	if d == nil {
		return broken("object %d is missing", ref.Num)
	}
	own := inherited.Clone()
	for _, k := range inheritable {
		if v, ok := d[k]; ok {
			own[k] = v
		}
	}
	kids, err := As[Array](w.f, d["Kids"])
	if err != nil {
		return err
	}
	if d["Kids"] == nil {
		return w.leaf(ref, d, own)
	}
	for _, k := range kids {
		r, ok := k.(Ref)
		if !ok {
			return broken("a kid of object %d is not a reference", ref.Num)
		}
		if err := w.walk(r, own, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *pageWalk) leaf(ref Ref, d, own Dict) error {
	if len(w.pages) == MaxPages {
		return limit("more than %d pages", MaxPages)
	}
	p := Page{Index: len(w.pages), Ref: ref, Dict: d}
	var err error
	if p.MediaBox, err = w.f.Rect(own["MediaBox"]); err != nil {
		return fmt.Errorf("page %d: media box: %w", p.Index+1, err)
	}
	p.CropBox = p.MediaBox
	if own["CropBox"] != nil {
		if p.CropBox, err = w.f.Rect(own["CropBox"]); err != nil {
			return fmt.Errorf("page %d: crop box: %w", p.Index+1, err)
		}
	}
	turn, err := As[Integer](w.f, own["Rotate"])
	if err != nil {
		return fmt.Errorf("page %d: rotation: %w", p.Index+1, err)
	}
	p.Rotate = int((turn%360 + 360) % 360)
	if p.Resources, err = As[Dict](w.f, own["Resources"]); err != nil {
		return fmt.Errorf("page %d: resources: %w", p.Index+1, err)
	}
	w.pages = append(w.pages, p)
	return nil
}

// Number reads an integer or a real.
func (f *File) Number(o Object) (float64, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return 0, err
	}
	switch x := v.(type) {
	case Integer:
		return float64(x), nil
	case Real:
		return float64(x), nil
	}
	return 0, broken("found %T where a number belongs", v)
}

// Rect reads an array of four numbers, in any corner order.
func (f *File) Rect(o Object) (Rect, error) {
	a, err := As[Array](f, o)
	if err != nil {
		return Rect{}, err
	}
	if len(a) != 4 {
		return Rect{}, broken("a rectangle of %d numbers", len(a))
	}
	var v [4]float64
	for i := range v {
		if v[i], err = f.Number(a[i]); err != nil {
			return Rect{}, err
		}
	}
	return Rect{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}, nil
}
