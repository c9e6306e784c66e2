package record

import (
	"fmt"
	"slices"
	"strings"
)

// State is one journal folded up to entry Seq.
type State struct {
	Journal       string              `json:"journal"`
	Seq           uint64              `json:"seq"`
	Head          Digest              `json:"head"` // digest of entry Seq
	Documents     map[string]Document `json:"documents"`
	Counters      map[string]Counter  `json:"counters"`      // by CounterKey
	Requests      map[string]Answered `json:"requests"`      // by RequestKey
	PDFs          map[Digest]Edition  `json:"pdfs"`          // every PDF there ever was
	Organizations map[string]Digest   `json:"organizations"` // system journal: in force
	Templates     map[string]Template `json:"templates"`     // system journal: every version
	// Grants in force, of the system journal: by account, then organisation.
	Grants map[string]map[string]Grant `json:"grants"`
	Links  map[Digest]Link             `json:"links"` // by the digest of their secret
	Mail   map[string]bool             `json:"mail"`  // documents about which messages wait to be sent
	// Opinions are the documents on which somebody's opinion is awaited.
	Opinions  map[string]bool      `json:"opinions"`
	Closings  map[string][]Closing `json:"closings"` // by CounterKey, oldest first
	Dossiers  map[string]Dossier   `json:"dossiers"` // by DossierKey
	Disposals map[string]Disposal  `json:"disposals"`
}

// Counter is the last number of one series in one year.
type Counter struct {
	Last     int  `json:"last"`
	LastDate Date `json:"last_date"`
	// Opening is the last number before the service's own, Earlier up to where
	// that old register was entered, and the day there.
	Opening     int  `json:"opening,omitempty"`
	Earlier     int  `json:"earlier,omitempty"`
	EarlierDate Date `json:"earlier_date,omitempty"`
}

// Answered is a request that the journal already holds.
type Answered struct {
	Document string `json:"document"`
	Body     Digest `json:"body"`
	Seq      uint64 `json:"seq"`
}

// Edition is one version of one document.
type Edition struct {
	Document string `json:"document"`
	Version  int    `json:"version"`
	Copy     int    `json:"copy,omitempty"` // a certified copy: its place in Document.Copies, from 1
}

// NewState is a journal without entries.
func NewState(journal string) *State {
	return &State{Journal: journal, Documents: map[string]Document{}, Counters: map[string]Counter{},
		Requests: map[string]Answered{}, PDFs: map[Digest]Edition{}, Organizations: map[string]Digest{}, Templates: map[string]Template{}, Grants: map[string]map[string]Grant{},
		Links: map[Digest]Link{}, Mail: map[string]bool{}, Opinions: map[string]bool{}, Closings: map[string][]Closing{},
		Dossiers: map[string]Dossier{}, Disposals: map[string]Disposal{}}
}

// CounterKey names a series and year within a journal.
func CounterKey(series string, year int) string { return fmt.Sprintf("%s/%d", series, year) }

// RequestKey names a request of an actor within a journal.
func RequestKey(actor, request string) string { return actor + "\x00" + request }

// change is what one entry does to a state.
type change struct {
	document   *Document
	counterKey string
	counter    Counter
	dossiers   []Dossier
	disposal   *Disposal
}

// Check says whether entry e may follow in the state, and changes nothing: a
// command checks itself before it appends.
func Check(s *State, e Entry) error {
	_, err := decide(s, e)
	return err
}

// Apply adds entry e, stored with digest d, to the state. It is the only fold,
// and pure: no clock, no store. An entry that breaks a rule changes nothing
// and is an *Error, mostly a Conflict.
func Apply(s *State, e Entry, d Digest) error {
	c, err := decide(s, e)
	if err != nil {
		return err
	}
	switch {
	case c.document != nil:
		s.Documents[c.document.ID] = *c.document
		s.follow(*c.document, e)
		if e.PDF != "" {
			s.PDFs[e.PDF] = Edition{Document: e.Document, Version: e.Version}
		}
		if e.Copied != nil {
			s.PDFs[e.Copied.PDF] = Edition{Document: e.Document, Version: c.document.Version, Copy: len(c.document.Copies)}
		}
	case len(c.dossiers) > 0:
		for _, d := range c.dossiers {
			s.Dossiers[d.Key()] = d
		}
		if c.disposal != nil {
			s.Disposals[c.disposal.ID] = *c.disposal
		}
	case e.Command == CmdClose:
		key := CounterKey(e.Closing.Series, e.Closing.Year)
		x := *e.Closing
		x.Seq = e.Seq
		s.Closings[key] = append(slices.Clip(s.Closings[key]), x)
	case e.Command == CmdPublishOrganization:
		s.Organizations[e.Published.ID] = e.Published.SHA256
	case e.Command == CmdPublishTemplate, e.Command == CmdRetireTemplate:
		applyTemplate(s, e)
	case e.Command == CmdGrant:
		applyGrant(s, *e.Grant)
	}
	if c.counterKey != "" {
		s.Counters[c.counterKey] = c.counter
	}
	if e.Request != "" {
		s.Requests[RequestKey(e.Actor, e.Request)] = Answered{Document: e.Document, Body: e.RequestDigest, Seq: e.Seq}
	}
	s.Seq, s.Head = e.Seq, d
	return nil
}

