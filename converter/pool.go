package converter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Config says how a Pool works. Every zero value has a default.
type Config struct {
	Workers      int           // processes that convert at the same time; default one per CPU
	Queue        int           // documents that may wait besides; default 16 per worker, below 0 for none
	Timeout      time.Duration // wall clock per document; default 60 s
	RecycleAfter int           // documents after which a worker is replaced; default 100
	Dir          string        // scratch and profiles, private to this account; default in the user's cache folder
	Office       string        // LibreOffice's program folder; default /usr/lib/libreoffice/program
	Command      []string      // starts a worker (see RunWorker); default this program with "convert-worker"
	AddressSpace uint64        // bytes a worker may reserve; default 4 GiB, the least that is sensible 2 GiB
	Log          *slog.Logger  // default slog.Default()

	unconfined  bool // for tests of the profile by itself
	noNamespace bool
}

func (c Config) withDefaults() (Config, error) {
	if c.Workers <= 0 {
		c.Workers = runtime.NumCPU()
	}
	switch {
	case c.Queue == 0:
		c.Queue = 16 * c.Workers
	case c.Queue < 0:
		c.Queue = 0
	}
	if c.Timeout <= 0 {
		c.Timeout = 60 * time.Second
	}
	if c.RecycleAfter <= 0 {
		c.RecycleAfter = 100
	}
	if c.Office == "" {
		c.Office = "/usr/lib/libreoffice/program"
	}
	if c.AddressSpace == 0 {
		c.AddressSpace = 4 << 30
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil { // a service account without a home
			cache = filepath.Join(os.TempDir(), fmt.Sprintf("vanthu-%d", os.Geteuid()))
		}
		c.Dir = filepath.Join(cache, "vanthu", "converter")
	}
	if len(c.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return c, fmt.Errorf("worker command: %w", err)
		}
		c.Command = []string{self, "convert-worker"}
	}
	var err error
	c.Dir, err = filepath.Abs(c.Dir)
	return c, err
}

// Pool converts documents by worker processes that it starts when they are
// needed and replaces when they are worn or lost. Its methods may be called
// from many goroutines.
type Pool struct {
	cfg     Config
	home    *home
	tickets chan struct{} // one per document that runs or waits
	running chan struct{} // one per document that runs

	ctx  context.Context // ends with Close
	stop context.CancelCauseFunc

	mu   sync.Mutex
	idle []*process // the last one in is the first one out: few documents, few workers

	isolation atomic.Int32 // index into namespaces
	announced sync.Once
	closed    sync.Once
	closing   error
}

// New prepares the scratch folder and removes what dead pools left there. No
// worker is started before the first document. The error is Unavailable.
func New(cfg Config) (*Pool, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, unavailable(err)
	}
	h, err := openHome(cfg.Dir)
	if err != nil {
		return nil, unavailable(fmt.Errorf("converter scratch folder: %w", err))
	}
	p := &Pool{cfg: cfg, home: h,
		tickets: make(chan struct{}, cfg.Workers+cfg.Queue), running: make(chan struct{}, cfg.Workers)}
	p.ctx, p.stop = context.WithCancelCause(context.Background())
	if cfg.noNamespace {
		p.isolation.Store(int32(len(namespaces) - 1))
	}
	return p, nil
}

// Convert turns a DOCX package into PDF/A-2b. Its errors are *record.Error:
//
//	Invalid      not-docx, docx-too-large; conversion-timeout, conversion-failed;
//	             conversion-crashed when the document brought its worker down
//	Unavailable  converter-unavailable (LibreOffice is missing or does not start),
//	             converter-closed; conversion-crashed when the worker was killed
//	             from outside: repeating makes sense
//	Busy         converter-busy (the queue is full), conversion-cancelled (ctx ended)
func (p *Pool) Convert(ctx context.Context, docx []byte) ([]byte, error) {
	if err := checkPackage(docx); err != nil {
		return nil, err
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	pdf, err := p.serve(ctx, docx)
	if errors.Is(err, errUntouched) {
		// An idle worker had been killed and the news came too late. The document
		// was not begun, so this is its first try, not a second one.
		pdf, err = p.serve(ctx, docx)
	}
	if errors.Is(err, errUntouched) {
		err = unavailable(err)
	}
	return pdf, err
}

// enter waits for a worker's turn.
func (p *Pool) enter(ctx context.Context) (leave func(), err error) {
	select {
	case p.tickets <- struct{}{}:
	default:
		return nil, queueFull(p.cfg.Queue)
	}
	select {
	case p.running <- struct{}{}:
	case <-ctx.Done():
		<-p.tickets
		return nil, cancelled(context.Cause(ctx))
	case <-p.ctx.Done():
		<-p.tickets
		return nil, errClosed
	}
	leave = func() { <-p.running; <-p.tickets }
	if p.ctx.Err() != nil {
		leave()
		return nil, errClosed
	}
	return leave, nil
}

// errTimeout is the cause of a context that ran into Config.Timeout.
var errTimeout = errors.New("conversion timeout")

// serve has one worker convert the document and puts the worker back, or away.
func (p *Pool) serve(ctx context.Context, docx []byte) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errClosed) })()
	w, err := p.take(ctx)
	if err != nil {
		return nil, p.interrupted(ctx, unavailable(err))
	}
	limited, cancelLimit := context.WithTimeoutCause(ctx, p.cfg.Timeout, errTimeout)
	defer cancelLimit()
	stop := context.AfterFunc(limited, w.kill)
	began := time.Now()
	pdf, err := w.exchange(docx)
	intact := stop()
	var words refusal
	switch {
	case err == nil && !wholePDF(pdf):
		w.end()
		return nil, failed("the worker's answer is not a PDF")
	case err == nil || errors.As(err, &words):
		p.put(w, intact)
		if err != nil {
			return nil, failed(string(words))
		}
		p.cfg.Log.Debug("document converted", slog.Int("docx", len(docx)), slog.Int("pdf", len(pdf)), slog.Duration("took", time.Since(began)))
		return pdf, nil
	}
	return nil, p.lost(limited, w, err)
}

