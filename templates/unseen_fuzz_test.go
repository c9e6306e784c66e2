package templates

import (
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// Any part beside the text, tied to it in any way: a clean answer, and what is
// accepted is filled into a file that opens, or refused for its data.
func FuzzCheckPackage(f *testing.F) {
	relations := func(lines string) string {
		return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + lines + `</Relationships>`
	}
	text := func(root, inner string) string {
		return `<w:` + root + ` xmlns:w="` + ooxml.NSWord + `" xmlns:r="r">` + inner + `</w:` + root + `>`
	}
	f.Add("word/header1.xml", text("hdr", officetest.Paragraphs("{x}", "{#l}{.}{/l}")), rel("header", "header1.xml", ""), officetest.ContentTypes)
	f.Add("word/settings.xml", text("settings", `<w:attachedTemplate r:id="r1"/><w:mailMerge><w:dataSource r:id="r1"/></w:mailMerge>`), rel("attachedTemplate", `C:\a.dotm`, "External"), officetest.ContentTypes)
	f.Add("word/footnotes.xml", text("footnotes", `<w:footnote w:id="2"><w:p><w:del w:id="1"><w:r><w:delText>{x}</w:delText></w:r></w:del></w:p></w:footnote>`), rel("footnotes", "/word/footnotes.xml", ""), officetest.ContentTypes)
	f.Add("word/charts/chart1.xml", `<c:chart xmlns:c="c" xmlns:r="r"><c:externalData r:id="r1"/></c:chart>`, rel("package", "charts/chart1.xml", ""), officetest.ContentTypes)
	f.Add("docProps/core.xml", `<a><b>{x} {</b></a>`, relations(""), officetest.ContentTypes)
	f.Add("word/fields.xml", text("hdr", `<w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="begin"/><w:instrText>LINK</w:instrText><w:fldChar w:fldCharType="end"/>`), rel("hyperlink", "http://a/%7Bx%7D", "External"), officetest.ContentTypes)
	f.Fuzz(func(t *testing.T, name, data, rels, types string) {
		if name == "" || strings.HasSuffix(name, "/") || name == "word/document.xml" || len(name) > 200 {
			return
		}
		file := officetest.DOCX(t, officetest.Paragraphs("{x}")+`<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>`,
			map[string]string{"word/_rels/document.xml.rels": rels, "word/_rels/settings.xml.rels": rels, "word/charts/_rels/chart1.xml.rels": rels, "[Content_Types].xml": types, name: data})
		_, err := Check(file)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		out, err := fillFile(t.Context(), t, file, `{"x":"{a} & <b>","l":["1","2"]}`)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		if _, err := ooxml.Open(out); err != nil {
			t.Fatalf("what was filled does not open: %v", err)
		}
	})
}
