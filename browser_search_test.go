package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// An archivist looks for the example plans as people do: without accents, a
// filter clicked, a search kept, a hit opened.
func TestSearchInTheBrowser(t *testing.T) {
	dir := t.TempDir()
	for _, seed := range []struct{ file, template string }{
		{"000_90bb067c4e1b730f", "ke-hoach"}, {"001_fa0016e2113d88a4", "ke-hoach"}, {"002_9d93675d5125f1c2", "ke-hoach-kem-theo"},
		{"003_43fde0b385ab0025", "ke-hoach"}, {"004_814da083965fc256", "ke-hoach"},
	} {
		good(t, nil, "issue", "--demo", "--data", dir, "-t", seed.template, "-d", seeds+seed.file+".json", "-o", filepath.Join(t.TempDir(), "o.pdf"))
	}
	s := startService(t, "--demo", "--data", dir)
	w := openWindow(t, startBrowser(t), s, true)
	w.login("archivist")
	w.visit("/van-ban")
	look(w, "search-start")
	w.do(chromedp.SendKeys("#q", `"cai cach hanh chinh" "so noi vu"`))
	w.press("Tìm")
	w.reads("main", "3 văn bản.")
	w.reads("tbody mark", "ải cách hành chính")
	w.reads("tbody", "Nơi nhận: UBND tỉnh; Sở Nội vụ tỉnh;")
	look(w, "search-words")
	w.press("2021")
	w.reads("main", "2 văn bản.")
	w.do(chromedp.SendKeys("#name", "Cải cách năm 2021"))
	w.press("Lưu")
	w.reads(`[role="status"]`, "Đã lưu câu tìm.")
	look(w, "search-saved")
	w.do(chromedp.Click(`//summary[normalize-space(.)="Thêm điều kiện"]`), chromedp.Click(`[name="accents"]`))
	w.press("Tìm")
	w.reads("main", "Không có văn bản nào như vậy.")
	look(w, "search-exact")
	w.press("Cải cách năm 2021")
	w.reads("main", "2 văn bản.")
	for _, list := range strings.Fields("csv xlsx pdf") {
		if b := s.login("archivist").get("/api/v1/documents." + list + "?year=2021"); len(b) < 200 {
			t.Errorf("a list as %s of %d bytes", list, len(b))
		}
	}
	w.quiet()
}
