package server

import (
	"net/http"
	"net/url"
	"slices"

	"vanthu/record"
	"vanthu/record/desk"
)

type dossiersPage struct {
	Problem *problem
	Offices []dossierOffice
}

// dossierOffice is one organisation on the page of dossiers.
type dossierOffice struct {
	ID, Name  string
	Items     []Dossier
	Due       Due
	Disposals []disposalRow
	Forms     []smallForm
}

type disposalRow struct {
	record.Disposal
	Form *smallForm // to decide it
}

func dossierAddress(d record.Dossier) string {
	return "/ho-so/" + d.Organization + "/" + itoa(d.Year) + "/" + url.PathEscape(d.Code)
}

// Address is the dossier's page.
func (d Dossier) Address() string { return dossierAddress(d.Dossier) }

func showDossiers(s *Server, c *call) error { return s.dossiersScreen(c, http.StatusOK, nil) }

func (s *Server) dossiersScreen(c *call, status int, said *misfiled) error {
	var page dossiersPage
	if said != nil {
		page.Problem = said.problem
	}
	today := record.DateOf(s.cfg.Now())
	rules, err := record.RetentionsOn(today)
	if err != nil {
		return err
	}
	var retention []option
	for _, r := range rules {
		retention = append(retention, option{r.Rule, r.Title, true})
	}
	for _, id := range c.viewer.organizations() {
		g := c.viewer.grants[id]
		if !g.Has(dossierReaders.roles...) {
			continue
		}
		o := dossierOffice{ID: id}
		if o.Name, err = s.organizationName(c.ctx, id); err != nil {
			return err
		}
		all, err := s.cfg.Desk.Dossiers(c.ctx, id, 0)
		if err != nil {
			return err
		}
		o.Items = s.dossiersOf(c.viewer, all)
		if o.Due, err = s.due(c, id); err != nil {
			return err
		}
		lists, err := s.cfg.Desk.Disposals(c.ctx, id)
		if err != nil {
			return err
		}
		for _, x := range lists {
			row := disposalRow{Disposal: x}
			if x.Decided.IsZero() && g.Has(doing(record.CmdDisposalDecide).roles...) {
				f := s.smallForm("decide-"+x.ID[:8], "dossier.decide", "/ho-so/"+id+"/huy/"+x.ID, "", said, formField{Name: "approved", Type: "select", Label: "dossier.approved", Required: true, Options: []option{{}, {Value: "yes", Text: s.say(c, "dossier.yes")}, {Value: "no", Text: s.say(c, "dossier.no")}}},
					formField{Name: "reason", Label: "field.reason", Required: true})
				row.Form = &f
			}
			o.Disposals = append(o.Disposals, row)
		}
		if g.Has(doing(record.CmdDossier).roles...) {
			o.Forms = append(o.Forms, s.smallForm("open-"+id, "dossier.open", "/ho-so/"+id+"/mo", "primary", said, formField{Name: "year", Type: "number", Label: "dossier.year", Value: itoa(today.Year()), Required: true}, formField{Name: "code", Label: "dossier.code", Required: true},
				formField{Name: "title", Label: "dossier.title", Required: true}, formField{Name: "retention", Type: "select", Label: "field.retention", Options: retention},
				formField{Name: "keeper", Label: "dossier.keeper"}, formField{Name: "started", Type: "date", Label: "dossier.started"}, formField{Name: "note", Label: "dossier.note"}))
		}
		if g.Has(doing(record.CmdDisposalPropose).roles...) && len(o.Due.Disposals) > 0 {
			o.Forms = append(o.Forms, s.smallForm("propose-"+id, "dossier.propose", "/ho-so/"+id+"/huy", "", said, formField{Name: "reason", Label: "field.reason", Required: true}))
		}
		page.Offices = append(page.Offices, o)
	}
	return s.show(c, status, "dossiers", screen{Title: s.say(c, "dossiers.title"), Here: "/ho-so", Body: page})
}

type dossierPage struct {
	Dossier
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
	page := dossierPage{Dossier: s.dossierOf(c.viewer, d)}
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
		if err != nil {
			return err
		}
		row := filedRow{Ordinal: item.Ordinal, ID: doc.ID, Symbol: v.Symbol, Subject: v.Subject, Signatory: v.Signatory.Name, Date: doc.Date}
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
	return s.show(c, status, "dossier", screen{Title: page.Title, Here: "/ho-so", Body: page})
}

// dossierPaths are the last parts of the addresses of the forms of a dossier.
var dossierPaths = map[string]string{"add": "them", "remove": "bo", "end": "ket-thuc", "reopen": "mo-lai", "transfer": "nop-luu"}

func dossierPageRoutes() []*route {
	page := func(method, path string, a access, handle func(*Server, *call) error) *route {
		return &route{method: method, path: path, access: access{roles: a.roles}, page: true, maxBody: 64 << 10, handle: handle}
	}
	const office, one = "/ho-so/{organization}", "/ho-so/{organization}/{year}/{code}"
	routes := []*route{
		page("GET", "/ho-so", dossierReaders, showDossiers),
		page("POST", office+"/mo", doing(record.CmdDossier), postForm(dossierBody, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			d, err := s.openDossier(c, v)
			return d.Address(), err
		})),
		page("GET", one, dossierReaders, showDossierPage),
		page("POST", office+"/huy", doing(record.CmdDisposalPropose), postForm([]member{{name: "dossiers", kind: "strings", doc: "Các hồ sơ", required: true}, reason[0]}, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			organization := c.Param("organization")
			_, err := s.cfg.Desk.ProposeDisposal(c.ctx, c.viewer.actor(organization), organization, v.list("dossiers"), v.text("reason"), c.ref.Request)
			return "/ho-so", err
		})),
		page("POST", office+"/huy/{disposal}", doing(record.CmdDisposalDecide), postForm([]member{{name: "approved", kind: "string", doc: "Duyệt", required: true, enum: []string{"yes", "no"}}, reason[0]}, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			organization := c.Param("organization")
			_, err := s.cfg.Desk.DecideDisposal(c.ctx, c.viewer.actor(organization), organization, c.Param("disposal"), v.text("approved") == "yes", v.text("reason"))
			return "/ho-so", err
		})),
	}
	for _, a := range dossierActions {
		body := a.body
		if a.command == record.CmdDossierAdd { // people name a document by its number and symbol
			body = []member{{name: "document", kind: "string", doc: "Văn bản", required: true, max: 100}}
		}
		routes = append(routes, page("POST", one+"/"+dossierPaths[a.path], doing(a.command), postForm(body, "filed", (*Server).dossierScreen, func(s *Server, c *call, v values) (string, error) {
			if a.command == record.CmdDossierAdd {
				c.ref.Journal = c.Param("organization")
				id, err := s.documentNamed(c, v.text("document"))
				if err != nil {
					return "", repointed(err, "/linked", "/document")
				}
				v["document"] = id
			}
			d, err := s.fileDossier(c, a, v)
			return d.Address(), err
		})))
	}
	return routes
}
