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
	"sync"

	"vanthu/record"
)

const (
	defaultLimit = 20
	maxLimit     = 200
	// MaxListed is how many documents List gives at most.
	MaxListed = 10_000
	maxQuery  = 2000 // bytes
	maxWords  = 32
	minPrefix = 3 // letters of a word outside a symbol: with two half of all words begin
	maxStates = 32
	maxOffset = 10_000
)

// Sort is the order of what was found.
type Sort string

const (
	ByRelevance Sort = "relevance" // where words are asked for, otherwise as Newest
	Newest      Sort = "newest"    // by date, or the day of the newest entry before there is one
	Oldest      Sort = "oldest"
)

// Sorts are all orders.
func Sorts() []Sort { return []Sort{ByRelevance, Newest, Oldest} }

// Query asks for documents; all that is set must hold. Words, Symbol, Recipient
// and Signatory are in the language that parse describes: words with or without
// accents in any Unicode form, "words in a row", begin*, -without.
type Query struct {
	Words     string // anywhere: symbol, type, title, issuer, people, recipients, date, text
	Title     bool   // Words in the title alone
	Exact     bool   // only with the accents as they are written
	Symbol    string // all of it or its beginning: "46/KH-UBND", "46/KH"
	Recipient string // words of the name
	Signatory string // words of a name, or a person's id

	Organizations []string        // journals to look in; nil means all, an empty list none
	Issuers       []string        // of those, the ones asked for; none means all
	Type          string          // code: "KH"
	Number        int             // of the register
	Year          int             // of the date, or of the newest entry before there is one
	From, To      record.Date     // the same by days, both included; "" for no bound
	Person        string          // the very id of who is to sign
	States        []record.Status // any of them; none means all
	Unit          string          // abbreviation of the drafting unit, as it is printed
	Series        string          // id
	Rule          string          // id of the retention rule
	Urgency       record.Urgency
	Held          bool // by a legal hold

	Sort   Sort   // ByRelevance when ""
	Limit  int    // 20 when 0; at most 200
	Cursor string // of the page before
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
	Unit         string        `json:"unit,omitempty"` // that drafted it
	State        record.Status `json:"state"`
	Version      int           `json:"version"`
	// Excerpts show where each word stands that was asked for; Excerpt is the
	// first of the text, or else of another field, without marks.
	Excerpts []Excerpt `json:"excerpts,omitempty"`
	Excerpt  string    `json:"excerpt,omitempty"`
	// Cursor, given as Query.Cursor, goes on after this hit.
	Cursor string `json:"cursor"`
}

// Found is a page of what a query finds.
type Found struct {
	Hits []Hit
	// Of all that was found, whatever the page: on the first page alone.
	Total  int
	Counts Counts
}

// Search finds documents in the index as it is; CatchUp makes it new. By
// relevance those that hold the words with the very accents come first, among
// them those that hold all in title, symbol or names, then the better matches,
// then the newer. A query that cannot be one is Invalid.
func (x *Index) Search(ctx context.Context, q Query) ([]Hit, error) {
	s, err := q.compile()
	if err != nil {
		return nil, err
	}
	f, err := x.find(ctx, s, false)
	return f.Hits, err
}

// Find is Search with how many documents there are in all, by every filter.
func (x *Index) Find(ctx context.Context, q Query) (Found, error) {
	s, err := q.compile()
	if err != nil {
		return Found{}, err
	}
	return x.find(ctx, s, q.Cursor == "")
}

// List is Search without pages and excerpts: the first of all that is found, most
// of them and MaxListed at most, and how many there are in all.
func (x *Index) List(ctx context.Context, q Query, most int) (hits []Hit, total int, err error) {
	q.Cursor = ""
	s, err := q.compile()
	if err != nil {
		return nil, 0, err
	}
	s.limit, s.plain = min(most, MaxListed), true
	f, err := x.find(ctx, s, true)
	return f.Hits, f.Total, err
}

func (x *Index) find(ctx context.Context, s search, count bool) (f Found, err error) {
	err = x.use(ctx, func(db *sql.DB) error {
		f = Found{}
		var (
			found []int64
			total = -1 // not known
			err   error
		)
		if count || !s.ranked() {
			if err := x.onCards(ctx, db, &s, count, &f, &found); err != nil {
				return err
			}
		}
		if s.ranked() {
			if count {
				total = f.Total
			}
			if found, err = s.best(ctx, db, total); err != nil {
				return err
			}
		}
		if len(found) > 0 {
			f.Hits, err = s.hits(ctx, db, found)
		}
		return err
	})
	return f, err
}

