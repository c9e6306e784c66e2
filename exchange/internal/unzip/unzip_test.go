package unzip_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"vanthu/exchange/internal/unzip"
	"vanthu/record"
)

var limits = unzip.Limits{Files: 100, Total: 4 << 20, Ratio: 50}

func made(t *testing.T, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, h := range headers {
		w, err := zw.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, "/") {
			if _, err := w.Write(bytes.Repeat([]byte("x"), int(h.UncompressedSize64))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func named(names ...string) []*zip.FileHeader {
	var out []*zip.FileHeader
	for _, n := range names {
		out = append(out, &zip.FileHeader{Name: n})
	}
	return out
}

func TestHostileZIPs(t *testing.T) {
	link := &zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprint(i))
	}
	var flood []string
	for i := range 3000 {
		flood = append(flood, fmt.Sprintf("%0200d", i))
	}
	lying := made(t, &zip.FileHeader{Name: "a", Method: zip.Deflate, UncompressedSize64: 100})
	at := bytes.Index(lying, []byte("PK\x01\x02"))
	lying[at+24] = 50 // declared size in the directory
	locked := made(t, named("a")...)
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	for _, c := range []struct {
		name string
		zip  []byte
		code string
	}{
		{"climbs", made(t, named("../a")...), "zip-unsafe-name"},
		{"absolute", made(t, named("/a")...), "zip-unsafe-name"},
		{"drive", made(t, named("C:a")...), "zip-unsafe-name"},
		{"backslash", made(t, named(`a\b`)...), "zip-unsafe-name"},
		{"NUL", made(t, named("a\x00b")...), "zip-unsafe-name"},
		{"not UTF-8", made(t, named("a\xff")...), "zip-unsafe-name"},
		{"dot", made(t, named("a/./b")...), "zip-unsafe-name"},
		{"symbolic link", made(t, link), "zip-unsafe-name"},
		{"double", made(t, named("a", "a")...), "zip-double-name"},
		{"file and folder", made(t, named("a", "a/")...), "zip-double-name"},
		{"many", made(t, named(many...)...), "zip-too-large"},
		{"flood", made(t, named(flood...)...), "zip-too-large"},
		{"bomb", made(t, &zip.FileHeader{Name: "a", Method: zip.Deflate, UncompressedSize64: 3 << 20}), "zip-too-large"},
		{"large", made(t, &zip.FileHeader{Name: "a", Method: zip.Store, UncompressedSize64: 5 << 20}), "zip-too-large"},
		{"larger than declared", lying, "zip-damaged"},
		{"encrypted", locked, "zip-encrypted"},
		{"no ZIP", []byte("%PDF-1.7"), "zip-damaged"},
		{"empty", nil, "zip-damaged"},
		{"cut", lying[:len(lying)-5], "zip-damaged"},
	} {
		a, err := unzip.Open(bytes.NewReader(c.zip), int64(len(c.zip)), limits)
		if err == nil && len(a.Files) > 0 {
			_, err = a.Files[0].Bytes(limits.Total)
		}
		if record.CodeOf(err) != c.code || record.KindOf(err) != record.Invalid {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}
