package books

import (
	"cmp"
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/sheet"
	"vanthu/storage"
)

// columns are the ten of NĐ 30/2020, Phụ lục IV.
var columns = []sheet.Column{
	{Title: "Số, ký hiệu văn bản", Width: 30}, {Title: "Ngày tháng văn bản", Width: 23, Align: sheet.Center},
	{Title: "Tên loại và trích yếu nội dung văn bản", Width: 56}, {Title: "Người ký", Width: 24}, {Title: "Nơi nhận văn bản", Width: 42},
	{Title: "Đơn vị, người nhận bản lưu", Width: 17}, {Title: "Số lượng bản", Width: 13, Align: sheet.Right}, {Title: "Ngày chuyển", Width: 23, Align: sheet.Center},
	{Title: "Ký nhận", Width: 23}, {Title: "Ghi chú", Width: 22},
}

// Register is the bound register of a year, of one series or of several one
// after the other: cover, ten columns, void numbers with their reason, sums and
// who signs them. Lines are in the order of storage.Index.Register.
func Register(o Office, year int, lines []storage.Registered) *sheet.Table {
	t := o.table()
	t.Title, t.Columns, t.Numbered = "SỔ ĐĂNG KÝ VĂN BẢN ĐI", columns, true
	t.Subtitle = []string{fmt.Sprintf("Năm %d", year)}
	parts := bySeries(lines)
	t.Cover = []string{fmt.Sprintf("Năm: %d", year)}
	for _, p := range parts {
		if len(parts) > 1 {
			t.Cover = append(t.Cover, "Sổ "+p.series)
		}
		first, last := p.lines[0], p.lines[len(p.lines)-1]
		t.Cover = append(t.Cover, fmt.Sprintf("Từ ngày %s đến ngày %s", first.Date.Vietnamese(), last.Date.Vietnamese()),
			fmt.Sprintf("Từ số %s đến số %s", record.NumberText(first.Number), record.NumberText(last.Number)))
	}
	t.Cover = append(t.Cover, "Quyển số: ……")
	t.Rows = func(yield func(sheet.Row, error) bool) {
		for _, p := range parts {
			if len(parts) > 1 && !yield(sheet.Row{Group: "Sổ " + p.series}, nil) {
				return
			}
			for _, l := range p.lines {
				if !yield(registerRow(l), nil) {
					return
				}
			}
		}
	}
	t.Foot = func() []string {
		var out []string
		for _, p := range parts {
			name := "Sổ này"
			if len(parts) > 1 {
				name = "Sổ " + p.series
			}
			out = append(out, p.sums(name)...)
		}
		if len(out) == 0 {
			out = []string{"Sổ này chưa có số nào."}
		}
		return out
	}
	t.Signatures = o.signatures()
	return &t
}

// Closing is the extract of a register that a closing closes: its lines, void
// numbers with their reason, sums, and what may not be done any more. It is
// signed by the organisation's certificate, and so has no place for a signature.
func Closing(o Office, c record.Closing, lines []storage.Registered) *sheet.Table {
	t := o.table()
	t.Title, t.Columns, t.Numbered = "BẢN CHỐT SỔ ĐĂNG KÝ VĂN BẢN ĐI", columns, true
	t.Subtitle = []string{fmt.Sprintf("Năm %d, sổ %s, đến hết ngày %s", c.Year, c.Series, c.Through.Vietnamese())}
	t.Rows = func(yield func(sheet.Row, error) bool) {
		for _, l := range lines {
			if !yield(registerRow(l), nil) {
				return
			}
		}
	}
	t.Foot = func() []string {
		out := []string{"Không có số nào được cấp trong thời gian này."}
		if len(lines) > 0 {
			out = part{c.Series, lines}.sums("Bản chốt sổ này")
		}
		return append(out, fmt.Sprintf("Sổ đã chốt: từ ngày %s trở về trước không vào sổ thêm số nào.", c.Through.Vietnamese()))
	}
	return &t
}

func registerRow(l storage.Registered) sheet.Row {
	names := make([]string, len(l.Recipients))
	for i, r := range l.Recipients {
		names[i] = r.Name
	}
	kept := "VT"
	if l.Unit != "" {
		kept += ", " + l.Unit
	}
	return sheet.Row{Cells: []sheet.Cell{sheet.Text(l.Symbol), sheet.Day(l.Date), sheet.Text(strings.Trim(l.TypeName+": "+l.Subject, ": ")), sheet.Text(l.Signatory),
		sheet.Text(strings.Join(names, "; ")), sheet.Text(kept), sheet.Number(l.Kept + l.Copies), sheet.Day(l.HandedOver), sheet.Text(l.Receipt), sheet.Text(remark(l))}}
}

// remark is column 10: what became of the number, and why.
func remark(l storage.Registered) string {
	what := map[record.Status]string{record.Voided: "Hủy số", record.Recalled: "Đã thu hồi", record.Numbered: "Chưa đóng dấu"}[l.State]
	if what != "" && l.Note != "" {
		return what + ": " + l.Note
	}
	return cmp.Or(what, l.Note)
}

// part is one series in a book.
type part struct {
	series string
	lines  []storage.Registered
}

func bySeries(lines []storage.Registered) (out []part) {
	for i, l := range lines {
		if i == 0 || l.Series != out[len(out)-1].series {
			out = append(out, part{series: l.Series})
		}
		p := &out[len(out)-1]
		p.lines = append(p.lines, l)
	}
	return out
}

// sums close a series: how many numbers, which of them are void, recalled or
// replaced, how many copies. Every number is in exactly one of the counts.
func (p part) sums(name string) []string {
	by, copies := map[record.Status][]int{}, 0
	for _, l := range p.lines {
		by[l.State] = append(by[l.State], l.Number)
		copies += l.Kept + l.Copies
	}
	first, last := p.lines[0].Number, p.lines[len(p.lines)-1].Number
	out := []string{fmt.Sprintf("%s có %d số, từ số %s đến số %s; tổng số bản: %d.", name, len(p.lines), record.NumberText(first), record.NumberText(last), copies),
		fmt.Sprintf("Văn bản đã phát hành, không bị thu hồi hay thay thế: %d.", len(by[record.Issued]))}
	for _, x := range []struct {
		state record.Status
		what  string
	}{{record.Voided, "Số hủy"}, {record.Recalled, "Văn bản bị thu hồi"}, {record.Superseded, "Văn bản bị thay thế"}, {record.Registered, "Văn bản giấy, văn bản của sổ cũ"}, {record.Numbered, "Số chưa đóng dấu"}} {
		line := fmt.Sprintf("%s: %d", x.what, len(by[x.state]))
		if len(by[x.state]) > 0 {
			line += " (" + numbers(by[x.state]) + ")"
		}
		out = append(out, line+".")
	}
	return out
}
