package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	edxml := func(business string) []string {
		return []string{"handover", "edxml", docs[0].ID, "--organ-id", "H06.12", "--business", business, "-o", message, "--demo", "--data", dir}
	}
	if said := refusedWith(t, edxml("new")...); !strings.Contains(said, "edxml-invalid") && !strings.Contains(said, "nhận") {
		t.Errorf("to nobody: %s", said)
	}
	if _, err := addresses.New(o.backend.Work).Add(ctx, vungTau, addresses.Entry{Name: "UBND tỉnh", Code: "H06", Channel: "portal"}); err != nil {
		t.Fatal(err)
	}
	good(t, nil, edxml("new")...)
	if said := good(t, nil, "handover", "check", message).out; !strings.Contains(said, "Kế hoạch 01/KH-UBND ngày 20/3/2024") || !strings.Contains(said, "1 tệp") {
		t.Errorf("%s", said)
	}
	os.Remove(message)
	refusedWith(t, edxml("recall")...)
	if _, err := o.desk.Recall(ctx, o.cast.Clerk, deskRef(docs[0]), "Sai căn cứ"); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, edxml("new")...)
	good(t, nil, edxml("recall")...)
	if raw := string(read(t, message)); !strings.Contains(raw, "Sai căn cứ") || !strings.Contains(raw, "<BussinessDocType>1</BussinessDocType>") && !strings.Contains(raw, ":BussinessDocType>1<") {
		t.Error("the message does not recall")
	}
	refusedWith(t, "handover", "check", write(t, filepath.Join(t.TempDir(), "x"), []byte("không phải gì")))
}
