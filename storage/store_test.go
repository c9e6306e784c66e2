package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/record"
)

// The contract that every driver keeps.

func TestStoreCreatesOnce(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, s := t.Context(), b.Archive
		for _, content := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("đ\x00\n"), 100_000)} {
			key := fmt.Sprintf("blobs/%d/File_1.json", len(content))
			if _, err := s.Get(ctx, key); !errors.Is(err, ErrNotFound) {
				t.Fatalf("before: %v", err)
			}
			if err := s.Create(ctx, key, content); err != nil {
				t.Fatal(err)
			}
			if err := s.Create(ctx, key, []byte("other")); !errors.Is(err, ErrExists) {
				t.Fatalf("second create: %v", err)
			}
			got, err := s.Get(ctx, key)
			if err != nil || !bytes.Equal(got, content) {
				t.Fatalf("read back %d bytes, want %d: %v", len(got), len(content), err)
			}
		}
	})
}

func TestStoreRace(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, s := t.Context(), b.Archive
		for round := range 5 {
			key := fmt.Sprintf("race/%d", round)
			var (
				wg   sync.WaitGroup
				wins atomic.Int32
				won  atomic.Value
			)
			for i := range 64 {
				wg.Go(func() {
					data := bytes.Repeat([]byte{byte(i)}, 1000)
					switch err := s.Create(ctx, key, data); {
					case err == nil:
						wins.Add(1)
						won.Store(data)
					case !errors.Is(err, ErrExists):
						t.Error(err)
					}
				})
			}
			wg.Wait()
			got, err := s.Get(ctx, key)
			if err != nil || wins.Load() != 1 || !bytes.Equal(got, won.Load().([]byte)) {
				t.Fatalf("round %d: %d winners, read %d bytes: %v", round, wins.Load(), len(got), err)
			}
		}
	})
}

func TestStoreList(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, s := t.Context(), b.Archive
		keys := []string{"l/a/b", "l/a-b", "l/a.b", "l/ab", "l/a_b/c", "l/A", "l/a/c/d", "l/10", "l/9", "m/x"}
		for _, k := range keys {
			if err := s.Create(ctx, k, []byte(k)); err != nil {
				t.Fatal(err)
			}
		}
		for _, prefix := range []string{"l/", "l/a", "l/a/", "l/a/b", "m/x", "nothing/", "l/a-"} {
			var want []string
			for _, k := range keys {
				if strings.HasPrefix(k, prefix) {
					want = append(want, k)
				}
			}
			slices.Sort(want)
			if got := collect(t, s.List(ctx, prefix)); !slices.Equal(got, want) {
				t.Errorf("List(%q) = %q, want %q", prefix, got, want)
			}
		}
		for range s.List(ctx, "l/") { // leaving early must not hang
			break
		}
	})
}

func TestStoreRefusesKeys(t *testing.T) {
	bad := []string{"", "/", "/a", "a/", "a//b", "../a", "a/../b", ".", "..", "a/.hidden", ".tmp/x", "a b", "a\\b", "đ", "a\x00b",
		"a:b", "a*", "%2e%2e/a", strings.Repeat("a", 129), strings.Repeat("a/", 300) + "a"}
	backends(t, func(t *testing.T, b *Backend) {
		ctx := t.Context()
		for _, key := range bad {
			_, err1 := b.Archive.Get(ctx, key)
			err2 := b.Archive.Create(ctx, key, nil)
			_, _, err3 := b.Work.Get(ctx, key)
			_, err4 := b.Work.Put(ctx, key, nil, "")
			err5 := b.Work.Delete(ctx, key)
			for i, err := range []error{err1, err2, err3, err4, err5} {
				if record.KindOf(err) != record.Invalid {
					t.Errorf("key %q, method %d: %v", key, i+1, err)
				}
			}
		}
		if record.KindOf(b.Archive.Create(ctx, "big", make([]byte, MaxObject+1))) != record.Invalid {
			t.Error("too large an object was taken")
		}
	})
}

func TestStoreHonoursContext(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := b.Archive.Get(ctx, "a")
		_, _, err2 := b.Work.Get(ctx, "a")
		var err3 error
		for _, err3 = range b.Archive.List(ctx, "") {
		}
		for i, err := range []error{b.Archive.Create(ctx, "a", nil), err, err2, err3} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("method %d: %v", i, err)
			}
		}
	})
}

func TestWorkStoreSwaps(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, w := t.Context(), b.Work
		if _, err := w.Put(ctx, "d/1", []byte("x"), "0123456789abcdef"); !errors.Is(err, ErrChanged) {
			t.Fatalf("swap of nothing: %v", err)
		}
		tag1, err := w.Put(ctx, "d/1", []byte("one"), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Put(ctx, "d/1", []byte("two"), ""); !errors.Is(err, ErrChanged) {
			t.Fatalf("create of what is there: %v", err)
		}
		tag2, err := w.Put(ctx, "d/1", []byte("two"), tag1)
		if err != nil || tag2 == tag1 {
			t.Fatalf("swap: %q %q %v", tag1, tag2, err)
		}
		if _, err := w.Put(ctx, "d/1", []byte("three"), tag1); !errors.Is(err, ErrChanged) {
			t.Fatalf("swap with an old tag: %v", err)
		}
		got, tag, err := w.Get(ctx, "d/1")
		if err != nil || string(got) != "two" || tag != tag2 {
			t.Fatalf("%q %q %v", got, tag, err)
		}
		if keys := collect(t, w.List(ctx, "d/")); !slices.Equal(keys, []string{"d/1"}) {
			t.Errorf("list: %q", keys)
		}
		for range 2 {
			if err := w.Delete(ctx, "d/1"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := w.Get(ctx, "d/1"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("after delete: %v", err)
		}
	})
}

func TestWorkStoreLosesNoUpdate(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx, w := t.Context(), b.Work
		const writers, each = 8, 10
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for n := 0; n < each; {
					got, tag, err := w.Get(ctx, "list")
					if err != nil && !errors.Is(err, ErrNotFound) {
						t.Error(err)
						return
					}
					_, err = w.Put(ctx, "list", fmt.Appendf(got, "%d.%d\n", i, n), tag)
					if err == nil {
						n++
					} else if !errors.Is(err, ErrChanged) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		got, _, err := w.Get(ctx, "list")
		if lines := bytes.Count(got, []byte("\n")); err != nil || lines != writers*each {
			t.Errorf("%d lines, want %d: %v", lines, writers*each, err)
		}
	})
}

func collect(t *testing.T, seq iter.Seq2[string, error]) []string {
	t.Helper()
	var all []string
	for k, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	return all
}
