package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"slices"
	"strings"
	"testing"
)

// sheet is a file of one page: its content, its resources and fonts besides
// /F, what its dictionary says besides, and objects from number 7.
type sheet struct {
	content, resources, fonts, page string
	objects                         []string
}

func streamOf(dict, s string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(s), s)
}

func (s sheet) bytes() []byte {
	objects := []string{catalog, "<</Kids[3 0 R]>>",
		"<</MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R" + s.fonts + ">>" + s.resources + ">>" + s.page + ">>",
		streamOf("", s.content), helvetica, streamOf("", twoLetters)}
	return build("", append(objects, s.objects...)...)
}

func (s sheet) marks() (*File, Marks, error) {
	f, err := Open(s.bytes())
	if err != nil {
		return nil, Marks{}, err
	}
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return f, Marks{}, err
	}
	m, err := f.Marks(pages[0])
	return f, m, err
}

func (s sheet) mustMarks(t *testing.T) (*File, Marks) {
	t.Helper()
	f, m, err := s.marks()
	if err != nil {
		t.Fatal(err)
	}
	return f, m
}

func TestPathsBecomeStrokesAndAreas(t *testing.T) {
	black, red := Ink{Known: true}, Ink{R: 1, Known: true}
	for _, c := range []struct {
		content string
		want    []Shape
	}{
		{"2 w 1 5 m 9 5 l S", []Shape{{Rect: Rect{1, 5, 9, 5}, Thick: 2, Ink: black}}},
		{"q 2 0 0 2 10 0 cm 1 5 m 9 5 l S Q", []Shape{{Rect: Rect{12, 10, 28, 10}, Thick: 2, Ink: black}}},
		{"1 0 0 RG [3 2] 0 d 1 5 m 9 5 l S", []Shape{{Rect: Rect{1, 5, 9, 5}, Thick: 1, Dashed: true, Ink: red}}},
		{"1 0 0 rg 1 5 8 1 re f", []Shape{{Rect: Rect{1, 5, 9, 6}, Ink: red}}},
		{"1 1 m 9 1 l 9 9 l s", []Shape{{Rect: Rect{1, 1, 9, 1}, Thick: 1, Ink: black}, {Rect: Rect{9, 1, 9, 9}, Thick: 1, Ink: black}, {Rect: Rect{1, 1, 9, 9}, Thick: 1, Ink: black}}},
		{"1 1 m 2 9 8 9 9 1 c f*", []Shape{{Rect: Rect{1, 1, 9, 9}, Ink: black}}},
		{"0 0 m 5 5 m 6 6 l f", []Shape{{Rect: Rect{5, 5, 6, 6}, Ink: black}}},
		{"1 5 m 9 5 l n 1 5 8 1 re W n", nil},
		{"0 1 1 0 k 1 5 8 1 re f", []Shape{{Rect: Rect{1, 5, 9, 6}, Ink: red}}},
		{"/DeviceRGB cs 1 0 0 sc 1 5 8 1 re f", []Shape{{Rect: Rect{1, 5, 9, 6}, Ink: red}}},
		{"/S cs 1 scn 1 5 8 1 re f", []Shape{{Rect: Rect{1, 5, 9, 6}}}},
		{"/I cs 1 0 0 scn 1 5 8 1 re f", []Shape{{Rect: Rect{1, 5, 9, 6}, Ink: red}}},
	} {
		_, m := sheet{content: c.content, resources: "/ColorSpace<</S[/Separation/Gold/DeviceRGB 7 0 R]/I[/ICCBased 7 0 R]>>", objects: []string{streamOf("/N 3", "x")}}.mustMarks(t)
		if !slices.Equal(m.Shapes, c.want) {
			t.Errorf("%q: %+v, want %+v", c.content, m.Shapes, c.want)
		}
	}
}

