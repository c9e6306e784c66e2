package storage

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/record"
)

// How fast an absent store is noticed: at most guardEvery + guardSilent and a
// tick after it fell silent, which leaves a request that began at that moment
// time to be answered within two seconds. A store under so much work that it
// says nothing at all for guardSilent cannot be told from an absent one.
const (
	guardEvery  = 200 * time.Millisecond // between two questions
	guardTick   = 100 * time.Millisecond // in which silence is counted
	guardSilent = 13                     // ticks of an open question: away
	openSilent  = 25                     // the same while the backend is being opened
	guardRest   = 50 * time.Millisecond  // least time between two questions
	guardIdle   = 10 * time.Second       // without use: no more questions
)

var (
	errSilent = errors.New("storage: the store does not answer")
	errClosed = record.E(record.Unavailable, "store-closed", "Kho lưu trữ đã đóng")
)

// guard ends what waits for a store that is away, and refuses what is new, until
// the store answers again. It asks the store a cheap question again and again
// while the store is in use; a store that is slow but sends anything at all, on
// any connection, is not away.
type guard struct {
	ask  func(context.Context) error // nil for any answer
	drop func()                      // closes idle connections
	log  *slog.Logger

	heard  atomic.Uint64 // reads that brought something, on all connections
	bears  atomic.Int32  // so many ticks of silence
	nudged chan struct{} // ask now
	stop   context.CancelFunc
	ended  chan struct{}

	mu     sync.Mutex
	under  map[*context.CancelCauseFunc]struct{} // way
	quiet  time.Time                             // when the last use ended
	refuse error                                 // new uses, nil to let them in
	asleep bool
}

func newGuard(ask func(context.Context) error, drop func(), log *slog.Logger) *guard {
	ctx, stop := context.WithCancel(context.Background())
	g := &guard{ask: ask, drop: drop, log: log, nudged: make(chan struct{}, 1), stop: stop, ended: make(chan struct{}),
		under: map[*context.CancelCauseFunc]struct{}{}, asleep: true}
	g.bears.Store(openSilent)
	go g.watch(ctx)
	return g
}

// run does something with the store. When the store is away, or found to be so
// meanwhile, do's context ends and the error is Unavailable.
func (g *guard) run(ctx context.Context, do func(context.Context) error) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := g.enter(&cancel); err != nil {
		return err
	}
	defer g.leave(&cancel)
	err := do(inner)
	if err != nil && ctx.Err() == nil && inner.Err() != nil {
		return context.Cause(inner)
	}
	return err
}

// opened makes the guard as strict as the service needs it.
func (g *guard) opened() { g.bears.Store(guardSilent) }

func (g *guard) enter(cancel *context.CancelCauseFunc) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refuse != nil {
		return g.refuse
	}
	g.under[cancel] = struct{}{}
	if g.asleep {
		g.asleep = false
		g.nudge()
	}
	return nil
}

func (g *guard) leave(cancel *context.CancelCauseFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.under, cancel)
	g.quiet = time.Now()
}

// nudge asks at once, as after a connection that broke.
func (g *guard) nudge() {
	select {
	case g.nudged <- struct{}{}:
	default:
	}
}

func (g *guard) watch(ctx context.Context) {
	defer close(g.ended)
	for {
		var next <-chan time.Time
		if !g.sleeps() {
			err := g.look(ctx)
			if ctx.Err() != nil {
				return
			}
			g.judge(err)
			pause(ctx, guardRest)
			next = time.After(guardEvery - guardRest)
		}
		select {
		case <-ctx.Done():
			return
		case <-g.nudged:
		case <-next:
		}
	}
}

// sleeps says whether the store is not in use and need not be watched.
func (g *guard) sleeps() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	slept := g.asleep
	g.asleep = len(g.under) == 0 && g.refuse == nil && time.Since(g.quiet) > guardIdle
	if g.asleep && !slept {
		g.drop() // they may be dead when they are next needed
	}
	return g.asleep
}

// look asks until there is an answer or there can be none. The silence is
// counted in ticks that this process lived to see, so that one that was itself
// stopped or starved does not take its own absence for the store's.
func (g *guard) look(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answered := make(chan error, 1)
	question := func(rest time.Duration) {
		pause(ctx, rest)
		answered <- g.ask(ctx)
	}
	go question(0)
	var (
		failed error
		tick   = time.NewTicker(guardTick)
		before = g.heard.Load()
	)
	defer tick.Stop()
	for silent := int32(0); silent < g.bears.Load(); {
		select {
		case err := <-answered:
			if err == nil || failed != nil {
				return err
			}
			failed = err // once may be a connection that broke by itself
			go question(guardRest)
		case <-tick.C:
			if now := g.heard.Load(); now != before {
				before, silent = now, 0
			} else {
				silent++
			}
		}
	}
	return cmp.Or(failed, errSilent)
}

// judge opens or shuts the guard.
func (g *guard) judge(err error) {
	var refuse error
	if err != nil {
		refuse = unreachable(err)
	}
	was := g.shut(refuse)
	switch {
	case err != nil && was == nil:
		g.log.Warn("store away", "error", err)
	case err == nil && was != nil:
		g.log.Info("store back")
	}
	if err != nil {
		g.drop()
	}
}

// shut refuses new uses with err and ends those under way; nil lets all in.
func (g *guard) shut(err error) (was error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	was, g.refuse = g.refuse, err
	if err != nil {
		for cancel := range g.under {
			(*cancel)(err)
		}
	}
	return was
}

// close ends the watch and whatever is under way.
func (g *guard) close() {
	g.stop()
	<-g.ended
	g.shut(errClosed)
	g.drop()
}

func unreachable(err error) error {
	return record.Because(err, record.Unavailable, codeUnreachable, "Không kết nối được kho lưu trữ")
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
