package server

import (
	"bytes"
	"testing"
	"time"

	"vanthu/exchange/edxml"
	"vanthu/record"
	"vanthu/server/addresses"
	"vanthu/server/handover"
)

// A recipient's edXML answer comes in by API: what it was taken for is said, what
// cannot be read is refused whole.
func TestStatusByAPI(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	const to = "UBND tỉnh (b/c)"
	entry, err := o.cfg.Addresses.Add(t.Context(), here, addresses.Entry{Name: to, Code: "H06", Channel: record.ByPaper})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := o.cfg.Addresses.Remove(t.Context(), here, entry.ID, 0); err != nil {
			t.Error(err)
		}
	}()
	take := func(body []byte) answer {
		t.Helper()
		return o.ask(t, request{method: "POST", path: "/api/v1/statuses/" + here, as: o.people["clerk"], body: body, header: map[string]string{"Content-Type": mediaXML}})
	}
	var b bytes.Buffer
	st := edxml.Status{ResponseFor: edxml.Reference{OrganID: "H06.12", Code: doc.Symbol, Date: doc.Date, DocumentID: "H06.12,2024/03/22," + doc.Symbol}, From: edxml.Organ{ID: "H06", Name: to}, Code: edxml.Received, Time: time.Now()}
	if err := st.Write(&b); err != nil {
		t.Fatal(err)
	}
	take(b.Bytes()).want(t, 409, "not-dispatched")
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": to, "channel": "paper"}).want(t, 200, "")
	for _, want := range []record.Command{record.CmdReceipt, ""} {
		var told handover.Told
		a := take(b.Bytes())
		a.want(t, 200, "")
		if a.into(t, &told); told.Command != want || told.Document != doc.ID || told.Recipient != to || told.Meaning != "Đã tiếp nhận" {
			t.Errorf("%+v", told)
		}
	}
	if x, _ := o.now(t, doc).Delivery(to); x.State != record.Received {
		t.Errorf("%+v", x)
	}
	take([]byte("<x/>")).want(t, 422, "edxml-form")
	take(bytes.Replace(b.Bytes(), []byte(">03<"), []byte(">99<"), 1)).want(t, 422, "edxml-invalid")
}
