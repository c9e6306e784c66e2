package lint

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Our own forms have no errors; what is left is of the texts themselves and is
// kept here, seed by seed.
func TestLintForms(t *testing.T) {
	c := catalogue(t)
	for name, in := range fillings(t, c) {
		t.Run(name, func(t *testing.T) {
			docx, err := c.Fill(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			r, err := DOCX(t.Context(), docx, aboutOf(in))
			if err != nil {
				t.Fatal(err)
			}
			if r.RuleSet != "ND30-2020" || r.Stage != StageDraft || r.Findings == nil {
				t.Errorf("report of %s at %s", r.RuleSet, r.Stage)
			}
			var b strings.Builder
			for _, f := range r.Findings {
				b.WriteString(show(f) + "\n")
				if f.Level == record.LevelError {
					t.Error("an error in what the service makes")
				}
			}
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// Another program says the same document in quite other styles; the findings
// must not hang on ours.
func TestLintAfterAnEditor(t *testing.T) {
	c := catalogue(t)
	files := map[string][]byte{}
	for name, in := range fillings(t, c) {
		b, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	plan := goodPlan(t)
	faults := seededFaults()
	// Those that LibreOffice carries over as they are.
	for _, n := range []string{"R1 Letter paper", "R2 left margin", "R3 a run in Arial", "R5 number on the right", "R6 not bold", "R12 no indent", "R12 two lines", "R13 Word's own letters", "R14 no end mark", "R16 label upright", "R20 underscores"} {
		i := slices.IndexFunc(faults, func(f seededFault) bool { return f.rule+" "+f.name == n })
		files[strings.ReplaceAll(n, " ", "-")] = changed(t, plan, faults[i].edits...)
	}
	dir := officetest.Convert(t, "docx", files)
	for name, docx := range files {
		saved, err := os.ReadFile(filepath.Join(dir, name+".docx"))
		if err != nil {
			t.Fatal(err)
		}
		found := lint(t, saved, StageDraft)
		if name == "quyet-dinh" || name == "quyet-dinh-ban-hanh" || name == "ke-hoach-kem-theo" || name == "002" {
			// LibreOffice saves a first part of one page without the header of
			// its other pages: that file has no page numbers.
			found = slices.DeleteFunc(found, func(f record.Finding) bool { return f.Rule == "R5" && f.Place == "phần 1" })
		}
		if d := cmp.Diff(lint(t, docx, StageDraft), found); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// At issue number and day must be there, and right.
func TestLintIssued(t *testing.T) {
	plan := goodPlan(t)
	number := in(strings.Repeat("\u00a0", 6), "46")
	day := in("\u00a0   </w:t></w:r><w:bookmarkStart w:id=\"4\"", "15</w:t></w:r><w:bookmarkStart w:id=\"4\"")
	month := in("\u00a0   </w:t></w:r><w:bookmarkStart w:id=\"6\"", "01</w:t></w:r><w:bookmarkStart w:id=\"6\"")
	for _, c := range []struct {
		name  string
		edits []edit
		want  []string
	}{
		{"filled", []edit{number, day, month}, nil},
		{"blank", nil, []string{"R20 Văn bản phát hành mà số còn để trống", "R20 Văn bản phát hành mà ngày, tháng còn để trống"}},
		{"no month", []edit{number, day}, []string{"R20 Văn bản phát hành mà ngày, tháng còn để trống"}},
		{"dots for the number", []edit{in(strings.Repeat("\u00a0", 6), "…"), day, month}, []string{"R20 Văn bản phát hành mà số còn để trống"}},
		{"number of one digit", []edit{in(strings.Repeat("\u00a0", 6), "5"), day, month}, []string{"R8 Số văn bản viết không đúng"}},
		{"number with a zero too much", []edit{in(strings.Repeat("\u00a0", 6), "046"), day, month}, []string{"R8 Số văn bản viết không đúng"}},
		{"no date", []edit{number, day, month, in("Vũng Tàu, ngày ", "Vũng Tàu ")}, []string{"R9 Không có địa danh và thời gian ban hành"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range lint(t, changed(t, plan, c.edits...), StageIssued) {
				got = append(got, f.Rule+" "+f.Message)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestLintRefuses(t *testing.T) {
	good := goodPlan(t)
	zeros := strings.Repeat("<w:p/>", maxLintParas+1)
	for _, c := range []struct {
		name string
		file []byte
		code string
	}{
		{"nothing", nil, "not-docx"},
		{"PDF", []byte("%PDF-1.7"), "not-docx"},
		{"cut off", changed(t, good)[:3000], "docx-damaged"},
		{"bomb", officetest.DOCX(t, strings.Repeat(" ", 40<<20), nil), "docx-too-large"},
		{"deep", officetest.DOCX(t, strings.Repeat("<w:p>", 300)+strings.Repeat("</w:p>", 300), nil), "docx-xml"},
		{"entities", officetest.DOCX(t, "", map[string]string{"word/styles.xml": `<!DOCTYPE a [<!ENTITY b "c">]><a/>`}), "docx-xml"},
		{"too many paragraphs", officetest.DOCX(t, zeros+noise(), nil), "docx-too-large"},
		{"another prefix", officetest.DOCX(t, `<x:p xmlns:x="`+ooxml.NSWord+`"><x:r><x:t>./.</x:t></x:r></x:p>`, nil), "docx-xml"},
		{"no prefix", officetest.DOCX(t, `<p xmlns="`+ooxml.NSWord+`"/>`, nil), "docx-xml"},
		{"prefix without its meaning", officetest.DOCX(t, `<w:p xmlns:w="urn:x"/>`, nil), "docx-xml"},
		{"no body", officetest.DOCX(t, "", map[string]string{docPart: `<w:document xmlns:w="` + ooxml.NSWord + `"/>`}), "docx-xml"},
		{"field that hides the text", officetest.DOCX(t, `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>x</w:t></w:r></w:p>`, nil), "docx-xml"},
		{"fields in fields", officetest.DOCX(t, `<w:p>`+strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, 100)+`</w:p>`, nil), "docx-xml"},
		{"simple fields in fields", officetest.DOCX(t, `<w:p>`+strings.Repeat(`<w:fldSimple w:instr="PAGE">`, 100)+strings.Repeat(`</w:fldSimple>`, 100)+`</w:p>`, nil), "docx-xml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := DOCX(t.Context(), c.file, About{Stage: StageDraft})
			var e *record.Error
			if !errors.As(err, &e) || e.Kind != record.Invalid || e.Code != c.code || len(r.Findings) != 0 {
				t.Fatalf("got %v and %d findings, want %s", err, len(r.Findings), c.code)
			}
		})
	}
	if _, err := DOCX(t.Context(), changed(t, good), About{Stage: "signed"}); record.CodeOf(err) != "lint-stage" {
		t.Errorf("unknown stage: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := DOCX(ctx, changed(t, good), About{Stage: StageDraft}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// noise does not compress, so that a large document is no bomb.
func noise() string {
	var b strings.Builder
	b.WriteString("<!--")
	x := uint32(1)
	for range 60_000 {
		x = x*1664525 + 1013904223
		b.WriteByte('a' + byte(x>>24)%26)
	}
	b.WriteString("-->")
	return b.String()
}

// A thousand faults make a report that can be read, and an error is never lost
// among them.
func TestLintBounds(t *testing.T) {
	var b strings.Builder
	for range 500 {
		b.WriteString(officetest.Runs("hai  dấu cách"))
	}
	for i := range 900 {
		b.WriteString(officetest.Runs(strings.Repeat("x", i%7) + record.Roman(1+i%60) + ". Mục:"))
	}
	b.WriteString(officetest.Runs("Cuối ____"))
	found := lint(t, officetest.DOCX(t, b.String(), nil), StageDraft)
	if len(found) != maxFindings+1 {
		t.Fatalf("%d findings", len(found))
	}
	last := found[maxFindings]
	if last.Rule != RuleSet || last.Level != record.LevelInfo || !strings.Contains(last.Message, "điều nữa") {
		t.Errorf("the last is %s", show(last))
	}
	if !slices.ContainsFunc(found, func(f record.Finding) bool { return f.Rule == "R20" && f.Level == record.LevelError }) {
		t.Error("the placeholder at the end is lost")
	}
	alike := slices.IndexFunc(found, func(f record.Finding) bool { return strings.HasSuffix(f.Place, "chỗ khác như vậy") })
	if alike < 0 {
		t.Error("nothing is counted together")
	}
}

// The service's own DOCX is a draft, also of a version that has its number.
// Documents made to cost: whatever is in them, the work stays in proportion.
func TestLintCost(t *testing.T) {
	many := func(n int, p string) string { return strings.Repeat(p, n) }
	head := dressed(12, "bc", nation)
	for name, body := range map[string]string{
		"annexes":       many(3_000, dressed(14, "bc", "Phụ lục I")+dressed(14, "b", "x")),
		"references":    dressed(12, "bi", "Nơi nhận:") + many(5_000, dressed(14, "bci", "(Kèm theo Quyết định)")),
		"heads":         many(1_500, officetest.Table([]string{head})),
		"one head":      officetest.Table([]string{many(5_000, head)}),
		"abbreviations": many(1_000, dressed(14, "f", "AB AC AD AE AG AH AI AK AL AM AN AO AP AQ AR AS AT AU AV AX")),
		"repeats":       dressed(14, "f", many(30_000, "ba ba bốn ")),
		"units":         dressed(14, "f", many(10_000, "Phòng Văn hóa - Thông tin ")),
		"brackets":      dressed(14, "f", many(100_000, "(")) + dressed(14, "f", many(100_000, ")")),
		"labels":        many(5_000, dressed(12, "bi", "Nơi nhận:")),
		"basis":         dressed(14, "bc", "QUYẾT ĐỊNH") + many(4_000, dressed(14, "if", "Căn cứ Luật;")),
	} {
		t.Run(name, func(t *testing.T) {
			if found := lint(t, officetest.DOCX(t, body+noise(), nil), StageDraft); len(found) == 0 || len(found) > maxFindings+1 {
				t.Errorf("%d findings", len(found))
			}
		})
	}
}

func TestRules(t *testing.T) {
	c := catalogue(t)
	v := *aboutOf(officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example)).Document
	docx := changed(t, goodPlan(t))
	for _, number := range []int{0, 46} {
		v.Number = number
		found, err := Rules{}.Lint(t.Context(), docx, v)
		if err != nil || len(found) != 0 || found == nil {
			t.Errorf("number %d: %v, %v", number, found, err)
		}
	}
	for text, code := range map[string]string{"x": "not-docx", "%PDF-1.7": "pdf-damaged"} {
		if _, err := (Rules{}).Lint(t.Context(), []byte(text), v); record.CodeOf(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestLintIsDeterministicAndConcurrent(t *testing.T) {
	c := catalogue(t)
	docx, err := c.Fill(t.Context(), officetest.Filling(t, c, officetest.Seed(t, "000")))
	if err != nil {
		t.Fatal(err)
	}
	want := lint(t, docx, StageIssued)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if r, err := DOCX(context.Background(), docx, About{Stage: StageIssued}); err != nil || !slices.Equal(r.Findings, want) {
				t.Errorf("differs: %v", err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkLint(b *testing.B) {
	c := catalogue(b)
	docx, err := c.Fill(b.Context(), officetest.Filling(b, c, officetest.Seed(b, "004")))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DOCX(b.Context(), docx, About{Stage: StageDraft}); err != nil {
			b.Fatal(err)
		}
	}
}