func TestGlyphsHaveTheirInk(t *testing.T) {
	for _, c := range []struct {
		content string
		want    Ink
		hidden  bool
		slant   float64
	}{
		{"BT /F 10 Tf (A) Tj ET", Ink{Known: true}, false, 0},
		{"1 0 0 rg BT /F 10 Tf (A) Tj ET", Ink{1, 0, 0, true}, false, 0},
		{"q 1 0 0 rg Q BT /F 10 Tf (A) Tj ET", Ink{Known: true}, false, 0},
		{"BT 3 Tr /F 10 Tf (A) Tj ET", Ink{Known: true}, true, 0},
		{"0 0 1 RG BT 1 Tr /F 10 Tf (A) Tj ET", Ink{0, 0, 1, true}, false, 0},
		{"BT /F 10 Tf 1 0 .25 1 5 7 Tm (A) Tj ET", Ink{Known: true}, false, .25},
	} {
		_, m := sheet{content: c.content}.mustMarks(t)
		if g := m.Glyphs; len(g) != 1 || g[0].Ink != c.want || g[0].Hidden != c.hidden || g[0].Slant != c.slant || g[0].Face.Embedded {
			t.Errorf("%q: %+v", c.content, g)
		}
	}
}

func TestFormsAndAppearancesAreDrawnInTheirPlace(t *testing.T) {
	form := func(dict, s string) string { return streamOf("/Subtype/Form/BBox[0 0 10 10]"+dict, s) }
	f, m := sheet{
		content: "q 2 0 0 2 0 0 cm /X Do Q BT /F 10 Tf (B) Tj ET", resources: "/XObject<</X 7 0 R>>", page: "/Annots[8 0 R 10 0 R 12 0 R]",
		objects: []string{
			form("/Matrix[1 0 0 1 3 4]", "BT /F 10 Tf (A) Tj ET Q Q /Y Do"), // Q beyond its own; /Y is not there
			"<</Subtype/Widget/Parent 9 0 R/Rect[20 20 30 40]/AP<</N 11 0 R>>>>",
			"<</FT/Tx/T(number)/V(46)>>",
			"<</Subtype/Widget/FT/Sig/T(hidden)/F 2/Rect[0 0 1 1]/AP<</N 11 0 R>>>>",
			form("/Resources<</Font<</G 5 0 R>>>>", "BT /G 5 Tf 1 1 Td (A) Tj ET 0 5 m 10 5 l S"),
			"<</Subtype/Stamp/AS/On/Rect[50 50 60 60]/AP<</N<</On 11 0 R>>>>>>",
		},
	}.mustMarks(t)
	var at []string
	for _, g := range m.Glyphs {
		at = append(at, fmt.Sprintf("%s %g,%g size %g widget %d", g.Text, g.X, g.Y, g.Size, g.Widget))
	}
	want := []string{"Đ 6,8 size 20 widget 0", "\u00a0 0,0 size 10 widget 0", "Đ 21,22 size 10 widget 1", "Đ 51,51 size 5 widget 0"}
	if !slices.Equal(at, want) {
		t.Errorf("%q, want %q", at, want)
	}
	if len(m.Shapes) != 2 || m.Shapes[0].Rect != (Rect{20, 30, 30, 30}) || m.Shapes[0].Widget != 1 {
		t.Errorf("shapes %+v", m.Shapes)
	}
	if w := m.Widgets; len(w) != 2 || w[0].Field != "number" || w[0].Type != "Tx" || w[0].Value != String("46") || w[1].Type != "Sig" || w[1].Value != nil {
		t.Errorf("widgets %+v", w)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	if own, err := f.Glyphs(pages[0]); err != nil || len(own) != 1 {
		t.Errorf("the page's own text: %v, %v", own, err)
	}
}

func TestPicturesHaveAPlaceAndATint(t *testing.T) {
	const w, h = 20, 10
	blue := strings.Repeat("\x00\x00\xc0", w*h/2) + strings.Repeat("\xff\xff\xff", w*h/2)
	var photo bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.Set(i%w, i/w, color.RGBA{R: 200, A: 255})
	}
	if err := jpeg.Encode(&photo, img, nil); err != nil {
		t.Fatal(err)
	}
	const size = "/Subtype/Image/Width 20/Height 10/BitsPerComponent 8"
	for _, c := range []struct {
		name, dict, data, mask string
		alpha                  bool
		want                   Ink
	}{
		{"on white paper", "/ColorSpace/DeviceRGB", blue, "", false, Ink{0, 0, 0.75, true}},
		{"half transparent", "/ColorSpace/DeviceRGB/SMask 8 0 R", strings.Repeat("\x80\x00\x00", w*h/2) + strings.Repeat("\x00\x80\x00", w*h/2), strings.Repeat("\xff", w*h/2) + strings.Repeat("\x00", w*h/2), true, Ink{0.5, 0, 0, true}},
		{"grey", "/ColorSpace/DeviceGray", strings.Repeat("\x33", w*h), "", false, Ink{0.2, 0.2, 0.2, true}},
		{"palette", "/ColorSpace[/Indexed/DeviceRGB 1 <000000 FF0000>]", strings.Repeat("\x01", w*h), "", false, Ink{1, 0, 0, true}},
		{"JPEG", "/ColorSpace/DeviceRGB/Filter/DCTDecode", photo.String(), "", false, Ink{0.78, 0, 0, true}},
		{"nothing", "/ColorSpace/DeviceGray", strings.Repeat("\xff", w*h), "", false, Ink{}},
	} {
		f, m := sheet{content: "q 40 0 0 20 5 6 cm /P Do Q", resources: "/XObject<</P 7 0 R>>",
			objects: []string{streamOf(size+c.dict, c.data), streamOf(size+"/ColorSpace/DeviceGray", c.mask)}}.mustMarks(t)
		if len(m.Pictures) != 1 {
			t.Fatalf("%s: %+v", c.name, m.Pictures)
		}
		p := m.Pictures[0]
		if p.Rect != (Rect{5, 6, 45, 26}) || p.Width != w || p.Height != h || p.Alpha != c.alpha {
			t.Errorf("%s: %+v", c.name, p)
		}
		got, err := f.Tint(p)
		if near := math.Abs(got.R-c.want.R) + math.Abs(got.G-c.want.G) + math.Abs(got.B-c.want.B); err != nil || near > 0.02 || got.Known != c.want.Known {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	f, m := sheet{content: "q 40 0 0 20 5 6 cm BI /W 3 /H 2 ID xxx EI Q"}.mustMarks(t)
	if len(m.Pictures) != 1 || m.Pictures[0].Width != 3 || m.Pictures[0].Rect != (Rect{5, 6, 45, 26}) {
		t.Errorf("in the content: %+v", m.Pictures)
	}
	if _, err := f.Tint(m.Pictures[0]); !errors.Is(err, ErrUnsupported) {
		t.Errorf("its tint: %v", err)
	}
}

func TestEncodingsSayWhatToUnicodeDoesNot(t *testing.T) {
	for _, c := range []struct{ font, code, want string }{
		{"/Encoding/WinAnsiEncoding", "\x93", "“"},
		{"/Encoding/MacRomanEncoding", "\x8e", "é"},
		{"/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[65/uni1EBF/ecircumflexacute/dcroat]>>", "A", "ế"},
		{"/Encoding<</Differences[65/uni1EBF/ecircumflexacute/dcroat]>>", "B", "ế"},
		{"/Encoding<</Differences[65/uni1EBF/ecircumflexacute/dcroat.alt]>>", "C", "đ"},
		{"/Encoding<</Differences[65/g17/uniZZZZ/aring]>>", "A", ""},
		{"/Encoding<</Differences[65/g17/uniD800/aring]>>", "B", ""},
		{"", "A", "A"},
		{"/FontDescriptor<</Flags 4>>", "A", ""},
	} {
		_, m, err := sheet{content: "BT /G 10 Tf (" + c.code + ") Tj ET", fonts: "/G 7 0 R",
			objects: []string{"<</Type/Font/Subtype/TrueType/BaseFont/X" + c.font + ">>"}}.marks()
		if err != nil || len(m.Glyphs) != 1 || m.Glyphs[0].Text != c.want {
			t.Errorf("%s %q: %+v, %v", c.font, c.code, m.Glyphs, err)
		}
	}
	_, m := sheet{content: "BT /G 10 Tf (AA) Tj ET", fonts: "/G 7 0 R",
		objects: []string{"<</Type/Font/Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 65/Widths[60]>>"}}.mustMarks(t)
	if g := m.Glyphs; len(g) != 2 || math.Abs(g[1].X-6) > 1e-9 || !g[0].Face.Embedded {
		t.Errorf("Type 3: %+v", g)
	}
}

func TestHostilePagesAreAnError(t *testing.T) {
	form := func(s string) string {
		return streamOf("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X 7 0 R>>>>", s)
	}
	var doubled []string // each draws the next one twice
	for i := range 11 {
		doubled = append(doubled, streamOf(fmt.Sprintf("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X %d 0 R>>>>", 8+i), strings.Repeat("/X Do ", 8)))
	}
	for name, s := range map[string]sheet{
		"a form in itself":           {content: "/X Do", resources: "/XObject<</X 7 0 R>>", objects: []string{form("/X Do")}},
		"forms doubled":              {content: "/X Do", resources: "/XObject<</X 7 0 R>>", objects: append(doubled, form(strings.Repeat("% ", 5000)))},
		"too many annotations":       {page: "/Annots[" + strings.Repeat("7 0 R ", maxAnnotations+1) + "]", objects: []string{"<<>>"}},
		"an appearance without box":  {page: "/Annots[7 0 R]", objects: []string{"<</AP<</N 8 0 R>>/Rect[0 0 1 1]>>", streamOf("", "")}},
		"a field that is its parent": {page: "/Annots[7 0 R]", objects: []string{"<</Subtype/Widget/Parent 7 0 R>>"}},
		"a path without end":         {content: strings.Repeat("1 1 l ", maxMarks+1)},
		"rectangles without end":     {content: strings.Repeat("0 0 1 1 re f ", maxMarks+1)},
		"a curve of two numbers":     {content: "1 1 c"},
		"a Type 3 without matrix":    {content: "BT /G 1 Tf ET", fonts: "/G 7 0 R", objects: []string{"<</Subtype/Type3>>"}},
	} {
		if _, m, err := s.marks(); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %d shapes, %v", name, len(m.Shapes), err)
		}
	}
}

func FuzzMarks(f *testing.F) {
	f.Add("q 2 0 0 2 1 1 cm /X Do Q BT /F 10 Tf 3 Tr (AB) Tj ET 1 1 m 2 2 l h S 0 0 1 1 re f", "/XObject<</X 7 0 R/P 8 0 R>>", "/Annots[9 0 R]")
	f.Add("/P Do BI /W 1 /H 1 ID x EI 1 0 0 rg /DeviceCMYK cs 1 1 1 1 sc 1 2 3 4 5 6 c b*", "/XObject<</P 8 0 R>>", "/Annots[<</Subtype/Widget/AP<</N 7 0 R>>/Rect[0 0 9 9]>>]")
	f.Fuzz(func(t *testing.T, content, resources, page string) {
		s := sheet{content: content, resources: resources, page: page, objects: []string{
			streamOf("/Subtype/Form/BBox[0 0 5 5]/Matrix[0 1 -1 0 0 0]", "BT /F 3 Tf (B) Tj ET /P Do"),
			streamOf("/Subtype/Image/Width 2/Height 1/BitsPerComponent 8/ColorSpace[/Indexed/DeviceRGB 0 <FF0000>]/SMask 8 0 R", "\x00\x01"),
			"<</Subtype/Widget/FT/Sig/T(a)/Rect[1 1 9 9]/AP<</N 7 0 R>>>>",
		}}
		file, m, err := s.marks()
		honest := func(err error) bool {
			return err == nil || errors.Is(err, ErrDamaged) || errors.Is(err, ErrLimit) || errors.Is(err, ErrUnsupported)
		}
		if !honest(err) {
			t.Errorf("an error of no kind: %v", err)
		}
		for _, p := range m.Pictures {
			if _, err := file.Tint(p); !honest(err) {
				t.Errorf("a tint's error of no kind: %v", err)
			}
		}
	})
}
