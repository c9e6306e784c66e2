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
		{"words and fields", Query{Words: "ke hoach", Year: 2024, Recipient: "ha tinh"}, []string{"other", "ban2", "ban"}},
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
		Excerpts: []Excerpt{{"body", []Part{{"Nâng cấp ", false}, {"quốc lộ", true}, {" 51 qua địa bàn; kinh phí 3.500 triệu đồng. Mục tiêu", false}}}},
		Excerpt:  "Nâng cấp quốc lộ 51 qua địa bàn; kinh phí 3.500 triệu đồng. Mục tiêu"}
	if mustJSON(t, h) != mustJSON(t, want) {
		t.Errorf("%+v\nwant %+v", h, want)
	}
}

// What stands in an attached PDF is found; one that cannot be read leaves its
// title.
func TestSearchAttached(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	annex, err := os.ReadFile("../signer/testdata/annex-3-digits.pdf")
	if err != nil {
		t.Fatal(err)
	}
	o.issue(paper{id: "good", subject: "Gửi báo cáo", attached: "Phụ lục I: Kết quả", annex: annex})
	o.issue(paper{id: "bad", subject: "Gửi báo cáo", attached: "Phụ lục II: Tệp hỏng", annex: []byte("%PDF-1.7 hỏng")})
	x := o.openIndex(o.states)
	o.catchUp(x)
	for words, want := range map[string]string{`"lập hồ sơ điện tử"`: "good", `"phụ lục II"`: "bad", `"30/2020/NĐ-CP ngày 05 tháng 3"`: "good"} {
		q := Query{Words: words}
		hits, err := x.Search(t.Context(), q)
		if err != nil || !slices.Equal(ids(hits), []string{want}) {
			t.Errorf("%s: %v, %v", words, ids(hits), err)
		}
		explained(t, q, hits)
	}
}

// Counts are of all documents that were found, and beside the value that a
// filter asks for of those that another one would give.
func TestCounts(t *testing.T) {
	x := seeded(t)
	f, err := x.Find(t.Context(), Query{Words: "cải cách", Year: 2024, Limit: 1})
	if err != nil || f.Total != 3 || len(f.Hits) != 1 {
		t.Fatalf("%+v %v", f, err)
	}
	if got, want := mustJSON(t, f.Counts), mustJSON(t, Counts{
		Organizations: []Count{{journalA, 2}, {"ubnd-thi-xa-cua-lo", 1}}, Types: []Count{{"KH", 2}, {"QĐ", 1}}, Years: []Count{{"2024", 3}, {"2021", 2}},
		States: []Count{{"issued", 3}}, Units: []Count{{"VHTT", 2}, {"VH", 1}}, Signatories: []Count{{"Nguyễn Thị Thu Hương", 2}, {"Hoàng Văn Phúc", 1}}}); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// What somebody may not see is not counted either, whatever they ask for.
	f, err = x.Find(t.Context(), Query{Organizations: []string{journalA}, Issuers: []string{"ubnd-thi-xa-cua-lo"}})
	if err != nil || f.Total != 0 || mustJSON(t, f.Counts.Organizations) != mustJSON(t, []Count{{journalA, 2}}) {
		t.Errorf("%+v %v", f, err)
	}
}

// Cards follow what happens to documents, and an index that is made anew.
func TestCountsFollow(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	x := o.openIndex(o.states)
	count := func(want string) {
		t.Helper()
		o.catchUp(x)
		f, err := x.Find(t.Context(), Query{})
		var got []string
		for _, c := range f.Counts.States {
			got = append(got, fmt.Sprintf("%s %d", c.Value, c.Documents))
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%v, want %s: %v", got, want, err)
		}
	}
	count("")
	o.issue(paper{id: "a", subject: "Một"})
	count("issued 1")
	o.issue(paper{id: "b", subject: "Hai", until: record.Draft})
	count("draft 1, issued 1")
	o.update(journalA, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Command: record.CmdRecall, Document: "a", Reason: "sai", Actor: "clerk"}, nil
	})
	count("draft 1, recalled 1")
	if err := x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	count("draft 1, recalled 1")
	other := o.openIndex(o.newStates()) // another process has the same file open
	o.issue(paper{id: "c", subject: "Ba"})
	o.catchUp(other)
	if f, err := x.Find(t.Context(), Query{}); err != nil || f.Total != 3 {
		t.Errorf("%d, %v", f.Total, err)
	}
	removeAll(t, filepath.Join(o.dir, "index.sqlite"))
	count("draft 1, issued 1, recalled 1")
}

