package server

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"vanthu/record"
	"vanthu/server/accounts"
)

// kinds are the constants of type Kind in the domain's own source: a new one
// cannot be forgotten.
func kinds(t testing.TB) []record.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../record/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []record.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Kind" {
			for _, x := range v.Values {
				s, err := strconv.Unquote(x.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, record.Kind(s))
			}
		}
		return true
	})
	return out
}

func TestEveryKindHasAStatus(t *testing.T) {
	want := map[record.Kind]int{"invalid": 422, "not-found": 404, "forbidden": 403, "conflict": 409, "precondition": 412, "busy": 429,
		"unavailable": 503, "damaged": 500, "usage": 500, "internal": 500}
	found := kinds(t)
	if len(found) != len(want) {
		t.Errorf("the domain has the kinds %v", found)
	}
	for _, k := range found {
		p := problemOf(fmt.Errorf("lớp ngoài: %w", record.Because(errors.New("secret /var/lib/vanthu"), k, "some-code", "Có lỗi ở blobs/ab")))
		if p.Status != want[k] || p.Code != "some-code" || p.Type != problemType+"some-code" || p.cause == nil || strings.Contains(p.Title, "secret") {
			t.Errorf("%s: %+v", k, p)
		}
		if hidden := p.Status == 500; hidden == strings.Contains(p.Title, "blobs/") {
			t.Errorf("%s: title %s", k, p.Title)
		}
		if (p.Status == 429 || p.Status == 503) != (p.retry > 0) {
			t.Errorf("%s: retry after %d", k, p.retry)
		}
	}
}

func TestProblemOfOtherErrors(t *testing.T) {
	for _, x := range []struct {
		err    error
		status int
		code   string
		retry  int
	}{
		{errors.New("anything"), 500, "internal", 0},
		{fmt.Errorf("ngoài: %w", refusal(418, "teapot", "Ấm trà")), 418, "teapot", 0},
		{context.Canceled, 499, "client-gone", 0},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), 503, "timeout", 5},
		{&http.MaxBytesError{Limit: 5}, 413, "body-too-large", 0},
		{accounts.ErrWrong, 401, "login-failed", 0},
		{errors.Join(errors.New("x"), &accounts.Delayed{Wait: 1500 * time.Millisecond}), 429, "login-delayed", 2},
		{record.E(record.Unavailable, "store-failed", "Kho lưu trữ gặp lỗi khi đọc hoặc ghi journals/x/1"), 503, "store-failed", 5},
		{record.E(record.Unavailable, "store-full", "Kho lưu trữ đã hết chỗ"), 503, "store-full", 5},
		{record.E(record.NotFound, "archive-not-found", "Kho lưu trữ không có blobs/x"), 500, "archive-not-found", 0},
	} {
		p := problemOf(x.err)
		if p.Status != x.status || p.Code != x.code || p.retry != x.retry || !vietnamese(p.Title) || internals.MatchString(p.Title) {
			t.Errorf("%v: %+v", x.err, p)
		}
		if full := strings.Contains(p.Title, "hết chỗ"); full != (x.code == "store-full") {
			t.Errorf("%v says %s", x.err, p.Title)
		}
	}
}

