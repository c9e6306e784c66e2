package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// some are members of every kind.
var some = []member{
	{name: "reason", kind: "string", doc: "Lý do", required: true, max: 20},
	{name: "digest", kind: "string", doc: "SHA-256", pattern: `^[0-9a-f]{4}$`},
	{name: "state", kind: "string", doc: "Trạng thái", enum: []string{"draft", "issued"}},
	{name: "year", kind: "integer", doc: "Năm", max: 9999},
	{name: "whole", kind: "boolean", doc: "Cả văn bản"},
	{name: "scopes", kind: "strings", doc: "Phạm vi", enum: []string{"read", "sign"}, max: 3},
	{name: "secret", kind: "string", doc: "Mật khẩu", secret: true},
}

func bodyOf(content string) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/", strings.NewReader(content))
}

func faultsOf(err error) string {
	var e *record.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, f := range e.Faults {
		out = append(out, strings.TrimSpace(f.Pointer+" "+f.Code))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestReadBody(t *testing.T) {
	for _, x := range []struct{ body, want string }{
		{`{"reason":"Sai"}`, ""},
		{` {"reason" : "Sai" , "year":2024, "whole":true, "scopes":["read","sign"], "state":"draft", "digest":"00af", "secret":" x "} ` + "\n", ""},
		{``, "/reason required"},
		{`{}`, "/reason required"},
		{`{"reason":""}`, "/reason required"},
		{`{"reason":"  "}`, "/reason required"},
		{`{"reason":null}`, "/reason type"},
		{`{"reason":5}`, "/reason type"},
		{`{"reason":["a"]}`, "/reason type"},
		{`{"reason":"` + strings.Repeat("ă", 20) + `"}`, ""},
		{`{"reason":"` + strings.Repeat("ă", 21) + `"}`, "/reason max-length"},
		{`{"reason":"a\u0000b"}`, "/reason encoding"},
		{`{"reason":"a\ud800b"}`, "/reason encoding"},
		{`{"reason":"dòng\n\thai"}`, ""},
		{"{\"reason\":\"a\xffb\"}", "encoding"},
		{`{"reason":"a","reason":"b"}`, "/reason duplicate-key"},
		{`{"reason":"a","r\u0065ason":"b"}`, "/reason duplicate-key"},
		{`{"x":1,"x":2,"reason":"a"}`, "/x additional-property, /x duplicate-key"},
		{`{"Reason":"a"}`, "/Reason additional-property, /reason required"},
		{`{"reasons":"a"}`, "/reason required, /reasons additional-property"},
		{`{"a/b~c":1,"reason":"a"}`, "/a~1b~0c additional-property"},
		{`{"reason":"a"}{}`, "json-trailing"},
		{`{"reason":"a"} x`, "json-trailing"},
		{`{"reason":"a"`, "json-syntax"},
		{`{"reason":"a",}`, "json-syntax"},
		{`{"reason" "a"}`, "json-syntax"},
		{`{reason:"a"}`, "json-syntax"},
		{`{"reason":"a"]`, "json-syntax"},
		{`[]`, "json-syntax"},
		{`null`, "json-syntax"},
		{`"reason"`, "json-syntax"},
		{"\ufeff{}", "json-syntax"},
		{`{"reason":` + strings.Repeat("[", 20_000), "json-syntax"},
		{`{"reason":"a","year":"2024"}`, "/year type"},
		{`{"reason":"a","year":2024.5}`, "/year type"},
		{`{"reason":"a","year":1e3}`, "/year type"},
		{`{"reason":"a","year":-1}`, "/year range"},
		{`{"reason":"a","year":10000}`, "/year range"},
		{`{"reason":"a","year":99999999999999999999}`, "/year type"},
		{`{"reason":"a","year":null}`, "/year type"},
		{`{"reason":"a","whole":"true"}`, "/whole type"},
		{`{"reason":"a","whole":null}`, "/whole type"},
		{`{"reason":"a","scopes":"read"}`, "/scopes type"},
		{`{"reason":"a","scopes":null}`, "/scopes type"},
		{`{"reason":"a","scopes":["read",null]}`, "/scopes/1 required"},
		{`{"reason":"a","scopes":["read","all",""]}`, "/scopes/1 enum, /scopes/2 required"},
		{`{"reason":"a","scopes":["read","read","read","read"]}`, "/scopes max-items"},
		{`{"reason":"a","digest":"00AF"}`, "/digest pattern"},
		{`{"reason":"a","state":"signed"}`, "/state enum"},
		{`{"year":"x","state":"y","digest":"z","extra":0}`, "/digest pattern, /extra additional-property, /reason required, /state enum, /year type"},
	} {
		v, err := readBody(bodyOf(x.body), some)
		if got := faultsOf(err); x.want != "" && got != x.want || x.want == "" && err != nil {
			t.Errorf("%.80s: %s, want %s", x.body, got, x.want)
		}
		if err == nil && v.text("reason") == "" {
			t.Errorf("%s: %v", x.body, v)
		}
	}
	v, err := readBody(bodyOf(`{"reason":" Nguye\u0302\u0303n ","secret":" Nguye\u0302\u0303n ","year":0,"scopes":[]}`), some)
	if err != nil || v.text("reason") != "Nguy\u1ec5n" || v.text("secret") != " Nguye\u0302\u0303n " || v.number("year") != 0 || len(v.list("scopes")) != 0 {
		t.Errorf("%q %v", v, err)
	}
	var many strings.Builder
	many.WriteString(`{"reason":"a"`)
	for i := range 50_000 {
		fmt.Fprintf(&many, `,"%d":1`, i)
	}
	_, err = readBody(bodyOf(many.String()+"}"), some)
	var e *record.Error
	if !errors.As(err, &e) || len(e.Faults) != maxFaults {
		t.Errorf("50000 unknown members: %d faults", len(e.Faults))
	}
}

func TestReadQuery(t *testing.T) {
	for _, x := range []struct{ query, want string }{
		{"reason=a", ""},
		{"reason=a&year=&state=&scopes=&scopes=", ""}, // a form that nobody filled in
		{"", "/reason required"},
		{"reason=a&scopes=read&scopes=sign", ""},
		{"reason=a&reason=b", "/reason repeated"},
		{"reason=a&year=2024&year=2025", "/year repeated"},
		{"reason=a&year=x", "/year type"},
		{"reason=a&year=-1", "/year range"},
		{"reason=a&scopes=all", "/scopes/0 enum"},
		{"reason=a&Reason=b", "/Reason additional-property"},
		{"reasons=a", "/reason required, /reasons additional-property"},
		{"reason=%ff", "/reason encoding"},
		{"reason=a%00", "/reason encoding"},
		{"reason=%zz", "query-syntax"},
		{"reason=a;year=5", "query-syntax"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.RawQuery = x.query
		if _, err := readQuery(r, some); x.want != "" && faultsOf(err) != x.want || x.want == "" && err != nil {
			t.Errorf("%s: %s, want %s", x.query, faultsOf(err), x.want)
		}
	}
}

func TestMediaTypes(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Draft)
	before := o.seqs(t)
	discard := func(media string) answer {
		return o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/discard", as: o.people["secretary"], body: `{"reason":"Thừa"}`,
			header: map[string]string{"If-Match": etag(doc), "Content-Type": media}})
	}
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/pdf", "application/json2", "x", "/", "application/json; ="} {
		discard(media).want(t, 415, "media-type")
	}
	for _, x := range []struct{ path, media string }{{"/api/v1/documents", "text/plain"}, {"/api/v1/verify", "application/json"}, {"/api/v1/sessions", "text/plain"}} {
		o.ask(t, request{method: "POST", path: x.path, as: o.people["secretary"], body: "{}", header: map[string]string{"Content-Type": x.media}}).want(t, 415, "media-type")
	}
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
	discard("application/json; charset=utf-8").want(t, 200, "")
}

