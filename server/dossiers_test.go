package server

import (
	"crypto/rand"
	"testing"

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
	o.ask(t, request{method: "GET", path: "/api/v1/dossiers/" + here + at, as: o.people["clerk-elsewhere"]}).want(t, 404, "organization-not-found")
	o.ask(t, request{method: "POST", path: "/api/v1/disposals/" + here, as: o.people["archivist"], body: map[string]any{"dossiers": []string{"2024/" + code}, "reason": "Hết hạn"}}).want(t, 409, "dossier-kept")
}
