package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"vanthu/record"
)

const (
	s3Timeout  = time.Minute // of one request with its retries
	s3Retries  = 3
	s3LockDays = 365
	s3Region   = "us-east-1"
)

// OpenMinIO opens the two buckets of c, makes them when they are missing (the
// archive with versioning and object lock) and lets the server prove once that
// it keeps the contract. The service needs no DeleteObject right on the archive
// bucket and never asks for it outside the probe, where it must be refused. A
// server out of reach is refused within three seconds, with its address; later
// on, whatever waits for a server that has gone away ends as Unavailable with
// the code "store-unreachable", at once or within 1.7 seconds, until the server
// is back.
func OpenMinIO(ctx context.Context, c Config) (*Backend, error) {
	sse, err := c.encryption()
	if err != nil {
		return nil, err
	}
	client, guard, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	b := &Backend{Archive: &s3Store{&bucket{client, guard, c.archiveBucket(), sse}},
		Work: &s3Work{&bucket{client, guard, c.workBucket(), sse}}, end: guard.close}
	if c.Encrypt != "" {
		b.setting = "encrypt " + c.Encrypt + "\n"
	}
	if err := b.prepare(ctx, c); err != nil {
		b.Close()
		if record.CodeOf(err) == codeUnreachable { // it went away right after its first answer
			err = record.Because(err, record.Unavailable, codeUnreachable, "Kho lưu trữ "+c.String()+" không trả lời")
		}
		return nil, err
	}
	guard.opened()
	return b, nil
}

// prepare makes and proves what has not been before.
func (b *Backend) prepare(ctx context.Context, c Config) error {
	passed, _, err := b.passed(ctx)
	if passed || err != nil && record.CodeOf(err) != codeNoBucket {
		return err
	}
	if err := b.Work.(*s3Work).make(ctx, minio.MakeBucketOptions{Region: c.region()}); err != nil {
		return err
	}
	if err := b.Archive.(*s3Store).makeLocked(ctx, c); err != nil {
		return err
	}
	return b.probe(ctx)
}

// s3Store is the create-once store in a bucket with versioning.
type s3Store struct{ *bucket }

func (s *s3Store) Create(ctx context.Context, key string, data []byte) error {
	if err := errors.Join(checkKey(key), checkSize(key, int64(len(data)))); err != nil {
		return err
	}
	opts := minio.PutObjectOptions{}
	opts.SetMatchETagExcept("*")
	_, err := s.put(ctx, key, data, opts)
	if isStatus(err, http.StatusPreconditionFailed) {
		return fmt.Errorf("%w: %s", ErrExists, key)
	}
	return err
}

// Get reads the oldest version: object lock protects versions, not keys, so an
// administrator of the server can lay a second one over the first, or a delete
// mark over all. It asks first whether there is anything, because listing
// versions takes the longer the more keys lie beside this one.
func (s *s3Store) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	there, err := s.exists(ctx, key)
	if err != nil {
		return nil, err
	}
	if there {
		for v, err := range s.versions(ctx, key, "") {
			if err != nil {
				return nil, err
			}
			if v.key != key {
				break
			}
			data, _, err := s.get(ctx, key, v.oldest)
			return data, err
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, key)
}

