package storage

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"
	"golang.org/x/mod/sumdb/note"

	"vanthu/record"
)

// testSigner is a log key that is always the same.
func testSigner() *Signer {
	return NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))
}

// testLog stamps by itself: a token is a word and the digest.
func testLog(a *Archive) *Log {
	return &Log{Archive: a, Signer: testSigner(), Stamp: testStamp, CheckStamp: checkTestStamp}
}

func testStamp(_ context.Context, digest []byte) ([]byte, error) {
	return append([]byte("stamp "), digest...), nil
}

func checkTestStamp(token, digest []byte) error {
	if want, _ := testStamp(nil, digest); !bytes.Equal(token, want) {
		return errors.New("of something else")
	}
	return nil
}

// grow appends n entries to the system journal.
func (o *office) grow(n int) {
	o.t.Helper()
	for i := range n {
		o.update(record.SystemJournal, func(s *record.State) (*record.Entry, error) {
			return &record.Entry{Actor: "admin", Command: record.CmdRepair, Repaired: &record.Repaired{
				Key: fmt.Sprint("none/", s.Seq, "-", i), SHA256: record.DigestOf(nil), From: "second"}}, nil
		})
	}
}

// merkle is RFC 6962, 2.1, word for word.
func merkle(leaves [][]byte) [32]byte {
	if len(leaves) == 1 {
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := merkle(leaves[:k]), merkle(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

func (o *office) leaves(journal string) [][]byte {
	o.t.Helper()
	var out [][]byte
	for key, err := range o.backend.Archive.List(context.Background(), journalPrefix(journal)) {
		if err != nil {
			o.t.Fatal(err)
		}
		out = append(out, must(o.backend.Archive.Get(context.Background(), key)))
	}
	return out
}

// A checkpoint at every size where the shape of the tree changes, by a Log that
// knows nothing of the one before: the root is that of RFC 6962, every entry
// proves its place, every earlier checkpoint proves to be its beginning.
func TestLog(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, openTestFS(t))
	if _, err := testLog(o.archive).Checkpoint(ctx, record.SystemJournal); record.CodeOf(err) != "log-empty" {
		t.Fatalf("of nothing: %v", err)
	}
	var all []Checkpoint
	size := 0
	for _, to := range []int{1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 513, 700} {
		o.grow(to - size)
		size = to
		l := testLog(o.archive)
		c, err := l.Checkpoint(ctx, record.SystemJournal)
		if err != nil || c.Size != uint64(to) || c.Stamp == nil {
			t.Fatalf("at %d: %+v, %v", to, c, err)
		}
		leaves := o.leaves(record.SystemJournal)
		if c.Root != merkle(leaves) {
			t.Fatalf("at %d: not the root of RFC 6962", to)
		}
		again, err := l.Checkpoint(ctx, record.SystemJournal)
		if err != nil || !bytes.Equal(again.Note, c.Note) {
			t.Errorf("at %d: asked again, another checkpoint: %v", to, err)
		}
		v := must(note.NewVerifier(VerifierKey(record.SystemJournal, l.Signer.Public())))
		if n, err := note.Open(c.Note, note.VerifierList(v)); err != nil || !strings.HasPrefix(n.Text, fmt.Sprintf("vanthu/_system\n%d\n", to)) {
			t.Errorf("at %d: %v", to, err)
		}
		for i := range leaves {
			if i > 5 && i < to-5 && i%41 != 0 {
				continue
			}
			p, err := l.Inclusion(ctx, c, uint64(i)+1)
			if err != nil || CheckInclusion(c, uint64(i)+1, leaves[i], p) != nil {
				t.Fatalf("entry %d of %d: %v", i+1, to, err)
			}
			if CheckInclusion(c, uint64(i)+1, append([]byte("x"), leaves[i]...), p) == nil || to > 1 && CheckInclusion(c, uint64((i+1)%to)+1, leaves[i], p) == nil {
				t.Fatalf("entry %d of %d: proves something else as well", i+1, to)
			}
		}
		for _, earlier := range all {
			p, err := l.Consistency(ctx, c, earlier.Size)
			if err != nil || CheckConsistency(c, earlier, p) != nil {
				t.Fatalf("%d in %d: %v", earlier.Size, to, err)
			}
			other := earlier
			other.Root[3] ^= 1
			if CheckConsistency(c, other, p) == nil {
				t.Fatalf("%d in %d: proves another log", earlier.Size, to)
			}
		}
		all = append(all, c)
	}
	l, last := testLog(o.archive), all[len(all)-1]
	for _, path := range []string{"tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/188", "tile/0/002.p/3"} {
		tile, err := ParseTile(path)
		if err != nil {
			t.Fatal(path, err)
		}
		b, err := l.Tile(ctx, last, tile)
		if err != nil {
			t.Fatal(path, err)
		}
		if entries, err := unbundle(b); tile.L < 0 && (err != nil || len(entries) != tile.W) || tile.L >= 0 && len(b) != 32*tile.W {
			t.Errorf("%s: %d bytes", path, len(b))
		}
	}
	for _, path := range []string{"tile/0/002", "tile/0/003.p/1", "tile/0/002.p/189", "tile/2/000.p/1", "tile/entries/003", "tile/1/001.p/1"} {
		if b, err := l.Tile(ctx, last, must(ParseTile(path))); record.KindOf(err) != record.NotFound {
			t.Errorf("%s: %d bytes, %v", path, len(b), err)
		}
	}
	for _, path := range []string{"", "tile", "tile/x", "tile/0/1", "tile/0/000.p/256", "tile/0/000.p/0", "tile/data/000", "tile/-1/000", "tile/0/../../x", "tile/63/000"} {
		if _, err := ParseTile(path); err == nil {
			t.Errorf("%q is a tile", path)
		}
	}
	if r := auditLog(t, o); !r.Good() || len(r.Orphans) > 0 {
		t.Errorf("%+v", r)
	}
}

func auditLog(t *testing.T, o *office) AuditReport {
	t.Helper()
	r, err := o.archive.Audit(context.Background(), AuditOptions{Checkpoints: testSigner(), CheckStamp: checkTestStamp})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A checkpoint of a key that is not known is no damage: the key is missing here.
func TestLogOfAnotherKey(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, openTestFS(t))
	o.grow(3)
	if _, err := testLog(o.archive).Checkpoint(ctx, record.SystemJournal); err != nil {
		t.Fatal(err)
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
	l := testLog(o.archive)
	l.Signer = NewSigner(other)
	for range 2 {
		if _, err := l.Checkpoint(ctx, record.SystemJournal); record.CodeOf(err) != "log-key-unknown" {
			t.Errorf("%v", err)
		}
		o.grow(1)
	}
	l.Signer = NewSigner(other, testSigner().Public()) // the old key beside the new
	if c, err := l.Checkpoint(ctx, record.SystemJournal); err != nil || c.Size != 5 {
		t.Errorf("%+v, %v", c, err)
	}
	r, err := o.archive.Audit(ctx, AuditOptions{Checkpoints: l.Signer, CheckStamp: checkTestStamp})
	if err != nil || !r.Good() {
		t.Errorf("%+v, %v", r.Problems, err)
	}
	if r, err = o.archive.Audit(ctx, AuditOptions{}); err != nil || !r.Good() {
		t.Errorf("without any key: %+v, %v", r.Problems, err)
	}
}

// The timestamping authority is away, then back.
func TestLogStampFollows(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, openTestFS(t))
	o.grow(3)
	l := testLog(o.archive)
	l.Stamp = func(context.Context, []byte) ([]byte, error) {
		return nil, record.E(record.Unavailable, "tsa-away", "")
	}
	c, err := l.Checkpoint(ctx, record.SystemJournal)
	if err != nil || c.Stamp != nil || c.Size != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	c, err = testLog(o.archive).Checkpoint(ctx, record.SystemJournal)
	if err != nil || c.Stamp == nil || c.Size != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
}

// Instances that chop at once, while entries are added, on both stores.
func TestLogByManyAtOnce(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := newOffice(t, b)
		o.grow(250)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				l := testLog(o.archive)
				for range 5 {
					if _, err := l.Checkpoint(context.Background(), record.SystemJournal); err != nil {
						t.Error(err)
					}
				}
			})
		}
		o.grow(20)
		wg.Wait()
		c, err := testLog(o.archive).Checkpoint(context.Background(), record.SystemJournal)
		if err != nil || c.Size != 270 || c.Root != merkle(o.leaves(record.SystemJournal)) {
			t.Errorf("%+v, %v", c, err)
		}
		if r := auditLog(t, o); !r.Good() {
			t.Errorf("%+v", r.Problems)
		}
	})
}

