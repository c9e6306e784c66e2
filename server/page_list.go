package server

import (
	"context"
	"maps"
	"net/http"
	"net/url"

	"vanthu/record"
	"vanthu/server/form"
	"vanthu/storage"
)

type listPage struct {
	Query     url.Values
	Problem   *problem
	Items     []row
	Next      string // address of the next page
	First     bool   // this is the first
	Start     string // address of the first page
	Searching bool
	Total     int // of all that were found, on the first page
	Facets    []facet
	Further   bool // filters beside the usual ones are used
	Lists     []link
	Searches  []savedSearch
	Name      string // typed for a search to be saved
	Unsaved   *problem
	Kept      string // the filters as a search keeps them
	Issuers   []form.Option
	Types     []form.Option
	States    []form.Option
	Sorts     []form.Option
	Urgencies []form.Option
}

// Asks says whether a filter has a value.
func (p listPage) Asks(name string) bool { return p.Query.Get(name) != "" }

// showList is the list of documents and the search among them.
func showList(s *Server, c *call) error {
	asked := c.Request.URL.Query()
	if left, changed := filled(asked); changed { // a form sends the filters left empty too
		return c.redirect(address("/van-ban", left))
	}
	return s.listScreen(c, http.StatusOK, listPage{Query: without(asked, noticeName)})
}

// listScreen shows what the page's query finds.
func (s *Server) listScreen(c *call, status int, page listPage) error {
	page.First, page.Searching = !page.Query.Has("cursor"), len(page.Query) > 0
	page.Start = address("/van-ban", without(page.Query, "cursor"))
	q, err := readValues(page.Query, listQuery)
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
	if page.Searches, err = s.savedSearches(c); err != nil {
		return err
	}
	if err := s.listOptions(c, &page); err != nil {
		return err
	}
	return s.show(c, status, "list", screen{Title: s.say(c, "list.title"), Here: "/van-ban", Body: page})
}

// without is a query without some of its names.
func without(q url.Values, names ...string) url.Values {
	out := maps.Clone(q)
	for _, n := range names {
		delete(out, n)
	}
	return out
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
	hits := f.Hits
	page.Total, page.Items = f.Total, rows(hits, "")
	if len(hits) == q.number("limit") {
		next := maps.Clone(page.Query)
		next.Set("cursor", hits[len(hits)-1].Cursor)
		page.Next = address("/van-ban", next)
	}
	kept := without(page.Query, "cursor", "limit")
	page.Kept = kept.Encode()
	if f.Total > 0 {
		page.Lists = lists(kept)
	}
	if page.First {
		if page.Facets, err = s.facets(c, page.Query, f.Counts); err != nil {
			return err
		}
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
	for _, x := range storage.Sorts() {
		option(&page.Sorts, "sort", string(x), s.say(c, "sort."+string(x)))
	}
	for _, x := range []record.Urgency{record.Urgent, record.VeryUrgent, record.Express} {
		option(&page.Urgencies, "urgency", string(x), x.Mark())
	}
	for _, name := range []string{"from", "to", "in", "accents", "unit", "series", "retention", "urgency", "hold", "number"} {
		page.Further = page.Further || page.Asks(name)
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
