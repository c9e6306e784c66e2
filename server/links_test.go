package server

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// link is the address that the clerk sees for a recipient.
func (o *office) link(t testing.TB, doc record.Document, recipient string) string {
	t.Helper()
	var got Document
	o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people["clerk"]}).into(t, &got)
	for _, x := range got.Deliveries {
		if x.Recipient == recipient {
			return x.URL
		}
	}
	t.Fatalf("no delivery to %s: %+v", recipient, got.Deliveries)
	return ""
}

func (o *office) command(t testing.TB, as string, doc record.Document, name string, body map[string]any) answer {
	t.Helper()
	return o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/" + name, as: o.people[as], body: body,
		header: map[string]string{"If-Match": "*", "Idempotency-Key": rand.Text()}})
}

func outcomes(t testing.TB, o *office, doc record.Document) (all []string) {
	t.Helper()
	entries, err := o.cfg.Desk.History(t.Context(), o.now(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case e.Command == record.CmdVisit:
			all = append(all, string(e.Handing.Outcome))
		case e.Command == record.CmdReceipt, e.Command == record.CmdTold:
			all = append(all, string(e.Command))
		}
	}
	return all
}

// A recipient without an account follows the link, reads, confirms; after a
// recall or past its time the same link says so and gives nothing away. Each is
// in the journal.
func TestLinkOfARecipient(t *testing.T) {
	o := house.open(t)
	now := time.Now()
	o.cfg.Desk.Now = func() time.Time { return now }
	defer func() { o.cfg.Desk.Now = time.Now }()
	doc := o.document(t, record.Issued)
	const to = "UBND tỉnh (b/c)"
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": to, "channel": "portal"}).want(t, 200, "")
	at := o.link(t, doc, to)
	for _, who := range []string{"secretary", "archivist"} { // only who sends sees the key
		var got Document
		o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people[who]}).into(t, &got)
		if len(got.Deliveries) != 1 || got.Deliveries[0].URL != "" {
			t.Errorf("%s sees %+v", who, got.Deliveries)
		}
	}
	p := o.page(t, nobody, at)
	p.is(t, http.StatusOK, "Kế hoạch "+doc.Symbol, "Văn bản gửi đến", to, "Xác nhận đã nhận văn bản")
	for _, wrong := range unsound(p) {
		t.Error(wrong)
	}
	a := o.ask(t, request{method: "GET", path: at + "/van-ban.pdf"})
	if a.status != 200 || record.DigestOf(a.body) != doc.PDF {
		t.Errorf("the link delivers %d, %s", a.status, record.DigestOf(a.body))
	}
	for _, x := range []string{"/kem-theo/input.json", "/kem-theo/document.docx", "/kem-theo/attachment-1.pdf", "/kem-theo/..%2Finput.json"} {
		if a := o.ask(t, request{method: "GET", path: at + x}); a.status != 404 {
			t.Errorf("%s: %d", x, a.status)
		}
	}
	for _, x := range []string{"/g/" + strings.Repeat("a", 32), "/g/x", "/g/" + strings.ToUpper(strings.TrimPrefix(at, "/g/"))} {
		o.page(t, nobody, x).is(t, http.StatusNotFound, "Không có đường dẫn này")
	}
	o.submit(t, nobody, at+"/da-nhan", url.Values{}).leads(t, at)
	o.submit(t, nobody, at+"/da-nhan", url.Values{}).leads(t, at)
	o.page(t, nobody, at).is(t, http.StatusOK, "Đã xác nhận lúc")

	now = now.Add(desk.LinkLife + time.Hour)
	p = o.page(t, nobody, at)
	p.is(t, http.StatusGone, "Đường dẫn đã hết hạn", "đề nghị văn thư")
	o.page(t, nobody, at+"/van-ban.pdf").is(t, http.StatusConflict, "link-expired")
	o.submit(t, nobody, at+"/da-nhan", url.Values{}).is(t, http.StatusConflict)

	o.command(t, "clerk", doc, "recall", map[string]any{"reason": "Sai căn cứ pháp lý"}).want(t, 200, "")
	p = o.page(t, nobody, at)
	p.is(t, http.StatusGone, "VĂN BẢN ĐÃ BỊ THU HỒI", "Sai căn cứ pháp lý", "Xác nhận đã biết")
	for _, wrong := range unsound(p) {
		t.Error(wrong)
	}
	if strings.Contains(string(p.body), "van-ban.pdf") {
		t.Error("the page of a recalled document leads to its file")
	}
	o.page(t, nobody, at+"/van-ban.pdf").is(t, http.StatusConflict, "link-recalled")
	o.submit(t, nobody, at+"/da-nhan", url.Values{}).leads(t, at)
	if got, want := strings.Join(outcomes(t, o, doc), " "), "opened receipt expired recalled told"; got != want {
		t.Errorf("the journal says %q, want %q", got, want)
	}
	o.page(t, nobody, "/v/"+doc.ID).is(t, http.StatusOK, "VĂN BẢN ĐÃ BỊ THU HỒI", "Sai căn cứ pháp lý")
	o.page(t, o.people["clerk"], documentAddress(doc.ID)).is(t, http.StatusOK, "Đã báo")
}