// The bundles of the log are a second copy of the entries: they are read first
// on a server, and answer for a damaged entry anywhere.
func TestLogBundles(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx := context.Background()
		o := newOffice(t, b)
		o.grow(300)
		if _, err := testLog(o.archive).Checkpoint(ctx, record.SystemJournal); err != nil {
			t.Fatal(err)
		}
		all := func(from uint64) (out []uint64) {
			for r, err := range o.archive.Entries(ctx, record.SystemJournal, from) {
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, r.Entry.Seq)
			}
			return out
		}
		for _, from := range []uint64{1, 2, 200, 256, 257, 300, 301} {
			if got := all(from); len(got) != 301-int(from) || len(got) > 0 && got[0] != from {
				t.Errorf("from %d: %d entries", from, len(got))
			}
		}
		var recovered []string
		o.archive.Recovered = func(key string, from Source) { recovered = append(recovered, string(from)+" "+key) }
		key := entryKey(record.SystemJournal, 17)
		whole := must(b.Archive.Get(ctx, key))
		damage(t, b, key)
		if r, err := o.archive.Entry(ctx, record.SystemJournal, 17); err != nil || !bytes.Equal(r.raw, whole) || !slices.Equal(recovered, []string{"bundle " + key}) {
			t.Errorf("%v, %q", err, recovered)
		}
		if got := all(1); len(got) != 300 {
			t.Errorf("%d entries with one damaged", len(got))
		}
		repairs(t, o, key, FromBundle)
	})
}