// onCards does what needs no words: it lists by day and counts.
func (x *Index) onCards(ctx context.Context, db *sql.DB, s *search, count bool, f *Found, found *[]int64) error {
	var with, without []int64
	var err error
	if s.match != "" {
		with, err = rowsOf(ctx, db, anyOrder+"rowid", s.match)
	} else if s.without != "" {
		without, err = rowsOf(ctx, db, anyOrder+"rowid", s.without)
	}
	if err != nil {
		return err
	}
	done, err := x.cards.open(ctx, db)
	if err != nil {
		return err
	}
	defer done()
	var among rowSet
	if s.match != "" {
		among = x.cards.mark(with)
	} else if s.without != "" {
		among = among.but(&x.cards, without)
	}
	var counted sync.WaitGroup
	defer counted.Wait()
	if count {
		counted.Go(func() { f.Total, f.Counts = x.cards.count(s.filter, among) })
	}
	if !s.ranked() {
		for _, spot := range x.cards.byDay(s.filter, among, s.sort == Oldest, s.after, s.limit) {
			*found = append(*found, spot.row)
		}
	}
	return nil
}

// search is a query in the index's terms.
type search struct {
	filter
	terms   []term   // what must be there, of all fields: for excerpts
	exact   bool     // with the very accents
	match   string   // FTS5; "" for none
	without string   // FTS5, where there is nothing but that
	tiers   []string // FTS5, what is asked for in turn, best first; none without words
	sort    Sort
	after   *spot
	offset  int
	limit   int
	plain   bool // no excerpts
}

func (s *search) ranked() bool { return s.sort == ByRelevance && len(s.tiers) > 0 }

// cursor of the n-th hit of this page. By rank there is no place in the index
// to go on from, so pages are counted; by day the place is day and row.
func (s *search) cursor(n int, day string, row int64) string {
	place := fmt.Sprintf("%s %s %d", s.sort, day, row)
	if s.ranked() {
		place = fmt.Sprintf("%s %d", s.sort, s.offset+n+1)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(place))
}

func (s *search) resume(cursor string) bool {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return false
	}
	f := strings.Fields(string(b))
	if len(f) < 2 || f[0] != string(s.sort) {
		return false
	}
	if s.ranked() {
		s.offset, err = strconv.Atoi(f[1])
		return err == nil && len(f) == 2 && s.offset >= 0 && s.offset <= maxOffset
	}
	if len(f) != 3 {
		return false
	}
	row, err := strconv.ParseInt(f[2], 10, 64)
	s.after = &spot{dayNumber(f[1]), row}
	return err == nil
}

// hits reads the rows found. Texts are long: they are read for the hits alone,
// and only where words were asked for.
func (s *search) hits(ctx context.Context, db *sql.DB, found []int64) ([]Hit, error) {
	in, _ := json.Marshal(found)
	from := "'' FROM documents"
	if len(s.terms) > 0 && !s.plain {
		from = "body FROM documents JOIN bodies USING (row)"
	}
	rows, err := db.QueryContext(ctx, `SELECT row, journal, id, organization, type, type_name, number, symbol, date, day, subject, signatory, signers,
		names, unit, state, version, `+from+` WHERE row IN (SELECT value FROM json_each(?))`, string(in))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	places := make(map[int64]int, len(found))
	for i, row := range found {
		places[row] = i
	}
	hits := make([]Hit, len(found))
	for rows.Next() {
		var (
			h                               Hit
			row                             int64
			kind, day, signers, names, body string
		)
		if err := rows.Scan(&row, &h.Journal, &h.ID, &h.Organization, &h.Type, &kind, &h.Number, &h.Symbol, &h.Date, &day, &h.Subject,
			&h.Signatory, &signers, &names, &h.Unit, &h.State, &h.Version, &body); err != nil {
			return nil, err
		}
		if s.within != nil && !slices.Contains(s.within, h.Journal) {
			continue // the index was made anew meanwhile, and this is another document
		}
		h.Recipients = []string{}
		if names != "" {
			h.Recipients = strings.Split(names, "\n")
		}
		if len(s.terms) > 0 && !s.plain {
			h.Excerpts = printed{h.Symbol, kind, h.Type, h.Subject, h.Organization, h.Journal, signers, names, h.Unit, h.Date, body}.texts().explain(s.terms, s.exact)
			h.Excerpt = plainExcerpt(h.Excerpts)
		}
		h.Cursor = s.cursor(places[row], day, row)
		hits[places[row]] = h
	}
	return slices.DeleteFunc(hits, func(h Hit) bool { return h.ID == "" }), rows.Err()
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
