package sheet

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/record"
)

// Table is a table as it is printed: who keeps it, what it is, its lines, and
// who signs below. Rows may be read from a store while they are written.
type Table struct {
	Superior string   // cơ quan chủ quản, upper case; "" prints none
	Agency   []string // lines of the agency's name, upper case (NĐ 30/2020, PL I, II.2)
	Title    string   // upper case: "SỔ ĐĂNG KÝ VĂN BẢN ĐI"
	Subtitle []string // lines under the title
	// Cover are the lines of a cover page under agency and title; none makes no
	// cover.
	Cover     []string
	Landscape bool
	Columns   []Column
	Numbered  bool // a line "(1)", "(2)"… under the columns' titles
	Rows      iter.Seq2[Row, error]
	// Foot are the lines below the table; it is asked when all rows are written,
	// so that it can say their sum. nil says nothing.
	Foot       func() []string
	Signatures []Signature // side by side at the end, the last one on the right
}

// Column is one column of a Table.
type Column struct {
	Title string
	Width float64 // mm; all are scaled to the width that the page leaves
	Align Align
}

// Align is where a column's texts stand.
type Align byte

const (
	Left Align = iota
	Center
	Right
)

// Row is one line of a table.
type Row struct {
	Group string // a heading over all columns; the row has no cells then
	Cells []Cell // one per column
	Bold  bool   // a line of sums
}

// Signature is a place for somebody to sign.
type Signature struct {
	Above string   // "Vũng Tàu, ngày … tháng … năm …"; "" for nothing
	Lines []string // "NGƯỜI LẬP SỔ", upper case
	Note  string   // "(Ký, ghi rõ họ tên)"
	Name  string   // of who signs; "" leaves it to the hand
}

// Cell is one value: a text, a whole number or a day.
type Cell struct {
	kind   kind
	text   string
	number int
	day    record.Date
}

type kind byte

const (
	isText kind = iota
	isNumber
	isDay
)

// Text is a cell of words; what is in it is never a formula.
func Text(s string) Cell { return Cell{text: clean(s)} }

// Number is a cell of a count.
func Number(n int) Cell { return Cell{kind: isNumber, number: n} }

// Day is a cell of a date, "" for an empty one.
func Day(d record.Date) Cell {
	if d == "" {
		return Cell{}
	}
	return Cell{kind: isDay, day: d}
}

// String is the cell as paper shows it, "05/3/2024" for a day.
func (c Cell) String() string {
	switch c.kind {
	case isNumber:
		return strconv.Itoa(c.number)
	case isDay:
		return c.day.Vietnamese()
	}
	return c.text
}

// Lines are rows that are there already.
func Lines(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (t *Table) foot() []string {
	if t.Foot == nil {
		return nil
	}
	return t.Foot()
}

// scaled are the widths of the columns where they have to fill a whole.
func (t *Table) scaled(whole float64) []float64 {
	sum, out := 0.0, make([]float64, len(t.Columns))
	for _, c := range t.Columns {
		sum += c.Width
	}
	for i, c := range t.Columns {
		out[i] = c.Width * whole / sum
	}
	return out
}

// agency is the name of who keeps the table on one line.
func (t *Table) agency() string { return strings.Join(t.Agency, " ") }

// full makes a row as wide as the table.
func (t *Table) full(r Row) []Cell {
	cells := slices.Clip(r.Cells)
	for len(cells) < len(t.Columns) {
		cells = append(cells, Cell{})
	}
	return cells[:len(t.Columns)]
}

// clean leaves out what no XML may hold: control characters, and bytes that are
// no letters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7F || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}