// endless is a body that says nothing of its length.
type endless struct{ left int }

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(b), e.left)
	e.left -= n
	copy(b, bytes.Repeat([]byte(" "), n))
	return n, nil
}

// A body over the limit is refused by its length before it is sent, and without
// one when it is reached: 120 MB, more than any route takes, are never read.
func TestOversizedBodies(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Draft)
	before := o.seqs(t)
	for _, x := range []struct {
		method, path string
		most         int
	}{
		{"POST", "/api/v1/documents", maxJSON}, {"PUT", "/api/v1/documents/" + doc.ID, maxJSON}, {"POST", "/api/v1/documents/" + doc.ID + "/discard", maxJSON},
		{"POST", "/api/v1/sessions", 16 << 10}, {"POST", "/api/v1/tokens", 16 << 10}, {"POST", "/api/v1/verify", maxVerify}, {"DELETE", "/api/v1/sessions", maxJSON},
	} {
		h := map[string]string{"If-Match": etag(doc), "Content-Type": "application/json"}
		if strings.HasSuffix(x.path, "verify") {
			h["Content-Type"] = mediaPDF
		}
		// The length alone, the body behind it never comes.
		a := o.raw(t, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nCookie: vanthu=%s\r\nIf-Match: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
			x.method, x.path, o.people["secretary"].cookie, h["If-Match"], h["Content-Type"], 120<<20))
		if !strings.HasPrefix(a, "HTTP/1.1 413 ") || !strings.Contains(a, "body-too-large") {
			t.Errorf("%s %s with a length of 120 MB: %s", x.method, x.path, clip(a))
		}
		if x.method == "DELETE" || x.most == maxVerify {
			continue // what it does not want it does not read
		}
		o.ask(t, request{method: x.method, path: x.path, as: o.people["secretary"], body: &endless{x.most + 1}, header: h}).want(t, 413, "body-too-large")
	}
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
}

