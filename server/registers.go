package server

import (
	"net/http"
	"strconv"

	"vanthu/record"
	"vanthu/storage"
)

// Register is a part of the register of outgoing documents of one organisation
// and year (NĐ 30/2020, PL IV).
type Register struct {
	Organization string               `json:"organization"`
	Year         int                  `json:"year"`
	Items        []storage.Registered `json:"items"`
	Next         string               `json:"next,omitempty" doc:"Cursor of the next page"`
	Incomplete   bool                 `json:"incomplete,omitempty" doc:"The index is being built: entries may be missing here that exist"`
}

var registerQuery = []member{
	{name: "series", kind: "string", doc: "Sổ số; bỏ trống: mọi sổ", max: 63},
	{name: "limit", kind: "integer", doc: "Số mục mỗi trang, mặc định 100", max: 1000},
	{name: "cursor", kind: "string", doc: "Con trỏ của trang trước", max: 500},
}

const registerPage = 100

func showRegister(s *Server, c *call) error {
	year, err := registerYear(c)
	if err != nil {
		return err
	}
	q, err := readQuery(c.Request, registerQuery)
	if err != nil {
		return err
	}
	r, err := s.register(c, year, q)
	if err != nil {
		return err
	}
	if r.Next != "" {
		c.Header("Link", "<"+nextURL(c.Request.URL, r.Next)+`>; rel="next"`)
	}
	return c.json(r)
}

// CopyRegister is the register of certified copies of one organisation and year
// (NĐ 30/2020, PL I, Part II, I.1).
type CopyRegister struct {
	Organization string         `json:"organization"`
	Year         int            `json:"year"`
	Items        []CopyRegistry `json:"items"`
}

// CopyRegistry is one copy in its register.
type CopyRegistry struct {
	Number   int             `json:"number"`
	Symbol   string          `json:"symbol"`
	Kind     record.CopyKind `json:"kind"`
	Date     record.Date     `json:"date"`
	Document string          `json:"document" doc:"That was copied"`
	Of       string          `json:"of" doc:"Its symbol"`
	Pages    []int           `json:"pages,omitempty"`
	Index    int             `json:"index" doc:"Of the copy among the document's: the last part but one of its address"`
	PDF      record.Digest   `json:"pdf_sha256"`
}

func showCopyRegister(s *Server, c *call) error {
	r, err := s.copyRegister(c)
	if err != nil {
		return err
	}
	return c.json(r)
}

func (s *Server) copyRegister(c *call) (CopyRegister, error) {
	year, err := registerYear(c)
	if err != nil {
		return CopyRegister{}, err
	}
	r := CopyRegister{Organization: c.Param("organization"), Year: year, Items: []CopyRegistry{}}
	all, err := s.cfg.Desk.CopyRegister(c.ctx, r.Organization, year)
	for _, x := range all {
		r.Items = append(r.Items, CopyRegistry{Number: x.Number, Symbol: x.Symbol, Kind: x.Kind, Date: x.Date, Document: x.Document, Of: x.Of, Pages: x.Pages, Index: x.Index, PDF: x.PDF})
	}
	return r, err
}

func registerYear(c *call) (int, error) {
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil || year < 1945 || year > 9999 {
		return 0, refusal(http.StatusNotFound, "register-not-found", "Không có sổ đăng ký của năm này")
	}
	return year, nil
}

// register is the part of a year's register that a query asks for.
func (s *Server) register(c *call, year int, q values) (Register, error) {
	limit := q.number("limit")
	if limit == 0 {
		limit = registerPage
	}
	r := Register{Organization: c.Param("organization"), Year: year}
	if err := s.cfg.Index.CatchUpWithin(c.ctx, catchUpFor); err != nil {
		return r, err
	}
	r.Incomplete = s.cfg.Index.Behind()
	var err error
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
