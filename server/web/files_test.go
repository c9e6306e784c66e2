package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"vanthu/server/web"
)

func load(t testing.TB) *web.Files {
	t.Helper()
	f, err := web.Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What npm gave is what is built in, nothing more and nothing less.
// scripts/vendor --check compares it with npm itself.
func TestVendoredFilesAreThePinnedOnes(t *testing.T) {
	list, err := os.ReadFile("npm.sha256")
	if err != nil {
		t.Fatal(err)
	}
	f := load(t)
	pinned := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		digest, name, _ := strings.Cut(line, "  ")
		name = "npm/" + name
		pinned[name] = true
		file, ok := f.Open(name)
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		plain, err := file.Plain()
		sum := sha256.Sum256(plain)
		if err != nil || hex.EncodeToString(sum[:]) != digest || file.Size() != len(plain) {
			t.Errorf("%s differs from the package's (%v)", name, err)
		}
	}
	for _, name := range f.Names() {
		if strings.HasPrefix(name, "npm/") && !pinned[name] {
			t.Errorf("%s is not pinned", name)
		}
	}
}

// Every file is served with the right type, and compressed where that helps.
func TestFiles(t *testing.T) {
	f := load(t)
	for _, name := range f.Names() {
		file, ok := f.Open(name)
		plain, err := file.Plain()
		if !ok || err != nil || len(plain) == 0 || file.Type == "" || len(file.ETag) != len(`W/""`)+32 {
			t.Errorf("%s: %v %+v", name, err, file.Type)
		}
		if isFont := path.Ext(name) == ".woff2"; isFont == (file.Gzip != nil) && len(plain) > 100 {
			t.Errorf("%s: compressed: %v", name, file.Gzip != nil)
		}
		if file.Gzip == nil {
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(file.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if unzipped, err := io.ReadAll(r); err != nil || !bytes.Equal(unzipped, plain) || len(file.Gzip) >= len(plain) {
			t.Errorf("%s: the compressed content is another one (%v)", name, err)
		}
	}
	for _, name := range []string{"", ".", "/style.css", "../files.go", "style/1-base.css", "npm", "npm/", "npm/pdfjs/../pdfjs/LICENSE", "STYLE.CSS", "npm/pdfjs/pdf.min.mjs.gz"} {
		if _, ok := f.Open(name); ok {
			t.Errorf("%q opens something", name)
		}
	}
	if load(t).Version() != f.Version() || len(f.Version()) != 16 {
		t.Errorf("version %q", f.Version())
	}
}

// What the style sheet and our scripts load is there, and from nowhere else.
func TestReferencesStayInside(t *testing.T) {
	f := load(t)
	reference := regexp.MustCompile(`url\(([^)]*)\)|(?:from|URL\()\s*"([^"]*)"`)
	found := 0
	for _, name := range f.Names() {
		if strings.HasPrefix(name, "npm/") {
			continue
		}
		file, _ := f.Open(name)
		plain, err := file.Plain()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(plain, []byte("//cdn")) || bytes.Contains(plain, []byte("http")) {
			t.Errorf("%s speaks of another server", name)
		}
		for _, m := range reference.FindAllSubmatch(plain, -1) {
			found++
			target := path.Clean(string(m[1]) + string(m[2]))
			if _, ok := f.Open(target); !ok {
				t.Errorf("%s: %s is not there", name, target)
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d references found", found)
	}
}

func TestFontSubsetsCoverVietnamese(t *testing.T) {
	file, _ := load(t).Open("style.css")
	plain, err := file.Plain()
	if err != nil {
		t.Fatal(err)
	}
	const letters = "ăâđêôơư ĂÂĐÊÔƠƯ àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ỲỶỸÝỴ ₫ – “” …"
	for _, weight := range []string{"400", "600", "700"} {
		faces := regexp.MustCompile(`font-weight: `+weight+`;[^}]*unicode-range: ([^;]*);`).FindAllSubmatch(plain, -1)
		for _, r := range letters {
			covered := false
			for _, face := range faces {
				covered = covered || inRanges(t, string(face[1]), r)
			}
			if !covered {
				t.Errorf("weight %s: %q has no face", weight, r)
			}
		}
	}
}
