package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vanthu/record"
)

//go:embed index.sql
var indexSchema string

// fillVersion changes with what the rows are made from, so that older indexes
// are made anew.
const fillVersion = "4"

func indexVersion() string { return string(record.DigestOf([]byte(fillVersion + indexSchema))) }

// Index is the searchable fold of all journals in one SQLite file. It is
// disposable: when it is gone, damaged or of another schema it is made anew
// from the archive. Several processes may use one file.
type Index struct {
	archive *Archive
	states  *States
	path    string
	log     *slog.Logger
	rounds  *rounds[struct{}] // of CatchUp
	alive   context.Context   // until Close
	end     context.CancelFunc
	behind  atomic.Bool // a catch-up takes long
	cards   cards

	mu   sync.RWMutex
	db   *sql.DB
	file os.FileInfo // of the file that db has open
}

// OpenIndex opens indexDir/index.sqlite, made when missing; it holds what it
// held before until CatchUp.
func OpenIndex(ctx context.Context, a *Archive, s *States, indexDir string, log *slog.Logger) (*Index, error) {
	dir, err := filepath.Abs(indexDir)
	if err == nil {
		err = os.MkdirAll(dir, 0o750)
	}
	if err != nil {
		return nil, fsError(err, indexDir)
	}
	x := &Index{archive: a, states: s, path: filepath.Join(dir, "index.sqlite"), log: log, rounds: newRounds[struct{}]()}
	x.alive, x.end = context.WithCancel(context.WithoutCancel(ctx))
	return x, x.use(ctx, func(*sql.DB) error { return nil })
}

// Close closes the file.
func (x *Index) Close() error {
	x.end()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.close()
}

func (x *Index) close() error {
	if x.db == nil {
		return nil
	}
	db := x.db
	x.db = nil
	return db.Close()
}

// use runs do on the open index. A file that is damaged is thrown away and do
// run once more on an empty one.
func (x *Index) use(ctx context.Context, do func(*sql.DB) error) error {
	for try := 0; ; try++ {
		db, release, err := x.current(ctx)
		if err == nil {
			err = do(db)
			release()
		}
		switch {
		case err == nil || ctx.Err() != nil || !isBroken(err):
			return indexError(err)
		case try > 0:
			return indexError(err)
		}
		x.log.Warn("index damaged, made anew", "error", err)
		if err := x.discard(); err != nil {
			return err
		}
	}
}

// current is the open database, opened again when its file has been deleted or
// replaced since.
func (x *Index) current(ctx context.Context) (db *sql.DB, release func(), err error) {
	x.mu.RLock()
	if x.sameFile() {
		return x.db, x.mu.RUnlock, nil
	}
	x.mu.RUnlock()
	x.mu.Lock()
	if !x.sameFile() {
		if err := x.open(ctx); err != nil {
			x.close()
			x.mu.Unlock()
			return nil, nil, err
		}
	}
	x.mu.Unlock()
	x.mu.RLock()
	if x.db == nil {
		x.mu.RUnlock()
		return nil, nil, errors.New("index closed")
	}
	return x.db, x.mu.RUnlock, nil
}

func (x *Index) sameFile() bool {
	if x.db == nil {
		return false
	}
	now, err := os.Stat(x.path)
	return err == nil && os.SameFile(now, x.file)
}

// open makes the file and its schema under a lock that holds between processes.
func (x *Index) open(ctx context.Context) error {
	x.close()
	unlock, err := x.lock()
	if err != nil {
		return err
	}
	defer unlock()
	name := (&url.URL{Scheme: "file", Path: x.path, RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "temp_store(MEMORY)"},
		"_txlock": {"immediate"},
	}.Encode()}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(4)
	x.db = db
	var have string
	err = db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'schema'`).Scan(&have)
	want := indexVersion()
	if err != nil && isBroken(err) && !noTable(err) {
		return err
	}
	if have != want {
		if err := remake(ctx, db, want); err != nil {
			return err
		}
	}
	x.file, err = os.Stat(x.path)
	return err
}

// remake drops whatever tables there are, so that another process that has the
// file open goes on with the new ones, and makes the schema.
func remake(ctx context.Context, db *sql.DB, version string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, indexSchema); err != nil {
		return err
	}
	// What is kept elsewhere of the contents (cards.go) is of this making alone.
	if _, err := tx.ExecContext(ctx, `INSERT INTO meta(name, value) VALUES('schema', ?), ('made', ?)`, version, rand.Text()); err != nil {
		return err
	}
	return tx.Commit()
}

// discard deletes a damaged file.
func (x *Index) discard() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.close()
	unlock, err := x.lock()
	if err != nil {
		return err
	}
	defer unlock()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(x.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fsError(err, x.path)
		}
	}
	return nil
}

// lock waits for other processes that make or delete the file, which takes
// milliseconds.
func (x *Index) lock() (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(filepath.Dir(x.path), lockFile), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fsError(err, lockFile)
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		file.Close()
		return nil, fsError(err, lockFile)
	}
	return func() { file.Close() }, nil
}

// Rebuild throws the contents away and reads all journals again.
func (x *Index) Rebuild(ctx context.Context) error {
	err := x.use(ctx, func(db *sql.DB) error {
		return remake(ctx, db, indexVersion())
	})
	if err != nil {
		return err
	}
	return x.CatchUp(ctx)
}

// isBroken says that the file, not the question, is at fault.
func isBroken(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FORMAT:
		return true
	}
	return noTable(err)
}

func noTable(err error) bool { return strings.Contains(err.Error(), "no such table") }

func indexError(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return record.Because(fmt.Errorf("index: %w", err), record.Unavailable, "index-failed", "Không đọc được chỉ mục tra cứu")
	}
	return err
}
