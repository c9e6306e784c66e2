package converter

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// namespace is one way of starting a worker without a network.
type namespace struct {
	name  string
	flags uintptr
}

// namespaces from best to none, each tried once the one before was refused.
var namespaces = [...]namespace{
	{"network", unix.CLONE_NEWNET},
	{"user and network", unix.CLONE_NEWUSER | unix.CLONE_NEWNET},
	{"none", 0},
}

// attr gives the worker its own process group, and SIGKILL when the thread that
// made it is no more: a pool killed with -9 leaves no worker.
func (n namespace) attr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Cloneflags: n.flags}
	if n.flags&unix.CLONE_NEWUSER != 0 {
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

// workerEnv is all a worker sees of the environment: no credentials of the
// service, and the same result wherever it runs.
func workerEnv(dir scratch) []string {
	return []string{
		"HOME=" + string(dir), "TMPDIR=" + dir.tmp(), "XDG_DATA_HOME=" + dataHome(),
		"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=Asia/Ho_Chi_Minh",
		"SAL_USE_VCLPLUGIN=svp", "SAL_DISABLE_CUPS=1",
		// LibreOffice's threads do not expect the signals with which the Go
		// scheduler preempts.
		"GODEBUG=asyncpreemptoff=1",
	}
}

// dataHome is where fonts lie that were installed for this account only.
func dataHome() string {
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return d
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "/nonexistent"
	}
	return filepath.Join(home, ".local", "share")
}

// tail keeps the last bytes that a worker wrote to its standard error.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxTail = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b[max(0, len(b)-maxTail):]...)
	if over := len(t.buf) - maxTail; over > 0 {
		t.buf = bytes.Clone(t.buf[over:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(t.buf), "?"))
}
