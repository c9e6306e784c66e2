package storage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/record"
)

// The two drivers with a count of what they are asked for.
type (
	countedFS struct {
		*fsStore
		reads atomic.Int32
	}
	countedMinIO struct {
		*s3Store
		checks, reads, lists atomic.Int32
	}
)

func (c *countedFS) Get(ctx context.Context, key string) ([]byte, error) {
	c.reads.Add(1)
	return c.fsStore.Get(ctx, key)
}

func (c *countedMinIO) Get(ctx context.Context, key string) ([]byte, error) {
	c.reads.Add(1)
	return c.s3Store.Get(ctx, key)
}

func (c *countedMinIO) exists(ctx context.Context, key string) (bool, error) {
	c.checks.Add(1)
	return c.s3Store.exists(ctx, key)
}

func (c *countedMinIO) folders(ctx context.Context, prefix string) ([]string, error) {
	c.lists.Add(1)
	return c.s3Store.folders(ctx, prefix)
}

func TestLocate(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := newOffice(t, b)
		o.publish(journalA, []byte("{}"))
		draft := func(s *States, journal, id string) {
			if _, err := s.Update(t.Context(), journal, func(*record.State) (*record.Entry, error) { return draftEntry(id), nil }); err != nil {
				t.Error(err)
			}
		}
		find := func(s *States, id, want string) {
			t.Helper()
			journal, err := s.Locate(t.Context(), id)
			if want == "" && record.CodeOf(err) == "document-not-found" && record.KindOf(err) == record.NotFound {
				return
			}
			if journal != want || err != nil {
				t.Errorf("%s is in %q, want %q: %v", id, journal, want, err)
			}
		}
		find(o.states, "a", "")
		another := o.newStates()
		for i := range 3 {
			draft(another, fmt.Sprint("office-", i), fmt.Sprint("d", i))
		}
		find(another, "d1", "office-1")
		find(o.states, "d2", "office-2") // another process has made it
		draft(another, "office-0", "d3")
		find(o.states, "d3", "office-0")
		find(o.states, "", "")
		find(o.states, "d9", "")
		if err := another.Close(); err != nil {
			t.Fatal(err)
		}
		find(o.newStates(), "d0", "office-0") // from a snapshot

		// What was seen is found without the archive.
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if journal, err := o.states.Locate(done, "d3"); journal != "office-0" || err != nil {
			t.Errorf("%q, %v", journal, err)
		}
	})
}

func TestLocateWhileManyWrite(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	var wg sync.WaitGroup
	for w := range 4 {
		writer, reader := o.newStates(), o.states
		if w%2 == 0 {
			reader = o.newStates()
		}
		wg.Go(func() {
			for n := range 20 {
				journal, id := fmt.Sprint("office-", n%3), fmt.Sprintf("d-%d-%d", w, n)
				_, err := writer.Update(t.Context(), journal, func(*record.State) (*record.Entry, error) { return draftEntry(id), nil })
				if err != nil {
					t.Error(err)
				}
				if found, err := reader.Locate(t.Context(), id); found != journal || err != nil {
					t.Errorf("%s is in %q, want %q: %v", id, found, journal, err)
				}
			}
		})
	}
	wg.Wait()
}

// A journal that cannot be read hides no other, and is not taken for one that
// does not hold a document.
func TestDamageElsewhere(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	for i := range 3 {
		o.issue(paper{journal: fmt.Sprint("office-", i), id: fmt.Sprint("d", i), subject: "Kế hoạch"})
	}
	flip(t, filepath.Join(o.backend.Archive.(*fsStore).root, entryKey("office-1", 2)), 100)
	s := o.newStates()
	for _, id := range []string{"d0", "d2"} {
		if _, err := s.Locate(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := s.Locate(t.Context(), "unknown"); record.KindOf(err) != record.Damaged {
		t.Errorf("unknown: %v", err)
	}
	x := o.openIndex(s)
	if err := x.CatchUp(t.Context()); record.KindOf(err) != record.Damaged {
		t.Errorf("%v", err)
	}
	hits, err := x.Search(t.Context(), Query{})
	if got := ids(hits); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

// A catch-up that finds nothing new asks once per journal and writes nothing.
func TestCatchUpOfNothingNew(t *testing.T) {
	const offices = 5
	fill := func(o *office) *Index {
		o.publish(journalA, []byte("{}"))
		for i := range offices {
			o.issue(paper{journal: fmt.Sprint("office-", i), id: fmt.Sprint("d", i), subject: "Kế hoạch"})
		}
		x := o.openIndex(o.states)
		o.catchUp(x)
		return x
	}
	t.Run("filesystem", func(t *testing.T) {
		b := openTestFS(t)
		counted := &countedFS{fsStore: b.Archive.(*fsStore)}
		b.Archive = counted
		o := newOffice(t, b)
		x := fill(o)
		before, wal := counted.reads.Load(), written(t, o)
		o.catchUp(x)
		if n := counted.reads.Load() - before; n != offices {
			t.Errorf("%d reads", n)
		}
		if now := written(t, o); now != wal {
			t.Errorf("the index was written: %s, before %s", now, wal)
		}
	})
	t.Run("minio", func(t *testing.T) {
		b := openTestMinIO(t)
		counted := &countedMinIO{s3Store: b.Archive.(*s3Store)}
		b.Archive = counted
		o := newOffice(t, b)
		x := fill(o)
		checks, reads, lists, wal := counted.checks.Load(), counted.reads.Load(), counted.lists.Load(), written(t, o)
		o.catchUp(x)
		if c, r, l := counted.checks.Load()-checks, counted.reads.Load()-reads, counted.lists.Load()-lists; c != offices || r != 0 || l != 1 {
			t.Errorf("%d checks, %d reads, %d lists", c, r, l)
		}
		if now := written(t, o); now != wal {
			t.Errorf("the index was written: %s, before %s", now, wal)
		}
	})
}

// written is when and how far the index was last written.
func written(t *testing.T, o *office) (out string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(filepath.Join(o.dir, "index.sqlite"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano(), " ")
	}
	return out
}

// Everyone finds what they had made before they asked, however many ask at once.
func TestCatchUpByManyAtOnce(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := newOffice(t, b)
		x := o.openIndex(o.states)
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for n := range 5 {
					journal, id := fmt.Sprint("office-", n%3), fmt.Sprintf("d-%d-%d", w, n)
					_, err := o.states.Update(t.Context(), journal, func(*record.State) (*record.Entry, error) { return draftEntry(id), nil })
					if err != nil {
						t.Error(err)
					}
					if err := x.CatchUp(t.Context()); err != nil {
						t.Error(err)
					}
					hits, err := x.Search(t.Context(), Query{Organizations: []string{journal}, States: []record.Status{record.Draft}, Limit: maxLimit})
					if err != nil || !contains(hits, id) {
						t.Errorf("%s is not among %d: %v", id, len(hits), err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func contains(hits []Hit, id string) bool {
	for _, h := range hits {
		if h.ID == id {
			return true
		}
	}
	return false
}
