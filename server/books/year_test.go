package books_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/converter"
	"vanthu/demo"
	"vanthu/record"
	"vanthu/server/books"
	"vanthu/sheet"
	"vanthu/sheet/register"
	"vanthu/storage"
)

const convertWorker = "convert-worker"

// The converter starts its workers from the test binary itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == convertWorker {
		os.Exit(converter.RunWorker())
	}
	os.Exit(m.Run())
}

const office = "ubnd-tp-vung-tau"

// year is an office whose journal has a year of documents, and what became of
// them by its own count.
type year struct {
	t       *testing.T
	archive *storage.Archive
	states  *storage.States
	index   *storage.Index
	counts  map[record.Status]int
	series  map[string]int // last numbers

	corrected []string
}

func (y *year) fail(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

func newYear(t *testing.T) *year {
	y := &year{t: t, counts: map[record.Status]int{}, series: map[string]int{}}
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	store, err := storage.OpenFS(t.Context(), dir)
	y.fail(err)
	y.archive = storage.NewArchive(store.Archive)
	y.states, err = storage.OpenStates(y.archive, filepath.Join(dir, "index"), log)
	y.fail(err)
	y.index, err = storage.OpenIndex(t.Context(), y.archive, y.states, filepath.Join(dir, "index"), log)
	y.fail(err)
	t.Cleanup(func() { y.index.Close(); y.states.Close(); store.Close() })
	return y
}

func (y *year) enter(e record.Entry) {
	y.t.Helper()
	e.Actor = "van-thu"
	_, err := y.states.Update(y.t.Context(), office, func(*record.State) (*record.Entry, error) { return &e, nil })
	y.fail(err)
}

// document takes one document to its end.
func (y *year) document(v record.Version, series string, at time.Time, end record.Status) {
	y.t.Helper()
	id := v.Document
	blob := func(text string) record.Digest {
		d, err := y.archive.PutBlob(y.t.Context(), []byte(text))
		y.fail(err)
		return d
	}
	put := func(state record.Status, pdf string) (record.Digest, record.Digest) {
		v.Version++
		v.State, v.Created = state, at
		input := fmt.Sprintf(`{"content":{"noi_dung":"Nội dung %s"}}`, id)
		v.Files = []record.File{{Name: record.InputFile, SHA256: blob(input), Size: len(input)}}
		if pdf != "" {
			v.Files = append(v.Files, record.File{Name: record.PDFFile, SHA256: blob(pdf), Size: len(pdf)})
		}
		d, err := y.archive.PutVersion(y.t.Context(), v)
		y.fail(err)
		v.Predecessor = d
		return d, record.DigestOf([]byte(pdf))
	}
	v.Template = record.TemplateRef{ID: "ke-hoach", SHA256: blob("mẫu")}
	manifest, _ := put(record.Draft, "")
	y.enter(record.Entry{Time: at, Command: record.CmdDraft, Document: id, Version: v.Version, Manifest: manifest, Request: id, RequestDigest: manifest, Draft: &record.DraftFacts{Type: v.Type.Code, Wanted: record.DateOf(at)}})
	manifest, read := put(record.Submitted, "%PDF trình "+id)
	y.enter(record.Entry{Time: at, Command: record.CmdSubmit, Document: id, Version: v.Version, Manifest: manifest, PDF: read, Submitted: &record.SubmitFacts{Series: series, Year: at.Year(), Digits: 4, Signatory: v.Signatory.Person}})
	manifest, signed := put(record.Signed, "%PDF ký "+id)
	y.enter(record.Entry{Time: at, Command: record.CmdSign, Document: id, Version: v.Version, Manifest: manifest, PDF: signed, Read: read})
	y.series[series]++
	v.Number, v.Date = y.series[series], record.DateOf(at)
	v.Symbol = record.NumberText(v.Number) + v.Symbol
	y.enter(record.Entry{Time: at, Command: record.CmdNumber, Document: id, Numbering: &record.Numbering{Series: series, Year: at.Year(), Number: v.Number, Symbol: v.Symbol, Date: v.Date}})
	y.counts[end]++
	switch end {
	case record.Numbered:
		return
	case record.Voided:
		y.enter(record.Entry{Time: at, Command: record.CmdVoid, Document: id, Reason: "Cấp trùng nội dung với văn bản khác"})
		return
	}
	manifest, sealed := put(record.Issued, "%PDF đóng dấu "+id)
	y.enter(record.Entry{Time: at, Command: record.CmdSeal, Document: id, Version: v.Version, Manifest: manifest, PDF: sealed})
	for i, r := range v.List.Recipients {
		y.enter(record.Entry{Time: at.Add(time.Hour), Command: record.CmdDispatch, Document: id, Recipient: r.Name, Handing: &record.Handing{Channel: r.Channel}})
		if i%2 == 0 {
			y.enter(record.Entry{Time: at.Add(5 * time.Hour), Command: record.CmdReceipt, Document: id, Recipient: r.Name})
		}
	}
	switch end {
	case record.Recalled:
		y.enter(record.Entry{Time: at.Add(48 * time.Hour), Command: record.CmdRecall, Document: id, Reason: "Trái thẩm quyền"})
	case record.Superseded:
		y.enter(record.Entry{Time: at.Add(48 * time.Hour), Command: record.CmdSupersede, Document: id, Linked: "vb-001"})
	}
}

var (
	topics = []string{"tuyên truyền cải cách hành chính trên địa bàn thành phố Vũng Tàu năm 2024", "truyền thông hỗ trợ công tác kiểm soát thủ tục hành chính",
		"kiện toàn Ban Chỉ đạo chuyển đổi số thành phố", "kết quả tiếp nhận, giải quyết hồ sơ thủ tục hành chính quý I", "tổ chức hội nghị đối thoại giữa Chủ tịch Ủy ban nhân dân thành phố với doanh nghiệp",
		"phê duyệt dự toán kinh phí thực hiện nhiệm vụ ứng dụng công nghệ thông tin", "đăng tải tài liệu trên Trang thông tin điện tử"}
	places = []record.Recipient{{Name: "Sở Nội vụ tỉnh BR - VT", Channel: record.ByPortal}, {Name: "Thường trực Thành ủy Vũng Tàu (b/c)", Channel: record.ByPaper, Copies: 2},
		{Name: "Chủ tịch, các PCT UBND thành phố", Channel: record.ByPortal}, {Name: "Các cơ quan, đơn vị tại mục IV", Channel: record.ByEmail}, {Name: "UBND các phường, xã", Channel: record.ByEmail}, {Name: "Đăng Trang thông tin điện tử", Channel: record.ByPaper, Copies: 1}}
)

// fill makes n documents of all kinds over the year, in two series.
func (y *year) fill(n int, o record.Organization) {
	y.t.Helper()
	r := rand.New(rand.NewPCG(7, 30))
	types, err := record.TypesOn("2024-06-01")
	y.fail(err)
	issuer, err := o.On("2024-06-01")
	y.fail(err)
	for i := range n {
		t := types[r.IntN(len(types))]
		if r.IntN(3) > 0 {
			t, err = record.TypeOn([]string{"KH", "QĐ", "BC", "CV", "TB"}[r.IntN(5)], "2024-06-01")
			y.fail(err)
		}
		unit := []string{"VHTT", "NV", "TP", "VP"}[r.IntN(4)] // the office leaves its units free
		signer := issuer.Appointments[r.IntN(len(issuer.Appointments))]
		v := record.Version{Document: fmt.Sprintf("vb-%03d", i+1), Issuer: issuer, Type: t, Symbol: record.SymbolOf(t, issuer, unit),
			Subject: topics[r.IntN(len(topics))] + fmt.Sprintf(" (đợt %d)", i+1), Signatory: record.Signatory{Person: signer.Person, Name: signer.Name},
			List: record.DistributionList{Filing: record.Filing{Unit: unit, Copies: 1 + r.IntN(2)}}}
		if t.Code == "CV" {
			v.Subject = "V/v " + v.Subject
		}
		for _, k := range r.Perm(len(places))[:1+r.IntN(4)] {
			v.List.Recipients = append(v.List.Recipients, places[k])
		}
		series := "chung"
		if i%10 == 9 {
			series = "quyet-dinh"
		}
		end := record.Issued
		switch {
		case i%40 == 17:
			end = record.Voided
		case i%50 == 23:
			end = record.Recalled
		case i%60 == 31:
			end = record.Superseded
		case i == n-1:
			end = record.Numbered
		}
		if end == record.Issued && i%70 == 41 {
			y.corrected = append(y.corrected, v.Document)
		}
		y.document(v, series, time.Date(2024, 1, 2+i*350/n, 9, 0, 0, 0, record.Office), end)
	}
	for _, id := range y.corrected {
		y.enter(record.Entry{Time: time.Date(2024, 12, 30, 9, 0, 0, 0, record.Office), Command: record.CmdCorrect, Document: id, Linked: "vb-001"})
	}
	y.fail(y.index.CatchUp(y.t.Context()))
}

// The book of a year: every number once on paper, sums as they were counted
// when the documents were made, and a register that reads back from its own
// spreadsheet.
func TestYear(t *testing.T) {
	all, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	o, err := all.Organization(t.Context(), office)
	if err != nil {
		t.Fatal(err)
	}
	y := newYear(t)
	const n = 2000
	y.fill(n, o)
	of := books.OfficeOf(o, 2024)
	pool, err := converter.New(converter.Config{Workers: 1, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	y.fail(err)
	t.Cleanup(func() { pool.Close() })
	write := func(name string, table *sheet.Table, f books.Format) []byte {
		b, err := books.Write(t.Context(), table, f, pool)
		y.fail(err)
		y.fail(os.WriteFile(filepath.Join(t.ArtifactDir(), name+"."+string(f)), b, 0o644))
		return b
	}
	lines, err := books.Lines(t.Context(), y.index, books.Range{Organization: office, Year: 2024})
	y.fail(err)
	if len(lines) != n {
		t.Fatalf("%d lines", len(lines))
	}
	whole := write("so", books.Register(of, 2024, lines), books.PDF)
	text := pdfText(t, whole)
	for _, l := range lines {
		if !strings.Contains(text, l.Symbol[:strings.Index(l.Symbol, "/")+1]) {
			t.Errorf("no %s on paper", l.Symbol)
		}
	}
	by := lines[slices.IndexFunc(lines, func(l storage.Registered) bool { return l.ID == "vb-001" })].Symbol
	for _, l := range lines {
		if slices.Contains(y.corrected, l.ID) != (l.Note == "Được đính chính bằng văn bản số "+by) {
			t.Errorf("%s is noted as %q", l.Symbol, l.Note)
		}
	}
	for series, last := range y.series {
		if want := fmt.Sprintf("Sổ %s có %d số, từ số 01 đến số %d", series, last, last); !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, by := range []storage.By{storage.ByType, storage.ByUnit, storage.BySignatory, storage.ByMonth, storage.ByYear} {
		report, err := y.index.Summary(t.Context(), office, 2024, "", by)
		y.fail(err)
		sum := storage.Sum(report)
		if got := map[record.Status]int{record.Issued: sum.Issued, record.Voided: sum.Voided, record.Recalled: sum.Recalled, record.Superseded: sum.Superseded, record.Numbered: sum.Waiting}; sum.Numbers != n || fmt.Sprint(got) != fmt.Sprint(y.counts) {
			t.Errorf("%s: %v, want %v", by, got, y.counts)
		}
		write("bao-cao-"+string(by), books.Report(of, 2024, by, report), books.PDF)
	}

	// What a search finds, and how one document went out.
	hits, total, err := y.index.List(t.Context(), storage.Query{Words: "chuyển đổi số", States: []record.Status{record.Recalled, record.Superseded}}, n)
	y.fail(err)
	found := pdfText(t, write("tim-thay", books.Found([]string{"Từ cần tìm: chuyển đổi số"}, hits, total, true, func(code string) string { return code },
		func(s record.Status) (string, error) { return string(s), nil }), books.PDF))
	want := 0
	for _, l := range lines {
		if strings.Contains(l.Subject, "chuyển đổi số") && (l.State == record.Recalled || l.State == record.Superseded) {
			want++
		}
	}
	if want == 0 || total != want || len(hits) != want || !strings.Contains(found, fmt.Sprintf("Tổng số: %d văn bản", total)) {
		t.Errorf("%d of %d found, not %d", len(hits), total, want)
	}
	for _, h := range hits {
		if !strings.Contains(found, h.Symbol[:strings.Index(h.Symbol, "/")+1]) || !strings.Contains(h.Subject, "chuyển đổi số") || h.State == record.Issued {
			t.Errorf("found %+v", h)
		}
	}
	y.fail(y.states.View(t.Context(), office, func(s *record.State) error {
		doc := s.Documents["vb-001"]
		v, err := y.archive.Version(t.Context(), doc.Manifest)
		y.fail(err)
		list := pdfText(t, write("danh-sach-gui", books.Dispatch(of, v, doc, func(record.Recipient) string { return "Vũng Tàu" }), books.PDF))
		if want := fmt.Sprintf("Danh sách có %d nơi nhận, đã gửi %d", len(v.List.Recipients), len(v.List.Recipients)); !strings.Contains(list, want) {
			t.Errorf("no %q in %s", want, list)
		}
		for _, r := range v.List.Recipients {
			for _, word := range strings.Fields(r.Name) { // a cell has several lines
				if !strings.Contains(list, word) {
					t.Errorf("no %q of %s in %s", word, r.Name, list)
				}
			}
		}
		return nil
	}))

	one, err := books.Lines(t.Context(), y.index, books.Range{Organization: office, Year: 2024, Series: "chung"})
	y.fail(err)
	for _, f := range []books.Format{books.XLSX, books.CSV} {
		back, err := register.Parse(context.Background(), write("so-chung", books.Register(of, 2024, one), f), register.Options{Year: 2024, Agencies: []string{"UBND"}})
		if err != nil || len(back.Lines) != len(one) {
			t.Fatalf("%s: %d of %d, %v", f, len(back.Lines), len(one), err)
		}
		for i, x := range back.Lines {
			l := one[i]
			if x.Number != l.Number || x.Symbol != l.Symbol || x.Date != l.Date || x.Void != (l.State == record.Voided) || x.HandedOver != l.HandedOver || x.Copies != l.Kept+l.Copies || x.Unit != l.Unit {
				t.Errorf("%s: %+v\n%+v", f, x, l)
			}
			if !x.Void && (x.Type != l.Type || x.Subject != l.Subject || x.Signatory != l.Signatory || len(x.Recipients) != len(l.Recipients)) {
				t.Errorf("%s: %+v\n%+v", f, x, l)
			}
		}
	}
}

func pdfText(t *testing.T, b []byte) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(b)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
