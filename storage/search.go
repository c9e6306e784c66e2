package storage

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

const (
	defaultLimit = 20
	maxLimit     = 200
	maxQuery     = 2000 // bytes
	maxWords     = 32
	maxOffset    = 10_000
)

// Query asks for documents; all that is set must hold. Words, Symbol, Recipient
// and Signatory may be written with or without accents and in any Unicode form.
type Query struct {
	Words         string   // all of them, anywhere: symbol, subject, people, text
	Organizations []string // journals to look in; none means all
	Type          string   // abbreviation: "KH"
	Number        int
	Symbol        string // all of it or its beginning: "46/KH-UBND", "46/KH"
	Year          int
	Recipient     string // words of the name
	Signatory     string // words of the name, or the person's id
	State         record.Status
	Limit         int    // 20 when 0; at most 200
	Cursor        string // of the page before
}

// Hit is a document that was found.
type Hit struct {
	Journal      string        `json:"journal"`
	ID           string        `json:"id"`
	Organization string        `json:"organization"` // name of the issuer
	Type         string        `json:"type"`
	Number       int           `json:"number,omitempty"`
	Symbol       string        `json:"symbol"`
	Date         record.Date   `json:"date,omitempty"`
	Subject      string        `json:"subject"`
	Signatory    string        `json:"signatory"`
	Recipients   []string      `json:"recipients"`
	State        record.Status `json:"state"`
	Version      int           `json:"version"`
	Excerpt      string        `json:"excerpt,omitempty"` // of the text, where words were asked for
	// Cursor, given as Query.Cursor, goes on after this hit.
	Cursor string `json:"cursor"`
}

// Search finds documents in the index as it is; CatchUp makes it new. With
// words, those that hold them with the very accents come first, then the better
// matches, then the newer; without words the newest come first. A query that
// cannot be one is Invalid.
func (x *Index) Search(ctx context.Context, q Query) ([]Hit, error) {
	s, err := q.compile()
	if err != nil {
		return nil, err
	}
	var hits []Hit
	err = x.use(ctx, func(db *sql.DB) error {
		hits, err = s.run(ctx, db)
		return err
	})
	return hits, err
}

// search is a query in the index's terms.
type search struct {
	words  []string // folded, for excerpts
	where  []string
	args   []any
	match  string // FTS5; "" for none
	exact  string // FTS5 on the accented column; "" for no preference
	offset int
	limit  int
}

func (q Query) compile() (search, error) {
	s := search{limit: q.Limit}
	if s.limit <= 0 {
		s.limit = defaultLimit
	}
	s.limit = min(s.limit, maxLimit)
	var faults []record.Fault
	fault := func(name, format string, args ...any) {
		faults = append(faults, record.Fault{Pointer: "/" + name, Code: "query-invalid", Message: fmt.Sprintf(format, args...)})
	}
	var match []string
	for _, f := range []struct{ name, text, column string }{
		{"words", q.Words, "{symbol subject organization signatory recipients body}"},
		{"symbol", q.Symbol, "symbol"},
		{"recipient", q.Recipient, "recipients"},
		{"signatory", q.Signatory, "signatory"},
	} {
		if strings.TrimSpace(f.text) == "" {
			continue
		}
		words := queryWords(Fold(clip(f.text)))
		switch {
		case len(f.text) > maxQuery || len(words) > maxWords:
			fault(f.name, "Câu hỏi dài quá %d từ", maxWords)
		case len(words) == 0:
			fault(f.name, "Không có chữ hoặc số nào để tìm trong %q", f.text)
		default:
			match = append(match, f.column+" : "+quoted(words))
		}
		if f.name == "words" {
			s.words = words
			if with := queryWords(accented(clip(f.text))); !slices.Equal(with, words) {
				s.exact = "exact : " + quoted(with)
			}
		}
	}
	s.match = strings.Join(match, " AND ")
	for column, value := range map[string]string{"type": q.Type, "state": string(q.State)} {
		if value != "" {
			s.and("d."+column+" = ?", value)
		}
	}
	for column, value := range map[string]int{"number": q.Number, "year": q.Year} {
		if value != 0 {
			s.and("d."+column+" = ?", value)
		}
	}
	if len(q.Organizations) > 0 {
		in, _ := json.Marshal(q.Organizations)
		s.and("d.journal IN (SELECT value FROM json_each(?))", string(in))
	}
	if q.Cursor != "" && !s.from(q.Cursor) {
		fault("cursor", "Con trỏ trang không hợp lệ")
	}
	return s, record.Faulty("query-invalid", "Câu hỏi tra cứu không hợp lệ", faults)
}

