package server

import (
	"context"
	"net/http"
	"net/url"

	"vanthu/record"
	"vanthu/server/form"
)

type listPage struct {
	Query     url.Values
	Problem   *problem
	Items     []row
	Next      string // address of the next page
	First     bool   // this is the first
	Start     string // address of the first page
	Searching bool
	Total     int  // of all that were found, on the first page
	More      bool // than Total
	Issuers   []form.Option
	Types     []form.Option
	States    []form.Option
}

// showList is the list of documents and the search among them.
func showList(s *Server, c *call) error {
	asked := c.Request.URL.Query()
	if left, changed := filled(asked); changed { // a form sends the filters left empty too
		return c.redirect(address("/van-ban", left))
	}
	page := listPage{Query: asked, First: !asked.Has("cursor"), Searching: len(asked) > 0}
	start := c.Request.URL.Query()
	start.Del("cursor")
	page.Start = address("/van-ban", start)
	status := http.StatusOK
	q, err := readQuery(c.Request, listQuery)
	if err == nil {
		err = s.fillList(c, q, &page)
	}
	if err != nil {
		p, ok := s.retell(c, err, http.StatusUnprocessableEntity)
		if !ok {
			return err
		}
		page.Problem, status = p, p.Status
	}
	if err := s.listOptions(c, &page); err != nil {
		return err
	}
	return s.show(c, status, "list", screen{Title: s.say(c, "list.title"), Here: "/van-ban", Body: page})
}

// filled are the values that are not empty.
func filled(q url.Values) (left url.Values, changed bool) {
	left = url.Values{}
	for name, all := range q {
		for _, v := range all {
			if v == "" {
				changed = true
				continue
			}
			left.Add(name, v)
		}
	}
	return left, changed
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (s *Server) fillList(c *call, q values, page *listPage) error {
	if q.number("limit") == 0 {
		q["limit"] = pageSize
	}
	f, err := s.find(c.ctx, c.viewer, q)
	if err != nil {
		return err
	}
	hits := f.hits
	page.Total, page.More = f.total, f.more
	page.Items = rows(hits, "")
	if len(hits) == q.number("limit") {
		page.Next = nextURL(c.Request.URL, hits[len(hits)-1].Cursor)
	}
	return s.explain(c, page.Items)
}

func (s *Server) listOptions(c *call, page *listPage) error {
	option := func(to *[]form.Option, name, value, label string) {
		*to = append(*to, form.Option{Value: value, Label: label, Selected: page.Query.Get(name) == value})
	}
	for _, id := range c.viewer.organizations() {
		name, err := s.organizationName(c.ctx, id)
		if err != nil {
			return err
		}
		option(&page.Issuers, "organization", id, name)
	}
	for _, x := range statuses {
		option(&page.States, "state", string(x), s.say(c, "state."+string(x)))
	}
	all, err := s.templates(c.ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, t := range all {
		if !seen[t.Type] {
			option(&page.Types, "type", t.Type, s.typeName(t.Type))
		}
		seen[t.Type] = true
	}
	return nil
}

// organizationName is what an issuing body was called last.
func (s *Server) organizationName(ctx context.Context, id string) (string, error) {
	o, err := s.cfg.Desk.Organizations.Organization(ctx, id)
	if err != nil {
		return "", err
	}
	return lastName(o), nil
}

func lastName(o record.Organization) string {
	if n := len(o.Names); n > 0 {
		return o.Names[n-1].Name
	}
	return o.ID
}

// typeName is the name of a type of documents today, its abbreviation where it
// has none any more.
func (s *Server) typeName(abbreviation string) string {
	t, err := record.TypeOn(abbreviation, record.DateOf(s.cfg.Now()))
	if err != nil {
		return abbreviation
	}
	return t.Name
}
