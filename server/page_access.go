package server

import (
	"net/http"
	"slices"

	"vanthu/record"
	"vanthu/server/reads"
)

// readKeepers see who read a document: who answers for the archive, and who looks
// into misuse. Nobody else needs to know it of colleagues. A session alone, for no
// program needs it.
var readKeepers = access{roles: []record.Role{record.Archivist, record.Administrator}}

var accessQuery = []member{{name: "limit", kind: "integer", doc: "Số dòng mới nhất, mặc định 200", max: 10_000}}

const (
	usualAccesses = 200
	cardAccesses  = 20
)

// Accesses is who read a document, the newest first.
type Accesses struct {
	Items []Access `json:"items"`
	// Damaged: what can be read is there.
	Damaged bool `json:"damaged,omitempty" doc:"A part of the stored history cannot be read"`
}

// Access is one reading; the same again within the same ten minutes is no other.
type Access struct {
	Time      string `json:"time" doc:"RFC 3339, in the office's zone"`
	Account   string `json:"account,omitempty"`
	Name      string `json:"name,omitempty" doc:"Of the account"`
	Recipient string `json:"recipient,omitempty" doc:"Whose link it was"`
	Token     bool   `json:"token,omitempty" doc:"By a program"`
	How       string `json:"how" doc:"page, json, pdf, docx, input, manifest, preview, findings, history, deliveries, remade, attachment, copy, package"`
	Which     string `json:"which,omitempty" doc:"Version, copy or file"`
}

// noteRead takes down that the call's document was read. What was refused, or gone,
// showed nothing; a HEAD neither.
func (s *Server) noteRead(c *call) {
	if s.cfg.Reads == nil || c.Request.Method != http.MethodGet || c.Writer.Status() >= http.StatusBadRequest || c.doc.ID == "" {
		return
	}
	r := reads.Read{How: c.route.reads, Recipient: c.recipient}
	for _, name := range []string{"version", "copy", "file"} {
		if r.Which == "" || name == "file" && c.Param(name) != "" {
			r.Which = c.Param(name)
		}
	}
	if r.Recipient == "" && c.viewer != nil {
		r.Account, r.Token = c.viewer.ID, c.viewer.token
	}
	s.cfg.Reads.Note(reads.Of{Organization: c.doc.Journal, Document: c.doc.ID}, r)
}

func showAccess(s *Server, c *call) error {
	q, err := readQuery(c.Request, accessQuery)
	if err != nil {
		return err
	}
	most := q.number("limit")
	if most == 0 {
		most = usualAccesses
	}
	out, err := s.accesses(c, most)
	if err != nil {
		return err
	}
	return c.json(out)
}

func (s *Server) accesses(c *call, most int) (out Accesses, err error) {
	out.Items = []Access{}
	if s.cfg.Reads == nil {
		return out, nil
	}
	all, err := s.cfg.Reads.History(c.ctx, reads.Of{Organization: c.doc.Journal, Document: c.doc.ID}, most)
	if out.Damaged = record.KindOf(err) == record.Damaged && err != nil; err != nil && !out.Damaged {
		return out, err
	}
	names := map[string]string{}
	for _, r := range all {
		name, known := names[r.Account]
		if !known && r.Account != "" {
			a, err := s.cfg.Accounts.Account(c.ctx, r.Account)
			if err != nil && record.KindOf(err) != record.NotFound {
				return out, err
			}
			name, names[r.Account] = a.Name, a.Name
		}
		out.Items = append(out.Items, Access{Time: r.Time.In(record.Office).Format("2006-01-02T15:04:05-07:00"), Account: r.Account, Name: name, Recipient: r.Recipient,
			Token: r.Token, How: r.How, Which: r.Which})
	}
	return out, nil
}

// accessOf is the card of the page, for who may see it.
func (s *Server) accessOf(c *call, page *documentPage) error {
	g := c.viewer.grants[c.doc.Journal]
	if s.cfg.Reads == nil || !slices.ContainsFunc(readKeepers.roles, func(r record.Role) bool { return g.Has(r) }) {
		return nil
	}
	found, err := s.accesses(c, cardAccesses)
	page.Accesses = &found
	return err
}