// lost says what a document's dead worker means for the document.
func (p *Pool) lost(ctx context.Context, w *process, err error) error {
	if pipeEnded(err) {
		w.wait(5 * time.Second) // its own end, with its own status
	} else {
		w.end()
	}
	if ctx.Err() == nil && errors.Is(err, errUntouched) {
		return err
	}
	p.cfg.Log.Warn("converter worker lost", slog.Int("pid", w.pid), slog.String("status", describe(w.status)),
		slog.Any("cause", context.Cause(ctx)), slog.String("stderr", w.stderr.String()))
	if !pipeEnded(err) {
		return p.interrupted(ctx, crashed(syscall.WaitStatus(0), p.cfg.Timeout, err.Error()))
	}
	return p.interrupted(ctx, crashed(w.status, p.cfg.Timeout, w.stderr.String()))
}

// interrupted prefers our own reason for ending a worker over what it looked
// like from outside.
func (p *Pool) interrupted(ctx context.Context, otherwise error) error {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return otherwise
	case errors.Is(cause, errTimeout):
		return timedOut(p.cfg.Timeout)
	case errors.Is(cause, errClosed):
		return errClosed
	default:
		return cancelled(cause)
	}
}

func pipeEnded(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, errUntouched)
}

func wholePDF(b []byte) bool {
	return bytes.HasPrefix(b, []byte("%PDF-")) && bytes.Contains(b[max(0, len(b)-64):], []byte("%%EOF"))
}

// take finds an idle worker that is alive, or starts one.
func (p *Pool) take(ctx context.Context) (*process, error) {
	for {
		p.mu.Lock()
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return p.startWorker(ctx)
		}
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		if w.alive() {
			return w, nil
		}
		w.end()
	}
}

// put makes a worker idle, or ends one that is worn or already being killed.
func (p *Pool) put(w *process, intact bool) {
	if !intact || w.served >= p.cfg.RecycleAfter {
		w.end()
		return
	}
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.mu.Unlock()
}

func (p *Pool) startWorker(ctx context.Context) (*process, error) {
	began := time.Now()
	dir, err := p.home.scratch()
	if err != nil {
		return nil, err
	}
	if err := p.copyProfile(ctx, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(string(dir)))
	}
	w, err := p.launch(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	p.announced.Do(func() { p.announce(ctx, w) })
	p.cfg.Log.Debug("converter worker started", slog.Int("pid", w.pid), slog.Duration("took", time.Since(began)))
	return w, nil
}

func (p *Pool) setup(dir scratch) setup {
	s := setup{Program: p.cfg.Office, Dir: string(dir), Timeout: p.cfg.Timeout, AddressSpace: p.cfg.AddressSpace,
		Unconfined: p.cfg.unconfined, ReadOnly: []string{filepath.Join(dataHome(), "fonts")}}
	if program, err := filepath.EvalSymlinks(p.cfg.Office); err == nil {
		s.ReadOnly = append(s.ReadOnly, filepath.Dir(program), filepath.Dir(p.cfg.Office))
	}
	return s
}

// announce logs once what confines the workers and which font they use.
func (p *Pool) announce(ctx context.Context, w *process) {
	how := namespaces[p.isolation.Load()]
	attrs := []any{slog.Bool("seccomp", w.holds.Seccomp), slog.Int("landlock", w.holds.Landlock), slog.String("namespace", how.name)}
	switch {
	case !w.holds.Seccomp && how.flags == 0:
		p.cfg.Log.Warn("converter workers can reach the network: only the profile keeps them from fetching links", append(attrs, slog.String("missing", w.holds.Missing))...)
	case w.holds.Missing != "":
		p.cfg.Log.Warn("converter workers are confined in part", append(attrs, slog.String("missing", w.holds.Missing))...)
	default:
		p.cfg.Log.Info("converter workers are confined", attrs...)
	}
	font, err := p.Font(ctx)
	p.cfg.Log.Info("font in place of Times New Roman", slog.String("font", font), slog.Any("error", err))
}

// Close refuses new documents, ends those under way with "converter-closed",
// ends every worker and removes the pool's files.
func (p *Pool) Close() error {
	p.closed.Do(func() {
		p.stop(errClosed)
		for range cap(p.tickets) {
			p.tickets <- struct{}{}
		}
		for _, w := range p.idle {
			w.end()
		}
		p.closing = p.home.close()
	})
	return p.closing
}
