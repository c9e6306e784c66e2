package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"vanthu/record"
)

// draftEntry is a command that any state allows.
func draftEntry(id string) *record.Entry {
	return &record.Entry{Actor: "a", Command: record.CmdDraft, Document: id, Version: 1,
		Manifest: record.DigestOf([]byte(id)), Draft: &record.DraftFacts{Type: "KH"}, Request: "r-" + id}
}

func position1(t testing.TB, s *States, journal string) (at position) {
	t.Helper()
	err := s.View(context.Background(), journal, func(st *record.State) error {
		at = position{st.Seq, st.Head}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Several processes, each with several goroutines, write one journal: nothing is
// lost and nothing counted twice.
func TestUpdateByManyWriters(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := newOffice(t, b)
		const processes, writers, each = 3, 4, 5
		var wg sync.WaitGroup
		for p := range processes {
			s := o.newStates()
			for w := range writers {
				wg.Go(func() {
					for n := range each {
						var seen uint64
						e, err := s.Update(t.Context(), journalA, func(st *record.State) (*record.Entry, error) {
							seen = st.Seq
							return draftEntry(fmt.Sprintf("d-%d-%d-%d", p, w, n)), nil
						})
						if err != nil || e.Seq != seen+1 {
							t.Errorf("entry %d decided at %d: %v", e.Seq, seen, err)
						}
					}
				})
			}
		}
		wg.Wait()
		err := o.newStates().View(t.Context(), journalA, func(st *record.State) error {
			if want := processes * writers * each; len(st.Documents) != want || st.Seq != uint64(want) {
				t.Errorf("%d documents, %d entries, want %d", len(st.Documents), st.Seq, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestUpdateOfOneRequestByMany(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := newOffice(t, b)
		var (
			wg   sync.WaitGroup
			done = errors.New("answered already")
		)
		for range 64 {
			s := o.newStates()
			wg.Go(func() {
				_, err := s.Update(t.Context(), journalA, func(st *record.State) (*record.Entry, error) {
					if _, ok := st.Requests[record.RequestKey("a", "r-d")]; ok {
						return nil, done
					}
					return draftEntry("d"), nil
				})
				if err != nil && err != done {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if at := position1(t, o.states, journalA); at.seq != 1 {
			t.Errorf("%d entries", at.seq)
		}
	})
}

func TestUpdateRefuses(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	own := errors.New("own")
	for _, c := range []struct {
		name   string
		decide func(*record.State) (*record.Entry, error)
		check  func(error) bool
	}{
		{"an error of decide", func(*record.State) (*record.Entry, error) { return draftEntry("x"), own }, func(err error) bool { return err == own }},
		{"nothing", func(*record.State) (*record.Entry, error) { return nil, nil }, func(err error) bool { return err == nil }},
		{"against the rules", func(*record.State) (*record.Entry, error) {
			return &record.Entry{Command: record.CmdSign, Document: "x"}, nil
		}, func(err error) bool { return record.KindOf(err) == record.NotFound }},
	} {
		_, err := o.states.Update(t.Context(), journalA, c.decide)
		if !c.check(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, journal := range []string{"", "a/b", "../x", ".x", "đ"} {
		if _, err := o.states.Update(t.Context(), journal, nil); record.KindOf(err) != record.Invalid {
			t.Errorf("journal %q: %v", journal, err)
		}
	}
	if at := position1(t, o.states, journalA); at.seq != 0 {
		t.Errorf("%d entries were appended", at.seq)
	}
}

func TestSnapshotIsUsedAndNeverTrusted(t *testing.T) {
	fill := func(o *office, n int) {
		for i := range n {
			o.update(journalA, func(*record.State) (*record.Entry, error) { return draftEntry(fmt.Sprint("d", i)), nil })
		}
		if err := o.states.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path := func(o *office) string { return filepath.Join(o.dir, "state", journalA+".state") }
	for _, c := range []struct {
		name string
		do   func(o *office)
		from uint64 // where loading begins
	}{
		{"whole", func(*office) {}, 40},
		{"missing", func(o *office) { os.Remove(path(o)) }, 0},
		{"flipped", func(o *office) { flip(t, path(o), 200) }, 0},
		{"cut", func(o *office) { os.Truncate(path(o), 100) }, 0},
		{"empty", func(o *office) { os.Truncate(path(o), 0) }, 0},
		{"of another journal", func(o *office) {
			s := o.newStates()
			s.journals[journalA] = &journalState{state: &record.State{Journal: "other", Seq: 1}}
			s.Close()
		}, 0},
		{"ahead of the archive", func(o *office) { os.Remove(filepath.Join(o.backend.Archive.(*fsStore).root, entryKey(journalA, 40))) }, 0},
		{"of another archive", func(o *office) {
			other := newOffice(t, openTestFS(t))
			for i := range 40 {
				other.update(journalA, func(*record.State) (*record.Entry, error) { return draftEntry(fmt.Sprint("e", i)), nil })
			}
			other.states.Close()
			b, _ := os.ReadFile(path(other))
			os.WriteFile(path(o), b, 0o600)
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, openTestFS(t))
			fill(o, 40)
			want := position1(t, o.states, journalA)
			c.do(o)
			s := o.newStates()
			loaded, err := s.loadSnapshot(t.Context(), journalA)
			if err != nil || loaded.Seq != c.from {
				t.Errorf("loaded up to %d, want %d: %v", loaded.Seq, c.from, err)
			}
			if got := position1(t, s, journalA); got != want && c.name != "ahead of the archive" {
				t.Errorf("%+v, want %+v", got, want)
			}
			// And the journal goes on.
			if _, err := s.Update(t.Context(), journalA, func(*record.State) (*record.Entry, error) { return draftEntry("next"), nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDamagedJournalStopsCommands(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(path string)
	}{
		{"flipped", func(p string) { flip(t, p, 100) }},
		{"missing", func(p string) { os.Remove(p) }},
	} {
		o := newOffice(t, openTestFS(t))
		for i := range 5 {
			o.update(journalA, func(*record.State) (*record.Entry, error) { return draftEntry(fmt.Sprint("d", i)), nil })
		}
		c.do(filepath.Join(o.backend.Archive.(*fsStore).root, entryKey(journalA, 3)))
		_, err := o.newStates().Update(t.Context(), journalA, func(*record.State) (*record.Entry, error) { return draftEntry("x"), nil })
		if record.KindOf(err) != record.Damaged {
			t.Errorf("%s: %v", c.name, err)
		}
		if at := position1(t, o.states, journalA); at.seq != 5 {
			t.Errorf("%s: %d entries", c.name, at.seq)
		}
	}
}

// A state as it is after a snapshot must be the state as it is after a replay,
// whatever record adds to it.
func TestSnapshotKeepsTheWholeState(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	o.publish(journalA, []byte("{}"))
	o.issue(paper{id: "d1", subject: "Một"})
	if err := o.states.Close(); err != nil {
		t.Fatal(err)
	}
	for _, journal := range []string{journalA, record.SystemJournal} {
		snap, err := o.newStates().loadSnapshot(t.Context(), journal)
		if err != nil {
			t.Fatal(err)
		}
		replayed := record.NewState(journal)
		if err := o.newStates().replay(t.Context(), replayed); err != nil {
			t.Fatal(err)
		}
		if a, b := mustJSON(t, snap), mustJSON(t, replayed); a != b {
			t.Errorf("snapshot\n%s\nreplay\n%s", a, b)
		}
	}
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	rewrite(t, path, b)
}
