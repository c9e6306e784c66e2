package server

import (
	"net/http"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
)

// Account is what a person sees of themselves.
type Account struct {
	ID       string   `json:"id"`
	Username string   `json:"username"`
	Name     string   `json:"name"`
	Grants   []Grant  `json:"grants"`
	Scopes   []string `json:"scopes,omitempty" doc:"Of the token that asks; none for a session"`
}

// Grant is what an account may do in one organisation.
type Grant struct {
	Organization string        `json:"organization"`
	Roles        []record.Role `json:"roles"`
	Persons      []string      `json:"persons,omitempty"`
}

func accountOf(v *viewer) Account {
	a := Account{ID: v.ID, Username: v.Username, Name: v.Name, Grants: []Grant{}}
	for _, o := range v.organizations() {
		g := v.grants[o]
		a.Grants = append(a.Grants, Grant{o, g.Roles, g.Persons})
	}
	for _, x := range v.scopes {
		a.Scopes = append(a.Scopes, string(x))
	}
	return a
}

func (s *Server) cookieName() string {
	if s.secure() {
		return "__Host-vanthu"
	}
	return "vanthu"
}

func (s *Server) cookie(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Server) setCookie(c *call, secret string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode})
}

// login checks a password and begins a session; an older one of the same
// browser ends.
func (s *Server) login(c *call, username, password string) (*viewer, error) {
	if !s.logins.allow(addressOf(c.ClientIP())) {
		return nil, tooMany()
	}
	a, err := s.cfg.Accounts.Login(c.ctx, username, password)
	if err != nil {
		return nil, err
	}
	if old := s.cookie(c.Request); old != "" {
		if err := s.cfg.Accounts.End(c.ctx, old); err != nil {
			return nil, err
		}
	}
	secret, err := s.cfg.Accounts.Begin(c.ctx, a)
	if err != nil {
		return nil, err
	}
	s.setCookie(c, secret, int(accounts.AbsoluteLimit.Seconds()))
	v := &viewer{Account: a, secret: secret}
	err = s.cfg.Desk.Journals.View(c.ctx, record.SystemJournal, func(st *record.State) error {
		v.grants = st.GrantsOf(a.ID)
		return nil
	})
	c.viewer = v
	return v, err
}

func createSession(s *Server, c *call) error {
	v, err := s.login(c, c.body.text("username"), c.body.text("password"))
	if err != nil {
		return err
	}
	return c.json(accountOf(v))
}

func showSession(_ *Server, c *call) error { return c.json(accountOf(c.viewer)) }

func deleteSession(s *Server, c *call) error {
	if err := s.logout(c); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) logout(c *call) error {
	if c.viewer != nil && c.viewer.secret != "" {
		if err := s.cfg.Accounts.End(c.ctx, c.viewer.secret); err != nil {
			return err
		}
	}
	s.setCookie(c, "", -1)
	return nil
}

func changePassword(s *Server, c *call) error {
	if err := s.changePassword(c, c.body.text("current"), c.body.text("password")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// changePassword ends all sessions of the account and begins one anew.
func (s *Server) changePassword(c *call, current, password string) error {
	a, err := s.cfg.Accounts.ChangePassword(c.ctx, c.viewer.ID, current, password)
	if err != nil {
		return err
	}
	secret, err := s.cfg.Accounts.Begin(c.ctx, a)
	if err == nil {
		s.setCookie(c, secret, int(accounts.AbsoluteLimit.Seconds()))
	}
	return err
}

// NewToken is a token with its secret, which is shown this once.
type NewToken struct {
	accounts.Token
	Secret string `json:"token" doc:"For Authorization: Bearer; shown only now"`
}

const defaultTokenDays = 90

func createToken(s *Server, c *call) error {
	days := c.body.number("days")
	if days == 0 {
		days = defaultTokenDays
	}
	var scopes []accounts.Scope
	for _, x := range c.body.list("scopes") {
		scopes = append(scopes, accounts.Scope(x))
	}
	secret, t, err := s.cfg.Accounts.AddToken(c.ctx, c.viewer.ID, c.body.text("name"), scopes, s.cfg.Now().Add(time.Duration(days)*24*time.Hour))
	if err != nil {
		return err
	}
	return c.json(NewToken{t, secret})
}

// Tokens are an account's tokens.
type Tokens struct {
	Items []accounts.Token `json:"items"`
}

func listTokens(s *Server, c *call) error {
	a, err := s.cfg.Accounts.Account(c.ctx, c.viewer.ID)
	if err != nil {
		return err
	}
	t := Tokens{a.Tokens}
	if t.Items == nil {
		t.Items = []accounts.Token{}
	}
	return c.json(t)
}

func deleteToken(s *Server, c *call) error {
	if err := s.cfg.Accounts.Revoke(c.ctx, c.viewer.ID, c.Param("token")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
