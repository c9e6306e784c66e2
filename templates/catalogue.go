package templates

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/metric"
)

// A form is a folder of four files: the DOCX, the JSON Schema of its content,
// an example envelope and form.json with what the desk must know of it.
//
//go:embed forms/*/form.docx forms/*/schema.json forms/*/example.json forms/*/form.json
var builtIn embed.FS

// Catalogue is the set of forms that documents can be made from. It is safe for
// concurrent use.
type Catalogue struct {
	forms  map[string]*form // built in
	widths *metric.Faces
	intake *intake
}

// Load reads, checks and compiles the built-in forms.
func Load() (*Catalogue, error) {
	widths, err := metric.Read()
	if err != nil {
		return nil, fmt.Errorf("letter widths: %w", err)
	}
	c := &Catalogue{forms: map[string]*form{}, widths: widths}
	if c.intake, err = newIntake(); err != nil {
		return nil, err
	}
	dirs, err := fs.ReadDir(builtIn, "forms")
	if err != nil {
		return nil, fmt.Errorf("read forms: %w", err)
	}
	for _, d := range dirs {
		files := make(map[string][]byte, len(formFiles))
		for _, name := range formFiles {
			if files[name], err = builtIn.ReadFile(path.Join("forms", d.Name(), name)); err != nil {
				return nil, fmt.Errorf("form %s: %w", d.Name(), err)
			}
		}
		if c.forms[d.Name()], err = newForm(d.Name(), files); err != nil {
			return nil, fmt.Errorf("form %s: %w", d.Name(), err)
		}
	}
	return c, nil
}

// IDs lists the built-in templates, sorted.
func (c *Catalogue) IDs() []string {
	ids := make([]string, 0, len(c.forms))
	for id := range c.forms {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// List is the templates in force, by id.
func (c *Catalogue) List(ctx context.Context) ([]record.Form, error) {
	var all []record.Form
	for _, id := range c.IDs() {
		all = append(all, c.forms[id].record)
	}
	return all, nil
}

// Form is the template in force under an id. The error is record.NotFound with
// code "template-unknown".
func (c *Catalogue) Form(ctx context.Context, id string) (record.Form, error) {
	f, err := c.form(ctx, id)
	if err != nil {
		return record.Form{}, err
	}
	return f.record, nil
}

// form finds the form in force under an id.
func (c *Catalogue) form(ctx context.Context, id string) (*form, error) {
	f, ok := c.forms[id]
	if !ok {
		return nil, record.E(record.NotFound, "template-unknown",
			fmt.Sprintf("Không có mẫu %.70q; các mẫu hiện có: %s", id, strings.Join(c.IDs(), ", ")))
	}
	return f, nil
}

// exactly finds the form that a reference names; one without a digest names
// what is in force.
func (c *Catalogue) exactly(ctx context.Context, ref record.TemplateRef) (*form, error) {
	f, err := c.form(ctx, ref.ID)
	if err == nil && ref.SHA256 != "" && ref.SHA256 != f.record.SHA256 {
		err = record.E(record.NotFound, "template-version-unknown", fmt.Sprintf("Mẫu %s không có phiên bản %.12s", ref.ID, ref.SHA256))
	}
	return f, err
}
