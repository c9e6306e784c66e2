package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vanthu/record"
	"vanthu/signer/verify"
)

// The key of the links that recipients get, in keys/: made at the first use and
// shared by several instances as the other keys are.
const (
	linkKeyFile = "links.key"
	linkKeySize = 32 // bytes
)

func linkKey(folder string) ([]byte, error) {
	path := filepath.Join(folder, linkKeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, linkKeySize)
		_, _ = rand.Read(key) // never fails
		b, err = makeKey(folder, path, key)
	}
	if err == nil && len(b) != linkKeySize {
		err = fmt.Errorf("%d bytes, want %d", len(b), linkKeySize)
	}
	if err != nil {
		return nil, record.Because(err, record.Usage, "link-key", "Không đọc được khóa của đường dẫn "+path)
	}
	return b, nil
}

// makeKey writes a key file whole or not at all; of several processes one wins,
// and what it wrote comes back.
func makeKey(folder, path string, key []byte) ([]byte, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(folder, ".key-") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

// sound refuses to let a PDF out whose signatures are broken. Whom they lead to
// was asked when they were made.
func sound(ctx context.Context, b []byte) error {
	r, err := verify.Verify(ctx, b, verify.Options{})
	if err != nil {
		return err
	}
	if r.Verdict == verify.Invalid || r.Verdict == verify.Unsigned {
		return record.Because(errors.New(r.Message), record.Damaged, "signature-broken", "Chữ ký của tệp sắp gửi không còn nguyên vẹn")
	}
	return nil
}
