package server

import (
	"maps"
	"net/http"
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
		name, err := s.organizationName(c.ctx, id)
		if err != nil {
			return err
		}
		r := registerRow{ID: id, Name: name}
		if r.Years, err = s.registerYears(c, id); err != nil {
			return err
		}
		all = append(all, r)
	}
	return s.show(c, http.StatusOK, "registers", screen{Title: s.say(c, "registers.title"), Here: "/so-dang-ky", Width: "reading", Body: all})
}

// registerYears are the years of a journal's counters, newest first.
func (s *Server) registerYears(c *call, organization string) ([]yearOf, error) {
	last := map[int]int{}
	err := s.cfg.Desk.Journals.View(c.ctx, organization, func(st *record.State) error {
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
	Name  string
	More  string // address of the next page
	First bool
}

// showRegisterPage is a part of a register as the book has it (NĐ 30/2020,
// PL IV): its ten columns.
func showRegisterPage(s *Server, c *call) error {
	r, err := s.register(c)
	if err != nil {
		return err
	}
	page := registerPageView{Register: r, First: c.Query("cursor") == ""}
	if page.Name, err = s.organizationName(c.ctx, r.Organization); err != nil {
		return err
	}
	if r.Next != "" {
		page.More = nextURL(c.Request.URL, r.Next)
	}
	return s.show(c, http.StatusOK, "register", screen{Title: s.say(c, "register.title", r.Year), Here: "/so-dang-ky", Width: "book", Body: page})
}
