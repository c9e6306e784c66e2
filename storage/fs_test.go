package storage

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

const createInEnv = "VANTHU_TEST_CREATE_IN"

// TestCreateForStrace is what TestCreateIsDurable runs under strace.
func TestCreateForStrace(t *testing.T) {
	dir := os.Getenv(createInEnv)
	if dir == "" {
		dir = t.TempDir()
	}
	b, err := OpenFS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Archive.Create(t.Context(), "blobs/new/object", []byte("content")); err != nil {
		t.Fatal(err)
	}
}

// The system calls themselves: content is on disk before it has its name, the
// name is on disk before Create returns, and so are the folders above it.
func TestCreateIsDurable(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatalf("the test needs strace: %v", err)
	}
	dir := t.TempDir()
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-y", "-s", "200", "-e", "trace=mkdirat,write,fsync,fdatasync,linkat", "-o", trace,
		os.Args[0], "-test.run=^TestCreateForStrace$", "-test.count=1")
	cmd.Env = append(os.Environ(), createInEnv+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	blobs := filepath.Join(dir, "archive", "blobs")
	var temp string
	steps := []struct {
		name string
		find func(line string) bool
	}{
		{"make blobs/new", func(l string) bool { return strings.Contains(l, `mkdirat(`) && strings.Contains(l, `"`+blobs+`/new"`) }},
		{"sync blobs", func(l string) bool { return syncs(l, blobs) }},
		{"write the content to a temporary file", func(l string) bool {
			m := regexp.MustCompile(`write\(\d+<([^>]*/\.tmp/[^>]*)>, "content"`).FindStringSubmatch(l)
			if m != nil {
				temp = m[1]
			}
			return m != nil
		}},
		{"sync the temporary file", func(l string) bool { return syncs(l, temp) }},
		{"link it to its name", func(l string) bool {
			return strings.Contains(l, "linkat(") && strings.Contains(l, temp) && strings.Contains(l, blobs+"/new/object")
		}},
		{"sync blobs/new", func(l string) bool { return syncs(l, blobs+"/new") }},
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if len(steps) > 0 && steps[0].find(lines.Text()) {
			steps = steps[1:]
		}
	}
	if len(steps) > 0 {
		t.Errorf("did not in this order: %s", steps[0].name)
	}
}

func syncs(line, path string) bool {
	return strings.Contains(line, "fsync(") && strings.Contains(line, "<"+path+">")
}

func TestSweepLeavesRunningWrites(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenFS(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	temps := filepath.Join(dir, "archive", tempFolder)
	for name, age := range map[string]time.Duration{"running": time.Minute, "killed": 2 * time.Hour} {
		path := filepath.Join(temps, name)
		rewrite(t, path, []byte("x"))
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	b, err := OpenFS(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(temps)
	if len(left) != 1 || left[0].Name() != "running" {
		t.Errorf("left: %v", left)
	}
	for _, key := range collect(t, b.Archive.List(t.Context(), "")) {
		if !strings.HasPrefix(key, probeFolder) {
			t.Errorf("temporary file listed: %s", key)
		}
	}
}

func TestProbeRunsOncePerBackend(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		b, err := OpenFS(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if keys := collect(t, b.Archive.List(t.Context(), probeFolder)); len(keys) != 1 {
			t.Errorf("%q", keys)
		}
	}
}

// forgetful is a store as some servers are: it takes the condition and ignores
// it.
type forgetful struct{ *fsStore }

func (f forgetful) Create(ctx context.Context, key string, data []byte) error {
	if err := f.fsStore.Create(ctx, key, data); !errors.Is(err, ErrExists) {
		return err
	}
	os.Remove(f.path(key))
	if err := f.fsStore.Create(ctx, key, data); !errors.Is(err, ErrExists) {
		return err
	}
	return nil
}

func TestProbeRefusesStoresThatOverwrite(t *testing.T) {
	b := openTestFS(t)
	if err := b.Work.Delete(t.Context(), probeKey); err != nil {
		t.Fatal(err)
	}
	b.Archive = forgetful{b.Archive.(*fsStore)}
	if err := b.probe(t.Context()); record.CodeOf(err) != "store-unfit" {
		t.Errorf("%v", err)
	}
	if passed, _, _ := b.passed(t.Context()); passed {
		t.Error("remembered as fit")
	}
}

func TestFilesystemErrors(t *testing.T) {
	dir := t.TempDir()
	rewrite(t, filepath.Join(dir, "file"), nil)
	if _, err := OpenFS(t.Context(), filepath.Join(dir, "file", "x")); err == nil {
		t.Error("opened below a file")
	}
	b := openTestFS(t)
	if err := os.RemoveAll(b.Archive.(*fsStore).root); err != nil {
		t.Fatal(err)
	}
	if err := b.Archive.Create(t.Context(), "a/b", nil); err == nil || errors.Is(err, ErrExists) {
		t.Errorf("create in a folder that is gone: %v", err)
	}
}
