package pdf

import (
	"errors"
	"fmt"
)

// Every error of this package is one of these kinds, to be asked for with
// errors.Is.
var (
	// ErrDamaged: the bytes are not a PDF, or not a whole one.
	ErrDamaged = errors.New("damaged PDF")
	// ErrEncrypted: the file is encrypted.
	ErrEncrypted = errors.New("encrypted PDF")
	// ErrLimit: the file asks for more depth, objects, memory or work than any
	// honest document needs.
	ErrLimit = errors.New("PDF exceeds a limit")
	// ErrUnsupported: the file is well formed but uses what this package does
	// not read.
	ErrUnsupported = errors.New("unsupported PDF feature")
)

// Limits on files from outside.
const (
	MaxFileSize    = 128 << 20 // bytes
	MaxObjects     = 400_000   // entries of all cross-reference sections together
	MaxObjectNum   = 8_388_607 // Annex C.2
	MaxSections    = 256       // cross-reference sections, so revisions too
	MaxDepth       = 64        // nesting of arrays and dictionaries
	MaxPages       = 20_000
	MaxTreeDepth   = 48        // page and name trees
	MaxStreamSize  = 64 << 20  // one stream, decoded
	MaxDecodedSize = 256 << 20 // all streams of one File, decoded
)

func damaged(at int, format string, args ...any) error {
	return fmt.Errorf("%w: at byte %d: %s", ErrDamaged, at, fmt.Sprintf(format, args...))
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func limit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}

func unsupported(what string) error { return fmt.Errorf("%w: %s", ErrUnsupported, what) }
