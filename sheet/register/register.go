package register

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/sheet"
)

// Options say what register it is.
type Options struct {
	Year int
	// Agencies are the issuing body's abbreviations, "UBND": a symbol that begins
	// with one is a letter's. None tells letters by "V/v" alone.
	Agencies []string
	// Missing, when it is not "", is the reason for which numbers that the book
	// leaves out go in as void, with the day of the number before; "" makes each
	// gap a fault.
	Missing string
	Limits  sheet.Limits
}

// Parsed is a register without a fault.
type Parsed struct {
	Lines   []record.Imported // by number, 1..N
	Skipped []string          // names of sheets that are no register (hidden, or without its titles)
}

// maxFaults are as many as one answer says.
const maxFaults = 500

// Parse reads a register from a workbook or CSV. It takes every visible sheet
// that has the titles of a register. Types are those in force on each document's
// date; before the oldest list (05/3/2020) that list itself, whose abbreviations
// were in use before. The error is of sheet.Read, or Invalid register-invalid
// with all faults: Part is the sheet, Place row and column, Pointer
// "/rows/12/date".
func Parse(ctx context.Context, b []byte, o Options) (Parsed, error) {
	book, err := sheet.Read(ctx, b, o.Limits)
	if err != nil {
		return Parsed{}, err
	}
	p := &parser{options: o, book: book, agencies: map[string]bool{}, byDate: map[record.Date][]record.DocumentType{}}
	for _, a := range o.Agencies {
		p.agencies[fold(a)] = true
	}
	found := false
	for i := range book.Sheets {
		if err := ctx.Err(); err != nil {
			return Parsed{}, err
		}
		s := &book.Sheets[i]
		c, ok := findColumns(*s)
		if s.Hidden || !ok {
			if len(s.Rows) > 0 {
				p.skipped = append(p.skipped, s.Name)
			}
			continue
		}
		found = true
		p.sheet(s, c)
	}
	if !found {
		return Parsed{}, record.Faulty("register-invalid", "Bảng tính này không phải sổ đăng ký văn bản đi", []record.Fault{{Pointer: "/rows", Code: "columns-missing",
			Message: "Không trang tính nào có hàng tên cột: Số, ký hiệu; Ngày tháng; Tên loại và trích yếu; Người ký; Nơi nhận; Người nhận bản lưu; Số lượng bản; Ngày chuyển; Ký nhận; Ghi chú"}})
	}
	if p.err != nil {
		return Parsed{}, p.err
	}
	lines := p.inOrder()
	if p.more > 0 {
		p.faults = append(p.faults, record.Fault{Pointer: "/rows", Code: "more-faults", Message: fmt.Sprintf("Còn %d lỗi nữa chưa nêu", p.more)})
	}
	if err := record.Faulty("register-invalid", "Sổ đăng ký chưa nhập được", p.faults); err != nil {
		return Parsed{}, err
	}
	return Parsed{lines, p.skipped}, nil
}

type parser struct {
	options  Options
	book     *sheet.Book
	agencies map[string]bool
	byDate   map[record.Date][]record.DocumentType
	lines    []placed
	skipped  []string
	faults   []record.Fault
	more     int // faults beyond maxFaults
	err      error
}

// place is a row with where its columns are.
type place struct {
	sheet   *sheet.Sheet
	columns columns
	line    sheet.Line
}

type placed struct {
	record.Imported
	at place
}

func (a place) cell(f field) string {
	i, ok := a.columns.at[f]
	if !ok {
		return ""
	}
	return a.line.At(i)
}

func (p *parser) fault(at place, f field, code, message string) {
	if len(p.faults) >= maxFaults {
		p.more++
		return
	}
	x := record.Fault{Pointer: fmt.Sprintf("/rows/%d", at.line.Number), Code: code, Message: message, Part: at.sheet.Name, Place: fmt.Sprintf("hàng %d", at.line.Number)}
	if f != wholeRow {
		x.Pointer += "/" + string(f)
		if i, ok := at.columns.at[f]; ok {
			x.Place += ", cột " + sheet.ColumnName(i)
			x.Near = shortened(at.line.At(i))
		}
	}
	p.faults = append(p.faults, x)
}

