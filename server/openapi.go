package server

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// openAPI is the OpenAPI 3.1 document of the table of routes.
func (s *Server) openAPI() []byte {
	reg := huma.NewMapRegistry("#/components/schemas/", schemaName)
	paths := map[string]map[string]any{}
	for _, rt := range s.routes {
		if rt.id == "" {
			continue
		}
		path := strings.ReplaceAll(rt.path, "...}", "}")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(rt.method)] = operationOf(reg, rt)
	}
	reg.Schema(reflect.TypeFor[problem](), true, "Problem")
	schemas := map[string]any{"Envelope": envelopeSchema()}
	for name, schema := range reg.Map() {
		if !foreign.MatchString(name) {
			truly(schema)
		}
		schemas[name] = schema
	}
	b, err := json.MarshalIndent(map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "vanthu", "version": s.cfg.Version,
			"description": "Dịch vụ văn thư: soạn, ký, cấp số, đóng dấu và lưu văn bản hành chính. Lỗi theo RFC 9457, mã lỗi ổn định. Mọi lệnh với văn bản cần If-Match; Idempotency-Key làm cho một yêu cầu lặp lại được."},
		"paths": paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": map[string]any{
			"session": map[string]any{"type": "apiKey", "in": "cookie", "name": s.cookieName()},
			"token":   map[string]any{"type": "http", "scheme": "bearer"},
		}},
	}, "", "  ")
	if err != nil {
		panic(err) // made of our own types
	}
	return b
}

// foreign are the names that schemaName gives to types of other packages: what
// is stored comes as it is, with null for lists that nobody filled.
var foreign = regexp.MustCompile(`^(Record|Storage|Verify)[A-Z]`)

