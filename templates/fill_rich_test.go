package templates

import (
	"slices"
	"strings"
	"testing"

	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
	"vanthu/templates/vntext"
)

const richText = `Mở đầu **đậm** và *nghiêng*: năm 2024, 20 triệu, Kế hoạch 12/KH-UBND & <5 \*.

# Tiêu đề
### Nhỏ hơn

- gạch một
- gạch hai
  dòng sau
  - cộng
1. số một
   1. chữ a
   2. chữ b
2. số hai

| Việc | Đơn vị chủ trì | Số tiền |
|------|:--------------:|--------:|
| Tuyên truyền **cải cách** hành chính | Phòng VHTT | 1.000 |
| Báo cáo \| sơ kết | | 20 |

Hết.`

func TestFillRich(t *testing.T) {
	holder := `<w:p><w:pPr><w:pageBreakBefore/><w:spacing w:line="300" w:lineRule="exact"/><w:ind w:firstLine="720"/><w:jc w:val="both"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:t>{~~x}</w:t></w:r></w:p>`
	body := `<w:p><w:bookmarkStart w:id="3" w:name="a"/><w:r><w:t>{#on}{~~x}{/on}</w:t></w:r><w:bookmarkEnd w:id="3"/></w:p>` + holder + officetest.Runs("{./.}") +
		tbl(1, tr(tc(`<w:tcW w:w="5000" w:type="dxa"/>`, officetest.Runs("{~~x}")))) + officetest.Paragraphs("{#l}", "{~~.}", "{/l}", "{~y}") +
		`<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr><w:r><w:t>{~~table}</w:t></w:r></w:p>`
	b, err := fillSmall(t.Context(), t, body, jsonOf(t, map[string]any{"x": richText, "on": true, "l": []string{"- một", "*hai*"}, "y": "**đậm** thường", "table": "a|b\n-|-\nc|d"}))
	if err != nil {
		t.Fatal(err)
	}
	officetest.Valid(t, map[string][]byte{"rich": b})
	tied := strings.NewReplacer("~", "\u00a0", "=", "\u2011").Replace
	once := []string{tied("Mở đầu **đậm** và *nghiêng*: năm~2024, 20~triệu, Kế hoạch 12/KH=UBND & <5 *."), "**Tiêu đề**", "***Nhỏ hơn***",
		"- gạch một", "- gạch hai", "dòng sau", "+ cộng", "1. số một", "a) chữ a", "b) chữ b", "2. số hai"}
	inTable := []string{"**Việc**", "**Đơn vị chủ trì**", "**Số tiền**", "Phòng VHTT", "1.000", "Báo cáo | sơ kết", "", "20", "**a**", "**b**", "c", "d", "Tuyên truyền **cải cách** hành chính"}
	got := slices.DeleteFunc(linesOf(t, b), func(s string) bool { return slices.Contains(inTable, s) })
	want := slices.Concat(once, []string{"Hết."}, once, []string{"Hết./."}, once, []string{"Hết.", "- một", "*hai*", "**đậm** thường"})
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	rows := rowsOf(t, b)
	table := []string{"Việc|Đơn vị chủ trì|Số tiền", "Tuyên truyền cải cách hành chính|Phòng VHTT|1.000", "Báo cáo | sơ kết||20"}
	if want := slices.Concat(table, table, rows[6:7], table, []string{"a|b", "c|d"}); !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	pkg, err := ooxml.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := pkg.Part(pkg.Document)
	doc := string(data)
	for part, n := range map[string]int{"<w:pageBreakBefore/>": 1, "<w:tblHeader/>": 4, "<w:sectPr>": 1, `w:name="a"`: 1, `<w:jc w:val="right"/>`: 6} {
		if got := strings.Count(doc, part); got != n {
			t.Errorf("%s stands %d times, not %d", part, got, n)
		}
	}
	if strings.Count(doc, "<w:cantSplit/>") != strings.Count(doc, "<w:tr>")-1 {
		t.Error("a row of a table may be cut by the end of a page")
	}
}

// What Markdown has and a document has not is told with its line.
func TestFillRichFaults(t *testing.T) {
	_, err := fillSmall(t.Context(), t, officetest.Paragraphs("{#l}", "{~~x}", "{/l}", "{~~y}", "{~~z}"), `{"l":[{"x":"a\n\n<b>c</b> [d](e)"},{"x":"![f](g)"}],"y":["a"]}`)
	var got []string
	for _, f := range faultsOf(t, err) {
		got = append(got, f.Pointer+" "+f.Code+" "+f.Place)
	}
	want := []string{"/content/l/0/x markdown-link đoạn 2", "/content/l/0/x markdown-html đoạn 2", "/content/l/1/x markdown-image đoạn 2", "/content/y value-not-text đoạn 4", "/content/z value-missing đoạn 5"}
	slices.Sort(got)
	slices.Sort(want)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Lists stay nested on the way from the input to the fill, which takes the
// indents of any other text away.
func TestIndentsOfLists(t *testing.T) {
	in := "- một \n  - hai\n \u00a0 ba\n1) bốn\n   a) năm"
	text := vntext.Normalise(in)
	if want := "- một\n  - hai\nba\n1) bốn\na) năm"; text != want {
		t.Fatalf("got %q, want %q", text, want)
	}
	b, err := fillSmall(t.Context(), t, officetest.Paragraphs("{~~x}", "{x}"), jsonOf(t, map[string]any{"x": text}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := linesOf(t, b), []string{"- một", "+ hai", "ba", "1) bốn", "a) năm", `- một\n- hai\nba\n1) bốn\na) năm`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
