package server

import (
	"net/http"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// A draft that breaks a layout rule is kept and shown with what is wrong; it is
// not submitted, by API and page alike, and each error comes with its rule.
func TestSubmitIsRefusedForTheLayout(t *testing.T) {
	o := house.open(t)
	doc, err := o.cfg.Desk.Draft(t.Context(), o.actor("secretary"), desk.Input{Raw: plan(t, func(v map[string]any) {
		v["subject"] = "Cải cách ____ thủ tục"
	})})
	if err != nil {
		t.Fatal(err)
	}
	at := "/api/v1/documents/" + doc.ID
	var f Findings
	o.get(t, "secretary", at+"/findings", nil).into(t, &f)
	if len(f.Items) != 1 || f.Items[0].Rule != "R20" || f.Items[0].Level != record.LevelError {
		t.Fatalf("findings %+v", f.Items)
	}
	a := o.ask(t, request{method: "POST", path: at + "/submit", as: o.people["secretary"], header: map[string]string{"If-Match": etag(doc)}})
	a.want(t, http.StatusUnprocessableEntity, "lint")
	if got := a.faults(t); len(got) != 1 || got[0] != " R20" {
		t.Errorf("faults %q", got)
	}
	if m := a.problem(t).Errors[0].Message; !strings.Contains(m, "____") || !strings.Contains(m, "NĐ 30/2020") {
		t.Errorf("the fault says %q", m)
	}
	page := documentAddress(doc.ID)
	o.page(t, o.people["secretary"], page).is(t, http.StatusOK, "R20", f.Items[0].Message)
	form := o.page(t, o.people["secretary"], page).mustForm(t, page+"/trinh-ky")
	o.submit(t, o.people["secretary"], page+"/trinh-ky", form).is(t, http.StatusUnprocessableEntity, "Thể thức văn bản chưa đúng", "đoạn 10 (“Cải cách ____ thủ tục”): Còn chỗ", "____")
	if now := o.now(t, doc); now.State != record.Draft || now.Version != doc.Version {
		t.Errorf("it went on: %s, version %d", now.State, now.Version)
	}
}

// What is issued is judged as such: with its number, date and signatures.
func TestIssuedDocumentKeepsTheLayout(t *testing.T) {
	o := house.open(t)
	for _, state := range []record.Status{record.Submitted, record.Signed, record.Issued} {
		var f Findings
		o.get(t, "secretary", "/api/v1/documents/"+o.standing(t, state).ID+"/findings", nil).into(t, &f)
		for _, x := range f.Items {
			t.Errorf("%s: %+v", state, x)
		}
	}
}
