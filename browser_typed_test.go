package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A plan typed by hand, in a browser that runs no script: items are added,
// moved, removed and put back by the form's own buttons, faults are found at
// their fields, and the printed plan is what was typed.
func typedByHand(t *testing.T, browser context.Context, s *service, dir string) {
	w := openWindow(t, browser, s, false)
	w.login("secretary")
	w.click(`//nav//a[normalize-space(.)="Soạn mới"]`)
	w.do(chromedp.SetValue(`#template`, "ke-hoach"), chromedp.SetValue(`#organization`, "ubnd-phuong-vung-tau"))
	w.press("Mở biểu mẫu")

	w.press("Lưu dự thảo") // nothing typed yet
	w.reads("#faults", "Trích yếu", "Người ký và tư cách ký", "Nơi nhận 1, Tên nơi nhận", "Mục I, Tên mục")
	w.do(chromedp.Click(`//*[@id="faults"]//a[.="Trích yếu"]`))
	if at := value[string](w, `document.activeElement.name`); at != "/subject" {
		t.Errorf("the summary's link leads to %q", at)
	}

	w.typed("/subject", "Kiểm tra công tác văn thư")
	w.do(chromedp.SetValue(name("/signatory/person"), "TM bui-quoc-dat"), chromedp.SetValue(name("/recipients/0/purpose"), "report"))
	w.typed("/recipients/0/name", "UBND thành phố (b/c)")
	w.typed("/filing/unit", "VP")
	w.typed("/content/opening/0", "Căn cứ chương trình công tác năm, Ủy ban nhân dân phường ban hành kế hoạch như sau:")
	w.typed("/content/sections/0/title", "TỔ CHỨC THỰC HIỆN")
	w.press("Thêm mục: Các mục")
	w.typed("/content/sections/1/title", "MỤC ĐÍCH")
	w.press("Thêm ý gạch đầu dòng: Mục II, Nội dung mục")
	w.typed("/content/sections/1/body/0/dash", "Đánh giá việc thực hiện các quy định.")
	w.press("Lên: Mục II")
	w.reads(`[role="status"]`, "Mục II nay là Mục I")
	w.press("Thêm khoản: Mục II, Các khoản")
	w.typed("/content/sections/1/clauses/0/title", "Văn phòng")
	w.press("Thêm mục: Các mục")
	w.typed("/content/sections/2/title", "KHÔNG CẦN")
	w.press("Xóa: Mục III")
	w.press("Khôi phục")
	w.press("Xóa: Mục III")
	w.press("Xuống: Mục I")
	w.press("Lên: Mục II")
	w.press("Kiểm tra")
	if faults := w.text("#faults"); faults != "" {
		t.Fatalf("faults in what was typed: %s", faults)
	}
	w.reads(`section[aria-labelledby="findings"]`, "Kết quả kiểm tra")
	w.press("Lưu dự thảo")
	w.reads(".badge", "Dự thảo")
	w.press("Trình ký")

	official := openWindow(t, browser, s, false)
	official.login("signatory")
	official.press("Kiểm tra công tác văn thư")
	official.press("Ký bản PDF này")
	clerk := openWindow(t, browser, s, false)
	clerk.login("clerk")
	clerk.press("Kiểm tra công tác văn thư")
	clerk.press("Cấp số và đóng dấu")
	clerk.reads("h1", "01/KH-UBND")

	link := value[string](clerk, `document.querySelector('section[aria-labelledby="versions"] a').getAttribute("href")`)
	out := write(t, filepath.Join(dir, "typed.pdf"), s.login("clerk").get(link))
	checkOutside(t, out, filepath.Join(dir, demoCA), 2)
	text := strings.Join(strings.Fields(tool(t, "pdftotext", "-layout", out, "-")), " ")
	last := 0
	for _, want := range []string{"Kiểm tra công tác văn thư", "Căn cứ chương trình công tác năm", "I. MỤC ĐÍCH", "- Đánh giá việc thực hiện các quy định.", "II. TỔ CHỨC THỰC HIỆN", "1. Văn phòng", "UBND thành phố (b/c);", "Bùi Quốc Đạt"} {
		at := strings.Index(text[last:], want)
		if at < 0 {
			t.Errorf("%q is not on the page, or not in its place:\n%s", want, text)
			continue
		}
		last += at
	}
	if strings.Contains(text, "KHÔNG CẦN") {
		t.Error("a section that was removed is printed")
	}
}

// name finds an input by its name.
func name(pointer string) chromedp.CSS { return chromedp.CSS(`[name="` + pointer + `"]`) }

// typed types into an empty input.
func (w *window) typed(pointer, text string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(name(pointer), text))
}
