package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
)

// form is a multipart body of a title and a file.
func form(t testing.TB, title string, file []byte) (body []byte, media string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("title", title); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "phu-luc.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// A document goes out with an attachment of its own; then it is copied, in
// every way, by the API and by the command line.
func TestAttachmentsAndCertifiedCopies(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		s := startService(t, flags...)
		secretary, official, clerk, archivist := s.login("secretary"), s.login("signatory"), s.login("clerk"), s.login("archivist")
		r := secretary.ask("POST", "/api/v1/documents", demoPlan(t))
		doc, err := r.document()
		if err != nil {
			t.Fatal(err)
		}
		tag := r.header.Get("ETag")
		attach := func(title string, file []byte) reply {
			body, media := form(t, title, file)
			q, err := http.NewRequest("POST", s.base+"/api/v1/documents/"+doc.ID+"/attachments", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Content-Type", media)
			q.Header.Set("If-Match", tag)
			a, err := secretary.http.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			all, err := io.ReadAll(a.Body)
			return reply{a.StatusCode, a.Header, all, err}
		}
		for code, file := range map[string][]byte{"pdf-damaged": []byte("không phải PDF"), "pdf-encrypted": encryptedPDF(t)} {
			if r := attach("Phụ lục I", file); r.status != http.StatusUnprocessableEntity || !bytes.Contains(r.body, []byte(code)) {
				t.Errorf("%s: %d %s", code, r.status, r.body)
			}
		}
		annex := read(t, "signer/testdata/plan-3-digits.pdf")
		for _, title := range []string{"Phụ lục I: Danh mục nhiệm vụ", "Phụ lục II: Kinh phí"} {
			r := attach(title, annex)
			if doc, err = r.document(); err != nil {
				t.Fatal(err)
			}
			tag = r.header.Get("ETag")
		}
		r = secretary.ask("POST", "/api/v1/documents/"+doc.ID+"/detach", `{"file":"attachment-2.pdf"}`, "If-Match", tag)
		if doc, err = r.document(); err != nil || len(doc.Attachments) != 1 {
			t.Fatalf("%+v, %v", doc.Attachments, err)
		}
		// What is attached stays through submit and revision.
		doc, tag = secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
		doc, tag = secretary.must(doc, tag, record.CmdWithdraw, "")
		r = secretary.ask("PUT", "/api/v1/documents/"+doc.ID, demoPlan(t), "If-Match", tag)
		if doc, err = r.document(); err != nil {
			t.Fatal(err)
		}
		doc, tag = secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
		doc, tag = official.must(doc, tag, record.CmdSign, fmt.Sprintf(`{"pdf_sha256":%q}`, doc.PDF))
		doc, tag = clerk.must(doc, tag, record.CmdNumber, "")
		doc, tag = clerk.must(doc, tag, record.CmdSeal, "")
		if len(doc.Attachments) != 1 || doc.Attachments[0].Title != "Phụ lục I: Danh mục nhiệm vụ" || len(doc.Signatures) != 3 || doc.Signatures[2].File != "attachment-1.pdf" {
			t.Fatalf("%+v %+v", doc.Attachments, doc.Signatures)
		}
		save := func(name string, b []byte) string { return write(t, filepath.Join(t.TempDir(), name), b) }
		marked := save("marked.pdf", archivist.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/attachments/attachment-1.pdf", doc.ID, doc.Version)))
		if text := tool(t, "pdftotext", "-layout", marked, "-"); !strings.Contains(text, "Số: "+doc.Symbol) || !strings.Contains(text, "+07:00") {
			t.Errorf("no mark: %s", firstLines(text, 8))
		}
		checkOutside(t, marked, filepath.Join(dir, demoCA), 1)
		good(t, nil, "verify", marked, "--trust", filepath.Join(dir, demoCA))

		// Copies have a register of their own, whatever their kind.
		if r := clerk.ask("POST", "/api/v1/documents/"+doc.ID+"/copy", `{"kind":"SL"}`, "If-Match", tag); r.status != http.StatusConflict || r.code() != "copy-source" {
			t.Errorf("sao lục of nothing: %d %s", r.status, r.body)
		}
		for body, pointer := range map[string]string{`{"kind":"TrS"}`: "/pages", `{"kind":"SY","pages":"1"}`: "/pages", `{"kind":"TrS","pages":"99"}`: "/pages", `{"kind":"X"}`: "/kind", `{"kind":"TrS","pages":"2-1"}`: "/pages"} {
			if r := clerk.ask("POST", "/api/v1/documents/"+doc.ID+"/copy", body, "If-Match", tag); r.status != http.StatusUnprocessableEntity || !bytes.Contains(r.body, []byte(pointer)) {
				t.Errorf("%s: %d %s", body, r.status, r.body)
			}
		}
		for i, x := range []struct {
			body, symbol, mark string
			signatures         int
		}{{`{"kind":"SY"}`, "01/SY-UBND", "Sao y", 3}, {`{"kind":"SL"}`, "02/SL-UBND", "Sao lục", 4}, {`{"kind":"TrS","pages":"1"}`, "03/TrS-UBND", "Trích sao", 1}} {
			doc, tag = clerk.must(doc, tag, record.CmdCopy, x.body)
			if len(doc.Copies) != i+1 || doc.Copies[i].Symbol != x.symbol || doc.State != record.Issued {
				t.Fatalf("%+v", doc.Copies)
			}
			file := save("copy.pdf", archivist.get(fmt.Sprintf("/api/v1/documents/%s/copies/%d/pdf", doc.ID, i+1)))
			if text := tool(t, "pdftotext", "-layout", file, "-"); !strings.Contains(text, x.mark) || !strings.Contains(text, "UBND thành phố Vũng Tàu") || !strings.Contains(text, "22 tháng 3") {
				t.Errorf("%s: %s", x.symbol, firstLines(text, 12))
			}
			said := good(t, nil, "verify", file, "--trust", filepath.Join(dir, demoCA), "--json")
			var report struct {
				Signatures []struct{ Verdict, Kind string }
			}
			if err := json.Unmarshal([]byte(said.out), &report); err != nil || len(report.Signatures) != x.signatures || report.Signatures[x.signatures-1].Kind != "copy" {
				t.Errorf("%s: %s", x.symbol, said.out)
			}
			// The archive knows it for the copy that it is.
			q := archivist.ask("POST", "/api/v1/verify", read(t, file), "Content-Type", "application/pdf")
			var known server.Verified
			if err := json.Unmarshal(q.body, &known); err != nil || known.Archive.Copy != x.symbol || !known.Archive.Known || known.Archive.Document != doc.ID {
				t.Errorf("%s: %s", x.symbol, q.body)
			}
		}
		var register server.CopyRegister
		if err := json.Unmarshal(archivist.get("/api/v1/registers/ubnd-tp-vung-tau/2024/copies"), &register); err != nil || len(register.Items) != 3 ||
			register.Items[2].Symbol != "03/TrS-UBND" || register.Items[2].Of != doc.Symbol || register.Items[2].Index != 3 {
			t.Errorf("%+v", register)
		}
		s.kill()
		more := with(flags, "-o", filepath.Join(t.TempDir(), "sy.pdf"))
		said := good(t, nil, append([]string{"copy", doc.ID, "SY"}, more...)...)
		if !strings.Contains(said.err, "04/SY-UBND") {
			t.Errorf("%s", said.err)
		}
		good(t, nil, append([]string{"audit"}, flags...)...)
	})
}

func encryptedPDF(t testing.TB) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "e.pdf")
	tool(t, "qpdf", "--encrypt", "u", "o", "256", "--", "signer/testdata/plan-3-digits.pdf", out)
	return read(t, out)
}

