package signer_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/verify"
)

var annexIn = record.Certifying{Issuer: issuer, Time: signedAt, Lines: []string{"Số: 46/KH-UBND"}}

// rewritten is a PDF as qpdf writes it with these options.
func rewritten(t testing.TB, b []byte, options ...string) []byte {
	t.Helper()
	in := file(t, b)
	run(t, "qpdf", append(options, in, in+".out")...)
	out, err := os.ReadFile(in + ".out")
	must(t, err)
	return out
}

// hybrid is a file whose objects of one stream are found by /XRefStm only, as
// old and new programs both read it (ISO 32000-1, 7.5.8.4).
func hybrid(t testing.TB) []byte {
	t.Helper()
	b := foreignPage(t, "")
	f, err := pdf.Open(b)
	must(t, err)
	u := pdf.NewUpdate(f)
	root, err := f.Catalog()
	must(t, err)
	root = root.Clone()
	root["Lang"] = pdf.String("vi-VN")
	u.Set(f.Trailer()["Root"].(pdf.Ref), root)
	out, err := u.Write()
	must(t, err)
	// A cross-reference stream without entries of its own beside the table.
	at := len(out)
	out = append(out, "9 0 obj <</Type/XRef/Size 10/W[1 2 1]/Index[9 1]/Length 4>> stream\n\x01"+string([]byte{byte(at >> 8), byte(at), 0})+"\nendstream endobj\n"...)
	start := len(out)
	out = append(out, "xref\n0 0\ntrailer <</Size 10/Root 1 0 R/XRefStm "+itoa(at)+"/Prev "+itoa(lastStart(t, out[:at]))+">>\nstartxref\n"+itoa(start)+"\n%%EOF\n"...)
	return out
}

