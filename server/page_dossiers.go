package server

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/storage"
)

type dossiersPage struct {
	Problem *problem
	Years   []int // that have dossiers, the newest first
	Year    int   // shown; 0 for all
	Words   string
	Office  string   // shown alone; "" for all
	Choice  []option // of offices
	Offices []dossierOffice
}

// dossierOffice is one organisation on the page of dossiers.
type dossierOffice struct {
	ID, Name      string
	Items         []dossierRow
	First, Total  int    // place of the first item, from 1, among all that were found
	Before, After string // addresses of the parts beside this one
	Formed        bool   // has dossiers, found or not
	Due           dueDossiers
	Disposals     []disposalRow
	Forms         []smallForm
}

// Last is the place of the last item.
func (o dossierOffice) Last() int { return o.First + len(o.Items) - 1 }

type dossierRow struct {
	Dossier
	Late bool // its time to go to the archive has passed
}

// dueDossiers are those that wait for somebody, the first of each by name at once.
type dueDossiers struct{ Transfers, Disposals dueList }

type dueList struct{ First, Rest []dossierRow }

// Some says whether anything waits.
func (d dueDossiers) Some() bool { return len(d.Transfers.First)+len(d.Disposals.First) > 0 }

type disposalRow struct {
	record.Disposal
	Form *smallForm // to decide it
}

const (
	dossiersShown = 100 // of one organisation on a page
	dueShown      = 5   // by name at once
)

var dossiersPageQuery = []member{dossierQuery[0], {name: "q", kind: "string", doc: "Chữ có trong số, tiêu đề, đơn vị, người lập", max: 300}, {name: "organization", kind: "string", doc: "Cơ quan", max: 100},
	{name: "from", kind: "integer", doc: "Bỏ qua bao nhiêu hồ sơ đầu", max: 1_000_000}, {name: noticeName, kind: "string", max: 30}}

func dossierAddress(d record.Dossier) string {
	return "/ho-so/" + d.Organization + "/" + itoa(d.Year) + "/" + url.PathEscape(d.Code)
}

// Address is the dossier's page.
func (d Dossier) Address() string { return dossierAddress(d.Dossier) }

// Address is the dossier's page.
func (d DossierRef) Address(organization string) string {
	return dossierAddress(record.Dossier{Organization: organization, Year: d.Year, Code: d.Code})
}

func (s *Server) dossierRows(all []Dossier) []dossierRow {
	today, out := record.DateOf(s.cfg.Now()), make([]dossierRow, 0, len(all))
	for _, d := range all {
		out = append(out, dossierRow{d, d.TransferBy != "" && d.TransferBy < today})
	}
	return out
}

func (s *Server) dueDossiers(due Due) dueDossiers {
	list := func(all []Dossier) dueList {
		rows := s.dossierRows(all)
		n := min(len(rows), dueShown)
		return dueList{rows[:n], rows[n:]}
	}
	return dueDossiers{list(due.Transfers), list(due.Disposals)}
}

func showDossiers(s *Server, c *call) error { return s.dossiersScreen(c, http.StatusOK, nil) }

func (s *Server) dossiersScreen(c *call, status int, said *misfiled) error {
	q, err := readQuery(c.Request, dossiersPageQuery)
	if err != nil {
		return err
	}
	page := dossiersPage{Year: q.number("year"), Words: q.text("q"), Office: q.text("organization")}
	if said != nil {
		page.Problem = said.problem
	}
	lists := map[string][]record.Dossier{}
	for _, id := range c.viewer.organizations() {
		if g := c.viewer.grants[id]; !g.Has(dossierReaders.roles...) {
			continue
		}
		name, err := s.organizationName(c.ctx, id)
		if err != nil {
			return err
		}
		if page.Choice = append(page.Choice, option{id, name, true}); page.Office != "" && page.Office != id {
			continue
		}
		if lists[id], err = s.cfg.Desk.Dossiers(c.ctx, id, 0); err != nil {
			return err
		}
		for _, d := range lists[id] {
			page.Years = append(page.Years, d.Year)
		}
	}
	slices.Sort(page.Years)
	page.Years = slices.Compact(page.Years)
	slices.Reverse(page.Years)
	if _, asked := q["year"]; !asked && len(page.Years) > 0 {
		page.Year = page.Years[0]
		if now := record.DateOf(s.cfg.Now()).Year(); slices.Contains(page.Years, now) {
			page.Year = now
		}
	}
	for _, id := range slices.Sorted(maps.Keys(lists)) {
		o, err := s.dossierOffice(c, id, said)
		if err != nil {
			return err
		}
		o.choose(s, c, page, lists[id], q.number("from"))
		page.Offices = append(page.Offices, o)
	}
	slices.SortStableFunc(page.Offices, func(a, b dossierOffice) int { return min(b.Total, 1) - min(a.Total, 1) }) // what was found comes first
	return s.show(c, status, "dossiers", screen{Title: s.say(c, "dossiers.title"), Here: "/ho-so", Body: page})
}

