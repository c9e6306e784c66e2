package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// EntryKind says how a cross-reference entry finds its object.
type EntryKind uint8

const (
	Free       EntryKind = iota
	InUse                // at Offset
	Compressed           // in object stream Container, the Index-th
)

// Entry is one cross-reference entry.
type Entry struct {
	Kind             EntryKind
	Offset, Gen      int
	Container, Index int
}

// section is one cross-reference section: a table with trailer (and perhaps a
// hybrid stream), or a cross-reference stream.
type section struct {
	offset     int
	start, end int // the startxref that follows and the byte behind its %%EOF, 0 when there is none
	hybrid     int // the stream of a hybrid section, 0 for none
	stream     bool
	trailer    Dict
	entries    map[int]Entry
}

// Revision is one saved state of the file: the first is the original, each
// later one an incremental update.
type Revision struct {
	// End is the byte count of the file as it was saved at this revision,
	// including the end of line behind its %%EOF.
	End int
	// StartXRef is the offset of its newest cross-reference section.
	StartXRef int
	// Entries are the objects that the revision itself defines or frees.
	Entries map[int]Entry
	Trailer Dict

	newest int // the first of its sections
}

// Revisions lists the revisions, oldest first. The two sections of a
// linearised file count as one revision.
func (f *File) Revisions() []Revision { return f.revisions }

// At is the file as it was at revision i, counted from 0. It costs nothing but
// what is then read from it.
func (f *File) At(i int) (*File, error) {
	if i < 0 || i >= len(f.revisions) {
		return nil, broken("no revision %d", i)
	}
	r := f.revisions[i]
	out := newFile(f.b[:r.End])
	out.sections, out.revisions = f.sections[r.newest:], f.revisions[:i+1]
	for _, s := range out.sections {
		if max(s.offset, s.hybrid) >= r.End {
			return nil, broken("a cross-reference section of revision %d lies behind its end", i)
		}
	}
	if out.Trailer()["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	if _, err := out.Catalog(); err != nil {
		return nil, err
	}
	return out, nil
}

func (f *File) readSections() error {
	offset, err := f.startXRef()
	if err != nil {
		return err
	}
	seen := map[int]bool{}
	total := 0
	for offset > 0 {
		if seen[offset] {
			return broken("cross-reference sections in a circle")
		}
		seen[offset] = true
		if len(f.sections) == MaxSections {
			return limit("more than %d cross-reference sections", MaxSections)
		}
		s, err := f.readSection(offset)
		if err != nil {
			return fmt.Errorf("cross-reference section at %d: %w", offset, err)
		}
		f.sections = append(f.sections, s)
		if total += len(s.entries); total > MaxObjects {
			return limit("more than %d cross-reference entries", MaxObjects)
		}
		for n, e := range s.entries {
			if _, newer := f.entries[n]; !newer {
				f.entries[n] = e
			}
		}
		prev, err := direct(s.trailer, "Prev")
		if err != nil {
			return err
		}
		offset = prev
	}
	f.groupRevisions()
	return nil
}

// startXRef finds the offset named at the end of the file.
func (f *File) startXRef() (int, error) {
	from := max(0, len(f.b)-2048)
	i := bytes.LastIndex(f.b[from:], []byte("startxref"))
	if i < 0 {
		return 0, broken("no startxref at the end")
	}
	p := &parser{b: f.b, pos: from + i + len("startxref"), noRefs: true}
	o, err := p.value()
	n, ok := o.(Integer)
	if err != nil || !ok || n <= 0 || int64(n) >= int64(len(f.b)) {
		return 0, damaged(from+i, "startxref names no place in the file")
	}
	return int(n), nil
}

// groupRevisions walks from the newest section to the oldest. A section begins
// a saved state when a startxref that names it follows it or, in a linearised
// file, follows the older section behind it; any other belongs to the same
// saved state as the newer one.
func (f *File) groupRevisions() {
	var out []Revision // newest first
	for i, s := range f.sections {
		end := 0
		switch {
		case s.start == s.offset:
			end = s.end
		case i+1 < len(f.sections) && f.sections[i+1].start == s.offset:
			end = f.sections[i+1].end
		case i == 0:
			end = len(f.b)
		}
		if last := len(out) - 1; last >= 0 && (end == 0 || end >= out[last].End) {
			for n, e := range s.entries {
				if _, newer := out[last].Entries[n]; !newer {
					out[last].Entries[n] = e
				}
			}
			continue
		}
		out = append(out, Revision{End: end, newest: i, StartXRef: s.offset, Trailer: s.trailer, Entries: maps.Clone(s.entries)})
	}
	slices.Reverse(out)
	f.revisions = out
}

func (f *File) readSection(offset int) (*section, error) {
	if offset >= len(f.b) {
		return nil, broken("outside the file")
	}
	p := &parser{b: f.b, pos: offset}
	p.skip()
	if bytes.HasPrefix(f.b[p.pos:], []byte("xref")) {
		p.pos += len("xref")
		return f.readTable(p, offset)
	}
	return f.readXRefStream(offset)
}

