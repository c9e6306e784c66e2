package templates

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

func rel(kind, target, mode string) string {
	out := `<Relationship Id="r1" Type="` + ooxml.RelTransitional + kind + `" Target="` + target + `"`
	if mode != "" {
		out += ` TargetMode="` + mode + `"`
	}
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + out + `/></Relationships>`
}

func TestCheckForm(t *testing.T) {
	docx, err := os.ReadFile("forms/ke-hoach/form.docx")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(docx)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Issuable || len(r.Slots) != 10 || len(r.Warnings) != 0 {
		t.Errorf("the form itself: %+v", r)
	}
	for _, want := range []string{"subject", "#sections", "slot.number", "signatory.name"} {
		if !slices.ContainsFunc(r.Tags, func(x CheckedTag) bool {
			return x.Tag == want && x.Part == "word/document.xml" && x.Paragraph > 0
		}) {
			t.Errorf("tag {%s} is not listed", want)
		}
	}
	text := r.Text()
	for _, want := range []string{"Dùng để phát hành được", "{subject}", "vtSealB"} {
		if !strings.Contains(text, want) {
			t.Errorf("text does not say %q:\n%s", want, text)
		}
	}
}

func TestCheckPresentationOnly(t *testing.T) {
	r, err := Check(officetest.DOCX(t, officetest.Runs("{a}")+`<w:p><w:bookmarkStart w:id="9" w:name="vtDayA"/><w:bookmarkStart w:id="1" w:name="vtDayA"/><w:bookmarkEnd w:id="1"/><w:bookmarkStart w:id="2" w:name="vtDayB"/><w:bookmarkEnd w:id="2"/><w:bookmarkStart w:id="3" w:name="vtDayB"/><w:bookmarkEnd w:id="3"/></w:p>`, nil))
	if err != nil {
		t.Fatal(err)
	}
	if r.Issuable || !strings.Contains(r.Verdict, "Chỉ để trình bày") || strings.Contains(r.Verdict, "vtDayA") || !strings.Contains(r.Verdict, "vtDayB") {
		t.Errorf("verdict: %s", r.Verdict)
	}
	if !slices.Equal(r.Tags, []CheckedTag{{"a", "word/document.xml", 1}}) {
		t.Errorf("tags: %v", r.Tags)
	}
}

