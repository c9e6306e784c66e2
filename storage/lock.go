package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
)

// foreverYears is how long what is kept for ever is locked at a time: servers
// want a date.
const foreverYears = 100

// locker is a store that can keep objects from being deleted.
type locker interface {
	// retain locks the first version of key until at least the given time.
	retain(ctx context.Context, key string, until time.Time) error
	// hold sets or lifts the legal hold of the first version of key.
	hold(ctx context.Context, key string, on bool) error
}

// Locks bring object lock in line with the journals: whatever belongs to an
// issued document (every version with its files, its copies and entries) is
// locked until its retention ends, and held while the document is held. What is
// locked stays locked should this process die in between: the next one goes on
// where the working store says. On a filesystem there is nothing to lock.
type Locks struct {
	States *States
	Work   WorkStore
}

const locksFolder = "locks/"

// lockedTo is how far a journal has been locked.
type lockedTo struct {
	Seq uint64 `json:"seq"`
}

// Pass locks what has been added to the journals since the last one and returns
// how many documents that concerned.
func (l *Locks) Pass(ctx context.Context) (int, error) {
	store, ok := l.States.archive.store.(locker)
	if !ok {
		return 0, nil
	}
	journals, err := l.States.Journals(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	var errs []error
	for _, j := range journals {
		if j == record.SystemJournal {
			continue
		}
		done, err := l.journal(ctx, store, j)
		n += done
		if err != nil {
			errs = append(errs, fmt.Errorf("lock journal %s: %w", j, err))
		}
	}
	return n, errors.Join(errs...)
}

func (l *Locks) journal(ctx context.Context, store locker, journal string) (int, error) {
	key := locksFolder + journal
	raw, tag, err := l.Work.Get(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	var to lockedTo
	if err == nil {
		if err := json.Unmarshal(raw, &to); err != nil {
			to = lockedTo{} // locking again does no harm
		}
	}
	var wanted, holding []record.Document
	end := to.Seq
	err = l.States.View(ctx, journal, func(s *record.State) error {
		end = s.Seq
		for _, d := range s.Documents {
			if d.Hold != "" {
				holding = append(holding, d)
			}
			if d.Seq() > to.Seq && d.State.Out() {
				wanted = append(wanted, d)
			}
		}
		return nil
	})
	if err != nil || end == to.Seq {
		return 0, err
	}
	// Files that two documents share stay held while either is.
	held := map[string]bool{}
	if !slices.ContainsFunc(wanted, func(d record.Document) bool { return d.Holds > 0 }) {
		holding = nil // nothing to put on hold or to release
	}
	for _, d := range holding {
		keys, _, err := l.States.archive.belongings(ctx, d)
		if err != nil {
			return 0, err
		}
		for _, k := range keys {
			held[k] = true
		}
	}
	for _, d := range wanted {
		if err := l.document(ctx, store, d, held); err != nil {
			return 0, err
		}
	}
	raw, err = json.Marshal(lockedTo{end})
	if err != nil {
		return 0, err
	}
	_, err = l.Work.Put(ctx, key, raw, tag)
	if errors.Is(err, ErrChanged) { // another instance does the same
		err = nil
	}
	return len(wanted), err
}

func (l *Locks) document(ctx context.Context, store locker, d record.Document, held map[string]bool) error {
	keys, until, err := l.States.archive.belongings(ctx, d)
	if err != nil {
		return err
	}
	var (
		wg   sync.WaitGroup
		turn = make(chan struct{}, 8)
		errs = make([]error, len(keys))
	)
	for i, key := range keys {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			errs[i] = store.retain(ctx, key, until)
			if d.Holds > 0 {
				errs[i] = errors.Join(errs[i], store.hold(ctx, key, held[key]))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// belongings are the keys of all that a document consists of, and until when
// they are to be kept: the end of the year in which the years of its retention
// are over, counted from the year of its date.
func (a *Archive) belongings(ctx context.Context, d record.Document) (keys []string, until time.Time, err error) {
	seen := map[string]bool{}
	add := func(key string) {
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	for m := d.Manifest; m != ""; {
		v, err := a.Version(ctx, m)
		if err != nil {
			return nil, until, err
		}
		if m == d.Manifest {
			years := v.Retention.Years
			if years == 0 {
				years = foreverYears
			}
			until = time.Date(d.Date.Year()+years+1, time.January, 1, 0, 0, 0, 0, record.Office)
		}
		add(manifestKey(m))
		for _, f := range v.Files {
			add(blobKey(f.SHA256))
		}
		if v.Template.SHA256.Valid() {
			add(blobKey(v.Template.SHA256))
		}
		m = v.Predecessor
	}
	for _, c := range d.Copies {
		add(blobKey(c.PDF))
	}
	for _, seq := range d.Entries {
		add(entryKey(d.Journal, seq))
	}
	return keys, until, nil
}

// retain asks for the object's lock first: it is only ever made longer.
func (s *s3Store) retain(ctx context.Context, key string, until time.Time) error {
	version, err := s.oldest(ctx, key)
	if err != nil {
		return err
	}
	return s.do(ctx, key, func(ctx context.Context) error {
		_, has, err := s.client.GetObjectRetention(ctx, s.name, key, version)
		if err == nil && has != nil && !has.Before(until) {
			return nil
		}
		mode := minio.Governance
		return s.client.PutObjectRetention(ctx, s.name, key, minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &until, VersionID: version})
	})
}

func (s *s3Store) hold(ctx context.Context, key string, on bool) error {
	version, err := s.oldest(ctx, key)
	if err != nil {
		return err
	}
	return s.do(ctx, key, func(ctx context.Context) error {
		status := minio.LegalHoldDisabled
		if on {
			status = minio.LegalHoldEnabled
		}
		has, err := s.client.GetObjectLegalHold(ctx, s.name, key, minio.GetObjectLegalHoldOptions{VersionID: version})
		if err == nil && has != nil && *has == status || err != nil && !on && isStatus(err, 404) {
			return nil
		}
		return s.client.PutObjectLegalHold(ctx, s.name, key, minio.PutObjectLegalHoldOptions{Status: &status, VersionID: version})
	})
}

// oldest is the id of the first version of a key.
func (s *s3Store) oldest(ctx context.Context, key string) (string, error) {
	for v, err := range s.versions(ctx, key, "") {
		if err != nil || v.key != key {
			return "", err
		}
		return v.oldest, nil
	}
	return "", fmt.Errorf("%w: %s", ErrNotFound, key)
}
