package server

import (
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/form"
)

// draft is an envelope being typed, new or in a document.
type draft struct {
	template, organization string
	raw                    []byte // JSON as the schema has it, good or not
	posted                 *form.Posted
	request                string
	seen                   uint64
	problem                *problem
	faults                 []record.Fault
	checked                bool // faults and findings of the text as it stands are known
	findings               []record.Finding
	saved                  string // document that this form made before
}

type draftPage struct {
	Form     form.Tree
	Lead     []*form.Field // what stands before the form's own groups
	Tail     []*form.Field // and behind them
	Template record.Form
	Issuer   string
	Known    []string  // names of recipients, to choose from
	Document *Document // that is revised; nil for a new one
	Action   string
	Request  string
	Seen     uint64
	Unsaved  bool
	Problem  *problem
	Checked  bool
	Findings []record.Finding
	Saved    string
	Demo     bool
	Ended    record.Date // the organisation's last day, where the draft's is later
}

// showDraft answers with the form of a draft.
func (s *Server) showDraft(c *call, status int, d draft) error {
	f, shown, err := s.form(c.ctx, d.template)
	if err != nil {
		return err
	}
	raw, choices, err := s.prepare(c, d)
	if err != nil {
		return err
	}
	tree, err := shown.Fields(raw, form.View{Overrides: choices.overrides, Faults: aimAtChoices(d.faults), After: d.posted})
	if err != nil {
		return err
	}
	page := draftPage{Form: tree, Template: f, Issuer: choices.issuer, Known: choices.known, Ended: choices.ended, Action: "/van-ban/moi", Request: d.request, Seen: d.seen,
		Unsaved: d.posted != nil, Problem: d.problem, Checked: d.checked, Findings: d.findings, Saved: d.saved, Demo: s.cfg.Desk.AllowDate}
	title, here := s.say(c, "draft.title.new", f.Title), "/van-ban/moi"
	if c.ref.ID != "" {
		doc, err := s.view(c.ctx, c.viewer, c.doc)
		if err != nil {
			return err
		}
		page.Document, page.Action = &doc, documentAddress(doc.ID)+"/sua"
		title, here = s.say(c, "draft.title.revise", f.Title), "/van-ban"
	}
	page.Lead = page.Form.Take("/organization", "/date", "/subject")
	page.Form.Take("/signatory") // of which only the choice is shown
	if person := page.Form.At("/signatory/person"); person != nil {
		page.Lead = append(page.Lead, person)
	}
	page.Tail = page.Form.Take("/urgency", "/scope", "/retention")
	return s.show(c, status, "draft", screen{Title: title, Here: here, Width: "reading", Body: page})
}

// readDraft reads the posted form of a draft.
func (s *Server) readDraft(c *call) (draft, error) {
	if err := c.parsePosted(); err != nil {
		return draft{}, err
	}
	d := draft{template: c.Request.PostForm.Get("/template"), request: c.Request.PostForm.Get(requestField)}
	_, f, err := s.form(c.ctx, d.template)
	if record.KindOf(err) == record.NotFound || !keyForm.MatchString(d.request) {
		return d, refusal(http.StatusUnprocessableEntity, "form-incomplete", "Biểu mẫu gửi lên thiếu dữ liệu; hãy mở lại trang")
	}
	if err != nil {
		return d, err
	}
	d.organization = c.Request.PostForm.Get("/organization")
	p, err := f.Parse(c.Request.PostForm)
	if err != nil {
		return d, err
	}
	d.posted, d.raw = &p, splitSignatory(p.JSON)
	return d, nil
}

// checkDraft finds what is wrong with the draft without storing anything, and what
// the layout rules say about it when it is whole.
func (s *Server) checkDraft(c *call, d *draft) error {
	var err error
	d.findings, err = s.cfg.Desk.Check(c.ctx, desk.Input{Raw: d.raw})
	d.checked = err == nil
	return err
}

// blame takes up an error of checking or saving: it is shown in the form, which
// keeps what was typed.
func (s *Server) blame(c *call, d *draft, err error) (status int, rest error) {
	p, ok := s.retell(c, err, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if !ok {
		return 0, err
	}
	if d.faults = p.Errors; len(p.Errors) == 0 {
		d.problem = p
	}
	return p.Status, nil
}
