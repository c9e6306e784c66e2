package templates

import (
	"errors"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// Every place of a Word file where a person may have typed a tag: it is
// filled, or refused or warned of with its place. In no place does it stay in
// silence.
func TestTagsInEveryPlace(t *testing.T) {
	const (
		tag    = "{tên}"
		run    = `<w:r><w:t>` + tag + `</w:t></w:r>`
		docRel = "word/_rels/document.xml.rels"
	)
	p := func(inner string) string { return "<w:p>" + inner + "</w:p>" }
	wrap := func(element string) string { return p("<w:" + element + ">" + run + "</w:" + element + ">") }
	root := func(element, inner string) string {
		return `<w:` + element + ` xmlns:w="` + ooxml.NSWord + `">` + inner + `</w:` + element + `>`
	}
	const drawing, math = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`, `xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"`
	chart := `<c:chart xmlns:c="c" ` + drawing + `><a:p><a:r><a:t>{t</a:t></a:r><a:r><a:t>ên}</a:t></a:r></a:p></c:chart>`
	box := `<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>` + p(run) + `</w:txbxContent></v:textbox></v:shape></w:pict></w:r>`
	for _, c := range []struct {
		name  string
		body  string
		parts map[string]string
		want  string // "filled", or code, part and place of a fault or warning
	}{
		{"paragraph", p(run), nil, "filled"},
		{"cut into runs", p(`<w:r><w:t>{t</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>ên</w:t></w:r><w:bookmarkStart w:id="1" w:name="_GoBack"/><w:bookmarkEnd w:id="1"/><w:r><w:t>}</w:t></w:r>`), nil, "filled"},
		{"with a hyphen that does not break", p(`<w:r><w:t>{x</w:t><w:noBreakHyphen/><w:t>y}</w:t></w:r>`), nil, "filled"},
		{"cell", officetest.Table([]string{p(run)}), nil, "filled"},
		{"hyperlink", p(`<w:hyperlink w:anchor="a">` + run + `</w:hyperlink>`), nil, "filled"},
		{"tracked insertion", wrap("ins"), nil, "filled"},
		{"smart tag", wrap("smartTag"), nil, "filled"},
		{"moved here", wrap("moveTo"), nil, "filled"},
		{"right to left", wrap("dir"), nil, "filled"},
		{"custom XML", wrap("customXml"), nil, "filled"},
		{"header with a name of its own", "", map[string]string{docRel: rel("header", "trang-dau.xml", ""), "word/trang-dau.xml": root("hdr", p(run))}, "filled"},
		{"content control in a line", p(`<w:sdt><w:sdtPr/><w:sdtContent>` + run + `</w:sdtContent></w:sdt>`), nil, "filled"},
		{"content control around paragraphs", `<w:sdt><w:sdtPr/><w:sdtContent>` + p(run) + `</w:sdtContent></w:sdt>`, nil, "filled"},
		{"text box", p(box), nil, "filled"},
		{"text box with a fallback", p(`<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">` + box + `</mc:Choice><mc:Fallback>` + box + `</mc:Fallback></mc:AlternateContent>`), nil, "filled"},
		{"result of a field", p(`<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF a</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>` + run + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`), nil, "filled"},
		{"result of a simple field", p(`<w:fldSimple w:instr="REF a">` + run + `</w:fldSimple>`), nil, "filled"},
		{"header", "", map[string]string{docRel: rel("header", "header1.xml", ""), "word/header1.xml": root("hdr", p(run))}, "filled"},
		{"footnote", "", map[string]string{docRel: rel("footnotes", "footnotes.xml", ""), "word/footnotes.xml": root("footnotes", `<w:footnote>`+p(run)+`</w:footnote>`)}, "filled"},
		{"title of the document", "", map[string]string{coreProperties: `<a xmlns:dc="d"><dc:title>` + tag + `</dc:title></a>`}, "filled"},

		{"tracked deletion", p(`<w:del><w:r><w:delText>` + tag + `</w:delText></w:r></w:del>`), nil, "tag-unfilled word/document.xml đoạn 1"},
		{"moved away", wrap("moveFrom"), nil, "tag-unfilled word/document.xml đoạn 1"},
		{"code of a field", p(`<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>IF {t</w:instrText><w:instrText>ên} = 1</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`), nil, "tag-place word/document.xml đoạn 1"},
		{"code of a simple field", officetest.Runs("x") + p(`<w:fldSimple w:instr="IF {tên}"/>`), nil, "tag-place word/document.xml đoạn 2"},
		{"with blanks, decomposed", p(`<w:fldSimple w:instr="IF { te` + "\u0302" + `n  x }"/>`), nil, "tag-place word/document.xml đoạn 1"},
		{"formula", p(`<m:oMath ` + math + `><m:r><m:t>` + tag + `</m:t></m:r></m:oMath>`), nil, "tag-place word/document.xml đoạn 1"},
		{"word art", p(`<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="` + tag + `"/></v:shape></w:pict></w:r>`), nil, "tag-place word/document.xml đoạn 1"},
		{"description of a picture", p(`<w:r><w:drawing><wp:docPr xmlns:wp="wp" id="1" descr="` + tag + `"/></w:drawing></w:r>`), nil, "tag-unfilled word/document.xml đoạn 1"},
		{"name of a content control", `<w:sdt><w:sdtPr><w:alias w:val="` + tag + `"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>`, nil, "tag-unfilled word/document.xml"},
		{"chart", "", map[string]string{docRel: rel("chart", "charts/chart1.xml", ""), "word/charts/chart1.xml": chart}, "tag-place word/charts/chart1.xml đoạn 1"},
		{"SmartArt", "", map[string]string{docRel: rel("diagramData", "diagrams/data1.xml", ""), "word/diagrams/data1.xml": chart}, "tag-place word/diagrams/data1.xml đoạn 1"},
		{"comment", "", map[string]string{docRel: rel("comments", "comments.xml", ""), "word/comments.xml": root("comments", p(run))}, "tag-unfilled word/comments.xml đoạn 1"},
		{"building block", "", map[string]string{docRel: rel("glossaryDocument", "glossary/document.xml", ""), "word/glossary/document.xml": root("glossaryDocument", p(run))}, "tag-unfilled word/glossary/document.xml đoạn 1"},
		{"header that no page has", "", map[string]string{"word/kho.xml": root("hdr", p(run))}, "tag-unfilled word/kho.xml đoạn 1"},
		{"custom property", "", map[string]string{"docProps/custom.xml": "<a><b>" + tag + "</b></a>"}, "tag-unfilled docProps/custom.xml"},
		{"brace in the title", "", map[string]string{coreProperties: `<a xmlns:dc="d"><dc:title>Mẫu {1</dc:title></a>`}, "tag-syntax docProps/core.xml"},
		{"numbering", "", map[string]string{docRel: rel("numbering", "numbering.xml", ""), "word/numbering.xml": root("numbering", `<w:lvlText w:val="`+tag+` %1."/>`)}, "tag-place word/numbering.xml"},
		{"address of a link", "", map[string]string{docRel: rel("hyperlink", "https://vungtau.gov.vn/%7Bt%C3%AAn%7D", "External")}, "tag-place " + docRel},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := officetest.DOCX(t, c.body, c.parts)
			r, err := Check(file)
			var told []record.Fault
			var e *record.Error
			if errors.As(err, &e) {
				told = e.Faults
			} else if err != nil {
				t.Fatal(err)
			}
			if c.want != "filled" {
				for _, f := range append(told, r.Warnings...) {
					if strings.TrimRight(f.Code+" "+f.Part+" "+f.Place, " ") == c.want && f.Message != "" && f.Near != "" {
						return
					}
				}
				t.Fatalf("told %+v %+v, want %s", told, r.Warnings, c.want)
			}
			if err != nil || len(r.Warnings) > 0 && r.Warnings[0].Code != "tracked-changes" {
				t.Fatalf("%v, %v", err, r.Warnings)
			}
			out, err := fillFile(t.Context(), t, file, `{"tên":"Vũng Tàu","x-y":"Vũng Tàu"}`)
			if err != nil {
				t.Fatal(err)
			}
			filled, err := ooxml.Open(out)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, name := range filled.Names() {
				data, _ := filled.Part(name)
				found += strings.Count(string(data), "Vũng Tàu")
				if strings.ContainsAny(string(data), "{}") {
					t.Errorf("%s: %s", name, data)
				}
			}
			if want := strings.Count(c.body, tag); found == 0 || found < want {
				t.Errorf("the value stands %d times, the tag stood %d", found, want)
			}
		})
	}
}
