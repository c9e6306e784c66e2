package markdown

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vanthu/record"
)

func show(spans []record.Span) string {
	var b strings.Builder
	for _, s := range spans {
		mark := ""
		if s.Bold {
			mark += "B"
		}
		if s.Italic {
			mark += "I"
		}
		if mark != "" {
			fmt.Fprintf(&b, "%s[%s]", mark, s.Text)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func print(blocks []Block) string {
	var b strings.Builder
	for _, x := range blocks {
		switch {
		case x.Table != nil:
			for i, row := range x.Table.Rows {
				for j, c := range row {
					fmt.Fprintf(&b, "|%s%s", map[Align]string{Left: "<", Center: "^", Right: ">"}[x.Table.Aligns[j]], show(c))
				}
				if i == 0 {
					b.WriteString("|=")
				}
				b.WriteString("|\n")
			}
			continue
		case x.Heading > 0:
			b.WriteString(strings.Repeat("#", x.Heading) + " ")
		case x.Label != "":
			b.WriteString(x.Label + " ")
		}
		b.WriteString(strings.ReplaceAll(show(x.Spans), "\n", "⏎") + "\n")
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"paragraphs", "Một.\nHai.\n\nBa.", "Một.⏎Hai.\nBa.\n"},
		{"weights", "a **b *c* d** _e_ __f__ ***g*** 2*3", "a B[b ]BI[c]B[ d] I[e] B[f] BI[g] 2*3\n"},
		{"escapes", `\*a\* \_ \< \| \\ 5 < 6 & "x" &amp; \đ`, `*a* _ < | \ 5 < 6 & "x" &amp; \đ` + "\n"},
		{"headings", "# Một\n## Hai\n### **Ba**\n#không", "# Một\n## Hai\n### B[Ba]\n#không\n"},
		{"dashes", "- a\n- b\n  c\n* d\n+ e", "- a\n- b⏎c\n- d\n+ e\n"},
		{"lists in lists", "- a\n  - b\n    1. c\n    2. d\n- e\n\n  f\n- g", "- a\n+ b\n1. c\n2. d\n- e\nf\n- g\n"},
		{"numbers", "1. a\n2. b\n   1. c\n   2. d\n      1. e\n3. f\n\n\n7) g", "1. a\n2. b\na) c\nb) d\n1) e\n3. f\n7) g\n"},
		{"the same number for all", "1. a\n1. b", "1. a\n2. b\n"},
		{"a list behind a paragraph", "Gồm:\n- a\n- b", "Gồm:\n- a\n- b\n"},
		{"table", "| A | B | C |\n|---|:-:|--:|\n| a \\| b | **c** | 1 |\n| d |\n", "|A|^B|>C|=|\n|a | b|^B[c]|>1|\n|d|^|>|\n"},
		{"a table behind a paragraph", "Bảng\nA | B\n--|--\na | b", "Bảng\n|A|B|=|\n|a|b|\n"},
		{"no quotation", "> 5 triệu\n> 6", "> 5 triệu⏎> 6\n"},
		{"no link in brackets", "[1] và [x]: http://a.vn", "[1] và [x]: http://a.vn\n"},
		{"an address is text", "https://vungtau.gov.vn", "https://vungtau.gov.vn\n"},
		{"nothing", " \n", ""},
	} {
		blocks, faults := Parse(tc.text)
		if got := print(blocks); len(faults) > 0 || got != tc.want {
			t.Errorf("%s: got\n%s%v\nwant\n%s", tc.name, got, faults, tc.want)
		}
	}
}

// What is not printed is told with its line, all of it at once.
func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"HTML", "a\n\nb <b>c</b>\n\n<div>\nd\n</div>\n", "3 markdown-html, 3 markdown-html, 5 markdown-html"},
		{"links", "[a](http://b.vn)\n<http://c.vn>\n![d](e.png)", "1 markdown-link, 2 markdown-link, 3 markdown-image"},
		{"code", "a `b`\n\n```\nc\n```\n", "1 markdown-code, 3 markdown-code"},
		{"indented code", "a\n\n    b", "3 markdown-code"},
		{"rules", "a\n\n---\n\n* * *\n", "3 markdown-rule, 5 markdown-rule"},
		{"a heading of level 4", "\n#### x", "2 markdown-heading"},
		{"numbers out of order", "1. a\n2. b\n4. c", "3 markdown-numbers"},
		{"rows longer than the header", "A|B\n-|-\na|b\na|b|c\n", "4 markdown-table"},
		{"in a table", "A|B\n-|-\na|<b>\n", "3 markdown-html"},
		{"an item without text", "- a\n-\n- b", "2 markdown-list"},
		{"deep lists", strings.Repeat("- ", 8) + "a", "1 markdown-depth"},
		{"deeper lists", strings.Repeat("- ", 5000) + "a", "1 markdown-depth"},
		{"deep indent", "a\n" + strings.Repeat(" ", 500) + "- a", "2 markdown-depth"},
		{"too long", strings.Repeat("a", maxText+1), "1 markdown-too-long"},
	} {
		blocks, faults := Parse(tc.text)
		var got []string
		for _, f := range faults {
			if f.Message == "" {
				t.Errorf("%s: no message", tc.name)
			}
			got = append(got, fmt.Sprintf("%d %s", f.Line, f.Code))
		}
		if s := strings.Join(got, ", "); s != tc.want || blocks != nil {
			t.Errorf("%s: got %s, want %s", tc.name, s, tc.want)
		}
	}
}

// What is printed must have every letter and digit of the text, in order.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a **b** *c*\n- d\n  1. e\n", "|a|b|\n|-|-|\n|c|d|\n", "# x\n\n1) y\n2) z\n", "\\*a\\*_b_", "<b>`c`[d](e)![f](g)", "- - - a\n***b", "a\\\nb  \nc", "1. a\n   b\n\n   - c\n     | d | e |\n     |---|---|\n     | f | g |"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		began := time.Now()
		blocks, faults := Parse(s)
		if d := time.Since(began); d > 5*time.Second {
			t.Fatalf("%d bytes took %v", len(s), d)
		}
		if (len(faults) > 0) && blocks != nil {
			t.Fatal("blocks beside faults")
		}
		if len(faults) > 0 {
			return
		}
		var printed strings.Builder
		for _, b := range blocks {
			printed.WriteString(letters(show(b.Spans)))
			if b.Table == nil {
				continue
			}
			for _, row := range b.Table.Rows {
				if len(row) != len(b.Table.Aligns) {
					t.Fatalf("a row of %d cells in a table of %d", len(row), len(b.Table.Aligns))
				}
				for _, c := range row {
					printed.WriteString(letters(show(c)))
				}
			}
		}
		if got, want := printed.String(), letters(s); got != want {
			t.Fatalf("%q prints the letters %q, not %q", s, got, want)
		}
	})
}

// letters are the letters of a text but for B and I, which show adds; digits may
// be labels.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 0xc0 && r != 0xfffd {
			return r
		}
		return -1
	}, s)
}
