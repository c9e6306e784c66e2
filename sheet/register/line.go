package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/sheet"
)

// line reads one row; what is wrong goes to the faults.
func (p *parser) line(s *sheet.Sheet, c columns, l sheet.Line) {
	at := place{s, c, l}
	x := record.Imported{Row: l.Number}
	x.Note, x.Receipt, x.Signatory = p.text(at, note, 500), p.text(at, receipt, 200), p.text(at, signatory, 100)
	x.Subject = p.text(at, subject, 500)
	x.Void = isVoid(x.Note) || x.Note == "" && isVoid(x.Subject)
	if x.Void && x.Note == "" {
		x.Note, x.Subject = x.Subject, ""
	}
	x.Recipients = p.recipients(at)
	x.Unit = unitOf(p.text(at, unit, 200))
	x.Copies = p.count(at, copies)
	p.symbol(at, &x)
	x.Date, x.HandedOver = p.day(at, date), p.day(at, handedOver)
	if x.Date != "" && x.Date.Year() != p.options.Year {
		p.fault(at, date, "date-year", fmt.Sprintf("Ngày %s không thuộc năm %d của sổ", x.Date.Vietnamese(), p.options.Year))
	}
	if x.HandedOver != "" && x.HandedOver < x.Date {
		p.fault(at, handedOver, "date-backwards", fmt.Sprintf("Ngày chuyển %s sớm hơn ngày văn bản %s", x.HandedOver.Vietnamese(), x.Date.Vietnamese()))
	}
	if !x.Void {
		for _, r := range []struct {
			field   field
			missing bool
			what    string
		}{{date, at.cell(date) == "", "ngày tháng văn bản"}, {subject, x.Subject == "", "trích yếu"}, {signatory, x.Signatory == "", "người ký"}, {recipients, len(x.Recipients) == 0, "nơi nhận"}} {
			if _, there := c.at[r.field]; r.missing && there { // else the column is missing, said once
				p.fault(at, r.field, "required", "Thiếu "+r.what)
			}
		}
		p.kind(at, &x)
	}
	p.lines = append(p.lines, placed{x, at})
}

func (p *parser) text(at place, f field, most int) string {
	s := strings.Join(strings.Fields(at.cell(f)), " ")
	if n := utf8.RuneCountInString(s); n > most {
		p.fault(at, f, "too-long", fmt.Sprintf("Dài %d ký tự, nhiều nhất %d", n, most))
	}
	return s
}

func (p *parser) day(at place, f field) record.Date {
	text := at.cell(f)
	if text == "" {
		return ""
	}
	d, ok := p.book.DayOf(text, p.options.Year)
	if !ok {
		p.fault(at, f, "date-invalid", "Không đọc được ngày; viết ngày/tháng/năm, ví dụ 05/3/2024")
	}
	return d
}

const maxCopies = 100_000

func (p *parser) count(at place, f field) int {
	text := strings.TrimSpace(strings.TrimSuffix(strings.ToLower(at.cell(f)), "bản"))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxCopies {
		p.fault(at, f, "number-invalid", "Số lượng bản phải là một số nguyên")
		return 0
	}
	return n
}

// Three ways to write number and symbol (REGULATION 1.5): "46/KH-UBND", with a
// year of a normative document "17/2021/QĐ-UBND", of the Party "08-CTr/TU".
var (
	numbered = regexp.MustCompile(`^(\d{1,6})/(.+)$`)
	ofParty  = regexp.MustCompile(`^(\d{1,6})-([^/]+/.+)$`)
	onlyNumb = regexp.MustCompile(`^\d{1,6}$`)
	inserted = regexp.MustCompile(`^\d+\s*\pL`)
	prefix   = regexp.MustCompile(`(?i)^số\s*:?\s*`)
	aYear    = regexp.MustCompile(`^\d{4}/`)
)

const maxNumber = 99_999

