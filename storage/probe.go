package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"vanthu/record"
)

const (
	probeFolder = "probe/"
	// probeKey in the working store remembers a backend that passed; its content
	// names the checks and the setting they were made under, so that new ones run
	// again everywhere.
	probeKey    = "probe/passed"
	probeChecks = "create-once read-after-write list compare-and-swap checksum lock versions 1\n"
	probeRacers = 64
)

// prober is a driver with checks of its own.
type prober interface {
	probe(ctx context.Context, prefix string) error
}

// encrypter is a store that can be told to encrypt.
type encrypter interface {
	probeEncrypted(ctx context.Context, key string) error
}

// probed is what probeKey holds when this backend has passed.
func (b *Backend) probed() []byte { return []byte(probeChecks + b.setting) }

// probe finds out once per backend whether it keeps the contract, because some
// servers accept conditions, checksums and locks and then ignore them.
func (b *Backend) probe(ctx context.Context) error {
	passed, tag, err := b.passed(ctx)
	if passed || err != nil {
		return err
	}
	prefix := probeFolder + rand.Text() + "/"
	for _, s := range []any{b.Work, b.Archive} { // before anything else is written in the clear
		if s, ok := s.(encrypter); ok {
			if err := s.probeEncrypted(ctx, prefix+"encrypted"); err != nil {
				return err
			}
		}
	}
	if err := probeCreateOnce(ctx, b.Archive, prefix); err != nil {
		return err
	}
	if err := probeSwap(ctx, b.Work, prefix+"swap"); err != nil {
		return err
	}
	if p, ok := b.Archive.(prober); ok {
		if err := p.probe(ctx, prefix); err != nil {
			return err
		}
	}
	_, err = b.Work.Put(ctx, probeKey, b.probed(), tag)
	if errors.Is(err, ErrChanged) { // another process has just found the same
		return nil
	}
	return err
}

// passed says whether this backend is one that passed: the working store
// remembers it and the archive holds the traces.
func (b *Backend) passed(ctx context.Context) (passed bool, tag string, err error) {
	done, tag, err := b.Work.Get(ctx, probeKey)
	if errors.Is(err, ErrNotFound) {
		return false, "", nil
	}
	if err != nil || !bytes.Equal(done, b.probed()) {
		return false, tag, err
	}
	trace, err := b.trace(ctx)
	return trace != "", tag, err
}

// trace is the key of something that a probe has left in the archive, "" when
// there is nothing.
func (b *Backend) trace(ctx context.Context) (string, error) {
	for key, err := range b.Archive.List(ctx, probeFolder) {
		return key, err
	}
	return "", nil
}

func unfit(why string, err error) error {
	return record.Because(err, record.Usage, "store-unfit", "Không thể dùng kho lưu trữ này: "+why)
}

// probeContent is what the probe leaves in the archive: a text with its digest,
// so that an audit sees when it was altered.
func probeContent(text string) []byte {
	return []byte(text + "\n" + string(record.DigestOf([]byte(text))) + "\n")
}

func probeWhole(b []byte) bool {
	text, _, _ := strings.Cut(string(b), "\n")
	return bytes.Equal(b, probeContent(text))
}

func probeCreateOnce(ctx context.Context, s Store, prefix string) error {
	key := prefix + "race"
	var (
		wg     sync.WaitGroup
		won    atomic.Int32
		winner atomic.Value
		errs   [probeRacers]error
	)
	for i := range probeRacers {
		wg.Go(func() {
			data := probeContent(fmt.Sprint("racer ", i))
			switch err := s.Create(ctx, key, data); {
			case err == nil:
				won.Add(1)
				winner.Store(data)
			case !errors.Is(err, ErrExists):
				errs[i] = err
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("probe store: %w", err)
	}
	if won.Load() == 0 { // the winner's answer was lost on the way
		return record.E(record.Unavailable, "store-failed", "Kho lưu trữ không trả lời ổn định; hãy thử lại")
	}
	if n := won.Load(); n != 1 {
		return unfit(fmt.Sprintf("%d trong %d lần tạo đồng thời cùng thành công", n, probeRacers), nil)
	}
	data, err := s.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("probe store: %w", err)
	}
	if want, _ := winner.Load().([]byte); !bytes.Equal(data, want) {
		return unfit("đọc lại khác với nội dung vừa ghi", nil)
	}
	for k, err := range s.List(ctx, prefix) {
		if err != nil {
			return fmt.Errorf("probe store: %w", err)
		}
		if k == key {
			return nil
		}
	}
	return unfit("danh sách thiếu nội dung vừa ghi", nil)
}

func probeSwap(ctx context.Context, w WorkStore, key string) error {
	first, err := w.Put(ctx, key, []byte("first"), "")
	if err != nil {
		return fmt.Errorf("probe working store: %w", err)
	}
	if _, err := w.Put(ctx, key, []byte("second"), first); err != nil {
		return fmt.Errorf("probe working store: %w", err)
	}
	if _, err := w.Put(ctx, key, []byte("third"), first); !errors.Is(err, ErrChanged) {
		return unfit("ghi đè được nội dung đã thay đổi", err)
	}
	return w.Delete(ctx, key)
}
