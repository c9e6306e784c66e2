package ooxml

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"time"
)

// packagePart keeps the compressed bytes of the file, so that a part nobody
// changed is written as it came, and the plain bytes of XML only: pictures may
// be large and are hardly ever looked at.
type packagePart struct {
	raw    []byte // as stored in the file, nil after Set
	data   []byte // plain, nil for what is not XML
	size   int64  // of the plain bytes
	method uint16
	crc    uint32
}

// readEntry inflates one entry, which checks its size and checksum, and keeps
// the plain bytes if told.
func (p *Package) readEntry(f *zip.File, b []byte, keep bool, left *int64) error {
	if f.Flags&1 != 0 {
		return encrypted()
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return damaged(f.Name, fmt.Errorf("compression method %d", f.Method))
	}
	rc, err := f.Open()
	if err != nil {
		return damaged(f.Name, err)
	}
	defer rc.Close()
	part := packagePart{method: f.Method, crc: f.CRC32}
	var out io.Writer = io.Discard
	var plain bytes.Buffer
	if keep {
		plain.Grow(int(min(f.UncompressedSize64, uint64(*left))) + bytes.MinRead)
		out = &plain
	}
	if part.size, err = io.Copy(out, io.LimitReader(rc, *left+1)); err != nil {
		return damaged(f.Name, err)
	}
	if *left -= part.size; *left < 0 {
		return TooLarge("giải nén vượt quá %d MB", maxInflated>>20)
	}
	if keep {
		part.data = plain.Bytes()
	}
	at, err := f.DataOffset()
	if err != nil {
		return damaged(f.Name, err)
	}
	part.raw = b[at : at+int64(f.CompressedSize64)] // f.Open has read it: it is there
	p.parts[f.Name] = part
	return nil
}

func (part packagePart) content() []byte {
	switch {
	case part.data != nil || part.size == 0:
		return part.data
	case part.method == zip.Store:
		return part.raw
	}
	plain := bytes.NewBuffer(make([]byte, 0, part.size+bytes.MinRead))
	// readEntry has inflated the same bytes to the end.
	_, _ = plain.ReadFrom(flate.NewReader(bytes.NewReader(part.raw)))
	return plain.Bytes()
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
			CRC32: part.crc, CompressedSize64: uint64(len(part.raw)), UncompressedSize64: uint64(part.size)})
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

// Epoch is the time of every entry that is written: the first that ZIP knows.
func Epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }
