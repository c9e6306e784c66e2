package converter

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A frame is one tag byte, the length as four bytes big endian, the payload.
//
//	pool ─▶ worker: frameSetup once, then frameDocument (a DOCX) for each job
//	worker ─▶ pool: frameReady or frameRefused once, then for each job
//	                frameBegun, and framePDF or frameFailed
type frame byte

const (
	frameSetup    frame = 's' // setup as JSON
	frameReady    frame = 'r' // confinement as JSON
	frameRefused  frame = 'x' // why the worker cannot work, English
	frameDocument frame = 'd'
	frameBegun    frame = 'b' // from here on a dead worker counts as this document's doing
	framePDF      frame = 'p'
	frameFailed   frame = 'f' // LibreOffice's words
)

// setup is what a worker must know before it loads LibreOffice.
type setup struct {
	Program      string        `json:"program"` // LibreOffice's program folder
	Dir          string        `json:"dir"`     // the worker's own: profile, documents, temporary files
	Timeout      time.Duration `json:"timeout"` // per document
	AddressSpace uint64        `json:"address_space"`
	Unconfined   bool          `json:"unconfined,omitempty"` // making the warm profile; tests of the profile alone
	ReadOnly     []string      `json:"read_only,omitempty"`  // folders and files besides the system's
}

// confinement is what a worker reports to hold.
type confinement struct {
	Seccomp  bool   `json:"seccomp"`
	Landlock int    `json:"landlock"`          // ABI version of the kernel, 0 for none
	Missing  string `json:"missing,omitempty"` // why one of them does not hold
}

const (
	maxDocument = 32 << 20  // bytes of a DOCX
	maxPDF      = 256 << 20 // bytes of a PDF
	maxMessage  = 64 << 10  // bytes of any other frame
)

func writeFrame(w io.Writer, t frame, payload []byte) error {
	head := [5]byte{byte(t)}
	binary.BigEndian.PutUint32(head[1:], uint32(len(payload)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

func writeJSON(w io.Writer, t frame, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, t, b)
}

// readFrame reads one frame and refuses a payload longer than its kind may
// have, before making room for it: the other side may have been taken over.
func readFrame(r io.Reader) (frame, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	t, n := frame(head[0]), int64(binary.BigEndian.Uint32(head[1:]))
	limit := int64(maxMessage)
	switch t {
	case frameDocument:
		limit = maxDocument
	case framePDF:
		limit = maxPDF
	case frameSetup, frameReady, frameRefused, frameBegun, frameFailed:
	default:
		return 0, nil, fmt.Errorf("frame of unknown kind %#x", head[0])
	}
	if n > limit {
		return 0, nil, fmt.Errorf("frame %q of %d bytes exceeds %d", t, n, limit)
	}
	// Grow with what really comes, so that a length alone costs nothing.
	payload, err := io.ReadAll(io.LimitReader(r, n))
	if err == nil && int64(len(payload)) < n {
		err = io.ErrUnexpectedEOF
	}
	return t, payload, err
}
