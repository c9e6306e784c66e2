package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page of the API draws an OpenAPI 3.1 document under the policy, and an
// operation can be opened.
func TestDocs(t *testing.T) {
	head := `<link rel="stylesheet" href="/static/v/npm/swagger/swagger-ui.css"><script defer src="/static/v/npm/swagger/swagger-ui-bundle.js"></script><script defer src="/static/v/docs.js"></script>`
	url := site(t, map[string]http.HandlerFunc{
		"GET /docs": markup(head, `<div id="api" data-url="/openapi.json"></div>`),
		"GET /openapi.json": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`{"openapi":"3.1.0","info":{"title":"Văn thư","version":"1"},"paths":{"/api/v1/documents/{id}":{"get":{"operationId":"document","summary":"Đọc một văn bản","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"Văn bản"}}}}}}`)) //nolint:errcheck // the browser may go away
		},
	})
	b := browser(t, 1280, 900)
	b.do(chromedp.Navigate(url+"/docs"), chromedp.WaitVisible(chromedp.CSS(`.opblock-summary-path`)), chromedp.Click(chromedp.CSS(`.opblock-summary-control`)), chromedp.WaitVisible(chromedp.CSS(`.opblock-body .parameters`)))
	if text := get(b, chromedp.TextContent(chromedp.CSS(`#api`))); !strings.Contains(text, "Đọc một văn bản") || !strings.Contains(text, "Văn thư") {
		t.Errorf("%.300s", text)
	}
	b.quiet()
}
