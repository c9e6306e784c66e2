package record

import (
	"fmt"
	"slices"
	"time"
)

// Dossier is a file of documents that belong to one matter (hồ sơ, NĐ 30/2020,
// Điều 28-31 and PL V), as the file list of the year names it.
type Dossier struct {
	Code         string        `json:"code"`         // số và ký hiệu hồ sơ: "01.TCCB"
	Organization string        `json:"organization"` // id of the organisation that formed it
	Year         int           `json:"year"`         // of the file list
	Title        string        `json:"title"`
	Retention    Retention     `json:"retention"` // counted from the end of the year in which it ended
	Keeper       string        `json:"keeper"`    // abbreviation of the unit, or name of the person, who forms it
	Started      Date          `json:"started,omitempty"`
	Ended        Date          `json:"ended,omitempty"` // of the work; "" while it goes on
	Note         string        `json:"note,omitempty"`
	Items        []DossierItem `json:"items"`

	State DossierState `json:"state"`
	// Transferred is when the archive took it over, Minutes the paper that says so.
	Transferred time.Time `json:"transferred,omitzero"`
	Minutes     string    `json:"minutes,omitempty"`
	// Disposal is the list that proposes or decided its disposal.
	Disposal string   `json:"disposal,omitempty"`
	Entries  []uint64 `json:"entries"` // of its journal, that concern it
}

// DossierItem is a document's place in its dossier.
type DossierItem struct {
	Document string `json:"document"` // id
	Ordinal  int    `json:"ordinal"`  // from 1
}

// DossierState is where a dossier stands.
type DossierState string

const (
	DossierOpen        DossierState = "open"
	DossierEnded       DossierState = "ended"       // the work is done, the dossier complete
	DossierTransferred DossierState = "transferred" // to the agency's archive
	DossierProposed    DossierState = "proposed"    // for disposal
	DossierDisposable  DossierState = "disposable"  // its disposal is approved
)

var dossierStates = map[DossierState]string{
	DossierOpen: "đang mở", DossierEnded: "đã kết thúc", DossierTransferred: "đã nộp lưu", DossierProposed: "đang trình duyệt hủy", DossierDisposable: "đã được duyệt hủy",
}

const (
	// TransferWithin is how long after the end of the work a dossier goes to the
	// agency's archive (NĐ 30/2020, Điều 30).
	TransferWithin = 1 // years
	// TransferNotice is how long before that the service reminds (PL VI, III.5.b).
	TransferNotice = 30 // days
)

// Key names the dossier within its journal.
func (d Dossier) Key() string { return DossierKey(d.Year, d.Code) }

// Holds says whether a document lies in the dossier.
func (d Dossier) Holds(document string) bool {
	return slices.ContainsFunc(d.Items, func(x DossierItem) bool { return x.Document == document })
}

// DossierKey names a dossier within a journal: "2024/01.TCCB".
func DossierKey(year int, code string) string { return fmt.Sprintf("%d/%s", year, code) }

// TransferBy is the last day for handing the dossier to the archive; "" while
// its work goes on or once it is there.
func (d Dossier) TransferBy() Date {
	if d.State != DossierEnded || d.Ended == "" {
		return ""
	}
	return DateOf(d.Ended.Time().AddDate(TransferWithin, 0, 0))
}

// KeptUntil is the last year through which the dossier is kept: retention counts
// from the year in which the work ended (Luật Lưu trữ 33/2024/QH15, Điều 15.3).
// 0 means for ever, or that the work has not ended.
func (d Dossier) KeptUntil() int {
	if d.Ended == "" || d.Retention.Years == 0 {
		return 0
	}
	return d.Ended.Year() + d.Retention.Years
}

// Filing commands are of the journal, about a dossier.
const (
	CmdDossier         Command = "dossier"          // opens it; in journals before dossier-change, changes it too
	CmdDossierChange   Command = "dossier-change"   // changes what its list says of it while it is open
	CmdDossierAdd      Command = "dossier-add"      // puts a document in
	CmdDossierRemove   Command = "dossier-remove"   // takes it out, with the reason
	CmdDossierEnd      Command = "dossier-end"      // the work is done
	CmdDossierReopen   Command = "dossier-reopen"   // with the reason
	CmdDossierTransfer Command = "dossier-transfer" // to the archive
	CmdDisposalPropose Command = "disposal-propose"
	CmdDisposalDecide  Command = "disposal-decide" // approves or, with the reason, refuses
)

