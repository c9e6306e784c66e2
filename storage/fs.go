package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"vanthu/record"
)

const (
	// Keys never begin with a dot, so these folders are no part of the store.
	tempFolder = ".tmp"
	// leftoverGrace is how long a temporary file may lie before it counts as
	// left by a killed process: far longer than any write takes.
	leftoverGrace = time.Hour
)

// OpenFS opens dir as a backend: dir/archive and dir/work, made when missing.
// Several processes may use one folder. The filesystem must have hard links.
func OpenFS(ctx context.Context, dir string) (*Backend, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fsError(err, dir)
	}
	archive, err := openFolder(filepath.Join(dir, "archive"))
	if err != nil {
		return nil, err
	}
	work, err := openFolder(filepath.Join(dir, "work"))
	if err != nil {
		return nil, err
	}
	b := &Backend{Archive: &fsStore{archive}, Work: &fsWork{work}}
	return b, b.probe(ctx)
}

// fsStore is the create-once store in a folder: temporary file, fsync, link to
// the final name (which fails when it is taken), fsync of the folder.
type fsStore struct{ *folder }

func (s *fsStore) Create(ctx context.Context, key string, data []byte) error {
	if err := errors.Join(checkKey(key), checkSize(key, int64(len(data))), ctx.Err()); err != nil {
		return err
	}
	path := s.path(key)
	if err := s.durableFolder(filepath.Dir(path)); err != nil {
		return fsError(err, key)
	}
	if _, err := os.Lstat(path); err == nil {
		return s.exists(key)
	}
	temp, err := s.writeTemp(data, 0o440)
	if err != nil {
		return fsError(err, key)
	}
	defer os.Remove(temp)
	if err := os.Link(temp, path); errors.Is(err, fs.ErrExist) {
		return s.exists(key)
	} else if err != nil {
		return fsError(err, key)
	}
	return syncParent(path)
}

// exists answers for a key that another writer has linked but perhaps not yet
// made durable.
func (s *fsStore) exists(key string) error {
	if err := syncParent(s.path(key)); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", ErrExists, key)
}

func (s *fsStore) Get(ctx context.Context, key string) ([]byte, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return nil, err
	}
	return s.read(key)
}

// damagedFolder keeps what replace has taken away.
const damagedFolder = ".damaged"

// replace keeps the object aside under another name and puts the good one over
// it at once: whoever reads meanwhile finds the one or the other.
func (s *fsStore) replace(ctx context.Context, key string, data []byte) error {
	aside := filepath.Join(s.root, damagedFolder, fmt.Sprintf("%s.%d", strings.ReplaceAll(key, "/", "~"), time.Now().UnixNano()))
	if err := s.durableFolder(filepath.Dir(aside)); err != nil {
		return fsError(err, key)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Link(s.path(key), aside); err != nil {
		return fsError(err, key)
	}
	if err := syncParent(aside); err != nil {
		return err
	}
	temp, err := s.writeTemp(data, 0o440)
	if err != nil {
		return fsError(err, key)
	}
	if err := os.Rename(temp, s.path(key)); err != nil {
		os.Remove(temp)
		return fsError(err, key)
	}
	return syncParent(s.path(key))
}

func (s *fsStore) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return s.list(ctx, prefix)
}

// folder is what both filesystem stores do alike.
type folder struct {
	root string

	mu      sync.Mutex
	durable map[string]bool // folders whose own entries are known to be on disk
}

func openFolder(root string) (*folder, error) {
	f := &folder{root: root, durable: map[string]bool{}}
	top := root
	for top != filepath.Dir(top) {
		if _, err := os.Stat(top); err == nil {
			break
		}
		top = filepath.Dir(top)
	}
	f.durable[filepath.Dir(top)] = true // not ours to make durable; top may be another process's, just made
	for _, dir := range []string{root, filepath.Join(root, tempFolder)} {
		if err := f.durableFolder(dir); err != nil {
			return nil, fsError(err, dir)
		}
	}
	return f, f.sweep(time.Now().Add(-leftoverGrace))
}

