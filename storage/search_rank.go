package storage

import (
	"context"
	"database/sql"
	"slices"
)

const anyOrder = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY "

// maxRanked is how many documents are ranked against each other: where more are
// equally good by where the words stand, how often they do tells nothing, and
// the newest come first.
const maxRanked = 2000

// best are the rows of a page by rank, of total documents, or -1 where that is
// not known. While a tier is looked at the index already reads the next one:
// where much has to be left out, each takes a large part of the time.
func (s *search) best(ctx context.Context, db *sql.DB, total int) ([]int64, error) {
	ctx, stop := context.WithCancel(ctx)
	var next <-chan answer
	defer func() { // what is not needed any more, before the index may be closed
		stop()
		if next != nil {
			<-next
		}
	}()
	var (
		found  []int64
		offset = s.offset
		most   = max(maxRanked, s.offset+s.limit)
		seen   = map[int64]bool{} // of the tiers before, which have come to their end
		unseen = func(rows []int64) []int64 {
			return slices.DeleteFunc(rows, func(r int64) bool { return seen[r] })
		}
		few = total >= 0 && total <= maxRanked
	)
	begin := func(i int) <-chan answer {
		if i == len(s.tiers) {
			return nil
		}
		// More than the tiers before can hold; of few documents all, ranked at once.
		query, args := anyOrder+"rowid DESC LIMIT ?", []any{s.tiers[i], (i+1)*most + 1}
		if few {
			query, args = anyOrder+"rank, rowid DESC", args[:1]
		}
		out := make(chan answer, 1)
		go func() {
			rows, err := rowsOf(ctx, db, query, args...)
			out <- answer{rows, err}
		}()
		return out
	}
	next = begin(0)
	for i, tier := range s.tiers {
		if total >= 0 && len(seen) >= total {
			break
		}
		now := next
		next = begin(i + 1)
		got := <-now
		if got.err != nil {
			return nil, got.err
		}
		all := unseen(got.rows)
		if offset >= len(all) {
			offset -= len(all)
			for _, r := range all {
				seen[r] = true
			}
			continue
		}
		page := all
		if !few && len(all) <= maxRanked && len(all) > 1 {
			var err error
			if page, err = rowsOf(ctx, db, anyOrder+"rank, rowid DESC LIMIT ?", tier, offset+s.limit-len(found)+len(seen)); err != nil {
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

// answer is what a tier holds.
type answer struct {
	rows []int64
	err  error
}
