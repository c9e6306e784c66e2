package templates

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

// A schema that an administrator has edited is checked before anything runs it.
// It may use what the forms use: enough to say what a value is, not enough to
// make checking one take longer than reading it. Every place of a document is
// judged by one schema and the small alternatives inside it:
//
//   - references lead into the schema itself, and nothing but words stands beside
//     one;
//   - inside allOf, anyOf, oneOf, not, if, then and else there are no references,
//     and all of them together are small;
//   - properties and items have one way in each.

const (
	maxSchema       = 512 << 10 // bytes
	maxAlternatives = 500       // schemas inside alternatives
)

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

var (
	wordKeywords   = []string{"title", "description", "$comment", "examples", "default", "deprecated", "readOnly", "writeOnly"}
	limitKeywords  = []string{"type", "const", "enum", "required", "minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "minProperties", "maxProperties"}
	listKeywords   = []string{"allOf", "anyOf", "oneOf"}
	singleKeywords = []string{"not", "if", "then", "else"}
)

// guardSchema tells what an edited schema of a content may not have; pointers
// lead into the schema.
func guardSchema(raw []byte) []record.Fault {
	if len(raw) > maxSchema {
		return []record.Fault{{Code: "schema-too-large", Message: fmt.Sprintf("Lược đồ lớn hơn %d KB", maxSchema>>10)}}
	}
	tree, faults, err := readJSON(raw)
	if err != nil {
		return []record.Fault{{Code: record.CodeOf(err), Message: "Lược đồ: " + err.Error()}}
	}
	g := &schemaGuard{faults: faults}
	root, ok := tree.(map[string]any)
	if !ok || root["type"] != "object" || root["$ref"] != nil {
		g.fault(nil, "schema-root", "Lược đồ phải là một đối tượng JSON có \"type\": \"object\"")
	}
	g.schema(nil, tree, false)
	for name, x := range object(root["$defs"]) {
		g.schema([]string{"$defs", name}, x, false)
	}
	return bound(g.faults)
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

type schemaGuard struct {
	alternatives int
	faults       []record.Fault
}

func (g *schemaGuard) fault(at []string, code, message string) {
	if len(g.faults) <= maxFaults {
		g.faults = append(g.faults, record.Fault{Pointer: pointer(at), Code: code, Message: message})
	}
}

// schema checks one schema; inside says that it is, or lies in, an alternative.
func (g *schemaGuard) schema(at []string, v any, inside bool) {
	if _, ok := v.(bool); ok {
		return
	}
	s, ok := v.(map[string]any)
	if !ok {
		g.fault(at, "schema-kind", "Ở đây phải là một lược đồ")
		return
	}
	if inside {
		if g.alternatives++; g.alternatives == maxAlternatives+1 {
			g.fault(at, "schema-too-complex", fmt.Sprintf("Lược đồ có quá %d nhánh lựa chọn", maxAlternatives))
		}
	}
	for name, x := range s {
		here := step(at, name)
		switch {
		case name == "$ref":
			g.reference(here, x, s, inside)
		case name == "$schema" && len(at) == 0:
			if x != draft2020 {
				g.fault(here, "schema-draft", "Chỉ nhận lược đồ JSON Schema 2020-12: "+draft2020)
			}
		case name == "$id" && len(at) == 0, name == "$defs" && len(at) == 0, strings.HasPrefix(name, "x-"), slices.Contains(wordKeywords, name):
		case name == "pattern":
			if p, ok := x.(string); !ok || badPattern(p) {
				g.fault(here, "schema-pattern", "Biểu thức chính quy không dùng được")
			}
		case slices.Contains(limitKeywords, name):
		case name == "properties":
			for member, p := range object(x) {
				if inside {
					g.schema(step(here, member), p, true)
				} else {
					g.property(step(here, member), member, p)
				}
			}
		case name == "items", name == "additionalProperties":
			g.schema(here, x, inside)
		case slices.Contains(listKeywords, name):
			all, _ := x.([]any)
			for i, a := range all {
				g.schema(step(here, strconv.Itoa(i)), a, true)
			}
		case slices.Contains(singleKeywords, name):
			g.schema(here, x, true)
		default:
			g.fault(here, "schema-keyword", fmt.Sprintf("Không nhận từ khóa %q trong lược đồ của mẫu", name))
		}
	}
}

func step(at []string, name string) []string { return append(at[:len(at):len(at)], name) }

func (g *schemaGuard) property(at []string, name string, v any) {
	if _, err := parseTag(name); err != nil || strings.ContainsAny(name, ".|#^/~%$") {
		g.fault(at, "schema-name", fmt.Sprintf("Không thẻ nào gọi được tên %q", name))
	}
	g.schema(at, v, false)
}

func (g *schemaGuard) reference(at []string, target any, s map[string]any, inside bool) {
	ref, _ := target.(string)
	switch {
	case inside:
		g.fault(at, "schema-reference", "Trong các nhánh lựa chọn không dùng được $ref")
	case ref != "#" && !strings.HasPrefix(ref, "#/"):
		g.fault(at, "schema-reference", "Chỉ được trỏ tới chỗ khác trong chính lược đồ này, ví dụ #/$defs/muc")
	}
	for name := range s {
		if name != "$ref" && !slices.Contains(wordKeywords, name) && !strings.HasPrefix(name, "x-") {
			g.fault(at, "schema-reference", fmt.Sprintf("Bên cạnh $ref không được có %q", name))
		}
	}
}

func badPattern(p string) bool {
	_, err := regexp.Compile(p)
	return err != nil || len(p) > 1000
}

// freeTexts says whether the texts of a content may begin with numbers and
// dashes: "x-numbered": false at the root of its schema. A form that numbers by
// itself would print them twice.
func freeTexts(schema []byte) (bool, error) {
	var root struct {
		Numbered *bool `json:"x-numbered"`
	}
	if err := json.Unmarshal(schema, &root); err != nil {
		return false, fmt.Errorf("x-numbered: %w", err)
	}
	return root.Numbered != nil && !*root.Numbered, nil
}

// nameSchema gives a content's schema the $id that its references start from.
func nameSchema(id string, raw []byte) ([]byte, error) {
	m, err := readMembers(raw)
	if err != nil {
		return nil, err
	}
	m.set("$schema", quoted(draft2020))
	m.set("$id", quoted(contentID(id)))
	if !json.Valid(m.json()) {
		return nil, fmt.Errorf("schema is no JSON")
	}
	return m.json(), nil
}
