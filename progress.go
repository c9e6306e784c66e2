package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
)

// progress shows on stderr how far something long has come: a bar that is drawn
// over itself on a terminal, a line every ten seconds elsewhere.
type progress struct {
	out   io.Writer
	what  string
	bar   bool
	every time.Duration

	mu    sync.Mutex
	begun time.Time
	shown time.Time
}

func newProgress(out io.Writer, what string) *progress {
	f, ok := out.(*os.File)
	p := &progress{out: out, what: what, bar: ok && isatty.IsTerminal(f.Fd()), every: 10 * time.Second, begun: time.Now()}
	p.shown = p.begun
	if p.bar {
		p.every = 100 * time.Millisecond
	}
	return p
}

const barWidth = 30

func (p *progress) step(done, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.shown) >= p.every || p.bar && done == all {
		p.shown = now
		p.show(done, all)
	}
}

func (p *progress) show(done, all int) {
	all = max(all, done, 1)
	left := time.Duration(float64(time.Since(p.begun)) / float64(max(done, 1)) * float64(all-done)).Round(time.Second)
	if !p.bar {
		fmt.Fprintf(p.out, "%s: %d/%d (%d %%), còn khoảng %s\n", p.what, done, all, 100*done/all, left)
		return
	}
	full := barWidth * done / all
	fmt.Fprintf(p.out, "\r%s [%s%s] %d/%d, còn khoảng %s\x1b[K", p.what, strings.Repeat("█", full), strings.Repeat("·", barWidth-full), done, all, left)
	if done == all {
		fmt.Fprintln(p.out)
	}
}
