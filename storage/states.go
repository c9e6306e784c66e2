package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"vanthu/record"
)

// States keeps the newest state of each journal in memory, caught up with the
// archive before every use, so that several processes may write one journal. A
// snapshot in a local folder saves replaying from the first entry; it is bound
// to the archive's own entry and thrown away when it does not match.
type States struct {
	archive *Archive
	dir     string
	log     *slog.Logger

	mu       sync.Mutex
	journals map[string]*journalState
	listed   []string // journals of documents that the archive was last seen to hold

	whereMu sync.RWMutex
	where   map[string]string // journal by document, of all that was applied

	all *rounds[map[string]position]
}

// OpenStates uses indexDir, made when missing, for snapshots.
func OpenStates(a *Archive, indexDir string, log *slog.Logger) (*States, error) {
	dir := filepath.Join(indexDir, "state")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fsError(err, dir)
	}
	return &States{archive: a, dir: dir, log: log, journals: map[string]*journalState{}, where: map[string]string{},
		all: newRounds[map[string]position]()}, nil
}

// journalState is one journal's fold. mu guards all but begun.
type journalState struct {
	begun atomic.Uint64 // catch-ups begun

	mu    sync.RWMutex
	done  uint64 // number of the newest catch-up that ended well
	ours  int    // entries appended here since one of another process was found
	state *record.State
	saved uint64 // sequence of the snapshot on disk
}

// Journals lists the journals that have entries, sorted.
func (s *States) Journals(ctx context.Context) ([]string, error) { return s.archive.Journals(ctx) }

// Entry reads one entry of a journal; errors are those of Archive.Entry.
func (s *States) Entry(ctx context.Context, journal string, seq uint64) (record.Entry, error) {
	r, err := s.archive.Entry(ctx, journal, seq)
	return r.Entry, err
}

// View shows see the state of a journal as it was when View was called or
// later; a journal without entries is an empty state. see must not change or
// keep the state or its maps, and must not call States for the same journal.
// Its error is returned as it is.
func (s *States) View(ctx context.Context, journal string, see func(*record.State) error) error {
	j, err := s.journal(journal)
	if err != nil {
		return err
	}
	ticket := j.begun.Load()
	j.mu.RLock()
	if j.done <= ticket { // no catch-up began since we were asked
		j.mu.RUnlock()
		j.mu.Lock()
		err := s.catchUp(ctx, journal, j, ticket)
		j.mu.Unlock()
		if err != nil {
			return err
		}
		j.mu.RLock()
	}
	defer j.mu.RUnlock()
	if j.state == nil { // a failed Update has dropped it between the locks
		return errDropped(journal)
	}
	return see(j.state)
}

// Update lets decide make the next entry of a journal from its newest state and
// appends it durably. Update fills in the entry's journal, number and previous
// digest and checks it by record.Check, whose refusal it returns; when another
// writer was faster, decide is asked again with the newer state. nil without an
// error appends nothing. An error of decide ends it and is returned as it is.
// decide must only read the state, not keep it, and not call States for the
// same journal; commands to one journal of this process wait for each other.
//
// An Unavailable error or an ended context leaves open whether the entry was
// written: the next Update sees it if it was, so a repeated request is found
// among the state's requests.
func (s *States) Update(ctx context.Context, journal string, decide func(*record.State) (*record.Entry, error)) (record.Entry, error) {
	j, err := s.journal(journal)
	if err != nil {
		return record.Entry{}, err
	}
	ticket := j.begun.Load()
	j.mu.Lock()
	defer j.mu.Unlock()
	// Where nobody else writes, what we know is the newest, and the append
	// proves it: it is refused when an entry is there. Only what appends nothing
	// has to look first.
	looked := j.state == nil || j.ours < alone
	for {
		if looked {
			if err := s.catchUp(ctx, journal, j, ticket); err != nil {
				return record.Entry{}, err
			}
		}
		e, err := next(j.state, decide)
		if !looked && (err != nil || e == nil) {
			looked = true
			continue
		}
		if err != nil || e == nil {
			return record.Entry{}, err
		}
		d, err := s.archive.Append(ctx, *e)
		if errors.Is(err, ErrTaken) {
			looked, ticket = true, j.begun.Load() // what we know is old
			continue
		}
		if err != nil {
			j.done, j.ours = 0, 0 // it may be there nevertheless
			return record.Entry{}, err
		}
		if err := record.Apply(j.state, *e, d); err != nil {
			j.state, j.done = nil, 0
			return record.Entry{}, fmt.Errorf("entry %s/%d was checked, appended and refused: %w", journal, e.Seq, err)
		}
		j.ours++
		s.locate(journal, e.Document)
		s.saveSometimes(journal, j)
		return *e, nil
	}
}

// alone is after how many entries of its own a process takes itself for the
// only writer of a journal.
const alone = 3

// next is the entry that decide wants to follow on state; nil when none.
func next(state *record.State, decide func(*record.State) (*record.Entry, error)) (*record.Entry, error) {
	decided, err := decide(state)
	if err != nil || decided == nil {
		return nil, err
	}
	e := *decided
	e.Journal, e.Seq, e.Previous = state.Journal, state.Seq+1, state.Head
	return &e, record.Check(state, e)
}

func (s *States) journal(name string) (*journalState, error) {
	if err := checkJournal(name); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j, ok := s.journals[name]
	if !ok {
		j = &journalState{}
		s.journals[name] = j
	}
	return j, nil
}

// catchUp applies what other processes have appended, unless that was done by a
// catch-up that began after the ticket was drawn. The caller holds j.mu.
func (s *States) catchUp(ctx context.Context, journal string, j *journalState, ticket uint64) error {
	if j.done > ticket {
		return nil
	}
	number := j.begun.Add(1)
	if j.state == nil {
		if err := s.load(ctx, journal, j); err != nil {
			return err
		}
	} else {
		was := j.state.Seq
		if err := s.replay(ctx, j.state); err != nil {
			return err
		}
		if j.state.Seq > was {
			j.ours = 0
		}
	}
	j.done = number
	s.saveSometimes(journal, j)
	return nil
}

// load makes the state from the snapshot, or from the first entry.
func (s *States) load(ctx context.Context, journal string, j *journalState) error {
	state, err := s.loadSnapshot(ctx, journal)
	if err != nil {
		return err
	}
	from := state.Seq
	s.locate(journal, keysOf(state.Documents)...)
	if err := s.replay(ctx, state); err != nil {
		return err
	}
	if from == 0 {
		if err := s.checkEnd(ctx, journal, state.Seq); err != nil {
			return err
		}
	}
	j.state, j.saved = state, from
	return nil
}

// replay applies the entries that follow. An error leaves the state at the last
// good one.
func (s *States) replay(ctx context.Context, state *record.State) error {
	for r, err := range s.archive.Entries(ctx, state.Journal, state.Seq+1) {
		if err != nil {
			return err
		}
		if err := record.Apply(state, r.Entry, r.Digest); err != nil {
			return record.Because(err, record.Damaged, "journal-broken",
				fmt.Sprintf("Nhật ký %s không còn liền mạch ở mục %d", state.Journal, r.Entry.Seq))
		}
		s.locate(state.Journal, r.Entry.Document)
	}
	return nil
}

// checkEnd makes sure that a replay from the first entry has not stopped at a
// hole, where the next command would give a used number again.
func (s *States) checkEnd(ctx context.Context, journal string, seq uint64) error {
	for key, err := range s.archive.store.List(ctx, journalPrefix(journal)) {
		if err != nil {
			return err
		}
		// An entry just appended by another process is no hole.
		if _, n, ok := parseEntryKey(key); ok && n > seq {
			if _, err := s.archive.Entry(ctx, journal, seq+1); !errors.Is(err, ErrNotFound) {
				return err
			}
			return damaged(entryKey(journal, seq+1), "missing, but later entries are there")
		}
	}
	return nil
}

func errDropped(journal string) error {
	return record.E(record.Unavailable, "journal-reloading", fmt.Sprintf("Nhật ký %s đang được đọc lại", journal))
}

// Close saves snapshots of what has moved on since they were last saved.
func (s *States) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for name, j := range s.journals {
		j.mu.Lock()
		if j.state != nil && j.state.Seq > j.saved {
			errs = append(errs, s.saveSnapshot(name, j))
		}
		j.mu.Unlock()
	}
	return errors.Join(errs...)
}
