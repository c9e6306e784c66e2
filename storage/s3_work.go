package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/minio/minio-go/v7"
)

// s3Work is the working store in a bucket without versions, so that what is
// deleted is gone.
type s3Work struct{ *bucket }

func (w *s3Work) Get(ctx context.Context, key string) ([]byte, string, error) {
	if err := checkKey(key); err != nil {
		return nil, "", err
	}
	data, etag, err := w.get(ctx, key, "")
	return data, etag, err
}

func (w *s3Work) Put(ctx context.Context, key string, data []byte, tag string) (string, error) {
	if err := errors.Join(checkKey(key), checkSize(key, int64(len(data)))); err != nil {
		return "", err
	}
	opts := minio.PutObjectOptions{}
	if tag == "" {
		opts.SetMatchETagExcept("*")
	} else {
		opts.SetMatchETag(tag)
	}
	info, err := w.put(ctx, key, data, opts)
	if isStatus(err, http.StatusPreconditionFailed) {
		// The client repeats a request whose answer was lost: then it is ours.
		if now, nowTag, err := w.Get(ctx, key); err == nil && bytes.Equal(now, data) {
			return nowTag, nil
		}
		return "", fmt.Errorf("%w: %s", ErrChanged, key)
	}
	if errors.Is(err, ErrNotFound) { // deleted since
		return "", fmt.Errorf("%w: %s", ErrChanged, key)
	}
	return info.ETag, err
}

func (w *s3Work) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return w.do(ctx, key, func(ctx context.Context) error {
		return w.client.RemoveObject(ctx, w.name, key, minio.RemoveObjectOptions{})
	})
}

func (w *s3Work) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", err)
			return
		}
		more := true
		err := w.do(ctx, prefix, func(ctx context.Context) error {
			for o := range w.client.ListObjectsIter(ctx, w.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
				if o.Err != nil {
					return o.Err
				}
				if more = yield(o.Key, nil); !more {
					return nil
				}
			}
			return ctx.Err() // which ends the client's list in silence
		})
		if err != nil && more {
			yield("", err)
		}
	}
}
