package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

// A paper document goes its way after the register too: it is handed over,
// received, put on hold, corrected, replaced and recalled; nothing is offered that
// would need its file.
func TestPaperDocumentGoesOn(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Registered)
	const to = "Các phòng, đơn vị"
	var got Document
	read := func() string {
		got = Document{}
		o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people["clerk"]}).into(t, &got)
		return string(got.State)
	}
	offered := func(state string, want ...record.Command) {
		t.Helper()
		if is := read(); is != state {
			t.Fatalf("the document is %s, not %s", is, state)
		}
		if !slices.Equal(got.Actions, want) {
			t.Errorf("%s: the clerk is offered %v, not %v", state, got.Actions, want)
		}
	}
	offered("registered", record.CmdDispatch, record.CmdRecall, record.CmdSupersede, record.CmdCorrect)
	o.page(t, o.people["clerk"], "/van-ban/"+doc.ID).is(t, http.StatusOK, "chỉ vào sổ, không có tệp ở đây", "Mời họp giao ban")

	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": to, "channel": "email"}).want(t, 422, "dispatch-invalid")
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": to}).want(t, 200, "")
	o.command(t, "clerk", doc, "receipt", map[string]any{"recipient": to}).want(t, 200, "")
	offered("registered", record.CmdDispatch, record.CmdRecall, record.CmdSupersede, record.CmdCorrect)
	if x := got.Deliveries; len(x) != 1 || x[0].Channel != record.ByPaper || x[0].State != record.Received || x[0].URL != "" || x[0].PDF != "" {
		t.Errorf("delivered: %+v", x)
	}
	if a := o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID + "/deliveries/list?format=csv", as: o.people["clerk"]}); a.status != 200 || !strings.Contains(string(a.body), to) {
		t.Errorf("the list to have signed: %d %s", a.status, a.body)
	}
	o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID + "/deliveries", as: o.people["clerk"]}).want(t, 409, "state")
	o.command(t, "archivist", doc, "hold", map[string]any{"reason": "Thanh tra"}).want(t, 200, "")
	o.command(t, "archivist", doc, "release", map[string]any{"reason": "Xong thanh tra"}).want(t, 200, "")

	// Corrected by a letter made here, replaced by one on paper.
	letter, other := o.document(t, record.Issued), o.document(t, record.Registered)
	o.command(t, "clerk", doc, "correct", map[string]any{"linked": letter.ID}).want(t, 200, "")
	o.command(t, "clerk", doc, "supersede", map[string]any{"linked": other.ID}).want(t, 200, "")
	offered("superseded", record.CmdTold)
	o.page(t, o.people["clerk"], "/van-ban/"+doc.ID).is(t, http.StatusOK, "Được đính chính bởi", letter.Symbol, "Đã được thay thế bởi", other.Symbol)
	o.command(t, "clerk", doc, "told", map[string]any{"recipient": to}).want(t, 200, "")
	o.page(t, nobody, "/v/"+doc.ID).is(t, http.StatusNotFound, "Không có văn bản")

	o.command(t, "clerk", other, "recall", map[string]any{"reason": "Gửi nhầm"}).want(t, 200, "")
	o.command(t, "archivist", other, "evidence", map[string]any{}).want(t, 409, "state")
	o.ask(t, request{method: "GET", path: "/api/v1/documents/" + other.ID + "/package", as: o.people["archivist"]}).want(t, 409, "not-issued")
	due, err := o.cfg.Desk.Evidence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range due {
		if d.Document.Booked != nil {
			t.Errorf("evidence is awaited for %s, which has no file", d.Document.Symbol)
		}
	}

	// A document of here that one on paper replaces says so to everybody, and leads
	// nowhere.
	third := o.document(t, record.Registered)
	o.command(t, "clerk", letter, "supersede", map[string]any{"linked": third.ID}).want(t, 200, "")
	p := o.page(t, nobody, "/v/"+letter.ID)
	p.is(t, http.StatusOK, "VĂN BẢN ĐÃ ĐƯỢC THAY THẾ", "Đã được thay thế bởi", third.Symbol)
	if strings.Contains(string(p.body), "/v/"+third.ID) {
		t.Error("a paper document is linked from the page for everybody")
	}
	if err := o.cfg.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := o.cfg.Index.Registered(t.Context(), here, []string{doc.ID, other.ID})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := found[doc.ID].Note, "Được thay thế bằng văn bản số "+other.Symbol+"; Được đính chính bằng văn bản số "+letter.Symbol; got != want {
		t.Errorf("the register notes %q, not %q", got, want)
	}
	if x := found[doc.ID]; x.Receipt == "" || x.HandedOver == "" || found[other.ID].Note != "Gửi nhầm" {
		t.Errorf("the register says %+v; %+v", x, found[other.ID])
	}
}
