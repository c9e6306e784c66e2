package verify

import (
	"errors"
	"fmt"
	"slices"

	"vanthu/pdf"
)

// snapshot is one state of a file, to be compared with the next. Its objects
// are read when they are asked for: most are those of the state before.
type snapshot struct {
	file  *pdf.File
	refs  map[int]int // how often each object number is referred to
	form  *form
	pages []pdf.Page
	err   error // form or page tree can't be read
	limit error // an object went past a limit

	// fragile objects may read differently in a longer file though no update
	// speaks of them: broken ones, and streams of a wrong length.
	fragile []int
}

type object struct {
	gen    int
	value  pdf.Object // nil for none
	broken bool
}

// maxFragile bounds how many objects are compared at every update.
const maxFragile = 1000

// takeSnapshot reads every object of a state once.
func takeSnapshot(f *pdf.File) (*snapshot, error) {
	s := &snapshot{file: f, refs: map[int]int{}}
	err := f.Scan(func(n int, _ pdf.Entry, v pdf.Object, err error) error {
		switch stream, isStream := v.(*pdf.Stream); {
		case errors.Is(err, pdf.ErrLimit):
			return err
		case err != nil:
			s.fragile = append(s.fragile, n)
		case isStream && !measured(f, stream):
			s.fragile = append(s.fragile, n)
		}
		if err == nil {
			s.count(v, 1)
		}
		if len(s.fragile) > maxFragile {
			return fmt.Errorf("%w: more than %d damaged objects", pdf.ErrLimit, maxFragile)
		}
		return nil
	})
	if err != nil {
		return nil, refused(err)
	}
	s.count(f.Trailer(), 1)
	var pageErr error
	s.form, s.err = readForm(f)
	s.pages, pageErr = f.Pages()
	s.err = errors.Join(s.err, pageErr)
	return s, nil
}

// next is the state after s; see follow.
func (s *snapshot) next(f *pdf.File) *snapshot {
	b := &snapshot{file: f, pages: s.pages, fragile: s.fragile}
	b.form, b.err = readForm(f)
	return b
}

