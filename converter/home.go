package converter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// home is Config.Dir: shared by every pool that names it, in this process and
// in others.
//
//	lock           held while run folders are made or swept
//	profile.lock   held while a warm profile is made
//	profile-KEY/   the warm profile, never written again
//	run-X/         of one living pool: lock (held as long as it lives),
//	               w1/, w2/... one scratch folder per worker
type home struct {
	dir, run string
	alive    *os.File
	workers  atomic.Int64
}

// openHome makes the folder where it is missing, removes what dead pools left
// and takes a run folder.
func openHome(dir string) (*home, error) {
	if err := privateFolder(dir); err != nil {
		return nil, err
	}
	guard, err := lockFile(filepath.Join(dir, "lock"), unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	if err := sweep(dir); err != nil {
		return nil, err
	}
	run, err := os.MkdirTemp(dir, "run-*")
	if err != nil {
		return nil, err
	}
	alive, err := lockFile(filepath.Join(run, "lock"), unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(run))
	}
	return &home{dir: dir, run: run, alive: alive}, nil
}

// privateFolder refuses a folder that another account could have prepared.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Geteuid() || st.Mode&0o022 != 0 {
		return fmt.Errorf("%s must be a folder of user %d that nobody else may write", dir, os.Geteuid())
	}
	return nil
}

// sweep removes run folders whose lock nobody holds.
func sweep(dir string) error {
	runs, err := filepath.Glob(filepath.Join(dir, "run-*"))
	if err != nil {
		return err
	}
	for _, run := range runs {
		lock, err := lockFile(filepath.Join(run, "lock"), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EWOULDBLOCK):
			continue
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		}
		err = os.RemoveAll(run)
		lock.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// lockFile opens path and locks it. The kernel drops the lock with the file.
func lockFile(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if err == nil {
			return f, nil
		}
		if err != unix.EINTR {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

// scratch makes an empty folder for one worker.
func (h *home) scratch() (scratch, error) {
	s := scratch(filepath.Join(h.run, "w"+strconv.FormatInt(h.workers.Add(1), 10)))
	return s, os.Mkdir(string(s), 0o700)
}

func (h *home) close() error {
	return errors.Join(os.RemoveAll(h.run), h.alive.Close())
}

// scratch is one worker's own folder, the only one it may write to.
type scratch string

func (s scratch) profile() string { return filepath.Join(string(s), "profile") }
func (s scratch) tmp() string     { return filepath.Join(string(s), "tmp") }
func (s scratch) docx() string    { return filepath.Join(string(s), "document.docx") }
func (s scratch) pdf() string     { return filepath.Join(string(s), "document.pdf") }
