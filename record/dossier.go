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

const (
	// TransferWithin is how long after the end of the work a dossier goes to the
	// agency's archive (NĐ 30/2020, Điều 30).
	TransferWithin = 1 // years
	// TransferNotice is how long before that the service reminds (PL VI, III.5.b).
	TransferNotice = 30 // days
)

// Key names the dossier within its journal.
func (d Dossier) Key() string { return DossierKey(d.Year, d.Code) }

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
	CmdDossier         Command = "dossier"          // opens it, or changes what its list says of it
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
	CmdClose: Clerk, CmdDossier: Secretary, CmdDossierAdd: Secretary, CmdDossierRemove: Secretary, CmdDossierEnd: Secretary, CmdDossierReopen: Archivist,
	CmdDossierTransfer: Archivist, CmdDisposalPropose: Archivist, CmdDisposalDecide: Official,
}

// Filed is what an entry says of a dossier.
type Filed struct {
	Key       string     `json:"key"`
	Dossier   *Dossier   `json:"dossier,omitempty"` // CmdDossier: code, year, title, retention, keeper, started, note
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

// filing applies a command about a dossier to a copy, or refuses it.
func filing(s *State, e Entry) (Dossier, error) {
	f := e.Filed
	if f == nil || f.Key == "" {
		return Dossier{}, refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	d, there := s.Dossiers[f.Key]
	d.Items, d.Entries = slices.Clone(d.Items), append(slices.Clone(d.Entries), e.Seq)
	wrong := func() (Dossier, error) {
		return d, refuse("dossier-state", "Hồ sơ %s đang ở trạng thái %s", f.Key, d.State)
	}
	if !there && e.Command != CmdDossier {
		return d, E(NotFound, "dossier-not-found", fmt.Sprintf("Không có hồ sơ %s", f.Key))
	}
	at := slices.IndexFunc(d.Items, func(x DossierItem) bool { return x.Document == f.Document })
	switch e.Command {
	case CmdDossier:
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
			return d, E(NotFound, "document-not-found", fmt.Sprintf("Không có văn bản %s", f.Document))
		}
		if !doc.State.Out() { // drafts do not stay in a dossier (NĐ 30/2020, Điều 28-31)
			return d, refuse("document-not-issued", "Văn bản chưa phát hành, chưa đưa vào hồ sơ được")
		}
		if at >= 0 {
			return d, refuse("filed-already", "Văn bản đã ở trong hồ sơ %s", f.Key)
		}
		d.Items = append(d.Items, DossierItem{Document: f.Document, Ordinal: len(d.Items) + 1})
	case CmdDossierRemove:
		if d.State != DossierOpen {
			return wrong()
		}
		if at < 0 {
			return d, E(NotFound, "not-filed", fmt.Sprintf("Văn bản không ở trong hồ sơ %s", f.Key))
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
		if f.Ended == "" || f.Ended > DateOf(e.Time) || f.Ended < d.Started {
			return d, refuse("dossier-ended", "Ngày kết thúc công việc %s không hợp lệ", f.Ended.Vietnamese())
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
			return d, refuse("entry-incomplete", "Phải nêu biên bản giao nhận")
		}
		d.State, d.Transferred, d.Minutes = DossierTransferred, e.Time, f.Minutes
	}
	return d, nil
}

// disposal applies a command about a list of dossiers to copies, or refuses it.
func disposal(s *State, e Entry) (Disposal, []Dossier, error) {
	x := e.Disposal
	if x == nil || x.ID == "" {
		return Disposal{}, nil, refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	list, there := s.Disposals[x.ID]
	to, from := DossierProposed, DossierTransferred
	if e.Command == CmdDisposalPropose {
		if there || len(x.Keys) == 0 {
			return list, nil, refuse("disposal-list", "Danh mục %s đã có hoặc không có hồ sơ nào", x.ID)
		}
		if err := checkReason(e.Reason); err != nil {
			return list, nil, err
		}
		list = Disposal{ID: x.ID, Keys: x.Keys, Reason: e.Reason, Proposed: e.Time}
	} else {
		if !there || !list.Decided.IsZero() {
			return list, nil, refuse("disposal-list", "Không có danh mục %s đang chờ duyệt", x.ID)
		}
		if err := checkReason(e.Reason); err != nil {
			return list, nil, err
		}
		list.Decided, list.Approved, list.Answer = e.Time, x.Approved, e.Reason
		from, to = DossierProposed, DossierTransferred
		if x.Approved {
			to = DossierDisposable
		}
	}
	var all []Dossier
	for i, key := range list.Keys {
		d, ok := s.Dossiers[key]
		if !ok || d.State != from || slices.Contains(list.Keys[:i], key) {
			return list, nil, refuse("dossier-state", "Hồ sơ %s không ở trạng thái %s", key, from)
		}
		if to != DossierTransferred {
			if until := d.KeptUntil(); until == 0 || until >= DateOf(e.Time).Year() {
				return list, nil, refuse("dossier-kept", "Hồ sơ %s còn trong thời hạn bảo quản", key)
			}
			for _, item := range d.Items {
				if hold := s.Documents[item.Document].Hold; hold != "" {
					return list, nil, refuse("dossier-held", "Hồ sơ %s có văn bản đang được giữ lại: %s", key, hold)
				}
			}
		}
		d.State, d.Disposal, d.Entries = to, x.ID, append(slices.Clone(d.Entries), e.Seq)
		if to == DossierTransferred {
			d.Disposal = ""
		}
		all = append(all, d)
	}
	return list, all, nil
}
