package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vanthu/record"
)

// Dossiers of an organisation: the file list of a year, newest years first, then
// by code; year 0 means all.
func (d *Desk) Dossiers(ctx context.Context, organization string, year int) ([]record.Dossier, error) {
	return d.dossiers(ctx, organization, func(x record.Dossier) bool { return year == 0 || x.Year == year })
}

// DossiersOf are the dossiers that a document lies in, in the order of Dossiers.
func (d *Desk) DossiersOf(ctx context.Context, r Ref) ([]record.Dossier, error) {
	return d.dossiers(ctx, r.Journal, func(x record.Dossier) bool { return x.Holds(r.ID) })
}

// DossiersFor are the open dossiers that a document does not lie in yet, the most
// likely first: of the year, then of the unit and of the retention rule that like
// names, then in the order of Dossiers.
func (d *Desk) DossiersFor(ctx context.Context, r Ref, like record.Dossier) ([]record.Dossier, error) {
	all, err := d.dossiers(ctx, r.Journal, func(x record.Dossier) bool { return x.State == record.DossierOpen && !x.Holds(r.ID) })
	likely := func(x record.Dossier) (n int) {
		for weight, same := range map[int]bool{4: x.Year == like.Year, 2: x.Keeper == like.Keeper, 1: x.Retention.Rule == like.Retention.Rule} {
			if same {
				n += weight
			}
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b record.Dossier) int { return likely(b) - likely(a) })
	return all, err
}

func (d *Desk) dossiers(ctx context.Context, organization string, want func(record.Dossier) bool) ([]record.Dossier, error) {
	var out []record.Dossier
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		for _, x := range s.Dossiers {
			if want(x) {
				out = append(out, x)
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b record.Dossier) int {
		return cmp.Or(b.Year-a.Year, strings.Compare(a.Code, b.Code))
	})
	return out, err
}

// Dossier is one of them; NotFound.
func (d *Desk) Dossier(ctx context.Context, organization, key string) (record.Dossier, error) {
	var out record.Dossier
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		var ok bool
		if out, ok = s.Dossiers[key]; !ok {
			return record.E(record.NotFound, "dossier-not-found", "Không có hồ sơ "+key)
		}
		return nil
	})
	return out, err
}

// FileDossier carries out a command about a dossier: opening or changing it,
// putting a document in or taking it out, ending, reopening, handing it to the
// archive. A code that the year's list has is not opened again. The retention
// rule is resolved on the first day of the dossier's year. Ending takes the
// longest retention of the rule and the documents (Luật Lưu trữ 2024, Điều
// 15.4). Errors: Forbidden, NotFound, Conflict, Invalid with every fault.
func (d *Desk) FileDossier(ctx context.Context, a Actor, organization string, c record.Command, f record.Filed, reason, request string) (record.Dossier, error) {
	if err := d.mayIn(a, c); err != nil {
		return record.Dossier{}, err
	}
	e := record.Entry{Actor: a.ID, Command: c, Filed: &f, Reason: reason, Request: request}
	if request != "" { // what was asked, not what the desk makes of it: that may be another thing tomorrow
		asked, err := digestOfJSON(e)
		if err != nil {
			return record.Dossier{}, err
		}
		e.RequestDigest = asked
	}
	var admit func(*record.State) error
	switch c {
	case record.CmdDossier, record.CmdDossierChange:
		x, err := checkDossier(f.Dossier)
		if err != nil {
			return record.Dossier{}, err
		}
		f.Dossier, f.Key = &x, x.Key()
		if c == record.CmdDossier {
			admit = unopened(x)
		}
	case record.CmdDossierEnd:
		if _, err := record.ParseDate(string(f.Ended)); err != nil {
			return record.Dossier{}, record.Faulty("dossier-ended", "Chưa kết thúc được hồ sơ", []record.Fault{{Pointer: "/ended", Code: "date", Message: "Ngày công việc kết thúc không có trong lịch"}})
		}
		longest, err := d.longest(ctx, organization, f.Key)
		if err != nil {
			return record.Dossier{}, err
		}
		f.Retention = &longest
	}
	if _, err := d.journal(ctx, organization, e, admit); err != nil {
		return record.Dossier{}, err
	}
	return d.Dossier(ctx, organization, f.Key)
}

