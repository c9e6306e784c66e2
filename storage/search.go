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
	maxStates    = 32
	maxOffset    = 10_000
)

// Query asks for documents; all that is set must hold. Words, Symbol, Recipient
// and Signatory may be written with or without accents and in any Unicode form.
type Query struct {
	Words         string   // all of them, anywhere: symbol, subject, people, text
	Organizations []string // journals to look in; nil means all, an empty list none
	Type          string   // abbreviation: "KH"
	Number        int
	Symbol        string          // all of it or its beginning: "46/KH-UBND", "46/KH"
	Year          int             // of the date, or of the newest entry before there is one
	Recipient     string          // words of the name
	Signatory     string          // words of the name, or the person's id
	Person        string          // the signatory's very id
	States        []record.Status // any of them; none means all
	Limit         int             // 20 when 0; at most 200
	Cursor        string          // of the page before
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
	index  string // to read when there are no words
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
	s.index = "documents_list"
	if len(q.States) > maxStates {
		fault("states", "Nêu quá %d trạng thái", maxStates)
	} else if len(q.States) > 0 {
		s.index = "documents_state"
		s.and("d.state IN (?"+strings.Repeat(", ?", len(q.States)-1)+")", anys(q.States)...)
	}
	if q.Person != "" {
		s.index = "documents_person"
		s.and("d.person = ?", q.Person)
	}
	if q.Number != 0 {
		s.index = "documents_number"
		s.and("d.number = ?", q.Number)
	}
	if q.Type != "" {
		s.and("d.type = ?", q.Type)
	}
	if q.Year != 0 { // as days, in whose order the indexes are
		s.and("d.day BETWEEN ? AND ?", fmt.Sprintf("%04d-01-01", q.Year), fmt.Sprintf("%04d-12-31", q.Year))
	}
	if q.Organizations != nil {
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
	query, args := s.statement()
	rows, err := db.QueryContext(ctx, query, args...)
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
	if err := rows.Err(); err != nil || len(found) == 0 {
		return nil, err
	}
	return s.hits(ctx, db, found)
}

// statement asks for the rows of a page, in order.
func (s *search) statement() (query string, args []any) {
	var (
		from  = "documents d INDEXED BY " + s.index
		where = s.where
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
	query = "SELECT d.row FROM " + from
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return query + " ORDER BY " + order + " LIMIT ? OFFSET ?", append(args, s.limit, s.offset)
}

// hits reads the rows found. Texts are long: they are read for the hits alone,
// not carried through the sort, and only where words were asked for.
func (s *search) hits(ctx context.Context, db *sql.DB, found []int64) ([]Hit, error) {
	in, _ := json.Marshal(found)
	from := "'' FROM documents"
	if s.ranked() {
		from = "body FROM documents JOIN bodies USING (row)"
	}
	rows, err := db.QueryContext(ctx, `SELECT row, journal, id, organization, type, number, symbol, date, day, subject, signatory,
		names, state, version, `+from+` WHERE row IN (SELECT value FROM json_each(?))`, string(in))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byRow := make(map[int64]Hit, len(found))
	for rows.Next() {
		var (
			h                Hit
			row              int64
			day, names, body string
		)
		if err := rows.Scan(&row, &h.Journal, &h.ID, &h.Organization, &h.Type, &h.Number, &h.Symbol, &h.Date, &day, &h.Subject,
			&h.Signatory, &names, &h.State, &h.Version, &body); err != nil {
			return nil, err
		}
		h.Recipients = []string{}
		if names != "" {
			h.Recipients = strings.Split(names, "\n")
		}
		if s.ranked() {
			h.Excerpt = excerpt(body, s.words)
		}
		h.Cursor = s.cursor(slices.Index(found, row), day, row)
		byRow[row] = h
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	hits := make([]Hit, 0, len(found))
	for _, row := range found {
		if h, there := byRow[row]; there { // and not forgotten meanwhile
			hits = append(hits, h)
		}
	}
	return hits, nil
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
