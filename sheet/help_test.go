package sheet_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"vanthu/converter"
	"vanthu/record"
	"vanthu/sheet"
)

const convertWorker = "convert-worker"

// The converter starts its workers from the test binary itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == convertWorker {
		os.Exit(converter.RunWorker())
	}
	os.Exit(m.Run())
}

func newPool(t testing.TB) *converter.Pool {
	t.Helper()
	p, err := converter.New(converter.Config{Workers: 1, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// tool runs a program and returns what it printed.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// bookOf is a register of n lines such as offices have.
func bookOf(n int) *sheet.Table {
	columns := []sheet.Column{{Title: "Số, ký hiệu văn bản", Width: 26}, {Title: "Ngày tháng văn bản", Width: 20, Align: sheet.Center}, {Title: "Tên loại và trích yếu nội dung văn bản", Width: 62},
		{Title: "Người ký", Width: 26}, {Title: "Nơi nhận văn bản", Width: 46}, {Title: "Đơn vị, người nhận bản lưu", Width: 18}, {Title: "Số lượng bản", Width: 13, Align: sheet.Right},
		{Title: "Ngày chuyển", Width: 18, Align: sheet.Center}, {Title: "Ký nhận", Width: 15}, {Title: "Ghi chú", Width: 22}}
	return &sheet.Table{Agency: []string{"ỦY BAN NHÂN DÂN", "THÀNH PHỐ VŨNG TÀU"}, Title: "SỔ ĐĂNG KÝ VĂN BẢN ĐI", Subtitle: []string{"Năm 2024"}, Cover: []string{"Năm: 2024", "Từ số 01 đến số " + fmt.Sprint(n)},
		Landscape: true, Numbered: true, Columns: columns,
		Foot:       func() []string { return []string{fmt.Sprintf("Sổ này có %d số.", n)} },
		Signatures: []sheet.Signature{{Lines: []string{"NGƯỜI LẬP SỔ"}, Note: "(Ký, ghi rõ họ tên)"}, {Lines: []string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}, Note: "(Ký, ghi rõ họ tên)", Name: "Lê Minh Nghĩa"}},
		Rows: func(yield func(sheet.Row, error) bool) {
			for i := 1; i <= n; i++ {
				r := sheet.Row{Cells: []sheet.Cell{sheet.Text(record.NumberText(i) + "/KH-UBND"), sheet.Day(record.Date(fmt.Sprintf("2024-%02d-%02d", 1+(i-1)*12/n, 1+i%28))),
					sheet.Text("Kế hoạch tuyên truyền cải cách hành chính trên địa bàn thành phố Vũng Tàu năm 2024 lần thứ " + fmt.Sprint(i)), sheet.Text("Nguyễn Thị Thu Hương"),
					sheet.Text("Sở Nội vụ tỉnh; Thường trực Thành ủy; Các cơ quan, đơn vị tại mục IV; Đăng trang thông tin điện tử"), sheet.Text("VT, VHTT"), sheet.Number(i % 40), sheet.Day("2024-01-05"), sheet.Cell{}, sheet.Cell{}}}
				if !yield(r, nil) {
					return
				}
			}
		}}
}
