package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vanthu/record"
)

// readInput reads a file or, for "-", standard input, up to limit bytes.
func readInput(s streams, name string, limit int64) ([]byte, error) {
	in := s.in
	tooLarge := record.E(record.Invalid, "input-too-large", fmt.Sprintf("Tệp %s lớn hơn %d MB", name, limit>>20))
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, record.Because(err, record.Usage, "input-file", "Không đọc được tệp "+name)
		}
		defer f.Close()
		// Told by its size, a file that is too large need not be read.
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > limit {
			return nil, tooLarge
		}
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, record.Because(err, record.Usage, "input-file", "Không đọc được tệp "+name)
	}
	if int64(len(b)) > limit {
		return nil, tooLarge
	}
	return b, nil
}

// writeOutput writes a file whole or not at all; "-" is standard output.
func writeOutput(s streams, name string, content []byte) (err error) {
	defer func() {
		if err != nil {
			err = record.Because(err, record.Usage, "output-file", "Không ghi được tệp "+name)
		}
	}()
	if name == "-" {
		_, err = s.out.Write(content)
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = f.Chmod(0o644); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// checkOutput refuses an output place that cannot work before any work is
// done.
func checkOutput(name string) error {
	if name == "-" {
		return nil
	}
	if st, err := os.Stat(filepath.Dir(name)); err != nil || !st.IsDir() {
		return record.E(record.Usage, "output-file", "Không có thư mục "+filepath.Dir(name))
	}
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return record.E(record.Usage, "output-file", name+" là một thư mục")
	}
	return nil
}
