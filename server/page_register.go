package server

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

type registerRow struct {
	ID, Name string
	Years    []yearOf
}

type yearOf struct {
	Year, Last int // the last number that was given, of the longest series
}

// showRegisters lists the registers that the viewer may open.
func showRegisters(s *Server, c *call) error {
	var all []registerRow
	for _, id := range c.viewer.organizations() {
		if !c.viewer.grants[id].Has(book.roles...) {
			continue
		}
		o, err := s.cfg.Desk.Organizations.Organization(c.ctx, id)
		if err != nil {
			return err
		}
		r := registerRow{ID: id, Name: lastName(o)}
		if r.Years, err = s.registerYears(c, o); err != nil {
			return err
		}
		all = append(all, r)
	}
	return s.show(c, http.StatusOK, "registers", screen{Title: s.say(c, "registers.title"), Here: "/so-dang-ky", Width: "reading", Body: all})
}

// registerYears are the years of a journal's counters, and the running one, whose
// register begins with its first number, newest first.
func (s *Server) registerYears(c *call, o record.Organization) ([]yearOf, error) {
	last := map[int]int{}
	today := record.DateOf(s.cfg.Now())
	if _, err := o.On(today); err == nil {
		last[today.Year()] = 0
	}
	err := s.cfg.Desk.Journals.View(c.ctx, o.ID, func(st *record.State) error {
		for key, counter := range st.Counters {
			if year, err := strconv.Atoi(key[strings.LastIndexByte(key, '/')+1:]); err == nil {
				n := counter.Last
				if record.IsCopies(key) {
					n = 0 // the year is there, its documents are counted by themselves
				}
				last[year] = max(last[year], n)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []yearOf
	for _, year := range slices.Backward(slices.Sorted(maps.Keys(last))) {
		out = append(out, yearOf{year, last[year]})
	}
	return out, nil
}

// showCopyRegisterPage is the register of copies of a year.
func showCopyRegisterPage(s *Server, c *call) error {
	r, err := s.copyRegister(c)
	if err != nil {
		return err
	}
	page := struct {
		CopyRegister
		Name string
	}{CopyRegister: r}
	if page.Name, err = s.organizationName(c.ctx, r.Organization); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "copies", screen{Title: s.say(c, "copies.title", r.Year), Here: "/so-dang-ky", Width: "book", Body: page})
}

type registerPageView struct {
	Register
	Name     string
	Start    string // address of the first page
	More     string // of the next one
	First    bool
	Problem  *problem
	Closed   []record.Closing // the last of each series
	Closings []closingRow
	Made     bool // a closing was just made
	Forms    []smallForm
}

// registerPageQuery is what the page takes: as the API does, and its notice.
var registerPageQuery = append(slices.Clip(registerQuery), member{name: noticeName, kind: "string", max: 30})

func registerAddress(organization string, year int) string {
	return "/so-dang-ky/" + organization + "/" + itoa(year)
}

func showRegisterPage(s *Server, c *call) error {
	year, err := registerYear(c)
	if err != nil {
		return err
	}
	return s.registerScreen(c, year, http.StatusOK, nil)
}

// registerScreen shows a part of a register as the book has it (NĐ 30/2020,
// PL IV), its ten columns, and what its clerk can do with it; said is the form
// that went wrong.
func (s *Server) registerScreen(c *call, year, status int, said *misfiled) error {
	q, err := readQuery(c.Request, registerPageQuery)
	if err != nil {
		return err
	}
	r, err := s.register(c, year, q)
	if err != nil {
		return err
	}
	page := registerPageView{Register: r, First: q.text("cursor") == "", Start: registerAddress(r.Organization, year), Made: q.text(noticeName) == "closed"}
	if said != nil {
		page.Problem = said.problem
	}
	o, err := s.cfg.Desk.Organizations.Organization(c.ctx, r.Organization)
	if err != nil {
		return err
	}
	page.Name = lastName(o)
	if r.Next != "" {
		page.More = nextURL(&url.URL{Path: page.Start, RawQuery: without(c.Request.URL.Query(), noticeName).Encode()}, r.Next)
	}
	if err := s.keepingOf(c, o, &page, said); err != nil {
		return err
	}
	return s.show(c, status, "register", screen{Title: s.say(c, "register.title", r.Year), Here: "/so-dang-ky", Width: "book", Body: page})
}
