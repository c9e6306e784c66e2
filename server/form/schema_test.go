package form_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/server/form"
	"vanthu/templates/officetest"
)

// Shapes of schemas that templates from outside may have.
func TestSchemas(t *testing.T) {
	for name, c := range map[string]struct{ schema, raw, pointer, kind string }{
		"a reference with its own title": {`{"properties":{"a":{"$ref":"#/$defs/x","title":"Tên"}},"$defs":{"x":{"type":"string","maxLength":5}}}`, `{"a":"v"}`, "/a", "text"},
		"references in a row":            {`{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"$ref":"#/$defs/y"},"y":{"type":"integer"}}}`, `{"a":3}`, "/a", "integer"},
		"a schema inside with its $id":   {`{"properties":{"a":{"$id":"urn:a","properties":{"b":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"boolean"}}}}}`, `{"a":{"b":true}}`, "/a/b", "select"},
		"an escaped reference":           {`{"properties":{"a":{"$ref":"#/$defs/x~1y%20z"}},"$defs":{"x/y z":{"type":"string"}}}`, `{"a":"v"}`, "/a", "textarea"},
		"a name with a slash":            {`{"properties":{"a/b~c":{"type":"string"}}}`, `{"a/b~c":"v"}`, "/a~1b~0c", "textarea"},
		"a list in itself":               {`{"$id":"urn:x","properties":{"a":{"type":"array","items":{"$ref":"#"}}}}`, `{"a":[{"a":[{}]}]}`, "/a/0/a/0", "group"},
		"null besides":                   {`{"properties":{"a":{"type":["string","null"]}}}`, `{"a":"v"}`, "/a", "textarea"},
		"two types":                      {`{"properties":{"a":{"type":["string","integer"]}}}`, `{"a":3}`, "/a", "json"},
		"two types, text":                {`{"properties":{"a":{"type":["string","integer"]}}}`, `{"a":"3"}`, "/a", "json"},
		"anything":                       {`{"properties":{"a":true}}`, `{"a":{"b":[1,"x",null]}}`, "/a", "json"},
		"a free object":                  {`{"properties":{"a":{"type":"object"}}}`, `{"a":{"b":1}}`, "/a", "json"},
		"alternatives of shape":          {`{"properties":{"a":{"oneOf":[{"type":"string"},{"type":"object"}]}}}`, `{"a":{"b":1}}`, "/a", "json"},
		"a tuple":                        {`{"properties":{"a":{"type":"array","prefixItems":[{}],"items":{}}}}`, `{"a":[1,2]}`, "/a", "json"},
		"numbers to choose from":         {`{"properties":{"a":{"enum":[1,2]}}}`, `{"a":2}`, "/a", "json"},
		"a choice outside a list":        {`{"properties":{"a":{"minProperties":1,"maxProperties":1,"properties":{"x":{"type":"string"},"y":{"properties":{"z":{"type":"integer"}}}}}}}`, `{"a":{"y":{"z":4}}}`, "/a/y/z", "integer"},
		"a constant to choose":           {`{"properties":{"a":{"type":"array","items":{"minProperties":1,"maxProperties":1,"properties":{"x":{"const":1},"y":{"type":"string"}}}}}}`, `{"a":[{"x":1},{"y":"v"}]}`, "/a/0/x", "const"},
		"lists of lists":                 {`{"properties":{"a":{"type":"array","items":{"type":"array","items":{"type":"string"}}}}}`, `{"a":[["x"],[],["",""]]}`, "/a/1", "list"},
	} {
		t.Run(name, func(t *testing.T) {
			f := formOf(t, c.schema)
			if got := tree(t, f, c.raw, form.View{}).At(c.pointer); got == nil || string(got.Kind) != c.kind {
				t.Errorf("%s is %+v", c.pointer, got)
			}
			if p := round(t, f, c.raw, form.View{}, ""); string(p.JSON) != c.raw {
				t.Errorf("%s came back as %s", c.raw, p.JSON)
			}
		})
	}
}