func clip(s string) string { return s[:min(len(s), maxQuery)] }

func (s *search) and(condition string, args ...any) {
	s.where = append(s.where, condition)
	s.args = append(s.args, args...)
}

// queryWords splits at spaces and keeps what holds a letter or digit.
func queryWords(s string) []string {
	var words []string
	for _, w := range strings.Fields(s) {
		if w = strings.TrimFunc(w, func(r rune) bool { return !wordRune(r) }); w != "" {
			words = append(words, strings.ReplaceAll(w, "\x00", " "))
		}
	}
	return words
}

// quoted asks FTS5 for all words; inside quotes nothing of its syntax has a
// meaning, and "46/kh-ubnd" becomes three words in a row.
func quoted(words []string) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

func (s *search) ranked() bool { return len(s.words) > 0 }

// cursor of the n-th hit of this page. By rank there is no place in the index
// to go on from, so pages are counted; by day the place is day and row.
func (s *search) cursor(n int, day string, row int64) string {
	place := fmt.Sprintf("d %s %d", day, row)
	if s.ranked() {
		place = fmt.Sprintf("r %d", s.offset+n+1)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(place))
}

func (s *search) from(cursor string) bool {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return false
	}
	switch f := strings.Fields(string(b)); {
	case s.ranked() && len(f) == 2 && f[0] == "r":
		s.offset, err = strconv.Atoi(f[1])
		return err == nil && s.offset >= 0 && s.offset <= maxOffset
	case !s.ranked() && len(f) == 3 && f[0] == "d":
		row, err := strconv.ParseInt(f[2], 10, 64)
		s.and("(d.day, d.row) < (?, ?)", f[1], row)
		return err == nil
	}
	return false
}

func (s *search) run(ctx context.Context, db *sql.DB) ([]Hit, error) {
	var (
		from  = "documents d"
		where = s.where
		args  []any
		order = "d.day DESC, d.row DESC"
	)
	if s.match != "" {
		from = "texts JOIN documents d ON d.row = texts.rowid"
		where = append([]string{"texts MATCH ?"}, where...)
		args = append(args, s.match)
	}
	args = append(args, s.args...)
	if s.ranked() {
		order = "bm25(texts, 8, 4, 2, 2, 3, 1, 0), " + order
	}
	if s.exact != "" {
		order = "d.row IN (SELECT rowid FROM texts WHERE texts MATCH ?) DESC, " + order
		args = append(args, s.exact)
	}
	query := "SELECT d.row FROM " + from
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	query += " ORDER BY " + order + " LIMIT ? OFFSET ?"
	rows, err := db.QueryContext(ctx, query, append(args, s.limit, s.offset)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	// Texts are long: they are read for the hits alone, not carried through the sort.
	hits := make([]Hit, 0, len(found))
	for n, row := range found {
		h, err := s.hit(ctx, db, n, row)
		if err == sql.ErrNoRows { // forgotten meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, nil
}

func (s *search) hit(ctx context.Context, db *sql.DB, n int, row int64) (Hit, error) {
	var (
		h                     Hit
		day, recipients, body string
	)
	err := db.QueryRowContext(ctx, `SELECT journal, id, organization, type, number, symbol, date, day, subject, signatory,
		recipients, state, version, body FROM documents JOIN bodies USING (row) WHERE row = ?`, row).Scan(&h.Journal, &h.ID, &h.Organization, &h.Type,
		&h.Number, &h.Symbol, &h.Date, &day, &h.Subject, &h.Signatory, &recipients, &h.State, &h.Version, &body)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal([]byte(recipients), &h.Recipients); err != nil {
		return h, err
	}
	if s.ranked() {
		h.Excerpt = excerpt(body, s.words)
	}
	h.Cursor = s.cursor(n, day, row)
	return h, nil
}
