package storage

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"vanthu/record"
)

const (
	defaultRegister = 100
	maxRegister     = 1000
)

// Registered is one line of the register of outgoing documents, with what of its
// ten columns this service knows (NĐ 30/2020, PL IV; in brackets the column).
type Registered struct {
	ID         string             `json:"id"`
	Series     string             `json:"series"`
	Number     int                `json:"number"`
	Symbol     string             `json:"symbol"`                // (1) "46/KH-UBND"
	Date       record.Date        `json:"date"`                  // (2)
	Type       string             `json:"type"`                  // abbreviation: "KH"
	TypeName   string             `json:"type_name"`             // (3) "Kế hoạch"
	Subject    string             `json:"subject"`               // (3)
	Signatory  string             `json:"signatory"`             // (4)
	Recipients []record.Recipient `json:"recipients"`            // (5)
	Unit       string             `json:"unit"`                  // (6) abbreviation of the unit that keeps a copy beside the records office
	Kept       int                `json:"kept"`                  // (7) copies kept
	Copies     int                `json:"copies"`                // (7) copies on paper for all recipients
	HandedOver record.Date        `json:"handed_over,omitempty"` // (8) of the last delivery
	Receipt    string             `json:"receipt,omitempty"`     // (9) how many recipients have it
	Note       string             `json:"note"`                  // (10) why it was voided or recalled, what replaces or corrects it
	State      record.Status      `json:"state"`
	// Cursor, given to Register, goes on after this line.
	Cursor string `json:"cursor"`
}

// Register is the register of a journal's year in the order of series and
// number, of one series or, with "", of all; void numbers are in it. limit is
// 100 when 0 and at most 1000. A cursor that cannot be one is Invalid.
func (x *Index) Register(ctx context.Context, journal string, year int, series, cursor string, limit int) ([]Registered, error) {
	after, number, ok := registerPlace(cursor)
	if !ok {
		return nil, record.Faulty("query-invalid", "Câu hỏi tra cứu không hợp lệ", []record.Fault{{
			Pointer: "/cursor", Code: "query-invalid", Message: "Con trỏ trang không hợp lệ"}})
	}
	if limit <= 0 {
		limit = defaultRegister
	}
	query := registerLine + `FROM documents INDEXED BY documents_register
		WHERE journal = ? AND year = ? AND number > 0 AND (series, number) > (?, ?)`
	args := []any{journal, year, after, number}
	if series != "" {
		query += ` AND series = ?`
		args = append(args, series)
	}
	args = append(args, min(limit, maxRegister))
	var lines []Registered
	err := x.use(ctx, func(db *sql.DB) (err error) {
		lines, err = readRegister(ctx, db, query+` ORDER BY series, number, row LIMIT ?`, args)
		return err
	})
	return lines, err
}

const registerLine = `SELECT id, series, number, symbol, date, type, type_name, subject, signatory, recipients, unit, kept, copies, state, note, handed_over, receipt `

// Registered finds documents of a journal by their ids, as their registers have
// them; those that the index does not know are left out.
func (x *Index) Registered(ctx context.Context, journal string, ids []string) (map[string]Registered, error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	out := map[string]Registered{}
	err = x.use(ctx, func(db *sql.DB) error {
		lines, err := readRegister(ctx, db, registerLine+`FROM documents WHERE journal = ? AND id IN (SELECT value FROM json_each(?))`, []any{journal, string(wanted)})
		for _, l := range lines {
			out[l.ID] = l
		}
		return err
	})
	return out, err
}

func readRegister(ctx context.Context, db *sql.DB, query string, args []any) ([]Registered, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []Registered
	for rows.Next() {
		var (
			l          Registered
			recipients []byte
		)
		if err := rows.Scan(&l.ID, &l.Series, &l.Number, &l.Symbol, &l.Date, &l.Type, &l.TypeName, &l.Subject, &l.Signatory,
			&recipients, &l.Unit, &l.Kept, &l.Copies, &l.State, &l.Note, &l.HandedOver, &l.Receipt); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(recipients, &l.Recipients); err != nil {
			return nil, err
		}
		l.Cursor = registerCursor(l.Series, l.Number)
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// sentBy counts, by channel, the deliveries of a document that have left the
// office.
func sentBy(d record.Document) map[string]int {
	by := map[string]int{}
	for _, x := range d.Deliveries {
		if !x.Sent.IsZero() {
			by[x.Channel]++
		}
	}
	return by
}

// symbolsOf are the symbols of documents, by id where one has none.
func symbolsOf(s *record.State, ids []string) (out []string) {
	for _, id := range ids {
		out = append(out, cmp.Or(s.Documents[id].Symbol, id))
	}
	return out
}

// registerCursor is the place of a line: number and series.
func registerCursor(series string, number int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(number) + " " + series))
}

// registerPlace is the inverse of registerCursor; "" is the beginning.
func registerPlace(cursor string) (series string, number int, ok bool) {
	if cursor == "" {
		return "", 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) > maxQuery {
		return "", 0, false
	}
	text, series, _ := strings.Cut(string(b), " ")
	number, err = strconv.Atoi(text)
	return series, number, err == nil && number > 0
}
