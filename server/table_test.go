package server

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
	"vanthu/storage"
)

// rule is what DESIGN.md says of a route, written down once more and by hand:
// nothing here comes from the table that it judges.
type rule struct {
	method, path string // "{doc}" is an issued document of here
	open         bool
	scope        accounts.Scope // a token's; "" lets in no token
	roles        []record.Role  // any of them; nil: any role or none
	place        string         // "document", "organization": only who belongs there
	body         any
	good         int // the answer to who may
}

var apiRules = []rule{
	{method: "GET", path: "/healthz", open: true, good: 200},
	{method: "GET", path: "/readyz", open: true, good: 200},
	{method: "GET", path: "/metrics", open: true, good: 200},
	{method: "GET", path: "/openapi.json", open: true, good: 200},
	{method: "POST", path: "/api/v1/sessions", open: true, body: map[string]any{}, good: 422},

	{method: "GET", path: "/api/v1/sessions", scope: "read", good: 200},
	{method: "DELETE", path: "/api/v1/sessions", good: 204},
	{method: "POST", path: "/api/v1/password", body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/tokens", good: 200},
	{method: "POST", path: "/api/v1/tokens", body: map[string]any{}, good: 422},
	{method: "DELETE", path: "/api/v1/tokens/0123456789abcdef", good: 404},
	{method: "GET", path: "/api/v1/searches", scope: "read", good: 200},
	{method: "POST", path: "/api/v1/searches", body: map[string]any{}, good: 422},
	{method: "DELETE", path: "/api/v1/searches/0123456789abcdef", good: 404},

	{method: "GET", path: "/api/v1/documents", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/documents.csv", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/documents.xlsx", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/documents.pdf", scope: "read", good: 200},
	{method: "POST", path: "/api/v1/documents", scope: "draft", roles: []record.Role{"secretary"}, body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/documents/{doc}", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/history", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/findings", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/preview", scope: "read", place: "document", good: 409},
	{method: "GET", path: "/api/v1/documents/{doc}/versions/1/manifest", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/versions/1/json", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/versions/2/docx", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/versions/4/pdf", scope: "read", place: "document", good: 200},

	{method: "GET", path: "/api/v1/documents/{doc}/versions/2/remade", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/versions/2/remade/docx", scope: "read", place: "document", good: 200},

	{method: "GET", path: "/api/v1/documents/{doc}/versions/4/attachments/attachment-1.pdf", scope: "read", place: "document", good: 404},
	{method: "GET", path: "/api/v1/documents/{doc}/copies/9/pdf", scope: "read", place: "document", good: 404},
	{method: "POST", path: "/api/v1/documents/{doc}/attachments", scope: "draft", roles: []record.Role{"secretary"}, place: "document", body: "", good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/detach", scope: "draft", roles: []record.Role{"secretary"}, place: "document", body: map[string]any{"file": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/evidence", roles: []record.Role{"archivist"}, place: "document", body: map[string]any{}, good: 428},
	{method: "GET", path: "/api/v1/signatures/{doc}.x", scope: "sign", roles: []record.Role{"signatory"}, good: 404},
	{method: "POST", path: "/api/v1/signatures/{doc}.x", scope: "sign", roles: []record.Role{"signatory"}, body: map[string]any{}, good: 404},
	{method: "DELETE", path: "/api/v1/signatures/{doc}.x", scope: "sign", roles: []record.Role{"signatory"}, good: 404},
	{method: "GET", path: "/api/v1/audit", scope: "read", roles: []record.Role{"archivist", "administrator"}, good: 200},
	{method: "GET", path: "/api/v1/logs/" + here, scope: "read", place: "organization", roles: []record.Role{"clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/logs/" + here + "/checkpoint", scope: "read", place: "organization", roles: []record.Role{"clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/logs/" + here + "/stamp", scope: "read", place: "organization", roles: []record.Role{"clerk", "archivist"}, good: 404},
	{method: "GET", path: "/api/v1/logs/" + here + "/proof", scope: "read", place: "organization", roles: []record.Role{"clerk", "archivist"}, good: 422},
	{method: "GET", path: "/api/v1/logs/" + here + "/tile/0/999", scope: "read", place: "organization", roles: []record.Role{"clerk", "archivist"}, good: 404},
	{method: "GET", path: "/api/v1/documents/{doc}/package", scope: "read", place: "document", good: 200},
	{method: "POST", path: "/api/v1/documents/{doc}/hold", roles: []record.Role{"archivist"}, place: "document", body: map[string]any{"reason": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/release", roles: []record.Role{"archivist"}, place: "document", body: map[string]any{"reason": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/receipt", scope: "clerk", roles: []record.Role{"clerk"}, place: "document", body: map[string]any{"recipient": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/told", scope: "clerk", roles: []record.Role{"clerk"}, place: "document", body: map[string]any{"recipient": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/consult", scope: "draft", roles: []record.Role{"secretary"}, place: "document", body: map[string]any{}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/end-consult", scope: "draft", roles: []record.Role{"secretary"}, place: "document", body: map[string]any{"consultation": 1, "reason": "x"}, good: 428},
	{method: "POST", path: "/api/v1/documents/{doc}/opinion", place: "document", body: map[string]any{}, good: 428},
	{method: "GET", path: "/api/v1/documents/{doc}/access", roles: []record.Role{"archivist", "administrator"}, place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/deliveries/list", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/documents/{doc}/deliveries", scope: "read", place: "document", good: 200},
	{method: "GET", path: "/api/v1/evidence", scope: "read", roles: []record.Role{"clerk", "archivist"}, good: 200},

	{method: "GET", path: "/api/v1/registers/" + here + "/2024", scope: "read", place: "organization",
		roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/registers/" + here + "/2024/copies", scope: "read", place: "organization",
		roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/registers/" + here + "/2024/copies/book", scope: "read", place: "organization",
		roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/registers/" + here + "/2024/book", scope: "read", place: "organization",
		roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/reports/" + here + "/2024", scope: "read", place: "organization",
		roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "POST", path: "/api/v1/registers/" + here + "/papers", scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/registers/" + here + "/2024/closings", scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 422},
	{method: "POST", path: "/api/v1/registers/" + here + "/2024/closings", scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/registers/" + here + "/2024/closings/2024-01-31/pdf", scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 422},
	{method: "GET", path: "/api/v1/dossiers/" + here, scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "POST", path: "/api/v1/dossiers/" + here, scope: "draft", place: "organization", roles: []record.Role{"secretary"}, body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/dossiers/" + here + "/due", scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "GET", path: "/api/v1/dossiers/" + here + "/2024/00.X", scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 404},
	{method: "PUT", path: "/api/v1/dossiers/" + here + "/2024/00.X", scope: "draft", place: "organization", roles: []record.Role{"secretary"}, body: map[string]any{}, good: 422},
	{method: "POST", path: "/api/v1/dossiers/" + here + "/2024/00.X/add", scope: "draft", place: "organization", roles: []record.Role{"secretary"}, body: map[string]any{"document": "{doc}"}, good: 422},
	{method: "POST", path: "/api/v1/dossiers/" + here + "/2024/00.X/remove", scope: "draft", place: "organization", roles: []record.Role{"secretary"}, body: map[string]any{}, good: 422},
	{method: "POST", path: "/api/v1/dossiers/" + here + "/2024/00.X/end", scope: "draft", place: "organization", roles: []record.Role{"secretary"}, body: map[string]any{"ended": "2024-01-31"}, good: 404},
	{method: "POST", path: "/api/v1/dossiers/" + here + "/2024/00.X/reopen", place: "organization", roles: []record.Role{"archivist"}, body: map[string]any{"reason": "x"}, good: 404},
	{method: "POST", path: "/api/v1/dossiers/" + here + "/2024/00.X/transfer", place: "organization", roles: []record.Role{"archivist"}, body: map[string]any{"minutes": "x"}, good: 404},
	{method: "GET", path: "/api/v1/dossiers/" + here + "/2024/00.X/sip", scope: "read", place: "organization", roles: []record.Role{"archivist"}, good: 422},
	{method: "GET", path: "/api/v1/dossiers/" + here + "/2024/00.X/bag", scope: "read", place: "organization", roles: []record.Role{"archivist"}, good: 404},
	{method: "GET", path: "/api/v1/documents/{doc}/edxml", scope: "clerk", place: "document", roles: []record.Role{"clerk"}, good: 422},
	{method: "POST", path: "/api/v1/statuses/" + here, scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: "", good: 415},
	{method: "GET", path: "/api/v1/disposals/" + here, scope: "read", place: "organization", roles: []record.Role{"secretary", "signatory", "clerk", "archivist"}, good: 200},
	{method: "POST", path: "/api/v1/disposals/" + here, place: "organization", roles: []record.Role{"archivist"}, body: map[string]any{}, good: 422},
	{method: "POST", path: "/api/v1/disposals/" + here + "/x/decide", scope: "sign", place: "organization", roles: []record.Role{"signatory"}, body: map[string]any{"approved": true, "reason": "x"}, good: 409},
	{method: "GET", path: "/api/v1/organizations", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/schema", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/example", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/content", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/docx", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions/{form}", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions/{form}/schema", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions/{form}/content", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions/{form}/example", scope: "read", good: 200},
	{method: "GET", path: "/api/v1/templates/ke-hoach/versions/{form}/docx", scope: "read", good: 200},
	{method: "POST", path: "/api/v1/templates", roles: []record.Role{"administrator"}, body: "", good: 415},
	{method: "PUT", path: "/api/v1/templates/mau", roles: []record.Role{"administrator"}, body: "", good: 415},
	{method: "POST", path: "/api/v1/templates/ke-hoach/retire", roles: []record.Role{"administrator"}, body: map[string]any{"reason": "thử"}, good: 409},
	{method: "GET", path: "/api/v1/addresses/" + here, scope: "read", place: "organization", roles: []record.Role{"secretary", "clerk"}, good: 200},
	{method: "POST", path: "/api/v1/addresses/" + here, scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: map[string]any{}, good: 422},
	{method: "GET", path: "/api/v1/addresses/" + here + "/csv", scope: "read", place: "organization", roles: []record.Role{"secretary", "clerk"}, good: 200},
	{method: "POST", path: "/api/v1/addresses/" + here + "/csv", scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: "", good: 415},
	{method: "GET", path: "/api/v1/addresses/" + here + "/x", scope: "read", place: "organization", roles: []record.Role{"secretary", "clerk"}, good: 404},
	{method: "PUT", path: "/api/v1/addresses/" + here + "/x", scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, body: map[string]any{}, good: 404},
	{method: "DELETE", path: "/api/v1/addresses/" + here + "/x", scope: "clerk", place: "organization", roles: []record.Role{"clerk"}, good: 404},
	{method: "POST", path: "/api/v1/verify", scope: "read", body: "", good: 422},
}

// commandRule is a line of DESIGN.md's table of commands.
type commandRule struct {
	command, role string
	scope         accounts.Scope
	from          string // states
	to            record.Status
}

var commandRules = []commandRule{
	{"revise", "secretary", "draft", "draft returned", "draft"},
	{"discard", "secretary", "draft", "draft returned", "discarded"},
	{"submit", "secretary", "draft", "draft", "submitted"},
	{"withdraw", "secretary", "draft", "submitted", "draft"},
	{"return", "signatory", "sign", "submitted", "returned"},
	{"sign", "signatory", "sign", "submitted", "signed"},
	{"unsign", "clerk", "clerk", "signed", "returned"},
	{"number", "clerk", "clerk", "signed", "numbered"},
	{"seal", "clerk", "clerk", "numbered", "issued"},
	{"void", "clerk", "clerk", "numbered", "voided"},
	{"dispatch", "clerk", "clerk", "issued", "issued"},
	{"recall", "clerk", "clerk", "issued", "recalled"},
	{"supersede", "clerk", "clerk", "issued", "superseded"},
	{"correct", "clerk", "clerk", "issued", "issued"},
	{"copy", "clerk", "clerk", "issued", "issued"},
}

// offeredRules are commands that need more than a document in its state; who is
// offered them is written here, what they do in tests of their own.
var offeredRules = []commandRule{
	{"attach", "secretary", "draft", "draft returned", "draft"},
	{"detach", "secretary", "draft", "draft returned", "draft"},
	{"evidence", "archivist", "", "issued recalled superseded", ""},
	{"hold", "archivist", "", "issued recalled superseded", ""},
	{"consult", "secretary", "draft", "draft returned", ""},
}

var everyState = []record.Status{"draft", "submitted", "returned", "signed", "numbered", "issued", "recalled", "superseded", "voided", "discarded"}

// principals are everyone who could ask.
func (o *office) principals(t testing.TB) []*person {
	t.Helper()
	out := []*person{nobody}
	for _, name := range []string{"secretary", "signatory", "clerk", "archivist", "administrator",
		"secretary-elsewhere", "signatory-elsewhere", "clerk-elsewhere", "archivist-elsewhere", "administrator-elsewhere",
		"other-official", "idle", "token-read", "token-draft", "token-sign", "token-clerk", "revoked", "disabled", "expired"} {
		if o.people[name] == nil {
			t.Fatalf("nobody is called %s", name)
		}
		out = append(out, o.people[name])
	}
	return out
}

func (p *person) out() bool {
	return slices.Contains([]string{"nobody", "revoked", "disabled", "expired"}, p.name)
}

func (p *person) holds(roles ...record.Role) bool {
	switch {
	case p.token != "":
		return true
	case p.name == "other-official":
		return slices.Contains(roles, "signatory")
	}
	return slices.Contains(roles, p.role)
}

func (p *person) belongs() bool {
	return p.name != "idle" && !strings.HasSuffix(p.name, "-elsewhere")
}

// expected is the status before anything about the document's state or the
// request's content.
func (r rule) expected(p *person) int {
	switch {
	case r.open:
		return r.good
	case p.out():
		return 401
	case p.token != "" && p.scope != r.scope:
		return 403
	case r.roles != nil && !p.holds(r.roles...):
		return 403
	case r.place != "" && !p.belongs():
		return 404
	}
	return r.good
}

func TestRouteByRole(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	form, err := o.cfg.Forms.Form(t.Context(), "ke-hoach")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.cfg.Logs.Checkpoint(t.Context(), here); err != nil {
		t.Fatal(err)
	}
	if err := o.cfg.Audits.Save(t.Context(), storage.AuditResult{Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, r := range apiRules {
		for _, p := range o.principals(t) {
			as := p
			if r.method == "DELETE" && r.path == "/api/v1/sessions" && p.token == "" && !p.out() {
				as = o.again(t, p) // this one will be over
			}
			before := o.seqs(t)
			q := request{method: r.method, path: strings.NewReplacer("{doc}", doc.ID, "{form}", string(form.SHA256)).Replace(r.path), as: as, body: r.body}
			if strings.HasSuffix(r.path, "/verify") {
				q.header = map[string]string{"Content-Type": mediaPDF}
			}
			a := o.ask(t, q)
			if want := r.expected(p); a.status != want {
				t.Errorf("%s %s as %s: %d, want %d: %s", r.method, r.path, p.name, a.status, want, clip(string(a.body)))
			}
			if after := o.seqs(t); !same(before, after) {
				t.Errorf("%s %s as %s: the journals went from %v to %v", r.method, r.path, p.name, before, after)
			}
		}
	}
}

// again is the person with another session.
func (o *office) again(t testing.TB, p *person) *person {
	t.Helper()
	secret, err := o.cfg.Accounts.Begin(t.Context(), p.account)
	if err != nil {
		t.Fatal(err)
	}
	other := *p
	other.cookie = secret
	return &other
}

func same(a, b map[string]uint64) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}

// The rules above are about every route that there is.
func TestEveryRouteHasARule(t *testing.T) {
	for _, rt := range apiRoutes() {
		path := strings.ReplaceAll(rt.path, "...}", "}")
		form := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`) + "$")
		found := slices.ContainsFunc(apiRules, func(r rule) bool { return r.method == rt.method && form.MatchString(r.path) })
		found = found || slices.ContainsFunc(commandRules, func(c commandRule) bool {
			method, path := c.address("x")
			return method == rt.method && form.MatchString(path)
		})
		if !found {
			t.Errorf("no rule for %s %s", rt.method, rt.path)
		}
	}
}

func (c commandRule) address(id string) (method, path string) {
	if c.command == "revise" {
		return "PUT", "/api/v1/documents/" + id
	}
	return "POST", "/api/v1/documents/" + id + "/" + c.command
}

// body is a content that the command takes, of this document.
func (c commandRule) body(t testing.TB, o *office, doc record.Document) any {
	t.Helper()
	switch c.command {
	case "revise":
		return plan(t, func(v map[string]any) { v["subject"] = "Kiểm tra công tác văn thư, sửa" })
	case "discard", "return", "unsign", "void", "recall":
		return map[string]any{"reason": "Vì phép thử"}
	case "sign":
		if doc.PDF == "" {
			return map[string]any{"pdf_sha256": strings.Repeat("0", 64)}
		}
		return map[string]any{"pdf_sha256": doc.PDF}
	case "dispatch":
		return map[string]any{"recipient": "UBND tỉnh (b/c)"}
	case "copy":
		return map[string]any{"kind": "SY"}
	case "supersede", "correct":
		return map[string]any{"linked": o.standing(t, record.Issued).ID}
	}
	return nil
}

// expected is the answer to a complete and well-formed command.
func (c commandRule) expected(p *person, state record.Status) int {
	access := rule{scope: c.scope, roles: []record.Role{record.Role(c.role)}, place: "document", good: 200}.expected(p)
	put := state != "draft" && state != "discarded" // before an official, by how the documents were made
	switch {
	case access != 200:
		return access
	case p.name == "other-official" && put:
		return 403
	case !slices.Contains(strings.Fields(c.from), string(state)):
		return 409
	}
	return 200
}

func TestCommandByRoleAndState(t *testing.T) {
	o := house.open(t)
	var issued record.Document // takes the commands that leave it issued
	cells := 0
	for _, state := range everyState {
		standing := o.standing(t, state)
		for _, c := range commandRules {
			for _, p := range o.principals(t) {
				cells++
				want, doc := c.expected(p, state), standing
				switch {
				case want == 200 && c.to == state && state == record.Issued:
					if issued.ID == "" {
						issued = o.document(t, state)
					}
					doc = o.now(t, issued)
				case want == 200:
					doc = o.document(t, state)
				}
				before := o.seqs(t)
				method, path := c.address(doc.ID)
				a := o.ask(t, request{method: method, path: path, as: p, body: c.body(t, o, doc), header: map[string]string{"If-Match": etag(doc)}})
				after := o.seqs(t)
				if a.status != want {
					t.Errorf("%s of a %s document as %s: %d, want %d: %s", c.command, state, p.name, a.status, want, clip(string(a.body)))
					continue
				}
				if want != 200 {
					if !same(before, after) {
						t.Errorf("%s of a %s document as %s: %d, and the journals went from %v to %v", c.command, state, p.name, a.status, before, after)
					}
					continue
				}
				var got Document
				a.into(t, &got)
				if got.State != c.to || a.header.Get("ETag") != etag(o.now(t, doc)) || after[here] != before[here]+1 {
					t.Errorf("%s of a %s document as %s: %s, ETag %s, journal from %d to %d", c.command, state, p.name, got.State, a.header.Get("ETag"), before[here], after[here])
				}
			}
		}
	}
	if cells != len(everyState)*len(commandRules)*20 {
		t.Errorf("%d cells", cells)
	}
}

// now is a document as it stands.
func (o *office) now(t testing.TB, doc record.Document) record.Document {
	t.Helper()
	now, err := o.server.cfg.Desk.Document(t.Context(), deskRef(doc))
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// What a document says an account may do is what it then may do.
func TestActionsAreWhatIsAllowed(t *testing.T) {
	o := house.open(t)
	for _, state := range everyState {
		doc := o.standing(t, state)
		for _, p := range o.principals(t) {
			// A token of another scope may not even look.
			if p.out() || !p.belongs() || p.token != "" && p.scope != "read" {
				continue
			}
			var got Document
			a := o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: p})
			if !a.want(t, http.StatusOK, "") {
				continue
			}
			a.into(t, &got)
			var want []record.Command
			for _, c := range slices.Concat(commandRules, offeredRules) {
				if c.expected(p, state) == 200 {
					want = append(want, record.Command(c.command))
				}
			}
			slices.Sort(want)
			slices.Sort(got.Actions)
			if !slices.Equal(got.Actions, want) {
				t.Errorf("a %s document offers %s %v, allowed are %v", state, p.name, got.Actions, want)
			}
		}
	}
}
