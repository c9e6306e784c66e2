package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/server/form"
)

// choices are what the organisation's data offers a draft on its day; like the
// rest of the form they are Vietnamese.
type choices struct {
	overrides map[string]form.Override
	issuer    string      // name of the organisation; "" when it is not known
	known     []string    // names in its address book
	ended     record.Date // its last day, where it does not exist on the draft's
}

// prepare makes the options of a draft's form and puts its value into the shape
// that they have: who signs and in what capacity is one choice.
func (s *Server) prepare(c *call, d draft) ([]byte, choices, error) {
	ch := choices{overrides: map[string]form.Override{
		"/signatory/capacity": {Hidden: true},
		"/date":               {Hidden: !s.cfg.Desk.AllowDate},
	}}
	issuers, err := s.draftingIssuers(c, d.organization)
	if err != nil {
		return nil, ch, err
	}
	ch.overrides["/organization"] = form.Override{Options: issuers, Hidden: c.ref.ID != ""}
	o, err := s.cfg.Desk.Organizations.Organization(c.ctx, d.organization)
	switch {
	case record.KindOf(err) == record.Invalid:
		return joinSignatory(d.raw, nil), ch, nil // the check says what is wrong with it
	case err != nil:
		return nil, ch, err
	}
	ch.issuer = lastName(o)
	today := record.DateOf(s.cfg.Now())
	on, exists := s.organizationOf(o, d.raw, today)
	if !exists && o.ValidTo != "" && o.ValidTo < today {
		ch.ended = o.ValidTo
	}
	if ch.known = s.knownRecipients(c, d.organization, on.Date); len(ch.known) > 0 {
		known := form.Override{List: "known-recipients"}
		ch.overrides["/recipients/*/name"], ch.overrides["/addressees/*/name"] = known, known
	}
	var signatories, units []form.Option
	kind := s.typeOf(c.ctx, d.template)
	for _, a := range on.Appointments {
		for _, capacity := range on.Capacities(a.Person, kind) {
			if x, err := on.Resolve(record.SignatoryChoice{Person: a.Person, Capacity: capacity}, kind); err == nil {
				signatories = append(signatories, form.Option{Value: signatoryValue(a.Person, capacity), Label: strings.Join(x.Lines, ", ") + " – " + x.Name})
			}
		}
	}
	for _, u := range on.Units {
		units = append(units, form.Option{Value: u.Abbreviation, Label: u.Abbreviation + " – " + u.Name})
	}
	ch.overrides["/signatory/person"] = form.Override{Label: "Người ký và tư cách ký", Help: "Như sẽ in trên chữ ký.", Options: signatories}
	ch.overrides["/filing/unit"] = form.Override{Options: units}
	ch.overrides["/retention"] = form.Override{Options: s.retentions(c.ctx, d.template, on.Date)}
	return joinSignatory(d.raw, on.Appointments), ch, nil
}

// organizationOf is the organisation on the draft's day, or as it was on its
// last day when it does not exist then.
func (s *Server) organizationOf(o record.Organization, raw []byte, today record.Date) (on record.OrganizationOn, exists bool) {
	var e struct{ Date string }
	day := today
	if s.cfg.Desk.AllowDate && json.Unmarshal(raw, &e) == nil {
		if d, err := record.ParseDate(e.Date); err == nil {
			day = d
		}
	}
	on, err := o.On(day)
	if err != nil && o.ValidTo != "" {
		on, _ = o.On(o.ValidTo) // without offers when even that is nothing: the check says so
	}
	return on, err == nil
}

// draftingIssuers are the organisations where the viewer drafts.
func (s *Server) draftingIssuers(c *call, chosen string) ([]form.Option, error) {
	var out []form.Option
	today := record.DateOf(s.cfg.Now())
	for _, id := range c.viewer.organizations() {
		if !c.viewer.grants[id].Has(record.Secretary) {
			continue
		}
		o, err := s.cfg.Desk.Organizations.Organization(c.ctx, id)
		if err != nil {
			return nil, err
		}
		x := form.Option{Value: id, Label: lastName(o), Selected: id == chosen}
		if o.ValidTo != "" && o.ValidTo < today {
			x.Label += " (đến " + o.ValidTo.Vietnamese() + ")"
		}
		out = append(out, x)
	}
	return out, nil
}

// typeOf is the type of document that a template makes, "" for a template that
// is not there: the check says so.
func (s *Server) typeOf(ctx context.Context, template string) string {
	f, err := s.cfg.Forms.Form(ctx, template)
	if err != nil {
		return ""
	}
	return f.Type
}

// retentions are the times of keeping that a document of the template may have:
// that of its type, then every rule of the day.
func (s *Server) retentions(ctx context.Context, template string, d record.Date) []form.Option {
	first := form.Option{Label: "Theo loại văn bản"}
	if r, err := record.RetentionOn("", s.typeOf(ctx, template), d); err == nil {
		first.Label += ": " + years(r)
	}
	out := []form.Option{first}
	rules, err := record.RetentionsOn(d)
	if err != nil { // the type's own is always right
		return out
	}
	for _, r := range rules {
		out = append(out, form.Option{Value: r.Rule, Label: r.Title + ": " + years(r.Retention)})
	}
	return out
}

func years(r record.Retention) string {
	if r.Years == 0 {
		return "vĩnh viễn"
	}
	return fmt.Sprintf("%d năm", r.Years)
}

func signatoryValue(person string, capacity record.Capacity) string {
	return string(capacity) + " " + person
}

// joinSignatory makes one value of person and capacity: "KT nguyen-van-a". A
// person named in full becomes the one who has that name.
func joinSignatory(raw []byte, appointments []record.Appointment) []byte {
	return changeSignatory(raw, func(person, capacity string) (string, string) {
		for _, a := range appointments {
			if a.Name == person {
				person = a.Person
			}
		}
		if person == "" && capacity == "" {
			return "", ""
		}
		return capacity + " " + person, ""
	})
}

// splitSignatory is the inverse of joinSignatory.
func splitSignatory(raw []byte) []byte {
	return changeSignatory(raw, func(joined, _ string) (string, string) {
		capacity, person, _ := strings.Cut(joined, " ")
		return person, capacity
	})
}

// changeSignatory leaves alone what is no envelope.
func changeSignatory(raw []byte, change func(person, capacity string) (string, string)) []byte {
	var whole map[string]json.RawMessage
	var signatory map[string]string
	if json.Unmarshal(raw, &whole) != nil || json.Unmarshal(whole["signatory"], &signatory) != nil || signatory == nil {
		return raw
	}
	signatory["person"], signatory["capacity"] = change(signatory["person"], signatory["capacity"])
	for name, v := range signatory {
		if v == "" {
			delete(signatory, name)
		}
	}
	part, err := json.Marshal(signatory)
	if err != nil {
		return raw
	}
	whole["signatory"] = part
	changed, err := json.Marshal(whole)
	if err != nil {
		return raw
	}
	return changed
}

// aimAtChoices moves faults of what is one choice in the form to that choice,
// and says once that it is missing.
func aimAtChoices(faults []record.Fault) []record.Fault {
	out := make([]record.Fault, 0, len(faults))
	missing := false
	for _, f := range faults {
		if f.Pointer == "/signatory" || f.Pointer == "/signatory/capacity" {
			f.Pointer = "/signatory/person"
		}
		if f.Pointer == "/signatory/person" && f.Code == "required" {
			if missing {
				continue
			}
			missing, f.Message = true, "Chưa chọn người ký"
		}
		out = append(out, f)
	}
	return out
}
