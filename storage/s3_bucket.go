package storage

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"vanthu/record"
)

// make makes the bucket unless it is there.
func (b *bucket) make(ctx context.Context, opts minio.MakeBucketOptions) error {
	return b.do(ctx, b.name, func(ctx context.Context) error {
		err := b.client.MakeBucket(ctx, b.name, opts)
		var r minio.ErrorResponse
		if errors.As(err, &r) && (r.Code == minio.BucketAlreadyOwnedByYou || r.Code == minio.BucketAlreadyExists) {
			return nil
		}
		if err != nil {
			// Without the right to make buckets it must have been made for us.
			if there, _ := b.client.BucketExists(ctx, b.name); there {
				return nil
			}
		}
		return err
	})
}

// lockWait is how long a bucket may take to show the lock that it was made
// with: another process may be making it right now.
const lockWait = 5 * time.Second

// makeLocked makes the archive bucket, or checks that the one that is there was
// made with object lock, which cannot be turned on later by us. Several
// processes may do so at once.
func (s *s3Store) makeLocked(ctx context.Context, c Config) error {
	if err := s.make(ctx, minio.MakeBucketOptions{Region: c.region(), ObjectLocking: true}); err != nil {
		return err
	}
	for start := time.Now(); ; {
		retained, err := s.locked(ctx)
		switch {
		case err == nil && retained:
			return nil
		case err == nil:
			return s.retainByDefault(ctx, c)
		case ctx.Err() != nil, record.CodeOf(err) == codeUnreachable:
			return err
		case time.Since(start) > lockWait:
			return unfit(fmt.Sprintf("ngăn %q phải bật lưu phiên bản (versioning) và khóa nội dung (object lock) ngay khi tạo", s.name), err)
		}
		pause(ctx, 100*time.Millisecond)
	}
}

// locked asks for versioning and object lock, and whether there is a default
// retention.
func (s *s3Store) locked(ctx context.Context) (retained bool, err error) {
	on := false
	err = s.do(ctx, s.name, func(ctx context.Context) error {
		versioning, err := s.client.GetBucketVersioning(ctx, s.name)
		if err != nil {
			return err
		}
		lock, mode, _, _, err := s.client.GetObjectLockConfig(ctx, s.name)
		on, retained = lock == "Enabled" && versioning.Enabled(), mode != nil
		return err
	})
	if err == nil && !on {
		err = errors.New("versioning or object lock is off")
	}
	return retained, err
}

// retainByDefault sets the default retention of a bucket that has none yet.
func (s *s3Store) retainByDefault(ctx context.Context, c Config) error {
	mode, days, unit := minio.Governance, c.LockDays, minio.Days
	if days == 0 {
		days = s3LockDays
	}
	return s.do(ctx, s.name, func(ctx context.Context) error {
		return s.client.SetBucketObjectLockConfig(ctx, s.name, &mode, &days, &unit)
	})
}

// probe checks what a bucket must do beyond the contract: refuse content that
// does not match its checksum, keep a locked version from deletion for as long
// as it was told to, keep the first version readable under a second one.
func (s *s3Store) probe(ctx context.Context, prefix string) error {
	wrong := sha256.Sum256([]byte("other content"))
	_, err := s.put(ctx, prefix+"checksum", probeContent("checksum"), minio.PutObjectOptions{
		UserMetadata: map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(wrong[:])}})
	if err == nil {
		return unfit("nhận nội dung có mã kiểm tra sai", nil)
	}
	if !isStatus(err, http.StatusBadRequest) { // refused for another reason, which proves nothing
		return err
	}
	key := prefix + "locked"
	until := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	first, err := s.put(ctx, key, probeContent("first"), minio.PutObjectOptions{
		Mode: minio.Governance, RetainUntilDate: until})
	if ctx.Err() != nil || record.CodeOf(err) == codeUnreachable {
		return err
	}
	if err != nil {
		return unfit("không khóa được nội dung", err)
	}
	// Without the right to delete, the deletion below is refused in any case.
	var (
		mode *minio.RetentionMode
		kept *time.Time
	)
	err = s.do(ctx, key, func(ctx context.Context) (err error) {
		mode, kept, err = s.client.GetObjectRetention(ctx, s.name, key, first.VersionID)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if mode == nil || *mode != minio.Governance || kept == nil || !kept.Equal(until) {
		return unfit("không giữ thời hạn khóa đã đặt", err)
	}
	err = s.do(ctx, key, func(ctx context.Context) error {
		return s.client.RemoveObject(ctx, s.name, key, minio.RemoveObjectOptions{VersionID: first.VersionID})
	})
	if err == nil {
		return unfit("xóa được nội dung đã khóa", nil)
	}
	if _, err := s.put(ctx, key, probeContent("second"), minio.PutObjectOptions{}); err != nil {
		return err
	}
	got, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	if string(got) != string(probeContent("first")) {
		return unfit("không đọc lại được phiên bản đầu của một khóa", nil)
	}
	return nil
}

// probeEncrypted checks that the server encrypts what it is told to: it may lack
// the key, or accept the wish and ignore it.
func (b *bucket) probeEncrypted(ctx context.Context, key string) error {
	if b.sse == nil {
		return nil
	}
	_, err := b.put(ctx, key, probeContent("encrypted"), minio.PutObjectOptions{})
	if isStatus(err, http.StatusBadRequest) || isStatus(err, http.StatusNotFound) || isStatus(err, http.StatusNotImplemented) {
		return unfit(fmt.Sprintf("ngăn %q không mã hóa được nội dung như VANTHU_S3_ENCRYPT đòi; hãy kiểm tra khóa mã hóa (KMS) của máy chủ", b.name), err)
	}
	if err != nil {
		return err
	}
	var info minio.ObjectInfo
	err = b.do(ctx, key, func(ctx context.Context) (err error) {
		info, err = b.client.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
		return err
	})
	if err != nil {
		return err
	}
	want := http.Header{}
	b.sse.Marshal(want)
	// A key may come back under a longer name: arn:aws:kms:KEY-ID.
	wanted, key := want.Get(encrypt.SseKmsKeyID), info.Metadata.Get(encrypt.SseKmsKeyID)
	if info.Metadata.Get(encrypt.SseGenericHeader) != want.Get(encrypt.SseGenericHeader) ||
		wanted != "" && key != wanted && !strings.HasSuffix(key, ":"+wanted) && !strings.HasSuffix(key, "/"+wanted) {
		return unfit(fmt.Sprintf("ngăn %q để nội dung không mã hóa như VANTHU_S3_ENCRYPT đòi", b.name), nil)
	}
	return nil
}

func (w *s3Work) probeEncrypted(ctx context.Context, key string) error {
	if err := w.bucket.probeEncrypted(ctx, key); err != nil || w.sse == nil {
		return err
	}
	return w.Delete(ctx, key)
}
