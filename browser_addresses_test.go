package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A clerk keeps the address book: one address typed, a file from a spreadsheet
// with a fault and without, an address changed and removed. A secretary reads it.
func addressBook(t *testing.T, browser context.Context, s *service, dir string) {
	const book = "/so-dia-chi/ubnd-tp-vung-tau"
	w := openWindow(t, browser, s, true)
	a := auditor{w, string(read(t, filepath.Join(npmFolder(t), "axe-core", "axe.min.js")))}
	audit := func(what string) { t.Helper(); look(w, what); a.audit(what); w.do(chromedp.EmulateViewport(1280, 900)) }
	w.login("clerk")
	w.click(`//nav//a[normalize-space(.)="Sổ địa chỉ"]`)
	audit("address books")
	w.press("UBND thành phố Vũng Tàu")
	w.reads("main", "Sổ chưa có địa chỉ nào")
	w.press("Thêm địa chỉ")
	w.do(chromedp.SendKeys(field("Tên nơi nhận"), "Sở Văn hoá, Thể thao và Du lịch;"), chromedp.SetValue(`#channel`, "email"), chromedp.SendKeys(field("Mã định danh"), "h06,12"),
		chromedp.Click(`//label[normalize-space(.)="Để báo cáo"]`))
	w.press("Lưu địa chỉ")
	w.reads(`#email-errors`, "phải có địa chỉ thư điện tử")
	w.reads(`#code-errors`, "H06.01")
	audit("address refused")
	w.do(chromedp.SendKeys(field("Thư điện tử"), "vanthu@svhttdl.vn"), chromedp.SetValue(`#code`, "H06.12"), chromedp.SetValue(`#valid_from`, "2024-01-01"))
	w.press("Lưu địa chỉ")
	w.reads(`[role="status"]`, "Đã lưu địa chỉ")

	w.do(chromedp.SetUploadFiles(`#file`, []string{write(t, filepath.Join(dir, "sai.csv"), []byte("Tên nơi nhận;Thư điện tử;Mã\nUBND tỉnh;b@;\n"))}))
	w.press("Nhận địa chỉ từ tệp")
	w.reads(`[role="alert"]`, "dòng 1: Không có cột", "dòng 2: ", "chưa có gì được nhận")
	audit("file refused")
	good := "Tên nơi nhận;Mã định danh;Thư điện tử;Địa chỉ bưu chính;Mục đích;Dùng đến ngày;Ghi chú\n" +
		"UBND tỉnh Bà Rịa – Vũng Tàu;H06;;Số 1 Phạm Văn Đồng, Bà Rịa;báo cáo;30/6/2025;Nay thuộc Thành phố Hồ Chí Minh\n" +
		"Phòng Văn hoá và Thông tin;;vhtt@vungtau.vn;;\"thực hiện, lưu\";;\n" +
		"Trưởng các phòng, ban, đơn vị;;;;thực hiện;;\n"
	w.do(chromedp.SetUploadFiles(`#file`, []string{write(t, filepath.Join(dir, "dung.csv"), []byte(good))}))
	w.press("Nhận địa chỉ từ tệp")
	w.reads(`[role="status"]`, "thêm 3, sửa 0, giữ nguyên 0")
	w.visit(book)
	audit("address book")
	w.do(chromedp.SendKeys(`#q`, "van hoa"))
	w.press("Tìm")
	w.reads("main", "Tìm được 2 trong 4 địa chỉ")

	w.press("Phòng Văn hoá và Thông tin")
	w.do(chromedp.SendKeys(field("Ghi chú"), "Tầng 2"))
	audit("address")
	w.press("Lưu địa chỉ")
	w.reads("tbody", "Tầng 2")
	w.press("Trưởng các phòng, ban, đơn vị")
	w.do(chromedp.Click(`//summary[.="Bỏ khỏi sổ"]`))
	w.click(`//button[.="Bỏ khỏi sổ"]`)
	w.reads(`[role="status"]`, "Đã bỏ địa chỉ khỏi sổ")
	w.reads("main", "3 địa chỉ.")

	reader := openWindow(t, browser, s, true)
	reader.login("secretary")
	reader.visit(book)
	reader.press("Sở Văn hoá, Thể thao và Du lịch")
	reader.reads("main", "vanthu@svhttdl.vn", "H06.12", "1/01/2024")
	a.window = reader
	look(reader, "address read")
	a.audit("address read")
	reader.quiet()
}
