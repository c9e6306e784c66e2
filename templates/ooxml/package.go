// Package ooxml opens Word files from outside safely: within limits, without active
// or linked content, and writes them so that equal parts give equal bytes.
package ooxml

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/record"
)

// Limits of a DOCX package from outside. An official form stays far below
// them: a plan of 200 pages has 1,000 times less.
const (
	maxZipped   = 20 << 20  // bytes of the file
	maxInflated = 100 << 20 // bytes of all parts together
	maxXML      = 32 << 20  // bytes of all XML parts together
	maxRatio    = 100       // inflated to zipped, over the whole file
	minBomb     = 1 << 20   // bytes below which no ratio is a bomb
	maxParts    = 2000
	maxPartName = 255 // bytes
)

// Package is a DOCX in memory: its parts by name. What Open returns
// is safe to build trees from: its XML parts are well formed, shallow, without
// DTD and of bounded size. It is not a judgement on what the parts do; Check
// gives that.
type Package struct {
	parts    map[string]packagePart
	Document string // name of the main part, as a rule "word/document.xml"
	types    contentTypes
}

// packagePart keeps the compressed bytes beside the plain ones, so that a part
// nobody changed is written without compressing it again.
type packagePart struct {
	data   []byte
	raw    []byte // as stored in the file; nil after set
	method uint16
	crc    uint32
}

// Open reads a DOCX within the limits above. Errors are record.Invalid
// with the codes "not-docx", "docx-encrypted", "docx-too-large",
// "docx-damaged", "docx-unsafe-name" and "docx-xml".
func Open(b []byte) (*Package, error) {
	if len(b) > maxZipped {
		return nil, TooLarge("tệp lớn hơn %d MB", maxZipped>>20)
	}
	if err := notZip(b); err != nil {
		return nil, err
	}
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, record.Because(err, record.Invalid, "docx-damaged", "Tệp DOCX bị hỏng hoặc bị cắt cụt: không đọc được mục lục của tệp nén")
	}
	if len(zr.File) > maxParts {
		return nil, TooLarge("có hơn %d thành phần", maxParts)
	}
	if err := declaredSizes(zr.File, len(b)); err != nil {
		return nil, err
	}
	p := &Package{parts: make(map[string]packagePart, len(zr.File))}
	seen := make(map[string]bool, len(zr.File))
	left := int64(maxInflated)
	for _, f := range zr.File {
		if err := safeName(f.Name, seen); err != nil {
			return nil, err
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		part, err := readPart(f, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(part.data))
		p.parts[f.Name] = part
	}
	if err := p.identify(); err != nil {
		return nil, err
	}
	return p, p.checkXML()
}

// declaredSizes refuses by the directory alone, before anything is inflated.
func declaredSizes(files []*zip.File, zipped int) error {
	var total, packed uint64
	for _, f := range files {
		if f.UncompressedSize64 > maxInflated || f.CompressedSize64 > uint64(zipped) {
			return TooLarge("giải nén vượt quá %d MB", maxInflated>>20)
		}
		total += f.UncompressedSize64
		packed += f.CompressedSize64
	}
	switch {
	case total > maxInflated:
		return TooLarge("giải nén vượt quá %d MB", maxInflated>>20)
	case packed > uint64(zipped): // entries that share their bytes
		return record.E(record.Invalid, "docx-damaged", "Tệp DOCX bị hỏng: các thành phần chồng lên nhau")
	case total > minBomb && total > uint64(zipped)*maxRatio:
		return TooLarge("tỷ lệ nén quá %d lần, dấu hiệu của tệp phá hoại", maxRatio)
	}
	return nil
}

func safeName(name string, seen map[string]bool) error {
	plain := strings.TrimSuffix(name, "/")
	bad := plain == "" || len(name) > maxPartName || !utf8.ValidString(name) ||
		strings.ContainsAny(name, "\\:") || path.IsAbs(name) || path.Clean(plain) != plain ||
		plain == ".." || strings.HasPrefix(plain, "../") ||
		strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
	if bad {
		return unsafeName(name, "tên thành phần không an toàn")
	}
	// OPC compares part names without regard to ASCII case.
	key := strings.ToLower(plain)
	if seen[key] {
		return unsafeName(name, "tên thành phần bị lặp")
	}
	seen[key] = true
	return nil
}

