package books

import (
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/sheet"
	"vanthu/storage"
)

// Found is what a search found, as a list: asked says what was asked for, a line
// each; of total documents the hits are the first. A list on paper has no ids, for
// nobody types them. The names of types and states are the caller's.
func Found(asked []string, hits []storage.Hit, total int, paper bool, typeName func(code string) string, stateName func(record.Status) (string, error)) *sheet.Table {
	t := &sheet.Table{Title: "DANH SÁCH VĂN BẢN", Subtitle: asked, Landscape: true, Columns: []sheet.Column{
		{Title: "TT", Width: 10, Align: sheet.Right}, {Title: "Số, ký hiệu", Width: 28}, {Title: "Ngày", Width: 24, Align: sheet.Center},
		{Title: "Loại và trích yếu", Width: 80}, {Title: "Người ký", Width: 30}, {Title: "Nơi nhận", Width: 50},
		{Title: "Đơn vị soạn thảo", Width: 20}, {Title: "Trạng thái", Width: 24}, {Title: "Cơ quan ban hành", Width: 32}, {Title: "Mã văn bản", Width: 30},
	}}
	if paper {
		t.Columns = t.Columns[:len(t.Columns)-1]
	}
	t.Rows = func(yield func(sheet.Row, error) bool) {
		for i, h := range hits {
			state, err := stateName(h.State)
			cells := []sheet.Cell{sheet.Number(i + 1), sheet.Text(h.Symbol), sheet.Day(h.Date), sheet.Text(typeName(h.Type) + ": " + h.Subject), sheet.Text(h.Signatory),
				sheet.Text(strings.Join(h.Recipients, "; ")), sheet.Text(h.Unit), sheet.Text(state), sheet.Text(h.Organization), sheet.Text(h.ID)}
			if !yield(sheet.Row{Cells: cells}, err) {
				return
			}
		}
	}
	t.Foot = func() []string {
		if len(hits) < total {
			return []string{fmt.Sprintf("Danh sách có %d văn bản đầu tiên trong tổng số %d văn bản tìm được.", len(hits), total)}
		}
		return []string{fmt.Sprintf("Tổng số: %d văn bản.", total)}
	}
	return t
}
