package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	maxFiles = 1000 // in the folder before old ones go
	// old is from when on a file may go: no answer of use is fresh for longer.
	old = 30 * 24 * time.Hour
)

// Files of the folder are found by what they answer: an OCSP answer by
// certificate and issuer, a list by its address. They are judged anew when they
// are read, so whoever writes into the folder can make nothing good.
func (c *Checker) file(kind Source, about string) string {
	sum := sha256.Sum256([]byte(about)) // an address is no file name
	return filepath.Join(c.Folder, hex.EncodeToString(sum[:])+"."+string(kind))
}

func (c *Checker) load(kind Source, about string, limit int64) []byte {
	if c.Folder == "" {
		return nil
	}
	f, err := os.Open(c.file(kind, about))
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil
	}
	return b
}

// save keeps an answer over a restart. What cannot be written is asked for
// again: the folder only saves questions.
func (c *Checker) save(kind Source, about string, b []byte) {
	if c.Folder == "" || os.MkdirAll(c.Folder, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(c.Folder, "new-*")
	if err != nil {
		return
	}
	_, err = f.Write(b)
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), c.file(kind, about)) != nil {
		os.Remove(f.Name())
		return
	}
	all, err := os.ReadDir(c.Folder)
	for i := 0; err == nil && len(all) > maxFiles && i < len(all); i++ {
		if info, err := all[i].Info(); err == nil && time.Since(info.ModTime()) > old {
			os.Remove(filepath.Join(c.Folder, all[i].Name()))
		}
	}
}

func about(cert, issuer *x509.Certificate) string {
	sum := sha256.Sum256(append(append([]byte{}, cert.Raw...), issuer.Raw...))
	return hex.EncodeToString(sum[:])
}
