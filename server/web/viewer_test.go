package web_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const realPDF = "../../signer/testdata/real-3-digits.pdf"

func viewerSite(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(realPDF); err != nil {
		t.Fatal(err)
	}
	script := `<script type="module" src="/static/v/viewer.js"></script>`
	return site(t, map[string]http.HandlerFunc{
		"GET /page":     markup(script, `<div class="pdf" data-src="/plan.pdf" data-title="Kế hoạch"><p><a href="/plan.pdf">Mở tệp PDF</a></p></div>`),
		"GET /broken":   markup(script, `<div class="pdf" data-src="/broken.pdf"><p><a href="/broken.pdf">Mở tệp PDF</a></p></div>`),
		"GET /plan.pdf": func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, realPDF) },
		"GET /broken.pdf": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/pdf")
			w.Write([]byte("%PDF-1.7 and nothing else")) //nolint:errcheck // the browser may go away
		},
	})
}

// ink counts the pixels of a page's canvas that are not white.
const ink = `(n => { const c = document.querySelectorAll('.pdf-page')[n].querySelector('canvas');
	const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let dark = 0;
	for (let i = 0; i < d.length; i += 4) if (d[i] < 128 && d[i+1] < 128 && d[i+2] < 128) dark++; return dark; })`

// A real plan is drawn by the built-in pdf.js, with its text over it, under the
// service's own content security policy.
func TestViewerDrawsARealPlan(t *testing.T) {
	url := viewerSite(t)
	b := browser(t, 1280, 900)
	b.do(chromedp.EmulateViewport(1280, 900, chromedp.EmulateScale(2)), chromedp.Navigate(url+"/page"), chromedp.WaitVisible(chromedp.CSS(`.pdf-page[data-drawn] canvas`)))
	pages := get(b, chromedp.Evaluate[int](`document.querySelectorAll('.pdf-page').length`))
	drawn := get(b, chromedp.Evaluate[int](`document.querySelectorAll('.pdf-page canvas').length`))
	if pages < 3 || drawn == 0 || drawn >= pages {
		t.Errorf("%d of %d pages are drawn: only those near the window should be", drawn, pages)
	}
	if dark := get(b, chromedp.Evaluate[int](ink+`(0)`)); dark < 5000 {
		t.Errorf("only %d dark pixels: no page of a plan", dark)
	}
	sharp := get(b, chromedp.Evaluate[int](`document.querySelector('.pdf-page canvas').width`))
	if wide := get(b, chromedp.Evaluate[int](`document.querySelector('.pdf-page canvas').clientWidth`)); sharp < 2*wide-4 {
		t.Errorf("%d pixels for %d points at a scale of 2", sharp, wide)
	}
	text := strings.Join(strings.Fields(get(b, chromedp.TextContent(chromedp.CSS(`.pdf-page .textLayer`)))), " ")
	for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "KẾ HOẠCH"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text over the page: %.300s", want, text)
		}
	}
	if label := get(b, chromedp.Evaluate[string](`document.querySelector('.pdf-pages').getAttribute('aria-label')`)); label != "Kế hoạch" {
		t.Errorf("the viewer is called %q", label)
	}
	b.quiet()
}

// Zoom, page field, buttons and keys.
func TestViewerControls(t *testing.T) {
	url := viewerSite(t)
	b := browser(t, 1000, 800)
	type css = chromedp.CSS
	width := chromedp.Evaluate[int](`document.querySelector('.pdf-page').clientWidth`)
	b.do(chromedp.Navigate(url+"/page"), chromedp.WaitVisible(css(`.pdf-page[data-drawn] canvas`)))
	first := get(b, width)
	b.do(chromedp.Click(css(`button[aria-label="Phóng to"]`)))
	if wide, level := get(b, width), get(b, chromedp.TextContent(css(`.pdf-tools output`))); level != "125%" || wide < first*120/100 {
		t.Errorf("zoomed to %s, from %d to %d", level, first, wide)
	}
	b.do(chromedp.Click(css(`button[aria-label="Vừa khung: theo chiều rộng"]`)), chromedp.Clear(css(`.pdf-tools input`)),
		chromedp.SendKeys(css(`.pdf-tools input`), "3"+kb.Enter), chromedp.WaitVisible(css(`.pdf-page:nth-child(3)[data-drawn] canvas`)))
	if dark, at := get(b, chromedp.Evaluate[int](ink+`(2)`)), get(b, chromedp.Value(css(`.pdf-tools input`))); at != "3" || dark < 2000 {
		t.Errorf("page 3 is %q with %d dark pixels", at, dark)
	}
	b.do(chromedp.Focus(css(`.pdf-pages`)), chromedp.KeyEvent(kb.ArrowLeft), chromedp.WaitVisible(css(`.pdf-page:nth-child(2)[data-drawn] canvas`)))
	if at := get(b, chromedp.Value(css(`.pdf-tools input`))); at != "2" {
		t.Errorf("the page before 3 is %q", at)
	}
	b.do(chromedp.KeyEvent("-"))
	if narrow := get(b, width); narrow > first*80/100 {
		t.Errorf("made smaller by key, from %d to %d", first, narrow)
	}
	b.quiet()
}

// A file that cannot be shown leaves the link, and a word about it.
func TestViewerFallsBack(t *testing.T) {
	url := viewerSite(t)
	b := browser(t, 800, 600)
	b.do(chromedp.Navigate(url+"/broken"), chromedp.WaitVisible(chromedp.CSS(`.pdf [role="alert"]`)))
	message := get(b, chromedp.TextContent(chromedp.CSS(`.pdf [role="alert"]`)))
	link := get(b, chromedp.Evaluate[string](`document.querySelector('.pdf a').getAttribute('href')`))
	if !strings.Contains(message, "hãy mở tệp PDF") || link != "/broken.pdf" {
		t.Errorf("%q, link %q", message, link)
	}
}
