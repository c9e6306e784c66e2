package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// startBrowser starts a real Chromium for a test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute) // for all that a test does; each step has a limit of its own
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start; `make test` installs it: %v", err)
	}
	return ctx
}

// window is one person's browser: cookies of its own, one page.
type window struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu   sync.Mutex
	said []string // on the console
}

// openWindow opens one at the service's log-in page.
func openWindow(t *testing.T, browser context.Context, s *service, scripts bool) *window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	w := &window{t: t, ctx: ctx, base: s.base}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			w.mu.Lock()
			w.said = append(w.said, m.String())
			w.mu.Unlock()
		}
	}()
	if !scripts {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
	}
	w.do(chromedp.EmulateViewport(1280, 900))
	w.visit("/")
	return w
}

// do runs steps one after the other.
func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatalf("%v; the page reads:\n%.3000s", err, w.text("body"))
	}
}

func (w *window) visit(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.base + path))
}

// text is what a person reads in an element, "" when there is none.
func (w *window) text(sel string) string {
	w.t.Helper()
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, sel)))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// value asks the page for what a script gives.
func value[T any](w *window, script string) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// field finds an input by its label, as a person does.
func field(label string) string {
	return fmt.Sprintf(`//*[@id=//label[normalize-space(translate(., "*", ""))=%q]/@for]`, label)
}

// press presses a button or follows a link by its words and waits for the page
// that answers.
func (w *window) press(words string) {
	w.t.Helper()
	w.click(fmt.Sprintf(`//main//button[normalize-space(.)=%[1]q or @aria-label=%[1]q] | //main//a[normalize-space(.)=%[1]q]`, words))
}

// click presses what an XPath finds and waits for the page that answers.
func (w *window) click(path string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 60*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(path)); err != nil {
		w.t.Fatalf("press %s: %v; the page reads:\n%.3000s", path, err, w.text("body"))
	}
}

func (w *window) login(name string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(field("Tên đăng nhập"), name), chromedp.SendKeys(field("Mật khẩu"), "demo-"+name))
	w.press("Đăng nhập")
	w.reads("h1", "Việc cần làm")
}

// reads fails the test unless the element shows the words.
func (w *window) reads(sel string, words ...string) {
	w.t.Helper()
	got := w.text(sel)
	for _, want := range words {
		if !strings.Contains(got, want) {
			w.t.Fatalf("%s reads %q, want %q; the page:\n%.3000s", sel, got, want, w.text("body"))
		}
	}
}

// quiet fails the test when pages or browser complained on the console: about
// the content security policy, files that are missing, exceptions.
func (w *window) quiet() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.said {
		w.t.Errorf("the browser complains: %s", s)
	}
}
