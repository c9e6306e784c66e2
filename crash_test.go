package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// 300 issue commands by eight processes on one store, killed with SIGKILL at
// random: after resume and after repeating what was not answered, the numbers
// are exactly 1..N and every acknowledged document is there and whole.
func TestKilledAtRandomLosesNothing(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "vanthu")
	tool(t, "go", "build", "-o", binary, ".")
	places(t, func(t *testing.T, dir string, flags []string) {
		const jobs, processes = 300, 8
		input := filepath.Join(dir, "in.json")
		write(t, input, plan(t, func(v map[string]any) {
			v["organization"] = "ubnd-tp-vung-tau"
			v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
			v["date"] = "2024-03-22"
		}))
		var (
			mu       sync.Mutex
			answered = map[string]issued{}
			killed   int
		)
		// issue runs one job; with mortal it may be killed on the way.
		issue := func(job int, mortal bool) error {
			request := fmt.Sprintf("r%d", job)
			out := filepath.Join(dir, request+".pdf")
			cmd := exec.Command(binary, with(flags2("issue", flags), "-t", "ke-hoach", "-d", input, "-o", out, "--request", request, "--json")...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				return err
			}
			if mortal && job%3 == 0 {
				// Anywhere in the command's life, most often in its busy middle.
				timer := time.AfterFunc(time.Duration(rand.IntN(4000))*time.Millisecond, func() {
					if syscall.Kill(cmd.Process.Pid, syscall.SIGKILL) == nil {
						mu.Lock()
						killed++
						mu.Unlock()
					}
				})
				defer timer.Stop()
			}
			err := cmd.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) && !exit.Exited() {
				return nil // killed: not answered
			}
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", request, err, stderr.String())
			}
			var doc issued
			if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
				return fmt.Errorf("%s: %w: %s", request, err, stdout.String())
			}
			mu.Lock()
			defer mu.Unlock()
			answered[request] = doc
			return nil
		}
		each := func(todo []int, mortal bool) {
			work := make(chan int)
			var wg sync.WaitGroup
			for range processes {
				wg.Go(func() {
					for job := range work {
						if err := issue(job, mortal); err != nil {
							t.Error(err)
						}
					}
				})
			}
			for _, job := range todo {
				work <- job
			}
			close(work)
			wg.Wait()
		}
		all := make([]int, jobs)
		for i := range all {
			all[i] = i
		}
		each(all, true)
		acknowledged := map[string]issued{}
		for r, doc := range answered {
			acknowledged[r] = doc
		}
		good(t, nil, flags2("resume", flags)...)
		var rest []int
		for _, job := range all {
			if _, ok := answered[fmt.Sprintf("r%d", job)]; !ok {
				rest = append(rest, job)
			}
		}
		each(rest, false)
		t.Logf("%d kills, %d of %d commands unanswered and repeated", killed, len(rest), jobs)
		if killed < 20 || len(rest) == 0 {
			t.Errorf("only %d kills and %d unanswered commands: this run proves little", killed, len(rest))
		}
		checkRegister(t, dir, flags, jobs, answered, acknowledged)
		good(t, nil, flags2("audit", flags)...)
	})
}

// checkRegister reads the journal itself and compares it with what the
// commands were told.
func checkRegister(t *testing.T, dir string, flags []string, jobs int, answered, acknowledged map[string]issued) {
	t.Helper()
	ctx := context.Background()
	f := stateFlags{Data: dir}
	if len(flags) > 3 {
		f.S3 = flags[4]
	}
	backend, err := f.backend(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	archive := storage.NewArchive(backend.Archive)
	state := record.NewState("ubnd-tp-vung-tau")
	var numbers []int
	requests, drafts := map[string]int{}, 0
	for r, err := range archive.Entries(ctx, state.Journal, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if err := record.Apply(state, r.Entry, r.Digest); err != nil {
			t.Fatal(err)
		}
		if r.Entry.Numbering != nil {
			numbers = append(numbers, r.Entry.Numbering.Number)
		}
		if r.Entry.Request != "" {
			if requests[r.Entry.Request]++; requests[r.Entry.Request] > 1 {
				t.Errorf("request %s was carried out twice", r.Entry.Request)
			}
		}
		if r.Entry.Command == record.CmdDraft {
			drafts++
		}
	}
	want := make([]int, jobs)
	for i := range want {
		want[i] = i + 1
	}
	if !slices.Equal(numbers, want) {
		t.Errorf("numbers are not exactly 1..%d in order: %v", jobs, numbers)
	}
	if drafts != jobs || len(state.Documents) != jobs || len(answered) != jobs {
		t.Errorf("%d drafts, %d documents, %d answers for %d jobs", drafts, len(state.Documents), len(answered), jobs)
	}
	for request, doc := range answered {
		have := state.Documents[doc.ID]
		if have.State != record.Issued || have.Symbol != doc.Symbol || have.PDF != doc.PDF || have.Request != request {
			t.Errorf("%s was answered %+v, the journal says %+v", request, doc, have)
		}
		pdf, err := archive.Blob(ctx, doc.PDF)
		if err != nil {
			t.Errorf("%s: %v", request, err)
		}
		if given, err := os.ReadFile(filepath.Join(dir, request+".pdf")); err != nil || !bytes.Equal(given, pdf) {
			t.Errorf("%s: the delivered file is not the archived one (%v)", request, err)
		}
	}
	for request, doc := range acknowledged {
		if answered[request] != doc {
			t.Errorf("%s was first answered %+v, then %+v", request, doc, answered[request])
		}
	}
}
