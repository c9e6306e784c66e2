package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)\n```sh\n(.*?)```")

// What the README says to type does what it says: its API section against a
// running service, its command-line section in a fresh folder.
func TestReadme(t *testing.T) {
	readme := string(read(t, "README.md"))
	section := func(title string) string {
		_, rest, ok := strings.Cut(readme, "\n## "+title+"\n")
		block := shellBlock.FindStringSubmatch(rest)
		if !ok || block == nil {
			t.Fatalf("the README has no commands under %q", title)
		}
		return block[1]
	}
	work := t.TempDir()
	if err := os.Mkdir(filepath.Join(work, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(work, "bin", "vanthu")); err != nil {
		t.Fatal(err)
	}
	s := startService(t, "--demo", "--data", filepath.Join(work, "service"))
	const own = "Mẫu riêng của cơ quan"
	for title, want := range map[string]string{
		own:                           "Dùng để phát hành được",
		"Kế hoạch đầu tiên, bằng API": `"state":"issued"`,
		"Kế hoạch đầu tiên, bằng dòng lệnh": "0 chỗ sai",
	} {
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", strings.ReplaceAll(section(title), "http://127.0.0.1:8080", s.base))
		cmd.Dir, cmd.Env = work, append(os.Environ(), asProgram+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", title, err, out)
		}
		if title == own {
			continue
		}
		checkOutside(t, filepath.Join(work, "van-ban.pdf"), filepath.Join(work, map[bool]string{true: "service", false: "data"}[strings.HasSuffix(title, "API")], demoCA), 2)
	}
}
