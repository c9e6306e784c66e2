package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// What DESIGN.md's table of commands allows, as buttons: written down by hand.
var buttonRules = map[record.Status]map[string][]string{
	record.Draft:      {"secretary": {"trinh-ky", "huy", "sua", "kem-tep", "xin-y-kien"}},
	record.Returned:   {"secretary": {"huy", "sua", "kem-tep", "xin-y-kien"}},
	record.Submitted:  {"secretary": {"rut-lai"}, "signatory": {"ky", "tra-lai"}},
	record.Signed:     {"clerk": {"cap-so-dong-dau", "bo-chu-ky"}},
	record.Numbered:   {"clerk": {"dong-dau", "bo-so"}},
	record.Issued:     {"secretary": {"ho-so"}, "clerk": {"gui", "da-gui", "dinh-chinh", "sao", "thay-the", "thu-hoi"}, "archivist": {"giu-lai"}},
	record.Recalled:   {"secretary": {"ho-so"}, "archivist": {"giu-lai"}},
	record.Superseded: {"secretary": {"ho-so"}, "archivist": {"giu-lai"}},
	record.Voided:     {},
	record.Discarded:  {},
}

// A page has exactly the buttons that the document's state and the person's
// roles allow, and what it has no button for is refused when it is sent anyway.
func TestButtonsAreWhatIsAllowed(t *testing.T) {
	o := house.open(t)
	o.opened(t)
	for state, allowed := range buttonRules {
		doc := o.standing(t, state)
		at := documentAddress(doc.ID)
		for _, name := range []string{"secretary", "signatory", "other-official", "clerk", "archivist", "administrator", "all"} {
			var want []string
			for role, paths := range allowed {
				if role == name || name == "all" {
					for _, x := range paths {
						want = append(want, at+"/"+x)
					}
				}
			}
			slices.Sort(want)
			p := o.page(t, o.people[name], at)
			p.is(t, http.StatusOK)
			got := p.actions()
			for _, a := range p.all("a") {
				if attr(a, "href") == at+"/sua" {
					got = append(got, at+"/sua")
				}
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("%s sees a %s document with %v, want %v", name, state, got, want)
			}
		}
		o.page(t, o.people["clerk-elsewhere"], at).is(t, http.StatusNotFound)
		o.page(t, o.people["idle"], at).is(t, http.StatusNotFound)
	}
	before := o.seqs(t)
	for state, allowed := range buttonRules {
		doc := o.standing(t, state)
		for _, a := range pageActions {
			for _, name := range []string{"secretary", "signatory", "other-official", "clerk", "archivist", "clerk-elsewhere"} {
				if slices.Contains(allowed[name], a.path) {
					continue
				}
				p := o.submit(t, o.people[name], documentAddress(doc.ID)+"/"+a.path, url.Values{"seen": {fmt.Sprint(doc.Seq())}, "request": {"r"}, "reason": {"x"}, "pdf_sha256": {string(doc.PDF)}, "recipient": {"UBND tỉnh (b/c)"}, "linked": {"x"}})
				unconfigured := a.path == "bang-chung" && p.status == 503 && strings.Contains(p.text(), "--tsa")
				if !unconfigured && !slices.Contains([]int{403, 404, 409, 422}, p.status) {
					t.Errorf("%s, %s, %s: %d", state, name, a.path, p.status)
				}
			}
		}
	}
	if after := o.seqs(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("journals went from %v to %v", before, after)
	}
}

