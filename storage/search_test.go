package storage

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// library is an office with documents worth looking for.
func library(t *testing.T, b *Backend) (*office, *Index) {
	o := newOffice(t, b)
	o.publish(journalA, []byte("{}"))
	o.issue(paper{id: "khoa", subject: "Kế hoạch **phòng chống** ma tuý", date: "2023-01-05",
		recipients: []string{"Sở Y tế tỉnh Đắk Lắk", "UBND phường 1"}})
	o.issue(paper{id: "duong", subject: "Kế hoạch phát triển đường bộ", date: "2023-06-01", signatory: "Trần Thị Uỷ",
		content: map[string]any{"sections": []any{map[string]any{"title": "Mục tiêu", "text": "Nâng cấp **quốc lộ** 51 qua địa bàn; kinh phí 3.500 triệu đồng."}}}})
	o.issue(paper{id: "nfd", subject: norm.NFD.String("Kế hoạch chuyển đổi số Hà Tĩnh"), date: "2024-03-22",
		recipients: []string{`Công ty "A & B" <HN> {x}`}})
	o.issue(paper{id: "ban", subject: "Bán đấu giá tài sản", date: "2024-05-02"})
	o.issue(paper{id: "ban2", subject: "Bàn ghế của bạn", date: "2024-05-03"})
	o.issue(paper{id: "other", journal: "so-y-te", subject: "Kế hoạch tiêm chủng", date: "2024-06-01"})
	o.update(journalA, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Command: record.CmdRecall, Document: "duong", Reason: "sai thẩm quyền", Actor: "clerk"}, nil
	})
	x := o.openIndex(o.states)
	o.catchUp(x)
	return o, x
}

func ids(hits []Hit) []string {
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	return out
}

func TestSearch(t *testing.T) {
	_, x := library(t, openTestFS(t))
	for _, c := range []struct {
		name string
		q    Query
		want []string
	}{
		{"nothing asked, newest first", Query{}, []string{"other", "ban2", "ban", "nfd", "duong", "khoa"}},
		{"with accents", Query{Words: "phòng chống"}, []string{"khoa"}},
		{"without accents", Query{Words: "phong chong MA TUY"}, []string{"khoa"}},
		{"đ typed as d", Query{Words: "duong bo"}, []string{"duong"}},
		{"names without accents", Query{Words: "dak lak"}, []string{"khoa"}},
		{"tone on the other vowel", Query{Words: "Trần Thị Ủy"}, []string{"duong"}},
		{"the same the other way", Query{Words: "ma túy"}, []string{"khoa"}},
		{"NFD question", Query{Words: norm.NFD.String("đường bộ")}, []string{"duong"}},
		{"NFD document", Query{Words: "chuyển đổi số"}, []string{"nfd"}},
		{"text of the document", Query{Words: "quốc lộ 51"}, []string{"duong"}},
		{"a number in the text", Query{Words: "3.500"}, []string{"duong"}},
		{"symbol", Query{Words: "01/KH-UBND", Year: 2024, Organizations: []string{journalA}}, []string{"nfd"}},
		{"symbol without its zero", Query{Words: "2/kh-ubnd", Year: 2024}, []string{"ban"}},
		{"symbol field", Query{Symbol: "02/KH-UBND"}, []string{"ban", "duong"}},
		{"symbol's beginning", Query{Symbol: "03/KH"}, []string{"ban2"}},
		{"exact accents first", Query{Words: "bán"}, []string{"ban", "ban2", "duong"}},
		{"number and year", Query{Number: 1, Year: 2023}, []string{"khoa"}},
		{"recipient", Query{Recipient: "so y te dak lak"}, []string{"khoa"}},
		{"recipient with signs", Query{Recipient: `"A & B" <HN>`}, []string{"nfd"}},
		{"recipient is not the text", Query{Recipient: "quốc lộ"}, nil},
		{"signatory", Query{Signatory: "tran thi uy"}, []string{"duong"}},
		{"state", Query{States: []record.Status{record.Recalled}}, []string{"duong"}},
		{"organisation", Query{Organizations: []string{"so-y-te"}}, []string{"other"}},
		{"no organisation of these", Query{Organizations: []string{"x"}}, nil},
		{"type", Query{Type: "QĐ"}, nil},
		{"all words must be there", Query{Words: "đường tiêm"}, nil},
		{"FTS syntax is text", Query{Words: `đường OR "tiêm* NOT ) AND (`}, nil},
		{"column syntax is text", Query{Words: `subject:đường`}, nil},
		{"words and fields", Query{Words: "ke hoach", Year: 2024, Recipient: "ha tinh"}, []string{"other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			hits, err := x.Search(t.Context(), c.q)
			if err != nil || !slices.Equal(ids(hits), c.want) && len(ids(hits))+len(c.want) > 0 {
				t.Errorf("%v, want %v: %v", ids(hits), c.want, err)
			}
		})
	}
}

func TestSearchHit(t *testing.T) {
	_, x := library(t, openTestFS(t))
	hits, err := x.Search(t.Context(), Query{Words: "quoc lo"})
	if err != nil || len(hits) != 1 {
		t.Fatalf("%+v, %v", hits, err)
	}
	h := hits[0]
	h.Cursor = ""
	want := Hit{Journal: journalA, ID: "duong", Organization: "UBND thành phố Vũng Tàu", Type: "KH", Number: 2, Symbol: "02/KH-UBND",
		Date: "2023-06-01", Subject: "Kế hoạch phát triển đường bộ", Signatory: "Trần Thị Uỷ",
		Recipients: []string{"Sở Văn hóa và Thể thao tỉnh Hà Tĩnh"}, State: record.Recalled, Version: 4,
		Excerpt: "Nâng cấp quốc lộ 51 qua địa bàn; kinh phí 3.500 triệu đồng. Mục tiêu"}
	if mustJSON(t, h) != mustJSON(t, want) {
		t.Errorf("%+v\nwant %+v", h, want)
	}
}

