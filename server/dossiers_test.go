package server

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/exchange/bagit"
	"vanthu/exchange/sip"
	"vanthu/record"
	"vanthu/record/desk"
)

// A dossier by the API: opened once by one request, filled, ended and handed
// over by whose command each is.
func TestDossierByAPI(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	post := func(as, path string, body map[string]any, key string) answer {
		t.Helper()
		return o.ask(t, request{method: "POST", path: "/api/v1/dossiers/" + here + path, as: o.people[as], body: body, header: map[string]string{"Idempotency-Key": key}})
	}
	code, key := "07."+rand.Text()[:8], rand.Text()
	facts := map[string]any{"year": 2024, "code": code, "title": "Hồ sơ kiểm tra công tác văn thư", "retention": "ke-hoach-theo-vu-viec", "keeper": "VHTT", "started": "2024-01-02"}
	for range 2 {
		post("secretary", "", facts, key).want(t, 200, "")
	}
	exists := post("secretary", "", facts, rand.Text())
	if exists.want(t, 409, "dossier-exists"); !slices.Equal(exists.faults(t), []string{"/code dossier-exists"}) {
		t.Errorf("%s", exists.body)
	}
	at := "/2024/" + code
	var d Dossier
	change := func(title, key string) answer {
		t.Helper()
		return o.ask(t, request{method: "PUT", path: "/api/v1/dossiers/" + here + at, as: o.people["secretary"], header: map[string]string{"Idempotency-Key": key},
			body: map[string]any{"title": title, "retention": "ke-hoach-theo-vu-viec", "keeper": "VP", "started": "2024-01-02"}})
	}
	key = rand.Text()
	for range 2 {
		change("Hồ sơ kiểm tra công tác văn thư, lưu trữ", key).into(t, &d)
	}
	if d.Title != "Hồ sơ kiểm tra công tác văn thư, lưu trữ" || d.Keeper != "VP" || len(d.Entries) != 2 || !slices.Contains(d.Actions, record.CmdDossierChange) {
		t.Errorf("%+v", d)
	}
	change("Khác", key).want(t, 422, "request-reused")
	post("secretary", at+"/add", map[string]any{"document": doc.ID}, rand.Text()).into(t, &d)
	if len(d.Items) != 1 || d.Items[0] != (record.DossierItem{Document: doc.ID, Ordinal: 1}) || d.State != record.DossierOpen {
		t.Errorf("%+v", d)
	}
	post("secretary", at+"/add", map[string]any{"document": doc.ID}, rand.Text()).want(t, 409, "filed-already")
	var shown Document
	o.get(t, "clerk", "/api/v1/documents/"+doc.ID, nil).into(t, &shown)
	if !slices.Contains(shown.Dossiers, DossierRef{Year: 2024, Code: code, Title: d.Title, State: record.DossierOpen}) {
		t.Errorf("the document lies in %+v", shown.Dossiers)
	}
	shown = Document{}
	o.get(t, "administrator", "/api/v1/documents/"+doc.ID, nil).into(t, &shown)
	if len(shown.Dossiers) > 0 {
		t.Errorf("who may not read dossiers reads %+v", shown.Dossiers)
	}
	for ended, why := range map[string]string{"2999-01-01": "/ended dossier-ended", "2023-12-31": "/ended dossier-ended", "2024-02-31": "/ended date"} {
		a := post("secretary", at+"/end", map[string]any{"ended": ended}, rand.Text())
		if a.want(t, 422, "dossier-ended"); !slices.Equal(a.faults(t), []string{why}) {
			t.Errorf("%s: %s", ended, a.body)
		}
	}
	// The same request once more finds what it did, though the desk would now make
	// something else of it.
	key = rand.Text()
	post("secretary", at+"/end", map[string]any{"ended": "2024-03-30"}, key).want(t, 200, "")
	post("archivist", at+"/reopen", map[string]any{"reason": "Sửa thời hạn"}, rand.Text()).want(t, 200, "")
	o.ask(t, request{method: "PUT", path: "/api/v1/dossiers/" + here + at, as: o.people["secretary"], body: map[string]any{"title": d.Title, "retention": "bao-cao-dinh-ky", "keeper": "VP", "started": "2024-01-02"}}).want(t, 200, "")
	post("secretary", at+"/end", map[string]any{"ended": "2024-03-30"}, key).into(t, &d)
	if d.State != record.DossierOpen {
		t.Errorf("done again: %+v", d)
	}
	post("secretary", at+"/end", map[string]any{"ended": "2024-03-30"}, rand.Text()).into(t, &d)
	if d.State != record.DossierEnded || d.TransferBy != "2025-03-30" {
		t.Errorf("%+v", d)
	}
	var due Due
	o.ask(t, request{method: "GET", path: "/api/v1/dossiers/" + here + "/due", as: o.people["archivist"]}).into(t, &due)
	found := false
	for _, x := range due.Transfers {
		found = found || x.Code == code
	}
	if !found {
		t.Errorf("long late, and not due: %+v", due)
	}
	post("archivist", at+"/transfer", map[string]any{"minutes": "01/BB-VP"}, rand.Text()).into(t, &d)
	if d.State != record.DossierTransferred || len(d.Actions) != 0 {
		t.Errorf("%+v", d)
	}
	if a := o.get(t, "archivist", "/api/v1/dossiers/"+here+at+"/bag", nil); a.want(t, 200, "") {
		r, err := bagit.Check(bytes.NewReader(a.body), int64(len(a.body)), bagit.DefaultLimits())
		if err != nil || !r.Valid() {
			t.Errorf("%+v %v", r, err)
		}
	}
	if a := o.get(t, "archivist", "/api/v1/dossiers/"+here+at+"/sip?access=public&organ_id=H06.12", nil); a.want(t, 200, "") {
		r, err := sip.Check(bytes.NewReader(a.body), int64(len(a.body)), sip.DefaultLimits())
		if err != nil || !r.Valid() || r.Documents != 1 {
			t.Errorf("%+v %v", r, err)
		}
	}
	// Nobody on its list is known by a code.
	o.get(t, "clerk", "/api/v1/documents/"+doc.ID+"/edxml?organ_id=H06.12", nil).want(t, 422, "edxml-invalid")
	o.ask(t, request{method: "GET", path: "/api/v1/dossiers/" + here + at, as: o.people["clerk-elsewhere"]}).want(t, 404, "organization-not-found")
	o.ask(t, request{method: "POST", path: "/api/v1/disposals/" + here, as: o.people["archivist"], body: map[string]any{"dossiers": []string{"2024/" + code}, "reason": "Hết hạn"}}).want(t, 409, "dossier-kept")
}

