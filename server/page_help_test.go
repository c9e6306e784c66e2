package server

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sheet is a page as a browser reads it.
type sheet struct {
	answer
	root *html.Node
}

// page asks for a page as a browser does; headers come in pairs.
func (o *office) page(t testing.TB, as *person, path string, headers ...string) sheet {
	t.Helper()
	return readSheet(t, o.ask(t, request{method: "GET", path: path, as: as, header: browserHeader(headers)}))
}

// submit sends a form as a browser does.
func (o *office) submit(t testing.TB, as *person, path string, form url.Values, headers ...string) sheet {
	t.Helper()
	h := browserHeader(append([]string{"Content-Type", "application/x-www-form-urlencoded", "Origin", o.http.URL}, headers...))
	return readSheet(t, o.ask(t, request{method: "POST", path: path, as: as, header: h, body: io.Reader(strings.NewReader(form.Encode()))}))
}

// upload sends a multipart form of these parts; "file" is a file.
func (o *office) upload(t testing.TB, as *person, path string, parts map[string][]byte, headers ...string) sheet {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, content := range parts {
		w, err := m.CreateFormField(name)
		if name == "file" {
			w, err = m.CreateFormFile(name, "tệp")
		}
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	h := browserHeader(append([]string{"Content-Type", m.FormDataContentType(), "Origin", o.http.URL}, headers...))
	return readSheet(t, o.ask(t, request{method: "POST", path: path, as: as, header: h, body: io.Reader(&b)}))
}

func browserHeader(pairs []string) map[string]string {
	h := map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "identity"}
	for i := 0; i+1 < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	return h
}

func readSheet(t testing.TB, a answer) sheet {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return sheet{a, root}
}

// is fails the test unless the page has the status and shows the words.
func (p sheet) is(t testing.TB, status int, words ...string) {
	t.Helper()
	if p.status != status {
		t.Fatalf("status %d, want %d: %s", p.status, status, p.text())
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		t.Fatalf("no page: %s", p.body)
	}
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			t.Errorf("the page does not say %q:\n%s", w, p.text())
		}
	}
}

// leads fails the test unless the answer sends the browser there.
func (p sheet) leads(t testing.TB, to string) {
	t.Helper()
	if got := p.header.Get("Location"); p.status != http.StatusSeeOther || got != to {
		t.Fatalf("%d to %q, want %q: %s", p.status, got, to, p.text())
	}
}

// text is what a person reads, with single spaces.
func (p sheet) text() string { return textOf(p.root) }

func textOf(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode && x.Parent.Data != "script" && x.Parent.Data != "style" {
			b.WriteString(x.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// all are the elements of these names.
func (p sheet) all(names ...string) []*html.Node { return elements(p.root, names...) }

func elements(n *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for x := range n.Descendants() {
		if x.Type == html.ElementNode && slices.Contains(names, x.Data) {
			out = append(out, x)
		}
	}
	return out
}

// actions are the addresses that the page's forms in main send to.
func (p sheet) actions() []string {
	var out []string
	for _, main := range p.all("main") {
		for _, f := range elements(main, "form") {
			if attr(f, "method") == "post" {
				out = append(out, attr(f, "action"))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// form is what a browser would send of the form with this address; false when
// the page has none.
func (p sheet) form(action string) (url.Values, bool) {
	for _, f := range p.all("form") {
		if attr(f, "action") != action {
			continue
		}
		v := url.Values{}
		for _, x := range elements(f, "input", "textarea", "select") {
			name := attr(x, "name")
			switch {
			case name == "" || (attr(x, "type") == "checkbox" || attr(x, "type") == "radio") && !hasAttr(x, "checked"):
			case x.Data == "input":
				v.Add(name, attr(x, "value"))
			case x.Data == "textarea":
				v.Add(name, strings.TrimPrefix(rawText(x), "\n"))
			default:
				v.Add(name, chosen(x))
			}
		}
		return v, true
	}
	return nil, false
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return b.String()
}

// chosen is the value of a select: the one marked, else the first.
func chosen(n *html.Node) string {
	options := elements(n, "option")
	for _, o := range options {
		if hasAttr(o, "selected") {
			return attr(o, "value")
		}
	}
	if len(options) == 0 {
		return ""
	}
	return attr(options[0], "value")
}

// mustForm is form, with values changed.
func (p sheet) mustForm(t testing.TB, action string, change ...string) url.Values {
	t.Helper()
	v, ok := p.form(action)
	if !ok {
		t.Fatalf("the page has no form for %s, only %v: %s", action, p.actions(), p.text())
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}
