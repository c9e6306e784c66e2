package converter

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
)

// Probe converts a small document through the same queue and workers as any
// other. nil means that conversion works; Busy that it works but is full.
func (p *Pool) Probe(ctx context.Context) error {
	_, err := p.Convert(ctx, canary())
	return err
}

// canary is a DOCX of one line with Vietnamese marks and one bookmark.
func canary() []byte {
	return buildPackage(
		part{relsPart, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + mainRelations[0] + `" Target="word/document.xml"/></Relationships>`},
		part{"word/document.xml", `<w:document xmlns:w="` + mainNamespaces[0] + `"><w:body><w:p>` +
			`<w:bookmarkStart w:id="0" w:name="canary"/><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/></w:rPr>` +
			`<w:t>Độc lập - Tự do - Hạnh phúc; sẵn sàng chuyển đổi</w:t></w:r><w:bookmarkEnd w:id="0"/></w:p></w:body></w:document>`},
	)
}

type part struct{ name, content string }

// buildPackage zips XML parts into a package whose main part is
// word/document.xml.
func buildPackage(parts ...part) []byte {
	types := part{typesPart, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + mainType + `"/></Types>`}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range append([]part{types}, parts...) {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+p.content)
		}
		if err != nil {
			panic(err) // a bytes.Buffer refuses nothing
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
