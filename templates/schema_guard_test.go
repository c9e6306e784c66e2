package templates

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// Whoever takes a form of the program for a beginning may hand its schema in.
func TestGuardTakesOwnSchemas(t *testing.T) {
	c := catalogue(t)
	for _, id := range c.IDs() {
		if faults := guardSchema(officetest.Form(t, c, id).Content); len(faults) > 0 {
			t.Errorf("%s: %v", id, faults)
		}
	}
}

func TestGuardSchema(t *testing.T) {
	inside := func(s string) string { return `{"type":"object","properties":{"a":` + s + `}}` }
	for _, k := range []struct {
		name, schema string
		want         []string // pointer and code
	}{
		{"fine", inside(`{"type":"string","maxLength":5,"x-y":1}`), nil},
		{"fine: alternatives", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}`, nil},
		{"fine: recursion over items", `{"type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"array","items":{"$ref":"#/$defs/n"}}}}`, nil},
		{"no JSON", `{`, []string{" json-syntax"}},
		{"no object", `[]`, []string{" schema-kind", " schema-root"}},
		{"a text", inside(`"x"`), []string{"/properties/a schema-kind"}},
		{"another draft", `{"type":"object","$schema":"http://json-schema.org/draft-07/schema#"}`, []string{"/$schema schema-draft"}},
		{"on the web", inside(`{"$ref":"https://127.0.0.1:1/x.json"}`), []string{"/properties/a/$ref schema-reference"}},
		{"a file", inside(`{"$ref":"file:///etc/passwd"}`), []string{"/properties/a/$ref schema-reference"}},
		{"dynamic", inside(`{"$dynamicRef":"#a"}`), []string{"/properties/a/$dynamicRef schema-keyword"}},
		{"an id inside", inside(`{"$id":"urn:x","type":"string"}`), []string{"/properties/a/$id schema-keyword"}},
		{"beside a reference", inside(`{"$ref":"#/$defs/x","properties":{"b":{"$ref":"#/$defs/x"}}}`), []string{"/properties/a/$ref schema-reference"}},
		{"references in alternatives", inside(`{"allOf":[{"$ref":"#"},{"$ref":"#"}]}`), []string{"/properties/a/allOf/0/$ref schema-reference", "/properties/a/allOf/1/$ref schema-reference"}},
		{"names that cannot be checked", inside(`{"patternProperties":{"^a":{}},"prefixItems":[{}]}`), []string{"/properties/a/patternProperties schema-keyword", "/properties/a/prefixItems schema-keyword"}},
		{"a bad pattern", inside(`{"type":"string","pattern":"(?<=a)b"}`), []string{"/properties/a/pattern schema-pattern"}},
		{"a name no tag can say", `{"type":"object","properties":{"a.b":{"type":"string"}}}`, []string{"/properties/a.b schema-name"}},
		{"twice", `{"type":"object","type":"object"}`, []string{"/type duplicate-key"}},
		{"many alternatives", `{"type":"object","anyOf":[` + strings.Repeat(`{},`, maxAlternatives) + `{}]}`, []string{"/anyOf/500 schema-too-complex"}},
		{"deep", strings.Repeat(`{"type":"object","properties":{"a":`, 80) + "{}" + strings.Repeat("}}", 80), []string{" json-depth"}},
		{"large", inside(`{"title":"` + strings.Repeat("x", maxSchema) + `"}`), []string{" schema-too-large"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			var got []string
			for _, f := range guardSchema([]byte(k.schema)) {
				if f.Message == "" {
					t.Error("no words")
				}
				got = append(got, f.Pointer+" "+f.Code)
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, k.want) {
				t.Errorf("got %q, want %q", got, k.want)
			}
		})
	}
}

// An edited schema rules what the form takes, and is part of its version.
func TestEditedSchema(t *testing.T) {
	c := catalogue(t)
	in := source("thu", officetest.DOCX(t, officetest.Paragraphs("{ho_ten}", "{#con}Con: {ho_ten}{/con}"), nil))
	derived, err := c.Compose(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.Schema = []byte(`{"type":"object","additionalProperties":false,"required":["ho_ten"],"properties":{"ho_ten":{"title":"Họ và tên","type":"string","maxLength":3},"con":{"type":"boolean"}}}`)
	in.Example = []byte(strings.ReplaceAll(string(derived.Example), "Ho ten mẫu", "An"))
	edited, err := c.Compose(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if edited.SHA256 == derived.SHA256 {
		t.Error("the schema is not part of the version")
	}
	var content map[string]any
	if err := json.Unmarshal(edited.Content, &content); err != nil || content["$id"] != "urn:vanthu:content:thu" || content["$schema"] != draft2020 {
		t.Errorf("named %v, of %v: %v", content["$id"], content["$schema"], err)
	}
	s := newShelf()
	s.put(edited)
	_, err = c.With(s).Decode(t.Context(), "thu", []byte(strings.ReplaceAll(string(derived.Example), "Ho ten mẫu", "Bình")))
	if !slices.Equal(told(err), []string{"/content/ho_ten max-length"}) || !strings.Contains(err.Error(), "Họ và tên") {
		t.Errorf("a longer name: %v", err)
	}
	in.Schema = []byte(`{"type":"object","properties":{"con":{"type":"boolean"}}}`)
	_, err = c.Compose(t.Context(), in)
	var e *record.Error
	if !errors.As(err, &e) || e.Code != "template-schema" || len(e.Faults) != 2 || e.Faults[0].Tag != "ho_ten" || e.Faults[0].Place != "đoạn 1" || e.Faults[1].Place != "đoạn 2" {
		t.Errorf("a name missing: %v", err)
	}
	in.Schema = []byte(`{"type":"object","properties":{"ho_ten":{"type":"txet"}}}`)
	if _, err = c.Compose(t.Context(), in); record.CodeOf(err) != "template-schema" || !strings.Contains(err.Error(), "schema-invalid") {
		t.Errorf("no schema: %v", err)
	}
}

// FuzzEditedSchema: whatever passes the guard can be compiled or is told why not,
// and judges any envelope in time.
func FuzzEditedSchema(f *testing.F) {
	c := catalogue(f)
	form := officetest.Form(f, c, "ke-hoach")
	f.Add(form.Content, form.Example)
	f.Add([]byte(`{"type":"object","properties":{"a":{"$ref":"#"}}}`), []byte(`{"a":{"a":{}}}`))
	f.Add([]byte(`{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"$ref":"#/$defs/y"},"y":{"$ref":"#/$defs/x"}}}`), []byte(`{"a":1}`))
	f.Add([]byte(`{"type":"object","properties":{"a":{"anyOf":[{"oneOf":[{},true]},{"not":{"enum":[1]}}]}}}`), []byte(`{"a":[1,2]}`))
	r := mustRead(f)
	f.Fuzz(func(t *testing.T, schema, raw []byte) {
		start := time.Now()
		schema, err := r.edited("thu", schema)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("not the schema's fault: %v", err)
			}
			return
		}
		whole, err := envelopeSchema("thu", schema, 1)
		if err != nil {
			return
		}
		check, err := newChecker("thu", whole)
		if err != nil {
			t.Fatalf("alone it compiled: %v", err)
		}
		tree, _, err := readJSON(raw)
		if err != nil {
			return
		}
		_ = check.faults(map[string]any{"content": tree})
		if d := time.Since(start); d > 5*time.Second && len(schema)+len(raw) < 10<<10 {
			t.Fatalf("took %s", d)
		}
	})
}

// Every place is judged once: a schema that leads into itself costs what the
// value is long.
func TestSchemaCostsAreLinear(t *testing.T) {
	r := mustRead(t)
	schema, err := r.edited("thu", []byte(`{"type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":["array","string"],"items":{"$ref":"#/$defs/n"},"anyOf":[{"minItems":0},{"maxItems":9}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	check, err := newChecker("thu", schema)
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Repeat("[", 50) + strings.Repeat(`"x",`, 10_000) + `"x"` + strings.Repeat("]", 50)
	tree, _, err := readJSON([]byte(fmt.Sprintf(`{"a":%s}`, raw)))
	if err != nil {
		t.Fatal(err)
	}
	if faults := check.faults(tree); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}
