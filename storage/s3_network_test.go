package storage

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"vanthu/record"
)

// A network that loses everything, and afterwards knows nothing of the
// connections there were.
func TestMinIOBehindADarkNetwork(t *testing.T) {
	c := configOf(t, &shared)
	f := newForwarder(t, c.Endpoint)
	c.Endpoint = f.addr
	b := openMinIO(t, c)
	data := bytes.Repeat([]byte("x"), 100_000)
	if err := b.Archive.Create(t.Context(), "a", data); err != nil {
		t.Fatal(err)
	}
	s := watchStalls(t)
	for range 2 {
		f.goDark()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				begun, stalled := time.Now(), s.total()
				_, err := b.Archive.Get(t.Context(), "a")
				s.within(t, "get in the dark", time.Since(begun), stalled)
				if record.CodeOf(err) != codeUnreachable {
					t.Errorf("in the dark: %v", err)
				}
			})
		}
		wg.Wait()
		f.goLight()
		backAgain(t, b)
		for range 8 {
			wg.Go(func() {
				if got, err := b.Archive.Get(t.Context(), "a"); err != nil || !bytes.Equal(got, data) {
					t.Errorf("in the light: %d bytes, %v", len(got), err)
				}
			})
		}
		wg.Wait()
	}
}

// What the store says slowly is waited for, also when the guard's own questions
// get lost meanwhile.
func TestMinIOThatIsSlowIsNotCutOff(t *testing.T) {
	c := configOf(t, &shared)
	f := newForwarder(t, c.Endpoint)
	c.Endpoint = f.addr
	b := openMinIO(t, c)
	data := bytes.Repeat([]byte("0123456789"), 25_000) // three seconds of reading
	if err := b.Archive.Create(t.Context(), "a", data); err != nil {
		t.Fatal(err)
	}
	f.slow.Store(true)
	for _, deaf := range []bool{false, true} {
		f.deaf.Store(deaf)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if got, err := b.Archive.Get(t.Context(), "a"); err != nil || !bytes.Equal(got, data) {
					t.Errorf("deaf %v: %d bytes, %v", deaf, len(got), err)
				}
			})
		}
		wg.Wait()
	}
}
