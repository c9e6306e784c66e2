package templates

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vanthu/templates/officetest"
)

// Forms to come use more of JSON Schema than the plan does.
func TestExplain(t *testing.T) {
	const oneOf = `{"title":"Đoạn","oneOf":[
		{"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"title":"Lời","type":"string"}}},
		{"type":"object","additionalProperties":false,"required":["dash"],"properties":{"dash":{"title":"Gạch","type":"string"}}}]}`
	for _, k := range []struct {
		name, schema, value string
		want                []string // "pointer code: message"
	}{
		{"one of, fits", oneOf, `{"text":"a"}`, nil},
		{"one of, wrong further down", oneOf, `{"dash":5}`, []string{"/dash type: “Gạch” phải là chữ, không phải số"}},
		{"one of, neither", oneOf, `{}`, []string{" one-of: Dữ liệu phải có đúng một trong: “Gạch”, “Lời”"}},
		{"one of, both", oneOf, `{"text":"a","dash":"b"}`, []string{" one-of: Dữ liệu không theo dạng nào được nhận (các trường: dash, text)"}},
		{"one of, wrong type", oneOf, `5`, []string{" type: Dữ liệu phải là nhóm trường {...}, không phải số"}},
		{"one of, two fit", `{"oneOf":[{"type":"number"},{"type":"integer"}]}`, `5`, []string{" one-of: Dữ liệu chỉ được theo một dạng"}},
		{"const", `{"const":"KH"}`, `"BC"`, []string{" enum: Dữ liệu phải là KH"}},
		{"date", `{"properties":{"from":{"title":"Từ ngày","format":"date"}}}`, `{"from":"2024-02-30"}`, []string{"/from format-date: “Từ ngày” phải là một ngày có thật, viết dạng YYYY-MM-DD"}},
		{"e-mail", `{"format":"email"}`, `"a"`, []string{` format-email: Dữ liệu không đúng dạng "email"`}},
		{"pattern with description", `{"properties":{"u":{"title":"Đơn vị","description":"Viết tắt, ví dụ VHTT.","pattern":"^[A-Z]+$"}}}`, `{"u":"vh"}`, []string{"/u pattern: “Đơn vị” không đúng dạng. Viết tắt, ví dụ VHTT."}},
		{"lengths", `{"items":{"title":"Tên","minLength":2,"maxLength":3}}`, `["a","aaaa"]`, []string{"/0 min-length: “Tên” thứ 1 có 1 ký tự, ít nhất phải 2", "/1 max-length: “Tên” thứ 2 có 4 ký tự, nhiều nhất chỉ được 3"}},
		{"unique", `{"uniqueItems":true}`, `[1,2,1]`, []string{" unique-items: Dữ liệu có hai mục giống nhau: thứ 1 và thứ 3"}},
		{"numbers", `{"items":{"exclusiveMinimum":0,"exclusiveMaximum":10.0,"multipleOf":0.5}}`, `[0,10,1.2]`,
			[]string{"/0 minimum: Mục thứ 1 phải lớn hơn 0", "/1 maximum: Mục thứ 2 phải nhỏ hơn 10", "/2 multiple-of: Mục thứ 3 phải là bội số của 0,5"}},
		{"dependent", `{"dependentRequired":{"from":["to"]},"properties":{"to":{"title":"Đến ngày"}}}`, `{"from":1}`, []string{"/to required: Thiếu “Đến ngày”"}},
		{"names", `{"propertyNames":{"pattern":"^[a-z]+$"}}`, `{"A":1}`, []string{`/A additional-property: Tên trường "A" không được nhận`}},
		{"not", `{"not":{"type":"string"}}`, `"a"`, []string{" not-allowed: Dữ liệu không được nhận ở đây"}},
		{"false", `{"properties":{"a":false}}`, `{"a":1}`, []string{`/a not-allowed: "a" không được nhận ở đây`}},
		{"then", `{"if":{"required":["a"]},"then":{"required":["b"]},"properties":{"b":{"title":"Bê"}}}`, `{"a":1}`, []string{"/b required: Thiếu “Bê”"}},
		{"through references", `{"$ref":"#/$defs/x","$defs":{"x":{"allOf":[{"$ref":"#/$defs/y"}]},"y":{"required":["n"],"properties":{"n":{"title":"Tên"}}}}}`, `{}`, []string{"/n required: Thiếu “Tên”"}},
		{"recursive", `{"$ref":"#/$defs/x","$defs":{"x":{"title":"Nút","properties":{"kids":{"title":"Con","items":{"$ref":"#/$defs/x"}},"v":{"title":"Giá trị","type":"string"}}}}}`,
			`{"kids":[{"kids":[{"v":1}]}]}`, []string{"/kids/0/kids/0/v type: “Giá trị” phải là chữ, không phải số"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c, err := newChecker("thu", []byte(k.schema))
			if err != nil {
				t.Fatal(err)
			}
			v, faults, err := readJSON([]byte(k.value))
			if err != nil || len(faults) > 0 {
				t.Fatal(err, faults)
			}
			var got []string
			for _, f := range settle(c.faults(v)) {
				got = append(got, f.Pointer+" "+f.Code+": "+f.Message)
			}
			if !slices.Equal(got, k.want) {
				t.Errorf("got  %q\nwant %q", got, k.want)
			}
		})
	}
}

func TestCheckerStandsAlone(t *testing.T) {
	for name, schema := range map[string]string{
		"web reference":   `{"$ref":"http://127.0.0.1:1/x.json"}`,
		"file reference":  `{"$ref":"file:///etc/passwd"}`,
		"other reference": `{"$ref":"urn:nowhere"}`,
		"dead reference":  `{"$ref":"#/$defs/none"}`,
		"no schema":       `{"type":"txet"}`,
		"no JSON":         `{`,
	} {
		if _, err := newChecker("thu", []byte(schema)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Every field of every form has a title, or messages would show its English
// name to a clerk.
func TestEveryFieldHasATitle(t *testing.T) {
	c := catalogue(t)
	for _, id := range c.IDs() {
		var schema any
		if err := json.Unmarshal(officetest.Form(t, c, id).Schema, &schema); err != nil {
			t.Fatal(err)
		}
		eachField(schema, "", func(path string, field map[string]any) {
			if _, refers := field["$ref"]; refers {
				return
			}
			if title, _ := field["title"].(string); strings.TrimSpace(title) == "" {
				t.Errorf("%s: %s has no title", id, path)
			}
		})
	}
}

func eachField(v any, path string, visit func(string, map[string]any)) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	fields, _ := m["properties"].(map[string]any)
	for name, f := range fields {
		if field, ok := f.(map[string]any); ok {
			visit(path+"/"+name, field)
		}
		eachField(f, path+"/"+name, visit)
	}
	eachField(m["items"], path+"/items", visit)
	defs, _ := m["$defs"].(map[string]any)
	for name, d := range defs {
		eachField(d, path+"/$defs/"+name, visit)
	}
}
