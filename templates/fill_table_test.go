package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// tc is a cell with properties.
func tc(props, body string) string { return "<w:tc><w:tcPr>" + props + "</w:tcPr>" + body + "</w:tc>" }

func merged(how, text string) string {
	return tc(`<w:tcW w:w="1000" w:type="dxa"/><w:vMerge w:val="`+how+`"/>`, officetest.Runs(text))
}

func plain(text string) string {
	return tc(`<w:tcW w:w="1000" w:type="dxa"/>`, officetest.Runs(text))
}

func wide(n int, text string) string {
	return tc(fmt.Sprintf(`<w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/>`, 1000*n, n), officetest.Runs(text))
}

func tr(cells ...string) string { return "<w:tr>" + strings.Join(cells, "") + "</w:tr>" }

func tbl(columns int, rows ...string) string {
	return `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>` + strings.Repeat(`<w:gridCol w:w="1000"/>`, columns) + `</w:tblGrid>` + strings.Join(rows, "") + `</w:tbl>`
}

const headerRow = `<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`

// rowsOf shows the tables of a file: cells between |, ^ for one that goes on
// from above, v for one that begins such, > for each column more.
func rowsOf(t testing.TB, file []byte) []string {
	t.Helper()
	pkg, err := ooxml.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := pkg.Part(pkg.Document)
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		t.Fatal(err)
	}
	return rowsIn(doc.Root(), nil)
}

func rowsIn(e *etree.Element, rows []string) []string {
	for _, child := range e.ChildElements() {
		if !isW(child, "tr") {
			rows = rowsIn(child, rows)
			continue
		}
		cells := outermost(child, "tc", nil)
		var shown []string
		for _, c := range cells {
			s := ""
			if m := c.FindElement("./w:tcPr/w:vMerge"); m != nil {
				s = map[string]string{"restart": "v", "continue": "^", "": "^"}[m.SelectAttrValue("w:val", "")]
			}
			if g := c.FindElement("./w:tcPr/w:gridSpan"); g != nil {
				s += strings.Repeat(">", attrInt(g, "w:val")-1)
			}
			var lines []string
			for _, p := range c.SelectElements("w:p") {
				lines = append(lines, textOf(p))
			}
			shown = append(shown, s+strings.Join(lines, "/"))
		}
		rows = append(rows, strings.Join(shown, "|"))
		for _, c := range cells {
			rows = rowsIn(c, rows)
		}
	}
	return rows
}