// A list for disposal names every dossier that is not for it; proposing and
// deciding it, repeated after whatever came then, answer as they first did.
func TestDisposalByAPI(t *testing.T) {
	o := house.open(t)
	old, young := o.expired(t), o.opened(t)
	post := func(as, path string, body map[string]any, key string) answer {
		t.Helper()
		return o.ask(t, request{method: "POST", path: "/api/v1/disposals/" + here + path, as: o.people[as], body: body, header: map[string]string{"Idempotency-Key": key}})
	}
	proposal := map[string]any{"dossiers": []string{old.Key()}, "reason": "Hết thời hạn bảo quản"}
	wrong := post("archivist", "", map[string]any{"dossiers": []string{young.Key(), old.Key(), "2024/khong-co", old.Key()}, "reason": "x"}, rand.Text())
	if wrong.want(t, 409, "dossier-state"); !slices.Equal(wrong.faults(t), []string{"/dossiers/0 dossier-state", "/dossiers/2 dossier-state", "/dossiers/3 dossier-state"}) {
		t.Errorf("%s", wrong.body)
	}
	propose, refuse := rand.Text(), rand.Text()
	first := post("archivist", "", proposal, propose)
	var list record.Disposal
	first.into(t, &list)
	decision := map[string]any{"approved": false, "reason": "Giữ thêm để tra cứu"}
	decided := post("signatory", "/"+list.ID+"/decide", decision, refuse)
	decided.want(t, 200, "")
	var second record.Disposal
	post("archivist", "", proposal, rand.Text()).into(t, &second)
	for _, x := range []struct{ was, now answer }{{first, post("archivist", "", proposal, propose)}, {decided, post("signatory", "/"+list.ID+"/decide", decision, refuse)}} {
		if x.now.status != 200 || !bytes.Equal(x.was.body, x.now.body) {
			t.Errorf("first %s, then %d %s", x.was.body, x.now.status, x.now.body)
		}
	}
	post("signatory", "/"+list.ID+"/decide", map[string]any{"approved": true, "reason": "x"}, refuse).want(t, 422, "request-reused")
	post("signatory", "/"+list.ID+"/decide", decision, rand.Text()).want(t, 409, "disposal-list")
	post("signatory", "/"+second.ID+"/decide", map[string]any{"approved": true, "reason": "Quyết định 05/QĐ-UBND"}, rand.Text()).into(t, &second)
	if d, err := o.cfg.Desk.Dossier(t.Context(), here, old.Key()); err != nil || d.State != record.DossierDisposable || d.Disposal != second.ID || !second.Approved {
		t.Errorf("%+v %+v %v", second, d, err)
	}
}

