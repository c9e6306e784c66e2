package form_test

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"vanthu/server/form"
	"vanthu/templates"
	"vanthu/templates/officetest"
)

func catalogue(t testing.TB) *templates.Catalogue {
	t.Helper()
	c, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// planForm is the form of the built-in plan.
func planForm(t testing.TB) *form.Form {
	t.Helper()
	return formOf(t, string(officetest.Form(t, catalogue(t), "ke-hoach").Schema))
}

func formOf(t testing.TB, schema string) *form.Form {
	t.Helper()
	f, err := form.New([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// plans are the real envelopes of plans.
func plans(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../../templates/testdata/seeds/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	out := map[string][]byte{}
	for _, name := range append(names, "../../templates/forms/ke-hoach/example.json", "../../testdata/ke-hoach-ngan.json") {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if templateOf(t, raw) == "ke-hoach" {
			out[filepath.Base(name)] = raw
		}
	}
	return out
}

func templateOf(t testing.TB, raw []byte) string {
	t.Helper()
	var e struct{ Template string }
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	return e.Template
}

func tree(t testing.TB, f *form.Form, raw string, view form.View) form.Tree {
	t.Helper()
	out, err := f.Fields([]byte(raw), view)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// pageTemplate is read once: a rapid test shows hundreds of pages.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	all, err := form.AddTo(template.New("page"))
	if err != nil {
		return nil, err
	}
	return all.Parse(`<form>{{template "form-begin" .}}{{range .Fields}}{{template "field" .}}{{end}}</form>`)
})

// page is the form as a page shows it.
func page(t testing.TB, shown form.Tree) string {
	t.Helper()
	all, err := pageTemplate()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := all.Execute(&b, shown); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// submit reads a page as a browser does and posts what it holds, with the
// button of this value pressed.
func submit(t testing.TB, markup, button string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	pressed := button == ""
	for n := range doc.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if strings.ContainsAny(attr(n, "value"), "\r\n") && attr(n, "type") != "hidden" {
				t.Errorf("%s: a line end in one line", name)
			}
			out.Add(name, crlf(attr(n, "value")))
		case "textarea":
			out.Add(name, crlf(text(n)))
		case "select":
			out.Add(name, selected(n))
		case "button":
			if attr(n, "value") == button && !pressed {
				pressed = true
				out.Add(name, button)
			}
		}
	}
	if !pressed {
		t.Fatalf("no button %q on the page", button)
	}
	return out
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func selected(n *html.Node) string {
	first, found := "", false
	for o := range n.Descendants() {
		if o.Data != "option" {
			continue
		}
		for _, a := range o.Attr {
			if a.Key == "selected" {
				return attr(o, "value")
			}
		}
		if !found {
			first, found = attr(o, "value"), true
		}
	}
	return first
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// round is one round between page and server.
func round(t testing.TB, f *form.Form, raw string, view form.View, button string) form.Posted {
	t.Helper()
	p, err := f.Parse(submit(t, page(t, tree(t, f, raw, view)), button))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// plain is JSON with sorted names on one line.
func plain(t testing.TB, raw []byte) string {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
