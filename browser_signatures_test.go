package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/server"
)

// An annex is attached, the official signs with a key of their own, the clerk
// makes copies, the archivist checks one: all through the pages.
func TestOwnKeyAnnexAndCopiesThroughThePages(t *testing.T) {
	dir := t.TempDir()
	key := deferredKey(t, dir)
	s := startService(t, "--demo", "--data", dir)
	browser := startBrowser(t)
	people := map[string]*window{}
	for _, name := range []string{"secretary", "signatory", "clerk", "archivist"} {
		people[name] = openWindow(t, browser, s, true)
		people[name].login(name)
	}
	api := s.login("secretary")
	doc, err := api.ask("POST", "/api/v1/documents", demoPlan(t)).document()
	if err != nil {
		t.Fatal(err)
	}

	at := "/van-ban/" + doc.ID
	annex := write(t, filepath.Join(t.TempDir(), "phu-luc.pdf"), read(t, "signer/testdata/plan-3-digits.pdf"))
	w := people["secretary"]
	w.visit(at)
	w.do(drawn)
	w.do(chromedp.SendKeys("#attach-title", "Phụ lục I: Danh mục nhiệm vụ"), chromedp.SetUploadFiles("#attach-file", []string{annex}))
	w.press("Kèm tệp này")
	w.reads(`[role="status"]`, "Đã kèm tệp")
	w.reads(`section[aria-labelledby="attachments"]`, "Phụ lục I: Danh mục nhiệm vụ")
	look(w, "draft")
	w.press("Trình ký")
	w.reads(".badge", "Đang trình ký")

	w = people["signatory"]
	w.visit(at)
	w.do(drawn)
	w.reads(`section[aria-labelledby="facts"]`, "Quyết định bổ nhiệm (dữ liệu mẫu)")
	w.press("Ký bản PDF này")
	w.reads(`[role="status"]`, "Chưa ký xong")
	w.reads(`section[aria-labelledby="waiting"]`, "Khóa ở thiết bị của bạn")
	look(w, "waiting")
	var waiting server.Waiting
	official := s.login("signatory")
	if d, err := official.ask("GET", "/api/v1/documents/"+doc.ID, nil).document(); err != nil || d.Waiting == nil {
		t.Fatalf("%v", err)
	} else {
		waiting = *d.Waiting
	}
	w.do(chromedp.SendKeys("#value", "AAAA"))
	w.press("Đưa chữ ký vào văn bản")
	w.reads(`[role="alert"]`, "không phải do khóa của")
	w.do(chromedp.SetValue("#value", byToken(t, key, &waiting)))
	w.press("Đưa chữ ký vào văn bản")
	w.reads(".badge", "Đã ký")

	w = people["clerk"]
	w.visit(at)
	w.do(drawn)
	w.press("Cấp số và đóng dấu")
	w.reads(".badge", "Đã phát hành")
	w.do(chromedp.Click(`//summary[normalize-space(.)="Sao y, sao lục, trích sao"]`))
	w.press("Sao y, sao lục, trích sao")
	w.reads(`section[aria-labelledby="copies"]`, "01/SY-UBND")
	look(w, "issued")
	w.visit("/bang-chung")
	w.reads("main", "01/KH-UBND")
	look(w, "evidence")

	w = people["archivist"]
	w.visit(at)
	w.do(drawn)
	w.do(chromedp.Click(`//summary[normalize-space(.)="Giữ lại, không cho hủy"]`))
	w.do(chromedp.SendKeys(`form[action$="/giu-lai"] textarea, form[action$="/giu-lai"] input[type="text"]`, "Phục vụ thanh tra"))
	w.press("Giữ lại, không cho hủy")
	w.reads("main", "Phục vụ thanh tra")
	w.visit("/van-ban")
	w.reads("main", "1 văn bản.")
	w.visit(at)
	w.do(drawn)
	look(w, "held")
	file := write(t, filepath.Join(t.TempDir(), "sao.pdf"), s.login("archivist").get("/api/v1/documents/"+doc.ID+"/copies/1/pdf"))
	w.visit("/kiem-tra")
	w.do(chromedp.SetUploadFiles("#file", []string{file}))
	w.press("Kiểm tra")
	w.reads(`section[aria-labelledby="known"]`, "Đúng từng byte với bản sao 01/SY-UBND")
	w.reads("main", "Chữ ký xác nhận bản sao")
	look(w, "verify")
	for name, w := range people {
		if name != "signatory" { // whose wrong value was refused
			w.quiet()
		}
	}
}

// drawn waits for the PDF: until then the page below it moves.
var drawn = chromedp.WaitVisible(`.pdf-page[data-drawn] canvas`)

// look keeps a picture of the page where $VANTHU_LOOK says.
func look(w *window, name string) {
	dir := os.Getenv("VANTHU_LOOK")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "page-"+strings.ReplaceAll(name, "/", "-")+".png"), png, 0o600); err != nil {
		w.t.Fatal(err)
	}
}
