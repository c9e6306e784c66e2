package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// A draft is sent out, answered for a unit and by a person, revised, and
// answered again; what was said of the first version stays with it.
func TestOpinionsByAPI(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Draft)
	at := "/api/v1/documents/" + doc.ID
	archivist := o.people["archivist"]
	tomorrow := record.DateOf(time.Now().AddDate(0, 0, 1))
	give := func(as, command string, body any) answer {
		return o.ask(t, request{method: "POST", path: at + "/" + command, as: o.people[as], body: body, header: map[string]string{"If-Match": etag(o.now(t, doc))}})
	}
	a := give("secretary", "consult", map[string]any{"people": []string{"nobody"}, "deadline": "2024-01-01"})
	a.want(t, http.StatusUnprocessableEntity, "consultation-invalid")
	var p problem
	a.into(t, &p)
	var faults []string
	for _, f := range p.Errors {
		faults = append(faults, f.Pointer+" "+f.Code)
	}
	slices.Sort(faults)
	if want := []string{"/deadline past", "/people/0 account-unknown", "/question required"}; !slices.Equal(faults, want) {
		t.Errorf("faults %v, want %v", faults, want)
	}

	give("secretary", "consult", map[string]any{"units": []string{"VHTT"}, "people": []string{archivist.account.ID}, "question": "Cho ý kiến về mục II.", "deadline": tomorrow}).want(t, http.StatusOK, "")
	// The one who asked, who was not asked and who is not of here say nothing.
	opinion := func(unit, stance, text string, version int) map[string]any {
		return map[string]any{"consultation": 1, "unit": unit, "stance": stance, "text": text, "version": version}
	}
	give("secretary", "opinion", opinion("VHTT", "agree", "", 1)).want(t, http.StatusForbidden, "not-asked")
	give("archivist", "opinion", opinion("VHTT", "agree", "", 1)).want(t, http.StatusForbidden, "not-asked")
	give("signatory", "opinion", opinion("", "agree", "", 1)).want(t, http.StatusForbidden, "not-asked")
	give("clerk-elsewhere", "opinion", opinion("VHTT", "agree", "", 1)).want(t, http.StatusNotFound, "document-not-found")
	give("archivist", "opinion", opinion("", "disagree", "", 1)).want(t, http.StatusUnprocessableEntity, "consultation-invalid")

	give("clerk", "opinion", opinion("VHTT", "agree-with-changes", "Bỏ điểm b.\r\nThêm <script>alert(1)</script>.", 1)).want(t, http.StatusOK, "")
	a = o.ask(t, request{method: "PUT", path: at, as: o.people["secretary"], body: plan(t, func(v map[string]any) { v["subject"] = "Kế hoạch đã sửa theo góp ý" }), header: map[string]string{"If-Match": etag(o.now(t, doc))}})
	a.want(t, http.StatusOK, "")
	give("archivist", "opinion", opinion("", "agree", "", 2)).want(t, http.StatusOK, "")

	var got Document
	o.ask(t, request{method: "GET", path: at, as: o.people["secretary"]}).into(t, &got)
	c := got.Consulted[0]
	if c.Question != "Cho ý kiến về mục II." || len(c.Awaited) != 0 || len(c.Opinions) != 2 || c.Opinions[0].Version != 1 || c.Opinions[0].Of.Unit != "VHTT" ||
		c.Opinions[0].By.Account != o.people["clerk"].account.ID || !strings.HasPrefix(c.Opinions[0].Text, "Bỏ điểm b.\nThêm") || c.Opinions[1].Version != 2 || c.Opinions[1].Late {
		t.Fatalf("%+v", c)
	}
	give("secretary", "end-consult", map[string]any{"consultation": 1, "reason": "Đủ ý kiến"}).want(t, http.StatusOK, "")
	give("archivist", "opinion", opinion("", "agree", "", 2)).want(t, http.StatusConflict, "consultation-ended")
	if now := o.now(t, doc); now.State != record.Draft || now.Reason != "" {
		t.Errorf("the draft became %+v", now)
	}
}

