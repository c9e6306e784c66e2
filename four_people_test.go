package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/server"
)

// Four people in four roles take both example plans from JSON to the issued
// document over HTTP, on both stores; programs that are not ours judge the
// result.
func TestFourPeople(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		s := startService(t, flags...)
		for _, seed := range []struct{ file, date, dateLine, words string }{
			{"000_90bb067c4e1b730f", "2024-03-22", "Vũng Tàu, ngày 22 tháng 3 năm 2024", "cai cach hanh chinh vung tau"},
			{"004_814da083965fc256", "2021-12-05", "Đông Hòa, ngày 05 tháng 12 năm 2021", "dong hoa"},
		} {
			in := envelope(t, seeds+seed.file+".json", func(v map[string]any) { v["date"] = seed.date })
			doc := s.fourPeople(t, in)
			clerk := s.login("clerk")
			files := make([][]byte, doc.Version+1)
			for n := doc.Version - 2; n <= doc.Version; n++ { // submitted, signed, sealed
				files[n] = clerk.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", doc.ID, n))
				if files[n-1] != nil && (!bytes.HasPrefix(files[n], files[n-1]) || len(files[n]) == len(files[n-1])) {
					t.Errorf("version %d does not begin with version %d", n, n-1)
				}
			}
			final := files[doc.Version]
			if record.DigestOf(final) != doc.PDF {
				t.Error("the PDF is not the one that the document names")
			}
			out := write(t, filepath.Join(dir, doc.ID+".pdf"), final)
			checkOutside(t, out, filepath.Join(dir, demoCA), 2)
			checkPages(t, out, 5, 9)
			checkLine(t, out, "Số:", "01/KH-UBND")
			checkLine(t, out, strings.Fields(seed.dateLine)...)
			checkWords(t, read(t, seeds+seed.file+".json"), tool(t, "pdftotext", "-layout", out, "-"))
			s.archivistFinds(t, doc, seed.words, final)
		}
		good(t, nil, with(flags2("audit", flags))...)
	})
}

// fourPeople is the way of one document, each step by who does it.
func (s *service) fourPeople(t *testing.T, in []byte) server.Document {
	t.Helper()
	secretary, official, clerk := s.login("secretary"), s.login("signatory"), s.login("clerk")
	r := secretary.ask("POST", "/api/v1/documents", in, "Idempotency-Key", "four-people")
	doc, err := r.document()
	if err != nil {
		t.Fatal(err)
	}
	if r.status != http.StatusCreated || doc.State != record.Draft || r.header.Get("Location") != "/api/v1/documents/"+doc.ID {
		t.Fatalf("created %d %+v", r.status, doc)
	}
	if page := secretary.get("/api/v1/documents/" + doc.ID + "/preview"); !bytes.HasPrefix(page, []byte("%PDF-")) {
		t.Error("the preview is no PDF")
	}
	doc, tag := secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
	if len(doc.Warnings) > 0 {
		t.Errorf("warned: %v", doc.Warnings)
	}
	doc, tag = official.must(doc, tag, record.CmdReturn, `{"reason":"Bổ sung căn cứ"}`)
	if doc.Reason != "Bổ sung căn cứ" {
		t.Errorf("reason %q", doc.Reason)
	}
	r = secretary.ask("PUT", "/api/v1/documents/"+doc.ID, in, "If-Match", tag)
	if doc, err = r.document(); err != nil {
		t.Fatal(err)
	}
	doc, tag = secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
	doc, tag = official.must(doc, tag, record.CmdSign, `{"pdf_sha256":"`+string(doc.PDF)+`"}`)
	doc, tag = clerk.must(doc, tag, record.CmdNumber, "")
	doc, _ = clerk.must(doc, tag, record.CmdSeal, "")
	if doc.State != record.Issued || doc.Number != 1 || len(doc.Signatures) != 2 {
		t.Fatalf("issued %+v", doc)
	}
	return doc
}

// archivistFinds looks for the document as years later: by words without
// accents, in its history, in the register, and by its file.
func (s *service) archivistFinds(t *testing.T, doc server.Document, words string, final []byte) {
	t.Helper()
	archivist := s.login("archivist")
	var found server.Documents
	if err := json.Unmarshal(archivist.get("/api/v1/documents?state=issued&q="+strings.ReplaceAll(words, " ", "+")), &found); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(found.Items, func(x server.Item) bool { return x.ID == doc.ID && x.Symbol == "01/KH-UBND" }) {
		t.Errorf("%q does not find it: %+v", words, found.Items)
	}
	var steps server.Steps
	if err := json.Unmarshal(archivist.get("/api/v1/documents/"+doc.ID+"/history"), &steps); err != nil {
		t.Fatal(err)
	}
	var done []string
	for _, x := range steps.Items {
		done = append(done, x.Actor+" "+string(x.Command))
	}
	if want := []string{"secretary draft", "secretary submit", "signatory return", "secretary revise", "secretary submit", "signatory sign", "clerk number", "clerk seal"}; !slices.Equal(done, want) {
		t.Errorf("history %v", done)
	}
	var register server.Register
	if err := json.Unmarshal(archivist.get(fmt.Sprintf("/api/v1/registers/%s/%d", doc.Organization, doc.Date.Year())), &register); err != nil {
		t.Fatal(err)
	}
	if len(register.Items) != 1 || register.Items[0].Symbol != doc.Symbol {
		t.Errorf("register %+v", register.Items)
	}
	r := archivist.ask("POST", "/api/v1/verify", final, "Content-Type", "application/pdf")
	var verified server.Verified
	if err := json.Unmarshal(r.body, &verified); err != nil {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if verified.Verdict != "valid" || verified.Archive.Document != doc.ID || !verified.Archive.Current || verified.SecondOpinion == nil {
		t.Errorf("verified %+v", verified)
	}
}
