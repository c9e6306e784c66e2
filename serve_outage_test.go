package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
)

// answerWithin is how long an answer may take while the store is away: the two
// seconds that are promised, and what a loaded machine needs to schedule us.
const answerWithin = 3 * time.Second

// The store goes away under load, once killed for thirty seconds and once
// frozen: every request is refused within two seconds, /readyz is red, and when
// it is back all goes on without a restart of the service.
func TestStoreAwayUnderLoad(t *testing.T) {
	dir := t.TempDir()
	s := startService(t, "--demo", "--data", dir, "--s3", minioURL(t), "--limit-account", "100000", "--limit-address", "100000", "--limit-login", "100000")
	in := plan(t, func(v map[string]any) {
		v["organization"] = "ubnd-tp-vung-tau"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["date"] = "2024-03-22"
	})
	crews := s.crews(8)
	carry(t, []*deed{{key: "before"}}, crews[:1], in)
	for _, outage := range []struct {
		name        string
		away, again func(testing.TB)
		long        time.Duration
	}{
		{"killed", minio.Kill, minio.Restart, 30 * time.Second},
		{"frozen", minio.Pause, minio.Continue, 10 * time.Second},
	} {
		t.Run(outage.name, func(t *testing.T) {
			var (
				load      sync.WaitGroup
				end       = make(chan struct{})
				deeds     = make([]*deed, 40)
				mu        sync.Mutex
				refused   int
				slow      []string
				otherwise []string
			)
			for i := range deeds {
				deeds[i] = &deed{key: fmt.Sprintf("%s-%d", outage.name, i)}
			}
			load.Go(func() { carry(t, deeds, crews, in) })
			// Besides those at work, readers who look all the time.
			clerk := s.login("clerk")
			time.Sleep(2 * time.Second)
			outage.away(t)
			away := time.Now()
			for range 4 {
				load.Go(func() {
					for {
						select {
						case <-end:
							return
						case <-time.After(50 * time.Millisecond):
						}
						begun := time.Now()
						r := clerk.ask("GET", "/api/v1/documents?state=issued", nil)
						mu.Lock()
						if took := time.Since(begun); took > answerWithin {
							slow = append(slow, took.String())
						}
						switch {
						case r.status == http.StatusServiceUnavailable && r.header.Get("Retry-After") != "":
							refused++
						case begun.Sub(away) > answerWithin: // sessions may be remembered for a moment, the store is not
							otherwise = append(otherwise, fmt.Sprintf("%d %s %v", r.status, r.body, r.err))
						}
						mu.Unlock()
					}
				})
			}
			time.Sleep(outage.long / 2)
			if r := clerk.ask("GET", "/readyz", nil); r.status != http.StatusServiceUnavailable || !bytes.Contains(r.body, []byte("store-unreachable")) {
				t.Errorf("/readyz while the store is away: %d %s", r.status, r.body)
			}
			if r := clerk.ask("GET", "/healthz", nil); r.status != http.StatusOK {
				t.Errorf("/healthz while the store is away: %d", r.status)
			}
			time.Sleep(time.Until(away.Add(outage.long)))
			close(end)
			outage.again(t)
			load.Wait()
			if len(slow) > 0 || len(otherwise) > 0 || refused < 100 {
				t.Errorf("%d refused; slow: %v; answered otherwise: %v", refused, slow, otherwise)
			}
			for _, d := range deeds {
				if d.issued.State != record.Issued {
					t.Errorf("%s did not go on to its end", d.key)
				}
			}
			time.Sleep(4 * time.Second) // the last answer of /readyz is kept for three
			if r := clerk.ask("GET", "/readyz", nil); r.status != http.StatusOK {
				t.Errorf("/readyz when the store is back: %d %s", r.status, r.body)
			}
			t.Logf("%d requests refused within their time", refused)
		})
	}
}

