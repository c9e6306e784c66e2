package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Appointment gives a person a title and the capacities in which their office
// lets them sign for the organisation, with the decision that says so. One
// without capacities signs nothing of its own right.
type Appointment struct {
	Period
	Person     string     `json:"person"`               // opaque id
	Name       string     `json:"name"`                 // họ, đệm, tên; no degrees (PL I, II.7.c)
	Title      string     `json:"title"`                // upper case, as printed: "PHÓ CHỦ TỊCH"
	Capacities []Capacity `json:"capacities,omitempty"` // TM, KT, Q, HEAD
	Decision   string     `json:"decision,omitempty"`
}

// Delegation is a power in writing to sign some types of documents for the
// head: TUQ for a while and some contents only, TL by the working regulation
// (NĐ 30/2020, Điều 13.3, 13.4).
type Delegation struct {
	Period
	From     string   `json:"from"`     // person who gives the power: head or acting head on the day
	To       string   `json:"to"`       // person who gets it: holds an office on the day
	Capacity Capacity `json:"capacity"` // TL, TUQ
	Types    []string `json:"types"`    // codes of the document types it is for
	Decision string   `json:"decision"` // the paper: "Quyết định số 12/QĐ-UBND ngày 05/01/2026"
}

// byOffice and byPaper are the capacities that an appointment gives, and those
// that only a Delegation gives.
var (
	byOffice = []Capacity{TM, KT, Q, Head}
	byPaper  = []Capacity{TL, TUQ}
)

// Signatory is who signs a document, with the lines printed above the name and
// what gives them the right.
type Signatory struct {
	Person   string   `json:"person"`
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Capacity Capacity `json:"capacity"`
	Decision string   `json:"decision,omitempty"` // the decision or delegation that gives the right
	// Right are the days on which it holds; DelegatedBy is the name of who
	// delegated, "" where the right comes with the office.
	Right       Period `json:"right,omitzero"`
	DelegatedBy string `json:"delegated_by,omitempty"`
	// Organization is whose key the person signs with, in a joint document; ""
	// for the issuer's.
	Organization string `json:"organization,omitempty"`
	// Lines is the block above the signature, e.g. "TM. ỦY BAN NHÂN DÂN",
	// "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH" (NĐ 30/2020, PL I, II.7.a-b).
	Lines []string `json:"lines"`
}

// Key names the person among those of several organisations: for the accounts
// whose keys are theirs.
func (s Signatory) Key() string { return PersonKey(s.Organization, s.Person) }

// PersonKey is a person of an organisation, "" for the issuer.
func PersonKey(organization, person string) string {
	if organization == "" {
		return person
	}
	return organization + "/" + person
}

// Authority is in Vietnamese what gives the right to sign, for the page.
func (s Signatory) Authority() string {
	text := cmp.Or(s.Decision, "Dữ liệu cơ quan không nêu quyết định")
	if s.Right != (Period{}) {
		text += " (" + s.Right.vietnamese() + ")"
	}
	if s.DelegatedBy != "" {
		text += ", " + s.DelegatedBy + " giao ký"
	}
	return text
}

