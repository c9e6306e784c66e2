package accounts

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is a directory on a real store in a folder.
type house struct {
	*Directory
	t     testing.TB
	dir   string
	store *watched
	clock *clock
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), clock: &clock{at: time.Date(2026, 3, 2, 8, 0, 0, 0, record.Office)}}
	b, err := storage.OpenFS(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	h.store = &watched{WorkStore: b.Work}
	h.Directory = h.again()
	return h
}

// again is what another process on the same store would have.
func (h *house) again() *Directory { return New(h.store, h.clock.now) }

func (h *house) add(username, password string) Account {
	h.t.Helper()
	a, err := h.Add(context.Background(), NewAccount{Username: username, Name: "Nguyễn Thị Ánh", Password: password})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// login has to succeed.
func (h *house) login(username, password string) Account {
	h.t.Helper()
	a, err := h.Login(context.Background(), username, password)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// begin logs in and begins a session.
func (h *house) begin(username, password string) string {
	h.t.Helper()
	secret, err := h.Begin(context.Background(), h.login(username, password))
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

func (h *house) overwrite(key, content string) {
	h.t.Helper()
	_, tag, err := h.store.Get(context.Background(), key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		h.t.Fatal(err)
	}
	if _, err := h.store.Put(context.Background(), key, []byte(content), tag); err != nil {
		h.t.Fatal(err)
	}
	h.Directory = h.again() // nothing remembered
}

func (h *house) keys(prefix string) []string {
	h.t.Helper()
	var all []string
	for key, err := range h.store.List(context.Background(), prefix) {
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, key)
	}
	return all
}

// watched is a real store that notes what is asked of it and lets a test step
// in between.
type watched struct {
	storage.WorkStore
	mu     sync.Mutex
	asked  []string // "get accounts", "put accounts"...
	before func(what, key string) error
}

func (w *watched) note(what, key string) error {
	w.mu.Lock()
	w.asked = append(w.asked, what)
	before := w.before
	w.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(what, key)
}

// since runs do and returns what it asked of the store.
func (w *watched) since(do func()) []string {
	w.mu.Lock()
	from := len(w.asked)
	w.mu.Unlock()
	do()
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.asked[from:]...)
}

func (w *watched) Get(ctx context.Context, key string) ([]byte, string, error) {
	if err := w.note("get", key); err != nil {
		return nil, "", err
	}
	return w.WorkStore.Get(ctx, key)
}

func (w *watched) Put(ctx context.Context, key string, data []byte, tag string) (string, error) {
	if err := w.note("put", key); err != nil {
		return "", err
	}
	return w.WorkStore.Put(ctx, key, data, tag)
}

func (w *watched) Delete(ctx context.Context, key string) error {
	if err := w.note("delete", key); err != nil {
		return err
	}
	return w.WorkStore.Delete(ctx, key)
}

func (w *watched) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if err := w.note("list", prefix); err != nil {
		return func(yield func(string, error) bool) { yield("", err) }
	}
	return w.WorkStore.List(ctx, prefix)
}

const good = "mật khẩu đủ dài"

// wantCode fails unless err is a *record.Error of this kind and code.
func wantCode(t testing.TB, err error, kind record.Kind, code string) {
	t.Helper()
	if err == nil || record.KindOf(err) != kind || record.CodeOf(err) != code {
		t.Errorf("error %v (%s %s), want %s %s", err, record.KindOf(err), record.CodeOf(err), kind, code)
	}
}