// The whole way by buttons alone, each pressed twice: it is done once, and the
// second answer leads to the same place.
func TestWayByButtons(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Draft)
	at := documentAddress(doc.ID)
	press := func(who, path, code string, change ...string) {
		t.Helper()
		form := o.page(t, o.people[who], at).mustForm(t, at+"/"+path, change...)
		before := o.now(t, doc).Seq()
		for range 2 {
			o.submit(t, o.people[who], at+"/"+path, form).leads(t, at+"?n="+code)
		}
		steps := 1
		if path == "cap-so-dong-dau" {
			steps = 2
		}
		if got := len(o.now(t, doc).Entries); o.now(t, doc).Entries[got-1-steps] != before {
			t.Errorf("%s: the journal did not go on by %d: %v after %d", path, steps, o.now(t, doc).Entries, before)
		}
	}
	press("secretary", "trinh-ky", "submit")
	press("secretary", "rut-lai", "withdraw")
	press("secretary", "trinh-ky", "submit")
	press("signatory", "tra-lai", "return", "reason", "Bổ sung <căn cứ> & số liệu")
	o.page(t, o.people["secretary"], "/").is(t, http.StatusOK, "Bổ sung <căn cứ> & số liệu")
	o.page(t, o.people["secretary"], at+"?n=return").is(t, http.StatusOK, "Đã trả lại", "Lý do trả lại: Bổ sung <căn cứ> & số liệu")
	form := o.page(t, o.people["secretary"], at+"/sua").mustForm(t, at+"/sua", "_do", "save")
	o.submit(t, o.people["secretary"], at+"/sua", form).leads(t, at+"?n=revised")
	press("secretary", "trinh-ky", "submit")
	o.page(t, o.people["signatory"], "/").is(t, http.StatusOK, "Chờ ký")
	press("signatory", "ky", "sign")
	press("clerk", "bo-chu-ky", "unsign", "reason", "Ký nhầm")
	form = o.page(t, o.people["secretary"], at+"/sua").mustForm(t, at+"/sua", "_do", "save")
	o.submit(t, o.people["secretary"], at+"/sua", form).leads(t, at+"?n=revised")
	press("secretary", "trinh-ky", "submit")
	press("signatory", "ky", "sign")
	press("clerk", "cap-so-dong-dau", "issue")
	sealed := o.now(t, doc)
	if sealed.State != record.Issued || sealed.Number == 0 {
		t.Fatalf("%+v", sealed)
	}
	p := o.page(t, o.people["clerk"], at)
	p.is(t, http.StatusOK, "Kế hoạch "+sealed.Symbol, "Đã phát hành", "Chữ ký của cơ quan (con dấu)", "UBND tỉnh (b/c)")
	press("clerk", "da-gui", "dispatch")
	press("clerk", "da-nhan", "receipt")
	if now := o.now(t, doc); now.Dispatched != 1 || now.Received != 1 {
		t.Errorf("sent %d, received %d", now.Dispatched, now.Received)
	}
	other := o.standing(t, record.Issued)
	press("clerk", "dinh-chinh", "correct", "linked", other.Symbol)
	o.page(t, o.people["clerk"], at).is(t, http.StatusOK, "Được đính chính bởi "+other.Symbol)
	press("clerk", "thay-the", "supersede", "linked", other.Symbol+" (22/3/2024)")
	o.page(t, o.people["archivist"], at).is(t, http.StatusOK, "Đã được thay thế bởi "+other.Symbol)
}

// Whoever pressed a button on a page that is no longer true is told so, sees
// the document as it is now, and nothing happens.
func TestStalePage(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Submitted)
	at := documentAddress(doc.ID)
	stale := o.page(t, o.people["signatory"], at).mustForm(t, at+"/ky")
	if stale.Get("pdf_sha256") != string(doc.PDF) {
		t.Errorf("the page has one sign %q", stale.Get("pdf_sha256"))
	}
	if _, err := o.cfg.Desk.Withdraw(t.Context(), o.actor("secretary"), deskRef(doc)); err != nil {
		t.Fatal(err)
	}
	before := o.seqs(t)
	p := o.submit(t, o.people["signatory"], at+"/ky", stale)
	p.is(t, http.StatusPreconditionFailed, "Văn bản đã thay đổi", "Dự thảo")
	if actions := p.actions(); len(actions) > 0 {
		t.Errorf("a draft can be %v", actions)
	}
	// Signing names the bytes that were read.
	if _, err := o.cfg.Desk.Submit(t.Context(), o.actor("secretary"), deskRef(doc)); err != nil {
		t.Fatal(err)
	}
	before = o.seqs(t)
	form := o.page(t, o.people["signatory"], at).mustForm(t, at+"/ky", "pdf_sha256", strings.Repeat("0", 64))
	o.submit(t, o.people["signatory"], at+"/ky", form).is(t, http.StatusPreconditionFailed, "Bản PDF đã đọc không phải là bản đang trình ký")
	for _, broken := range []url.Values{{}, {"seen": {"x"}, "request": {"r"}}, {"seen": {"0"}, "request": {"r"}}, {"seen": {"5"}}, {"seen": {"5"}, "request": {"có dấu"}}} {
		broken.Set("pdf_sha256", string(doc.PDF))
		o.submit(t, o.people["signatory"], at+"/ky", broken).is(t, http.StatusUnprocessableEntity, "Biểu mẫu gửi lên thiếu dữ liệu")
	}
	if after := o.seqs(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("journals went from %v to %v", before, after)
	}
}

