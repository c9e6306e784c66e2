package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"vanthu/record"
)

// readyFolder in the working store is where Ping writes:
// ready/<second, Unix>-<random>.
const readyFolder = "ready/"

// readyGrace is how long an object of Ping may lie before it counts as left
// behind by one that was cut off.
const readyGrace = time.Hour

// Ping goes to both stores and back: it writes a small object to the working
// store, lists it, reads it, deletes it, and reads a trace of the probe from the
// archive. nil says that a command of the office would find its stores in order.
// Errors are *record.Error of kind Unavailable or Damaged, or the context's.
func (b *Backend) Ping(ctx context.Context) error {
	if err := b.pingWork(ctx); err != nil {
		return err
	}
	return b.pingArchive(ctx)
}

func (b *Backend) pingWork(ctx context.Context) error {
	now := time.Now()
	key := fmt.Sprintf("%s%d-%s", readyFolder, now.Unix(), rand.Text())
	if _, err := b.Work.Put(ctx, key, []byte(key), ""); err != nil {
		return err
	}
	listed := false
	for k, err := range b.Work.List(ctx, readyFolder) {
		if err != nil {
			return err
		}
		listed = listed || k == key
		if leftBehind(k, now) {
			if err := b.Work.Delete(ctx, k); err != nil {
				return err
			}
		}
	}
	back, _, err := b.Work.Get(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && (!listed || !bytes.Equal(back, []byte(key))):
		return record.Because(err, record.Damaged, "store-untrue", "Kho lưu trữ không trả lại đúng nội dung vừa ghi")
	case err != nil:
		return err
	}
	return b.Work.Delete(ctx, key)
}

func leftBehind(key string, now time.Time) bool {
	second, _, _ := strings.Cut(strings.TrimPrefix(key, readyFolder), "-")
	written, err := strconv.ParseInt(second, 10, 64)
	return err == nil && now.Sub(time.Unix(written, 0)) > readyGrace
}

func (b *Backend) pingArchive(ctx context.Context) error {
	key, err := b.trace(ctx)
	if err != nil {
		return err
	}
	gone := record.E(record.Unavailable, "archive-missing", "Kho lưu trữ không còn nội dung đã ghi khi mở kho; có thể kho đã bị gỡ hoặc bị thay")
	if key == "" {
		return gone
	}
	trace, err := b.Archive.Get(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return gone
	case err == nil && !probeWhole(trace):
		return damaged(key, "digest does not match")
	}
	return err
}