// The short link tells what everybody may know of what went out, and nothing of
// what did not.
func TestShortLink(t *testing.T) {
	o := house.open(t)
	issued, draft := o.standing(t, record.Issued), o.standing(t, record.Draft)
	p := o.page(t, nobody, "/v/"+issued.ID)
	p.is(t, http.StatusOK, "Kế hoạch "+issued.Symbol, "chưa bị thu hồi hay thay thế")
	for _, wrong := range unsound(p) {
		t.Error(wrong)
	}
	for _, code := range []string{draft.ID, strings.Repeat("a", 26), "x"} {
		o.page(t, nobody, "/v/"+code).is(t, http.StatusNotFound)
	}
	replaced := o.standing(t, record.Superseded)
	o.page(t, nobody, "/v/"+replaced.ID).is(t, http.StatusOK, "VĂN BẢN ĐÃ ĐƯỢC THAY THẾ")
}

// The printed, the kept and the delivered list agree once all was sent; sending
// to all sends to nobody twice.
func TestDeliveriesAgree(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	var d Deliveries
	look := func() Deliveries {
		t.Helper()
		a := o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID + "/deliveries", as: o.people["clerk"]})
		a.want(t, 200, "")
		d = Deliveries{}
		a.into(t, &d)
		return d
	}
	if look(); d.Agree || len(d.Items) == 0 {
		t.Fatalf("before anything was sent: %+v", d)
	}
	for _, x := range d.Items {
		if !x.Printed || !x.Kept || x.Delivery != nil {
			t.Errorf("%+v", x)
		}
	}
	one := d.Items[0].Recipient
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": one, "channel": "paper"}).want(t, 200, "")
	o.command(t, "clerk", doc, "dispatch", map[string]any{}).want(t, 422, "recipient-missing")
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": one, "channel": "email"}).want(t, 422, "dispatch-invalid")
	if a := o.command(t, "clerk", doc, "dispatch", map[string]any{"all": true}); a.status == 422 {
		t.Fatalf("%s", a.body)
	}
	o.command(t, "clerk", doc, "dispatch", map[string]any{"all": true}).want(t, 409, "dispatched-already")
	if look(); !d.Agree {
		t.Errorf("%+v", d)
	}
	list := o.get(t, "clerk", "/api/v1/documents/"+doc.ID+"/deliveries/list?format=csv", nil)
	if list.want(t, 200, ""); strings.Count(string(list.body), "\n") != len(d.Items)+1 || !strings.Contains(string(list.body), one) {
		t.Errorf("%s", list.body)
	}
	for _, x := range o.now(t, doc).Deliveries {
		if x.Times != 1 {
			t.Errorf("sent %d times to %s", x.Times, x.Recipient)
		}
	}
}
