package storage

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
)

// kind is what a filter is about and documents are counted by.
type kind int

const (
	byJournal kind = iota
	byType
	byState
	byUnit
	bySigner // by name
	byPerson // who is to sign, by id
	bySeries
	byRule
	byUrgency
	byHold
	kinds
	byYear = kinds // of the day, which is kept by itself
)

// card is what filters and lists need to know of a document, small enough to go
// through all of them for one list.
type card struct {
	row    int64
	day    int32 // 20240322
	number int32
	values [kinds]uint32 // by the names that cards keep
}

func (f card) year() int { return int(f.day / 10_000) }

// cards keeps the facts of all documents of an index in memory, 60 bytes each: to
// count by every filter would take the database a hundred times as long. It
// follows the file, whoever writes that.
type cards struct {
	mu      sync.RWMutex
	made    string // which making of the file's contents
	changed int64  // of the newest row that is here
	all     []card // by row
	names   [kinds]names
}

// names gives each value of a kind a number.
type names struct {
	numbers map[string]uint32
	values  []string
}

func (n *names) number(value []byte) uint32 {
	if at, ok := n.numbers[string(value)]; ok {
		return at
	}
	if n.numbers == nil {
		n.numbers = map[string]uint32{}
	}
	at := uint32(len(n.values))
	n.values = append(n.values, string(value))
	n.numbers[n.values[at]] = at
	return at
}

// open brings the cards up to what the file holds and keeps it so until close.
func (s *cards) open(ctx context.Context, db *sql.DB) (close func(), err error) {
	for {
		var (
			made   string
			newest int64
		)
		const ends = `SELECT value, (SELECT coalesce(max(changed), 0) FROM documents) FROM meta WHERE name = 'made'`
		if err := db.QueryRowContext(ctx, ends).Scan(&made, &newest); err != nil {
			return nil, err
		}
		s.mu.RLock()
		if s.made == made && s.changed >= newest {
			return s.mu.RUnlock, nil
		}
		s.mu.RUnlock()
		if err := s.read(ctx, db, made); err != nil {
			return nil, err
		}
	}
}

const cardsChanged = `SELECT changed, row, day, number, journal, type, state, unit, signatory, person, series, rule, urgency, held
	FROM documents INDEXED BY documents_changed
	WHERE changed > ? AND ? = (SELECT value FROM meta WHERE name = 'made') ORDER BY changed`

// read takes in the rows that changed; all of them where the contents were made
// anew. Rows of another making than this are left alone.
func (s *cards) read(ctx context.Context, db *sql.DB, made string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != made {
		s.made, s.changed, s.all, s.names = made, 0, nil, [kinds]names{}
	}
	rows, err := db.QueryContext(ctx, cardsChanged, s.changed, made)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			f       card
			changed int64
			day     sql.RawBytes
			values  [kinds]sql.RawBytes
		)
		to := []any{&changed, &f.row, &day, &f.number}
		for k := range values {
			to = append(to, &values[k])
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		f.day = dayNumber(string(day))
		for k, v := range values {
			f.values[k] = s.names[k].number(v)
		}
		s.put(f)
		s.changed = changed
	}
	return rows.Err()
}

func (s *cards) put(f card) {
	if n := len(s.all); n == 0 || s.all[n-1].row < f.row {
		s.all = append(s.all, f)
		return
	}
	at, there := slices.BinarySearchFunc(s.all, f.row, func(x card, row int64) int { return int(x.row - row) })
	if there {
		s.all[at] = f
	} else {
		s.all = slices.Insert(s.all, at, f)
	}
}

// dayNumber is a date as a number in the same order; 0 for none.
func dayNumber(day string) int32 {
	n := int32(0)
	for _, c := range []byte(strings.ReplaceAll(day, "-", "")) {
		if c < '0' || c > '9' || n > 99_999_999 {
			return 0
		}
		n = n*10 + int32(c-'0')
	}
	return n
}

// rowSet says which cards are meant, by their place there; nil
// means all.
type rowSet []uint64

// mark makes a set of rows, which are in ascending order.
func (s *cards) mark(rows []int64) rowSet {
	set := make(rowSet, len(s.all)/64+1)
	for i, at := 0, 0; i < len(s.all) && at < len(rows); {
		switch row := s.all[i].row; {
		case row < rows[at]:
			i++
		case row > rows[at]:
			at++
		default:
			set[i/64] |= 1 << (i % 64)
			i, at = i+1, at+1
		}
	}
	return set
}

// but leaves out rows; of all cards where r is nil.
func (r rowSet) but(s *cards, rows []int64) rowSet {
	out := s.mark(rows)
	for i := range out {
		if out[i] = ^out[i]; r != nil {
			out[i] &= r[i]
		}
	}
	return out
}

func (r rowSet) has(i int) bool { return r == nil || r[i/64]&(1<<(i%64)) != 0 }

// filter is what must hold of a document apart from its words.
type filter struct {
	within   []string // journals that may be seen at all; nil for all
	want     [kinds][]string
	year     int
	number   int
	from, to int32 // days, both included; 0 for no bound
}

// sieve is a filter in the numbers of cards.
type sieve struct {
	filter
	within []bool // by journal
	want   []wanted
}

// wanted are the values of a kind that are asked for.
type wanted struct {
	kind kind
	any  []uint32
}

func (s *cards) sieve(f filter) sieve {
	v := sieve{filter: f}
	if f.within != nil {
		v.within = make([]bool, len(s.names[byJournal].values))
		for _, j := range f.within {
			if n, ok := s.names[byJournal].numbers[j]; ok {
				v.within[n] = true
			}
		}
	}
	for k, values := range f.want {
		if len(values) == 0 {
			continue
		}
		w := wanted{kind: kind(k)}
		for _, value := range values {
			if n, ok := s.names[k].numbers[value]; ok {
				w.any = append(w.any, n)
			}
		}
		v.want = append(v.want, w)
	}
	return v
}

// Answers of a sieve beside the kind that alone does not hold.
const (
	holds kind = -1
	fails kind = -2
)

// ask says whether a document passes, or would if it were not for one kind.
func (v *sieve) ask(f *card) kind {
	if v.within != nil && !v.within[f.values[byJournal]] || v.number != 0 && int(f.number) != v.number ||
		v.from != 0 && f.day < v.from || v.to != 0 && f.day > v.to {
		return fails
	}
	missed := holds
	if v.year != 0 && f.year() != v.year {
		missed = byYear
	}
	for i := range v.want {
		w := &v.want[i]
		if slices.Contains(w.any, f.values[w.kind]) {
			continue
		}
		if missed != holds {
			return fails
		}
		missed = w.kind
	}
	return missed
}
