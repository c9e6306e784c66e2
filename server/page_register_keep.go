package server

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"vanthu/record"
)

// enteredNotice is what the page of a paper document is told that was just
// entered.
const enteredNotice = "entered"

// closingRow is a closing with who made it, and when.
type closingRow struct {
	record.Closing
	By   string // "" for an account that was erased
	Time time.Time
}

// Lines are the numbers that were closed, void ones included.
func (r closingRow) Lines() int { return r.Last - r.First + 1 }

// keepingOf fills in how far a register is closed and the forms that the viewer
// may send.
func (s *Server) keepingOf(c *call, o record.Organization, page *registerPageView, said *misfiled) error {
	var series []option
	var closings []record.Closing
	err := s.cfg.Desk.Journals.View(c.ctx, o.ID, func(st *record.State) error {
		for key := range st.Counters {
			if id, ok := strings.CutSuffix(key, "/"+itoa(page.Year)); ok && !record.IsCopies(key) {
				series = append(series, option{id, id, true})
			}
		}
		for _, all := range st.Closings {
			if last := all[len(all)-1]; last.Year == page.Year {
				closings, page.Closed = append(closings, all...), append(page.Closed, last)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(series, func(a, b option) int { return strings.Compare(a.Value, b.Value) })
	slices.SortFunc(page.Closed, func(a, b record.Closing) int { return strings.Compare(a.Series, b.Series) })
	slices.SortFunc(closings, func(a, b record.Closing) int { return cmp.Compare(b.Seq, a.Seq) })
	for _, x := range closings {
		e, err := s.cfg.Desk.Journals.Entry(c.ctx, o.ID, x.Seq)
		if err != nil {
			return err
		}
		row := closingRow{Closing: x, Time: e.Time}
		if row.By, err = s.actorName(c.ctx, e.Actor); err != nil {
			return err
		}
		page.Closings = append(page.Closings, row)
	}
	g, today := c.viewer.grants[o.ID], record.DateOf(s.cfg.Now())
	if on, err := o.On(today); err == nil && page.Year == today.Year() && g.Has(role(record.CmdRegister).roles...) {
		f, err := s.paperForm(c, on, page.Closed, said)
		if err != nil {
			return err
		}
		page.Forms = append(page.Forms, f)
	}
	if len(series) > 0 && g.Has(doing(record.CmdClose).roles...) {
		if len(series) > 1 {
			series = append([]option{{}}, series...) // none is preset
		}
		f := s.smallForm("close", "register.close", page.Start+"/chot-so", "", said, formField{Name: "series", Type: "select", Label: "field.series", Required: true, Options: series},
			formField{Name: "through", Type: "date", Label: "register.through", Required: true})
		f.Help = "register.close.help"
		page.Forms = append(page.Forms, f)
	}
	return nil
}

// paperForm asks for what the register holds of a paper document; today's number
// is given when it is sent.
func (s *Server) paperForm(c *call, on record.OrganizationOn, closed []record.Closing, said *misfiled) (smallForm, error) {
	kinds, err := record.TypesOn(on.Date)
	if err != nil {
		return smallForm{}, err
	}
	types := []option{{}}
	for _, k := range kinds {
		types = append(types, option{k.Code, k.Name, true})
	}
	unit := formField{Name: "unit", Label: "field.unit"}
	if len(on.Units) > 0 {
		unit.Type, unit.Required, unit.Options = "select", true, []option{{}}
		for _, u := range on.Units {
			unit.Options = append(unit.Options, option{u.Abbreviation, u.Abbreviation + " – " + u.Name, true})
		}
	}
	fields := []formField{{Name: "type", Type: "select", Label: "field.type", Required: true, Options: types}, {Name: "signatory", Label: "field.signatory", Required: true}, unit,
		{Name: "subject", Type: "textarea", Label: "field.subject"}, {Name: "kept", Type: "number", Label: "register.kept"},
		{Name: "recipients", Type: "textarea", Label: "field.recipient", Help: "register.recipients.help"}, {Name: "note", Label: "register.10"}}
	if s.cfg.Desk.AllowDate {
		fields = append(fields, formField{Name: "date", Type: "date", Label: "register.date", Help: "register.date.help"})
	}
	fields = append(fields, formField{Name: "secret", Type: "checkbox", Label: "register.secret", Help: "register.secret.help"})
	f := s.smallForm("paper", "register.enter", "/so-dang-ky/"+on.ID+"/giay", "primary", said, fields...)
	f.Help = "register.enter.help"
	for _, x := range closed {
		if x.Through >= on.Date {
			f.Warning = s.say(c, "register.closed-today", x.Series)
		}
	}
	return f, nil
}

// paperFromPage enters a paper document and leads to its page.
func paperFromPage(s *Server, c *call, v values) (string, error) {
	doc, err := s.registerPaper(c, v, c.ref.Request)
	return documentAddress(doc.ID), repointed(err, "/organization", "/date") // it is not of that day
}

func closeFromPage(s *Server, c *call, v values) (string, error) {
	x, err := s.closeRegister(c, v, c.ref.Request)
	return registerAddress(c.Param("organization"), x.Year), err
}

// paperAgain shows a paper's form with its faults: in the register of the year
// that runs, where it is.
func (s *Server) paperAgain(c *call, status int, said *misfiled) error {
	return s.registerScreen(c, record.DateOf(s.cfg.Now()).Year(), status, said)
}

func (s *Server) closingAgain(c *call, status int, said *misfiled) error {
	year, err := registerYear(c)
	if err != nil {
		return err
	}
	return s.registerScreen(c, year, status, said)
}

func registerPageRoutes() []*route {
	post := func(path string, a access, handle func(*Server, *call) error) *route {
		return &route{method: http.MethodPost, path: path, access: access{roles: a.roles}, page: true, maxBody: 256 << 10, handle: handle}
	}
	closing := post("/so-dang-ky/{organization}/{year}/chot-so", doing(record.CmdClose), postForm(closingBody, "closed", (*Server).closingAgain, closeFromPage))
	closing.slow = true
	return []*route{closing, post("/so-dang-ky/{organization}/giay", role(record.CmdRegister), postForm(paperBody, enteredNotice, (*Server).paperAgain, paperFromPage))}
}
