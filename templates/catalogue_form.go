package templates

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

var formFiles = [...]string{"example.json", "form.docx", "form.json", "schema.json"}

// form is one version of one template, read and compiled once.
type form struct {
	record record.Form
	docx   *ooxml.Package
	parts  []*part
	check  *checker // of an envelope
}

// newForm reads and compiles the files of a form.
func newForm(id string, files map[string][]byte) (*form, error) {
	var about struct{ Type, Title string }
	if err := json.Unmarshal(files["form.json"], &about); err != nil {
		return nil, fmt.Errorf("form.json: %w", err)
	}
	archive, err := pack(files)
	if err != nil {
		return nil, err
	}
	schema, err := envelopeSchema(id, files["schema.json"])
	if err != nil {
		return nil, err
	}
	check, err := newChecker(id, schema)
	if err != nil {
		return nil, err
	}
	docx, err := ooxml.Open(files["form.docx"])
	if err != nil {
		return nil, err
	}
	parts, faults := compile(docx)
	names, err := rootShape(files["schema.json"])
	if err != nil {
		return nil, err
	}
	faults = append(faults, checkNames(parts, names)...)
	if len(faults) > 0 {
		return nil, record.Faulty("template-syntax", "Mẫu có thẻ sai", faults)
	}
	return &form{
		record: record.Form{
			TemplateRef: record.TemplateRef{ID: id, SHA256: record.DigestOf(archive)},
			Type:        about.Type, Title: about.Title, Package: archive,
			DOCX: files["form.docx"], Schema: schema, Example: files["example.json"],
		},
		docx: docx, parts: parts, check: check,
	}, nil
}

// pack puts the files of a form into one ZIP, stored without compression: its
// digest names the template in the archive for ever and must not hang on the
// version of a compressor.
func pack(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range formFiles {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: ooxml.Epoch()})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}
