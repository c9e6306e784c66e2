package converter

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Font is the font that stands in for Times New Roman on this machine (the
// typeface of official documents: NĐ 30/2020, PL I, I.3), as "family (file)":
// the real one where it is installed.
func (p *Pool) Font(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "fc-match", "--format=%{family} (%{file})", "Times New Roman")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "XDG_DATA_HOME=" + dataHome(), "XDG_CACHE_HOME=" + os.TempDir(), "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("fc-match (package fontconfig): %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
