package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One byte flipped in each object of an archive, one after the other, the
// newest journal entry included: the audit names the object's key and says no,
// and nothing altered is delivered.
func TestAuditNamesEveryFlippedObject(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--demo", "--data", dir}
	out := filepath.Join(dir, "out.pdf")
	issue := with(flags2("issue", flags), "-t", "ke-hoach", "-d", seeds+"000_90bb067c4e1b730f.json", "-o", out, "--request", "r")
	good(t, nil, issue...)
	good(t, nil, flags2("audit", flags)...)
	whole := read(t, out)
	archive := filepath.Join(dir, "archive")
	objects := 0
	err := filepath.WalkDir(archive, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		key, err := filepath.Rel(archive, path)
		if err != nil {
			return err
		}
		objects++
		content := read(t, path)
		flip(t, path, content, len(content)/2)
		o := vanthu(t, nil, flags2("audit", flags)...)
		if o.code != exitNo || !strings.Contains(o.out, filepath.ToSlash(key)) {
			t.Errorf("%s flipped: exit %d\n%s%s", key, o.code, o.out, o.err)
		}
		// Asked for the document again, the answer is the true one or none.
		if err := os.Remove(out); err != nil {
			return err
		}
		o = vanthu(t, nil, issue...)
		if got, err := os.ReadFile(out); err == nil && string(got) != string(whole) {
			t.Errorf("%s flipped: an altered file was delivered", key)
		} else if err != nil && (o.code == exitGood || strings.TrimSpace(o.err) == "") {
			t.Errorf("%s flipped: nothing delivered and exit %d %q", key, o.code, o.err)
		}
		restore(t, path, content)
		return os.WriteFile(out, whole, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	if objects < 20 {
		t.Errorf("only %d objects", objects)
	}
	good(t, nil, flags2("audit", flags)...)
}

// flip changes one byte where a disk would: under the archive's back.
func flip(t *testing.T, path string, content []byte, at int) {
	t.Helper()
	bad := append([]byte(nil), content...)
	bad[at] ^= 0x01
	restore(t, path, bad)
}

func restore(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
