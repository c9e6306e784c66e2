package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/record"
)

// Four people in four browsers take both example plans from a JSON file to the
// issued document through the pages, on both stores; programs that are not ours
// judge the result.
func TestFourPeopleThroughThePages(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		s := startService(t, flags...)
		browser := startBrowser(t)
		people := map[string]*window{}
		for _, name := range []string{"secretary", "signatory", "clerk", "archivist"} {
			people[name] = openWindow(t, browser, s, true)
			people[name].login(name)
		}
		for _, seed := range []struct{ file, date, dateLine, words string }{
			{"000_90bb067c4e1b730f", "2024-03-22", "Vũng Tàu, ngày 22 tháng 3 năm 2024", "cai cach hanh chinh vung tau"},
			{"004_814da083965fc256", "2021-12-05", "Đông Hòa, ngày 05 tháng 12 năm 2021", "dong hoa"},
		} {
			in := envelope(t, seeds+seed.file+".json", func(v map[string]any) { v["date"] = seed.date })
			var plan record.Envelope
			if err := json.Unmarshal(in, &plan); err != nil {
				t.Fatal(err)
			}
			w := walk{people: people, subject: strings.Join(strings.Fields(plan.Subject), " ")}
			w.draft(write(t, filepath.Join(t.TempDir(), "plan.json"), in))
			if seed.date == "2024-03-22" {
				w.returned()
			}
			w.sign()
			w.issue()
			final := w.find(s, seed.words)
			out := write(t, filepath.Join(dir, seed.date+".pdf"), final)
			w.verify(out)
			checkOutside(t, out, filepath.Join(dir, demoCA), 2)
			checkPages(t, out, 5, 9)
			checkLine(t, out, "Số:", "01/KH-UBND")
			checkLine(t, out, strings.Fields(seed.dateLine)...)
			checkWords(t, read(t, seeds+seed.file+".json"), tool(t, "pdftotext", "-layout", out, "-"))
		}
		for _, w := range people {
			w.quiet()
		}
	})
}

// walk is the way of one document through four browsers.
type walk struct {
	people  map[string]*window
	subject string
}

// draft loads the file into the form, saves it, and submits what is saved.
func (k walk) draft(file string) {
	w := k.people["secretary"]
	w.t.Helper()
	w.click(`//nav//a[normalize-space(.)="Soạn mới"]`)
	w.do(chromedp.Click(`//summary[.="Nạp từ tệp JSON"]`), chromedp.SetUploadFiles(`#file`, []string{file}))
	w.press("Điền vào biểu mẫu")
	w.reads(`[role="status"]`, "Đã điền dữ liệu từ tệp")
	w.press("Kiểm tra")
	if faults := w.text("#faults"); faults != "" {
		w.t.Fatalf("the form finds faults in the example: %s", faults)
	}
	w.press("Lưu dự thảo")
	w.reads(`[role="status"]`, "Đã lưu dự thảo")
	w.reads(".badge", "Dự thảo")
	w.do(chromedp.WaitVisible(`.pdf-page[data-drawn] canvas`))
	w.press("Trình ký")
	w.reads(".badge", "Đang trình ký")
}

// open opens the document from a list on the first page.
func (k walk) open(who, list string) *window {
	w := k.people[who]
	w.t.Helper()
	w.click(`//nav//a[normalize-space(.)="Việc cần làm"]`)
	w.reads(`section[aria-labelledby="list-`+list+`"]`, k.subject)
	w.click(`//section[@aria-labelledby="list-` + list + `"]//a[normalize-space(.)="` + k.subject + `"]`)
	w.reads(".head", k.subject)
	return w
}

// returned sends the document back once, with a reason, and has it submitted
// again.
func (k walk) returned() {
	w := k.open("signatory", "sign")
	w.t.Helper()
	w.do(chromedp.Click(`//summary[.="Trả lại người soạn thảo"]`), chromedp.SendKeys(field("Lý do"), "Bổ sung căn cứ"))
	w.press("Trả lại người soạn thảo")
	w.reads(".badge", "Bị trả lại")

	w = k.open("secretary", "returned")
	w.reads(".notice.warning", "Bổ sung căn cứ")
	w.press("Sửa dự thảo")
	w.press("Lưu dự thảo")
	w.reads(`[role="status"]`, "Đã lưu bản sửa")
	w.press("Trình ký")
}

// sign signs what is read.
func (k walk) sign() {
	w := k.open("signatory", "sign")
	w.t.Helper()
	w.do(chromedp.WaitVisible(`.pdf-page[data-drawn] canvas`))
	w.reads(".textLayer", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	w.press("Ký bản PDF này")
	w.reads(".badge", "Đã ký")
}

// issue numbers and seals in one step.
func (k walk) issue() {
	w := k.open("clerk", "number")
	w.t.Helper()
	w.press("Cấp số và đóng dấu")
	w.reads(".badge", "Đã phát hành")
	w.reads("h1", "Kế hoạch 01/KH-UBND")
	w.reads(".timeline", "Đóng dấu, phát hành", "Cấp số", "Ký", "Trình ký", "Lập dự thảo", "Văn thư", "Người có thẩm quyền ký", "Chuyên viên soạn thảo")
	w.unfold()
	w.press("Gửi: " + value[string](w, `document.querySelector('section[aria-labelledby="recipients"] tbody th').innerText`))
	w.reads(`section[aria-labelledby="recipients"]`, "Ghi đã nhận")
}

// find looks for the document as years later, and downloads it.
func (k walk) find(s *service, words string) []byte {
	w := k.people["archivist"]
	w.t.Helper()
	w.click(`//nav//a[normalize-space(.)="Văn bản"]`)
	w.do(chromedp.SendKeys(`#q`, words), chromedp.SetValue(`#state`, "issued"))
	w.press("Tìm")
	w.reads("main", "01/KH-UBND", k.subject)
	w.press(k.subject)
	w.reads(".badge", "Đã phát hành")
	link := value[string](w, `document.querySelector('section[aria-labelledby="versions"] a').getAttribute("href")`)
	final := s.login("archivist").get(link)
	w.click(`//nav//a[normalize-space(.)="Sổ đăng ký"]`)
	w.click(`(//section[.//li]//a)[last()]`)
	w.reads("table.register", "01/KH-UBND", "VT, ")
	return final
}

// verify has the page judge the file.
func (k walk) verify(file string) {
	w := k.people["archivist"]
	w.t.Helper()
	w.click(`//nav//a[normalize-space(.)="Kiểm tra chữ ký"]`)
	w.do(chromedp.SetUploadFiles(`#file`, []string{file}))
	w.press("Kiểm tra")
	w.reads("#verdict", "HỢP LỆ")
	w.reads("main", "Đúng từng byte với phiên bản", "Chữ ký của người có thẩm quyền", "Chữ ký của cơ quan (con dấu)")
}