// workers finds the converter's worker processes of the service.
func (s *service) workers() []int {
	s.t.Helper()
	s.mu.Lock()
	parent := s.cmd.Process.Pid
	s.mu.Unlock()
	var out []int
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range stats {
		stat, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		line, err := os.ReadFile(filepath.Join(filepath.Dir(f), "cmdline"))
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) && err == nil && bytes.Contains(line, []byte(convertWorker)) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			if err != nil {
				s.t.Fatal(err)
			}
			out = append(out, pid)
		}
	}
	return out
}

// Converter workers are killed under load: only the documents that they had in
// hand are refused, and trying again works.
func TestWorkersKilledUnderLoad(t *testing.T) {
	dir := t.TempDir()
	s := startService(t, "--demo", "--data", dir)
	in := envelope(t, seeds+"000_90bb067c4e1b730f.json", func(v map[string]any) { v["date"] = "2024-03-22" })
	crews := s.crews(6)
	deeds := make([]*deed, 36)
	for i := range deeds {
		deeds[i] = &deed{key: fmt.Sprintf("w%d", i)}
	}
	done := make(chan struct{})
	killed := 0
	var killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(250 * time.Millisecond):
			}
			for _, pid := range s.workers() {
				if syscall.Kill(pid, syscall.SIGKILL) == nil {
					killed++
				}
			}
			if killed >= 10 {
				return
			}
		}
	})
	carry(t, deeds, crews, in)
	close(done)
	killer.Wait()
	repeated := 0
	for _, d := range deeds {
		repeated += d.repeated
		if d.issued.State != record.Issued {
			t.Errorf("%s was not issued", d.key)
		}
	}
	t.Logf("%d workers killed, %d requests sent again", killed, repeated)
	if killed < 5 || repeated > 3*killed {
		t.Errorf("%d workers killed, %d requests sent again: others than their own documents failed", killed, repeated)
	}
	if r := s.client().ask("GET", "/readyz", nil); r.status != http.StatusOK {
		t.Errorf("/readyz after the kills: %d %s", r.status, r.body)
	}
}

// SIGTERM under load: what is under way is finished or refused, never cut off,
// and the service ends well.
func TestClosesInGoodOrder(t *testing.T) {
	dir := t.TempDir()
	s := startService(t, "--demo", "--data", dir)
	in := envelope(t, seeds+"000_90bb067c4e1b730f.json", func(v map[string]any) { v["date"] = "2024-03-22" })
	secretary := s.login("secretary")
	type made struct{ id, tag string }
	var drafts []made
	for i := range 8 {
		r := secretary.ask("POST", "/api/v1/documents", in, "Idempotency-Key", fmt.Sprint("d", i))
		doc, err := r.document()
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, made{doc.ID, r.header.Get("ETag")})
	}
	answers := make([]reply, len(drafts))
	var wg sync.WaitGroup
	for i, d := range drafts {
		wg.Go(func() {
			answers[i] = secretary.ask("POST", "/api/v1/documents/"+d.id+"/submit", "", "If-Match", d.tag)
		})
	}
	time.Sleep(300 * time.Millisecond)
	state := s.signal(syscall.SIGTERM)
	wg.Wait()
	if state.ExitCode() != exitGood {
		t.Errorf("the service ended with %v", state)
	}
	finished := 0
	for i, r := range answers {
		switch {
		case r.err == nil && r.status == http.StatusOK:
			finished++
		case r.err == nil && r.status == http.StatusServiceUnavailable:
		default:
			t.Errorf("request %d was cut off: %d %v", i, r.status, r.err)
		}
	}
	if finished == 0 {
		t.Error("nothing under way was finished")
	}
	if left := strings.TrimSpace(tool(t, "sh", "-c", "pgrep -f 'convert-worke[r]' -P "+strconv.Itoa(state.Pid())+" || true")); left != "" {
		t.Errorf("workers left behind: %s", left)
	}
	s.start()
	clerk := s.login("clerk")
	for i, d := range drafts {
		doc, err := clerk.ask("GET", "/api/v1/documents/"+d.id, nil).document()
		want := record.Draft
		if answers[i].status == http.StatusOK {
			want = record.Submitted
		}
		if err != nil || doc.State != want {
			t.Errorf("document %d is %s, want %s (%v)", i, doc.State, want, err)
		}
	}
}
