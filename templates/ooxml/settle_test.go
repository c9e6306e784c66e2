package ooxml

import (
	"slices"
	"strings"
	"testing"

	"vanthu/templates/officetest"
)

const relsOpen = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`

func relation(id, kind, target string, external bool) string {
	if !strings.Contains(kind, "/") {
		kind = RelTransitional + kind
	}
	mode := ""
	if external {
		mode = ` TargetMode="External"`
	}
	return `<Relationship Id="` + id + `" Type="` + kind + `" Target="` + target + `"` + mode + `/>`
}

func override(part, contentType string) string {
	return `<Override PartName="` + part + `" ContentType="` + contentType + `"/></Types>`
}

// What ordinary files carry and a filled document must not: it is gone from
// the package that is written, is told, and the rest stays.
func TestOpenCutsTies(t *testing.T) {
	const chartType = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
	types := func(extra string) string { return strings.Replace(officetest.ContentTypes, "</Types>", extra, 1) }
	const signature = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/"
	settings := func(body string) string {
		return `<w:settings xmlns:w="` + NSWord + `" xmlns:r="r">` + body + `<w:zoom/></w:settings>`
	}
	chart := `<c:chartSpace xmlns:c="c" xmlns:r="r"><c:chart>1</c:chart><c:externalData r:id="a"><c:autoUpdate/></c:externalData></c:chartSpace>`
	for _, c := range []struct {
		name  string
		parts map[string]string
		code  string
		gone  []string // parts
		lost  []string // texts of no part
		kept  string   // a text of the part that was edited
		in    string
	}{
		{"attached template", map[string]string{
			"word/settings.xml":            settings(`<w:attachedTemplate r:id="a"/>`),
			"word/_rels/settings.xml.rels": relsOpen + relation("a", "attachedTemplate", `file:///C:\Users\Hoa\Normal.dotm`, true) + relation("b", "image", "media/a.png", false) + `</Relationships>`,
		}, "attached-template", nil, []string{"Hoa", "attachedTemplate"}, "<w:zoom>", "word/settings.xml"},
		{"mail merge", map[string]string{
			"word/settings.xml":            settings(`<w:mailMerge><w:query w:val="SELECT"/><w:dataSource r:id="a"/><w:odso><w:src r:id="b"/></w:odso></w:mailMerge>`),
			"word/_rels/settings.xml.rels": relsOpen + relation("a", "mailMergeSource", `file:///D:\ds.xls`, true) + relation("b", "mailMergeSource", `file:///D:\ds.xls`, true) + `</Relationships>`,
		}, "mail-merge", nil, []string{"ds.xls", "mailMerge", "SELECT"}, "<w:zoom>", "word/settings.xml"},
		{"workbook of a chart", map[string]string{
			"[Content_Types].xml":               types(override("/word/charts/chart1.xml", chartType)),
			"word/charts/chart1.xml":            chart,
			"word/charts/_rels/chart1.xml.rels": relsOpen + relation("a", "package", "../embeddings/a.xlsx", false) + `</Relationships>`,
			"word/embeddings/a.xlsx":            "PK",
		}, "chart-data", []string{"word/embeddings/a.xlsx"}, []string{"externalData", "a.xlsx"}, "<c:chart>1", "word/charts/chart1.xml"},
		{"linked workbook of a chart", map[string]string{
			"[Content_Types].xml":               types(override("/word/charts/chart1.xml", chartType)),
			"word/charts/chart1.xml":            chart,
			"word/charts/_rels/chart1.xml.rels": relsOpen + relation("a", "oleObject", `file:///\\may\a.xlsx`, true) + `</Relationships>`,
		}, "chart-data", nil, []string{"externalData", "a.xlsx"}, "<c:chart>1", "word/charts/chart1.xml"},
		{"digital signature", map[string]string{
			"[Content_Types].xml":                   types(override("/_xmlsignatures/sig1.xml", "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml")),
			"_rels/.rels":                           strings.Replace(officetest.PackageRels, "</Relationships>", relation("s", signature+"origin", "_xmlsignatures/origin.sigs", false)+"</Relationships>", 1),
			"_xmlsignatures/origin.sigs":            "",
			"_xmlsignatures/_rels/origin.sigs.rels": relsOpen + relation("a", signature+"signature", "sig1.xml", false) + `</Relationships>`,
			"_xmlsignatures/sig1.xml":               "<Signature/>",
		}, "digital-signature", []string{"_xmlsignatures/origin.sigs", "_xmlsignatures/sig1.xml", "_xmlsignatures/_rels/origin.sigs.rels"}, []string{"xmlsignature"}, "word/document.xml", "_rels/.rels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Open(officetest.DOCX(t, officetest.Runs("Kế hoạch"), c.parts))
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Dropped) != 1 || p.Dropped[0].Code != c.code || p.Dropped[0].Message == "" {
				t.Errorf("told %v, want one %s", p.Dropped, c.code)
			}
			for _, gone := range c.gone {
				if _, there := p.Part(gone); there {
					t.Errorf("%s is still there", gone)
				}
			}
			for _, name := range p.Names() {
				data, _ := p.Part(name)
				for _, lost := range c.lost {
					if strings.Contains(string(data), lost) {
						t.Errorf("%s still says %q: %s", name, lost, data)
					}
				}
			}
			if data, _ := p.Part(c.in); !strings.Contains(string(data), c.kept) {
				t.Errorf("%s lost %q: %s", c.in, c.kept, data)
			}
			in, err := Inspect(p)
			if err != nil || len(in.Faults) > 0 {
				t.Errorf("still refused: %v %v", err, in.Faults)
			}
			again, err := p.Write()
			if err != nil {
				t.Fatal(err)
			}
			if q, err := Open(again); err != nil || len(q.Dropped) > 0 || !slices.Equal(q.Names(), p.Names()) {
				t.Errorf("written: %v, %v", err, q)
			}
		})
	}
}

