package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
)

// cookieOf is the one cookie that an answer sets.
func cookieOf(t testing.TB, a answer) *http.Cookie {
	t.Helper()
	all := (&http.Response{Header: a.header}).Cookies()
	if len(all) != 1 {
		t.Fatalf("%d cookies: %v", len(all), a.header["Set-Cookie"])
	}
	return all[0]
}

func (o *office) logIn(t testing.TB, as *person, username, password string) answer {
	t.Helper()
	return o.ask(t, request{method: "POST", path: "/api/v1/sessions", as: as, body: map[string]any{"username": username, "password": password}})
}

// A log-in begins a session of its own and ends the one that the browser came
// with; a log-out ends it at once.
func TestLogInAndOut(t *testing.T) {
	o := house.open(t)
	old := o.again(t, o.people["clerk"])
	a := o.logIn(t, old, "clerk", password)
	a.want(t, 200, "")
	var me Account
	a.into(t, &me)
	if me.Username != "clerk" || len(me.Grants) != 1 || me.Grants[0].Organization != here || !slices.Equal(me.Grants[0].Roles, []record.Role{record.Clerk}) || me.Scopes != nil {
		t.Errorf("%+v", me)
	}
	c := cookieOf(t, a)
	if c.Value == old.cookie || len(c.Value) < 52 || c.MaxAge != int(accounts.AbsoluteLimit.Seconds()) {
		t.Errorf("cookie %v", c)
	}
	if strings.Contains(string(a.body), c.Value) || strings.Contains(string(a.body), "argon2") {
		t.Errorf("the answer shows a secret: %s", a.body)
	}
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: old}).want(t, 401, "not-logged-in")
	now := &person{name: "now", cookie: c.Value}
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: now}).want(t, 200, "")
	out := o.ask(t, request{method: "DELETE", path: "/api/v1/sessions", as: now})
	if out.status != 204 || cookieOf(t, out).MaxAge >= 0 || cookieOf(t, out).Value != "" {
		t.Errorf("%d %v", out.status, out.header["Set-Cookie"])
	}
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: now}).want(t, 401, "not-logged-in")
	// Nobody chooses what their session is called.
	chosen := &person{cookie: strings.Repeat("A", 52)}
	if c := cookieOf(t, o.logIn(t, chosen, "clerk", password)); c.Value == chosen.cookie {
		t.Error("a session of a chosen name")
	}
}

func TestLogInRefusals(t *testing.T) {
	o := house.open(t)
	var bodies []string
	one, two := o.newcomer(t, record.Secretary), o.newcomer(t, record.Secretary)
	if err := o.cfg.Accounts.SetDisabled(t.Context(), two.account.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, x := range [][2]string{{one.name, "sai mật khẩu"}, {"khong-co-" + one.name, password}, {two.name, password}} {
		a := o.logIn(t, nobody, x[0], x[1])
		a.want(t, 401, "login-failed")
		if a.header.Get("Set-Cookie") != "" || a.header.Get("WWW-Authenticate") != "" {
			t.Errorf("%v", a.header)
		}
		bodies = append(bodies, strings.Replace(string(a.body), a.header.Get("X-Request-Id"), "", 1))
	}
	if bodies[0] != bodies[1] || bodies[1] != bodies[2] {
		t.Errorf("one can be told from the other: %q", bodies)
	}
	for range 8 {
		o.logIn(t, nobody, "khong-"+one.name, "sai mật khẩu")
	}
	a := o.logIn(t, nobody, "khong-"+one.name, "sai mật khẩu")
	a.want(t, 429, "login-delayed")
	o.ask(t, request{method: "POST", path: "/api/v1/sessions", body: map[string]any{"username": strings.Repeat("a", 64), "password": strings.Repeat("a", 1001)}}).want(t, 422, "body-invalid")
}

func TestCookieAttributes(t *testing.T) {
	o := house.open(t)
	public := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for name, x := range map[string]struct {
		change func(*Config)
		secure bool
	}{
		"plain":              {func(*Config) {}, false},
		"http behind proxy":  {func(c *Config) { c.URL = public("http://vanthu.example") }, false},
		"https behind proxy": {func(c *Config) { c.URL = public("https://vanthu.example") }, true},
		"TLS itself":         {func(c *Config) { c.TLS = true }, true},
	} {
		p := o.with(t, x.change)
		a := p.logIn(t, nobody, "clerk", password)
		a.want(t, 200, "")
		c := cookieOf(t, a)
		want := map[bool]string{true: "__Host-vanthu", false: "vanthu"}[x.secure]
		if c.Name != want || c.Secure != x.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: %v", name, c)
		}
		if got := a.header.Get("Strict-Transport-Security"); (got != "") != x.secure {
			t.Errorf("%s: HSTS %q", name, got)
		}
		// The name of the other kind opens nothing.
		other := map[bool]string{true: "vanthu", false: "__Host-vanthu"}[x.secure]
		p.ask(t, request{method: "GET", path: "/api/v1/sessions", header: map[string]string{"Cookie": other + "=" + c.Value}}).want(t, 401, "not-logged-in")
		p.ask(t, request{method: "GET", path: "/api/v1/sessions", as: &person{cookie: c.Value}}).want(t, 200, "")
	}
}

