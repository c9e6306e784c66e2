package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"vanthu/record"
	"vanthu/server/addresses"
)

func bookAddress(organization string) string { return "/so-dia-chi/" + organization }

// mayKeep says whether the viewer may change the organisation's address book.
func (v *viewer) mayKeep(organization string) bool {
	return v.grants[organization].Has(addressKeepers.roles...)
}

type bookRow struct {
	ID, Name string
	Entries  int
}

// showAddressBooks lists the books that the viewer may open.
func showAddressBooks(s *Server, c *call) error {
	var all []bookRow
	for _, id := range c.viewer.organizations() {
		if !c.viewer.grants[id].Has(addressReaders.roles...) {
			continue
		}
		name, err := s.organizationName(c.ctx, id)
		if err != nil {
			return err
		}
		book, err := s.cfg.Addresses.Book(c.ctx, id)
		if err != nil {
			return err
		}
		all = append(all, bookRow{id, name, len(book.Entries)})
	}
	return s.show(c, http.StatusOK, "addressbooks", screen{Title: s.say(c, "addresses.title"), Here: "/so-dia-chi", Width: "reading", Body: all})
}

type bookPage struct {
	Organization, Name string
	Query              string
	All, Found         int
	Items              []addresses.Entry
	Start, Next        string // addresses of the first and the next part; "" where there is none
	Keeps              bool
	Today              record.Date
	Problem            *problem // of a file that was not taken in
}

// State is how an entry stands on the day of the page: "now", "past", "coming".
func (p bookPage) State(e addresses.Entry) string {
	switch {
	case e.Holds(p.Today):
		return "now"
	case e.ValidTo != "" && e.ValidTo < p.Today:
		return "past"
	}
	return "coming"
}

const addressesOnPage = 100

var addressPageQuery = []member{addressQuery[0], {name: "from", kind: "integer", doc: "Bỏ qua bao nhiêu mục đầu", max: addresses.MaxEntries}, {name: noticeName, kind: "string", max: 30}}

func showAddressBook(s *Server, c *call) error {
	q, err := readQuery(c.Request, addressPageQuery)
	if err != nil {
		return err
	}
	return s.bookScreen(c, http.StatusOK, notice{}, bookPage{Query: q.text("q")}, q.number("from"))
}

func (s *Server) bookScreen(c *call, status int, said notice, page bookPage, from int) error {
	page.Organization = c.Param("organization")
	page.Keeps, page.Today = c.viewer.mayKeep(page.Organization), record.DateOf(s.cfg.Now())
	book, err := s.cfg.Addresses.Book(c.ctx, page.Organization)
	if err != nil {
		return err
	}
	if page.Name, err = s.organizationName(c.ctx, page.Organization); err != nil {
		return err
	}
	found := book.Find(page.Query)
	page.All, page.Found = len(book.Entries), len(found)
	at := func(from int) string {
		v := url.Values{}
		if page.Query != "" {
			v.Set("q", page.Query)
		}
		if from > 0 {
			v.Set("from", itoa(from))
		}
		return bookAddress(page.Organization) + "?" + v.Encode()
	}
	if from > 0 {
		page.Start = at(0)
	}
	page.Items = found[min(from, len(found)):]
	if len(page.Items) > addressesOnPage {
		page.Items, page.Next = page.Items[:addressesOnPage], at(from+addressesOnPage)
	}
	return s.show(c, status, "addresses", screen{Title: s.say(c, "addresses.title"), Here: "/so-dia-chi", Notice: said, Body: page})
}

var addressFile = []member{{name: "file", kind: "file", doc: "Tệp CSV", required: true, max: addresses.MaxCSV}}

// importFromPage takes a file of addresses into the book and says what it did, or
// all that is wrong with it.
func importFromPage(s *Server, c *call) error {
	_, files, err := readParts(c.Request, addressFile)
	var done addresses.Imported
	if err == nil {
		done, err = s.cfg.Addresses.Import(c.ctx, c.Param("organization"), files["file"])
	}
	if err == nil {
		return s.bookScreen(c, http.StatusOK, notice{"success", s.say(c, "addresses.imported", done.Added, done.Changed, done.Same)}, bookPage{}, 0)
	}
	p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests)
	if !ok {
		return err
	}
	return s.bookScreen(c, p.Status, notice{}, bookPage{Problem: p}, 0)
}

// addressMembers are the fields of the form: what they may hold the book says, all
// at once.
var addressMembers = []member{
	{name: "name", kind: "string", doc: "Tên nơi nhận"}, {name: "code", kind: "string", doc: "Mã định danh"}, {name: "channel", kind: "string", doc: "Cách gửi"},
	{name: "email", kind: "string", doc: "Thư điện tử"}, {name: "postal_address", kind: "string", doc: "Địa chỉ bưu chính"}, {name: "purposes", kind: "strings", doc: "Mục đích"},
	{name: "valid_from", kind: "string", doc: "Dùng từ ngày"}, {name: "valid_to", kind: "string", doc: "Dùng đến hết ngày"}, {name: "note", kind: "string", doc: "Ghi chú"},
}

type addressPage struct {
	Organization, Name string // whose book it is
	Entry              addresses.Entry
	Saved              string // name of the entry as the book has it; "" for a new one
	Seen               int
	Keeps              bool
	Problem            *problem
	Faults             troubled
}

// Address is the entry's page.
func (p addressPage) Address() string { return bookAddress(p.Organization) + "/" + p.Entry.ID }

