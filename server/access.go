package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
)

// access says who may use a route. The zero value lets in who is logged in by a
// session.
type access struct {
	open  bool           // without logging in
	scope accounts.Scope // that a token needs; "" for sessions alone
	// personal: only the official before whom the document was put.
	personal bool
	// roles, any of which the person needs: in the organisation that the path
	// names by a document or by itself, otherwise in some organisation. nil: any.
	roles []record.Role
}

// may is the access to a command on a document: the role is the transition's.
func may(c record.Command) access {
	t, known := record.Transitions[c]
	r := t.Role
	if known && r == "" {
		return access{} // any, as for who was asked; by a session
	}
	return access{roles: []record.Role{r}, personal: r == record.Official, scope: map[record.Role]accounts.Scope{
		record.Secretary: accounts.ScopeDraft, record.Official: accounts.ScopeSign, record.Clerk: accounts.ScopeClerk}[r]}
}

// viewer is who asks.
type viewer struct {
	accounts.Account
	grants map[string]record.Grant // by organisation
	token  bool                    // asks by a token, not by a session
	scopes []accounts.Scope        // of the token
	secret string                  // the session's cookie
}

func (v *viewer) organizations() []string {
	out := make([]string, 0, len(v.grants))
	for id := range v.grants {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// holds says whether the viewer has any of the roles somewhere.
func (v *viewer) holds(roles ...record.Role) bool {
	for _, g := range v.grants {
		if g.Has(roles...) {
			return true
		}
	}
	return false
}

func (v *viewer) actor(organization string) desk.Actor {
	g := v.grants[organization]
	return desk.Actor{ID: v.ID, Roles: g.Roles, Persons: g.Persons, Certificates: g.Certificates}
}

// scoped says whether the viewer's token, if it asks by one, has the scope.
func (v *viewer) scoped(s accounts.Scope) bool {
	return !v.token || s != "" && slices.Contains(v.scopes, s)
}

// may says whether the viewer could give the command to the document as it
// stands; it is for buttons, the desk decides.
func (v *viewer) may(c record.Command, doc record.Document) bool {
	t, g := record.Transitions[c], v.grants[doc.Journal]
	switch c {
	case record.CmdHold:
		if doc.Hold != "" {
			return false
		}
	case record.CmdRelease:
		if doc.Hold == "" {
			return false
		}
	case record.CmdEndConsult:
		if !slices.ContainsFunc(doc.Consultations, record.Consultation.Open) {
			return false
		}
	case record.CmdOpinion:
		return v.scoped("") && slices.ContainsFunc(doc.Consultations, func(x record.Consultation) bool { return len(v.actor(doc.Journal).MayOpine(doc, x)) > 0 })
	case record.CmdReceipt:
		if doc.Received == doc.Dispatched {
			return false
		}
	case record.CmdTold:
		if doc.State.InForce() || !slices.ContainsFunc(doc.Deliveries, func(x record.Delivery) bool { return x.Told.IsZero() }) {
			return false
		}
	}
	if !slices.Contains(t.From, doc.State) || !g.Has(t.Role) || !v.scoped(may(c).scope) {
		return false
	}
	return t.Role != record.Official || slices.Contains(g.Persons, doc.Turn())
}

var errRole = refusal(http.StatusForbidden, "role", "Tài khoản không có vai trò cần cho việc này")

// authorize decides, in the order 401, 403, 404, 412, whether a request may go
// on to its handler, and completes the call with viewer, document and actor.
func (s *Server) authorize(c *call, rt *route) error {
	if !s.addresses.allow(addressOf(c.ClientIP())) {
		return tooMany()
	}
	if rt.tag != operation && !s.knows(c.Request.Host) {
		return refusal(http.StatusMisdirectedRequest, "host-unknown", "Dịch vụ không mang tên máy này")
	}
	var v *viewer
	if !rt.access.open || rt.page { // health must not hang on the accounts' store
		var err error
		if v, err = s.authenticate(c); err != nil && !rt.access.open {
			return err
		} else if err != nil {
			v = nil
		}
	}
	c.viewer = v
	if v == nil && !rt.access.open {
		return unauthenticated()
	}
	if err := s.origin.Check(c.Request); err != nil {
		return refusal(http.StatusForbidden, "foreign-origin", "Yêu cầu đến từ một trang khác, không được nhận")
	}
	if rt.access.open {
		return nil
	}
	if !s.people.allow(v.ID) {
		return tooMany()
	}
	if !v.scoped(rt.access.scope) {
		return refusal(http.StatusForbidden, "token-scope", "Mã truy cập không có phạm vi cần cho việc này")
	}
	if rt.access.roles != nil && !v.holds(rt.access.roles...) {
		return errRole
	}
	switch {
	case strings.Contains(rt.path, "{id}"):
		return s.admitDocument(c, rt)
	case strings.Contains(rt.path, "{organization}"):
		g, ok := v.grants[c.Param("organization")]
		if !ok {
			return refusal(http.StatusNotFound, "organization-not-found", "Không có cơ quan này trong phạm vi của bạn")
		}
		if rt.access.roles != nil && !g.Has(rt.access.roles...) {
			return errRole
		}
	}
	return nil
}

// knows says whether the service may be asked by this name.
func (s *Server) knows(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	return s.cfg.Hosts == nil || slices.ContainsFunc(s.cfg.Hosts, func(own string) bool { return strings.EqualFold(own, host) })
}

// authenticate finds who sent the request: nil for nobody, an error for a
// token or cookie that is not, or no longer, good.
func (s *Server) authenticate(c *call) (*viewer, error) {
	var (
		v   viewer
		err error
	)
	if h := c.GetHeader("Authorization"); h != "" {
		secret, ok := bearer(h)
		if !ok {
			return nil, unauthenticated()
		}
		var t accounts.Token
		v.Account, t, err = s.cfg.Accounts.ByToken(c.ctx, secret)
		if errors.Is(err, accounts.ErrNoSession) {
			return nil, unauthenticated()
		}
		v.token, v.scopes = true, t.Scopes
	} else {
		if v.secret = s.cookie(c.Request); v.secret == "" {
			return nil, nil
		}
		v.Account, err = s.cfg.Accounts.Resume(c.ctx, v.secret)
		if errors.Is(err, accounts.ErrNoSession) {
			return nil, nil // as if there were no cookie
		}
	}
	if err != nil {
		return nil, err
	}
	err = s.cfg.Desk.Journals.View(c.ctx, record.SystemJournal, func(st *record.State) error {
		v.grants = st.GrantsOf(v.ID)
		return nil
	})
	return &v, err
}

// bearer is the token in an Authorization header (RFC 6750).
func bearer(h string) (secret string, ok bool) {
	scheme, secret, ok := strings.Cut(h, " ")
	secret = strings.TrimSpace(secret)
	return secret, ok && secret != "" && strings.EqualFold(scheme, "Bearer")
}

var documentID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// admitDocument looks up the document of the path. One of another organisation
// is as if it were not there.
func (s *Server) admitDocument(c *call, rt *route) error {
	id := c.Param("id")
	missing := refusal(http.StatusNotFound, "document-not-found", "Không có văn bản này trong phạm vi của bạn")
	if !documentID.MatchString(id) {
		return missing
	}
	journal, err := s.cfg.States.Locate(c.ctx, id)
	if record.KindOf(err) == record.NotFound {
		return missing
	}
	if err != nil {
		return err
	}
	g, ok := c.viewer.grants[journal]
	if !ok {
		return missing
	}
	if rt.access.roles != nil && !g.Has(rt.access.roles...) {
		return errRole
	}
	c.ref = desk.Ref{Journal: journal, ID: id}
	if c.doc, err = s.cfg.Desk.Document(c.ctx, c.ref); err != nil {
		return err
	}
	if turn := cmp.Or(c.doc.Turn(), c.doc.Signatory); rt.access.personal && turn != "" && !slices.Contains(g.Persons, turn) {
		return refusal(http.StatusForbidden, "not-the-signatory", "Chỉ người được trình ký mới làm được việc này với văn bản")
	}
	c.actor = c.viewer.actor(journal)
	return s.precondition(c, rt)
}

// mayDraftIn says whether the viewer may draft for the organisation that an
// envelope names: that comes before whether the rest of it is right.
func (s *Server) mayDraftIn(ctx context.Context, v *viewer, organization string) error {
	if g, ok := v.grants[organization]; ok && !g.Has(record.Secretary) {
		return errRole
	} else if ok {
		return nil
	}
	_, err := s.cfg.Desk.Organizations.Organization(ctx, organization)
	if record.KindOf(err) == record.Invalid {
		return nil // there is no such organisation: the input is at fault, and intake says so with all else
	}
	if err != nil {
		return err
	}
	return errRole
}