func (f *File) readTable(p *parser, offset int) (*section, error) {
	s := &section{offset: offset, entries: map[int]Entry{}}
	defer func() { f.work -= p.pos - offset }()
	for {
		p.noRefs = true
		o, err := p.object()
		if err != nil {
			return nil, err
		}
		if o == keyword("trailer") {
			break
		}
		first, ok := o.(Integer)
		if !ok {
			return nil, damaged(p.pos, "a cross-reference table without trailer")
		}
		if err := tableRun(p, s, first); err != nil {
			return nil, err
		}
	}
	p.noRefs = false
	o, err := p.value()
	if err != nil {
		return nil, err
	}
	d, ok := o.(Dict)
	if !ok {
		return nil, damaged(p.pos, "the trailer is not a dictionary")
	}
	s.trailer = d
	s.start, s.end = f.tail(p)
	hybrid, err := direct(d, "XRefStm")
	if err != nil {
		return nil, err
	}
	s.hybrid = hybrid
	if hybrid > 0 { // its objects are free in the table (7.5.8.4)
		h, err := f.readXRefStream(hybrid)
		if err != nil {
			return nil, fmt.Errorf("hybrid stream: %w", err)
		}
		for n, e := range h.entries {
			if s.entries[n].Kind == Free {
				s.entries[n] = e
			}
		}
	}
	return s, f.spend(0)
}

// maxGen is the highest generation (Annex C.2); MuPDF gives the free object 0
// one more.
const maxGen = 65535

// tableRun reads one subsection, whose first object number was read.
func tableRun(p *parser, s *section, first Integer) error {
	o, err := p.value()
	count, ok := o.(Integer)
	if err != nil || !ok || first < 0 || count < 0 || int64(first)+int64(count) > MaxObjectNum+1 {
		return damaged(p.pos, "bad subsection in the cross-reference table")
	}
	if len(s.entries)+int(count) > MaxObjects {
		return limit("more than %d cross-reference entries", MaxObjects)
	}
	for n := int(first); n < int(first)+int(count); n++ {
		a, err1 := p.value()
		g, err2 := p.value()
		k, err3 := p.object()
		offset, ok1 := a.(Integer)
		gen, ok2 := g.(Integer)
		if err1 != nil || err2 != nil || err3 != nil || !ok1 || !ok2 || offset < 0 || offset > MaxFileSize || gen < 0 || gen > maxGen+1 {
			return damaged(p.pos, "bad entry for object %d", n)
		}
		if _, twice := s.entries[n]; twice {
			return damaged(p.pos, "two entries for object %d", n)
		}
		switch k {
		case keyword("n"):
			if gen > maxGen {
				return damaged(p.pos, "bad generation of object %d", n)
			}
			s.entries[n] = Entry{Kind: InUse, Offset: int(offset), Gen: int(gen)}
		case keyword("f"):
			s.entries[n] = Entry{Kind: Free, Gen: int(gen)}
		default:
			return damaged(p.pos, "bad entry for object %d", n)
		}
	}
	return nil
}

// tail reads "startxref N %%EOF" at p and returns N and the position behind
// its end of line; 0, 0 when it is not there.
func (f *File) tail(p *parser) (start, end int) {
	p.skip()
	if !bytes.HasPrefix(p.b[p.pos:], []byte("startxref")) {
		return 0, 0
	}
	p.pos += len("startxref")
	p.noRefs = true
	o, err := p.value()
	n, ok := o.(Integer)
	if err != nil || !ok || n < 0 || n > MaxFileSize {
		return 0, 0
	}
	for p.pos < len(p.b) && isSpace(p.b[p.pos]) {
		p.pos++
	}
	if !bytes.HasPrefix(p.b[p.pos:], []byte("%%EOF")) {
		return 0, 0
	}
	end = p.pos + len("%%EOF")
	if end < len(f.b) && f.b[end] == '\r' {
		end++
	}
	if end < len(f.b) && f.b[end] == '\n' {
		end++
	}
	return int(n), end
}

// direct reads a non-negative integer that must not be a reference; 0 when
// the key is missing.
func direct(d Dict, key Name) (int, error) {
	o, ok := d[key]
	if !ok {
		return 0, nil
	}
	n, ok := o.(Integer)
	if !ok || n < 0 || n > MaxFileSize {
		return 0, broken("/%s is not a place", key)
	}
	return int(n), nil
}

// ints reads an array of at least n small non-negative integers.
func ints(o Object, n int) ([]int, error) {
	a, ok := o.(Array)
	if !ok || len(a) < n {
		return nil, broken("an array of %d integers is missing", n)
	}
	out := make([]int, n)
	for i := range out {
		v, ok := a[i].(Integer)
		if !ok || v < 0 || v > MaxObjectNum+1 {
			return nil, broken("%v among integers", a[i])
		}
		out[i] = int(v)
	}
	return out, nil
}
