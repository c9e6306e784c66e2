// Package officetest is what the tests of forms share: small DOCX files, example
// documents, and the programs that judge and convert them.
package officetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Valid asks Microsoft's own validator about DOCX files, for the oldest and the
// newest Word that offices use.
func Valid(t testing.TB, files map[string][]byte) {
	t.Helper()
	cache := os.Getenv("VANTHU_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "vanthu")
	}
	validator := filepath.Join(cache, "npm", "node_modules", ".bin", "ooxml-validator")
	if _, err := os.Stat(validator); err != nil {
		t.Fatalf("Microsoft's validator is missing; `make test` installs it: %v", err)
	}
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"Office2010", "Microsoft365"} {
			if out, err := exec.CommandContext(t.Context(), validator, path, "--officeVersion", version).CombinedOutput(); err != nil {
				t.Errorf("%s is not valid for %s: %v\n%s", name, version, err, out)
			}
		}
	}
}
