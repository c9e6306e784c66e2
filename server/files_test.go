package server

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

func (o *office) get(t testing.TB, as, path string, header map[string]string) answer {
	t.Helper()
	return o.ask(t, request{method: "GET", path: path, as: o.people[as], header: header})
}

// The files of a version are the archive's own, with their digest as ETag.
func TestVersionFiles(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	base := "/api/v1/documents/" + doc.ID
	var d Document
	o.get(t, "archivist", base, nil).into(t, &d)
	if d.ID != doc.ID || d.State != record.Issued || d.Version != 4 || d.PDF != doc.PDF || d.Number == 0 || !regexp.MustCompile(`^\d+/KH-UBND$`).MatchString(d.Symbol) || d.Date != "2024-03-22" || len(d.Signatures) != 2 {
		t.Errorf("%+v", d)
	}
	var earlier []byte
	for n := 1; n <= 4; n++ {
		at := fmt.Sprintf("%s/versions/%d", base, n)
		var v record.Version
		manifest := o.get(t, "archivist", at+"/manifest", nil)
		manifest.into(t, &v)
		if v.Document != doc.ID || v.Version != n {
			t.Errorf("manifest of version %d: %+v", n, v)
		}
		input := o.get(t, "archivist", at+"/json", nil)
		if f, _ := v.File(record.InputFile); record.DigestOf(input.body) != f.SHA256 || !json.Valid(input.body) || !strings.HasPrefix(input.header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("input of version %d: %v", n, input.header)
		}
		pdf := o.get(t, "archivist", at+"/pdf", nil)
		if n == 1 {
			pdf.want(t, 404, "file-not-found")
			continue
		}
		if f, _ := v.File(record.PDFFile); record.DigestOf(pdf.body) != f.SHA256 || pdf.header.Get("ETag") != `"`+string(f.SHA256)+`"` || pdf.header.Get("Content-Type") != mediaPDF {
			t.Errorf("PDF of version %d: %v", n, pdf.header)
		}
		if !bytes.HasPrefix(pdf.body, earlier) || len(pdf.body) == len(earlier) {
			t.Errorf("version %d does not begin with version %d", n, n-1)
		}
		if cc := pdf.header.Get("Cache-Control"); cc != "private, no-cache" {
			t.Errorf("Cache-Control %s", cc)
		}
		earlier = pdf.body
		docx := o.get(t, "archivist", at+"/docx", nil)
		if _, err := zip.NewReader(bytes.NewReader(docx.body), int64(len(docx.body))); err != nil || docx.header.Get("Content-Type") != mediaDOCX {
			t.Errorf("DOCX of version %d: %v %v", n, err, docx.header)
		}
	}
	if record.DigestOf(earlier) != doc.PDF {
		t.Error("the last version is not the document's PDF")
	}
}

func TestParts(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	path := "/api/v1/documents/" + doc.ID + "/versions/4/pdf"
	whole := o.get(t, "clerk", path, nil)
	n := len(whole.body)
	for _, x := range []struct {
		spec     string
		from, to int
	}{{"bytes=0-99", 0, 100}, {"bytes=100-", 100, n}, {"bytes=-10", n - 10, n}, {fmt.Sprintf("bytes=5-%d", 10*n), 5, n}} {
		a := o.get(t, "clerk", path, map[string]string{"Range": x.spec})
		if a.status != 206 || !bytes.Equal(a.body, whole.body[x.from:x.to]) || a.header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", x.from, x.to-1, n) || a.header.Get("ETag") != whole.header.Get("ETag") {
			t.Errorf("%s: %d %v", x.spec, a.status, a.header)
		}
	}
	for _, h := range []map[string]string{{"Range": "bytes=0-9", "If-Range": `"old"`}, {"Range": "lines=0-9"}} {
		if a := o.get(t, "clerk", path, h); a.status != 200 && a.status != 416 || a.status == 200 && !bytes.Equal(a.body, whole.body) {
			t.Errorf("%v: %d", h, a.status)
		}
	}
	for _, spec := range []string{fmt.Sprintf("bytes=%d-", n), "bytes=9-1", "bytes=x", "bytes=-x", "bytes=5"} {
		o.get(t, "clerk", path, map[string]string{"Range": spec}).want(t, 416, "range")
	}
	// Asked for the whole many times over, it comes once.
	if a := o.get(t, "clerk", path, map[string]string{"Range": "bytes=" + strings.Repeat("0-,", 50) + "0-"}); len(a.body) > 2*n {
		t.Errorf("%d bytes of a file of %d", len(a.body), n)
	}
	o.get(t, "clerk", path, map[string]string{"If-Match": `"other"`}).want(t, 412, "file-changed")
}

