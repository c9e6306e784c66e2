package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A service with names of its own answers to no other, except machines that
// ask how it is.
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		hosts []string
		host  string
		path  string
		want  int
	}{
		{nil, "any.example", "/api/v1/documents", http.StatusUnauthorized},
		{[]string{"127.0.0.1", "::1"}, "127.0.0.1:8080", "/api/v1/documents", http.StatusUnauthorized},
		{[]string{"127.0.0.1", "::1"}, "[::1]:8080", "/api/v1/documents", http.StatusUnauthorized},
		{[]string{"127.0.0.1", "localhost"}, "LocalHost.:1", "/dang-nhap", http.StatusOK},
		{[]string{"127.0.0.1"}, "rebound.example:8080", "/api/v1/documents", http.StatusMisdirectedRequest},
		{[]string{"127.0.0.1"}, "rebound.example", "/dang-nhap", http.StatusMisdirectedRequest},
		{[]string{"127.0.0.1"}, "127.0.0.1.rebound.example", "/api/v1/documents", http.StatusMisdirectedRequest},
		{[]string{"127.0.0.1"}, "", "/api/v1/documents", http.StatusMisdirectedRequest},
		{[]string{"127.0.0.1"}, "vanthu:8080", "/healthz", http.StatusOK},
	} {
		s, err := New(Config{Hosts: c.hosts, Log: slog.New(slog.DiscardHandler), Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Host = c.host
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s asked as %q, named %v: %d %s", c.path, c.host, c.hosts, w.Code, w.Body)
		}
		if c.want == http.StatusMisdirectedRequest && !strings.Contains(w.Body.String(), "tên máy") {
			t.Errorf("the answer does not say what is wrong: %s", w.Body)
		}
	}
}
