package record

import (
	"fmt"
	"slices"
)

// State is one journal folded up to entry Seq.
type State struct {
	Journal       string              `json:"journal"`
	Seq           uint64              `json:"seq"`
	Head          Digest              `json:"head"` // digest of entry Seq
	Documents     map[string]Document `json:"documents"`
	Counters      map[string]Counter  `json:"counters"`      // by CounterKey
	Requests      map[string]Answered `json:"requests"`      // by RequestKey
	Organizations map[string]Digest   `json:"organizations"` // system journal: in force
	Templates     map[string]Digest   `json:"templates"`     // system journal: in force
}

// Counter is the last number of one series in one year.
type Counter struct {
	Last     int  `json:"last"`
	LastDate Date `json:"last_date"`
}

// Answered is a request that the journal already holds.
type Answered struct {
	Document string `json:"document"`
	Body     Digest `json:"body"`
	Seq      uint64 `json:"seq"`
}

// NewState is a journal without entries.
func NewState(journal string) *State {
	return &State{Journal: journal, Documents: map[string]Document{}, Counters: map[string]Counter{},
		Requests: map[string]Answered{}, Organizations: map[string]Digest{}, Templates: map[string]Digest{}}
}

// CounterKey names a series and year within a journal.
func CounterKey(series string, year int) string { return fmt.Sprintf("%s/%d", series, year) }

// RequestKey names a request of an actor within a journal.
func RequestKey(actor, request string) string { return actor + "\x00" + request }

// Apply adds entry e, stored with digest d, to the state. It is the only fold,
// and pure: no clock, no store. An entry that breaks a rule changes nothing
// and is a Conflict, so a command checks itself by applying before it appends.
func Apply(s *State, e Entry, d Digest) error {
	refuse := func(code, format string, args ...any) error {
		return E(Conflict, code, fmt.Sprintf(format, args...))
	}
	if e.Journal != s.Journal || e.Seq != s.Seq+1 || e.Previous != s.Head {
		return refuse("journal-order", "Mục %s/%d không nối tiếp mục %s/%d", e.Journal, e.Seq, s.Journal, s.Seq)
	}
	if e.Request != "" {
		if _, done := s.Requests[RequestKey(e.Actor, e.Request)]; done {
			return refuse("request-repeated", "Yêu cầu %q đã được ghi", e.Request)
		}
	}
	var err error
	if e.Journal == SystemJournal {
		err = applySystem(s, e, refuse)
	} else {
		err = applyDocument(s, e, refuse)
	}
	if err != nil {
		return err
	}
	if e.Request != "" {
		s.Requests[RequestKey(e.Actor, e.Request)] = Answered{Document: e.Document, Body: e.RequestDigest, Seq: e.Seq}
	}
	s.Seq, s.Head = e.Seq, d
	return nil
}

type refusal func(code, format string, args ...any) error

func applySystem(s *State, e Entry, refuse refusal) error {
	if e.Published == nil || e.Published.ID == "" || !e.Published.SHA256.Valid() {
		return refuse("entry-incomplete", "Mục hệ thống %q thiếu dữ liệu được công bố", e.Command)
	}
	switch e.Command {
	case CmdPublishOrganization:
		s.Organizations[e.Published.ID] = e.Published.SHA256
	case CmdPublishTemplate:
		s.Templates[e.Published.ID] = e.Published.SHA256
	default:
		return refuse("command-unknown", "Lệnh %q không thuộc nhật ký hệ thống", e.Command)
	}
	return nil
}

