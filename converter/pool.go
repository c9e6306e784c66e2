package converter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

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
	return p.ConvertWithin(ctx, docx, p.cfg.Timeout)
}

// ConvertWithin is Convert with another wall clock than Config.Timeout, for what
// is long and our own: a year's register. The processor time that a document may
// take stays that of Convert.
func (p *Pool) ConvertWithin(ctx context.Context, docx []byte, limit time.Duration) ([]byte, error) {
	select {
	case p.tickets <- struct{}{}:
		defer func() { <-p.tickets }()
	default:
		if p.ctx.Err() != nil {
			return nil, errClosed
		}
		return nil, queueFull(p.cfg.Queue)
	}
	// Checking inflates, so it too is for ticket holders only.
	if err := checkPackage(docx); err != nil {
		return nil, err
	}
	if err := p.turn(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.running }()
	pdf, err := p.serve(ctx, docx, limit)
	if errors.Is(err, errUntouched) {
		// An idle worker had been killed and the news came too late. The document
		// was not begun, so this is its first try, not a second one.
		pdf, err = p.serve(ctx, docx, limit)
	}
	if errors.Is(err, errUntouched) {
		err = unavailable(err)
	}
	return pdf, err
}

// turn waits until fewer than Config.Workers documents run.
func (p *Pool) turn(ctx context.Context) error {
	select {
	case p.running <- struct{}{}:
	case <-ctx.Done():
		return cancelled(context.Cause(ctx))
	case <-p.ctx.Done():
		return errClosed
	}
	if p.ctx.Err() != nil { // select picks at random
		<-p.running
		return errClosed
	}
	return nil
}

// timeout is the cause of a context that ran into its limit.
type timeout time.Duration

func (t timeout) Error() string { return "conversion timeout of " + time.Duration(t).String() }

// serve has one worker convert the document and puts the worker back, or away.
func (p *Pool) serve(ctx context.Context, docx []byte, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errClosed) })()
	w, err := p.take(ctx)
	if err != nil {
		return nil, p.interrupted(ctx, unavailable(err))
	}
	limited, cancelLimit := context.WithTimeoutCause(ctx, limit, timeout(limit))
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
	level := slog.LevelWarn
	if cause := context.Cause(ctx); cause != nil && !errors.As(cause, new(timeout)) {
		level = slog.LevelDebug // we ended it because nobody waits any more
	}
	p.cfg.Log.Log(context.WithoutCancel(ctx), level, "converter worker lost", slog.Int("pid", w.pid), slog.String("status", describe(w.status)),
		slog.Any("cause", context.Cause(ctx)), slog.String("stderr", w.stderr.String()))
	if !pipeEnded(err) {
		return p.interrupted(ctx, crashed(syscall.WaitStatus(0), p.cfg.Timeout, err.Error()))
	}
	return p.interrupted(ctx, crashed(w.status, p.cfg.Timeout, w.stderr.String()))
}

// interrupted prefers our own reason for ending a worker over what it looked
// like from outside.
func (p *Pool) interrupted(ctx context.Context, otherwise error) error {
	var late timeout
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return otherwise
	case errors.As(cause, &late):
		return timedOut(time.Duration(late))
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
