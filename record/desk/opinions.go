package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
)

// Asking is a question about a draft, to units and people of the organisation.
type Asking struct {
	Units    []string // abbreviations
	Accounts []string // ids
	Question string
	Deadline record.Date
}

// Answer is what an account says, for itself or for a unit.
type Answer struct {
	Number  int    // of the document's consultation, from 1
	Unit    string // "" for the account itself
	Stance  record.Stance
	Text    string
	Version int // that was read
}

// speaks are the roles that may answer for a unit. Units have no accounts of
// their own: whoever takes part in making documents may bring a unit's answer,
// and the journal names both. Archivists and administrators take no part.
var speaks = []record.Role{record.Secretary, record.Official, record.Clerk}

// Consult asks for opinions on a draft as it stands; the state stays. Errors:
// Invalid, consultation-invalid, with every fault: a unit that does not exist on
// the day, an account without a role in the organisation, a deadline gone by, an
// empty question.
func (d *Desk) Consult(ctx context.Context, a Actor, r Ref, q Asking) (record.Document, error) {
	x := record.Consulting{Units: q.Units, Accounts: q.Accounts, Question: lines(q.Question), Deadline: q.Deadline}
	o := d.order(a, r, record.CmdConsult, func(e *record.Entry) { e.Consulting = &x })
	o.identify(fmt.Sprintf("%q %q %q %q", x.Units, x.Accounts, x.Question, x.Deadline))
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	today := record.DateOf(d.Now())
	faults := x.Check(record.CmdConsult, today)
	unknown, err := d.unknownAsked(ctx, doc, q, today)
	if err != nil {
		return record.Document{}, err
	}
	if err := record.Faulty("consultation-invalid", "Nội dung xin ý kiến chưa đúng", append(faults, unknown...)); err != nil {
		return record.Document{}, err
	}
	return d.carryOut(ctx, o, func(s *record.State, e *record.Entry) error {
		at := x
		at.Version = s.Documents[r.ID].Version
		e.Consulting = &at
		return nil
	})
}

func (d *Desk) unknownAsked(ctx context.Context, doc record.Document, q Asking, today record.Date) ([]record.Fault, error) {
	on, err := d.IssuerOf(ctx, doc, today)
	if err != nil {
		return nil, err
	}
	var faults []record.Fault
	for i, u := range q.Units {
		if u != "" && !on.HasUnit(u) {
			faults = append(faults, record.Fault{Pointer: fmt.Sprintf("/units/%d", i), Code: "unit-unknown", Message: fmt.Sprintf("Cơ quan không có đơn vị %q vào ngày %s", u, cmp.Or(doc.Wanted, today).Vietnamese())})
		}
	}
	err = d.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		for i, id := range q.Accounts {
			if id != "" && len(s.Grants[id][doc.Journal].Roles) == 0 {
				faults = append(faults, record.Fault{Pointer: fmt.Sprintf("/people/%d", i), Code: "account-unknown", Message: fmt.Sprintf("Tài khoản %q không có vai trò nào trong cơ quan", id)})
			}
		}
		return nil
	})
	return faults, err
}

// IssuerOf is a document's organisation on a day, or on the day that the document
// wants to be of.
func (d *Desk) IssuerOf(ctx context.Context, doc record.Document, day record.Date) (record.OrganizationOn, error) {
	o, err := d.Organizations.Organization(ctx, doc.Journal)
	if err != nil {
		return record.OrganizationOn{}, err
	}
	return o.On(cmp.Or(doc.Wanted, day))
}

// Opine gives an opinion: of an account that was asked, or for a unit that was
// asked by any account that speaks for units, except the one that asked. It is
// taken after the deadline too, and marked late. Errors: Invalid,
// consultation-invalid; Forbidden, not-asked; Conflict, consultation-ended.
func (d *Desk) Opine(ctx context.Context, a Actor, r Ref, w Answer) (record.Document, error) {
	x := record.Consulting{Number: w.Number, Unit: w.Unit, Stance: w.Stance, Text: lines(w.Text), Version: w.Version}
	o := d.order(a, r, record.CmdOpinion, func(e *record.Entry) { e.Consulting = &x })
	o.identify(fmt.Sprintf("%d %q %q %q %d", x.Number, x.Unit, x.Stance, x.Text, x.Version))
	return d.carryOut(ctx, o, func(s *record.State, _ *record.Entry) error {
		if c, ok := s.Documents[r.ID].Consultation(w.Number); ok && !a.mayAnswer(c, w.Unit) {
			return record.E(record.Forbidden, "not-asked", "Lần xin ý kiến này không hỏi tài khoản của bạn, hoặc bạn không được góp ý thay đơn vị đó")
		}
		return nil
	})
}