// sweep removes what killed processes left before the given time.
func (f *folder) sweep(before time.Time) error {
	temps, err := os.ReadDir(filepath.Join(f.root, tempFolder))
	if err != nil {
		return fsError(err, tempFolder)
	}
	for _, t := range temps {
		// Another process may have swept it meanwhile.
		if info, err := t.Info(); err == nil && info.ModTime().Before(before) {
			os.Remove(filepath.Join(f.root, tempFolder, t.Name()))
		}
	}
	return nil
}

func (f *folder) path(key string) string { return filepath.Join(f.root, filepath.FromSlash(key)) }

func (f *folder) read(key string) ([]byte, error) {
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, fsError(err, key)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fsError(err, key)
	case info.IsDir():
		return nil, fmt.Errorf("%w: %s", ErrNotFound, key)
	case !info.Mode().IsRegular():
		return nil, fsError(errors.New("not a regular file"), key)
	}
	if err := checkSize(key, info.Size()); err != nil {
		return nil, err
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fsError(err, key)
	}
	return data, nil
}

// writeTemp makes a durable file that has no name in the store yet.
func (f *folder) writeTemp(data []byte, mode fs.FileMode) (path string, err error) {
	file, err := os.CreateTemp(filepath.Join(f.root, tempFolder), "")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			os.Remove(file.Name())
		}
	}()
	if _, err := file.Write(data); err != nil {
		return "", err
	}
	if err := file.Chmod(mode); err != nil {
		return "", err
	}
	return file.Name(), file.Sync()
}

// durableFolder makes dir and sees to it that it and all above it survive a
// loss of power, also where another process has just made them. The folders
// that lie beside it are covered by the same fsync, so a grown archive costs one
// fsync per level and process.
func (f *folder) durableFolder(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ensure(dir)
}

func (f *folder) ensure(dir string) error {
	if f.durable[dir] {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := f.ensure(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	beside, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	if err := syncFolder(parent); err != nil {
		return err
	}
	for _, b := range beside {
		if b.IsDir() {
			f.durable[filepath.Join(parent, b.Name())] = true
		}
	}
	return nil
}

func (f *folder) list(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", err)
			return
		}
		start := prefix[:strings.LastIndexByte(prefix, '/')+1]
		f.walk(ctx, start, prefix, yield)
	}
}

// walk yields the keys below dir ("" or ending in a slash) in byte order, in
// which a folder stands where its name with the slash would.
func (f *folder) walk(ctx context.Context, dir, prefix string, yield func(string, error) bool) bool {
	if err := ctx.Err(); err != nil {
		yield("", err)
		return false
	}
	entries, err := os.ReadDir(f.path(dir))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return true
	} else if err != nil {
		yield("", fsError(err, dir))
		return false
	}
	var keys []string
	for _, e := range entries {
		key := dir + e.Name()
		if e.IsDir() {
			key += "/"
		}
		if dir == "" && (e.Name() == tempFolder || e.Name() == damagedFolder || e.Name() == lockFile) {
			continue
		}
		if strings.HasPrefix(key, prefix) || e.IsDir() && strings.HasPrefix(prefix, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if strings.HasSuffix(key, "/") {
			if !f.walk(ctx, key, prefix, yield) {
				return false
			}
		} else if !yield(key, nil) {
			return false
		}
	}
	return true
}

// syncParent makes the names in path's folder durable.
func syncParent(path string) error { return fsError(syncFolder(filepath.Dir(path)), path) }

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fsError puts a filesystem's error into the package's terms; nil stays nil.
func fsError(err error, key string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w: %s", ErrNotFound, key)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return record.Because(err, record.Unavailable, "store-full", "Kho lưu trữ đã hết chỗ")
	case errors.Is(err, syscall.EPERM), errors.Is(err, fs.ErrPermission):
		return record.Because(err, record.Unavailable, "store-forbidden", "Không có quyền đọc hoặc ghi kho lưu trữ")
	}
	return record.Because(err, record.Unavailable, "store-failed", "Kho lưu trữ gặp lỗi khi đọc hoặc ghi "+key)
}

// folders lists the segments that follow prefix.
func (s *fsStore) folders(_ context.Context, prefix string) ([]string, error) {
	entries, err := os.ReadDir(s.path(prefix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fsError(err, prefix)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
