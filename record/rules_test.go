package record_test

import (
	"strings"
	"testing"

	"vanthu/record"
)

// The 29 types of NĐ 30/2020, Điều 7, each with a code of its own, a symbol
// without holes and a time of keeping with its basis, on every day they hold.
func TestDocumentTypes(t *testing.T) {
	unit := "VHTT"
	on := record.OrganizationOn{OrganizationName: record.OrganizationName{Abbreviation: "UBND"}}
	for _, day := range []record.Date{"2020-03-05", "2023-02-14", "2023-02-15", "2025-07-01", "2026-11-22"} {
		all, err := record.TypesOn(day)
		if err != nil || len(all) != 29 {
			t.Fatalf("%s: %d types, %v", day, len(all), err)
		}
		seen := map[string]bool{}
		for _, kind := range all {
			if kind.Code == "" || kind.Name == "" || seen[kind.Code] {
				t.Errorf("type %+v", kind)
			}
			seen[kind.Code] = true
			want := "/" + kind.Code + "-UBND"
			if kind.Abbreviation == "" {
				want = "/UBND-VHTT"
			} else if kind.Abbreviation != kind.Code {
				t.Errorf("%s is called %s", kind.Abbreviation, kind.Code)
			}
			if got := record.SymbolOf(kind, on, unit); got != want {
				t.Errorf("symbol of %s: %q, want %q", kind.Name, got, want)
			}
			keep, err := record.RetentionOn("", kind.Code, day)
			if err != nil || keep.Rule == "" || !strings.Contains(keep.Basis, "Thông tư") || !strings.Contains(keep.Basis, "cần xác nhận") {
				t.Errorf("%s on %s is kept %+v, %v", kind.Name, day, keep, err)
			}
		}
		for _, none := range []string{"CV", "ThC"} {
			if kind, err := record.TypeOn(none, day); err != nil || kind.Abbreviation != "" {
				t.Errorf("%s: %+v %v", none, kind, err)
			}
		}
	}
	if all, err := record.TypesOn("2020-03-04"); err != nil || len(all) != 0 {
		t.Errorf("before the decree: %v %v", all, err)
	}
	if _, err := record.TypeOn("XX", "2024-01-15"); record.CodeOf(err) != "document-type" {
		t.Error(err)
	}
}

// A rule changes with the circular it rests on; each type has one default.
func TestRetentionIsDatedData(t *testing.T) {
	for day, want := range map[record.Date]int{"2023-02-14": 10, "2023-02-15": 5} {
		if keep, err := record.RetentionOn("cong-van-trao-doi", "CV", day); err != nil || keep.Years != want {
			t.Errorf("%s: %+v %v", day, keep, err)
		}
		all, err := record.RetentionsOn(day)
		if err != nil || len(all) == 0 {
			t.Fatal(err)
		}
		rules, types := map[string]bool{}, map[string]bool{}
		for _, r := range all {
			if rules[r.Rule] || r.Title == "" || r.Basis == "" || r.Years < 0 {
				t.Errorf("%s: rule %+v", day, r)
			}
			rules[r.Rule] = true
			for _, x := range r.Types {
				if _, err := record.TypeOn(x, day); err != nil || types[x] {
					t.Errorf("%s: %s is no type or has two defaults", r.Rule, x)
				}
				types[x] = true
			}
		}
	}
	if _, err := record.RetentionOn("x", "KH", "2024-01-15"); record.CodeOf(err) != "retention-unknown" {
		t.Error(err)
	}
	if _, err := record.RetentionOn("", "KH", "2000-01-01"); record.CodeOf(err) != "retention-unknown" {
		t.Error(err)
	}
}

// The addressees get the document before the others do.
func TestListHoldsTheAddressees(t *testing.T) {
	e := record.Envelope{Addressees: []record.Recipient{{Name: "a"}}, Recipients: []record.Recipient{{Name: "b"}}, Filing: record.Filing{Unit: "VP"}}
	list := e.List()
	if len(list.Recipients) != 2 || list.Recipients[0].Name != "a" || list.Recipients[1].Name != "b" || list.Filing.Unit != "VP" {
		t.Errorf("%+v", list)
	}
	if len(e.Addressees) != 1 || len(e.Recipients) != 1 {
		t.Error("the envelope has changed")
	}
}

func TestMarks(t *testing.T) {
	for u, want := range map[record.Urgency]string{"": "", record.Urgent: "KHẨN", record.VeryUrgent: "THƯỢNG KHẨN", record.Express: "HOẢ TỐC"} {
		if u.Mark() != want {
			t.Errorf("%q: %q", u, u.Mark())
		}
	}
	for s, want := range map[record.Scope]string{"": "", record.ScopeReturn: "XEM XONG TRẢ LẠI", record.ScopeInternal: "LƯU HÀNH NỘI BỘ"} {
		if s.Mark() != want {
			t.Errorf("%q: %q", s, s.Mark())
		}
	}
}
