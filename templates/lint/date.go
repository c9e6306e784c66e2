package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// checkDate is R9: place and date on the line of the number, in italics.
func checkDate(d *lintDoc, f *finder) {
	z := d.zones
	if z.date == nil {
		if !z.attachedAlone() {
			f.breach(wholeText(), "Không có địa danh và thời gian ban hành", "", "địa danh, ngày … tháng … năm …")
		}
		return
	}
	at := z.date.para.spot()
	judgeDate(f, at, z.date.plain, d.about)
	if found, wrong := wrongSize(z.date.spans, 13, 14); wrong {
		f.breach(at, "Cỡ chữ của địa danh, thời gian không đúng", found, sizeRange(13, 14))
	}
	if !every(z.date.spans, isItalic) {
		f.breach(at, "Địa danh, thời gian không in nghiêng", weight(z.date.spans), "kiểu chữ nghiêng")
	}
	if !every(z.date.spans, isPlain) {
		f.breach(at, "Địa danh, thời gian in đậm", weight(z.date.spans), "kiểu chữ nghiêng, không đậm")
	}
	if z.number != nil && rowsApart(z.number.para, z.date.para) {
		f.breach(at, "Địa danh, thời gian không cùng dòng với số, ký hiệu", vntext.Clip(z.date.plain), "trên cùng một dòng với số, ký hiệu văn bản")
	}
}

// attachedAlone: a file that is only what another document carries has no
// number, date and recipients of its own.
func (z *lintZones) attachedAlone() bool { return z.number == nil && len(z.text.reference) > 0 }

// rowsApart says whether two paragraphs surely stand on different lines: in
// different rows of a table, or as different paragraphs on the page.
func rowsApart(a, b *lintPara) bool {
	switch {
	case a.box != 0 || b.box != 0:
		return false
	case a.table != nil && a.table == b.table:
		return a.cell.row != b.cell.row
	case a.table == nil && b.table == nil:
		return a != b
	}
	return false
}

// datePattern has the place, then day, month and year, each perhaps blank.
var datePattern = regexp.MustCompile(`^(.*?)(,?)\s*(ngày|Ngày)\s*([\d.…_\s]*?)\s*(?:tháng|Tháng)\s*([\d.…_\s]*?)\s*(?:năm|Năm)\s*([\d.…_\s]*?)\.?$`)

// judgeDate judges the words of the line, "Vũng Tàu, ngày 15 tháng 01 năm
// 2024"; what is still blank is for R20.
func judgeDate(f *finder, at spot, text string, about About) {
	const form = "Vũng Tàu, ngày 05 tháng 01 năm 2024"
	m := datePattern.FindStringSubmatch(text)
	if m == nil {
		f.breach(at, "Địa danh, thời gian không đúng dạng", vntext.Clip(text), form)
		return
	}
	place, comma, day, month, year := strings.TrimSpace(m[1]), m[2], m[4], m[5], m[6]
	switch {
	case place == "":
		f.breach(at, "Không có địa danh trước ngày", vntext.Clip(text), form)
	case comma == "":
		f.breach(at, "Sau địa danh không có dấu phẩy", vntext.Clip(text), form)
	case !capitalised(strings.Fields(place)[:1]):
		f.breach(at, "Địa danh không viết hoa chữ cái đầu", place, form)
	}
	if m[3] != "ngày" || strings.HasSuffix(text, ".") {
		f.breach(at, "Địa danh, thời gian không đúng dạng", vntext.Clip(text), form)
	}
	if about.Document != nil && about.Document.Issuer.Place != "" && place != "" && place != about.Document.Issuer.Place {
		f.breach(at, "Địa danh không đúng như trong dữ liệu cơ quan vào ngày văn bản", place, about.Document.Issuer.Place)
	}
	if !emptySlot.MatchString(day) && !validDay.MatchString(day) {
		f.breach(at, "Ngày viết không đúng", "ngày "+day, "hai chữ số, dưới 10 có số 0 đứng trước")
	}
	if !emptySlot.MatchString(month) && !validMonth.MatchString(month) {
		f.breach(at, "Tháng viết không đúng", "tháng "+month, "tháng 1 và tháng 2 có số 0 đứng trước, tháng khác thì không")
	}
	if !emptySlot.MatchString(year) && !validYear.MatchString(year) {
		f.breach(at, "Năm viết không đúng", "năm "+year, "bốn chữ số")
	}
	judgeDay(f, at, day, month, year, about)
}

var (
	validDay   = regexp.MustCompile(`^(0[1-9]|[12]\d|3[01])$`)
	validMonth = regexp.MustCompile(`^(01|02|[3-9]|1[0-2])$`)
	validYear  = regexp.MustCompile(`^\d{4}$`)
)

// judgeDay asks whether the day is one of the calendar, and one that the
// register allows.
func judgeDay(f *finder, at spot, day, month, year string, about About) {
	date, ok := dateOf(day, month, year)
	if !ok {
		if numeric(day) && numeric(month) && numeric(year) {
			f.breach(at, "Ngày không có trong lịch", fmt.Sprintf("%s/%s/%s", day, month, year), "một ngày có thật")
		}
		return
	}
	if about.Earliest != "" && date < about.Earliest {
		f.breach(at, "Ngày ban hành trước ngày của số liền trước", date.Vietnamese(), "từ ngày "+about.Earliest.Vietnamese()+" trở đi")
	}
	if about.Document != nil && about.Document.Date != "" && date != about.Document.Date {
		f.breach(at, "Ngày in trên văn bản khác ngày trong sổ đăng ký", date.Vietnamese(), about.Document.Date.Vietnamese())
	}
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// dateOf is the day that three numbers name, false when there is none.
func dateOf(day, month, year string) (record.Date, bool) {
	if !numeric(day) || !numeric(month) || !numeric(year) || len(day) > 2 || len(month) > 2 || len(year) != 4 {
		return "", false
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	n, _ := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), n, 0, 0, 0, 0, record.Office)
	if t.Year() != y || int(t.Month()) != m || t.Day() != n {
		return "", false
	}
	return record.Date(t.Format(time.DateOnly)), true
}
