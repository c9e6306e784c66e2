package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/templates/officetest"
)

const seeds = "templates/testdata/seeds/"

// One plan all the way, for both example plans on both stores, judged by
// programs that are not ours.
func TestIssueExamplePlans(t *testing.T) {
	for _, seed := range []struct{ file, template, date, symbol, dateLine string }{
		{"000_90bb067c4e1b730f", "ke-hoach", "2024-03-22", "01/KH-UBND", "Vũng Tàu, ngày 22 tháng 3 năm 2024"},
		{"001_fa0016e2113d88a4", "ke-hoach", "2021-03-22", "01/KH-UBND", "Bà Rịa - Vũng Tàu, ngày 22 tháng 3 năm 2021"},
		{"002_9d93675d5125f1c2", "ke-hoach-kem-theo", "2024-01-22", "01/QĐ-UBND", "Vũng Tàu, ngày 22 tháng 01 năm 2024"},
		{"003_43fde0b385ab0025", "ke-hoach", "2024-02-05", "01/KH-UBND", "Cửa Lò, ngày 05 tháng 02 năm 2024"},
		{"004_814da083965fc256", "ke-hoach", "2021-12-05", "01/KH-UBND", "Đông Hòa, ngày 05 tháng 12 năm 2021"},
	} {
		t.Run(seed.file, func(t *testing.T) {
			in := envelope(t, seeds+seed.file+".json", func(v map[string]any) { v["date"] = seed.date })
			places(t, func(t *testing.T, dir string, flags []string) {
				out := filepath.Join(dir, "out.pdf")
				o := good(t, in, with(flags2("issue", flags), "-t", seed.template, "-d", "-", "-o", out, "--json")...)
				var doc issued
				if err := json.Unmarshal([]byte(o.out), &doc); err != nil {
					t.Fatal(err)
				}
				final := read(t, out)
				if doc.State != record.Issued || doc.Symbol != seed.symbol || record.DigestOf(final) != doc.PDF {
					t.Fatalf("answer %+v", doc)
				}
				checkOutside(t, out, filepath.Join(dir, demoCA), 2)
				checkPages(t, out, 5, 9)
				layout := tool(t, "pdftotext", "-layout", out, "-")
				for _, want := range []string{"Số: " + seed.symbol, seed.dateLine} {
					if !strings.Contains(layout, want) {
						t.Errorf("page does not read %q:\n%s", want, firstLines(layout, 12))
					}
				}
				checkLine(t, out, "Số:", seed.symbol)
				checkLine(t, out, strings.Fields(seed.dateLine)...)
				checkWords(t, read(t, seeds+seed.file+".json"), layout)
				checkRevisions(t, dir, flags, out, final)
				checkDraft(t, seed.template, in)
				good(t, nil, with(flags2("verify", flags), out)...)
				good(t, nil, with(flags2("audit", flags))...)
			})
		})
	}
}

// checkDraft renders the draft: a DOCX that Word opens, a PDF with the
// customary blanks where number, day and month will stand.
func checkDraft(t *testing.T, template string, in []byte) {
	t.Helper()
	dir := t.TempDir()
	docx, page := filepath.Join(dir, "draft.docx"), filepath.Join(dir, "draft.pdf")
	good(t, in, "render", "-t", template, "-d", "-", "-o", docx)
	good(t, in, "render", "-t", template, "-d", "-", "-o", page)
	officetest.Valid(t, map[string][]byte{"draft": read(t, docx)})
	if text := tool(t, "pdftotext", "-layout", page, "-"); !regexp.MustCompile(`Số:\s+/(KH|QĐ)-UBND.*\n?.*ngày\s+tháng\s+năm 20\d\d`).MatchString(text) {
		t.Errorf("the draft's head reads:\n%s", firstLines(text, 6))
	}
	if sig, _ := exec.Command("pdfsig", page).CombinedOutput(); !strings.Contains(string(sig), "does not contain any signatures") {
		t.Errorf("the draft is signed: %s", sig)
	}
}

