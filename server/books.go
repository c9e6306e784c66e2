package server

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"vanthu/record"
	"vanthu/server/books"
	"vanthu/storage"
)

const (
	mediaXLSX    = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaCSVUTF8 = mediaCSV + "; charset=utf-8"
)

var bookMedia = map[books.Format]string{books.PDF: mediaPDF, books.XLSX: mediaXLSX, books.CSV: mediaCSVUTF8}

// bookMedias are what the API document says of a book.
var bookMedias = []string{mediaPDF, mediaXLSX, mediaCSVUTF8}

var bookFormat = member{name: "format", kind: "string", doc: "Dạng tệp: pdf (mặc định), xlsx hoặc csv", enum: []string{"pdf", "xlsx", "csv"}}

var copyBookQuery = []member{bookFormat}

var registerBookQuery = []member{bookFormat,
	{name: "series", kind: "string", doc: "Sổ số; bỏ trống: mọi sổ, hết sổ này đến sổ khác", max: 63},
	{name: "from", kind: "integer", doc: "In từ số này, để đóng thành quyển", max: 1_000_000},
	{name: "to", kind: "integer", doc: "In đến số này", max: 1_000_000},
}

var reportQuery = []member{
	{name: "by", kind: "string", doc: "Mỗi dòng là một: year, month (mặc định), type, unit hoặc signatory", enum: []string{"year", "month", "type", "unit", "signatory"}},
	{name: "series", kind: "string", doc: "Sổ số; bỏ trống: từng sổ", max: 63},
	{name: "format", kind: "string", doc: "Dạng: json (mặc định), pdf, xlsx hoặc csv", enum: []string{"json", "pdf", "xlsx", "csv"}},
}

// Report is what a year's register adds up to.
type Report struct {
	Organization string            `json:"organization"`
	Year         int               `json:"year"`
	By           storage.By        `json:"by"`
	Items        []storage.Summary `json:"items"`
	Total        storage.Summary   `json:"total" doc:"Of all lines; first and last are of whichever series"`
	Incomplete   bool              `json:"incomplete,omitempty" doc:"The index is being built: documents may be missing here that exist"`
}

// caughtUp waits for the index. A file that people sign must hold everything, so
// while the index is being built there is none.
func (s *Server) caughtUp(c *call) error {
	if err := s.cfg.Index.CatchUpWithin(c.ctx, catchUpFor); err != nil {
		return err
	}
	if s.cfg.Index.Behind() {
		return record.E(record.Busy, "index-behind", "Chỉ mục đang được dựng lại nên sổ chưa đủ để in; hãy thử lại sau ít phút")
	}
	return nil
}

// bookOf is whose book the call asks for.
func (s *Server) bookOf(c *call) (books.Office, int, error) {
	year, err := registerYear(c)
	if err != nil {
		return books.Office{}, 0, err
	}
	o, err := s.cfg.Desk.Organizations.Organization(c.ctx, c.Param("organization"))
	if err != nil {
		return books.Office{}, 0, err
	}
	return books.OfficeOf(o, year), year, nil
}

// serveBook is the bound register (NĐ 30/2020, Điều 16.2.b).
func serveBook(s *Server, c *call) error {
	office, year, err := s.bookOf(c)
	if err != nil {
		return err
	}
	q, err := readQuery(c.Request, registerBookQuery)
	if err != nil {
		return err
	}
	if err := s.caughtUp(c); err != nil {
		return err
	}
	r := books.Range{Organization: c.Param("organization"), Year: year, Series: q.text("series"), From: q.number("from"), To: q.number("to")}
	lines, err := books.Lines(c.ctx, s.cfg.Index, r)
	if err != nil {
		return err
	}
	return s.sendTable(c, books.Register(office, year, lines), q, fmt.Sprintf("so-van-ban-di-%s-%d", r.Organization, year))
}

