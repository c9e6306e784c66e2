package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// jointForm is the plan with a second place for a signature, as an office would
// put it in with Word: a row above the closing one, on its left the block of
// the organisation that signs with us.
func jointForm(t testing.TB) []byte {
	t.Helper()
	return planForm(t, func(doc string) string { return withSecondBlock(t, doc) })
}

// planForm is the form of a plan with its text changed.
func planForm(t testing.TB, change func(string) string) []byte {
	t.Helper()
	in := read(t, "templates/forms/ke-hoach/form.docx")
	z, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "word/document.xml" {
			b = []byte(change(string(b)))
		}
		p, err := w.Create(f.Name)
		if err == nil {
			_, err = p.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withSecondBlock(t testing.TB, doc string) string {
	t.Helper()
	at := strings.Index(doc, "{#signatory.lines}")
	row := strings.LastIndex(doc[:at], "<w:tr>")
	from := strings.LastIndex(doc[:at], "<w:p>")
	end := strings.Index(doc, "{signatory.name}")
	if at < 0 || row < 0 || from < 0 || end < 0 {
		t.Fatal("the form has no closing table")
	}
	to := end + strings.Index(doc[end:], "</w:p>") + len("</w:p>")
	block := strings.NewReplacer("signatory.", "signatory2.", "vtSign", "vtSign2", `w:id="7"`, `w:id="907"`, `w:id="9"`, `w:id="909"`,
		`<w:bookmarkStart w:id="8" w:name="vtSealA"/><w:bookmarkEnd w:id="8"/>`, "", `<w:bookmarkStart w:id="10" w:name="vtSealB"/><w:bookmarkEnd w:id="10"/>`, "").Replace(doc[from:to])
	cell := func(width, content string) string {
		return `<w:tc><w:tcPr><w:tcW w:w="` + width + `" w:type="dxa"/></w:tcPr>` + content + `</w:tc>`
	}
	return doc[:row] + `<w:tr><w:trPr><w:cantSplit/></w:trPr>` + cell("4422", block) + cell("4932", "<w:p/>") + `</w:tr>` + doc[row:]
}

func jointPlan(t testing.TB, change func(map[string]any)) []byte {
	return plan(t, func(v map[string]any) {
		v["template"], v["organization"], v["date"] = "ke-hoach-lien-tich", "ubnd-tp-vung-tau", "2024-03-22"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["cosignatories"] = []any{map[string]any{"organization": "so-noi-vu-ha-tinh", "person": "phan-thi-anh-tuyet", "capacity": "KT"}}
		if change != nil {
			change(v)
		}
	})
}

// A joint document is signed by the officials of two organisations, each with
// their own key, one after the other; then it is numbered and sealed once.
func TestJointDocument(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	docx := write(t, filepath.Join(t.TempDir(), "lien-tich.docx"), jointForm(t))
	example := write(t, filepath.Join(t.TempDir(), "example.json"), jointPlan(t, nil))
	good(t, nil, "templates", "add", "ke-hoach-lien-tich", docx, "--type", "KH", "--title", "Kế hoạch liên tịch",
		"--schema", "templates/forms/ke-hoach/schema.json", "--example", example, "--demo", "--data", dir)
	raw := func(change func(map[string]any)) []byte { return jointPlan(t, change) }
	for code, change := range map[string]func(map[string]any){
		"required": func(v map[string]any) { delete(v, "cosignatories") },
		"signatory-without-capacity": func(v map[string]any) {
			v["cosignatories"] = []any{map[string]any{"organization": "so-noi-vu-ha-tinh", "person": "phan-thi-anh-tuyet", "capacity": "HEAD"}}
		},
		"signatory-twice": func(v map[string]any) {
			v["cosignatories"] = []any{map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}}
		},
	} {
		_, err := o.desk.Draft(ctx, o.cast.Secretary, desk.Input{Raw: raw(change)})
		if err == nil || !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), "/cosignatories") {
			t.Errorf("%s: %v", code, err)
		}
	}
	doc, err := o.desk.Draft(ctx, o.cast.Secretary, desk.Input{Raw: raw(nil)})
	if err != nil {
		t.Fatal(err)
	}
	ref := deskRef(doc)
	if doc, err = o.desk.Submit(ctx, o.cast.Secretary, ref); err != nil {
		t.Fatal(err)
	}
	official := func(person string) desk.Actor {
		a := o.cast.Signatory
		a.Persons = []string{person}
		return a
	}
	first, second := official("nguyen-thi-thu-huong"), official("so-noi-vu-ha-tinh/phan-thi-anh-tuyet")
	if _, err := o.desk.Sign(ctx, second, ref, doc.PDF); record.CodeOf(err) != "not-the-signatory" {
		t.Errorf("out of turn: %v", err)
	}
	submitted := doc.PDF
	if doc, err = o.desk.Sign(ctx, first, ref, doc.PDF); err != nil || doc.State != record.Submitted || doc.Signed != 1 || doc.Turn() != "so-noi-vu-ha-tinh/phan-thi-anh-tuyet" {
		t.Fatalf("%+v, %v", doc, err)
	}
	if _, err := o.desk.Sign(ctx, second, ref, submitted); record.CodeOf(err) != "pdf-changed" {
		t.Errorf("what was read before the first signature: %v", err)
	}
	if _, err := o.desk.Withdraw(ctx, o.cast.Secretary, ref); record.CodeOf(err) != "signed-already" {
		t.Errorf("withdrawn from under a signature: %v", err)
	}
	if _, err := o.desk.Number(ctx, o.cast.Clerk, ref); record.CodeOf(err) != "state" {
		t.Errorf("numbered too early: %v", err)
	}
	if doc, err = o.desk.Sign(ctx, second, ref, doc.PDF); err != nil || doc.State != record.Signed {
		t.Fatalf("%+v, %v", doc, err)
	}
	if doc, err = o.desk.Number(ctx, o.cast.Clerk, ref); err == nil {
		doc, err = o.desk.Seal(ctx, o.cast.Clerk, ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	v, err := o.archive.Version(ctx, doc.Manifest)
	if err != nil || len(v.Signatures) != 3 || len(v.Cosignatories) != 1 || v.Cosignatories[0].Organization != "so-noi-vu-ha-tinh" {
		t.Fatalf("%+v, %v", v.Signatures, err)
	}
	b, err := o.archive.Blob(ctx, doc.PDF)
	if err != nil {
		t.Fatal(err)
	}
	out := write(t, filepath.Join(t.TempDir(), "lien-tich.pdf"), b)
	if look := os.Getenv("VANTHU_LOOK"); look != "" {
		tool(t, "pdftoppm", "-r", "70", "-png", out, filepath.Join(look, "lien-tich"))
	}
	checkOutside(t, out, filepath.Join(dir, demoCA), 3)
	text := tool(t, "pdftotext", "-layout", out, "-")
	for _, want := range []string{"KT. GIÁM ĐỐC", "Phan Thị Ánh Tuyết", "KT. CHỦ TỊCH", "Nguyễn Thị Thu Hương"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not read %q", want)
		}
	}
	said := good(t, nil, "verify", out, "--trust", filepath.Join(dir, demoCA), "--json")
	var report struct {
		Signatures []struct{ Kind, Signer, Verdict string }
	}
	if err := json.Unmarshal([]byte(said.out), &report); err != nil || len(report.Signatures) != 3 || report.Signatures[1].Kind != "personal" || report.Signatures[1].Signer != "Phan Thị Ánh Tuyết" {
		t.Errorf("%s", said.out)
	}
	if remade, err := o.desk.Remake(ctx, doc, doc.Version); err != nil || !remade.Same() {
		t.Errorf("made again it is another: %v", err)
	}
	// The whole line at once finds every signatory's key.
	if _, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: raw(nil)}); err != nil {
		t.Errorf("at once: %v", err)
	}
}
