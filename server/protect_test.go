package server

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// What another site makes a browser send is refused, whoever's cookie comes
// along; nothing changes.
func TestForeignOrigins(t *testing.T) {
	o := house.open(t)
	host := strings.TrimPrefix(o.http.URL, "http://")
	doc := o.document(t, record.Draft)
	path := "/api/v1/documents/" + doc.ID + "/discard"
	before := o.seqs(t)
	foreign := []map[string]string{
		{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://" + host + ".evil.example"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": "https://evil.example/" + host},
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://" + host}, {"Sec-Fetch-Site": "x"},
	}
	for _, h := range foreign {
		for _, x := range []struct {
			method, path string
			as           *person
			body         any
		}{
			{"POST", path, o.people["secretary"], map[string]any{"reason": "x"}},
			{"POST", path, o.people["token-draft"], map[string]any{"reason": "x"}},
			{"POST", "/api/v1/documents", o.people["secretary"], plan(t, nil)},
			{"PUT", "/api/v1/documents/" + doc.ID, o.people["secretary"], plan(t, nil)},
			{"DELETE", "/api/v1/sessions", o.people["secretary"], nil},
			{"POST", "/api/v1/sessions", nobody, map[string]any{"username": "clerk", "password": password}},
		} {
			with := map[string]string{"If-Match": "*"}
			for k, v := range h {
				with[k] = v
			}
			a := o.ask(t, request{method: x.method, path: x.path, as: x.as, body: x.body, header: with})
			if !a.want(t, 403, "foreign-origin") || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s with %v", x.method, x.path, h)
			}
		}
		// Reading changes nothing, and no other site may see the answer.
		o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: o.people["secretary"], header: h}).want(t, 200, "")
	}
	// Not logged in is said first.
	o.ask(t, request{method: "POST", path: path, header: foreign[0]}).want(t, 401, "not-logged-in")
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
	for _, h := range []map[string]string{nil, {"Origin": o.http.URL}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin", "Origin": o.http.URL}} {
		o.ask(t, request{method: "POST", path: "/api/v1/sessions", body: map[string]any{"username": "clerk", "password": password}, header: h}).want(t, 200, "")
	}
	// Behind a proxy the browser's address is not the one that the service sees.
	u, err := url.Parse("https://vanthu.example")
	if err != nil {
		t.Fatal(err)
	}
	p := o.with(t, func(c *Config) { c.URL = u })
	p.ask(t, request{method: "POST", path: "/api/v1/sessions", body: map[string]any{"username": "clerk", "password": password}, header: map[string]string{"Origin": "https://vanthu.example"}}).want(t, 200, "")
	p.ask(t, request{method: "POST", path: "/api/v1/sessions", body: map[string]any{"username": "clerk", "password": password}, header: map[string]string{"Origin": "http://vanthu.example"}}).want(t, 403, "foreign-origin")
}

// HEAD is GET without its body, wherever there is a GET.
func TestHead(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	for _, r := range apiRules {
		if r.method != "GET" {
			continue
		}
		path := strings.ReplaceAll(r.path, "{doc}", doc.ID)
		get := o.ask(t, request{method: "GET", path: path, as: o.people["clerk"]})
		head := o.ask(t, request{method: "HEAD", path: path, as: o.people["clerk"]})
		anew := strings.HasSuffix(path, "/package") || strings.HasSuffix(path, "/book") || strings.HasSuffix(path, "/list") // says when it was made
		if head.status != get.status || len(head.body) > 0 || !anew && head.header.Get("ETag") != get.header.Get("ETag") || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %v, GET: %d", path, head.status, head.header, get.status)
		}
		if a := o.ask(t, request{method: "HEAD", path: path}); !r.open && a.status != 401 {
			t.Errorf("HEAD %s as nobody: %d", path, a.status)
		}
	}
}

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestRatePerAccount(t *testing.T) {
	time := newClock()
	o := house.open(t).with(t, func(c *Config) {
		c.Limits, c.Now = Limits{AccountRate: 1, AccountBurst: 3, AddressRate: 1000, AddressBurst: 1000}, time.now
	})
	get := func(as string) answer {
		return o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: o.people[as]})
	}
	for range 3 {
		get("token-read").want(t, 200, "")
	}
	a := get("token-read")
	a.want(t, 429, "too-many-requests")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	get("token-draft").want(t, 429, "too-many-requests") // another token of the same account
	get("clerk").want(t, 200, "")                        // someone else at the same address
	time.pass(1e9)
	get("token-read").want(t, 200, "")
	get("token-read").want(t, 429, "too-many-requests")
}

