package server

import (
	"net/http"
	"strconv"

	"vanthu/storage"
)

// Register is a part of the register of outgoing documents of one organisation
// and year (NĐ 30/2020, PL IV).
type Register struct {
	Organization string               `json:"organization"`
	Year         int                  `json:"year"`
	Items        []storage.Registered `json:"items"`
	Next         string               `json:"next,omitempty" doc:"Cursor of the next page"`
}

var registerQuery = []member{
	{name: "series", kind: "string", doc: "Sổ số; bỏ trống: mọi sổ", max: 63},
	{name: "limit", kind: "integer", doc: "Số mục mỗi trang, mặc định 100", max: 1000},
	{name: "cursor", kind: "string", doc: "Con trỏ của trang trước", max: 500},
}

const registerPage = 100

func showRegister(s *Server, c *call) error {
	r, err := s.register(c)
	if err != nil {
		return err
	}
	if r.Next != "" {
		c.Header("Link", "<"+nextURL(c.Request.URL, r.Next)+`>; rel="next"`)
	}
	return c.json(r)
}

func (s *Server) register(c *call) (Register, error) {
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil || year < 1945 || year > 9999 {
		return Register{}, refusal(http.StatusNotFound, "register-not-found", "Không có sổ đăng ký của năm này")
	}
	q, err := readQuery(c.Request, registerQuery)
	if err != nil {
		return Register{}, err
	}
	limit := q.number("limit")
	if limit == 0 {
		limit = registerPage
	}
	r := Register{Organization: c.Param("organization"), Year: year}
	if err := s.cfg.Index.CatchUp(c.ctx); err != nil {
		return r, err
	}
	r.Items, err = s.cfg.Index.Register(c.ctx, r.Organization, year, q.text("series"), q.text("cursor"), limit)
	if err != nil {
		return r, err
	}
	if r.Items == nil {
		r.Items = []storage.Registered{}
	}
	if n := len(r.Items); n == limit {
		r.Next = r.Items[n-1].Cursor
	}
	return r, nil
}