// A page is explained by marks that are right in any Unicode form.
func TestExcerptMarks(t *testing.T) {
	long := strings.Repeat("Mở đầu của văn bản này rất dài. ", 30)
	for _, c := range []struct {
		name  string
		text  texts
		query string
		exact bool
		want  string // hits in brackets, fields in order
	}{
		{"composed", texts{inBody: "Tỉnh Đắk Lắk có núi"}, "dak lak", false, "body: Tỉnh [Đắk Lắk] có núi"},
		{"decomposed", texts{inBody: norm.NFD.String("Tỉnh Đắk Lắk có núi")}, "đắk lắk", false, norm.NFD.String("body: Tỉnh [Đắk Lắk] có núi")},
		{"decomposed at the end", texts{inBody: norm.NFD.String("thuỷ")}, "thủy", true, norm.NFD.String("body: [thuỷ]")},
		{"not inside a word", texts{inBody: "hoabinh và Hòa Bình"}, "binh", false, "body: hoabinh và Hòa [Bình]"},
		{"a beginning", texts{inBody: "tuyên truyền tuyển"}, "tuyê*", false, "body: [tuyên] truyền tuyển"},
		{"the accents that were typed", texts{inBody: "bạn bán bàn"}, "bán", false, "body: bạn [bán] bàn"},
		{"any where there are no others", texts{inBody: "bạn và bàn"}, "bán", false, "body: [bạn] và [bàn]"},
		{"only the very ones", texts{inBody: "bạn bán bàn"}, "bán", true, "body: bạn [bán] bàn"},
		{"a symbol without its zero", texts{inSymbol: "05/BC-UBND"}, "5/bc", false, "symbol: [05/BC]-UBND"},
		{"a field where the text has nothing", texts{inBody: "Không", inRecipients: "Sở Y tế; Sở Nội vụ"}, "noi vu", false, "recipients: Sở Y tế; Sở [Nội vụ]"},
		{"title and text", texts{inSubject: "Cải cách", inBody: "cải cách"}, "cai cach", false, "subject: [Cải cách] | body: [cải cách]"},
		{"far apart", texts{inBody: "Biển. " + long + "Núi."}, "bien nui", false, "body: [Biển]. Mở … | body: … dài. [Núi]."},
		{"lines", texts{inBody: "một\n  hai\tba"}, "hai", false, "body: một [hai] ba"},
		{"nothing", texts{inBody: "một"}, "hai", false, ""},
	} {
		terms, _ := split(parse(c.query, everywhere()))
		var said []string
		for _, e := range c.text.explain(terms, c.exact) {
			s := e.Field + ": "
			for _, p := range e.Parts {
				if p.Hit {
					p.Text = "[" + p.Text + "]"
				}
				s += p.Text
			}
			said = append(said, s)
		}
		got, want := strings.Join(said, " | "), c.want
		if begin, rest, cutOff := strings.Cut(want, "Mở … | body: … dài."); cutOff { // the long middle aside
			if !strings.HasPrefix(got, begin) || !strings.HasSuffix(got, rest) || !strings.Contains(got, " … | body: … ") {
				t.Errorf("%s: %q", c.name, got)
			}
		} else if got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		`cải cách`: "cai|cach", `"cải cách" hành`: "cai cach|hanh", `“cải cách”`: "cai cach", `"cải`: "cai", `46/KH-UBND`: "46 kh ubnd",
		`tuyên*`: "tuyen*", `"cải cách hà"*`: "cai cach ha*", `46/KH-UB*`: "46 kh ub*", `-dự`: "-du", `-"dự thảo"`: "-du thao", `a - b -- c`: "a|b|c", `2021-2025`: "2021 2025",
		`*`: "", `-`: "", `""`: "", `-""`: "", `ab"cd ef"gh`: "ab|cd ef|gh", `a*b`: "a b", `NEAR(a b) AND {x}:y`: "near a|b|and|x y", `a** "b*"`: "a*|b*", `a A "a" á`: "a|a|a|a", "\x00\xff": "",
	} {
		var got []string
		for _, t := range parse(in, nil) {
			s := strings.Join(t.folded, " ")
			if t.prefix {
				s += "*"
			}
			if t.without {
				s = "-" + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %q, want %q", in, s, want)
		}
	}
}

// The words of a span are its days, each once.
func TestDaysFacets(t *testing.T) {
	for _, c := range [][2]string{{"2023-12-30", "2024-03-02"}, {"2024-01-01", "2024-12-31"}, {"2020-02-28", "2024-02-29"}, {"2024-05-05", "2024-05-05"}, {"2024-05-05", "2024-05-04"}, {"2023-11-01", "2023-12-31"}} {
		words := daysFacets(dayNumber(c[0]), dayNumber(c[1]))
		for d := record.Date("2019-12-01").Time(); d.Year() < 2026; d = d.AddDate(0, 0, 1) {
			day := d.Format("2006-01-02")
			n, found := dayNumber(day), 0
			for _, w := range []string{fmt.Sprint("y", n/10_000), fmt.Sprint("m", n/100), fmt.Sprint("d", n)} {
				if slices.Contains(words, w) {
					found++
				}
			}
			if in := day >= c[0] && day <= c[1]; in && found != 1 || !in && found != 0 {
				t.Errorf("%v: %s found %d times", c, day, found)
			}
		}
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
		{Words: "a", Cursor: (&search{sort: Newest}).cursor(1, "2024-01-01", 3)}} {
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
