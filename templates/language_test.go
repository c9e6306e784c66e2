package templates

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

func TestNumbering(t *testing.T) {
	for _, tc := range []struct {
		manner string
		n      int
		want   string
	}{
		{"$I", 1, "I"}, {"$I", 4, "IV"}, {"$I", 9, "IX"}, {"$I", 14, "XIV"}, {"$I", 49, "XLIX"}, {"$I", 1999, "MCMXCIX"},
		{"$1", 1, "1"}, {"$1", 120, "120"},
		{"$a", 1, "a"}, {"$a", 4, "d"}, {"$a", 5, "đ"}, {"$a", 6, "e"}, {"$a", 7, "g"}, {"$a", 23, "y"},
		{"$a", 24, "aa"}, {"$a", 28, "ađ"}, {"$a", 46, "ay"}, {"$a", 47, "ba"}, {"$a", 23 * 24, "yy"}, {"$a", 23*24 + 1, "aaa"},
	} {
		if got := counter(tc.manner, tc.n); got != tc.want {
			t.Errorf("%s of %d is %q, not %q", tc.manner, tc.n, got, tc.want)
		}
	}
	seen := map[string]bool{}
	for n := 1; n <= 2000; n++ {
		if s := record.PointLetter(n); seen[s] {
			t.Fatalf("%q numbers two points", s)
		} else {
			seen[s] = true
		}
	}
}

