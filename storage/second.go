package storage

import (
	"context"
	"iter"
	"sync"
	"time"
)

// secondPause is how long a second place that could not be opened is left in
// peace.
const secondPause = time.Minute

// Second is the second place: it is opened when it is first asked for, since
// the office works without it.
type Second struct {
	open func(context.Context) (*Backend, error)

	mu    sync.Mutex
	b     *Backend
	err   error
	tried time.Time
}

// NewSecond opens by the given way.
func NewSecond(open func(context.Context) (*Backend, error)) *Second { return &Second{open: open} }

// Backend is the place, opened; the error of the last try for a minute.
func (s *Second) Backend(ctx context.Context) (*Backend, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b == nil && (s.err == nil || time.Since(s.tried) > secondPause) {
		s.b, s.err = s.open(ctx)
		s.tried = time.Now()
	}
	return s.b, s.err
}

// Close closes the place if it was opened.
func (s *Second) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b == nil {
		return nil
	}
	return s.b.Close()
}

// Store is the place's archive.
func (s *Second) Store() Store { return secondStore{s} }

type secondStore struct{ *Second }

func (s secondStore) Create(ctx context.Context, key string, data []byte) error {
	b, err := s.Backend(ctx)
	if err != nil {
		return err
	}
	return b.Archive.Create(ctx, key, data)
}

func (s secondStore) Get(ctx context.Context, key string) ([]byte, error) {
	b, err := s.Backend(ctx)
	if err != nil {
		return nil, err
	}
	return b.Archive.Get(ctx, key)
}

func (s secondStore) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		b, err := s.Backend(ctx)
		if err != nil {
			yield("", err)
			return
		}
		b.Archive.List(ctx, prefix)(yield)
	}
}
