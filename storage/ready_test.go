package storage

import (
	"errors"
	"os"
	"sync"
	"testing"

	"vanthu/record"
)

func TestPing(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx := t.Context()
		old := readyFolder + "1700000000-LEFT"
		if _, err := b.Work.Put(ctx, old, []byte("by one that was cut off"), ""); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := b.Ping(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if keys := collect(t, b.Work.List(ctx, readyFolder)); len(keys) > 0 {
			t.Errorf("left behind: %q", keys)
		}
	})
}

func TestPingAfterTheArchiveIsGone(t *testing.T) {
	dir := t.TempDir()
	b, err := OpenFS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	root := b.Archive.(*fsStore).root
	trace, err := b.trace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	flip(t, b.Archive.(*fsStore).path(trace), 0)
	if err := b.Ping(t.Context()); record.KindOf(err) != record.Damaged {
		t.Errorf("damaged: %v", err)
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := b.Ping(t.Context()); record.CodeOf(err) != "archive-missing" {
		t.Errorf("gone: %v", err)
	}
	// Opened again it is proven again.
	if b, err = OpenFS(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := b.Ping(t.Context()); err != nil {
		t.Errorf("made anew: %v", err)
	}
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	if err := b.Ping(t.Context()); err != nil {
		t.Errorf("a folder goes on after Close: %v", err)
	}
}