func TestRatePerAddress(t *testing.T) {
	time := newClock()
	limits := func(c *Config) {
		c.Limits, c.Now = Limits{AddressRate: 1, AddressBurst: 3, AccountRate: 1000, AccountBurst: 1000}, time.now
	}
	get := func(o *office, forwarded, path string) answer {
		h := map[string]string{}
		if forwarded != "" {
			h["X-Forwarded-For"], h["X-Real-Ip"] = forwarded, "203.0.113.9"
		}
		return o.ask(t, request{method: "GET", path: path, header: h})
	}
	// What a stranger says of where it comes from is not believed.
	o := house.open(t).with(t, limits)
	for i := range 3 {
		get(o, fmt.Sprintf("192.0.2.%d", i), "/healthz").want(t, 200, "")
	}
	get(o, "192.0.2.77", "/healthz").want(t, 429, "too-many-requests")
	get(o, "", "/no-such-thing").want(t, 429, "too-many-requests")
	get(o, "", "/api/v1/documents").want(t, 429, "too-many-requests")
	time.pass(1e9)
	get(o, "", "/healthz").want(t, 200, "")
	if log := o.log.String(); strings.Contains(log, "192.0.2.") || !strings.Contains(log, `"address":"127.0.0.1"`) {
		t.Error("the log believes what strangers say")
	}
	// A configured proxy is.
	p := house.open(t).with(t, func(c *Config) { limits(c); c.Proxies = []string{"127.0.0.0/8"} })
	for range 3 {
		get(p, "192.0.2.1", "/healthz").want(t, 200, "")
	}
	get(p, "192.0.2.1", "/healthz").want(t, 429, "too-many-requests")
	get(p, "192.0.2.2", "/healthz").want(t, 200, "")
	get(p, "192.0.2.1, 192.0.2.3", "/healthz").want(t, 200, "") // only the last hop is the proxy's word
	// An IPv6 customer has one address.
	for i := range 3 {
		get(p, fmt.Sprintf("2001:db8:1:2::%x", i+1), "/healthz").want(t, 200, "")
	}
	get(p, "2001:db8:1:2:ffff::1", "/healthz").want(t, 429, "too-many-requests")
	get(p, "2001:db8:1:3::1", "/healthz").want(t, 200, "")
	if _, err := New(Config{Proxies: []string{"not a network"}, Now: time.now}); err == nil {
		t.Error("a proxy that is none")
	}
}

func TestRateOfLogIns(t *testing.T) {
	time := newClock()
	o := house.open(t).with(t, func(c *Config) {
		c.Limits, c.Now = Limits{LoginRate: 6, LoginBurst: 2}, time.now
	})
	for i := range 2 {
		o.logIn(t, nobody, fmt.Sprintf("khong-%d", i), "sai").want(t, 401, "login-failed")
	}
	o.logIn(t, nobody, "clerk", password).want(t, 429, "too-many-requests")
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: o.people["clerk"]}).want(t, 200, "")
	time.pass(10e9)
	o.logIn(t, nobody, "clerk", password).want(t, 200, "")
	o.logIn(t, nobody, "clerk", password).want(t, 429, "too-many-requests")
}

// A crowd of addresses neither fills the memory nor locks out who comes next.
func TestLimiterIsBounded(t *testing.T) {
	time := newClock()
	l := newLimiter(1, 2, time.now)
	for i := range maxBuckets + 10 {
		if !l.allow(fmt.Sprint(i)) {
			t.Fatalf("newcomer %d was refused", i)
		}
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d buckets", len(l.buckets))
	}
	if !l.allow("x") || !l.allow("x") || l.allow("x") {
		t.Error("the limit is gone")
	}
}

