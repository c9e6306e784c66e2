package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"vanthu/record"
)

// epoch is day 0 of a spreadsheet: what ECMA-376 part 1, 18.17.4.1 calls 1900
// with its 29 February of that year, so right from March 1900 on.
var epoch = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

const (
	days1904   = 1462       // by which a workbook that counts from 1904 lags
	firstDay   = 16438      // 1945-01-01, the first that record.Date knows
	lastSerial = 401768 - 1 // 2999-12-31
)

// serial is a day as spreadsheets count it.
func serial(d record.Date) int {
	t := d.Time()
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Sub(epoch) / (24 * time.Hour))
}

// DayOf reads a day as people write it in a register: a spreadsheet's count
// ("45356", and from 1904 where the book says so), "05/3/2024", "5-3-2024",
// "05.03.2024", "ngày 05 tháng 3 năm 2024", "2024-03-05", always the day before
// the month; and "05/3" in the year given, 0 for none.
func (b *Book) DayOf(text string, year int) (record.Date, bool) {
	s := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if !(n < lastSerial) { // NaN too
			return "", false
		}
		days := int(math.Floor(n))
		if b.From1904 {
			days += days1904
		}
		if days < firstDay {
			return "", false
		}
		return record.Date(epoch.AddDate(0, 0, days).Format(time.DateOnly)), true
	}
	if t, err := time.Parse("2006-01-02T15:04:05", strings.ToUpper(s)); err == nil { // ISO 8601, also of a cell of that type
		s = t.Format(time.DateOnly)
	}
	s, _ = strings.CutSuffix(s, " 00:00:00")
	s = strings.NewReplacer("ngày", "", "tháng", "/", "năm", "/", " ", "", "-", "/", ".", "/").Replace(s)
	parts := strings.Split(strings.Trim(s, "/"), "/")
	if len(parts) == 2 && year > 0 {
		parts = append(parts, strconv.Itoa(year))
	}
	if len(parts) != 3 {
		return "", false
	}
	if len(parts[0]) == 4 { // year first
		parts[0], parts[2] = parts[2], parts[0]
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 16)
		if err != nil || len(p) > 4 || i < 2 && len(p) > 2 {
			return "", false
		}
		n[i] = int(v)
	}
	if n[2] < 100 && len(parts[2]) == 2 {
		n[2] += 2000
	}
	d, err := record.ParseDate(time.Date(n[2], time.Month(n[1]), n[0], 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	if err != nil || d.Time().Day() != n[0] || int(d.Time().Month()) != n[1] {
		return "", false
	}
	return d, true
}
