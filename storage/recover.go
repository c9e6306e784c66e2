package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vanthu/record"
)

// Source is where a good copy of a damaged object was found.
type Source string

const (
	FromVersion Source = "version" // another version of the object on the server
	FromBundle  Source = "bundle"  // of an entry: the bundle of its log
	FromSecond  Source = "second"  // the second store
)

// goodReader is a store that can answer faster when content proves itself.
type goodReader interface {
	getGood(ctx context.Context, key string, good func([]byte) bool) ([]byte, error)
}

// versioned is a store that may hold several versions under a key.
type versioned interface {
	// editions are all contents ever written under key, oldest first; those that
	// cannot be read are left out.
	editions(ctx context.Context, key string) ([][]byte, error)
}

// object reads what was first written under key. Where that is not good it is
// looked for in other versions, in bundles and in the second store; Damaged when
// there is no good copy, and then also the bytes found. ErrNotFound when nothing
// is there.
func (a *Archive) object(ctx context.Context, key string, good func([]byte) bool) ([]byte, error) {
	b, err := a.store.Get(ctx, key)
	return a.orElsewhere(ctx, key, good, b, err)
}

func (a *Archive) orElsewhere(ctx context.Context, key string, good func([]byte) bool, b []byte, err error) ([]byte, error) {
	switch {
	case err == nil && good(b):
		return b, nil
	case errors.Is(err, ErrNotFound), ctx.Err() != nil, err != nil && record.CodeOf(err) == codeUnreachable:
		return nil, err
	}
	if copied, ok := a.elsewhere(ctx, key, good); ok {
		return copied, nil
	}
	if err != nil {
		return nil, err
	}
	return b, damaged(key, "what lies there is not what was written")
}

// elsewhere looks for a good copy of an object beside its place.
func (a *Archive) elsewhere(ctx context.Context, key string, good func([]byte) bool) ([]byte, bool) {
	b, from, ok := a.find(ctx, key, good)
	if ok && a.Recovered != nil {
		a.Recovered(key, from)
	}
	return b, ok
}

func (a *Archive) find(ctx context.Context, key string, good func([]byte) bool) ([]byte, Source, bool) {
	if journal, seq, ok := parseEntryKey(key); ok {
		index := (seq - 1) / tileEntries
		if b, err := a.store.Get(ctx, entriesKey(journal, index)); err == nil {
			if raw, err := unbundle(b); err == nil && len(raw) == tileEntries && good(raw[(seq-1)%tileEntries]) {
				return raw[(seq-1)%tileEntries], FromBundle, true
			}
		}
	}
	if b, ok := a.edition(ctx, key, good); ok {
		return b, FromVersion, true
	}
	if a.Second != nil {
		if b, err := a.Second.Get(ctx, key); err == nil && good(b) {
			return b, FromSecond, true
		}
	}
	return nil, "", false
}

// edition is the oldest good version of an object.
func (a *Archive) edition(ctx context.Context, key string, good func([]byte) bool) ([]byte, bool) {
	s, ok := a.store.(versioned)
	if !ok {
		return nil, false
	}
	all, err := s.editions(ctx, key)
	if i := slices.IndexFunc(all, good); err == nil && i >= 0 {
		return all[i], true
	}
	return nil, false
}

// replacer is a store that can put good bytes in the place of damaged ones,
// keeping what was there.
type replacer interface {
	replace(ctx context.Context, key string, data []byte) error
}

// Repaired is what Repair has done.
type Repaired struct {
	Key    string
	SHA256 record.Digest // of the good bytes
	From   Source
}

// Repair puts a good copy of an object in its place, where there is one. What
// was there is kept beside it: on a filesystem under .damaged, on a server as
// an older version. What is good by now (someone else has just repaired it) is
// left alone: then From is "". NotFound, no-copy, when there is no good copy.
func (a *Archive) Repair(ctx context.Context, key string) (Repaired, error) {
	good, err := a.proof(key)
	if err != nil {
		return Repaired{}, err
	}
	a.repairing.Lock()
	defer a.repairing.Unlock()
	if b, err := a.store.Get(ctx, key); err == nil && good(b) {
		return Repaired{Key: key}, nil
	}
	if b, ok := a.edition(ctx, key, good); ok {
		return Repaired{key, record.DigestOf(b), FromVersion}, nil // it is there already
	}
	b, from, ok := a.find(ctx, key, good)
	if !ok {
		return Repaired{}, record.E(record.NotFound, "no-copy", "Không có bản nào còn tốt của "+key)
	}
	r := Repaired{key, record.DigestOf(b), from}
	if err := a.store.Create(ctx, key, b); !errors.Is(err, ErrExists) {
		return r, err
	}
	s, ok := a.store.(replacer)
	if !ok {
		return r, fmt.Errorf("repair %s: the store cannot", key)
	}
	return r, s.replace(ctx, key, b)
}

// proof is how an object proves itself by its key alone.
func (a *Archive) proof(key string) (func([]byte) bool, error) {
	if journal, seq, ok := parseEntryKey(key); ok {
		return func(b []byte) bool { _, _, err := record.DecodeEntry(journal, seq, b); return err == nil }, nil
	}
	if d, _, ok := contentKey(key); ok {
		return func(b []byte) bool { return record.DigestOf(b) == d }, nil
	}
	return nil, record.E(record.NotFound, "no-copy", "Không sửa được "+key+" bằng một bản sao; điểm chốt và ô nhật ký được lập lại bằng lệnh khác")
}
