package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"

	"vanthu/record"
)

func (r *reader) table(t *tables.Table) {
	out := &Table{}
	for _, a := range t.Alignments {
		switch a {
		case tables.AlignLeft:
			out.Aligns = append(out.Aligns, Left)
		case tables.AlignCenter:
			out.Aligns = append(out.Aligns, Center)
		case tables.AlignRight:
			out.Aligns = append(out.Aligns, Right)
		default:
			out.Aligns = append(out.Aligns, Natural)
		}
	}
	if len(out.Aligns) > maxCells {
		r.fault(t, "markdown-table", fmt.Sprintf("Bảng có quá %d cột", maxCells))
		return
	}
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		if typed := r.typedCells(row); typed > len(out.Aligns) {
			r.fault(row, "markdown-table", fmt.Sprintf("Hàng này có %d ô, nhiều hơn hàng tiêu đề (%d); muốn in dấu | thì viết \\|", typed, len(out.Aligns)))
			continue
		}
		var cells [][]record.Span
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, r.spans(c))
		}
		out.Rows = append(out.Rows, cells)
	}
	r.out = append(r.out, Block{Table: out})
}

// typedCells counts the cells in the line of a row: of more than the header has,
// the parser drops the rest.
func (r *reader) typedCells(row ast.Node) int {
	line, _, _ := bytes.Cut(r.source[max(0, row.Pos()):], []byte("\n"))
	line = bytes.TrimSpace(line)
	line = bytes.TrimPrefix(line, []byte("|"))
	if bytes.HasSuffix(line, []byte("|")) {
		line = line[:len(line)-1]
	}
	n := 1
	for i, b := range line {
		if b == '|' && (i == 0 || line[i-1] != '\\') {
			n++
		}
	}
	return n
}
