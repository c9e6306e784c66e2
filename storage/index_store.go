package storage

import (
	"cmp"
	"context"
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
	var id int64
	err = tx.QueryRowContext(ctx, `INSERT OR REPLACE INTO documents(row, journal, id, organization, type, type_name, series, number, symbol,
			year, date, day, subject, person, signatory, recipients, names, unit, kept, state, version, note, handed_over, receipt, portal, email, paper)
		VALUES((SELECT row FROM documents WHERE journal = ?1 AND id = ?2), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)
		RETURNING row`,
		d.Journal, d.ID, r.organization, d.Type, v.Type.Name, d.Series, d.Number, symbol,
		day.Year(), string(d.Date), string(day), v.Subject, person, v.Signatory.Name, string(recipients), strings.Join(recipientNames(v), "\n"), v.List.Filing.Unit, v.List.Filing.Copies,
		string(d.State), d.Version, d.Remark(func(id string) string { return r.linked[slices.Index(d.Linked, id)] }), string(day8), receipt, by[record.ByPortal], by[record.ByEmail], by[record.ByPaper]).Scan(&id)
	if err != nil {
		return err
	}
	return storeTexts(ctx, tx, id, symbol, facets(d, person, day), r)
}

// facet is a filter's value as one word of the index.
func facet(of, value string) string { return of + hex.EncodeToString([]byte(value)) }

// facets are the words by which filters find a document among ranked ones.
func facets(d record.Document, person string, day record.Date) string {
	return strings.Join([]string{facet("j", d.Journal), facet("t", d.Type), facet("s", string(d.State)), facet("p", person),
		facet("n", strconv.Itoa(d.Number)), facet("y", strconv.Itoa(day.Year()))}, " ")
}

// recipientNames are the names of a version's recipients, each on one line.
func recipientNames(v record.Version) []string {
	names := make([]string, len(v.List.Recipients))
	for i, p := range v.List.Recipients {
		names[i] = strings.Join(strings.Fields(p.Name), " ")
	}
	return names
}

// storeTexts writes the words by which a document is found.
func storeTexts(ctx context.Context, tx *sql.Tx, id int64, symbol, facets string, r row) error {
	d, v := r.doc, r.version
	// People write the number with and without its leading zero.
	if d.Number > 0 {
		_, rest, _ := strings.Cut(symbol, "/")
		symbol += fmt.Sprintf(" %d/%s", d.Number, rest)
	}
	recipients := strings.Join(recipientNames(v), "\n")
	signatory := v.Signatory.Name + " " + v.Signatory.Person
	exact := strings.Join([]string{symbol, v.Subject, r.organization, signatory, recipients, r.body}, "\n")
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO bodies(row, body) VALUES(?, ?)`, id, r.body); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE rowid = ?`, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO texts(rowid, symbol, subject, organization, signatory, recipients, body, exact, facets)
		VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, Fold(symbol), Fold(v.Subject), Fold(r.organization+" "+d.Journal), Fold(signatory),
		Fold(recipients), Fold(r.body), accented(exact), facets)
	return err
}
