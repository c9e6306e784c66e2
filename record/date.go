package record

import (
	"fmt"
	"time"
	_ "time/tzdata" // the office's zone must be there on any machine
)

// Office is the time zone of every Vietnamese records office.
var Office = mustLoad("Asia/Ho_Chi_Minh")

func mustLoad(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return l
}

// Date is a calendar day of the office, "YYYY-MM-DD"; "" is no date. Dates
// compare as strings.
type Date string

// DateOf is the office's day at t.
func DateOf(t time.Time) Date { return Date(t.In(Office).Format(time.DateOnly)) }

// ParseDate reads "YYYY-MM-DD" and refuses days that no calendar has.
func ParseDate(s string) (Date, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Office)
	if err != nil || t.Year() < 1945 || t.Year() > 9999 {
		return "", fmt.Errorf("%q is not a date YYYY-MM-DD", s)
	}
	return Date(t.Format(time.DateOnly)), nil
}

// Time is the start of the day in the office's zone.
func (d Date) Time() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Office)
	return t
}

// Year is the calendar year, 0 for no date.
func (d Date) Year() int {
	if d == "" {
		return 0
	}
	return d.Time().Year()
}

// DayText and MonthText are the texts that go into the date line: a day below
// 10 and the months 1 and 2 take a leading zero, months 3 to 9 none
// (NĐ 30/2020, PL I, II.4).
func (d Date) DayText() string { return d.Time().Format("02") }

func (d Date) MonthText() string {
	m := int(d.Time().Month())
	if m <= 2 {
		return fmt.Sprintf("%02d", m)
	}
	return fmt.Sprint(m)
}

// Period bounds dated data, both days included; an empty bound is open.
type Period struct {
	ValidFrom Date `json:"valid_from,omitempty"`
	ValidTo   Date `json:"valid_to,omitempty"`
}

// Holds says whether the period covers d.
func (p Period) Holds(d Date) bool {
	return (p.ValidFrom == "" || p.ValidFrom <= d) && (p.ValidTo == "" || d <= p.ValidTo)
}

// Vietnamese is the day as running text writes it, "22/3/2024".
func (d Date) Vietnamese() string {
	if d == "" {
		return "(không có ngày)"
	}
	return d.DayText() + "/" + d.MonthText() + "/" + d.Time().Format("2006")
}

func (p Period) vietnamese() string {
	switch {
	case p.ValidFrom == "" && p.ValidTo == "":
		return "không thời hạn"
	case p.ValidTo == "":
		return "từ " + p.ValidFrom.Vietnamese()
	case p.ValidFrom == "":
		return "đến " + p.ValidTo.Vietnamese()
	}
	return "từ " + p.ValidFrom.Vietnamese() + " đến " + p.ValidTo.Vietnamese()
}
