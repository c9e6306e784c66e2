package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// request is one request; the zero value of a member is left out.
type request struct {
	method, path string
	as           *person
	header       map[string]string
	body         any // string or []byte as they are, else JSON
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Errorf("no problem: %v: %s", err, a.body)
	}
	return p
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// ask sends a request over a real connection. Every answer of every test is held
// to what the API document promises and to what holds for all answers.
func (o *office) ask(t testing.TB, r request) answer {
	t.Helper()
	a := o.send(t, r)
	o.checkAlways(t, r, a)
	o.spec.check(t, r, a)
	return a
}

func (o *office) send(t testing.TB, r request) answer {
	t.Helper()
	var body io.Reader
	media := ""
	switch b := r.body.(type) {
	case nil:
	case string:
		body, media = strings.NewReader(b), "application/json"
	case []byte:
		body, media = bytes.NewReader(b), "application/json"
	case io.Reader:
		body = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body, media = bytes.NewReader(raw), "application/json"
	}
	q, err := http.NewRequestWithContext(t.Context(), r.method, o.http.URL+r.path, body)
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		q.Header.Set("Content-Type", media)
	}
	if p := r.as; p != nil && p.cookie != "" {
		q.AddCookie(&http.Cookie{Name: o.server.cookieName(), Value: p.cookie})
	}
	if p := r.as; p != nil && p.token != "" {
		q.Header.Set("Authorization", "Bearer "+p.token)
	}
	for k, v := range r.header {
		if k == "Host" {
			q.Host = v
			continue
		}
		q.Header.Set(k, v)
	}
	client := *o.http.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(q)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	return answer{got.StatusCode, got.Header, content}
}

// Internals show themselves by such words.
var internals = regexp.MustCompile(`goroutine |\.go:\d|panic|runtime error|/tmp/|blobs/|journals/|manifests/|accounts/|sessions/|vanthu/record|vanthu/storage|argon2|127\.0\.0\.1:`)

var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkAlways is what holds for every answer.
func (o *office) checkAlways(t testing.TB, r request, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s %s: %s is %q", r.method, r.path, name, got)
		}
	}
	for _, name := range []string{"Content-Security-Policy", "X-Frame-Options", "X-Request-Id", "Permissions-Policy", "Cache-Control"} {
		if a.header.Get(name) == "" {
			t.Errorf("%s %s: no %s", r.method, r.path, name)
		}
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "'unsafe-eval'") {
		t.Errorf("%s %s: policy %s", r.method, r.path, csp)
	}
	for name := range a.header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
			t.Errorf("%s %s: header %s", r.method, r.path, name)
		}
	}
	if a.status >= 400 && strings.HasPrefix(a.header.Get("Content-Type"), "application/json") && r.path != "/readyz" {
		t.Errorf("%s %s: %d as plain JSON: %s", r.method, r.path, a.status, a.body)
	}
	if a.status >= 400 && r.method != http.MethodHead && r.path != "/readyz" && !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		checkProblem(t, r, a)
	}
}

// checkProblem holds a refusal to RFC 9457 and to our own promises.
func checkProblem(t testing.TB, r request, a answer) {
	t.Helper()
	wrong := func(what string) {
		t.Helper()
		t.Errorf("%s %s: %d %s: %s", r.method, r.path, a.status, what, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		wrong("is " + got)
	}
	p := a.problem(t)
	switch {
	case p.Status != a.status:
		wrong("names another status")
	case p.Type != "urn:vanthu:problem:"+p.Code || !codeForm.MatchString(p.Code):
		wrong("has no stable type and code")
	case p.Instance != "urn:vanthu:request:"+a.header.Get("X-Request-Id"):
		wrong("does not name the request")
	case !vietnamese(p.Title):
		wrong("has no Vietnamese title")
	case internals.Match(a.body):
		wrong("shows internals")
	case a.header.Get("ETag") != "" || a.header.Get("Location") != "" || a.header.Get("Content-Disposition") != "":
		wrong("has headers of the answer that was not given")
	case a.header.Get("Cache-Control") != "no-store":
		wrong("may be stored")
	case (a.status == 429 || a.status == 503) && a.header.Get("Retry-After") == "":
		wrong("does not say when to ask again")
	}
	for _, f := range p.Errors {
		if f.Message == "" || f.Code == "" || f.Pointer != "" && f.Pointer[0] != '/' {
			wrong("has a fault without message, code or place")
		}
	}
}

func vietnamese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
}

// want fails unless the answer has the status and, where there is one, the code.
func (a answer) want(t testing.TB, status int, code string) bool {
	t.Helper()
	if a.status != status {
		t.Errorf("%d, want %d %s: %s", a.status, status, code, clip(string(a.body)))
		return false
	}
	if code == "" {
		return true
	}
	if p := a.problem(t); p.Code != code {
		t.Errorf("%d %s, want %s", a.status, p.Code, code)
		return false
	}
	return true
}

// faults are the places and codes that a problem names.
func (a answer) faults(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, f := range a.problem(t).Errors {
		out = append(out, f.Pointer+" "+f.Code)
	}
	slices.Sort(out)
	return out
}

// begin sends a PDF of unknown length and does not care what comes of it.
func (o *office) begin(ctx context.Context, as *person, body io.Reader) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.http.URL+"/api/v1/verify", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", mediaPDF)
	r.AddCookie(&http.Cookie{Name: o.server.cookieName(), Value: as.cookie})
	a, err := o.http.Client().Do(r)
	if err != nil {
		return err
	}
	return a.Body.Close()
}
