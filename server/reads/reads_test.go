package reads

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

var doc = Of{"co-quan", "abcdefghijklmnopqrstuvwxyz"}

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func fresh(t testing.TB) (*Log, *clock, *storage.Backend) {
	t.Helper()
	b, err := storage.OpenFS(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	c := &clock{time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC)}
	return New(b.Work, c.now, slog.New(slog.DiscardHandler)), c, b
}

func history(t *testing.T, l *Log, most int) []Read {
	t.Helper()
	all, err := l.History(t.Context(), doc, most)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Two instances write one history; what is read again within ten minutes is one
// line, on whichever of them.
func TestHistory(t *testing.T) {
	l, c, b := fresh(t)
	other := New(b.Work, c.now, l.log)
	pdf := Read{Account: "a", How: "pdf", Which: "4"}
	l.Note(doc, pdf)
	l.Note(doc, pdf)
	if got := history(t, l, 0); len(got) != 1 {
		t.Fatalf("before it is written: %+v", got)
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(9 * time.Minute)
	l.Note(doc, pdf)
	other.Note(doc, pdf)
	other.Note(doc, Read{Recipient: "H06", How: "pdf"})
	other.Note(Of{"co-quan", "another"}, pdf)
	if err := other.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Minute)
	l.Note(doc, pdf)
	got := history(t, l, 0)
	if len(got) != 3 || got[0].Account != "a" || !got[0].Time.Equal(c.t) || got[1].Recipient != "H06" || got[2].Account != "a" {
		t.Fatalf("%+v", got)
	}
	if got := history(t, l, 1); len(got) != 1 || !got[0].Time.Equal(c.t) {
		t.Fatalf("the newest: %+v", got)
	}
}

// away fails every write.
type away struct{ storage.WorkStore }

func (away) Put(context.Context, string, []byte, string) (string, error) {
	return "", errors.New("away")
}

func TestStoreAway(t *testing.T) {
	l, _, b := fresh(t)
	l.store = away{b.Work}
	for i := range maxHeld + 5 {
		l.Note(doc, Read{Account: "a", How: "pdf", Which: time.Duration(i).String()})
	}
	if err := l.Flush(t.Context()); err == nil {
		t.Fatal("written to nowhere")
	}
	if l.lines != maxHeld || len(l.held[doc]) != maxHeld {
		t.Fatalf("holds %d", l.lines)
	}
	l.store = b.Work
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := history(t, l, 0); len(got) != maxHeld || l.lines != 0 {
		t.Fatalf("%d lines came through, %d are held", len(got), l.lines)
	}
}

func TestSweep(t *testing.T) {
	l, c, _ := fresh(t)
	for range 3 {
		l.Note(doc, Read{Account: "a", How: "page"})
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.t = c.t.AddDate(1, 0, 0)
	}
	n, err := l.Sweep(t.Context(), time.Date(2027, 3, 5, 8, 0, 0, 0, time.UTC))
	if err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if got := history(t, l, 0); len(got) != 2 || got[1].Time.Year() != 2027 {
		t.Fatalf("%+v", got)
	}
}

func TestDamagedBatchHidesNoOther(t *testing.T) {
	l, _, b := fresh(t)
	l.Note(doc, Read{Account: "a", How: "page"})
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Work.Put(t.Context(), folder+doc.Organization+"/"+doc.Document+"/20260101T000000Z-x.jsonl", []byte("{\n"), ""); err != nil {
		t.Fatal(err)
	}
	got, err := l.History(t.Context(), doc, 0)
	if len(got) != 1 || record.KindOf(err) != record.Damaged {
		t.Fatalf("%+v %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := encode([]Read{{Time: time.Unix(0, 0).UTC(), Account: "a", How: "pdf", Which: "4"}, {Time: time.Unix(1, 0).UTC(), Recipient: "UBND tỉnh", How: "link"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := decode("k", data)
		if err != nil {
			return
		}
		again, err := encode(all)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := decode("k", again)
		if err != nil || len(back) != len(all) {
			t.Fatalf("%d lines became %d: %v", len(all), len(back), err)
		}
	})
}

func BenchmarkNote(b *testing.B) {
	l, _, _ := fresh(b)
	for i := 0; b.Loop(); i++ {
		l.Note(doc, Read{Account: "a", How: "pdf", Which: "4"})
	}
}
