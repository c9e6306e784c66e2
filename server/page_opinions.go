package server

import (
	"slices"
	"strings"

	"vanthu/record"
)

// consultForms are the forms about opinions that the viewer may send.
type consultForms struct {
	Address         string // of the document
	Seen            uint64
	Version         int
	Today           record.Date
	Ask             *consultForm // nil: may not ask
	Ends            bool         // may end consultations
	Units, Accounts []Party      // whom one can ask
	said            *mishap
}

// consultForm is one form with what was typed before.
type consultForm struct {
	Request string
	given   values
	Faults  troubled
	Open    bool
}

func (f consultForm) Text(name string) string   { return f.given.text(name) }
func (f consultForm) List(name string) []string { return f.given.list(name) }
func (f consultForm) Has(name, value string) bool {
	return slices.Contains(f.given.list(name), value)
}

// form is that of a command about a consultation; 0 for a new one.
func (f consultForms) form(c record.Command, number int) *consultForm {
	out := &consultForm{Request: newRequest(), given: values{}}
	if m := f.said; m != nil && m.action.command == c && m.given.number("consultation") == number {
		out.given, out.Faults, out.Open = m.given, m.problem.Errors, true
	}
	return out
}

// Answer and End are the forms of a consultation.
func (f consultForms) Answer(number int) *consultForm { return f.form(record.CmdOpinion, number) }
func (f consultForms) End(number int) *consultForm    { return f.form(record.CmdEndConsult, number) }

// Stances are the answers to choose from.
func (f consultForms) Stances() []record.Stance { return record.Stances }

func (s *Server) consultForms(c *call, said *mishap) (consultForms, error) {
	f := consultForms{Address: documentAddress(c.doc.ID), Seen: c.doc.Seq(), Version: c.doc.Version, Today: record.DateOf(s.cfg.Now()),
		Ends: c.viewer.may(record.CmdEndConsult, c.doc), said: said}
	if !c.viewer.may(record.CmdConsult, c.doc) {
		return f, nil
	}
	f.Ask = f.form(record.CmdConsult, 0)
	on, err := s.cfg.Desk.IssuerOf(c.ctx, c.doc, f.Today)
	if err != nil && record.KindOf(err) != record.Invalid {
		return f, err
	}
	for _, u := range on.Units {
		f.Units = append(f.Units, Party{Unit: u.Abbreviation, Name: u.Name})
	}
	f.Accounts, err = s.colleagues(c)
	return f, err
}

// mostColleagues bounds the names on a form; others are asked by the API.
const mostColleagues = 200

// colleagues are the others with a role in the document's organisation, by name.
func (s *Server) colleagues(c *call) ([]Party, error) {
	var ids []string
	err := s.cfg.Desk.Journals.View(c.ctx, record.SystemJournal, func(st *record.State) error {
		for id, g := range st.Grants {
			if _, ok := g[c.doc.Journal]; ok && id != c.viewer.ID {
				ids = append(ids, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var out []Party
	for _, id := range ids[:min(len(ids), mostColleagues)] {
		a, err := s.cfg.Accounts.Account(c.ctx, id)
		if record.KindOf(err) == record.NotFound || err == nil && a.Disabled {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Party{Account: id, Name: a.Name})
	}
	slices.SortFunc(out, func(x, y Party) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}
