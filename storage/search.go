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
// words, those that hold them with the very accents come first, among them those
// that hold all in title, symbol or names, then the better matches, then the
// newer; without words the newest come first. A query that
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

// MaxCount is up to where Count counts: nobody goes through more one by one, and
// counting all of a large archive would take longer than finding.
const MaxCount = 1000

// Count is how many documents a query finds, whatever its cursor and limit;
// more says that there are more than MaxCount, which then is the number.
func (x *Index) Count(ctx context.Context, q Query) (n int, more bool, err error) {
	q.Cursor = ""
	s, err := q.compile()
	if err != nil {
		return 0, false, err
	}
	err = x.use(ctx, func(db *sql.DB) error {
		from, where, args := s.source()
		if s.ranked() {
			from, where, args = "texts", " WHERE texts MATCH ?", []any{s.all()}
		}
		return db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+from+where+" LIMIT ?)", append(args, MaxCount+1)...).Scan(&n)
	})
	return min(n, MaxCount), n > MaxCount, err
}

// search is a query in the index's terms.
type search struct {
	words  []string // folded, for excerpts
	where  []string
	args   []any
	index  string   // to read when there are no words
	match  string   // FTS5; "" for none
	exact  string   // FTS5 on the accented column; "" for no preference
	other  []string // FTS5, of match what is not the words
	facets []string // FTS5, what where says: for ranking
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
			if f.name != "words" {
				s.other = append(s.other, match[len(match)-1])
			}
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
		s.facet("s", stringsOf(q.States)...)
	}
	if q.Person != "" {
		s.index = "documents_person"
		s.and("d.person = ?", q.Person)
		s.facet("p", q.Person)
	}
	if q.Number != 0 {
		s.index = "documents_number"
		s.and("d.number = ?", q.Number)
		s.facet("n", strconv.Itoa(q.Number))
	}
	if q.Type != "" {
		s.and("d.type = ?", q.Type)
		s.facet("t", q.Type)
	}
	if q.Year != 0 { // as days, in whose order the indexes are
		s.and("d.day BETWEEN ? AND ?", fmt.Sprintf("%04d-01-01", q.Year), fmt.Sprintf("%04d-12-31", q.Year))
		s.facet("y", strconv.Itoa(q.Year))
	}
	if q.Organizations != nil {
		in, _ := json.Marshal(q.Organizations)
		s.and("d.journal IN (SELECT value FROM json_each(?))", string(in))
		s.facet("j", q.Organizations...)
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

// facet asks for any of the values in FTS5's terms; none of no values.
func (s *search) facet(of string, values ...string) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = facet(of, v)
	}
	if len(words) == 0 {
		words = []string{"none"}
	}
	s.facets = append(s.facets, "facets : ("+strings.Join(words, " OR ")+")")
}

func stringsOf[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
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
		found []int64
		err   error
	)
	if s.ranked() {
		found, err = s.best(ctx, db)
	} else {
		query, args := s.newest()
		found, err = rowsOf(ctx, db, query, args...)
	}
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return s.hits(ctx, db, found)
}

func rowsOf(ctx context.Context, db *sql.DB, query string, args ...any) ([]int64, error) {
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
	return found, rows.Err()
}

// all is what must hold of a ranked document, in FTS5's terms.
func (s *search) all() string { return both(append([]string{s.match}, s.facets...)...) }

func both(all ...string) string { return "(" + strings.Join(all, ") AND (") + ")" }

// short are the columns in which a word weighs more than in the text.
const short = "{symbol subject organization signatory recipients}"

// maxRanked is how many documents are ranked against each other: where more are
// equally good by where the words stand, how often they do tells nothing, and
// the newest come first.
const maxRanked = 2000

// tiers are what is asked for in turn, best first: with the very accents before
// without, and in title, symbol and names before in the text. A later one may
// hold documents of an earlier one again: leaving them out here costs FTS5 more
// than finding them twice. That the folded words are there follows from either
// and is not asked again.
func (s *search) tiers() []string {
	titled := short + " : " + quoted(s.words)
	with := func(of ...string) string { return both(slices.Concat(of, s.other, s.facets)...) }
	if s.exact == "" {
		return []string{with(titled), s.all()}
	}
	return []string{with(titled, s.exact), with(s.exact), with(titled), s.all()}
}

// best are the rows of a page by rank.
func (s *search) best(ctx context.Context, db *sql.DB) ([]int64, error) {
	var (
		found  []int64
		offset = s.offset
		seen   = map[int64]bool{} // of the tiers before, which have come to their end
		unseen = func(rows []int64) []int64 {
			return slices.DeleteFunc(rows, func(r int64) bool { return seen[r] })
		}
	)
	for _, tier := range s.tiers() {
		const query = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY "
		all, err := rowsOf(ctx, db, query+"rowid DESC LIMIT ?", tier, max(maxRanked, offset+s.limit)+1+len(seen))
		if err != nil {
			return nil, err
		}
		all = unseen(all)
		if offset >= len(all) {
			offset -= len(all)
			for _, r := range all {
				seen[r] = true
			}
			continue
		}
		page := all
		if len(all) <= maxRanked && len(all) > 1 {
			if page, err = rowsOf(ctx, db, query+"rank, rowid DESC LIMIT ?", tier, offset+s.limit-len(found)+len(seen)); err != nil {
				return nil, err
			}
			page = unseen(page)
		}
		found = append(found, page[min(offset, len(page)):min(len(page), offset+s.limit-len(found))]...)
		if len(found) == s.limit {
			break
		}
		offset = 0
		for _, r := range all {
			seen[r] = true
		}
	}
	return found, nil
}

// source is where the rows come from and what must hold of them.
func (s *search) source() (from, where string, args []any) {
	from = "documents d INDEXED BY " + s.index
	conditions := s.where
	if s.match != "" {
		from = "texts JOIN documents d ON d.row = texts.rowid"
		conditions = append([]string{"texts MATCH ?"}, conditions...)
		args = append(args, s.match)
	}
	if len(conditions) > 0 {
		where = " WHERE " + strings.Join(conditions, " AND ")
	}
	return from, where, append(args, s.args...)
}

// newest asks for the rows of a page, newest first.
func (s *search) newest() (query string, args []any) {
	from, where, args := s.source()
	return "SELECT d.row FROM " + from + where + " ORDER BY d.day DESC, d.row DESC LIMIT ?", append(args, s.limit)
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
