package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// formSite is a long form whose button sends it to a server that shows it again
// with one more field, focused. posts counts what arrived.
func formSite(t *testing.T) (url string, posts *atomic.Int32) {
	t.Helper()
	posts = &atomic.Int32{}
	show := func(w http.ResponseWriter, r *http.Request) {
		guard, focus := "", ""
		if r.Method == http.MethodPost {
			posts.Add(1)
			guard, focus = "unsaved", " autofocus"
			time.Sleep(300 * time.Millisecond)
		}
		fields := strings.Repeat(`<div class="field"><label>Ô <textarea rows="3" name="a"></textarea></label></div>`, 40)
		more := fmt.Sprintf(`<div class="field"><label>Mới <input type="text" id="new"%s></label></div>`, focus)
		markup(`<script defer src="/static/v/form.js"></script>`, `<form method="post" data-guard="`+guard+`">`+fields+more+`<button id="add" name="_do" value="add">Thêm</button>`+fields+`</form><a id="away" href="/other">Đi</a>`)(w, r)
	}
	return site(t, map[string]http.HandlerFunc{"GET /form": show, "POST /form": show, "GET /other": markup("", `<p id="other">khác</p>`)}), posts
}

// After a round with the server what is focused stands where the button stood.
func TestFormKeepsItsPlace(t *testing.T) {
	url, _ := formSite(t)
	b := browser(t, 1000, 700)
	b.do(chromedp.Navigate(url + "/form"))
	before := get(b, chromedp.Evaluate[float64](`(() => { const e = document.getElementById('add'); e.scrollIntoView({block: 'center'}); return e.getBoundingClientRect().top; })()`))
	b.do(chromedp.Click(chromedp.CSS(`#add`)), chromedp.WaitVisible(chromedp.CSS(`form[data-guard="unsaved"]`)))
	after := get(b, chromedp.Poll[float64](`document.activeElement.id === 'new' && document.activeElement.getBoundingClientRect().top`))
	if after < before-5 || after > before+5 {
		t.Errorf("the button was at %.0f, the new field is at %.0f", before, after)
	}
	b.quiet()
}

// Leaving what was typed asks first; sending does not.
func TestFormGuardsWhatWasTyped(t *testing.T) {
	url, _ := formSite(t)
	b := browser(t, 1000, 700)
	asked := &atomic.Int32{}
	dialogs := chromedp.Events(b.ctx, page.JavascriptDialogOpening)
	go func() { // a dialog blocks the click that opened it
		for _, err := range dialogs {
			if err != nil {
				return
			}
			asked.Add(1)
			if _, err := chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}); err != nil {
				t.Error(err)
			}
		}
	}()
	leave := func() {
		t.Helper()
		b.do(chromedp.Click(chromedp.CSS(`#away`)), chromedp.WaitReady(chromedp.CSS(`#other`)))
	}
	b.do(chromedp.Navigate(url + "/form"))
	leave()
	if asked.Load() != 0 {
		t.Error("asked although nothing was typed")
	}
	b.do(chromedp.Navigate(url+"/form"), chromedp.SendKeys(chromedp.CSS(`#new`), "chữ"), chromedp.Click(chromedp.CSS(`#add`)), chromedp.WaitVisible(chromedp.CSS(`form[data-guard="unsaved"]`)))
	if asked.Load() != 0 {
		t.Error("asked at sending")
	}
	b.do(chromedp.Click(chromedp.CSS(`#new`))) // browsers ask only who has touched the page
	leave()
	if asked.Load() != 1 {
		t.Errorf("asked %d times on leaving what is not saved", asked.Load())
	}
}

// A button pressed twice sends once.
func TestFormIsSentOnce(t *testing.T) {
	url, posts := formSite(t)
	b := browser(t, 1000, 700)
	b.do(chromedp.Navigate(url + "/form"))
	get(b, chromedp.Evaluate[bool](`(() => { const e = document.getElementById('add'); e.click(); e.click(); e.click(); return true; })()`))
	b.do(chromedp.WaitVisible(chromedp.CSS(`form[data-guard="unsaved"]`)))
	if n := posts.Load(); n != 1 {
		t.Errorf("sent %d times", n)
	}
	b.quiet()
}
