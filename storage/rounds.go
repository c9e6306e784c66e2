package storage

import (
	"context"
	"sync/atomic"
)

// rounds lets many share one piece of work that looks at something which grows:
// a caller takes what a round brought that began after it asked, and runs one
// itself where there was none. So everyone sees what was there when they asked,
// and however many ask, hardly more than two rounds are waited for.
type rounds[T any] struct {
	begun  atomic.Uint64
	turn   chan struct{} // of capacity 1; guards what follows
	done   uint64        // number of the newest round that ended well
	result T
}

func newRounds[T any]() *rounds[T] { return &rounds[T]{turn: make(chan struct{}, 1)} }

// do returns the result of a round; it is shared and must not be changed. What a
// failed round brought goes to the caller who ran it, with the error.
func (r *rounds[T]) do(ctx context.Context, run func(context.Context) (T, error)) (T, error) {
	ticket := r.begun.Load()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-r.turn }()
	if r.done > ticket {
		return r.result, nil
	}
	number := r.begun.Add(1)
	result, err := run(ctx)
	if err == nil {
		r.result, r.done = result, number
	}
	return result, err
}