// dossier is one of here, with a document in it.
func (o *office) dossier(t testing.TB) record.Dossier {
	t.Helper()
	d := record.Dossier{Year: 2024, Code: "09.MAU", Title: "Hồ sơ mẫu", Retention: record.Retention{Rule: "ke-hoach-theo-vu-viec"}, Keeper: "VHTT", Started: "2024-01-02"}
	if known, err := o.cfg.Desk.Dossier(t.Context(), here, d.Key()); err == nil {
		return known
	}
	d, err := o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossier, record.Filed{Dossier: &d}, "", "")
	if err == nil {
		d, err = o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossierAdd, record.Filed{Key: d.Key(), Document: o.standing(t, record.Issued).ID}, "", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// opened is a new dossier of here without documents.
func (o *office) opened(t testing.TB) record.Dossier {
	t.Helper()
	d := record.Dossier{Year: 2024, Code: "10." + rand.Text()[:8], Title: "Hồ sơ còn trống", Retention: record.Retention{Rule: "ke-hoach-theo-vu-viec"}, Keeper: "VHTT", Started: "2024-01-02"}
	d, err := o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossier, record.Filed{Dossier: &d}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// expired is a new one that the archive took over and whose retention has run out.
func (o *office) expired(t testing.TB) record.Dossier {
	t.Helper()
	d := record.Dossier{Year: 2012, Code: "11." + rand.Text()[:8], Title: "Hồ sơ cũ", Retention: record.Retention{Rule: "ke-hoach-theo-vu-viec"}, Keeper: "VHTT"}
	doc, err := o.cfg.Desk.RegisterPaper(t.Context(), o.actor("clerk"), here, "", desk.Paper{Type: "GM", Subject: "Mời họp tổng kết", Signatory: "Nguyễn Thị Thu Hương", // kept for 5 years
		Recipients: []record.Recipient{{Name: "Các phòng, đơn vị", Channel: record.ByPaper, Copies: 3}}, Unit: "VHTT", Date: "2024-03-22"})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		who     string
		command record.Command
		filed   record.Filed
	}{
		{"secretary", record.CmdDossier, record.Filed{Dossier: &d}}, {"secretary", record.CmdDossierAdd, record.Filed{Document: doc.ID}},
		{"secretary", record.CmdDossierEnd, record.Filed{Ended: "2012-12-30"}}, {"archivist", record.CmdDossierTransfer, record.Filed{Minutes: "01/BB"}},
	} {
		step.filed.Key = d.Key()
		if _, err := o.cfg.Desk.FileDossier(t.Context(), o.actor(step.who), here, step.command, step.filed, "", ""); err != nil {
			t.Fatalf("%s: %v", step.command, err)
		}
	}
	return d
}

// The same by the forms of the pages, each sent twice: it is done once.
func TestDossierByForms(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	code := "08." + rand.Text()[:8]
	at := "/ho-so/" + here + "/2024/" + code
	send := func(who, page, action, to string, change ...string) {
		t.Helper()
		form := o.page(t, o.people[who], page).mustForm(t, action, change...)
		before := o.seqs(t)[here]
		for range 2 {
			o.submit(t, o.people[who], action, form).leads(t, to+"?n=filed")
		}
		if after := o.seqs(t)[here]; after != before+1 {
			t.Errorf("%s: the journal went from %d to %d", action, before, after)
		}
	}
	wrong := o.page(t, o.people["secretary"], "/ho-so").mustForm(t, "/ho-so/"+here+"/mo", "code", "03?x", "title", "Hồ sơ kiểm tra", "year", "2024", "retention", "ke-hoach-theo-vu-viec")
	p := o.submit(t, o.people["secretary"], "/ho-so/"+here+"/mo", wrong)
	p.is(t, http.StatusUnprocessableEntity, "không có dấu gạch chéo")
	for _, x := range unsound(p) {
		t.Error(x)
	}
	send("secretary", "/ho-so", "/ho-so/"+here+"/mo", at, "code", code, "title", "Hồ sơ kiểm tra", "year", "2024", "retention", "ke-hoach-theo-vu-viec", "started", "2024-01-02")
	draft := o.page(t, o.people["secretary"], at).mustForm(t, at+"/them", "document", o.standing(t, record.Draft).ID)
	o.submit(t, o.people["secretary"], at+"/them", draft).is(t, http.StatusConflict, "chưa phát hành")
	add := o.page(t, o.people["secretary"], at).mustForm(t, at+"/them", "document", "99999/KH-UBND")
	o.submit(t, o.people["secretary"], at+"/them", add).is(t, http.StatusUnprocessableEntity, "không có văn bản nào")
	send("secretary", at, at+"/them", at, "document", doc.Symbol)
	send("secretary", at, at+"/bo", at, "reason", "Đưa nhầm")
	send("secretary", at, at+"/them", at, "document", doc.ID)
	again := o.page(t, o.people["secretary"], "/ho-so").mustForm(t, "/ho-so/"+here+"/mo", "code", code, "title", "Hồ sơ khác", "year", "2024", "retention", "ke-hoach-theo-vu-viec")
	p = o.submit(t, o.people["secretary"], "/ho-so/"+here+"/mo", again)
	if p.is(t, http.StatusConflict, "Danh mục năm 2024 đã có hồ sơ "+code); p.mustForm(t, "/ho-so/"+here+"/mo").Get("title") != "Hồ sơ khác" {
		t.Error("what was typed is gone")
	}
	send("secretary", at, at+"/sua", at, "title", "Hồ sơ kiểm tra, sửa", "keeper", "VP")
	if form := o.page(t, o.people["secretary"], at).mustForm(t, at+"/sua"); form.Get("title") != "Hồ sơ kiểm tra, sửa" || form.Get("retention") != "ke-hoach-theo-vu-viec" || form.Get("started") != "2024-01-02" {
		t.Errorf("the form holds %v", form)
	}
	early := o.page(t, o.people["secretary"], at).mustForm(t, at+"/ket-thuc", "ended", "2999-01-01")
	p = o.submit(t, o.people["secretary"], at+"/ket-thuc", early)
	if p.is(t, http.StatusUnprocessableEntity); !slices.Contains(p.faults("end-ended"), "Ngày 01/01/2999 chưa đến; hồ sơ kết thúc khi công việc đã xong") {
		t.Errorf("at the field: %v", p.faults("end-ended"))
	}
	send("secretary", at, at+"/ket-thuc", at, "ended", "2024-03-30")
	o.page(t, o.people["archivist"], "/ho-so").is(t, http.StatusOK, "quá hạn nộp lưu", code)
	o.page(t, o.people["secretary"], "/").is(t, http.StatusOK, "quá hạn nộp lưu", code)
	send("archivist", at, at+"/mo-lai", at, "reason", "Còn thiếu báo cáo")
	send("secretary", at, at+"/ket-thuc", at, "ended", "2024-03-30")
	send("archivist", at, at+"/nop-luu", at, "minutes", "01/BB-VP")
	p = o.page(t, o.people["archivist"], at)
	p.is(t, http.StatusOK, "Đã nộp lưu", doc.Symbol, "01/BB-VP")
	for _, x := range unsound(p) {
		t.Error(x)
	}
}

// faults are the messages at the field with this id.
func (p sheet) faults(id string) (out []string) {
	for _, l := range p.all("ul") {
		if attr(l, "id") == id+"-errors" {
			for _, x := range elements(l, "li") {
				out = append(out, textOf(x))
			}
		}
	}
	return out
}

// ticked are the values of the boxes that are ticked.
func (p sheet) ticked(name string) (out []string) {
	for _, x := range p.all("input") {
		if attr(x, "name") == name && hasAttr(x, "checked") {
			out = append(out, attr(x, "value"))
		}
	}
	return out
}

// A list by the pages: ticked, proposed, decided one way and the other, each form
// sent twice.
func TestDisposalByForms(t *testing.T) {
	o := house.open(t)
	at := "/ho-so/" + here + "/huy"
	one, two := o.expired(t), o.expired(t)
	archivist, head := o.people["archivist"], o.people["signatory"]
	o.page(t, archivist, "/").is(t, http.StatusOK, "Đã hết thời hạn bảo quản", one.Code)
	p := o.page(t, archivist, "/ho-so?year=0")
	p.is(t, http.StatusOK, "Đã hết thời hạn bảo quản", one.Code)
	form := p.mustForm(t, at)
	if len(p.ticked("dossiers")) > 0 {
		t.Error("dossiers are ticked before anybody did")
	}
	p = o.submit(t, archivist, at, form)
	if p.is(t, http.StatusUnprocessableEntity); len(p.faults("propose-"+here+"-dossiers")) != 1 || len(p.faults("propose-"+here+"-reason")) != 1 {
		t.Errorf("%v %v", p.faults("propose-"+here+"-dossiers"), p.faults("propose-"+here+"-reason"))
	}
	form["dossiers"] = []string{one.Key(), two.Key()}
	p = o.submit(t, archivist, at, form)
	if p.is(t, http.StatusUnprocessableEntity); !slices.Equal(slices.Sorted(slices.Values(p.ticked("dossiers"))), slices.Sorted(slices.Values(form["dossiers"]))) {
		t.Errorf("ticked are %v", p.ticked("dossiers"))
	}
	for _, x := range unsound(p) {
		t.Error(x)
	}
	for round, decision := range []string{"no", "yes"} {
		form.Set("reason", "Hết thời hạn bảo quản")
		form.Set("request", rand.Text())
		before := o.seqs(t)[here]
		for range 2 {
			o.submit(t, archivist, at, form).leads(t, "/ho-so?n=filed")
		}
		lists, err := o.cfg.Desk.Disposals(t.Context(), here)
		if err != nil || o.seqs(t)[here] != before+1 || !slices.Equal(lists[0].Keys, form["dossiers"]) {
			t.Fatalf("%+v %v", lists, err)
		}
		o.page(t, archivist, "/ho-so").is(t, http.StatusOK, "Chờ duyệt")
		o.page(t, head, "/").is(t, http.StatusOK, "1 danh mục tài liệu hết giá trị chờ duyệt")
		page := o.page(t, head, "/ho-so")
		deciding := page.mustForm(t, at+"/"+lists[0].ID, "reason", "Theo biên bản họp")
		if deciding.Get("approved") != "" {
			t.Error("the decision is preset")
		}
		back := o.submit(t, head, at+"/"+lists[0].ID, deciding)
		if back.is(t, http.StatusUnprocessableEntity); back.mustForm(t, at+"/"+lists[0].ID).Get("reason") != "Theo biên bản họp" {
			t.Error("what was typed is gone")
		}
		deciding.Set("approved", decision)
		for range 2 {
			o.submit(t, head, at+"/"+lists[0].ID, deciding).leads(t, "/ho-so?n=filed")
		}
		o.submit(t, archivist, at, form).leads(t, "/ho-so?n=filed") // the proposal again, after the decision
		if after := o.seqs(t)[here]; after != before+2 {
			t.Errorf("round %d: the journal went from %d to %d", round, before, after)
		}
		want := map[string]record.DossierState{"no": record.DossierTransferred, "yes": record.DossierDisposable}[decision]
		if d, err := o.cfg.Desk.Dossier(t.Context(), here, two.Key()); err != nil || d.State != want {
			t.Errorf("%s: %+v %v", decision, d, err)
		}
	}
}

// A document is filed from its own page: the likely dossier is offered first, what
// goes wrong stands at the field, and the page then names the dossier.
func TestFiledFromTheDocument(t *testing.T) {
	o := house.open(t)
	doc, likely := o.standing(t, record.Recalled), o.opened(t)
	at := documentAddress(doc.ID)
	other := record.Dossier{Year: 2025, Code: "12." + rand.Text()[:8], Title: "Hồ sơ năm sau", Retention: record.Retention{Rule: "bao-cao-thang"}}
	if _, err := o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossier, record.Filed{Dossier: &other}, "", ""); err != nil {
		t.Fatal(err)
	}
	p := o.page(t, o.people["secretary"], at)
	var offered []string
	for _, x := range p.all("select") {
		if attr(x, "id") == "file-dossier" {
			for _, y := range elements(x, "option") {
				offered = append(offered, attr(y, "value"))
			}
		}
	}
	if i, j := slices.Index(offered, likely.Key()), slices.Index(offered, other.Key()); i < 0 || j < i {
		t.Errorf("offered are %v", offered)
	}
	form := p.mustForm(t, at+"/ho-so", "dossier", likely.Key())
	before := o.seqs(t)[here]
	for range 2 {
		o.submit(t, o.people["secretary"], at+"/ho-so", form).leads(t, at+"?n=filed")
	}
	if after := o.seqs(t)[here]; after != before+1 {
		t.Errorf("the journal went from %d to %d", before, after)
	}
	for _, who := range []string{"secretary", "archivist"} {
		p = o.page(t, o.people[who], at)
		p.is(t, http.StatusOK, likely.Key(), likely.Title)
		if to := "/ho-so/" + here + "/" + likely.Key(); !slices.Contains(hrefs(p.all("a")), to) {
			t.Errorf("%s finds no way to %s", who, to)
		}
	}
	form.Set("request", rand.Text())
	p = o.submit(t, o.people["secretary"], at+"/ho-so", form)
	if p.is(t, http.StatusConflict); !slices.Contains(p.faults("file-dossier"), "Văn bản đã ở trong hồ sơ "+likely.Key()) {
		t.Errorf("%v", p.faults("file-dossier"))
	}
	for _, x := range unsound(p) {
		t.Error(x)
	}
	o.submit(t, o.people["secretary"], documentAddress(o.standing(t, record.Draft).ID)+"/ho-so", form).is(t, http.StatusConflict, "chưa phát hành")
}

