package templates

import (
	"fmt"
	"strconv"
	"strings"

	"vanthu/record"
	"vanthu/templates/markdown"
)

// A table in the data is a group named "table" with "columns" and either "rows"
// or "groups" of rows, each row a list of cells. Its columns are the writer's to
// choose, so a form cannot hold them: it prints the whole table with {~~table}.
const (
	gridName = "table"
	gridCols = "columns"
)

// grids makes every table in v a text that {~~x} prints, and tells those that
// are none.
func grids(v *value) []record.Fault {
	var faults []record.Fault
	for _, item := range v.list() {
		faults = append(faults, grids(item)...)
	}
	if v == nil || v.kind != groupValue {
		return faults
	}
	for name, x := range v.fields {
		if name != gridName || !isGrid(x) {
			faults = append(faults, grids(x)...)
			continue
		}
		made, wrong := grid(x)
		v.fields[name] = made
		faults = append(faults, wrong...)
	}
	return faults
}

func isGrid(v *value) bool {
	if v.field(gridCols).list() == nil {
		return false
	}
	rows := v.field("rows").list()
	for _, g := range v.field("groups").list() {
		rows = append(rows[:len(rows):len(rows)], g.field("rows").list()...)
	}
	for _, r := range rows {
		if r.kind != listValue {
			return false
		}
	}
	return len(rows) > 0
}

// gridFaults is what is wrong with the tables in an input's content.
func gridFaults(content any) []record.Fault {
	v, err := valueOf(content, "/content", 0)
	if err != nil {
		return nil // too deep: said where it is filled
	}
	return grids(v)
}

// gridShapes says of shapes what grids does to values.
func gridShapes(s *shape, seen map[*shape]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	gridShapes(s.item, seen)
	for name, x := range s.fields {
		rows, columns := x.within("rows"), x.within(gridCols)
		if name == gridName && columns != nil && rows != nil && rows.kind == listValue {
			s.fields[name] = &shape{kind: textValue}
			continue
		}
		gridShapes(x, seen)
	}
}

// grid reads one table: a header, the rows, each group of them under a row of
// its own that is merged over all columns.
func grid(v *value) (*value, []record.Fault) {
	g := gridReader{table: &markdown.Table{}, columns: len(v.field(gridCols).list())}
	numbered := v.field("numbered") != nil && v.field("numbered").yes
	if numbered {
		g.column("STT", markdown.Center, 0)
	}
	total := 0.0
	for _, c := range v.field(gridCols).list() {
		share, _ := strconv.ParseFloat(c.field("width").string(), 64)
		total += share
		g.column(c.field("title").string(), markdown.Align(c.field("align").string()), share/100)
	}
	if most := 100.0; total > most || total > most-5 && total != most && g.free() {
		g.fault(v, "table-width", fmt.Sprintf("Bề rộng các cột cộng lại là %.0f%%, không còn chỗ cho cột khác", total))
	}
	g.table.Rows = [][][]record.Span{g.titles}
	g.rows(v.field("rows").list(), numbered)
	for i, group := range v.field("groups").list() {
		title := record.Roman(i+1) + ". " + group.field("title").string()
		g.table.Rows = append(g.table.Rows, [][]record.Span{g.spans(title)})
		g.rows(group.field("rows").list(), numbered)
	}
	return &value{pointer: v.pointer, text: g.all.String(), made: []markdown.Block{{Table: g.table}}}, g.faults
}

// string is the text of a value, "" of none.
func (v *value) string() string {
	if v == nil {
		return ""
	}
	return v.text
}

type gridReader struct {
	table   *markdown.Table
	titles  [][]record.Span
	columns int // that the rows have cells for
	all     strings.Builder
	faults  []record.Fault
}

func (g *gridReader) fault(v *value, code, message string) {
	g.faults = append(g.faults, record.Fault{Pointer: v.pointer, Code: code, Message: message})
}

func (g *gridReader) column(title string, align markdown.Align, share float64) {
	g.titles = append(g.titles, g.spans(title))
	g.table.Aligns = append(g.table.Aligns, align)
	g.table.Shares = append(g.table.Shares, share)
}

// free says whether a column goes without a share.
func (g *gridReader) free() bool {
	for _, s := range g.table.Shares {
		if s == 0 {
			return true
		}
	}
	return false
}

func (g *gridReader) spans(text string) []record.Span {
	g.all.WriteString(text + "\n")
	return record.ParseInline(text)
}

func (g *gridReader) rows(all []*value, numbered bool) {
	for i, row := range all {
		if n := len(row.list()); n != g.columns {
			g.fault(row, "table-row", fmt.Sprintf("Hàng này có %d ô, bảng có %d cột", n, g.columns))
			continue
		}
		var cells [][]record.Span
		if numbered {
			cells = append(cells, g.spans(strconv.Itoa(i+1)))
		}
		for _, c := range row.list() {
			cells = append(cells, g.spans(c.string()))
		}
		g.table.Rows = append(g.table.Rows, cells)
	}
}
