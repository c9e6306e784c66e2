package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// A form may carry a QR code: a reader of QR codes finds on the issued page the
// address where anybody can ask about this very document. The archived DOCX can
// be made again from what was kept, whatever address the service has by then.
func TestVerificationCode(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir, URL: "https://vanthu.example/"})
	ctx := t.Context()
	const end = `<w:r><w:t xml:space="preserve">{/distribution.long}</w:t></w:r></w:p></w:tc>`
	form := planForm(t, func(doc string) string {
		if !strings.Contains(doc, end) {
			t.Fatal("the form has no recipients")
		}
		return strings.Replace(doc, end, strings.TrimSuffix(end, "</w:tc>")+`<w:p><w:pPr><w:pStyle w:val="VTRecipient"/></w:pPr><w:r><w:t>{%verification.qr}</w:t></w:r></w:p></w:tc>`, 1)
	})
	raw := jointPlan(t, func(v map[string]any) {
		v["template"] = "ke-hoach-qr"
		delete(v, "cosignatories")
	})
	docx, example := write(t, filepath.Join(t.TempDir(), "qr.docx"), form), write(t, filepath.Join(t.TempDir(), "example.json"), raw)
	good(t, nil, "templates", "add", "ke-hoach-qr", docx, "--type", "KH", "--title", "Kế hoạch có mã QR",
		"--schema", "templates/forms/ke-hoach/schema.json", "--example", example, "--demo", "--data", dir)
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: raw, Request: "qr"})
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := o.archive.Blob(ctx, doc.PDF)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "page")
	tool(t, "pdftoppm", "-r", "150", "-png", write(t, filepath.Join(t.TempDir(), "qr.pdf"), pdf), at)
	pages, err := filepath.Glob(at + "*.png")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	if look := os.Getenv("VANTHU_LOOK"); look != "" {
		write(t, filepath.Join(look, "qr.png"), read(t, pages[len(pages)-1]))
	}
	if said := strings.TrimSpace(tool(t, "zbarimg", "-q", "--nodbus", "--raw", pages[len(pages)-1])); said != "https://vanthu.example/v/"+doc.ID {
		t.Errorf("the code says %q", said)
	}
	o.desk.Base = "https://anders.example"
	if again, err := o.desk.Remake(ctx, doc, doc.Version); err != nil || !again.Same() {
		t.Errorf("made again: %v, %v", again.Same(), err)
	}
	o.desk.Base = "" // a service without an address cannot print one, and says so
	if _, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: raw}); record.KindOf(err) != record.Invalid || !strings.Contains(err.Error(), "verification") {
		t.Errorf("without an address: %v", err)
	}
}