// A document whose record in the archive is damaged or gone is named as that, and
// the rest of the catalogue stays.
func TestCatalogueWithAnUnreadableDocument(t *testing.T) {
	o := house.open(t)
	good, bad, d := o.standing(t, record.Issued), o.document(t, record.Registered), o.opened(t)
	for _, doc := range []record.Document{bad, good} {
		if _, err := o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossierAdd, record.Filed{Key: d.Key(), Document: doc.ID}, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	file := o.find(t, string(bad.Manifest))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		t.Helper()
		if err := errors.Join(os.Chmod(file, 0o600), os.WriteFile(file, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	defer put(whole)
	address := "/ho-so/" + here + "/" + d.Key()
	for _, spoil := range []func(){func() { put(bytes.Replace(whole, []byte("e"), []byte("f"), 1)) }, func() {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}} {
		spoil()
		p := o.page(t, o.people["secretary"], address)
		p.is(t, http.StatusOK, "Không đọc được bản ghi của văn bản này", bad.ID, good.Symbol, "Kiểm tra công tác văn thư")
		p.mustForm(t, address+"/bo", "reason", "x")
		if err := os.WriteFile(file, whole, 0o600); err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Fatal(err)
		}
	}
}

// find is the one file of the archive with this name.
func (o *office) find(t testing.TB, name string) (found string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(o.dir, "archive"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), name) {
			found = path
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no file %s: %v", name, err)
	}
	return found
}

// A long file list comes in parts, by year and by words.
func TestLongFileList(t *testing.T) {
	o := house.open(t)
	for i := range dossiersShown + 5 {
		d := record.Dossier{Year: 2031, Code: fmt.Sprintf("%03d.DS", i+1), Title: "Hồ sơ đất đai thửa " + itoa(i+1), Retention: record.Retention{Rule: "bao-cao-thang"}}
		if _, err := o.cfg.Desk.FileDossier(t.Context(), o.actor("secretary"), here, record.CmdDossier, record.Filed{Dossier: &d}, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	clerk := o.people["clerk"]
	p := o.page(t, clerk, "/ho-so?year=2031")
	p.is(t, http.StatusOK, "1–100 trong 105 hồ sơ", "2031/001.DS", "2031/100.DS")
	next := ""
	for _, a := range p.all("a") {
		if attr(a, "rel") == "next" {
			next = attr(a, "href")
		}
	}
	p = o.page(t, clerk, next)
	p.is(t, http.StatusOK, "101–105 trong 105 hồ sơ", "2031/105.DS", "Trang trước")
	if strings.Contains(p.text(), "2031/100.DS") || strings.Contains(p.text(), "Trang sau") {
		t.Error("the parts overlap, or go on past the end")
	}
	p = o.page(t, clerk, "/ho-so?year=0&q=dat+dai+thua+77")
	p.is(t, http.StatusOK, "2031/077.DS", "1 hồ sơ")
	o.page(t, clerk, "/ho-so?year=2031&q=khong+co").is(t, http.StatusOK, "Không có hồ sơ nào khớp")
	o.page(t, clerk, "/ho-so?nam=2031").is(t, http.StatusUnprocessableEntity)
	for _, x := range unsound(p) {
		t.Error(x)
	}
}