// A reason that is missing is asked for where it is missing.
func TestMissingReason(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Submitted)
	at := documentAddress(doc.ID)
	form := o.page(t, o.people["signatory"], at).mustForm(t, at+"/tra-lai", "reason", " \n ")
	p := o.submit(t, o.people["signatory"], at+"/tra-lai", form)
	p.is(t, http.StatusUnprocessableEntity, "Lý do không được để trống")
	for _, d := range p.all("details") {
		if open := hasAttr(d, "open"); open != strings.Contains(textOf(d), "Lý do không được để trống") {
			t.Errorf("open is %v: %s", open, textOf(d))
		}
	}
	long := o.submit(t, o.people["signatory"], at+"/tra-lai", p.mustForm(t, at+"/tra-lai", "reason", strings.Repeat("dài ", 600)))
	long.is(t, http.StatusUnprocessableEntity, "Lý do nhiều nhất 2000 ký tự")
	doc = o.standing(t, record.Issued)
	at = documentAddress(doc.ID)
	page := o.page(t, o.people["clerk"], at)
	for named, said := range map[string]string{
		"": "Số, ký hiệu không được để trống", "99/KH-UBND": "không có văn bản nào khác đã phát hành", doc.Symbol: "không có văn bản nào khác đã phát hành",
		"một hai ba": "Hãy ghi số, ký hiệu", doc.ID: "", "05/KH-UBND (31/13/2024)": "không có văn bản nào khác",
	} {
		p := o.submit(t, o.people["clerk"], at+"/thay-the", page.mustForm(t, at+"/thay-the", "linked", named))
		if p.status != http.StatusUnprocessableEntity && p.status != http.StatusConflict {
			t.Errorf("%q: %d", named, p.status)
		}
		p.is(t, p.status, said)
	}
}

// Many clerks press "number and seal" on many pages at once: numbers go up one
// by one, each document gets one.
func TestNumberAndSealAtOnce(t *testing.T) {
	o := house.open(t)
	var docs []record.Document
	for range 3 {
		docs = append(docs, o.document(t, record.Signed))
	}
	var wg sync.WaitGroup
	for _, doc := range docs {
		at := documentAddress(doc.ID)
		form := o.page(t, o.people["clerk"], at).mustForm(t, at+"/cap-so-dong-dau")
		for range 4 {
			wg.Go(func() {
				if p := o.submit(t, o.people["clerk"], at+"/cap-so-dong-dau", form); p.status != http.StatusSeeOther {
					t.Errorf("%d %s", p.status, p.text())
				}
			})
		}
	}
	wg.Wait()
	var numbers []int
	for _, doc := range docs {
		now := o.now(t, doc)
		if now.State != record.Issued || now.Version != doc.Version+1 || len(now.Entries) != len(doc.Entries)+2 {
			t.Errorf("%s: %+v", doc.ID, now)
		}
		numbers = append(numbers, now.Number)
	}
	slices.Sort(numbers)
	if numbers[1] != numbers[0]+1 || numbers[2] != numbers[1]+1 {
		t.Errorf("numbers %v", numbers)
	}
}

// What was interrupted between number and seal is shown to the clerk and goes
// on with the same number, by its own button or by the form sent again.
func TestInterruptedSeal(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Signed)
	at := documentAddress(doc.ID)
	form := o.page(t, o.people["clerk"], at).mustForm(t, at+"/cap-so-dong-dau")
	number := func(doc record.Document, request string) record.Document {
		t.Helper()
		ref := deskRef(doc)
		ref.Request, ref.Seen = request, doc.Seq()
		numbered, err := o.cfg.Desk.Number(t.Context(), desk.Actor{ID: o.people["clerk"].account.ID, Roles: []record.Role{record.Clerk}}, ref)
		if err != nil {
			t.Fatal(err)
		}
		return numbered
	}
	numbered := number(doc, form.Get("request")+".number") // and the program was killed
	o.page(t, o.people["clerk"], "/").is(t, http.StatusOK, "Đã cấp số, chưa đóng dấu", numbered.Symbol, "số đã cấp được giữ nguyên")
	o.page(t, o.people["clerk"], at).is(t, http.StatusOK, "Đã cấp số "+numbered.Symbol, "việc bị gián đoạn", "Đóng dấu (số đã cấp)")
	o.submit(t, o.people["clerk"], at+"/cap-so-dong-dau", form).leads(t, at+"?n=issue")
	if now := o.now(t, doc); now.State != record.Issued || now.Symbol != numbered.Symbol {
		t.Errorf("%+v", now)
	}

	doc = o.document(t, record.Signed)
	at = documentAddress(doc.ID)
	numbered = number(doc, "another")
	seal := o.page(t, o.people["clerk"], at).mustForm(t, at+"/dong-dau")
	for range 2 {
		o.submit(t, o.people["clerk"], at+"/dong-dau", seal).leads(t, at+"?n=issue")
	}
	if now := o.now(t, doc); now.State != record.Issued || now.Number != numbered.Number {
		t.Errorf("%+v", now)
	}
}
