package desk

import (
	"context"
	"errors"
	"sync"

	"vanthu/record"
)

// entry begins a command's entry; the journal gives it its place.
func (d *Desk) entry(a Actor, c record.Command, document string) *record.Entry {
	return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: c, Document: document}
}

// commit appends one command's entry to a document that exists. fill sees the
// newest state, each time it is asked.
func (d *Desk) commit(ctx context.Context, a Actor, r Ref, c record.Command, fill func(*record.State, *record.Entry) error) (record.Document, error) {
	if err := d.may(a, c); err != nil {
		return record.Document{}, err
	}
	_, err := d.Journals.Update(ctx, r.Journal, func(s *record.State) (*record.Entry, error) {
		e := d.entry(a, c, r.ID)
		if fill == nil {
			return e, nil
		}
		return e, fill(s, e)
	})
	if err != nil {
		return record.Document{}, err
	}
	return d.Document(ctx, r)
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
