package server

import (
	"vanthu/record"
	"vanthu/record/desk"
)

// Remade is a version's DOCX made again from what the archive holds.
type Remade struct {
	Version  int                `json:"version"`
	Template record.TemplateRef `json:"template" doc:"The template that made the version, whatever is in force now"`
	SHA256   record.Digest      `json:"sha256" doc:"Of the DOCX made now"`
	Archived record.Digest      `json:"archived_sha256,omitempty" doc:"Of the DOCX made at the time; none for a draft"`
	Same     bool               `json:"same" doc:"Both are equal, byte for byte"`
}

// remake makes the version of the path again.
func (s *Server) remake(c *call) (desk.Remade, error) {
	v, _, err := s.version(c)
	if err != nil {
		return desk.Remade{}, err
	}
	return s.cfg.Desk.Remake(c.ctx, c.doc, v.Version)
}

func showRemade(s *Server, c *call) error {
	r, err := s.remake(c)
	if err != nil {
		return err
	}
	return c.json(Remade{Version: r.Version, Template: r.Template, SHA256: r.SHA256, Archived: r.Archived, Same: r.Same()})
}

func serveRemadeDOCX(s *Server, c *call) error {
	r, err := s.remake(c)
	if err != nil {
		return err
	}
	return c.file(r.DOCX, r.SHA256, mediaDOCX, "lap-lai.docx")
}
