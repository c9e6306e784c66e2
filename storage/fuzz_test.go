package storage

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"vanthu/record"
)

func FuzzDecodeEntry(f *testing.F) {
	b, _, err := record.Entry{Journal: "j", Seq: 1, Actor: "a", Command: record.CmdDraft}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{b, nil, []byte("\n\n"), b[:len(b)-1], append([]byte("\n"), b...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecorded("j", 1, b)
		if err != nil {
			if record.KindOf(err) != record.Damaged {
				t.Errorf("%v", err)
			}
			return
		}
		if r.Entry.Journal != "j" || r.Entry.Seq != 1 || !r.Digest.Valid() {
			t.Errorf("%+v", r)
		}
	})
}

func FuzzDecodeVersion(f *testing.F) {
	d := strings.Repeat("0", 64)
	for _, seed := range []string{`{}`, `null`, `[`, `{"document":"d","version":1,"files":[{"name":"input.json","sha256":"` + d + `","size":2}]}`,
		`{"document":"d","version":2,"predecessor":"` + d + `","files":[{"name":"a","sha256":"` + d + `","size":-1}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeVersion(b)
		if err != nil {
			return
		}
		if v.Document == "" || v.Version < 1 || len(v.Files) == 0 && !v.Fileless() {
			t.Errorf("%+v", v)
		}
		for _, file := range v.Files {
			if !file.SHA256.Valid() || file.Size < 0 {
				t.Errorf("%+v", file)
			}
		}
	})
}

// No question makes the index fail: it is refused as a question or answered.
func FuzzSearch(f *testing.F) {
	o := newOffice(f, openTestFS(f))
	o.issue(paper{id: "d", subject: "Kế hoạch phát triển đường bộ"})
	x := o.openIndex(o.states)
	o.catchUp(x)
	for _, seed := range []string{"đường bộ", `"`, `""`, `a" OR "b`, "NEAR(a b)", "^a*", "{subject}:x", "46/KH-UBND", "\x00", "a\x00b", "\xff", "...", "\u0301",
		"-đường", `-"ke hoach" ke`, "ke*", "k*", `"ke ho"*`, "- -- -* **", "“ke hoạch” «đường", "ẤÁ´-*", "hoà hóa uỷ", strings.Repeat("a ", 33)} {
		f.Add(seed, seed, "", "2024-02-30", uint8(3))
	}
	f.Add("", "", (&search{sort: Newest}).cursor(1, "2024-01-01", 5), "2024-03-22", uint8(0))
	f.Add("ke", "", (&search{sort: ByRelevance, tiers: []string{""}}).cursor(1, "", 5), "", uint8(1))
	f.Fuzz(func(t *testing.T, words, recipient, cursor, day string, how uint8) {
		q := Query{Words: words, Recipient: recipient, Cursor: cursor, Symbol: words, States: []record.Status{record.Status(recipient)}, Person: cursor}
		if how&1 != 0 {
			q = Query{Words: words, Title: how&2 != 0, Exact: how&4 != 0, From: record.Date(day), Unit: recipient, Held: how&8 != 0, Sort: append(Sorts(), Sort(cursor))[how>>4%4]}
		}
		found, err := x.Find(t.Context(), q)
		if err != nil && record.KindOf(err) != record.Invalid || found.Total < len(found.Hits) && q.Cursor == "" {
			t.Errorf("%q %q: %d of %d: %v", words, recipient, len(found.Hits), found.Total, err)
		}
		if hits, total, err := x.List(t.Context(), q, 10); err != nil && record.KindOf(err) != record.Invalid || total < len(hits) {
			t.Errorf("%q %q: %v", words, recipient, err)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"Đắk Lắk", "uỷ ủy", "\xff\xfe", "a\u0301", "ẞ", strings.Repeat("đường ", 100)} {
		f.Add(seed, "duong")
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, word string) {
		folded := Fold(text)
		if Fold(folded) != folded && utf8.ValidString(text) {
			t.Errorf("folds further: %q, %q", folded, Fold(folded))
		}
		terms := distinct(parse(word, everywhere()))
		for _, e := range (texts{inBody: text, inSubject: text}).explain(terms[:min(len(terms), maxWords)], false) {
			all, hits := "", 0
			for _, p := range e.Parts {
				if all += p.Text; p.Hit {
					hits++
				}
			}
			if !utf8.ValidString(all) || utf8.RuneCountInString(all) > 4*excerptLength+10 || hits == 0 {
				t.Errorf("%+v", e)
			}
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"blobs/sha256/ab/x", "../x", "a//b", ".x", "journals/j/0000000001", "a\x00"} {
		f.Add(seed)
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, key string) {
		if checkKey(key) != nil {
			return
		}
		path := filepath.Join(root, filepath.FromSlash(key))
		if rel, err := filepath.Rel(root, path); err != nil || rel != filepath.FromSlash(key) {
			t.Errorf("%q leads to %q", key, path)
		}
		if journal, seq, ok := parseEntryKey(key); ok && entryKey(journal, seq) != key {
			t.Errorf("%q is not %s/%d", key, journal, seq)
		}
		contentKey(key)
	})
}

func FuzzSnapshot(f *testing.F) {
	o := newOffice(f, openTestFS(f))
	o.issue(paper{id: "d", subject: "x"})
	if err := o.states.Close(); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(o.states.snapshotPath(journalA))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "snapshot")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := readSnapshot(path); err == nil && s.Documents == nil {
			t.Error("state without maps")
		}
	})
}

// What comes from another place's log: checkpoints, tile paths, bundles.
func FuzzLog(f *testing.F) {
	o := newOffice(f, openTestFS(f))
	o.grow(3)
	c, err := testLog(o.archive).Checkpoint(f.Context(), record.SystemJournal)
	if err != nil {
		f.Fatal(err)
	}
	text, err := testSigner().Open(Origin(record.SystemJournal), c.Note)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(text), "tile/0/x001/067.p/8", bundled(bundled(nil, []byte("one")), nil))
	f.Fuzz(func(t *testing.T, text []byte, path string, bundle []byte) {
		if c, err := ParseCheckpoint(string(text)); err == nil && checkpointText(c.Journal, c.Size, c.Root) != string(text) {
			t.Errorf("%q is not what it says", text)
		}
		if tile, err := ParseTile(path); err == nil && tilePath(tile) != path {
			t.Errorf("%q is %q", path, tilePath(tile))
		}
		if entries, err := unbundle(bundle); err == nil {
			var again []byte
			for _, e := range entries {
				again = bundled(again, e)
			}
			if !bytes.Equal(again, bundle) {
				t.Errorf("%x is %x", bundle, again)
			}
		}
		_, _ = testSigner().Open(Origin(record.SystemJournal), text)
	})
}
