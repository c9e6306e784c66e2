package signer

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"vanthu/pdf"
	"vanthu/record"
)

// fonts finds installed font programs by their PostScript names: the converter
// names a page's fonts so, and digits filled in must come from the same file.
type fonts struct {
	mu    sync.Mutex
	files map[string]string // PostScript name -> path; nil before the first use
	read  map[string]*pdf.Font
}

func newFonts() *fonts { return &fonts{read: map[string]*pdf.Font{}} }

func (t *fonts) get(name string) (*pdf.Font, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.read[name]; f != nil {
		return f, nil
	}
	if t.files[name] == "" { // a font may have been installed since
		files, err := installed()
		if err != nil {
			return nil, record.Because(err, record.Unavailable, "font-list", "Không đọc được danh sách phông chữ của máy (fc-list)")
		}
		t.files = files
	}
	missing := func(err error) error {
		return record.Because(err, record.Unavailable, "font-missing", fmt.Sprintf("Không dùng được phông chữ %q mà văn bản đã dùng", name))
	}
	path := t.files[name]
	if path == "" {
		return nil, missing(nil)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, missing(err)
	}
	f, err := pdf.ParseFont(b)
	if err != nil {
		return nil, missing(err)
	}
	t.read[name] = f
	return f, nil
}

// installed asks fontconfig once for all fonts. Of two copies the first in the
// order of paths counts, so that runs agree.
func installed() (map[string]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "fc-list", "--format", "%{postscriptname}\t%{file}\n").Output()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		name, path, ok := strings.Cut(lines.Text(), "\t")
		if old := files[name]; ok && (old == "" || path < old) {
			files[name] = path
		}
	}
	return files, nil
}