func lastStart(t testing.TB, b []byte) int {
	t.Helper()
	_, after, _ := strings.Cut(string(b[bytes.LastIndex(b, []byte("startxref")):]), "\n")
	n := 0
	for _, c := range after {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func itoa(n int) string {
	var b []byte
	for ; n > 0 || b == nil; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// Any PDF of any program takes the organisation's signature, and what it was is
// a prefix of what it becomes.
func TestAnyPDFIsSigned(t *testing.T) {
	plan, err := os.ReadFile(filepath.Join("testdata", realPlan))
	must(t, err)
	s := through(t, realPlan, "46", "2024-03-22")
	for name, b := range map[string][]byte{
		"classic":             plan,
		"object streams":      rewritten(t, plan, "--object-streams=generate"),
		"linearized":          rewritten(t, plan, "--linearize"),
		"linearized, streams": rewritten(t, plan, "--linearize", "--object-streams=generate"),
		"uncompressed":        rewritten(t, plan, "--qdf", "--object-streams=disable"),
		"hybrid":              hybrid(t),
		"a form":              s.prepared,
		"two signatures":      s.sealed,
		"bytes behind":        append(bytes.Clone(plan), "\r\n\r\n% thêm\n"...),
		"no last line end":    bytes.TrimRight(bytes.Clone(plan), "\r\n"),
		"old version":         foreignPage(t, ""),
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := theSigner().Certify(t.Context(), b, annexIn)
			must(t, err)
			if !bytes.HasPrefix(out, b) {
				t.Error("the file is no prefix of what was signed")
			}
			r := judgedBy(t, out)
			if last := r.Signatures[len(r.Signatures)-1]; r.Verdict != verify.Valid || !last.Coverage.WholeFile || last.Kind != "attachment" {
				t.Errorf("%s", r.Text())
			}
			// Whoever checks the structure finds nothing that was not there before.
			before, _ := exec.Command("qpdf", "--check", file(t, b)).CombinedOutput()
			after, failed := exec.Command("qpdf", "--check", file(t, out)).CombinedOutput()
			if failed != nil && !bytes.Contains(before, []byte("WARNING")) {
				t.Errorf("qpdf: %s", after)
			}
		})
	}
}

// Damaged files get an error, or are signed so that everything holds: never a
// panic, a hang or a file that is less than it was.
func TestDamagedPDFsAreRefusedOrSignedWhole(t *testing.T) {
	plan := foreignPage(t, "")
	object := func(old, new string) []byte { return bytes.Replace(bytes.Clone(plan), []byte(old), []byte(new), 1) }
	cases := map[string][]byte{
		"empty": nil, "no header": plan[9:], "half": plan[:len(plan)/2], "no xref": bytes.ReplaceAll(plan, []byte("xref"), []byte("xxxx")),
		"startxref beyond the end":   bytes.Replace(bytes.Clone(plan), []byte("startxref\n"), []byte("startxref\n9999"), 1),
		"a stream longer than it is": object("/Length ", "/Length 9"), "a stream of negative length": object("/Length ", "/Length -"),
		"length that is itself": object("/Length 33", "/Length 4 0 R"), "pages in a circle": object("/Kids[3 0 R]", "/Kids[2 0 R]"),
		"a page that is its own parent": object("/Parent 2 0 R", "/Parent 3 0 R"), "no pages": object("/Kids[3 0 R]/Count 1", "/Kids[]/Count 0"),
		"a million pages": object("/Count 1", "/Count 1000000"), "no media box": object("/MediaBox", "/MediaBux"), "a page without size": object("[0 0 595 842]", "[0 0 0 0]"),
		"a huge page": object("[0 0 595 842]", "[0 0 1e30 1e30]"), "a form that is itself": object("/Pages 2 0 R", "/Pages 2 0 R/AcroForm 1 0 R"),
		"fields in a circle": object("/Pages 2 0 R", "/Pages 2 0 R/AcroForm<</Fields[1 0 R]>>"), "a root that is no dictionary": object("/Root 1 0 R", "/Root 4 0 R"),
		"a previous section that is this one": object("/Root 1 0 R", "/Root 1 0 R/Prev 9"), "deep arrays": object("(Annex)", strings.Repeat("[", 10_000)),
		"annotations of nothing": object("/Parent 2 0 R", "/Parent 2 0 R/Annots[99 0 R null 5]"),
	}
	for i := 50; i < len(plan); i += 37 {
		b := bytes.Clone(plan)
		b[i] ^= 0x11
		cases["byte "+itoa(i)] = b
	}
	for name, b := range cases {
		began := time.Now()
		checkCertified(t, name, b)
		if spent := time.Since(began); spent > 10*time.Second { // a hang, not slowness
			t.Errorf("%s took %s", name, spent)
		}
	}
}

// checkCertified tries a file and holds whatever comes out to what was promised.
func checkCertified(t testing.TB, name string, b []byte) {
	t.Helper()
	err := theSigner().Certifiable(b, annexIn)
	out, _, again := theSigner().Certify(t.Context(), b, annexIn)
	if (err == nil) != (again == nil) || err != nil && record.CodeOf(err) == "internal" {
		t.Errorf("%s: %v, then %v", name, err, again)
	}
	if again != nil {
		if out != nil {
			t.Errorf("%s: bytes with an error", name)
		}
		return
	}
	if !bytes.HasPrefix(out, b) {
		t.Errorf("%s: no prefix", name)
	}
	r, err := verify.Verify(t.Context(), out, verify.Options{})
	if err != nil || len(r.Signatures) == 0 || r.Signatures[len(r.Signatures)-1].Integrity.Verdict != verify.Valid {
		t.Errorf("%s: signed, and then %v %s", name, err, r.Text())
	}
}

func FuzzCertify(f *testing.F) {
	for _, b := range [][]byte{foreignPage(f, ""), foreignPage(f, "/Rotate 90"), foreignPage(f, "/scan"), hybrid(f), rewritten(f, foreignPage(f, ""), "--object-streams=generate")} {
		f.Add(b, byte(0))
		f.Add(b, byte(1))
	}
	s := signer.New(newOffice(f), signer.Options{})
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		in := annexIn
		if in.Copy = kind&1 == 1; kind&2 == 2 {
			in.Copy, in.Pages = true, []int{1}
		}
		if s.Certifiable(b, in) != nil {
			return
		}
		out, _, err := s.Certify(t.Context(), b, in)
		if err != nil {
			if record.CodeOf(err) == "internal" {
				t.Error(err)
			}
			return
		}
		if len(in.Pages) == 0 && !bytes.HasPrefix(out, b) {
			t.Error("no prefix")
		}
		r, err := verify.Verify(t.Context(), out, verify.Options{})
		if err != nil || r.Signatures[len(r.Signatures)-1].Integrity.Verdict != verify.Valid {
			t.Errorf("%v %s", err, r.Text())
		}
	})
}
