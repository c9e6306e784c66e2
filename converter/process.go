package converter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startTimeout bounds the time from starting a worker to its first frame, and
// from the end of its input to its own end.
const startTimeout = 30 * time.Second

// process is one worker as the pool sees it.
type process struct {
	in, out *os.File
	pid     int
	served  int
	holds   confinement

	gone   chan struct{} // closed when the process is no more and its folder removed
	status syscall.WaitStatus
	stderr tail
	left   error // of removing the folder

	mu     sync.Mutex
	reaped bool
}

// launch starts a worker in its folder and waits until LibreOffice is loaded.
// Before the folder is removed at the worker's end, keep may take something out
// of it.
func (p *Pool) launch(ctx context.Context, dir scratch, keep func() error) (*process, error) {
	w := &process{gone: make(chan struct{})}
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	w.in, w.out = in, out
	started := make(chan error, 1)
	go func() {
		// The kernel kills the worker when the thread that made it ends, so this
		// thread lives as long as the worker does and is never given back.
		runtime.LockOSThread()
		cmd, err := p.spawn(dir, childIn, childOut, &w.stderr)
		childIn.Close()
		childOut.Close()
		if err != nil {
			in.Close()
			out.Close()
			started <- err
			return
		}
		w.pid = cmd.Process.Pid
		started <- nil
		w.supervise(cmd)
		if keep != nil {
			w.left = keep()
		}
		w.left = errors.Join(w.left, os.RemoveAll(string(dir)))
		close(w.gone)
	}()
	if err := <-started; err != nil {
		return nil, errors.Join(err, os.RemoveAll(string(dir)))
	}
	if err := w.greet(ctx, p.setup(dir)); err != nil {
		w.end()
		return nil, fmt.Errorf("start worker: %w %s", err, w.stderr.String())
	}
	return w, nil
}

// spawn starts the command in a network namespace of its own, where that is
// allowed.
func (p *Pool) spawn(dir scratch, in, out *os.File, stderr io.Writer) (*exec.Cmd, error) {
	for {
		how := p.isolation.Load()
		cmd := exec.Command(p.cfg.Command[0], p.cfg.Command[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, stderr
		cmd.Dir, cmd.Env = string(dir), workerEnv(dir)
		cmd.WaitDelay = time.Second
		cmd.SysProcAttr = namespaces[how].attr()
		err := cmd.Start()
		if err == nil || int(how) == len(namespaces)-1 {
			return cmd, err
		}
		if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSPC) && !errors.Is(err, unix.EACCES) {
			return nil, err
		}
		p.cfg.Log.Info("worker namespace refused", slog.String("namespace", namespaces[how].name), slog.Any("error", err))
		p.isolation.CompareAndSwap(how, how+1)
	}
}

// greet exchanges the first frames.
func (w *process) greet(ctx context.Context, s setup) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, w.kill)
	defer stop()
	err := writeJSON(w.in, frameSetup, s)
	if err != nil {
		return err
	}
	kind, payload, err := readFrame(w.out)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case kind == frameRefused:
		return errors.New(string(payload))
	case kind != frameReady:
		return fmt.Errorf("first frame of kind %q", kind)
	}
	return json.Unmarshal(payload, &w.holds)
}

// errUntouched: the worker died before it took the document up.
var errUntouched = errors.New("worker ended before the document was begun")

// refusal is LibreOffice's own word that a document cannot be converted. The
// worker lives.
type refusal string

func (r refusal) Error() string { return string(r) }

// exchange sends a document and reads the answer. Every error but a refusal
// means that the worker is lost.
func (w *process) exchange(docx []byte) ([]byte, error) {
	w.served++
	if err := writeFrame(w.in, frameDocument, docx); err != nil {
		return nil, errUntouched
	}
	kind, _, err := readFrame(w.out)
	switch {
	case err != nil:
		return nil, errUntouched
	case kind != frameBegun:
		return nil, fmt.Errorf("frame of kind %q", kind)
	}
	kind, payload, err := readFrame(w.out)
	switch {
	case err != nil:
		return nil, err
	case kind == frameFailed:
		return nil, refusal(payload)
	case kind != framePDF:
		return nil, fmt.Errorf("frame of kind %q", kind)
	}
	return payload, nil
}

// supervise waits for the end, kills what is left of the process group while
// its number still belongs to us, and only then lets the kernel forget it.
func (w *process) supervise(cmd *exec.Cmd) {
	for {
		err := unix.Waitid(unix.P_PID, w.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			break
		}
	}
	w.mu.Lock()
	_ = unix.Kill(-w.pid, unix.SIGKILL)
	w.reaped = true
	w.mu.Unlock()
	_ = cmd.Wait()
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
		w.status = s
	}
	w.in.Close()
}

// kill ends the whole process group at once. It may be called at any time.
func (w *process) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.reaped {
		_ = unix.Kill(-w.pid, unix.SIGKILL)
	}
}

// wait waits for the worker's own end and kills it when that takes too long.
func (w *process) wait(grace time.Duration) {
	t := time.AfterFunc(grace, w.kill)
	<-w.gone
	t.Stop()
	w.out.Close()
}

// end kills the worker and waits until nothing of it is left.
func (w *process) end() {
	w.kill()
	w.wait(0)
}

// alive is false once the kernel has reported the end.
func (w *process) alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.reaped
}
