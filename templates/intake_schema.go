package templates

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"vanthu/record"
)

// checker is one compiled JSON Schema (2020-12). It is read-only once made,
// and safe for concurrent use.
type checker struct {
	schema *jsonschema.Schema
	free   bool // texts of the content may bring numbers and dashes of their own
}

// newChecker compiles a schema that stands alone: a reference out of it is an
// error, nothing is ever fetched.
func newChecker(id string, schema []byte) (*checker, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", id, err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(jsonschema.SchemeURLLoader{})
	c.RegisterFormat(&jsonschema.Format{Name: "date", Validate: func(v any) error {
		if s, ok := v.(string); ok {
			_, err := record.ParseDate(s)
			return err
		}
		return nil
	}})
	c.AssertFormat()
	url := "urn:vanthu:intake:" + id
	if err := c.AddResource(url, doc); err != nil {
		return nil, fmt.Errorf("schema %s: %w", id, err)
	}
	s, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", id, err)
	}
	return &checker{schema: s}, nil
}

// faults says everything the schema has against a value.
func (c *checker) faults(v any) []record.Fault {
	err := c.schema.Validate(v)
	if err == nil {
		return nil
	}
	violation, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return []record.Fault{{Code: "schema", Message: "Không kiểm tra được dữ liệu: " + err.Error()}}
	}
	return c.explain(violation)
}

// node is the subschema that describes the value at a place, nil where the
// schema says nothing. Where alternatives describe it, the first that does.
func (c *checker) node(at []string) *jsonschema.Schema {
	return descend(c.schema, at, 0)
}

func descend(s *jsonschema.Schema, at []string, hops int) *jsonschema.Schema {
	if s == nil || hops > 40 { // more references than any honest schema chains
		return nil
	}
	if len(at) == 0 {
		return s
	}
	if next, ok := s.Properties[at[0]]; ok {
		if found := descend(next, at[1:], 0); found != nil {
			return found
		}
	}
	if _, err := strconv.Atoi(at[0]); err == nil && s.Items2020 != nil {
		if found := descend(s.Items2020, at[1:], 0); found != nil {
			return found
		}
	}
	for _, inner := range alternatives(s) {
		if found := descend(inner, at, hops+1); found != nil {
			return found
		}
	}
	return nil
}

// alternatives are the schemas that speak of the same value as s.
func alternatives(s *jsonschema.Schema) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	if s.Ref != nil {
		all = append(all, s.Ref)
	}
	if s.Then != nil {
		all = append(all, s.Then)
	}
	if s.Else != nil {
		all = append(all, s.Else)
	}
	return append(append(append(all, s.AllOf...), s.AnyOf...), s.OneOf...)
}

// titleOf and descriptionOf are a subschema's own words, or those of what it
// refers to.
func titleOf(s *jsonschema.Schema) string {
	for range 40 {
		if s == nil || s.Title != "" {
			break
		}
		s = s.Ref
	}
	if s == nil {
		return ""
	}
	return s.Title
}

func descriptionOf(s *jsonschema.Schema) string {
	for range 40 {
		if s == nil || s.Description != "" {
			break
		}
		s = s.Ref
	}
	if s == nil {
		return ""
	}
	return s.Description
}

// label is what a person calls the field at a place: its title in quotes, an
// item of a list with its number, else the field's own name.
func (c *checker) label(at []string) string {
	if len(at) == 0 {
		return "Dữ liệu"
	}
	last := at[len(at)-1]
	title := titleOf(c.node(at))
	n, err := strconv.Atoi(last)
	if err != nil {
		if title == "" {
			return strconv.Quote(last)
		}
		return "“" + title + "”"
	}
	if title == "" {
		title = titleOf(c.node(at[:len(at)-1]))
	}
	if title == "" {
		return fmt.Sprintf("Mục thứ %d", n+1)
	}
	return fmt.Sprintf("“%s” thứ %d", title, n+1)
}

// place tells a person the way to a field: the numbered items it lies in.
func (c *checker) place(at []string) string {
	var steps []string
	for i := 1; i < len(at); i++ {
		if _, err := strconv.Atoi(at[i-1]); err == nil {
			steps = append(steps, c.label(at[:i]))
		}
	}
	return strings.Join(steps, ", ")
}