func TestPasswordChange(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Secretary)
	other, token := o.again(t, p), o.newToken(t, p, "read")
	change := func(as *person, current, next string) answer {
		return o.ask(t, request{method: "POST", path: "/api/v1/password", as: as, body: map[string]any{"current": current, "password": next}})
	}
	a := change(p, "sai", "ngắn")
	a.want(t, 422, "password-wrong")
	if got := a.faults(t); !slices.Equal(got, []string{"/current password-wrong", "/password min-length"}) {
		t.Errorf("%v", got)
	}
	change(p, password, p.name).want(t, 422, "account-invalid")
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: other}).want(t, 200, "")
	a = change(p, password, "mật khẩu mới hẳn")
	if a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for _, old := range []*person{p, other} {
		o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: old}).want(t, 401, "not-logged-in")
	}
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: &person{cookie: cookieOf(t, a).Value}}).want(t, 200, "")
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: token}).want(t, 200, "") // programs go on
	o.logIn(t, nobody, p.name, password).want(t, 401, "login-failed")
	o.logIn(t, nobody, p.name, "mật khẩu mới hẳn").want(t, 200, "")
}

func (o *office) newToken(t testing.TB, as *person, scopes ...string) *person {
	t.Helper()
	a := o.ask(t, request{method: "POST", path: "/api/v1/tokens", as: as, body: map[string]any{"name": "chương trình", "scopes": scopes}})
	if !a.want(t, 201, "") {
		t.FailNow()
	}
	var made NewToken
	a.into(t, &made)
	return &person{name: made.ID, account: as.account, token: made.Secret}
}

func TestTokens(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Archivist)
	token := o.newToken(t, p, "read", "clerk")
	var list Tokens
	o.ask(t, request{method: "GET", path: "/api/v1/tokens", as: p}).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != token.name || list.Items[0].Expires.Sub(list.Items[0].Created) < 89*24*time.Hour {
		t.Errorf("%+v", list)
	}
	var me Account
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: token}).into(t, &me)
	if me.Username != p.name || !slices.Equal(me.Scopes, []string{"read", "clerk"}) {
		t.Errorf("%+v", me)
	}
	for _, x := range []struct {
		body any
		want []string
	}{
		{map[string]any{"name": "", "scopes": []string{}}, []string{"/name required", "/scopes required"}},
		{map[string]any{"name": "x", "scopes": []string{"account"}}, []string{"/scopes/0 enum"}},
		{map[string]any{"name": "x", "scopes": []string{"read", "read"}}, []string{"/scopes/1 enum"}},
		{map[string]any{"name": "x", "scopes": []string{"read"}, "days": 367}, []string{"/days range"}},
		{map[string]any{"name": "x", "scopes": []string{"read"}, "days": -1}, []string{"/days range"}},
	} {
		a := o.ask(t, request{method: "POST", path: "/api/v1/tokens", as: p, body: x.body})
		a.want(t, 422, "")
		if got := a.faults(t); !slices.Equal(got, x.want) {
			t.Errorf("%v: %v", x.body, got)
		}
	}
	o.ask(t, request{method: "POST", path: "/api/v1/tokens", as: p, body: map[string]any{"name": "x", "scopes": []string{"read"}, "days": 366}}).want(t, 201, "")
	// A scope gives no role, and a cookie beside a token gives nothing.
	doc := o.standing(t, record.Issued)
	both := *token
	both.cookie = o.people["clerk"].cookie
	for _, as := range []*person{token, &both} {
		o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/recall", as: as, body: map[string]any{"reason": "x"}, header: map[string]string{"If-Match": "*"}}).want(t, 403, "role")
	}
	o.ask(t, request{method: "DELETE", path: "/api/v1/tokens/" + token.name, as: o.people["clerk"]}).want(t, 404, "token-unknown")
	if a := o.ask(t, request{method: "DELETE", path: "/api/v1/tokens/" + token.name, as: p}); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}
	o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: token}).want(t, 401, "not-logged-in")
	for range 19 {
		o.newToken(t, p, "read")
	}
	o.ask(t, request{method: "POST", path: "/api/v1/tokens", as: p, body: map[string]any{"name": "x", "scopes": []string{"read"}}}).want(t, 409, "tokens-too-many")
}

