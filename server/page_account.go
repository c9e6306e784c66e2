package server

import (
	"net/http"
	"slices"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
)

type accountPage struct {
	Username string
	Grants   []grantRow
	Tokens   []accounts.Token
	Scopes   []accounts.Scope
	Secret   string // of a token just made; shown this once
	Problem  *problem
	About    string // the form that the problem is about: "password", "token"
	Faults   troubled
	Name     string // typed for a token
	Chosen   []string
	Days     int
}

// Picked says whether a scope was ticked before.
func (p accountPage) Picked(s accounts.Scope) bool { return slices.Contains(p.Chosen, string(s)) }

// Signs says whether the account signs as anybody.
func (p accountPage) Signs() bool {
	return slices.ContainsFunc(p.Grants, func(g grantRow) bool { return len(g.Persons) > 0 })
}

type grantRow struct {
	Organization string
	Roles        []record.Role
	Persons      []string // names of who the account signs as
}

func showAccount(s *Server, c *call) error {
	return s.accountScreen(c, http.StatusOK, accountPage{Days: defaultTokenDays, Chosen: []string{string(accounts.ScopeRead)}})
}

func (s *Server) accountScreen(c *call, status int, page accountPage) error {
	a, err := s.cfg.Accounts.Account(c.ctx, c.viewer.ID)
	if err != nil {
		return err
	}
	page.Username, page.Tokens, page.Scopes = a.Username, a.Tokens, accounts.TokenScopes
	for _, id := range c.viewer.organizations() {
		o, err := s.cfg.Desk.Organizations.Organization(c.ctx, id)
		if err != nil {
			return err
		}
		g := c.viewer.grants[id]
		r := grantRow{Organization: lastName(o), Roles: g.Roles}
		for _, x := range o.Appointments {
			if slices.Contains(g.Persons, x.Person) && !slices.Contains(r.Persons, x.Name) {
				r.Persons = append(r.Persons, x.Name)
			}
		}
		page.Grants = append(page.Grants, r)
	}
	return s.show(c, status, "account", screen{Title: s.say(c, "account.title"), Here: "/tai-khoan", Width: "reading", Body: page})
}

// accountTrouble shows an error at the form that it is about.
func (s *Server) accountTrouble(c *call, err error, page accountPage) error {
	p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests)
	if !ok {
		return err
	}
	page.Problem, page.Faults = p, p.Errors
	return s.accountScreen(c, p.Status, page)
}

var passwordMembers = []member{
	{name: "current", kind: "string", doc: "Mật khẩu hiện tại", required: true, max: 1000, secret: true},
	{name: "password", kind: "string", doc: "Mật khẩu mới", required: true, max: 1000, secret: true},
	{name: "again", kind: "string", doc: "Mật khẩu mới, lần nữa", required: true, max: 1000, secret: true},
}

func postPassword(s *Server, c *call) error {
	v, err := c.posted(passwordMembers)
	if err == nil && v.text("password") != v.text("again") {
		err = record.Faulty("password-differs", "Hai lần ghi mật khẩu mới không giống nhau", []record.Fault{{Pointer: "/again", Code: "password-differs", Message: "Không giống mật khẩu mới ở trên"}})
	}
	if err == nil {
		err = s.changePassword(c, v.text("current"), v.text("password"))
	}
	if err != nil {
		return s.accountTrouble(c, err, accountPage{About: "password", Days: defaultTokenDays})
	}
	return c.redirect("/tai-khoan?" + noticeName + "=password")
}

var tokenMembers = []member{
	{name: "name", kind: "string", doc: "Tên mã truy cập", required: true, max: 100},
	{name: "scopes", kind: "strings", doc: "Phạm vi", required: true, enum: []string{"read", "draft", "sign", "clerk"}},
	{name: "days", kind: "integer", doc: "Số ngày hiệu lực", required: true, max: 366},
}

// postToken makes a token and shows its secret on the page that answers, for it
// must not be in any address. A name is used once, so that sending the form
// again makes no second token.
func postToken(s *Server, c *call) error {
	v, err := c.posted(tokenMembers)
	page := accountPage{About: "token", Name: c.Request.PostForm.Get("name"), Chosen: c.Request.PostForm["scopes"], Days: v.number("days")}
	if err == nil {
		err = s.tokenNameFree(c, v.text("name"))
	}
	if err == nil {
		var scopes []accounts.Scope
		for _, x := range v.list("scopes") {
			scopes = append(scopes, accounts.Scope(x))
		}
		page.Secret, _, err = s.cfg.Accounts.AddToken(c.ctx, c.viewer.ID, v.text("name"), scopes, s.cfg.Now().Add(time.Duration(page.Days)*24*time.Hour))
	}
	if err != nil {
		return s.accountTrouble(c, err, page)
	}
	return s.accountScreen(c, http.StatusOK, accountPage{Secret: page.Secret, Days: defaultTokenDays})
}

func (s *Server) tokenNameFree(c *call, name string) error {
	a, err := s.cfg.Accounts.Account(c.ctx, c.viewer.ID)
	if err != nil || !slices.ContainsFunc(a.Tokens, func(t accounts.Token) bool { return t.Name == name }) {
		return err
	}
	return record.Faulty("token-name-taken", "Đã có mã truy cập tên này", []record.Fault{{Pointer: "/name", Code: "token-name-taken", Message: "Đã có mã truy cập tên này; hãy đặt tên khác"}})
}

func postRevoke(s *Server, c *call) error {
	if err := s.cfg.Accounts.Revoke(c.ctx, c.viewer.ID, c.Param("token")); err != nil {
		return err
	}
	return c.redirect("/tai-khoan?" + noticeName + "=revoked")
}