func TestCheckRefuses(t *testing.T) {
	rels := "word/_rels/document.xml.rels"
	field := func(runs ...string) string {
		out := `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>`
		for _, r := range runs {
			out += `<w:r><w:instrText>` + r + `</w:instrText></w:r>`
		}
		return out + `<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
	}
	tables := func(n int) string {
		return strings.Repeat("<w:tbl><w:tr><w:tc>", n) + officetest.Runs("x") + strings.Repeat("</w:tc></w:tr></w:tbl>", n)
	}
	font := func(name string) string {
		return `<w:p><w:r><w:rPr><w:rFonts w:ascii="` + name + `" w:hAnsi="` + name + `"/></w:rPr><w:t>x</w:t></w:r></w:p>`
	}
	for _, c := range []struct {
		name  string
		body  string
		parts map[string]string
		want  []string // "code part place"; nil: accepted
		warns []string
	}{
		{"plain", officetest.Runs("x"), nil, nil, nil},
		{"web link", officetest.Runs("x"), map[string]string{rels: rel("hyperlink", "https://vungtau.gov.vn", "External")}, nil, nil},
		{"page number field", field("PAGE"), nil, nil, nil},
		{"20 tables", tables(20), nil, nil, nil},

		{"macro part", officetest.Runs("x"), map[string]string{"word/vbaProject.bin": "x"}, []string{"macros word/vbaProject.bin"}, nil},
		{"macro relationship", officetest.Runs("x"), map[string]string{rels: rel("vbaProject", "x.bin", "")}, []string{"macros " + rels}, nil},
		{"OLE part", officetest.Runs("x"), map[string]string{"word/embeddings/a.bin": "x"}, []string{"ole word/embeddings/a.bin"}, nil},
		{"OLE element", `<w:p><w:r><w:object/></w:r></w:p>`, nil, []string{"ole word/document.xml đoạn 1"}, nil},
		{"OLE relationship", officetest.Runs("x"), map[string]string{rels: rel("oleObject", "file:///etc/passwd", "External")}, []string{"ole " + rels}, nil},
		{"ActiveX part", officetest.Runs("x"), map[string]string{"word/activeX/activeX1.bin": "x"}, []string{"activex word/activeX/activeX1.bin"}, nil},
		{"ActiveX element", officetest.Runs("x") + `<w:p><w:r><w:control/></w:r></w:p>`, nil, []string{"activex word/document.xml đoạn 2"}, nil},
		{"altChunk", officetest.Runs("x") + `<w:altChunk r:id="r1"/>`, map[string]string{rels: rel("aFChunk", "a.html", "")},
			[]string{"alt-chunk " + rels, "alt-chunk word/document.xml đoạn 1"}, nil},
		{"linked image", officetest.Runs("x"), map[string]string{rels: rel("image", "http://example.com/a.png", "External")}, []string{"external-link " + rels}, nil},
		{"linked image, odd case", officetest.Runs("x"), map[string]string{rels: rel("image", "http://example.com/a.png", "EXTERNAL")}, []string{"external-link " + rels}, nil},
		{"attached template", officetest.Runs("x"), map[string]string{"word/_rels/settings.xml.rels": rel("attachedTemplate", `\\server\a.dotm`, "External")},
			nil, []string{"attached-template"}},
		{"link to a file", officetest.Runs("x"), map[string]string{rels: rel("hyperlink", "file:///c:/a.exe", "External")}, []string{"external-link " + rels}, nil},
		{"link to a program", officetest.Runs("x"), map[string]string{rels: rel("hyperlink", "javascript:alert(1)", "")}, []string{"external-link " + rels}, nil},
		{"sub-document", `<w:subDoc r:id="r1"/>`, nil, []string{"external-link word/document.xml"}, nil},
		{"DDE cut into runs", field("DD", "EAUTO c:\\\\a.exe"), nil, []string{"active-field word/document.xml đoạn 1"}, nil},
		{"picture field", `<w:p><w:fldSimple w:instr=" includepicture &quot;http://a/b.png&quot; "/></w:p>`, nil, []string{"active-field word/document.xml đoạn 1"}, nil},
		{"field in a field", `<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>IF </w:instrText><w:fldChar w:fldCharType="begin"/><w:instrText>LINK a</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>1</w:t><w:fldChar w:fldCharType="end"/><w:instrText> = 1</w:instrText><w:fldChar w:fldCharType="separate"/><w:fldChar w:fldCharType="end"/></w:r></w:p>`, nil,
			[]string{"active-field word/document.xml đoạn 1"}, nil},
		{"field that links to a page", field(`HYPERLINK "https://vungtau.gov.vn" \o "x"`) + field(`HYPERLINK \l "_Toc1"`), nil, nil, nil},
		{"field that links to a file", field(`HYPERLINK "file:///c:/a.exe"`), nil, []string{"external-link word/document.xml đoạn 1"}, nil},
		{"mail merge and date fields", field("MERGEFIELD Ten") + field("merGefield Ten") + field("DATE"), nil, nil, []string{"merge-field", "date-field"}},
		{"link to a place in the text", officetest.Runs("x"), map[string]string{rels: rel("hyperlink", "#_Toc1", "External")}, nil, nil},
		{"link to another file", officetest.Runs("x"), map[string]string{rels: rel("hyperlink", `..\kh.docx`, "External")}, []string{"external-link " + rels}, nil},
		{"picture with an address", `<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://a/b.png"/></v:shape></w:pict></w:r></w:p>`, nil, []string{"external-link word/document.xml đoạn 1"}, nil},
		{"shape that links", `<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" href="https://a/b"/><v:shape xmlns:v="urn:schemas-microsoft-com:vml" href="c:\a.exe"/></w:pict></w:r></w:p>`, nil, []string{"external-link word/document.xml đoạn 1"}, nil},
		{"SVG that loads", officetest.Runs("x"), map[string]string{"word/media/a.svg.xml": `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><use x:href="#a"/><image x:href="http://a/b.png"/></svg>`}, []string{"external-link word/media/a.svg.xml"}, nil},
		{"add-in from the web", officetest.Runs("x"), map[string]string{rels: rel("webextensiontaskpanes", "a.xml", "")}, []string{"web-extension " + rels}, nil},
		{"strict namespace", `<s:p xmlns:s="http://purl.oclc.org/ooxml/wordprocessingml/main"/>`, map[string]string{"word/header1.xml": `<w:hdr xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>`}, []string{"strict-ooxml word/header1.xml"}, nil},
		{"other prefix", `<n:p xmlns:n="` + ooxml.NSWord + `"/>`, nil, []string{"prefix word/document.xml đoạn 1"}, nil},
		{"other prefix where nothing is printed", officetest.Runs("x"), map[string]string{"word/webSettings.xml": `<n:webSettings xmlns:n="` + ooxml.NSWord + `"/>`}, nil, nil},
		{"own prefix for something else", `<w:p xmlns:w="urn:a"/>`, nil, []string{"prefix word/document.xml"}, nil},
		{"21 tables", tables(21), nil, []string{"table-depth word/document.xml"}, nil},
		{"TCVN3 font", font(".VnTime"), nil, []string{"legacy-font word/document.xml đoạn 1"}, nil},
		{"VNI font", font("VNI-Times"), nil, []string{"legacy-font word/document.xml đoạn 1"}, nil},
		{"other font", font("Arial"), nil, nil, []string{"font-substituted"}},
		{"tracked change", `<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>x</w:t></w:r></w:ins></w:p>`, nil, nil, []string{"tracked-changes"}},
		{"several", `<w:p><w:r><w:object/></w:r></w:p>` + font(".VnTimeH") + officetest.Runs("{#a}"), map[string]string{"word/vbaProject.bin": "x"},
			[]string{"ole word/document.xml đoạn 1", "macros word/vbaProject.bin", "legacy-font word/document.xml đoạn 2", "tag-unclosed word/document.xml đoạn 3"}, nil},
		{"tag without end", officetest.Runs("x") + officetest.Runs("a {b"), nil, []string{"tag-syntax word/document.xml đoạn 2"}, nil},
		{"tag without name, twice", officetest.Runs("{1+1} {1+1}"), nil, []string{"tag-syntax word/document.xml đoạn 1"}, nil},
		{"tag without name", officetest.Runs("{1+1}"), nil, []string{"tag-syntax word/document.xml đoạn 1"}, nil},
		{"section not closed", officetest.Runs("{#a}") + officetest.Runs("x"), nil, []string{"tag-unclosed word/document.xml đoạn 1"}, nil},
		{"section not opened", officetest.Runs("{/a}"), nil, []string{"tag-unopened word/document.xml đoạn 1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Check(officetest.DOCX(t, c.body, c.parts))
			var got []string
			var e *record.Error
			if errors.As(err, &e) {
				for _, f := range e.Faults {
					got = append(got, strings.TrimRight(f.Code+" "+f.Part+" "+f.Place, " "))
				}
				if e.Kind != record.Invalid || e.Code != "template-refused" {
					t.Errorf("kind %s, code %s", e.Kind, e.Code)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			var warns []string
			for _, w := range r.Warnings {
				warns = append(warns, w.Code)
			}
			if !slices.Equal(warns, c.warns) {
				t.Errorf("warnings %q, want %q", warns, c.warns)
			}
		})
	}
	if _, err := Check([]byte("%PDF-1.7")); record.CodeOf(err) != "not-docx" {
		t.Errorf("a PDF: %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(officetest.Runs("{a}") + officetest.Runs("{#b}") + officetest.Runs("{.}") + officetest.Runs("{/b}"))
	f.Add(`<w:p><w:r><w:t>{</w:t></w:r><w:r><w:t>a}</w:t></w:r></w:p>`)
	f.Add(`<w:tbl><w:tr><w:tc>` + officetest.Runs("{#a}{b}") + `</w:tc><w:tc>` + officetest.Runs("{/a}") + `</w:tc></w:tr></w:tbl>`)
	f.Add(`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>LINK</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>`)
	f.Add(officetest.Runs("{$1} {^x}{/x} {{a}} {./.}"))
	f.Fuzz(func(t *testing.T, body string) {
		r, err := Check(officetest.DOCX(t, body, nil))
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		if r.Issuable != (strings.Count(r.Text(), "THIẾU") == 0) {
			t.Fatalf("the text contradicts the verdict:\n%s", r.Text())
		}
	})
}
