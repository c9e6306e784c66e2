package templates

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// Any body that XML allows, any data that JSON allows: a clean error or a
// package that opens again, and no brace of the form left on the page.
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
	} {
		f.Add(body, data)
	}
	f.Add(officetest.Paragraphs("{x}"), "null")
	f.Fuzz(func(t *testing.T, body, data string) {
		b, err := fillSmall(t.Context(), t, body, data)
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
	})
}
