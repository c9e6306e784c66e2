package lint

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
)

var (
	// reportBy is a day by which a report is due.
	reportBy = regexp.MustCompile(`(?i:trước|chậm nhất(?: là)?|đến)\s+(?i:ngày)\s+(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:/|\s+năm\s+)(\d{4})`)
	// periodCell is a table cell that names a month and nothing else, or a day.
	periodMonth = regexp.MustCompile(`^(?i:(?:hết |trong )?tháng)\s+(\d{1,2})\s*(?:/|năm\s*)\s*(\d{4})$`)
	periodDay   = regexp.MustCompile(`^(?i:(?:trước )?ngày\s+)?(\d{1,2})/(\d{1,2})/(\d{4})$`)
	// monthAhead is a line that a timetable begins with: "- Tháng 01/2024: ...".
	monthAhead = regexp.MustCompile(`^[-+*•]?\s*(?i:trong tháng|tháng)\s+(\d{1,2})\s*(?:/|năm\s*)\s*(\d{4})\s*:`)
)

// checkDeadlines is D12: a report that is due before the work ends, and work
// before the document's own day.
func checkDeadlines(d *lintDoc, f *finder) {
	var last record.Date
	var lastText string
	first := record.Date("9999-12-31")
	var firstAt spot
	var firstText string
	for _, p := range d.paras {
		from, to, text := period(p)
		if from == "" {
			continue
		}
		if to > last {
			last, lastText = to, text
		}
		if to < first {
			first, firstAt, firstText = to, p.spot(), text
		}
	}
	if day := earliestDay(d); day != "" && first < day {
		f.breach(firstAt, "Công việc kết thúc trước ngày ban hành văn bản", firstText, "từ ngày "+day.Vietnamese()+" trở đi")
	}
	due, dueAt := lastReport(d)
	if due != "" && last != "" && due < last && due[:4] == last[:4] {
		f.breach(dueAt, "Hạn báo cáo trước khi công việc kết thúc", "trước ngày "+due.Vietnamese(), fmt.Sprintf("sau %s, khi việc cuối cùng kết thúc", lastText))
	}
}

// lastReport is the latest day by which the text asks for a report.
func lastReport(d *lintDoc) (record.Date, spot) {
	var due record.Date
	var at spot
	for _, p := range d.paras {
		if p.table != nil || !strings.Contains(strings.ToLower(p.plain), "báo cáo") {
			continue
		}
		for _, m := range reportBy.FindAllStringSubmatch(p.plain, 50) {
			if day, ok := dateOf(pad(m[1]), m[2], m[3]); ok && day > due {
				due, at = day, p.spot()
			}
		}
	}
	return due, at
}

// period is the time that a table cell or a line of a timetable is about.
func period(p *lintPara) (from, to record.Date, text string) {
	if p.table != nil {
		if m := periodMonth.FindStringSubmatch(p.plain); m != nil {
			from, to = monthOf(m[1], m[2])
			return from, to, p.plain
		}
		if m := periodDay.FindStringSubmatch(p.plain); m != nil {
			day, _ := dateOf(m[1], m[2], m[3])
			return day, day, p.plain
		}
		return "", "", ""
	}
	if m := monthAhead.FindStringSubmatch(p.plain); m != nil {
		from, to = monthOf(m[1], m[2])
		return from, to, strings.TrimRight(m[0], ": ")
	}
	return "", "", ""
}

// monthOf is the first and the last day of a month.
func monthOf(month, year string) (from, to record.Date) {
	from, ok := dateOf("1", month, year)
	if !ok {
		return "", ""
	}
	return from, record.DateOf(from.Time().AddDate(0, 1, -1))
}

func pad(day string) string { return strings.Repeat("0", max(0, 2-len(day))) + day }

// earliestDay is the first day that the document may carry: its own, where it
// is known or printed, its month's first, or that of the number before it.
func earliestDay(d *lintDoc) record.Date {
	if d.about.Document != nil && d.about.Document.Date != "" {
		return d.about.Document.Date
	}
	if z := d.zones; z.date != nil {
		if m := datePattern.FindStringSubmatch(z.date.plain); m != nil {
			if day, ok := dateOf(m[4], m[5], m[6]); ok {
				return day
			}
			if from, _ := monthOf(m[5], m[6]); from != "" {
				return from
			}
		}
	}
	return d.about.Earliest
}
