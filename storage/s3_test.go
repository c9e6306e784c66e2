package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
	"vanthu/storage/miniotest"
)

func TestParseS3(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	rewrite(t, secret, []byte("from a file\n"))
	keys := map[string]string{"VANTHU_S3_ACCESS_KEY": "a", "VANTHU_S3_SECRET_KEY": "s"}
	for _, c := range []struct {
		url  string
		env  map[string]string
		want Config
		code string
	}{
		{"http://127.0.0.1:9000/office", keys, Config{Endpoint: "127.0.0.1:9000", Bucket: "office", AccessKey: "a", SecretKey: "s"}, ""},
		{"https://s3.example", keys, Config{Endpoint: "s3.example", TLS: true, Bucket: "vanthu", AccessKey: "a", SecretKey: "s"}, ""},
		{"http://h/", map[string]string{"VANTHU_S3_ACCESS_KEY": "a", "VANTHU_S3_SECRET_KEY_FILE": secret, "VANTHU_S3_REGION": "vn"},
			Config{Endpoint: "h", Bucket: "vanthu", AccessKey: "a", SecretKey: "from a file", Region: "vn"}, ""},
		{"http://h", map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "VANTHU_S3_SECRET_KEY": "own"},
			Config{Endpoint: "h", Bucket: "vanthu", AccessKey: "a", SecretKey: "own"}, ""},
		{"http://h", map[string]string{"VANTHU_S3_ACCESS_KEY": "a"}, Config{}, "s3-credentials"},
		{"http://h", map[string]string{"VANTHU_S3_ACCESS_KEY": "a", "VANTHU_S3_SECRET_KEY_FILE": "/nowhere"}, Config{}, "s3-credentials"},
		{"http://a:s@h", keys, Config{}, "s3-url"},
		{"h:9000/x", keys, Config{}, "s3-url"},
		{"ftp://h", keys, Config{}, "s3-url"},
		{"http://h?x=1", keys, Config{}, "s3-url"},
		{"", keys, Config{}, "s3-url"},
		{"http://h/a/b", keys, Config{}, "s3-bucket"},
		{"http://h/UPPER", keys, Config{}, "s3-bucket"},
		{"http://h/" + strings.Repeat("a", 60), keys, Config{}, "s3-bucket"},
	} {
		got, err := ParseS3(c.url, func(name string) string { return c.env[name] })
		if c.code != "" {
			if record.CodeOf(err) != c.code || record.KindOf(err) != record.Usage {
				t.Errorf("%q: %v, want %s", c.url, err, c.code)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.url, got, err)
		}
	}
}

func TestConfigHidesItsKeys(t *testing.T) {
	c := Config{Endpoint: "h", Bucket: "b", AccessKey: "AAA", SecretKey: "SSS"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if out := fmt.Sprintf(format, c); strings.Contains(out, "AAA") || strings.Contains(out, "SSS") {
			t.Errorf("%s: %s", format, out)
		}
	}
}

func TestMinIORefusesWrongKeys(t *testing.T) {
	c := configOf(t, &shared)
	c.SecretKey = "wrong-secret"
	if _, err := OpenMinIO(t.Context(), c); record.CodeOf(err) != "store-forbidden" {
		t.Errorf("%v", err)
	}
}

