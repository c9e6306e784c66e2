package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vanthu/record"
)

// A clerk begins the register of the year with a paper document, closes it
// through today and opens the signed extract; a secretary reads how far it is
// closed and can do neither.
func paperRegister(t *testing.T, browser context.Context, s *service) {
	const office = "so-noi-vu-ha-tinh" // which no other test of this service writes in
	today := record.DateOf(time.Now())
	w := openWindow(t, browser, s, true)
	a := auditor{w, string(read(t, filepath.Join(npmFolder(t), "axe-core", "axe.min.js")))}
	audit := func(what string) {
		t.Helper()
		look(w, what)
		w.do(chromedp.EmulateViewport(390, 844))
		look(w, what+" phone")
		a.audit(what)
		w.do(chromedp.EmulateViewport(1280, 900))
	}
	w.login("clerk")
	w.click(`//nav//a[@href="/so-dang-ky"]`)
	audit("registers")
	w.click(fmt.Sprintf(`//section[@aria-labelledby="r-%s"]//a[normalize-space(.)="Năm %d"]`, office, today.Year()))
	audit("register new")
	w.do(chromedp.Click(`//summary[.="Vào sổ văn bản giấy"]`), chromedp.SetValue(`#paper-type`, "CV"), chromedp.SendKeys(field("Trích yếu"), "Về việc mời họp giao ban công tác văn thư, lưu trữ"),
		chromedp.SendKeys(field("Nơi nhận"), "UBND Thành phố\nCác phòng, ban, đơn vị"), chromedp.SendKeys(field("Người ký"), "  "), chromedp.Click(`#paper-secret`))
	w.press("Vào sổ văn bản giấy")
	w.reads(`#paper-signatory-errors`, "không được để trống")
	if !value[bool](w, `document.querySelector("#paper-secret").checked && document.querySelector("#paper-recipients").value === "UBND Thành phố\nCác phòng, ban, đơn vị"`) {
		t.Error("what was typed is lost")
	}
	audit("register paper refused")
	w.do(chromedp.SendKeys(field("Người ký"), "Nguyễn Văn Nghĩa"), chromedp.SendKeys(field("Đơn vị soạn thảo"), "VP"), chromedp.Click(`#paper-secret`))
	w.press("Vào sổ văn bản giấy")
	w.reads(`[role="status"]`, "Đã vào sổ: số 01/SNV-VP, ngày "+today.Vietnamese())
	look(w, "paper entered")

	register := fmt.Sprintf("/so-dang-ky/%s/%d", office, today.Year())
	w.visit(register)
	audit("register open")
	w.unfold()
	audit("register unfolded")
	through := func(day record.Date) {
		t.Helper()
		w.do(chromedp.SetValue(`#close-through`, string(day)))
		w.press("Chốt sổ")
	}
	through(record.DateOf(time.Now().AddDate(0, 0, 1)))
	w.reads(`#close-through-errors`, "chưa đến")
	audit("register closing refused")
	through(today)
	w.reads(`[role="status"]`, "Đã chốt sổ")
	w.reads(`main`, "Các lần chốt sổ (1)", "01–01 (1 số)", "đã chốt đến hết ngày "+today.Vietnamese())
	audit("register closed")
	w.unfold()
	w.reads(".keep", "đã chốt đến hết hôm nay")
	link := value[string](w, `document.querySelector(".keep table a").getAttribute("href")`)
	if pdf := s.login("clerk").get(link); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("%s: %.100s", link, pdf)
	}

	reader := openWindow(t, browser, s, true)
	reader.login("secretary")
	reader.visit(register)
	reader.reads("main", "đã chốt đến hết ngày "+today.Vietnamese(), "Các lần chốt sổ (1)", "mời họp giao ban")
	if value[int](reader, `document.querySelectorAll("main form").length`) != 0 {
		t.Error("a secretary may send something here")
	}
	reader.quiet()
}
