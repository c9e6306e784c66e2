package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"vanthu/record"
)

// Organizations are the issuing bodies of the viewer.
type Organizations struct {
	Items []record.Organization `json:"items"`
}

func listOrganizations(s *Server, c *call) error {
	out := Organizations{Items: []record.Organization{}}
	for _, id := range c.viewer.organizations() {
		o, err := s.cfg.Desk.Organizations.Organization(c.ctx, id)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, o)
	}
	return c.json(out)
}

func serveSpec(s *Server, c *call) error {
	c.Data(http.StatusOK, "application/json", s.spec())
	return nil
}

// envelopeSchema is the schema of what POST and PUT of documents take, with what
// it refers to in place: inside the API document its references lead nowhere.
func envelopeSchema() map[string]any {
	var schema map[string]any
	if err := json.Unmarshal(record.EnvelopeSchema, &schema); err != nil {
		panic(err) // embedded
	}
	delete(schema, "$schema")
	delete(schema, "$id")
	return inPlace(schema, schema).(map[string]any)
}

// inPlace puts what references within root name where they stand.
func inPlace(root map[string]any, v any) any {
	switch x := v.(type) {
	case []any:
		for i, y := range x {
			x[i] = inPlace(root, y)
		}
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok {
			var at any = root
			for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
				at = at.(map[string]any)[name]
			}
			return at
		}
		for name, y := range x {
			x[name] = inPlace(root, y)
		}
	}
	return v
}