func TestFillTables(t *testing.T) {
	two := `{"g":[{"t":"A","s":"3","r":[{"n":"1","v":"x"},{"n":"2","v":"y"}]},{"t":"B","s":"4","r":[{"n":"3","v":"z"}]}],"on":true,"off":false}`
	files := map[string][]byte{}
	for i, c := range []struct {
		name, body, data string
		want             []string
	}{
		{"group rows over all columns, items below", tbl(3, tr(plain("TT"), plain("Việc"), plain("Ai")), tr(wide(3, "{#g}{$A}. {t}")), tr(plain("{#r}{$1}"), plain("{n}"), plain("{v}{/r}{/g}"))), two,
			[]string{"TT|Việc|Ai", ">>A. A", "1|1|x", "2|2|y", ">>B. B", "1|3|z"}},
		{"a group row, its items, its sum", tbl(2, tr(wide(2, "{#g}{t}")), tr(plain("{#r}{n}"), plain("{v}{/r}")), tr(plain("Cộng"), plain("{s}{/g}"))), two,
			[]string{">A", "1|x", "2|y", "Cộng|3", ">B", "3|z", "Cộng|4"}},
		{"one cell beside all items of a group, over two rows", tbl(2, tr(merged("restart", "{#g}{t}"), plain("việc")), tr(merged("continue", ""), plain("{#r}{n}{/r}{/g}"))), two,
			[]string{"vA|việc", "^|12", "vB|việc", "^|3"}},
		{"the same with a row for each item", tbl(3, tr(merged("restart", "{#g}{t}"), plain("việc"), plain("ai")), tr(merged("continue", ""), plain("{#r}{n}"), plain("{v}{/r}{/g}"))), two,
			[]string{"vA|việc|ai", "^|1|x", "^|2|y", "vB|việc|ai", "^|3|z"}},
		{"one cell beside all items, in one row", tbl(3, tr(merged("restart", "{#g}{t}"), plain("{#r}{n}"), plain("{v}{/r}{/g}"))), two,
			[]string{"vA|1|x", "^|2|y", "vB|3|z"}},
		{"merged cells on both sides of the items", tbl(4, tr(merged("restart", "{#g}{t}"), plain("{#r}{n}"), plain("{v}{/r}"), merged("restart", "{s}{/g}"))), two,
			[]string{"vA|1|x|v3", "^|2|y|^", "vB|3|z|v4"}},
		{"merged over the items and the sum", tbl(3, tr(merged("restart", "{#g}{t}"), plain("{#r}{n}"), plain("{v}{/r}")), tr(merged("continue", ""), plain("Cộng"), plain("{s}{/g}"))), two,
			[]string{"vA|1|x", "^|2|y", "^|Cộng|3", "vB|3|z", "^|Cộng|4"}},
		{"a merged cell that loses its beginning begins anew", tbl(2, tr(merged("restart", "{#off}a"), plain("b{/off}")), tr(merged("continue", ""), plain("c")), tr(merged("continue", ""), plain("d"))), two,
			[]string{"v|c", "^|d"}},
		{"columns before the first cell", tbl(3, `<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>`+merged("restart", "{#off}a")+plain("b{/off}")+`</w:tr>`, tr(plain("x"), merged("continue", ""), plain("c"))), two,
			[]string{"x|v|c"}},
		{"a loop over two rows", tbl(2, tr(plain("{#g}{t}"), plain("1")), tr(plain("{s}"), plain("2{/g}"))), two,
			[]string{"A|1", "3|2", "B|1", "4|2"}},
		{"a loop that opens in one row and closes in the third", tbl(1, tr(plain("{#g}")), tr(plain("{t}")), tr(plain("{/g}"))), two,
			[]string{"", "A", "", "", "B", ""}},
		{"a condition over a row", tbl(2, tr(plain("{#on}a"), plain("b{/on}")), tr(plain("{#off}c"), plain("d{/off}")), tr(plain("{^off}e"), plain("f{/}"))), two,
			[]string{"a|b", "e|f"}},
		{"a condition in a cell", tbl(2, tr(plain("{#on}a{/on}{#off}b{/off}"), tc("", officetest.Paragraphs("{#off}", "c", "{/off}", "{#g}", "{t}", "{/g}")))), two,
			[]string{"a|A/B"}},
		{"a row by a tag that says so", tbl(2, tr(plain("{-w:tr g}{t}{/g}"), plain("{s}"))), two,
			[]string{"A|3", "B|4"}},
		{"a loop from one cell to the next in the middle of lines", tbl(2, tr(plain("Mục {#g}{t} "), plain("tổng {s}{/g} đồng"))), two,
			[]string{"Mục A |tổng 3 đồng", "Mục B |tổng 4 đồng"}},
		{"a table in a cell", tbl(1, tr(tc("", officetest.Runs("{#g}{t}")+tbl(2, tr(plain("{#r}{n}"), plain("{v}{/r}")))+officetest.Runs("{/g}")))), two,
			[]string{"A/B/", "1|x", "2|y", "3|z"}},
		{"a loop over rows that hold tables", tbl(1, tr(tc("", officetest.Runs("{#g}{t}")+tbl(2, tr(plain("{#r}{n}"), plain("{v}{/r}")))+officetest.Runs("hết"))), tr(plain("{s}{/g}"))), two,
			[]string{"A/hết", "1|x", "2|y", "3", "B/hết", "3|z", "4"}},
		{"rows in a content control", `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid><w:gridCol w:w="1"/></w:tblGrid>` + tr(plain("đầu")) +
			`<w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent>` + tr(plain("{#g}{t}"), plain("{s}{/g}")) + `</w:sdtContent></w:sdt></w:tbl>`, two, []string{"đầu", "A|3", "B|4"}},
		{"a cell in a content control", tbl(2, tr(`<w:sdt><w:sdtPr><w:id w:val="6"/></w:sdtPr><w:sdtContent>`+plain("{#g}{t}")+`</w:sdtContent></w:sdt>`, plain("{s}{/g}"))), two, []string{"A|3", "B|4"}},
		{"the header row stays", tbl(2, headerRow+plain("a")+plain("b")+"</w:tr>", tr(plain("{#none}{x}"), plain("{/none}"))), two, []string{"a|b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := fillSmall(t.Context(), t, c.body+officetest.Runs("hết"), c.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := rowsOf(t, b); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			files[fmt.Sprintf("table%02d", i)] = b
		})
	}
	// All of them in one file, behind each other: a validator starts slowly.
	officetest.Valid(t, map[string][]byte{"tables": joined(t, files)})
}

// joined is one file with the bodies of several.
func joined(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var body strings.Builder
	for _, name := range sorted(files) {
		pkg, err := ooxml.Open(files[name])
		if err != nil {
			t.Fatal(err)
		}
		data, _ := pkg.Part(pkg.Document)
		_, after, _ := strings.Cut(string(data), "<w:body>")
		inside, _, _ := strings.Cut(after, "</w:body>")
		body.WriteString(inside)
	}
	return officetest.DOCX(t, body.String(), nil)
}

func sorted(files map[string][]byte) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestFillTableFaults(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"two loops over one row", tbl(4, tr(plain("{#a}x"), plain("y{/a}"), plain("{#b}x"), plain("y{/b}"))), []string{"tag-unclosed #b đoạn 3", "tag-unopened /b đoạn 4"}},
		{"from a cell into the middle of the next table", tbl(1, tr(plain("{#a}"))) + tbl(1, tr(plain("{/a}"))), []string{"tag-unclosed #a đoạn 1", "tag-unopened /a đoạn 2"}},
		{"from the middle of a line into another line of the cell", tbl(1, tr(tc("", officetest.Paragraphs("x {#a} y", "z {/a} x")))), []string{"tag-unclosed #a đoạn 1"}},
		{"a row where there is no table", officetest.Runs("{-w:tr a}x{/a}"), []string{"tag-place -w:tr a đoạn 1"}},
		{"a paragraph closed in another", officetest.Paragraphs("{-w:p a}x", "y{/a}"), []string{"tag-unclosed -w:p a đoạn 1", "tag-unopened /a đoạn 2"}},
		{"out of a table in a cell", tbl(1, tr(tc("", tbl(1, tr(plain("{#a}")))+officetest.Runs("{/a}")))), []string{"tag-unclosed #a đoạn 1", "tag-unopened /a đoạn 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pkg, err := ooxml.Open(officetest.DOCX(t, c.body, nil))
			if err != nil {
				t.Fatal(err)
			}
			_, faults := compile(pkg)
			var got []string
			for _, f := range faults {
				got = append(got, f.Code+" "+f.Tag+" "+f.Place)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
