package desk

import (
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
	var out []record.Dossier
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		for _, x := range s.Dossiers {
			if year == 0 || x.Year == year {
				out = append(out, x)
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b record.Dossier) int {
		if a.Year != b.Year {
			return b.Year - a.Year
		}
		return strings.Compare(a.Code, b.Code)
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

// FileDossier carries out a command about a dossier: opening it, putting a document in
// or taking it out, ending, reopening, handing it to the archive. Opening
// resolves the retention rule on the first day of the dossier's year. Ending
// takes the longest retention of the rule and the documents (Luật Lưu trữ 2024,
// Điều 15.4). Errors: Forbidden, NotFound, Conflict, Invalid with every fault.
func (d *Desk) FileDossier(ctx context.Context, a Actor, organization string, c record.Command, f record.Filed, reason, request string) (record.Dossier, error) {
	if err := d.mayIn(a, c); err != nil {
		return record.Dossier{}, err
	}
	if c == record.CmdDossier {
		if err := checkDossier(f.Dossier); err != nil {
			return record.Dossier{}, err
		}
		x := *f.Dossier
		r, err := record.RetentionOn(x.Retention.Rule, "", record.Date(fmt.Sprintf("%04d-01-01", x.Year)))
		if err != nil {
			return x, err
		}
		x.Retention, f.Dossier, f.Key = r, &x, x.Key()
	}
	if c == record.CmdDossierEnd {
		longest, err := d.longest(ctx, organization, f.Key)
		if err != nil {
			return record.Dossier{}, err
		}
		f.Retention = &longest
	}
	e := record.Entry{Actor: a.ID, Command: c, Filed: &f, Reason: reason, Request: request}
	if request != "" {
		body, err := digestOfJSON(e)
		if err != nil {
			return record.Dossier{}, err
		}
		e.RequestDigest = body
	}
	if err := d.journal(ctx, organization, e); err != nil {
		return record.Dossier{}, err
	}
	return d.Dossier(ctx, organization, f.Key)
}

// journal appends an entry that is of no single document.
func (d *Desk) journal(ctx context.Context, organization string, e record.Entry) error {
	_, err := d.Journals.Update(ctx, organization, func(s *record.State) (*record.Entry, error) {
		if _, err := answered(s, e.Actor, e.Request, e.RequestDigest); err != nil {
			return nil, err
		}
		e.Time = d.Now().UTC()
		return &e, nil
	})
	if errors.Is(err, errAnswered) {
		return nil
	}
	return err
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

func checkDossier(x *record.Dossier) error {
	var faults faultList
	if x == nil {
		x = &record.Dossier{}
	}
	if len([]rune(x.Code)) > 20 || !dossierCode.MatchString(x.Code) {
		faults.add("/code", "dossier-code", "Số và ký hiệu hồ sơ dài 1 đến 20 ký tự (NĐ 30/2020, PL VI): chữ, số, dấu chấm, gạch nối, &; không có dấu gạch chéo")
	}
	if x.Year < 1945 || x.Year > 9999 {
		faults.add("/year", "year", "Năm của danh mục hồ sơ không hợp lệ")
	}
	if n := len([]rune(strings.TrimSpace(x.Title))); n == 0 || n > 500 {
		faults.add("/title", "dossier-title", "Tiêu đề hồ sơ dài 1 đến 500 ký tự (NĐ 30/2020, PL VI)")
	}
	if x.Retention.Rule == "" {
		faults.add("/retention", "required", "Phải chọn thời hạn bảo quản")
	}
	if len([]rune(x.Note)) > 500 {
		faults.add("/note", "max-length", "Ghi chú dài quá 500 ký tự")
	}
	return record.Faulty("dossier-invalid", "Hồ sơ chưa đúng", faults)
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
// or refuses it. Nothing is destroyed by either.
func (d *Desk) ProposeDisposal(ctx context.Context, a Actor, organization string, keys []string, reason, request string) (record.Disposal, error) {
	if err := d.mayIn(a, record.CmdDisposalPropose); err != nil {
		return record.Disposal{}, err
	}
	x := record.Disposal{ID: newID(), Keys: keys}
	e := record.Entry{Actor: a.ID, Command: record.CmdDisposalPropose, Disposal: &x, Reason: reason, Request: request}
	if request != "" {
		e.RequestDigest = record.DigestOf(fmt.Appendf(nil, "%q %q", keys, reason))
	}
	if err := d.journal(ctx, organization, e); err != nil {
		return x, err
	}
	return d.disposal(ctx, organization, func(y record.Disposal) bool { return y.ID == x.ID || slices.Equal(y.Keys, keys) && y.Decided.IsZero() })
}

// DecideDisposal is of the head of the agency.
func (d *Desk) DecideDisposal(ctx context.Context, a Actor, organization, id string, approved bool, reason string) (record.Disposal, error) {
	if err := d.mayIn(a, record.CmdDisposalDecide); err != nil {
		return record.Disposal{}, err
	}
	err := d.journal(ctx, organization, record.Entry{Actor: a.ID, Command: record.CmdDisposalDecide, Disposal: &record.Disposal{ID: id, Approved: approved}, Reason: reason})
	if err != nil {
		return record.Disposal{}, err
	}
	return d.disposal(ctx, organization, func(y record.Disposal) bool { return y.ID == id })
}

func (d *Desk) disposal(ctx context.Context, organization string, is func(record.Disposal) bool) (record.Disposal, error) {
	all, err := d.Disposals(ctx, organization)
	if err != nil {
		return record.Disposal{}, err
	}
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return record.Disposal{}, record.E(record.NotFound, "disposal-not-found", "Không có danh mục này")
	}
	return all[i], nil
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
