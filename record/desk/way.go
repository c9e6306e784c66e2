package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vanthu/record"
)

// Discard ends a draft that will not be issued.
func (d *Desk) Discard(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdDiscard, reason)
}

// Withdraw takes a submitted document back to draft.
func (d *Desk) Withdraw(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	return d.carryOut(ctx, d.order(a, r, record.CmdWithdraw, nil), nil)
}

// Return sends a submitted document back to the secretary.
func (d *Desk) Return(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	o := d.order(a, r, record.CmdReturn, func(e *record.Entry) { e.Reason = reason })
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	if doc.State == record.Submitted && !slices.Contains(a.Persons, doc.Turn()) {
		return doc, errNotSignatory()
	}
	return d.carryOut(ctx, o, nil)
}

// Unsign sets a signed document aside before it has a number; the signed
// version is kept.
func (d *Desk) Unsign(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdUnsign, reason)
}

// Void gives up a numbered document; its number stays used, with the reason.
func (d *Desk) Void(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdVoid, reason)
}

// Recall freezes an issued document (NĐ 30/2020, Điều 18.4).
func (d *Desk) Recall(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdRecall, reason)
}

// Hold keeps a document from disposal, whatever its retention (legal hold);
// Release ends that.
func (d *Desk) Hold(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdHold, reason)
}

func (d *Desk) Release(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdRelease, reason)
}

func (d *Desk) because(ctx context.Context, a Actor, r Ref, c record.Command, reason string) (record.Document, error) {
	return d.carryOut(ctx, d.order(a, r, c, func(e *record.Entry) { e.Reason = reason }), nil)
}

// settled turns the answer to a repeated request into an answer.
func settled(doc record.Document, err error) (record.Document, error) {
	if errors.Is(err, errAnswered) {
		return doc, nil
	}
	return doc, err
}

func errNotSignatory() error {
	return record.E(record.Forbidden, "not-the-signatory", "Chỉ người được trình ký mới làm được việc này với văn bản")
}

// Supersede links an issued document to the issued one that replaces it.
func (d *Desk) Supersede(ctx context.Context, a Actor, r Ref, by string) (record.Document, error) {
	return d.link(ctx, a, r, record.CmdSupersede, by)
}

// Correct links an issued document to the issued letter that corrects its form
// (NĐ 30/2020, Điều 18.3).
func (d *Desk) Correct(ctx context.Context, a Actor, r Ref, by string) (record.Document, error) {
	return d.link(ctx, a, r, record.CmdCorrect, by)
}

func (d *Desk) link(ctx context.Context, a Actor, r Ref, c record.Command, by string) (record.Document, error) {
	o := d.order(a, r, c, func(e *record.Entry) { e.Linked = by })
	return d.carryOut(ctx, o, func(s *record.State, _ *record.Entry) error {
		other, ok := s.Documents[by]
		if !ok || !other.State.InForce() {
			return record.Faulty("linked-document", "Văn bản liên kết chưa đúng", []record.Fault{{
				Pointer: "/linked", Code: "linked-document", Message: "Văn bản thay thế hoặc đính chính phải là văn bản đã phát hành của cùng cơ quan"}})
		}
		return nil
	})
}

// Number gives the next number of the series and the date, once.
func (d *Desk) Number(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	o := d.order(a, r, record.CmdNumber, nil)
	doc, v, _, err := d.current(ctx, o, record.Signed)
	if err != nil {
		return settled(doc, err)
	}
	organization, err := d.Organizations.Organization(ctx, r.Journal)
	if err != nil {
		return doc, err
	}
	return d.carryOut(ctx, o, func(s *record.State, e *record.Entry) error {
		date := record.DateOf(d.Now())
		if doc.Wanted != "" {
			date = doc.Wanted
		}
		on, err := organization.On(date)
		if err != nil {
			return err
		}
		for _, series := range on.SeriesOfDay {
			if series.ID == doc.Series {
				n := nextNumber(s, series, doc.Year)
				e.Numbering = &record.Numbering{Series: series.ID, Year: doc.Year, Opening: series.Opening[doc.Year],
					Number: n, Symbol: record.NumberText(n) + v.Symbol, Date: date}
				return nil
			}
		}
		return record.E(record.Conflict, "series-closed", fmt.Sprintf("Sổ số %q không còn mở vào ngày %s", doc.Series, date.Vietnamese()))
	})
}

// Seal fills number, day and month into the signed PDF and puts the
// organisation's signature under it: the document is issued.
func (d *Desk) Seal(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	o := d.order(a, r, record.CmdSeal, nil)
	doc, v, pdf, err := d.current(ctx, o, record.Numbered)
	if err != nil {
		return settled(doc, err)
	}
	sealed, fact, err := d.Signer.Seal(ctx, pdf, record.Sealing{Issuer: v.Issuer, Number: record.NumberText(doc.Number), Date: doc.Date, Time: d.Now()})
	if err != nil {
		return doc, err
	}
	v.Signatures = append(v.Signatures, fact)
	v.Number, v.Symbol, v.Date = doc.Number, doc.Symbol, doc.Date
	marked, err := d.markAttachments(ctx, &v)
	if err != nil {
		return doc, err
	}
	if doc, err = d.next(ctx, o, doc, v, sealed, marked...); err == nil {
		d.judgeIssued(ctx, doc, v, sealed)
	}
	return doc, err
}

// current is a document in the state that an order wants, with its manifest
// and PDF.
func (d *Desk) current(ctx context.Context, o order, want record.Status) (record.Document, record.Version, []byte, error) {
	doc, err := d.admit(ctx, o)
	if err != nil {
		return doc, record.Version{}, nil, err
	}
	if doc.State != want {
		return doc, record.Version{}, nil, record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không phải %s", doc.State, want))
	}
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return doc, v, nil, err
	}
	v.Files, v.Signatures = slices.Clone(v.Files), slices.Clone(v.Signatures) // the archive's own are shared
	pdf, err := d.Archive.Blob(ctx, doc.PDF)
	return doc, v, pdf, err
}

// next stores and commits the version that a signature made; more are its other
// new files.
func (d *Desk) next(ctx context.Context, o order, doc record.Document, v record.Version, pdf []byte, more ...[]byte) (record.Document, error) {
	v.Predecessor, v.Version, v.Created = doc.Manifest, doc.Version+1, d.Now().UTC()
	if to := record.Transitions[o.entry.Command].To; to != "" {
		v.State = to
	}
	if o.entry.Command == record.CmdSign && doc.Signed < len(doc.Cosigners) {
		v.State = record.Submitted
	}
	replaceFile(&v, record.PDFFile, pdf)
	manifest, err := d.store(ctx, v, append(more, pdf)...)
	if err != nil {
		return doc, err
	}
	return d.carryOut(ctx, o, func(_ *record.State, e *record.Entry) error {
		e.Version, e.Manifest, e.PDF = v.Version, manifest, record.DigestOf(pdf)
		return nil
	})
}