// editions reads every version of an object, oldest first.
func (s *s3Store) editions(ctx context.Context, key string) ([][]byte, error) {
	var ids []string
	err := s.do(ctx, key, func(ctx context.Context) error {
		for o := range s.client.ListObjectsIter(ctx, s.name, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
			if o.Err != nil {
				return o.Err
			}
			if o.Key == key && !o.IsDeleteMarker {
				ids = append(ids, o.VersionID)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(ids)
	var out [][]byte
	for _, id := range ids {
		if b, _, err := s.get(ctx, key, id); err == nil {
			out = append(out, b)
		} else if record.CodeOf(err) == codeUnreachable || ctx.Err() != nil {
			return nil, err
		}
	}
	return out, nil
}

// replace lays a good version over a damaged one, which stays.
func (s *s3Store) replace(ctx context.Context, key string, data []byte) error {
	_, err := s.put(ctx, key, data, minio.PutObjectOptions{})
	return err
}

// exists says whether anything was ever written under key.
func (s *s3Store) exists(ctx context.Context, key string) (bool, error) {
	var info minio.ObjectInfo
	err := s.do(ctx, key, func(ctx context.Context) (err error) {
		info, err = s.client.StatObject(ctx, s.name, key, minio.StatObjectOptions{})
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return info.IsDeleteMarker, nil
	}
	return err == nil, err
}

// getGood is for content that proves itself: the newest version will do when it
// is good, and asking for it is one request.
func (s *s3Store) getGood(ctx context.Context, key string, good func([]byte) bool) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	data, _, err := s.get(ctx, key, "")
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if err == nil && good(data) {
		return data, nil
	}
	return s.Get(ctx, key)
}

func (s *s3Store) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", err)
			return
		}
		for v, err := range s.versions(ctx, prefix, "") {
			if !yield(v.key, err) || err != nil {
				return
			}
		}
	}
}

// keyVersions is what the server holds under one key.
type keyVersions struct {
	key     string
	oldest  string // version id
	count   int    // versions with content
	deleted bool   // a delete mark lies over them
}

// versions yields every key with the given beginning that comes after another,
// those under a delete mark included.
func (s *s3Store) versions(ctx context.Context, prefix, after string) iter.Seq2[keyVersions, error] {
	return func(yield func(keyVersions, error) bool) {
		more := true
		err := s.do(ctx, prefix, func(ctx context.Context) error {
			var v keyVersions
			opts := minio.ListObjectsOptions{Prefix: prefix, StartAfter: after, Recursive: true, WithVersions: true}
			for o := range s.client.ListObjectsIter(ctx, s.name, opts) {
				if o.Err != nil {
					return o.Err
				}
				if o.Key != v.key {
					if more = v.count == 0 || yield(v, nil); !more {
						return nil
					}
					v = keyVersions{key: o.Key}
				}
				if o.IsDeleteMarker {
					v.deleted = true
					continue
				}
				v.oldest = o.VersionID // they come newest first
				v.count++
			}
			if ctx.Err() != nil { // which ends the client's list in silence
				return ctx.Err()
			}
			more = v.count == 0 || yield(v, nil)
			return nil
		})
		if err != nil && more {
			yield(keyVersions{}, err)
		}
	}
}

// bucket is what both S3 stores do alike.
type bucket struct {
	client minio.Core
	guard  *guard
	name   string
	sse    encrypt.ServerSide // of what is put; nil for none
}

// do asks the server under the guard; errors come out in the package's terms.
func (b *bucket) do(ctx context.Context, key string, ask func(context.Context) error) error {
	return b.fail(ctx, b.guard.run(ctx, ask), key)
}

// put sends data in one request with its SHA-256 in the header, where the
// signature covers it, encrypted as is configured.
func (b *bucket) put(ctx context.Context, key string, data []byte, opts minio.PutObjectOptions) (info minio.UploadInfo, err error) {
	sum := sha256.Sum256(data)
	if opts.UserMetadata == nil {
		opts.UserMetadata = map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])}
	}
	opts.ServerSideEncryption = b.sse
	err = b.do(ctx, key, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, s3Timeout)
		defer cancel()
		for wait := 10 * time.Millisecond; ; wait *= 2 {
			info, err = b.client.PutObject(ctx, b.name, key, bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]), opts)
			// Two conditional writes at the same moment may both be sent away.
			if !isStatus(err, http.StatusConflict) || wait > time.Second {
				return err
			}
			pause(ctx, wait)
		}
	})
	return info, err
}

func (b *bucket) get(ctx context.Context, key, version string) (data []byte, etag string, err error) {
	err = b.do(ctx, key, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, s3Timeout)
		defer cancel()
		body, info, _, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{VersionID: version})
		if err != nil {
			return err
		}
		defer body.Close()
		if err := checkSize(key, info.Size); err != nil {
			return err
		}
		data, etag = make([]byte, info.Size), info.ETag
		_, err = io.ReadFull(body, data)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return data, etag, nil
}

const codeNoBucket = "s3-bucket-missing"

// fail puts the client's error into the package's terms; nil stays nil.
func (b *bucket) fail(ctx context.Context, err error, key string) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var (
		ours    *record.Error
		strange xml.UnmarshalError // whole, but something else than was asked for
		r       minio.ErrorResponse
	)
	if errors.As(err, &ours) {
		return err
	}
	if errors.As(err, &strange) {
		return record.Because(err, record.Unavailable, "store-failed", "Kho lưu trữ trả lời không đúng giao thức S3")
	}
	if !errors.As(err, &r) {
		return unreachable(err)
	}
	switch {
	case r.Code == minio.NoSuchBucket:
		return record.Because(err, record.Usage, codeNoBucket, fmt.Sprintf("Kho lưu trữ không có ngăn %q", b.name))
	case r.StatusCode == http.StatusNotFound && !noEncryptionKey(r), r.Code == minio.NoSuchKey:
		return fmt.Errorf("%w: %s", ErrNotFound, key)
	case r.StatusCode == http.StatusForbidden:
		return record.Because(err, record.Unavailable, "store-forbidden", "Không có quyền đọc hoặc ghi kho lưu trữ")
	}
	return record.Because(err, record.Unavailable, "store-failed", "Kho lưu trữ gặp lỗi khi đọc hoặc ghi "+key)
}

// noEncryptionKey says that what the server did not find is the key to encrypt
// with: MinIO says kms:KeyNotFound, AWS KMS.NotFoundException.
func noEncryptionKey(r minio.ErrorResponse) bool {
	return len(r.Code) > 4 && strings.EqualFold(r.Code[:3], "kms")
}

// codeUnreachable marks errors after which no other request has a chance.
const codeUnreachable = "store-unreachable"

func isStatus(err error, status int) bool {
	var r minio.ErrorResponse
	return errors.As(err, &r) && r.StatusCode == status
}
