package server

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// searchQuery are the filters of a list.
var searchQuery = []member{
	{name: "q", kind: "string", doc: "Từ cần tìm, có dấu hoặc không dấu; \"cụm từ\" liền nhau, tuyên* là những từ bắt đầu như vậy, -từ là không có từ ấy", max: 500},
	{name: "in", kind: "string", doc: "Chỉ tìm các từ trong tên loại và trích yếu", enum: []string{"title"}},
	{name: "accents", kind: "string", doc: "Chỉ lấy từ viết đúng dấu như đã nêu", enum: []string{"exact"}},
	{name: "organization", kind: "strings", doc: "Cơ quan ban hành; nêu được nhiều lần"},
	{name: "type", kind: "string", doc: "Loại văn bản: KH, QĐ...", max: 20},
	{name: "year", kind: "integer", doc: "Năm văn bản", max: 9999},
	{name: "from", kind: "string", doc: "Từ ngày (năm-tháng-ngày)", pattern: isoDate},
	{name: "to", kind: "string", doc: "Đến ngày (năm-tháng-ngày)", pattern: isoDate},
	{name: "number", kind: "integer", doc: "Số văn bản", max: 99_999_999},
	{name: "symbol", kind: "string", doc: "Số, ký hiệu hoặc phần đầu", max: 100},
	{name: "recipient", kind: "string", doc: "Nơi nhận", max: 300},
	{name: "signatory", kind: "string", doc: "Người ký", max: 300},
	{name: "unit", kind: "string", doc: "Đơn vị soạn thảo, viết tắt như ở dòng Lưu", max: 100},
	{name: "series", kind: "string", doc: "Sổ số", max: 63},
	{name: "retention", kind: "string", doc: "Mã quy tắc bảo quản", max: 100},
	{name: "urgency", kind: "string", doc: "Mức độ khẩn", enum: []string{string(record.Urgent), string(record.VeryUrgent), string(record.Express)}},
	{name: "hold", kind: "string", doc: "Đang tạm giữ, không được tiêu hủy", enum: []string{"yes"}},
	{name: "state", kind: "strings", doc: "Trạng thái; nêu được nhiều lần", enum: statusNames()},
	{name: "sort", kind: "string", doc: "Thứ tự; khi có từ cần tìm mặc định là relevance, khi không là newest", enum: sortNames()},
}

// listQuery are the filters of a list with the page that is wanted.
var listQuery = slices.Concat(searchQuery, []member{
	{name: "limit", kind: "integer", doc: "Số mục mỗi trang, mặc định 20", max: 200},
	{name: "cursor", kind: "string", doc: "Con trỏ của trang trước", max: 500},
})

const isoDate = `^\d{4}-\d{2}-\d{2}$`

func sortNames() []string {
	var out []string
	for _, x := range storage.Sorts() {
		out = append(out, string(x))
	}
	return out
}

// statuses are all states, in the order of a document's way.
var statuses = []record.Status{record.Draft, record.Submitted, record.Returned, record.Signed, record.Numbered, record.Issued,
	record.Registered, record.Recalled, record.Superseded, record.Voided, record.Discarded}

func statusNames() []string {
	var out []string
	for _, x := range statuses {
		out = append(out, string(x))
	}
	return out
}

// queryOf is what is asked of the index, among the documents that the viewer may
// see.
func queryOf(v *viewer, q values) storage.Query {
	out := storage.Query{Words: q.text("q"), Title: q.text("in") != "", Exact: q.text("accents") != "",
		Organizations: v.organizations(), Issuers: q.list("organization"), Type: q.text("type"), Year: q.number("year"),
		From: record.Date(q.text("from")), To: record.Date(q.text("to")), Number: q.number("number"),
		Symbol: q.text("symbol"), Recipient: q.text("recipient"), Signatory: q.text("signatory"),
		Unit: q.text("unit"), Series: q.text("series"), Rule: q.text("retention"), Urgency: record.Urgency(q.text("urgency")), Held: q.text("hold") != "",
		Sort: storage.Sort(q.text("sort")), Limit: q.number("limit"), Cursor: q.text("cursor")}
	for _, x := range q.list("state") {
		out.States = append(out.States, record.Status(x))
	}
	return out
}

// find searches among the documents that the viewer may see.
func (s *Server) find(ctx context.Context, v *viewer, q values) (storage.Found, error) {
	if err := s.cfg.Index.CatchUpWithin(ctx, catchUpFor); err != nil {
		return storage.Found{}, err
	}
	found, err := s.cfg.Index.Find(ctx, queryOf(v, q))
	return found, askedWrongly(err)
}

// search asks the index after it has caught up with the journals.
func (s *Server) search(ctx context.Context, q storage.Query) ([]storage.Hit, error) {
	if err := s.cfg.Index.CatchUpWithin(ctx, catchUpFor); err != nil {
		return nil, err
	}
	return s.cfg.Index.Search(ctx, q)
}

// askedWrongly puts a fault of a question where the caller wrote it: the index
// calls q words.
func askedWrongly(err error) error {
	var e *record.Error
	if !errors.As(err, &e) || e.Kind != record.Invalid || len(e.Faults) == 0 {
		return err
	}
	faults := slices.Clone(e.Faults)
	for i := range faults {
		if faults[i].Pointer == "/words" {
			faults[i].Pointer = "/q"
		}
	}
	return record.Faulty(e.Code, e.Message, faults)
}

const pageSize = 20

// catchUpFor is how long a list waits for the newest entries of the journals.
const catchUpFor = 3 * time.Second

func listDocuments(s *Server, c *call) error {
	q, err := readQuery(c.Request, listQuery)
	if err != nil {
		return err
	}
	if q.number("limit") == 0 {
		q["limit"] = pageSize
	}
	f, err := s.find(c.ctx, c.viewer, q)
	if err != nil {
		return err
	}
	hits := f.Hits
	out := Documents{Total: f.Total, Items: make([]Item, 0, len(hits)), Incomplete: s.cfg.Index.Behind()}
	if q.text("cursor") == "" {
		out.Counts = &f.Counts
	}
	for _, h := range hits {
		out.Items = append(out.Items, itemOf(h))
	}
	if len(hits) == q.number("limit") {
		out.Next = hits[len(hits)-1].Cursor
		c.Header("Link", "<"+nextURL(c.Request.URL, out.Next)+`>; rel="next"`)
	}
	return c.json(out)
}

// nextURL is the same address with another cursor.
func nextURL(u *url.URL, cursor string) string {
	q := u.Query()
	q.Set("cursor", cursor)
	return u.Path + "?" + q.Encode()
}
