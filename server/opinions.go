package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// What may be missing here the desk names with all else that is wrong.
var (
	consultBody = []member{
		{name: "units", kind: "strings", doc: "Đơn vị được hỏi: chữ viết tắt", max: record.MaxAsked},
		{name: "people", kind: "strings", doc: "Người được hỏi: mã tài khoản có vai trò trong cơ quan", max: record.MaxAsked},
		{name: "question", kind: "string", doc: "Nội dung xin ý kiến, không quá 2.000 ký tự", max: 2 * record.MaxQuestion},
		{name: "deadline", kind: "string", doc: "Thời hạn góp ý, YYYY-MM-DD", max: 10},
	}
	opinionBody = []member{
		{name: "consultation", kind: "integer", doc: "Lần xin ý kiến thứ mấy của văn bản, từ 1", required: true, max: 1_000_000},
		{name: "unit", kind: "string", doc: "Đơn vị mà mình góp ý thay; bỏ trống: ý kiến của mình", max: 200},
		{name: "stance", kind: "string", doc: "Ý kiến", enum: stanceNames()},
		{name: "text", kind: "string", doc: "Nội dung góp ý, không quá 10.000 ký tự", max: 2 * record.MaxOpinion},
		{name: "version", kind: "integer", doc: "Phiên bản đã đọc", required: true, max: 1_000_000},
	}
	endConsultBody = []member{opinionBody[0], reason[0]}
)

func stanceNames() (out []string) {
	for _, x := range record.Stances {
		out = append(out, string(x))
	}
	return out
}

func consult(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
	return d.Consult(ctx, a, r, desk.Asking{Units: v.list("units"), Accounts: v.list("people"), Question: v.text("question"), Deadline: record.Date(v.text("deadline"))})
}

func opine(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
	return d.Opine(ctx, a, r, desk.Answer{Number: v.number("consultation"), Unit: v.text("unit"), Stance: record.Stance(v.text("stance")), Text: v.text("text"), Version: v.number("version")})
}

func endConsult(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
	return d.EndConsult(ctx, a, r, v.number("consultation"), v.text("reason"))
}

// Consultation is a question about a draft, with what was answered.
type Consultation struct {
	Number   int         `json:"number" doc:"From 1; an opinion names it"`
	Asked    time.Time   `json:"asked"`
	By       Party       `json:"by"`
	Question string      `json:"question"`
	Deadline record.Date `json:"deadline" doc:"Last day in time; a later opinion is taken and marked late"`
	Version  int         `json:"version" doc:"That was sent out"`
	Parties  []Party     `json:"asked_of"`
	Awaited  []Party     `json:"awaited,omitempty" doc:"Who has not answered"`
	Overdue  bool        `json:"overdue,omitempty" doc:"The deadline is over and somebody has not answered"`
	Ended    time.Time   `json:"ended,omitzero"`
	Opinions []Opinion   `json:"opinions,omitempty"`
	May      []Party     `json:"may_answer_as,omitempty" doc:"As whom this account may answer now"`
}

// Party is a unit or an account.
type Party struct {
	Unit    string `json:"unit,omitempty" doc:"Abbreviation"`
	Account string `json:"account,omitempty"`
	Name    string `json:"name,omitempty"`
}

// Opinion is an answer about one version.
type Opinion struct {
	Of      Party         `json:"of"`
	By      Party         `json:"by" doc:"The account that brought it"`
	Time    time.Time     `json:"time"`
	Stance  record.Stance `json:"stance"`
	Text    string        `json:"text,omitempty"`
	Version int           `json:"version"`
	Late    bool          `json:"late,omitempty"`
}

// parties finds what units and accounts are called; an account that was erased
// goes without a name.
func (s *Server) parties(ctx context.Context, doc record.Document, day record.Date) (unit, account func(string) (Party, error)) {
	var on record.OrganizationOn
	var err error
	read := false
	unit = func(u string) (Party, error) {
		if !read {
			on, err = s.cfg.Desk.IssuerOf(ctx, doc, day)
			read = true
		}
		return Party{Unit: u, Name: record.UnitName(on.Units, u)}, err
	}
	account = func(id string) (Party, error) {
		a, err := s.cfg.Accounts.Account(ctx, id)
		if record.KindOf(err) == record.NotFound {
			err = nil
		}
		return Party{Account: id, Name: a.Name}, err
	}
	return unit, account
}

// consultations are those of a document, newest first.
func (s *Server) consultations(ctx context.Context, v *viewer, doc record.Document) ([]Consultation, error) {
	if len(doc.Consultations) == 0 {
		return nil, nil
	}
	texts, err := s.cfg.Desk.Consulted(ctx, doc)
	if err != nil {
		return nil, err
	}
	var failed error
	out := make([]Consultation, 0, len(doc.Consultations))
	for i, c := range slices.Backward(doc.Consultations) {
		unit, account := s.parties(ctx, doc, record.DateOf(c.Asked))
		party := func(u, id string) Party {
			find, name := unit, u
			if u == "" {
				find, name = account, id
			}
			p, err := find(name)
			failed = errors.Join(failed, err)
			return p
		}
		all := func(units, accounts []string) (out []Party) {
			for _, u := range units {
				out = append(out, party(u, ""))
			}
			for _, id := range accounts {
				out = append(out, party("", id))
			}
			return out
		}
		x := Consultation{Number: i + 1, Asked: c.Asked, By: party("", c.By), Question: texts[c.Seq], Deadline: c.Deadline, Version: c.Version, Ended: c.Ended,
			Parties: all(c.Units, c.Accounts), Awaited: all(c.Awaited())}
		x.Overdue = len(x.Awaited) > 0 && c.Late(record.DateOf(s.cfg.Now()))
		for _, o := range c.Opinions {
			x.Opinions = append(x.Opinions, Opinion{Of: party(o.Unit, o.Account), By: party("", o.Account), Time: o.Time, Stance: o.Stance, Text: texts[o.Seq], Version: o.Version, Late: o.Late})
		}
		if v.scoped("") {
			for _, u := range v.actor(doc.Journal).MayOpine(doc, c) {
				x.May = append(x.May, party(u, v.ID))
			}
		}
		out = append(out, x)
	}
	return out, failed
}

// opinionsAwaited is what waits for the viewer's opinion, the most urgent first.
func (s *Server) opinionsAwaited(c *call) (waiting, error) {
	w := waiting{Key: "opinions"}
	today := record.DateOf(s.cfg.Now())
	var all []desk.AwaitedOpinion
	for _, id := range c.viewer.organizations() {
		a := c.viewer.actor(id)
		found, err := s.cfg.Desk.AwaitedOpinions(c.ctx, id, &a)
		if err != nil {
			return w, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(x, y desk.AwaitedOpinion) int { return strings.Compare(string(x.Deadline), string(y.Deadline)) })
	for _, x := range all[:min(len(all), inboxItems)] {
		v, err := s.cfg.Desk.Archive.Version(c.ctx, x.Document.Manifest)
		if err != nil {
			return w, err
		}
		doc := x.Document
		w.Items = append(w.Items, row{Due: x.Deadline, Over: x.Late(today), Act: "act.opinion", Item: Item{ID: doc.ID, Organization: doc.Journal, Issuer: v.Issuer.Name,
			State: doc.State, Version: doc.Version, Type: doc.Type, Symbol: v.Symbol, Date: v.Date, Subject: v.Subject, Signatory: v.Signatory.Name}})
	}
	return w, nil
}
