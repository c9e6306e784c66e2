package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"vanthu/record"
)

// saveEvery is how many entries a snapshot may lag behind; with many documents
// it is more, because saving costs what the state is large and replaying only
// what it lags.
const saveEvery = 32

// snapshot is a state as written by one build of the program.
type snapshot struct {
	Program string
	State   record.State
}

func (s *States) snapshotPath(journal string) string { return filepath.Join(s.dir, journal+".state") }

func (s *States) saveSometimes(journal string, j *journalState) {
	if j.state.Seq-j.saved < saveEvery+uint64(len(j.state.Documents))/8 {
		return
	}
	if err := s.saveSnapshot(journal, j); err != nil {
		s.log.Warn("state snapshot not saved", "journal", journal, "error", err)
	}
}

// saveSnapshot replaces the file at once, so that other processes read the old
// or the new one. It needs no fsync: a torn file does not match its digest.
func (s *States) saveSnapshot(journal string, j *journalState) error {
	j.saved = j.state.Seq // also when it fails: the next try is as far away
	var body bytes.Buffer
	body.Write(make([]byte, sha256.Size))
	if err := gob.NewEncoder(&body).Encode(snapshot{Program: program(), State: *j.state}); err != nil {
		return fmt.Errorf("encode state of %s: %w", journal, err)
	}
	sum := sha256.Sum256(body.Bytes()[sha256.Size:])
	copy(body.Bytes(), sum[:])
	temp, err := os.CreateTemp(s.dir, ".new-")
	if err != nil {
		return err
	}
	_, err = temp.Write(body.Bytes())
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), s.snapshotPath(journal))
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}

// loadSnapshot starts from the snapshot when it is whole, of this build and of
// the journal that is in the archive; otherwise from nothing. Only an archive
// out of reach is an error.
func (s *States) loadSnapshot(ctx context.Context, journal string) (*record.State, error) {
	state, err := readSnapshot(s.snapshotPath(journal))
	if errors.Is(err, os.ErrNotExist) {
		return record.NewState(journal), nil
	}
	if err == nil && (state.Journal != journal || state.Seq == 0) {
		err = errors.New("of another journal")
	}
	if err == nil {
		r, aerr := s.archive.Entry(ctx, journal, state.Seq)
		switch {
		case aerr != nil && (ctx.Err() != nil || record.KindOf(aerr) == record.Unavailable):
			return nil, aerr
		case aerr != nil:
			err = aerr
		case r.Digest != state.Head:
			err = errors.New("its last entry is not the archive's")
		}
	}
	if err != nil {
		s.log.Info("state snapshot discarded", "journal", journal, "reason", err)
		return record.NewState(journal), nil
	}
	return state, nil
}

func readSnapshot(path string) (*record.State, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) < sha256.Size || sha256.Sum256(b[sha256.Size:]) != [sha256.Size]byte(b[:sha256.Size]) {
		return nil, errors.New("digest does not match")
	}
	// gob leaves out empty maps, so they must be there already.
	snap := snapshot{State: *record.NewState("")}
	if err := gob.NewDecoder(bytes.NewReader(b[sha256.Size:])).Decode(&snap); err != nil {
		return nil, err
	}
	if snap.Program != program() {
		return nil, errors.New("of another build")
	}
	return &snap.State, nil
}

// program tells builds apart: another build may fold entries to another state.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	info, err := os.Stat(path)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}