// A choice that is not made offers its branches; one that is made can be taken
// back, and that too.
func TestAChoiceOutsideAList(t *testing.T) {
	f := formOf(t, `{"properties":{"a":{"title":"Chọn","minProperties":1,"maxProperties":1,"properties":{"x":{"title":"Chữ","type":"string"},"y":{"title":"Bảng","properties":{"z":{"type":"integer"}}}}}}}`)
	chosen := round(t, f, `{}`, form.View{}, "add /a as y")
	if string(chosen.JSON) != `{"a":{"y":{}}}` {
		t.Errorf("chosen: %s", chosen.JSON)
	}
	if markup := page(t, tree(t, f, string(chosen.JSON), form.View{After: &chosen})); focused(t, markup) != "f/a/y/z" {
		t.Errorf("focus on %q", focused(t, markup))
	}
	cleared := round(t, f, `{"a":{"y":{"z":4}}}`, form.View{}, "clear /a")
	if string(cleared.JSON) != `{}` || cleared.Said != "Đã bỏ Chọn" {
		t.Errorf("cleared: %+v %s", cleared, cleared.JSON)
	}
	if back := round(t, f, string(cleared.JSON), form.View{After: &cleared}, "restore"); string(back.JSON) != `{"a":{"y":{"z":4}}}` {
		t.Errorf("restored: %s", back.JSON)
	}
}