func serveCopyBook(s *Server, c *call) error {
	office, year, err := s.bookOf(c)
	if err != nil {
		return err
	}
	q, err := readQuery(c.Request, copyBookQuery)
	if err != nil {
		return err
	}
	if err := s.caughtUp(c); err != nil {
		return err
	}
	organization := c.Param("organization")
	all, err := s.cfg.Desk.CopyRegister(c.ctx, organization, year)
	if err != nil {
		return err
	}
	lines, err := books.CopiesOf(c.ctx, s.cfg.Index, organization, all)
	if err != nil {
		return err
	}
	return s.sendTable(c, books.Copies(office, year, lines), q, fmt.Sprintf("so-ban-sao-%s-%d", organization, year))
}

func serveReport(s *Server, c *call) error {
	q, err := readQuery(c.Request, reportQuery)
	if err != nil {
		return err
	}
	office, _, err := s.bookOf(c)
	if err != nil {
		return err
	}
	file := q.text("format") != "" && q.text("format") != "json"
	if file {
		if err := s.caughtUp(c); err != nil {
			return err
		}
	}
	r, err := s.report(c, q)
	if err != nil {
		return err
	}
	if !file {
		return c.json(r)
	}
	return s.sendTable(c, books.Report(office, r.Year, r.By, r.Items), q, fmt.Sprintf("bao-cao-%s-%d-%s", r.Organization, r.Year, r.By))
}

func (s *Server) report(c *call, q values) (Report, error) {
	year, err := registerYear(c)
	if err != nil {
		return Report{}, err
	}
	r := Report{Organization: c.Param("organization"), Year: year, By: storage.ByMonth}
	if by := q.text("by"); by != "" {
		r.By = storage.By(by)
	}
	if err := s.cfg.Index.CatchUpWithin(c.ctx, catchUpFor); err != nil {
		return r, err
	}
	r.Incomplete = s.cfg.Index.Behind()
	r.Items, err = s.cfg.Index.Summary(c.ctx, r.Organization, year, q.text("series"), r.By)
	if r.Items == nil {
		r.Items = []storage.Summary{}
	}
	r.Total = storage.Sum(r.Items)
	return r, err
}

// sendTable answers with a table as the file that the query asks for.
func (s *Server) sendTable(c *call, t *books.Table, q values, name string) error {
	f := books.Format(cmp.Or(q.text("format"), string(books.PDF)))
	b, err := books.Write(c.ctx, t, f, s.cfg.Desk.Converter)
	if err != nil {
		return err
	}
	return c.file(b, record.DigestOf(b), bookMedia[f], name+"."+string(f))
}

// reportPage is a report on a page of its own.
type reportPage struct {
	Report
	Name  string
	Rows  []reportLine
	Kinds []reportKind
	More  bool // series than one
}

type reportLine struct {
	storage.Summary
	What string
}

type reportKind struct {
	By   storage.By
	Here bool
}

func showReportPage(s *Server, c *call) error {
	q, err := readQuery(c.Request, slices.DeleteFunc(slices.Clone(reportQuery), func(m member) bool { return m.name == "format" }))
	if err != nil {
		return err
	}
	office, _, err := s.bookOf(c)
	if err != nil {
		return err
	}
	page := reportPage{}
	if page.Report, err = s.report(c, q); err != nil {
		return err
	}
	if page.Name, err = s.organizationName(c.ctx, page.Organization); err != nil {
		return err
	}
	for _, x := range page.Items {
		page.Rows = append(page.Rows, reportLine{x, office.Name(page.By, x)})
		page.More = page.More || x.Series != page.Items[0].Series
	}
	for _, by := range []storage.By{storage.ByMonth, storage.ByType, storage.ByUnit, storage.BySignatory, storage.ByYear} {
		page.Kinds = append(page.Kinds, reportKind{by, by == page.By})
	}
	return s.show(c, http.StatusOK, "report", screen{Title: s.say(c, "report.title", page.Year), Here: "/so-dang-ky", Width: "book", Body: page})
}
