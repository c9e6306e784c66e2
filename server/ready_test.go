package server

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
	"vanthu/storage"
)

func TestReady(t *testing.T) {
	o := house.open(t)
	var r readiness
	a := o.ask(t, request{method: "GET", path: "/readyz"})
	a.want(t, 200, "")
	a.into(t, &r)
	if !r.Ready || r.Checks["store"] != "ok" || r.Checks["converter"] != "ok" || len(r.Checks) != 2 {
		t.Errorf("%+v", r)
	}
	for _, x := range []struct {
		store, converter error
		ready            bool
		checks           map[string]string
	}{
		{record.E(record.Unavailable, "store-unreachable", "Không tới được http://minio:9000"), nil, false, map[string]string{"store": "store-unreachable", "converter": "ok"}},
		{nil, errors.New("secret path /opt/x"), false, map[string]string{"store": "ok", "converter": "internal"}},
		{nil, record.E(record.Busy, "converter-busy", "Bận"), true, map[string]string{"store": "ok", "converter": "ok"}}, // it works and has enough to do
		{context.DeadlineExceeded, context.DeadlineExceeded, false, map[string]string{"store": "internal", "converter": "internal"}},
	} {
		p := o.with(t, func(c *Config) {
			c.Store = func(context.Context) error { return x.store }
			c.Converter = func(context.Context) error { return x.converter }
		})
		a := p.ask(t, request{method: "GET", path: "/readyz"})
		var r readiness
		a.into(t, &r)
		if want := map[bool]int{true: 200, false: 503}[x.ready]; a.status != want || r.Ready != x.ready || r.Checks["store"] != x.checks["store"] || r.Checks["converter"] != x.checks["converter"] {
			t.Errorf("%v, %v: %d %s", x.store, x.converter, a.status, a.body)
		}
		if (a.header.Get("Retry-After") != "") == x.ready || internals.Match(a.body) || strings.Contains(string(a.body), "minio") || strings.Contains(string(a.body), "/opt") {
			t.Errorf("%v %s", a.header, a.body)
		}
		p.ask(t, request{method: "GET", path: "/healthz"}).want(t, 200, "") // alive all the same
	}
}

// Asking often costs nothing, and a part that hangs does not hang who asks
// later when the service closes.
func TestReadyIsCachedAndClosing(t *testing.T) {
	time := newClock()
	var asked atomic.Int64
	hang := make(chan struct{})
	o := house.open(t).with(t, func(c *Config) {
		c.Now = time.now
		c.Store = func(ctx context.Context) error {
			if asked.Add(1) < 3 {
				return nil
			}
			select {
			case <-hang:
			case <-ctx.Done():
			}
			return ctx.Err()
		}
	})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { o.ask(t, request{method: "GET", path: "/readyz"}).want(t, 200, "") })
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("the store was asked %d times", asked.Load())
	}
	time.pass(readyFor)
	o.ask(t, request{method: "GET", path: "/readyz"}).want(t, 200, "")
	if asked.Load() != 2 {
		t.Errorf("the store was asked %d times", asked.Load())
	}
	time.pass(readyFor)
	wg.Go(func() { o.ask(t, request{method: "GET", path: "/readyz"}) })
	for asked.Load() < 3 {
		waitABit()
	}
	o.server.Closing()
	a := o.ask(t, request{method: "GET", path: "/readyz"})
	if a.status != 503 || !strings.Contains(string(a.body), "closing") {
		t.Errorf("%d %s", a.status, a.body)
	}
	close(hang)
	wg.Wait()
	o.ask(t, request{method: "GET", path: "/healthz"}).want(t, 200, "")
}

func waitABit() { time.Sleep(time.Millisecond) }

// away is a store that cannot be reached.
type away struct {
	storage.WorkStore
	asked atomic.Int64
}

func (a *away) Get(context.Context, string) ([]byte, string, error) {
	a.asked.Add(1)
	return nil, "", record.E(record.Unavailable, "store-unreachable", "Không kết nối được kho lưu trữ minio.example:9000")
}

// What is open answers when the accounts cannot be read; everything else says
// that it could not ask, not that nobody is logged in.
func TestWithoutTheAccountsStore(t *testing.T) {
	o := house.open(t)
	store := &away{WorkStore: o.backend.Work}
	p := o.with(t, func(c *Config) { c.Accounts = accounts.New(store, time.Now) })
	who := []map[string]string{{"Authorization": "Basic x"}, {"Authorization": "Bearer " + o.people["token-read"].token}, {"Cookie": "vanthu=" + o.people["clerk"].cookie}}
	for _, h := range who {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/openapi.json"} {
			p.ask(t, request{method: "GET", path: path, header: h}).want(t, 200, "")
		}
	}
	if n := store.asked.Load(); n > 0 {
		t.Errorf("the store was asked %d times", n)
	}
	for _, h := range who[1:] {
		a := p.ask(t, request{method: "GET", path: "/api/v1/sessions", header: h})
		if a.want(t, 503, "store-unreachable") && strings.Contains(string(a.body), "minio") {
			t.Errorf("%s", a.body)
		}
	}
	p.logIn(t, nobody, "clerk", password).want(t, 503, "store-unreachable")
	if !strings.Contains(p.log.String(), "minio.example") {
		t.Error("the log does not say which store")
	}
}

var metricLine = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.eEInfNa]+)$`)

func TestMetrics(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	o.get(t, "clerk", "/api/v1/documents/"+doc.ID, nil)
	o.get(t, "clerk", "/api/v1/documents?q=Nguy%E1%BB%85n", nil)
	o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/seal", as: o.people["clerk"], header: map[string]string{"If-Match": "*"}}).want(t, 409, "state")
	o.ask(t, request{method: "GET", path: "/readyz"})
	for _, path := range []string{"/made-up-1", "/made-up-2"} {
		o.ask(t, request{method: "GET", path: path})
		o.ask(t, request{method: "BREW", path: path})
	}
	a := o.ask(t, request{method: "GET", path: "/metrics"})
	text := string(a.body)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if !metricLine.MatchString(line) {
			t.Errorf("no metric: %s", line)
		}
	}
	for _, want := range []string{
		`vanthu_http_request_duration_seconds_count{method="GET",route="/api/v1/documents/:id",status="200"}`,
		`vanthu_http_request_duration_seconds_count{method="GET",route="none",status="404"}`,
		`vanthu_http_request_duration_seconds_count{method="other",route="none",status="404"}`,
		`vanthu_commands_total{command="seal",result="state"}`,
		`vanthu_ready{check="store"}`, "go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, secret := range []string{"made-up", "BREW", "Nguy", doc.ID, "clerk", here, o.people["clerk"].account.ID, official} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics name %s", secret)
		}
	}
}
