package books

import (
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/sheet"
)

// Copy is one line of the register of copies.
type Copy struct {
	record.Copied
	Of      string // symbol of the document that was copied
	Subject string // and its type and subject
}

// Copies is the register of certified copies of a year: one run of numbers for
// all kinds (NĐ 30/2020, PL I, Part II, I.1).
func Copies(o Office, year int, lines []Copy) *sheet.Table {
	t := o.table()
	t.Title, t.Numbered = "SỔ ĐĂNG KÝ BẢN SAO", true
	t.Subtitle = []string{fmt.Sprintf("Năm %d", year)}
	t.Columns = []sheet.Column{{Title: "Số, ký hiệu bản sao", Width: 30}, {Title: "Ngày tháng sao", Width: 22, Align: sheet.Center}, {Title: "Hình thức sao", Width: 24},
		{Title: "Số, ký hiệu văn bản được sao", Width: 32}, {Title: "Tên loại và trích yếu văn bản được sao", Width: 72}, {Title: "Trang được sao", Width: 20}, {Title: "Mã kiểm tra tệp (SHA-256)", Width: 52}}
	t.Cover = []string{fmt.Sprintf("Năm: %d", year)}
	if n := len(lines); n > 0 {
		t.Cover = append(t.Cover, fmt.Sprintf("Từ ngày %s đến ngày %s", lines[0].Date.Vietnamese(), lines[n-1].Date.Vietnamese()),
			fmt.Sprintf("Từ số %s đến số %s", record.NumberText(lines[0].Number), record.NumberText(lines[n-1].Number)))
	}
	t.Cover = append(t.Cover, "Quyển số: ……")
	by := map[record.CopyKind]int{}
	var rows []sheet.Row
	for _, c := range lines {
		by[c.Kind]++
		pages := "Toàn bộ"
		if len(c.Pages) > 0 {
			pages = strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Pages), " ", ", "), "[]")
		}
		rows = append(rows, sheet.Row{Cells: []sheet.Cell{sheet.Text(c.Symbol), sheet.Day(c.Date), sheet.Text(kindName(c.Kind)), sheet.Text(c.Of), sheet.Text(c.Subject), sheet.Text(pages), sheet.Text(string(c.PDF))}})
	}
	t.Rows = sheet.Lines(rows...)
	t.Foot = func() []string {
		line := fmt.Sprintf("Sổ này có %d bản sao", len(lines))
		for _, k := range record.CopyKinds {
			line += fmt.Sprintf("; %s: %d", strings.ToLower(kindName(k)), by[k])
		}
		return []string{line + "."}
	}
	t.Signatures = o.signatures()
	return &t
}

// kindName is "Sao y" of "SAO Y".
func kindName(k record.CopyKind) string {
	letters := []rune(strings.ToLower(k.Title()))
	if len(letters) == 0 {
		return string(k)
	}
	return strings.ToUpper(string(letters[:1])) + string(letters[1:])
}
