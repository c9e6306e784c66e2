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
// not known.
func (s *search) best(ctx context.Context, db *sql.DB, total int) ([]int64, error) {
	var (
		found  []int64
		offset = s.offset
		seen   = map[int64]bool{} // of the tiers before, which have come to their end
		unseen = func(rows []int64) []int64 {
			return slices.DeleteFunc(rows, func(r int64) bool { return seen[r] })
		}
		few = total >= 0 && total <= maxRanked
	)
	for _, tier := range s.tiers {
		if total >= 0 && len(seen) >= total {
			break
		}
		var (
			all []int64
			err error
		)
		if few { // all of them, ranked at once
			all, err = rowsOf(ctx, db, anyOrder+"rank, rowid DESC", tier)
		} else {
			all, err = rowsOf(ctx, db, anyOrder+"rowid DESC LIMIT ?", tier, max(maxRanked, offset+s.limit)+1+len(seen))
		}
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
		if !few && len(all) <= maxRanked && len(all) > 1 {
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
