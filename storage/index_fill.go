package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"vanthu/record"
)

// fillBatch is how many entries go into one transaction.
const fillBatch = 1000

const maxBody = 1 << 20 // bytes of a document's text that are indexed

// CatchUp brings the index up to the newest entries of all journals. Other
// processes may do the same at once. What cannot be read of a document because
// it is damaged is left out with a warning: the index never refuses what a
// journal holds.
func (x *Index) CatchUp(ctx context.Context) error {
	journals, err := x.archive.Journals(ctx)
	if err != nil {
		return err
	}
	for _, journal := range journals {
		if journal == record.SystemJournal {
			continue // publishes office data, no documents
		}
		if err := x.catchUp(ctx, journal); err != nil {
			return fmt.Errorf("index journal %s: %w", journal, err)
		}
	}
	return nil
}

// position is how far a journal has been folded.
type position struct {
	seq  uint64
	head record.Digest
}

func (x *Index) catchUp(ctx context.Context, journal string) error {
	var end position
	err := x.states.View(ctx, journal, func(s *record.State) error {
		end = position{s.Seq, s.Head}
		return nil
	})
	if err != nil {
		return err
	}
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

// row is a document as the index keeps it.
type row struct {
	doc          record.Document
	day          record.Date
	version      record.Version
	recipients   []string
	organization string
	body         string
}

// rows reads what the index keeps of the documents named, in the order of their
// ids.
func (x *Index) rows(ctx context.Context, journal string, days map[string]record.Date) ([]row, error) {
	var rows []row
	err := x.states.View(ctx, journal, func(s *record.State) error {
		for id, day := range days {
			if doc, ok := s.Documents[id]; ok {
				rows = append(rows, row{doc: doc, day: day})
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
	for _, p := range v.List.Recipients {
		r.recipients = append(r.recipients, p.Name)
	}
	f, ok := v.File(record.InputFile)
	if !ok {
		return nil
	}
	b, err := x.archive.Blob(ctx, f.SHA256)
	if err != nil {
		return x.pass(err, r.doc)
	}
	r.body = inputText(b)
	return nil
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

// inputText is all strings of an envelope's content, without inline markup.
func inputText(input []byte) string {
	var e struct {
		Content any `json:"content"`
	}
	if json.Unmarshal(input, &e) != nil {
		return ""
	}
	var b strings.Builder
	collectText(e.Content, &b)
	return b.String()
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

func readPosition(ctx context.Context, db *sql.DB, journal string) (position, error) {
	var at position
	err := db.QueryRowContext(ctx, `SELECT seq, head FROM journals WHERE journal = ?`, journal).Scan(&at.seq, &at.head)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	return at, err
}

// store writes rows and the new position in one transaction, unless another
// process has moved the position meanwhile: then it has written them too.
func store(ctx context.Context, db *sql.DB, journal string, from, to position, rows []row) error {
	return inTransaction(ctx, db, journal, from, func(tx *sql.Tx) error {
		for _, r := range rows {
			if err := storeRow(ctx, tx, r); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO journals(journal, seq, head) VALUES(?, ?, ?)
			ON CONFLICT(journal) DO UPDATE SET seq = excluded.seq, head = excluded.head`, journal, to.seq, string(to.head))
		return err
	})
}

// forget removes what a journal has brought into the index.
func forget(ctx context.Context, db *sql.DB, journal string, from position) error {
	return inTransaction(ctx, db, journal, from, func(tx *sql.Tx) error {
		for _, q := range []string{
			`DELETE FROM texts WHERE rowid IN (SELECT row FROM documents WHERE journal = ?)`,
			`DELETE FROM bodies WHERE row IN (SELECT row FROM documents WHERE journal = ?)`,
			`DELETE FROM documents WHERE journal = ?`,
			`DELETE FROM journals WHERE journal = ?`,
		} {
			if _, err := tx.ExecContext(ctx, q, journal); err != nil {
				return err
			}
		}
		return nil
	})
}

func inTransaction(ctx context.Context, db *sql.DB, journal string, from position, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var now position
	err = tx.QueryRowContext(ctx, `SELECT seq, head FROM journals WHERE journal = ?`, journal).Scan(&now.seq, &now.head)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if now != from {
		return nil
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func storeRow(ctx context.Context, tx *sql.Tx, r row) error {
	d, v := r.doc, r.version
	symbol := d.Symbol
	if symbol == "" {
		symbol = v.Symbol
	}
	day := r.day
	if d.Date != "" {
		day = d.Date
	}
	year := d.Year
	if year == 0 || d.Date != "" {
		year = day.Year()
	}
	names, err := json.Marshal(r.recipients)
	if err != nil {
		return err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `INSERT INTO documents(journal, id, organization, type, number, symbol, year,
			date, day, subject, signatory, recipients, state, version) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT(journal, id) DO UPDATE SET organization = excluded.organization, type = excluded.type,
			number = excluded.number, symbol = excluded.symbol, year = excluded.year,
			date = excluded.date, day = excluded.day, subject = excluded.subject, signatory = excluded.signatory,
			recipients = excluded.recipients, state = excluded.state, version = excluded.version
		RETURNING row`,
		d.Journal, d.ID, r.organization, d.Type, d.Number, symbol, year,
		string(d.Date), string(day), v.Subject, v.Signatory.Name, string(names), string(d.State), d.Version).Scan(&id)
	if err != nil {
		return err
	}
	// People write the number with and without its leading zero.
	symbols := symbol
	if d.Number > 0 {
		_, rest, _ := strings.Cut(symbol, "/")
		symbols += fmt.Sprintf(" %d/%s", d.Number, rest)
	}
	recipients := strings.Join(r.recipients, "\n")
	signatory := v.Signatory.Name + " " + v.Signatory.Person
	exact := strings.Join([]string{symbols, v.Subject, r.organization, signatory, recipients, r.body}, "\n")
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO bodies(row, body) VALUES(?, ?)`, id, r.body); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE rowid = ?`, id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO texts(rowid, symbol, subject, organization, signatory, recipients, body, exact)
		VALUES(?, ?, ?, ?, ?, ?, ?, ?)`, id, Fold(symbols), Fold(v.Subject), Fold(r.organization+" "+d.Journal), Fold(signatory),
		Fold(recipients), Fold(r.body), accented(exact))
	return err
}
