package signer_test

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
)

const realPlan = "real-3-digits.pdf"

func TestOutsideProgramsAcceptBothSignatures(t *testing.T) {
	s := through(t, realPlan, "46", "2024-03-22")
	path := file(t, s.sealed)
	out := run(t, "pdfsig", "-nssdir", "sql:"+trustStore(t, newOffice(t)), path)
	for text, times := range map[string]int{"Signature is Valid.": 2, "Certificate is Trusted.": 2,
		"ETSI.CAdES.detached": 2, "Total document signed": 1, "Not total document signed": 1} {
		if n := strings.Count(out, text); n != times {
			t.Errorf("pdfsig says %q %d times, want %d:\n%s", text, n, times, out)
		}
	}
	if i, j := strings.Index(out, "Not total"), strings.LastIndex(out, "Total document signed"); i > j {
		t.Errorf("the last signature does not cover the file:\n%s", out)
	}
	if out, _ := exec.Command("mutool", "sign", "-v", path).CombinedOutput(); !bytes.Contains(out, []byte("The document is unchanged since signing.")) ||
		!bytes.Contains(out, []byte("The signature is valid but there have been edits since signing.")) {
		t.Errorf("mutool sign -v:\n%s", out)
	}
	// The signed version verifies by itself.
	if out := run(t, "pdfsig", "-nssdir", "sql:"+trustStore(t, newOffice(t)), file(t, s.signed)); !strings.Contains(out, "Signature is Valid.") ||
		!strings.Contains(out, "- Total document signed") {
		t.Errorf("pdfsig on the signed version:\n%s", out)
	}
}

func TestOpenSSLVerifiesTheCAdESAttributes(t *testing.T) {
	s := through(t, realPlan, "46", "2024-03-22")
	ca := filepath.Join(t.TempDir(), "ca.der")
	if err := os.WriteFile(ca, newOffice(t).root, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "openssl", "x509", "-inform", "DER", "-in", ca, "-out", ca+".pem")
	for _, name := range []string{signer.PersonalField, signer.SealField} {
		v := signatureOf(t, s.sealed, name)
		r := ints(t, v["ByteRange"].(pdf.Array))
		content := append(slices.Clone(s.sealed[:r[1]]), s.sealed[r[2]:r[2]+r[3]]...)
		contents := []byte(v["Contents"].(pdf.String))
		dir := t.TempDir()
		for file, b := range map[string][]byte{"content": content, "cms": contents} {
			if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		run(t, "openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", dir+"/cms", "-content", dir+"/content",
			"-CAfile", ca+".pem", "-purpose", "any", "-binary", "-out", dir+"/out")
		if len(contents) != 16<<10 {
			t.Errorf("%s: Contents of %d bytes, want 16 KB", name, len(contents))
		}
	}
}

func TestEachStageIsAPrefixOfTheNext(t *testing.T) {
	s := through(t, realPlan, "46", "2024-03-22")
	stages := [][]byte{s.converted, s.prepared, s.signed, s.sealed}
	for i, b := range stages {
		if i > 0 && !bytes.HasPrefix(b, stages[i-1]) {
			t.Errorf("stage %d does not begin with stage %d", i, i-1)
		}
		path := file(t, b)
		if out := run(t, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors") {
			t.Errorf("stage %d: %s", i, out)
		}
		f, err := pdf.Open(b)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(f.Revisions()); n != i+1 {
			t.Errorf("stage %d has %d revisions", i, n)
		}
		keepsPDFA(t, i, f)
		for _, line := range strings.Split(run(t, "pdffonts", path), "\n")[2:] {
			if line != "" && !regexp.MustCompile(` yes (yes|no) +(yes|no) +\d+ +0$`).MatchString(line) {
				t.Errorf("stage %d: a font is not embedded: %s", i, line)
			}
		}
	}
}

func TestNumberAndDateReadAsOneLineForEveryWidth(t *testing.T) {
	for _, c := range []struct{ file, number string }{
		{"plan-2-digits.pdf", "46"}, {"plan-3-digits.pdf", "46"}, {"plan-3-digits.pdf", "123"},
		{"plan-5-digits.pdf", "1234"}, {"plan-5-digits.pdf", "12345"}, {realPlan, "46"}, {realPlan, "123"},
	} {
		t.Run(c.file+" "+c.number, func(t *testing.T) {
			s := through(t, c.file, c.number, "2024-03-22")
			before, after := run(t, "pdftotext", "-layout", file(t, s.signed), "-"), run(t, "pdftotext", "-layout", file(t, s.sealed), "-")
			for _, want := range []string{"Số: " + c.number + "/KH-UBND", "ngày 22 tháng 3 năm 2024"} {
				if !strings.Contains(after, want) {
					t.Errorf("the page does not read %q:\n%s", want, after[:min(len(after), 600)])
				}
				if strings.Contains(before, want) {
					t.Errorf("the signed version already reads %q", want)
				}
			}
			if strings.Contains(before, c.number+"/KH-UBND") {
				t.Errorf("the signed version already has the number")
			}
			sameLine(t, s.sealed, "Số:", c.number, "/KH-UBND")
			sameLine(t, s.sealed, "ngày", "22", "tháng", "3", "năm")
		})
	}
}

// sameLine compares what poppler calls the boxes of these words, in order, on
// the first page: same height and baseline, gaps of at most a digit and a space.
func sameLine(t *testing.T, b []byte, words ...string) {
	t.Helper()
	out := run(t, "pdftotext", "-bbox", "-l", "1", file(t, b), "-")
	re := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)
	all := re.FindAllStringSubmatch(out, -1)
	start := slices.IndexFunc(all, func(m []string) bool { return m[5] == words[0] })
	if start < 0 || start+len(words) > len(all) {
		t.Fatalf("no word %q in\n%.900s", words[0], out)
	}
	var last [4]float64
	for i, m := range all[start : start+len(words)] {
		if m[5] != words[i] {
			t.Fatalf("word %d is %q, want %q", i, m[5], words[i])
		}
		var v [4]float64
		for k := range v {
			v[k], _ = strconv.ParseFloat(m[k+1], 64)
		}
		if i > 0 {
			if math.Abs(v[1]-last[1]) > 0.01 || math.Abs(v[3]-last[3]) > 0.01 {
				t.Errorf("%q stands at %v..%v, its neighbour at %v..%v", m[5], v[1], v[3], last[1], last[3])
			}
			if gap := v[0] - last[2]; gap < -0.3 || gap > 13*0.75+0.3 {
				t.Errorf("a gap of %.2f points before %q", gap, m[5])
			}
		}
		last = v
	}
}

