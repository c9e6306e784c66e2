package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// spec is the API document as its reader uses it.
type spec struct {
	doc        map[string]any
	operations []operationSpec

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	seen     map[string]bool // "GET /path 200"
}

type operationSpec struct {
	method, path string
	match        *regexp.Regexp
	responses    map[string]any
}

const specURL = "urn:openapi"

func readSpec(raw []byte) (*spec, error) {
	s := &spec{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}, seen: map[string]bool{}}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if err := s.compiler.AddResource(specURL, doc); err != nil {
		return nil, err
	}
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	s.compiler.AssertFormat()
	s.doc = doc.(map[string]any)
	for path, item := range s.doc["paths"].(map[string]any) {
		form := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		for method, op := range item.(map[string]any) {
			responses, ok := op.(map[string]any)["responses"].(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%s %s has no responses", method, path)
			}
			s.operations = append(s.operations, operationSpec{strings.ToUpper(method), path, regexp.MustCompile("^" + form + "$"), responses})
		}
	}
	return s, nil
}

// find is the operation that a request is, nil for none.
func (s *spec) find(method, path string) *operationSpec {
	path, _, _ = strings.Cut(path, "?")
	var found *operationSpec
	for i, op := range s.operations {
		if op.method == method && op.match.MatchString(path) && (found == nil || strings.Count(op.path, "{") < strings.Count(found.path, "{")) {
			found = &s.operations[i]
		}
	}
	return found
}

// check fails unless the answer is one that the document declares: status,
// media type, schema.
func (s *spec) check(t testing.TB, r request, a answer) {
	t.Helper()
	method := r.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op := s.find(method, r.path)
	if op == nil {
		return // a page, or no route
	}
	status := strconv.Itoa(a.status)
	declared, ok := op.responses[status].(map[string]any)
	if !ok {
		t.Errorf("%s %s: %d is not declared for %s: %s", r.method, r.path, a.status, op.path, clip(string(a.body)))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[op.method+" "+op.path+" "+status] = true
	content, _ := declared["content"].(map[string]any)
	if len(content) == 0 || r.method == http.MethodHead {
		if len(a.body) > 0 {
			t.Errorf("%s %s: %d has a body: %s", r.method, r.path, a.status, clip(string(a.body)))
		}
		return
	}
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	schema := s.schema(op, status, media, content)
	switch {
	case err != nil || schema == nil:
		t.Errorf("%s %s: %d as %q is not declared", r.method, r.path, a.status, a.header.Get("Content-Type"))
	case strings.HasSuffix(media, "json"):
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s %s: %d is not what is declared: %v\n%s", r.method, r.path, a.status, err, a.body)
		}
	case len(a.body) == 0:
		t.Errorf("%s %s: %d is empty", r.method, r.path, a.status)
	}
}

// schema compiles the schema of one answer in one media type, however its
// parameters are written.
func (s *spec) schema(op *operationSpec, status, media string, content map[string]any) *jsonschema.Schema {
	for declared := range content {
		if plain, _, _ := mime.ParseMediaType(declared); plain != media {
			continue
		}
		escape := strings.NewReplacer("~", "~0", "/", "~1")
		where := fmt.Sprintf("%s#/paths/%s/%s/responses/%s/content/%s/schema", specURL, escapePointer(escape, op.path), strings.ToLower(op.method), status, escapePointer(escape, declared))
		if s.schemas[where] == nil {
			s.schemas[where] = s.compiler.MustCompile(where)
		}
		return s.schemas[where]
	}
	return nil
}

// escapePointer writes a name as a part of a JSON pointer in a URL.
func escapePointer(escape *strings.Replacer, name string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", " ", "%20", ";", "%3B").Replace(escape.Replace(name))
}

// Every route is in the document, and nothing else is.
func TestEveryRouteIsInTheDocument(t *testing.T) {
	o := house.open(t)
	var routes, documented []string
	pages := map[string]bool{}
	braces := regexp.MustCompile(`[:*]([a-z]+)`)
	for _, rt := range pageRoutes() {
		pages[rt.method+" "+braces.ReplaceAllString(rt.path, "{$1}")] = true
	}
	for _, r := range o.server.engine.Routes() {
		name := r.Method + " " + braces.ReplaceAllString(r.Path, "{$1}")
		if r.Method != http.MethodHead && !pages[name] {
			routes = append(routes, name)
		}
	}
	for _, op := range o.spec.operations {
		documented = append(documented, op.method+" "+op.path)
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if !slices.Equal(routes, documented) {
		t.Errorf("routes:\n%s\ndocumented:\n%s", strings.Join(routes, "\n"), strings.Join(documented, "\n"))
	}
	a := o.ask(t, request{method: "GET", path: "/openapi.json"})
	if a.status != 200 || !json.Valid(a.body) || !bytes.Equal(a.body, o.server.spec()) {
		t.Errorf("%d %.200s", a.status, a.body)
	}
}

// No array of an answer that is made here is ever null, and the document says so;
// what is stored comes as it was.
func TestTheDocumentPromisesNoNulls(t *testing.T) {
	o := house.open(t)
	stored := regexp.MustCompile(`^/components/schemas/(Envelope|Record[A-Z]\w*|Storage[A-Z]\w*|Verify[A-Z]\w*)/`)
	var walk func(where string, v any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if types, ok := v["type"].([]any); ok && slices.Contains(types, any("null")) && !stored.MatchString(where) {
				t.Errorf("%s may be null", where)
			}
			for k, x := range v {
				walk(where+"/"+k, x)
			}
		case []any:
			for i, x := range v {
				walk(fmt.Sprintf("%s/%d", where, i), x)
			}
		}
	}
	walk("", o.spec.doc)
}

// Operation ids are unique, everything has a summary in Vietnamese, and every
// reference leads somewhere.
func TestTheDocumentIsForReaders(t *testing.T) {
	o := house.open(t)
	ids := map[string]string{}
	for _, op := range o.spec.operations {
		item := o.spec.doc["paths"].(map[string]any)[op.path].(map[string]any)[strings.ToLower(op.method)].(map[string]any)
		id, _ := item["operationId"].(string)
		summary, _ := item["summary"].(string)
		if id == "" || ids[id] != "" || !vietnamese(summary) {
			t.Errorf("%s %s: id %q (also %s), summary %q", op.method, op.path, id, ids[id], summary)
		}
		ids[id] = op.path
		for status, x := range op.responses {
			if d, _ := x.(map[string]any)["description"].(string); !vietnamese(d) {
				t.Errorf("%s %s %s: description %q", op.method, op.path, status, d)
			}
		}
	}
	components := o.spec.doc["components"].(map[string]any)["schemas"].(map[string]any)
	raw, err := json.Marshal(o.spec.doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"\$ref":"([^"]*)"`).FindAllStringSubmatch(string(raw), -1) {
		name, ok := strings.CutPrefix(m[1], "#/components/schemas/")
		if _, there := components[name]; !ok || !there {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
}

// A validator that is not ours reads the document.
func TestTheDocumentIsOpenAPI(t *testing.T) {
	cache := os.Getenv("VANTHU_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "vanthu")
	}
	validator := filepath.Join(cache, "npm", "node_modules", ".bin", "validate-api")
	if _, err := os.Stat(validator); err != nil {
		t.Fatalf("the validator of OpenAPI documents is missing; `make test` installs it: %v", err)
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, house.open(t).server.spec(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), validator, file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"valid": true`) {
		t.Errorf("%v\n%s", err, out)
	}
}