// Whoever sends too much and does not look at the answer before all is sent
// still sees it.
func TestOversizedSendersSeeWhy(t *testing.T) {
	o := house.open(t)
	for _, size := range []int{maxJSON + 1, 3 * maxJSON, drainBytes} {
		o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people["secretary"], body: make([]byte, size)}).want(t, 413, "body-too-large")
		o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people["secretary"], body: &endless{size}, header: map[string]string{"Content-Type": "application/json"}}).want(t, 413, "body-too-large")
	}
	o.ask(t, request{method: "POST", path: "/api/v1/sessions", body: make([]byte, 17<<10)}).want(t, 413, "body-too-large")
	for range 5 { // whatever the reason is
		for _, as := range []*person{nobody, o.people["clerk"]} {
			a := o.ask(t, request{method: "POST", path: "/api/v1/verify", as: as, body: make([]byte, 20<<20)})
			if want := map[bool]int{true: 401, false: 415}[as == nobody]; a.status != want {
				t.Errorf("%d, want %d", a.status, want)
			}
		}
	}
}

// raw sends bytes and returns what comes back until the connection ends or
// nothing comes for a while.
func (o *office) raw(t testing.TB, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", o.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var all []byte
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.Read(buffer)
		all = append(all, buffer[:n]...)
		if err != nil || bytes.Contains(all, []byte("}\n")) {
			return string(all)
		}
	}
}

func FuzzReadBody(f *testing.F) {
	for _, s := range []string{`{"reason":"Sai"}`, `{"reason":"a","reason":"b"}`, `{"scopes":["read",1]}`, `{"year":1e9}`, `{"a/b":null}`, `[`, `{"reason":"\ud800"}`, "{\"\xff\":1}", ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := readBody(httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(raw)), some)
		checkRead(t, v, err)
	})
}

func FuzzReadQuery(f *testing.F) {
	for _, s := range []string{"reason=a&year=5", "reason=a&reason=b", "%zz", "a;b", "scopes=read&scopes=", "reason=%00", "=&=&="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := &http.Request{URL: &url.URL{RawQuery: query}}
		v, err := readQuery(r, some)
		checkRead(t, v, err)
	})
}

// checkRead holds for whatever was sent: refused with a fault each, or all of
// it within its bounds.
func checkRead(t *testing.T, v values, err error) {
	if err != nil {
		var e *record.Error
		if !errors.As(err, &e) || e.Kind != record.Invalid || len(e.Faults) == 0 || len(e.Faults) > maxFaults {
			t.Errorf("%v", err)
		}
		return
	}
	for name, x := range v {
		i := slices.IndexFunc(some, func(m member) bool { return m.name == name })
		if i < 0 {
			t.Fatalf("%q was read", name)
		}
		m := some[i]
		switch x := x.(type) {
		case string:
			if n := len([]rune(x)); m.max > 0 && n > m.max || n > usualLength || strings.ContainsAny(x, "\x00\x1b\x7f\ufffd") {
				t.Errorf("%s is %q", name, x)
			}
		case int:
			if x < 0 || x > m.max {
				t.Errorf("%s is %d", name, x)
			}
		case []string:
			for _, s := range x {
				if !slices.Contains(m.enum, s) {
					t.Errorf("%s has %q", name, s)
				}
			}
		}
	}
	if v.text("reason") == "" {
		t.Error("nothing in what is required")
	}
}
