package online_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer/online"
)

// A server that does what its path says, and counts.
func server(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	stop := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("12345678")) })
	mux.HandleFunc("/gone", http.NotFound)
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	})
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) { // never ends, never silent
		for r.Context().Err() == nil {
			w.Write([]byte("."))
			w.(http.Flusher).Flush()
			time.Sleep(40 * time.Millisecond)
		}
	})
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { close(stop); s.Close() })
	return s.URL, asked
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return record.CodeOf(err)
}

func TestLimits(t *testing.T) {
	address, _ := server(t)
	for _, c := range []struct{ address, code string }{
		{address + "/ok", ""},
		{address + "/gone", "service-answer"},
		{address + "/broken", "service-answer"},
		{address + "/hang", "service-away"},
		{address + "/drip", "service-away"},
		{address + "/circle", "service-away"},
		{address + "/file", "service-away"},
		{"file:///etc/hostname", "service-address"},
		{"ldap://127.0.0.1/cn=ca", "service-address"},
		{"http://", "service-address"},
		{"http://[::1", "service-address"},
	} {
		client := &online.Client{Timeout: 100 * time.Millisecond}
		b, err := client.Get(t.Context(), c.address, 8)
		if codeOf(err) != c.code || c.code != "" && record.KindOf(err) != record.Unavailable || c.code == "" && string(b) != "12345678" {
			t.Errorf("%s: %q, %v", c.address, b, err)
		}
	}
	if _, err := new(online.Client).Get(t.Context(), address+"/ok", 7); record.CodeOf(err) != "service-answer" || !strings.Contains(err.Error(), "7 byte") {
		t.Errorf("a byte too many: %v", err)
	}
}

// A host that was away is left alone for a while; one that answered anything is
// not, nor one that had no time to.
func TestPause(t *testing.T) {
	address, asked := server(t)
	client := &online.Client{Timeout: 100 * time.Millisecond, Pause: time.Hour}
	get := func(ctx context.Context, path string) string {
		_, err := client.Get(ctx, address+path, 100)
		return codeOf(err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	for _, c := range []struct {
		ctx  context.Context
		path string
		code string
		asks int32
	}{
		{t.Context(), "/gone", "service-answer", 1},
		{done, "/hang", "service-away", 0},
		{late, "/hang", "service-away", 0},
		{t.Context(), "/ok", "", 1},
		{t.Context(), "/broken", "service-answer", 1},
		{t.Context(), "/ok", "service-paused", 0},
	} {
		before := asked.Load()
		if code := get(c.ctx, c.path); code != c.code || asked.Load()-before != c.asks {
			t.Errorf("%s: %q after %d questions, want %q after %d", c.path, code, asked.Load()-before, c.code, c.asks)
		}
	}
	client = &online.Client{Timeout: 100 * time.Millisecond, Pause: time.Millisecond}
	get(t.Context(), "/hang")
	time.Sleep(2 * time.Millisecond)
	if code := get(t.Context(), "/ok"); code != "" {
		t.Errorf("after the pause: %q", code)
	}
}