// unopened refuses a dossier that is there already. The fold takes it: before
// there was dossier-change, journals changed a dossier by opening it again.
func unopened(x record.Dossier) func(*record.State) error {
	return func(s *record.State) error {
		if _, there := s.Dossiers[x.Key()]; !there {
			return nil
		}
		return record.RefuseAt("/code", "dossier-exists", "Chưa mở được hồ sơ", "Danh mục năm %d đã có hồ sơ %s; hãy mở hồ sơ ấy ra để sửa, hoặc dùng số khác", x.Year, x.Code)
	}
}

// journal appends an entry that is of no single document and that admit, nil for
// none, does not refuse; for a request that the journal holds it is the entry
// made then.
func (d *Desk) journal(ctx context.Context, organization string, e record.Entry, admit func(*record.State) error) (record.Entry, error) {
	var done uint64
	made, err := d.Journals.Update(ctx, organization, func(s *record.State) (*record.Entry, error) {
		if _, err := answered(s, e.Actor, e.Request, e.RequestDigest); err != nil {
			done = s.Requests[record.RequestKey(e.Actor, e.Request)].Seq
			return nil, err
		}
		if admit != nil {
			if err := admit(s); err != nil {
				return nil, err
			}
		}
		e.Time = d.Now().UTC()
		return &e, nil
	})
	if errors.Is(err, errAnswered) {
		return d.Journals.Entry(ctx, organization, done)
	}
	return made, err
}

func (d *Desk) mayIn(a Actor, c record.Command) error {
	if need := record.JournalCommands[c]; !slices.Contains(a.Roles, need) {
		return record.E(record.Forbidden, "role", "Lệnh này cần vai trò "+string(need))
	}
	return nil
}

// dossierCode are codes such as "01.TCCB", which stand in addresses and names of
// files too.
var dossierCode = regexp.MustCompile(`^[\p{L}\d]([\p{L}\d.&_-]*[\p{L}\d])?$`)

// checkDossier is the dossier with its retention resolved, or names every fault.
func checkDossier(given *record.Dossier) (record.Dossier, error) {
	var faults faultList
	var x record.Dossier
	if given != nil {
		x = *given
	}
	if len([]rune(x.Code)) > 20 || !dossierCode.MatchString(x.Code) {
		faults.add("/code", "dossier-code", "Số và ký hiệu hồ sơ dài 1 đến 20 ký tự (NĐ 30/2020, PL VI): chữ, số, dấu chấm, gạch nối, &; không có dấu gạch chéo")
	}
	if n := len([]rune(strings.TrimSpace(x.Title))); n == 0 || n > 500 {
		faults.add("/title", "dossier-title", "Tiêu đề hồ sơ dài 1 đến 500 ký tự (NĐ 30/2020, PL VI)")
	}
	if _, err := record.ParseDate(string(x.Started)); x.Started != "" && err != nil {
		faults.add("/started", "date", "Ngày bắt đầu không có trong lịch")
	}
	if len([]rune(x.Note)) > 500 {
		faults.add("/note", "max-length", "Ghi chú dài quá 500 ký tự")
	}
	if x.Retention.Rule == "" {
		faults.add("/retention", "required", "Phải chọn thời hạn bảo quản")
	}
	if x.Year < 1945 || x.Year > 9999 {
		faults.add("/year", "year", "Năm của danh mục hồ sơ không hợp lệ")
	} else if x.Retention.Rule != "" {
		r, err := record.RetentionOn(x.Retention.Rule, "", record.Date(fmt.Sprintf("%04d-01-01", x.Year)))
		if err := faults.take(err); err != nil {
			return x, err
		}
		x.Retention = r
	}
	return x, record.Faulty("dossier-invalid", "Hồ sơ chưa đúng", faults)
}

