package converter

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	lsys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// systemFiles is what LibreOffice and its libraries read of a Debian system.
// /proc/self is resolved by the kernel when the rule is made: this process.
var systemFiles = [...]string{
	"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/libreoffice", "/etc/passwd", "/etc/nsswitch.conf",
	"/etc/locale.alias", "/etc/localtime", "/etc/timezone", "/var/cache/fontconfig", "/var/lib/libreoffice",
	"/var/spool/libreoffice", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu",
	"/dev/urandom", "/dev/random",
}

// limitResources holds for the whole process. The CPU limit is set anew for
// each document.
func limitResources(s setup) error {
	limits := []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_CORE, 0}, // a core file would hold a document
		{unix.RLIMIT_FSIZE, maxPDF},
		{unix.RLIMIT_NOFILE, 512},
	}
	if !raceEnabled && s.AddressSpace > 0 { // the race detector reserves terabytes
		limits = append(limits, struct {
			resource int
			max      uint64
		}{unix.RLIMIT_AS, s.AddressSpace})
	}
	for _, l := range limits {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return fmt.Errorf("limit %d to %d: %w", l.resource, l.max, err)
		}
	}
	return nil
}

// limitCPU gives the process this many more seconds of CPU before SIGXCPU ends
// it. It stands behind the pool's wall clock, for the case that the pool is
// stopped or too busy to look at its clock.
func limitCPU(seconds uint64) error {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return err
	}
	now := uint64(used.Utime.Sec + used.Stime.Sec)
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: now + seconds + 1, Max: unix.RLIM_INFINITY})
}

// confineFiles applies Landlock to all threads. The answer is the kernel's ABI
// version, 0 when it has no Landlock.
func confineFiles(s setup) (int, error) {
	abi, err := lsys.LandlockGetABIVersion()
	if err != nil {
		return 0, fmt.Errorf("landlock: %w", err)
	}
	rules := []landlock.Rule{landlock.RWDirs(s.Dir), landlock.RWFiles("/dev/null").IgnoreIfMissing()}
	for _, path := range append(systemFiles[:], s.ReadOnly...) {
		info, err := os.Stat(path)
		switch {
		case err != nil:
		case info.IsDir():
			rules = append(rules, landlock.RODirs(path))
		default:
			rules = append(rules, landlock.ROFiles(path))
		}
	}
	if err := landlock.V6.BestEffort().Restrict(rules...); err != nil {
		return 0, fmt.Errorf("landlock: %w", err)
	}
	return abi, nil
}

// auditArch names the machine to the filter, so that calls of another
// instruction set with other numbers cannot slip through.
func auditArch() (uint32, error) {
	switch runtime.GOARCH {
	case "amd64":
		return unix.AUDIT_ARCH_X86_64, nil
	case "arm64":
		return unix.AUDIT_ARCH_AARCH64, nil
	}
	return 0, errors.New("seccomp: no filter for " + runtime.GOARCH)
}

// deniedCalls are those a converter of documents has no use for: the network,
// other programs and processes, and the kernel's more delicate parts.
func deniedCalls() []uint32 {
	calls := []uint32{
		unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_IO_URING_SETUP, unix.SYS_EXECVE, unix.SYS_EXECVEAT,
		unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
		unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_SETNS, unix.SYS_UNSHARE,
		unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
		unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE,
		unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SETHOSTNAME, unix.SYS_FANOTIFY_INIT,
	}
	if runtime.GOARCH == "amd64" {
		calls = append(calls, 57, 58) // fork and vfork, which other machines do not have
	}
	return calls
}

// confineCalls installs the seccomp filter on all threads, for good.
func confineCalls() error {
	arch, err := auditArch()
	if err != nil {
		return err
	}
	filter := callFilter(arch, deniedCalls())
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	switch {
	case errno != 0:
		return fmt.Errorf("seccomp: %w", errno)
	case thread != 0:
		return fmt.Errorf("seccomp: thread %d keeps a filter of its own", thread)
	}
	return nil
}

// callFilter builds the classic BPF program over struct seccomp_data: number at
// 0, architecture at 4, first argument at 16.
func callFilter(arch uint32, denied []uint32) []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		bits   = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		geq    = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	refuse := func(e unix.Errno) unix.SockFilter {
		return unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(e)}
	}
	allow := unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW}
	f := []unix.SockFilter{
		{Code: load, K: 4},
		{Code: equal, K: arch, Jt: 1},
		{Code: answer, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: 0},
		// The x32 numbers of amd64 are the same calls under another name.
		{Code: geq, K: 0x40000000, Jf: 1},
		{Code: answer, K: unix.SECCOMP_RET_KILL_PROCESS},
		// clone3 hides its flags behind a pointer; without it the C library
		// takes clone, whose flags can be read: threads yes, processes no.
		{Code: equal, K: unix.SYS_CLONE3, Jf: 1},
		refuse(unix.ENOSYS),
		{Code: equal, K: unix.SYS_CLONE, Jf: 4},
		{Code: load, K: 16},
		{Code: bits, K: unix.CLONE_THREAD, Jf: 1},
		allow,
		refuse(unix.EPERM),
	}
	for _, call := range denied {
		f = append(f, unix.SockFilter{Code: equal, K: call, Jf: 1}, refuse(unix.EPERM))
	}
	return append(f, allow)
}