func TestNamesWithEveryVietnameseLetterRoundTrip(t *testing.T) {
	s := through(t, realPlan, "46", "2024-03-22")
	for field, want := range map[string]string{signer.PersonalField: officialName, signer.SealField: sealName} {
		v := signatureOf(t, s.sealed, field)
		if got := v["Name"].(pdf.String).Text(); got != want {
			t.Errorf("%s: /Name %q, want %q", field, got, want)
		}
		if got := v["Location"].(pdf.String).Text(); got != "Hà Tĩnh" {
			t.Errorf("%s: /Location %q", field, got)
		}
	}
	// An outside reader agrees: qpdf writes strings as UTF-8 JSON.
	out := run(t, "qpdf", "--json=2", "--json-key=qpdf", file(t, s.sealed))
	for _, name := range []string{officialName, sealName} {
		if want := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace("u:" + name); !strings.Contains(out, want) {
			t.Errorf("qpdf does not read the name %q", name)
		}
	}
	if s.personal.Signer != officialName || s.personal.Kind != signer.Personal || !s.personal.Time.Equal(signedAt) || !s.personal.Certificate.Valid() {
		t.Errorf("the fact of the personal signature: %+v", s.personal)
	}
	if m := signatureOf(t, s.sealed, signer.PersonalField)["M"]; m != pdf.String("D:20240320093015+07'00'") {
		t.Errorf("/M %v", m)
	}
}

