package storage

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Counted in parts or at once, the sums are the same, whatever is asked for.
func TestCountInParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := &cards{}
	for i := range 50_000 {
		f := card{row: int64(i), day: int32(20_200_101 + 10_000*r.IntN(5) + 100*r.IntN(12)), number: int32(i)}
		for k := range f.values {
			f.values[k] = s.names[k].number(fmt.Append(nil, k, "-", r.IntN(7)))
		}
		s.put(f)
	}
	var odd []int64
	for i := 1; i < 50_000; i += 2 {
		odd = append(odd, int64(i))
	}
	value := func(k kind) string { return s.names[k].values[3] }
	for name, f := range map[string]filter{
		"everything":         {},
		"one type":           {want: [kinds][]string{byType: {value(byType)}}},
		"a year and a state": {year: 2022, want: [kinds][]string{byState: {value(byState), s.names[byState].values[0]}}},
		"nobody's":           {within: []string{}},
	} {
		for _, among := range []rowSet{nil, s.mark(odd)} {
			total, got := s.count(f, among)
			whole := s.tally(f, among, 0, len(s.all))
			if total != whole.total || !reflect.DeepEqual(got, s.counts(whole)) {
				t.Errorf("%s: %d of %d, %+v", name, total, whole.total, got)
			}
			if name == "everything" && total != map[bool]int{true: 50_000, false: 25_000}[among == nil] {
				t.Errorf("%d of all", total)
			}
		}
	}
}
