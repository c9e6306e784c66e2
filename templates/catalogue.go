package templates

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/ooxml"
)

// A form is a folder of four files: the DOCX, the JSON Schema of its content,
// an example envelope and form.json with what the desk must know of it.
//
//go:embed forms/*/form.docx forms/*/schema.json forms/*/example.json forms/*/form.json
var builtIn embed.FS

var formFiles = [...]string{"example.json", "form.docx", "form.json", "schema.json"}

// Catalogue is the set of forms that documents can be made from. It never
// changes after Load and is safe for concurrent use.
type Catalogue struct {
	forms  map[string]*form
	widths *metric.Faces
	intake *intake
}

// form is one template, read and compiled once.
type form struct {
	record  record.Form
	schema  []byte // of the whole envelope
	example []byte
	docx    *ooxml.Package
	parts   []*part
}

// Load reads, checks and compiles the built-in forms.
func Load() (*Catalogue, error) {
	widths, err := metric.Read()
	if err != nil {
		return nil, fmt.Errorf("letter widths: %w", err)
	}
	c := &Catalogue{forms: map[string]*form{}, widths: widths}
	dirs, err := fs.ReadDir(builtIn, "forms")
	if err != nil {
		return nil, fmt.Errorf("read forms: %w", err)
	}
	for _, d := range dirs {
		f, err := readForm(d.Name())
		if err != nil {
			return nil, fmt.Errorf("form %s: %w", d.Name(), err)
		}
		c.forms[d.Name()] = f
	}
	schemas := make(map[string][]byte, len(c.forms))
	for id, f := range c.forms {
		schemas[id] = f.schema
	}
	if c.intake, err = newIntake(schemas); err != nil {
		return nil, err
	}
	return c, nil
}

func readForm(id string) (*form, error) {
	files := make(map[string][]byte, len(formFiles))
	for _, name := range formFiles {
		b, err := builtIn.ReadFile(path.Join("forms", id, name))
		if err != nil {
			return nil, err
		}
		files[name] = b
	}
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
		},
		schema: schema, example: files["example.json"], docx: docx, parts: parts,
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

// IDs lists the templates, sorted.
func (c *Catalogue) IDs() []string {
	ids := make([]string, 0, len(c.forms))
	for id := range c.forms {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Form is the template as it is archived. The error is record.NotFound with
// code "template-unknown".
func (c *Catalogue) Form(id string) (record.Form, error) {
	f, err := c.form(id)
	if err != nil {
		return record.Form{}, err
	}
	out := f.record
	out.Package = slices.Clone(out.Package)
	return out, nil
}

func (c *Catalogue) form(id string) (*form, error) {
	f, ok := c.forms[id]
	if !ok {
		return nil, record.E(record.NotFound, "template-unknown",
			fmt.Sprintf("Không có mẫu %q; các mẫu hiện có: %s", id, strings.Join(c.IDs(), ", ")))
	}
	return f, nil
}

// Schema is the JSON Schema (2020-12) of the envelope with the content of this
// template; nil for an unknown template.
func (c *Catalogue) Schema(id string) []byte {
	if f, ok := c.forms[id]; ok {
		return slices.Clone(f.schema)
	}
	return nil
}

// Example is an envelope of this template that can be issued in demo mode; nil
// for an unknown template.
func (c *Catalogue) Example(id string) []byte {
	if f, ok := c.forms[id]; ok {
		return slices.Clone(f.example)
	}
	return nil
}