// longest is the retention of a dossier as its documents ask for: a mixed one
// takes the longest.
func (d *Desk) longest(ctx context.Context, organization, key string) (record.Retention, error) {
	x, err := d.Dossier(ctx, organization, key)
	if err != nil {
		return record.Retention{}, err
	}
	out := x.Retention
	for _, item := range x.Items {
		doc, err := d.Document(ctx, Ref{Journal: organization, ID: item.Document})
		if err != nil {
			return out, err
		}
		v, err := d.Archive.Version(ctx, doc.Manifest)
		if err != nil {
			return out, err
		}
		if r := v.Retention; r.Rule != "" && out.Years != 0 && (r.Years == 0 || r.Years > out.Years) {
			out = r
		}
	}
	return out, nil
}

// DueTransfers are dossiers whose time to go to the archive comes within the
// notice (NĐ 30/2020, PL VI, III.5.b) or has passed, the most urgent first.
func (d *Desk) DueTransfers(ctx context.Context, organization string) ([]record.Dossier, error) {
	all, err := d.Dossiers(ctx, organization, 0)
	notice := record.DateOf(d.Now().AddDate(0, 0, record.TransferNotice))
	all = slices.DeleteFunc(all, func(x record.Dossier) bool { by := x.TransferBy(); return by == "" || by > notice })
	slices.SortFunc(all, func(a, b record.Dossier) int { return strings.Compare(string(a.TransferBy()), string(b.TransferBy())) })
	return all, err
}

// Disposable are transferred dossiers whose retention has run out, and on which
// no document is held.
func (d *Desk) Disposable(ctx context.Context, organization string) ([]record.Dossier, error) {
	var out []record.Dossier
	year := record.DateOf(d.Now()).Year()
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		for _, x := range s.Dossiers {
			held := slices.ContainsFunc(x.Items, func(i record.DossierItem) bool { return s.Documents[i.Document].Hold != "" })
			if until := x.KeptUntil(); x.State == record.DossierTransferred && until != 0 && until < year && !held {
				out = append(out, x)
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b record.Dossier) int { return strings.Compare(a.Key(), b.Key()) })
	return out, err
}

// ProposeDisposal puts dossiers on a list for approval; DecideDisposal approves
// or refuses it. Nothing is destroyed by either. The same request again has the
// same answer, whatever became of the list.
func (d *Desk) ProposeDisposal(ctx context.Context, a Actor, organization string, keys []string, reason, request string) (record.Disposal, error) {
	e := record.Entry{Actor: a.ID, Command: record.CmdDisposalPropose, Disposal: &record.Disposal{ID: newID(), Keys: keys}, Reason: reason, Request: request}
	if request != "" {
		e.RequestDigest = record.DigestOf(fmt.Appendf(nil, "%q %q", keys, reason))
	}
	e, err := d.dispose(ctx, a, organization, e)
	if err != nil {
		return record.Disposal{}, err
	}
	return record.Disposal{ID: e.Disposal.ID, Keys: e.Disposal.Keys, Reason: e.Reason, Proposed: e.Time}, nil
}

// DecideDisposal is of the head of the agency.
func (d *Desk) DecideDisposal(ctx context.Context, a Actor, organization, id string, approved bool, reason, request string) (record.Disposal, error) {
	e := record.Entry{Actor: a.ID, Command: record.CmdDisposalDecide, Disposal: &record.Disposal{ID: id, Approved: approved}, Reason: reason, Request: request}
	if request != "" {
		e.RequestDigest = record.DigestOf(fmt.Appendf(nil, "%q %t %q", id, approved, reason))
	}
	if _, err := d.dispose(ctx, a, organization, e); err != nil {
		return record.Disposal{}, err
	}
	var out record.Disposal
	err := d.Journals.View(ctx, organization, func(s *record.State) error { out = s.Disposals[id]; return nil })
	return out, err
}

func (d *Desk) dispose(ctx context.Context, a Actor, organization string, e record.Entry) (record.Entry, error) {
	if err := d.mayIn(a, e.Command); err != nil {
		return record.Entry{}, err
	}
	return d.journal(ctx, organization, e, nil)
}

// Disposals are all lists, the newest first.
func (d *Desk) Disposals(ctx context.Context, organization string) ([]record.Disposal, error) {
	var out []record.Disposal
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		for _, x := range s.Disposals {
			out = append(out, x)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b record.Disposal) int { return b.Proposed.Compare(a.Proposed) })
	return out, err
}
