package bagit

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/record"
)

// Writer makes one bag. It is for one goroutine.
type Writer struct {
	zip   *zip.Writer
	name  string
	info  Info
	lines map[string]string // path from the bag's folder: digest
	taken map[string]string // by what some file system takes for the same; "" for a folder
	bytes int64
	err   error
}

// NewWriter begins a bag in a folder of that name. Errors: Invalid with all
// faults of name and info.
func NewWriter(out io.Writer, name string, info Info) (*Writer, error) {
	faults := info.faults()
	if why := pathFault(name); why != "" || strings.ContainsAny(name, "/\r\n") {
		faults = append([]record.Fault{{Pointer: "/name", Code: "bagit-path", Message: "Tên thư mục của gói không hợp lệ. " + why}}, faults...)
	}
	if err := record.Faulty("bagit-info", "Thông tin của gói BagIt chưa hợp lệ", faults); err != nil {
		return nil, err
	}
	w := &Writer{zip: zip.NewWriter(out), name: name, info: info, lines: map[string]string{}, taken: map[string]string{}}
	_, err := w.create(name + "/" + payload)
	return w, err
}

// Add puts a payload file at path, relative to data/, with exactly size bytes
// from r; size -1 takes what comes. want is the digest that the bytes must have,
// "" for whatever they have. Errors: Invalid, bagit-path; Damaged, bagit-content.
// After an error about content the bag is void and Close refuses.
func (w *Writer) Add(ctx context.Context, path string, size int64, want record.Digest, r io.Reader) error {
	if w.err != nil {
		return w.err
	}
	if why := pathFault(path); why != "" {
		return faulty(path, why)
	}
	if other, ok := w.taken[alike(path)]; ok {
		return faulty(path, fmt.Sprintf("Trùng với %q trên hệ tệp không phân biệt chữ hoa hay cách ghép dấu", cmp.Or(other, "thư mục cùng tên")))
	}
	for i := range path {
		if path[i] != '/' {
			continue
		}
		if other := w.taken[alike(path[:i])]; other != "" {
			return faulty(path, fmt.Sprintf("%q đã là một tệp", other))
		}
		w.taken[alike(path[:i])] = ""
	}
	w.taken[alike(path)] = path
	n, sum, err := w.write(payload+path, contextual{ctx, r})
	switch {
	case err != nil:
		w.err = err
	case size >= 0 && n != size:
		w.err = record.E(record.Damaged, "bagit-content", fmt.Sprintf("%s có %d byte, không phải %d", path, n, size))
	case want != "" && string(want) != sum:
		w.err = record.E(record.Damaged, "bagit-content", fmt.Sprintf("%s không khớp mã SHA-256 đã ghi", path))
	}
	w.bytes += n
	return w.err
}

// Close writes the tag files and ends the ZIP file; it does not close what the
// Writer writes to.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	tags := append(w.info.tags(), Tag{"Payload-Oxum", fmt.Sprintf("%d.%d", w.bytes, len(w.lines))})
	var info strings.Builder
	for _, t := range tags {
		info.WriteString(folded(t))
	}
	manifest := w.manifest()
	clear(w.lines)
	for _, f := range []struct{ name, text string }{
		{declaration, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
		{infoFile, info.String()}, {manifestFile, manifest},
	} {
		if _, _, err := w.write(f.name, strings.NewReader(f.text)); err != nil {
			return err
		}
	}
	if _, _, err := w.write(tagManifestFile, strings.NewReader(w.manifest())); err != nil {
		return err
	}
	w.err = errors.New("bagit: the bag is closed")
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("end the bag: %w", err)
	}
	return nil
}

// manifest lists digest and path of each file written so far, by path.
func (w *Writer) manifest() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(w.lines)) {
		fmt.Fprintf(&b, "%s  %s\n", w.lines[path], encode.Replace(path))
	}
	return b.String()
}

func (w *Writer) write(path string, r io.Reader) (int64, string, error) {
	out, err := w.create(w.name + "/" + path)
	if err != nil {
		return 0, "", err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), r)
	if err != nil {
		return n, "", fmt.Errorf("write %s into the bag: %w", path, err)
	}
	w.lines[path] = hex.EncodeToString(sum.Sum(nil))
	return n, w.lines[path], nil
}

// create gives every entry the first time that ZIP knows: when files were made
// is not the bag's to say.
func (w *Writer) create(name string) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	if strings.HasSuffix(name, "/") {
		h.Method = zip.Store
	}
	out, err := w.zip.CreateHeader(h)
	if err != nil {
		return nil, fmt.Errorf("write %s into the bag: %w", name, err)
	}
	return out, nil
}

// folded is the tag with lines of at most 79 characters where its words permit;
// the next line begins with one space, in the place of the space between two
// words (RFC 8493, 2.2.2).
func folded(t Tag) string {
	const width = 79
	var b strings.Builder
	b.WriteString(t.Label + ":")
	used := utf8.RuneCountInString(t.Label) + 1
	for i, word := range strings.Split(t.Value, " ") {
		n := utf8.RuneCountInString(word) + 1
		// An empty word is one of several spaces, which a fold would lose.
		if i > 0 && used+n > width && word != "" && !strings.HasSuffix(b.String(), " ") {
			b.WriteString("\n")
			used = 0
		}
		b.WriteString(" " + word)
		used += n
	}
	return b.String() + "\n"
}

func faulty(path, why string) error {
	return record.Faulty("bagit-path", "Không đưa được tệp vào gói BagIt", []record.Fault{{Code: "bagit-path", Place: path, Message: why}})
}

type contextual struct {
	ctx context.Context
	r   io.Reader
}

func (c contextual) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
