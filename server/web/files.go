package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

// Files are all assets by name: "style.css", "npm/pdfjs/pdf.min.mjs". They
// never change and are safe for concurrent use.
type Files struct {
	byName  map[string]File
	version string
}

// File is one asset.
type File struct {
	Type string // Content-Type
	ETag string // weak: the same for Plain and Gzip
	// Gzip is the content compressed, nil where that makes nothing smaller.
	Gzip []byte

	plain []byte // nil when only Gzip is kept
	size  int
}

// Load reads what is built in; an error is a defect of the build.
func Load() (*Files, error) {
	f := &Files{byName: map[string]File{}}
	style, err := sheet()
	if err != nil {
		return nil, fmt.Errorf("style.css: %w", err)
	}
	if f.byName["style.css"], err = load("style.css", style, false); err != nil {
		return nil, fmt.Errorf("style.css: %w", err)
	}
	err = fs.WalkDir(assets, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Dir(name) == styleDir {
			return err
		}
		raw, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		name, zipped := strings.CutSuffix(strings.TrimPrefix(name, "assets/"), ".gz")
		file, err := load(name, raw, zipped)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		f.byName[name] = file
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web assets: %w", err)
	}
	all := sha256.New()
	for _, name := range f.Names() {
		fmt.Fprintln(all, name, f.byName[name].ETag)
	}
	f.version = hex.EncodeToString(all.Sum(nil))[:16]
	return f, nil
}

const styleDir = "assets/style"

// sheet puts the parts of the style sheet together, in the order of their
// names: one request for a page.
func sheet() ([]byte, error) {
	parts, err := fs.Glob(assets, styleDir+"/*.css")
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, name := range parts {
		b, err := assets.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

func load(name string, raw []byte, zipped bool) (File, error) {
	kind, ok := contentType(path.Ext(name))
	if !ok {
		return File{}, fmt.Errorf("no content type for %q", path.Ext(name))
	}
	file := File{Type: kind, plain: raw}
	plain := raw
	switch {
	case zipped:
		var err error
		if plain, err = inflate(raw); err != nil {
			return File{}, err
		}
		file.Gzip, file.plain = raw, nil
	case strings.HasPrefix(kind, "text/") || kind == "image/svg+xml":
		packed, err := deflate(raw)
		if err != nil {
			return File{}, err
		}
		if len(packed) < len(raw) {
			file.Gzip = packed
		}
	}
	sum := sha256.Sum256(plain)
	file.ETag, file.size = `W/"`+hex.EncodeToString(sum[:16])+`"`, len(plain)
	return file, nil
}

// contentType of a file by its ending; licences have none and are text.
func contentType(ext string) (string, bool) {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8", true
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8", true
	case ".woff2":
		return "font/woff2", true
	case ".svg":
		return "image/svg+xml", true
	case "", ".txt":
		return "text/plain; charset=utf-8", true
	}
	return "", false
}

// Open finds an asset by name; false when there is none. Names are compared
// letter by letter: no name leads anywhere else.
func (f *Files) Open(name string) (File, bool) {
	file, ok := f.byName[name]
	return file, ok
}

// Version is 16 letters that change whenever any asset does.
func (f *Files) Version() string { return f.version }

// Names are the names of all assets, sorted.
func (f *Files) Names() []string {
	names := make([]string, 0, len(f.byName))
	for name := range f.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Plain is the content, for the rare client that takes no gzip.
func (f File) Plain() ([]byte, error) {
	if f.plain != nil || f.Gzip == nil {
		return f.plain, nil
	}
	return inflate(f.Gzip)
}

// Size is the length of the plain content in bytes.
func (f File) Size() int { return f.size }

func inflate(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func deflate(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = w.Close() // writes the rest
	return b.Bytes(), err
}
