package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// Template is an official form, as a list shows it.
type Template struct {
	ID     string        `json:"id"`
	Type   string        `json:"type" doc:"Code of the document type: KH"`
	Title  string        `json:"title"`
	SHA256 record.Digest `json:"sha256" doc:"Of the package: names the version for ever"`
}

// Templates are the forms that new documents can be made from.
type Templates struct {
	Items []Template `json:"items"`
}

// TemplateDetails are one version of a form.
type TemplateDetails struct {
	Template
	BuiltIn  bool           `json:"built_in" doc:"Comes with the program"`
	Retired  bool           `json:"retired" doc:"No new documents are made from it"`
	Issuable bool           `json:"issuable" doc:"It has places for number, date, signature and seal"`
	Lacks    []record.Fault `json:"lacks" doc:"The places that it does not have"`
	Warnings []record.Fault `json:"warnings"`
}

// TemplateVersions is the history of a form, oldest first.
type TemplateVersions struct {
	Items []TemplateVersion `json:"items"`
}

// TemplateVersion is who put a version of a form in force, and when.
type TemplateVersion struct {
	SHA256  record.Digest       `json:"sha256"`
	Type    string              `json:"type,omitempty"`
	Title   string              `json:"title,omitempty"`
	InForce bool                `json:"in_force"`
	Actor   string              `json:"actor,omitempty" doc:"Opaque account id; none for a form of the program that has made no document yet"`
	Time    *time.Time          `json:"time,omitempty"`
	Retired *TemplateRetirement `json:"retired,omitempty"`
}

// TemplateRetirement is who took a form out of use, when and why.
type TemplateRetirement struct {
	Actor  string    `json:"actor"`
	Time   time.Time `json:"time"`
	Reason string    `json:"reason"`
}

var administrator = access{roles: []record.Role{record.Administrator}}

const (
	maxTemplate     = 20 << 20 // bytes of a DOCX
	maxTemplateJSON = 2 << 20  // of its schema, or of its example
	maxTemplateSent = 25 << 20 // of all that is sent
	mediaParts      = "multipart/form-data"
)

// templateParts are what makes a template.
var templateParts = []member{
	{name: "type", kind: "string", doc: "Mã loại văn bản, ví dụ KH, TB, CV", required: true, max: 20},
	{name: "title", kind: "string", doc: "Tên mẫu; bỏ trống thì theo tên loại", max: 200},
	{name: "docx", kind: "file", doc: "Tệp DOCX có thẻ", required: true, max: maxTemplate},
	{name: "schema", kind: "file", doc: "Lược đồ JSON (2020-12) của nội dung; bỏ trống thì lập từ các thẻ", max: maxTemplateJSON},
	{name: "example", kind: "file", doc: "Dữ liệu mẫu; bỏ trống thì tự lập", max: maxTemplateJSON},
}

var templateRetirement = []member{
	{name: "reason", kind: "string", doc: "Lý do", required: true, max: 1000},
	{name: "sha256", kind: "string", doc: "Phiên bản đã xem; nếu mẫu đã có phiên bản khác thì không thực hiện", max: 64, pattern: "^[0-9a-f]{64}$"},
}

func templateRoutes() []*route {
	named := append([]member{{name: "id", kind: "string", doc: "Mã mẫu, ví dụ giay-moi-so-y-te", required: true, max: 63}}, templateParts...)
	conflict := []int{http.StatusConflict}
	routes := []*route{
		{method: "GET", path: api + "/templates", id: "listTemplates", summary: "Các mẫu văn bản đang dùng", tag: "office", access: reader, answer: Templates{}, handle: listTemplates},
		{method: "POST", path: api + "/templates", id: "createTemplate", summary: "Đưa một mẫu vào sử dụng", tag: "office", access: administrator,
			parts: named, maxBody: maxTemplateSent, status: http.StatusCreated, answer: TemplateDetails{}, also: conflict, handle: publishTemplate},
		{method: "GET", path: api + "/templates/{template}", id: "showTemplate", summary: "Một mẫu văn bản", tag: "office", access: reader, answer: TemplateDetails{}, handle: showTemplate},
		{method: "PUT", path: api + "/templates/{template}", id: "replaceTemplate", summary: "Đưa một phiên bản của mẫu vào sử dụng", tag: "office", access: administrator,
			parts: templateParts, maxBody: maxTemplateSent, answer: TemplateDetails{}, also: conflict, handle: publishTemplate},
		{method: "POST", path: api + "/templates/{template}/retire", id: "retireTemplate", summary: "Thôi dùng một mẫu: không lập văn bản mới theo mẫu này", tag: "office", access: administrator,
			body: templateRetirement, answer: TemplateDetails{}, also: []int{http.StatusConflict, http.StatusPreconditionFailed}, handle: retireTemplate},
		{method: "GET", path: api + "/templates/{template}/versions", id: "listTemplateVersions", summary: "Mọi phiên bản của một mẫu", tag: "office", access: reader, answer: TemplateVersions{}, handle: listTemplateVersions},
		{method: "GET", path: api + "/templates/{template}/versions/{version}", id: "showTemplateVersion", summary: "Một phiên bản của mẫu", tag: "office", access: reader, answer: TemplateDetails{}, handle: showTemplate},
	}
	for _, f := range templateFiles {
		for _, at := range []struct{ path, id, of string }{{"/templates/{template}", "", "mẫu"}, {"/templates/{template}/versions/{version}", "Version", "phiên bản"}} {
			rt := &route{method: "GET", path: api + at.path + "/" + f.path, id: "showTemplate" + at.id + f.id, summary: f.summary + " của " + at.of, tag: "office", access: reader,
				handle: serveTemplateFile(f)}
			if f.media == mediaDOCX {
				rt.media = []string{f.media}
			} else {
				rt.answer = map[string]any{}
			}
			routes = append(routes, rt)
		}
	}
	return routes
}

