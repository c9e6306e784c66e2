package templates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// shelf keeps templates in memory; the archive's own is tested with the server.
type shelf struct {
	mu    sync.Mutex
	all   map[string]record.Template
	blobs map[record.Digest][]byte
	reads atomic.Int64
	fails error
}

func newShelf() *shelf {
	return &shelf{all: map[string]record.Template{}, blobs: map[record.Digest][]byte{}}
}

func (s *shelf) put(f record.Form) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.all[f.ID]
	t.Versions = append(slices.Clip(t.Versions), record.TemplateVersion{SHA256: f.SHA256, Type: f.Type, Title: f.Title, Actor: "a"})
	s.all[f.ID], s.blobs[f.SHA256] = t, f.Package
}

func (s *shelf) Template(_ context.Context, id string) (record.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[id], nil
}

func (s *shelf) Templates(context.Context) (map[string]record.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.all), nil
}

func (s *shelf) Package(ctx context.Context, d record.Digest) ([]byte, error) {
	s.reads.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blobs[d], errors.Join(s.fails, ctx.Err())
}

// letter is a small template; word tells one from another.
func letter(t testing.TB, c *Catalogue, id, word string) record.Form {
	t.Helper()
	f, err := c.Compose(t.Context(), source(id, officetest.DOCX(t, officetest.Paragraphs(word+" {ho_ten}", "{#muc}", "{$1}. {ten}", "{/muc}"), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPublishedForms(t *testing.T) {
	s := newShelf()
	c := catalogue(t).With(s)
	one, two := letter(t, c, "thu", "một"), letter(t, c, "thu", "hai")
	s.put(one)
	s.put(two)
	got, err := c.Decode(t.Context(), "", one.Example)
	if err != nil || got.Form.SHA256 != two.SHA256 {
		t.Fatalf("decoded against %s: %v", got.Form.SHA256, err)
	}
	for _, f := range []record.Form{one, two} {
		in := sampleFilling()
		in.Envelope, in.Template = got.Envelope, f.TemplateRef
		docx, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if want, text := map[record.Digest]string{one.SHA256: "một Ho ten mẫu", two.SHA256: "hai Ho ten mẫu"}[f.SHA256], linesOf(t, docx); !slices.Contains(text, want) {
			t.Errorf("%s: no %q in %q", f.SHA256, want, text)
		}
	}
	if v, err := c.Version(t.Context(), one.TemplateRef); err != nil || !bytes.Equal(v.Package, one.Package) || !bytes.Equal(v.Schema, one.Schema) {
		t.Errorf("the first version: %v", err)
	}
	if _, err := c.Version(t.Context(), record.TemplateRef{ID: "ke-hoach", SHA256: one.SHA256}); record.CodeOf(err) != "template-version-unknown" {
		t.Errorf("a version of another template: %v", err)
	}
	if _, err := c.Form(t.Context(), "khac"); record.CodeOf(err) != "template-unknown" || !bytes.Contains([]byte(err.Error()), []byte("thu")) {
		t.Errorf("unknown: %v", err)
	}
	// What the archive holds may not be what a program can read.
	for name, b := range map[string][]byte{"cut": one.Package[:len(one.Package)/2], "empty": nil, "no package": one.DOCX, "large": make([]byte, maxPackage+1)} {
		bad := record.Form{TemplateRef: record.TemplateRef{ID: "hong", SHA256: record.DigestOf(b)}, Package: b}
		s.put(bad)
		if _, err := c.Form(t.Context(), "hong"); record.KindOf(err) != record.Damaged || record.CodeOf(err) != "template-damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := c.List(t.Context()); err != nil || len(all) != len(c.IDs())+2 || !slices.IsSortedFunc(all, func(a, b record.Form) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) }) {
		t.Errorf("%d listed: %v", len(all), err)
	}
}

// Many ask for many versions at a time: each is opened once while it is kept, and
// no more are kept than may be.
func TestPublishedFormsAtOnce(t *testing.T) {
	s := newShelf()
	c := catalogue(t).With(s)
	var refs []record.TemplateRef
	for i := range 6 {
		f := letter(t, c, "thu", fmt.Sprint("số ", i))
		s.put(f)
		refs = append(refs, f.TemplateRef)
	}
	got, err := c.Decode(t.Context(), "thu", letter(t, c, "thu", "x").Example)
	if err != nil {
		t.Fatal(err)
	}
	before := s.reads.Load()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 18 {
				ref := refs[(g+i)%len(refs)]
				in := sampleFilling()
				in.Envelope, in.Template = got.Envelope, ref
				docx, err := c.Fill(context.Background(), in)
				if err != nil {
					t.Errorf("%s: %v", ref.SHA256, err)
					return
				}
				if want := fmt.Sprintf("số %d Ho ten mẫu", slices.Index(refs, ref)); !slices.Contains(linesOf(t, docx), want) {
					t.Errorf("filled another form than %s", ref.SHA256)
				}
			}
		})
	}
	wg.Wait()
	if n := s.reads.Load() - before; n > int64(len(refs)) {
		t.Errorf("%d packages were read for %d versions", n, len(refs))
	}
}

func TestOpenedIsBounded(t *testing.T) {
	o := newOpened()
	f := &form{docx: mustRead(t).docx}
	load := func() (*form, error) { return f, nil }
	for i := range 3 * mostOpened {
		if _, err := o.get(t.Context(), record.TemplateRef{ID: fmt.Sprint(i)}, load); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.slots) != mostOpened || o.used.Len() != mostOpened || o.weight != mostOpened*f.weight() {
		t.Errorf("%d slots, %d used, weight %d", len(o.slots), o.used.Len(), o.weight)
	}
	// An error is not kept, and who waits is not left waiting.
	failed := errors.New("no")
	if _, err := o.get(t.Context(), record.TemplateRef{ID: "x"}, func() (*form, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	opening, waited := make(chan struct{}), make(chan error)
	go func() {
		<-opening
		_, err := o.get(ctx, record.TemplateRef{ID: "x"}, load)
		waited <- err
	}()
	_, err := o.get(t.Context(), record.TemplateRef{ID: "x"}, func() (*form, error) {
		close(opening)
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up waiting: %v", err)
		}
		return f, nil
	})
	if err != nil {
		t.Error(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_, _ = o.get(t.Context(), record.TemplateRef{ID: "y"}, func() (*form, error) { panic("thử") })
	}()
	if _, err := o.get(t.Context(), record.TemplateRef{ID: "y"}, load); err != nil {
		t.Error(err)
	}
}

func mustRead(t testing.TB) *reading {
	t.Helper()
	r, err := read(officetest.DOCX(t, officetest.Paragraphs("{a}"), nil))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