// choose fills in a part of the dossiers that the page asks for.
func (o *dossierOffice) choose(s *Server, c *call, page dossiersPage, all []record.Dossier, from int) {
	o.Formed = len(all) > 0
	words := strings.Fields(storage.Fold(page.Words))
	all = slices.DeleteFunc(all, func(d record.Dossier) bool {
		text := storage.Fold(d.Key() + " " + d.Title + " " + d.Keeper)
		return page.Year != 0 && d.Year != page.Year || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
	at := func(from int) string {
		return "/ho-so?" + url.Values{"organization": {o.ID}, "year": {itoa(page.Year)}, "q": {page.Words}, "from": {itoa(from)}}.Encode()
	}
	o.Total, from = len(all), min(from, len(all))
	all = all[from:]
	if from > 0 {
		o.Before = at(max(from-dossiersShown, 0))
	}
	if len(all) > dossiersShown {
		all, o.After = all[:dossiersShown], at(from+dossiersShown)
	}
	o.First, o.Items = from+1, s.dossierRows(s.dossiersOf(c.viewer, all))
}

// dossierOffice is an organisation with what waits there and the viewer's forms.
func (s *Server) dossierOffice(c *call, id string, said *misfiled) (o dossierOffice, err error) {
	o.ID = id
	if o.Name, err = s.organizationName(c.ctx, id); err != nil {
		return o, err
	}
	due, err := s.due(c, id)
	if err != nil {
		return o, err
	}
	o.Due = s.dueDossiers(due)
	lists, err := s.cfg.Desk.Disposals(c.ctx, id)
	if err != nil {
		return o, err
	}
	g := c.viewer.grants[id]
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
		today := record.DateOf(s.cfg.Now())
		fields, err := dossierFields(record.Dossier{}, today)
		if err != nil {
			return o, err
		}
		o.Forms = append(o.Forms, s.smallForm("open-"+id, "dossier.open", "/ho-so/"+id+"/mo", "primary", said,
			append([]formField{{Name: "year", Type: "number", Label: "dossier.year", Value: itoa(today.Year()), Required: true}, {Name: "code", Label: "dossier.code", Required: true}}, fields...)...))
	}
	if g.Has(doing(record.CmdDisposalPropose).roles...) && len(due.Disposals) > 0 {
		var expired []option
		for _, d := range due.Disposals {
			expired = append(expired, option{d.Key(), d.Key() + " " + d.Title, true})
		}
		o.Forms = append(o.Forms, s.smallForm("propose-"+id, "dossier.propose", "/ho-so/"+id+"/huy", "", said,
			formField{Name: "dossiers", Type: "checks", Label: "dossiers.disposals", Options: expired}, formField{Name: "reason", Label: "field.reason", Required: true}))
	}
	return o, nil
}

// dossierFields are what the file list says of a dossier beside its name, to be
// changed, with the retention rules of a day.
func dossierFields(d record.Dossier, on record.Date) ([]formField, error) {
	rules, err := record.RetentionsOn(on)
	if err != nil {
		return nil, err
	}
	var retention []option
	for _, r := range rules {
		retention = append(retention, option{r.Rule, r.Title, true})
	}
	return []formField{{Name: "title", Label: "dossier.title", Value: d.Title, Required: true}, {Name: "retention", Type: "select", Label: "field.retention", Value: d.Retention.Rule, Options: retention},
		{Name: "keeper", Label: "dossier.keeper", Value: d.Keeper}, {Name: "started", Type: "date", Label: "dossier.started", Value: string(d.Started)}, {Name: "note", Label: "dossier.note", Value: d.Note}}, nil
}

// dossierPaths are the last parts of the addresses of the forms of a dossier.
var dossierPaths = map[string]string{"add": "them", "remove": "bo", "end": "ket-thuc", "reopen": "mo-lai", "transfer": "nop-luu"}

func dossierPageRoutes() []*route {
	page := func(method, path string, a access, handle func(*Server, *call) error) *route {
		return &route{method: method, path: path, access: access{roles: a.roles}, page: true, maxBody: 256 << 10, handle: handle}
	}
	const office, one = "/ho-so/{organization}", "/ho-so/{organization}/{year}/{code}"
	routes := []*route{
		page("GET", "/ho-so", dossierReaders, showDossiers),
		page("POST", office+"/mo", doing(record.CmdDossier), postForm(dossierBody, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			d, err := s.openDossier(c, v)
			return d.Address(), err
		})),
		page("GET", one, dossierReaders, showDossierPage),
		page("POST", one+"/sua", doing(record.CmdDossierChange), postForm(dossierFacts, "filed", (*Server).dossierScreen, func(s *Server, c *call, v values) (string, error) {
			d, err := s.changeDossier(c, v)
			return d.Address(), err
		})),
		page("POST", "/van-ban/{id}/ho-so", doing(record.CmdDossierAdd), postForm([]member{{name: "dossier", kind: "string", doc: "Hồ sơ", required: true, max: 40}}, "filed", (*Server).documentMisfiled, fileFromDocument)),
		page("POST", office+"/huy", doing(record.CmdDisposalPropose), postForm(disposalBody, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			_, err := s.proposeDisposal(c, v)
			return "/ho-so", err
		})),
		page("POST", office+"/huy/{disposal}", doing(record.CmdDisposalDecide), postForm([]member{{name: "approved", kind: "string", doc: "Duyệt", required: true, enum: []string{"yes", "no"}}, reason[0]}, "filed", (*Server).dossiersScreen, func(s *Server, c *call, v values) (string, error) {
			_, err := s.decideDisposal(c, v.text("approved") == "yes", v.text("reason"))
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
