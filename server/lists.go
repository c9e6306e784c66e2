package server

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/server/books"
	tables "vanthu/sheet"
	"vanthu/storage"
)

// listFormat is a form in which a list of documents can be had as a file.
type listFormat struct {
	name, ending, media string
	most                int // documents: of more the first ones, and the list says so
	write               func(s *Server, c *call, t *tables.Table, b *bytes.Buffer) error
}

const maxPaper = 2000 // documents of a list on paper: converting them takes 10 s

var (
	csvList = listFormat{"CSV", "csv", mediaCSV, storage.MaxListed, func(_ *Server, _ *call, t *tables.Table, b *bytes.Buffer) error {
		return t.WriteCSV(b)
	}}
	xlsxList = listFormat{"XLSX", "xlsx", mediaXLSX, storage.MaxListed, func(_ *Server, _ *call, t *tables.Table, b *bytes.Buffer) error {
		return t.WriteXLSX(b)
	}}
	pdfList = listFormat{"PDF", "pdf", mediaPDF, maxPaper, func(s *Server, c *call, t *tables.Table, b *bytes.Buffer) error {
		if err := t.WriteDOCX(b); err != nil {
			return err
		}
		pdf, err := s.cfg.Desk.Converter.Convert(c.ctx, b.Bytes())
		*b = *bytes.NewBuffer(pdf)
		return err
	}}
	listFormats = []listFormat{xlsxList, csvList, pdfList}
)

func listRoute(f listFormat) *route {
	return &route{method: "GET", path: api + "/documents." + f.ending, id: "list" + f.name, summary: "Danh sách văn bản tìm được, tệp " + f.name, tag: "documents",
		access: reader, query: searchQuery, media: []string{f.media}, slow: f.ending == "pdf", handle: func(s *Server, c *call) error { return s.serveList(c, f) }}
}

// serveList answers with all documents that the query finds.
func (s *Server) serveList(c *call, f listFormat) error {
	q, err := readQuery(c.Request, searchQuery)
	if err != nil {
		return err
	}
	if err := s.cfg.Index.CatchUpWithin(c.ctx, catchUpFor); err != nil {
		return err
	}
	hits, total, err := s.cfg.Index.List(c.ctx, queryOf(c.viewer, q), f.most)
	if err != nil {
		return askedWrongly(err)
	}
	asked, err := s.asked(c, q)
	if err != nil {
		return err
	}
	state := func(x record.Status) (string, error) { return s.pages.texts.say(languageVI, "state."+string(x)) }
	t := books.Found(append(asked, "Lập ngày "+record.DateOf(s.cfg.Now()).Vietnamese()), hits, total, f.ending == "pdf", s.typeName, state)
	var b bytes.Buffer
	if err := f.write(s, c, t, &b); err != nil {
		return err
	}
	name := fmt.Sprintf("danh-sach-van-ban-%s.%s", record.DateOf(s.cfg.Now()), f.ending)
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, f.media, b.Bytes())
	return nil
}

// asked says in words what a list was asked for, one filter a line.
func (s *Server) asked(c *call, q values) ([]string, error) {
	var out []string
	for _, m := range searchQuery {
		var said []string
		switch v := q[m.name].(type) {
		case string:
			said = []string{v}
		case int:
			said = []string{itoa(v)}
		case []string:
			said = slices.Clone(v)
		}
		for i, v := range said {
			var err error
			switch m.name {
			case "state":
				said[i], err = s.pages.texts.say(languageVI, "state."+v)
			case "sort":
				said[i], err = s.pages.texts.say(languageVI, "sort."+v)
			case "type":
				said[i] = s.typeName(v)
			case "urgency":
				said[i] = record.Urgency(v).Mark()
			case "from", "to":
				said[i] = record.Date(v).Vietnamese()
			case "organization":
				if slices.Contains(c.viewer.organizations(), v) {
					said[i], err = s.organizationName(c.ctx, v)
				}
			case "in", "accents", "hold":
				said[i] = "có"
			}
			if err != nil {
				return nil, err
			}
		}
		if len(said) > 0 {
			out = append(out, listLabels[m.name]+": "+strings.Join(said, ", "))
		}
	}
	return out, nil
}

// listLabels are the filters as a list on paper calls them.
var listLabels = map[string]string{"q": "Từ cần tìm", "in": "Chỉ trong trích yếu", "accents": "Chỉ đúng dấu", "organization": "Cơ quan ban hành", "type": "Loại văn bản",
	"year": "Năm", "from": "Từ ngày", "to": "Đến ngày", "number": "Số", "symbol": "Số, ký hiệu", "recipient": "Nơi nhận", "signatory": "Người ký",
	"unit": "Đơn vị soạn thảo", "series": "Sổ số", "retention": "Quy tắc bảo quản", "urgency": "Mức độ khẩn", "hold": "Đang tạm giữ", "state": "Trạng thái", "sort": "Thứ tự"}
