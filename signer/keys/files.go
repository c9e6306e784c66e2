package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// sharedError: a key file or its folder is open to other accounts.
type sharedError struct {
	path string
	mode fs.FileMode
	dir  bool
}

func (e sharedError) Error() string { return fmt.Sprintf("%s has mode %#o", e.path, e.mode) }

func (e sharedError) want() string {
	if e.dir {
		return "0700"
	}
	return "0600"
}

// readPrivate reads a file that nobody but its owner may read, from a folder
// that nobody else may write.
func readPrivate(path string, limit int64) ([]byte, error) {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if dir.Mode().Perm()&0o022 != 0 {
		return nil, sharedError{filepath.Dir(path), dir.Mode().Perm(), true}
	}
	return read(path, limit, 0o077)
}

func readRegular(path string, limit int64) ([]byte, error) { return read(path, limit, 0) }

// read opens without blocking, so that a pipe left in the folder is an error
// and not a hang, and checks the file it has opened, not the name.
func read(path string, limit int64, forbidden fs.FileMode) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Mode().Perm()&forbidden != 0:
		return nil, sharedError{path, info.Mode().Perm(), false}
	case info.Size() > limit:
		return nil, fmt.Errorf("%s has %d bytes, more than %d", path, info.Size(), limit)
	}
	b, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%s grew past %d bytes", path, limit)
	}
	return b, err
}

func stamps(base string) (all [5]stamp) {
	for i, ext := range []string{".p12", ".pin", ".png", ".json"} {
		if info, err := os.Stat(base + ext); err == nil {
			all[i] = stamp{info.ModTime(), info.Size(), info.Mode()}
		}
	}
	if info, err := os.Stat(filepath.Dir(base)); err == nil {
		all[4].mode = info.Mode()
	}
	return all
}

// createOnce writes content to path unless a file is there already, and returns
// what then is there: a whole file of this process or of another, never half of
// one, however many race and whenever one dies.
func createOnce(path string, content []byte, limit int64) ([]byte, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		return readRegular(path, limit)
	} else if err != nil {
		return nil, err
	}
	return content, syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