// repairs has a damaged object repaired and journaled, after which nothing is
// wrong.
func repairs(t *testing.T, o *office, key string, from Source) {
	t.Helper()
	if r := auditLog(t, o); !named(r, key) {
		t.Errorf("damaged %s: %+v", key, r.Problems)
	}
	r, err := o.archive.Repair(context.Background(), key)
	if err != nil || r.Key != key || r.From != from {
		t.Fatalf("%+v, %v", r, err)
	}
	o.update(record.SystemJournal, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Actor: "archivist", Command: record.CmdRepair, Repaired: &record.Repaired{Key: r.Key, SHA256: r.SHA256, From: string(r.From)}}, nil
	})
	if r := auditLog(t, o); !r.Good() {
		t.Errorf("after the repair: %+v", r.Problems)
	}
}

// damage makes the first version of an object another: on a filesystem in
// place; on a server by a version that is older than the good one, the drive
// being out of a test's reach.
func damage(t *testing.T, b *Backend, key string) {
	t.Helper()
	switch s := b.Archive.(type) {
	case *fsStore:
		path := filepath.Join(s.root, key)
		whole := must(os.ReadFile(path))
		whole[len(whole)/2] ^= 1
		rewrite(t, path, whole)
	case *s3Store:
		ctx := context.Background()
		whole := must(s.Get(ctx, key))
		id := must(s.oldest(ctx, key))
		err := s.client.RemoveObject(ctx, s.name, key, minio.RemoveObjectOptions{VersionID: id, GovernanceBypass: true})
		if err != nil {
			t.Fatal(err)
		}
		whole[len(whole)/2] ^= 1
		if _, err := s.put(ctx, key, whole, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

// Content that is damaged or gone is read from the second store, and put back.
func TestSecondStore(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx := context.Background()
		o := smallArchive(t, b)
		second := openTestFS(t)
		l := testLog(o.archive)
		if _, err := l.Checkpoint(ctx, journalA); err != nil {
			t.Fatal(err)
		}
		if r, err := o.archive.Copy(ctx, second.Archive, CopyOptions{}); err != nil || !r.Good() {
			t.Fatalf("%+v, %v", r, err)
		}
		content := []byte("%PDF ubnd-tp-vung-tau d1 sealed")
		d := record.DigestOf(content)
		damage(t, b, blobKey(d))
		if _, err := o.archive.Blob(ctx, d); record.KindOf(err) != record.Damaged {
			t.Errorf("without a second store: %v", err)
		}
		o.archive.Second = second.Archive
		if got, err := o.archive.Blob(ctx, d); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%q, %v", got, err)
		}
		repairs(t, o, blobKey(d), FromSecond)
		o.archive.Second = nil
		if got, err := o.archive.Blob(ctx, d); err != nil || !bytes.Equal(got, content) {
			t.Errorf("after the repair: %q, %v", got, err)
		}
	})
}

