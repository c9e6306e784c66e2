package storage

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"vanthu/record"
)

// fillBatch is how many entries go into one transaction.
const fillBatch = 1000

// fillAtOnce is how many journals are folded side by side; each reads several
// documents at once.
const fillAtOnce = 4

const maxBody = 1 << 20 // bytes of a document's text that are indexed

// CatchUp brings the index up to the newest entries that the journals held when
// it was called. Callers at the same time share the work, and where nothing is
// new it reads the archive once per journal and writes nothing. Other processes
// may do the same at once. What cannot be read of a document because it is
// damaged is left out with a warning: the index never refuses what a journal
// holds. A journal that cannot be read does not keep the others from being
// caught up; it is the error.
func (x *Index) CatchUp(ctx context.Context) error {
	_, err := x.rounds.do(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, x.catchUp(ctx) })
	return err
}

// CatchUpWithin is CatchUp for whoever would rather see what the index holds
// already than wait longer than d: a new instance reads the whole archive first.
// The work goes on, and until it is done Behind says so and nobody waits.
func (x *Index) CatchUpWithin(ctx context.Context, d time.Duration) error {
	if x.behind.Load() {
		return nil
	}
	done := make(chan error, 1)
	go func() {
		err := x.CatchUp(x.alive)
		if err == nil {
			err = x.warm(x.alive)
		}
		done <- err
		x.behind.Store(false)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		x.behind.Store(true)
		select {
		case err := <-done: // just now: nobody else takes the mark away
			x.behind.Store(false)
			return err
		default:
			return nil
		}
	}
}

// warm takes the cards into memory, so that nobody waits for that.
func (x *Index) warm(ctx context.Context) error {
	return x.use(ctx, func(db *sql.DB) error {
		done, err := x.cards.open(ctx, db)
		if err == nil {
			done()
		}
		return err
	})
}

// Behind says that the index does not hold yet what the journals do.
func (x *Index) Behind() bool { return x.behind.Load() }

// position is how far a journal has been folded.
type position struct {
	seq  uint64
	head record.Digest
}

func (x *Index) catchUp(ctx context.Context) error {
	var at map[string]position
	err := x.use(ctx, func(db *sql.DB) (err error) {
		at, err = readPositions(ctx, db)
		return err
	})
	if err != nil {
		return err
	}
	ends, err := x.states.positions(ctx)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		turn = make(chan struct{}, fillAtOnce)
	)
	for journal, end := range ends {
		if at[journal] == end {
			continue
		}
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if ferr := x.fill(ctx, journal, end); ferr != nil {
				mu.Lock()
				defer mu.Unlock()
				err = cmp.Or(err, fmt.Errorf("index journal %s: %w", journal, ferr))
			}
		})
	}
	wg.Wait()
	return err
}

// fill folds a journal up to its end.
func (x *Index) fill(ctx context.Context, journal string, end position) error {
	for {
		var more bool
		err := x.use(ctx, func(db *sql.DB) (err error) {
			more, err = x.step(ctx, db, journal, end)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// step folds the next batch of entries and says whether there is more to do.
func (x *Index) step(ctx context.Context, db *sql.DB, journal string, end position) (more bool, err error) {
	at, err := readPosition(ctx, db, journal)
	if err != nil {
		return false, err
	}
	switch {
	case at == end:
		return false, nil
	case at.seq == end.seq || at.seq > end.seq && !x.holds(ctx, journal, at):
		// Folded from another archive than this.
		return true, forget(ctx, db, journal, at)
	case at.seq > end.seq: // another process has been here with newer entries
		return false, nil
	}
	days, next, err := x.touched(ctx, journal, at)
	if errors.Is(err, errOtherArchive) {
		return true, forget(ctx, db, journal, at)
	}
	if err != nil {
		return false, err
	}
	rows, err := x.rows(ctx, journal, days)
	if err != nil {
		return false, err
	}
	return true, store(ctx, db, journal, at, next, rows)
}

func (x *Index) holds(ctx context.Context, journal string, at position) bool {
	r, err := x.archive.Entry(ctx, journal, at.seq)
	return err == nil && r.Digest == at.head
}

var errOtherArchive = errors.New("storage: the index is of another archive")

// touched reads the next entries and names the documents they concern, each with
// the day of its newest entry.
func (x *Index) touched(ctx context.Context, journal string, at position) (map[string]record.Date, position, error) {
	days, next := map[string]record.Date{}, at
	for r, err := range x.archive.Entries(ctx, journal, at.seq+1) {
		if err != nil {
			return nil, next, err
		}
		if r.Entry.Previous != next.head {
			return nil, next, errOtherArchive
		}
		days[r.Entry.Document] = record.DateOf(r.Entry.Time)
		next = position{r.Entry.Seq, r.Digest}
		if next.seq-at.seq >= fillBatch {
			break
		}
	}
	return days, next, nil
}

// rows reads what the index keeps of the documents named, in the order of their
// ids.
func (x *Index) rows(ctx context.Context, journal string, days map[string]record.Date) ([]row, error) {
	var rows []row
	err := x.states.View(ctx, journal, func(s *record.State) error {
		for id, day := range days {
			if doc, ok := s.Documents[id]; ok {
				rows = append(rows, row{doc: doc, day: day, linked: symbolsOf(s, doc.Linked)})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.doc.ID, b.doc.ID) })
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(rows))
		turn = make(chan struct{}, 8)
	)
	for i := range rows {
		turn <- struct{}{}
		wg.Go(func() {
			errs[i] = x.read(ctx, &rows[i])
			<-turn
		})
	}
	wg.Wait()
	return rows, errors.Join(errs...)
}

// read completes a row from the document's manifest and input.
func (x *Index) read(ctx context.Context, r *row) error {
	r.organization = r.doc.Journal
	v, err := x.archive.Version(ctx, r.doc.Manifest)
	if err != nil {
		return x.pass(err, r.doc)
	}
	r.version = v
	if v.Issuer.Name != "" {
		r.organization = v.Issuer.Name
	}
	if f, ok := v.File(record.InputFile); ok {
		b, err := x.archive.Blob(ctx, f.SHA256)
		if err != nil {
			return x.pass(err, r.doc)
		}
		r.body, r.urgency = inputText(b)
	}
	attached, err := x.attached(ctx, r.doc, v)
	r.body += attached
	return err
}

// pass lets the index go on without content that is damaged, but not when the
// archive is out of reach.
func (x *Index) pass(err error, doc record.Document) error {
	if k := record.KindOf(err); k != record.Damaged && k != record.NotFound {
		return err
	}
	x.log.Warn("document indexed without its text", "journal", doc.Journal, "document", doc.ID, "error", err)
	return nil
}

// inputText is all strings of an envelope's content, without inline markup, and
// its urgency.
func inputText(input []byte) (string, record.Urgency) {
	var e struct {
		Content any            `json:"content"`
		Urgency record.Urgency `json:"urgency"`
	}
	if json.Unmarshal(input, &e) != nil {
		return "", ""
	}
	var b strings.Builder
	collectText(e.Content, &b)
	return b.String(), e.Urgency
}

func collectText(v any, b *strings.Builder) {
	switch v := v.(type) {
	case string:
		if t := record.PlainText(v); t != "" && b.Len()+len(t) < maxBody {
			b.WriteString(t)
			b.WriteByte('\n')
		}
	case []any:
		for _, x := range v {
			collectText(x, b)
		}
	case map[string]any:
		names := make([]string, 0, len(v))
		for n := range v {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			collectText(v[n], b)
		}
	}
}
