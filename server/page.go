package server

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/server/form"
	"vanthu/server/web"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates of all pages, made once, and what they load.
type pages struct {
	files *web.Files
	texts texts
	sets  map[language]map[string]*template.Template // by language and page
	forms pageForms
}

func loadPages(cfg Config) (*pages, error) {
	p := &pages{sets: map[language]map[string]*template.Template{}}
	var err error
	if p.files, err = web.Load(); err != nil {
		return nil, err
	}
	if p.texts, err = readTexts(); err != nil {
		return nil, err
	}
	for _, l := range languages {
		if p.sets[l], err = p.parse(l); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// parse makes the pages of one language: each is pages/NAME.html, which defines
// "content", with the frame and the parts around it.
func (p *pages) parse(l language) (map[string]*template.Template, error) {
	common, err := template.New("").Funcs(p.funcs(l)).ParseFS(pageFiles, "pages/parts/*.html")
	if err == nil {
		common, err = form.AddTo(common)
	}
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	set := map[string]*template.Template{}
	for _, name := range names {
		t, err := common.Clone()
		if err == nil {
			t, err = t.ParseFS(pageFiles, name)
		}
		if err != nil {
			return nil, err
		}
		set[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return set, nil
}

// funcs are what the templates call.
func (p *pages) funcs(l language) template.FuncMap {
	t := func(key string, values ...any) (string, error) { return p.texts.say(l, key, values...) }
	return template.FuncMap{
		"t":    t,
		"lang": func() string { return string(l) },
		// what is Vietnamese on an English page says so, to be read aloud rightly
		"vi": func() template.HTMLAttr {
			if l == languageVI {
				return ""
			}
			return ` lang="vi"`
		},
		"asset":  p.asset,
		"moment": moment,
		"stamp":  stamp,
		"day":    record.Date.Vietnamese,
		"state":  func(x record.Status) (string, error) { return t("state." + string(x)) },
		"did":    func(x record.Command) (string, error) { return t("did." + string(x)) },
		"role":   func(x record.Role) (string, error) { return t("role." + string(x)) },
		"choice": func(group, name string) (string, error) { // of an enumeration of the envelope
			if name == "" {
				return "", nil
			}
			return t(group + "." + name)
		},
		"join":      func(all []string) string { return strings.Join(all, ", ") },
		"sum":       func(a, b int) int { return a + b },
		"rowAction": rowAction,
	}
}

// asset is the address of a file that browsers may keep for ever.
func (p *pages) asset(name string) (string, error) {
	if _, ok := p.files.Open(name); !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/static/" + p.files.Version() + "/" + name, nil
}

// moment is a time as an office writes it.
func moment(t time.Time) string { return t.In(record.Office).Format("15:04 02/01/2006") }

// stamp is a time of the history in the same form.
func stamp(rfc3339 string) (string, error) {
	t, err := time.Parse(time.RFC3339, rfc3339)
	return moment(t), err
}

// screen is all that one page shows.
type screen struct {
	Title  string
	Here   string // the address in the navigation that the page belongs to
	Width  string // class of the page's body: "", "reading", "narrow", "book"
	Script string // "viewer", "api"; "" for none but the forms'
	Notice notice
	Body   any

	// The rest is the frame's and filled in by show.
	Person  string // who is logged in; "" for nobody
	Nav     []link
	Address string // of this page, for the way back from the language switch
	Demo    bool
	Behind  bool // the index is being built
}

type link struct{ URL, Text string }

// notice tells what the last step did.
type notice struct{ Kind, Text string }

// show answers with a page. It is made whole before anything is sent.
func (s *Server) show(c *call, status int, name string, x screen) error {
	x.Demo = s.cfg.Demo
	if c.viewer != nil {
		x.Person, x.Nav, x.Behind = c.viewer.Name, s.navigation(c), s.cfg.Index.Behind()
	}
	x.Address = "/"
	if c.reading() {
		x.Address = localPath(c.Request.URL.RequestURI())
	} else if c.ref.ID != "" {
		x.Address = documentAddress(c.ref.ID)
	}
	if x.Notice.Text == "" {
		x.Notice = s.noticeOf(c)
	}
	var b bytes.Buffer
	if err := s.pages.sets[languageOf(c.Request)][name].ExecuteTemplate(&b, "frame", x); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Header("X-Robots-Tag", "noindex, nofollow")
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// navigation is what the viewer can go to.
func (s *Server) navigation(c *call) []link {
	all := []link{{"/", s.say(c, "nav.inbox")}, {"/van-ban", s.say(c, "nav.documents")}}
	if c.viewer.holds(record.Secretary) {
		all = append(all, link{"/van-ban/moi", s.say(c, "nav.draft")})
	}
	if c.viewer.holds(book.roles...) {
		all = append(all, link{"/so-dang-ky", s.say(c, "nav.registers")}, link{"/ho-so", s.say(c, "nav.dossiers")})
	}
	if c.viewer.holds(addressReaders.roles...) {
		all = append(all, link{"/so-dia-chi", s.say(c, "nav.addresses")})
	}
	if c.viewer.holds(keepers.roles...) {
		all = append(all, link{"/bang-chung", s.say(c, "nav.evidence")})
	}
	return append(all, link{"/kiem-tra", s.say(c, "nav.verify")})
}

// noticeOf reads the short code that a redirect left in the address.
func (s *Server) noticeOf(c *call) notice {
	code := c.Query(noticeName)
	kind, ok := notices[code]
	if !ok || !c.reading() {
		return notice{}
	}
	return notice{Kind: kind, Text: s.say(c, "notice."+code)}
}