func TestSealCoversTheLeftThirdInItsRealSize(t *testing.T) {
	for _, name := range []string{realPlan, "plan-3-digits.pdf"} {
		s := through(t, name, "46", "2024-03-22")
		f, err := pdf.Open(s.sealed)
		if err != nil {
			t.Fatal(err)
		}
		rect := func(field string) pdf.Rect {
			r, err := f.Rect(fieldOf(t, f, field)["Rect"])
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		personal, seal := rect(signer.PersonalField), rect(signer.SealField)
		if share := (seal.Right - personal.Left) / personal.Width(); share < 0.25 || share > 0.40 {
			t.Errorf("%s: the seal covers %.2f of the signature", name, share)
		}
		if d := seal.Width() / 72 * 25.4; math.Abs(d-36) > 0.1 || math.Abs(seal.Height()-seal.Width()) > 0.1 {
			t.Errorf("%s: a seal of %.1f mm, want 36", name, d)
		}
		dests, err := f.Destinations()
		if err != nil {
			t.Fatal(err)
		}
		if personal.Top > dests["vtSignA"].Top || personal.Bottom < dests["vtSignB"].Top {
			t.Errorf("%s: the signature %v leaves its place between title and name", name, personal)
		}
		if middle := (personal.Left + personal.Right) / 2; math.Abs(middle-dests["vtSignA"].Left) > 0.1 {
			t.Errorf("%s: the signature's middle is at %v, not %v", name, middle, dests["vtSignA"].Left)
		}
		if w := personal.Width() / 72 * 25.4; w > 50.1 || w < 30 {
			t.Errorf("%s: a signature %.1f mm wide", name, w)
		}
	}
}

func TestRefusals(t *testing.T) {
	o := newOffice(t)
	s := signer.New(o, signer.Options{})
	done := through(t, realPlan, "46", "2024-03-22")
	signing := record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt}
	sealing := record.Sealing{Issuer: issuer, Number: "46", Date: "2024-03-22", Time: signedAt}
	broken := slices.Clone(done.signed)
	broken[bytes.Index(broken, []byte("/Contents"))-200] ^= 1
	for _, c := range []struct {
		name string
		do   func() error
		kind record.Kind
		code string
	}{
		{"sign what was not prepared", func() error { _, err := s.Sign(t.Context(), done.converted, signing); return err }, record.Conflict, "not-prepared"},
		{"sign twice", func() error { _, err := s.Sign(t.Context(), done.signed, signing); return err }, record.Conflict, "already-signed"},
		{"seal what is not signed", func() error { _, _, err := s.Seal(t.Context(), done.prepared, sealing); return err }, record.Conflict, "not-signed"},
		{"seal twice", func() error { _, _, err := s.Seal(t.Context(), done.sealed, sealing); return err }, record.Conflict, "already-sealed"},
		{"prepare twice", func() error { _, err := s.Prepare(done.prepared, 2, 1); return err }, record.Conflict, "already-prepared"},
		{"prepare for more digits than fit", func() error { _, err := s.Prepare(done.converted, 7, 1); return err }, record.Conflict, "slot-too-narrow"},
		{"prepare a letter", func() error { _, err := s.Prepare([]byte("Kính gửi"), 2, 1); return err }, record.Damaged, "pdf-damaged"},
		{"seal a broken signature", func() error { _, _, err := s.Seal(t.Context(), broken, sealing); return err }, record.Damaged, "signature-broken"},
		{"a number wider than its slot", func() error {
			in := sealing
			in.Number = "1234"
			_, _, err := s.Seal(t.Context(), done.signed, in)
			return err
		}, record.Conflict, "number-too-wide"},
		{"a number that is none", func() error {
			in := sealing
			in.Number = "4a"
			_, _, err := s.Seal(t.Context(), done.signed, in)
			return err
		}, record.Invalid, "number-not-digits"},
		{"a certificate that has expired", func() error {
			in := signing
			in.Time = time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
			_, err := s.Sign(t.Context(), done.prepared, in)
			return err
		}, record.Unavailable, "certificate-expired"},
		{"a certificate not yet valid", func() error {
			in := sealing
			in.Time = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
			_, _, err := s.Seal(t.Context(), done.signed, in)
			return err
		}, record.Unavailable, "certificate-not-yet-valid"},
		{"an organisation without a seal", func() error {
			in := signing
			in.Issuer.Seal = record.Seal{}
			_, err := s.Sign(t.Context(), done.prepared, in)
			return err
		}, record.Conflict, "seal-unknown"},
		{"an image that is none", func() error {
			bad := *o
			bad.personal.Image = []byte("not a PNG")
			_, err := signer.New(&bad, signer.Options{}).Sign(t.Context(), done.prepared, signing)
			return err
		}, record.Unavailable, "key-image"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.do()
			if record.KindOf(err) != c.kind || record.CodeOf(err) != c.code {
				t.Errorf("got %v (%s, %s), want %s, %s", err, record.KindOf(err), record.CodeOf(err), c.kind, c.code)
			}
		})
	}
}

func fieldOf(t testing.TB, f *pdf.File, name string) pdf.Dict {
	t.Helper()
	for _, n := range f.Numbers() {
		o, err := f.Object(n)
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := o.(pdf.Dict); ok {
			if s, ok := d["T"].(pdf.String); ok && s.Text() == name {
				return d
			}
		}
	}
	t.Fatalf("no field %s", name)
	return nil
}

func signatureOf(t testing.TB, b []byte, name string) pdf.Dict {
	t.Helper()
	f, err := pdf.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pdf.As[pdf.Dict](f, fieldOf(t, f, name)["V"])
	if err != nil || v == nil {
		t.Fatalf("field %s holds no signature: %v", name, err)
	}
	return v
}

func ints(t testing.TB, a pdf.Array) []int {
	t.Helper()
	out := make([]int, len(a))
	for i, o := range a {
		n, ok := o.(pdf.Integer)
		if !ok {
			t.Fatalf("%v is no integer", o)
		}
		out[i] = int(n)
	}
	return out
}

func BenchmarkPrepareSignSeal(b *testing.B) {
	s := signer.New(newOffice(b), signer.Options{})
	converted, err := os.ReadFile("testdata/" + realPlan)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, err := s.Prepare(converted, 3, 1)
		if err != nil {
			b.Fatal(err)
		}
		r, err := s.Sign(b.Context(), p, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err = s.Seal(b.Context(), r.PDF, record.Sealing{Issuer: issuer, Number: "46", Date: "2024-03-22", Time: signedAt}); err != nil {
			b.Fatal(err)
		}
	}
}
