package storage

import (
	"bufio"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"vanthu/record"
)

const writeInEnv = "VANTHU_TEST_WRITE_IN"

// TestWriteUntilKilled is the process that TestKilledWriters kills: it drafts
// document after document and says each one's id once it is answered.
func TestWriteUntilKilled(t *testing.T) {
	dir, until := os.Getenv(writeInEnv), time.Now().Add(20*time.Second)
	if dir == "" {
		dir, until = t.TempDir(), time.Now()
	}
	b, err := OpenFS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	a := NewArchive(b.Archive)
	s, err := OpenStates(a, filepath.Join(dir, "index"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	x, err := OpenIndex(t.Context(), a, s, filepath.Join(dir, "index"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n == 0 || time.Now().Before(until); n++ {
		id := fmt.Sprintf("d-%d-%d", os.Getpid(), n)
		digest, err := a.PutBlob(t.Context(), []byte(id))
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := a.PutVersion(t.Context(), record.Version{Document: id, Version: 1,
			Files: []record.File{{Name: record.InputFile, SHA256: digest, Size: len(id)}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Update(t.Context(), journalA, func(*record.State) (*record.Entry, error) {
			e := draftEntry(id)
			e.Manifest = manifest
			return e, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("answered %s\n", id)
		if n%8 == 0 {
			if err := x.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever was answered before a kill is there afterwards, the journal has no
// hole, and nothing is damaged.
func TestKilledWriters(t *testing.T) {
	dir := t.TempDir()
	var (
		mu       sync.Mutex
		answered []string
		wg       sync.WaitGroup
	)
	for range 4 { // processes at once
		wg.Go(func() {
			for range 4 { // one after the other
				cmd := exec.Command(os.Args[0], "-test.run=^TestWriteUntilKilled$", "-test.count=1")
				cmd.Env = append(os.Environ(), writeInEnv+"="+dir)
				out, err := cmd.StdoutPipe()
				if err == nil {
					err = cmd.Start()
				}
				if err != nil {
					t.Error(err)
					return
				}
				kill := time.AfterFunc(time.Duration(300+rand.IntN(500))*time.Millisecond, func() { cmd.Process.Kill() })
				for lines := bufio.NewScanner(out); lines.Scan(); {
					var id string
					if n, _ := fmt.Sscanf(lines.Text(), "answered %s", &id); n == 1 {
						mu.Lock()
						answered = append(answered, id)
						mu.Unlock()
					} else {
						t.Errorf("writer: %s", lines.Text())
					}
				}
				kill.Stop()
				cmd.Wait()
			}
		})
	}
	wg.Wait()
	b, err := OpenFS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, dir: filepath.Join(dir, "index"), backend: b, archive: NewArchive(b.Archive)}
	o.states = o.newStates()
	err = o.states.View(t.Context(), journalA, func(s *record.State) error {
		for _, id := range answered {
			if _, ok := s.Documents[id]; !ok {
				t.Errorf("%s was answered and is lost", id)
			}
		}
		if uint64(len(s.Documents)) != s.Seq {
			t.Errorf("%d documents, %d entries", len(s.Documents), s.Seq)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(answered) < 16 {
		t.Errorf("only %d answers: the kills came too early to show anything", len(answered))
	}
	if r := audit(t, o); len(r.Problems) > 0 {
		for _, p := range r.Problems {
			t.Errorf("%+v", p)
		}
	}
	x := o.openIndex(o.states)
	o.catchUp(x)
	if hits, err := x.Search(t.Context(), Query{Limit: maxLimit}); err != nil || len(hits) != min(maxLimit, len(answered)) && len(hits) < len(answered) {
		t.Errorf("%d hits of %d answered: %v", len(hits), len(answered), err)
	}
	t.Logf("%d answered, %d orphans", len(answered), len(audit(t, o).Orphans))
}
