package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/signer/tsp"
	"vanthu/signer/verify"
	"vanthu/storage"
	"vanthu/storage/evidence"
)

// The key that signs checkpoints and reports, in keys/: made at the first use.
// Several instances share it as they share the other keys. Public keys of
// earlier ones lie beside it as log-*.pub.
const (
	logKeyFile  = "log.key"
	oldLogFiles = "log-*.pub"
)

// logSigner reads the key of the office's logs, or makes it where there is none
// and it may.
func logSigner(folder string, may bool) (*storage.Signer, error) {
	path := filepath.Join(folder, logKeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !may {
			return nil, nil
		}
		b, err = makeLogKey(folder, path)
	}
	if err != nil {
		return nil, badLogKey(err, path)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, badLogKey(errors.New("not PEM"), path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, badLogKey(err, path)
	}
	own, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, badLogKey(errors.New("not an Ed25519 key"), path)
	}
	old, err := filepath.Glob(filepath.Join(folder, oldLogFiles))
	if err != nil {
		return nil, err
	}
	known, err := logKeys(old)
	if err != nil {
		return nil, err
	}
	return storage.NewSigner(own, known...), nil
}

// makeLogKey makes the key whole or not at all; of several processes one wins.
func makeLogKey(folder, path string) ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return makeKey(folder, path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func badLogKey(err error, path string) error {
	return record.Because(err, record.Usage, "log-key", "Không đọc được khóa của nhật ký "+path)
}

// logKeys reads public keys: PEM, or lines for signed-note tools.
func logKeys(files []string) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, badLogKey(err, path)
		}
		if block, _ := pem.Decode(b); block != nil {
			any, err := x509.ParsePKIXPublicKey(block.Bytes)
			key, ok := any.(ed25519.PublicKey)
			if err != nil || !ok {
				return nil, badLogKey(errors.Join(err, errors.New("not an Ed25519 key")), path)
			}
			keys = append(keys, key)
			continue
		}
		for line := range strings.FieldsSeq(string(b)) {
			key, err := evidence.ParseKey(line)
			if err != nil {
				return nil, badLogKey(err, path)
			}
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// journalLogs keep the journals' Merkle logs; the key lies in the data folder.
func journalLogs(a *storage.Archive, dir string, tsa *tsp.Client) (*storage.Log, error) {
	signer, err := logSigner(filepath.Join(dir, "keys"), true)
	if err != nil {
		return nil, err
	}
	l := &storage.Log{Archive: a, Signer: signer, CheckStamp: checkStamp}
	if tsa != nil {
		l.Stamp = func(ctx context.Context, digest []byte) ([]byte, error) {
			t, err := tsa.Stamp(ctx, crypto.SHA256, digest)
			if err != nil {
				return nil, err
			}
			return t.Raw, nil
		}
	}
	return l, nil
}

func checkStamp(token, digest []byte) error {
	_, err := stampTime(token, digest)
	return err
}

// stampTime verifies a token over a SHA-256. Whether its authority is trusted
// is for whoever has the root: openssl ts.
func stampTime(token, digest []byte) (time.Time, error) {
	t, err := tsp.Parse(token)
	if err != nil {
		return time.Time{}, err
	}
	if t.Hash != crypto.SHA256 {
		return time.Time{}, errors.New("timestamp: not over a SHA-256")
	}
	return t.Time, t.Verify(digest)
}

// enclosed is what a PDF carries to be judged by.
func enclosed(ctx context.Context, pdf []byte) (certificates, ocsps, crls [][]byte, err error) {
	r, err := verify.Verify(ctx, pdf, verify.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	certificates, ocsps, crls = r.Enclosed()
	return certificates, ocsps, crls, nil
}

// packages makes evidence packages.
func (o *office) packages() evidence.Sources {
	return evidence.Sources{Archive: o.archive, Log: o.logs, Enclosed: enclosed, Now: o.desk.Now}
}
