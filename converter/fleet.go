package converter

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

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
	if err != nil {
		p.cfg.Log.Warn("font in place of Times New Roman unknown", slog.Any("error", err))
		return
	}
	p.cfg.Log.Info("font in place of Times New Roman", slog.String("font", font))
}
