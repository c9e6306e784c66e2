package storage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
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
	probeChecks = "create-once read-after-write list compare-and-swap checksum lock versions 2\n"
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
	if err := probeSwap(ctx, b.Work, prefix); err != nil {
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
	// Asked before, a cache on the way has something old to tell afterwards.
	_, err := s.Get(ctx, key)
	listed, failed := lists(ctx, s, prefix, key)
	if err == nil || listed {
		return unfit("đọc được nội dung chưa hề ghi", nil)
	}
	if !errors.Is(err, ErrNotFound) || failed != nil {
		return fmt.Errorf("probe store: %w", cmp.Or(failed, err))
	}
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
	if listed, err = lists(ctx, s, prefix, key); err != nil {
		return fmt.Errorf("probe store: %w", err)
	}
	if !listed {
		return unfit("danh sách thiếu nội dung vừa ghi", nil)
	}
	data, err := s.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return unfit("đọc lại không thấy nội dung vừa ghi", err)
	}
	if err != nil {
		return fmt.Errorf("probe store: %w", err)
	}
	if want, _ := winner.Load().([]byte); !bytes.Equal(data, want) {
		return unfit("đọc lại khác với nội dung vừa ghi", nil)
	}
	return nil
}

// lists says whether a store lists a key.
func lists(ctx context.Context, s interface {
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
}, prefix, key string) (bool, error) {
	for k, err := range s.List(ctx, prefix) {
		if err != nil || k == key {
			return k == key, err
		}
	}
	return false, nil
}

func probeSwap(ctx context.Context, w WorkStore, prefix string) error {
	key := prefix + "swap"
	first, err := w.Put(ctx, key, []byte("first"), "")
	if err != nil {
		return fmt.Errorf("probe working store: %w", err)
	}
	_, _, err = w.Get(ctx, key) // for a cache on the way, too
	if errors.Is(err, ErrNotFound) {
		return unfit("đọc lại không thấy nội dung vừa ghi", err)
	}
	if err != nil {
		return fmt.Errorf("probe working store: %w", err)
	}
	second, err := w.Put(ctx, key, []byte("second"), first)
	if err != nil {
		return fmt.Errorf("probe working store: %w", err)
	}
	for _, tag := range []string{first, ""} {
		_, err := w.Put(ctx, key, []byte("third"), tag)
		if err == nil {
			return unfit("ghi đè được nội dung đã thay đổi", nil)
		}
		if !errors.Is(err, ErrChanged) {
			return fmt.Errorf("probe working store: %w", err)
		}
	}
	data, tag, err := w.Get(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("probe working store: %w", err)
	}
	if tag != second || string(data) != "second" {
		return unfit("đọc lại khác với nội dung vừa ghi đè", err)
	}
	for _, there := range []bool{true, false} {
		if !there {
			if err := w.Delete(ctx, key); err != nil {
				return fmt.Errorf("probe working store: %w", err)
			}
		}
		listed, err := lists(ctx, w, prefix, key)
		if err != nil {
			return fmt.Errorf("probe working store: %w", err)
		}
		if listed != there {
			return unfit("danh sách không theo kịp việc ghi và xóa", nil)
		}
	}
	if _, _, err = w.Get(ctx, key); err == nil {
		return unfit("vẫn đọc được nội dung đã xóa", nil)
	}
	if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("probe working store: %w", err)
	}
	return nil
}