// Whoever can write the store rewrites the end of a journal, with right digests
// all through; then the checkpoints too.
func TestRewrittenHistory(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, openTestFS(t))
	o.grow(20)
	l := testLog(o.archive)
	if _, err := l.Checkpoint(ctx, record.SystemJournal); err != nil {
		t.Fatal(err)
	}
	second := openTestFS(t)
	if _, err := o.archive.Copy(ctx, second.Archive, CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	root := o.backend.Archive.(*fsStore).root
	var before record.Digest
	for seq := uint64(14); seq <= 21; seq++ {
		r, err := o.archive.Entry(ctx, record.SystemJournal, 13)
		if seq > 14 {
			r, err = o.archive.Entry(ctx, record.SystemJournal, 14)
		}
		if err != nil {
			t.Fatal(err)
		}
		if seq == 14 {
			before = r.Digest
		}
		e := r.Entry
		e.Seq, e.Previous = seq, before
		e.Repaired = &record.Repaired{Key: fmt.Sprint("forged/", seq), SHA256: record.DigestOf(nil), From: "second"}
		b, d, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, filepath.Join(root, entryKey(record.SystemJournal, seq)), b)
		before = d
	}
	r := auditLog(t, o)
	if !slices.ContainsFunc(r.Problems, func(p Problem) bool {
		return p.Code == "contradicted" && p.Key == checkpointKey(record.SystemJournal, 20)
	}) {
		t.Errorf("%+v", r.Problems)
	}
	if _, err := l.Checkpoint(ctx, record.SystemJournal); record.CodeOf(err) != "log-contradicted" {
		t.Errorf("signed over the forgery: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(root, "logs")); err != nil {
		t.Fatal(err)
	}
	reopened, err := OpenFS(ctx, filepath.Dir(root))
	if err != nil {
		t.Fatal(err)
	}
	o.archive = NewArchive(reopened.Archive)
	if _, err := testLog(o.archive).Checkpoint(ctx, record.SystemJournal); err != nil {
		t.Fatal(err)
	}
	if r := auditLog(t, o); !r.Good() {
		t.Fatalf("nothing here can show it: %+v", r.Problems)
	}
	o.archive.Second = second.Archive
	if r := auditLog(t, o); !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == "contradicted" }) {
		t.Errorf("%+v", r.Problems)
	}
	if _, err := o.archive.Copy(ctx, second.Archive, CopyOptions{}); record.CodeOf(err) != "copy-other-archive" {
		t.Errorf("copied over the true one: %v", err)
	}
}

