package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The same document in the three forms a writer may choose.
var forms = []string{"plan.pdf", "plan-xref-stream.pdf", "plan-linearized.pdf"}

func TestOpenReadsEveryObjectOfEachForm(t *testing.T) {
	for _, name := range forms {
		t.Run(name, func(t *testing.T) {
			f, err := Open(testFile(t, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range f.Numbers() {
				o, err := f.Object(n)
				if err != nil {
					t.Fatalf("object %d: %v", n, err)
				}
				if s, ok := o.(*Stream); ok {
					if _, err := f.Data(s); err != nil {
						t.Errorf("stream %d: %v", n, err)
					}
				}
			}
			pages, err := f.Pages()
			if err != nil || len(pages) != 1 {
				t.Fatalf("pages %v, %v", pages, err)
			}
			if w, h := pages[0].MediaBox.Width(), pages[0].MediaBox.Height(); math.Abs(w-595.3) > 0.1 || math.Abs(h-841.9) > 0.1 {
				t.Errorf("page is %v x %v points, not A4", w, h)
			}
			if revisions := f.Revisions(); len(revisions) != 1 || revisions[0].End != len(f.Bytes()) {
				t.Errorf("revisions %d, last end %d of %d", len(revisions), revisions[0].End, len(f.Bytes()))
			}
		})
	}
}

func TestDestinationsAreTheBookmarksOfTheForm(t *testing.T) {
	for _, name := range forms {
		f, err := Open(testFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Destinations()
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 10 {
			t.Errorf("%s: %d destinations, want 10", name, len(got))
		}
		a, b := got["vtNumberA"], got["vtNumberB"]
		if !a.HasXY || !b.HasXY || a.Top != b.Top || math.Abs(b.Left-a.Left-19.5) > 0.3 {
			t.Errorf("%s: number slot from %+v to %+v, want 19.5 points on one line", name, a, b)
		}
	}
}

func TestGlyphsStandWhereTheBookmarksSay(t *testing.T) {
	for _, name := range forms {
		f, err := Open(testFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		glyphs, err := f.Glyphs(pages[0])
		if err != nil {
			t.Fatal(err)
		}
		var line strings.Builder
		for _, g := range glyphs {
			if math.Abs(g.Y-744.289) < 0.01 && g.X < 250 {
				line.WriteString(g.Text)
				if g.Font != "LiberationSerif" || g.Size != 13 || !g.Level {
					t.Errorf("%s: %+v, want upright LiberationSerif of 13 points", name, g)
				}
			}
		}
		if got, want := line.String(), "Số: "+strings.Repeat("\u00a0", 6)+"/KH-UBND"; got != want {
			t.Errorf("%s: the line reads %q, want %q", name, got, want)
		}
	}
}

// parse reads one object on its own.
func parse(s string) (Object, error) { return (&parser{b: []byte(s)}).value() }

func TestParserReadsEachKindOfObject(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Object
	}{
		{"null", Null{}},
		{"true", Boolean(true)},
		{"-12", Integer(-12)},
		{"+.5", Real(.5)},
		{"4.", Real(4)},
		{"12 0 R", Ref{12, 0}},
		{"12 0 Rx", Integer(12)},
		{"/A#20B", Name("A B")},
		{"/", Name("")},
		{`(a\(b\)(c)\n\101\8\` + "\n)", String("a(b)(c)\nA8")},
		{"(a\r\nb\rc)", String("a\nb\nc")},
		{"<48 6 5F>", String("He\xF0")},
		{"[1 0 R 2 3]", Array{Ref{1, 0}, Integer(2), Integer(3)}},
		{"<</A 1/B<</C[/D]>>/E null>>", Dict{"A": Integer(1), "B": Dict{"C": Array{Name("D")}}}},
		{"% comment\n7", Integer(7)},
	} {
		if got, err := parse(c.in); err != nil || !Equal(got, c.want) {
			t.Errorf("%q: got %#v, %v; want %#v", c.in, got, err, c.want)
		}
	}
}

func TestParserRefusesWhatReadersWouldReadDifferently(t *testing.T) {
	for _, in := range []string{"", "(abc", "<4G>", "<41", "[1", "<</A 1", "<</A>>", "<<1 2>>", "]", "1.2.3", "--1", "word",
		"<</A 1/A 2>>", "<</A null/A 2>>", "<</A 1>", strings.Repeat("[", 100_000), strings.Repeat("<</A", 100_000)} {
		if got, err := parse(in); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) {
			t.Errorf("%.20q: got %#v, %v", in, got, err)
		}
	}
}

// build makes a file of the bodies numbered from 1 with a correct table.
func build(trailer string, bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, body := range bodies {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(bodies)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(bodies)+1, trailer, start)
	return b.Bytes()
}

const catalog = "<</Type/Catalog/Pages 2 0 R>>"

func TestHostileFilesAreErrors(t *testing.T) {
	loop := build("", catalog, "<</Kids[2 0 R]>>")
	good := build("", catalog, "<</Kids[]/Count 0>>")
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"empty":                         {nil, ErrDamaged},
		"not a PDF":                     {[]byte("PK\x03\x04 and so on"), ErrDamaged},
		"cut in half":                   {good[:len(good)/2], ErrDamaged},
		"page tree in a circle":         {loop, ErrDamaged},
		"sections in a circle":          {build("/Prev 60", catalog, "<</Kids[]>>"), ErrDamaged},
		"encrypted":                     {build("/Encrypt 2 0 R", catalog, "<<>>"), ErrEncrypted},
		"catalogue is a number":         {build("", "5"), ErrDamaged},
		"reference in a circle":         {build("", "2 0 R", "1 0 R"), ErrDamaged},
		"stream length names itself":    {build("", "<</Length 1 0 R>>stream\nx\nendstream"), ErrDamaged},
		"offset names another object":   {bytes.Replace(good, []byte("2 0 obj"), []byte("3 0 obj"), 1), ErrDamaged},
		"a generation too high":         {bytes.Replace(good, []byte(" 00000 n"), []byte(" 65536 n"), 1), ErrDamaged},
		"the same kid twice":            {build("", catalog, "<</Kids[3 0 R 3 0 R]>>", "<</MediaBox[0 0 1 1]>>"), ErrDamaged},
		"names in a circle":             {build("", "<</Pages 2 0 R/Names<</Dests 3 0 R>>>>", "<</Kids[]>>", "<</Kids[3 0 R]>>"), ErrDamaged},
		"nested beyond any depth":       {build("", "<</Pages 2 0 R/X "+strings.Repeat("[", 9999)+">>", "<</Kids[]>>"), ErrLimit},
		"negative startxref":            {[]byte("%PDF-1.4\nstartxref\n-5\n%%EOF"), ErrDamaged},
		"startxref beyond the end":      {[]byte("%PDF-1.4\nstartxref\n99999999999999999999\n%%EOF"), ErrDamaged},
		"a table of a billion entries":  {[]byte("%PDF-1.4\nxref\n0 8000000\nstartxref\n9\n%%EOF"), ErrLimit},
		"page without a box":            {build("", catalog, "<</Kids[3 0 R]>>", "<</Type/Page>>"), ErrDamaged},
		"page tree deeper than a stack": {build("", append([]string{catalog}, deepTree(200)...)...), ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			if err := walk(c.b); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := walk(good); err != nil {
		t.Errorf("the good file: %v", err)
	}
	if err := walk(bytes.Replace(good, []byte("65535 f"), []byte("65536 f"), 1)); err != nil {
		t.Errorf("as MuPDF writes it: %v", err)
	}
}

func deepTree(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("<</Kids[%d 0 R]>>", i+3))
	}
	return append(out, "<</MediaBox[0 0 1 1]>>")
}

func TestObjectsThatOverlapCostNoMoreThanALimit(t *testing.T) {
	// A thousand entries that all scan one string of megabytes.
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n")
	at := b.Len()
	for n := 2; n < 1000; n++ {
		fmt.Fprintf(&b, "%d 0 obj\n(", n)
	}
	b.WriteString(strings.Repeat("0 ", 1<<20))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 2\n0000000000 65535 f \n%010d 00000 n \n2 998\n", 9)
	for n := 2; n < 1000; n++ {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
		at += len(fmt.Sprintf("%d 0 obj\n(", n))
	}
	fmt.Fprintf(&b, "trailer\n<</Size 1000/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", start)
	f, err := Open(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, n := range f.Numbers() {
		if _, err := f.Object(n); err != nil {
			last = err
		}
	}
	if !errors.Is(last, ErrLimit) {
		t.Errorf("got %v, want %v", last, ErrLimit)
	}
}

func TestABombInflatesOnlyToTheLimit(t *testing.T) {
	f, err := Open(build("", catalog, "<</Kids[]>>"))
	if err != nil {
		t.Fatal(err)
	}
	f.decode = 1 << 16
	bomb := deflate(make([]byte, 1<<20))
	if _, err := f.Data(&Stream{Dict: Dict{"Filter": Name("FlateDecode")}, Raw: bomb}); !errors.Is(err, ErrLimit) {
		t.Errorf("got %v, want %v", err, ErrLimit)
	}
}

// walk touches everything that a checker touches.
func walk(b []byte) error {
	f, err := Open(b)
	if err != nil {
		return err
	}
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	for _, n := range f.Numbers() {
		o, err := f.Object(n)
		note(err)
		if s, ok := o.(*Stream); ok {
			if _, err := f.Data(s); err != nil && !errors.Is(err, ErrUnsupported) {
				note(err)
			}
		}
	}
	pages, err := f.Pages()
	note(err)
	for _, p := range pages {
		if _, err := f.Glyphs(p); !errors.Is(err, ErrUnsupported) {
			note(err)
		}
	}
	_, err = f.Destinations()
	note(err)
	for i := range f.Revisions() {
		_, err = f.At(i)
		note(err)
	}
	return first
}

func FuzzOpen(f *testing.F) {
	f.Add(build("", catalog, "<</Kids[3 0 R]>>", "<</MediaBox[0 0 1 1]/Contents 4 0 R>>", "<</Length 3>>stream\nq Q\nendstream"))
	f.Add(build("/Prev 9", catalog, "<</Kids[]>>"))
	f.Add(build("", "<</Pages 2 0 R/Dests<</a[2 0 R/XYZ 1 2 0]>>>>", "<</Kids[]>>"))
	for _, name := range forms {
		f.Add(testFile(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := walk(b); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) &&
			!errors.Is(err, ErrEncrypted) && !errors.Is(err, ErrUnsupported) {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}