func TestSearchPages(t *testing.T) {
	_, x := library(t, openTestFS(t))
	for _, q := range []Query{{Limit: 2}, {Words: "ke hoach", Limit: 1}, {Recipient: "ha tinh", Limit: 1}} {
		all := q
		all.Limit = 100
		want, err := x.Search(t.Context(), all)
		if err != nil || len(want) < 3 {
			t.Fatalf("%d hits: %v", len(want), err)
		}
		var got []string
		for {
			hits, err := x.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(hits) == 0 {
				break
			}
			got = append(got, ids(hits)...)
			q.Cursor = hits[len(hits)-1].Cursor
		}
		if !slices.Equal(got, ids(want)) {
			t.Errorf("pages %v, whole %v", got, ids(want))
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	_, x := library(t, openTestFS(t))
	for _, q := range []Query{{Words: "/-…"}, {Words: strings.Repeat("a ", 40)}, {Recipient: strings.Repeat("đ", 2000)}, {Cursor: "x"},
		{Words: "a", Cursor: (&search{}).cursor(1, "2024-01-01", 3)}} {
		if _, err := x.Search(t.Context(), q); record.KindOf(err) != record.Invalid {
			t.Errorf("%.60v: %v", q, err)
		}
	}
}

// What the index held must be found again, whatever happened to the file.
func TestIndexIsDisposable(t *testing.T) {
	for _, c := range []struct {
		name string
		open bool // while it is in use; over wiped pages SQLite would write its cache
		do   func(t *testing.T, path string)
	}{
		{"deleted", true, func(t *testing.T, p string) { removeAll(t, p) }},
		{"overwritten", true, func(t *testing.T, p string) {
			removeAll(t, p)
			rewrite(t, p, []byte(strings.Repeat("no database ", 2000)))
		}},
		{"pages wiped", false, func(t *testing.T, p string) {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			for i := 2048; i < len(b); i++ {
				b[i] = 0xA5
			}
			if err := os.WriteFile(p, b, 0o600); err != nil { // in place: the same file
				t.Fatal(err)
			}
		}},
		{"emptied", true, func(t *testing.T, p string) { removeAll(t, p); rewrite(t, p, nil) }},
	} {
		for _, open := range []bool{false, true} {
			if open && !c.open {
				continue
			}
			t.Run(fmt.Sprintf("%s, open %v", c.name, open), func(t *testing.T) {
				o, x := library(t, openTestFS(t))
				want, err := x.Search(t.Context(), Query{Words: "ke hoach"})
				if err != nil {
					t.Fatal(err)
				}
				if !open {
					if err := x.Close(); err != nil {
						t.Fatal(err)
					}
				}
				c.do(t, filepath.Join(o.dir, "index.sqlite"))
				if !open {
					x = o.openIndex(o.newStates())
				}
				o.catchUp(x)
				got, err := x.Search(t.Context(), Query{Words: "ke hoach"})
				if err != nil || mustJSON(t, got) != mustJSON(t, want) {
					t.Errorf("%v, want %v: %v", ids(got), ids(want), err)
				}
			})
		}
	}
}

func removeAll(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func TestIndexOfAnotherArchive(t *testing.T) {
	o, x := library(t, openTestFS(t))
	x.Close()
	other := newOffice(t, openTestFS(t))
	other.dir = o.dir
	other.states = other.newStates()
	for i := range 9 {
		other.issue(paper{id: fmt.Sprint("n", i), subject: "Văn bản khác"})
	}
	x = other.openIndex(other.states)
	other.catchUp(x)
	hits, err := x.Search(t.Context(), Query{Organizations: []string{journalA}})
	if err != nil || len(hits) != 9 {
		t.Errorf("%v, %v", ids(hits), err)
	}
}

func TestIndexByManyProcesses(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	var wg sync.WaitGroup
	for p := range 4 {
		s := o.newStates()
		x := o.openIndex(s)
		wg.Go(func() {
			for n := range 10 {
				_, err := s.Update(t.Context(), journalA, func(*record.State) (*record.Entry, error) {
					return draftEntry(fmt.Sprintf("d-%d-%d", p, n)), nil
				})
				if err == nil {
					err = x.CatchUp(t.Context())
				}
				if err == nil {
					_, err = x.Search(t.Context(), Query{})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	x := o.openIndex(o.states)
	o.catchUp(x)
	hits, err := x.Search(t.Context(), Query{Limit: 100})
	if err != nil || len(hits) != 40 {
		t.Errorf("%d hits: %v", len(hits), err)
	}
}

func TestIndexPassesDamage(t *testing.T) {
	o, x := library(t, openTestFS(t))
	v, err := o.archive.Version(t.Context(), o.issue(paper{id: "last", subject: "Cuối cùng", date: "2024-07-01"}).Manifest)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := v.File(record.InputFile)
	flip(t, filepath.Join(o.backend.Archive.(*fsStore).root, blobKey(f.SHA256)), 3)
	o.catchUp(x)
	hits, err := x.Search(t.Context(), Query{Words: "cuoi cung"})
	if err != nil || !slices.Equal(ids(hits), []string{"last"}) {
		t.Errorf("%v, %v", ids(hits), err)
	}
}

func TestRebuildFindsTheSame(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		_, x := library(t, b)
		before, err := x.Search(t.Context(), Query{})
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := x.Search(t.Context(), Query{})
		if err != nil || !slices.Equal(ids(after), ids(before)) {
			t.Errorf("%v, before %v: %v", ids(after), ids(before), err)
		}
	})
}