func refuse(code, format string, args ...any) error {
	return E(Conflict, code, fmt.Sprintf(format, args...))
}

func decide(s *State, e Entry) (change, error) {
	if e.Journal != s.Journal || e.Seq != s.Seq+1 || e.Previous != s.Head {
		return change{}, refuse("journal-order", "Mục %s/%d không nối tiếp mục %s/%d", e.Journal, e.Seq, s.Journal, s.Seq)
	}
	if e.Request != "" {
		if _, done := s.Requests[RequestKey(e.Actor, e.Request)]; done {
			return change{}, refuse("request-repeated", "Yêu cầu %q đã được ghi", e.Request)
		}
	}
	if _, ok := JournalCommands[e.Command]; ok && e.Journal != SystemJournal {
		return decideJournal(s, e)
	}
	if e.Journal == SystemJournal {
		return change{}, checkSystem(s, e)
	}
	return decideDocument(s, e)
}

// decideJournal is about a command that is of no single document.
func decideJournal(s *State, e Entry) (c change, err error) {
	switch e.Command {
	case CmdClose:
		return c, checkClose(s, e)
	case CmdDisposalPropose, CmdDisposalDecide:
		list, all, err := disposal(s, e)
		return change{dossiers: all, disposal: &list}, err
	}
	d, err := filing(s, e)
	return change{dossiers: []Dossier{d}}, err
}

func checkSystem(s *State, e Entry) error {
	switch {
	case e.Command == CmdGrant:
		return checkGrant(s, e.Grant)
	case e.Command == CmdRetireTemplate:
		return checkRetire(s, e.Published, e.Reason)
	case e.Command == CmdRepair:
		if r := e.Repaired; r == nil || r.Key == "" || r.From == "" || !r.SHA256.Valid() {
			return refuse("entry-incomplete", "Mục sửa chữa kho lưu trữ thiếu dữ liệu")
		}
		return nil
	case e.Command != CmdPublishOrganization && e.Command != CmdPublishTemplate:
		return refuse("command-unknown", "Lệnh %q không thuộc nhật ký hệ thống", e.Command)
	case e.Published == nil || e.Published.ID == "" || !e.Published.SHA256.Valid():
		return refuse("entry-incomplete", "Mục hệ thống %q thiếu dữ liệu được công bố", e.Command)
	}
	return nil
}

func checkReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return Faulty("reason-missing", "Thiếu lý do", []Fault{{Pointer: "/reason", Code: "required", Message: "Phải nêu lý do"}})
	}
	return nil
}

func decideDocument(s *State, e Entry) (change, error) {
	t, ok := Transitions[e.Command]
	if !ok {
		return change{}, refuse("command-unknown", "Không có lệnh %q", e.Command)
	}
	doc, exists := s.Documents[e.Document]
	var err error
	switch {
	case e.Document == "":
		err = refuse("entry-incomplete", "Mục nhật ký không nêu văn bản")
	case t.From == nil && exists:
		err = refuse("document-exists", "Văn bản %s đã có", e.Document)
	case t.From != nil && !exists:
		err = E(NotFound, "document-not-found", fmt.Sprintf("Không có văn bản %s", e.Document))
	case t.Reason && strings.TrimSpace(e.Reason) == "":
		err = checkReason(e.Reason)
	case exists && !slices.Contains(t.From, doc.State):
		err = refuse("state", "Văn bản đang ở trạng thái %s, không thể thực hiện lệnh %s", doc.State, e.Command)
	case t.NewVersion && (e.Version != doc.Version+1 || !e.Manifest.Valid()):
		err = refuse("version", "Phiên bản mới phải là %d và có bản kê", doc.Version+1)
	case !t.NewVersion && (e.Version != 0 || e.Manifest != "" || e.PDF != ""):
		err = refuse("version", "Lệnh %s không tạo phiên bản", e.Command)
	}
	if err != nil {
		return change{}, err
	}
	if !exists {
		doc = Document{ID: e.Document, Journal: e.Journal, Request: e.Request}
	}
	c := change{document: &doc}
	if err := particulars(s, &c, e); err != nil {
		return change{}, err
	}
	if t.To != "" {
		doc.State = t.To
	}
	if e.Command == CmdSign && doc.Signed <= len(doc.Cosigners) {
		doc.State = Submitted // the next one's turn
	}
	if t.NewVersion {
		doc.Version, doc.Manifest, doc.PDF = e.Version, e.Manifest, e.PDF
	}
	if t.Reason && !slices.Contains([]Command{CmdHold, CmdRelease, CmdUndelivered, CmdEndConsult}, e.Command) {
		doc.Reason = e.Reason
	}
	doc.Entries = append(slices.Clip(doc.Entries), e.Seq)
	return c, nil
}

