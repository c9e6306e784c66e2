package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vanthu/record"
)

// everyPage are the addresses of all pages, by who looks at them.
func (o *office) everyPage(t testing.TB) map[string][]string {
	t.Helper()
	var docs []string
	for _, state := range statuses {
		docs = append(docs, documentAddress(o.standing(t, state).ID))
	}
	book := "/so-dia-chi/" + here
	if _, err := o.cfg.Addresses.Import(t.Context(), here, []byte("name,code,email,postal_address,purposes,valid_to,note\nSở Văn hoá,H06.12,vanthu@so.vn,1 Lê Lợi,\"báo cáo,biết\",31/12/2020,Gọi trước\n")); err != nil {
		t.Fatal(err)
	}
	known, err := o.cfg.Addresses.Book(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{"/so-dia-chi", book, book + "?q=khong+co", book + "/" + known.Entries[0].ID}
	dossier := dossierAddress(o.dossier(t))
	common := append([]string{"/ho-so", dossier, "/", "/van-ban", "/van-ban?q=van+thu", "/kiem-tra", "/tai-khoan", "/khong-co"}, docs...)
	return map[string][]string{
		"nobody":        {"/dang-nhap", "/dang-nhap?n=logged-out", "/docs", "/khong-co"},
		"idle":          {"/", "/van-ban", "/tai-khoan"},
		"all":           append([]string{"/van-ban/moi", "/van-ban/moi?template=ke-hoach&organization=" + here, documentAddress(o.standing(t, record.Draft).ID) + "/sua", documentAddress(o.standing(t, record.Issued).ID) + "/sua", "/so-dang-ky", "/so-dang-ky/" + here + "/2024", "/so-dang-ky/" + here + "/1999", "/so-dang-ky/" + here + "/2024/bao-cao", "/so-dang-ky/" + here + "/2024/bao-cao?by=unit", "/so-dang-ky/" + here + "/2024/ban-sao", book + "/moi"}, slices.Concat(addresses, common)...),
		"secretary":     addresses,
		"archivist":     common,
		"administrator": slices.DeleteFunc(slices.Clone(common), func(path string) bool { return strings.HasPrefix(path, "/ho-so") }),
	}
}

func (o *office) who(name string) *person {
	if name == "nobody" {
		return nobody
	}
	return o.people[name]
}

// Every page is sound HTML under the content security policy: nothing in it
// runs or styles by itself, ids are unique, every input has a label, every
// address is local, and every reference leads somewhere.
func TestEveryPageIsSound(t *testing.T) {
	o := house.open(t)
	for name, paths := range o.everyPage(t) {
		for _, path := range paths {
			p := o.page(t, o.who(name), path)
			for _, wrong := range unsound(p) {
				t.Errorf("%s, %s: %s", name, path, wrong)
			}
			if p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Robots-Tag") != "noindex, nofollow" {
				t.Errorf("%s, %s: headers %v", name, path, p.header)
			}
			if internals.Match(p.body) {
				t.Errorf("%s, %s shows internals: %s", name, path, internals.Find(p.body))
			}
			for _, x := range p.all("script", "link") {
				if to := attr(x, "src") + attr(x, "href"); strings.HasPrefix(to, "/") && o.ask(t, request{method: "GET", path: to}).status != http.StatusOK {
					t.Errorf("%s, %s: nothing at %s", name, path, to)
				}
			}
		}
	}
}

// unsound lists what is wrong with a page.
func unsound(p sheet) []string {
	var out []string
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	ids := map[string]bool{}
	var refers []string
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style":
				wrong("<%s> has %s=%q", n.Data, a.Key, a.Val)
			case a.Key == "id" && ids[a.Val]:
				wrong("two elements are #%s", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "for", a.Key == "list", strings.HasPrefix(a.Key, "aria-") && (strings.HasSuffix(a.Key, "by")):
				refers = append(refers, strings.Fields(a.Val)...)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") && a.Val != "data:,":
				wrong("<%s> leads to %q", n.Data, a.Val)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				id, err := url.PathUnescape(a.Val[1:])
				if err != nil {
					wrong("%s is no address", a.Val)
				}
				refers = append(refers, id)
			}
		}
		if n.Data == "style" || n.Data == "script" && !hasAttr(n, "src") {
			wrong("<%s> in the page", n.Data)
		}
	}
	for _, id := range refers {
		if !ids[id] {
			wrong("nothing is #%s", id)
		}
	}
	labelled := map[string]bool{}
	for _, l := range p.all("label") {
		labelled[attr(l, "for")] = true
	}
	for _, x := range p.all("input", "select", "textarea") {
		if attr(x, "type") == "hidden" || hasAttr(x, "hidden") || hasAttr(x, "aria-label") || labelled[attr(x, "id")] || x.Parent.Data == "label" {
			continue
		}
		wrong("no label for %s", attr(x, "name"))
	}
	if heads := p.all("h1"); len(heads) != 1 {
		wrong("%d headings of the page", len(heads))
	}
	return out
}

// On an English page nothing is Vietnamese but what says that it is, and on a
// Vietnamese page no text is English.
func TestEveryPageSpeaksOneLanguage(t *testing.T) {
	o := house.open(t)
	own := map[string]bool{}
	for _, both := range o.server.pages.texts {
		if both[0] != both[1] {
			own[both[1]] = true
		}
	}
	for name, paths := range o.everyPage(t) {
		for _, path := range paths {
			cookies := languageCookie + "=en"
			if c := o.who(name).cookie; c != "" {
				cookies += "; " + o.server.cookieName() + "=" + c
			}
			p := o.page(t, nil, path, "Cookie", cookies)
			for _, text := range spoken(p.root, "en") {
				what, _, _ := strings.Cut(text, ": ") // "Revoke: <name>" speaks of something Vietnamese
				if vietnamese(text) && !own[what] {
					t.Errorf("%s, %s in English says %q", name, path, text)
				}
			}
			for _, text := range spoken(p.root, "vi") {
				if own[text] {
					t.Errorf("%s, %s says in English, as if it were Vietnamese, %q", name, path, text)
				}
			}
			p = o.page(t, o.who(name), path)
			for _, text := range spoken(p.root, "vi") {
				if own[text] {
					t.Errorf("%s, %s in Vietnamese says %q", name, path, text)
				}
			}
		}
	}
}

// spoken are the texts in elements of this language, and what is read of
// elements in other ways. Titles are names of documents.
func spoken(n *html.Node, language string) []string {
	var out []string
	var walk func(*html.Node, string)
	walk = func(n *html.Node, now string) {
		if n.Type == html.ElementNode {
			if l := attr(n, "lang"); l != "" {
				now = l
			}
			for _, a := range n.Attr {
				if slices.Contains([]string{"aria-label", "title", "placeholder", "alt", "data-label"}, a.Key) && now == language {
					out = append(out, a.Val)
				}
			}
		}
		if text := strings.TrimSpace(n.Data); n.Type == html.TextNode && now == language && text != "" && n.Parent.Data != "script" && n.Parent.Data != "title" {
			out = append(out, text)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, now)
		}
	}
	walk(n, "")
	return out
}