func (a Actor) mayAnswer(c record.Consultation, unit string) bool {
	if !c.Asks(unit, a.ID) {
		return false
	}
	return unit == "" || c.By != a.ID && slices.ContainsFunc(a.Roles, func(r record.Role) bool { return slices.Contains(speaks, r) })
}

// EndConsult takes no more opinions, for a reason; those given stay.
func (d *Desk) EndConsult(ctx context.Context, a Actor, r Ref, number int, reason string) (record.Document, error) {
	o := d.order(a, r, record.CmdEndConsult, func(e *record.Entry) {
		e.Reason, e.Consulting = reason, &record.Consulting{Number: number}
	})
	o.identify(fmt.Sprint(number), reason)
	return d.carryOut(ctx, o, nil)
}

// MayOpine lists as whom the actor may answer a consultation now: units, and ""
// for itself; those that are awaited come first.
func (a Actor) MayOpine(doc record.Document, c record.Consultation) []string {
	if !c.Open() || !slices.Contains(record.Transitions[record.CmdOpinion].From, doc.State) {
		return nil
	}
	var out []string
	for _, unit := range append([]string{""}, c.Units...) {
		if a.mayAnswer(c, unit) {
			out = append(out, unit)
		}
	}
	slices.SortStableFunc(out, func(x, y string) int {
		_, first := c.Answered(x, a.ID)
		_, second := c.Answered(y, a.ID)
		return cmp.Compare(map[bool]int{true: 1}[first], map[bool]int{true: 1}[second])
	})
	return out
}

// AwaitedOpinion is an opinion that has not been given.
type AwaitedOpinion struct {
	Document record.Document
	Number   int // of the consultation
	record.Consultation
	Units    []string // that have not answered
	Accounts []string
}

// AwaitedOpinions lists what opinions a journal's documents wait for, the most
// urgent first. With an actor it is what that actor may answer and nobody has.
func (d *Desk) AwaitedOpinions(ctx context.Context, journal string, a *Actor) (out []AwaitedOpinion, err error) {
	err = d.Journals.View(ctx, journal, func(s *record.State) error {
		for id := range s.Opinions {
			doc := s.Documents[id]
			for i, c := range doc.Consultations {
				x := AwaitedOpinion{Document: doc, Number: i + 1, Consultation: c}
				x.Units, x.Accounts = c.Awaited()
				if a != nil {
					x.Units = slices.DeleteFunc(x.Units, func(u string) bool { return !a.mayAnswer(c, u) })
					x.Accounts = slices.DeleteFunc(x.Accounts, func(id string) bool { return id != a.ID })
				}
				if len(x.Units)+len(x.Accounts) > 0 {
					out = append(out, x)
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(x, y AwaitedOpinion) int {
		return cmp.Or(strings.Compare(string(x.Deadline), string(y.Deadline)), strings.Compare(x.Document.ID, y.Document.ID), x.Number-y.Number)
	})
	return out, err
}

// Consulted is the texts of a document's consultations, by the number of the
// entry that holds them: questions and opinions.
func (d *Desk) Consulted(ctx context.Context, doc record.Document) (map[uint64]string, error) {
	texts := map[uint64]string{}
	read := func(seq uint64) error {
		e, err := d.Journals.Entry(ctx, doc.Journal, seq)
		if err == nil && e.Consulting != nil {
			texts[seq] = cmp.Or(e.Consulting.Question, e.Consulting.Text)
		}
		return err
	}
	for _, c := range doc.Consultations {
		if err := read(c.Seq); err != nil {
			return nil, err
		}
		for _, o := range c.Opinions {
			if err := read(o.Seq); err != nil {
				return nil, err
			}
		}
	}
	return texts, nil
}

// lines has line feeds alone at the ends of its lines, whatever sent them.
func lines(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}
