package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"vanthu/signer/verify"
)

func TestStaticFiles(t *testing.T) {
	o := house.open(t)
	files := o.server.pages.files
	at := "/static/" + files.Version() + "/"
	plain := func(path string, headers ...string) answer {
		return o.ask(t, request{method: "GET", path: path, as: nobody, header: browserHeader(headers)})
	}
	for _, name := range files.Names() {
		f, _ := files.Open(name)
		want, err := f.Plain()
		if err != nil {
			t.Fatal(err)
		}
		a := plain(at + name)
		if a.status != http.StatusOK || !bytes.Equal(a.body, want) || a.header.Get("Content-Type") != f.Type || a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d, %d bytes, %v", name, a.status, len(a.body), a.header)
		}
		if z := plain(at+name, "Accept-Encoding", "br, gzip;q=0.8"); f.Gzip != nil {
			r, err := gzip.NewReader(bytes.NewReader(z.body))
			if err != nil || z.header.Get("Content-Encoding") != "gzip" || z.header.Get("Vary") != "Accept-Encoding" {
				t.Fatalf("%s compressed: %v %v", name, err, z.header)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s compressed is something else: %v", name, err)
			}
		}
		if a := plain(at+name, "If-None-Match", a.header.Get("ETag")); a.status != http.StatusNotModified || len(a.body) > 0 {
			t.Errorf("%s again: %d", name, a.status)
		}
	}
	if z := plain(at+"style.css", "Accept-Encoding", "gzip; q=0"); z.header.Get("Content-Encoding") != "" {
		t.Error("compressed for who cannot read it")
	}
	if old := plain("/static/0123456789abcdef/style.css"); old.status != http.StatusOK || old.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the file of another version: %d %v", old.status, old.header)
	}
	for _, path := range []string{at, at + "npm", at + "npm/", at + "khong-co.js", at + "../pages.go", at + "%2e%2e/files.go", at + "..%2ffiles.go", at + "STYLE.CSS", at + "style.css/", at + "style.css%00", "/static/", "/static"} {
		if a := plain(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := plain("/robots.txt"); string(a.body) != "User-agent: *\nDisallow: /\n" {
		t.Errorf("robots: %s", a.body)
	}
}

// A page of an error says what is wrong, where to ask about it, and nothing of
// how the program is made.
func TestErrorPages(t *testing.T) {
	o := house.open(t).with(t, func(c *Config) {
		c.Verify = func(context.Context, []byte) (verify.Report, error) {
			return verify.Report{}, errors.New("dial tcp 127.0.0.1:9000: connect: connection refused in /tmp/x.go:17")
		}
	})
	clerk := o.people["clerk"]
	for _, x := range []struct {
		page   sheet
		status int
		words  string
	}{
		{o.page(t, clerk, "/khong-co"), 404, "Không có địa chỉ này"},
		{o.page(t, nobody, "/khong-co"), 404, "Không tìm thấy"},
		{o.page(t, clerk, "/van-ban/"+strings.Repeat("a", 26)), 404, "Không có văn bản này"},
		{o.page(t, clerk, "/van-ban/xyz"), 404, "Không có văn bản này"},
		{o.page(t, clerk, "/so-dang-ky/"+elsewhere+"/2024"), 404, "Không có cơ quan này"},
		{o.page(t, clerk, "/so-dang-ky/"+here+"/hai-nghin"), 404, "Không có sổ đăng ký"},
		{o.page(t, clerk, "/van-ban/moi"), 403, "không có vai trò"},
		{o.submit(t, clerk, "/", nil), 405, "không nhận phương thức"},
		{o.upload(t, clerk, "/kiem-tra", map[string][]byte{"file": []byte("%PDF-1.7")}), 500, "Máy chủ gặp lỗi; yêu cầu chưa được thực hiện"},
		{o.upload(t, clerk, "/tai-khoan/ma-truy-cap", map[string][]byte{"name": []byte("x")}), 415, "không phải là một biểu mẫu"},
	} {
		x.page.is(t, x.status, x.words, x.page.header.Get("X-Request-Id"))
		if internals.Match(x.page.body) || strings.Contains(x.page.text(), "refused") {
			t.Errorf("the page shows internals: %s", x.page.text())
		}
		for _, wrong := range unsound(x.page) {
			t.Errorf("%d: %s", x.status, wrong)
		}
	}
	// A program that asks for JSON of an address that is not there gets a problem.
	o.ask(t, request{method: "GET", path: "/khong-co", as: clerk}).want(t, 404, "route-unknown")
	// A token is for the API.
	o.page(t, o.people["token-read"], "/").is(t, http.StatusForbidden, "Mã truy cập không có phạm vi")
}
