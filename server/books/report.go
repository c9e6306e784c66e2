package books

import (
	"cmp"
	"fmt"
	"strconv"

	"vanthu/sheet"
	"vanthu/storage"
)

// subjects are what a report's lines are called.
var subjects = map[storage.By]struct{ title, column string }{
	storage.ByYear:      {"THEO NĂM", "Năm"},
	storage.ByMonth:     {"THEO THÁNG", "Tháng"},
	storage.ByType:      {"THEO LOẠI VĂN BẢN", "Loại văn bản"},
	storage.ByUnit:      {"THEO ĐƠN VỊ SOẠN THẢO", "Đơn vị"},
	storage.BySignatory: {"THEO NGƯỜI KÝ", "Người ký"},
}

// Report is a report on the documents of a year, a group for each series when
// there are several, with their sums.
func Report(o Office, year int, by storage.By, lines []storage.Summary) *sheet.Table {
	t := o.table()
	t.Title = "BÁO CÁO VĂN BẢN ĐI " + subjects[by].title
	t.Subtitle = []string{fmt.Sprintf("Năm %d", year)}
	count := func(title string, mm float64) sheet.Column {
		return sheet.Column{Title: title, Width: mm, Align: sheet.Right}
	}
	t.Columns = []sheet.Column{{Title: subjects[by].column, Width: 50}, count("Số đã cấp", 17), {Title: "Từ số – đến số", Width: 26, Align: sheet.Center}, count("Đã phát hành", 17), count("Thu hồi", 15),
		count("Bị thay thế", 15), count("Chỉ vào sổ", 15), count("Hủy số", 15), count("Chưa đóng dấu", 17), count("Nơi nhận", 17), count("Gửi qua liên kết", 18), count("Gửi thư điện tử", 18), count("Gửi bản giấy", 18)}
	var rows []sheet.Row
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && lines[to].Series == lines[from].Series {
			to++
		}
		whole := from == 0 && to == len(lines)
		if !whole {
			rows = append(rows, sheet.Row{Group: "Sổ " + lines[from].Series})
		}
		for _, s := range lines[from:to] {
			rows = append(rows, reportRow(o.Name(by, s), s, true))
		}
		if to-from > 1 && !whole {
			sum := reportRow("Cộng sổ "+lines[from].Series, storage.Sum(lines[from:to]), true)
			sum.Bold = true
			rows = append(rows, sum)
		}
		from = to
	}
	if len(lines) > 1 {
		total := reportRow("Tổng cộng", storage.Sum(lines), false)
		total.Bold = true
		rows = append(rows, total)
	}
	t.Rows = sheet.Lines(rows...)
	t.Signatures = o.signatures()
	t.Signatures[0].Lines = []string{"NGƯỜI LẬP BÁO CÁO"}
	return &t
}

// Name is what a line of a report is about.
func (o Office) Name(by storage.By, s storage.Summary) string {
	switch by {
	case storage.ByMonth:
		if n, err := strconv.Atoi(s.Key); err == nil {
			return fmt.Sprintf("Tháng %d", n)
		}
	case storage.ByYear:
		return "Năm " + s.Key
	case storage.ByUnit:
		return o.unit(s.Key)
	}
	return cmp.Or(s.Name, s.Key, "Không rõ")
}

// reportRow is a line; numbers of several series have no first and last.
func reportRow(name string, s storage.Summary, span bool) sheet.Row {
	r := sheet.Row{Cells: []sheet.Cell{sheet.Text(name), sheet.Number(s.Numbers), {}, sheet.Number(s.Issued), sheet.Number(s.Recalled), sheet.Number(s.Superseded), sheet.Number(s.Registered),
		sheet.Number(s.Voided), sheet.Number(s.Waiting), sheet.Number(s.Recipients), sheet.Number(s.Portal), sheet.Number(s.Email), sheet.Number(s.Paper)}}
	if span {
		r.Cells[2] = sheet.Text(fmt.Sprintf("%02d – %02d", s.First, s.Last))
	}
	return r
}