// A Vietnamese symbol names the file, for old programs by its plain letters.
func TestFileNames(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Secretary)
	if err := o.cfg.Desk.Grant(t.Context(), chief, record.Grant{Account: p.account.ID, Organization: council, Roles: []record.Role{record.Secretary}}); err != nil {
		t.Fatal(err)
	}
	raw := plan(t, func(v map[string]any) {
		v["organization"], v["signatory"] = council, map[string]any{"person": "nguoi-ky", "capacity": "HEAD"}
	})
	made := o.ask(t, request{method: "POST", path: "/api/v1/documents", as: p, body: raw})
	if !made.want(t, 201, "") {
		t.FailNow()
	}
	a := o.ask(t, request{method: "GET", path: made.header.Get("Location") + "/versions/1/json", as: p})
	how, parts, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	if err != nil || how != "attachment" || parts["filename"] != "KH-HĐND_v1.json" || !strings.Contains(a.header.Get("Content-Disposition"), `filename="kh-hdnd_v1.json"`) {
		t.Errorf("%s: %v %v", a.header.Get("Content-Disposition"), parts, err)
	}
	// Organisation data is typed by people.
	for _, name := range []string{`a"b.pdf`, `a\".pdf`, "a\r\nSet-Cookie: x=y.pdf", "a;b=c.pdf", "日本.pdf", "a b+c%d.pdf", "'ä'.pdf"} {
		d := disposition(mediaPDF, name)
		how, parts, err := mime.ParseMediaType(d)
		if err != nil || how != "inline" || parts["filename"] != name || strings.ContainsAny(d, "\r\n") || len(parts) != 1 {
			t.Errorf("%q: %s: %v %v", name, d, parts, err)
		}
	}
}

// A bit that has flipped in the archive: no byte of the file goes out.
func TestDamagedContentIsNotDelivered(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Submitted)
	base := "/api/v1/documents/" + doc.ID + "/versions/2/"
	whole := o.get(t, "clerk", base+"pdf", nil)
	file := filepath.Join(o.dir, "archive", "blobs", "sha256", string(doc.PDF[:2]), string(doc.PDF))
	flip := func() {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := errorsOf(os.Chmod(file, 0o600), os.WriteFile(file, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	flip()
	before := o.seqs(t)
	for _, h := range []map[string]string{nil, {"Range": "bytes=0-9"}, {"If-None-Match": whole.header.Get("ETag")}} {
		a := o.get(t, "clerk", base+"pdf", h)
		if a.want(t, 500, "archive-damaged") && bytes.Contains(a.body, []byte("%PDF")) {
			t.Error("bytes of the damaged file")
		}
	}
	head := o.ask(t, request{method: "HEAD", path: base + "pdf", as: o.people["clerk"]})
	if head.status != 500 || head.header.Get("ETag") != "" {
		t.Errorf("HEAD: %d", head.status)
	}
	// Nor is it signed.
	o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/sign", as: o.people["signatory"], body: map[string]any{"pdf_sha256": doc.PDF}, header: map[string]string{"If-Match": etag(doc)}}).want(t, 500, "archive-damaged")
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
	flip()
	if a := o.get(t, "clerk", base+"pdf", nil); a.status != 200 || !bytes.Equal(a.body, whole.body) {
		t.Errorf("whole again: %d", a.status)
	}
	// One that is gone is no "not found".
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	o.get(t, "clerk", base+"pdf", nil).want(t, 500, "archive-not-found")
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestPreview(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Draft)
	path := "/api/v1/documents/" + doc.ID + "/preview"
	one := o.get(t, "secretary", path, nil)
	one.want(t, 200, "")
	two := o.get(t, "secretary", path+"?format=pdf", map[string]string{"Range": "bytes=0-3"})
	if !bytes.HasPrefix(one.body, []byte("%PDF")) || two.status != 206 || string(two.body) != "%PDF" || two.header.Get("ETag") != one.header.Get("ETag") {
		t.Errorf("%v, a part %d %q %v", one.header, two.status, two.body, two.header)
	}
	docx := o.get(t, "secretary", path+"?format=docx", nil)
	if !bytes.HasPrefix(docx.body, []byte("PK")) || !strings.Contains(docx.header.Get("Content-Disposition"), "du-thao.docx") {
		t.Errorf("%v", docx.header)
	}
	o.get(t, "secretary", path+"?format=odt", nil).want(t, 422, "query-invalid")
	o.get(t, "secretary", "/api/v1/documents/"+o.standing(t, record.Signed).ID+"/preview?format=odt", nil).want(t, 422, "query-invalid")
	o.get(t, "secretary", "/api/v1/documents/"+o.standing(t, record.Returned).ID+"/preview", nil).want(t, 200, "")
	var f Findings
	o.get(t, "secretary", "/api/v1/documents/"+doc.ID+"/findings", nil).into(t, &f)
	for _, x := range f.Items {
		if x.Level == record.LevelError {
			t.Errorf("our own form: %+v", x)
		}
	}
}

// A rendering is made once for all who wait, again after a failure, and a panic
// in it is not kept as an empty file.
func TestPreviewsAreMadeOnce(t *testing.T) {
	p := newPreviews()
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			b, err := p.get("a", func() ([]byte, error) { made.Add(1); return []byte("x"), nil })
			if err != nil || string(b) != "x" {
				t.Errorf("%q %v", b, err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
	fail := func() ([]byte, error) { return nil, desk.UnknownOrganization("x") }
	if _, err := p.get("b", fail); err == nil {
		t.Error("no error")
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = p.get("c", func() ([]byte, error) { panic("x") })
	}()
	for _, name := range []string{"b", "c"} {
		if b, err := p.get(name, func() ([]byte, error) { return []byte("y"), nil }); err != nil || string(b) != "y" {
			t.Errorf("%s after its failure: %q %v", name, b, err)
		}
	}
	for i := range 3 * maxPreviews {
		_, _ = p.get(fmt.Sprint(i), func() ([]byte, error) { return nil, nil })
	}
	if len(p.files) > maxPreviews {
		t.Errorf("%d are kept", len(p.files))
	}
}