// An archive copied is the same archive: same roots, nothing missing. Cut off
// at any moment it is a beginning, and the next copy completes it.
func TestCopy(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		ctx := context.Background()
		o := smallArchive(t, b)
		o.grow(260)
		l := testLog(o.archive)
		for _, j := range []string{journalA, record.SystemJournal} {
			if _, err := l.Checkpoint(ctx, j); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := o.archive.PutReport(ctx, testSigner(), "drill", must(record.Date("2024-01-02").Time(), nil), "Tốt\n"); err != nil {
			t.Fatal(err)
		}
		second := openTestFS(t)
		there := &office{t: t, dir: t.TempDir(), backend: second, archive: NewArchive(second.Archive)}
		for cut := 1; ; cut = cut*2 + 3 {
			var n atomic.Int64
			all := 0
			err := errCut
			if cut < 2000 {
				_, err = o.archive.Copy(ctx, second.Archive, CopyOptions{Pace: func(context.Context) error {
					if n.Add(1) > int64(cut) {
						return errCut
					}
					return nil
				}, Progress: func(_, of int) { all = of }})
			}
			if err != nil && !errors.Is(err, errCut) {
				t.Fatal(err)
			}
			if r := auditLog(t, there); !r.Good() {
				t.Fatalf("after %d of %d: %+v", cut, all, r.Problems)
			}
			if err == nil {
				break
			}
		}
		r, err := o.archive.Copy(ctx, second.Archive, CopyOptions{})
		if err != nil || r.Copied != 0 || r.There == 0 || !r.Good() {
			t.Errorf("%+v, %v", r, err)
		}
		for _, j := range []string{journalA, record.SystemJournal} {
			here, err := l.Latest(ctx, j)
			if err != nil {
				t.Fatal(err)
			}
			c, err := testLog(there.archive).Latest(ctx, j)
			if err != nil || c.Root != here.Root || c.Size != here.Size || !bytes.Equal(c.Stamp, here.Stamp) {
				t.Errorf("%s: %+v, %v; want %+v", j, c, err, here)
			}
		}
		// Damage here is neither copied nor the end of it all.
		o.issue(paper{id: "d3", subject: "Kế hoạch ba"})
		d := record.DigestOf([]byte("%PDF ubnd-tp-vung-tau d3 signed"))
		damage(t, b, blobKey(d))
		r, err = o.archive.Copy(ctx, second.Archive, CopyOptions{})
		if err != nil || len(r.Damaged) != 1 || r.Damaged[0].Key != blobKey(d) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

var errCut = errors.New("cut off")

// Working state comes back as it was at the last backup; thirty are kept.
func TestBackupWork(t *testing.T) {
	ctx := context.Background()
	from, second, to := openTestFS(t).Work, openTestFS(t).Work, openTestFS(t).Work
	put := func(key, text string) {
		_, tag, err := from.Get(ctx, key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		if _, err := from.Put(ctx, key, []byte(text), tag); err != nil {
			t.Fatal(err)
		}
	}
	if at, n, err := RestoreWork(ctx, second, to); err != nil || n != 0 || !at.IsZero() {
		t.Fatalf("of nothing: %v %d %v", at, n, err)
	}
	put("sessions/s", "secret")
	put("accounts/a", "one")
	day := record.Date("2024-01-02").Time()
	for i := range keepBackups + 5 {
		put("drafts/d", fmt.Sprint("text ", i))
		if n, err := BackupWork(ctx, from, second, day.AddDate(0, 0, i)); err != nil || n != 2 {
			t.Fatal(n, err)
		}
	}
	if keys, err := snapshots(ctx, second); len(keys) != keepBackups || err != nil {
		t.Errorf("%d backups, %v", len(keys), err)
	}
	if n := len(collect(t, second.List(ctx, backupContent))); n != keepBackups+1 {
		t.Errorf("%d contents", n)
	}
	at, n, err := RestoreWork(ctx, second, to)
	if err != nil || n != 2 || !at.Equal(day.AddDate(0, 0, keepBackups+4)) {
		t.Errorf("%v %d %v", at, n, err)
	}
	if b, _, err := to.Get(ctx, "drafts/d"); err != nil || string(b) != fmt.Sprint("text ", keepBackups+4) {
		t.Errorf("%q %v", b, err)
	}
	if _, _, err := to.Get(ctx, "sessions/s"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a session came back: %v", err)
	}
}
