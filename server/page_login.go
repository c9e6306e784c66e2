package server

import "net/http"

type loginPage struct {
	Next     string
	Username string
	Problem  *problem
	Demo     []string // user names of the example accounts
}

// demoAccounts are the example accounts, whose passwords are "demo-" and their
// name.
var demoAccounts = []string{"secretary", "signatory", "clerk", "archivist", "admin"}

func (s *Server) loginScreen(c *call, status int, page loginPage) error {
	if s.cfg.Demo {
		page.Demo = demoAccounts
	}
	return s.show(c, status, "login", screen{Title: s.say(c, "login.title"), Width: "narrow", Body: page})
}

func showLogin(s *Server, c *call) error {
	next := localPath(c.Query("next"))
	if c.viewer != nil {
		return c.redirect(next)
	}
	return s.loginScreen(c, http.StatusOK, loginPage{Next: next})
}

var loginMembers = []member{
	{name: "username", kind: "string", doc: "Tên đăng nhập", required: true, max: 63, secret: true},
	{name: "password", kind: "string", doc: "Mật khẩu", required: true, max: 1000, secret: true},
}

func postLogin(s *Server, c *call) error {
	v, err := c.posted(loginMembers)
	page := loginPage{Next: localPath(c.Request.PostForm.Get("next")), Username: v.text("username")}
	if err == nil {
		_, err = s.login(c, page.Username, v.text("password"))
	}
	if err == nil {
		return c.redirect(page.Next)
	}
	p, ok := s.retell(c, err, http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	if !ok {
		return err
	}
	page.Problem, c.viewer = p, nil
	return s.loginScreen(c, p.Status, page)
}

// postLogout is open, so that logging out twice is no error. It ends the session
// of the cookie even where nobody could be asked whose it is; only then is the
// cookie gone.
func postLogout(s *Server, c *call) error {
	if secret := s.cookie(c.Request); secret != "" {
		if err := s.cfg.Accounts.End(c.ctx, secret); err != nil {
			return err
		}
	}
	s.setCookie(c, "", -1)
	return c.redirect("/dang-nhap?" + noticeName + "=logged-out")
}
