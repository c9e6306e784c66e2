package storage

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// slowStore takes its time for every read.
type slowStore struct {
	Store
	gate chan struct{} // nothing is read before it is closed
}

func (s slowStore) Get(ctx context.Context, key string) ([]byte, error) {
	<-s.gate
	return s.Store.Get(ctx, key)
}

// A new instance answers with what its index holds and says that there is more,
// until it has read the archive.
func TestIndexBehind(t *testing.T) {
	ctx := t.Context()
	o := newOffice(t, openTestFS(t))
	for i := range 5 {
		o.issue(paper{id: fmt.Sprint("d", i), subject: "Kế hoạch"})
	}
	gate := make(chan struct{})
	fresh := &office{t: t, dir: t.TempDir(), backend: o.backend, archive: NewArchive(slowStore{o.backend.Archive, gate})}
	fresh.states = fresh.newStates()
	x := fresh.openIndex(fresh.states)
	for range 3 { // nobody waits long, the first least of all
		begun := time.Now()
		if err := x.CatchUpWithin(ctx, 20*time.Millisecond); err != nil || time.Since(begun) > 5*time.Second {
			t.Fatal(err, time.Since(begun))
		}
		if hits, err := x.Search(ctx, Query{}); err != nil || len(hits) != 0 || !x.Behind() {
			t.Fatalf("%d hits, behind %v, %v", len(hits), x.Behind(), err)
		}
	}
	close(gate)
	for end := time.Now().Add(20 * time.Second); x.Behind() && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
	}
	if err := x.CatchUpWithin(ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	f, err := x.Find(ctx, Query{})
	if err != nil || len(f.Hits) != 5 || f.Total != 5 || x.Behind() {
		t.Errorf("%d hits of %d, behind %v, %v", len(f.Hits), f.Total, x.Behind(), err)
	}
}

// Of many instances one does what is due; what failed comes again soon.
func TestJobs(t *testing.T) {
	ctx := t.Context()
	work := openTestFS(t).Work
	now := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	all := []*Jobs{{work, clock}, {work, clock}, {work, clock}}
	finished := true
	due := func(want int) {
		t.Helper()
		n := 0
		for _, j := range all {
			yes, err := j.Due(ctx, "audit", 24*time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if yes {
				n++
				if finished {
					if err := j.Done(ctx, "audit"); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d instances do it, want %d", now, n, want)
		}
	}
	due(1)
	now = now.Add(23 * time.Hour)
	due(0)
	now = now.Add(time.Hour)
	due(1)
	if err := all[0].Failed(ctx, "audit", 24*time.Hour, 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	due(0)
	now = now.Add(10 * time.Minute)
	due(1)
	now = now.Add(24 * time.Hour)
	finished = false // whoever does it dies
	due(1)
	due(0)
	finished = true
	now = now.Add(6 * time.Hour)
	due(1)
	now = now.Add(6 * time.Hour)
	due(0)
	now = now.AddDate(-1, 0, 0) // booked by a clock that was a year ahead
	due(1)
}
