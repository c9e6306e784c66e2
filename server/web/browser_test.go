package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// policy is the content security policy of the service's pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"

// site serves the assets and these pages under the policy.
func site(t *testing.T, pages map[string]http.HandlerFunc) string {
	t.Helper()
	files := load(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{version}/{name...}", func(w http.ResponseWriter, r *http.Request) {
		f, ok := files.Open(r.PathValue("name"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		body, err := f.Plain()
		if err != nil {
			t.Error(err)
		}
		if f.Gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			body = f.Gzip
		}
		w.Header().Set("Content-Type", f.Type)
		w.Write(body) //nolint:errcheck // the browser may go away
	})
	for pattern, h := range pages {
		mux.HandleFunc(pattern, h)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// markup is a page of the service with this in its body.
func markup(head, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thử</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/v/style.css">` + head + `</head><body><main>` + body + `</main></body></html>`)) //nolint:errcheck // the browser may go away
	}
}

// tab is a tab of a real Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu   sync.Mutex
	said []string // on the console, by pages and browser
}

func browser(t *testing.T, width, height int) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WindowSize(width, height),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-gpu", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start; `make test` installs it: %v", err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == "info" || m.Type == "debug" {
				continue
			}
			b.mu.Lock()
			b.said = append(b.said, m.String())
			b.mu.Unlock()
		}
	}()
	return b
}

// do runs steps one after the other.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.quiet()
		b.t.Fatal(err)
	}
}

// get runs what has an answer.
func get[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.quiet()
		b.t.Fatal(err)
	}
	return v
}

// quiet says whatever pages or browser wrote on the console: breaches of the
// policy, files that are not there, exceptions.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		b.t.Errorf("the browser complains: %s", s)
	}
}