func TestMinIOArchiveBucket(t *testing.T) {
	c := configOf(t, &shared)
	b := openMinIO(t, c)
	s := b.Archive.(*s3Store)
	versioning, err := s.client.GetBucketVersioning(t.Context(), c.archiveBucket())
	if err != nil || !versioning.Enabled() {
		t.Errorf("versioning %+v, %v", versioning, err)
	}
	lock, mode, days, unit, err := s.client.GetObjectLockConfig(t.Context(), c.archiveBucket())
	if err != nil || lock != "Enabled" || *mode != minio.Governance || *days != 365 || *unit != minio.Days {
		t.Errorf("lock %q %v %v %v, %v", lock, mode, days, unit, err)
	}
	if versioning, err := s.client.GetBucketVersioning(t.Context(), c.workBucket()); err != nil || versioning.Enabled() {
		t.Errorf("the working bucket keeps versions: %+v, %v", versioning, err)
	}
	// What the archive holds cannot be removed, not even by its version.
	if err := s.Create(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	for v := range s.versions(t.Context(), "a", "") {
		if err := s.client.RemoveObject(t.Context(), s.name, v.key, minio.RemoveObjectOptions{VersionID: v.oldest}); err == nil {
			t.Error("a version was removed")
		}
	}
	if keys := collect(t, openMinIO(t, c).Archive.List(t.Context(), probeFolder)); len(keys) != 2 {
		t.Errorf("opened again: %q", keys)
	}
}

func TestMinIORefusesBucketWithoutLock(t *testing.T) {
	c := configOf(t, &shared)
	client, guard, err := c.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer guard.close()
	if err := client.MakeBucket(t.Context(), c.archiveBucket(), minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenMinIO(t.Context(), c); record.CodeOf(err) != "store-unfit" {
		t.Errorf("%v", err)
	}
}

// A long journal is read in order, from anywhere, under second versions too.
func TestMinIOEntriesAhead(t *testing.T) {
	o := newOffice(t, openTestMinIO(t))
	const n = 60
	for i := range n {
		o.update(journalA, func(*record.State) (*record.Entry, error) { return draftEntry(fmt.Sprint("d", i)), nil })
	}
	s := o.backend.Archive.(*s3Store)
	if _, err := s.put(t.Context(), entryKey(journalA, 30), []byte("another"), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, from := range []uint64{0, 1, 2, 30, 31, n, n + 1} {
		next := max(from, 1)
		for r, err := range o.archive.Entries(t.Context(), journalA, from) {
			if err != nil || r.Entry.Seq != next {
				t.Fatalf("from %d: entry %d, want %d: %v", from, r.Entry.Seq, next, err)
			}
			next++
		}
		if next != n+1 {
			t.Errorf("from %d: ended at %d", from, next-1)
		}
	}
	for range o.archive.Entries(t.Context(), journalA, 1) { // leaving early must not hang or leak
		break
	}
}

// A server killed while many write: commands fail as Unavailable, go on when it
// is back, and what was answered is there.
func TestMinIOKilledAndBack(t *testing.T) {
	var server miniotest.Server
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	o := newOffice(t, openMinIO(t, configOf(t, &server)))
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		answered []string
		failures int
		stop     = make(chan struct{})
	)
	for w := range 4 {
		s := o.newStates()
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("d-%d-%d", w, n)
				_, err := s.Update(t.Context(), journalA, func(*record.State) (*record.Entry, error) { return draftEntry(id), nil })
				mu.Lock()
				if err == nil {
					answered = append(answered, id)
				} else if failures++; record.KindOf(err) != record.Unavailable {
					t.Errorf("%v", err)
				}
				mu.Unlock()
			}
		})
	}
	for range 2 {
		time.Sleep(700 * time.Millisecond)
		server.Kill(t)
		time.Sleep(700 * time.Millisecond)
		server.Restart(t)
	}
	time.Sleep(time.Second)
	close(stop)
	wg.Wait()
	err := o.newStates().View(t.Context(), journalA, func(s *record.State) error {
		for _, id := range answered {
			if _, ok := s.Documents[id]; !ok {
				t.Errorf("%s was answered and is lost", id)
			}
		}
		if uint64(len(s.Documents)) != s.Seq || len(answered) < 8 {
			t.Errorf("%d documents, %d entries, %d answered", len(s.Documents), s.Seq, len(answered))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d answered, %d refused", len(answered), failures)
}

// Processes that meet on a server without buckets all get to work: none takes
// a bucket that another is just making for one that cannot hold the archive.
func TestMinIOMadeByManyAtOnce(t *testing.T) {
	for range 5 {
		c := configOf(t, &shared)
		errs := make([]error, 12)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				b, err := OpenMinIO(t.Context(), c)
				if errs[i] = err; err == nil {
					errs[i] = b.Close()
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	}
}