// particulars applies what only one command brings.
func particulars(s *State, c *change, e Entry) error {
	doc := c.document
	incomplete := func() error { return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command) }
	switch e.Command {
	case CmdDraft, CmdRevise:
		if e.Draft == nil || e.Draft.Type == "" {
			return incomplete()
		}
		doc.Type, doc.Wanted, doc.Whole = e.Draft.Type, e.Draft.Wanted, e.Draft.Whole
		doc.unsubmit()
	case CmdAttach, CmdDetach:
		doc.unsubmit()
	case CmdSubmit:
		f := e.Submitted
		if f == nil || f.Series == "" || f.Year == 0 || f.Digits < 2 || f.Signatory == "" || !e.PDF.Valid() {
			return incomplete()
		}
		doc.Series, doc.Year, doc.Digits, doc.Signatory, doc.Cosigners, doc.Signed = f.Series, f.Year, f.Digits, f.Signatory, f.Cosigners, 0
	case CmdWithdraw:
		if doc.Signed > 0 {
			return refuse("signed-already", "Đã có người ký văn bản; người đến lượt ký có thể trả lại, nêu lý do")
		}
	case CmdSign:
		if !e.PDF.Valid() {
			return incomplete()
		}
		if e.Read != doc.PDF {
			return E(Precondition, "pdf-changed", "Bản PDF đã đọc không phải là bản đang trình ký")
		}
		doc.Signed++
	case CmdNumber:
		return number(s, c, e.Numbering, incomplete)
	case CmdRegister:
		return booked(s, c, e)
	case CmdSeal:
		if !e.PDF.Valid() {
			return incomplete()
		}
	case CmdSupersede, CmdCorrect:
		if e.Linked == "" || e.Linked == doc.ID {
			return incomplete()
		}
		doc.Linked = append(slices.Clone(doc.Linked), e.Linked)
	case CmdCopy:
		return copied(s, c, e)
	case CmdEvidence:
		if doc.Booked != nil || e.Evidence == nil || !e.PDF.Valid() {
			return incomplete()
		}
		doc.Evidence = e.Evidence
	case CmdHold:
		if doc.Hold != "" {
			return refuse("held-already", "Văn bản đang được giữ lại: %s", doc.Hold)
		}
		doc.Hold = e.Reason
		doc.Holds++
	case CmdRelease:
		if doc.Hold == "" {
			return refuse("not-held", "Văn bản không bị giữ lại")
		}
		doc.Hold = ""
	case CmdDispatch, CmdReceipt, CmdSent, CmdUndelivered, CmdTold, CmdVisit:
		return deliver(doc, e)
	case CmdConsult, CmdOpinion, CmdEndConsult:
		return consult(doc, e)
	}
	return nil
}

// unsubmit forgets what submit had fixed.
func (d *Document) unsubmit() {
	d.Series, d.Year, d.Digits, d.Signatory, d.Cosigners, d.Signed = "", 0, 0, "", nil, 0
}

// number gives a signed document its number.
func number(s *State, c *change, n *Numbering, incomplete func() error) error {
	doc := c.document
	if n == nil || n.Symbol == "" || n.Date == "" {
		return incomplete()
	}
	if n.Series != doc.Series || n.Year != doc.Year || n.Date.Year() != doc.Year {
		return refuse("year-changed", "Văn bản đã ký ghi năm %d, không thể lấy số vào ngày %s; hãy hủy chữ ký để lập lại", doc.Year, n.Date.Vietnamese())
	}
	if err := s.numbered(c, *n); err != nil {
		return err
	}
	if len(NumberText(n.Number)) > doc.Digits {
		return refuse("number-too-wide", "Số %d không vừa chỗ trống %d chữ số đã ký; hãy hủy chữ ký để lập lại", n.Number, doc.Digits)
	}
	return nil
}
