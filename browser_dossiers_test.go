package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vanthu/server"
)

// A secretary files a document from its own page, into the dossier that the form
// offers first; an archivist proposes old dossiers for disposal and the head
// decides.
func dossiers(t *testing.T, browser context.Context, s *service, _ string) {
	secretary, archivist := s.login("secretary"), s.login("archivist")
	const office = "ubnd-tp-vung-tau"
	post := func(p *person, path string, body any) (out server.Dossier) {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r := p.ask("POST", path, raw)
		if err := json.Unmarshal(r.body, &out); r.err != nil || r.status/100 != 2 || err != nil {
			t.Fatalf("POST %s: %d %s %v %v", path, r.status, r.body, r.err, err)
		}
		return out
	}
	paper := func(kind, subject string) server.Document {
		t.Helper()
		r := s.login("clerk").ask("POST", "/api/v1/registers/"+office+"/papers", fmt.Sprintf(`{"type":%q,"subject":%q,"signatory":"Nguyễn Thị Thu Hương","recipients":["Các phòng, đơn vị"],"unit":"VHTT","date":"2024-03-22"}`, kind, subject))
		var doc server.Document
		if err := json.Unmarshal(r.body, &doc); r.status != 201 || err != nil {
			t.Fatalf("%d %s %v", r.status, r.body, err)
		}
		return doc
	}
	invitation := paper("GM", "Mời họp tổng kết công tác văn thư, lưu trữ") // kept for five years
	now := time.Now().Year()
	list := "/api/v1/dossiers/" + office
	for i, title := range []string{
		"Hồ sơ xây dựng kế hoạch công tác văn thư, lưu trữ hằng năm", "Hồ sơ kiểm tra công tác văn thư tại các phòng, ban", "Hồ sơ cải cách hành chính", "Hồ sơ thi đua, khen thưởng",
		"Hồ sơ tuyển dụng viên chức ngành giáo dục", "Hồ sơ nâng bậc lương thường xuyên", "Hồ sơ quy hoạch chi tiết khu dân cư phía đông, điều chỉnh cục bộ lần thứ hai theo ý kiến của Sở Xây dựng", "Hồ sơ giải quyết khiếu nại của công dân",
		"Hồ sơ họp giao ban tháng", "Hồ sơ lễ hội văn hoá ẩm thực",
	} {
		for _, year := range []int{2024, now - 1, now} {
			keeper, rule := []string{"VHTT", "VP", "TCKH"}[i%3], []string{"ke-hoach-theo-vu-viec", "ke-hoach-hang-nam", "bao-cao-thang"}[i%3]
			d := post(secretary, list, map[string]any{"year": year, "code": fmt.Sprintf("%02d.%s", i+11, keeper), "title": title, "retention": rule, "keeper": keeper, "started": fmt.Sprintf("%d-01-02", year)})
			if at := d.Address()[len("/ho-so/"+office):]; year == 2024 && i%2 == 1 || year == now-1 && i < 3 {
				post(secretary, list+at+"/add", map[string]any{"document": invitation.ID})
				post(secretary, list+at+"/end", map[string]any{"ended": fmt.Sprintf("%d-%02d-15", year, min(i+1, 12))})
			}
		}
	}
	for i, year := range []int{2012, 2013} {
		d := post(secretary, list, map[string]any{"year": year, "code": fmt.Sprintf("0%d.VHTT", i+1), "title": fmt.Sprintf("Hồ sơ họp giao ban năm %d", year), "retention": "bao-cao-thang", "keeper": "VHTT"})
		at := list + d.Address()[len("/ho-so/"+office):]
		post(secretary, at+"/add", map[string]any{"document": invitation.ID})
		post(secretary, at+"/end", map[string]any{"ended": fmt.Sprintf("%d-12-30", year)})
		post(archivist, at+"/transfer", map[string]any{"minutes": "01/BB-VP"})
	}
	axe := string(read(t, filepath.Join(npmFolder(t), "axe-core", "axe.min.js")))
	audit := func(w *window, what string) {
		t.Helper()
		w.unfold()
		look(w, what)
		auditor{w, axe}.audit(what)
		look(w, what+" phone")
		w.do(chromedp.EmulateViewport(1280, 900))
	}

	doc := paper("CV", "Đề nghị cung cấp số liệu kiểm tra công tác văn thư")
	w := openWindow(t, browser, s, true)
	w.login("secretary")
	w.reads(`section[aria-labelledby="list-dossiers"]`, "Sắp hoặc đã quá hạn nộp lưu", "2024/12.VP")
	audit(w, "start page with dossiers")
	w.visit("/van-ban/" + doc.ID)
	w.reads(`section[aria-labelledby="dossiers"]`, "Văn bản chưa ở trong hồ sơ nào")
	audit(w, "document to be filed")
	w.visit("/van-ban/" + doc.ID)
	w.do(chromedp.Click(`//summary[.="Đưa vào hồ sơ"]`))
	if first := value[string](w, `document.querySelector("#file-dossier").value`); first != "2024/11.VHTT" {
		t.Errorf("%s is offered first, not an open one of the document's year and unit", first)
	}
	w.press("Đưa vào hồ sơ")
	w.reads(`[role="status"]`, "Đã ghi vào nhật ký")
	w.reads(`section[aria-labelledby="dossiers"]`, "2024/11.VHTT", "Đang mở")
	audit(w, "document in a dossier")
	w.click(`//section[@aria-labelledby="dossiers"]//a[contains(., "2024/11.VHTT")]`)
	w.reads(`section[aria-labelledby="catalogue"]`, doc.Symbol, doc.Subject)
	audit(w, "open dossier")
	w.visit("/ho-so")
	w.reads("main", fmt.Sprintf("Danh mục hồ sơ năm %d", now), "10 hồ sơ")
	audit(w, "file list")
	w.do(chromedp.SetValue(`#year`, "0"), chromedp.SendKeys(`#q`, "le hoi"))
	w.press("Tìm")
	w.reads("main", "3 hồ sơ", "2024/20.VHTT")
	w.visit("/ho-so?year=0")
	audit(w, "file lists of all years")

	keeper := openWindow(t, browser, s, true)
	keeper.login("archivist")
	keeper.visit("/ho-so")
	keeper.reads("main", "Đã hết thời hạn bảo quản", "2012/01.VHTT")
	keeper.do(chromedp.Click(`//summary[.="Lập danh mục trình duyệt"]`), chromedp.Click(`//fieldset//label[contains(., "2012/01.VHTT")]`), chromedp.SetValue(`#propose-ubnd-tp-vung-tau-reason`, "  "))
	keeper.press("Lập danh mục trình duyệt")
	keeper.reads(`[role="alert"]`, "Có chỗ cần sửa")
	if ticked := value[[]string](keeper, `[...document.querySelectorAll("[name=dossiers]:checked")].map(x => x.value)`); len(ticked) != 1 || ticked[0] != "2012/01.VHTT" {
		t.Errorf("after the fault %v are ticked", ticked)
	}
	audit(keeper, "disposal list refused")
	keeper.do(chromedp.SendKeys(`#propose-ubnd-tp-vung-tau-reason`, "Hết thời hạn bảo quản"))
	keeper.press("Lập danh mục trình duyệt")
	keeper.reads("main", "Chờ duyệt")

	head := openWindow(t, browser, s, true)
	head.login("signatory")
	head.visit("/ho-so")
	audit(head, "disposal list to decide")
	head.do(chromedp.SetValue(`select[name="approved"]`, "yes"), chromedp.SendKeys(`input[name="reason"]`, "Theo biên bản họp hội đồng"))
	head.press("Duyệt hoặc không duyệt")
	head.reads(`[role="status"]`, "Đã ghi vào nhật ký")
	head.visit(fmt.Sprintf("/ho-so/%s/2012/01.VHTT", office))
	head.reads(".badge", "Được hủy")
	audit(head, "dossier that may be disposed of")
	for _, x := range []*window{w, head} { // the archivist's browser tells of the refusal
		x.quiet()
	}
}
