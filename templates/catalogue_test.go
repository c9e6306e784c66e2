package templates

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

func TestCatalogueForm(t *testing.T) {
	c, again := catalogue(t), catalogue(t)
	if !slices.Contains(c.IDs(), "ke-hoach") || !slices.IsSorted(c.IDs()) {
		t.Fatalf("templates %v", c.IDs())
	}
	for _, id := range c.IDs() {
		form, err := c.Form(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		other, err := again.Form(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if form.ID != id || form.SHA256 != record.DigestOf(form.Package) || form.SHA256 != other.SHA256 {
			t.Errorf("%s: digest %s and %s of package %s", id, form.SHA256, other.SHA256, record.DigestOf(form.Package))
		}
		if kind, err := record.TypeOn(form.Type, "2024-01-15"); err != nil || !strings.HasPrefix(form.Title, kind.Name) {
			t.Errorf("%s is a %q called %q: %v", id, form.Type, form.Title, err)
		}
		z, err := zip.NewReader(bytes.NewReader(form.Package), int64(len(form.Package)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range formFiles {
			f, err := z.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			want, err := builtIn.ReadFile("forms/" + id + "/" + name)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s differs in the package: %v", id, name, err)
			}
		}
	}
	_, err := c.Form(t.Context(), "x")
	if record.KindOf(err) != record.NotFound || record.CodeOf(err) != "template-unknown" || !strings.Contains(err.Error(), "ke-hoach") {
		t.Errorf("unknown template: %v", err)
	}
}

// Every schema tells people what each field is, in Vietnamese.
func TestSchemasAreDescribed(t *testing.T) {
	c := catalogue(t)
	for _, id := range c.IDs() {
		var whole map[string]any
		if err := json.Unmarshal(officetest.Form(t, c, id).Schema, &whole); err != nil {
			t.Fatal(err)
		}
		content := whole["properties"].(map[string]any)["content"].(map[string]any)
		described(t, id+"/content", content)
		if whole["properties"].(map[string]any)["template"].(map[string]any)["const"] != id {
			t.Errorf("%s: the schema takes other templates", id)
		}
	}
}

func described(t *testing.T, at string, s map[string]any) {
	t.Helper()
	if _, ref := s["$ref"]; !ref && (s["title"] == nil || s["description"] == nil) {
		t.Errorf("%s has no title or no description", at)
	}
	if s["type"] == "object" && s["additionalProperties"] != false {
		t.Errorf("%s takes anything", at)
	}
	if s["type"] == "string" && (s["maxLength"] == nil || s["pattern"] == nil) || s["type"] == "array" && s["maxItems"] == nil {
		t.Errorf("%s has no limits", at)
	}
	for _, under := range []string{"properties", "$defs"} {
		all, _ := s[under].(map[string]any)
		for name, x := range all {
			described(t, at+"/"+name, x.(map[string]any))
		}
	}
	if items, ok := s["items"].(map[string]any); ok {
		described(t, at+"/items", items)
	}
}

// A name that the data cannot have is told when the form is loaded.
func TestCheckNames(t *testing.T) {
	schema, err := builtIn.ReadFile("forms/ke-hoach/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	root, err := rootShape(schema)
	if err != nil {
		t.Fatal(err)
	}
	body := officetest.Paragraphs("{#content}", "{#sectons}", "{title}", "{/}", "{#sections}", "{title} {titel} {$.issuer.plce}", "{#clauses}", "{#points}", "{body}", "{text}", "{/}{/}{/}", "{#opening}", "{.}", "{/}{/content}") +
		officetest.Table([]string{officetest.Runs("{#recipients}{nam}"), officetest.Runs("{name}{/}")})
	pkg, err := ooxml.Open(officetest.DOCX(t, body, nil))
	if err != nil {
		t.Fatal(err)
	}
	parts, faults := compile(pkg)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var got []string
	for _, f := range checkNames(parts, root) {
		got = append(got, f.Tag+" "+f.Code+" "+f.Place)
	}
	want := []string{"#sectons name-unknown đoạn 2", "title name-unknown đoạn 3", "titel name-unknown đoạn 6", "$.issuer.plce name-unknown đoạn 6",
		"body value-not-text đoạn 9", "nam name-unknown đoạn 15"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
