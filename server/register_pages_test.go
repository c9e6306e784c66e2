package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"vanthu/record"
	"vanthu/record/desk"
)

const ward = "ubnd-phuong-vung-tau" // an organisation of today

// keepers of a register of their own, in an office with a clock of its own.
type bookkeeping struct {
	*office
	clerk, secretary *person
	clock            atomic.Pointer[time.Time]
	certified        atomic.Int32
}

// counting counts what the organisation's key signs that has no slots.
type counting struct {
	desk.Signer
	n *atomic.Int32
}

func (c counting) Certify(ctx context.Context, pdf []byte, x record.Certifying) ([]byte, record.SignatureFact, error) {
	c.n.Add(1)
	return c.Signer.Certify(ctx, pdf, x)
}

func openBookkeeping(t *testing.T) *bookkeeping {
	t.Helper()
	own, err := openOffice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, f := range slices.Backward(own.closers) {
			if err := f(); err != nil {
				t.Error(err)
			}
		}
	})
	b := &bookkeeping{}
	b.at("2026-01-01")
	now := func() time.Time { return *b.clock.Load() }
	own.cfg.Desk.Now = now
	own.cfg.Desk.Signer = counting{own.cfg.Desk.Signer, &b.certified}
	b.office = own.with(t, func(c *Config) { c.Now = now })
	for _, x := range []struct {
		to   **person
		role record.Role
	}{{&b.clerk, record.Clerk}, {&b.secretary, record.Secretary}} {
		if *x.to, err = b.hire(t.Context(), string(x.role)+"-phuong", ward, []record.Role{x.role}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// at sets the office's clock to the morning of a day.
func (b *bookkeeping) at(day record.Date) {
	x := day.Time().Add(8 * time.Hour)
	b.clock.Store(&x)
}

func (b *bookkeeping) seq(t testing.TB) (n uint64) {
	t.Helper()
	if err := b.cfg.Desk.Journals.View(t.Context(), ward, func(s *record.State) error { n = s.Seq; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// waiting is an electronic document of the ward that has its number and no seal.
func (b *bookkeeping) waiting(t testing.TB) record.Document {
	t.Helper()
	ctx, d := t.Context(), b.cfg.Desk
	as := func(r record.Role) desk.Actor {
		return desk.Actor{ID: b.clerk.account.ID, Roles: []record.Role{r}, Persons: []string{"bui-quoc-dat"}}
	}
	doc, err := d.Draft(ctx, as(record.Secretary), desk.Input{Raw: plan(t, func(v map[string]any) {
		v["organization"], v["signatory"] = ward, map[string]any{"person": "bui-quoc-dat", "capacity": "TM"}
		delete(v, "date")
	})})
	if err == nil {
		doc, err = d.Submit(ctx, as(record.Secretary), deskRef(doc))
	}
	if err == nil {
		doc, err = d.Sign(ctx, as(record.Official), deskRef(doc), doc.PDF)
	}
	if err == nil {
		doc, err = d.Number(ctx, as(record.Clerk), deskRef(doc))
	}
	if err != nil || doc.State != record.Numbered {
		t.Fatalf("%+v %v", doc, err)
	}
	return doc
}

// told are the faults that a page shows at the field of this id.
func (p sheet) told(id string) string {
	for _, x := range p.all("ul") {
		if attr(x, "id") == id+"-errors" {
			return textOf(x)
		}
	}
	return ""
}

func soundly(t *testing.T, p sheet) {
	t.Helper()
	for _, x := range unsound(p) {
		t.Error(x)
	}
}

// On 1 January there is no register yet; the first paper that a clerk enters by
// the page begins it. A faulty form comes back as it was typed, with what is
// wrong at its fields; sent twice it is entered once.
func TestPaperByForm(t *testing.T) {
	b := openBookkeeping(t)
	const at, to = "/so-dang-ky/" + ward + "/2026", "/so-dang-ky/" + ward + "/giay"
	p := b.page(t, b.clerk, "/so-dang-ky")
	p.is(t, http.StatusOK, "Năm 2026 Chưa cấp số nào.")
	if !slices.Contains(hrefs(p.all("a")), at) {
		t.Errorf("no way to the new register: %v", hrefs(p.all("a")))
	}
	p = b.page(t, b.clerk, at)
	soundly(t, p)
	if got := p.actions(); !slices.Equal(got, []string{to}) {
		t.Errorf("a clerk's register begins with %v", got)
	}
	for path, who := range map[string]*person{at: b.secretary, "/so-dang-ky/" + ward + "/2025": b.clerk} {
		if got := b.page(t, who, path).actions(); len(got) > 0 {
			t.Errorf("%s: %s may send %v", path, who.name, got)
		}
	}
	english := b.page(t, nil, at, "Cookie", languageCookie+"=en; "+b.server.cookieName()+"="+b.clerk.cookie)
	for _, text := range spoken(english.root, "en") {
		if vietnamese(text) {
			t.Errorf("in English: %q", text)
		}
	}

	before := b.seq(t)
	typed := []string{"subject", "Mời họp <giao ban> & triển khai", "recipients", "UBND thành phố\r\n\r\n Các phòng ", "note", "Kèm 02 phụ lục", "secret", "true", "date", "2026-02-30"}
	wrong := p.mustForm(t, to, append(typed, "kept", "x")...)
	p = b.submit(t, b.clerk, to, wrong)
	p.is(t, http.StatusUnprocessableEntity)
	soundly(t, p)
	for id, want := range map[string]string{"paper-type": "không được để trống", "paper-signatory": "không được để trống", "paper-kept": "phải là số nguyên"} {
		if got := p.told(id); !strings.Contains(got, want) {
			t.Errorf("%s says %q", id, got)
		}
	}
	again := p.mustForm(t, to)
	for i := 0; i < len(typed); i += 2 {
		if got := strings.ReplaceAll(again.Get(typed[i]), "\n", "\r\n"); strings.ReplaceAll(got, "\r\r", "\r") != typed[i+1] {
			t.Errorf("%s comes back as %q", typed[i], got)
		}
	}
	if again.Get("request") != wrong.Get("request") {
		t.Error("another request")
	}
	step := func(id, want string, change ...string) {
		t.Helper()
		for i := 0; i < len(change); i += 2 {
			again.Set(change[i], change[i+1])
		}
		p := b.submit(t, b.clerk, to, again)
		p.is(t, http.StatusUnprocessableEntity)
		if got := p.told(id); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	step("paper-date", "Không có ngày này", "type", "CV", "signatory", "Bùi Quốc Đạt", "kept", "2")
	step("paper-date", "không tồn tại vào ngày 01/01/2020", "date", "2020-01-01")
	step("paper-unit", "Phải ghi đơn vị soạn thảo", "date", "")
	step("paper-secret", "chưa có sổ số riêng cho văn bản mật", "unit", "VP")
	if after := b.seq(t); after != before {
		t.Errorf("the journal went from %d to %d", before, after)
	}

	again.Del("secret")
	var to2 []string
	for _, day := range []record.Date{"2026-01-01", "2026-01-02"} {
		b.at(day) // the first answer was lost until the morning after
		p := b.submit(t, b.clerk, to, again)
		to2 = append(to2, p.header.Get("Location"))
	}
	if after := b.seq(t); after != before+1 || to2[0] != to2[1] {
		t.Fatalf("entered twice: %d to %d, %v", before, after, to2)
	}
	p = b.page(t, b.clerk, to2[0])
	p.is(t, http.StatusOK, "Đã vào sổ: số 01/UBND-VP, ngày 01/01/2026.", "Mời họp <giao ban> & triển khai", "UBND thành phố", "Các phòng", "Bùi Quốc Đạt", "Kèm 02 phụ lục", "Văn bản giấy hoặc của sổ cũ: chỉ vào sổ")
	soundly(t, p)
	if text := p.text(); strings.Contains(text, "Mẫu") || strings.Contains(text, "JSON") || strings.Contains(text, "Thể thức") {
		t.Errorf("a paper has no template, file or layout: %s", text)
	}
	path, _, _ := strings.Cut(to2[0], "?")
	if text := b.page(t, b.clerk, path).text(); strings.Contains(text, "Đã vào sổ: số") {
		t.Error("still said to whom comes later")
	}
	doc, err := b.cfg.Desk.Document(t.Context(), desk.Ref{Journal: ward, ID: strings.TrimPrefix(path, "/van-ban/")})
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.cfg.Desk.Archive.Version(t.Context(), doc.Manifest)
	if err != nil || len(v.List.Recipients) != 2 || v.List.Recipients[1].Name != "Các phòng" || v.List.Filing.Copies != 2 || doc.Booked.Note != "Kèm 02 phụ lục" {
		t.Errorf("%+v %+v %v", v.List, doc.Booked, err)
	}
	b.page(t, b.clerk, at).is(t, http.StatusOK, "01/UBND-VP", "Công văn: Mời họp")

	// Outside a trial the date is the clerk's clock, and nothing asks for it.
	strict := b.with(t, func(c *Config) { d := *c.Desk; d.AllowDate = false; c.Desk = &d })
	if form := strict.page(t, b.clerk, at).mustForm(t, to); form.Has("date") {
		t.Error("a date is asked for")
	}
}

// A register is closed by the page: what stands against it comes back at its
// fields, all at once; sent again, and again at once, it is one closing with one
// signature, which everyone who reads the register finds there.
func TestClosingByForm(t *testing.T) {
	b := openBookkeeping(t)
	const at, to, papers = "/so-dang-ky/" + ward + "/2026", "/so-dang-ky/" + ward + "/2026/chot-so", "/so-dang-ky/" + ward + "/giay"
	enter := func() sheet {
		t.Helper()
		return b.submit(t, b.clerk, papers, b.page(t, b.clerk, at).mustForm(t, papers, "type", "CV", "subject", "Mời họp giao ban", "signatory", "Bùi Quốc Đạt", "unit", "VP"))
	}
	b.at("2026-03-30")
	if p := enter(); p.status != http.StatusSeeOther {
		t.Fatal(p.text())
	}
	b.at("2026-03-31")
	pending := b.waiting(t)
	p := b.page(t, b.clerk, at)
	soundly(t, p)
	before := b.seq(t)
	form := p.mustForm(t, to)
	if form.Get("series") != "van-ban-hanh-chinh" || form.Get("through") != "" {
		t.Errorf("%v", form)
	}
	refused := func(status int, through, atThrough, atSeries string) {
		t.Helper()
		form.Set("through", through)
		p := b.submit(t, b.clerk, to, form)
		p.is(t, status, "Chưa chốt sổ được")
		soundly(t, p)
		for id, want := range map[string]string{"close-through": atThrough, "close-series": atSeries} {
			if got := p.told(id); (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("%s, %s says %q, want %q", through, id, got, want)
			}
		}
		if again := p.mustForm(t, to); again.Get("through") != through || again.Get("request") != form.Get("request") {
			t.Errorf("comes back as %v", again)
		}
	}
	refused(409, "2026-04-01", "Ngày 01/4/2026 chưa đến", "Còn số đã cấp mà chưa đóng dấu hoặc bỏ: "+pending.Symbol)
	refused(409, "2026-03-30", "Số 02 đã cấp ngày 31/3/2026, sau ngày chốt 30/3/2026", pending.Symbol)
	refused(409, "2025-12-31", "không thuộc năm 2026", pending.Symbol)
	refused(422, "2020-01-01", "không tồn tại vào ngày 01/01/2020", "")
	refused(422, "2026-02-30", "Không có ngày này", "")
	form.Set("series", "khong-co")
	refused(422, "2026-02-30", "Không có ngày này", "không có sổ số")
	form.Set("series", "van-ban-hanh-chinh")
	refused(409, "2026-03-31", "", pending.Symbol)
	if after := b.seq(t); after != before || b.certified.Load() != 0 {
		t.Errorf("refused, and the journal went from %d to %d with %d signatures", before, after, b.certified.Load())
	}
	if _, err := b.cfg.Desk.Void(t.Context(), desk.Actor{ID: b.clerk.account.ID, Roles: []record.Role{record.Clerk}}, deskRef(pending), "Cấp nhầm số"); err != nil {
		t.Fatal(err)
	}

	before = b.seq(t)
	for range 2 {
		b.submit(t, b.clerk, to, form).leads(t, at+"?n=closed")
	}
	b.at("2026-04-15") // the answer lost for two weeks
	b.submit(t, b.clerk, to, form).leads(t, at+"?n=closed")
	if after := b.seq(t); after != before+1 || b.certified.Load() != 1 {
		t.Errorf("closed once: the journal went from %d to %d, with %d signatures", before, after, b.certified.Load())
	}
	other := url.Values{"series": form["series"], "through": {"2026-04-10"}, "request": form["request"]}
	p = b.submit(t, b.clerk, to, other)
	p.is(t, http.StatusUnprocessableEntity, "Mã yêu cầu đã dùng cho nội dung khác")
	if again := p.mustForm(t, to); again.Get("request") == form.Get("request") {
		t.Error("sent once more it would be refused again")
	}

	p = b.page(t, b.secretary, at+"?n=closed")
	p.is(t, http.StatusOK, "Đã chốt sổ", "Sổ số van-ban-hanh-chinh đã chốt đến hết ngày 31/3/2026.", "Các lần chốt sổ (1)", "01–02 (2 số)", "Người của phép thử: clerk-phuong", "08:00 31/03/2026")
	soundly(t, p)
	link := slices.IndexFunc(p.all("a"), func(a *html.Node) bool { return textOf(a) == "PDF đã ký" })
	if link < 0 || len(p.actions()) != 0 {
		t.Fatalf("%d %v", link, p.actions())
	}
	a := b.ask(t, request{method: "GET", path: attr(p.all("a")[link], "href"), as: b.secretary})
	if !bytes.HasPrefix(a.body, []byte("%PDF-")) {
		t.Errorf("%d: %.200s", a.status, a.body)
	}
	if report, err := b.verify(t.Context(), a.body); err != nil || len(report.Signatures) != 1 {
		t.Errorf("%+v %v", report, err)
	}
	if text := pdfText(t, a.body); !strings.Contains(text, "Mời họp giao ban") {
		t.Errorf("the extract says %s", text)
	}
	form.Set("request", newRequest())
	refused(409, "2026-03-31", "Sổ đã chốt đến hết ngày 31/3/2026", "")

	// Closed through today, nothing goes in today; tomorrow it does.
	if p := enter(); p.status != http.StatusSeeOther {
		t.Fatal(p.text())
	}
	form = b.page(t, b.clerk, at).mustForm(t, to, "through", "2026-04-15")
	b.submit(t, b.clerk, to, form).leads(t, at+"?n=closed")
	b.page(t, b.clerk, at).is(t, http.StatusOK, "đã chốt đến hết hôm nay", "Các lần chốt sổ (2)", "03–03 (1 số)")
	enter().is(t, http.StatusConflict, "Sổ đã chốt đến hết ngày 15/4/2026, không vào sổ ngày 15/4/2026 được nữa")
	b.at("2026-04-16")
	if p := enter(); p.status != http.StatusSeeOther {
		t.Error(p.text())
	}
}

// However often and however close together the same closing is asked for, by
// page or API, there is one more in the journal, and one answer.
func TestClosingIsMadeOnce(t *testing.T) {
	b := openBookkeeping(t)
	const to, path = "/so-dang-ky/" + ward + "/2026/chot-so", "/api/v1/registers/" + ward + "/2026/closings"
	for _, day := range []record.Date{"2026-01-31", "2026-02-28", "2026-03-31"} {
		b.at(day)
		doc, err := b.cfg.Desk.RegisterPaper(t.Context(), desk.Actor{ID: b.clerk.account.ID, Roles: []record.Role{record.Clerk}}, ward, "", desk.Paper{Type: "QĐ", Subject: "Khen thưởng", Signatory: "Bùi Quốc Đạt"})
		if err != nil {
			t.Fatal(err)
		}
		key := strings.ToLower(rand.Text())
		before := b.seq(t)
		body := map[string]any{"series": doc.Series, "through": day}
		form := url.Values{"series": {doc.Series}, "through": {string(day)}, "request": {key}}.Encode()
		asks := []request{
			{method: "POST", path: path, as: b.clerk, body: body, header: map[string]string{"Idempotency-Key": key}},
			{method: "POST", path: to, as: b.clerk, body: strings.NewReader(form), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": b.http.URL}},
		}
		var wg sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			wg.Go(func() {
				r := asks[i%2]
				if i%2 == 1 {
					r.body = strings.NewReader(form)
				}
				answers[i] = b.send(t, r)
			})
		}
		wg.Wait()
		answers = append(answers, b.ask(t, asks[0]))
		var first []byte
		for i, a := range answers {
			if i%2 == 1 && i < 6 {
				if a.status != http.StatusSeeOther || a.header.Get("Location") != "/so-dang-ky/"+ward+"/2026?n=closed" {
					t.Errorf("%d to %q", a.status, a.header.Get("Location"))
				}
				continue
			}
			if first == nil {
				first = a.body
			}
			if a.status != http.StatusCreated || !bytes.Equal(a.body, first) {
				t.Errorf("%d %s, and before %s", a.status, a.body, first)
			}
		}
		var c record.Closing
		if err := json.Unmarshal(first, &c); err != nil || c.Through != day || c.Last != doc.Number || c.Seq != before+1 {
			t.Errorf("%+v %v", c, err)
		}
		if after := b.seq(t); after != before+1 {
			t.Errorf("the journal went from %d to %d", before, after)
		}
		a := b.ask(t, request{method: "POST", path: path, as: b.clerk, body: body, header: map[string]string{"Idempotency-Key": rand.Text()}})
		if a.want(t, 409, "period-closed"); !slices.Equal(a.faults(t), []string{"/through period-closed"}) {
			t.Error(a.faults(t))
		}
	}
	a := b.ask(t, request{method: "POST", path: path, as: b.clerk, body: map[string]any{"series": "_copies", "through": "2026-99-99"}})
	if a.want(t, 422, "closing-invalid"); !slices.Equal(a.faults(t), []string{"/series series-unknown", "/through date"}) {
		t.Error(a.faults(t))
	}
}
