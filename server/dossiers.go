package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
)

// Dossiers are a file list (danh mục hồ sơ; NĐ 30/2020, Điều 28-31).
type Dossiers struct {
	Items []Dossier `json:"items"`
}

// Dossier is one of them, with what follows from it.
type Dossier struct {
	record.Dossier
	TransferBy record.Date      `json:"transfer_by,omitempty" doc:"Last day for handing it to the archive"`
	KeptUntil  int              `json:"kept_until,omitempty" doc:"Last year of its retention; none for ever"`
	Actions    []record.Command `json:"actions" doc:"What this account may do with it now"`
}

// DossierRef names a dossier from a document in it.
type DossierRef struct {
	Year  int                 `json:"year"`
	Code  string              `json:"code"`
	Title string              `json:"title"`
	State record.DossierState `json:"state"`
}

// Due is what waits to be done with dossiers.
type Due struct {
	Transfers []Dossier `json:"transfers" doc:"To be handed to the archive within 30 days, or late"`
	Disposals []Dossier `json:"disposals" doc:"Their retention has run out"`
}

// Disposals are the lists of dossiers for disposal, the newest first.
type Disposals struct {
	Items []record.Disposal `json:"items"`
}

var (
	dossierReaders = access{scope: accounts.ScopeRead, roles: []record.Role{record.Secretary, record.Clerk, record.Archivist, record.Official}}

	dossierQuery = []member{{name: "year", kind: "integer", doc: "Năm của danh mục hồ sơ; bỏ trống: mọi năm", max: 9999}}
	dossierName  = []member{
		{name: "year", kind: "integer", doc: "Năm của danh mục hồ sơ", required: true, max: 9999},
		{name: "code", kind: "string", doc: "Số và ký hiệu hồ sơ: 01.TCCB", required: true, max: 20},
	}
	dossierFacts = []member{
		{name: "title", kind: "string", doc: "Tiêu đề hồ sơ", required: true, max: 500},
		{name: "retention", kind: "string", doc: "Mã thời hạn bảo quản", required: true, max: 63},
		{name: "keeper", kind: "string", doc: "Đơn vị hoặc người lập hồ sơ", max: 100},
		{name: "started", kind: "string", doc: "Ngày bắt đầu, YYYY-MM-DD", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
		{name: "note", kind: "string", doc: "Ghi chú", max: 500},
	}
	dossierBody  = slices.Concat(dossierName, dossierFacts)
	disposalBody = []member{{name: "dossiers", kind: "strings", doc: "Các hồ sơ: 2010/01.TCCB", required: true, max: 500}, reason[0]}

	filedDocument = member{name: "document", kind: "string", doc: "Mã văn bản", required: true, pattern: `^[a-z0-9]{26}$`}
)

// dossierAction is a command about one dossier, by the last part of its path.
type dossierAction struct {
	command record.Command
	path    string
	summary string
	body    []member
}

var dossierActions = []dossierAction{
	{record.CmdDossierAdd, "add", "Đưa văn bản vào hồ sơ", []member{filedDocument}},
	{record.CmdDossierRemove, "remove", "Đưa văn bản ra khỏi hồ sơ", []member{filedDocument, reason[0]}},
	{record.CmdDossierEnd, "end", "Kết thúc hồ sơ: công việc đã giải quyết xong", []member{{name: "ended", kind: "string", doc: "Ngày công việc kết thúc, YYYY-MM-DD", required: true, pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`}}},
	{record.CmdDossierReopen, "reopen", "Mở lại hồ sơ đã kết thúc", reason},
	{record.CmdDossierTransfer, "transfer", "Nộp hồ sơ vào lưu trữ cơ quan", []member{{name: "minutes", kind: "string", doc: "Biên bản giao nhận", required: true, max: 300}}},
}

// doing is the access to a command of the journal: the role is the command's.
func doing(c record.Command) access {
	r := record.JournalCommands[c]
	return access{roles: []record.Role{r}, scope: map[record.Role]accounts.Scope{
		record.Secretary: accounts.ScopeDraft, record.Official: accounts.ScopeSign, record.Clerk: accounts.ScopeClerk}[r]}
}

func dossierRoutes() []*route {
	const list, one = api + "/dossiers/{organization}", api + "/dossiers/{organization}/{year}/{code}"
	const disposals = api + "/disposals/{organization}"
	routes := []*route{
		{method: "GET", path: list, id: "listDossiers", summary: "Danh mục hồ sơ", tag: "dossiers", access: dossierReaders, query: dossierQuery, answer: Dossiers{}, handle: listDossiers},
		{method: "POST", path: list, id: "openDossier", summary: "Mở hồ sơ", tag: "dossiers", access: doing(record.CmdDossier), body: dossierBody, once: true, answer: Dossier{},
			also: []int{http.StatusConflict}, handle: openDossier},
		{method: "GET", path: list + "/due", id: "listDueDossiers", summary: "Hồ sơ đến hạn nộp lưu, hết thời hạn bảo quản", tag: "dossiers", access: dossierReaders, answer: Due{}, handle: listDue},
		{method: "GET", path: one, id: "showDossier", summary: "Một hồ sơ với mục lục văn bản", tag: "dossiers", access: dossierReaders, answer: Dossier{}, handle: showDossier},
		{method: "PUT", path: one, id: "changeDossier", summary: "Sửa hồ sơ đang mở: mọi điều danh mục nói về nó", tag: "dossiers", access: doing(record.CmdDossierChange), body: dossierFacts, once: true, answer: Dossier{},
			also: []int{http.StatusConflict}, handle: changeDossier},
		{method: "GET", path: disposals, id: "listDisposals", summary: "Danh mục tài liệu hết giá trị", tag: "dossiers", access: dossierReaders, answer: Disposals{}, handle: listDisposals},
		{method: "POST", path: disposals, id: "proposeDisposal", summary: "Lập danh mục tài liệu hết giá trị để trình duyệt", tag: "dossiers", access: doing(record.CmdDisposalPropose), once: true, answer: record.Disposal{},
			body: disposalBody, also: []int{http.StatusConflict}, handle: proposeDisposal},
		{method: "POST", path: disposals + "/{disposal}/decide", id: "decideDisposal", summary: "Duyệt hoặc không duyệt danh mục tài liệu hết giá trị", tag: "dossiers", access: doing(record.CmdDisposalDecide), once: true, answer: record.Disposal{},
			body: []member{{name: "approved", kind: "boolean", doc: "Duyệt", required: true}, reason[0]}, also: []int{http.StatusConflict}, handle: decideDisposal},
	}
	for _, a := range dossierActions {
		routes = append(routes, &route{method: "POST", path: one + "/" + a.path, id: a.path + "Dossier", summary: a.summary, tag: "dossiers", access: doing(a.command), body: a.body, once: true,
			answer: Dossier{}, also: []int{http.StatusConflict}, handle: func(s *Server, c *call) error { return c.dossier(s.fileDossier(c, a, c.body)) }})
	}
	return routes
}

func (s *Server) dossierOf(v *viewer, d record.Dossier) Dossier {
	out := Dossier{Dossier: d, TransferBy: d.TransferBy(), KeptUntil: d.KeptUntil(), Actions: []record.Command{}}
	if out.Items == nil {
		out.Items = []record.DossierItem{}
	}
	for _, x := range []struct {
		command record.Command
		in      record.DossierState
	}{{record.CmdDossierChange, record.DossierOpen}, {record.CmdDossierAdd, record.DossierOpen}, {record.CmdDossierRemove, record.DossierOpen}, {record.CmdDossierEnd, record.DossierOpen},
		{record.CmdDossierReopen, record.DossierEnded}, {record.CmdDossierTransfer, record.DossierEnded}} {
		a := doing(x.command)
		if d.State == x.in && v.grants[d.Organization].Has(a.roles...) && v.scoped(a.scope) && (len(d.Items) > 0 || x.command != record.CmdDossierRemove && x.command != record.CmdDossierEnd) {
			out.Actions = append(out.Actions, x.command)
		}
	}
	return out
}

func (s *Server) dossiersOf(v *viewer, all []record.Dossier) []Dossier {
	out := []Dossier{}
	for _, d := range all {
		out = append(out, s.dossierOf(v, d))
	}
	return out
}

// dossiersWith are the dossiers that a document lies in, nil for a viewer who may
// not read dossiers.
func (s *Server) dossiersWith(ctx context.Context, v *viewer, doc record.Document) ([]DossierRef, error) {
	if g := v.grants[doc.Journal]; !g.Has(dossierReaders.roles...) {
		return nil, nil
	}
	all, err := s.cfg.Desk.DossiersOf(ctx, desk.Ref{Journal: doc.Journal, ID: doc.ID})
	var out []DossierRef
	for _, d := range all {
		out = append(out, DossierRef{Year: d.Year, Code: d.Code, Title: d.Title, State: d.State})
	}
	return out, err
}

func listDossiers(s *Server, c *call) error {
	q, err := readQuery(c.Request, dossierQuery)
	if err != nil {
		return err
	}
	all, err := s.cfg.Desk.Dossiers(c.ctx, c.Param("organization"), q.number("year"))
	if err != nil {
		return err
	}
	return c.json(Dossiers{s.dossiersOf(c.viewer, all)})
}

func listDue(s *Server, c *call) error {
	due, err := s.due(c, c.Param("organization"))
	if err != nil {
		return err
	}
	return c.json(due)
}

func (s *Server) due(c *call, organization string) (Due, error) {
	transfers, err := s.cfg.Desk.DueTransfers(c.ctx, organization)
	if err != nil {
		return Due{}, err
	}
	disposals, err := s.cfg.Desk.Disposable(c.ctx, organization)
	return Due{s.dossiersOf(c.viewer, transfers), s.dossiersOf(c.viewer, disposals)}, err
}

// dossierName is the dossier that the path names.
func (c *call) dossierName() (record.Dossier, error) {
	year, err := registerYear(c)
	if err != nil {
		return record.Dossier{}, refusal(http.StatusNotFound, "dossier-not-found", "Không có hồ sơ này")
	}
	return record.Dossier{Year: year, Code: c.Param("code")}, nil
}

func (c *call) dossierKey() (string, error) {
	d, err := c.dossierName()
	return d.Key(), err
}

func (c *call) dossier(d Dossier, err error) error {
	if err != nil {
		return err
	}
	return c.json(d)
}

func showDossier(s *Server, c *call) error {
	key, err := c.dossierKey()
	if err != nil {
		return err
	}
	d, err := s.cfg.Desk.Dossier(c.ctx, c.Param("organization"), key)
	return c.dossier(s.dossierOf(c.viewer, d), err)
}

func openDossier(s *Server, c *call) error { return c.dossier(s.openDossier(c, c.body)) }

func (s *Server) openDossier(c *call, v values) (Dossier, error) {
	d := factsOf(v)
	d.Year, d.Code = v.number("year"), v.text("code")
	return s.filed(c, record.CmdDossier, record.Filed{Key: d.Key(), Dossier: &d}, "")
}

// factsOf is what the file list says of a dossier beside its name.
func factsOf(v values) record.Dossier {
	return record.Dossier{Title: strings.Join(strings.Fields(v.text("title")), " "), Retention: record.Retention{Rule: v.text("retention")},
		Keeper: v.text("keeper"), Started: record.Date(v.text("started")), Note: v.text("note")}
}

func changeDossier(s *Server, c *call) error { return c.dossier(s.changeDossier(c, c.body)) }

func (s *Server) changeDossier(c *call, v values) (Dossier, error) {
	name, err := c.dossierName()
	if err != nil {
		return Dossier{}, err
	}
	d := factsOf(v)
	d.Year, d.Code = name.Year, name.Code
	return s.filed(c, record.CmdDossierChange, record.Filed{Key: d.Key(), Dossier: &d}, "")
}

// fileDossier carries out an action on the dossier that the path names.
func (s *Server) fileDossier(c *call, a dossierAction, v values) (Dossier, error) {
	key, err := c.dossierKey()
	if err != nil {
		return Dossier{}, err
	}
	return s.filed(c, a.command, record.Filed{Key: key, Document: v.text("document"), Ended: record.Date(v.text("ended")), Minutes: v.text("minutes")}, v.text("reason"))
}

// requestID is what makes a request repeatable: of the form, or of the header.
func (c *call) requestID() (string, error) {
	id := cmp.Or(c.ref.Request, c.GetHeader("Idempotency-Key"))
	return id, checkKey(id)
}

func (s *Server) filed(c *call, command record.Command, f record.Filed, reason string) (Dossier, error) {
	request, err := c.requestID()
	if err != nil {
		return Dossier{}, err
	}
	organization := c.Param("organization")
	d, err := s.cfg.Desk.FileDossier(c.ctx, c.viewer.actor(organization), organization, command, f, reason, request)
	s.metrics.command(command, err)
	return s.dossierOf(c.viewer, d), err
}

func listDisposals(s *Server, c *call) error {
	all, err := s.cfg.Desk.Disposals(c.ctx, c.Param("organization"))
	if err != nil {
		return err
	}
	return c.json(Disposals{append([]record.Disposal{}, all...)})
}

func proposeDisposal(s *Server, c *call) error { return c.disposal(s.proposeDisposal(c, c.body)) }

func (s *Server) proposeDisposal(c *call, v values) (record.Disposal, error) {
	request, err := c.requestID()
	if err != nil {
		return record.Disposal{}, err
	}
	organization := c.Param("organization")
	x, err := s.cfg.Desk.ProposeDisposal(c.ctx, c.viewer.actor(organization), organization, v.list("dossiers"), v.text("reason"), request)
	s.metrics.command(record.CmdDisposalPropose, err)
	return x, err
}

func decideDisposal(s *Server, c *call) error {
	return c.disposal(s.decideDisposal(c, c.body.yes("approved"), c.body.text("reason")))
}

func (s *Server) decideDisposal(c *call, approved bool, reason string) (record.Disposal, error) {
	request, err := c.requestID()
	if err != nil {
		return record.Disposal{}, err
	}
	organization := c.Param("organization")
	x, err := s.cfg.Desk.DecideDisposal(c.ctx, c.viewer.actor(organization), organization, c.Param("disposal"), approved, reason, request)
	s.metrics.command(record.CmdDisposalDecide, err)
	return x, err
}

func (c *call) disposal(x record.Disposal, err error) error {
	if err != nil {
		return err
	}
	return c.json(x)
}
