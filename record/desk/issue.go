package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vanthu/record"
)

// Cast is who acts when a document goes the whole way at once.
type Cast struct {
	Secretary, Signatory, Clerk Actor
}

// Issue takes an envelope from JSON to the issued document in one go. All that
// can be refused is refused before anything is stored. A request that was
// interrupted is taken up where it stopped; one that is done gives its
// document again.
func (d *Desk) Issue(ctx context.Context, c Cast, in Input) (record.Document, error) {
	s, doc, err := d.readOnce(ctx, c.Secretary, in)
	if errors.Is(err, errAnswered) {
		return d.Finish(ctx, c, doc)
	}
	if err == nil {
		err = s.issuable()
	}
	if err != nil {
		return doc, err
	}
	var digits int
	err = d.Journals.View(ctx, s.issuer.ID, func(st *record.State) error {
		digits = slotDigits(nextNumber(st, s.series, s.date.Year()))
		if last := st.Counters[record.CounterKey(s.series.ID, s.date.Year())].LastDate; s.date < last {
			return record.E(record.Conflict, "date-backwards", fmt.Sprintf("Ngày %s sớm hơn ngày của số đã cấp gần nhất (%s)", s.date.Vietnamese(), last.Vietnamese()))
		}
		return nil
	})
	if err != nil {
		return doc, err
	}
	if err := d.ready(ctx, s.issuer, append([]record.Signatory{s.signatory}, s.cosignatories...)); err != nil {
		return doc, err
	}
	s.id = newID()
	made, err := d.render(ctx, s, digits)
	if err != nil {
		return doc, err
	}
	if doc, err = d.draft(ctx, c.Secretary, s, in.Request, true); err != nil {
		return doc, err
	}
	if doc.ID != s.id { // an earlier try with the same request began it
		s.id, made = doc.ID, rendering{}
	}
	if doc.State == record.Draft && doc.Version == 1 {
		next, err := d.submit(ctx, d.order(c.Secretary, Ref{Journal: doc.Journal, ID: doc.ID}, record.CmdSubmit, nil), doc, s, made)
		if err != nil && record.KindOf(err) != record.Conflict {
			return doc, err
		}
		if err == nil {
			doc = next
		}
	}
	return d.Finish(ctx, c, doc)
}

// Finish takes a document on from wherever it stands until it is issued. It
// may run beside another that does the same: the journal lets one of them do
// each step, and the other goes on from there.
func (d *Desk) Finish(ctx context.Context, c Cast, doc record.Document) (record.Document, error) {
	const most = 32 // steps; the way has five, more when others interfere
	r := Ref{Journal: doc.Journal, ID: doc.ID}
	for range most {
		if doc.State == record.Issued {
			return doc, nil
		}
		next, err := d.step(ctx, c, r, doc)
		if err == nil {
			doc = next
			continue
		}
		kind := record.KindOf(err)
		if kind != record.Conflict && kind != record.Precondition {
			return doc, err
		}
		now, look := d.Document(ctx, r)
		if look != nil {
			return doc, look
		}
		if now.State == doc.State && now.Version == doc.Version {
			return doc, err // nobody else moved it: the refusal is real
		}
		doc = now
	}
	return doc, record.E(record.Conflict, "no-progress", "Văn bản không đi hết được quy trình")
}

func (d *Desk) step(ctx context.Context, c Cast, r Ref, doc record.Document) (record.Document, error) {
	switch doc.State {
	case record.Draft:
		return d.Submit(ctx, c.Secretary, r)
	case record.Submitted:
		c.Signatory.Persons = []string{doc.Turn()}
		next, err := d.Sign(ctx, c.Signatory, r, doc.PDF)
		if err == nil && next.State == doc.State && next.Version == doc.Version {
			err = record.E(record.Conflict, "signature-waiting", "Văn bản đang chờ người ký ký bằng khóa của mình")
		}
		return next, err
	case record.Signed:
		next, err := d.Number(ctx, c.Clerk, r)
		if code := record.CodeOf(err); code == "year-changed" || code == "number-too-wide" {
			// The signed text no longer fits: it is made and signed anew.
			return d.Unsign(ctx, c.Clerk, r, err.Error())
		}
		return next, err
	case record.Returned:
		raw, err := d.File(ctx, doc, record.InputFile)
		if err != nil {
			return doc, err
		}
		return d.Revise(ctx, c.Secretary, r, Input{Raw: raw})
	case record.Numbered:
		return d.Seal(ctx, c.Clerk, r)
	}
	return doc, record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không thể phát hành", doc.State))
}

// Resumed is what became of one interrupted document.
type Resumed struct {
	Document record.Document
	Err      error
}

// Resume finishes every document that was to go the whole way and was
// interrupted. It reports each; its own error means that the
// journals could not be read.
func (d *Desk) Resume(ctx context.Context, c Cast) ([]Resumed, error) {
	journals, err := d.Journals.Journals(ctx)
	if err != nil {
		return nil, err
	}
	var out []Resumed
	for _, j := range journals {
		if j == record.SystemJournal {
			continue
		}
		var open []record.Document
		err := d.Journals.View(ctx, j, func(s *record.State) error {
			for _, doc := range s.Documents {
				if doc.Whole && slices.Contains(underWay, doc.State) {
					open = append(open, doc)
				}
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		// Those with a number first, in its order, so that the register fills up.
		slices.SortFunc(open, func(a, b record.Document) int {
			if (a.Number > 0) != (b.Number > 0) {
				return b.Number - a.Number
			}
			if a.Number != b.Number {
				return a.Number - b.Number
			}
			return slices.Compare([]byte(a.ID), []byte(b.ID))
		})
		for _, doc := range open {
			done, err := d.Finish(ctx, c, doc)
			out = append(out, Resumed{done, err})
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
		}
	}
	return out, nil
}

var underWay = []record.Status{record.Draft, record.Submitted, record.Returned, record.Signed, record.Numbered}
