package converter

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"vanthu/record"
)

// doomedService converts a document and says so, then waits to be killed while
// its worker is busy with the next.
func doomedService(dir string) int {
	p, err := New(Config{Dir: dir, Workers: 2})
	if err == nil {
		err = p.Probe(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	_, err = p.Convert(context.Background(), nested(3000))
	fmt.Fprintln(os.Stderr, "not killed:", err)
	return 1
}

func TestServiceKilledLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "doomed-service", dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatalf("service: %v %s", err, errs.String())
	}
	var workers []int
	eventually(t, "the service's worker is busy", func() bool {
		busy, _ := filepath.Glob(filepath.Join(dir, "run-*", "w*", "document.docx"))
		workers = workersOf(t, cmd.Process.Pid)
		return len(busy) == 1 && len(workers) == 1
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "the worker of a killed service ends", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", workers[0]))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
	left, _ := filepath.Glob(filepath.Join(dir, "run-*"))
	if len(left) != 1 {
		t.Fatalf("run folders of the dead: %v", left)
	}
	p := newPool(t, Config{Dir: dir})
	if now, _ := filepath.Glob(filepath.Join(dir, "run-*")); !slices.Equal(now, []string{p.home.run}) {
		t.Errorf("run folders %v, want only %s", now, p.home.run)
	}
}

// A living pool's folder is not swept by another that shares Dir.
func TestPoolsShareAFolder(t *testing.T) {
	dir := t.TempDir()
	a := newPool(t, Config{Dir: dir, Workers: 1})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			p, err := New(Config{Dir: dir, Workers: 1})
			if err != nil {
				t.Error(err)
				return
			}
			for _, q := range []*Pool{p, a} {
				if err := q.Probe(context.Background()); err != nil {
					t.Error(err)
				}
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestFolderOfOthersIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := New(Config{Dir: dir})
	wantError(t, err, record.Unavailable, "converter-unavailable")
}

// Nothing of a document stays on the disk beside a living worker: neither its
// text nor a note that it was opened.
func TestNoTraceOfADocument(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	if _, err := p.Convert(t.Context(), plan(2)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(p.home.run, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(path, "document.") || strings.Contains(path, "/tmp/lu") || bytes.Contains(content, []byte("document.docx")) {
			t.Errorf("left behind: %s (%d bytes)", path, len(content))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
