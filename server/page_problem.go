package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// failPage answers a person with what is wrong. Who is not logged in comes to
// the log-in page and from there back, with what was typed if it was sent.
func (s *Server) failPage(c *call, p *problem) {
	var err error
	switch {
	case p.Status == http.StatusUnauthorized && c.reading():
		c.Writer.Header().Del("WWW-Authenticate")
		err = c.redirect("/dang-nhap?next=" + url.QueryEscape(localPath(c.Request.URL.RequestURI())))
	case p.Status == http.StatusUnauthorized && s.again(c):
		return
	default:
		err = s.show(c, p.Status, "problem", screen{Title: s.statusText(c, p.Status), Width: "reading",
			Body: problemPage{Status: s.statusText(c, p.Status), Problem: p, Request: c.GetString(requestKey)}})
	}
	if err != nil { // the last resort needs no template
		c.Data(p.Status, "text/plain; charset=utf-8", []byte(p.Title+" ("+c.GetString(requestKey)+")\n"))
	}
}

// reading says whether the request changes nothing.
func (c *call) reading() bool {
	return c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
}

type problemPage struct {
	Status  string // in words
	Problem *problem
	Request string
}

// statusText is what a status means to a person.
func (s *Server) statusText(c *call, status int) string {
	for _, known := range []int{401, 403, 404, 405, 409, 412, 413, 415, 421, 422, 429, 503} {
		if status == known {
			return s.say(c, "status."+itoa(status))
		}
	}
	return s.say(c, "status.500")
}

type pair struct{ Name, Value string }

type againPage struct {
	Action string
	Fields []pair
}

// again keeps a form that came when the session had ended: a page that can send
// it once more after logging in elsewhere. A form from another site, or with a
// password in it, is not kept.
func (s *Server) again(c *call) bool {
	if s.origin.Check(c.Request) != nil || strings.HasPrefix(c.Request.URL.Path, "/tai-khoan") || c.parsePosted() != nil {
		return false
	}
	page := againPage{Action: localPath(c.Request.URL.Path)}
	for name, all := range c.Request.PostForm {
		for _, v := range all {
			page.Fields = append(page.Fields, pair{name, v})
		}
	}
	slices.SortStableFunc(page.Fields, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return s.show(c, http.StatusUnauthorized, "again", screen{Title: s.say(c, "again.title"), Width: "reading", Body: page}) == nil
}
