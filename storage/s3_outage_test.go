package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage/miniotest"
)

func ownServer(t *testing.T) *miniotest.Server {
	s := &miniotest.Server{}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// backAgain waits for the store.
func backAgain(t *testing.T, b *Backend) {
	t.Helper()
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = b.Ping(t.Context()); err == nil {
			return
		}
	}
	t.Fatalf("not back after 30 s: %v", err)
}

// load is many at once who write and read until they are told to stop.
type load struct {
	backend *Backend
	stalls  *stalls

	mu      sync.Mutex
	settled bool // from here on nothing may fail
	written map[string][]byte
	refused int
	calls   int
	slowest time.Duration // of those refused
}

func (l *load) run(t *testing.T, writers int, stop <-chan struct{}) *sync.WaitGroup {
	wg := &sync.WaitGroup{}
	for w := range writers {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				key := fmt.Sprintf("load/%d/%d", w, n)
				data := bytes.Repeat([]byte(key+"\n"), 1+n%2000)
				created := l.call(t, "create", func() error { return l.backend.Archive.Create(t.Context(), key, data) })
				if created {
					l.mu.Lock()
					l.written[key] = data
					l.mu.Unlock()
				}
				l.call(t, "get", func() error {
					got, err := l.backend.Archive.Get(t.Context(), key)
					if created && err == nil && !bytes.Equal(got, data) {
						t.Errorf("%s: %d bytes of %d", key, len(got), len(data))
					}
					if !created && errors.Is(err, ErrNotFound) { // it was not written, which is an answer
						return nil
					}
					return err
				})
			}
		})
	}
	return wg
}

// call makes one call and holds it to what was promised.
func (l *load) call(t *testing.T, what string, do func() error) bool {
	l.mu.Lock()
	settled := l.settled
	l.mu.Unlock()
	begun, stalled := time.Now(), l.stalls.total()
	err := do()
	took := time.Since(begun)
	l.stalls.within(t, what, took, stalled)
	l.mu.Lock()
	l.calls++
	if err != nil {
		l.refused++
		l.slowest = max(l.slowest, took)
	}
	l.mu.Unlock()
	switch {
	case err == nil:
		return true
	case settled:
		t.Errorf("%s after the store was back: %v", what, err)
	case record.KindOf(err) != record.Unavailable || record.CodeOf(err) != codeUnreachable:
		t.Errorf("%s: %v", what, err)
	}
	time.Sleep(5 * time.Millisecond) // refusals come at once
	return false
}

// A store that goes away under load, in whatever way: every call is answered in
// time, and when it is back all goes on by itself.
func TestMinIOAwayUnderLoad(t *testing.T) {
	for _, c := range []struct {
		name       string
		away, back func(*miniotest.Server, *testing.T)
	}{
		{"paused", func(s *miniotest.Server, t *testing.T) { s.Pause(t) }, func(s *miniotest.Server, t *testing.T) { s.Continue(t) }},
		{"killed", func(s *miniotest.Server, t *testing.T) { s.Kill(t) }, func(s *miniotest.Server, t *testing.T) { s.Restart(t) }},
		{"paused and killed", func(s *miniotest.Server, t *testing.T) { s.Pause(t) }, func(s *miniotest.Server, t *testing.T) {
			s.Kill(t)
			s.Restart(t)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := ownServer(t)
			b := openMinIO(t, configOf(t, server))
			l := &load{backend: b, stalls: watchStalls(t), written: map[string][]byte{}}
			stop := make(chan struct{})
			running := l.run(t, 16, stop)
			time.Sleep(time.Second)
			c.away(server, t)
			time.Sleep(5 * time.Second)
			err := b.Ping(t.Context())
			if record.CodeOf(err) != codeUnreachable {
				t.Errorf("ping while away: %v", err)
			}
			c.back(server, t)
			backAgain(t, b)
			l.mu.Lock()
			l.settled = true
			before, refused := l.calls, l.refused
			l.mu.Unlock()
			time.Sleep(2 * time.Second)
			close(stop)
			running.Wait()
			if l.calls-before < 32 || refused < 16 {
				t.Errorf("%d calls after the store was back, %d refused while it was away", l.calls-before, refused)
			}
			for key, data := range l.written {
				if got, err := b.Archive.Get(t.Context(), key); err != nil || !bytes.Equal(got, data) {
					t.Fatalf("%s was answered and is lost: %d bytes, %v", key, len(got), err)
				}
			}
			t.Logf("%d calls, %d refused within %v, %d written, %v stalled", l.calls, l.refused, l.slowest, len(l.written), l.stalls.total())
		})
	}
}

