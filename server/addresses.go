package server

import (
	"fmt"
	"net/http"

	"vanthu/record"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
)

// Addresses are the entries of an organisation's address book.
type Addresses struct {
	Organization string            `json:"organization"`
	Revision     int               `json:"revision" doc:"Counts the changes of the book"`
	Items        []addresses.Entry `json:"items"`
}

const mediaCSV = "text/csv"

var (
	addressReaders = access{scope: accounts.ScopeRead, roles: []record.Role{record.Clerk, record.Secretary}}
	addressKeepers = access{scope: accounts.ScopeClerk, roles: []record.Role{record.Clerk}}

	addressQuery = []member{{name: "q", kind: "string", doc: "Chữ có trong tên, mã định danh hoặc thư điện tử, có dấu hay không", max: 300}}
	addressBody  = []member{
		{name: "name", kind: "string", doc: "Tên như in ở nơi nhận", required: true, max: 300},
		{name: "code", kind: "string", doc: "Mã định danh (QĐ 20/2020/QĐ-TTg)", max: 35},
		{name: "channel", kind: "string", doc: "Cách gửi", required: true, enum: addresses.Channels},
		{name: "email", kind: "string", doc: "Thư điện tử", max: 254},
		{name: "postal_address", kind: "string", doc: "Địa chỉ bưu chính", max: 250},
		{name: "purposes", kind: "strings", doc: "Mục đích thường gửi", enum: addresses.Purposes},
		{name: "valid_from", kind: "string", doc: "Dùng từ ngày, YYYY-MM-DD", max: 10},
		{name: "valid_to", kind: "string", doc: "Dùng đến hết ngày, YYYY-MM-DD", max: 10},
		{name: "note", kind: "string", doc: "Ghi chú", max: 500},
	}
)

func addressRoutes() []*route {
	const book, entry, file = api + "/addresses/{organization}", api + "/addresses/{organization}/{entry}", api + "/addresses/{organization}/csv"
	return []*route{
		{method: "GET", path: book, id: "listAddresses", summary: "Sổ địa chỉ của cơ quan", tag: "addresses", access: addressReaders, query: addressQuery, answer: Addresses{}, handle: listAddresses},
		{method: "POST", path: book, id: "createAddress", summary: "Thêm một địa chỉ", tag: "addresses", access: addressKeepers, body: addressBody, status: http.StatusCreated, answer: addresses.Entry{},
			also: []int{http.StatusConflict}, handle: createAddress},
		{method: "GET", path: file, id: "exportAddresses", summary: "Sổ địa chỉ thành tệp CSV", tag: "addresses", access: addressReaders, media: []string{mediaCSV}, handle: exportAddresses},
		{method: "POST", path: file, id: "importAddresses", summary: "Nhận địa chỉ từ tệp CSV: tất cả, hoặc không gì cả", tag: "addresses", access: addressKeepers, raw: mediaCSV, maxBody: addresses.MaxCSV + 1,
			answer: addresses.Imported{}, also: []int{http.StatusConflict}, handle: importAddresses},
		{method: "GET", path: entry, id: "showAddress", summary: "Một địa chỉ", tag: "addresses", access: addressReaders, answer: addresses.Entry{}, handle: showAddress},
		{method: "PUT", path: entry, id: "changeAddress", summary: "Sửa một địa chỉ", tag: "addresses", access: addressKeepers, body: addressBody, admit: admitAddress, answer: addresses.Entry{}, handle: changeAddress},
		{method: "DELETE", path: entry, id: "deleteAddress", summary: "Bỏ một địa chỉ khỏi sổ", tag: "addresses", access: addressKeepers, admit: admitAddress, status: http.StatusNoContent, handle: deleteAddress},
	}
}

// admitAddress refuses a request about an address that is not the one seen,
// before anything else of it is looked at.
func admitAddress(s *Server, c *call) error {
	e, err := s.cfg.Addresses.Entry(c.ctx, c.Param("organization"), c.Param("entry"))
	if err != nil {
		return err
	}
	match := c.GetHeader("If-Match")
	seen, ok := parseETag(match)
	switch {
	case match == "":
		return refusal(http.StatusPreconditionRequired, "if-match-missing", "Thiếu If-Match: ghi ETag của địa chỉ đã đọc")
	case !ok || seen != 0 && seen != uint64(e.Revision):
		return refusal(http.StatusPreconditionFailed, "address-changed", "Địa chỉ này đã được sửa từ lúc bạn đọc; hãy xem lại rồi thực hiện")
	}
	c.ref.Seen = seen
	return nil
}

// addressFrom makes an entry of what was sent.
func addressFrom(v values) addresses.Entry {
	return addresses.Entry{Name: v.text("name"), Code: v.text("code"), Channel: v.text("channel"), Email: v.text("email"), PostalAddress: v.text("postal_address"),
		Purposes: v.list("purposes"), Note: v.text("note"), Period: record.Period{ValidFrom: record.Date(v.text("valid_from")), ValidTo: record.Date(v.text("valid_to"))}}
}

func listAddresses(s *Server, c *call) error {
	q, err := readQuery(c.Request, addressQuery)
	if err != nil {
		return err
	}
	out := Addresses{Organization: c.Param("organization")}
	book, err := s.cfg.Addresses.Book(c.ctx, out.Organization)
	if err != nil {
		return err
	}
	out.Revision, out.Items = book.Revision, book.Find(q.text("q"))
	return c.json(out)
}

func (c *call) address(e addresses.Entry, err error) error {
	if err != nil {
		return err
	}
	c.Header("ETag", fmt.Sprintf(`"%d"`, e.Revision))
	return c.json(e)
}

func createAddress(s *Server, c *call) error {
	e, err := s.cfg.Addresses.Add(c.ctx, c.Param("organization"), addressFrom(c.body))
	if err == nil {
		c.Header("Location", c.Request.URL.Path+"/"+e.ID)
	}
	return c.address(e, err)
}

func showAddress(s *Server, c *call) error {
	return c.address(s.cfg.Addresses.Entry(c.ctx, c.Param("organization"), c.Param("entry")))
}

func changeAddress(s *Server, c *call) error {
	e := addressFrom(c.body)
	e.ID = c.Param("entry")
	return c.address(s.cfg.Addresses.Change(c.ctx, c.Param("organization"), e, int(c.ref.Seen)))
}

func deleteAddress(s *Server, c *call) error {
	if err := s.cfg.Addresses.Remove(c.ctx, c.Param("organization"), c.Param("entry"), int(c.ref.Seen)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func exportAddresses(s *Server, c *call) error {
	book, err := s.cfg.Addresses.Book(c.ctx, c.Param("organization"))
	if err != nil {
		return err
	}
	b, err := book.CSV()
	if err != nil {
		return err
	}
	return c.file(b, record.DigestOf(b), mediaCSV, "so-dia-chi-"+c.Param("organization")+".csv")
}

func importAddresses(s *Server, c *call) error {
	file, err := readAll(c.Request, mediaCSV)
	if err != nil {
		return err
	}
	done, err := s.cfg.Addresses.Import(c.ctx, c.Param("organization"), file)
	if err != nil {
		return err
	}
	return c.json(done)
}
