package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestNextIsLocal(t *testing.T) {
	for _, good := range []string{"/", "/van-ban?q=a%20b&state=draft", "/van-ban/abc#x", "/so-dang-ky/a/2024"} {
		if got := localPath(good); got != good {
			t.Errorf("%q becomes %q", good, got)
		}
	}
	for _, bad := range []string{"", "van-ban", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "javascript:alert(1)",
		"/%0a//evil.example\n", "/a\r\nSet-Cookie: x=y", "/\t/evil.example", "///evil.example", "/" + strings.Repeat("a", 3000), "/%zz", "http:/evil.example", "/\x7f"} {
		if got := localPath(bad); got != "/" {
			t.Errorf("%q becomes %q", bad, got)
		}
	}
}

// Wherever an address that passes leads, it is on this service.
func FuzzNextIsLocal(f *testing.F) {
	for _, seed := range []string{"/", "//evil.example", "/\\evil.example", "/van-ban?q=a&b=//x", "/%2f%2fevil.example", "/a/../..//evil", "/\x00", "https:/x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://vanthu.example/dang-nhap?next=x")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := localPath(to)
		at, err := base.Parse(got)
		if err != nil || at.Host != base.Host || at.Scheme != base.Scheme || !strings.HasPrefix(got, "/") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q becomes %q, which leads to %v (%v)", to, got, at, err)
		}
	})
}

// Who is not logged in comes to the log-in page and back to where they were;
// nowhere else.
func TestLogInByPage(t *testing.T) {
	o := house.open(t)
	o.page(t, nobody, "/van-ban?q=v%C4%83n+th%C6%B0&state=draft").leads(t, "/dang-nhap?next="+url.QueryEscape("/van-ban?q=v%C4%83n+th%C6%B0&state=draft"))
	name := o.people["clerk"].account.Username
	in := func(user, secret, next string) sheet {
		t.Helper()
		return o.submit(t, nobody, "/dang-nhap", url.Values{"username": {user}, "password": {secret}, "next": {next}})
	}
	for next, to := range map[string]string{"/van-ban?q=a": "/van-ban?q=a", "": "/", "//evil.example/": "/", "https://evil.example": "/"} {
		p := in(name, password, next)
		p.leads(t, to)
		cookie := p.header.Get("Set-Cookie")
		for _, want := range []string{o.server.cookieName() + "=", "HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("cookie %q lacks %s", cookie, want)
			}
		}
	}
	p := in(name, "không phải", "/van-ban")
	p.is(t, http.StatusUnauthorized, "Tên đăng nhập hoặc mật khẩu không đúng")
	if v := p.mustForm(t, "/dang-nhap"); v.Get("next") != "/van-ban" || v.Get("username") != name || v.Get("password") != "" {
		t.Errorf("the form comes back with %v", v)
	}
	in("", "", "/").is(t, http.StatusUnprocessableEntity, "Tên đăng nhập không được để trống", "Mật khẩu không được để trống")
	in("khong.co.ai", "không phải", "/").is(t, http.StatusUnauthorized, "Tên đăng nhập hoặc mật khẩu không đúng")
	// Already in: on to where the link leads.
	o.page(t, o.people["clerk"], "/dang-nhap?next=/so-dang-ky").leads(t, "/so-dang-ky")
	// The form of another site logs nobody in: it would be the attacker's account.
	form := url.Values{"username": {name}, "password": {password}}
	o.submit(t, nobody, "/dang-nhap", form, "Origin", "https://evil.example").is(t, http.StatusForbidden, "Yêu cầu đến từ một trang khác")
	o.submit(t, nobody, "/dang-nhap", form, "Origin", "", "Sec-Fetch-Site", "cross-site").is(t, http.StatusForbidden)
}

func TestLogOutByPage(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t)
	o.page(t, p, "/").is(t, http.StatusOK, "Việc cần làm")
	out := o.submit(t, p, "/dang-xuat", nil)
	out.leads(t, "/dang-nhap?n=logged-out")
	o.page(t, p, "/").leads(t, "/dang-nhap?next=%2F")
	o.submit(t, p, "/dang-xuat", nil).leads(t, "/dang-nhap?n=logged-out")
	o.page(t, nobody, "/dang-nhap?n=logged-out").is(t, http.StatusOK, "Đã đăng xuất")
	if again := o.page(t, nobody, "/dang-nhap?n=<b>gì</b>"); strings.Contains(again.text(), "gì") {
		t.Error("a code that is none is shown")
	}
}

func TestLanguageIsAChoice(t *testing.T) {
	o := house.open(t)
	p := o.submit(t, nobody, "/ngon-ngu", url.Values{"language": {"en"}, "next": {"/dang-nhap?next=%2Fvan-ban"}})
	p.leads(t, "/dang-nhap?next=%2Fvan-ban")
	cookie, _, _ := strings.Cut(p.header.Get("Set-Cookie"), ";")
	o.page(t, nobody, "/dang-nhap", "Cookie", cookie).is(t, http.StatusOK, "Log in", "Tiếng Việt")
	o.page(t, nobody, "/dang-nhap", "Cookie", languageCookie+"=xx").is(t, http.StatusOK, "Đăng nhập", "English")
	o.page(t, nobody, "/dang-nhap", "Accept-Language", "en").is(t, http.StatusOK, "Đăng nhập")
	o.submit(t, nobody, "/ngon-ngu", url.Values{"language": {"fr"}}).is(t, http.StatusUnprocessableEntity, "phải là một trong")
	o.submit(t, nobody, "/ngon-ngu", url.Values{"language": {"en"}, "next": {"//evil.example"}}).leads(t, "/")
}

// A form that comes after the session has ended is not lost, unless it is
// another site's or holds a password.
func TestFormAfterTheSession(t *testing.T) {
	o := house.open(t)
	form := url.Values{"/template": {"ke-hoach"}, "/subject": {"Gõ <mãi> \"mới\" xong"}, "request": {"k1"}}
	p := o.submit(t, nobody, "/van-ban/moi", form)
	p.is(t, http.StatusUnauthorized, "Phiên làm việc đã kết thúc", "Gửi lại biểu mẫu")
	if again := p.mustForm(t, "/van-ban/moi"); again.Encode() != form.Encode() {
		t.Errorf("the form comes back as %v", again)
	}
	for _, kept := range []sheet{
		o.submit(t, nobody, "/van-ban/moi", form, "Origin", "https://evil.example"),
		o.submit(t, nobody, "/tai-khoan/mat-khau", url.Values{"current": {"bí mật của tôi"}}),
	} {
		kept.is(t, http.StatusUnauthorized, "Chưa đăng nhập")
		if strings.Contains(string(kept.body), "mãi") || strings.Contains(string(kept.body), "bí mật") {
			t.Errorf("the page repeats it: %s", kept.text())
		}
	}
}