// Whoever has the file of a document that was recalled or replaced is told so
// before anything else.
func TestVerificationTellsOfRecall(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	issue := func() (record.Document, string) {
		doc, err := o.desk.Issue(ctx, o.cast, deskInput(demoPlan(t)))
		if err != nil {
			t.Fatal(err)
		}
		b, err := o.archive.Blob(ctx, doc.PDF)
		if err != nil {
			t.Fatal(err)
		}
		return doc, write(t, filepath.Join(t.TempDir(), "d.pdf"), b)
	}
	first, firstFile := issue()
	second, secondFile := issue()
	if _, err := o.desk.Recall(ctx, o.cast.Clerk, deskRef(first), "Ban hành trái thẩm quyền"); err != nil {
		t.Fatal(err)
	}
	third, thirdFile := issue()
	if _, err := o.desk.Supersede(ctx, o.cast.Clerk, deskRef(second), third.ID); err != nil {
		t.Fatal(err)
	}
	extended := write(t, filepath.Join(t.TempDir(), "x.pdf"), append(read(t, thirdFile), "\n% thêm\n"...))
	o.close()
	for file, want := range map[string]struct {
		code int
		says string
	}{firstFile: {1, "VĂN BẢN ĐÃ BỊ THU HỒI: Ban hành trái thẩm quyền."}, secondFile: {1, "VĂN BẢN ĐÃ ĐƯỢC THAY THẾ bởi " + third.Symbol}, thirdFile: {0, "Đúng từng byte với phiên bản 4 của văn bản " + third.Symbol},
		extended: {1, "phần thêm vào phía sau không có trong kho"}} {
		said := vanthu(t, nil, "verify", file, "--demo", "--data", dir)
		if said.code != want.code || !strings.HasPrefix(said.out, "Kho lưu trữ: ") || !strings.Contains(strings.SplitN(said.out, "\n", 2)[0], want.says) {
			t.Errorf("exit %d, want %d %q:\n%s", said.code, want.code, want.says, said.out)
		}
	}
}

func deskInput(raw []byte) desk.Input { return desk.Input{Template: "ke-hoach", Raw: raw} }

func deskRef(doc record.Document) desk.Ref { return desk.Ref{Journal: doc.Journal, ID: doc.ID} }
