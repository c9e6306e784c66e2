package record

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Stance is what somebody asked says of a draft.
type Stance string

const (
	Agrees      Stance = "agree"
	WithChanges Stance = "agree-with-changes"
	Disagrees   Stance = "disagree"
	NoOpinion   Stance = "no-opinion"
)

// Stances are all there are. The second and third say what is to be changed.
var Stances = []Stance{Agrees, WithChanges, Disagrees, NoOpinion}

const (
	MaxOpinion  = 10_000 // characters of an opinion
	MaxQuestion = 2_000  // characters of a question
	MaxAsked    = 100    // units and accounts that one consultation asks
)

// Consultation asks units and people for their opinion on a draft (góp ý dự
// thảo). The texts are in the journal, at Seq and at each opinion's.
type Consultation struct {
	Seq      uint64    `json:"seq"` // of the entry that asked
	By       string    `json:"by"`  // account that asked
	Asked    time.Time `json:"asked"`
	Units    []string  `json:"units,omitempty"`    // abbreviations of drafting units
	Accounts []string  `json:"accounts,omitempty"` // opaque ids
	Deadline Date      `json:"deadline"`           // the last day that is in time
	Version  int       `json:"version"`            // that was sent out
	Opinions []Opinion `json:"opinions,omitempty"` // oldest first; none is ever removed
	Ended    time.Time `json:"ended,omitzero"`
}

// Opinion is what one of the asked says of one version.
type Opinion struct {
	Seq     uint64    `json:"seq"`            // of the entry that holds its text
	Unit    string    `json:"unit,omitempty"` // for which the account speaks; "" for itself
	Account string    `json:"account"`
	Time    time.Time `json:"time"`
	Stance  Stance    `json:"stance"`
	Version int       `json:"version"` // that was read; a later one leaves the opinion where it was
	Late    bool      `json:"late,omitempty"`
}

// Consulting is what an entry says of a consultation.
type Consulting struct {
	Number   int      `json:"number,omitempty"` // opinion, end-consult: which of the document's, from 1
	Units    []string `json:"units,omitempty"`  // this and the next three: consult
	Accounts []string `json:"accounts,omitempty"`
	Question string   `json:"question,omitempty"`
	Deadline Date     `json:"deadline,omitempty"`
	Version  int      `json:"version,omitempty"` // consult, opinion
	Unit     string   `json:"unit,omitempty"`    // this and the next two: opinion
	Stance   Stance   `json:"stance,omitempty"`
	Text     string   `json:"text,omitempty"`
}

// consultable are the states in which a text may still change: before and while
// it lies with the signatory.
var consultable = []Status{Draft, Returned, Submitted}

// Open says whether opinions are still taken.
func (c Consultation) Open() bool { return c.Ended.IsZero() }

// Late says whether an opinion given on the day is late.
func (c Consultation) Late(on Date) bool { return on > c.Deadline }

// Answered finds the newest opinion of a unit or, with unit "", of an account;
// earlier ones of the same stay in Opinions.
func (c Consultation) Answered(unit, account string) (Opinion, bool) {
	for _, o := range slices.Backward(c.Opinions) {
		if o.Unit == unit && (unit != "" || o.Account == account) {
			return o, true
		}
	}
	return Opinion{}, false
}

// Awaited are the units and accounts that have not answered.
func (c Consultation) Awaited() (units, accounts []string) {
	if !c.Open() {
		return nil, nil
	}
	for _, u := range c.Units {
		if _, ok := c.Answered(u, ""); !ok {
			units = append(units, u)
		}
	}
	for _, a := range c.Accounts {
		if _, ok := c.Answered("", a); !ok {
			accounts = append(accounts, a)
		}
	}
	return units, accounts
}

// Asks says whether the consultation asks the unit or, with unit "", the account.
func (c Consultation) Asks(unit, account string) bool {
	if unit != "" {
		return slices.Contains(c.Units, unit)
	}
	return slices.Contains(c.Accounts, account)
}

// Reminder is a letter to who has not answered.
type Reminder string

const (
	RemindSoon     Reminder = "soon"     // three days before the deadline
	RemindTomorrow Reminder = "tomorrow" // the day before
	RemindOverdue  Reminder = "overdue"  // the day after
)

// Reminder is the one due on the day: the newest whose day has come, so that a
// service that stood still sends one and not three. None is due on the day of
// asking or for it: who was asked the day before the deadline knows.
func (c Consultation) Reminder(on Date) (Reminder, bool) {
	for _, x := range []struct {
		days int
		is   Reminder
	}{{1, RemindOverdue}, {-1, RemindTomorrow}, {-3, RemindSoon}} {
		day := DateOf(c.Deadline.Time().AddDate(0, 0, x.days))
		if on >= day {
			return x.is, c.Open() && day > DateOf(c.Asked)
		}
	}
	return "", false
}