// symbol finds number and symbol, which may be in one column or in two.
func (p *parser) symbol(at place, x *record.Imported) {
	text := prefix.ReplaceAllString(at.cell(symbol), "")
	text = strings.NewReplacer(" ", "", "\n", "", "\t", "", "–", "-", "—", "-", "‑", "-", "Ð", "Đ", "ð", "đ").Replace(text)
	apart, there := at.cell(number), false
	where := symbol
	if _, has := at.columns.at[symbol]; !has {
		where = number
	}
	n := 0
	if apart != "" {
		v, err := strconv.Atoi(strings.TrimSpace(prefix.ReplaceAllString(apart, "")))
		switch {
		case err == nil && v > 0 && v <= maxNumber:
			n, there = v, true
		case text == "" && numbered.MatchString(strings.ReplaceAll(apart, " ", "")): // the whole symbol stands there
			text = strings.ReplaceAll(apart, " ", "")
		default:
			p.fault(at, number, "number-invalid", unreadable(apart))
			return
		}
	}
	rest := strings.TrimPrefix(text, "/")
	join := "/"
	m := numbered.FindStringSubmatch(text)
	if party := ofParty.FindStringSubmatch(text); m == nil && party != nil {
		m, join = party, "-"
	}
	switch {
	case m != nil:
		v, _ := strconv.Atoi(m[1]) // digits alone, few enough
		if there && v != n {
			p.fault(at, symbol, "number-symbol", fmt.Sprintf("Số trong ký hiệu là %d, ở cột số là %d", v, n))
			return
		}
		n, rest = v, m[2]
	case !there && onlyNumb.MatchString(text) && x.Void:
		n, _ = strconv.Atoi(text)
		rest = ""
	case !there:
		p.fault(at, where, "number-invalid", unreadable(text))
		return
	}
	switch {
	case n < 1 || n > maxNumber:
		p.fault(at, where, "number-invalid", fmt.Sprintf("Số phải từ 1 đến %d", maxNumber))
		return
	case rest == "" && !x.Void:
		p.fault(at, where, "symbol-missing", "Thiếu ký hiệu sau số")
	case utf8.RuneCountInString(rest) > 30: // PL VI, II.I.5
		p.fault(at, where, "too-long", "Ký hiệu dài hơn 30 ký tự")
	}
	x.Number = n
	if rest != "" {
		x.Symbol = record.NumberText(n) + join + rest
	}
}

func unreadable(text string) string {
	switch {
	case text == "":
		return "Thiếu số, ký hiệu văn bản"
	case inserted.MatchString(text):
		return "Số có chữ đi kèm (số chèn) không vào sổ được: sổ chỉ có các số 1, 2, 3…"
	}
	return "Không đọc được số, ký hiệu; viết như 46/KH-UBND"
}

// kind is the type of a document by its symbol and by what its row says.
func (p *parser) kind(at place, x *record.Imported) {
	if x.Number == 0 || x.Symbol == "" {
		return
	}
	types, err := p.types(x.Date)
	if err != nil {
		p.err = err
		return
	}
	rest := aYear.ReplaceAllString(strings.TrimLeft(strings.TrimLeft(x.Symbol, "0123456789"), "/-"), "")
	group := rest
	if i := strings.IndexAny(rest, "-/"); i >= 0 {
		group = rest[:i]
	}
	bySymbol, hasSymbol := find(types, func(t record.DocumentType) bool {
		return t.Abbreviation != "" && strings.EqualFold(t.Abbreviation, group)
	})
	byColumn, hasColumn := find(types, func(t record.DocumentType) bool { return named(at.cell(typeName), t) })
	byText, after, hasText := leading(types, x.Subject)
	switch {
	case at.cell(typeName) != "" && !hasColumn:
		p.fault(at, typeName, "type-unknown", "Không có loại văn bản này vào ngày "+x.Date.Vietnamese())
		return
	case hasSymbol && hasColumn && bySymbol.Code != byColumn.Code:
		p.fault(at, typeName, "type-symbol", fmt.Sprintf("Ký hiệu là của %s, cột tên loại ghi %s", bySymbol.Name, byColumn.Name))
		return
	}
	t, ok := bySymbol, hasSymbol
	if !ok {
		t, ok = byColumn, hasColumn
	}
	letter := p.agencies[fold(group)] || len(p.agencies) == 0 && aboutLetter.MatchString(fold(x.Subject))
	if !ok && hasText && (byText.Abbreviation == "" || !letter) {
		t, ok = byText, true
	}
	if !ok && letter {
		t, ok = find(types, func(t record.DocumentType) bool { return t.Code == letterCode })
	}
	if !ok {
		p.fault(at, symbol, "type-unknown", fmt.Sprintf("Không rõ loại văn bản: %q không phải chữ viết tắt của loại nào vào ngày %s, cũng không phải của cơ quan", group, x.Date.Vietnamese()))
		return
	}
	x.Type, x.TypeName = t.Code, t.Name
	if hasText && byText.Code == t.Code && after != "" {
		x.Subject = after
	}
}

