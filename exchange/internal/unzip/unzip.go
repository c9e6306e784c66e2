// Package unzip opens ZIP files of strangers within limits, without ever
// touching the disk.
package unzip

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"vanthu/record"
)

// Limits bound what a ZIP file may cost.
type Limits struct {
	Files int   // entries, folders included
	Total int64 // bytes of all entries, inflated
	Ratio int64 // inflated to zipped, over the whole file; 0 for no limit
}

// Bytes below which no ratio is a bomb, and bytes of the directory that one
// entry may take: the name and the extra fields.
const (
	minBomb   = 1 << 20
	entryRoom = 2 << 10
	maxName   = 2 << 10
)

// File is one entry that is not a folder. Its name is relative, UTF-8, without
// "." and ".." and backslashes.
type File struct {
	Name string
	Size int64 // as declared; Open holds it to that
	zip  *zip.File
}

// Archive are the entries of a ZIP in its own order.
type Archive struct {
	Files   []File
	Folders []string // names end with "/"
}

// Open reads the directory. Errors are record.Invalid with the codes
// "zip-damaged", "zip-too-large", "zip-encrypted", "zip-unsafe-name" and
// "zip-double-name".
func Open(r io.ReaderAt, size int64, l Limits) (*Archive, error) {
	frugal := &metered{r: r, left: int64(l.Files+1)*entryRoom + (128 << 10)}
	zr, err := zip.NewReader(frugal, size)
	if errors.Is(err, errSpent) {
		return nil, tooLarge("mục lục quá dài")
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, record.Because(err, record.Invalid, "zip-damaged", "Tệp ZIP bị hỏng hoặc không phải tệp ZIP")
	}
	frugal.free = true
	if len(zr.File) > l.Files {
		return nil, tooLarge(fmt.Sprintf("có hơn %d tệp", l.Files))
	}
	a := &Archive{}
	seen := make(map[string]bool, len(zr.File))
	var total int64
	for _, f := range zr.File {
		if err := fit(f, seen); err != nil {
			return nil, err
		}
		if strings.HasSuffix(f.Name, "/") {
			a.Folders = append(a.Folders, f.Name)
			continue
		}
		if f.UncompressedSize64 > uint64(l.Total-total) {
			return nil, tooLarge(fmt.Sprintf("giải nén vượt quá %d byte", l.Total))
		}
		total += int64(f.UncompressedSize64)
		a.Files = append(a.Files, File{Name: f.Name, Size: int64(f.UncompressedSize64), zip: f})
	}
	if l.Ratio > 0 && total > minBomb && total/l.Ratio > size {
		return nil, tooLarge(fmt.Sprintf("giải nén gấp hơn %d lần", l.Ratio))
	}
	return a, nil
}

func fit(f *zip.File, seen map[string]bool) error {
	quoted := fmt.Sprintf("%.100q", f.Name)
	switch {
	case !safe(strings.TrimSuffix(f.Name, "/")):
		return record.E(record.Invalid, "zip-unsafe-name", "Tệp ZIP có tên không an toàn: "+quoted)
	case seen[strings.TrimSuffix(f.Name, "/")]:
		return record.E(record.Invalid, "zip-double-name", "Tệp ZIP có hai tệp cùng tên: "+quoted)
	case f.Flags&1 != 0:
		return record.E(record.Invalid, "zip-encrypted", "Tệp ZIP có mật khẩu")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return record.E(record.Invalid, "zip-damaged", fmt.Sprintf("Tệp ZIP nén theo cách không hỗ trợ (%d): %s", f.Method, quoted))
	case f.Mode()&fs.ModeType&^fs.ModeDir != 0 || f.Mode().IsDir() != strings.HasSuffix(f.Name, "/") || f.Mode().IsDir() && f.UncompressedSize64 > 0:
		return record.E(record.Invalid, "zip-unsafe-name", "Tệp ZIP có mục không phải tệp thường: "+quoted)
	}
	seen[strings.TrimSuffix(f.Name, "/")] = true
	return nil
}

// safe allows line breaks, which BagIt expects in names, and no other control
// character.
func safe(name string) bool {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsAny(name, `\`) ||
		len(name) > 1 && name[1] == ':' {
		return false
	}
	for _, r := range name {
		if r < ' ' && r != '\n' && r != '\r' || r == 0x7f {
			return false
		}
	}
	for s := range strings.SplitSeq(name, "/") {
		if s == "" || s == "." || s == ".." {
			return false
		}
	}
	return true
}

// CopyTo writes the entry to w, no byte more than its declared size; the ZIP's
// own checksum is compared.
func (f File) CopyTo(w io.Writer) error {
	rc, err := f.zip.Open()
	if err != nil {
		return f.damaged(err)
	}
	defer rc.Close()
	n, err := io.Copy(w, io.LimitReader(rc, f.Size+1))
	if err == nil && n != f.Size {
		err = fmt.Errorf("%d bytes for %d", n, f.Size)
	}
	if err != nil {
		return f.damaged(err)
	}
	return nil
}

// Bytes are the entry's, at most limit.
func (f File) Bytes(limit int64) ([]byte, error) {
	if f.Size > limit {
		return nil, tooLarge(fmt.Sprintf("%.100q lớn hơn %d byte", f.Name, limit))
	}
	var b bytes.Buffer
	if err := f.CopyTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (f File) damaged(err error) error {
	return record.Because(err, record.Invalid, "zip-damaged", fmt.Sprintf("Tệp %.100q trong ZIP bị hỏng", f.Name))
}

func tooLarge(why string) error {
	return record.E(record.Invalid, "zip-too-large", "Tệp ZIP vượt giới hạn: "+why)
}

var errSpent = errors.New("directory larger than allowed")

// metered stops archive/zip from reading a directory of millions of entries
// into memory before it tells how many there are.
type metered struct {
	r    io.ReaderAt
	left int64
	free bool
}

func (m *metered) ReadAt(p []byte, off int64) (int, error) {
	if !m.free {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, errSpent
		}
	}
	return m.r.ReadAt(p, off)
}
