package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"vanthu/record"
)

// order is one person's command on one document, before it is carried out.
type order struct {
	actor Actor
	ref   Ref
	entry record.Entry // what was asked for; the place in the journal comes later
	body  record.Digest
}

// order says what an actor asks for; fill adds what the command needs to know.
func (d *Desk) order(a Actor, r Ref, c record.Command, fill func(*record.Entry)) order {
	o := order{actor: a, ref: r, entry: record.Entry{Actor: a.ID, Command: c, Document: r.ID, Request: r.Request}}
	if fill != nil {
		fill(&o.entry)
	}
	o.identify(string(o.entry.Read), o.entry.Reason, o.entry.Linked, o.entry.Recipient)
	return o
}

// identify sets what a repetition of the request must have in common with it.
func (o *order) identify(asked ...string) {
	if o.ref.Request == "" {
		return
	}
	o.body = record.DigestOf(fmt.Appendf(nil, "%s %s %q", o.entry.Command, o.ref.ID, asked))
	o.entry.RequestDigest = o.body
}

// admit refuses who may not, a document that is not there and one that has
// changed since it was seen, in this order. A request that was carried out
// before comes back as errAnswered with the document as it is now.
func (d *Desk) admit(ctx context.Context, o order) (record.Document, error) {
	if err := d.may(o.actor, o.entry.Command); err != nil {
		return record.Document{}, err
	}
	var doc record.Document
	err := d.Journals.View(ctx, o.ref.Journal, func(s *record.State) (err error) {
		doc, err = o.admitted(s)
		return err
	})
	return doc, err
}

func (o order) admitted(s *record.State) (record.Document, error) {
	doc, ok := s.Documents[o.ref.ID]
	if !ok {
		return doc, record.E(record.NotFound, "document-not-found", "Không có văn bản "+o.ref.ID)
	}
	if _, err := answered(s, o.actor.ID, o.ref.Request, o.body); err != nil {
		return doc, err
	}
	if o.ref.Seen != 0 && o.ref.Seen != doc.Seq() {
		return doc, record.E(record.Precondition, "document-changed", "Văn bản đã thay đổi từ lúc bạn mở; hãy xem lại rồi thực hiện")
	}
	return doc, nil
}

// carryOut appends the order's entry. fill sees the newest state, each time it
// is asked.
func (d *Desk) carryOut(ctx context.Context, o order, fill func(*record.State, *record.Entry) error) (record.Document, error) {
	if err := d.may(o.actor, o.entry.Command); err != nil {
		return record.Document{}, err
	}
	_, err := d.Journals.Update(ctx, o.ref.Journal, func(s *record.State) (*record.Entry, error) {
		if _, err := o.admitted(s); err != nil {
			return nil, err
		}
		e := o.entry
		e.Time = d.Now().UTC()
		if fill == nil {
			return &e, nil
		}
		return &e, fill(s, &e)
	})
	if err != nil && !errors.Is(err, errAnswered) {
		return record.Document{}, err
	}
	return d.Document(ctx, o.ref)
}

// store puts a version's manifest and new contents into the archive, side by
// side: their names are their digests, and the journal entry that names them
// comes after all of them.
func (d *Desk) store(ctx context.Context, v record.Version, contents ...[]byte) (record.Digest, error) {
	var (
		wg       sync.WaitGroup
		manifest record.Digest
		errs     = make([]error, len(contents)+1)
	)
	for i, content := range contents {
		wg.Go(func() { _, errs[i] = d.Archive.PutBlob(ctx, content) })
	}
	manifest, errs[len(contents)] = d.Archive.PutVersion(ctx, v)
	wg.Wait()
	return manifest, errors.Join(errs...)
}

// replaceFile sets a file of a version being made.
func replaceFile(v *record.Version, name string, content []byte) {
	f := record.File{Name: name, SHA256: record.DigestOf(content), Size: len(content)}
	for i := range v.Files {
		if v.Files[i].Name == name {
			v.Files[i] = f
			return
		}
	}
	v.Files = append(v.Files, f)
}
