package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"vanthu/record"
)

// CloseRegister closes a series through a day (chốt sổ): the extract of what was
// numbered since the closing before is printed, signed by the organisation and
// journaled; nothing can be entered up to the end of that day any more. The same
// request of the same actor again gives the same closing, and signs nothing.
// Closable's refusals; Invalid with every fault, at /series or /through.
func (d *Desk) CloseRegister(ctx context.Context, a Actor, organization, series string, year int, through record.Date, request string) (record.Closing, error) {
	if err := d.mayIn(a, record.CmdClose); err != nil {
		return record.Closing{}, err
	}
	o, err := d.Organizations.Organization(ctx, organization)
	if err != nil {
		return record.Closing{}, err
	}
	issuer, err := closer(o, series, through)
	if err != nil {
		return record.Closing{}, err
	}
	var body record.Digest
	if request != "" {
		if body, err = digestOfJSON([]any{record.CmdClose, series, year, through}); err != nil {
			return record.Closing{}, err
		}
	}
	var c record.Closing
	unanswered := func(s *record.State) error {
		_, err := answered(s, a.ID, request, body)
		if errors.Is(err, errAnswered) {
			seq := s.Requests[record.RequestKey(a.ID, request)].Seq
			all := s.Closings[record.CounterKey(series, year)]
			c = all[slices.IndexFunc(all, func(x record.Closing) bool { return x.Seq == seq })]
		}
		return err
	}
	err = d.Journals.View(ctx, organization, func(s *record.State) (err error) {
		if err := unanswered(s); err != nil {
			return err
		}
		c, err = s.Closable(series, year, through, record.DateOf(d.Now()))
		return err
	})
	if errors.Is(err, errAnswered) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	lines, err := d.RegisterLines(ctx, organization, series, year, c.First, c.Last)
	if err != nil {
		return c, err
	}
	pdf, err := d.Books.Extract(ctx, issuer, c, lines)
	if err != nil {
		return c, err
	}
	signed, fact, err := d.Signer.Certify(ctx, pdf, record.Certifying{Issuer: issuer, Lines: []string{"Chốt sổ đến hết ngày " + through.Vietnamese(), issuer.Name},
		Reason: fmt.Sprintf("Chốt sổ đăng ký văn bản đi %s năm %d đến hết ngày %s", series, year, through.Vietnamese()), Time: d.Now()})
	if err != nil {
		return c, err
	}
	if c.PDF, err = d.Archive.PutBlob(ctx, signed); err != nil {
		return c, err
	}
	c.Size, c.Signature = len(signed), fact
	made := c
	e, err := d.Journals.Update(ctx, organization, func(s *record.State) (*record.Entry, error) {
		if err := unanswered(s); err != nil { // the same request came twice at once
			return nil, err
		}
		return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: record.CmdClose, Closing: &made, Request: request, RequestDigest: body}, nil
	})
	if errors.Is(err, errAnswered) {
		return c, nil
	}
	c.Seq = e.Seq
	return c, err
}

// closer is the organisation on the last day of a period, if it has the series.
func closer(o record.Organization, series string, through record.Date) (on record.OrganizationOn, err error) {
	var faults faultList
	if !slices.ContainsFunc(o.Series, func(x record.Series) bool { return x.ID == series }) {
		faults.add("/series", "series-unknown", fmt.Sprintf("Cơ quan không có sổ số %q", series))
	}
	if _, err := record.ParseDate(string(through)); err != nil {
		faults.add("/through", "date", "Không có ngày này; ghi ngày như 2024-12-31")
	} else if on, err = o.On(through); err != nil {
		for _, f := range record.FaultsOf(err) {
			faults.add("/through", f.Code, f.Message)
		}
	}
	return on, record.Faulty("closing-invalid", "Chưa chốt sổ được", faults)
}

// Closings are those of a series and year, oldest first.
func (d *Desk) Closings(ctx context.Context, organization, series string, year int) ([]record.Closing, error) {
	var out []record.Closing
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		out = slices.Clone(s.Closings[record.CounterKey(series, year)])
		return nil
	})
	return out, err
}

// RegisterLines are the lines of a series with these numbers, from the journal
// and the manifests themselves; a missing one is Damaged.
func (d *Desk) RegisterLines(ctx context.Context, organization, series string, year, first, last int) ([]record.Imported, error) {
	docs := make([]record.Document, max(last-first+1, 0))
	symbols := map[string]string{}
	err := d.Journals.View(ctx, organization, func(s *record.State) error {
		for _, doc := range s.Documents {
			if doc.Series == series && doc.Year == year && doc.Number >= first && doc.Number <= last {
				docs[doc.Number-first] = doc
				for _, x := range doc.Linked {
					symbols[x] = s.Documents[x].Symbol
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	lines, errs := make([]record.Imported, len(docs)), make([]error, len(docs))
	var wg sync.WaitGroup
	turn := make(chan struct{}, 8)
	for i, doc := range docs {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if doc.ID == "" {
				errs[i] = record.E(record.Damaged, "register-gap", fmt.Sprintf("Sổ thiếu số %d", first+i))
				return
			}
			lines[i], errs[i] = d.registerLine(ctx, doc, symbols)
		})
	}
	wg.Wait()
	return lines, errors.Join(errs...)
}

func (d *Desk) registerLine(ctx context.Context, doc record.Document, symbols map[string]string) (record.Imported, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return record.Imported{}, err
	}
	l := record.Imported{Number: doc.Number, Symbol: doc.Symbol, Date: doc.Date, Type: doc.Type, TypeName: v.Type.Name, Subject: v.Subject, Signatory: v.Signatory.Name,
		Recipients: v.List.Recipients, Unit: v.List.Filing.Unit, Kept: v.List.Filing.Copies, Void: doc.State == record.Voided, State: doc.State}
	for _, r := range l.Recipients {
		l.Copies += r.Copies
	}
	l.HandedOver, l.Receipt = doc.HandedOver()
	if b := doc.Booked; b != nil {
		l.Copies = max(l.Copies, b.Copies)
	}
	l.Note = doc.Remark(func(id string) string { return symbols[id] })
	return l, nil
}
