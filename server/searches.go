package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"vanthu/record"
)

// Searches are the questions that an account keeps, by name.
type Searches struct {
	Items []Search `json:"items"`
}

// Search is a question that an account keeps to ask again.
type Search struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Query   string    `json:"query" doc:"As in the address of a list of documents: q=cai+cach&type=KH"`
	Created time.Time `json:"created"`
}

var searchMembers = []member{
	{name: "name", kind: "string", doc: "Tên của câu tìm", required: true, max: 100},
	{name: "query", kind: "string", doc: "Các tham số của danh sách văn bản: q=cai+cach&type=KH", required: true, max: 2000},
}

func searchRoutes() []*route {
	return []*route{
		{method: "GET", path: api + "/searches", id: "listSearches", summary: "Các câu tìm đã lưu của tài khoản", tag: "account", access: reader, answer: Searches{}, handle: listSearches},
		{method: "POST", path: api + "/searches", id: "createSearch", summary: "Lưu một câu tìm", tag: "account", access: self, status: http.StatusCreated, answer: Search{},
			body: searchMembers, maxBody: 16 << 10, also: []int{http.StatusConflict}, handle: createSearch},
		{method: "DELETE", path: api + "/searches/{search}", id: "deleteSearch", summary: "Xóa một câu tìm đã lưu", tag: "account", access: self, status: http.StatusNoContent, handle: deleteSearch},
	}
}

func listSearches(s *Server, c *call) error {
	all, err := s.cfg.Accounts.Searches(c.ctx, c.viewer.ID)
	if err != nil {
		return err
	}
	out := Searches{Items: []Search{}}
	for _, x := range all {
		out.Items = append(out.Items, Search(x))
	}
	return c.json(out)
}

func createSearch(s *Server, c *call) error {
	x, err := s.saveSearch(c, c.body)
	if err != nil {
		return err
	}
	return c.json(x)
}

// saveSearch keeps a question of the viewer that can be one.
func (s *Server) saveSearch(c *call, given values) (Search, error) {
	asked, err := url.ParseQuery(given.text("query"))
	if err != nil {
		err = malformed("query-syntax", "Phần tham số của địa chỉ không đúng dạng")
	}
	var q values
	if err == nil {
		q, err = readValues(asked, searchQuery)
	}
	if err == nil {
		_, err = s.cfg.Index.Search(c.ctx, queryOf(c.viewer, q))
	}
	if err = inMember("query", askedWrongly(err)); err != nil {
		return Search{}, err
	}
	asked, _ = filled(asked)
	x, err := s.cfg.Accounts.AddSearch(c.ctx, c.viewer.ID, given.text("name"), asked.Encode())
	return Search(x), err
}

// inMember puts the faults of what a member holds under the member's name.
func inMember(name string, err error) error {
	var e *record.Error
	if !errors.As(err, &e) || e.Kind != record.Invalid {
		return err
	}
	faults := slices.Clone(e.Faults)
	for i := range faults {
		faults[i].Pointer = "/" + name + faults[i].Pointer
	}
	if len(faults) == 0 {
		faults = []record.Fault{{Pointer: "/" + name, Code: e.Code, Message: e.Message}}
	}
	return record.Faulty("search-invalid", "Câu tìm cần lưu chưa đúng", faults)
}

func deleteSearch(s *Server, c *call) error {
	if err := s.cfg.Accounts.DropSearch(c.ctx, c.viewer.ID, c.Param("search")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// savedSearch is a question on a page.
type savedSearch struct {
	ID   string
	Link link
	Here bool // it is what the page shows
}

func (s *Server) savedSearches(c *call) ([]savedSearch, error) {
	all, err := s.cfg.Accounts.Searches(c.ctx, c.viewer.ID)
	if err != nil {
		return nil, err
	}
	here := without(c.Request.URL.Query(), "cursor", "limit", noticeName).Encode()
	var out []savedSearch
	for _, x := range all {
		out = append(out, savedSearch{x.ID, link{"/van-ban?" + x.Query, x.Name}, c.reading() && x.Query == here})
	}
	return out, nil
}

// postSearch keeps the question that the page shows, under a name.
func postSearch(s *Server, c *call) error {
	v, err := c.posted(searchMembers)
	asked, _ := url.ParseQuery(c.Request.PostForm.Get("query"))
	if err == nil {
		_, err = s.saveSearch(c, v)
	}
	if err == nil {
		asked.Set(noticeName, "search-saved")
		return c.redirect(address("/van-ban", asked))
	}
	p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusConflict)
	if !ok {
		return err
	}
	return s.listScreen(c, p.Status, listPage{Query: asked, Name: c.Request.PostForm.Get("name"), Unsaved: p})
}

func postSearchGone(s *Server, c *call) error {
	if err := s.cfg.Accounts.DropSearch(c.ctx, c.viewer.ID, c.Param("search")); err != nil {
		return err
	}
	return c.redirect("/van-ban?" + noticeName + "=search-gone")
}
