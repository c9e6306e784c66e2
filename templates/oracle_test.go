package templates

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/templates/officetest"
)

// oracleCase is a template with its data. Where ours differs from docxtemplater
// on purpose, why says why and ours is what we print.
type oracleCase struct {
	name, body string
	parts      map[string]string
	data       string
	why        string
	ours       []string
}

// page is what every file of Word ends with.
const page = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>`

// header is a page header with this body.
func header(body string) map[string]string {
	return map[string]string{
		"[Content_Types].xml":          strings.Replace(officetest.ContentTypes, "</Types>", `<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>`, 1),
		"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>`,
		"word/header1.xml":             `<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + body + `</w:hdr>`,
		"word/footer1.xml":             `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + body + `</w:ftr>`,
		"word/footnotes.xml":           `<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1">` + body + `</w:footnote></w:footnotes>`,
	}
}

func oracleCases() []oracleCase {
	p, r := officetest.Paragraphs, officetest.Runs
	const (
		office = `{"org":"UBND thành phố Vũng Tàu","place":"Vũng Tàu","on":true,"off":false,"zero":0,"empty":"","none":null,"no":[],"n":5,"big":12345678901,"frac":1.5,"neg":-3,
"deep":{"a":{"b":"sâu","c":{"d":"hơn"}}},"list":["một","hai","ba"],"one":["chỉ một"],
"people":[{"name":"An","role":"Trưởng phòng","tasks":[{"t":"họp"},{"t":"viết"}]},{"name":"Bình","role":"Chuyên viên","tasks":[]},{"name":"Châu","role":"Văn thư","tasks":[{"t":"đóng dấu"}]}],
"groups":[{"t":"Nhóm I","items":[{"n":"1","v":"x"},{"n":"2","v":"y"}]},{"t":"Nhóm II","items":[{"n":"3","v":"z"}]}],
"matrix":[["a","b"],["c"]],"obj":{"name":"Lan","in":{"name":"Mai"}}}`
	)
	fromOffice := func(name, body string) oracleCase { return oracleCase{name: name, body: body, data: office} }
	return []oracleCase{
		// Values.
		fromOffice("a value", r("Cơ quan: {org}.")),
		fromOffice("values side by side", r("{org}{place}{n}")),
		fromOffice("blanks around", r(" {org}  {place} ")),
		fromOffice("numbers", r("{n} {frac} {neg} {big}")),
		fromOffice("a path", r("{deep.a.b} {deep.a.c.d}")),
		fromOffice("blanks inside a tag", r("{ org } {n }")).differs("blanks beside a name mean nothing; docxtemplater looks for a name with blanks", "[word/document.xml]", "UBND thành phố Vũng Tàu 5"),
		fromOffice("no tags", p("Không có thẻ", "nào", "")),
		{name: "signs of XML", body: r("{a} & {b} < {c}"), data: `{"a":"<w:r>","b":"&amp; &","c":"\"'>"}`},
		{name: "braces in values", body: r("{a}{b}"), data: `{"a":"{b}","b":"}{"}`},
		{name: "line breaks", body: r("{a}.") + r("{b}"), data: `{"a":"một\nhai\n\nba","b":"\ncuối"}`},
		{name: "tabs", body: r("{a}"), data: `{"a":"một\thai"}`},
		{name: "Unicode", body: r("{họ_tên} {ĐƠN_VỊ}"), data: `{"họ_tên":"Nguyễn Thị Ngọc Ánh","ĐƠN_VỊ":"Ủy ban 𠀀 😀 Ω"}`},
		{name: "names with blanks", body: r("{Họ và tên}: {số văn bản}"), data: `{"Họ và tên":"An","số văn bản":12}`},
		{name: "names with hyphens", body: r("{a-b} {a_b}"), data: `{"a-b":"1","a_b":"2"}`},
		{name: "long values", body: r("{a}"), data: `{"a":"` + strings.Repeat("Kế hoạch tuyên truyền ", 300) + `x"}`},
		{name: "the same value often", body: r(strings.Repeat("{a} ", 200)), data: `{"a":"x"}`},
		{name: "many paragraphs", body: p(slices.Repeat([]string{"Dòng {a} và {b}."}, 150)...), data: `{"a":"x","b":"y"}`},

		// Tags as Word cuts them.
		fromOffice("cut at the brace", r("{", "org", "}")),
		fromOffice("cut in the name", r("{o", "rg} ở {pl", "a", "ce}")),
		fromOffice("cut at every letter", r("{", "d", "e", "e", "p", ".", "a", ".", "b", "}")),
		fromOffice("a section cut", r("{#", "people", "}{na", "me}; {/pe", "ople}")),
		fromOffice("two tags in three runs", r("{org", "} {", "place}")),
		fromOffice("spelling marks between", `<w:p><w:r><w:t>{o</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>rg</w:t></w:r><w:proofErr w:type="spellEnd"/><w:r><w:t>}</w:t></w:r></w:p>`),
		fromOffice("a bookmark inside a tag", `<w:p><w:r><w:t>{o</w:t></w:r><w:bookmarkStart w:id="1" w:name="b"/><w:bookmarkEnd w:id="1"/><w:r><w:t>rg}</w:t></w:r></w:p>`),
		fromOffice("runs of different looks", `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{org</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>} rồi {place}</w:t></w:r></w:p>`),
		fromOffice("tracked insertion", `<w:p><w:r><w:t>{or</w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t>g} {pl</w:t></w:r></w:ins><w:r><w:t>ace}</w:t></w:r></w:p>`),
		fromOffice("smart tag", `<w:p><w:smartTag w:uri="u" w:element="e"><w:r><w:t>{or</w:t></w:r></w:smartTag><w:r><w:t>g}</w:t></w:r></w:p>`),
		fromOffice("breaks and tabs of the form", `<w:p><w:r><w:t>{org}</w:t><w:br/><w:t>{place}</w:t><w:tab/><w:t>{n}</w:t></w:r></w:p>`),
		fromOffice("a link", `<w:p><w:hyperlink w:anchor="a"><w:r><w:t>{org}</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> {place}</w:t></w:r></w:p>`),

		// Loops in paragraphs.
		fromOffice("a loop over paragraphs", p("Trước", "{#people}", "{name}, {role}", "{/people}", "Sau")),
		fromOffice("a loop over several paragraphs", p("{#people}", "{name}", "", "{role}", "{/people}")),
		fromOffice("a loop in a line", r("Gồm: {#people}{name} ({role}); {/people}hết")),
		fromOffice("a list of texts", p("{#list}", "- {.};", "{/list}")),
		fromOffice("a list of texts in a line", r("{#list}{.}, {/list}")),
		fromOffice("a list of one", p("{#one}", "{.}", "{/one}")),
		fromOffice("an empty list", p("a", "{#no}", "{.}", "{/no}", "b")),
		fromOffice("an empty list in a line", r("a{#no}{.}{/no}b")),
		fromOffice("a list that is not there", p("a", "{#unknown}", "x", "{/unknown}", "b")),
		fromOffice("loops in loops", p("{#people}", "{name}:", "{#tasks}", "- {t}", "{/tasks}", "{/people}")),
		fromOffice("loops in loops in a line", r("{#people}{name}: {#tasks}{t}, {/tasks}. {/people}")),
		fromOffice("a line loop in a paragraph loop", p("{#people}", "{name}: {#tasks}{t}; {/tasks}", "{/people}")),
		fromOffice("lists in lists", r("{#matrix}[{#.}{.}{/.}]{/matrix}")),
		fromOffice("closing without a name", p("{#people}", "{name}", "{/}")),
		fromOffice("a loop twice", p("{#list}", "{.}", "{/list}", "{#list}", "{.}", "{/list}")),
		fromOffice("loops behind each other in a line", r("{#list}{.}{/list}{#one}{.}{/one}")),
		fromOffice("a group", p("{#obj}", "{name} {#in}{name}{/in}", "{/obj}")),
		fromOffice("a paragraph by a tag that says so", r("{-w:p list}{.}. {/list}")),
		{name: "five deep", body: p("{#a}", "{#b}", "{#c}", "{#d}", "{#e}", "{x}{y}{z}", "{/e}", "{/d}", "{/c}", "{/b}", "{/a}"),
			data: `{"z":"z","a":[{"b":[{"c":[{"y":"y","d":[{"e":[{"x":"1"},{"x":"2"}]}]}]}]},{"b":[{"c":[{"y":"Y","d":[{"e":[{"x":"3"}]}]}]}]}]}`},

		// Names from outside.
		fromOffice("a name from the top", p("{#people}", "{name} - {org}", "{/people}")),
		fromOffice("a name from two levels up", p("{#people}", "{#tasks}", "{t}: {name}, {org}", "{/tasks}", "{/people}")),
		fromOffice("a path from outside", r("{#people}{name} {deep.a.b}; {/people}")),
		fromOffice("a path that begins inside", r("{#obj}{in.name} {deep.a.b}{/obj}")),
		fromOffice("a list from outside", r("{#people}{name}{#list}{.}{/list};{/people}")),
		{name: "the inner name wins", body: r("{#a}{n}{#b}{n}{/b}{/a}{n}"), data: `{"n":"1","a":{"n":"2","b":{"n":"3"}}}`},
		{name: "null goes on outside", body: r("{#a}{n}{/a}"), data: `{"n":"1","a":[{"n":null},{"n":"2"}]}`},
		{name: "a path that breaks off inside", body: r("{#a}{x.y}{/a}"), data: `{"x":{"y":"ngoài"},"a":{"x":{"z":"trong"}}}`},

		// Conditions.
		fromOffice("conditions", r("{#on}a{/on}{#off}b{/off}{#zero}c{/zero}{#empty}d{/empty}{#none}e{/none}{#no}f{/no}{#n}g{/n}{#org}h{/org}{#obj}i{/obj}{#deep.a}j{/deep.a}{#deep.x}k{/deep.x}")),
		fromOffice("inverted", r("{^on}a{/on}{^off}b{/off}{^zero}c{/zero}{^empty}d{/empty}{^none}e{/none}{^no}f{/no}{^n}g{/n}{^org}h{/org}{^obj}i{/obj}{^deep.x}k{/deep.x}")),
		fromOffice("inverted over paragraphs", p("{^no}", "Không có ai", "{/no}", "{^list}", "x", "{/list}")),
		fromOffice("either or", p("{#people}", "{name}: {#tasks}{t} {/tasks}{^tasks}không có việc{/tasks}", "{/people}")),
		fromOffice("a condition on a path", p("{#deep.a.b}", "{deep.a.b}", "{/deep.a.b}")),
		fromOffice("conditions in conditions", r("{#on}{^off}{#n}{n}{/n}{/off}{/on}")),
		fromOffice("a blank is something", r("{#x}a{/x}{^x}b{/x}{#on}c{/on}")),
		fromOffice("a text is its own item", r("{#org}{.}{/org}")).differs("in a section over a text, {.} is that text; docxtemplater prints the object around it", "[word/document.xml]", "UBND thành phố Vũng Tàu"),

		// Tables.
		fromOffice("a row for each", tbl(2, tr(plain("Tên"), plain("Chức vụ")), tr(plain("{#people}{name}"), plain("{role}{/people}")))),
		fromOffice("a row for each text", tbl(1, tr(plain("{#list}"), plain("{.}{/list}")))),
		fromOffice("two rows for each", tbl(2, tr(plain("{#people}{name}"), plain("1")), tr(plain("{role}"), plain("2{/people}")))),
		fromOffice("group rows", tbl(2, tr(wide(2, "{#groups}{t}")), tr(plain("{#items}{n}"), plain("{v}{/items}{/groups}")))),
		fromOffice("groups in one row", tbl(3, tr(plain("{#groups}{t}"), plain("{#items}{n}"), plain("{v}{/items}{/groups}")))),
		fromOffice("merged downwards", tbl(3, tr(merged("restart", "{#groups}{t}"), plain("a"), plain("b")), tr(merged("continue", ""), plain("{#items}{n}"), plain("{v}{/items}{/groups}")))),
		fromOffice("no rows left", p("trước")+tbl(1, tr(plain("{#no}{x}"), plain("{/no}")))+p("sau")),
		fromOffice("the header row stays", tbl(1, headerRow+plain("Tên")+"</w:tr>", tr(plain("{#no}{x}"), plain("{/no}")))+p("sau")),
		fromOffice("a loop in a cell", tbl(2, tr(plain("{#list}{.}; {/list}"), plain("{org}")))),
		fromOffice("paragraphs in a cell", tbl(1, tr(tc("", p("{#people}", "{name}", "{/people}"))))),
		fromOffice("an empty cell", tbl(2, tr(tc("", p("{#no}", "x", "{/no}")), plain("y")))),
		fromOffice("a table in a cell", tbl(1, tr(tc("", p("{org}")+tbl(2, tr(plain("{#people}{name}"), plain("{role}{/people}")))+p("hết"))))),
		fromOffice("a table in a loop", p("{#groups}", "{t}")+tbl(2, tr(plain("{#items}{n}"), plain("{v}{/items}")))+p("{/groups}")),
		fromOffice("a row by a tag that says so", tbl(2, tr(plain("{-w:tr people}{name}{/people}"), plain("{role}")))),
		fromOffice("a row that may be left out", tbl(2, tr(plain("{#on}a"), plain("b{/on}")), tr(plain("{#off}c"), plain("d{/off}")), tr(plain("{^off}e"), plain("f{/off}")))),
		fromOffice("from outside in rows", tbl(2, tr(plain("{#people}{name}"), plain("{org}{/people}")))),

		// Other places.
		{name: "header, footer, footnote", body: r("{a}"), parts: header(p("{a} {#l}{.}{/l}", "{#l}", "{.}", "{/l}")), data: `{"a":"x","l":["1","2"]}`},
		fromOffice("content control in a line", `<w:p><w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>{org}</w:t></w:r></w:sdtContent></w:sdt></w:p>`),
		fromOffice("content control around paragraphs", `<w:sdt><w:sdtPr/><w:sdtContent>`+p("{#list}", "{.}", "{/list}")+`</w:sdtContent></w:sdt>`),
		fromOffice("text boxes", para(text("trước"), box(p("{#list}", "hộp {.}", "{/list}", "{org}")))),
		fromOffice("the result of a field", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF a </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{org}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`),
		fromOffice("an end of a page in a loop", p("{#list}", "{.}")+`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`+p("{/list}")),

		// Where we differ.
		fromOffice("two openings in a paragraph", p("{#people}{#tasks}", "{name}: {t}", "{/tasks}{/people}")).differs("a paragraph of tags only vanishes, however many there are; docxtemplater leaves empty ones",
			"[word/document.xml]", "An: họp", "An: viết", "Châu: đóng dấu"),
		fromOffice("a loop from the beginning of a paragraph to the end of another", p("{#people}Tên: {name}", "Chức vụ: {role}{/people}")).differs("the loop takes the paragraphs whole; docxtemplater runs the end of one item into the beginning of the next",
			"[word/document.xml]", "Tên: An", "Chức vụ: Trưởng phòng", "Tên: Bình", "Chức vụ: Chuyên viên", "Tên: Châu", "Chức vụ: Văn thư"),
		fromOffice("the same as a condition", p("{#on}Căn cứ {org};", "Xét đề nghị.{/on}", "x")),
		fromOffice("one cell beside all items, in one row", tbl(3, tr(merged("restart", "{#groups}{t}"), plain("{#items}{n}"), plain("{v}{/items}{/groups}")))).differs("a merged cell outside of the loop is printed once; docxtemplater repeats it",
			"[word/document.xml]", "Nhóm I", "1", "x", "", "2", "y", "Nhóm II", "3", "z"),
	}
}

func (c oracleCase) differs(why string, ours ...string) oracleCase {
	c.why, c.ours = why, ours
	return c
}

// docxtemplater fills the same templates with the same data: equal text,
// paragraph by paragraph.
func TestOracle(t *testing.T) {
	var names []string
	files, data := map[string][]byte{}, map[string]string{}
	cases := oracleCases()
	for _, c := range cases {
		if files[c.name] != nil {
			t.Fatalf("two cases are called %q", c.name)
		}
		names = append(names, c.name)
		files[c.name], data[c.name] = officetest.DOCX(t, c.body+page, c.parts), c.data
	}
	theirs, refused := oracleFills(t, names, files, data)
	equal := 0
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := fillFile(t.Context(), t, files[c.name], c.data)
			if err != nil {
				t.Fatal(err)
			}
			got := allText(t, b)
			if refused[c.name] != "" {
				t.Fatalf("docxtemplater: %s", refused[c.name])
			}
			want := allText(t, theirs[c.name])
			switch {
			case c.why == "":
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("docxtemplater (-), ours (+):\n%s", d)
				}
				equal++
			case slices.Equal(got, want):
				t.Errorf("docxtemplater does the same: %s", c.why)
			default:
				if d := cmp.Diff(c.ours, got); d != "" {
					t.Errorf("want (-), got (+):\n%s", d)
				}
			}
		})
	}
	t.Logf("%d of %d templates filled as docxtemplater fills them, the others otherwise on purpose", equal, len(cases))
	if equal < 60 {
		t.Errorf("only %d cases are compared", equal)
	}
}

// What docxtemplater leaves blank or prints as "undefined" is an error here,
// with the place of the value and of the tag.
func TestOracleMissing(t *testing.T) {
	bodies := map[string]string{
		"missing": officetest.Runs("{x}"), "null": officetest.Runs("{n}"), "missing inside": officetest.Runs("{#l}{x}{/l}"), "a list": officetest.Runs("{l}"), "a group": officetest.Runs("{g}"),
	}
	files, data := map[string][]byte{}, map[string]string{}
	names := slices.Sorted(maps.Keys(bodies))
	for name, body := range bodies {
		files[name], data[name] = officetest.DOCX(t, body, nil), `{"n":null,"l":["a","b"],"g":{"a":1}}`
	}
	theirs, _ := oracleFills(t, names, files, data)
	for _, name := range names {
		if theirs[name] == nil {
			t.Errorf("%s: docxtemplater refuses it too", name)
		}
		if _, err := fillFile(t.Context(), t, files[name], data[name]); len(faultsOf(t, err)) == 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
