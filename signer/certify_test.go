package signer_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/verify"
)

func certify(t testing.TB, b []byte, in record.Certifying) []byte {
	t.Helper()
	in.Issuer, in.Time = issuer, signedAt
	if err := theSigner().Certifiable(b, in); err != nil {
		t.Fatalf("certifiable: %v", err)
	}
	out, fact, err := theSigner().Certify(t.Context(), b, in)
	if err != nil {
		t.Fatal(err)
	}
	want := signer.Attachment
	if in.Copy {
		want = signer.Copy
	}
	if fact.Kind != want || fact.Signer != sealName {
		t.Errorf("fact %+v", fact)
	}
	return out
}

// text is what pdftotext reads of page one.
func textOf(t testing.TB, b []byte) string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-l", "1", "-layout", file(t, b), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestCertifiedCopyKeepsTheOriginalsSignatures(t *testing.T) {
	s := through(t, "real-3-digits.pdf", "46", "2024-03-22")
	b := s.sealed
	for i, line := range []string{"Sao y", "Sao lục"} {
		out := certify(t, b, record.Certifying{Copy: true, Lines: []string{line, "UBND tỉnh Đắk Lắk"}, Reason: line + ` văn bản số 46/KH-UBND (Nghĩa) \`})
		if !bytes.HasPrefix(out, b) {
			t.Fatal("the original is no prefix of its copy")
		}
		r := judgedBy(t, out)
		if r.Verdict != verify.Valid || len(r.Signatures) != 3+i || r.Signatures[2+i].Kind != "copy" || !r.Signatures[2+i].Coverage.WholeFile {
			t.Fatalf("%s", r.Text())
		}
		text := textOf(t, out)
		for _, want := range []string{line, "UBND tỉnh Đắk Lắk", "2024-03-20T09:30:15+07:00"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on page one:\n%s", want, text)
			}
		}
		checkOutside(t, out, 3+i)
		b = out
	}
	keepPicture(t, b, "sao-luc")
}

func TestExtractShowsItsPagesAndNothingElse(t *testing.T) {
	s := through(t, "real-3-digits.pdf", "46", "2024-03-22")
	out := certify(t, s.sealed, record.Certifying{Copy: true, Lines: []string{"Trích sao", "UBND tỉnh Đắk Lắk"}, Pages: []int{2, 1}})
	r := judgedBy(t, out)
	if r.Verdict != verify.Valid || len(r.Signatures) != 1 || r.Signatures[0].Kind != "copy" {
		t.Fatalf("%s", r.Text())
	}
	checkOutside(t, out, 1)
	f, err := pdf.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	all, err := exec.Command("pdftotext", "-layout", file(t, out), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(all), "\f")
	if !strings.Contains(before, "Trích sao") || !strings.Contains(after, "46/KH") || !strings.Contains(after, "ngày 22 tháng 3") {
		t.Errorf("pages are wrong:\n%s", all)
	}
	// What was not copied is not in the file at all.
	for _, gone := range []string{"vtPersonal", "vtSeal"} {
		if bytes.Contains(out, []byte(gone)) || bytes.Contains(out, []byte(hexUTF16(gone))) {
			t.Errorf("%s is in the extract", gone)
		}
	}
	keepPicture(t, out, "trich-sao")
	original, err := pdf.Open(s.sealed)
	must(t, err)
	for _, key := range []pdf.Name{"Metadata", "OutputIntents"} { // PDF/A as before
		if want, got := valueOf(t, original, key), valueOf(t, f, key); want == "" || got != want {
			t.Errorf("/%s is not what it was", key)
		}
	}
	for _, pages := range [][]int{{0}, {1, 99}} {
		_, _, err := theSigner().Certify(t.Context(), s.sealed, record.Certifying{Copy: true, Issuer: issuer, Time: signedAt, Lines: []string{"Trích sao"}, Pages: pages})
		if record.CodeOf(err) != "copy-pages" {
			t.Errorf("%v: %v", pages, err)
		}
	}
}

// valueOf is what the catalogue says under a key, streams by their data.
func valueOf(t testing.TB, f *pdf.File, key pdf.Name) string {
	t.Helper()
	root, err := f.Catalog()
	must(t, err)
	var all []string
	var walk func(o pdf.Object)
	walk = func(o pdf.Object) {
		o, err := f.Resolve(o)
		must(t, err)
		switch x := o.(type) {
		case *pdf.Stream:
			b, err := f.Data(x)
			must(t, err)
			all = append(all, string(b))
		case pdf.Array:
			for _, v := range x {
				walk(v)
			}
		case pdf.Dict:
			for _, k := range slices.Sorted(maps.Keys(x)) {
				all = append(all, string(k))
				walk(x[k])
			}
		case pdf.Null:
		default:
			all = append(all, fmt.Sprint(x))
		}
	}
	walk(root[key])
	return strings.Join(all, "\x00")
}

// What a layer hides stays hidden in an extract.
func TestExtractKeepsHiddenLayersHidden(t *testing.T) {
	f, err := pdf.Open(foreignPage(t, ""))
	must(t, err)
	u := pdf.NewUpdate(f)
	root, err := f.Catalog()
	must(t, err)
	pages, err := f.Pages()
	must(t, err)
	layer := u.Add(pdf.Dict{"Type": pdf.Name("OCG"), "Name": pdf.String("Draft")})
	root = root.Clone()
	root["OCProperties"] = pdf.Dict{"OCGs": pdf.Array{layer}, "D": pdf.Dict{"OFF": pdf.Array{layer}}}
	u.Set(f.Trailer()["Root"].(pdf.Ref), root)
	page := pages[0].Dict.Clone()
	resources := pages[0].Resources.Clone()
	resources["Properties"] = pdf.Dict{"L": layer}
	page["Resources"] = resources
	page["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT /F 14 Tf 150 400 Td (Shown) Tj ET /OC /L BDC BT /F 14 Tf 150 300 Td (Secret) Tj ET EMC")})
	u.Set(pages[0].Ref, page)
	b, err := u.Write()
	must(t, err)
	for what, b := range map[string][]byte{"before": b, "extract": certify(t, b, record.Certifying{Copy: true, Lines: []string{"Trích sao"}, Pages: []int{1}})} {
		if text := textOf(t, b); !strings.Contains(text, "Shown") || strings.Contains(text, "Secret") {
			t.Errorf("%s: the page shows %q", what, text)
		}
	}
}

// Attachments come from anywhere: turned pages, boxes away from the origin,
// small pages, scans.
func TestAttachmentIsMarkedWhereverItsPageLies(t *testing.T) {
	for name, change := range map[string]string{
		"plain": "", "turned 90": "/Rotate 90", "turned 180": "/Rotate 180", "turned 270": "/Rotate 270",
		"cropped": "/CropBox [100 200 500 700]", "cropped and turned": "/CropBox [100 200 500 700] /Rotate 90",
		"scan": "/scan",
	} {
		t.Run(name, func(t *testing.T) {
			b := certify(t, foreignPage(t, change), record.Certifying{Lines: []string{"Số: 46/KH-UBND"}})
			r := judgedBy(t, b)
			if r.Verdict != verify.Valid || len(r.Signatures) != 1 || r.Signatures[0].Kind != "attachment" {
				t.Fatalf("%s", r.Text())
			}
			if text := textOf(t, b); !strings.Contains(text, "Số: 46/KH-UBND") || !strings.Contains(text, "2024-03-20T09:30:15+07:00") {
				t.Errorf("no mark: %s", text)
			}
			checkOutside(t, b, 1)
			// Top right as the page is looked at, upright.
			line := boxOf(t, b, "46/KH-UBND")
			if line.x < .55 || line.y > .2 || line.width < 3*line.height {
				t.Errorf("the mark stands at %+v of the page", line)
			}
			keepPicture(t, b, "attachment-"+strings.ReplaceAll(name, " ", "-"))
		})
	}
}

func TestWhatCannotBeCertifiedIsRefused(t *testing.T) {
	s := through(t, "real-3-digits.pdf", "46", "2024-03-22")
	in := record.Certifying{Issuer: issuer, Time: signedAt, Lines: []string{"Số: 1"}}
	broken := bytes.Clone(s.sealed)
	broken[len(s.converted)/2] ^= 1
	for code, b := range map[string][]byte{
		"pdf-damaged": []byte("không phải PDF"), "signature-broken": broken, "pdf-encrypted": encrypted(t, s.converted), "pdf-certified": forbidding(t, s.prepared),
	} {
		if err := theSigner().Certifiable(b, in); record.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
		if _, _, err := theSigner().Certify(t.Context(), b, in); record.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	// A scan that is signed has no bare place, a page of a thumbnail's size none at all.
	scan := certify(t, foreignPage(t, "/scan"), in)
	for name, b := range map[string][]byte{"a signed scan": scan, "a thumbnail": foreignPage(t, "/CropBox[0 0 120 90]"), "a strip": foreignPage(t, "/CropBox[0 0 500 20]")} {
		if _, _, err := theSigner().Certify(t.Context(), b, in); record.CodeOf(err) != "mark-no-room" {
			t.Errorf("%s: %v", name, err)
		}
	}
	in.Lines = []string{strings.Repeat("dài ", 60)}
	if err := theSigner().Certifiable(s.converted, in); record.CodeOf(err) != "mark-text" {
		t.Errorf("%v", err)
	}
	in.Lines = []string{"Số: 1 \U0001F600"}
	if err := theSigner().Certifiable(s.converted, in); record.CodeOf(err) != "mark-text" {
		t.Errorf("%v", err)
	}
}

// judgedBy is our verifier's report, trusting the test CA.
func judgedBy(t testing.TB, b []byte) verify.Report {
	t.Helper()
	root, err := x509.ParseCertificate(newOffice(t).root)
	must(t, err)
	r, err := verify.Verify(t.Context(), b, verify.Options{Roots: []*x509.Certificate{root}})
	must(t, err)
	return r
}

// checkOutside asks other programs about a file with so many signatures.
func checkOutside(t testing.TB, b []byte, signatures int) {
	t.Helper()
	name := file(t, b)
	run(t, "qpdf", "--check", name)
	report := run(t, "pdfsig", "-nssdir", "sql:"+trustStore(t, newOffice(t)), name)
	if n := strings.Count(report, "Signature is Valid"); n != signatures || strings.Count(report, "Certificate is Trusted") < min(signatures, 2) || // poppler 22.12 loses the path of a certificate that it meets a third time
		!strings.Contains(report, "Total document signed") {
		t.Errorf("pdfsig finds %d good signatures, want %d:\n%s", n, signatures, report)
	}
	for _, line := range strings.Split(run(t, "pdffonts", name), "\n")[2:] {
		if f := strings.Fields(line); len(f) > 5 && f[len(f)-5] != "yes" && f[0] != "Times-Roman" && !strings.HasPrefix(f[0], "---") { // the annex's own, which we do not touch
			t.Errorf("a font is not embedded: %s", line)
		}
	}
}

// keepPicture renders page one where $VANTHU_LOOK says, to be looked at.
func keepPicture(t testing.TB, b []byte, name string) {
	t.Helper()
	if dir := os.Getenv("VANTHU_LOOK"); dir != "" {
		run(t, "pdftoppm", "-r", "70", "-png", "-singlefile", file(t, b), filepath.Join(dir, name))
	}
}

func hexUTF16(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	return b.String()
}

// foreignPage is a PDF of one page of a program that knows nothing of us, with
// more in its page dictionary; "/scan" makes a page that is one picture.
func foreignPage(t testing.TB, more string) []byte {
	t.Helper()
	content, resources := "BT /F 14 Tf 150 400 Td (Annex) Tj ET", "/Font <</F <</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>"
	image := ""
	if more == "/scan" {
		more, content = "", "q 595 0 0 842 0 0 cm /I Do Q"
		resources = "/XObject <</I 5 0 R>>"
		image = "5 0 obj <</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>> stream\n\xF0\nendstream endobj\n"
	}
	b := []byte("%PDF-1.4\n")
	var at []int
	for _, o := range []string{"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n", "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n",
		"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]" + more + "/Resources<<" + resources + ">>/Contents 4 0 R>> endobj\n",
		fmt.Sprintf("4 0 obj <</Length %d>> stream\n%s\nendstream endobj\n", len(content), content), image} {
		if o == "" {
			continue
		}
		at = append(at, len(b))
		b = append(b, o...)
	}
	start := len(b)
	b = fmt.Appendf(b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, x := range at {
		b = fmt.Appendf(b, "%010d 00000 n \n", x)
	}
	return fmt.Appendf(b, "trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
}

type place struct{ x, y, width, height float64 } // of the page, from the top left

var words = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)
var pageSize = regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">`)

// boxOf is where poppler finds a word on page one as it is looked at.
func boxOf(t testing.TB, b []byte, word string) place {
	t.Helper()
	out := run(t, "pdftotext", "-l", "1", "-bbox", "-cropbox", file(t, b), "-")
	n := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	size := pageSize.FindStringSubmatch(out)
	for _, m := range words.FindAllStringSubmatch(out, -1) {
		if m[5] == word {
			return place{n(m[1]) / n(size[1]), n(m[2]) / n(size[2]), n(m[3]) - n(m[1]), n(m[4]) - n(m[2])}
		}
	}
	t.Fatalf("%q is not on the page: %s", word, out)
	return place{}
}

func encrypted(t testing.TB, b []byte) []byte {
	t.Helper()
	in := file(t, b)
	run(t, "qpdf", "--encrypt", "u", "o", "256", "--", in, in+".enc")
	out, err := os.ReadFile(in + ".enc")
	must(t, err)
	return out
}

// forbidding is a signed file whose field lets nobody change anything.
func forbidding(t testing.TB, prepared []byte) []byte {
	t.Helper()
	f, err := pdf.Open(prepared)
	must(t, err)
	u := pdf.NewUpdate(f)
	root, err := f.Catalog()
	must(t, err)
	form, err := pdf.As[pdf.Dict](f, root["AcroForm"])
	must(t, err)
	fields, err := pdf.As[pdf.Array](f, form["Fields"])
	must(t, err)
	for _, o := range fields {
		d, err := u.Dict(o)
		must(t, err)
		if name, _ := d["T"].(pdf.String); name.Text() == signer.PersonalField {
			lock, err := u.Dict(d["Lock"])
			must(t, err)
			lock["P"] = pdf.Integer(1)
			d["Lock"] = u.Add(lock)
			u.Set(o.(pdf.Ref), d)
		}
	}
	b, err := u.Write()
	must(t, err)
	r, err := theSigner().Sign(t.Context(), b, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
	must(t, err)
	return r.PDF
}
