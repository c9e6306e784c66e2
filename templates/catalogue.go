package templates

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"vanthu/record"
	"vanthu/templates/metric"
)

// A form is a folder of four files: the DOCX, the JSON Schema of its content,
// an example envelope and form.json with what the desk must know of it.
//
//go:embed forms/*/form.docx forms/*/schema.json forms/*/example.json forms/*/form.json
var builtIn embed.FS

// Catalogue is the templates that documents can be made from: those built in
// and, with a shelf, those that the office has published. It is safe for
// concurrent use.
type Catalogue struct {
	forms  map[string]*form // built in
	shelf  Shelf            // nil: there are no others
	opened *opened          // of the shelf
	widths *metric.Faces
	intake *intake
}

// Shelf is where the office keeps the templates that it has published.
type Shelf interface {
	// Template is what is known of one template; without versions when nothing is.
	Template(ctx context.Context, id string) (record.Template, error)
	// Templates are all that are known, by id.
	Templates(ctx context.Context) (map[string]record.Template, error)
	// Package is the package of a version, checked against its digest.
	Package(ctx context.Context, d record.Digest) ([]byte, error)
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
	var (
		wg    sync.WaitGroup
		forms = make([]*form, len(dirs))
		errs  = make([]error, len(dirs))
	)
	for i, d := range dirs { // each takes about 20 ms, and every command waits for all
		wg.Go(func() { forms[i], errs[i] = loadForm(d.Name()) })
	}
	wg.Wait()
	for i, d := range dirs {
		if errs[i] != nil {
			return nil, fmt.Errorf("form %s: %w", d.Name(), errs[i])
		}
		c.forms[d.Name()] = forms[i]
	}
	return c, nil
}

func loadForm(id string) (*form, error) {
	files := make(map[string][]byte, len(formFiles))
	for _, name := range formFiles {
		b, err := builtIn.ReadFile(path.Join("forms", id, name))
		if err != nil {
			return nil, err
		}
		files[name] = b
	}
	archive, err := pack(files)
	if err != nil {
		return nil, err
	}
	f, err := newForm(id, files, archive)
	if err != nil {
		return nil, err
	}
	f.record.BuiltIn = true
	return f, nil
}

// With is the same catalogue for an office that keeps its own templates on a
// shelf.
func (c *Catalogue) With(shelf Shelf) *Catalogue {
	with := *c
	with.shelf, with.opened = shelf, newOpened()
	return &with
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

// List is the templates that new documents can be made from, by id. Of those on
// the shelf only what a list shows is there: id, digest, type and title.
func (c *Catalogue) List(ctx context.Context) ([]record.Form, error) {
	var all []record.Form
	for _, f := range c.forms {
		all = append(all, f.record)
	}
	if c.shelf != nil {
		published, err := c.shelf.Templates(ctx)
		if err != nil {
			return nil, err
		}
		for id, t := range published {
			v, ok := t.InForce()
			if _, ours := c.forms[id]; !ok || ours || v.Retired != nil {
				continue
			}
			all = append(all, record.Form{TemplateRef: record.TemplateRef{ID: id, SHA256: v.SHA256}, Type: v.Type, Title: v.Title})
		}
	}
	slices.SortFunc(all, func(a, b record.Form) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// Form is the newest version of a template. The error is record.NotFound with
// code "template-unknown", or record.Damaged with "template-damaged".
func (c *Catalogue) Form(ctx context.Context, id string) (record.Form, error) {
	f, err := c.form(ctx, id)
	if err != nil {
		return record.Form{}, err
	}
	return f.record, nil
}

// Versions are all versions of a template, oldest first. One of the program's
// own that has made no document yet is among them without actor and time. The
// error is that of Form.
func (c *Catalogue) Versions(ctx context.Context, id string) (t record.Template, err error) {
	if c.shelf != nil {
		if t, err = c.shelf.Template(ctx, id); err != nil {
			return t, err
		}
	}
	if f, ok := c.forms[id]; ok {
		if _, published := t.Version(f.record.SHA256); !published {
			own := record.TemplateVersion{SHA256: f.record.SHA256, Type: f.record.Type, Title: f.record.Title}
			t.Versions = append(slices.Clip(t.Versions), own)
		}
	}
	if len(t.Versions) == 0 {
		return t, c.unknown(ctx, id)
	}
	return t, nil
}

// Version is one version of a template, whatever is in force now. The error is
// that of Form, or record.NotFound with code "template-version-unknown".
func (c *Catalogue) Version(ctx context.Context, ref record.TemplateRef) (record.Form, error) {
	t, err := c.Versions(ctx, ref.ID)
	if err != nil {
		return record.Form{}, err
	}
	if _, ok := t.Version(ref.SHA256); !ok {
		return record.Form{}, noVersion(ref)
	}
	f, err := c.exactly(ctx, ref)
	if err != nil {
		return record.Form{}, err
	}
	return f.record, nil
}

func noVersion(ref record.TemplateRef) error {
	return record.E(record.NotFound, "template-version-unknown", fmt.Sprintf("Không có phiên bản %.12s của mẫu %.70q", ref.SHA256, ref.ID))
}

// form finds the newest version of a template. A form of the program's own goes
// before one that the office has published under the same id.
func (c *Catalogue) form(ctx context.Context, id string) (*form, error) {
	if f, ok := c.forms[id]; ok {
		return f, nil
	}
	if c.shelf != nil {
		t, err := c.shelf.Template(ctx, id)
		if err != nil {
			return nil, err
		}
		if v, ok := t.InForce(); ok {
			f, err := c.open(ctx, record.TemplateRef{ID: id, SHA256: v.SHA256})
			if err == nil && v.Retired != nil {
				retired := *f
				retired.record.Retired = true
				f = &retired
			}
			return f, err
		}
	}
	return nil, c.unknown(ctx, id)
}

// mostNamed is how many templates a message names.
const mostNamed = 30

func (c *Catalogue) unknown(ctx context.Context, id string) error {
	all, err := c.List(ctx)
	if err != nil {
		return err
	}
	known := make([]string, len(all))
	for i, f := range all {
		known[i] = f.ID
	}
	if len(known) > mostNamed {
		known = append(known[:mostNamed], "…")
	}
	return record.E(record.NotFound, "template-unknown", fmt.Sprintf("Không có mẫu %.70q; các mẫu hiện có: %s", id, strings.Join(known, ", ")))
}

// exactly finds the form that a reference names; one without a digest names
// what is in force.
func (c *Catalogue) exactly(ctx context.Context, ref record.TemplateRef) (*form, error) {
	if ref.SHA256 == "" {
		return c.form(ctx, ref.ID)
	}
	if f, ok := c.forms[ref.ID]; ok && f.record.SHA256 == ref.SHA256 {
		return f, nil
	}
	if c.shelf == nil {
		return nil, noVersion(ref)
	}
	return c.open(ctx, ref)
}

// open reads and compiles a form of the shelf, unless it is open already.
func (c *Catalogue) open(ctx context.Context, ref record.TemplateRef) (*form, error) {
	return c.opened.get(ctx, ref, func() (*form, error) {
		archive, err := c.shelf.Package(ctx, ref.SHA256)
		if err != nil {
			return nil, err
		}
		files, err := unpack(archive)
		if err == nil {
			var f *form
			if f, err = newForm(ref.ID, files, archive); err == nil {
				return f, nil
			}
		}
		return nil, record.Because(err, record.Damaged, "template-damaged", fmt.Sprintf("Phiên bản %.12s của mẫu %s trong kho không đọc được", ref.SHA256, ref.ID))
	})
}