func applyDocument(s *State, e Entry, refuse refusal) error {
	t, ok := Transitions[e.Command]
	if !ok {
		return refuse("command-unknown", "Không có lệnh %q", e.Command)
	}
	doc, exists := s.Documents[e.Document]
	switch {
	case e.Document == "":
		return refuse("entry-incomplete", "Mục nhật ký không nêu văn bản")
	case t.From == nil && exists:
		return refuse("document-exists", "Văn bản %s đã có", e.Document)
	case t.From != nil && !exists:
		return E(NotFound, "document-not-found", fmt.Sprintf("Không có văn bản %s", e.Document))
	case exists && !slices.Contains(t.From, doc.State):
		return refuse("state", "Văn bản đang ở trạng thái %s, không thể thực hiện lệnh %s", doc.State, e.Command)
	case t.Reason && e.Reason == "":
		return Faulty("reason-missing", "Thiếu lý do", []Fault{{Pointer: "/reason", Code: "required", Message: "Phải nêu lý do"}})
	case t.NewVersion && (e.Version != doc.Version+1 || !e.Manifest.Valid()):
		return refuse("version", "Phiên bản mới phải là %d và có bản kê", doc.Version+1)
	case !t.NewVersion && (e.Version != 0 || e.Manifest != "" || e.PDF != ""):
		return refuse("version", "Lệnh %s không tạo phiên bản", e.Command)
	}
	if !exists {
		doc = Document{ID: e.Document, Journal: e.Journal, Request: e.Request}
	}
	if err := particulars(s, &doc, e, refuse); err != nil {
		return err
	}
	doc.State = t.To
	if t.NewVersion {
		doc.Version, doc.Manifest, doc.PDF = e.Version, e.Manifest, e.PDF
	}
	if t.Reason {
		doc.Reason = e.Reason
	}
	s.Documents[doc.ID] = doc
	return nil
}

// particulars applies what only one command brings.
func particulars(s *State, doc *Document, e Entry, refuse refusal) error {
	incomplete := func() error { return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command) }
	switch e.Command {
	case CmdDraft, CmdRevise:
		if e.Draft == nil || e.Draft.Type == "" {
			return incomplete()
		}
		doc.Type, doc.Wanted, doc.Whole = e.Draft.Type, e.Draft.Wanted, e.Draft.Whole
		doc.Series, doc.Year, doc.Digits, doc.Signatory = "", 0, 0, ""
	case CmdSubmit:
		f := e.Submitted
		if f == nil || f.Series == "" || f.Year == 0 || f.Digits < 2 || f.Signatory == "" || !e.PDF.Valid() {
			return incomplete()
		}
		doc.Series, doc.Year, doc.Digits, doc.Signatory = f.Series, f.Year, f.Digits, f.Signatory
	case CmdSign:
		if !e.PDF.Valid() {
			return incomplete()
		}
		if e.Read != doc.PDF {
			return E(Precondition, "pdf-changed", "Bản PDF đã đọc không phải là bản đang trình ký")
		}
	case CmdNumber:
		return number(s, doc, e.Numbering, refuse, incomplete)
	case CmdSeal:
		if !e.PDF.Valid() {
			return incomplete()
		}
	case CmdSupersede, CmdCorrect:
		if e.Linked == "" || e.Linked == doc.ID {
			return incomplete()
		}
		doc.Linked = append(slices.Clone(doc.Linked), e.Linked)
	case CmdDispatch, CmdReceipt:
		if e.Recipient == "" {
			return incomplete()
		}
		if e.Command == CmdDispatch {
			doc.Dispatched++
		} else {
			doc.Received++
		}
	}
	return nil
}

// number keeps the rules of NĐ 30/2020, Điều 15: 1..N in a series and year, in
// time order, no gap, none twice.
func number(s *State, doc *Document, n *Numbering, refuse refusal, incomplete func() error) error {
	if n == nil || n.Symbol == "" || n.Date == "" {
		return incomplete()
	}
	if n.Series != doc.Series || n.Year != doc.Year || n.Date.Year() != doc.Year {
		return refuse("year-changed", "Văn bản đã ký ghi năm %d, không thể lấy số vào ngày %s; hãy hủy chữ ký để lập lại", doc.Year, n.Date.Vietnamese())
	}
	key := CounterKey(n.Series, n.Year)
	c, begun := s.Counters[key]
	if !begun {
		c.Last = n.Opening
	}
	if n.Number != c.Last+1 {
		return refuse("number-order", "Số tiếp theo là %d, không phải %d", c.Last+1, n.Number)
	}
	if n.Date < c.LastDate {
		return refuse("date-backwards", "Ngày %s sớm hơn ngày của số trước (%s)", n.Date.Vietnamese(), c.LastDate.Vietnamese())
	}
	if len(NumberText(n.Number)) > doc.Digits {
		return refuse("number-too-wide", "Số %d không vừa chỗ trống %d chữ số đã ký; hãy hủy chữ ký để lập lại", n.Number, doc.Digits)
	}
	s.Counters[key] = Counter{Last: n.Number, LastDate: n.Date}
	doc.Number, doc.Symbol, doc.Date = n.Number, n.Symbol, n.Date
	return nil
}