// An organisation that lists its units is asked by them alone.
func TestOpinionOfUnknownUnit(t *testing.T) {
	o := house.open(t)
	const id = "co-don-vi"
	var x record.Organization
	if err := json.Unmarshal([]byte(`{"names":[{"lines":["SỞ MẪU"],"name":"Sở Mẫu","abbreviation":"SM","head_title":"GIÁM ĐỐC","place":"Mẫu"}],
		"units":[{"abbreviation":"VP","name":"Văn phòng"}],"appointments":[{"person":"nguoi-ky","name":"Trần Văn Ký","title":"GIÁM ĐỐC","capacities":["HEAD"],"decision":"Quyết định số 1"}],
		"series":[{"id":"hanh-chinh"}],"seals":[{"id":"dau","diameter_mm":36}]}`), &x); err != nil {
		t.Fatal(err)
	}
	x.ID = id
	content, err := json.Marshal(x)
	if err == nil {
		err = o.cfg.Desk.PublishOrganization(t.Context(), chief, id, content)
	}
	if err != nil {
		t.Fatal(err)
	}
	secretary := desk.Actor{ID: "s", Roles: []record.Role{record.Secretary}}
	doc, err := o.cfg.Desk.Draft(t.Context(), secretary, desk.Input{Raw: plan(t, func(v map[string]any) {
		v["organization"], v["signatory"] = id, map[string]any{"person": "nguoi-ky", "capacity": "HEAD"}
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.cfg.Desk.Consult(t.Context(), secretary, deskRef(doc), desk.Asking{Units: []string{"VP", "TCKH"}, Question: "?", Deadline: record.DateOf(time.Now())})
	if f := record.FaultsOf(err); len(f) != 1 || f[0].Pointer != "/units/1" || f[0].Code != "unit-unknown" {
		t.Fatalf("%v %v", err, f)
	}
}

// Who is asked finds the draft on the start page and answers there.
func TestOpinionsByPage(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Draft)
	at := documentAddress(doc.ID)
	asked, deadline := o.newcomer(t, record.Archivist), record.DateOf(time.Now())
	form := func(path string, v url.Values) request {
		v.Set(seenField, itoa(int(o.now(t, doc).Seq())))
		v.Set(requestField, newRequest())
		return request{method: "POST", path: at + "/" + path, body: v.Encode(), header: map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}}
	}
	send := func(as *person, path string, v url.Values) answer { q := form(path, v); q.as = as; return o.ask(t, q) }
	if a := send(o.people["secretary"], "xin-y-kien", url.Values{"units": {"VHTT"}, "question": {"Giữ lời này"}, "deadline": {"2020-01-01"}}); a.status != 422 || !strings.Contains(string(a.body), "Giữ lời này") || !strings.Contains(string(a.body), "đã qua") {
		t.Errorf("%d: what was typed is gone", a.status)
	}
	if a := send(o.people["secretary"], "xin-y-kien", url.Values{"people": {asked.account.ID}, "question": {"Có cần mục III?"}, "deadline": {string(deadline)}}); a.status != 303 {
		t.Fatalf("%d %s", a.status, clip(string(a.body)))
	}
	start := func(as *person) string {
		return string(o.ask(t, request{method: "GET", path: "/", as: as, header: map[string]string{"Accept": "text/html"}}).body)
	}
	if page := start(asked); !strings.Contains(page, "Chờ ý kiến của bạn") || !strings.Contains(page, at) {
		t.Error("the start page does not say what waits")
	}
	if page := start(o.people["archivist"]); strings.Contains(page, "Chờ ý kiến của bạn") {
		t.Error("others are asked too")
	}
	if a := send(asked, "gop-y", url.Values{"consultation": {"1"}, "version": {"1"}, "stance": {"disagree"}, "text": {"Trùng <b>mục</b> II"}}); a.status != 303 {
		t.Fatalf("%d %s", a.status, clip(string(a.body)))
	}
	page := string(o.ask(t, request{method: "GET", path: at, as: o.people["secretary"], header: map[string]string{"Accept": "text/html"}}).body)
	if !strings.Contains(page, "Không nhất trí") || !strings.Contains(page, "Trùng &lt;b&gt;mục&lt;/b&gt; II") {
		t.Error("the opinion is not shown as it was written")
	}
	if strings.Contains(start(asked), "Chờ ý kiến của bạn") {
		t.Error("it still waits")
	}
	// A whole opinion goes through a form.
	long := strings.Repeat("ý", record.MaxOpinion)
	if a := send(asked, "gop-y", url.Values{"consultation": {"1"}, "version": {"1"}, "stance": {"agree"}, "text": {long}}); a.status != 303 {
		t.Errorf("%d characters: %d %s", record.MaxOpinion, a.status, clip(string(a.body)))
	}
	if a := send(asked, "gop-y", url.Values{"consultation": {"1"}, "version": {"1"}, "stance": {"agree"}, "text": {long + "ý"}}); a.status != 422 {
		t.Errorf("one more: %d", a.status)
	}
}
