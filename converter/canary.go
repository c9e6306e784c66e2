package converter

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
)

// Probe converts a small document through the same queue and workers as any
// other. nil means that conversion works; Busy that it works but is full.
func (p *Pool) Probe(ctx context.Context) error {
	_, err := p.Convert(ctx, canary())
	return err
}

// canary is a DOCX of one line that has every Vietnamese mark, one bookmark.
func canary() []byte {
	return buildPackage(map[string]string{
		relsPart: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + mainRelations[0] + `" Target="word/document.xml"/></Relationships>`,
		"word/document.xml": `<w:document xmlns:w="` + mainNamespaces[0] + `"><w:body><w:p>` +
			`<w:bookmarkStart w:id="0" w:name="canary"/><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/></w:rPr>` +
			`<w:t>Độc lập - Tự do - Hạnh phúc; sẵn sàng chuyển đổi</w:t></w:r><w:bookmarkEnd w:id="0"/></w:p></w:body></w:document>`,
	})
}

// buildPackage zips parts into a package whose main part is
// word/document.xml, in a fixed order.
func buildPackage(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = strings.NewReader(content).WriteTo(w)
		}
		if err != nil {
			panic(err) // a bytes.Buffer does not refuse
		}
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	add(typesPart, head+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Default Extension="png" ContentType="image/png"/>`+
		`<Override PartName="/word/document.xml" ContentType="`+mainType+`"/></Types>`)
	for _, name := range []string{relsPart, "word/_rels/document.xml.rels", "word/document.xml"} {
		if content, ok := parts[name]; ok {
			add(name, head+content)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