// opinionsWait says whether somebody's opinion is awaited that could still
// matter.
func (d Document) opinionsWait() bool {
	return slices.Contains(consultable, d.State) && slices.ContainsFunc(d.Consultations, func(c Consultation) bool {
		units, accounts := c.Awaited()
		return len(units)+len(accounts) > 0
	})
}

// Consultation is the document's consultation of that number, from 1.
func (d Document) Consultation(n int) (Consultation, bool) {
	if n < 1 || n > len(d.Consultations) {
		return Consultation{}, false
	}
	return d.Consultations[n-1], true
}

// Check names every fault of a question or an opinion; on is the day it is given.
// Who is asked, and which version there is, the document says.
func (x Consulting) Check(c Command, on Date) []Fault {
	var faults []Fault
	add := func(pointer, code, format string, args ...any) {
		faults = append(faults, Fault{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
	}
	text := func(pointer, s string, most int, required bool) {
		switch {
		case required && strings.TrimSpace(s) == "":
			add(pointer, "required", "Không được để trống")
		case utf8.RuneCountInString(s) > most:
			add(pointer, "max-length", "Không quá %d ký tự", most)
		case !plainText(s):
			add(pointer, "plain-text", "Chỉ nhận văn bản thường, không có ký tự điều khiển")
		}
	}
	if c == CmdOpinion {
		if !slices.Contains(Stances, x.Stance) {
			add("/stance", "enum", "Hãy chọn ý kiến trong: %v", Stances)
		}
		text("/text", x.Text, MaxOpinion, x.Stance == WithChanges || x.Stance == Disagrees)
		return faults
	}
	text("/question", x.Question, MaxQuestion, true)
	if d, err := ParseDate(string(x.Deadline)); err != nil || d != x.Deadline {
		add("/deadline", "date", "Thời hạn phải là một ngày, dạng YYYY-MM-DD")
	} else if x.Deadline < on {
		add("/deadline", "past", "Thời hạn %s đã qua", x.Deadline.Vietnamese())
	}
	if n := len(x.Units) + len(x.Accounts); n == 0 {
		add("/units", "required", "Phải hỏi ít nhất một đơn vị hoặc một người")
	} else if n > MaxAsked {
		add("/units", "max-items", "Một lần hỏi không quá %d đơn vị và người", MaxAsked)
	}
	for where, all := range map[string][]string{"/units": x.Units, "/people": x.Accounts} {
		for i, one := range all {
			if one == "" || slices.Contains(all[:i], one) {
				add(fmt.Sprintf("%s/%d", where, i), "unique", "Trống hoặc nêu hai lần: %q", one)
			}
		}
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return faults
}

// plainText says whether s is valid UTF-8 whose only control characters are line
// feeds and tabs.
func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

// consult applies what an entry says of a consultation.
func consult(doc *Document, e Entry) error {
	x := e.Consulting
	if x == nil {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	if e.Command != CmdEndConsult {
		if err := Faulty("consultation-invalid", "Nội dung xin ý kiến, góp ý chưa đúng", x.Check(e.Command, DateOf(e.Time))); err != nil {
			return err
		}
	}
	all := slices.Clone(doc.Consultations)
	if e.Command == CmdConsult {
		if x.Version != doc.Version {
			return refuse("version", "Phiên bản xin ý kiến phải là phiên bản hiện tại, %d", doc.Version)
		}
		doc.Consultations = append(all, Consultation{Seq: e.Seq, By: e.Actor, Asked: e.Time, Units: x.Units, Accounts: x.Accounts, Deadline: x.Deadline, Version: x.Version})
		return nil
	}
	c, ok := doc.Consultation(x.Number)
	if !ok {
		return E(NotFound, "consultation-unknown", fmt.Sprintf("Văn bản không có lần xin ý kiến thứ %d", x.Number))
	}
	if !c.Open() {
		return refuse("consultation-ended", "Lần xin ý kiến thứ %d đã kết thúc", x.Number)
	}
	if e.Command == CmdEndConsult {
		c.Ended = e.Time
	} else {
		if !c.Asks(x.Unit, e.Actor) {
			return E(Forbidden, "not-asked", "Lần xin ý kiến này không hỏi đơn vị hoặc người góp ý")
		}
		if x.Version < c.Version || x.Version > doc.Version {
			return refuse("version", "Góp ý phải nêu phiên bản đã đọc, từ %d đến %d", c.Version, doc.Version)
		}
		c.Opinions = append(slices.Clip(c.Opinions), Opinion{Seq: e.Seq, Unit: x.Unit, Account: e.Actor, Time: e.Time, Stance: x.Stance,
			Version: x.Version, Late: c.Late(DateOf(e.Time))})
	}
	all[x.Number-1] = c
	doc.Consultations = all
	return nil
}
