package templates

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// withTable is the plan's example with one table in its first section.
func withTable(t *testing.T, c *Catalogue, table string) record.Filling {
	t.Helper()
	in := officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example)
	in.Envelope.Content = json.RawMessage(`{"opening":["Mở đầu:"],"sections":[{"title":"Việc","body":[{"table":` + table + `}]}]}`)
	return in
}

// Columns, groups, numbers, bold and empty cells come out as they were given.
func TestTablePrints(t *testing.T) {
	c := catalogue(t)
	in := withTable(t, c, `{"numbered":true,"columns":[{"title":"Việc","width":50},{"title":"Ai","align":"center"}],
		"groups":[{"title":"Một","rows":[["a **b**",""],["- c","1. d"]]},{"title":"Hai","rows":[["e","f\ng"]]}]}`)
	b, err := c.Fill(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range linesOf(t, b) {
		if len(got) > 0 || strings.Contains(l, "STT") {
			got = append(got, strings.ReplaceAll(l, "\u00a0", " "))
		}
	}
	want := []string{"**STT**", "**Việc**", "**Ai**", "**I. Một**", "1", "a **b**", "", "2", "- c", "1. d", "**II. Hai**", "1", "e", `f\ng`}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	officetest.Valid(t, map[string][]byte{"table": b})
}

func TestTableFaults(t *testing.T) {
	c := catalogue(t)
	for table, want := range map[string]string{
		`{"columns":[{"title":"a"},{"title":"b"}],"rows":[["1","2"],["3"]]}`:                                                         "/content/sections/0/body/0/table/rows/1 table-row",
		`{"columns":[{"title":"a"}],"rows":[["1","2"]]}`:                                                                             "/content/sections/0/body/0/table/rows/0 table-row",
		`{"columns":[{"title":"a"},{"title":"b"}],"groups":[{"title":"g","rows":[["1","2"]]},{"title":"h","rows":[["1","2","3"]]}]}`: "/content/sections/0/body/0/table/groups/1/rows/0 table-row",
		`{"columns":[{"title":"a","width":70},{"title":"b","width":40}],"rows":[["1","2"]]}`:                                         "/content/sections/0/body/0/table table-width",
		`{"columns":[{"title":"a","width":98},{"title":"b"}],"rows":[["1","2"]]}`:                                                    "/content/sections/0/body/0/table table-width",
	} {
		in := withTable(t, c, table)
		_, err := c.Fill(t.Context(), in)
		if !slices.Equal(told(err), []string{want}) {
			t.Errorf("%s: %v", table, err)
		}
		raw, err := json.Marshal(in.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Decode(t.Context(), "", raw); !slices.Equal(told(err), []string{want}) {
			t.Errorf("%s at intake: %v", table, err)
		}
	}
}

// Names of the office's own that only look like a table stay what they are.
func TestNoTable(t *testing.T) {
	for _, raw := range []string{
		`{"x":{"columns":[{"title":"a"}],"rows":[["1"]]}}`, `{"table":{"columns":[{"title":"a"}],"rows":[{"a":"1"}]}}`,
		`{"table":{"columns":[{"title":"a"}]}}`, `{"table":{"rows":[["1"]]}}`, `{"table":"a"}`,
	} {
		v := contentFrom(t, raw)
		faults := grids(v)
		for _, x := range v.fields {
			if len(faults) > 0 || x.made != nil {
				t.Errorf("%s became a table: %v", raw, faults)
			}
		}
	}
}

// A column gets its share of the width; all columns together fill it.
func TestTableWidths(t *testing.T) {
	c := catalogue(t)
	for _, widths := range [][]int{{0, 0, 0}, {20, 0, 0}, {20, 30, 50}, {60, 20, 20}, {10, 10, 0}} {
		var columns []string
		for i, w := range widths {
			width := ""
			if w > 0 {
				width = fmt.Sprintf(`,"width":%d`, w)
			}
			columns = append(columns, fmt.Sprintf(`{"title":"Cột %d"%s}`, i, width))
		}
		b, err := c.Fill(t.Context(), withTable(t, c, `{"columns":[`+strings.Join(columns, ",")+`],"rows":[["một hai ba bốn năm","x","y"]]}`))
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		grid := gridOf(t, b)
		for i, w := range grid {
			total += w
			if widths[i] > 0 && (w < 9354*widths[i]/100-2 || w > 9354*widths[i]/100+2) {
				t.Errorf("%v: column %d is %d wide", widths, i, w)
			}
		}
		if len(grid) != 3 || total != 9354 {
			t.Errorf("%v: %v", widths, grid)
		}
	}
}

// gridOf is the widths of the columns of the one bordered table.
func gridOf(t *testing.T, docx []byte) []int {
	t.Helper()
	pkg, err := ooxml.Open(docx)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := pkg.Part(pkg.Document)
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		t.Fatal(err)
	}
	var grid []int
	for _, table := range doc.FindElements("//w:tbl") {
		if table.FindElement("./w:tblPr/w:tblBorders") == nil {
			continue
		}
		for _, c := range table.FindElements("./w:tblGrid/w:gridCol") {
			grid = append(grid, attrInt(c, "w:w"))
		}
	}
	return grid
}
