package server

import (
	"encoding/json"
	"net/http"

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

// Template is an official form.
type Template struct {
	ID     string        `json:"id"`
	Type   string        `json:"type" doc:"Abbreviation of the document type: KH"`
	Title  string        `json:"title"`
	SHA256 record.Digest `json:"sha256"`
}

// Templates are all forms.
type Templates struct {
	Items []Template `json:"items"`
}

func (s *Server) templates() ([]Template, error) {
	out := []Template{}
	for _, id := range s.cfg.Forms.IDs() {
		f, err := s.cfg.Forms.Form(id)
		if err != nil {
			return nil, err
		}
		out = append(out, Template{f.ID, f.Type, f.Title, f.SHA256})
	}
	return out, nil
}

func listTemplates(s *Server, c *call) error {
	all, err := s.templates()
	if err != nil {
		return err
	}
	return c.json(Templates{all})
}

func showTemplate(s *Server, c *call) error {
	f, err := s.cfg.Forms.Form(c.Param("template"))
	if err != nil {
		return err
	}
	return c.json(Template{f.ID, f.Type, f.Title, f.SHA256})
}

func showTemplatePart(part func(*Server, string) []byte) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		f, err := s.cfg.Forms.Form(c.Param("template"))
		if err != nil {
			return err
		}
		c.Data(http.StatusOK, "application/json", part(s, f.ID))
		return nil
	}
}

func templateSchema(s *Server, id string) []byte  { return s.cfg.Forms.Schema(id) }
func templateExample(s *Server, id string) []byte { return s.cfg.Forms.Example(id) }

func serveSpec(s *Server, c *call) error {
	c.Data(http.StatusOK, "application/json", s.spec())
	return nil
}

// envelopeSchema is the schema of what POST and PUT of documents take.
func envelopeSchema() map[string]any {
	var schema map[string]any
	if err := json.Unmarshal(record.EnvelopeSchema, &schema); err != nil {
		panic(err) // embedded
	}
	delete(schema, "$schema")
	delete(schema, "$id")
	return schema
}
