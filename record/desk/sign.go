package desk

import (
	"context"
	"fmt"
	"slices"

	"vanthu/record"
)

// Sign puts the signature of the official whose turn it is on the submitted
// PDF; read is the digest of the PDF that they read. A document that then is
// still submitted waits for the value of the signature, whose key is not at
// hand (WaitingFor), or for the next signatory.
func (d *Desk) Sign(ctx context.Context, a Actor, r Ref, read record.Digest) (record.Document, error) {
	o := d.order(a, r, record.CmdSign, func(e *record.Entry) { e.Read = read })
	doc, v, pdf, err := d.toSign(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	known, err := d.WaitingFor(ctx, doc)
	if err != nil || known != nil && known.Actor == a.ID {
		return doc, err // asked for already: nobody's telephone rings twice
	}
	if known != nil { // by another account of the same person, which left it
		if err := d.Waiting.Delete(ctx, doc.ID); err != nil {
			return doc, err
		}
	}
	by, _ := v.Signer(doc.Signed)
	made, err := d.Signer.Sign(ctx, pdf, record.Signing{Issuer: v.Issuer, Signatory: by, Slot: doc.Signed, Certificates: a.Certificates, Time: d.Now()})
	if err != nil {
		return doc, err
	}
	if made.Pending != nil {
		return doc, d.wait(ctx, o, doc, *made.Pending)
	}
	v.Signatures = append(v.Signatures, made.Fact)
	return d.next(ctx, o, doc, v, made.PDF)
}

// toSign is the document of an order to sign, after everything that may refuse
// it, the right to sign on the day included.
func (d *Desk) toSign(ctx context.Context, o order) (record.Document, record.Version, []byte, error) {
	doc, err := d.admit(ctx, o)
	switch {
	case err != nil:
		return doc, record.Version{}, nil, err
	case doc.State == record.Submitted && !slices.Contains(o.actor.Persons, doc.Turn()):
		return doc, record.Version{}, nil, errNotSignatory()
	case doc.PDF != "" && o.entry.Read != doc.PDF:
		return doc, record.Version{}, nil, record.E(record.Precondition, "pdf-changed", "Bản PDF đã đọc không phải là bản đang trình ký")
	}
	doc, v, pdf, err := d.current(ctx, o, record.Submitted)
	if err == nil {
		err = d.entitled(ctx, doc, v)
	}
	return doc, v, pdf, err
}

// entitled asks anew whether the one whose turn it is may sign: offices and
// delegations may have ended since the document was submitted (NĐ 30/2020,
// Điều 13). Conflict, authority-ended.
func (d *Desk) entitled(ctx context.Context, doc record.Document, v record.Version) error {
	by, ok := v.Signer(doc.Signed)
	if !ok {
		return record.E(record.Damaged, "signatories", "Bản kê không nêu người đến lượt ký")
	}
	day := record.DateOf(d.Now())
	if doc.Wanted != "" {
		day = doc.Wanted
	}
	at := by.Organization
	if at == "" {
		at = doc.Journal
	}
	ended := func(why string) error {
		return record.E(record.Conflict, "authority-ended", fmt.Sprintf("%s không còn thẩm quyền ký văn bản này vào ngày %s: %s", by.Name, day.Vietnamese(), why))
	}
	organization, err := d.Organizations.Organization(ctx, at)
	if err != nil {
		return err
	}
	on, err := organization.On(day)
	if err != nil {
		return ended(firstFault(err))
	}
	now, err := on.Resolve(record.SignatoryChoice{Person: by.Person, Capacity: by.Capacity}, v.Type.Code)
	if err != nil {
		return ended(firstFault(err))
	}
	if !slices.Equal(now.Lines, by.Lines) || now.Name != by.Name {
		return ended("chức vụ hoặc họ tên nay khác với phần đã in trên chữ ký; hãy trả lại để lập lại")
	}
	return nil
}

// firstFault is what a person needs to read of a refusal.
func firstFault(err error) string {
	if faults := record.FaultsOf(err); len(faults) > 0 {
		return faults[0].Message
	}
	return err.Error()
}
