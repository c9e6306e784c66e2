package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// raw sends bytes on a connection of its own and reads the answer's first line.
func (s *service) raw(t *testing.T, request string, wait time.Duration) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, request); err != nil {
		return err.Error()
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return line
}

// The real service against clients that mean no good: each is refused, and
// nothing changes.
func TestHostileClients(t *testing.T) {
	dir := t.TempDir()
	s := startService(t, "--demo", "--data", dir)
	in := plan(t, func(v map[string]any) {
		v["organization"] = "ubnd-tp-vung-tau"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["date"] = "2024-03-22"
	})
	secretary, official, clerk := s.login("secretary"), s.login("signatory"), s.login("clerk")
	r := secretary.ask("POST", "/api/v1/documents", in)
	doc, err := r.document()
	if err != nil {
		t.Fatal(err)
	}
	doc, tag := secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
	seen := string(doc.PDF)
	doc, signedTag := official.must(doc, tag, record.CmdSign, `{"pdf_sha256":"`+seen+`"}`)
	path := "/api/v1/documents/" + doc.ID
	before := clerk.get(path + "/history")

	// Signatures and commands that were seen on the wire and are sent again.
	for name, c := range map[string]struct {
		who     *person
		command string
		body    string
		tag     string
		status  int
	}{
		"replayed signature":             {official, "sign", `{"pdf_sha256":"` + seen + `"}`, tag, http.StatusPreconditionFailed},
		"replayed on the new state":      {official, "sign", `{"pdf_sha256":"` + seen + `"}`, signedTag, http.StatusPreconditionFailed},
		"signed once more":               {official, "sign", `{"pdf_sha256":"` + string(doc.PDF) + `"}`, signedTag, http.StatusConflict},
		"signature of another PDF":       {official, "sign", `{"pdf_sha256":"` + strings.Repeat("0", 64) + `"}`, "*", http.StatusPreconditionFailed},
		"number by the secretary":        {secretary, "number", "", signedTag, http.StatusForbidden},
		"seal before the number":         {clerk, "seal", "", signedTag, http.StatusConflict},
		"stale":                          {clerk, "number", "", tag, http.StatusPreconditionFailed},
		"without saying what was read":   {official, "sign", `{}`, signedTag, http.StatusUnprocessableEntity},
		"a digest that is none":          {official, "sign", `{"pdf_sha256":"../../etc/passwd"}`, signedTag, http.StatusUnprocessableEntity},
		"a member that nobody asked for": {clerk, "number", `{"number":7}`, signedTag, http.StatusUnprocessableEntity},
	} {
		if r := c.who.ask("POST", path+"/"+c.command, c.body, "If-Match", c.tag); r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	forged := s.client()
	for name, headers := range map[string][]string{
		"forged cookie":  {"Cookie", "vanthu=" + strings.Repeat("A", 52)},
		"huge cookie":    {"Cookie", "vanthu=" + strings.Repeat("A", 20_000)},
		"forged token":   {"Authorization", "Bearer vanthu_" + strings.Repeat("A", 52)},
		"password in it": {"Authorization", "Basic Y2xlcms6ZGVtby1jbGVyaw=="},
	} {
		if r := forged.ask("POST", path+"/number", "", append(headers, "If-Match", "*")...); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := clerk.ask("POST", path+"/number", "", "If-Match", "*", "Origin", "https://example.org"); r.status != http.StatusForbidden || r.code() != "foreign-origin" {
		t.Errorf("foreign origin: %d %s", r.status, r.body)
	}
	if r := clerk.ask("POST", path+"/number", "", "If-Match", "*", "Sec-Fetch-Site", "cross-site"); r.status != http.StatusForbidden {
		t.Errorf("cross site: %d %s", r.status, r.body)
	}

	// More than any route takes (a PDF to be judged may have 110 MB), announced and not.
	big := bytes.Repeat([]byte("a"), 120<<20)
	for _, where := range []string{"/api/v1/documents", "/api/v1/verify", "/api/v1/sessions"} {
		r := secretary.ask("POST", where, big, "Content-Type", map[bool]string{true: "application/pdf", false: "application/json"}[where == "/api/v1/verify"])
		// The server may hang up while the client still sends.
		if r.err == nil && r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("120 MB to %s: %d %s", where, r.status, r.body)
		}
		announced := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", where, len(big)), 10*time.Second)
		if !strings.Contains(announced, " 413 ") {
			t.Errorf("120 MB announced to %s: %q", where, announced)
		}
	}
	chunks := "POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat(" ", 4096)+"\r\n", 64)
	if a := s.raw(t, chunks, 10*time.Second); !strings.Contains(a, " 413 ") {
		t.Errorf("a body without end: %q", a)
	}

	// Paths that want out, and requests that are none.
	for _, target := range []string{"/api/v1/documents/../../../../etc/passwd", "/api/v1/documents/%2e%2e%2f%2e%2e/pdf", "/static/../main.go", "//etc/passwd",
		"/api/v1/documents/" + strings.Repeat("a", 8000), "/api/v1/registers/..%2f_system/2024", "/api/v1/documents/" + doc.ID + "/versions/-1/pdf", "/api/v1/documents/" + doc.ID + "/versions/1%00/pdf"} {
		if r := clerk.ask("GET", target, nil); r.status != http.StatusNotFound && r.status != http.StatusBadRequest {
			t.Errorf("GET %s: %d", target, r.status)
		}
	}
	for _, request := range []string{"GET / HTTP/1.1\r\n\r\n", "\x00\x01\x02\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + strings.Repeat("y", 64<<10) + "\r\n\r\n",
		"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"} {
		if a := s.raw(t, request, 10*time.Second); !strings.HasPrefix(a, "HTTP/1.1 4") {
			t.Errorf("%.40q: %q", request, a)
		}
	}

	// A foreign site that has given this address a name of its own.
	for host, want := range map[string]string{"rebound.example": " 421 ", "rebound.example:80": " 421 ", "LOCALHOST": " 401 ", "[::1]:8080": " 401 ", "127.0.0.1.": " 401 "} {
		if a := s.raw(t, "GET /api/v1/documents HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n", 10*time.Second); !strings.Contains(a, want) {
			t.Errorf("asked as %s: %q", host, a)
		}
	}

	// Clients that never finish are hung up on, and others are served meanwhile.
	for range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
	}
	if r := clerk.ask("GET", path, nil); r.status != http.StatusOK {
		t.Errorf("beside slow clients: %d", r.status)
	}
	slow, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	io.WriteString(slow, "GET / HTTP/1.1\r\nX: ")
	slow.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := bufio.NewReader(slow).ReadString('\n'); err == nil {
		t.Log("the slow client got an answer before it was hung up on")
	} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Error("a client that never finishes its request is kept for ever")
	}

	if after := clerk.get(path + "/history"); !bytes.Equal(after, before) {
		t.Errorf("something changed: %s", after)
	}
	log := string(read(t, s.dir+"/log"))
	for _, want := range []string{`"problem":"foreign-origin"`, `"problem":"document-changed"`, `"problem":"not-logged-in"`, `"problem":"role"`, `"problem":"body-too-large"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %s", want)
		}
	}
	if strings.Contains(log, "demo-clerk\"") || strings.Contains(log, "Bearer") {
		t.Error("the log holds a secret")
	}
}

// The example office listens on loopback alone, and passwords do not go over
// the wire in the clear.
func TestServeRefusesOpenDoors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		flags []string
		why   string
	}{
		{[]string{"--demo", "--listen", "0.0.0.0:0"}, "--demo-container"},
		{[]string{"--listen", "0.0.0.0:0"}, "--tls-cert"},
		{[]string{"--demo-container", "--listen", "0.0.0.0:0"}, "--demo"},
		{[]string{"--url", "ftp://vanthu"}, "--url"},
		{[]string{"--listen", "8080"}, "--listen"},
	} {
		o := vanthu(t, nil, with(flags2("serve", c.flags), "--data", dir)...)
		if o.code != exitWrong || !strings.Contains(o.err, c.why) {
			t.Errorf("%v: exit %d %s", c.flags, o.code, o.err)
		}
	}
	if o := vanthu(t, nil, "ready", "--url", "http://127.0.0.1:1"); o.code != exitWrong {
		t.Errorf("ready without a service: exit %d", o.code)
	}
}
