package pdf

import (
	"bytes"
	"fmt"
	"slices"
)

// File is an opened PDF. It keeps and never changes the bytes it was opened
// from. It caches what it reads and is not safe for concurrent use.
type File struct {
	b         []byte
	sections  []*section    // newest first
	entries   map[int]Entry // of all sections; nil for an earlier state until it is asked for all
	revisions []Revision

	cache      map[int]parsed
	containers map[int]*container
	faces      map[Ref]*face
	open       map[int]bool // objects being read, to stop circles
	work       int          // bytes that parsing may still consume
	decode     int          // bytes that decoding may still produce
}

type parsed struct {
	object     Object
	start, end int
}

// container is a decoded object stream.
type container struct {
	data    []byte
	numbers []int
	offsets []int
}

// Open reads the cross-reference chain of b, the newest section first. b must
// not change while the File is in use.
func Open(b []byte) (*File, error) {
	if len(b) > MaxFileSize {
		return nil, limit("file of %d bytes, at most %d", len(b), MaxFileSize)
	}
	if !bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) {
		return nil, broken("no PDF header")
	}
	f := newFile(b)
	f.entries = map[int]Entry{}
	if err := f.readSections(); err != nil {
		return nil, err
	}
	if f.Trailer()["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	if _, err := f.Catalog(); err != nil {
		return nil, err
	}
	return f, nil
}

func newFile(b []byte) *File {
	return &File{b: b, cache: map[int]parsed{}, containers: map[int]*container{}, faces: map[Ref]*face{},
		open: map[int]bool{}, work: 16*len(b) + 1<<20, decode: MaxDecodedSize}
}

// Bytes are the bytes the file was opened from; do not modify them.
func (f *File) Bytes() []byte { return f.b }

// Trailer is the newest trailer dictionary.
func (f *File) Trailer() Dict { return f.sections[0].trailer }

// Catalog is the document catalogue, the object that trailer key /Root names.
func (f *File) Catalog() (Dict, error) {
	root, ok := f.Trailer()["Root"].(Ref)
	if !ok {
		return nil, broken("the trailer names no catalogue")
	}
	d, err := As[Dict](f, root)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if d == nil {
		return nil, broken("the catalogue is missing")
	}
	return d, nil
}

// Entry is where the newest section that speaks of object num puts it.
func (f *File) Entry(num int) (Entry, bool) {
	if f.entries != nil {
		e, ok := f.entries[num]
		return e, ok
	}
	for _, s := range f.sections {
		if e, ok := s.entries[num]; ok {
			return e, true
		}
	}
	return Entry{}, false
}

// merge brings the sections' entries together, for whoever needs all of them.
func (f *File) merge() {
	if f.entries != nil {
		return
	}
	f.entries = map[int]Entry{}
	for _, s := range f.sections {
		for n, e := range s.entries {
			if _, newer := f.entries[n]; !newer {
				f.entries[n] = e
			}
		}
	}
}

func (f *File) entry(num int) Entry {
	e, _ := f.Entry(num)
	return e
}

// Numbers are the numbers of all objects in use, ascending.
func (f *File) Numbers() []int {
	f.merge()
	out := make([]int, 0, len(f.entries))
	for n, e := range f.entries {
		if e.Kind != Free {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// Object reads object num as it stands in this file; Null when there is none.
func (f *File) Object(num int) (Object, error) {
	p, err := f.read(num)
	return p.object, err
}

// Scan reads every object in use, in the order of their numbers, and keeps none
// that was not known before. It ends with the first error of visit.
func (f *File) Scan(visit func(num int, e Entry, o Object, err error) error) error {
	for _, n := range f.Numbers() {
		_, known := f.cache[n]
		o, err := f.Object(n)
		if !known {
			delete(f.cache, n)
		}
		if err := visit(n, f.entry(n), o, err); err != nil {
			return err
		}
	}
	return nil
}

// Extent is the range of bytes from the number of object num to the end of its
// endobj; ok is false for objects inside object streams and for none.
func (f *File) Extent(num int) (start, end int, ok bool) {
	if e := f.entry(num); e.Kind != InUse {
		return 0, 0, false
	}
	p, err := f.read(num)
	return p.start, p.end, err == nil
}

// Resolve follows references until something else is met. A reference to an
// object that does not exist is Null (7.3.10).
func (f *File) Resolve(o Object) (Object, error) {
	for range 32 {
		r, ok := o.(Ref)
		if !ok {
			if o == nil {
				return Null{}, nil
			}
			return o, nil
		}
		if e := f.entry(r.Num); e.Kind == Free || e.Gen != r.Gen {
			return Null{}, nil
		}
		var err error
		if o, err = f.Object(r.Num); err != nil {
			return nil, err
		}
	}
	return nil, broken("references in a circle")
}

// As resolves o and asserts its type. Nothing (nil, Null) yields the zero
// value; another type is ErrDamaged. An Integer is accepted as Real.
func As[T Object](f *File, o Object) (T, error) {
	var zero T
	v, err := f.Resolve(o)
	if err != nil {
		return zero, err
	}
	if t, ok := v.(T); ok {
		return t, nil
	}
	if _, ok := v.(Null); ok {
		return zero, nil
	}
	if i, ok := v.(Integer); ok {
		if t, ok := Object(Real(i)).(T); ok {
			return t, nil
		}
	}
	return zero, broken("found %T where %T belongs", v, zero)
}

func (f *File) spend(n int) error {
	if f.work -= n; f.work < 0 {
		return limit("objects overlap: reading them costs more than any honest file")
	}
	return nil
}

func (f *File) read(num int) (parsed, error) {
	if p, ok := f.cache[num]; ok {
		return p, nil
	}
	e, ok := f.Entry(num)
	if !ok || e.Kind == Free {
		return parsed{object: Null{}}, nil
	}
	if f.open[num] || len(f.open) > 32 {
		return parsed{}, broken("object %d needs itself to be read", num)
	}
	f.open[num] = true
	defer delete(f.open, num)
	var (
		p   parsed
		err error
	)
	if e.Kind == Compressed {
		p.object, err = f.compressed(num, e)
	} else {
		p, err = f.indirect(e.Offset, num, e.Gen)
	}
	if err != nil {
		return parsed{}, fmt.Errorf("object %d: %w", num, err)
	}
	f.cache[num] = p
	return p, nil
}

// indirect reads "num gen obj ... endobj" at offset at; num < 0 accepts any.
func (f *File) indirect(at, num, gen int) (parsed, error) {
	if at <= 0 || at >= len(f.b) {
		return parsed{}, damaged(at, "no object there")
	}
	if err := f.spend(0); err != nil {
		return parsed{}, err
	}
	p := &parser{b: f.b, pos: at, noRefs: true}
	defer func() { f.work -= p.pos - at }()
	p.skip()
	start := p.pos
	for i, want := range []int{num, gen} {
		o, err := p.value()
		if n, ok := o.(Integer); err != nil || !ok || num >= 0 && int(n) != want {
			return parsed{}, damaged(at, "object header differs from the cross-reference (%d)", i)
		}
	}
	p.noRefs = false
	if o, err := p.object(); err != nil || o != keyword("obj") {
		return parsed{}, damaged(p.pos, "no obj keyword")
	}
	o, err := p.value()
	if err != nil {
		return parsed{}, err
	}
	k, err := p.object()
	if d, isDict := o.(Dict); err == nil && isDict && k == keyword("stream") {
		if o, err = f.stream(p, d); err != nil {
			return parsed{}, err
		}
		k, err = p.object()
	}
	if err != nil {
		return parsed{}, err
	}
	if k != keyword("endobj") {
		return parsed{}, damaged(p.pos, "no endobj keyword")
	}
	return parsed{o, start, p.pos}, f.spend(0)
}

// stream reads the bytes behind the stream keyword. When /Length is wrong the
// next endstream counts, as every viewer does.
func (f *File) stream(p *parser, d Dict) (Object, error) {
	switch {
	case bytes.HasPrefix(p.b[p.pos:], []byte("\r\n")):
		p.pos += 2
	case p.pos < len(p.b) && (p.b[p.pos] == '\n' || p.b[p.pos] == '\r'):
		p.pos++
	}
	start := p.pos
	if n, err := As[Integer](f, d["Length"]); err == nil && n >= 0 && int64(n) <= int64(len(p.b)-start) {
		q := &parser{b: p.b, pos: start + int(n)}
		for q.pos < len(q.b) && isSpace(q.b[q.pos]) && q.pos-start-int(n) < 4 {
			q.pos++
		}
		if bytes.HasPrefix(q.b[q.pos:], []byte("endstream")) {
			p.pos = q.pos + len("endstream")
			return &Stream{Dict: d, Raw: p.b[start : start+int(n) : start+int(n)]}, nil
		}
	}
	n := bytes.Index(p.b[start:], []byte("endstream"))
	if n < 0 {
		p.pos = len(p.b)
		return nil, damaged(start, "a stream does not end")
	}
	p.pos = start + n + len("endstream")
	raw := p.b[start : start+n : start+n]
	if t, ok := bytes.CutSuffix(raw, []byte("\r\n")); ok {
		raw = t
	} else if n > 0 && (raw[n-1] == '\n' || raw[n-1] == '\r') {
		raw = raw[:n-1]
	}
	return &Stream{Dict: d, Raw: raw}, nil
}

// compressed reads object num out of its object stream (7.5.7).
func (f *File) compressed(num int, e Entry) (Object, error) {
	c, err := f.container(e.Container)
	if err != nil {
		return nil, fmt.Errorf("object stream %d: %w", e.Container, err)
	}
	if e.Index >= len(c.numbers) || c.numbers[e.Index] != num {
		return nil, broken("not at its place in the object stream")
	}
	if err := f.spend(0); err != nil {
		return nil, err
	}
	p := &parser{b: c.data, pos: c.offsets[e.Index]}
	defer func() { f.work -= max(0, p.pos-c.offsets[e.Index]) }()
	o, err := p.value()
	if err != nil {
		return nil, err
	}
	return o, f.spend(0)
}

func (f *File) container(num int) (*container, error) {
	if c, ok := f.containers[num]; ok {
		return c, nil
	}
	e := f.entry(num)
	if e.Kind != InUse {
		return nil, broken("an object stream is not a plain object")
	}
	s, err := As[*Stream](f, Ref{num, e.Gen})
	if err != nil {
		return nil, err
	}
	if s == nil || s.Dict["Type"] != Name("ObjStm") {
		return nil, broken("not an object stream")
	}
	n, err := As[Integer](f, s.Dict["N"])
	if err != nil {
		return nil, err
	}
	first, err := As[Integer](f, s.Dict["First"])
	if err != nil {
		return nil, err
	}
	data, err := f.Data(s)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > MaxObjects || first < 0 || int64(first) > int64(len(data)) {
		return nil, broken("object stream with N %d, First %d", n, first)
	}
	c := &container{data: data}
	p := &parser{b: data[:first], noRefs: true}
	for range int(n) {
		number, err := p.value()
		if err != nil {
			return nil, err
		}
		offset, err := p.value()
		if err != nil {
			return nil, err
		}
		a, ok1 := number.(Integer)
		b, ok2 := offset.(Integer)
		if !ok1 || !ok2 || a < 0 || a > MaxObjectNum || b < 0 || int64(b) > int64(len(data))-int64(first) {
			return nil, broken("bad table in the object stream")
		}
		c.numbers = append(c.numbers, int(a))
		c.offsets = append(c.offsets, int(first)+int(b))
	}
	f.containers[num] = c
	return c, f.spend(int(first))
}