func TestFillLanguage(t *testing.T) {
	for _, tc := range []struct {
		name, body, data string
		want             []string
	}{
		{"values", officetest.Runs("A {x} b {a.b}, {n}."), `{"x":"1 < 2 & \"ba\" 'bốn' {y} }{","a":{"b":"sâu"},"n":12345678901234567890}`,
			[]string{`A 1 < 2 & "ba" 'bốn' {y} }{ b sâu, 12345678901234567890.`}},
		{"same key twice", officetest.Runs("{x}{x} {x}"), `{"x":"a"}`, []string{"aa a"}},
		{"value that looks like our keys", officetest.Runs("{x}{y}"), `{"x":"{1}","y":"{0}{y}"}`, []string{"{1}{0}{y}"}},
		{"tags split into runs", officetest.Runs("{", "x", "} và {#l", "}", "{.", "};{/", "l}"), `{"x":"1","l":["a","b"]}`, []string{"1 và a;b;"}},
		{"a list of texts", officetest.Paragraphs("{#l}", "- {.};", "{/l}", "hết"), `{"l":["một","hai"]}`, []string{"- một;", "- hai;", "hết"}},
		{"nested lists number themselves", officetest.Paragraphs("{#s}", "{$I}. {t}", "{#c}", "{$1}. {t}", "{#p}", "{$a}) {.}", "{/p}", "{/c}", "{/s}"),
			`{"s":[{"t":"x","c":[{"t":"k","p":["1","2","3","4","5","6"]},{"t":"l"}]},{"t":"y","c":[{"t":"m","p":["7"]}]}]}`,
			[]string{"I. x", "1. k", "a) 1", "b) 2", "c) 3", "d) 4", "đ) 5", "e) 6", "2. l", "II. y", "1. m", "a) 7"}},
		{"a name is looked for from the inside out", officetest.Paragraphs("{#s}", "{#t}{t}{/t} {k}", "{#p}", "{.} {t} {k}", "{/p}", "{/s}"), `{"t":"ngoài","k":"gốc","s":[{"t":"trong","p":["1"]},{"p":["2"]},{"t":null}]}`,
			[]string{"trong gốc", "1 trong gốc", "ngoài gốc", "2 ngoài gốc", "ngoài gốc"}},
		{"a path is looked for as a whole", officetest.Runs("{#s}{a.b}{a.c}{/s}"), `{"a":{"b":"1","c":"2"},"s":{"a":{"b":"3"}}}`, []string{"32"}},
		{"what a section leaves out", officetest.Runs("{#a}a{/}{#b}b{/}{#c}c{/}{#d}d{/}{#e}e{/}{#f}f{/}{#g}g{/}{#h}h{/}{#i}i{/}{#j}j{/}{#k}k{/}{^a}A{/}{^k}K{/}"),
			`{"a":0,"b":-0.0e9,"c":"","d":false,"e":[],"f":null,"g":{},"h":"0","i":0.01,"j":" ","k":true}`, []string{"ghijkA"}},
		{"filters", officetest.Runs("{d|long}; {n | number}; {n|words|capital}; {#l}{.|upper}{$1|words}{/l}{a.b|date}"),
			`{"d":"2024-03-05","n":1234567.5,"l":["x","y"],"a":{"b":"2024-11-20"}}`,
			[]string{"ngày\u00a005 tháng\u00a03 năm\u00a02024; 1.234.567,5; Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy phẩy năm; XmộtYhai20/11/2024"}},
		{"names with blanks, in any form of Unicode", officetest.Runs("{Họ và  tên} {Họ và tên}{$.Họ và tên}"), "{\"Ho\u0323 va\u0300 te\u0302n\":\"An\"}", []string{"An AnAn"}},
		{"one form of Unicode for all", officetest.Runs("Ho\u0323 {x}") + para(text("U\u031b"), text("\u0309")), `{"x":"te\u0302n"}`, []string{"Họ tên", "Ử"}},
		{"capital letters", officetest.Runs("{#l}{$A}{/l}"), `{"l":["1","2","3","4","5"]}`, []string{"ABCDĐ"}},
		{"lists of lists", officetest.Paragraphs("{#r}", "{#.}{.};{/.}", "{/r}"), `{"r":[["1","2"],["3"]]}`, []string{"1;2;", "3;"}},
		{"the root from inside", officetest.Paragraphs("{#s}", "{v} {$.t}", "{/s}"), `{"t":"gốc","s":[{"v":"1"},{"v":"2"}]}`, []string{"1 gốc", "2 gốc"}},
		{"conditions in a line", officetest.Runs("{#a}có {a}{/a}{^a}không{/a}{#b}!{/}"), `{"b":true}`, []string{"không!"}},
		{"several steering tags in one paragraph", officetest.Paragraphs("{#s}{#c}", "{.}", "{/c}{/s}"), `{"s":[{"c":["1","2"]},{"c":["3"]}]}`, []string{"1", "2", "3"}},
		{"rows repeat", officetest.Table([]string{officetest.Runs("Tên"), officetest.Runs("Việc")}, []string{officetest.Runs("{#r}{$1}. {n}"), officetest.Runs("{v}{/r}")}), `{"r":[{"n":"a","v":"b"},{"n":"c","v":"d"}]}`,
			[]string{"Tên", "Việc", "1. a", "b", "2. c", "d"}},
		{"groups of rows", officetest.Table([]string{officetest.Runs("{#g}{t}"), officetest.Runs("")}, []string{officetest.Runs("{#r}{n}"), officetest.Runs("{v}{/r}{/g}")}),
			`{"g":[{"t":"I","r":[{"n":"1","v":"x"},{"n":"2","v":"y"}]},{"t":"II","r":[{"n":"3","v":"z"}]}]}`,
			[]string{"I", "", "1", "x", "2", "y", "II", "", "3", "z"}},
		{"a cell whose loop is empty keeps a paragraph", officetest.Table([]string{officetest.Paragraphs("{#l}", "{.}", "{/l}"), officetest.Runs("x")}), `{}`, []string{"", "x"}},
		{"a table without rows goes", officetest.Runs("a") + officetest.Table([]string{officetest.Runs("{#l}{.}"), officetest.Runs("{/l}")}) + officetest.Runs("b"), `{"l":[]}`, []string{"a", "b"}},
		{"bold and italic", officetest.Runs("{x}"), `{"x":"a **b** *c* ***d*** 2*3 \\*e\\*"}`, []string{"a **b** *c* ***d**** 2*3 *e*"}},
		{"line breaks and tabs", officetest.Runs("{x}."), `{"x":"a\nb\tc"}`, []string{`a\nb\tc.`}},
		{"end mark", officetest.Paragraphs("{#l}", "{.}", "{/l}", "{./.}", "(kèm theo)"), `{"l":["a.","xong."]}`, []string{"a.", "xong./.", "(kèm theo)"}},
		{"end mark that is there", officetest.Paragraphs("{x}", "{./.}"), `{"x":"xong./."}`, []string{"xong./."}},
		{"end mark after an ellipsis", officetest.Paragraphs("{x}", "{./.}"), `{"x":"v.v.."}`, []string{"v.v.../."}},
		{"end mark after bold", officetest.Paragraphs("{x}", "{./.}"), `{"x":"a **b.**"}`, []string{"a **b./.**"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, err := fillSmall(t.Context(), t, tc.body, tc.data)
			if err != nil {
				t.Fatal(err)
			}
			got := linesOf(t, b)
			if tc.name == "bold and italic" { // ParseInline says what *** means; only the rest is ours
				got[0], tc.want[0] = strings.ReplaceAll(got[0], "*", ""), strings.ReplaceAll(tc.want[0], "*", "")
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// Every fault comes in one answer, with the place of the tag and of the value.
func TestFillFaults(t *testing.T) {
	for _, tc := range []struct {
		name, body, data string
		want             []string // pointer code tag place
	}{
		{"missing values, all named", officetest.Paragraphs("{a} {b.c}", "{#s}", "{t}", "{/s}", "{d}"), `{"b":{},"s":[{"t":"x"},{},{"t":null}]}`,
			[]string{"/content/a value-missing a đoạn 1", "/content/b/c value-missing b.c đoạn 1", "/content/s/1/t value-missing t đoạn 3",
				"/content/s/2/t value-missing t đoạn 3", "/content/d value-missing d đoạn 5"}},
		{"blank", officetest.Runs("{a}"), `{"a":"  "}`, []string{"/content/a value-blank a đoạn 1"}},
		{"not a text", officetest.Runs("{a}{b}{c}"), `{"a":[],"b":{},"c":true}`,
			[]string{"/content/a value-not-text a đoạn 1", "/content/b value-not-text b đoạn 1", "/content/c value-not-text c đoạn 1"}},
		{"control character", officetest.Runs("{a}"), `{"a":"x\u0007"}`, []string{"/content/a control-character a đoạn 1"}},
		{"names with signs", officetest.Runs("{a-b}"), `{"x":1}`, []string{"/content/a-b value-missing a-b đoạn 1"}},
		{"number outside a loop", officetest.Runs("{$1}"), `{}`, []string{" number-outside-loop $1 đoạn 1"}},
		{"end mark alone", officetest.Runs("{./.}"), `{}`, []string{" end-mark-alone ./. đoạn 1"}},
		{"unclosed and unopened", officetest.Paragraphs("{#a}", "x", "{/b}", "{/c}"), `{}`, []string{" tag-crossed /b đoạn 3", " tag-unopened /c đoạn 4"}},
		{"unclosed", officetest.Paragraphs("{#a}", "x"), `{}`, []string{" tag-unclosed #a đoạn 1"}},
		{"open in a line, closed in the next", officetest.Paragraphs("x {#a} y", "z {/a} x"), `{}`, []string{" tag-unclosed #a đoạn 1", " tag-unopened /a đoạn 2"}},
		{"syntax", officetest.Paragraphs("{a+b}", "{a", "b}", "{{a}}", "{}", "{#}"), `{}`,
			[]string{" tag-syntax a+b đoạn 1", " tag-syntax  đoạn 2", " tag-syntax  đoạn 3", " tag-syntax  đoạn 4", " tag-syntax  đoạn 4", " tag-syntax  đoạn 5", " tag-syntax # đoạn 6"}},
		{"filters of the wrong kind", officetest.Paragraphs("{a|log}", "{a|upper|long}", "{#a|upper}{/a}", "{$I|words}", "{a|}"), `{}`,
			[]string{" filter-unknown a|log đoạn 1", " filter-order a|upper|long đoạn 2", " tag-syntax #a|upper đoạn 3", " tag-unopened /a đoạn 3", " tag-syntax $I|words đoạn 4", " filter-unknown a| đoạn 5"}},
		{"what docxtemplater has and we have not", officetest.Paragraphs("{@raw}", "{=[[ ]]=}", "{-a:tr x}{/x}", "{a + 1}"), `{}`,
			[]string{" tag-syntax @raw đoạn 1", " tag-syntax =[[ ]]= đoạn 2", " tag-syntax -a:tr x đoạn 3", " tag-unopened /x đoạn 3", " tag-syntax a + 1 đoạn 4"}},
		{"values of the wrong kind for a filter", officetest.Runs("{a|long}{b|words}{c|roman}{d|number}"), `{"a":"2024-02-30","b":"1.234","c":0,"d":1e99}`,
			[]string{"/content/a not-a-date a|long đoạn 1", "/content/b not-a-number b|words đoạn 1", "/content/c not-an-ordinal c|roman đoạn 1", "/content/d number-too-long d|number đoạn 1"}},
		{"end mark within a line", officetest.Runs("x {./.}"), `{}`, []string{" tag-place ./. đoạn 1"}},
		{"rows closed before opened", officetest.Table([]string{officetest.Runs("{/a}"), officetest.Runs("{#a}")}), `{}`, []string{" tag-unclosed #a đoạn 2", " tag-unopened /a đoạn 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := fillSmall(t.Context(), t, tc.body, tc.data)
			var e *record.Error
			if !errors.As(err, &e) || e.Kind != record.Invalid {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, f := range e.Faults {
				got = append(got, strings.Join([]string{f.Pointer, f.Code, f.Tag, f.Place}, " "))
				if f.Part != "word/document.xml" || f.Message == "" {
					t.Errorf("fault without part or message: %+v", f)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// A hostile form must end with an error, quickly.
func TestFillLimits(t *testing.T) {
	list := `{"l":[` + strings.Repeat(`"x",`, 200) + `"x"]}`
	deep := strings.Repeat("{#$.l}", 8)
	for name, body := range map[string]string{
		"loops within loops":         officetest.Runs(deep + "{.}" + strings.Repeat("{/}", 8)),
		"loops around nothing":       officetest.Runs(deep + strings.Repeat("{/}", 8)),
		"paragraphs in nested loops": officetest.Paragraphs(strings.Repeat("{#$.l}", 8), "{.}", strings.Repeat("{/}", 8)),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := contentOf([]byte(list))
			if err != nil {
				t.Fatal(err)
			}
			pkg, err := ooxml.Open(officetest.DOCX(t, body, nil))
			if err != nil {
				t.Fatal(err)
			}
			parts, faults := compile(pkg)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			_, err = (&form{docx: pkg, parts: parts}).fill(t.Context(), v, &metric.Faces{})
			if record.CodeOf(err) != "fill-too-large" {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := fillSmall(t.Context(), t, officetest.Runs(strings.Repeat("{x}", maxTags+1)), `{"x":"1"}`); record.CodeOf(err) != "template-syntax" {
		t.Errorf("too many tags: %v", err)
	}
	if b, err := fillSmall(t.Context(), t, officetest.Runs(strings.Repeat("{x}", 5000)), `{"x":"12"}`); err != nil || linesOf(t, b)[0] != strings.Repeat("12", 5000) {
		t.Errorf("5,000 tags in one paragraph: %v", err)
	}
}
