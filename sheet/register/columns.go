package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vanthu/sheet"
)

// field is one thing that a column may hold.
type field string

const (
	number     field = "number"
	symbol     field = "symbol"
	date       field = "date"
	typeName   field = "type"
	subject    field = "subject"
	signatory  field = "signatory"
	recipients field = "recipients"
	unit       field = "unit"
	copies     field = "copies"
	handedOver field = "handed_over"
	receipt    field = "receipt"
	note       field = "note"
	wholeRow   field = "" // a fault of the row, of no column alone
)

// titles says by which words a folded title is which field: the first line that
// fits is it. "Số", "Ngày", "Loại" alone are so short that they must be all.
var titles = []struct {
	field field
	words *regexp.Regexp
}{
	{receipt, regexp.MustCompile(`ky nhan|nguoi nhan ky`)},
	{handedOver, regexp.MustCompile(`ngay (thang )?(nam )?(chuyen|gui|giao)`)},
	{copies, regexp.MustCompile(`so luong|so ban\b|\bsl\b`)},
	{unit, regexp.MustCompile(`\bluu\b|don vi (soan|chu tri)`)},
	{signatory, regexp.MustCompile(`nguoi ky|ky boi`)},
	{subject, regexp.MustCompile(`trich yeu|noi dung`)},
	{symbol, regexp.MustCompile(`ky hieu|so hieu|\bso kh\b`)},
	{recipients, regexp.MustCompile(`noi nhan|noi gui|don vi nhan|co quan nhan`)},
	{date, regexp.MustCompile(`^ngay$|ngay.*(thang|van ban|vb|ban hanh|ky)|^ngay phat hanh`)},
	{typeName, regexp.MustCompile(`ten loai|^loai|the loai`)},
	{note, regexp.MustCompile(`ghi chu`)},
	{number, regexp.MustCompile(`^so( (van ban|vb|di|dang ky|vb di|van ban di))?$`)},
}

// required are the columns without which nobody can tell what was issued.
var required = []struct {
	field field
	name  string
}{{symbol, "Số, ký hiệu văn bản"}, {date, "Ngày tháng văn bản"}, {subject, "Tên loại và trích yếu"}, {signatory, "Người ký"}, {recipients, "Nơi nhận"}}

// fold is a text without accents, case and signs: "Số, ký hiệu" is "so ky hieu".
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ' || r == 'ð' || r == 'Ð':
			return 'd'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// columns are where a sheet has what.
type columns struct {
	at    map[field]int
	twice map[field]int // a further column of the same title
	first int           // index in Rows of the first line
}

func columnsOf(l sheet.Line) columns {
	c := columns{at: map[field]int{}, twice: map[field]int{}}
	for i, title := range l.Cells {
		folded := fold(title)
		if folded == "" || len(folded) > 100 {
			continue
		}
		for _, t := range titles {
			if !t.words.MatchString(folded) {
				continue
			}
			if _, there := c.at[t.field]; there {
				c.twice[t.field] = i
			} else {
				c.at[t.field] = i
			}
			break
		}
	}
	return c
}

// enough says whether a line is one of titles.
func (c columns) enough() bool {
	_, byNumber := c.at[number]
	_, bySymbol := c.at[symbol]
	_, byDate := c.at[date]
	_, bySubject := c.at[subject]
	return (byNumber || bySymbol) && byDate && bySubject
}

// headRows are how many rows of a sheet may come before the titles' end.
const headRows = 40

// findColumns finds the titles of a sheet: in one row, or in two where some are
// grouped under another ("Văn bản" over "Số" and "Ngày").
func findColumns(s sheet.Sheet) (columns, bool) {
	for i, l := range s.Rows[:min(len(s.Rows), headRows)] {
		c := columnsOf(l)
		if len(c.at) == 0 {
			continue
		}
		c.first = i + 1
		if c.first < len(s.Rows) {
			c = c.with(columnsOf(s.Rows[i+1]), s.Rows[i+1])
		}
		if !c.enough() {
			continue
		}
		if c.first < len(s.Rows) && counted(s.Rows[c.first]) {
			c.first++
		}
		return c, true
	}
	return columns{}, false
}

// with takes in a second row of titles, if that is what the row is: nothing in
// it but titles.
func (c columns) with(more columns, l sheet.Line) columns {
	filled := 0
	for _, text := range l.Cells {
		if text != "" {
			filled++
		}
	}
	if filled == 0 || len(more.at)+len(more.twice) != filled {
		return c
	}
	for f, i := range more.at {
		if _, there := c.at[f]; !there {
			c.at[f] = i
		}
	}
	c.first++
	return c
}

var columnNumber = regexp.MustCompile(`^\(?\d{1,2}\)?$`)

// counted says whether a row is the columns' numbers, "(1)", "(2)"…
func counted(l sheet.Line) bool {
	filled := slices.DeleteFunc(slices.Clone(l.Cells), func(s string) bool { return s == "" })
	return len(filled) >= 4 && !slices.ContainsFunc(filled, func(s string) bool { return !columnNumber.MatchString(s) }) && filled[0] != filled[1]
}
