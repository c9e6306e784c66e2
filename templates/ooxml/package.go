package ooxml

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"vanthu/record"
)

// Limits of a DOCX package from outside. An official form stays far below
// them: of 1,900 Word files of others, full of tables, charts and drawings, the
// largest had 4 MB of XML.
const (
	maxZipped   = 20 << 20  // bytes of the file
	maxInflated = 100 << 20 // bytes of all parts together
	maxXML      = 10 << 20  // bytes of all XML parts together
	maxTable    = 2 << 20   // bytes of one table of content types or relationships
	maxRatio    = 100       // inflated to zipped, over the whole file
	minBomb     = 1 << 20   // bytes below which no ratio is a bomb
	maxParts    = 2000
	maxPartName = 255 // bytes
)

// Package is a DOCX in memory: its parts by name. What Open returns is safe to
// build trees from: its XML parts are well formed, shallow, without DTD and of
// bounded size. It is not a judgement on what the parts do; Inspect gives that.
type Package struct {
	// Document is the name of the main part, as a rule "word/document.xml".
	Document string
	// Dropped tells what Open took off, as warnings.
	Dropped []record.Fault

	parts map[string]packagePart
	types contentTypes
}

// Open reads a DOCX within the limits above. The bytes must not change while
// the package is in use. Errors are record.Invalid with the codes "not-docx",
// "docx-encrypted", "docx-macros", "docx-too-large", "docx-damaged",
// "docx-unsafe-name" and "docx-xml".
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
	if err := p.read(zr.File, b); err != nil {
		return nil, err
	}
	if err := p.checkXML(); err != nil {
		return nil, err
	}
	return p, p.settle()
}

// read takes in the entries: what says which part is what first, so that only
// XML is kept inflated.
func (p *Package) read(files []*zip.File, b []byte) error {
	seen := make(map[string]bool, len(files))
	var later []*zip.File
	left := int64(maxInflated)
	for _, f := range files {
		if err := safeName(f.Name, seen); err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(f.Name, "/"):
		case f.Name == contentTypesPart || f.Name == packageRels:
			if f.UncompressedSize64 > maxTable {
				return TooLarge("bảng kiểu nội dung hoặc danh sách liên kết lớn hơn %d MB", maxTable>>20)
			}
			if err := p.readEntry(f, b, true, &left); err != nil {
				return err
			}
		default:
			later = append(later, f)
		}
	}
	if err := p.readTypes(); err != nil {
		return err
	}
	xml := int64(0)
	for _, f := range later {
		isXML := p.namedXML(f.Name)
		if isXML {
			if isRels(f.Name) && f.UncompressedSize64 > maxTable {
				return TooLarge("danh sách liên kết lớn hơn %d MB", maxTable>>20)
			}
			if xml += int64(f.UncompressedSize64); xml > maxXML {
				return TooLarge("phần văn bản vượt quá %d MB", maxXML>>20)
			}
		}
		if err := p.readEntry(f, b, isXML, &left); err != nil {
			return err
		}
	}
	return p.identify()
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

// Part is the content of a part; callers must not change it. Parts that are not
// XML are inflated at every call.
func (p *Package) Part(name string) ([]byte, bool) {
	part, ok := p.parts[name]
	if !ok {
		return nil, false
	}
	return part.content(), true
}

// Set adds or replaces a part.
func (p *Package) Set(name string, data []byte) {
	p.parts[name] = packagePart{data: data, size: int64(len(data)), method: zip.Deflate, crc: crc32.ChecksumIEEE(data)}
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