func TestSchemasThatMakeNoForm(t *testing.T) {
	for name, schema := range map[string]string{
		"no JSON": "{", "no object": "[]", "two": "{}{}", "no properties": `{"type":"object"}`, "a reference out": `{"properties":{"a":{"$ref":"other.json"}}}`,
		"a reference to nothing": `{"properties":{"a":{"$ref":"#/$defs/x"}}}`, "a reference to a text": `{"title":"x","properties":{"a":{"$ref":"#/title"}}}`,
		"references in a ring": `{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"$ref":"#/$defs/x"}}}`,
		"a group in itself":    `{"properties":{"a":{"$ref":"#"}}}`,
		"a name with a tab":    `{"properties":{"a\tb":{"type":"string"}}}`, "a nameless field": `{"properties":{"":{"type":"string"}}}`,
		"deep": strings.Repeat(`{"properties":{"a":`, 40) + "{}" + strings.Repeat("}}", 40), "large": `{"properties":{"a":{"title":"` + strings.Repeat("x", 1<<20) + `"}}}`,
	} {
		if _, err := form.New([]byte(schema)); record.CodeOf(err) != "form-schema" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add(officetest.Form(f, catalogue(f), "ke-hoach").Schema, []byte(outline))
	f.Add([]byte(`{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"array","items":{"$ref":"#/$defs/x"}}}}`), []byte(`{"a":[[],[[]]]}`))
	f.Add([]byte(`{"properties":{"a":{"minProperties":1,"maxProperties":1,"properties":{"x":{"const":1},"y":{"enum":["a","b"]}}}}}`), []byte(`{"a":{"x":2}}`))
	f.Fuzz(func(t *testing.T, schema, raw []byte) {
		made, err := form.New(schema)
		if err != nil {
			return
		}
		shown, err := made.Fields(raw, form.View{})
		if err != nil {
			return
		}
		once, err := made.Parse(submit(t, page(t, shown), ""))
		if err != nil {
			return
		}
		if twice := round(t, made, string(once.JSON), form.View{}, ""); string(twice.JSON) != string(once.JSON) {
			t.Fatalf("the second round changed it:\n%s\n%s", once.JSON, twice.JSON)
		}
	})
}

// The numbers of sections and points in the form are those that the document
// prints.
func TestNumbersAsPrinted(t *testing.T) {
	var sections []string
	for i := range 45 {
		sections = append(sections, fmt.Sprintf(`{"title":"Tên số %d"}`, i))
	}
	var points []string
	for i := range 50 {
		points = append(points, fmt.Sprintf(`{"text":"Lời số %d"}`, i))
	}
	sections = append(sections, `{"title":"Cuối","clauses":[{"title":"Khoản","points":[`+strings.Join(points, ",")+`]}]}`)
	raw := `{"template":"ke-hoach","organization":"o","subject":"s","signatory":{"person":"p","capacity":"TM"},"recipients":[{"name":"n"}],"filing":{"unit":"u"},"content":{"opening":["o"],"sections":[` + strings.Join(sections, ",") + `]}}`
	c := catalogue(t)
	got, err := c.Decode(t.Context(), "", []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	docx, err := c.Fill(t.Context(), record.Filling{Envelope: got.Envelope, Symbol: "/KH-UBND", Digits: 3, Year: 2024, Type: record.DocumentType{Abbreviation: "KH", Name: "Kế hoạch"},
		Issuer:    record.OrganizationOn{OrganizationName: record.OrganizationName{Lines: []string{"ỦY BAN"}, Name: "UBND", Abbreviation: "UBND", HeadTitle: "CHỦ TỊCH", Place: "Vũng Tàu"}},
		Signatory: record.Signatory{Name: "Nguyễn Văn A", Lines: []string{"CHỦ TỊCH"}}})
	if err != nil {
		t.Fatal(err)
	}
	printed := documentText(t, docx)
	shown := tree(t, planForm(t), raw, form.View{})
	for i := range 45 {
		_, number, _ := strings.Cut(shown.At(fmt.Sprintf("/content/sections/%d", i)).Label, " ")
		if want := strings.ToUpper(fmt.Sprintf("%s. Tên số %d\n", number, i)); !strings.Contains(strings.ToUpper(printed), want) {
			t.Errorf("%q is not printed", want)
		}
	}
	for i := range 50 {
		_, letter, _ := strings.Cut(shown.At(fmt.Sprintf("/content/sections/45/clauses/0/points/%d", i)).Label, " ")
		if want := fmt.Sprintf("%s) Lời số %d", letter, i); !strings.Contains(printed, want) {
			t.Errorf("%q is not printed", want)
		}
	}
}

// documentText is the text of a DOCX, a line for each paragraph.
func documentText(t *testing.T, docx []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("</w:p>", "\n", "\u00a0", " ").Replace(string(raw))
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(text, "<w:tab/>", " "), "")
}

// A form made in Word has names as people write them.
func TestNamesWithSpaces(t *testing.T) {
	f := formOf(t, `{"type":"object","properties":{"Họ và tên":{"type":"string","maxLength":100},"danh sách":{"type":"array","items":{"type":"string"}},
		"a as b":{"type":"array","items":{"type":"object","minProperties":1,"maxProperties":1,"properties":{"lời nói":{"type":"string"},"hình":{"type":"string"}}}}}}`)
	raw := `{"Họ và tên":"Nguyễn Văn A","danh sách":["x","y"],"a as b":[{"lời nói":"z"}]}`
	for _, c := range []struct{ do, want string }{
		{"", `{"Họ và tên":"Nguyễn Văn A","danh sách":["x","y"],"a as b":[{"lời nói":"z"}]}`},
		{"add /danh sách", `{"Họ và tên":"Nguyễn Văn A","danh sách":["x","y",""],"a as b":[{"lời nói":"z"}]}`},
		{"remove /danh sách/0", `{"Họ và tên":"Nguyễn Văn A","danh sách":["y"],"a as b":[{"lời nói":"z"}]}`},
		{"add /a as b as lời nói", `{"Họ và tên":"Nguyễn Văn A","danh sách":["x","y"],"a as b":[{"lời nói":"z"},{"lời nói":""}]}`},
	} {
		p := round(t, f, raw, form.View{}, c.do)
		var got, want any
		if err := json.Unmarshal(p.JSON, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", c.do, diff)
		}
		markup := page(t, tree(t, f, string(p.JSON), form.View{After: &p}))
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(markup, -1) {
			if strings.Contains(m[1], " ") {
				t.Errorf("id %q has a space", m[1])
			}
		}
	}
}
