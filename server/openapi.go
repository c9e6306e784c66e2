package server

import (
	"encoding/json"
	"maps"
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
		if paths[rt.path] == nil {
			paths[rt.path] = map[string]any{}
		}
		paths[rt.path][strings.ToLower(rt.method)] = operation(reg, rt)
	}
	reg.Schema(reflect.TypeFor[problem](), true, "Problem")
	schemas := map[string]any{"Envelope": envelopeSchema()}
	for name, schema := range reg.Map() {
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

var pathParameter = regexp.MustCompile(`\{([a-z]+)\}`)

func operation(reg huma.Registry, rt *route) map[string]any {
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
	case len(rt.body) > 0:
		content("application/json", objectSchema(rt.body))
	}
	if !rt.access.open {
		security := []any{map[string]any{"session": []string{}}}
		if rt.access.scope != "" {
			security = append(security, map[string]any{"token": []string{string(rt.access.scope)}})
		}
		op["security"] = security
		op["x-roles"] = rt.access.roles
	}
	return op
}

func responses(reg huma.Registry, rt *route) map[string]any {
	good := map[string]any{"description": "Được"}
	media, schema := rt.media, any(map[string]any{"type": "string", "format": "binary"})
	if rt.answer != nil {
		media, schema = "application/json", reg.Schema(reflect.TypeOf(rt.answer), true, rt.id)
	}
	if media != "" {
		good["content"] = map[string]any{media: map[string]any{"schema": schema}}
	}
	bad := func(what string) any {
		return map[string]any{"description": what, "content": map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}}
	}
	out := map[string]any{itoa(rt.status200()): good, "429": bad("Quá nhiều yêu cầu, hoặc hàng đợi đầy"), "500": bad("Máy chủ gặp lỗi"), "503": bad("Kho lưu trữ hoặc bộ chuyển đổi chưa sẵn sàng")}
	if rt.path == "/readyz" {
		out["503"] = map[string]any{"description": "Chưa sẵn sàng", "content": good["content"]}
	}
	if !rt.access.open {
		maps.Copy(out, map[string]any{"401": bad("Chưa đăng nhập"), "403": bad("Không có quyền")})
	}
	if rt.id == "createSession" {
		out["401"] = bad("Sai tên đăng nhập hoặc mật khẩu")
	}
	if strings.Contains(rt.path, "{") {
		out["404"] = bad("Không có")
	}
	if rt.ifMatch {
		maps.Copy(out, map[string]any{"412": bad("Đã thay đổi từ lúc đọc"), "428": bad("Thiếu If-Match"), "409": bad("Trạng thái không cho phép")})
	}
	if rt.ifMatch || rt.once || len(rt.query) > 0 || rt.body != nil || rt.raw != "" {
		out["422"] = bad("Dữ liệu chưa đúng")
	}
	if rt.body != nil || rt.raw != "" {
		maps.Copy(out, map[string]any{"413": bad("Quá lớn"), "415": bad("Không đúng loại nội dung")})
	}
	return out
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
