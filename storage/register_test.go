package storage

import (
	"fmt"
	"slices"
	"testing"

	"vanthu/record"
)

func TestRegister(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	o.issue(paper{id: "one", subject: "Kế hoạch một", date: "2024-01-05", recipients: []string{"Sở Y tế", "UBND phường 1"}, copies: 3,
		filing: record.Filing{Unit: "VHTT", Copies: 2}})
	o.issue(paper{id: "b", series: "b", subject: "Sổ khác", date: "2024-01-06"})
	o.issue(paper{id: "two", subject: "Kế hoạch hai", date: "2024-01-07", until: record.Numbered})
	o.issue(paper{id: "three", subject: "Kế hoạch ba", date: "2024-01-08"})
	o.issue(paper{id: "draft", subject: "Dự thảo", date: "2024-01-09", until: record.Draft})
	o.issue(paper{id: "waiting", subject: "Đang trình", date: "2024-01-09", until: record.Submitted})
	o.issue(paper{id: "other", journal: "so-y-te", subject: "Nơi khác", date: "2024-01-09"})
	o.issue(paper{id: "later", subject: "Năm sau", date: "2025-01-02"})
	for id, c := range map[string]record.Command{"two": record.CmdVoid, "three": record.CmdRecall} {
		o.update(journalA, func(*record.State) (*record.Entry, error) {
			return &record.Entry{Actor: "clerk", Command: c, Document: id, Reason: "lý do của " + id}, nil
		})
	}
	x := o.openIndex(o.states)
	o.catchUp(x)

	all, err := x.Register(t.Context(), journalA, 2024, "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(all []Registered) (out []string) {
		for _, l := range all {
			out = append(out, fmt.Sprintf("%s %d %s %s", l.Series, l.Number, l.ID, l.State))
		}
		return out
	}
	if want := []string{"b 1 b issued", "s 1 one issued", "s 2 two voided", "s 3 three recalled"}; !slices.Equal(lines(all), want) {
		t.Fatalf("%q", lines(all))
	}
	one := all[1]
	one.Cursor = ""
	if want := (Registered{ID: "one", Series: "s", Number: 1, Symbol: "01/KH-UBND", Date: "2024-01-05", Type: "KH", TypeName: "Kế hoạch",
		Subject: "Kế hoạch một", Signatory: "Nguyễn Văn Nghĩa", Recipients: []record.Recipient{{Name: "Sở Y tế", Copies: 3}, {Name: "UBND phường 1", Copies: 3}},
		Unit: "VHTT", Kept: 2, Copies: 6, State: record.Issued}); mustJSON(t, one) != mustJSON(t, want) {
		t.Errorf("%+v\nwant %+v", one, want)
	}
	if all[2].Note != "lý do của two" || all[3].Note != "lý do của three" || all[0].Note != "" {
		t.Errorf("notes %q, %q, %q", all[2].Note, all[3].Note, all[0].Note)
	}

	for _, c := range []struct {
		journal string
		year    int
		series  string
		want    []string
	}{
		{journalA, 2024, "", lines(all)},
		{journalA, 2024, "s", lines(all)[1:]},
		{journalA, 2024, "b", lines(all)[:1]},
		{journalA, 2024, "x", nil},
		{journalA, 2025, "", []string{"s 1 later issued"}},
		{journalA, 2023, "", nil},
		{"so-y-te", 2024, "", []string{"s 1 other issued"}},
		{"nowhere", 2024, "", nil},
	} {
		for limit := 1; limit <= 3; limit++ {
			var got []string
			for cursor := ""; ; {
				page, err := x.Register(t.Context(), c.journal, c.year, c.series, cursor, limit)
				if err != nil || len(page) > limit {
					t.Fatalf("%d lines, %v", len(page), err)
				}
				if len(page) == 0 {
					break
				}
				got = append(got, lines(page)...)
				cursor = page[len(page)-1].Cursor
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%+v by %d: %q", c, limit, got)
			}
		}
	}
	if _, err := x.Register(t.Context(), journalA, 2024, "", "x", 0); record.KindOf(err) != record.Invalid {
		t.Errorf("no cursor: %v", err)
	}
}

func FuzzRegisterCursor(f *testing.F) {
	for _, seed := range []string{"", "x", registerCursor("s", 1), registerCursor("a b", 99), registerCursor("", -1), registerCursor("\xff", 5)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		series, number, ok := registerPlace(cursor)
		if !ok || cursor == "" {
			return
		}
		if s, n, ok := registerPlace(registerCursor(series, number)); s != series || n != number || !ok {
			t.Errorf("%q: %q %d, again %q %d", cursor, series, number, s, n)
		}
	})
}
