package templates

import (
	"slices"
	"testing"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// bareShape is what a schema says of data that is not in an envelope.
func bareShape(t *testing.T, schema string) *shape {
	t.Helper()
	root, err := rootShape([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return root.fields["content"]
}

// With a schema, what an item may have is never taken from around it; what it
// cannot have is.
func TestNamesAreBoundBySchema(t *testing.T) {
	root := bareShape(t, `{"type":"object","properties":{"title":{"type":"string"},"company":{"type":"string"},
		"groups":{"type":"array","items":{"type":"object","properties":{"title":{"type":"string"},
			"items":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}}}},"tags":{"type":"array","items":{"type":"string"}}}}}}}`)
	pkg, err := ooxml.Open(officetest.DOCX(t, officetest.Paragraphs("{#groups}", "{#title}{title}{/title}{^title}(không){/title} {company}",
		"{#items}", "{name} {title} {company}", "{/items}", "{#tags}", "{.} {#title}{title}{/} {company}", "{/tags}", "{/groups}"), nil))
	if err != nil {
		t.Fatal(err)
	}
	parts, faults := compile(pkg)
	faults = append(faults, checkNames(parts, root)...)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	faces, err := metric.Read()
	if err != nil {
		t.Fatal(err)
	}
	f := &form{docx: pkg, parts: parts}
	data, err := contentOf([]byte(`{"title":"NGOÀI","company":"Sở","groups":[{"title":"một","tags":["x"]},{"tags":["y"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.fill(t.Context(), data, faces)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := linesOf(t, b), []string{"một Sở", "x một Sở", "(không) Sở", "y  Sở"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	data, err = contentOf([]byte(`{"title":"NGOÀI","groups":[{"items":[{}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.fill(t.Context(), data, faces)
	var got []string
	for _, x := range faultsOf(t, err) {
		got = append(got, x.Pointer)
	}
	if want := []string{"/content/company", "/content/groups/0/items/0/name", "/content/groups/0/title", "/content/company"}; !slices.Equal(got, want) {
		t.Errorf("missing %q, want %q", got, want)
	}
}

// What a tag cannot print whatever the data is, is told when the form is loaded.
func TestNamesThatCannotFit(t *testing.T) {
	root := bareShape(t, `{"type":"object","properties":{"s":{"type":"string"},"n":{"type":"number"},"l":{"type":"array","items":{"type":"integer"}},
		"g":{"type":"object","properties":{"data":{"type":"string"}}},"o":{"type":"object","properties":{}},"b":{"type":"boolean"}}}`)
	pkg, err := ooxml.Open(officetest.DOCX(t, officetest.Paragraphs("{s|long} {n|number} {#l}{.|roman}{$A}{/l} {%s} {%g}",
		"{s|words}", "{n|long}", "{#l}{.|date}{/l}", "{l}", "{g}", "{b}", "{%o}", "{%l}"), nil))
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
	want := []string{"s|words filter-value đoạn 2", "n|long filter-value đoạn 3", ".|date filter-value đoạn 4", "l value-not-text đoạn 5",
		"g value-not-text đoạn 6", "b value-not-text đoạn 7", "%o value-not-image đoạn 8", "%l value-not-image đoạn 9"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func faultsOf(t *testing.T, err error) []record.Fault {
	t.Helper()
	e, ok := err.(*record.Error)
	if !ok {
		t.Fatalf("got %v", err)
	}
	return e.Faults
}
