package storage

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

// row is a document as the index keeps it.
type row struct {
	doc          record.Document
	day          record.Date // of its newest entry
	version      record.Version
	organization string
	body         string
	linked       []string // symbols of what replaces or corrects it
	urgency      record.Urgency
}

func readPositions(ctx context.Context, db *sql.DB) (map[string]position, error) {
	rows, err := db.QueryContext(ctx, `SELECT journal, seq, head FROM journals`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]position{}
	for rows.Next() {
		var (
			journal string
			at      position
		)
		if err := rows.Scan(&journal, &at.seq, &at.head); err != nil {
			return nil, err
		}
		all[journal] = at
	}
	return all, rows.Err()
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
		_, err := tx.ExecContext(ctx, `UPDATE meta SET value = ? WHERE name = 'made'`, rand.Text())
		return err
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

// storeRow writes what is known of a document: from its state what commands
// changed, from its newest manifest the rest.
func storeRow(ctx context.Context, tx *sql.Tx, r row) error {
	d, v := r.doc, r.version
	symbol, day, person := d.Symbol, r.day, cmp.Or(d.Turn(), d.Signatory)
	if symbol == "" {
		symbol = v.Symbol
	}
	if d.Date != "" {
		day = d.Date
	}
	if person == "" {
		person = v.Signatory.Person
	}
	by := sentBy(d)
	day8, receipt := d.HandedOver()
	recipients, err := json.Marshal(v.List.Recipients)
	if err != nil {
		return err
	}
	hold := ""
	if d.Hold != "" {
		hold = held
	}
	signers, names := signersOf(v), strings.Join(recipientNames(v), "\n")
	var id int64
	err = tx.QueryRowContext(ctx, `INSERT OR REPLACE INTO documents(row, journal, id, organization, type, type_name, series, number, symbol,
			year, date, day, subject, person, signatory, signers, recipients, names, unit, kept, state, version, note, handed_over, receipt, portal, email, paper,
			rule, urgency, held, copies, changed)
		VALUES((SELECT row FROM documents WHERE journal = ?1 AND id = ?2), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
			?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, (SELECT coalesce(max(changed), 0) + 1 FROM documents))
		RETURNING row`,
		d.Journal, d.ID, r.organization, d.Type, v.Type.Name, d.Series, d.Number, symbol,
		day.Year(), string(d.Date), string(day), v.Subject, person, v.Signatory.Name, signers, string(recipients), names, v.List.Filing.Unit, v.List.Filing.Copies,
		string(d.State), d.Version, d.Remark(func(id string) string { return r.linked[slices.Index(d.Linked, id)] }), string(day8), receipt, by[record.ByPortal], by[record.ByEmail], by[record.ByPaper],
		v.Retention.Rule, string(r.urgency), hold, copiesOf(d, v)).Scan(&id)
	if err != nil {
		return err
	}
	words := printed{symbol, v.Type.Name, d.Type, v.Subject, r.organization, d.Journal, signers, names, v.List.Filing.Unit, d.Date, r.body}.texts()
	facets := facets{byJournal: d.Journal, byType: d.Type, byState: string(d.State), byPerson: person, byUnit: v.List.Filing.Unit, bySeries: d.Series,
		byRule: v.Retention.Rule, byUrgency: string(r.urgency), byHold: hold, bySigner: v.Signatory.Name}
	return storeTexts(ctx, tx, id, words, facets.words(d.Number, day))
}

// copiesOf is how many copies went out on paper: of a line written by hand, as it
// says.
func copiesOf(d record.Document, v record.Version) (n int) {
	for _, r := range v.List.Recipients {
		n += r.Copies
	}
	if d.Booked != nil {
		n = max(n, d.Booked.Copies)
	}
	return n
}

// held is the value of a document on which a legal hold is.
const held = "yes"

// facets are what filters ask a document for.
type facets [kinds]string

// words are the facets as words of the index, by which filters find a document
// among ranked ones.
func (f facets) words(number int, day record.Date) string {
	all := []string{numberFacet(number)}
	for k, v := range f {
		if v != "" {
			all = append(all, facet(kind(k), v))
		}
	}
	if n := dayNumber(string(day)); n != 0 {
		all = append(all, fmt.Sprintf("y%d m%d d%d", n/10_000, n/100, n))
	}
	return strings.Join(all, " ")
}

// facet is a value as one word of the index.
func facet(k kind, value string) string {
	return fmt.Sprintf("k%dx%s", k, hex.EncodeToString([]byte(value)))
}

func numberFacet(n int) string { return "n" + strconv.Itoa(n) }

// recipientNames are the names of a version's recipients, each on one line.
func recipientNames(v record.Version) []string {
	names := make([]string, len(v.List.Recipients))
	for i, p := range v.List.Recipients {
		names[i] = strings.Join(strings.Fields(p.Name), " ")
	}
	return names
}

// storeTexts writes the words by which a document is found.
func storeTexts(ctx context.Context, tx *sql.Tx, id int64, words texts, facets string) error {
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO bodies(row, body) VALUES(?, ?)`, id, words[inBody]); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE rowid = ?`, id); err != nil {
		return err
	}
	names, values := []string{"rowid", "facets"}, []any{id, facets}
	for _, f := range everywhere() {
		text := words.words(f)
		with := text
		if f == inOrganization || f == inSignatory {
			with = withoutIDs(text)
		}
		names = append(names, string(f), "x"+string(f))
		values = append(values, Fold(text), accented(with))
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO texts("+strings.Join(names, ", ")+") VALUES(?"+strings.Repeat(", ?", len(names)-1)+")", values...)
	return err
}
