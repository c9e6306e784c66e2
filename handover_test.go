package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/exchange/edxml"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/addresses"
)

// A dossier goes to others as SIP and as a bag, a document as edXML: each is
// judged by a program that shares no code with what made it.
func TestHandover(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	var docs []record.Document
	for _, day := range []string{"2024-03-20", "2024-03-22"} {
		doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: jointPlan(t, func(v map[string]any) {
			v["template"], v["date"] = "ke-hoach", day
			delete(v, "cosignatories")
		})})
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	d := record.Dossier{Year: 2024, Code: "01.VHTT", Title: "Hồ sơ kiểm tra công tác văn thư", Retention: record.Retention{Rule: "ke-hoach-hang-nam"}, Keeper: "VHTT", Started: "2024-01-02"}
	file := func(c record.Command, f record.Filed) {
		t.Helper()
		f.Key = d.Key()
		if _, err := o.desk.FileDossier(ctx, o.cast.Secretary, vungTau, c, f, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	file(record.CmdDossier, record.Filed{Dossier: &d})
	for _, doc := range docs {
		file(record.CmdDossierAdd, record.Filed{Document: doc.ID})
	}
	flags := []string{"--org", vungTau, "--demo", "--data", dir}
	out := filepath.Join(t.TempDir(), "out.zip")
	sip := with([]string{"handover", "sip", d.Key(), "--organ-id", "H06.12", "--access", "public", "-o", out}, flags...)
	if said := refusedWith(t, sip...); !strings.Contains(said, "chưa kết thúc") {
		t.Errorf("an open dossier: %s", said)
	}
	file(record.CmdDossierEnd, record.Filed{Ended: record.DateOf(time.Now())})
	good(t, nil, sip...)
	if said := good(t, nil, "handover", "check", out).out; !strings.Contains(said, "SIP") || !strings.Contains(said, "2 văn bản") {
		t.Errorf("%s", said)
	}
	judge := func(script, file string) {
		t.Helper()
		tool(t, "python3", script, file)
	}
	judge("exchange/sip/testdata/structure.py", out)
	bag := filepath.Join(t.TempDir(), "bag.zip")
	good(t, nil, with([]string{"handover", "bag", d.Key(), "-o", bag}, flags...)...)
	if said := good(t, nil, "handover", "check", bag).out; !strings.Contains(said, "BagIt 1.0") {
		t.Errorf("%s", said)
	}
	judge("exchange/bagit/testdata/rfc8493.py", bag)
	b := read(t, bag)
	b[len(b)/2] ^= 1
	if said := refusedWith(t, "handover", "check", write(t, filepath.Join(t.TempDir(), "hong.zip"), b)); said == "" {
		t.Error("a flipped bit says nothing")
	}

	message := filepath.Join(t.TempDir(), "gui.edxml")
	exported := func(business string) []string {
		return []string{"handover", "edxml", docs[0].ID, "--organ-id", "H06.12", "--business", business, "-o", message, "--demo", "--data", dir}
	}
	if said := refusedWith(t, exported("new")...); !strings.Contains(said, "edxml-invalid") && !strings.Contains(said, "nhận") {
		t.Errorf("to nobody: %s", said)
	}
	if _, err := addresses.New(o.backend.Work).Add(ctx, vungTau, addresses.Entry{Name: "UBND tỉnh", Code: "H06", Channel: "portal"}); err != nil {
		t.Fatal(err)
	}
	good(t, nil, exported("new")...)
	if said := good(t, nil, "handover", "check", message).out; !strings.Contains(said, "Kế hoạch 01/KH-UBND ngày 20/3/2024") || !strings.Contains(said, "1 tệp") {
		t.Errorf("%s", said)
	}
	os.Remove(message)
	refusedWith(t, exported("recall")...)
	if _, err := o.desk.Recall(ctx, o.cast.Clerk, deskRef(docs[0]), "Sai căn cứ"); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, exported("new")...)
	good(t, nil, exported("recall")...)
	if raw := string(read(t, message)); !strings.Contains(raw, "Sai căn cứ") || !strings.Contains(raw, "<BussinessDocType>1</BussinessDocType>") && !strings.Contains(raw, ":BussinessDocType>1<") {
		t.Error("the message does not recall")
	}
	refusedWith(t, "handover", "check", write(t, filepath.Join(t.TempDir(), "x"), []byte("không phải gì")))
}

