package filter

import (
	"strconv"
	"time"

	"vanthu/record"
)

// ofDate reads a day of the calendar. Unlike the date of a document, a date in
// its text may lie before the office's time: 1930-02-03.
func ofDate(write func(record.Date) string) func(string) (string, error) {
	return func(text string) (string, error) {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1000 {
			return "", record.E(record.Invalid, "not-a-date",
				quote(text)+" không phải là một ngày có trong lịch, viết dạng năm-tháng-ngày, ví dụ 2024-03-05")
		}
		return write(record.Date(text)), nil
	}
}

// shortDate is the date in running text: 05/3/2020.
func shortDate(d record.Date) string { return d.Vietnamese() }

// longDate is the date in full (NĐ 30/2020, PL I, II.4); the record's own
// texts for day and month know when a zero stands before them.
func longDate(d record.Date) string { return "ngày " + d.DayText() + " " + monthOfYear(d) }

func monthOfYear(d record.Date) string {
	return "tháng " + d.MonthText() + " năm " + strconv.Itoa(d.Year())
}