// truly takes back what the library supposes of Go's slices: in what is made here
// they are never null.
func truly(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	truly(s.Items)
	for _, p := range s.Properties {
		truly(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		truly(more)
	}
}

// schemaName tells types of different packages apart: several have a Finding.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	_, room, _ := strings.Cut(t.PkgPath(), "/")
	if room = room[strings.LastIndexByte(room, '/')+1:]; room == "" || room == "server" {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

var pathParameter = regexp.MustCompile(`\{([a-z]+)(?:\.\.\.)?\}`)

func operationOf(reg huma.Registry, rt *route) map[string]any {
	op := map[string]any{"operationId": rt.id, "summary": rt.summary, "tags": []string{rt.tag}, "responses": responses(reg, rt)}
	parameters := []any{}
	for _, m := range pathParameter.FindAllStringSubmatch(rt.path, -1) {
		parameters = append(parameters, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
	}
	for _, m := range rt.query {
		parameters = append(parameters, map[string]any{"name": m.name, "in": "query", "description": m.doc, "required": m.required, "schema": m.schema()})
	}
	header := func(name, doc string, required bool) {
		parameters = append(parameters, map[string]any{"name": name, "in": "header", "required": required, "description": doc, "schema": map[string]any{"type": "string"}})
	}
	if rt.ifMatch {
		header("If-Match", "ETag của văn bản đã đọc", true)
	}
	if rt.admit != nil {
		header("If-Match", "ETag đã đọc", true)
	}
	if rt.ifMatch || rt.once {
		header("Idempotency-Key", "Mã yêu cầu: gửi lại cùng mã thì nhận lại cùng kết quả", false)
	}
	if len(parameters) > 0 {
		op["parameters"] = parameters
	}
	content := func(media string, schema any) {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{media: map[string]any{"schema": schema}}}
	}
	switch {
	case rt.raw == "application/json":
		content(rt.raw, map[string]any{"$ref": "#/components/schemas/Envelope"})
	case rt.raw != "":
		content(rt.raw, map[string]any{"type": "string", "format": "binary"})
	case rt.parts != nil:
		content(mediaParts, objectSchema(rt.parts))
	case len(rt.body) > 0:
		content("application/json", objectSchema(rt.body))
	}
	if !rt.access.open {
		security := []any{map[string]any{"session": []string{}}}
		if rt.access.scope != "" {
			security = append(security, map[string]any{"token": []string{string(rt.access.scope)}})
		}
		op["security"] = security
		if rt.access.roles != nil {
			op["x-roles"] = rt.access.roles
		}
	}
	return op
}

func responses(reg huma.Registry, rt *route) map[string]any {
	content := map[string]any{}
	for _, media := range rt.media {
		content[media] = map[string]any{"schema": map[string]any{"type": "string", "format": "binary"}}
		if media == "application/json" {
			content[media] = map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Envelope"}}
		}
	}
	if rt.answer != nil {
		content["application/json"] = map[string]any{"schema": reg.Schema(reflect.TypeOf(rt.answer), true, rt.id)}
	}
	good := map[string]any{"description": "Được"}
	if len(content) > 0 {
		good["content"] = content
	}
	out := map[string]any{itoa(rt.status200()): good}
	for _, status := range statusesOf(rt) {
		x := map[string]any{"description": statusTexts[status]}
		switch {
		case status == http.StatusPartialContent, rt.path == "/readyz" && status == http.StatusServiceUnavailable:
			x["content"] = content
		case status >= http.StatusBadRequest:
			x["content"] = map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}
		}
		out[itoa(status)] = x
	}
	return out
}

// statusesOf are the answers of a route beside the good one.
func statusesOf(rt *route) []int {
	out := append([]int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}, rt.also...)
	if !rt.access.open {
		out = append(out, http.StatusUnauthorized, http.StatusForbidden)
	}
	if rt.access.open && rt.method != http.MethodGet { // another site may not ask
		out = append(out, http.StatusForbidden)
	}
	if strings.Contains(rt.path, "{") {
		out = append(out, http.StatusNotFound)
	}
	if rt.serves() {
		out = append(out, http.StatusPartialContent, http.StatusNotModified, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable)
	}
	if rt.ifMatch {
		out = append(out, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusConflict)
	}
	if rt.admit != nil {
		out = append(out, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	}
	if rt.ifMatch || rt.once || len(rt.query) > 0 || rt.takes() {
		out = append(out, http.StatusUnprocessableEntity)
	}
	if rt.takes() {
		out = append(out, http.StatusUnsupportedMediaType)
	}
	// Whatever asks may be too large, wanted or not.
	return append(out, http.StatusRequestEntityTooLarge)
}

// takes says whether the route reads a body.
func (rt *route) takes() bool { return rt.body != nil || rt.raw != "" || rt.parts != nil }

// serves says whether the route gives files of documents, in parts as well.
func (rt *route) serves() bool { return len(rt.media) > 0 && !rt.access.open }

var statusTexts = map[int]string{
	http.StatusAccepted:                     "Đã nhận, còn chờ giá trị chữ ký",
	http.StatusPartialContent:               "Một phần của tệp",
	http.StatusNotModified:                  "Chưa thay đổi từ lúc đọc",
	http.StatusUnauthorized:                 "Chưa đăng nhập, hoặc sai tên đăng nhập hay mật khẩu",
	http.StatusForbidden:                    "Không có quyền",
	http.StatusNotFound:                     "Không có",
	http.StatusConflict:                     "Trạng thái không cho phép",
	http.StatusPreconditionFailed:           "Đã thay đổi từ lúc đọc",
	http.StatusRequestEntityTooLarge:        "Nội dung gửi lên quá lớn",
	http.StatusUnsupportedMediaType:         "Không đúng loại nội dung",
	http.StatusRequestedRangeNotSatisfiable: "Phần được hỏi không có trong tệp",
	http.StatusUnprocessableEntity:          "Dữ liệu chưa đúng",
	http.StatusPreconditionRequired:         "Thiếu If-Match",
	http.StatusTooManyRequests:              "Quá nhiều yêu cầu, hoặc hàng đợi đầy",
	http.StatusInternalServerError:          "Máy chủ gặp lỗi, hoặc nội dung lưu trữ bị hỏng",
	http.StatusServiceUnavailable:           "Kho lưu trữ, bộ chuyển đổi hoặc khóa chưa sẵn sàng",
}

func objectSchema(members []member) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, m := range members {
		properties[m.name] = m.schema()
		if m.required {
			required = append(required, m.name)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (m member) schema() map[string]any {
	out := map[string]any{"type": m.kind, "description": m.doc}
	switch m.kind {
	case "file":
		out["type"], out["contentMediaType"] = "string", "application/octet-stream"
	case "strings":
		items := map[string]any{"type": "string"}
		if m.enum != nil {
			items["enum"] = m.enum
		}
		out["type"], out["items"], out["maxItems"] = "array", items, usualItems
	case "string":
		out["maxLength"] = usualLength
		if m.max > 0 {
			out["maxLength"] = m.max
		}
		if m.pattern != "" {
			out["pattern"] = m.pattern
		}
		if m.enum != nil {
			out["enum"] = m.enum
		}
	case "integer":
		out["minimum"] = 0
		if m.max > 0 {
			out["maximum"] = m.max
		}
	}
	return out
}
