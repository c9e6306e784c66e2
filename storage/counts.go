package storage

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"sync"
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

// counted are the kinds that Counts tells.
var counted = [...]kind{byJournal, byType, byState, byUnit, bySigner}

// tally counts a part of the cards.
type tally struct {
	total int
	by    [kinds][]int
	years map[int]int
}

// count goes through the documents once for everything, each processor through
// a part of them.
func (s *cards) count(f filter, among rowSet) (total int, c Counts) {
	const least = 1 << 14 // cards, for which another goroutine pays
	parts := max(1, min(runtime.GOMAXPROCS(0), len(s.all)/least))
	tallies := make([]tally, parts)
	var all sync.WaitGroup
	for p := range parts {
		all.Go(func() { tallies[p] = s.tally(f, among, p*len(s.all)/parts, (p+1)*len(s.all)/parts) })
	}
	all.Wait()
	sum := tallies[0]
	for _, t := range tallies[1:] {
		sum.total += t.total
		for k, counts := range t.by {
			for n, documents := range counts {
				sum.by[k][n] += documents
			}
		}
		for year, documents := range t.years {
			sum.years[year] += documents
		}
	}
	return sum.total, s.counts(sum)
}

func (s *cards) tally(f filter, among rowSet, from, to int) tally {
	var (
		v      = s.sieve(f)
		t      = tally{years: map[int]int{}}
		inYear = 0 // documents of year at, kept out of the map: they come in runs
		at     = 0
	)
	for _, k := range counted {
		t.by[k] = make([]int, len(s.names[k].values))
	}
	for i := from; i < to; i++ {
		if !among.has(i) {
			continue
		}
		x := &s.all[i]
		missed := v.ask(x)
		switch {
		case missed == fails:
			continue
		case missed == holds:
			t.total++
			for _, k := range counted {
				t.by[k][x.values[k]]++
			}
		case missed < kinds:
			if t.by[missed] != nil {
				t.by[missed][x.values[missed]]++
			}
			continue
		}
		if y := x.year(); y != at {
			t.years[at] += inYear
			at, inYear = y, 0
		}
		inYear++
	}
	t.years[at] += inYear
	return t
}

// counts are a tally as it is told.
func (s *cards) counts(t tally) Counts {
	list := func(k kind) []Count {
		out := []Count{}
		for n, documents := range t.by[k] {
			if value := s.names[k].values[n]; documents > 0 && value != "" {
				out = append(out, Count{value, documents})
			}
		}
		slices.SortFunc(out, func(a, b Count) int {
			return cmp.Or(b.Documents-a.Documents, cmp.Compare(a.Value, b.Value))
		})
		return out[:min(len(out), maxCounts)]
	}
	c := Counts{Organizations: list(byJournal), Types: list(byType), States: list(byState), Units: list(byUnit), Signatories: list(bySigner), Years: []Count{}}
	for year, documents := range t.years {
		if documents > 0 && year > 0 {
			c.Years = append(c.Years, Count{strconv.Itoa(year), documents})
		}
	}
	slices.SortFunc(c.Years, func(a, b Count) int { return cmp.Compare(b.Value, a.Value) })
	c.Years = c.Years[:min(len(c.Years), maxCounts)]
	return c
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
