package lint

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"vanthu/record"
)

// sheetsOf is a PDF of A4 pages with these contents. Fonts /R, /B, /I and /J
// are upright, bold, italic and both; their codes are UTF-16.
func sheetsOf(contents ...string) []byte {
	const fixed = 7 // objects before the pages
	stream := func(s string) string { return fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(s), s) }
	font := func(name string) string {
		return "<</Type/Font/Subtype/Type0/BaseFont/" + name + "/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/" + name + "/DW 480/FontDescriptor<</Type/FontDescriptor/Flags 4/FontFile2 6 0 R>>>>]>>"
	}
	var kids strings.Builder
	for i := range contents {
		fmt.Fprintf(&kids, "%d 0 R ", fixed+1+2*i)
	}
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Kids[" + kids.String() + "]/MediaBox[0 0 595.3 841.9]/Resources<</Font<</R 3 0 R/B 4 0 R/I 5 0 R/J 7 0 R>>>>>>",
		font("TimesNewRomanPSMT"), font("TimesNewRomanPS-BoldMT"), font("TimesNewRomanPS-ItalicMT"), stream("1 beginbfrange <0000> <2000> <0000> endbfrange"), font("TimesNewRomanPS-BoldItalicMT")}
	for i, c := range contents {
		objects = append(objects, fmt.Sprintf("<</Contents %d 0 R/Annots[<</Subtype/Widget/FT/Sig/V<</ByteRange[0 1 2 3]>>/Rect[300 300 400 400]>>]>>", fixed+2+2*i), stream(c))
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// typed shows a text at a place.
func typed(font string, size, x, y float64, text string) string {
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	return fmt.Sprintf("BT /%s %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n", font, size, x, y, hex.String())
}

func typedPlan() (first, second string) {
	first = typed("B", 12, 100, 774, "ỦY BAN NHÂN DÂN") + typed("B", 12, 300, 774, nation) + typed("B", 13, 320, 759, motto) +
		"320 753 m 490 753 l S 120 755 m 170 755 l S\n" + typed("R", 13, 100, 730, "Số: 46/KH-UBND") + typed("I", 13, 320, 730, "Vinh, ngày 05 tháng 6 năm 2024") +
		typed("B", 14, 270, 690, "KẾ HOẠCH") + typed("B", 14, 200, 674, "Cải cách hành chính") + typed("R", 14, 121, 640, "I. Nội dung") +
		"85 500 m 500 500 l 500 600 l 85 600 l s 300 500 m 300 600 l S\n" + typed("R", 12, 90, 550, "Việc") + typed("R", 12, 310, 550, "Đơn vị")
	second = typed("R", 14, 310, 800, "2") + typed("R", 14, 121, 770, "Các đơn vị thực hiện./.") + typed("I", 12, 85, 700, "Nơi nhận:") + typed("R", 11, 85, 685, "- Lưu: VT, NV.") +
		typed("B", 14, 380, 700, "CHỦ TỊCH") + typed("B", 14, 370, 600, "Nguyễn Văn A") + typed("B", 14, 280, 500, "Phụ lục I")
	return first, second
}

// Any content: a clean error, or a report that keeps its promises.
func FuzzPDF(f *testing.F) {
	first, second := typedPlan()
	f.Add(first, second)
	f.Add(typed("R", 12, 85, 700, "V/v a")+"q 595 0 0 842 0 0 cm BI /W 1 ID x EI Q", typed("R", 0, -1e9, 1e300, "Nơi nhận:"))
	f.Add("1 w 0 0 595 842 re S 10 10 m 10 800 l S 3 Tr "+typed("B", 14, 1, 1, "Phụ lục"), "BT /R 14 Tf -1 0 0 1 9 9 Tm <0041> Tj 1 0 .3 1 9 9 Tm <0042> Tj ET")
	known := map[string]bool{RuleSet: true}
	for _, r := range lintRules() {
		known[r.number] = true
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		b := sheetsOf(first, second)
		for _, stage := range []Stage{StageDraft, StageIssued} {
			r, err := PDF(t.Context(), b, About{Stage: stage})
			if err != nil {
				if record.KindOf(err) != record.Invalid {
					t.Fatalf("a foreign error: %v", err)
				}
				continue
			}
			for _, x := range r.Findings {
				if !known[x.Rule] || x.Message == "" || x.Source == "" {
					t.Fatalf("a finding that says nothing: %+v", x)
				}
				if s := x.Place + x.Found + x.Message; !utf8.ValidString(s) || len(x.Place) > 500 || len(x.Found) > 500 {
					t.Fatalf("a finding that cannot be shown: %+q", x)
				}
			}
			again, err := PDF(t.Context(), b, About{Stage: stage})
			if err != nil || !slices.Equal(r.Findings, again.Findings) {
				t.Fatalf("not the same twice: %v", err)
			}
		}
	})
}

// The heaviest pages within the limits of package pdf end in time and are
// refused where there are too many of them.
func TestPDFBounds(t *testing.T) {
	lines := strings.Repeat("0 9 m 500 9 l S 9 0 m 9 500 l S ", maxLines)
	letters := strings.Repeat(typed("R", 12, 85, 700, "a")+typed("R", 12, 300, 200, "b"), 20_000)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"a page of lines":    {sheetsOf(lines), ""},
		"a page of letters":  {sheetsOf(letters), ""},
		"too many stretches": {sheetsOf(letters, letters, letters, letters, letters, letters), "pdf-limit"},
		"too many pages":     {sheetsOf(make([]string, maxSheets+1)...), "pdf-limit"},
		"no pages":           {sheetsOf(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := PDF(ctx, c.file, About{Stage: StageDraft})
			if (err == nil) != (c.code == "") || err != nil && record.CodeOf(err) != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := PDF(ctx, sheetsOf(""), About{Stage: StageDraft}); err == nil || record.KindOf(err) == record.Invalid {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := PDF(t.Context(), sheetsOf(""), About{}); record.CodeOf(err) != "lint-stage" {
		t.Errorf("no stage: %v", err)
	}
}

func BenchmarkPDF(b *testing.B) {
	file := planPDF(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := PDF(b.Context(), file, About{Stage: StageDraft}); err != nil {
			b.Fatal(err)
		}
	}
}