// templateFile is one of the files of a template, by the last part of its
// address.
type templateFile struct {
	path, id, summary, media string
	of                       func(record.Form) []byte
}

var templateFiles = []templateFile{
	{"schema", "Schema", "Lược đồ JSON", "application/json", func(f record.Form) []byte { return f.Schema }},
	{"content", "Content", "Lược đồ JSON riêng phần nội dung", "application/json", func(f record.Form) []byte { return f.Content }},
	{"example", "Example", "Dữ liệu mẫu", "application/json", func(f record.Form) []byte { return f.Example }},
	{"docx", "DOCX", "Tệp DOCX có thẻ", mediaDOCX, func(f record.Form) []byte { return f.DOCX }},
}

// templates are the forms that new documents can be made from.
func (s *Server) templates(ctx context.Context) ([]Template, error) {
	all, err := s.cfg.Forms.List(ctx)
	out := make([]Template, len(all))
	for i, f := range all {
		out[i] = templateOf(f)
	}
	return out, err
}

func templateOf(f record.Form) Template { return Template{f.ID, f.Type, f.Title, f.SHA256} }

func listTemplates(s *Server, c *call) error {
	all, err := s.templates(c.ctx)
	if err != nil {
		return err
	}
	return c.json(Templates{all})
}

// template is the form of the path: the version named there, or the newest.
func (s *Server) template(c *call) (record.Form, error) {
	if v := c.Param("version"); v != "" {
		return s.cfg.Forms.Version(c.ctx, record.TemplateRef{ID: c.Param("template"), SHA256: record.Digest(v)})
	}
	return s.cfg.Forms.Form(c.ctx, c.Param("template"))
}

func showTemplate(s *Server, c *call) error {
	f, err := s.template(c)
	if err != nil {
		return err
	}
	return c.json(detailsOf(f))
}

func detailsOf(f record.Form) TemplateDetails {
	d := TemplateDetails{Template: templateOf(f), BuiltIn: f.BuiltIn, Retired: f.Retired, Issuable: len(f.Lacks) == 0, Lacks: []record.Fault{}, Warnings: []record.Fault{}}
	d.Lacks, d.Warnings = append(d.Lacks, f.Lacks...), append(d.Warnings, f.Warnings...)
	return d
}

func serveTemplateFile(file templateFile) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		f, err := s.template(c)
		if err != nil {
			return err
		}
		b := file.of(f)
		if file.media == mediaDOCX {
			return c.file(b, record.DigestOf(b), file.media, f.ID+".docx")
		}
		c.Data(http.StatusOK, file.media, b)
		return nil
	}
}

func listTemplateVersions(s *Server, c *call) error {
	id := c.Param("template")
	t, err := s.cfg.Forms.Versions(c.ctx, id)
	if err != nil {
		return err
	}
	f, err := s.cfg.Forms.Form(c.ctx, id)
	if err != nil {
		return err
	}
	out := TemplateVersions{Items: make([]TemplateVersion, len(t.Versions))}
	current := -1
	for i, v := range t.Versions {
		out.Items[i] = TemplateVersion{SHA256: v.SHA256, Type: v.Type, Title: v.Title, Actor: v.Actor}
		if !v.Time.IsZero() {
			out.Items[i].Time = &v.Time
		}
		if v.Retired != nil {
			out.Items[i].Retired = &TemplateRetirement{v.Retired.Actor, v.Retired.Time, v.Retired.Reason}
		}
		if v.SHA256 == f.SHA256 && !f.Retired {
			current = i
		}
	}
	if current >= 0 {
		out.Items[current].InForce = true
	}
	return c.json(out)
}

// templateActor is the viewer as an administrator: templates belong to the
// office, not to one of its organisations.
func (v *viewer) templateActor() desk.Actor {
	a := desk.Actor{ID: v.ID}
	for _, g := range v.grants {
		if g.Has(record.Administrator) && !slices.Contains(a.Roles, record.Administrator) {
			a.Roles = append(a.Roles, record.Administrator)
		}
	}
	return a
}

// publishTemplate puts what was sent in force; the version that is in force
// already stays so.
func publishTemplate(s *Server, c *call) error {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return record.E(record.Busy, "uploads-busy", "Đang nhận nhiều tệp cùng lúc; hãy thử lại sau ít giây")
	}
	given, files, err := readParts(c.Request, c.route.parts)
	if err != nil {
		return err
	}
	in := record.TemplateSource{ID: given.text("id"), Type: given.text("type"), Title: given.text("title"),
		DOCX: files["docx"], Schema: files["schema"], Example: files["example"]}
	if id := c.Param("template"); id != "" {
		in.ID = id
	}
	f, _, err := s.cfg.Desk.PublishTemplate(c.ctx, c.viewer.templateActor(), in)
	if err != nil {
		return err
	}
	c.Header("Location", api+"/templates/"+f.ID+"/versions/"+string(f.SHA256))
	return c.json(detailsOf(f))
}

func retireTemplate(s *Server, c *call) error {
	id := c.Param("template")
	err := s.cfg.Desk.RetireTemplate(c.ctx, c.viewer.templateActor(), id, record.Digest(c.body.text("sha256")), c.body.text("reason"))
	if err != nil {
		return err
	}
	return showTemplate(s, c)
}
