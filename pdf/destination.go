package pdf

import "fmt"

// Destination is a place that a name points at (12.3.2). Left and Top are in
// default user space, points; they are 0 and unset when the file leaves them
// open or the destination is a whole page.
type Destination struct {
	Page  Ref
	Kind  Name // "XYZ", "Fit", ...
	Left  float64
	Top   float64
	HasXY bool // XYZ with both coordinates given
}

// Destinations reads the named destinations of the name tree and of the older
// dictionary in the catalogue. A name that stands in both, or twice, is
// damage: readers would differ in where it points.
func (f *File) Destinations() (map[string]Destination, error) {
	root, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	w := &nameWalk{f: f, seen: map[int]bool{}, found: map[string]Destination{}}
	names, err := As[Dict](f, root["Names"])
	if err != nil {
		return nil, err
	}
	if names["Dests"] != nil {
		if err := w.walk(names["Dests"], 0); err != nil {
			return nil, fmt.Errorf("named destinations: %w", err)
		}
	}
	old, err := As[Dict](f, root["Dests"])
	if err != nil {
		return nil, err
	}
	for name, o := range old {
		if err := w.add(string(name), o); err != nil {
			return nil, fmt.Errorf("named destinations: %w", err)
		}
	}
	return w.found, nil
}

type nameWalk struct {
	f     *File
	seen  map[int]bool
	steps int
	found map[string]Destination
}

func (w *nameWalk) walk(o Object, depth int) error {
	if w.steps++; depth > MaxTreeDepth || w.steps > MaxObjects {
		return limit("name tree with %d levels, %d nodes", depth, w.steps)
	}
	if r, ok := o.(Ref); ok {
		if w.seen[r.Num] {
			return broken("object %d stands in the name tree twice", r.Num)
		}
		w.seen[r.Num] = true
	}
	d, err := As[Dict](w.f, o)
	if err != nil {
		return err
	}
	names, err := As[Array](w.f, d["Names"])
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(names); i += 2 {
		name, err := As[String](w.f, names[i])
		if err != nil {
			return err
		}
		if err := w.add(string(name), names[i+1]); err != nil {
			return err
		}
	}
	kids, err := As[Array](w.f, d["Kids"])
	if err != nil {
		return err
	}
	for _, k := range kids {
		if err := w.walk(k, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// add reads one destination: an array, or a dictionary with the array in /D.
func (w *nameWalk) add(name string, o Object) error {
	if _, twice := w.found[name]; twice {
		return broken("name %.60q twice", name)
	}
	if len(w.found) == MaxObjects {
		return limit("more than %d names", MaxObjects)
	}
	v, err := w.f.Resolve(o)
	if err != nil {
		return err
	}
	if d, ok := v.(Dict); ok {
		if v, err = w.f.Resolve(d["D"]); err != nil {
			return err
		}
	}
	a, ok := v.(Array)
	if !ok || len(a) < 2 {
		return broken("name %.60q points nowhere", name)
	}
	dest := Destination{}
	dest.Page, _ = a[0].(Ref)
	dest.Kind, _ = a[1].(Name)
	if dest.Kind == "XYZ" && len(a) >= 4 {
		left, err1 := w.f.Number(a[2])
		top, err2 := w.f.Number(a[3])
		if err1 == nil && err2 == nil {
			dest.Left, dest.Top, dest.HasXY = left, top, true
		}
	}
	w.found[name] = dest
	return nil
}