// What a recipient's system answers is noted for that recipient: taken in, and
// aware of the recall; everything else is told and changes nothing.
func TestStatusOfARecipient(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: jointPlan(t, func(v map[string]any) {
		v["template"], v["date"] = "ke-hoach", "2024-03-20"
		delete(v, "cosignatories")
	})})
	if err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]string{"UBND tỉnh": "H06", "Lưu: VT": "H06.1"} {
		if _, err := addresses.New(o.backend.Work).Add(ctx, vungTau, addresses.Entry{Name: name, Code: code, Channel: "paper"}); err != nil {
			t.Fatal(err)
		}
	}
	status := func(from string, code edxml.StatusCode, change func(*edxml.Status)) []string {
		t.Helper()
		st := edxml.Status{ResponseFor: edxml.Reference{OrganID: "H06.12", Code: doc.Symbol, Date: doc.Date, DocumentID: "H06.12,2024/03/20," + doc.Symbol},
			From: edxml.Organ{ID: from, Name: "UBND tỉnh"}, Code: code, Description: "Văn thư tỉnh", Time: time.Now()}
		if change != nil {
			change(&st)
		}
		var b bytes.Buffer
		if err := st.Write(&b); err != nil {
			t.Fatal(err)
		}
		return []string{"handover", "status", write(t, filepath.Join(t.TempDir(), "trang-thai.edxml"), b.Bytes()), "--org", vungTau, "--demo", "--data", dir}
	}
	if said := refusedWith(t, status("H06", edxml.Received, nil)...); !strings.Contains(said, "Chưa gửi văn bản") {
		t.Errorf("before it was sent: %s", said)
	}
	if doc, err = o.desk.Dispatch(ctx, o.cast.Clerk, deskRef(doc), desk.Sending{}); err != nil {
		t.Fatal(err)
	}
	entries := func() int {
		t.Helper()
		now, err := o.desk.Document(ctx, deskRef(doc))
		if err != nil {
			t.Fatal(err)
		}
		return len(now.Entries)
	}
	before := entries()
	for _, x := range []struct {
		from   string
		code   edxml.StatusCode
		change func(*edxml.Status)
		says   string
	}{
		{"H99", edxml.Received, nil, "edxml-sender"},
		{"H06", edxml.Received, func(s *edxml.Status) { s.ResponseFor.Code = "99/KH-UBND" }, "edxml-reference"},
		{"H06", edxml.Received, func(s *edxml.Status) { s.ResponseFor.Date = "2024-03-21" }, "edxml-reference"},
	} {
		if said := refusedWith(t, status(x.from, x.code, x.change)...); !strings.Contains(said, x.says) {
			t.Errorf("%s: %s", x.says, said)
		}
	}
	for _, x := range []struct {
		code edxml.StatusCode
		says string
		adds int
	}{{edxml.Arrived, "không có gì phải ghi", 0}, {edxml.Refused, "Từ chối tiếp nhận Văn thư tỉnh", 0}, {edxml.Received, "đã ghi nhận nơi nhận đã nhận", 1}, {edxml.Done, "không có gì phải ghi", 0}, {edxml.Agreed, "không có gì phải ghi", 0}} {
		if said := good(t, nil, status("H06", x.code, nil)...).out; !strings.Contains(said, x.says) || !strings.Contains(said, "UBND tỉnh (b/c)") {
			t.Errorf("%s: %s", x.code, said)
		}
		if before += x.adds; entries() != before {
			t.Errorf("%s: the journal has %d entries about it, not %d", x.code, entries(), before)
		}
	}
	if _, err := o.desk.Recall(ctx, o.cast.Clerk, deskRef(doc), "Sai căn cứ"); err != nil {
		t.Fatal(err)
	}
	if said := good(t, nil, status("H06", edxml.Agreed, nil)...).out; !strings.Contains(said, "đã ghi nhận nơi nhận đã biết") {
		t.Errorf("%s", said)
	}
	now, err := o.desk.Document(ctx, deskRef(doc))
	if err != nil {
		t.Fatal(err)
	}
	if x, ok := now.Delivery("UBND tỉnh (b/c)"); !ok || x.Received.IsZero() || x.Told.IsZero() {
		t.Errorf("%+v", x)
	}
	message := filepath.Join(t.TempDir(), "gui.edxml")
	good(t, nil, "handover", "edxml", doc.ID, "--organ-id", "H06.12", "--business", "recall", "-o", message, "--demo", "--data", dir)
	if said := refusedWith(t, "handover", "status", message, "--org", vungTau, "--demo", "--data", dir); !strings.Contains(said, "không phải thông báo trạng thái") {
		t.Errorf("a message that is no status: %s", said)
	}
}
