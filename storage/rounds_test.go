package storage

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// Fifty who ask while a round is under way share the next one.
func TestRoundsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			r    = newRounds[int]()
			runs int
			gate = make(chan struct{})
			wg   sync.WaitGroup
		)
		run := func(context.Context) (int, error) {
			runs++
			n := runs
			<-gate
			return n, nil
		}
		ask := func(want int) {
			if got, err := r.do(t.Context(), run); got != want || err != nil {
				t.Errorf("round %d, want %d: %v", got, want, err)
			}
		}
		wg.Go(func() { ask(1) })
		synctest.Wait() // round 1 is under way
		for range 50 {
			wg.Go(func() { ask(2) })
		}
		gone, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			if _, err := r.do(gone, run); err != context.Canceled {
				t.Errorf("given up: %v", err)
			}
		})
		synctest.Wait() // all have asked
		cancel()
		synctest.Wait()
		close(gate)
		wg.Wait()
		if runs != 2 {
			t.Errorf("%d rounds", runs)
		}
		ask(3) // later is another question
	})
}

// A round that failed is nobody else's, and who is cut off takes none with him.
func TestRoundsFailAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			r    = newRounds[int]()
			own  = errors.New("own")
			gate = make(chan struct{})
			wg   sync.WaitGroup
		)
		wg.Go(func() {
			if _, err := r.do(t.Context(), func(context.Context) (int, error) { <-gate; return 0, own }); err != own {
				t.Errorf("%v", err)
			}
		})
		synctest.Wait()
		for range 8 {
			wg.Go(func() {
				if n, err := r.do(t.Context(), func(context.Context) (int, error) { return 7, nil }); n != 7 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
			})
		}
		synctest.Wait()
		close(gate)
		wg.Wait()
	})
}

// Nobody is given what was there only before they asked.
func TestRoundsAreNeverOld(t *testing.T) {
	var (
		r     = newRounds[int64]()
		clock atomic.Int64
		wg    sync.WaitGroup
	)
	for range 16 {
		wg.Go(func() {
			for range 500 {
				asked := clock.Add(1)
				seen, err := r.do(t.Context(), func(context.Context) (int64, error) { return clock.Load(), nil })
				if err != nil || seen < asked {
					t.Errorf("asked at %d, saw %d: %v", asked, seen, err)
				}
			}
		})
	}
	wg.Wait()
}
