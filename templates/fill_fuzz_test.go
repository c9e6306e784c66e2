package templates

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// Any body that XML allows, any data that JSON allows: a clean error or a
// package that opens again, well formed, with every value that is asked for
// outside of sections.
func FuzzFill(f *testing.F) {
	data := `{"x":"{a} & <b> **đậm** *\n","l":["1","2"],"g":[{"t":"x","l":["y"]},{}],"b":true,"n":1.5}`
	for _, body := range []string{
		officetest.Paragraphs("{x}", "{#l}", "- {.}", "{/l}", "{./.}"),
		officetest.Runs("{", "x", "}", "{#g}", "{$I} {#t}", "{t}{/t}{/}"),
		officetest.Table([]string{officetest.Runs("{#g}{$1}"), officetest.Runs("{#l}{.}{/l}{/g}")}),
		`<w:p><w:pPr><w:pStyle w:val="VTRulePart"/><w:ind w:left="5"/></w:pPr><w:bookmarkStart w:id="1" w:name="a"/><w:r><w:rPr><w:b/></w:rPr><w:t>{#b}{x}</w:t><w:br/><w:t>{/b}</w:t></w:r><w:bookmarkEnd w:id="1"/></w:p>`,
		`<w:p><w:hyperlink r:id="rId9"><w:r><w:t>{x}</w:t></w:r></w:hyperlink><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>`,
		`<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>{#l}</w:t></w:r></w:p><w:tbl><w:tr><w:sdt><w:sdtContent><w:tc><w:tcPr/><w:p/></w:tc></w:sdtContent></w:sdt></w:tr></w:tbl></w:sdtContent></w:sdt>`,
		officetest.Paragraphs("{{x}}", "{#x", "}", "{/}{^}", "{#l}{#l}"),
		officetest.Paragraphs("{#g}{-w:p l}{.}{/l} {t|upper}", "x {/g}", "{#b}{~~x}{/b}", "{n|words} {%x}", "{%%x}"),
		tbl(3, tr(merged("restart", "{#g}{t}"), plain("{#l}{.}"), plain("{/l}{/g}")), tr(merged("continue", ""), wide(2, "{-w:tr l}{$A}{/l}"))),
		`<w:p><w:ins w:id="1"><w:r><w:t>{x</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>y</w:delText></w:r></w:del><w:r><w:t>}{#l}</w:t><w:fldChar w:fldCharType="begin"/></w:r><w:commentRangeStart w:id="1"/><w:r><w:t>{/l}</w:t><w:commentReference w:id="1"/><w:footnoteReference w:id="3"/></w:r></w:p>`,
		`<w:sdt><w:sdtPr><w:id w:val="1"/><w:showingPlcHdr/><w:dataBinding/></w:sdtPr><w:sdtContent><w:p><w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>{x}</w:t></w:r></w:p></w:sdtContent></w:sdt>` + para(box(officetest.Runs("{x}"))) + page,
	} {
		f.Add(body, data)
	}
	f.Add(officetest.Paragraphs("{x}"), "null")
	f.Fuzz(func(t *testing.T, body, data string) {
		file := officetest.DOCX(t, body, nil)
		b, err := fillFile(t.Context(), t, file, data)
		if err != nil {
			if k := record.KindOf(err); k != record.Invalid {
				t.Fatalf("%s: %v", k, err)
			}
			return
		}
		pkg, err := ooxml.Open(b)
		if err != nil {
			t.Fatalf("what was filled does not open: %v", err)
		}
		text, _ := pkg.Part(pkg.Document)
		d := xml.NewDecoder(strings.NewReader(string(text)))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
		}
		nothingLost(t, file, data, strings.Join(allText(t, b), "\n"))
	})
}

// nothingLost: what tags outside of sections ask for stands in the text.
func nothingLost(t *testing.T, file []byte, data, text string) {
	t.Helper()
	pkg, err := ooxml.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := contentOf([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	parts, _ := compile(pkg)
	asked := outline(parts)
	if slices.ContainsFunc(asked, func(n tagNode) bool { return n.tag.kind == tagEndMark }) {
		return // which takes the place of a full stop
	}
	for _, n := range asked {
		if n.tag.kind != tagValue || len(n.tag.path) == 0 || len(n.tag.filters) > 0 {
			continue
		}
		v := content.follow(n.tag.path)
		if v == nil || v.kind != textValue {
			t.Fatalf("{%s} was filled with nothing", n.tag.text)
		}
		plain := v.text
		if v.rich {
			plain = record.PlainText(plain)
		}
		for _, line := range strings.FieldsFunc(strings.NewReplacer("\u00a0", " ", "\u2011", "-").Replace(plain), func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }) {
			if !strings.Contains(text, line) {
				t.Fatalf("the value %q of {%s} is not in %q", line, n.tag.text, text)
			}
		}
	}
}

// A tag is refused, or it reads back as itself.
func FuzzParseTag(f *testing.F) {
	for _, s := range []string{"a", "#a.b", "^ x", "/", "$.a", "a|words|capital", "$1|words", "-w:tr x", "%%x", "~~x", "~x", "./.", ".", "Họ và tên", "a|", "@x", "=[[ ]]=", "#.", "$A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTag(s)
		if err != nil {
			if record.KindOf(err) != record.Invalid || record.CodeOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		again, err := parseTag(got.text)
		if err != nil || again.kind != got.kind || again.name() != got.name() || !slices.Equal(again.path, got.path) || len(again.filters) != len(got.filters) {
			t.Fatalf("{%s} is %+v, {%s} is %+v, %v", s, got, got.text, again, err)
		}
	})
}