// JournalCommands are the commands about no single document, and whose they are.
var JournalCommands = map[Command]Role{
	CmdClose: Clerk, CmdDossier: Secretary, CmdDossierChange: Secretary, CmdDossierAdd: Secretary, CmdDossierRemove: Secretary, CmdDossierEnd: Secretary, CmdDossierReopen: Archivist,
	CmdDossierTransfer: Archivist, CmdDisposalPropose: Archivist, CmdDisposalDecide: Official,
}

// Filed is what an entry says of a dossier.
type Filed struct {
	Key       string     `json:"key"`
	Dossier   *Dossier   `json:"dossier,omitempty"` // CmdDossier, CmdDossierChange: code, year, title, retention, keeper, started, note
	Document  string     `json:"document,omitempty"`
	Ended     Date       `json:"ended,omitempty"`
	Retention *Retention `json:"retention,omitempty"` // CmdDossierEnd: as fixed anew
	Minutes   string     `json:"minutes,omitempty"`
}

// Disposal is a list of dossiers whose retention has run out.
type Disposal struct {
	ID       string    `json:"id"`
	Keys     []string  `json:"keys"`
	Reason   string    `json:"reason"`
	Proposed time.Time `json:"proposed,omitzero"`
	Decided  time.Time `json:"decided,omitzero"`
	Approved bool      `json:"approved,omitempty"`
	Answer   string    `json:"answer,omitempty"` // why it was refused, or the decision
}

// RefuseAt is a Conflict that concerns one field of the input, or one item of it.
func RefuseAt(pointer, code, title, format string, args ...any) error {
	return &Error{Kind: Conflict, Code: code, Message: title, Faults: []Fault{{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)}}}
}

