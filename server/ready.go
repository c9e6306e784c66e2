package server

import (
	"context"
	"net/http"
	"sync"
	"time"

	"vanthu/record"
)

// readyFor is how long an answer of /readyz is given again, so that asking
// often costs nothing.
const (
	readyFor     = 3 * time.Second
	readyTimeout = 10 * time.Second
	// queueFull is the converter's word that it works and has enough to do.
	queueFull = "converter-busy"
)

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks" doc:"By part: ok, or the code of what is wrong"`
}

type health struct {
	mu   sync.Mutex
	at   time.Time
	last readiness
}

func serveHealth(_ *Server, c *call) error {
	return c.json(map[string]string{"status": "ok"})
}

// serveReady does a round trip through the store and converts a small document.
func serveReady(s *Server, c *call) error {
	r := s.ready(c.ctx)
	status := http.StatusOK
	if !r.Ready {
		status = http.StatusServiceUnavailable
		c.Header("Retry-After", itoa(retryAway))
	}
	writeJSON(c.Context, status, "application/json", r)
	return nil
}

func (s *Server) ready(ctx context.Context) readiness {
	if s.closing.Load() {
		return readiness{Checks: map[string]string{"server": "closing"}}
	}
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if s.cfg.Now().Sub(s.health.at) >= readyFor {
		// Whoever asked first may go away; the answer is for all.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
		defer cancel()
		s.health.last, s.health.at = s.check(ctx), s.cfg.Now()
	}
	return s.health.last
}

func (s *Server) check(ctx context.Context) readiness {
	r := readiness{Ready: true, Checks: map[string]string{}}
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	for name, ask := range map[string]func(context.Context) error{"store": s.cfg.Store, "converter": s.cfg.Converter} {
		wg.Go(func() {
			err := ask(ctx)
			result, up := "ok", 1.0
			if err != nil && record.CodeOf(err) != queueFull {
				result, up = record.CodeOf(err), 0
			}
			mu.Lock()
			defer mu.Unlock()
			r.Checks[name] = result
			r.Ready = r.Ready && up == 1
			s.metrics.ready.WithLabelValues(name).Set(up)
		})
	}
	wg.Wait()
	return r
}
