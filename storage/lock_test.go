package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
)

// lockOf asks the server about the first version of a key.
func lockOf(t *testing.T, s *s3Store, key string) (until time.Time, held bool) {
	t.Helper()
	version, err := s.oldest(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	mode, at, err := s.client.GetObjectRetention(context.Background(), s.name, key, version)
	if err != nil || mode == nil || *mode != minio.Governance || at == nil {
		t.Fatalf("%s: mode %v until %v: %v", key, mode, at, err)
	}
	hold, err := s.client.GetObjectLegalHold(context.Background(), s.name, key, minio.GetObjectLegalHoldOptions{VersionID: version})
	return *at, err == nil && *hold == minio.LegalHoldEnabled
}

// What belongs to an issued document is locked as long as its retention class
// says; a legal hold is put on and lifted, but not from what another held
// document shares.
func TestLocksFollowTheJournals(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, openTestMinIO(t))
	store := o.backend.Archive.(*s3Store)
	ten, ever := paper{id: "d-10", subject: "Mười năm", retention: 10}, paper{id: "d-ever", subject: "Vĩnh viễn"}
	a, b := o.issue(ten), o.issue(ever)
	draft := o.issue(paper{id: "d-draft", subject: "Dự thảo", until: record.Draft})
	l := &Locks{o.states, o.backend.Work}
	pass := func(want int) {
		t.Helper()
		if n, err := l.Pass(ctx); n != want || err != nil {
			t.Fatalf("%d documents: %v, want %d", n, err, want)
		}
	}
	pass(2)
	pass(0)
	office := func(year int) time.Time { return time.Date(year, time.January, 1, 0, 0, 0, 0, record.Office) }
	for _, c := range []struct {
		doc  record.Document
		year int
	}{{a, 2035}, {b, 2125}} {
		keys, until, err := o.archive.belongings(ctx, c.doc)
		if err != nil || !until.Equal(office(c.year)) || len(keys) < 12 {
			t.Fatalf("%s: %d keys until %v: %v", c.doc.ID, len(keys), until, err)
		}
		for _, key := range keys {
			if at, held := lockOf(t, store, key); at.Before(until) || held {
				t.Errorf("%s: until %v, held %v; want %v", key, at, held, until)
			}
			err := store.client.RemoveObject(ctx, store.name, key, minio.RemoveObjectOptions{VersionID: must(store.oldest(ctx, key))})
			if err == nil {
				t.Errorf("%s: a locked version was deleted", key)
			}
		}
	}
	if at, _ := lockOf(t, store, entryKey(journalA, draft.Entries[0])); at.After(time.Now().AddDate(2, 0, 0)) {
		t.Errorf("a draft's entry is locked until %v", at)
	}

	command := func(id string, c record.Command) {
		o.update(journalA, func(*record.State) (*record.Entry, error) {
			return &record.Entry{Time: time.Now(), Actor: "archivist", Command: c, Document: id, Reason: "Thanh tra"}, nil
		})
	}
	shared := blobKey(record.DigestOf([]byte("template package")))
	is := func(key string, want bool) {
		t.Helper()
		if _, held := lockOf(t, store, key); held != want {
			t.Errorf("%s: held %v, want %v", key, held, want)
		}
	}
	command("d-10", record.CmdHold)
	command("d-ever", record.CmdHold)
	pass(2)
	is(manifestKey(a.Manifest), true)
	is(manifestKey(b.Manifest), true)
	is(shared, true)
	command("d-10", record.CmdRelease)
	pass(1)
	is(manifestKey(a.Manifest), false)
	is(manifestKey(b.Manifest), true)
	is(shared, true)
	command("d-ever", record.CmdRelease)
	pass(1)
	is(shared, false)

	var refused *record.Error
	_, err := o.states.Update(ctx, journalA, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Time: time.Now(), Actor: "archivist", Command: record.CmdRelease, Document: "d-10", Reason: "nữa"}, nil
	})
	if !errors.As(err, &refused) || refused.Code != "not-held" {
		t.Errorf("released twice: %v", err)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}
