package storage

import (
	"sync"
	"testing"
	"time"
)

// refusalLimit is what the service promises: a request that finds the store
// away is answered within it.
const refusalLimit = 2 * time.Second

// stalls sums up how long this process was kept waiting for a processor: a
// promise in seconds can only be kept on top of that. A refusal takes a dozen
// wake-ups one after the other, each as late as the sampler's own.
type stalls struct {
	mu  sync.Mutex
	sum time.Duration
}

func watchStalls(t *testing.T) *stalls {
	var (
		s    = &stalls{}
		done = make(chan struct{})
		wg   sync.WaitGroup
	)
	wg.Go(func() {
		const every = 5 * time.Millisecond
		for last := time.Now(); ; {
			select {
			case <-done:
				return
			case <-time.After(every):
			}
			now := time.Now()
			s.mu.Lock()
			s.sum += now.Sub(last) - every
			s.mu.Unlock()
			last = now
		}
	})
	t.Cleanup(func() { close(done); wg.Wait() })
	return s
}

func (s *stalls) total() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum
}

// within is the promise on this machine as it was since the stopwatch started.
func (s *stalls) within(t *testing.T, what string, took, stalled time.Duration) {
	t.Helper()
	if limit := refusalLimit + s.total() - stalled; took > limit {
		t.Errorf("%s took %v, more than %v", what, took, limit)
	}
}
