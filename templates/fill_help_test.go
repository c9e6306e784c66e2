package templates

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// fillSmall fills a body with data as content does it.
func fillSmall(ctx context.Context, t testing.TB, body, data string) ([]byte, error) {
	t.Helper()
	return fillFile(ctx, t, officetest.DOCX(t, body, nil), data)
}

// fillFile is fillSmall for a whole file.
func fillFile(ctx context.Context, t testing.TB, file []byte, data string) ([]byte, error) {
	t.Helper()
	pkg, err := ooxml.Open(file)
	if err != nil {
		return nil, err
	}
	parts, faults := compile(pkg)
	if len(faults) > 0 {
		return nil, record.Faulty("template-syntax", "Mẫu có thẻ sai", faults)
	}
	v, err := contentOf([]byte(data))
	if err != nil {
		return nil, err
	}
	widths, err := metric.Read()
	if err != nil {
		t.Fatal(err)
	}
	return (&form{docx: pkg, parts: parts}).fill(ctx, v, widths)
}

// edited is a built-in form whose DOCX somebody has changed.
func edited(t testing.TB, id string, pkg *ooxml.Package) *form {
	t.Helper()
	schema, err := builtIn.ReadFile("forms/" + id + "/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	names, err := rootShape(schema)
	if err != nil {
		t.Fatal(err)
	}
	parts, faults := compile(pkg)
	if faults = append(faults, checkNames(parts, names)...); len(faults) > 0 {
		t.Fatal(faults)
	}
	return &form{docx: pkg, parts: parts}
}

// linesOf is the text of a DOCX, one line per paragraph; bold in **, italic in
// *, line breaks as \n, cells joined by |.
func linesOf(t testing.TB, file []byte) []string {
	t.Helper()
	pkg, err := ooxml.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := pkg.Part(pkg.Document)
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	var lines []string
	for _, p := range inOrder(doc.Root(), nil) {
		var line strings.Builder
		open := "" // the weight that was begun
		for _, r := range p.FindElements(".//w:r") {
			mark := ""
			if r.FindElement("./w:rPr/w:b") != nil {
				mark += "**"
			}
			if r.FindElement("./w:rPr/w:i") != nil {
				mark += "*"
			}
			if mark != open {
				line.WriteString(open + mark)
				open = mark
			}
			for _, e := range r.ChildElements() {
				switch e.Tag {
				case "t":
					line.WriteString(e.Text())
				case "br":
					line.WriteString(`\n`)
				case "tab":
					line.WriteString(`\t`)
				case "noBreakHyphen":
					line.WriteString("\u2011")
				}
			}
		}
		line.WriteString(open)
		lines = append(lines, line.String())
	}
	return lines
}

// inOrder is the paragraphs as a reader meets them.
func inOrder(e *etree.Element, found []*etree.Element) []*etree.Element {
	return outermost(e, "p", found)
}

// outermost are the elements of a name in e, without those inside one another.
func outermost(e *etree.Element, name string, found []*etree.Element) []*etree.Element {
	for _, child := range e.ChildElements() {
		if isW(child, name) {
			found = append(found, child)
		} else {
			found = outermost(child, name, found)
		}
	}
	return found
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// compile is scan without the list.
func compile(p *ooxml.Package) ([]*part, []record.Fault) {
	parts, faults, _ := scan(p)
	return parts, faults
}
