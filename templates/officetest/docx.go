package officetest

import (
	"archive/zip"
	"bytes"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	ContentTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	PackageRels  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

	// DocumentOpen and DocumentClose stand around the body of DOCX.
	DocumentOpen  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:o="urn:schemas-microsoft-com:office:office"><w:body>`
	DocumentClose = `</w:body></w:document>`
)

// DOCX is a small Word document whose body is given, with parts added or
// replaced; a part set to "-" is left out.
func DOCX(t testing.TB, body string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{"[Content_Types].xml": ContentTypes, "_rels/.rels": PackageRels, "word/document.xml": DocumentOpen + body + DocumentClose}
	maps.Copy(all, parts)
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] == "-" {
			continue
		}
		w, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(all[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Runs is a w:p of one run for each text.
func Runs(texts ...string) string {
	var b strings.Builder
	b.WriteString("<w:p>")
	for _, s := range texts {
		b.WriteString(`<w:r><w:t xml:space="preserve">` + html.EscapeString(s) + `</w:t></w:r>`)
	}
	b.WriteString("</w:p>")
	return b.String()
}

// Paragraphs is a w:p for each text.
func Paragraphs(texts ...string) string {
	var b strings.Builder
	for _, s := range texts {
		b.WriteString(Runs(s))
	}
	return b.String()
}

// Table is a w:tbl; each row is its cells, each cell the XML of its blocks.
func Table(rows ...[]string) string {
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid><w:gridCol/></w:tblGrid>`)
	for _, cells := range rows {
		b.WriteString("<w:tr>")
		for _, c := range cells {
			b.WriteString("<w:tc>" + c + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
	return b.String()
}
