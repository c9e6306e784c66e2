package converter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// pdfOptions asks LibreOffice's writer_pdf_Export for PDF/A-2b. Photographs
// keep the resolution and, where they are JPEG already, the bytes they have.
const pdfOptions = `{
"SelectPdfVersion": {"type": "long", "value": "2"},
"UseTaggedPDF": {"type": "boolean", "value": "true"},
"ExportBookmarks": {"type": "boolean", "value": "true"},
"ExportBookmarksToPDFDestination": {"type": "boolean", "value": "true"},
"ExportFormFields": {"type": "boolean", "value": "false"},
"UseLosslessCompression": {"type": "boolean", "value": "false"},
"Quality": {"type": "long", "value": "95"},
"ReduceImageResolution": {"type": "boolean", "value": "false"}}`

// RunWorker is the body of the hidden command that Config.Command names: it
// takes over this process, speaks frames on standard input and output, and
// returns the exit status when the input ends. Nothing else may run in the
// process, and its first thread must be free.
func RunWorker() int {
	runtime.LockOSThread() // LibreOffice wants to see one thread only
	in, out, err := claimPipes()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	w := worker{in: in, out: out}
	if err := w.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// claimPipes moves the pipe away from file descriptor 1, so that a library
// that prints cannot garble the frames.
func claimPipes() (in, out *os.File, err error) {
	fd, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, fmt.Errorf("worker output: %w", err)
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		return nil, nil, fmt.Errorf("worker output: %w", err)
	}
	return os.Stdin, os.NewFile(uintptr(fd), "frames"), nil
}

type worker struct {
	in     io.Reader
	out    io.Writer
	setup  setup
	dir    scratch
	office *office
}

func (w *worker) run() error {
	kind, payload, err := readFrame(w.in)
	if err != nil || kind != frameSetup {
		return fmt.Errorf("this command is started by the converter only (%v)", err)
	}
	if err := json.Unmarshal(payload, &w.setup); err != nil {
		return fmt.Errorf("worker setup: %w", err)
	}
	w.dir = scratch(w.setup.Dir)
	holds, err := w.start()
	if err != nil {
		return errors.Join(err, writeFrame(w.out, frameRefused, []byte(err.Error())))
	}
	if err := writeJSON(w.out, frameReady, holds); err != nil {
		return err
	}
	for {
		kind, docx, err := readFrame(w.in)
		if err == io.EOF {
			w.office.close()
			return nil
		}
		if err != nil || kind != frameDocument {
			return fmt.Errorf("next document: kind %q, %v", kind, err)
		}
		if err := w.serve(docx); err != nil {
			return err
		}
	}
}

// start confines the process and loads LibreOffice. Files are confined before
// foreign code is loaded; calls after it, since loading may use what
// converting must not.
func (w *worker) start() (confinement, error) {
	var holds confinement
	if err := os.MkdirAll(w.dir.tmp(), 0o700); err != nil {
		return holds, err
	}
	if err := limitResources(w.setup); err != nil {
		return holds, err
	}
	var missing []error
	if !w.setup.Unconfined {
		var err error
		if holds.Landlock, err = confineFiles(w.setup); err != nil {
			missing = append(missing, err)
		}
	}
	var err error
	if w.office, err = loadOffice(w.setup.Program, w.dir.profile()); err != nil {
		return holds, err
	}
	if !w.setup.Unconfined {
		if err := confineCalls(); err != nil {
			missing = append(missing, err)
		} else {
			holds.Seccomp = true
		}
	}
	if err := errors.Join(missing...); err != nil {
		holds.Missing = err.Error()
	}
	return holds, nil
}

// serve answers one document. An error of its own means the worker is unfit.
func (w *worker) serve(docx []byte) error {
	if err := writeFrame(w.out, frameBegun, nil); err != nil {
		return err
	}
	// Twice the wall clock: layout and export may use two cores.
	if err := limitCPU(2 * uint64(w.setup.Timeout.Seconds()+1)); err != nil {
		return err
	}
	pdf, err := w.convert(docx)
	w.tidy() // before the answer: who has it may count on that
	if err != nil {
		text := err.Error()
		return writeFrame(w.out, frameFailed, []byte(text[:min(len(text), maxMessage)]))
	}
	return writeFrame(w.out, framePDF, pdf)
}

func (w *worker) convert(docx []byte) ([]byte, error) {
	if err := os.WriteFile(w.dir.docx(), docx, 0o600); err != nil {
		return nil, err
	}
	if err := w.office.convert(w.dir.docx(), w.dir.pdf(), pdfOptions); err != nil {
		return nil, err
	}
	return os.ReadFile(w.dir.pdf()) // RLIMIT_FSIZE kept it below maxPDF
}

// tidy leaves nothing of a document on the disk. Folders stay: LibreOffice made
// its own under tmp once and goes on using it.
func (w *worker) tidy() {
	_ = os.Remove(w.dir.docx())
	_ = os.Remove(w.dir.pdf())
	_ = filepath.WalkDir(w.dir.tmp(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			_ = os.Remove(path)
		}
		return nil
	})
}
