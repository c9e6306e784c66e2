package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"vanthu/record"
)

var (
	// ErrExists: the key is there already, durably, and was left as it is.
	ErrExists = errors.New("storage: key exists")
	// ErrNotFound: there is no such key.
	ErrNotFound = errors.New("storage: key not found")
	// ErrChanged: a working object is no longer the one the caller read.
	ErrChanged = errors.New("storage: object changed")
	// ErrTaken: someone else has written this entry of the journal.
	ErrTaken = errors.New("storage: journal entry taken")
)

// MaxObject is the size in bytes above which no object is written or read.
const MaxObject = 256 << 20

// Store is a set of objects that are created once and never changed. All
// methods may be called at once from many goroutines and processes. Errors
// other than those named are *record.Error of kind Unavailable when the store
// cannot be reached or written, Invalid for a key or object that is refused.
type Store interface {
	// Create writes data under key; ErrExists when the key is there. When it
	// returns nil or ErrExists the object survives a loss of power.
	Create(ctx context.Context, key string, data []byte) error
	// Get reads what was first written under key; ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// List yields the keys that begin with prefix, in byte order. An error ends
	// it.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// WorkStore keeps working state: it may change and be deleted. Tags are opaque
// and stand for the content.
type WorkStore interface {
	// Get reads an object and its tag; ErrNotFound.
	Get(ctx context.Context, key string) (data []byte, tag string, err error)
	// Put replaces the object that has this tag, or creates it where tag is "",
	// durably, and returns the new tag; ErrChanged when the object is not the
	// one the tag stands for.
	Put(ctx context.Context, key string, data []byte, tag string) (string, error)
	// Delete removes the object; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// List is as in Store.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// Backend is one place with its two stores, which are never mixed. Whoever
// opens one has to close it.
type Backend struct {
	Archive Store
	Work    WorkStore

	end     func() // of what watches over it; nil for nothing
	setting string // of its configuration, which the probe proves too
}

// Close lets go of the connections and ends what watches over them. Whatever is
// under way or comes later is refused as Unavailable on a server; on a
// filesystem nothing changes. It never fails.
func (b *Backend) Close() error {
	if b.end != nil {
		b.end()
	}
	return nil
}

const (
	maxKey     = 512
	maxSegment = 128
)

// checkKey refuses keys that could mean something else to a filesystem or a
// proxy: segments of A-Z a-z 0-9 . _ -, none empty or beginning with a dot.
func checkKey(key string) error {
	if len(key) > maxKey {
		return badKey(key)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || len(segment) > maxSegment || segment[0] == '.' || !plain(segment) {
			return badKey(key)
		}
	}
	return nil
}

// checkPrefix is checkKey for the beginning of keys.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return checkKey(strings.TrimSuffix(prefix, "/"))
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

func badKey(key string) error {
	if len(key) > maxKey {
		key = key[:maxKey] + "..."
	}
	return record.E(record.Invalid, "key-invalid", fmt.Sprintf("Khóa lưu trữ %q không hợp lệ", key))
}

func checkSize(key string, n int64) error {
	if n > MaxObject {
		return record.E(record.Invalid, "object-too-large",
			fmt.Sprintf("Nội dung %s lớn hơn giới hạn %d MiB", key, MaxObject>>20))
	}
	return nil
}
