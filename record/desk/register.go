package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"vanthu/record"
)

// Paper is a document made on paper that takes its number from the series it
// shares with the electronic ones (NĐ 30/2020, Điều 15.2).
type Paper struct {
	Type       string // code
	Subject    string
	Signatory  string
	Recipients []record.Recipient
	Unit       string // abbreviation of the drafting unit
	Kept       int
	Note       string
	Secret     bool        // of the series of secret documents; the subject may be left out
	Date       record.Date // only where documents may say their own date
}

// RegisterPaper enters a paper document in the register and gives it the next
// number; nothing of its content is kept. Invalid with every fault.
func (d *Desk) RegisterPaper(ctx context.Context, a Actor, organization, request string, p Paper) (record.Document, error) {
	if err := d.may(a, record.CmdRegister); err != nil {
		return record.Document{}, err
	}
	date := record.DateOf(d.Now())
	var faults faultList
	if p.Date != "" {
		date = p.Date
		if !d.AllowDate {
			faults.add("/date", "date-not-allowed", "Ngày văn bản do văn thư cấp khi lấy số; chỉ được ghi sẵn khi chạy thử hoặc nhập văn bản cũ")
		}
		if _, err := record.ParseDate(string(date)); err != nil {
			return record.Document{}, record.Faulty("paper-invalid", "Chưa vào sổ được", []record.Fault{{Pointer: "/date", Code: "date", Message: "Không có ngày này; ghi ngày như 2024-12-31"}})
		}
	}
	o, err := d.Organizations.Organization(ctx, organization)
	if err != nil {
		return record.Document{}, err
	}
	on, err := o.On(date)
	if err != nil {
		return record.Document{}, err
	}
	kind, err := record.TypeOn(p.Type, date)
	if err != nil {
		faults.add("/type", "document-type", fmt.Sprintf("Không có loại văn bản %q vào ngày %s", p.Type, date.Vietnamese()))
	}
	for _, x := range []struct{ at, text, what string }{{"/subject", p.Subject, "trích yếu"}, {"/signatory", p.Signatory, "người ký"}} {
		if strings.TrimSpace(x.text) == "" && (!p.Secret || x.at != "/subject") {
			faults.add(x.at, "required", "Phải ghi "+x.what)
		}
	}
	if p.Unit == "" && strings.Contains(kind.Symbol, "{unit}") {
		faults.add("/unit", "required", "Phải ghi đơn vị soạn thảo: nó nằm trong ký hiệu")
	} else if !on.HasUnit(p.Unit) {
		faults.add("/unit", "unit-unknown", fmt.Sprintf("Cơ quan không có đơn vị soạn thảo %q vào ngày %s", p.Unit, date.Vietnamese()))
	}
	seriesFor := on.SeriesFor
	if p.Secret {
		seriesFor = on.SecretSeriesFor
	}
	series, ok := seriesFor(p.Type)
	switch {
	case !ok && p.Secret:
		faults.add("/secret", "series-missing", "Cơ quan chưa có sổ số riêng cho văn bản mật")
	case !ok:
		faults.add("/type", "series-missing", fmt.Sprintf("Cơ quan chưa có sổ số cho loại văn bản %s", p.Type))
	}
	if err := record.Faulty("paper-invalid", "Chưa vào sổ được", faults); err != nil {
		return record.Document{}, err
	}
	line := record.Imported{Date: date, Type: p.Type, Subject: oneLine(p.Subject), Signatory: oneLine(p.Signatory), Recipients: p.Recipients, Unit: p.Unit, Kept: p.Kept, Note: p.Note}
	body, err := digestOfJSON([]any{record.CmdRegister, p}) // not of the day, which is another one tomorrow
	if err != nil {
		return record.Document{}, err
	}
	id := newID()
	var earlier string
	for {
		var n int
		err := d.Journals.View(ctx, organization, func(s *record.State) (err error) {
			earlier, err = answered(s, a.ID, request, body)
			n = nextNumber(s, series, date.Year())
			return err
		})
		if errors.Is(err, errAnswered) {
			return d.Document(ctx, Ref{Journal: organization, ID: earlier})
		}
		if err != nil {
			return record.Document{}, err
		}
		line.Number, line.Symbol = n, record.NumberText(n)+record.SymbolOf(kind, on, p.Unit)
		e := record.Entry{Actor: a.ID, Request: request, Booked: &record.Booked{Note: p.Note}}
		if request != "" {
			e.RequestDigest = body
		}
		doc, err := d.book(ctx, id, on, kind, series, line, e)
		if record.CodeOf(err) == "number-order" {
			continue // somebody else took the number
		}
		return doc, err
	}
}

// digestOfJSON identifies what a request asked for.
func digestOfJSON(asked any) (record.Digest, error) {
	b, err := json.Marshal(asked)
	return record.DigestOf(b), err
}

// book stores the manifest of a line and appends its entry.
func (d *Desk) book(ctx context.Context, id string, on record.OrganizationOn, kind record.DocumentType, series record.Series, l record.Imported, e record.Entry) (record.Document, error) {
	state := record.Registered
	if l.Void {
		state, e.Reason = record.Voided, l.Note
	}
	retention, err := record.RetentionOn("", l.Type, l.Date)
	if err != nil && record.KindOf(err) != record.NotFound {
		return record.Document{}, err
	}
	v := record.Version{Document: id, Version: 1, State: state, Created: d.Now().UTC(), Issuer: on, Type: kind, Number: l.Number, Symbol: l.Symbol, Date: l.Date,
		Subject: l.Subject, Signatory: record.Signatory{Name: l.Signatory}, Retention: retention,
		List: record.DistributionList{Recipients: l.Recipients, Filing: record.Filing{Unit: l.Unit, Copies: l.Kept}}}
	manifest, err := d.store(ctx, v)
	if err != nil {
		return record.Document{}, err
	}
	e.Time, e.Command, e.Document, e.Version, e.Manifest = d.Now().UTC(), record.CmdRegister, id, 1, manifest
	e.Draft = &record.DraftFacts{Type: l.Type}
	e.Numbering = &record.Numbering{Series: series.ID, Year: l.Date.Year(), Opening: series.Opening[l.Date.Year()], Number: l.Number, Symbol: l.Symbol, Date: l.Date}
	e.Booked.Void = l.Void
	var earlier string
	_, err = d.Journals.Update(ctx, on.ID, func(s *record.State) (*record.Entry, error) {
		var err error
		if earlier, err = answered(s, e.Actor, e.Request, e.RequestDigest); err != nil {
			return nil, err
		}
		return &e, nil
	})
	if errors.Is(err, errAnswered) {
		id, err = earlier, nil
	}
	if err != nil {
		return record.Document{}, err
	}
	return d.Document(ctx, Ref{Journal: on.ID, ID: id})
}
