package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

// Every address that shows something of a document says how it is read, in words
// that there are; only the history itself is not part of it.
func TestEveryReadingIsMarked(t *testing.T) {
	texts, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	unmarked := []string{"/api/v1/documents/{id}/access"}
	for _, rt := range append(apiRoutes(), pageRoutes()...) {
		shows := rt.method == http.MethodGet && (strings.Contains(rt.path, "{id}") || strings.HasPrefix(rt.path, LinkPath))
		if want := shows && !slices.Contains(unmarked, rt.path); want != (rt.reads != "") {
			t.Errorf("%s %s reads %q", rt.method, rt.path, rt.reads)
		}
		if rt.reads != "" {
			if _, err := texts.say(languageVI, "read."+rt.reads); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAccessHistory(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	at := "/api/v1/documents/" + doc.ID
	see := func(method, path, as string, status int) {
		t.Helper()
		if a := o.ask(t, request{method: method, path: path, as: o.people[as]}); a.status != status {
			t.Fatalf("%s %s: %d", method, path, a.status)
		}
	}
	see("GET", at, "secretary", 200)
	see("GET", at, "secretary", 200) // again: the same line
	see("GET", at+"/versions/4/pdf", "token-read", 200)
	see("GET", at+"/versions/9/pdf", "secretary", 404) // shows nothing
	see("HEAD", at+"/versions/4/pdf", "clerk", 200)
	see("GET", at, "clerk-elsewhere", 404)
	see("GET", documentAddress(doc.ID), "signatory", 200)
	see("GET", at+"/access", "clerk", 403)
	const to = "UBND tỉnh (b/c)"
	o.command(t, "clerk", doc, "dispatch", map[string]any{"recipient": to, "channel": "portal"}).want(t, 200, "")
	o.ask(t, request{method: "GET", path: o.link(t, doc, to) + "/van-ban.pdf", as: nobody}).want(t, 200, "")

	read := func() (got []string) {
		var out Accesses
		a := o.ask(t, request{method: "GET", path: at + "/access", as: o.people["archivist"]})
		a.want(t, http.StatusOK, "")
		a.into(t, &out)
		for _, x := range out.Items {
			got = append(got, fmt.Sprintf("%s%s %s %s %v", x.Name, x.Recipient, x.How, x.Which, x.Token))
		}
		slices.Sort(got)
		return got
	}
	want := []string{"Người của phép thử: all pdf 4 true", "Người của phép thử: clerk json  false", "Người của phép thử: secretary json  false", "Người của phép thử: signatory page  false", "UBND tỉnh (b/c) pdf  false"}
	if got := read(); !slices.Equal(got, want) {
		t.Errorf("held: %q", got)
	}
	if err := o.cfg.Reads.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := read(); !slices.Equal(got, want) {
		t.Errorf("written: %q", got)
	}
	o.page(t, o.people["archivist"], documentAddress(doc.ID)).is(t, http.StatusOK, "Lịch sử truy cập", "Người của phép thử: signatory")
	if page := o.page(t, o.people["clerk"], documentAddress(doc.ID)); strings.Contains(page.text(), "Lịch sử truy cập") {
		t.Error("a clerk sees who reads")
	}
}

// What taking down costs who reads: the same PDF with and without.
func BenchmarkReadTakenDown(b *testing.B) {
	o := house.open(b)
	doc := o.document(b, record.Issued)
	bare := o.cfg
	bare.Reads = nil
	without, err := New(bare)
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]*Server{"with": o.server, "without": without} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, _ := http.NewRequestWithContext(b.Context(), "GET", "http://127.0.0.1/api/v1/documents/"+doc.ID+"/versions/4/pdf", nil)
				r.RemoteAddr = "127.0.0.1:1"
				r.AddCookie(&http.Cookie{Name: s.cookieName(), Value: o.people["clerk"].cookie})
				w := &sink{header: http.Header{}}
				if s.ServeHTTP(w, r); w.status != http.StatusOK {
					b.Fatal(w.status)
				}
			}
		})
	}
}

// sink is an answer that nobody reads.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }
