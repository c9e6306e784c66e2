package storage

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"vanthu/record"
)

// Working state in the second store: what changes is kept as it was, once for
// each backup.
//
//	backups/<time>.json        WorkSnapshot
//	backups/content/<digest>   what it names
const (
	backupFolder  = "backups/"
	backupContent = "backups/content/"
	keepBackups   = 30
)

// workSnapshot names all working objects at one moment.
type workSnapshot struct {
	Time    time.Time                `json:"time"`
	Objects map[string]record.Digest `json:"objects"`
}

// passing are the folders of the working store that a restored one must not
// have: sessions to come back to life, what belongs to one place alone.
var passing = []string{readyFolder, probeFolder, backupFolder, locksFolder, "sessions/"}

// BackupWork copies the working state (accounts, drafts being typed, signatures
// waiting) to another working store, beside the earlier copies, of which it
// keeps thirty.
func BackupWork(ctx context.Context, from, to WorkStore, now time.Time) (objects int, err error) {
	snap := workSnapshot{Time: now.UTC(), Objects: map[string]record.Digest{}}
	for key, err := range from.List(ctx, "") {
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		b, _, err := from.Get(ctx, key)
		if errors.Is(err, ErrNotFound) { // deleted meanwhile
			continue
		}
		if err != nil {
			return 0, err
		}
		d := record.DigestOf(b)
		if _, err := to.Put(ctx, backupContent+string(d), b, ""); err != nil && !errors.Is(err, ErrChanged) {
			return 0, err
		}
		snap.Objects[key] = d
	}
	b, err := json.Marshal(snap)
	if err != nil {
		return 0, err
	}
	if _, err := to.Put(ctx, backupFolder+snap.Time.Format("20060102T150405.000Z")+".json", b, ""); err != nil {
		return 0, err
	}
	return len(snap.Objects), forgetBackups(ctx, to)
}

// snapshots are the keys of the copies of the working state, oldest first.
func snapshots(ctx context.Context, w WorkStore) ([]string, error) {
	var keys []string
	for key, err := range w.List(ctx, backupFolder) {
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(key, ".json") {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// forgetBackups deletes the oldest copies and what only they name.
func forgetBackups(ctx context.Context, w WorkStore) error {
	keys, err := snapshots(ctx, w)
	if err != nil || len(keys) <= keepBackups {
		return err
	}
	kept := map[string]bool{}
	for _, key := range keys[len(keys)-keepBackups:] {
		s, err := readSnapshotOfWork(ctx, w, key)
		if err != nil {
			return err
		}
		for _, d := range s.Objects {
			kept[backupContent+string(d)] = true
		}
	}
	gone := keys[:len(keys)-keepBackups]
	for key, err := range w.List(ctx, backupContent) {
		if err != nil {
			return err
		}
		if !kept[key] {
			gone = append(gone, key)
		}
	}
	for _, key := range gone {
		if err := w.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func readSnapshotOfWork(ctx context.Context, w WorkStore, key string) (workSnapshot, error) {
	b, _, err := w.Get(ctx, key)
	if err != nil {
		return workSnapshot{}, err
	}
	var s workSnapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return s, damaged(key, err.Error())
	}
	return s, nil
}

// RestoreWork puts the newest copy of the working state into a working store
// that does not hold it yet; what is there already stays. It returns the time
// of the copy; zero when there is none.
func RestoreWork(ctx context.Context, from, to WorkStore) (time.Time, int, error) {
	keys, err := snapshots(ctx, from)
	if err != nil || len(keys) == 0 {
		return time.Time{}, 0, err
	}
	s, err := readSnapshotOfWork(ctx, from, keys[len(keys)-1])
	if err != nil {
		return time.Time{}, 0, err
	}
	n := 0
	for key, d := range s.Objects {
		b, _, err := from.Get(ctx, backupContent+string(d))
		if err != nil {
			return s.Time, n, err
		}
		if record.DigestOf(b) != d {
			return s.Time, n, damaged(backupContent+string(d), "digest does not match")
		}
		switch _, err := to.Put(ctx, key, b, ""); {
		case err == nil:
			n++
		case !errors.Is(err, ErrChanged):
			return s.Time, n, err
		}
	}
	return s.Time, n, nil
}