// touched are the objects that may differ between s and the state that r led to.
func (s *snapshot) touched(r pdf.Revision) []int {
	out := slices.Clone(s.fragile)
	for n := range r.Entries {
		out = append(out, n)
	}
	containers := map[int]bool{}
	for _, n := range out {
		if o, err := s.file.Object(n); err != nil || isStorage(o) {
			containers[n] = true
		}
	}
	if len(containers) > 0 { // what they hold changes with them
		for _, n := range s.file.Numbers() {
			if e, _ := s.file.Entry(n); e.Kind == pdf.Compressed && containers[e.Container] {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// follow takes over the references and pages of a, of which b differs in these
// objects. a must not be asked about references any more.
func (b *snapshot) follow(a *snapshot, changed map[int]bool) {
	b.refs = a.refs
	leaves := map[int]bool{}
	for _, p := range a.pages {
		leaves[p.Ref.Num] = true
	}
	turned := a.err != nil
	for n := range changed {
		before, after := a.object(n), b.object(n)
		b.count(before.value, -1)
		b.count(after.value, 1)
		turned = turned || leaves[n] || isNode(before.value) || isNode(after.value)
		if s, ok := after.value.(*pdf.Stream); after.broken || ok && !measured(b.file, s) {
			b.fragile = append(slices.Clip(b.fragile), n)
		}
	}
	b.count(a.file.Trailer(), -1)
	b.count(b.file.Trailer(), 1)
	if turned {
		var err error
		b.pages, err = b.file.Pages()
		b.err = errors.Join(b.err, err)
	}
	b.limit = errors.Join(a.limit, b.limit)
	if len(b.fragile) > maxFragile {
		b.limit = errors.Join(b.limit, fmt.Errorf("%w: more than %d damaged objects", pdf.ErrLimit, maxFragile))
	}
}

// isNode: it may be part of the page tree.
func isNode(o pdf.Object) bool {
	d, ok := o.(pdf.Dict)
	return ok && (d["Kids"] != nil || d["Type"] == pdf.Name("Pages") || d["Type"] == pdf.Name("Page"))
}

// measured: the stream is as long as it says.
func measured(f *pdf.File, s *pdf.Stream) bool {
	n, err := pdf.As[pdf.Integer](f, s.Dict["Length"])
	return err == nil && int(n) == len(s.Raw)
}

func (s *snapshot) object(n int) object {
	e, ok := s.file.Entry(n)
	if !ok || e.Kind == pdf.Free {
		return object{}
	}
	o := object{gen: e.Gen}
	if e.Kind == pdf.Compressed {
		o.gen = 0 // objects in object streams have none
	}
	v, err := s.file.Object(n)
	switch {
	case errors.Is(err, pdf.ErrLimit):
		s.limit = errors.Join(s.limit, err)
	case err != nil:
		// Nobody can show a broken object; that it is broken in the same place in
		// both states is all that counts.
		o.broken, v = true, pdf.Integer(e.Offset)
	}
	if _, none := v.(pdf.Null); none {
		return object{}
	}
	o.value = v
	return o
}

func (s *snapshot) count(o pdf.Object, by int) {
	eachRef(o, func(r pdf.Ref) { s.refs[r.Num] += by })
}

// eachRef calls f for every reference directly within o.
func eachRef(o pdf.Object, f func(pdf.Ref)) {
	switch o := o.(type) {
	case pdf.Ref:
		f(o)
	case pdf.Array:
		for _, v := range o {
			eachRef(v, f)
		}
	case pdf.Dict:
		for _, v := range o {
			eachRef(v, f)
		}
	case *pdf.Stream:
		eachRef(o.Dict, f)
	}
}

func (a object) same(b object) bool {
	return a.gen == b.gen && a.broken == b.broken && pdf.Equal(a.value, b.value)
}

// label says what people would call the object: what a page shows, or a part
// of the catalogue.
type label struct {
	code string
	text string
	page int // from 1; 0 for none
}

// maxLabelled bounds the search for what an object belongs to.
const maxLabelled = 200_000

// labels finds the first use of every object: pages first, since what people
// see matters most.
func (s *snapshot) labels() map[int]label {
	out := map[int]label{}
	if s.err != nil {
		return out
	}
	// Page dictionaries and the tree above them have their own names and stop
	// the search.
	for _, p := range s.pages {
		out[p.Ref.Num] = label{"page-changed", "thuộc tính của trang", p.Index + 1}
	}
	catalog, _ := s.file.Catalog()
	s.labelTree(out, catalog["Pages"])
	for _, p := range s.pages {
		s.spread(out, p.Dict["Contents"], label{"page-content", "nội dung trang", p.Index + 1})
		s.spread(out, p.Dict["Annots"], label{"page-annotations", "chú thích hoặc ô biểu mẫu trên trang", p.Index + 1})
		s.spread(out, p.Resources, label{"page-resources", "phông chữ, hình ảnh của trang", p.Index + 1})
		s.spread(out, p.Dict, label{"page-changed", "thuộc tính của trang", p.Index + 1})
	}
	s.spread(out, s.file.Trailer()["Info"], label{code: "document-info", text: "thông tin tài liệu (Info)"})
	s.spread(out, catalog["Metadata"], label{code: "metadata", text: "siêu dữ liệu (XMP)"})
	s.spread(out, catalog["AcroForm"], label{code: "form-changed", text: "biểu mẫu"})
	for key, v := range catalog {
		s.spread(out, v, label{code: "catalog-changed", text: "mục /" + string(key) + " của tài liệu"})
	}
	return out
}

func (s *snapshot) labelTree(out map[int]label, o pdf.Object) {
	queue := []pdf.Object{o}
	for len(queue) > 0 {
		r, isRef := queue[0].(pdf.Ref)
		queue = queue[1:]
		if !isRef {
			continue
		}
		if _, done := out[r.Num]; done {
			continue
		}
		out[r.Num] = label{code: "page-tree", text: "thứ tự, số lượng trang"}
		d, _ := pdf.As[pdf.Dict](s.file, r)
		kids, _ := pdf.As[pdf.Array](s.file, d["Kids"])
		queue = append(queue, kids...)
	}
}

// spread gives l to everything that o refers to and that has no label yet.
func (s *snapshot) spread(out map[int]label, o pdf.Object, l label) {
	var queue []int
	add := func(r pdf.Ref) {
		if _, done := out[r.Num]; !done && len(out) < maxLabelled {
			out[r.Num] = l
			queue = append(queue, r.Num)
		}
	}
	eachRef(o, add)
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		eachRef(s.object(n).value, add)
	}
}
