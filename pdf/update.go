package pdf

import (
	"fmt"
	"slices"
)

// Update is one incremental update being prepared: new and replaced objects
// that Write appends behind the unchanged bytes of the file (7.5.6), in the
// same form of cross-reference that the file's newest section has.
type Update struct {
	f       *File
	next    int
	objects map[int]Object
	gens    map[int]int
}

// NewUpdate starts an update of f.
func NewUpdate(f *File) *Update {
	next := 1
	for _, s := range f.sections {
		for n := range s.entries {
			next = max(next, n+1)
		}
	}
	if size, err := direct(f.Trailer(), "Size"); err == nil {
		next = max(next, size)
	}
	return &Update{f: f, next: next, objects: map[int]Object{}, gens: map[int]int{}}
}

// Reserve gives a new object number that Set fills later.
func (u *Update) Reserve() Ref {
	u.next++
	return Ref{Num: u.next - 1}
}

// Add makes a new object.
func (u *Update) Add(o Object) Ref {
	r := u.Reserve()
	u.Set(r, o)
	return r
}

// Set replaces the object r names, under the same number.
func (u *Update) Set(r Ref, o Object) {
	u.objects[r.Num], u.gens[r.Num] = o, r.Gen
}

// Get resolves o as the file will be with this update.
func (u *Update) Get(o Object) (Object, error) {
	for range 32 {
		r, ok := o.(Ref)
		if !ok {
			break
		}
		if own, ok := u.objects[r.Num]; ok {
			o = own
			continue
		}
		v, err := u.f.Resolve(r)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	return u.f.Resolve(o)
}

// Dict is Get for a dictionary, copied so that it may be changed; an empty one
// when there is none.
func (u *Update) Dict(o Object) (Dict, error) {
	v, err := u.Get(o)
	if err != nil {
		return nil, err
	}
	switch d := v.(type) {
	case Dict:
		return d.Clone(), nil
	case Null:
		return Dict{}, nil
	}
	return nil, broken("found %T where a dictionary belongs", v)
}

// room is what Write keeps free behind the file for small objects and for a
// Hole, so that a large file is copied once.
const room = 128 << 10

// Write returns the file with the update appended. The file's own bytes are a
// prefix of it, save that a missing last end of line is added behind them.
// Offsets of every Hole are set.
func (u *Update) Write() ([]byte, error) {
	size := len(u.f.b) + room
	for _, o := range u.objects {
		size += 512
		if s, ok := o.(*Stream); ok {
			size += len(s.Raw)
		}
	}
	return u.extend(append(make([]byte, 0, size), u.f.b...))
}

// Extend is Write for a caller that needs the file no more: what comes back may
// share its memory.
func (u *Update) Extend() ([]byte, error) { return u.extend(u.f.b) }

func (u *Update) extend(out []byte) ([]byte, error) {
	numbers := make([]int, 0, len(u.objects)+1)
	for n := range u.objects {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	if n := len(out); n > 0 && out[n-1] != '\n' && out[n-1] != '\r' {
		out = append(out, '\n')
	}
	entries := map[int]Entry{}
	for _, n := range numbers {
		entries[n] = Entry{Kind: InUse, Offset: len(out), Gen: u.gens[n]}
		out = fmt.Appendf(out, "%d %d obj\n", n, u.gens[n])
		out = appendObject(out, u.objects[n])
		out = append(out, "\nendobj\n"...)
	}
	trailer := Dict{"Prev": Integer(u.f.sections[0].offset)}
	for _, k := range []Name{"Root", "Info", "ID"} {
		if v, ok := u.f.Trailer()[k]; ok {
			trailer[k] = v
		}
	}
	if u.f.sections[0].stream {
		out = u.writeStream(out, numbers, entries, trailer)
	} else {
		out = u.writeTable(out, numbers, entries, trailer)
	}
	if len(out) > MaxFileSize {
		return nil, limit("the updated file has %d bytes, at most %d", len(out), MaxFileSize)
	}
	return out, nil
}

func (u *Update) writeTable(out []byte, numbers []int, entries map[int]Entry, trailer Dict) []byte {
	start := len(out)
	out = append(out, "xref\n"...)
	for i := 0; i < len(numbers); {
		j := i + 1
		for j < len(numbers) && numbers[j] == numbers[j-1]+1 {
			j++
		}
		out = fmt.Appendf(out, "%d %d\n", numbers[i], j-i)
		for ; i < j; i++ {
			e := entries[numbers[i]]
			out = fmt.Appendf(out, "%010d %05d n\r\n", e.Offset, e.Gen)
		}
	}
	trailer["Size"] = Integer(u.next)
	out = append(out, "trailer\n"...)
	out = appendObject(out, trailer)
	return fmt.Appendf(out, "\nstartxref\n%d\n%%%%EOF\n", start)
}

func (u *Update) writeStream(out []byte, numbers []int, entries map[int]Entry, trailer Dict) []byte {
	start, own := len(out), u.Reserve().Num
	numbers = append(numbers, own)
	entries[own] = Entry{Kind: InUse, Offset: start}
	var (
		index Array
		rows  []byte
	)
	for i, n := range numbers {
		if i > 0 && n == numbers[i-1]+1 {
			index[len(index)-1] = index[len(index)-1].(Integer) + 1
		} else {
			index = append(index, Integer(n), Integer(1))
		}
		e := entries[n]
		rows = append(rows, 1, byte(e.Offset>>24), byte(e.Offset>>16), byte(e.Offset>>8), byte(e.Offset), byte(e.Gen>>8), byte(e.Gen))
	}
	trailer["Type"] = Name("XRef")
	trailer["Size"] = Integer(u.next)
	trailer["W"] = Array{Integer(1), Integer(4), Integer(2)}
	trailer["Index"] = index
	out = fmt.Appendf(out, "%d 0 obj\n", own)
	out = appendObject(out, Flate(trailer, rows))
	return fmt.Appendf(out, "\nendobj\nstartxref\n%d\n%%%%EOF\n", start)
}
