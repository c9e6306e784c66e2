package server

import (
	"fmt"
	"net/http"
	"slices"

	"vanthu/record"
	"vanthu/record/desk"
)

type dossierPage struct {
	dossierRow
	Name    string
	Problem *problem
	Rows    []filedRow
	Forms   []smallForm
	Export  bool // the viewer may hand it over
}

type filedRow struct {
	Ordinal             int
	ID, Symbol, Subject string
	Signatory           string
	Date                record.Date
	Remove              *smallForm
	Unreadable          bool // the archive's record of it is damaged or gone
}

func showDossierPage(s *Server, c *call) error { return s.dossierScreen(c, http.StatusOK, nil) }

func (s *Server) dossierScreen(c *call, status int, said *misfiled) error {
	key, err := c.dossierKey()
	if err != nil {
		return err
	}
	d, err := s.cfg.Desk.Dossier(c.ctx, c.Param("organization"), key)
	if err != nil {
		return err
	}
	page := dossierPage{dossierRow: s.dossierRows([]Dossier{s.dossierOf(c.viewer, d)})[0]}
	if said != nil {
		page.Problem = said.problem
	}
	if page.Name, err = s.organizationName(c.ctx, d.Organization); err != nil {
		return err
	}
	page.Export = d.State != record.DossierOpen && c.viewer.grants[d.Organization].Has(handoverKeepers.roles...)
	may := func(x record.Command) bool { return slices.Contains(page.Actions, x) }
	at := page.Address()
	for _, item := range d.Items {
		doc, err := s.cfg.Desk.Document(c.ctx, desk.Ref{Journal: d.Organization, ID: item.Document})
		if err != nil {
			return err
		}
		v, err := s.cfg.Desk.Archive.Version(c.ctx, doc.Manifest)
		row := filedRow{Ordinal: item.Ordinal, ID: doc.ID, Symbol: doc.Symbol, Subject: v.Subject, Signatory: v.Signatory.Name, Date: doc.Date}
		if row.Unreadable = record.KindOf(err) == record.Damaged || record.CodeOf(err) == contentGone; err != nil && !row.Unreadable {
			return err
		}
		if may(record.CmdDossierRemove) {
			of := said // all rows share one address
			if said != nil && said.form.Get("document") != doc.ID {
				of = nil
			}
			f := s.smallForm("remove-"+itoa(item.Ordinal), "dossier.remove", at+"/bo", "", of, formField{Name: "reason", Label: "field.reason", Required: true})
			row.Remove = &f
		}
		page.Rows = append(page.Rows, row)
	}
	for _, x := range []struct {
		command record.Command
		key     string
		path    string
		field   formField
	}{
		{record.CmdDossierAdd, "add", "/them", formField{Name: "document", Label: "dossier.document", Required: true}},
		{record.CmdDossierEnd, "end", "/ket-thuc", formField{Name: "ended", Type: "date", Label: "dossier.ended", Required: true}},
		{record.CmdDossierReopen, "reopen", "/mo-lai", formField{Name: "reason", Label: "field.reason", Required: true}},
		{record.CmdDossierTransfer, "transfer", "/nop-luu", formField{Name: "minutes", Label: "dossier.minutes", Required: true}},
	} {
		if may(x.command) {
			page.Forms = append(page.Forms, s.smallForm(x.key, "dossier."+x.key, at+x.path, "", said, x.field))
		}
	}
	if may(record.CmdDossierChange) {
		fields, err := dossierFields(d, record.Date(fmt.Sprintf("%04d-01-01", d.Year)))
		if err != nil {
			return err
		}
		page.Forms = append(page.Forms, s.smallForm("change", "dossier.change", at+"/sua", "", said, fields...))
	}
	return s.show(c, status, "dossier", screen{Title: page.Title, Here: "/ho-so", Body: page})
}

// filingForm files the document of a page into an open dossier; nil when the
// viewer may not, or there is none.
func (s *Server) filingForm(c *call, doc Document, said *misfiled) (*smallForm, error) {
	a := doing(record.CmdDossierAdd)
	if g := c.viewer.grants[doc.Organization]; !g.Has(a.roles...) || !doc.State.Out() {
		return nil, nil
	}
	open, err := s.cfg.Desk.DossiersFor(c.ctx, c.ref, record.Dossier{Year: doc.Date.Year(), Keeper: doc.List.Filing.Unit, Retention: doc.Retention})
	if err != nil || len(open) == 0 {
		return nil, err
	}
	var options []option
	for _, d := range open {
		options = append(options, option{d.Key(), d.Key() + " " + d.Title, true})
	}
	f := s.smallForm("file", "dossier.file", documentAddress(doc.ID)+"/ho-so", "", said, formField{Name: "dossier", Type: "select", Label: "dossier.open-ones", Required: true, Options: options})
	return &f, nil
}

func fileFromDocument(s *Server, c *call, v values) (string, error) {
	organization := c.ref.Journal
	_, err := s.cfg.Desk.FileDossier(c.ctx, c.actor, organization, record.CmdDossierAdd, record.Filed{Key: v.text("dossier"), Document: c.ref.ID}, "", c.ref.Request)
	s.metrics.command(record.CmdDossierAdd, err)
	return documentAddress(c.ref.ID), repointed(err, "/document", "/dossier")
}

// documentMisfiled shows the document's page again with what kept it out of the
// dossier.
func (s *Server) documentMisfiled(c *call, status int, said *misfiled) error {
	return s.documentPage(c, status, &mishap{problem: said.problem, filing: said})
}
