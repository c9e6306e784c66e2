package templates

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// oracle is docxtemplater; fill.js says how it is asked.
func oracle(t testing.TB, input []byte, args ...string) []byte {
	t.Helper()
	cache := os.Getenv("VANTHU_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "vanthu")
	}
	modules := filepath.Join(cache, "npm", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "docxtemplater")); err != nil {
		t.Fatalf("docxtemplater is missing; `make test` installs it: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"testdata/oracle/fill.js"}, args...)...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	return out
}

// oracleFills fills each file with its data; "" with the error where it
// would not.
func oracleFills(t testing.TB, names []string, files map[string][]byte, data map[string]string) (filled map[string][]byte, refused map[string]string) {
	t.Helper()
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, name := range names {
		if err := enc.Encode(map[string]any{"name": name, "docx": base64.StdEncoding.EncodeToString(files[name]), "data": json.RawMessage(data[name])}); err != nil {
			t.Fatal(err)
		}
	}
	filled, refused = map[string][]byte{}, map[string]string{}
	for line := range bytes.Lines(oracle(t, in.Bytes())) {
		var answer struct {
			Name, Docx, Error string
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Error != "" {
			refused[answer.Name] = answer.Error
			continue
		}
		b, err := base64.StdEncoding.DecodeString(answer.Docx)
		if err != nil {
			t.Fatal(err)
		}
		filled[answer.Name] = b
	}
	if len(filled)+len(refused) != len(names) {
		t.Fatalf("%d answers for %d cases", len(filled)+len(refused), len(names))
	}
	return filled, refused
}

// allText is the text of a file, part by part, a line for each paragraph. What
// keeps a line together is shown as what it looks like.
func allText(t testing.TB, file []byte) []string {
	t.Helper()
	pkg, err := ooxml.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return packageText(t, pkg)
}

func packageText(t testing.TB, pkg *ooxml.Package) []string {
	t.Helper()
	names, err := pkg.TextParts()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range names {
		data, _ := pkg.Part(name)
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines = append(lines, "["+name+"]")
		lines = paragraphTexts(doc.Root(), lines)
	}
	return lines
}

func paragraphTexts(e *etree.Element, lines []string) []string {
	for _, child := range e.ChildElements() {
		if !isW(child, "p") {
			lines = paragraphTexts(child, lines)
			continue
		}
		var line strings.Builder
		var inside []string
		inlineText(child, &line, &inside)
		lines = append(append(lines, strings.ReplaceAll(line.String(), "\u00a0", " ")), inside...)
	}
	return lines
}

// inlineText takes the text of a paragraph; text boxes in it are paragraphs of
// their own.
func inlineText(e *etree.Element, line *strings.Builder, inside *[]string) {
	for _, child := range e.ChildElements() {
		switch {
		case isW(child, "t"):
			line.WriteString(child.Text())
		case isW(child, "br"), isW(child, "cr"):
			line.WriteByte('\n')
		case isW(child, "tab") && isW(e, "r"):
			line.WriteByte('\t')
		case isW(child, "noBreakHyphen"):
			line.WriteByte('-')
		case isW(child, "txbxContent"):
			*inside = paragraphTexts(child, *inside)
		default:
			inlineText(child, line, inside)
		}
	}
}
