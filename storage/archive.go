package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"

	"vanthu/record"
)

// Archive is the content and the journals of an office over a Store. Content
// lies under its own SHA-256:
//
//	blobs/sha256/<first two>/<64 hex>
//	manifests/<first two>/<64 hex>.json
//	journals/<journal>/<sequence, 10 digits>
//	logs/<journal>/...                      see Log
//	reports/<kind>/<time>-<random>          signed notes, see Reports
type Archive struct {
	store Store
	// Second, where set, holds copies of what is in the archive: they answer for
	// what is damaged here.
	Second Store
	// Recovered, where set, is told of every object that was read from a copy
	// because the one in its place is damaged or gone. It may be called from many
	// goroutines.
	Recovered func(key string, from Source)

	repairing sync.Mutex // one repair at a time
}

// NewArchive is the archive kept in s.
func NewArchive(s Store) *Archive { return &Archive{store: s} }

const (
	blobFolder     = "blobs/sha256/"
	manifestFolder = "manifests/"
	manifestSuffix = ".json"
)

func blobKey(d record.Digest) string { return blobFolder + string(d[:2]) + "/" + string(d) }

func manifestKey(d record.Digest) string {
	return manifestFolder + string(d[:2]) + "/" + string(d) + manifestSuffix
}

// PutBlob keeps content under its digest. It is durable when it returns, and
// putting the same content again is no error.
func (a *Archive) PutBlob(ctx context.Context, content []byte) (record.Digest, error) {
	d := record.DigestOf(content)
	return d, a.put(ctx, blobKey(d), content)
}

// PutBlobs is PutBlob for independent contents at once; digests come in the
// order of contents.
func (a *Archive) PutBlobs(ctx context.Context, contents ...[]byte) ([]record.Digest, error) {
	var (
		wg      sync.WaitGroup
		digests = make([]record.Digest, len(contents))
		errs    = make([]error, len(contents))
	)
	for i, c := range contents {
		wg.Go(func() { digests[i], errs[i] = a.PutBlob(ctx, c) })
	}
	wg.Wait()
	return digests, errors.Join(errs...)
}

// put creates key, and is content when the very same bytes are there.
func (a *Archive) put(ctx context.Context, key string, content []byte) error {
	err := a.store.Create(ctx, key, content)
	if !errors.Is(err, ErrExists) {
		return err
	}
	there, err := a.store.Get(ctx, key)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, content) {
		return damaged(key, "the bytes under this key are others")
	}
	return nil
}

// Blob reads content by its digest: NotFound when it is not in the archive,
// Damaged when what lies there does not match and no good copy is within reach.
func (a *Archive) Blob(ctx context.Context, d record.Digest) ([]byte, error) {
	if !d.Valid() {
		return nil, noContent(string(d), nil)
	}
	return a.content(ctx, blobKey(d), d)
}

func (a *Archive) content(ctx context.Context, key string, d record.Digest) ([]byte, error) {
	var (
		b    []byte
		err  error
		good = func(b []byte) bool { return record.DigestOf(b) == d }
	)
	if s, ok := a.store.(goodReader); ok {
		b, err = s.getGood(ctx, key, good)
	} else {
		b, err = a.store.Get(ctx, key)
	}
	b, err = a.orElsewhere(ctx, key, good, b, err)
	switch {
	case err == nil:
		return b, nil
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	// Content is only asked for by what names it: it was here.
	if b, ok := a.elsewhere(ctx, key, good); ok {
		return b, nil
	}
	return nil, noContent(key, err)
}

// PutVersion keeps a manifest under the digest of its JSON; see PutBlob. It may
// go side by side with the files it names: the journal entry that names the
// manifest comes after all of them.
func (a *Archive) PutVersion(ctx context.Context, v record.Version) (record.Digest, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode manifest of %s: %w", v.Document, err)
	}
	if _, err := decodeVersion(b); err != nil {
		return "", record.Because(err, record.Internal, "manifest-incomplete", "Bản kê của phiên bản chưa đủ")
	}
	d := record.DigestOf(b)
	return d, a.put(ctx, manifestKey(d), b)
}

// Manifest reads a manifest as it is stored; errors are those of Blob.
func (a *Archive) Manifest(ctx context.Context, d record.Digest) ([]byte, error) {
	if !d.Valid() {
		return nil, noContent(string(d), nil)
	}
	return a.content(ctx, manifestKey(d), d)
}

// Version reads a manifest by its digest; errors are those of Blob.
func (a *Archive) Version(ctx context.Context, d record.Digest) (record.Version, error) {
	if !d.Valid() {
		return record.Version{}, noContent(string(d), nil)
	}
	key := manifestKey(d)
	b, err := a.content(ctx, key, d)
	if err != nil {
		return record.Version{}, err
	}
	v, err := decodeVersion(b)
	if err != nil {
		return record.Version{}, damaged(key, err.Error())
	}
	return v, nil
}

const maxFiles = 64

// decodeVersion reads a manifest and checks that it is complete. Members it
// does not know are allowed: a newer program may have written them.
func decodeVersion(b []byte) (record.Version, error) {
	var v record.Version
	if err := json.Unmarshal(b, &v); err != nil {
		return v, err
	}
	switch {
	case v.Document == "" || v.Version < 1:
		return v, errors.New("names no document or version")
	case (v.Version == 1) != (v.Predecessor == "") || v.Predecessor != "" && !v.Predecessor.Valid():
		return v, fmt.Errorf("predecessor %q of version %d", v.Predecessor, v.Version)
	case len(v.Files) == 0 && !v.Fileless() || len(v.Files) > maxFiles:
		return v, fmt.Errorf("%d files", len(v.Files))
	}
	names := map[string]bool{}
	for _, f := range v.Files {
		if f.Name == "" || names[f.Name] || !f.SHA256.Valid() || f.Size < 0 || f.Size > MaxObject {
			return v, fmt.Errorf("file %q", f.Name)
		}
		names[f.Name] = true
	}
	return v, nil
}

func damaged(key, why string) error {
	return record.Because(fmt.Errorf("%s: %s", key, why), record.Damaged, "archive-damaged",
		fmt.Sprintf("Nội dung lưu trữ %s đã bị hỏng", key))
}

func noContent(key string, err error) error {
	return record.Because(err, record.NotFound, "archive-not-found", fmt.Sprintf("Kho lưu trữ không có %s", key))
}

// Keys yields all keys of the archive, in byte order.
func (a *Archive) Keys(ctx context.Context) iter.Seq2[string, error] { return a.store.List(ctx, "") }
