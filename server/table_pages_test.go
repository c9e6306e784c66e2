package server

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

// pageRules are who may use the pages, by hand as for the API. A page that is not
// here is for everyone who is logged in.
var pageRules = []struct {
	path  *regexp.Regexp
	open  bool
	roles []record.Role
}{
	{path: regexp.MustCompile(`^/(dang-nhap|dang-xuat|ngon-ngu|docs|static/.*|robots\.txt|kiem-tra|g/.*|v/.*)$`), open: true},
	{path: regexp.MustCompile(`^/van-ban/(moi.*|[^/]+/(sua|trinh-ky|huy|rut-lai|kem-tep|bo-tep|xin-y-kien|ket-thuc-xin-y-kien|ho-so))$`), roles: []record.Role{"secretary"}},
	{path: regexp.MustCompile(`^/van-ban/[^/]+/(ky|tra-lai|chu-ky/.*)$`), roles: []record.Role{"signatory"}},
	{path: regexp.MustCompile(`^/van-ban/[^/]+/(cap-so-dong-dau|dong-dau|bo-chu-ky|dinh-chinh|thay-the|thu-hoi|bo-so|gui|da-gui|da-nhan|da-bao|sao)$`), roles: []record.Role{"clerk"}},
	{path: regexp.MustCompile(`^/van-ban/[^/]+/(bang-chung|giu-lai|bo-giu-lai)$`), roles: []record.Role{"archivist"}},
	{path: regexp.MustCompile(`^/van-ban/[^/]+/gop-y$`)},
	{path: regexp.MustCompile(`^/bang-chung$`), roles: []record.Role{"clerk", "archivist"}},
	{path: regexp.MustCompile(`^/so-dang-ky/[^/]+/(giay|2024/chot-so)$`), roles: []record.Role{"clerk"}},
	{path: regexp.MustCompile(`^/so-dang-ky(/.*)?$`), roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}},
	{path: regexp.MustCompile(`^/(|van-ban|van-ban/[^/]+|tai-khoan.*|cau-tim.*)$`)},
	{path: regexp.MustCompile(`^/ho-so/[^/]+/(mo|2024/[^/]+/(sua|them|bo|ket-thuc))$`), roles: []record.Role{"secretary"}},
	{path: regexp.MustCompile(`^/ho-so/[^/]+/(huy|2024/[^/]+/(mo-lai|nop-luu))$`), roles: []record.Role{"archivist"}},
	{path: regexp.MustCompile(`^/ho-so/[^/]+/huy/[^/]+$`), roles: []record.Role{"signatory"}},
	{path: regexp.MustCompile(`^/ho-so(/.*)?$`), roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}},
	{path: regexp.MustCompile(`^/so-dia-chi/[^/]+/(moi|nhap|[^/]+/(sua|xoa))$`), roles: []record.Role{"clerk"}},
	{path: regexp.MustCompile(`^/so-dia-chi(/[^/]+(/[^/]+)?)?$`), roles: []record.Role{"secretary", "clerk"}},
}

// Every page asks who comes as the API does: nobody is sent to the log-in, a
// token is no session, another organisation's document is not there, the wrong
// role is refused, and nothing of it moves a journal.
func TestPageByRole(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	fill := strings.NewReplacer("{id}", doc.ID, "{organization}", here, "{year}", "2024", "{token}", "0123456789abcdef", "{entry}", "0123456789abcdef", "{signature}", doc.ID+".x", "{code}", o.dossier(t).Code, "{version}", "x", "{search}", "0123456789abcdef", "*file", "x.css")
	for _, rt := range pageRoutes() {
		path := fill.Replace(rt.path)
		i := slices.IndexFunc(pageRules, func(r struct {
			path  *regexp.Regexp
			open  bool
			roles []record.Role
		}) bool {
			return r.path.MatchString(path)
		})
		if i < 0 {
			t.Errorf("no rule for %s %s", rt.method, rt.path)
			continue
		}
		rule := pageRules[i]
		before := o.seqs(t)
		for _, p := range o.principals(t) {
			// Without the fields of its form: who may is told what is missing.
			as := p
			if path == "/dang-xuat" && p.cookie != "" && !p.out() {
				as = o.again(t, p) // this one will be over
			}
			q := request{method: rt.method, path: path, as: as, header: map[string]string{"Accept": "text/html"}}
			if rt.method == http.MethodPost {
				q.body, q.header["Content-Type"] = "", "application/x-www-form-urlencoded"
			}
			a := o.ask(t, q)
			wrong := func(want string) {
				t.Errorf("%s %s as %s: %d to %q, want %s", rt.method, path, p.name, a.status, a.header.Get("Location"), want)
			}
			place := strings.Contains(rt.path, "{id}") || strings.Contains(rt.path, "{organization}")
			switch {
			case rule.open:
				if a.status == 401 || a.status == 403 {
					wrong("an answer")
				}
			case p.token != "" && p.name != "revoked":
				if a.status != 403 {
					wrong("403")
				}
			case p.out():
				if a.status != 401 && (a.status != 303 || !strings.HasPrefix(a.header.Get("Location"), "/dang-nhap")) {
					wrong("the log-in")
				}
			case rule.roles != nil && !p.holds(rule.roles...):
				if a.status != 403 {
					wrong("403")
				}
			case place && !p.belongs():
				if a.status != 404 {
					wrong("404")
				}
			case p.name == "other-official" && rt.access.personal:
				if a.status != 403 {
					wrong("403")
				}
			default:
				if slices.Contains([]int{401, 403, 405, 500, 503}, a.status) || a.status == 404 && !strings.Contains(path, "0123456789abcdef") {
					wrong("an answer")
				}
			}
		}
		if rt.method == http.MethodPost {
			for _, h := range []map[string]string{{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}} {
				h["Content-Type"] = "application/x-www-form-urlencoded"
				a := o.ask(t, request{method: "POST", path: path, as: o.people["all"], body: "", header: h})
				if a.status != 403 || a.header.Get("Set-Cookie") != "" {
					t.Errorf("POST %s from another site: %d %v", path, a.status, a.header["Set-Cookie"])
				}
			}
		}
		if after := o.seqs(t); !same(before, after) {
			t.Errorf("%s %s: the journals went from %v to %v", rt.method, path, before, after)
		}
	}
}
