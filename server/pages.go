package server

import (
	"net/http"
	"net/url"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/addresses"
)

const maxForm = 8 << 20 // bytes of a posted form: 2 MB of text, each byte of it up to three

// pageRoutes is the table of the pages: what there is and who may use it. They
// are for sessions alone; a program has the API.
func pageRoutes() []*route {
	get := func(path string, a access, handle func(*Server, *call) error) *route {
		return &route{method: "GET", path: path, access: a, page: true, handle: handle}
	}
	post := func(path string, a access, handle func(*Server, *call) error) *route {
		return &route{method: "POST", path: path, access: a, page: true, maxBody: 64 << 10, handle: handle}
	}
	long := func(rt *route, most int64) *route { rt.maxBody = most; return rt }
	drafts, revises, registers := role(record.CmdDraft), role(record.CmdRevise), access{roles: book.roles}
	judging := long(post("/kiem-tra", anyone, judgeUpload), maxVerify+1<<20)
	judging.slow = true
	routes := []*route{
		get("/dang-nhap", anyone, showLogin),
		post("/dang-nhap", anyone, postLogin),
		post("/dang-xuat", anyone, postLogout),
		post("/ngon-ngu", anyone, postLanguage),

		get("/", self, showInbox),
		get("/van-ban", self, showList),
		post("/cau-tim", self, postSearch),
		post("/cau-tim/{search}/xoa", self, postSearchGone),
		get("/van-ban/moi", drafts, showNew),
		long(post("/van-ban/moi", drafts, postNew), maxForm),
		long(post("/van-ban/moi/tep", drafts, postEnvelope), maxForm),
		{method: "GET", path: "/van-ban/{id}", access: self, page: true, reads: "page", handle: showDocumentPage},
		{method: "GET", path: "/van-ban/{id}/sua", access: revises, page: true, reads: "page", handle: showRevise},
		long(post("/van-ban/{id}/sua", revises, postRevise), maxForm),
		get("/so-dang-ky", registers, showRegisters),
		get("/so-dang-ky/{organization}/{year}", registers, showRegisterPage),
		get("/so-dang-ky/{organization}/{year}/ban-sao", registers, showCopyRegisterPage),
		get("/so-dang-ky/{organization}/{year}/bao-cao", registers, showReportPage),
		get("/kiem-tra", anyone, showVerify),
		judging,
		get("/tai-khoan", self, showAccount),
		post("/tai-khoan/mat-khau", self, postPassword),
		post("/tai-khoan/ma-truy-cap", self, postToken),
		post("/tai-khoan/ma-truy-cap/{token}/thu-hoi", self, postRevoke),

		get("/docs", anyone, showDocs),
		get("/static/{version}/*file", anyone, serveStatic),
		get("/robots.txt", anyone, serveRobots),
	}
	attaching := long(post("/van-ban/{id}/kem-tep", role(record.CmdAttach), attachFromPage), desk.MaxAttachmentSize+64<<10)
	attaching.slow = true
	routes = append(routes, attaching,
		post("/van-ban/{id}/chu-ky/{signature}", role(record.CmdSign), endSignature(completeFromPage, "signed")),
		post("/van-ban/{id}/chu-ky/{signature}/huy", role(record.CmdSign), endSignature(cancelFromPage, "cancelled")),
		get("/bang-chung", access{roles: keepers.roles}, showEvidence))
	routes = append(routes, publicRoutes()...)
	routes = append(routes, dossierPageRoutes()...)
	routes = append(routes, registerPageRoutes()...)
	routes = append(routes,
		get("/so-dia-chi", access{roles: addressReaders.roles}, showAddressBooks),
		get("/so-dia-chi/{organization}", access{roles: addressReaders.roles}, showAddressBook),
		long(post("/so-dia-chi/{organization}/nhap", access{roles: addressKeepers.roles}, importFromPage), addresses.MaxCSV+64<<10),
		get("/so-dia-chi/{organization}/moi", access{roles: addressKeepers.roles}, showNewAddress),
		post("/so-dia-chi/{organization}/moi", access{roles: addressKeepers.roles}, postNewAddress),
		get("/so-dia-chi/{organization}/{entry}", access{roles: addressReaders.roles}, showAddressPage),
		post("/so-dia-chi/{organization}/{entry}/sua", access{roles: addressKeepers.roles}, postAddress),
		post("/so-dia-chi/{organization}/{entry}/xoa", access{roles: addressKeepers.roles}, removeAddress))
	for _, a := range pageActions {
		rt := post("/van-ban/{id}/"+a.path, role(a.command), actFromPage(a))
		if a.own {
			rt.maxBody = 256 << 10 // a whole opinion, each byte of it up to three
		}
		routes = append(routes, rt)
	}
	return routes
}

// role is the access of who may give the command, by a session.
func role(c record.Command) access {
	a := may(c)
	a.scope = ""
	return a
}

// redirect sends the browser on; after a POST it asks by GET.
func (c *call) redirect(to string) error {
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// Codes of what was done, in the address of the page that says so, with the
// kind of notice that it is. Commands are codes too.
const noticeName = "n"

var notices = map[string]string{
	"search-saved": "success", "search-gone": "info",
	"saved": "success", "revised": "success", "password": "success", "revoked": "success", "logged-out": "info", "issue": "success",
	"waiting": "info", "signed": "success", "cancelled": "info", "attach": "success", "detach": "info", "copy": "success", "evidence": "success",
	"address-saved": "success", "address-removed": "info",
	"submit": "success", "withdraw": "info", "return": "info", "sign": "success", "unsign": "info", "void": "info", "discard": "info",
	"consult": "success", "opinion": "success", "end-consult": "info",
	"filed": "success", "closed": "success", "dispatch": "success", "told": "success", "receipt": "success", "recall": "info", "supersede": "info", "correct": "info", "hold": "info", "release": "info",
}

func documentAddress(id string) string { return "/van-ban/" + id }

// localPath is an address on this service, "/" for anything else: whoever
// makes a link to the log-in page must not choose where it ends.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\") || len(to) > 2000 ||
		strings.ContainsFunc(to, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		return "/"
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	return to
}

func postLanguage(s *Server, c *call) error {
	v, err := c.posted([]member{{name: "language", kind: "string", doc: "Ngôn ngữ", required: true, enum: []string{string(languageVI), string(languageEN)}}})
	if err != nil {
		return err
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: languageCookie, Value: v.text("language"), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode})
	return c.redirect(localPath(c.Request.PostForm.Get("next")))
}
