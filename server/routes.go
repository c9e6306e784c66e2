package server

import (
	"net/http"
	"slices"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
)

const (
	api       = "/api/v1"
	mediaText = "text/plain; version=0.0.4"
	operation = "operation" // tag of what machines ask, by whatever name
)

var (
	anyone  = access{open: true}
	self    = access{}                          // logged in by a session
	reader  = access{scope: accounts.ScopeRead} // any role
	drafter = may(record.CmdDraft)              // a secretary
	keepers = access{scope: accounts.ScopeRead, roles: []record.Role{record.Clerk, record.Archivist}}
	book    = access{scope: accounts.ScopeRead, // who keeps or searches the registers
		roles: []record.Role{record.Clerk, record.Archivist, record.Secretary, record.Official}}
)

// apiRoutes is the table of the API: what there is and who may use it. Commands
// on a document take their access from record.Transitions.
func apiRoutes() []*route {
	get := func(path, id, summary, tag string, a access, answer any, handle func(*Server, *call) error) *route {
		return &route{method: "GET", path: path, id: id, summary: summary, tag: tag, access: a, answer: answer, handle: handle}
	}
	file := func(path, id, summary, media string, handle func(*Server, *call) error) *route {
		return &route{method: "GET", path: path, id: id, summary: summary, tag: "documents", access: reader, media: []string{media}, handle: handle}
	}
	read := func(how string, rt *route) *route { rt.reads = how; return rt }
	routes := []*route{
		{method: "POST", path: api + "/sessions", id: "createSession", summary: "Đăng nhập; đặt cookie phiên làm việc", tag: "account", access: anyone, answer: Account{},
			body:    []member{{name: "username", kind: "string", doc: "Tên đăng nhập", required: true, max: 63, secret: true}, {name: "password", kind: "string", doc: "Mật khẩu", required: true, max: 1000, secret: true}},
			maxBody: 16 << 10, also: []int{http.StatusUnauthorized}, handle: createSession},
		get(api+"/sessions", "showSession", "Tài khoản đang dùng và vai trò", "account", reader, Account{}, showSession),
		{method: "DELETE", path: api + "/sessions", id: "deleteSession", summary: "Đăng xuất", tag: "account", access: self, status: http.StatusNoContent, handle: deleteSession},
		{method: "POST", path: api + "/password", id: "changePassword", summary: "Đổi mật khẩu; mọi phiên khác kết thúc", tag: "account", access: self, status: http.StatusNoContent,
			body:    []member{{name: "current", kind: "string", doc: "Mật khẩu hiện tại", required: true, max: 1000, secret: true}, {name: "password", kind: "string", doc: "Mật khẩu mới", required: true, max: 1000, secret: true}},
			maxBody: 16 << 10, handle: changePassword},
		get(api+"/tokens", "listTokens", "Các mã truy cập của tài khoản", "account", self, Tokens{}, listTokens),
		{method: "POST", path: api + "/tokens", id: "createToken", summary: "Tạo mã truy cập cho chương trình", tag: "account", access: self, status: http.StatusCreated, answer: NewToken{},
			body: []member{{name: "name", kind: "string", doc: "Dùng để làm gì", required: true, max: 100},
				{name: "scopes", kind: "strings", doc: "Phạm vi", required: true, enum: []string{"read", "draft", "sign", "clerk"}},
				{name: "days", kind: "integer", doc: "Số ngày hiệu lực, mặc định 90", max: 366}},
			maxBody: 16 << 10, also: []int{http.StatusConflict}, handle: createToken},
		{method: "DELETE", path: api + "/tokens/{token}", id: "deleteToken", summary: "Thu hồi mã truy cập", tag: "account", access: self, status: http.StatusNoContent, handle: deleteToken},

		{method: "GET", path: api + "/documents", id: "listDocuments", summary: "Tìm và liệt kê văn bản", tag: "documents", access: reader, query: listQuery, answer: Documents{}, handle: listDocuments},
		listRoute(csvList), listRoute(xlsxList), listRoute(pdfList),
		{method: "POST", path: api + "/documents", id: "createDocument", summary: "Lập dự thảo", tag: "documents", access: drafter, raw: "application/json", once: true, status: http.StatusCreated, answer: Document{}, handle: createDocument},
		read("json", &route{method: "GET", path: api + "/documents/{id}", id: "showDocument", summary: "Một văn bản", tag: "documents", access: reader, answer: Document{}, also: []int{http.StatusNotModified}, handle: showDocument}),
		{method: "PUT", path: api + "/documents/{id}", id: "reviseDocument", summary: "Sửa dự thảo", tag: "documents", access: may(record.CmdRevise), raw: "application/json", ifMatch: true, answer: Document{}, handle: reviseDocument},
		read("history", get(api+"/documents/{id}/history", "showHistory", "Những việc đã làm với văn bản", "documents", reader, Steps{}, showHistory)),
		read("findings", get(api+"/documents/{id}/findings", "showFindings", "Kết quả kiểm tra thể thức", "documents", reader, Findings{}, showFindings)),
		read("preview", &route{method: "GET", path: api + "/documents/{id}/preview", id: "previewDocument", summary: "Xem trước dự thảo", tag: "documents", access: reader, query: previewQuery, media: []string{mediaPDF, mediaDOCX}, also: []int{http.StatusConflict}, handle: servePreview}),
		read("manifest", &route{method: "GET", path: api + "/documents/{id}/versions/{version}/manifest", id: "showManifest", summary: "Bản kê của phiên bản", tag: "documents", access: reader, answer: record.Version{}, also: []int{http.StatusNotModified}, handle: serveManifest}),
		read("pdf", file(api+"/documents/{id}/versions/{version}/pdf", "showVersionPDF", "Tệp PDF của phiên bản", mediaPDF, serveVersionFile("pdf"))),
		read("docx", file(api+"/documents/{id}/versions/{version}/docx", "showVersionDOCX", "Tệp DOCX của phiên bản", mediaDOCX, serveVersionFile("docx"))),
		read("remade", get(api+"/documents/{id}/versions/{version}/remade", "showRemade", "Lập lại DOCX của phiên bản theo mẫu và dữ liệu đã lưu, so với bản đã lưu", "documents", reader, Remade{}, showRemade)),
		read("docx", file(api+"/documents/{id}/versions/{version}/remade/docx", "showRemadeDOCX", "Tệp DOCX lập lại của phiên bản", mediaDOCX, serveRemadeDOCX)),
		read("input", file(api+"/documents/{id}/versions/{version}/json", "showVersionInput", "Dữ liệu JSON của phiên bản", "application/json", serveVersionFile("json"))),

		{method: "POST", path: api + "/documents/{id}/attachments", id: "attachDocument", summary: "Kèm thêm một tệp PDF vào dự thảo", tag: "documents", access: may(record.CmdAttach),
			parts: attachmentParts, maxBody: desk.MaxAttachmentSize + 64<<10, slow: true, ifMatch: true, answer: Document{}, handle: attach},
		read("attachment", file(api+"/documents/{id}/versions/{version}/attachments/{file}", "showAttachment", "Tệp kèm theo của phiên bản", mediaPDF, serveAttachment)),
		read("copy", file(api+"/documents/{id}/copies/{copy}/pdf", "showCopy", "Bản sao y, sao lục, trích sao", mediaPDF, serveCopy)),
		read("deliveries", &route{method: "GET", path: api + "/documents/{id}/deliveries", id: "showDeliveries", summary: "Danh sách nơi nhận: như in, như lưu, như đã gửi", tag: "documents", access: reader, answer: Deliveries{}, also: []int{http.StatusConflict}, handle: showDeliveries}),
		read("deliveries", &route{method: "GET", path: api + "/documents/{id}/deliveries/list", id: "showDispatchList", summary: "Danh sách gửi để in và ký nhận", tag: "documents", access: reader, query: copyBookQuery, media: bookMedias, slow: true, also: []int{http.StatusConflict}, handle: serveDispatchList}),
		{method: "GET", path: api + "/documents/{id}/access", id: "showAccess", summary: "Lịch sử truy cập: ai đã đọc văn bản, khi nào, cách nào", tag: "documents", access: readKeepers, query: accessQuery, answer: Accesses{}, handle: showAccess},
		get(api+"/evidence", "listEvidence", "Văn bản đã phát hành, theo thời hạn phải bổ sung hay gia hạn bằng chứng xác thực", "verify", keepers, Evidence{}, listEvidence),

		{method: "GET", path: api + "/registers/{organization}/{year}", id: "showRegister", summary: "Sổ đăng ký văn bản đi", tag: "registers", access: book, query: registerQuery, answer: Register{}, handle: showRegister},
		get(api+"/registers/{organization}/{year}/copies", "showCopyRegister", "Sổ bản sao: sao y, sao lục, trích sao", "registers", book, CopyRegister{}, showCopyRegister),
		{method: "GET", path: api + "/registers/{organization}/{year}/book", id: "showBook", summary: "Sổ đăng ký văn bản đi để in và đóng quyển", tag: "registers", access: book, query: registerBookQuery, media: bookMedias, slow: true, handle: serveBook},
		{method: "GET", path: api + "/registers/{organization}/{year}/copies/book", id: "showCopyBook", summary: "Sổ bản sao để in và đóng quyển", tag: "registers", access: book, query: copyBookQuery, media: bookMedias, slow: true, handle: serveCopyBook},
		{method: "GET", path: api + "/reports/{organization}/{year}", id: "showReport", summary: "Báo cáo văn bản đi của năm", tag: "registers", access: book, query: reportQuery, answer: Report{}, media: bookMedias, slow: true, handle: serveReport},
		get(api+"/organizations", "listOrganizations", "Các cơ quan của tài khoản", "office", reader, Organizations{}, listOrganizations),
		{method: "POST", path: api + "/verify", id: "verifyPDF", summary: "Kiểm tra chữ ký của một tệp PDF", tag: "verify", access: reader, raw: mediaPDF, maxBody: maxVerify, slow: true, answer: Verified{}, handle: verifyPDF},

		get("/healthz", "health", "Chương trình đang chạy", operation, anyone, map[string]string{}, serveHealth),
		get("/readyz", "ready", "Kho lưu trữ và bộ chuyển đổi hoạt động", operation, anyone, readiness{}, serveReady),
		{method: "GET", path: "/metrics", id: "metrics", summary: "Số đo cho Prometheus", tag: operation, access: anyone, media: []string{mediaText}, handle: serveMetrics},
		get("/openapi.json", "openapi", "Tài liệu này", operation, anyone, map[string]any{}, serveSpec),
	}
	return slices.Concat(routes, templateRoutes(), actionRoutes(), signatureRoutes(), keepingRoutes(), dossierRoutes(), closingRoutes(), handoverRoutes(), addressRoutes(), searchRoutes())
}
