package sheet

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Limits bound what is read of a spreadsheet from outside; zero values take the
// defaults. What goes beyond one is refused whole, nothing is cut off.
type Limits struct {
	Bytes    int // of the file; default 16 MiB
	Inflated int // bytes of all parts of a workbook together; default 128 MiB
	Sheets   int // default 50
	Rows     int // of all sheets together; default 50,000
	Columns  int // of a row; default 100
	Cells    int // that hold anything; default 1,000,000
	Text     int // bytes of one cell; default 128 KiB: 32,767 letters, as Excel
}

func (l Limits) withDefaults() Limits {
	for _, v := range []struct {
		at    *int
		usual int
	}{{&l.Bytes, 16 << 20}, {&l.Inflated, 128 << 20}, {&l.Sheets, 50}, {&l.Rows, 50_000}, {&l.Columns, 100}, {&l.Cells, 1_000_000}, {&l.Text, 128 << 10}} {
		if *v.at <= 0 {
			*v.at = v.usual
		}
	}
	return l
}

// Book is a spreadsheet as texts.
type Book struct {
	Sheets []Sheet
	// From1904 says that days are counted from 1904 (old Macintosh workbooks).
	From1904 bool
}

// Sheet is one sheet: its rows in order, without those that are empty.
type Sheet struct {
	Name   string // "" for a CSV
	Hidden bool
	Rows   []Line
}

// Line is one row that holds anything: Cells[i] is of column i, in NFC, without
// spaces around. A number is as the file has it ("45356", "12"), a formula is
// its last value, a truth "1" or "0", an error its name ("#REF!").
type Line struct {
	Number int // from 1, as the spreadsheet shows it
	Cells  []string
}

// At is the cell of a column counted from 0, "" where there is none.
func (l Line) At(column int) string {
	if column < 0 || column >= len(l.Cells) {
		return ""
	}
	return l.Cells[column]
}

// ColumnName is a column's letters, "A" for 0.
func ColumnName(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// Read reads a workbook (.xlsx) or a CSV: separated by comma, semicolon or tab,
// in UTF-8 or UTF-16 with a mark. All content is hostile until it is read: no
// part outside the file is looked for, nothing is written to disk, memory is
// bounded by l. Errors are Invalid: spreadsheet-unknown, spreadsheet-damaged,
// spreadsheet-too-large; or ctx's.
func Read(ctx context.Context, b []byte, l Limits) (*Book, error) {
	l = l.withDefaults()
	if len(b) > l.Bytes {
		return nil, tooLarge(fmt.Sprintf("tệp lớn hơn %d MB", l.Bytes>>20))
	}
	r := &reading{ctx: ctx, limits: l, book: &Book{}}
	var err error
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		err = r.workbook(b)
	case bytes.HasPrefix(b, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, record.E(record.Invalid, "spreadsheet-unknown", "Tệp là bảng tính .xls cũ hoặc đặt mật khẩu; hãy lưu lại dạng .xlsx không mật khẩu")
	default:
		err = r.csv(b)
	}
	if err != nil {
		return nil, err
	}
	return r.book, nil
}

// reading is one file on its way in.
type reading struct {
	ctx         context.Context
	limits      Limits
	book        *Book
	rows, cells int
}

// row takes the next row of the newest sheet. Numbers must grow.
func (r *reading) row(number int, cells []string) error {
	if number%64 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	for i, c := range cells {
		if len(c) > r.limits.Text {
			return tooLarge(fmt.Sprintf("ô %s%d dài hơn %d KB", ColumnName(i), number, r.limits.Text>>10))
		}
		if c != "" {
			r.cells++
			cells[i] = strings.TrimSpace(norm.NFC.String(clean(strings.ReplaceAll(strings.ReplaceAll(c, "\r\n", "\n"), "\u00A0", " "))))
		}
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	r.rows++
	switch {
	case r.rows > r.limits.Rows:
		return tooLarge(fmt.Sprintf("nhiều hơn %d hàng", r.limits.Rows))
	case r.cells > r.limits.Cells:
		return tooLarge(fmt.Sprintf("nhiều hơn %d ô", r.limits.Cells))
	}
	s := &r.book.Sheets[len(r.book.Sheets)-1]
	s.Rows = append(s.Rows, Line{Number: number, Cells: slices.Clone(cells)})
	return nil
}

func (r *reading) csv(b []byte) error {
	text, err := decoded(b)
	if err != nil {
		return err
	}
	r.book.Sheets = []Sheet{{}}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = separator(text), -1, true
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(err)
		}
		if len(cells) > r.limits.Columns {
			return tooLarge(fmt.Sprintf("nhiều hơn %d cột", r.limits.Columns))
		}
		for i := range cells {
			cells[i] = unguarded(cells[i])
		}
		line, _ := c.FieldPos(0)
		if err := r.row(line, cells); err != nil {
			return err
		}
	}
}

// decoded is the text of a CSV. What has no mark must be UTF-8: old Vietnamese
// code pages look like each other, and a wrong guess would go into a register.
func decoded(b []byte) (string, error) {
	for _, m := range []struct {
		mark  string
		order binary.ByteOrder
	}{{"\xFF\xFE", binary.LittleEndian}, {"\xFE\xFF", binary.BigEndian}} {
		if rest, ok := bytes.CutPrefix(b, []byte(m.mark)); ok && len(rest)%2 == 0 {
			units := make([]uint16, len(rest)/2)
			for i := range units {
				units[i] = m.order.Uint16(rest[2*i:])
			}
			return string(utf16.Decode(units)), nil
		}
	}
	b = bytes.TrimPrefix(b, []byte(mark))
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", record.E(record.Invalid, "spreadsheet-unknown", "Tệp không phải bảng tính .xlsx, cũng không phải CSV mã UTF-8; trong Excel hãy lưu dạng “CSV UTF-8” hoặc .xlsx")
	}
	return string(b), nil
}

// sniffed is how much of a CSV tells what parts its cells.
const sniffed = 16 << 10

// separator is the most frequent of the three outside of quotes; Excel writes a
// semicolon where the comma is for decimals, as in Vietnam.
func separator(text string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range text[:min(len(text), sniffed)] {
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func damaged(err error) error {
	return record.Because(err, record.Invalid, "spreadsheet-damaged", "Không đọc được bảng tính: tệp bị hỏng")
}

func tooLarge(what string) error {
	return record.E(record.Invalid, "spreadsheet-too-large", "Bảng tính quá lớn: "+what)
}
