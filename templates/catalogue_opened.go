package templates

import (
	"container/list"
	"context"
	"sync"

	"vanthu/record"
)

// What opened keeps at most: forms, and bytes of their parts as they lie in
// memory. The newest one stays whatever it weighs.
const (
	mostOpened   = 64
	heaviestOpen = 256 << 20
)

// opened keeps the published forms that were used last, compiled. A form is
// opened once, however many ask for it at a time; those ask again when the one
// that was opening it failed.
type opened struct {
	mu     sync.Mutex
	slots  map[record.TemplateRef]*slot
	used   *list.List // of *slot, the last used in front
	weight int
}

type slot struct {
	ref   record.TemplateRef
	ready chan struct{} // closed when form is there, or never will be
	form  *form
	place *list.Element // in used, once the form is there
}

func newOpened() *opened {
	return &opened{slots: map[record.TemplateRef]*slot{}, used: list.New()}
}

// get finds a form, or opens it by load. An error of load is for who called it
// alone and is not kept.
func (o *opened) get(ctx context.Context, ref record.TemplateRef, load func() (*form, error)) (*form, error) {
	for {
		o.mu.Lock()
		s, ok := o.slots[ref]
		if !ok {
			s = &slot{ref: ref, ready: make(chan struct{})}
			o.slots[ref] = s
			o.mu.Unlock()
			return o.fill(s, load)
		}
		if s.form != nil {
			o.used.MoveToFront(s.place)
			o.mu.Unlock()
			return s.form, nil
		}
		o.mu.Unlock()
		select {
		case <-s.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (o *opened) fill(s *slot, load func() (*form, error)) (f *form, err error) {
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		defer close(s.ready)
		if f == nil { // also when load panics: nobody must wait for ever
			delete(o.slots, s.ref)
			return
		}
		s.form, s.place = f, o.used.PushFront(s)
		o.weight += f.weight()
		for o.used.Len() > 1 && (o.used.Len() > mostOpened || o.weight > heaviestOpen) {
			last := o.used.Remove(o.used.Back()).(*slot)
			o.weight -= last.form.weight()
			delete(o.slots, last.ref)
		}
	}()
	return load()
}

// weight is about how many bytes the form holds: its package as it came and
// inflated, and the tree made of it.
func (f *form) weight() int {
	n := len(f.record.Package) + len(f.record.Schema)
	for _, name := range f.docx.Names() {
		data, _ := f.docx.Part(name)
		n += len(data)
		if f.docx.IsXML(name) {
			n += 8 * len(data)
		}
	}
	return n
}
