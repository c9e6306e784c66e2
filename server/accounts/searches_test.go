package accounts

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"vanthu/record"
)

func TestSearchesAreTheAccountsOwn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	mine, other := h.add("thanh", good), h.add("hoa", good)
	s, err := h.AddSearch(ctx, mine.ID, "  Kế hoạch\tcải cách ", "q=cai+cach&type=KH")
	if err != nil || s.Name != "Kế hoạch cải cách" || s.Query != "q=cai+cach&type=KH" || len(s.ID) != 16 {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := h.AddSearch(ctx, mine.ID, "Án", "year=2024"); err != nil {
		t.Fatal(err)
	}
	all, err := h.again().Searches(ctx, mine.ID)
	if err != nil || len(all) != 2 || all[0].Name != "Án" || all[1] != s {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err := h.Searches(ctx, other.ID); err != nil || len(all) != 0 {
		t.Errorf("another's: %+v, %v", all, err)
	}
	if err := h.DropSearch(ctx, other.ID, s.ID); record.CodeOf(err) != "search-unknown" {
		t.Errorf("dropped another's: %v", err)
	}
	if err := h.DropSearch(ctx, mine.ID, s.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := h.Searches(ctx, mine.ID); err != nil || len(all) != 1 || all[0].Name != "Án" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestSearchesRefuse(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	for _, c := range []struct {
		name, query string
		at          []string
	}{
		{"", "q=a", []string{"/name"}},
		{strings.Repeat("ố", maxSearchName+1), "", []string{"/name", "/query"}},
		{"x", strings.Repeat("a", maxSearchQuery+1), []string{"/query"}},
		{"\xff", "\xff", []string{"/name", "/query"}},
	} {
		if _, err := h.AddSearch(t.Context(), a.ID, c.name, c.query); !equal(pointers(err), c.at) {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	if _, err := h.AddSearch(t.Context(), a.ID, "một", "q=1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.AddSearch(t.Context(), a.ID, "một", "q=2"); codeOf(err) != "search-name-taken" {
		t.Error(err)
	}
}

// Two browsers save at once: nothing is lost, and nobody gets more than allowed.
func TestSearchesAtOnce(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		kept int
	)
	for p := range 4 {
		d := h.again()
		wg.Go(func() {
			for n := range 15 {
				_, err := d.AddSearch(t.Context(), a.ID, fmt.Sprint(p, " ", n), "q=x")
				for record.KindOf(err) == record.Busy {
					_, err = d.AddSearch(t.Context(), a.ID, fmt.Sprint(p, " ", n), "q=x")
				}
				mu.Lock()
				if err == nil {
					kept++
				} else if codeOf(err) != "searches-too-many" {
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if all, err := h.Searches(t.Context(), a.ID); err != nil || len(all) != maxSearches || kept != maxSearches {
		t.Errorf("%d kept, %d there: %v", kept, len(all), err)
	}
}