func shortened(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (p *parser) sheet(s *sheet.Sheet, c columns) {
	head := place{s, c, s.Rows[c.first-1]}
	for _, r := range required {
		_, there := c.at[r.field]
		if _, apart := c.at[number]; !there && !(r.field == symbol && apart) {
			p.fault(head, wholeRow, "column-missing", "Thiếu cột “"+r.name+"”")
		}
	}
	for f, i := range c.twice {
		p.fault(head, wholeRow, "column-twice", fmt.Sprintf("Hai cột %s và %s cùng một nội dung (%s)", sheet.ColumnName(c.at[f]), sheet.ColumnName(i), f))
	}
	for _, l := range s.Rows[c.first:] {
		if c.isLine(l) {
			p.line(s, c, l)
		}
	}
}

// isLine leaves out rows that are no lines: the heading of a month, or the words
// and names below the last number.
func (c columns) isLine(l sheet.Line) bool {
	at, filled := place{columns: c, line: l}, 0
	for _, f := range []field{number, symbol, date, subject, signatory, recipients, note} {
		if at.cell(f) != "" {
			filled++
		}
	}
	digit := func(f field) bool {
		text := prefix.ReplaceAllString(at.cell(f), "")
		return text != "" && text[0] >= '0' && text[0] <= '9'
	}
	return filled > 2 || digit(number) || digit(symbol)
}

// types are those in force on a day.
func (p *parser) types(d record.Date) ([]record.DocumentType, error) {
	const oldest record.Date = "2020-03-05" // of NĐ 30/2020
	d = max(d, oldest)
	if known, ok := p.byDate[d]; ok {
		return known, nil
	}
	all, err := record.TypesOn(d)
	p.byDate[d] = all
	return all, err
}

// inOrder are the lines by number: each once, none left out, none earlier than
// the one before (NĐ 30/2020, Điều 15.1).
func (p *parser) inOrder() []record.Imported {
	slices.SortStableFunc(p.lines, func(a, b placed) int { return cmp.Compare(a.Number, b.Number) })
	var out []record.Imported
	var last *placed
	var latest *placed // with a date
	for i := range p.lines {
		x := &p.lines[i]
		if x.Number == 0 { // unreadable, said already
			continue
		}
		before := 0
		if last != nil {
			before = last.Number
		}
		if x.Number == before {
			p.fault(x.at, p.numberField(x.at), "number-twice", fmt.Sprintf("Số %d đã có ở %s", x.Number, where(last.at, x.at)))
			continue
		}
		if gap := x.Number - before - 1; gap > 0 {
			out = p.gap(out, before+1, x.Number-1, x)
		}
		if latest != nil && x.Date != "" && x.Date < latest.Date {
			p.fault(x.at, date, "date-backwards", fmt.Sprintf("Ngày %s sớm hơn ngày %s của số %d trước đó", x.Date.Vietnamese(), latest.Date.Vietnamese(), latest.Number))
		}
		if x.Date != "" {
			latest = x
		}
		out, last = append(out, x.Imported), x
	}
	if last == nil && len(p.faults) == 0 {
		p.faults = append(p.faults, record.Fault{Pointer: "/rows", Code: "empty", Message: "Sổ không có dòng nào"})
	}
	return dated(out)
}

// gap is what the book says nothing of.
func (p *parser) gap(out []record.Imported, from, to int, next *placed) []record.Imported {
	if p.options.Missing == "" || len(out)+to-from > maxNumber {
		which := fmt.Sprintf("Thiếu số %d", from)
		if to > from {
			which = fmt.Sprintf("Thiếu các số từ %d đến %d", from, to)
		}
		p.fault(next.at, p.numberField(next.at), "number-missing", which+fmt.Sprintf(" trước số %d", next.Number))
		return out
	}
	for n := from; n <= to; n++ {
		out = append(out, record.Imported{Number: n, Void: true, Note: p.options.Missing})
	}
	return out
}

func (p *parser) numberField(at place) field {
	if at.cell(symbol) == "" {
		return number
	}
	return symbol
}

// dated gives void numbers without a day that of the number before, the first
// ones that of the first which has one.
func dated(lines []record.Imported) []record.Imported {
	var last record.Date
	for _, x := range lines {
		if last = x.Date; last != "" {
			break
		}
	}
	for i := range lines {
		if lines[i].Date == "" {
			lines[i].Date = last
		}
		last = lines[i].Date
	}
	return lines
}

// where names a row for one who looks at another.
func where(a, from place) string {
	if a.sheet == from.sheet || a.sheet.Name == "" {
		return fmt.Sprintf("hàng %d", a.line.Number)
	}
	return fmt.Sprintf("trang tính “%s”, hàng %d", a.sheet.Name, a.line.Number)
}

// FaultTable is the faults of Parse as a table to be handed back to who keeps
// the register.
func FaultTable(faults []record.Fault) *sheet.Table {
	var rows []sheet.Row
	for _, f := range faults {
		rows = append(rows, sheet.Row{Cells: []sheet.Cell{sheet.Text(f.Part), sheet.Text(f.Place), sheet.Text(f.Near), sheet.Text(f.Message), sheet.Text(f.Code)}})
	}
	return &sheet.Table{Title: "LỖI CỦA SỔ ĐĂNG KÝ CẦN NHẬP", Subtitle: []string{strings.TrimSpace(fmt.Sprintf("%d lỗi", len(faults)))}, Rows: sheet.Lines(rows...),
		Columns: []sheet.Column{{Title: "Trang tính", Width: 25}, {Title: "Chỗ", Width: 25}, {Title: "Nội dung", Width: 35}, {Title: "Lỗi", Width: 60}, {Title: "Mã", Width: 25}}}
}