// What "templates example" prints is an envelope that issues.
func TestExampleIssues(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"bao-cao", "cong-van", "ke-hoach", "ke-hoach-kem-theo", "quyet-dinh", "quyet-dinh-ban-hanh", "thong-bao", "to-trinh"} {
		example := good(t, nil, "templates", "example", id).out
		out := filepath.Join(dir, id+".pdf")
		good(t, []byte(example), "issue", "--demo", "--data", dir, "-t", id, "-d", "-", "-o", out)
		checkOutside(t, out, filepath.Join(dir, demoCA), 2)
		good(t, nil, "lint", out, "--stage", "issued")
	}
	var schema map[string]any
	if err := json.Unmarshal([]byte(good(t, nil, "templates", "schema", "ke-hoach").out), &schema); err != nil || schema["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("schema: %v %v", schema["$schema"], err)
	}
	if list := good(t, nil, "templates", "list").out; !strings.Contains(list, "ke-hoach") {
		t.Errorf("list: %s", list)
	}
	if check := good(t, nil, "templates", "check", "templates/forms/ke-hoach/form.docx").out; !strings.Contains(check, "vtNumberA") && !strings.Contains(check, "issuer.place") {
		t.Errorf("check: %s", check)
	}
}

// flags2 puts a command before its flags.
func flags2(command string, flags []string) []string { return append([]string{command}, flags...) }

