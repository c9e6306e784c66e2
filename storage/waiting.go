package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vanthu/record"
)

// Waiting keeps signatures that wait for their value, in the working store.
type Waiting struct{ work WorkStore }

// NewWaiting is the signatures waiting in work.
func NewWaiting(work WorkStore) *Waiting { return &Waiting{work} }

const waitingFolder = "signatures/"

// Get reads one; NotFound.
func (w *Waiting) Get(ctx context.Context, key string) ([]byte, string, error) {
	b, tag, err := w.work.Get(ctx, waitingFolder+key)
	if errors.Is(err, ErrNotFound) {
		err = record.Because(err, record.NotFound, "signature-unknown", fmt.Sprintf("Không có chữ ký nào đang chờ của văn bản %s", key))
	}
	return b, tag, err
}

// Put replaces the one that has this tag, or makes it where tag is ""; Conflict,
// changed, when another is there.
func (w *Waiting) Put(ctx context.Context, key string, content []byte, tag string) error {
	_, err := w.work.Put(ctx, waitingFolder+key, content, tag)
	if errors.Is(err, ErrChanged) {
		err = record.Because(err, record.Conflict, "changed", "Chữ ký đang chờ vừa thay đổi")
	}
	return err
}

// Delete removes one; one that is not there is no error.
func (w *Waiting) Delete(ctx context.Context, key string) error {
	return w.work.Delete(ctx, waitingFolder+key)
}

// Keys lists all there are.
func (w *Waiting) Keys(ctx context.Context) ([]string, error) {
	var keys []string
	for key, err := range w.work.List(ctx, waitingFolder) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, strings.TrimPrefix(key, waitingFolder))
	}
	return keys, nil
}
