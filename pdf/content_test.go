package pdf

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

const helvetica = "<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Some-Bold/FirstChar 65/Widths[500 600]/ToUnicode 6 0 R>>"

// pageWith is a file of one page with this content and this ToUnicode map.
func pageWith(content, cmap string) []byte {
	stream := func(s string) string { return fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(s), s) }
	return build("", catalog, "<</Kids[3 0 R]>>", "<</MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		stream(content), helvetica, stream(cmap))
}

func glyphsOf(b []byte) ([]Glyph, error) {
	f, err := Open(b)
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return nil, err
	}
	return f.Glyphs(pages[0])
}

const twoLetters = "2 beginbfchar <41> <0110> <42> <00A0> endbfchar"

func TestOperatorsPlaceGlyphs(t *testing.T) {
	for _, c := range []struct {
		content string
		x, y    float64 // of the last glyph
		size    float64
		level   bool
	}{
		{"BT /F 10 Tf 5 7 Td (AB) Tj ET", 10, 7, 10, true},
		{"BT /F 10 Tf 5 7 Td [(A) -100 (B)] TJ ET", 11, 7, 10, true},
		{"BT /F 10 Tf 2 Tc 5 7 Td (AB) Tj ET", 12, 7, 10, true},
		{"BT /F 10 Tf 50 Tz 5 7 Td (AB) Tj ET", 7.5, 7, 10, true},
		{"q 2 0 0 2 1 1 cm BT /F 10 Tf 5 7 Td (AB) Tj ET Q", 21, 15, 20, true},
		{"BT /F 1 Tf 10 0 0 10 5 7 Tm (AB) Tj ET", 10, 7, 10, true},
		{"BT /F 10 Tf 5 20 Td 12 TL (A) Tj (B) ' ET", 5, 8, 10, true},
		{"BT /F 10 Tf 5 20 TD (A) Tj 0 -3 TD T* (B) Tj ET", 5, 14, 10, true},
		{"BT /F 10 Tf 3 Ts 5 7 Td (AB) Tj ET", 10, 10, 10, true},
		{"BI /W 1 /H 1 ID \x00(EI\x01 EI BT /F 10 Tf 5 7 Td (AB) Tj ET", 10, 7, 10, true},
		{"BT /F 10 Tf 1 0 .3 1 5 7 Tm (AB) Tj ET", 10, 7, math.Hypot(3, 10), false},
	} {
		g, err := glyphsOf(pageWith(c.content, twoLetters))
		if err != nil || len(g) != 2 {
			t.Errorf("%q: %v, %v", c.content, g, err)
			continue
		}
		last := g[1]
		if math.Abs(last.X-c.x)+math.Abs(last.Y-c.y)+math.Abs(last.Size-c.size) > 1e-9 || last.Level != c.level {
			t.Errorf("%q: %+v, want x %v, y %v, size %v", c.content, last, c.x, c.y, c.size)
		}
		if g[0].Text != "Đ" || last.Text != "\u00a0" || last.Font != "Some-Bold" {
			t.Errorf("%q: read as %q, %q in %s", c.content, g[0].Text, last.Text, last.Font)
		}
	}
}

func TestHostileContentIsAnError(t *testing.T) {
	for name, b := range map[string][]byte{
		"text without a font":   pageWith("BT (A) Tj ET", ""),
		"a font that is not":    pageWith("BT /G 1 Tf ET", ""),
		"operands for ever":     pageWith(strings.Repeat("0 ", maxOperands+1), ""),
		"states for ever":       pageWith(strings.Repeat("q ", maxSaves+1), ""),
		"ranges that repeat":    pageWith("BT /F 1 Tf ET", strings.Repeat("1 beginbfrange <0000> <FFFF> <0041> endbfrange ", 500)),
		"an image without end":  pageWith("BI ID xxxx", ""),
		"a matrix of two terms": pageWith("1 0 cm", ""),
	} {
		if g, err := glyphsOf(b); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %d glyphs, %v", name, len(g), err)
		}
	}
}

func FuzzGlyphs(f *testing.F) {
	f.Add("BT /F 10 Tf 5 7 Td [(A) -100 (B)] TJ ET", twoLetters)
	f.Add("q 2 0 0 2 1 1 cm BI /W 1 ID x EI Q BT /F 1 Tf 1 2 (A) \" ET", "1 beginbfrange <00> <10> [<0041>] endbfrange")
	f.Fuzz(func(t *testing.T, content, cmap string) {
		if _, err := glyphsOf(pageWith(content, cmap)); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}

func TestASubsetKeepsDigitsAndTheirWidths(t *testing.T) {
	font, err := ParseFont(testFile(t, "digits.ttf"))
	if err != nil {
		t.Fatal(err)
	}
	program, _, err := font.subset([]rune("47"))
	if err != nil {
		t.Fatal(err)
	}
	small, err := ParseFont(program)
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := small.Advance('7'); !ok || w != 0.5 {
		t.Errorf("a 7 is %v em wide, %v", w, ok)
	}
	if _, ok := small.Advance('5'); ok {
		t.Error("the subset holds what was not asked for")
	}
	old, err1 := font.glyph(font.cmap['7'])
	kept, err2 := small.glyph(small.cmap['7'])
	if err1 != nil || err2 != nil || !strings.HasPrefix(string(kept), strings.TrimRight(string(old), "\x00")) {
		t.Errorf("the outline of 7 changed: %v, %v", err1, err2)
	}
	if sum := checksum(program); sum != 0xB1B0AFBA {
		t.Errorf("the whole font's checksum is %#x", sum)
	}
	if _, _, err := font.subset([]rune("A")); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a letter that is not there: %v", err)
	}
}

func FuzzFont(f *testing.F) {
	f.Add(testFile(f, "digits.ttf"))
	f.Fuzz(func(t *testing.T, b []byte) {
		font, err := ParseFont(b)
		if err != nil {
			return
		}
		add := func(Object) Ref { return Ref{Num: 1} }
		if d, err := font.Embed("Some", []rune("0123456789"), nil, add); err == nil && d["FontDescriptor"] == nil {
			t.Error("a font without descriptor")
		}
	})
}
