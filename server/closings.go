package server

import (
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
)

// Closings are those of a register, oldest first.
type Closings struct {
	Items []record.Closing `json:"items"`
}

var (
	paperBody = []member{
		{name: "type", kind: "string", doc: "Loại văn bản: CV, QĐ...", required: true, max: 20},
		{name: "subject", kind: "string", doc: "Trích yếu", max: 500},
		{name: "signatory", kind: "string", doc: "Người ký", required: true, max: 100},
		{name: "recipients", kind: "strings", doc: "Nơi nhận", max: 200},
		{name: "unit", kind: "string", doc: "Đơn vị soạn thảo, lưu", max: 30},
		{name: "kept", kind: "integer", doc: "Số bản lưu", max: 999},
		{name: "note", kind: "string", doc: "Ghi chú", max: 500},
		{name: "secret", kind: "boolean", doc: "Văn bản mật: sổ riêng, có thể không ghi trích yếu"},
		{name: "date", kind: "string", doc: "Ngày văn bản, chỉ khi chạy thử", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
	}
	closingBody = []member{
		{name: "series", kind: "string", doc: "Sổ số", required: true, max: 63},
		{name: "through", kind: "string", doc: "Chốt đến hết ngày, YYYY-MM-DD", required: true, pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
	}
	closingQuery = []member{{name: "series", kind: "string", doc: "Sổ số", required: true, max: 63}}
)

func closingRoutes() []*route {
	const register = api + "/registers/{organization}/{year}"
	return []*route{
		{method: "POST", path: api + "/registers/{organization}/papers", id: "registerPaper", summary: "Vào sổ một văn bản giấy và cấp số", tag: "registers", access: may(record.CmdRegister), body: paperBody, once: true,
			status: http.StatusCreated, answer: Document{}, also: []int{http.StatusConflict}, handle: registerPaper},
		{method: "GET", path: register + "/closings", id: "listClosings", summary: "Các lần chốt sổ", tag: "registers", access: book, query: closingQuery, answer: Closings{}, handle: listClosings},
		{method: "POST", path: register + "/closings", id: "closeRegister", summary: "Chốt sổ đến hết một ngày: bản trích được ký, không vào sổ trước ngày đó được nữa", tag: "registers", access: doing(record.CmdClose), body: closingBody, once: true, slow: true,
			status: http.StatusCreated, answer: record.Closing{}, also: []int{http.StatusConflict}, handle: closeRegister},
		{method: "GET", path: register + "/closings/{through}/pdf", id: "showClosing", summary: "Bản chốt sổ đã ký", tag: "registers", access: book, query: closingQuery, media: []string{mediaPDF}, handle: serveClosing},
	}
}

func registerPaper(s *Server, c *call) error {
	doc, err := s.registerPaper(c, c.body, c.GetHeader("Idempotency-Key"))
	if err != nil {
		return err
	}
	c.Header("Location", api+"/documents/"+doc.ID)
	return s.answer(c, doc)
}

func (s *Server) registerPaper(c *call, v values, request string) (record.Document, error) {
	if err := checkKey(request); err != nil {
		return record.Document{}, err
	}
	p := desk.Paper{Type: v.text("type"), Subject: v.text("subject"), Signatory: v.text("signatory"), Unit: v.text("unit"), Kept: v.number("kept"), Note: v.text("note"), Secret: v.yes("secret"), Date: record.Date(v.text("date"))}
	for _, name := range v.list("recipients") {
		p.Recipients = append(p.Recipients, record.Recipient{Name: name, Channel: record.ByPaper, Copies: 1})
	}
	organization := c.Param("organization")
	doc, err := s.cfg.Desk.RegisterPaper(c.ctx, c.viewer.actor(organization), organization, request, p)
	s.metrics.command(record.CmdRegister, err)
	return doc, err
}

// closings are those of the register and series that the call names.
func (s *Server) closings(c *call) ([]record.Closing, error) {
	year, err := registerYear(c)
	if err != nil {
		return nil, err
	}
	q, err := readQuery(c.Request, closingQuery)
	if err != nil {
		return nil, err
	}
	return s.cfg.Desk.Closings(c.ctx, c.Param("organization"), q.text("series"), year)
}

func listClosings(s *Server, c *call) error {
	all, err := s.closings(c)
	if err != nil {
		return err
	}
	return c.json(Closings{append([]record.Closing{}, all...)})
}

func closeRegister(s *Server, c *call) error {
	x, err := s.closeRegister(c, c.body, c.GetHeader("Idempotency-Key"))
	if err != nil {
		return err
	}
	return c.json(x)
}

func (s *Server) closeRegister(c *call, v values, request string) (record.Closing, error) {
	if err := checkKey(request); err != nil {
		return record.Closing{}, err
	}
	year, err := registerYear(c)
	if err != nil {
		return record.Closing{}, err
	}
	organization := c.Param("organization")
	x, err := s.cfg.Desk.CloseRegister(c.ctx, c.viewer.actor(organization), organization, v.text("series"), year, record.Date(v.text("through")), request)
	s.metrics.command(record.CmdClose, err)
	return x, err
}

// serveClosing delivers the signed extract of the closing through a day.
func serveClosing(s *Server, c *call) error {
	all, err := s.closings(c)
	if err != nil {
		return err
	}
	for _, x := range all {
		if string(x.Through) == c.Param("through") {
			b, err := s.cfg.Desk.Archive.Blob(c.ctx, x.PDF)
			if err != nil {
				return err
			}
			return c.file(b, x.PDF, mediaPDF, "chot-so-"+string(x.Through)+".pdf")
		}
	}
	return refusal(http.StatusNotFound, "closing-not-found", "Không có lần chốt sổ này")
}
