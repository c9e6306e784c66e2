package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// mark is what makes Excel read a CSV as UTF-8.
const mark = "\uFEFF"

// WriteCSV writes titles and rows (not heads, foot and signatures) by RFC 4180,
// in UTF-8 with its mark so that Excel shows Vietnamese. Days are "yyyy-mm-dd",
// which every program reads the same way. A text that a spreadsheet would take
// for a formula gets an apostrophe before it; Read takes it away. The error is
// that of w or of the rows.
func (t *Table) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	line := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		line[i] = guarded(column.Title)
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for r, err := range t.Rows {
		if err != nil {
			return err
		}
		clear(line)
		if r.Group != "" {
			line[0] = guarded(clean(r.Group))
		} else {
			for i, cell := range t.full(r) {
				switch cell.kind {
				case isDay:
					line[i] = string(cell.day)
				case isText:
					line[i] = guarded(cell.text)
				default:
					line[i] = cell.String()
				}
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// formulas are the beginnings that spreadsheets take for one.
const formulas = "=+-@\t\r\uFF1D\uFF0B\uFF0D\uFF20"

// guarded is a text that stays one in a spreadsheet; unguarded is its inverse.
func guarded(s string) string {
	if s != "" && (strings.ContainsAny(first(s), formulas) || s[0] == '\'' && len(s) > 1 && strings.ContainsAny(first(s[1:]), formulas)) {
		return "'" + s
	}
	return s
}

func unguarded(s string) string {
	rest, ok := strings.CutPrefix(s, "'")
	if ok && guarded(rest) != rest {
		return rest
	}
	return s
}

// first is the first letter of s.
func first(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
