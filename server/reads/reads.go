package reads

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"vanthu/storage"
)

// Again is how long the same read is the same line: within the same ten minutes of
// the clock, so that instances agree without asking each other.
const Again = 10 * time.Minute

const (
	folder   = "access/"
	maxHeld  = 10_000 // lines in memory
	maxKnown = 50_000 // reads that are remembered to find repetitions
)

// Read is one thing that somebody read.
type Read struct {
	Time    time.Time `json:"time"`
	Account string    `json:"account,omitempty"` // opaque id
	// Recipient is whose link was followed, by record.Recipient.Key.
	Recipient string `json:"recipient,omitempty"`
	Token     bool   `json:"token,omitempty"` // by a program, with the account's token
	How       string `json:"how"`             // page, json, pdf, docx, input, ...
	Which     string `json:"which,omitempty"` // version, copy or file, as in its address
}

// same is equal for reads that are one line.
func (r Read) same() Read { r.Time = r.Time.UTC().Truncate(Again); return r }

// Of names a document.
type Of struct{ Organization, Document string }

type known struct {
	of   Of
	read Read
}

// Log takes down reads. Its methods may be called from many goroutines.
type Log struct {
	store storage.WorkStore
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	held    map[Of][]Read
	lines   int
	dropped int
	seen    map[known]bool
	flush   sync.Mutex // one at a time
}

// New is the history kept in store.
func New(store storage.WorkStore, now func() time.Time, log *slog.Logger) *Log {
	return &Log{store: store, now: now, log: log, held: map[Of][]Read{}, seen: map[known]bool{}}
}

// Note takes down a read now. It never waits for the store.
func (l *Log) Note(of Of, r Read) {
	r.Time = l.now().UTC().Truncate(time.Second)
	l.mu.Lock()
	defer l.mu.Unlock()
	key := known{of, r.same()}
	if l.seen[key] {
		return
	}
	if l.lines >= maxHeld {
		l.dropped++
		return
	}
	if len(l.seen) >= maxKnown {
		clear(l.seen) // repetitions are found again when the history is shown
	}
	l.seen[key] = true
	l.held[of] = append(l.held[of], r)
	l.lines++
}

// Flush writes what is held; what could not be written is held on.
func (l *Log) Flush(ctx context.Context) error {
	l.flush.Lock()
	defer l.flush.Unlock()
	l.mu.Lock()
	held, dropped := l.held, l.dropped
	l.held, l.lines, l.dropped = map[Of][]Read{}, 0, 0
	for k := range l.seen {
		if l.now().Sub(k.read.Time) >= Again {
			delete(l.seen, k)
		}
	}
	l.mu.Unlock()
	var errs []error
	for of, all := range held {
		if len(errs) == 0 {
			err := l.write(ctx, of, all)
			if err == nil {
				continue
			}
			errs = append(errs, err)
		}
		l.mu.Lock()
		l.held[of] = append(all, l.held[of]...)
		l.lines += len(all)
		l.mu.Unlock()
	}
	if dropped > 0 {
		l.log.WarnContext(ctx, "reads not taken down", slog.Int("count", dropped))
	}
	return errors.Join(errs...)
}

func (l *Log) write(ctx context.Context, of Of, all []Read) error {
	data, err := encode(all)
	if err != nil {
		return err
	}
	key := folder + of.Organization + "/" + of.Document + "/" + all[len(all)-1].Time.Format(keyTime) + "-" + strings.ToLower(rand.Text()) + ".jsonl"
	_, err = l.store.Put(ctx, key, data, "")
	return err
}

// Serve flushes every so often, 5 seconds for 0, until ctx ends.
func (l *Log) Serve(ctx context.Context, every time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(cmp.Or(every, 5*time.Second)):
		}
		if err := l.Flush(ctx); err != nil && ctx.Err() == nil {
			l.log.WarnContext(ctx, "reads not written", slog.Any("error", err))
		}
	}
}