// A stored token without scopes may do nothing: it is not taken for a session.
func TestATokenWithoutScopesMayNothing(t *testing.T) {
	o := house.open(t)
	token := o.newToken(t, o.newcomer(t, everyRole...), "read")
	key := "accounts/" + token.account.ID
	raw, tag, err := o.backend.Work.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(raw), `"scopes":["read"]`, `"scopes":null`, 1)
	if _, err := o.backend.Work.Put(t.Context(), key, []byte(changed), tag); err != nil || changed == string(raw) {
		t.Fatal(err)
	}
	fresh := o.with(t, func(c *Config) { c.Accounts = accounts.New(o.backend.Work, time.Now) })
	for _, path := range []string{"/api/v1/sessions", "/api/v1/tokens", "/api/v1/documents"} {
		fresh.ask(t, request{method: "GET", path: path, as: token}).want(t, 403, "token-scope")
	}
	fresh.ask(t, request{method: "DELETE", path: "/api/v1/sessions", as: token}).want(t, 403, "token-scope")
}

// Whatever stands in the two headers: nobody is let in, and nothing breaks.
func TestHostileCredentials(t *testing.T) {
	o := house.open(t)
	for _, h := range hostileAuthorizations(o.people["token-read"].token) {
		o.ask(t, request{method: "GET", path: "/api/v1/sessions", as: &person{cookie: o.people["clerk"].cookie}, header: map[string]string{"Authorization": h}}).want(t, 401, "not-logged-in")
	}
	for _, h := range []string{"vanthu", "vanthu=", "vanthu=; vanthu=", "vanthu=../accounts/x", `vanthu="x"`, "vanthu=" + strings.Repeat("A", 8000), "vanthu=%00", "=x; ;;;", "vanthu=" + o.people["clerk"].cookie + "x"} {
		a := o.ask(t, request{method: "GET", path: "/api/v1/sessions", header: map[string]string{"Cookie": h}})
		a.want(t, 401, "not-logged-in")
		if a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%q: no challenge", h)
		}
	}
}

func hostileAuthorizations(token string) []string {
	return []string{"x", "Bearer", "Bearer ", "Basic Y2xlcms6eA==", "Bearer x", token, "Token " + token, "Bearer" + token, "Bearer " + token + " x", "Bearer \"" + token + "\"",
		"Bearer " + strings.Repeat("A", 8000), "Bearer vanthu_../../accounts/x", "Bearer ă"}
}

func FuzzAuthorization(f *testing.F) {
	for _, h := range hostileAuthorizations("vanthu_ABC") {
		f.Add(h)
	}
	f.Add("bearer  vanthu_ABC ")
	f.Fuzz(func(t *testing.T, h string) {
		secret, ok := bearer(h)
		if ok && (secret == "" || strings.TrimSpace(secret) != secret || !strings.Contains(h, secret) || !strings.EqualFold(h[:6], "Bearer")) {
			t.Errorf("%q is %q", h, secret)
		}
	})
}

func FuzzCookie(f *testing.F) {
	for _, h := range []string{"vanthu=abc", "vanthu=abc; vanthu=def", "a=b; vanthu=", "vanthu", "vanthu=\"a\"", ";;=", "__Host-vanthu=x; vanthu=y"} {
		f.Add(h)
	}
	s := &Server{}
	f.Fuzz(func(t *testing.T, h string) {
		value := s.cookie(&http.Request{Header: http.Header{"Cookie": {h}}})
		if value != "" && !strings.Contains(h, value) || strings.ContainsAny(value, ";\"\\") {
			t.Errorf("%q is %q", h, value)
		}
	})
}
