package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"vanthu/record"
)

const (
	journalFolder = "journals/"
	seqDigits     = 10
	maxSeq        = 9_999_999_999
)

// Recorded is an entry as it stands in a journal, with the digest that the next
// entry names.
type Recorded struct {
	Entry  record.Entry
	Digest record.Digest

	raw []byte // as it is stored
}

// Raw is the entry as it is stored: a leaf of the journal's log.
func (r Recorded) Raw() []byte { return r.raw }

func journalPrefix(journal string) string { return journalFolder + journal + "/" }

func entryKey(journal string, seq uint64) string {
	return fmt.Sprintf("%s%0*d", journalPrefix(journal), seqDigits, seq)
}

// parseEntryKey is the inverse of entryKey.
func parseEntryKey(key string) (journal string, seq uint64, ok bool) {
	rest, ok := strings.CutPrefix(key, journalFolder)
	if !ok {
		return "", 0, false
	}
	journal, number, ok := strings.Cut(rest, "/")
	if !ok || journal == "" || len(number) != seqDigits {
		return "", 0, false
	}
	seq, err := strconv.ParseUint(number, 10, 64)
	return journal, seq, err == nil && seq > 0 && entryKey(journal, seq) == key
}

// checkJournal refuses names that cannot be one segment of a key.
func checkJournal(journal string) error {
	if strings.Contains(journal, "/") {
		return badKey(journal)
	}
	return checkKey(journal)
}

// Append writes e as the entry of its number, durably, and returns its digest;
// ErrTaken when another entry is there. The same entry again is no error.
func (a *Archive) Append(ctx context.Context, e record.Entry) (record.Digest, error) {
	if err := checkJournal(e.Journal); err != nil {
		return "", err
	}
	if e.Seq == 0 || e.Seq > maxSeq {
		return "", record.E(record.Internal, "journal-full", fmt.Sprintf("Số thứ tự %d của nhật ký %s không hợp lệ", e.Seq, e.Journal))
	}
	b, d, err := e.Encode()
	if err != nil {
		return "", err
	}
	if len(b) > maxLogEntry {
		return "", record.E(record.Invalid, "journal-entry-too-large", fmt.Sprintf("Mục nhật ký lớn hơn giới hạn %d byte", maxLogEntry))
	}
	// What could not be read back must not get in.
	if _, _, err := record.DecodeEntry(e.Journal, e.Seq, b); err != nil {
		return "", err
	}
	key := entryKey(e.Journal, e.Seq)
	err = a.store.Create(ctx, key, b)
	if !errors.Is(err, ErrExists) {
		return d, err
	}
	there, err := a.store.Get(ctx, key)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(there, b) {
		return "", fmt.Errorf("%w: %s", ErrTaken, key)
	}
	return d, nil
}

// Entry reads one entry; ErrNotFound when the journal has not come so far,
// Damaged when it is not what was written.
func (a *Archive) Entry(ctx context.Context, journal string, seq uint64) (Recorded, error) {
	if err := checkJournal(journal); err != nil {
		return Recorded{}, err
	}
	key := entryKey(journal, seq)
	b, err := a.object(ctx, key, func(b []byte) bool { _, _, err := record.DecodeEntry(journal, seq, b); return err == nil })
	if errors.Is(err, ErrNotFound) {
		return Recorded{}, err
	}
	if err != nil && record.KindOf(err) != record.Damaged {
		return Recorded{}, err
	}
	return decodeRecorded(journal, seq, b)
}

// decodeRecorded reads an entry; Damaged when it is not what was written.
func decodeRecorded(journal string, seq uint64, b []byte) (Recorded, error) {
	e, d, err := record.DecodeEntry(journal, seq, b)
	return Recorded{e, d, b}, err
}

// Entries yields the entries of a journal from number from on, up to the first
// that is not there. It checks each by itself; that one follows from the other
// is for record.Apply. An error ends it.
func (a *Archive) Entries(ctx context.Context, journal string, from uint64) iter.Seq2[Recorded, error] {
	return func(yield func(Recorded, error) bool) {
		seq := max(from, 1)
		if many, ok := a.store.(ranger); ok {
			a.entriesAhead(ctx, many, journal, seq, yield)
			return
		}
		for ; ; seq++ {
			r, err := a.Entry(ctx, journal, seq)
			if errors.Is(err, ErrNotFound) {
				return
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// ranger is a store far away, which reads many objects faster than one by one
// and says faster than it reads that there are none.
type ranger interface {
	exists(ctx context.Context, key string) (bool, error)
	objects(ctx context.Context, prefix, after string) iter.Seq2[object, error]
}

type object struct {
	key  string
	data []byte
}

func (a *Archive) entriesAhead(ctx context.Context, s ranger, journal string, seq uint64, yield func(Recorded, error) bool) {
	if err := checkJournal(journal); err != nil {
		yield(Recorded{}, err)
		return
	}
	there, err := s.exists(ctx, entryKey(journal, seq))
	if err != nil {
		yield(Recorded{}, err)
	}
	if !there {
		return
	}
	seq, more := a.entriesBundled(ctx, s, journal, seq, yield)
	if !more {
		return
	}
	for o, err := range s.objects(ctx, journalPrefix(journal), entryKey(journal, seq-1)) {
		if err != nil {
			yield(Recorded{}, err)
			return
		}
		if o.key != entryKey(journal, seq) {
			return
		}
		r, err := decodeRecorded(journal, seq, o.data)
		if err != nil {
			r, err = a.Entry(ctx, journal, seq) // from a copy, where there is one
		}
		if !yield(r, err) || err != nil {
			return
		}
		seq++
	}
}

// entriesBundled yields the entries from seq on that lie in bundles, 256 to an
// object, and returns the first that does not. A bundle that is not whole is
// passed over: the entries themselves are there.
func (a *Archive) entriesBundled(ctx context.Context, s ranger, journal string, seq uint64, yield func(Recorded, error) bool) (next uint64, more bool) {
	first := (seq - 1) / tileEntries
	if there, err := s.exists(ctx, entriesKey(journal, first)); err != nil || !there {
		return seq, true // asking costs less than listing
	}
	for o, err := range s.objects(ctx, logPrefix(journal)+"tile/entries/", entriesKey(journal, first)[:len(entriesKey(journal, first))-1]) {
		index := (seq - 1) / tileEntries
		if err != nil || o.key != entriesKey(journal, index) {
			break
		}
		entries, ok := wholeBundle(journal, index, o.data)
		if !ok {
			break
		}
		for _, r := range entries[seq-1-index*tileEntries:] {
			if !yield(r, nil) {
				return seq, false
			}
			seq++
		}
	}
	return seq, true
}

// wholeBundle decodes a full bundle.
func wholeBundle(journal string, index uint64, b []byte) ([]Recorded, bool) {
	raw, err := unbundle(b)
	if err != nil || len(raw) != tileEntries {
		return nil, false
	}
	out := make([]Recorded, len(raw))
	for i, x := range raw {
		if out[i], err = decodeRecorded(journal, index*tileEntries+uint64(i)+1, x); err != nil {
			return nil, false
		}
	}
	return out, true
}

// Journals lists the journals that have entries, sorted.
func (a *Archive) Journals(ctx context.Context) ([]string, error) {
	if s, ok := a.store.(folderLister); ok {
		return s.folders(ctx, journalFolder)
	}
	var names []string
	for key, err := range a.store.List(ctx, journalFolder) {
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(key, journalFolder), "/")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names, nil
}

// folderLister is a store that knows the next segments of keys without reading
// all of them.
type folderLister interface {
	folders(ctx context.Context, prefix string) ([]string, error)
}
