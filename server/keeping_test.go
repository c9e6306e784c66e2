package server

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
	"vanthu/storage/evidence"
)

// An archivist keeps a document from disposal and lets it go again, each once,
// with a reason that everybody sees.
func TestHold(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	give := func(command, reason string, status int, code string) {
		t.Helper()
		o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/" + command, as: o.people["archivist"],
			body: map[string]any{"reason": reason}, header: map[string]string{"If-Match": "*"}}).want(t, status, code)
	}
	shows := func(want string) {
		t.Helper()
		var d Document
		o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people["secretary"]}).into(t, &d)
		if d.Hold != want || d.Reason != "" || d.State != record.Issued {
			t.Errorf("hold %q, reason %q, %s; want %q", d.Hold, d.Reason, d.State, want)
		}
		page := o.page(t, o.people["secretary"], documentAddress(doc.ID))
		if got := strings.Contains(page.text(), "Đang được giữ lại"); got != (want != "") {
			t.Errorf("the page says that it is held: %v", got)
		}
	}
	shows("")
	give("release", "Không có gì", 409, "not-held")
	give("hold", " ", 422, "body-invalid")
	give("hold", "Thanh tra năm 2026", 200, "")
	shows("Thanh tra năm 2026")
	give("hold", "Lần nữa", 409, "held-already")
	give("release", "Thanh tra đã xong", 200, "")
	shows("")
}

// The log as tools read it: checkpoint, tiles, proofs; and the package, which
// proves itself.
func TestLogByAPI(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	if _, err := o.cfg.Logs.Checkpoint(t.Context(), here); err != nil {
		t.Fatal(err)
	}
	as := o.people["archivist"]
	get := func(path string) []byte {
		t.Helper()
		a := o.ask(t, request{method: "GET", path: "/api/v1/" + path, as: as})
		a.want(t, http.StatusOK, "")
		return a.body
	}
	var l LogState
	if err := json.Unmarshal(get("logs/"+here), &l); err != nil || l.Size < doc.Seq() {
		t.Fatalf("%+v, %v", l, err)
	}
	key, err := evidence.ParseKey(l.Key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := storage.OpenNote(l.Origin, get("logs/"+here+"/checkpoint"), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := storage.ParseCheckpoint(text)
	if err != nil || c.Size != l.Size || c.Root.String() != l.Root {
		t.Fatalf("%+v, %v", c, err)
	}
	width := min(l.Size, 256)
	tile := fmt.Sprintf("000.p/%d", width)
	if width == 256 {
		tile = "000"
	}
	if b := get("logs/" + here + "/tile/0/" + tile); len(b) != int(width)*32 {
		t.Errorf("a tile of %d bytes", len(b))
	}
	bundle := get("logs/" + here + "/tile/entries/" + tile)
	first := bundle[2 : 2+int(bundle[0])<<8+int(bundle[1])]
	var p LogProof
	if err := json.Unmarshal(get("logs/"+here+"/proof?entry=1"), &p); err != nil || storage.CheckInclusion(c, 1, first, p.Path) != nil {
		t.Errorf("%+v, %v", p, err)
	}
	b := get("documents/" + doc.ID + "/package")
	r, pdf, err := evidence.Check(t.Context(), b, evidence.Options{Keys: []ed25519.PublicKey{key}, Enclosed: o.cfg.Packages.Enclosed,
		Stamp: func([]byte, []byte) (time.Time, error) { return time.Time{}, nil }})
	if err != nil || !r.InForce() || !r.KeyKnown || record.DigestOf(pdf) != doc.PDF {
		t.Errorf("%+v, %v", r, err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("%.20q", pdf)
	}

	if err := o.cfg.Audits.Save(t.Context(), storage.AuditResult{Begun: time.Now(), Took: time.Second,
		Report: storage.AuditReport{Objects: 5, Problems: []storage.Problem{{Key: "blobs/x", Code: "damaged", Message: "Hỏng"}}}, Repaired: []string{"blobs/x"}}); err != nil {
		t.Fatal(err)
	}
	var a Audited
	if err := json.Unmarshal(get("audit"), &a); err != nil || a.Good || len(a.Problems) != 1 || a.Repaired[0] != "blobs/x" {
		t.Errorf("%+v, %v", a, err)
	}
	if m := o.ask(t, request{method: "GET", path: "/metrics"}); !bytes.Contains(m.body, []byte(`vanthu_audit{what="problems"} 1`)) {
		t.Error("the metrics say nothing of the problem")
	}
}