// What no route is for is a problem as well.
func TestUnknownRoutesAndMethods(t *testing.T) {
	o := house.open(t)
	for _, path := range []string{"/api", "/api/", "/api/v1", "/api/v2/documents", "/api/v1/documents/", "/api/v1//documents", "/api/v1/documents/x/unknown",
		"/nope", "/.env", "/metrics/", "/API/V1/documents", "/api/v1/%64ocuments/x/y/z"} {
		for _, as := range []*person{nobody, o.people["secretary"]} {
			o.ask(t, request{method: "GET", path: path, as: as}).want(t, 404, "route-unknown")
		}
	}
	for _, x := range []struct{ method, path, allow string }{
		{"DELETE", "/api/v1/documents", "GET, HEAD, POST"},
		{"PATCH", "/api/v1/documents/x", "GET, HEAD, PUT"},
		{"GET", "/api/v1/documents/x/sign", "POST"},
		{"HEAD", "/api/v1/verify", "POST"},
		{"POST", "/healthz", "GET, HEAD"},
		{"OPTIONS", "/api/v1/documents", "GET, HEAD, POST"},
		{"TRACE", "/metrics", "GET, HEAD"},
		{"PROPFIND", "/openapi.json", "GET, HEAD"},
	} {
		a := o.ask(t, request{method: x.method, path: x.path, as: o.people["secretary"]})
		if x.method != "HEAD" {
			a.want(t, 405, "method-not-allowed")
		}
		allowed := map[string]bool{}
		for _, m := range strings.Split(a.header.Get("Allow"), ", ") {
			allowed[m] = true
		}
		if want := strings.Split(x.allow, ", "); a.status != 405 || len(allowed) != len(want) {
			t.Errorf("%s %s: %d, allowed %v", x.method, x.path, a.status, allowed)
		}
	}
}

// A defect of ours costs one answer, says nothing to the caller and all to the
// log.
func TestPanics(t *testing.T) {
	o := house.open(t).with(t, func(*Config) {})
	o.server.engine.GET("/test/panic", func(*gin.Context) { panic("bí mật /var/lib") })
	o.server.engine.GET("/test/error", func(*gin.Context) { panic(errors.New("bí mật nữa")) })
	o.server.engine.GET("/test/late", func(g *gin.Context) { g.String(200, "đã viết"); panic("muộn") })
	o.server.engine.GET("/test/abort", func(*gin.Context) { panic(http.ErrAbortHandler) })
	for _, path := range []string{"/test/panic", "/test/error"} {
		a := o.ask(t, request{method: "GET", path: path})
		a.want(t, 500, "internal")
		if strings.Contains(string(a.body), "bí mật") {
			t.Errorf("%s", a.body)
		}
	}
	if log := o.log.String(); !strings.Contains(log, "bí mật nữa") || !strings.Contains(log, "problem_test.go") || strings.Count(log, `"msg":"panic"`) != 2 {
		t.Errorf("log: %s", log)
	}
	for _, path := range []string{"/test/late", "/test/abort"} {
		if answer, err := o.http.Client().Get(o.http.URL + path); err == nil {
			answer.Body.Close()
			t.Errorf("%s: half an answer was passed off as %d", path, answer.StatusCode)
		}
	}
	o.ask(t, request{method: "GET", path: "/healthz"}).want(t, 200, "")
}

// Queries and bodies, where people's names and passwords stand, are in no log.
func TestTheLogNamesNoSecrets(t *testing.T) {
	o := house.open(t).with(t, func(*Config) {})
	o.ask(t, request{method: "POST", path: "/api/v1/sessions", body: map[string]any{"username": "clerk", "password": "sai-mat-khau-x"}}).want(t, 401, "login-failed")
	o.ask(t, request{method: "GET", path: "/api/v1/documents?q=Nguy%E1%BB%85n+Th%E1%BB%8B+%C3%81nh", as: o.people["token-read"]}).want(t, 200, "")
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: o.people["clerk"], header: map[string]string{"X-Request-ID": "cua-toi.1"}}).want(t, 200, "")
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: o.people["clerk"], header: map[string]string{"X-Request-ID": `x" onload="`}}).want(t, 200, "")
	log := o.log.String()
	for _, secret := range []string{"sai-mat-khau", "Nguy", "%E1", o.people["clerk"].cookie, o.people["token-read"].token, "onload", password} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, want := range []string{`"request":"cua-toi.1"`, `"route":"/api/v1/documents"`, `"account":"` + o.people["clerk"].account.ID + `"`, `"problem":"login-failed"`, `"level":"WARN"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
}
