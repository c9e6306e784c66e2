package books

import (
	"fmt"

	"vanthu/record"
	"vanthu/sheet"
)

// Dispatch is the list by which a document is handed over (phiếu gửi): a line for
// each recipient, with the postal address where the address book has one, how it
// goes, how many copies, and a place for who receives the paper to sign.
func Dispatch(o Office, v record.Version, doc record.Document, address func(record.Recipient) string) *sheet.Table {
	t := o.table()
	t.Landscape = false
	t.Title = "DANH SÁCH GỬI VĂN BẢN"
	t.Subtitle = []string{fmt.Sprintf("%s số %s ngày %s", v.Type.Name, v.Symbol, v.Date.Vietnamese()), v.Subject}
	t.Columns = []sheet.Column{{Title: "TT", Width: 10, Align: sheet.Right}, {Title: "Nơi nhận", Width: 46}, {Title: "Địa chỉ", Width: 36}, {Title: "Cách gửi", Width: 26},
		{Title: "Số bản", Width: 12, Align: sheet.Right}, {Title: "Ngày chuyển", Width: 24, Align: sheet.Center}, {Title: "Ký nhận", Width: 30}}
	copies, sent := 0, 0
	var rows []sheet.Row
	for i, r := range v.List.Recipients {
		x, there := doc.Delivery(r.Key())
		channel := r.Channel
		if there && x.Channel != "" {
			channel = x.Channel
		}
		day, receipt := record.Date(""), ""
		if !x.Sent.IsZero() {
			day = record.DateOf(x.Sent)
			sent++
		}
		switch {
		case !x.Received.IsZero():
			receipt = "Đã nhận " + record.DateOf(x.Received).Vietnamese()
		case x.State == record.Undelivered:
			receipt = "Không gửi được"
		case x.State == record.Queued:
			receipt = "Chờ gửi thư"
		}
		copies += r.Copies
		number := sheet.Text("")
		if r.Copies > 0 {
			number = sheet.Number(r.Copies)
		}
		rows = append(rows, sheet.Row{Cells: []sheet.Cell{sheet.Number(i + 1), sheet.Text(r.Name), sheet.Text(address(r)), sheet.Text(channelName(channel)), number, sheet.Day(day), sheet.Text(receipt)}})
	}
	t.Rows = sheet.Lines(rows...)
	t.Foot = func() []string {
		return []string{fmt.Sprintf("Danh sách có %d nơi nhận, đã gửi %d; bản giấy: %d.", len(rows), sent, copies)}
	}
	t.Signatures = []sheet.Signature{{Lines: []string{"NGƯỜI GIAO"}, Note: "(Ký, ghi rõ họ tên)"}, {Lines: []string{"NGƯỜI NHẬN"}, Note: "(Ký, ghi rõ họ tên)"}}
	return &t
}

func channelName(c string) string {
	return map[string]string{record.ByPortal: "Đường dẫn", record.ByEmail: "Thư điện tử", record.ByPaper: "Bản giấy"}[c]
}