// filing applies a command about a dossier to a copy, or refuses it.
func filing(s *State, e Entry) (Dossier, error) {
	f := e.Filed
	if f == nil || f.Key == "" {
		return Dossier{}, refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	d, there := s.Dossiers[f.Key]
	d.Items, d.Entries = slices.Clone(d.Items), append(slices.Clone(d.Entries), e.Seq)
	wrong := func() (Dossier, error) {
		return d, refuse("dossier-state", "Hồ sơ %s %s, không làm được việc này", f.Key, dossierStates[d.State])
	}
	if !there && e.Command != CmdDossier {
		return d, E(NotFound, "dossier-not-found", fmt.Sprintf("Không có hồ sơ %s", f.Key))
	}
	const unfiled = "Chưa ghi được vào hồ sơ"
	at := slices.IndexFunc(d.Items, func(x DossierItem) bool { return x.Document == f.Document })
	switch e.Command {
	case CmdDossier, CmdDossierChange:
		x := f.Dossier
		if x == nil || x.Key() != f.Key || x.Code == "" || x.Title == "" || x.Retention.Rule == "" {
			return d, refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
		}
		if there && d.State != DossierOpen {
			return wrong()
		}
		d.Code, d.Year, d.Organization, d.Title, d.Retention, d.Keeper, d.Started, d.Note, d.State = x.Code, x.Year, e.Journal, x.Title, x.Retention, x.Keeper, x.Started, x.Note, DossierOpen
	case CmdDossierAdd:
		if d.State != DossierOpen {
			return wrong()
		}
		doc, ok := s.Documents[f.Document]
		if !ok {
			return d, RefuseAt("/document", "document-not-found", unfiled, "Không có văn bản %s", f.Document)
		}
		if !doc.State.Out() { // drafts do not stay in a dossier (NĐ 30/2020, Điều 28-31)
			return d, RefuseAt("/document", "document-not-issued", unfiled, "Văn bản chưa phát hành, chưa đưa vào hồ sơ được")
		}
		if at >= 0 {
			return d, RefuseAt("/document", "filed-already", unfiled, "Văn bản đã ở trong hồ sơ %s", f.Key)
		}
		d.Items = append(d.Items, DossierItem{Document: f.Document, Ordinal: len(d.Items) + 1})
	case CmdDossierRemove:
		if d.State != DossierOpen {
			return wrong()
		}
		if at < 0 {
			return d, RefuseAt("/document", "not-filed", unfiled, "Văn bản không ở trong hồ sơ %s", f.Key)
		}
		if err := checkReason(e.Reason); err != nil {
			return d, err
		}
		d.Items = slices.Delete(d.Items, at, at+1)
		for i := range d.Items {
			d.Items[i].Ordinal = i + 1
		}
	case CmdDossierEnd:
		if d.State != DossierOpen {
			return wrong()
		}
		if err := checkEnded(f.Ended, d.Started, DateOf(e.Time)); err != nil {
			return d, err
		}
		if len(d.Items) == 0 {
			return d, refuse("dossier-empty", "Hồ sơ %s chưa có văn bản nào", f.Key)
		}
		d.State, d.Ended = DossierEnded, f.Ended
		if f.Retention != nil {
			d.Retention = *f.Retention
		}
	case CmdDossierReopen:
		if d.State != DossierEnded {
			return wrong()
		}
		if err := checkReason(e.Reason); err != nil {
			return d, err
		}
		d.State, d.Ended = DossierOpen, ""
	case CmdDossierTransfer:
		if d.State != DossierEnded {
			return wrong()
		}
		if f.Minutes == "" {
			return d, Faulty("minutes-missing", "Thiếu biên bản giao nhận", []Fault{{Pointer: "/minutes", Code: "required", Message: "Phải nêu biên bản giao nhận"}})
		}
		d.State, d.Transferred, d.Minutes = DossierTransferred, e.Time, f.Minutes
	}
	return d, nil
}

func checkEnded(ended, started, today Date) error {
	why := ""
	switch {
	case ended == "":
		why = "Phải nêu ngày công việc kết thúc"
	case ended > today:
		why = fmt.Sprintf("Ngày %s chưa đến; hồ sơ kết thúc khi công việc đã xong", ended.Vietnamese())
	case ended < started:
		why = fmt.Sprintf("Ngày %s trước ngày bắt đầu của hồ sơ, %s", ended.Vietnamese(), started.Vietnamese())
	default:
		return nil
	}
	return Faulty("dossier-ended", "Chưa kết thúc được hồ sơ", []Fault{{Pointer: "/ended", Code: "dossier-ended", Message: why}})
}

// disposal applies a command about a list of dossiers to copies, or refuses it.
func disposal(s *State, e Entry) (Disposal, []Dossier, error) {
	x := e.Disposal
	if x == nil || x.ID == "" {
		return Disposal{}, nil, refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	list, there := s.Disposals[x.ID]
	if err := checkReason(e.Reason); err != nil {
		return list, nil, err
	}
	from, to := DossierTransferred, DossierProposed
	if e.Command == CmdDisposalPropose {
		if there {
			return list, nil, refuse("disposal-list", "Danh mục %s đã có", x.ID)
		}
		if len(x.Keys) == 0 {
			return list, nil, Faulty("disposal-list", "Chưa lập được danh mục", []Fault{{Pointer: "/dossiers", Code: "required", Message: "Phải chọn ít nhất một hồ sơ"}})
		}
		list = Disposal{ID: x.ID, Keys: x.Keys, Reason: e.Reason, Proposed: e.Time}
	} else {
		if !there || !list.Decided.IsZero() {
			return list, nil, refuse("disposal-list", "Không có danh mục %s đang chờ duyệt", x.ID)
		}
		list.Decided, list.Approved, list.Answer = e.Time, x.Approved, e.Reason
		from, to = DossierProposed, DossierTransferred
		if x.Approved {
			to = DossierDisposable
		}
	}
	var all []Dossier
	var faults []Fault
	for i, key := range list.Keys {
		d, ok := s.Dossiers[key]
		fault := Fault{Code: "dossier-state", Message: fmt.Sprintf("Không có hồ sơ %s %s, hoặc hồ sơ được nêu hai lần", key, dossierStates[from])}
		if ok && d.State == from && !slices.Contains(list.Keys[:i], key) {
			fault = Fault{}
			if to != DossierTransferred {
				fault = kept(s, d, DateOf(e.Time).Year())
			}
		}
		if fault.Code != "" {
			if e.Command == CmdDisposalPropose {
				fault.Pointer = fmt.Sprintf("/dossiers/%d", i)
			}
			faults = append(faults, fault)
		}
		d.State, d.Disposal, d.Entries = to, x.ID, append(slices.Clone(d.Entries), e.Seq)
		if to == DossierTransferred {
			d.Disposal = ""
		}
		all = append(all, d)
	}
	if len(faults) > 0 {
		return list, nil, &Error{Kind: Conflict, Code: faults[0].Code, Message: "Có hồ sơ không thuộc diện hết giá trị", Faults: faults}
	}
	return list, all, nil
}

// kept says why a dossier may not be disposed of, without a code if it may.
func kept(s *State, d Dossier, year int) Fault {
	if until := d.KeptUntil(); until == 0 || until >= year {
		return Fault{Code: "dossier-kept", Message: fmt.Sprintf("Hồ sơ %s còn trong thời hạn bảo quản", d.Key())}
	}
	for _, item := range d.Items {
		if hold := s.Documents[item.Document].Hold; hold != "" {
			return Fault{Code: "dossier-held", Message: fmt.Sprintf("Hồ sơ %s có văn bản đang được giữ lại: %s", d.Key(), hold)}
		}
	}
	return Fault{}
}