// Who gives up before the store is known to be away is told so, not of the store.
func TestMinIOAwayAndCallerGone(t *testing.T) {
	server := ownServer(t)
	b := openMinIO(t, configOf(t, server))
	if err := b.Archive.Create(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	server.Pause(t)
	for name, call := range everyCall(b) {
		for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if want == context.Canceled {
				cancel()
			}
			if err := call(ctx); err != want {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
			cancel()
		}
	}
	var wg sync.WaitGroup
	for name, call := range everyCall(b) {
		wg.Go(func() {
			if err := call(t.Context()); record.CodeOf(err) != codeUnreachable || errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Archive.Get(ctx, "a"); err != context.Canceled {
		t.Errorf("given up, away: %v", err)
	}
	server.Continue(t)
	backAgain(t, b)
}

// everyCall is one of each that the driver makes, of those that need an answer.
func everyCall(b *Backend) map[string]func(context.Context) error {
	s := b.Archive.(*s3Store)
	end := func(seq func(func(string, error) bool)) (err error) {
		for _, err = range seq {
		}
		return err
	}
	return map[string]func(context.Context) error{
		"create":  func(ctx context.Context) error { return s.Create(ctx, "b", []byte("x")) },
		"get":     func(ctx context.Context) error { _, err := s.Get(ctx, "a"); return err },
		"list":    func(ctx context.Context) error { return end(s.List(ctx, "")) },
		"folders": func(ctx context.Context) error { _, err := s.folders(ctx, ""); return err },
		"objects": func(ctx context.Context) (err error) {
			for _, err = range s.objects(ctx, "", "") {
			}
			return err
		},
		"work get":    func(ctx context.Context) error { _, _, err := b.Work.Get(ctx, "a"); return err },
		"work put":    func(ctx context.Context) error { _, err := b.Work.Put(ctx, "a", []byte("x"), ""); return err },
		"work delete": func(ctx context.Context) error { return b.Work.Delete(ctx, "a") },
		"work list":   func(ctx context.Context) error { return end(b.Work.List(ctx, "")) },
		"ping":        b.Ping,
	}
}

// After Close nothing of the backend is left, not even of calls that it cut off.
func TestMinIOCloseLeavesNothing(t *testing.T) {
	server := ownServer(t)
	b := openMinIO(t, configOf(t, server))
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Pause(t)
	var (
		wg    sync.WaitGroup
		under = make(chan struct{}, 8)
	)
	for range cap(under) {
		wg.Go(func() {
			under <- struct{}{}
			if _, err := b.Archive.Get(t.Context(), "a"); record.KindOf(err) != record.Unavailable {
				t.Errorf("%v", err)
			}
		})
	}
	for range cap(under) {
		<-under
	}
	for range 2 { // twice does no harm
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := b.Ping(t.Context()); record.CodeOf(err) != "store-closed" {
		t.Errorf("after Close: %v", err)
	}
	var left string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if left = ours(); left == "" {
			return
		}
	}
	t.Errorf("left after Close:\n%s", left)
}

// ours are the goroutines of the guard, and those that hold its connections.
func ours() string {
	all := make([]byte, 8<<20)
	all = all[:runtime.Stack(all, true)]
	var left []string
	for _, g := range strings.Split(string(all), "\n\n") {
		if strings.Contains(g, "storage.(*guard)") || strings.Contains(g, "storage.heardConn") || strings.Contains(g, "storage.question") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}