// A workbook that something else than a chart uses stays, and is refused.
func TestOpenKeepsWhatIsUsed(t *testing.T) {
	p, err := Open(officetest.DOCX(t, officetest.Runs("x"), map[string]string{
		"[Content_Types].xml":          strings.Replace(officetest.ContentTypes, "</Types>", override("/word/charts/c.xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"), 1),
		"word/charts/c.xml":            "<c/>",
		"word/charts/_rels/c.xml.rels": relsOpen + relation("a", "package", "/word/embeddings/a.xlsx", false) + `</Relationships>`,
		"word/_rels/document.xml.rels": relsOpen + relation("a", "package", "embeddings/a.xlsx", false) + `</Relationships>`,
		"word/embeddings/a.xlsx":       "PK",
	}))
	if err != nil {
		t.Fatal(err)
	}
	in, err := Inspect(p)
	if err != nil || len(in.Faults) != 2 || in.Faults[0].Code != "ole" {
		t.Errorf("%v: %v", err, in.Faults)
	}
}

func TestTextParts(t *testing.T) {
	p, err := Open(officetest.DOCX(t, officetest.Runs("x"), map[string]string{
		"word/_rels/document.xml.rels": relsOpen + relation("a", "header", "trên.xml", false) + relation("b", "footer", "/chan/f.xml", false) +
			relation("c", "header", "trên.xml", false) + relation("d", "footnotes", "missing.xml", false) + relation("e", "image", "media/i.xml", false) + `</Relationships>`,
		"word/trên.xml": "<a/>", "chan/f.xml": "<a/>", "word/header9.xml": "<a/>", "word/media/i.xml": "<a/>",
	}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.TextParts()
	if err != nil || !slices.Equal(got, []string{"word/document.xml", "chan/f.xml", "word/trên.xml"}) {
		t.Errorf("%v, %v", got, err)
	}
}
