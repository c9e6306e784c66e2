package storage

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
)

func smallArchive(t *testing.T, b *Backend) *office {
	o := newOffice(t, b)
	o.publish(journalA, []byte(`{"id":"ubnd-tp-vung-tau"}`))
	o.issue(paper{id: "d1", subject: "Kế hoạch một"})
	o.issue(paper{id: "d2", subject: "Kế hoạch hai"})
	return o
}

// withLogs adds what keeps an archive provable: checkpoints with tiles and
// tokens, and a signed report.
func withLogs(t *testing.T, o *office) *office {
	for _, j := range []string{journalA, record.SystemJournal} {
		if _, err := testLog(o.archive).Checkpoint(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := o.archive.PutReport(t.Context(), testSigner(), "drill", record.Date("2024-03-22").Time(), "Tốt\n"); err != nil {
		t.Fatal(err)
	}
	return o
}

func audit(t *testing.T, o *office) AuditReport {
	t.Helper()
	r, err := o.archive.Audit(t.Context(), AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func archiveKeys(t *testing.T, o *office) []string {
	return slices.DeleteFunc(collect(t, o.backend.Archive.List(t.Context(), "")), func(k string) bool {
		return strings.HasPrefix(k, probeFolder)
	})
}

func TestAuditOfGoodArchive(t *testing.T) {
	backends(t, func(t *testing.T, b *Backend) {
		o := smallArchive(t, b)
		var progress int
		var judged atomic.Int32
		r, err := o.archive.Audit(t.Context(), AuditOptions{
			Progress: func(n int) { progress = n },
			Signatures: func(_ context.Context, s Signed) error {
				if bytes.HasPrefix(s.PDF, []byte("%PDF")) && len(s.Facts) > 0 {
					judged.Add(1)
				}
				return nil
			}})
		if err != nil || !r.Good() || len(r.Orphans) > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		keys := collect(t, b.Archive.List(t.Context(), ""))
		if r.Objects != len(keys) || progress != r.Objects || judged.Load() != 4 || r.Versions != 8 || r.Entries != 11 || r.Journals != 2 {
			t.Errorf("%+v of %d keys, progress %d", r, len(keys), progress)
		}
	})
}

// Every object of the archive, one byte flipped, one after the other.
func TestAuditNamesEveryFlippedByte(t *testing.T) {
	o := withLogs(t, smallArchive(t, openTestFS(t)))
	root := o.backend.Archive.(*fsStore).root
	for _, key := range archiveKeys(t, o) {
		path := filepath.Join(root, key)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			flipped := bytes.Clone(whole)
			flipped[at] ^= 0x20
			rewrite(t, path, flipped)
			r := auditLog(t, o)
			if !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Key == key && p.Code == "damaged" }) {
				t.Errorf("%s, byte %d: %+v", key, at, r.Problems)
			}
			deliversNothingDamaged(t, o, key)
		}
		rewrite(t, path, nil)
		if r := auditLog(t, o); !named(r, key) {
			t.Errorf("%s emptied: %+v", key, r.Problems)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		// (An entry is named by the checkpoint over it; a checkpoint, its token and a
		// report by nothing here but their copies in the second place.)
		last := strings.HasPrefix(key, reportFolder) || strings.Contains(key, "/checkpoints/") || strings.Contains(key, "/stamps/")
		if r := auditLog(t, o); !named(r, key) && !last {
			t.Errorf("%s removed: %+v", key, r.Problems)
		}
		rewrite(t, path, whole)
	}
	if r := auditLog(t, o); !r.Good() {
		t.Fatalf("after all was put right: %+v", r.Problems)
	}
}

func deliversNothingDamaged(t *testing.T, o *office, key string) {
	t.Helper()
	ctx := t.Context()
	var err error
	if journal, seq, ok := parseEntryKey(key); ok {
		_, err = o.archive.Entry(ctx, journal, seq)
	} else if strings.HasPrefix(key, logFolder) {
		err = deliversNoDamagedLog(ctx, o, key)
	} else if strings.HasPrefix(key, reportFolder) {
		_, err = o.archive.Report(ctx, testSigner(), key)
	} else if d, manifest, _ := contentKey(key); manifest {
		_, err = o.archive.Version(ctx, d)
	} else {
		_, err = o.archive.Blob(ctx, d)
	}
	// A bit of a signature's key name makes it that of another key.
	if record.KindOf(err) != record.Damaged && record.CodeOf(err) != "log-key-unknown" {
		t.Errorf("read of %s: %v", key, err)
	}
}

// deliversNoDamagedLog asks for whatever a damaged object of a log is part of.
func deliversNoDamagedLog(ctx context.Context, o *office, key string) error {
	journal, _, _ := strings.Cut(strings.TrimPrefix(key, logFolder), "/")
	l := testLog(o.archive)
	c, err := l.Latest(ctx, journal)
	if err == nil {
		_, err = l.Inclusion(ctx, c, 1)
	}
	if tile, terr := ParseTile(strings.TrimPrefix(key, logPrefix(journal))); err == nil && terr == nil {
		_, err = l.Tile(ctx, c, tile)
	}
	return err
}

func TestAuditNamesSecondVersions(t *testing.T) {
	o := smallArchive(t, openTestMinIO(t))
	s := o.backend.Archive.(*s3Store)
	keys := archiveKeys(t, o)
	codes := map[string]string{}
	for i, key := range keys {
		if i%2 == 0 {
			codes[key] = "second-version"
			if _, err := s.put(t.Context(), key, []byte("an administrator's"), minio.PutObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		} else {
			codes[key] = "deleted"
			if err := s.client.RemoveObject(t.Context(), s.name, key, minio.RemoveObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if i > 2 && i < len(keys)-1 { // one, two, three, then all
			continue
		}
		got := map[string]string{}
		for _, p := range audit(t, o).Problems {
			got[p.Key] += p.Code
		}
		if !maps.Equal(got, codes) {
			t.Errorf("want %v, got %v", codes, got)
		}
	}
	// The first versions are still what everybody reads.
	err := o.newStates().View(t.Context(), journalA, func(st *record.State) error {
		for _, d := range st.Documents {
			v, err := o.archive.Version(t.Context(), d.Manifest)
			if err != nil {
				return err
			}
			for _, f := range v.Files {
				if _, err := o.archive.Blob(t.Context(), f.SHA256); err != nil {
					return err
				}
			}
		}
		if len(st.Documents) != 2 || st.Seq != 10 {
			t.Errorf("%d documents, %d entries", len(st.Documents), st.Seq)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAuditFindsMoreThanDamage(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, o *office) (key string)
		code string
	}{
		{"a foreign key", func(t *testing.T, o *office) string {
			o.create("notes/x", []byte("x"))
			return "notes/x"
		}, "extra"},
		{"a blob under a wrong folder", func(t *testing.T, o *office) string {
			key := "blobs/sha256/zz/" + string(record.DigestOf(nil))
			o.create(key, nil)
			return key
		}, "extra"},
		{"an entry far ahead", func(t *testing.T, o *office) string {
			o.create(entryKey(journalA, 14), encoded(t, record.Entry{Journal: journalA, Seq: 14}))
			return entryKey(journalA, 11)
		}, "missing"},
		{"an entry that does not follow", func(t *testing.T, o *office) string {
			o.create(entryKey(journalA, 11), encoded(t, record.Entry{Journal: journalA, Seq: 11, Previous: record.DigestOf(nil)}))
			return entryKey(journalA, 10)
		}, "order"},
		{"an entry against the rules", func(t *testing.T, o *office) string {
			last, err := o.archive.Entry(t.Context(), journalA, 10)
			if err != nil {
				t.Fatal(err)
			}
			o.create(entryKey(journalA, 11), encoded(t, record.Entry{Journal: journalA, Seq: 11, Previous: last.Digest,
				Command: record.CmdSign, Document: "d1"}))
			return entryKey(journalA, 11)
		}, "rule"},
		{"a manifest that is not there", func(t *testing.T, o *office) string {
			d := record.DigestOf([]byte("nowhere"))
			o.update(journalA, func(*record.State) (*record.Entry, error) {
				return &record.Entry{Command: record.CmdDraft, Document: "d3", Version: 1, Manifest: d, Draft: &record.DraftFacts{Type: "KH"}}, nil
			})
			return manifestKey(d)
		}, "missing"},
		{"a manifest of another document", func(t *testing.T, o *office) string {
			d, err := o.archive.PutVersion(t.Context(), record.Version{Document: "other", Version: 1,
				Files: []record.File{{Name: record.InputFile, SHA256: o.blob([]byte("{}")), Size: 2}}})
			if err != nil {
				t.Fatal(err)
			}
			o.update(journalA, func(*record.State) (*record.Entry, error) {
				return &record.Entry{Command: record.CmdDraft, Document: "d3", Version: 1, Manifest: d, Draft: &record.DraftFacts{Type: "KH"}}, nil
			})
			return entryKey(journalA, 11)
		}, "mismatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := smallArchive(t, openTestFS(t))
			key := c.do(t, o)
			r := audit(t, o)
			if !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Key == key && p.Code == c.code }) {
				t.Errorf("want %s for %s, got %+v", c.code, key, r.Problems)
			}
		})
	}
}

func TestAuditTellsOrphansFromDamage(t *testing.T) {
	o := smallArchive(t, openTestFS(t))
	d := o.blob([]byte("written before a kill"))
	if r := audit(t, o); !r.Good() || !slices.Equal(r.Orphans, []string{blobKey(d)}) {
		t.Errorf("%+v", r)
	}
}

func TestAuditAsksForSignatures(t *testing.T) {
	o := smallArchive(t, openTestFS(t))
	bad := errors.New("chữ ký không hợp lệ")
	r, err := o.archive.Audit(t.Context(), AuditOptions{Signatures: func(_ context.Context, s Signed) error {
		if bytes.Contains(s.PDF, []byte("d2 sealed")) {
			return bad
		}
		return nil
	}})
	if err != nil || len(r.Problems) != 1 || r.Problems[0].Code != "signature" || !strings.Contains(r.Problems[0].Message, bad.Error()) {
		t.Errorf("%+v, %v", r.Problems, err)
	}
}

func named(r AuditReport, key string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Key == key })
}

func rewrite(t *testing.T, path string, b []byte) {
	t.Helper()
	os.Remove(path)
	if err := os.WriteFile(path, b, 0o640); err != nil {
		t.Fatal(err)
	}
}

func encoded(t *testing.T, e record.Entry) []byte {
	t.Helper()
	b, _, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (o *office) create(key string, b []byte) {
	o.t.Helper()
	if err := o.backend.Archive.Create(context.Background(), key, b); err != nil {
		o.t.Fatal(err)
	}
}
