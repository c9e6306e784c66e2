package server

import (
	"bytes"
	"net/http"
	"strings"

	"vanthu/exchange/sip"
	"vanthu/record"
	"vanthu/server/handover"
)

const mediaXML = "application/xml"

var (
	handoverKeepers = access{scope: keepers.scope, roles: []record.Role{record.Archivist}}

	organID  = member{name: "organ_id", kind: "string", doc: "Mã định danh của cơ quan; bỏ trống: theo dữ liệu cơ quan", max: 35}
	sipQuery = []member{organID, {name: "fonds", kind: "string", doc: "Mã phông; bỏ trống: mã định danh", max: 100},
		{name: "access", kind: "string", doc: "Chế độ sử dụng", required: true, enum: []string{"public", "conditional", "secret"}}}
	bagQuery   = []member{{name: "contact", kind: "string", doc: "Người liên hệ", max: 100}}
	edxmlQuery = []member{organID, {name: "business", kind: "string", doc: "new (mặc định): gửi; recall: báo thu hồi; replace: báo thay thế", enum: handover.Businesses}}
)

func handoverRoutes() []*route {
	const dossier = api + "/dossiers/{organization}/{year}/{code}"
	get := func(path, id, summary, tag string, a access, query []member, media string, handle func(*Server, *call) error) *route {
		return &route{method: "GET", path: path, id: id, summary: summary, tag: tag, access: a, query: query, media: []string{media}, slow: true, also: []int{http.StatusConflict}, handle: handle}
	}
	edxml := get(api+"/documents/{id}/edxml", "exportEdXML", "Tệp edXML gửi văn bản, hoặc báo thu hồi, thay thế", "documents", may(record.CmdDispatch), edxmlQuery, mediaXML, serveEdXML)
	edxml.reads = "edxml"
	return []*route{
		get(dossier+"/sip", "exportSIP", "Gói SIP của hồ sơ đã kết thúc, để nộp vào lưu trữ lịch sử", "dossiers", handoverKeepers, sipQuery, mediaZIP, serveSIP),
		get(dossier+"/bag", "exportBag", "Túi BagIt (RFC 8493) của hồ sơ đã kết thúc", "dossiers", handoverKeepers, bagQuery, mediaZIP, serveBag),
		edxml,
		{method: "POST", path: api + "/statuses/{organization}", id: "takeStatus", summary: "Nhận thông báo trạng thái edXML của một nơi nhận: đã tiếp nhận, đã biết thu hồi", tag: "documents", access: may(record.CmdReceipt),
			raw: mediaXML, maxBody: handover.MaxStatus + 1, also: []int{http.StatusConflict}, answer: handover.Told{}, handle: takeStatus},
	}
}

func takeStatus(s *Server, c *call) error {
	raw, err := readAll(c.Request, mediaXML)
	if err != nil {
		return err
	}
	organization := c.Param("organization")
	t, err := s.handovers().TakeStatus(c.ctx, c.viewer.actor(organization), organization, bytes.NewReader(raw))
	if t.Command != "" {
		s.metrics.command(t.Command, err)
	}
	if err != nil {
		return err
	}
	return c.json(t)
}

func (s *Server) handovers() handover.Source {
	return handover.Source{Desk: s.cfg.Desk, Archive: s.cfg.Packages.Archive, Software: "vanthu " + s.cfg.Version, Now: s.cfg.Now}
}

// handedOver answers with a file that was made for others.
func (c *call) handedOver(b *bytes.Buffer, media, name string) error {
	return c.file(b.Bytes(), record.DigestOf(b.Bytes()), media, strings.ReplaceAll(name, "/", "_"))
}

func serveSIP(s *Server, c *call) error {
	key, err := c.dossierKey()
	if err != nil {
		return err
	}
	q, err := readQuery(c.Request, sipQuery)
	if err != nil {
		return err
	}
	config, err := sip.DefaultConfig()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	uuid, err := s.handovers().WriteSIP(c.ctx, &b, c.Param("organization"), key, handover.SIP{OrganID: q.text("organ_id"), Fonds: q.text("fonds"), Access: q.text("access"), Config: config})
	if err != nil {
		return err
	}
	return c.handedOver(&b, mediaZIP, "uuid-"+uuid+".zip")
}

func serveBag(s *Server, c *call) error {
	key, err := c.dossierKey()
	if err != nil {
		return err
	}
	q, err := readQuery(c.Request, bagQuery)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.handovers().WriteBag(c.ctx, &b, c.Param("organization"), key, q.text("contact")); err != nil {
		return err
	}
	return c.handedOver(&b, mediaZIP, "ho-so-"+key+".zip")
}

func serveEdXML(s *Server, c *call) error {
	q, err := readQuery(c.Request, edxmlQuery)
	if err != nil {
		return err
	}
	business := q.text("business")
	if business == "" {
		business = handover.Businesses[0]
	}
	var b bytes.Buffer
	if err := s.handovers().WriteEdXML(c.ctx, &b, c.doc, q.text("organ_id"), business); err != nil {
		return err
	}
	return c.handedOver(&b, mediaXML, c.doc.Symbol+".edxml")
}
