package form

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed form.html
var source string

// AddTo defines the templates of form.html in t: "form-begin" takes a Tree,
// "field" a *Field; the head of form.html shows how a page uses them.
func AddTo(t *template.Template) (*template.Template, error) {
	if _, err := t.New("form.html").Parse(source); err != nil {
		return nil, fmt.Errorf("form.html: %w", err)
	}
	return t, nil
}

// Render writes fields as HTML, for a page that is put together elsewhere.
func Render(w io.Writer, fields []*Field) error {
	t, err := AddTo(template.New("fields"))
	if err == nil {
		t, err = t.Parse(`{{range .}}{{template "field" .}}{{end}}`)
	}
	if err == nil {
		err = t.Execute(w, fields)
	}
	if err != nil {
		return fmt.Errorf("render form: %w", err)
	}
	return nil
}