// Resolve finds what lets the chosen person sign a document of type t (its
// code) in the chosen capacity on this day, and builds the block of lines: the
// appointment, or for TL. and TUQ. the delegation of someone who is head or
// acting head on the day. Invalid, with the fault's place in the envelope, when
// there is none.
func (o OrganizationOn) Resolve(c SignatoryChoice, t string) (Signatory, error) {
	fault := func(pointer, code, message string) (Signatory, error) {
		return Signatory{}, Faulty(code, "Người ký không có thẩm quyền", []Fault{{Pointer: pointer, Code: code, Message: message}})
	}
	day := o.Date.Vietnamese()
	var offices []Appointment
	for _, a := range o.Appointments {
		if a.Person == c.Person || a.Name == c.Person {
			offices = append(offices, a)
		}
	}
	if len(offices) == 0 {
		return fault("/signatory/person", "signatory-unknown",
			fmt.Sprintf("%q không giữ chức vụ nào của %s vào ngày %s", c.Person, o.Name, day))
	}
	if slices.ContainsFunc(offices, func(a Appointment) bool { return a.Person != offices[0].Person }) {
		return fault("/signatory/person", "signatory-ambiguous",
			fmt.Sprintf("Có nhiều người tên %q; hãy ghi mã người ký", c.Person))
	}
	for _, a := range offices {
		out := Signatory{Person: a.Person, Name: a.Name, Title: a.Title, Capacity: c.Capacity, Lines: o.block(a, c.Capacity)}
		if slices.Contains(byPaper, c.Capacity) {
			d, by, ok := o.delegated(a.Person, c.Capacity, t)
			if ok {
				out.Decision, out.Right, out.DelegatedBy = d.Decision, d.Period, by.Name
				return out, nil
			}
			continue
		}
		if slices.Contains(a.Capacities, c.Capacity) {
			out.Decision, out.Right = a.Decision, a.Period
			return out, nil
		}
	}
	can := o.Capacities(offices[0].Person, t)
	if slices.Contains(byPaper, c.Capacity) {
		return fault("/signatory/capacity", "signatory-not-delegated",
			fmt.Sprintf("Không có văn bản giao %s (%s) ký %s. loại văn bản %s vào ngày %s; được ký: %s", offices[0].Name, offices[0].Title, c.Capacity, t, day, listed(can)))
	}
	return fault("/signatory/capacity", "signatory-without-capacity",
		fmt.Sprintf("%s (%s) không được ký với tư cách %q vào ngày %s; được ký: %s", offices[0].Name, offices[0].Title, c.Capacity, day, listed(can)))
}

// Capacities are those in which a person may sign a document of type t on this
// day.
func (o OrganizationOn) Capacities(person, t string) []Capacity {
	var out []Capacity
	for _, a := range o.Appointments {
		for _, c := range a.Capacities {
			if a.Person == person && slices.Contains(byOffice, c) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for _, c := range byPaper {
		if _, _, ok := o.delegated(person, c, t); ok && o.holdsOffice(person) {
			out = append(out, c)
		}
	}
	return out
}

func (o OrganizationOn) holdsOffice(person string) bool {
	return slices.ContainsFunc(o.Appointments, func(a Appointment) bool { return a.Person == person })
}

// delegated finds a delegation for the person, with who gave it. Nobody hands
// on what was delegated to them (Điều 13.3), and a power ends with the office
// of who gave it.
func (o OrganizationOn) delegated(person string, c Capacity, t string) (Delegation, Appointment, bool) {
	for _, d := range o.Delegations {
		if d.To != person || d.Capacity != c || !slices.Contains(d.Types, t) {
			continue
		}
		for _, a := range o.Appointments {
			heads := slices.ContainsFunc(a.Capacities, func(x Capacity) bool { return x == Head || x == TM || x == Q })
			if a.Person == d.From && a.Person != person && heads {
				return d, a, true
			}
		}
	}
	return Delegation{}, Appointment{}, false
}

func (o OrganizationOn) block(a Appointment, c Capacity) []string {
	var lines []string
	// TL. and TUQ. are powers of the head in person; the others act for the
	// collective where there is one.
	if o.Collective != "" && (c == TM || c == KT || c == Q) {
		lines = append(lines, "TM. "+o.Collective)
	}
	switch c {
	case KT, TL, TUQ:
		return append(lines, string(c)+". "+o.HeadTitle, a.Title)
	case Q:
		return append(lines, "Q. "+o.HeadTitle)
	}
	return append(lines, a.Title)
}

func listed(all []Capacity) string {
	if len(all) == 0 {
		return "không tư cách nào"
	}
	var out []string
	for _, c := range all {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}
