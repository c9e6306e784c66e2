package server

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"testing"

	"vanthu/exchange/bagit"
	"vanthu/exchange/sip"
	"vanthu/record"
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
	at := "/2024/" + code
	var d Dossier
	post("secretary", at+"/add", map[string]any{"document": doc.ID}, rand.Text()).into(t, &d)
	if len(d.Items) != 1 || d.Items[0] != (record.DossierItem{Document: doc.ID, Ordinal: 1}) || d.State != record.DossierOpen {
		t.Errorf("%+v", d)
	}
	post("secretary", at+"/add", map[string]any{"document": doc.ID}, rand.Text()).want(t, 409, "filed-already")
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
	send("secretary", at, at+"/ket-thuc", at, "ended", "2024-03-30")
	o.page(t, o.people["archivist"], "/ho-so").is(t, http.StatusOK, "quá hạn nộp lưu", code)
	send("archivist", at, at+"/mo-lai", at, "reason", "Còn thiếu báo cáo")
	send("secretary", at, at+"/ket-thuc", at, "ended", "2024-03-30")
	send("archivist", at, at+"/nop-luu", at, "minutes", "01/BB-VP")
	p = o.page(t, o.people["archivist"], at)
	p.is(t, http.StatusOK, "Đã nộp lưu", doc.Symbol, "01/BB-VP")
	for _, x := range unsound(p) {
		t.Error(x)
	}
}
