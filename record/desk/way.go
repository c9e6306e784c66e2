package desk

import (
	"context"
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
	return d.commit(ctx, a, r, record.CmdWithdraw, nil)
}

// Return sends a submitted document back to the secretary.
func (d *Desk) Return(ctx context.Context, a Actor, r Ref, reason string) (record.Document, error) {
	return d.because(ctx, a, r, record.CmdReturn, reason)
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

func (d *Desk) because(ctx context.Context, a Actor, r Ref, c record.Command, reason string) (record.Document, error) {
	return d.commit(ctx, a, r, c, func(_ *record.State, e *record.Entry) error {
		e.Reason = reason
		return nil
	})
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
	return d.commit(ctx, a, r, c, func(s *record.State, e *record.Entry) error {
		other, ok := s.Documents[by]
		if !ok || other.State != record.Issued {
			return record.Faulty("linked-document", "Văn bản liên kết chưa đúng", []record.Fault{{
				Pointer: "/linked", Code: "linked-document", Message: "Văn bản thay thế hoặc đính chính phải là văn bản đã phát hành của cùng cơ quan"}})
		}
		e.Linked = by
		return nil
	})
}

// Dispatch notes that an issued document went out to one recipient of its
// distribution list; Receipt that the recipient confirmed it.
func (d *Desk) Dispatch(ctx context.Context, a Actor, r Ref, recipient string) (record.Document, error) {
	return d.toRecipient(ctx, a, r, record.CmdDispatch, recipient)
}

func (d *Desk) Receipt(ctx context.Context, a Actor, r Ref, recipient string) (record.Document, error) {
	return d.toRecipient(ctx, a, r, record.CmdReceipt, recipient)
}

func (d *Desk) toRecipient(ctx context.Context, a Actor, r Ref, c record.Command, recipient string) (record.Document, error) {
	doc, err := d.Document(ctx, r)
	if err != nil {
		return doc, err
	}
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return doc, err
	}
	for _, x := range v.List.Recipients {
		if recipient != "" && (x.ID == recipient || x.Name == recipient) {
			return d.commit(ctx, a, r, c, func(_ *record.State, e *record.Entry) error {
				e.Recipient = recipient
				return nil
			})
		}
	}
	return doc, record.Faulty("recipient-unknown", "Nơi nhận không có trong văn bản", []record.Fault{{
		Pointer: "/recipient", Code: "recipient-unknown", Message: fmt.Sprintf("%q không có trong danh sách nơi nhận", recipient)}})
}

// Sign puts the official's signature on the submitted PDF; read is the digest
// of the PDF that they read.
func (d *Desk) Sign(ctx context.Context, a Actor, r Ref, read record.Digest) (record.Document, error) {
	if err := d.may(a, record.CmdSign); err != nil {
		return record.Document{}, err
	}
	doc, v, pdf, err := d.current(ctx, r, record.Submitted)
	if err != nil {
		return doc, err
	}
	if a.Person != doc.Signatory {
		return doc, record.E(record.Forbidden, "not-the-signatory", "Chỉ người được trình ký mới ký được văn bản này")
	}
	if read != doc.PDF {
		return doc, record.E(record.Precondition, "pdf-changed", "Bản PDF đã đọc không phải là bản đang trình ký")
	}
	signed, fact, err := d.Signer.Sign(ctx, pdf, record.Signing{Issuer: v.Issuer, Signatory: v.Signatory, Time: d.Now()})
	if err != nil {
		return doc, err
	}
	v.Signatures = append(v.Signatures, fact)
	return d.next(ctx, a, doc, v, record.CmdSign, signed, func(e *record.Entry) { e.Read = read })
}

// Number gives the next number of the series and the date, once.
func (d *Desk) Number(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	doc, v, _, err := d.current(ctx, r, record.Signed)
	if err != nil {
		return doc, err
	}
	organization, err := d.Organizations.Organization(ctx, r.Journal)
	if err != nil {
		return doc, err
	}
	return d.commit(ctx, a, r, record.CmdNumber, func(s *record.State, e *record.Entry) error {
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
	if err := d.may(a, record.CmdSeal); err != nil {
		return record.Document{}, err
	}
	doc, v, pdf, err := d.current(ctx, r, record.Numbered)
	if err != nil {
		return doc, err
	}
	sealed, fact, err := d.Signer.Seal(ctx, pdf, record.Sealing{Issuer: v.Issuer, Number: record.NumberText(doc.Number), Date: doc.Date, Time: d.Now()})
	if err != nil {
		return doc, err
	}
	v.Signatures = append(v.Signatures, fact)
	v.Number, v.Symbol, v.Date = doc.Number, doc.Symbol, doc.Date
	return d.next(ctx, a, doc, v, record.CmdSeal, sealed, nil)
}

// current is a document in the wanted state with its manifest and PDF.
func (d *Desk) current(ctx context.Context, r Ref, want record.Status) (record.Document, record.Version, []byte, error) {
	doc, err := d.Document(ctx, r)
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
	v.Files, v.Signatures = slices.Clone(v.Files), slices.Clone(v.Signatures)
	pdf, err := d.Archive.Blob(ctx, doc.PDF)
	return doc, v, pdf, err
}

// next stores and commits the version that a signature made.
func (d *Desk) next(ctx context.Context, a Actor, doc record.Document, v record.Version, c record.Command, pdf []byte, more func(*record.Entry)) (record.Document, error) {
	v.Predecessor, v.Version, v.State, v.Created = doc.Manifest, doc.Version+1, record.Transitions[c].To, d.Now().UTC()
	replaceFile(&v, record.PDFFile, pdf)
	manifest, err := d.store(ctx, v, pdf)
	if err != nil {
		return doc, err
	}
	return d.commit(ctx, a, Ref{doc.Journal, doc.ID}, c, func(_ *record.State, e *record.Entry) error {
		e.Version, e.Manifest, e.PDF = v.Version, manifest, record.DigestOf(pdf)
		if more != nil {
			more(e)
		}
		return nil
	})
}
