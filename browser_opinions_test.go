package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A secretary asks a unit and a person for their opinion, the clerk finds the
// draft on the start page and answers for the unit, the archivist sees who read
// it.
func opinions(t *testing.T, browser context.Context, s *service, _ string) {
	doc, err := s.login("secretary").ask("POST", "/api/v1/documents", plan(t, func(v map[string]any) {
		v["organization"], v["date"], v["signatory"] = "ubnd-tp-vung-tau", "2024-03-22", map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["subject"] = "Kiểm tra công tác văn thư, xin ý kiến"
	})).document()
	if err != nil {
		t.Fatal(err)
	}
	axe := string(read(t, filepath.Join(npmFolder(t), "axe-core", "axe.min.js")))
	audit := func(w *window, what string) {
		t.Helper()
		look(w, what)
		auditor{w, axe}.audit(what)
		w.do(chromedp.EmulateViewport(1280, 900))
	}
	w := openWindow(t, browser, s, true)
	w.login("secretary")
	w.visit("/van-ban/" + doc.ID)
	w.do(chromedp.Click(`//summary[.="Gửi xin ý kiến"]`), chromedp.SendKeys(field("Nội dung xin ý kiến"), "Cho ý kiến về thời gian kiểm tra ở mục II."),
		chromedp.SetValue(`#consult-deadline`, time.Now().AddDate(0, 0, 3).Format(time.DateOnly)))
	w.press("Gửi xin ý kiến")
	w.reads(`section[aria-labelledby="opinions"] .errors`, "Phải hỏi ít nhất một đơn vị hoặc một người")
	audit(w, "consult refused")
	w.do(chromedp.SendKeys(field("Đơn vị được hỏi"), "VHTT"), chromedp.Click(`//fieldset//label[.="Lưu trữ viên"]`))
	w.press("Gửi xin ý kiến")
	w.reads(`[role="status"]`, "Đã gửi dự thảo xin ý kiến")

	clerk := openWindow(t, browser, s, true)
	clerk.login("clerk")
	clerk.reads(`section[aria-labelledby="list-opinions"]`, "Kiểm tra công tác văn thư, xin ý kiến", "Góp ý đến hết ngày")
	audit(clerk, "opinions awaited")
	clerk.click(`//section[@aria-labelledby="list-opinions"]//a[normalize-space(.)="Kiểm tra công tác văn thư, xin ý kiến"]`)
	clerk.do(chromedp.Click(`//summary[.="Góp ý"]`), chromedp.SetValue(`#opinion-1-stance`, "agree-with-changes"),
		chromedp.SendKeys(field("Nội dung góp ý"), "Lùi thời gian kiểm tra sang quý II.\nBỏ điểm b."))
	audit(clerk, "opinion form")
	clerk.press("Góp ý")
	clerk.reads(`[role="status"]`, "Đã ghi góp ý")
	w.visit("/van-ban/" + doc.ID)
	w.reads(`section[aria-labelledby="opinions"]`, "VHTT", "Nhất trí, đề nghị sửa", "Lùi thời gian kiểm tra sang quý II.")
	audit(w, "opinions")

	archivist := openWindow(t, browser, s, true)
	archivist.login("archivist")
	archivist.visit("/van-ban/" + doc.ID)
	archivist.reads(`section[aria-labelledby="access"]`, "trang văn bản")
	audit(archivist, "access history")
	for _, x := range []*window{clerk, archivist} {
		x.quiet()
	}
}
