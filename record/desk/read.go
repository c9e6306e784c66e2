package desk

import (
	"context"
	"fmt"

	"vanthu/record"
)

// File delivers one file of a document's current version, checked against its
// digest.
func (d *Desk) File(ctx context.Context, doc record.Document, name string) ([]byte, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	return d.FileOf(ctx, v, name)
}

// FileOf delivers one file of a version, checked against its digest; NotFound
// when the version has none of that name.
func (d *Desk) FileOf(ctx context.Context, v record.Version, name string) ([]byte, error) {
	f, ok := v.File(name)
	if !ok {
		return nil, record.E(record.NotFound, "file-not-found", fmt.Sprintf("Phiên bản %d không có tệp %s", v.Version, name))
	}
	return d.Archive.Blob(ctx, f.SHA256)
}

// Version is the manifest of a document's n-th version, with its digest;
// NotFound when there is none.
func (d *Desk) Version(ctx context.Context, doc record.Document, n int) (record.Version, record.Digest, error) {
	if n < 1 || n > doc.Version {
		return record.Version{}, "", record.E(record.NotFound, "version-not-found", fmt.Sprintf("Văn bản không có phiên bản %d", n))
	}
	at := doc.Manifest
	for {
		v, err := d.Archive.Version(ctx, at)
		if err != nil || v.Version == n {
			return v, at, err
		}
		if at = v.Predecessor; v.Version < n || at == "" {
			return v, "", record.E(record.Damaged, "versions-broken", fmt.Sprintf("Chuỗi phiên bản của văn bản %s bị đứt", doc.ID))
		}
	}
}

// History is everything that was done to a document, oldest first.
func (d *Desk) History(ctx context.Context, doc record.Document) ([]record.Entry, error) {
	out := make([]record.Entry, 0, len(doc.Entries))
	for _, seq := range doc.Entries {
		e, err := d.Journals.Entry(ctx, doc.Journal, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// PreviewOf is Preview of a document that is not rendered yet, from the input
// of its current version.
func (d *Desk) PreviewOf(ctx context.Context, doc record.Document, asPDF bool) ([]byte, error) {
	raw, err := d.File(ctx, doc, record.InputFile)
	if err != nil {
		return nil, err
	}
	return d.Preview(ctx, Input{Raw: raw}, asPDF)
}

// SignatoryReady says whether the keys that a submitted document will need
// could be used now; the error says why not.
func (d *Desk) SignatoryReady(ctx context.Context, doc record.Document) error {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return err
	}
	return d.ready(ctx, v.Issuer, append([]record.Signatory{v.Signatory}, v.Cosignatories...))
}

// ready says whether the keys of all who sign could be used now.
func (d *Desk) ready(ctx context.Context, issuer record.OrganizationOn, all []record.Signatory) error {
	for slot, by := range all {
		if err := d.Signer.Ready(ctx, record.Signing{Issuer: issuer, Signatory: by, Slot: slot, Time: d.Now()}); err != nil {
			return err
		}
	}
	return nil
}