func TestAddressOf(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "::1": "::", "fe80::1%eth0": "fe80::", "::ffff:192.0.2.1": "192.0.2.1", "": "", "x": "x",
	} {
		if got := addressOf(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// counted is a real store that notes which keys are asked for.
type counted struct {
	storage.Store
	mu   sync.Mutex
	keys []string
}

func (c *counted) note(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !strings.Contains(key, record.SystemJournal) { // where people's roles are
		c.keys = append(c.keys, key)
	}
}

func (c *counted) Get(ctx context.Context, key string) ([]byte, error) {
	c.note(key)
	return c.Store.Get(ctx, key)
}

func (c *counted) Create(ctx context.Context, key string, data []byte) error {
	c.note(key)
	return c.Store.Create(ctx, key, data)
}

func (c *counted) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	c.note(prefix)
	return c.Store.List(ctx, prefix)
}

// Ids that cannot be ids are no document, and the store never hears of them.
func TestPathTricks(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	store := &counted{Store: o.backend.Archive}
	archive := storage.NewArchive(store)
	states, err := storage.OpenStates(archive, filepath.Join(t.TempDir(), "index"), o.cfg.Log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := states.Close(); err != nil {
			t.Error(err)
		}
	})
	p := o.with(t, func(c *Config) {
		d := *c.Desk
		d.Journals, d.Archive, c.Desk, c.States = states, archive, &d, states
	})
	p.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people["clerk"]}).want(t, 200, "")
	store.keys = nil
	for _, id := range []string{
		"x", "..", ".", "%2e%2e", "%2E%2E%2F%2E%2E", "..%2f..%2fetc%2fpasswd", "..%5c..", "%00", doc.ID + "%00", doc.ID + "%20", strings.ToUpper(doc.ID), doc.ID + "a", doc.ID[:25],
		strings.Repeat("a", 27), strings.Repeat("a", 6000), "%c3%a1" + doc.ID[1:], "%ef%bd%81" + doc.ID[1:], "_system", here, "*", "%25", "%ff%fe", "..;", "~root", "%0d%0aSet-Cookie:x=y",
		"\u0065\u0301", doc.ID + "/../" + doc.ID, doc.ID + "/versions/../../" + doc.ID,
	} {
		for _, tail := range []string{"", "/history", "/versions/1/pdf", "/versions/1/manifest"} {
			r := request{method: "GET", path: "/api/v1/documents/" + id + tail, as: o.people["clerk"]}
			a := p.ask(t, r)
			if a.status != 404 {
				t.Errorf("%s: %d %s", clip(r.path), a.status, clip(string(a.body)))
			}
		}
		a := p.ask(t, request{method: "POST", path: "/api/v1/documents/" + id + "/seal", as: o.people["clerk"], header: map[string]string{"If-Match": "*"}})
		if a.status != 404 {
			t.Errorf("seal %s: %d", clip(id), a.status)
		}
	}
	for _, path := range []string{"/api/v1/documents/..", "/api/v1/documents/../../etc/passwd", "/../healthz", "/api/v1/templates/..%2f..%2fgo.mod", "/api/v1/templates/%00", "/api/v1/templates/" + strings.Repeat("a", 5000),
		"/api/v1/templates/../schema", "/api/v1/registers/..%2f_system/2024", "/api/v1/registers/_system/2024", "/api/v1/registers/%2e%2e/2024", "/api/v1/registers/" + here + "/0", "/api/v1/registers/" + here + "/x", "/api/v1/registers/" + here + "/-2024", "/api/v1/registers/" + here + "/99999"} {
		if a := p.ask(t, request{method: "GET", path: path, as: o.people["clerk"]}); a.status != 404 {
			t.Errorf("%s: %d %s", clip(path), a.status, clip(string(a.body)))
		}
	}
	if len(store.keys) > 0 {
		t.Errorf("the store was asked for %q", store.keys)
	}
	// Versions that are not there.
	for _, n := range []string{"0", "-1", "5", "999999999999999999999", "x", "1.0", "%31%00", "NaN"} {
		p.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID + "/versions/" + n + "/pdf", as: o.people["clerk"]}).want(t, 404, "")
	}
	a := p.raw(t, "GET /api/v1/documents/\x01\x02 HTTP/1.1\r\nHost: x\r\n\r\n")
	if !strings.HasPrefix(a, "HTTP/1.1 400 ") {
		t.Errorf("control characters: %s", clip(a))
	}
}

// The policy of the pages lets nothing in from elsewhere and runs no script that
// stands in a page.
func TestContentPolicy(t *testing.T) {
	o := house.open(t)
	csp := o.ask(t, request{method: "GET", path: "/healthz"}).header.Get("Content-Security-Policy")
	parts := map[string]string{}
	for _, p := range strings.Split(csp, "; ") {
		name, value, _ := strings.Cut(p, " ")
		parts[name] = value
	}
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "object-src": "'none'", "frame-ancestors": "'none'", "form-action": "'self'", "base-uri": "'none'"} {
		if parts[name] != want {
			t.Errorf("%s %s, want %s", name, parts[name], want)
		}
	}
	for _, word := range []string{"http:", "https:", "*", "unsafe"} {
		if strings.Contains(csp, word) {
			t.Errorf("the policy allows %s", word)
		}
	}
	if a := o.ask(t, request{method: "OPTIONS", path: "/api/v1/documents", header: map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}}); a.status != http.StatusMethodNotAllowed {
		t.Errorf("a preflight: %d", a.status)
	}
}
