package storage

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// shelves is an index of n documents of ordinary length, of ten organisations
// and ten years, most of them issued.
func shelves(b *testing.B, n int) *Index {
	o := newOffice(b, openTestFS(b))
	x := o.openIndex(o.states)
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	const batch = 500
	for from := 0; from < n; from += batch {
		var rows []row
		for i := from; i < min(from+batch, n); i++ {
			journal := fmt.Sprint("office-", r.IntN(10))
			year := 2015 + 10*i/n
			d := record.Document{ID: fmt.Sprintf("document-%08d", i), Journal: journal, State: record.Issued, Version: 4, Type: pick("KH", "QĐ", "BC", "CV", "TB"),
				Series: "chung", Year: year, Signatory: fmt.Sprint("p-", r.IntN(30)), Number: 1 + i%(n/10), Symbol: fmt.Sprint(1+i%(n/10), "/KH-UBND"),
				Date: record.DateOf(time.Date(year, 1, 1+r.IntN(365), 9, 0, 0, 0, time.UTC))}
			if r.IntN(100) < 3 {
				d.State, d.Number, d.Symbol, d.Date = record.Status(pick("draft", "submitted", "signed", "returned")), 0, "", ""
			}
			v := record.Version{Document: d.ID, Version: 4, Type: record.DocumentType{Abbreviation: d.Type, Name: "Kế hoạch"}, Symbol: "/KH-UBND",
				Subject:   fmt.Sprintf("%s số %d về phát triển đường bộ tỉnh %s", pick("Kế hoạch", "Báo cáo", "Quyết định"), i, pick("Đắk Lắk", "Hà Tĩnh", "Cà Mau")),
				Signatory: record.Signatory{Person: d.Signatory, Name: pick("Nguyễn Văn Nghĩa", "Trần Thị Uỷ", "Lê Văn Tám")}}
			for range 4 {
				v.List.Recipients = append(v.List.Recipients, record.Recipient{Name: pick("Sở Y tế", "Sở Tài chính", "UBND phường 1", "Văn phòng UBND tỉnh"), Copies: 1})
			}
			rows = append(rows, row{doc: d, day: record.DateOf(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)), version: v, organization: "UBND " + journal,
				body: fmt.Sprintf("Mục tiêu riêng%d. ", i) + strings.Repeat("Nâng cấp quốc lộ qua địa bàn xã, phường. ", 50)})
		}
		to := position{uint64(from + batch), record.DigestOf(fmt.Append(nil, from))}
		err := x.use(context.Background(), func(db *sql.DB) error {
			at, err := readPosition(context.Background(), db, "shelves")
			if err != nil {
				return err
			}
			return store(context.Background(), db, "shelves", at, to, rows)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return x
}

// percentiles runs do and reports how long it took in the middle and in the
// worst twentieth.
func percentiles(b *testing.B, do func(n int)) {
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		begun := time.Now()
		do(n)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	at := func(p int) float64 { return float64(took[len(took)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(95), "p95-ms")
}

// sentences are those of the example plans, in the order in which they stand.
func sentences(b *testing.B) []string {
	b.Helper()
	files, err := filepath.Glob("../templates/testdata/seeds/*.json")
	if err != nil || len(files) < 5 {
		b.Fatal(files, err)
	}
	var out []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		text, _ := inputText(raw)
		for s := range strings.SplitAfterSeq(text, "\n") {
			for _, s := range strings.Split(s, ". ") {
				if s = strings.TrimSpace(s); len(s) > 30 {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// plansOf is an index of n documents of the text of the example plans: words are
// as frequent in it as in such plans, with one that each document has alone.
func plansOf(b *testing.B, n int) *Index {
	b.Helper()
	o := newOffice(b, openTestFS(b))
	x := o.openIndex(o.states)
	r := rand.New(rand.NewPCG(1, 2))
	text := sentences(b)
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	places := []string{"tỉnh Đắk Lắk", "tỉnh Hà Tĩnh", "thành phố Vũng Tàu", "thị xã Cửa Lò", "thị xã Đông Hòa", "tỉnh Bà Rịa - Vũng Tàu"}
	begun := time.Now()
	const batch = 1000
	for from := 0; from < n; from += batch {
		var rows []row
		for i := from; i < min(from+batch, n); i++ {
			journal, year := fmt.Sprint("office-", r.IntN(10)), 2015+10*i/n
			d := record.Document{ID: fmt.Sprintf("document-%08d", i), Journal: journal, State: record.Issued, Version: 4, Type: pick("KH", "QĐ", "BC", "CV", "TB"),
				Series: "chung", Year: year, Signatory: fmt.Sprint("p-", r.IntN(30)), Number: 1 + i%(n/10), Symbol: fmt.Sprint(1+i%(n/10), "/KH-UBND"),
				Date: record.DateOf(time.Date(year, 1, 1+r.IntN(365), 9, 0, 0, 0, time.UTC))}
			if r.IntN(100) < 3 {
				d.State, d.Number, d.Symbol, d.Date = record.Status(pick("draft", "submitted", "signed", "returned")), 0, "", ""
			}
			first := text[r.IntN(len(text))]
			v := record.Version{Document: d.ID, Version: 4, Type: record.DocumentType{Abbreviation: d.Type, Name: "Kế hoạch"}, Symbol: "/KH-UBND",
				Subject:   pick("Kế hoạch", "Báo cáo", "Quyết định") + " " + first[:min(len(first), 120)] + " " + pick(places...),
				Signatory: record.Signatory{Person: d.Signatory, Name: pick("Nguyễn Văn Nghĩa", "Trần Thị Uỷ", "Lê Văn Tám", "Đặng Thị Ủy")}}
			v.Subject = strings.ToValidUTF8(v.Subject, "")
			for range 4 {
				v.List.Recipients = append(v.List.Recipients, record.Recipient{Name: pick("Sở Y tế", "Sở Tài chính", "UBND phường 1", "Văn phòng UBND tỉnh"), Copies: 1})
			}
			var body strings.Builder
			fmt.Fprintf(&body, "Mục tiêu riêng%d. ", i)
			for range 10 + r.IntN(20) {
				body.WriteString(text[r.IntN(len(text))])
				body.WriteString(". ")
			}
			rows = append(rows, row{doc: d, day: record.DateOf(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)), version: v, organization: "UBND " + journal, body: body.String()})
		}
		to := position{uint64(from + batch), record.DigestOf(fmt.Append(nil, from))}
		err := x.use(context.Background(), func(db *sql.DB) error {
			at, err := readPosition(context.Background(), db, "library")
			if err != nil {
				return err
			}
			return store(context.Background(), db, "library", at, to, rows)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if info, err := os.Stat(x.path); err == nil {
		b.Logf("%d documents loaded in %s, %d MB", n, time.Since(begun).Round(time.Second), info.Size()>>20)
	}
	return x
}

// 100,000 documents: each answer with the number of all that match. Newest first
// in at most 5 ms, by rank in at most 500 ms, for 95 of 100.
func BenchmarkFind100000(b *testing.B) {
	const n = 100_000
	x := plansOf(b, n)
	own := []string{"office-1", "office-2", "office-3"}
	for _, c := range []struct {
		name string
		q    func(i int) Query
	}{
		{"newest/all", func(int) Query { return Query{} }},
		{"newest/organizations", func(int) Query { return Query{Organizations: own} }},
		{"newest/state", func(int) Query { return Query{Organizations: own, States: []record.Status{record.Issued}} }},
		{"newest/year+type", func(i int) Query { return Query{Organizations: own, Year: 2015 + i%10, Type: "KH"} }},
		{"newest/open", func(int) Query { return Query{Organizations: own, States: []record.Status{record.Submitted}} }},
		{"ranked/commonest", func(i int) Query { return Query{Words: []string{"và", "các", "công tác", "thực hiện"}[i%4]} }},
		{"ranked/commonest+organizations", func(i int) Query { return Query{Words: "thực hiện", Organizations: own, Year: 2020} }},
		{"ranked/phrase", func(i int) Query {
			return Query{Words: []string{"cải cách hành chính", "tuyên truyền phổ biến", "chuyển đổi số"}[i%3]}
		}},
		{"ranked/without accents", func(i int) Query { return Query{Words: []string{"cai cach hanh chinh", "dak lak", "vung tau"}[i%3]} }},
		{"newest/span", func(i int) Query { return Query{Organizations: own, From: "2018-03-05", To: "2021-11-20"} }},
		{"newest/words", func(i int) Query {
			return Query{Words: []string{"và", "thực hiện", "cai cach hanh chinh"}[i%3], Sort: Newest}
		}},
		{"newest/recipient", func(int) Query { return Query{Recipient: "sở y tế"} }},
		{"newest/without", func(int) Query { return Query{Words: "-tuyên -truyền"} }},
		{"ranked/span", func(i int) Query { return Query{Words: "thực hiện", From: "2018-03-05", To: "2021-11-20"} }},
		{"ranked/prefix", func(i int) Query { return Query{Words: []string{"tuy*", "tuyê*", `"cai cach hàn"*`}[i%3]} }},
		{"ranked/exact", func(i int) Query {
			return Query{Words: []string{"cải cách hành chính", "thực hiện", `"tuyên truyền"`}[i%3], Exact: true}
		}},
		{"ranked/without", func(i int) Query { return Query{Words: "cải cách -tuyên"} }},
		{"ranked/title", func(i int) Query { return Query{Words: "vung tau", Title: true} }},
		{"ranked/rare", func(i int) Query { return Query{Words: fmt.Sprint("rieng", i*7919%n)} }},
		{"ranked/person", func(int) Query { return Query{Words: "Uỷ", Signatory: "uy"} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			percentiles(b, func(i int) {
				f, err := x.Find(b.Context(), c.q(i))
				if err != nil || len(f.Hits) == 0 || f.Total < len(f.Hits) || len(f.Counts.Types) == 0 {
					b.Fatalf("%d of %d, %+v: %v", len(f.Hits), f.Total, f.Counts, err)
				}
			})
		})
	}
}

func BenchmarkList10000(b *testing.B) {
	x := shelves(b, 10_000)
	some := []string{"office-1", "office-2", "office-3"}
	open := []record.Status{record.Submitted, record.Signed}
	for _, c := range []struct {
		name string
		q    func(n int) Query
	}{
		{"newest", func(int) Query { return Query{} }},
		{"organization+state", func(n int) Query { return Query{Organizations: some, States: []record.Status{record.Issued}} }},
		{"organization+open", func(n int) Query { return Query{Organizations: some, States: open} }},
		{"inbox", func(n int) Query {
			return Query{Organizations: some, Person: fmt.Sprint("p-", n%30), States: open[:1]}
		}},
		{"year+type", func(n int) Query { return Query{Year: 2015 + n%10, Type: []string{"KH", "QĐ", "BC"}[n%3]} }},
		{"nothing", func(n int) Query { return Query{Type: "X", Organizations: some} }},
		{"words/rare", func(n int) Query { return Query{Words: fmt.Sprint("rieng", n%10_000)} }},
		{"words/third", func(n int) Query { return Query{Words: "dak lak"} }},
		{"words/all", func(n int) Query { return Query{Words: "quốc lộ"} }},
		{"words/organization+year", func(n int) Query { return Query{Words: "phát triển", Organizations: some, Year: 2020} }},
		{"recipient", func(n int) Query { return Query{Recipient: "so y te"} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			percentiles(b, func(n int) {
				if hits, err := x.Search(b.Context(), c.q(n)); err != nil || len(hits) == 0 && c.name != "nothing" && c.name != "inbox" {
					b.Fatal(len(hits), err)
				}
			})
		})
	}
	b.Run("page 100", func(b *testing.B) {
		var cursor string
		for range 100 {
			hits, err := x.Search(b.Context(), Query{Cursor: cursor})
			if err != nil || len(hits) == 0 {
				b.Fatal(len(hits), err)
			}
			cursor = hits[len(hits)-1].Cursor
		}
		percentiles(b, func(int) {
			if hits, err := x.Search(b.Context(), Query{Cursor: cursor}); err != nil || len(hits) == 0 {
				b.Fatal(len(hits), err)
			}
		})
	})
	b.Run("register page", func(b *testing.B) {
		percentiles(b, func(n int) {
			if lines, err := x.Register(b.Context(), fmt.Sprint("office-", n%10), 2015+n%10, "", "", 100); err != nil || len(lines) == 0 {
				b.Fatal(len(lines), err)
			}
		})
	})
}

// What a list costs before it is asked for: ten journals without anything new.
func benchmarkCatchUp(b *testing.B, backend *Backend) {
	o := newOffice(b, backend)
	for i := range 10 {
		o.issue(paper{journal: fmt.Sprint("office-", i), id: fmt.Sprint("d", i), subject: "Kế hoạch"})
	}
	x, err := OpenIndex(context.Background(), o.archive, o.states, o.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { x.Close() })
	o.catchUp(x)
	b.Run("one", func(b *testing.B) {
		percentiles(b, func(int) {
			if err := x.CatchUp(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("many", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := x.CatchUp(b.Context()); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("locate", func(b *testing.B) {
		for b.Loop() {
			if _, err := o.states.Locate(b.Context(), "d7"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCatchUpFS(b *testing.B)    { benchmarkCatchUp(b, openTestFS(b)) }
func BenchmarkCatchUpMinIO(b *testing.B) { benchmarkCatchUp(b, openTestMinIO(b)) }
