package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"vanthu/record"
)

// CopyOptions are what a copy may do besides copying.
type CopyOptions struct {
	// Pace, where set, is waited for before each object.
	Pace func(ctx context.Context) error
	// Progress, where set, is told how many of all objects to be copied are done.
	Progress func(done, all int)
}

// CopyReport is what a copy has done.
type CopyReport struct {
	Copied  int       `json:"copied"`
	Bytes   int64     `json:"bytes"`
	There   int       `json:"there"` // had been copied before
	Damaged []Problem `json:"damaged"`
}

// Good says that everything is at the other place now.
func (r CopyReport) Good() bool { return len(r.Damaged) == 0 }

// copyAtOnce is how many objects are on their way at the same time.
const copyAtOnce = 16

// Copy brings to a store whatever of the archive is not there yet: contents
// before the entries that name them, entries in their order, checkpoints last.
// Cut off at any moment, what was copied is a whole, only older, archive, and
// the next Copy goes on where this one stopped. Each object proves itself
// before it is written; what is damaged is left out and reported, and a journal
// ends before its first damaged entry. Conflict, copy-other-archive, when a
// journal at the other place is not the beginning of the one here.
func (a *Archive) Copy(ctx context.Context, to Store, o CopyOptions) (CopyReport, error) {
	report := CopyReport{Damaged: []Problem{}}
	missing, there, err := difference(ctx, a.store, to)
	if err != nil {
		return report, err
	}
	report.There = there
	c := copier{archive: a, to: to, options: o, report: &report, all: len(missing)}
	var contents, rest []string
	entries := map[string][]string{}
	for _, key := range missing {
		journal, _, entry := parseEntryKey(key)
		switch {
		case entry:
			entries[journal] = append(entries[journal], key)
		case strings.HasPrefix(key, logFolder):
			rest = append(rest, key)
		default:
			contents = append(contents, key)
		}
	}
	for journal, keys := range entries {
		if err := c.sameJournal(ctx, journal, keys[0]); err != nil {
			return report, err
		}
	}
	if err := c.several(ctx, contents); err != nil {
		return report, err
	}
	for _, journal := range slices.Sorted(mapKeys(entries)) {
		if err := c.journal(ctx, entries[journal]); err != nil {
			return report, err
		}
	}
	// Tiles before the checkpoints over them, tokens after those.
	slices.SortFunc(rest, func(x, y string) int {
		if a, b := logRank(x), logRank(y); a != b {
			return a - b
		}
		return strings.Compare(x, y)
	})
	for len(rest) > 0 {
		n := 0
		for n < len(rest) && logRank(rest[n]) == logRank(rest[0]) {
			n++
		}
		if err := c.several(ctx, rest[:n]); err != nil {
			return report, err
		}
		rest = rest[n:]
	}
	return report, nil
}

func logRank(key string) int {
	switch {
	case strings.Contains(key, "/tile/"):
		return 0
	case strings.Contains(key, "/checkpoints/"):
		return 1
	}
	return 2
}

func mapKeys[V any](m map[string]V) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// difference are the keys of one store that another does not hold.
func difference(ctx context.Context, from, to Store) (missing []string, there int, err error) {
	next, stop := iter.Pull2(to.List(ctx, ""))
	defer stop()
	other, oerr, more := next()
	for key, err := range from.List(ctx, "") {
		if err != nil {
			return nil, 0, err
		}
		for more && oerr == nil && other < key {
			other, oerr, more = next()
		}
		if oerr != nil {
			return nil, 0, oerr
		}
		switch {
		case strings.HasPrefix(key, probeFolder): // of this place alone
		case more && other == key:
			there++
		default:
			missing = append(missing, key)
		}
	}
	return missing, there, nil
}

type copier struct {
	archive *Archive
	to      Store
	options CopyOptions
	all     int

	mu     sync.Mutex
	done   int
	report *CopyReport
}

// sameJournal compares the last entry that the other place holds.
func (c *copier) sameJournal(ctx context.Context, journal, next string) error {
	_, seq, _ := parseEntryKey(next)
	if seq == 1 {
		return nil
	}
	here, err := c.archive.Entry(ctx, journal, seq-1)
	if err != nil {
		if record.KindOf(err) == record.Damaged {
			return nil // reported when it is read
		}
		return err
	}
	there, err := c.to.Get(ctx, entryKey(journal, seq-1))
	if err == nil && !bytes.Equal(here.raw, there) {
		return record.E(record.Conflict, "copy-other-archive", fmt.Sprintf("Nơi nhận giữ một nhật ký %s khác, từ mục %d hoặc trước đó", journal, seq-1))
	}
	return err
}

func (c *copier) several(ctx context.Context, keys []string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		wg   sync.WaitGroup
		turn = make(chan struct{}, copyAtOnce)
	)
	for _, key := range keys {
		turn <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-turn }()
			if _, err := c.one(ctx, key); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// journal copies entries one after the other: what is there is never more than
// a beginning.
func (c *copier) journal(ctx context.Context, keys []string) error {
	for i, key := range keys {
		whole, err := c.one(ctx, key)
		if err != nil {
			return err
		}
		if !whole {
			return c.skip(len(keys) - i - 1)
		}
	}
	return nil
}

func (c *copier) skip(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done += n
	return nil
}

// one copies an object; false without an error says that it is damaged.
func (c *copier) one(ctx context.Context, key string) (bool, error) {
	if c.options.Pace != nil {
		if err := c.options.Pace(ctx); err != nil {
			return false, err
		}
	}
	b, err := c.read(ctx, key)
	if err == nil {
		err = c.to.Create(ctx, key, b)
		if errors.Is(err, ErrExists) { // another copy runs
			err = nil
		}
		if err != nil {
			return false, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	if c.options.Progress != nil {
		c.options.Progress(c.done, c.all)
	}
	if err == nil {
		c.report.Copied++
		c.report.Bytes += int64(len(b))
		return true, nil
	}
	if k := record.KindOf(err); k != record.Damaged && k != record.NotFound && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	c.report.Damaged = append(c.report.Damaged, Problem{Key: key, Code: "damaged", Message: err.Error()})
	return false, nil
}

func (c *copier) read(ctx context.Context, key string) ([]byte, error) {
	if journal, seq, ok := parseEntryKey(key); ok {
		r, err := c.archive.Entry(ctx, journal, seq)
		return r.raw, err
	}
	if d, _, ok := contentKey(key); ok {
		return c.archive.content(ctx, key, d)
	}
	return c.archive.store.Get(ctx, key)
}
