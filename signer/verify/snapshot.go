package verify

import (
	"errors"

	"vanthu/pdf"
)

// snapshot is all objects of one state of a file, to be compared with those of
// the next.
type snapshot struct {
	file    *pdf.File
	objects map[int]object
	refs    map[int]int // how often each object number is referred to
	form    *form
	pages   []pdf.Page
	err     error // form or page tree can't be read
}

type object struct {
	gen    int
	value  pdf.Object
	broken bool
}

func takeSnapshot(f *pdf.File) (*snapshot, error) {
	s := &snapshot{file: f, objects: map[int]object{}, refs: map[int]int{}}
	for _, n := range f.Numbers() {
		e, _ := f.Entry(n)
		o := object{gen: e.Gen}
		if e.Kind == pdf.Compressed {
			o.gen = 0 // objects in object streams have none
		}
		v, err := f.Object(n)
		switch {
		case errors.Is(err, pdf.ErrLimit):
			return nil, refused(err)
		case err != nil:
			// Nobody can show a broken object; that it is broken in the same
			// place in both states is all that counts.
			o.broken, v = true, pdf.Integer(e.Offset)
		}
		if _, none := v.(pdf.Null); none {
			continue
		}
		o.value = v
		s.objects[n] = o
		s.count(v)
	}
	s.count(f.Trailer())
	var pageErr error
	s.form, s.err = readForm(f)
	s.pages, pageErr = f.Pages()
	s.err = errors.Join(s.err, pageErr)
	return s, nil
}

func (s *snapshot) count(o pdf.Object) {
	eachRef(o, func(r pdf.Ref) { s.refs[r.Num]++ })
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
		eachRef(s.objects[n].value, add)
	}
}