// Action is where the form goes.
func (p addressPage) Action() string {
	if p.Saved == "" {
		return bookAddress(p.Organization) + "/moi"
	}
	return p.Address() + "/sua"
}

func (p addressPage) Channels() []string { return addresses.Channels }
func (p addressPage) Purposes() []string { return addresses.Purposes }

// addressText is one line of text of the form.
type addressText struct {
	Name, Type, Value string
	Faults            []string
}

// Text is the field of that name.
func (p addressPage) Text(name string) addressText {
	e, kind := p.Entry, "text"
	if name == "valid_from" || name == "valid_to" {
		kind = "date"
	}
	value := map[string]string{"name": e.Name, "code": e.Code, "email": e.Email, "postal_address": e.PostalAddress, "valid_from": string(e.ValidFrom), "valid_to": string(e.ValidTo), "note": e.Note}[name]
	return addressText{name, kind, value, p.Faults.At(name)}
}

// For says whether the entry has the purpose.
func (p addressPage) For(purpose string) bool { return slices.Contains(p.Entry.Purposes, purpose) }

func showNewAddress(s *Server, c *call) error {
	return s.addressScreen(c, http.StatusOK, addressPage{Entry: addresses.Entry{Channel: "portal"}})
}

func showAddressPage(s *Server, c *call) error {
	e, err := s.cfg.Addresses.Entry(c.ctx, c.Param("organization"), c.Param("entry"))
	if err != nil {
		return err
	}
	return s.addressScreen(c, http.StatusOK, addressPage{Entry: e, Saved: e.Name, Seen: e.Revision})
}

func (s *Server) addressScreen(c *call, status int, page addressPage) (err error) {
	page.Organization = c.Param("organization")
	page.Keeps = c.viewer.mayKeep(page.Organization)
	if page.Name, err = s.organizationName(c.ctx, page.Organization); err != nil {
		return err
	}
	title := s.say(c, "address.new")
	if page.Saved != "" {
		title = page.Saved
	}
	return s.show(c, status, "address", screen{Title: title, Here: "/so-dia-chi", Width: "reading", Body: page})
}

func postNewAddress(s *Server, c *call) error {
	return s.saveAddress(c, addressPage{}, func(e addresses.Entry) error {
		_, err := s.cfg.Addresses.Add(c.ctx, c.Param("organization"), e)
		return err
	})
}

func postAddress(s *Server, c *call) error {
	was, seen, err := s.postedAddress(c)
	if err != nil {
		return err
	}
	return s.saveAddress(c, addressPage{Entry: was, Saved: was.Name, Seen: seen}, func(e addresses.Entry) error {
		_, err := s.cfg.Addresses.Change(c.ctx, c.Param("organization"), e, seen)
		return err
	})
}

// postedAddress is the entry of the path and the revision that the form showed.
func (s *Server) postedAddress(c *call) (e addresses.Entry, seen int, err error) {
	if e, err = s.cfg.Addresses.Entry(c.ctx, c.Param("organization"), c.Param("entry")); err != nil {
		return e, 0, err
	}
	if err = c.parsePosted(); err != nil {
		return e, 0, err
	}
	if seen, err = strconv.Atoi(c.Request.PostForm.Get(seenField)); err != nil || seen <= 0 {
		return e, 0, refusal(http.StatusUnprocessableEntity, "form-incomplete", "Biểu mẫu gửi lên thiếu dữ liệu; hãy mở lại trang")
	}
	return e, seen, nil
}

// saveAddress saves what the form has; what is wrong is shown at its fields.
func (s *Server) saveAddress(c *call, page addressPage, save func(addresses.Entry) error) error {
	v, err := c.posted(addressMembers)
	id := page.Entry.ID
	page.Entry = addressFrom(v)
	page.Entry.ID = id
	if err == nil {
		err = save(page.Entry)
	}
	if err == nil {
		return c.redirect(bookAddress(c.Param("organization")) + "?" + noticeName + "=address-saved")
	}
	p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if !ok {
		return err
	}
	page.Problem, page.Faults = p, p.Errors
	return s.addressScreen(c, p.Status, page)
}

func removeAddress(s *Server, c *call) error {
	e, seen, err := s.postedAddress(c)
	if err == nil {
		err = s.cfg.Addresses.Remove(c.ctx, c.Param("organization"), e.ID, seen)
	}
	if err == nil {
		return c.redirect(bookAddress(c.Param("organization")) + "?" + noticeName + "=address-removed")
	}
	p, ok := s.retell(c, err, http.StatusPreconditionFailed, http.StatusTooManyRequests)
	if !ok {
		return err
	}
	return s.addressScreen(c, p.Status, addressPage{Entry: e, Saved: e.Name, Seen: e.Revision, Problem: p})
}

// mostKnown bounds the names that a draft's form carries.
const mostKnown = 1000

// knownRecipients are the names of the address book that hold on a day, for who
// types nơi nhận. A book that cannot be read keeps nobody from drafting.
func (s *Server) knownRecipients(c *call, organization string, on record.Date) (names []string) {
	book, err := s.cfg.Addresses.Book(c.ctx, organization)
	if err != nil {
		s.cfg.Log.WarnContext(c.ctx, "address book", slog.String("organization", organization), slog.Any("error", err))
	}
	for _, e := range book.Entries {
		if e.Holds(on) && len(names) < mostKnown {
			names = append(names, e.Name)
		}
	}
	return names
}
