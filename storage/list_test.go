package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

// desks is an office with documents in several states.
func desks(t *testing.T, b *Backend) (*office, *Index) {
	o := newOffice(t, b)
	o.issue(paper{id: "draft", subject: "Một", until: record.Draft, date: "2025-02-01"})
	o.issue(paper{id: "waiting", subject: "Hai", until: record.Submitted, date: "2025-01-31"})
	o.issue(paper{id: "numbered", subject: "Ba", until: record.Numbered, date: "2025-01-15"})
	o.issue(paper{id: "issued", subject: "Bốn", date: "2025-01-20"})
	o.issue(paper{id: "old", subject: "Năm", date: "2024-12-31"})
	o.issue(paper{id: "other", journal: "so-y-te", subject: "Sáu", until: record.Submitted, date: "2025-03-01"})
	x := o.openIndex(o.states)
	o.catchUp(x)
	return o, x
}

func TestListFilters(t *testing.T) {
	_, x := desks(t, openTestFS(t))
	both := []string{journalA, "so-y-te"}
	for _, c := range []struct {
		name string
		q    Query
		want []string
	}{
		{"all", Query{}, []string{"other", "draft", "waiting", "issued", "numbered", "old"}},
		{"one state", Query{States: []record.Status{record.Submitted}}, []string{"other", "waiting"}},
		{"any of two states", Query{States: []record.Status{record.Submitted, record.Issued}}, []string{"other", "waiting", "issued", "old"}},
		{"a state twice", Query{States: []record.Status{record.Draft, record.Draft}}, []string{"draft"}},
		{"a state that is none", Query{States: []record.Status{"x"}}, nil},
		{"whose draft it is, by its manifest", Query{Person: "p-01"}, []string{"draft"}},
		{"who signs", Query{Person: "p"}, []string{"other", "waiting", "issued", "numbered", "old"}},
		{"not by half an id", Query{Person: "p-0"}, nil},
		{"what waits for someone", Query{Person: "p", States: []record.Status{record.Submitted}, Organizations: []string{journalA}}, []string{"waiting"}},
		{"organisations", Query{Organizations: both}, []string{"other", "draft", "waiting", "issued", "numbered", "old"}},
		{"none of the organisations", Query{Organizations: []string{}}, nil},
		{"words in none of the organisations", Query{Words: "vung tau", Organizations: []string{}}, nil},
		{"a year, drafts by their day", Query{Year: 2025, Organizations: []string{journalA}}, []string{"draft", "waiting", "issued", "numbered"}},
		{"another year", Query{Year: 2024}, []string{"old"}},
		{"type and state and year", Query{Type: "KH", Year: 2025, States: []record.Status{record.Issued}}, []string{"issued"}},
		{"words with states", Query{Words: "vung tau", States: []record.Status{record.Numbered, record.Draft}}, []string{"draft", "numbered"}},
		{"number", Query{Number: 1, States: []record.Status{record.Issued, record.Numbered}}, []string{"numbered", "old"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			hits, err := x.Search(t.Context(), c.q)
			if got := ids(hits); err != nil || !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("%v, want %v: %v", got, c.want, err)
			}
			var pages []string
			for q := c.q; ; {
				q.Limit = 1
				hits, err := x.Search(t.Context(), q)
				if err != nil || len(hits) == 0 || len(pages) > len(c.want) {
					break
				}
				pages = append(pages, hits[0].ID)
				q.Cursor = hits[0].Cursor
			}
			if !slices.Equal(pages, ids(hits)) && len(pages)+len(hits) > 0 {
				t.Errorf("page by page %v", pages)
			}
		})
	}
	if _, err := x.Search(t.Context(), Query{States: make([]record.Status, maxStates+1)}); record.KindOf(err) != record.Invalid {
		t.Errorf("too many states: %v", err)
	}
}

// A document's row follows it through its states.
func TestListFollowsTheState(t *testing.T) {
	o, x := desks(t, openTestFS(t))
	step := func(c record.Command, e record.Entry) {
		o.update(journalA, func(*record.State) (*record.Entry, error) {
			e.Actor, e.Command, e.Document = "clerk", c, "numbered"
			return &e, nil
		})
		o.catchUp(x)
	}
	step(record.CmdVoid, record.Entry{Reason: "sai thể thức"})
	for state, want := range map[record.Status]int{record.Numbered: 0, record.Voided: 1} {
		hits, err := x.Search(t.Context(), Query{States: []record.Status{state}, Organizations: []string{journalA}})
		if err != nil || len(hits) != want {
			t.Errorf("%s: %v, %v", state, ids(hits), err)
		}
	}
}

// What is read again and again is read from an index alone, in its order.
func TestListPlans(t *testing.T) {
	_, x := desks(t, openTestFS(t))
	cards := explain(t, x, cardsChanged, []any{0, ""})
	if !strings.Contains(cards, "USING COVERING INDEX documents_changed (changed>?)") || strings.Contains(cards, "TEMP B-TREE") {
		t.Errorf("cards:\n%s", cards)
	}
	plan := explain(t, x, `SELECT id FROM documents INDEXED BY documents_register
		WHERE journal = ? AND year = ? AND number > 0 AND (series, number) > (?, ?) ORDER BY series, number, row`, []any{"a", 2024, "", 0})
	if !strings.Contains(plan, "documents_register (journal=? AND year=? AND (series,number)>(?,?))") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("register:\n%s", plan)
	}
}

func explain(t *testing.T, x *Index, query string, args []any) string {
	t.Helper()
	var plan strings.Builder
	err := x.use(context.Background(), func(db *sql.DB) error {
		rows, err := db.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			fmt.Fprintln(&plan, detail)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
