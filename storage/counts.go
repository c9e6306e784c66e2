package storage

import (
	"cmp"
	"slices"
	"strconv"
)

// Count is how many documents have a value.
type Count struct {
	Value     string `json:"value"`
	Documents int    `json:"documents"`
}

// Counts are how many of the documents found have which value. Where a filter
// asks for a value, those beside it are counted as if it did not: how many there
// would be with another one instead.
type Counts struct {
	Organizations []Count `json:"organizations"` // by id of the issuer
	Types         []Count `json:"types"`
	Years         []Count `json:"years"` // newest first; the others by their number
	States        []Count `json:"states"`
	Units         []Count `json:"units"`       // that drafted, by abbreviation
	Signatories   []Count `json:"signatories"` // by name
}

// maxCounts is how many values of one kind are told.
const maxCounts = 30

// count goes through the documents once for everything.
func (s *cards) count(f filter, among rowSet) (total int, c Counts) {
	var (
		v      = s.sieve(f)
		by     [kinds][]int
		years  = map[int]int{}
		of     = [...]kind{byJournal, byType, byState, byUnit, bySigner}
		inYear = 0 // documents of year at, kept out of the map: they come in runs
		at     = 0
	)
	for _, k := range of {
		by[k] = make([]int, len(s.names[k].values))
	}
	for i := range s.all {
		if !among.has(i) {
			continue
		}
		x := &s.all[i]
		missed := v.ask(x)
		switch {
		case missed == fails:
			continue
		case missed == holds:
			total++
			for _, k := range of {
				by[k][x.values[k]]++
			}
		case missed < kinds:
			if by[missed] != nil {
				by[missed][x.values[missed]]++
			}
			continue
		}
		if y := x.year(); y != at {
			years[at] += inYear
			at, inYear = y, 0
		}
		inYear++
	}
	years[at] += inYear
	list := func(k kind) []Count {
		out := []Count{}
		for n, documents := range by[k] {
			if value := s.names[k].values[n]; documents > 0 && value != "" {
				out = append(out, Count{value, documents})
			}
		}
		slices.SortFunc(out, func(a, b Count) int {
			return cmp.Or(b.Documents-a.Documents, cmp.Compare(a.Value, b.Value))
		})
		return out[:min(len(out), maxCounts)]
	}
	c = Counts{Organizations: list(byJournal), Types: list(byType), States: list(byState), Units: list(byUnit), Signatories: list(bySigner), Years: []Count{}}
	for year, documents := range years {
		if documents > 0 && year > 0 {
			c.Years = append(c.Years, Count{strconv.Itoa(year), documents})
		}
	}
	slices.SortFunc(c.Years, func(a, b Count) int { return cmp.Compare(b.Value, a.Value) })
	c.Years = c.Years[:min(len(c.Years), maxCounts)]
	return total, c
}

// spot is where a document stands in a list by day.
type spot struct {
	day int32
	row int64
}

func (a spot) compare(b spot) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.row, b.row))
}

// byDay are the rows of a page in the order of their days, oldest or newest
// first, after a spot.
func (s *cards) byDay(f filter, among rowSet, oldest bool, after *spot, limit int) []spot {
	var (
		v     = s.sieve(f)
		best  []spot
		full  bool
		order = func(a, b spot) int { return b.compare(a) }
	)
	if oldest {
		order = spot.compare
	}
	shrink := func() {
		slices.SortFunc(best, order)
		full = len(best) >= limit
		best = best[:min(len(best), limit)]
	}
	for n := range s.all {
		i := len(s.all) - 1 - n // documents mostly come in the order of their days
		if oldest {
			i = n
		}
		x := &s.all[i]
		at := spot{x.day, x.row}
		switch {
		case !among.has(i), after != nil && order(at, *after) <= 0, full && order(at, best[limit-1]) > 0:
			continue
		case v.ask(x) != holds:
			continue
		}
		if best = append(best, at); len(best) >= 2*limit+64 {
			shrink()
		}
	}
	shrink()
	return best
}
