package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"vanthu/record"
)

const lockFile = ".lock"

// fsWork is the working store in a folder. Writers take turns by a lock on a
// file, which the system releases when a process dies; readers need none, for a
// rename is atomic.
type fsWork struct{ *folder }

func (w *fsWork) Get(ctx context.Context, key string) ([]byte, string, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return nil, "", err
	}
	data, err := w.read(key)
	if err != nil {
		return nil, "", err
	}
	return data, string(record.DigestOf(data)), nil
}

func (w *fsWork) Put(ctx context.Context, key string, data []byte, tag string) (string, error) {
	if err := errors.Join(checkKey(key), checkSize(key, int64(len(data)))); err != nil {
		return "", err
	}
	unlock, err := w.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	_, now, err := w.Get(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	wanted := string(record.DigestOf(data))
	if now == wanted { // as on a server, where a repeated request finds its own work
		return now, syncParent(w.path(key))
	}
	if now != tag {
		return "", fmt.Errorf("%w: %s", ErrChanged, key)
	}
	path := w.path(key)
	if err := w.durableFolder(filepath.Dir(path)); err != nil {
		return "", fsError(err, key)
	}
	temp, err := w.writeTemp(data, 0o640)
	if err != nil {
		return "", fsError(err, key)
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return "", fsError(err, key)
	}
	return wanted, syncParent(path)
}

func (w *fsWork) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	unlock, err := w.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	path := w.path(key)
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	} else if err != nil {
		return fsError(err, key)
	}
	return syncParent(path)
}

func (w *fsWork) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return w.list(ctx, prefix)
}

// lock asks again and again rather than wait in the system, so that a writer
// can give up when its context ends.
func (w *fsWork) lock(ctx context.Context) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(w.root, lockFile), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fsError(err, lockFile)
	}
	for wait := 100 * time.Microsecond; ; wait = min(2*wait, 10*time.Millisecond) {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { file.Close() }, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			file.Close()
			return nil, fsError(err, lockFile)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}