func readPart(f *zip.File, left int64) (packagePart, error) {
	if f.Flags&1 != 0 {
		return packagePart{}, encrypted()
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return packagePart{}, damaged(f.Name, fmt.Errorf("compression method %d", f.Method))
	}
	rc, err := f.Open()
	if err != nil {
		return packagePart{}, damaged(f.Name, err)
	}
	defer rc.Close()
	data, err := io.ReadAll(io.LimitReader(rc, left+1))
	if err != nil {
		return packagePart{}, damaged(f.Name, err)
	}
	if int64(len(data)) > left {
		return packagePart{}, TooLarge("giải nén vượt quá %d MB", maxInflated>>20)
	}
	rr, err := f.OpenRaw()
	if err != nil {
		return packagePart{}, damaged(f.Name, err)
	}
	raw, err := io.ReadAll(rr)
	if err != nil {
		return packagePart{}, damaged(f.Name, err)
	}
	return packagePart{data: data, raw: raw, method: f.Method, crc: f.CRC32}, nil
}

// Part is the content of a part; callers must not change it.
func (p *Package) Part(name string) ([]byte, bool) {
	part, ok := p.parts[name]
	return part.data, ok
}

// Set adds or replaces a part.
func (p *Package) Set(name string, data []byte) {
	p.parts[name] = packagePart{data: data, method: zip.Deflate, crc: crc32.ChecksumIEEE(data)}
}

// Clone is a package whose parts can be set without touching p.
func (p *Package) Clone() *Package {
	c := *p
	c.parts = make(map[string]packagePart, len(p.parts)+1)
	for name, part := range p.parts {
		c.parts[name] = part
	}
	return &c
}

// Names lists the parts in the order they are written: the two that a reader
// needs first, then by name.
func (p *Package) Names() []string {
	names := make([]string, 0, len(p.parts))
	for name := range p.parts {
		names = append(names, name)
	}
	rank := func(name string) int {
		switch name {
		case contentTypesPart:
			return 0
		case packageRels:
			return 1
		}
		return 2
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// Write makes the file. Equal parts give equal bytes: fixed order, the ZIP
// epoch as the time of every entry, sizes in the local headers.
func (p *Package) Write() ([]byte, error) {
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	var fw *flate.Writer
	for _, name := range p.Names() {
		part := p.parts[name]
		if part.raw == nil {
			var packed bytes.Buffer
			if fw == nil {
				fw, _ = flate.NewWriter(&packed, flate.DefaultCompression) // the level is valid
			} else {
				fw.Reset(&packed)
			}
			if _, err := fw.Write(part.data); err != nil {
				return nil, fmt.Errorf("compress %s: %w", name, err)
			}
			if err := fw.Close(); err != nil {
				return nil, fmt.Errorf("compress %s: %w", name, err)
			}
			part.raw = packed.Bytes()
		}
		w, err := zw.CreateRaw(&zip.FileHeader{Name: name, Method: part.method, Modified: Epoch(),
			CRC32: part.crc, CompressedSize64: uint64(len(part.raw)), UncompressedSize64: uint64(len(part.data))})
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		if _, err := w.Write(part.raw); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := zw.Close(); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	return out.Bytes(), nil
}

func Epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

func TooLarge(format string, args ...any) error {
	return record.E(record.Invalid, "docx-too-large", "Tệp DOCX quá giới hạn: "+fmt.Sprintf(format, args...))
}

func encrypted() error {
	return record.E(record.Invalid, "docx-encrypted", "Tệp DOCX được đặt mật khẩu; hãy bỏ mật khẩu rồi lưu lại")
}

func damaged(part string, err error) error {
	return &record.Error{Kind: record.Invalid, Code: "docx-damaged", Message: "Tệp DOCX bị hỏng",
		Faults: []record.Fault{{Part: part, Code: "docx-damaged", Message: "Không giải nén được thành phần này"}}, Err: err}
}

func unsafeName(name, why string) error {
	return &record.Error{Kind: record.Invalid, Code: "docx-unsafe-name", Message: "Tệp DOCX có tên thành phần không an toàn",
		Faults: []record.Fault{{Part: fmt.Sprintf("%.80q", name), Code: "docx-unsafe-name", Message: why}}}
}
