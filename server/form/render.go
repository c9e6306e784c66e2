package form

import (
	_ "embed"
	"fmt"
	"html/template"
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