func firstLines(s string, n int) string {
	lines := strings.SplitN(s, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// checkOutside has poppler, qpdf and mupdf judge a signed file.
func checkOutside(t testing.TB, file, ca string, signatures int) {
	t.Helper()
	nss := filepath.Join(t.TempDir(), "nss")
	if err := os.Mkdir(nss, 0o700); err != nil {
		t.Fatal(err)
	}
	tool(t, "certutil", "-N", "-d", "sql:"+nss, "--empty-password")
	tool(t, "certutil", "-A", "-d", "sql:"+nss, "-n", "demo", "-t", "CT,CT,CT", "-i", ca)
	sig := tool(t, "pdfsig", "-nssdir", nss, file)
	for _, want := range []string{"Signature Validation: Signature is Valid.", "Certificate Validation: Certificate is Trusted.", "Signature Type: ETSI.CAdES.detached"} {
		if got := strings.Count(sig, want); got != signatures {
			t.Errorf("pdfsig says %q %d times, want %d:\n%s", want, got, signatures, sig)
		}
	}
	made := sig[:strings.LastIndex(sig, "Signature Validation:")]
	if !strings.Contains(made[strings.LastIndex(made, "Signature #"):], "Total document signed") {
		t.Errorf("the last signature does not cover the document:\n%s", sig)
	}
	if q := tool(t, "qpdf", "--check", file); !strings.Contains(q, "No syntax or stream encoding errors found") {
		t.Errorf("qpdf: %s", q)
	}
	fonts := strings.Split(strings.TrimSpace(tool(t, "pdffonts", file)), "\n")
	if len(fonts) < 3 {
		t.Errorf("no fonts: %q", fonts)
	}
	for _, l := range fonts[2:] {
		if f := strings.Fields(l); f[len(f)-5] != "yes" {
			t.Errorf("font not embedded: %s", l)
		}
		if !strings.Contains(l, "LiberationSerif") && !strings.Contains(l, "TimesNewRoman") {
			t.Errorf("a font that is not the decree's: %s", l)
		}
	}
	checkPDFA(t, read(t, file))
}

// checkPDFA looks for what makes the file PDF/A-2b where a validator looks.
func checkPDFA(t testing.TB, b []byte) {
	t.Helper()
	f, err := pdf.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	meta, err := pdf.As[*pdf.Stream](f, catalog["Metadata"])
	if err != nil {
		t.Fatalf("XMP: %v", err)
	}
	xmp, err := f.Data(meta)
	if err != nil {
		t.Fatalf("XMP: %v", err)
	}
	for _, want := range []string{`<pdfaid:part>2</pdfaid:part>`, `<pdfaid:conformance>B</pdfaid:conformance>`} {
		if !bytes.Contains(xmp, []byte(want)) {
			t.Errorf("XMP lacks %s:\n%s", want, xmp)
		}
	}
	intents, err := pdf.As[pdf.Array](f, catalog["OutputIntents"])
	if err != nil || len(intents) == 0 {
		t.Fatalf("output intents: %v %v", intents, err)
	}
	intent, err := pdf.As[pdf.Dict](f, intents[0])
	if err != nil {
		t.Fatalf("output intent: %v", err)
	}
	if _, err := pdf.As[*pdf.Stream](f, intent["DestOutputProfile"]); err != nil {
		t.Errorf("output profile: %v", err)
	}
}

func checkPages(t testing.TB, file string, least, most int) {
	t.Helper()
	info := tool(t, "pdfinfo", file)
	var pages int
	for _, l := range strings.Split(info, "\n") {
		fmt.Sscanf(l, "Pages: %d", &pages)
	}
	if pages < least || pages > most {
		t.Errorf("%d pages, want %d to %d", pages, least, most)
	}
	if !strings.Contains(info, "(A4)") {
		t.Errorf("not A4:\n%s", info)
	}
	// The signature block never stands alone: its page has words of the body
	// above it.
	for _, page := range strings.Split(tool(t, "pdftotext", "-layout", file, "-"), "\f") {
		if before, _, ok := strings.Cut(page, "Nơi nhận:"); ok {
			if len(strings.Fields(before)) < 8 {
				t.Errorf("the signature block stands alone:\n%s", page)
			}
			return
		}
	}
	t.Error("no page says where the document goes")
}

// checkRevisions cuts the final file where the first signature ends: those
// bytes are the archived signed version, verify by themselves and have no
// number yet.
func checkRevisions(t testing.TB, dir string, flags []string, out string, final []byte) {
	t.Helper()
	f, err := pdf.Open(final)
	if err != nil {
		t.Fatal(err)
	}
	var signed []byte
	for _, r := range f.Revisions() {
		if bytes.Contains(final[:r.End], []byte("/ByteRange")) {
			signed = final[:r.End]
			break
		}
	}
	if signed == nil || len(signed) == len(final) {
		t.Fatal("no earlier signed revision")
	}
	if len(flags) == 3 { // filesystem
		if got := archivedBlob(t, dir, record.DigestOf(signed)); !bytes.Equal(got, signed) {
			t.Error("the archived signed version differs")
		}
	}
	first := write(t, filepath.Join(t.TempDir(), "signed.pdf"), signed)
	checkOutside(t, first, filepath.Join(dir, demoCA), 1)
	good(t, nil, "verify", "--trust", filepath.Join(dir, demoCA), first)
	text := tool(t, "pdftotext", "-layout", first, "-")
	if regexp.MustCompile(`Số:\s*\d`).MatchString(text) || regexp.MustCompile(`, ngày +\d+ +tháng +\d* +năm`).MatchString(firstLines(text, 6)) {
		t.Errorf("the signed version already has a number or date:\n%s", firstLines(text, 12))
	}
}

var word = regexp.MustCompile(`[\pL\pN%]+(?:[-/.&][\pL\pN%]+)*`)

// checkWords reads every word of an envelope in the text of its pages, 99 of 100: in order
// (as the longest common subsequence) where the form is a plan, whose members the test knows, anywhere where tables
// and attached documents are set side by side.
func checkWords(t testing.TB, raw []byte, text string) {
	t.Helper()
	var e record.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	var want []string
	add := func(s string) {
		want = append(want, word.FindAllString(strings.ToLower(norm.NFC.String(record.PlainText(s))), -1)...)
	}
	add(e.Subject)
	var content any
	if err := json.Unmarshal(e.Content, &content); err != nil {
		t.Fatal(err)
	}
	plan := e.Template == "ke-hoach"
	if plan {
		inOrder(content, add)
	} else {
		anywhere(content, add)
	}
	for _, r := range e.Recipients {
		add(r.Name)
	}
	got := word.FindAllString(strings.ToLower(text), -1)
	found := common(want, got)
	if plan {
		found = lcs(want, got)
	}
	if share := float64(found) / float64(len(want)); share < 0.99 || len(want) < 1000 {
		t.Errorf("%.2f%% of %d words are on the pages", 100*share, len(want))
	}
}

// anywhere shows every string of the content.
func anywhere(v any, see func(string)) {
	switch v := v.(type) {
	case string:
		see(v)
	case []any:
		for _, x := range v {
			anywhere(x, see)
		}
	case map[string]any:
		for _, x := range v {
			anywhere(x, see)
		}
	}
}

// common counts the words of a that b has, each as often as both have it.
func common(a, b []string) int {
	left := map[string]int{}
	for _, w := range b {
		left[w]++
	}
	n := 0
	for _, w := range a {
		if left[w] > 0 {
			left[w]--
			n++
		}
	}
	return n
}

// inOrder shows the strings of the content as a reader of the page meets them:
// members in the order of the form, not of the file.
func inOrder(v any, see func(string)) {
	order := []string{"bases", "opening", "sections", "title", "text", "dash", "body", "clauses", "points", "closing", "note"}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			see(v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, k := range order {
				walk(v[k])
			}
		}
	}
	walk(v)
}

func lcs(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