// letterCode is the type that has no abbreviation in its symbol but the agency's
// (PL III.I); aboutLetter is how its subject begins.
const letterCode = "CV"

var aboutLetter = regexp.MustCompile(`^(v v|ve viec)\b`)

func find(types []record.DocumentType, fits func(record.DocumentType) bool) (record.DocumentType, bool) {
	for _, t := range types {
		if fits(t) {
			return t, true
		}
	}
	return record.DocumentType{}, false
}

func named(text string, t record.DocumentType) bool {
	f := fold(text)
	return f != "" && (f == fold(t.Name) || f == fold(t.Code))
}

// leading is the type whose name a text begins with, and the text after it.
func leading(types []record.DocumentType, text string) (t record.DocumentType, rest string, ok bool) {
	words := strings.Fields(text)
	for _, candidate := range types {
		n := len(strings.Fields(candidate.Name))
		if len(words) >= n && fold(strings.Join(words[:n], " ")) == fold(candidate.Name) && len(candidate.Name) > len(t.Name) {
			t, rest, ok = candidate, strings.TrimLeft(strings.Join(words[n:], " "), ":-– "), true
		}
	}
	return t, rest, ok
}

const maxName = 300 // letters of a recipient, as in the envelope's schema

// recipients are parted by semicolons or lines; a comma may be within a name.
func (p *parser) recipients(at place) (out []record.Recipient) {
	for name := range strings.FieldsFuncSeq(at.cell(recipients), func(r rune) bool { return r == ';' || r == '\n' }) {
		name = strings.TrimRight(strings.TrimLeft(strings.TrimSpace(name), "-–+ "), ". ")
		if utf8.RuneCountInString(name) > maxName {
			p.fault(at, recipients, "too-long", fmt.Sprintf("Một nơi nhận dài hơn %d ký tự; các nơi nhận cách nhau bằng dấu chấm phẩy", maxName))
		}
		if name != "" {
			out = append(out, record.Recipient{Name: name})
		}
	}
	return out
}

var onlyOffice = regexp.MustCompile(`(?i)^(lưu\s*:?\s*)?(vt|văn thư)\b[\s,;.]*`)

// unitOf is who keeps a copy beside the records office: "VHTT" of "Lưu: VT, VHTT".
func unitOf(text string) string {
	return strings.Trim(onlyOffice.ReplaceAllString(text, ""), " .,;")
}

var voided = regexp.MustCompile(`^((da|so|so da) )?(huy|bo)( bo)?( so)?( nay)?($| (do|vi) )|^(so )?khong (su dung|dung|ban hanh|phat hanh)|^so trong`)

// isVoid says whether a note tells that the number was used for nothing; "Hủy bỏ
// Quyết định số 12" does not.
func isVoid(text string) bool {
	if i := strings.IndexAny(text, ":;,.("); i > 0 { // "Hủy số: in sai"
		text = text[:i]
	}
	return voided.MatchString(fold(text))
}
