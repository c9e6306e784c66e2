// Package posttest starts real mail servers (exim) on loopback for tests. A
// server takes mail for anybody and sends nothing anywhere: it keeps all of it in
// a folder of its own.
package posttest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"
)

//go:embed exim.conf
var configuration string

// The account that the server knows.
const (
	Username = "vanthu"
	Password = "mat-khau-thu"
)

const program = "/usr/sbin/exim4" // as Debian has it, outside the PATH of most people

// MaxSize is the largest message in bytes that the server takes.
const MaxSize = 20 << 20

// Server is a running mail server; Start makes one.
type Server struct {
	Address    string // smtp://127.0.0.1:port, with STARTTLS
	TLSAddress string // smtps://127.0.0.1:port
	CAFile     string // PEM of the authority of its certificate
	StrangeCA  string // PEM of an authority that has nothing to do with it
	// PasswordFile has Password in it.
	PasswordFile string

	t   testing.TB
	dir string
	ids *syscall.Credential // whom it runs as; nil for who runs the test
	mu  sync.Mutex
	cmd *exec.Cmd
	log *bytes.Buffer
}

// Start starts a server that ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		t.Fatal("exim4 is missing: run scripts/setup test")
	}
	// Not t.TempDir: the server may run as somebody else, who must get in.
	dir, err := os.MkdirTemp("", "posttest-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, dir: dir}
	t.Cleanup(func() {
		s.kill()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 { // exim delivers nothing as root
		uid, gid = 65534, 65534
		s.ids = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	port, tlsPort := freePort(t), freePort(t)
	s.Address, s.TLSAddress = "smtp://127.0.0.1:"+port, "smtps://127.0.0.1:"+tlsPort
	s.CAFile, s.StrangeCA, s.PasswordFile = filepath.Join(dir, "ca.pem"), filepath.Join(dir, "strange.pem"), filepath.Join(dir, "password")
	for _, folder := range []string{"spool", "log", "mail"} {
		s.must(os.Mkdir(filepath.Join(dir, folder), 0o700))
	}
	s.certificates()
	for _, name := range []string{"refused", "deferred"} {
		s.write(name, "")
	}
	s.write("password", Password+"\n")
	var conf bytes.Buffer
	s.must(template.Must(template.New("").Delims("[[", "]]").Parse(configuration)).Execute(&conf, map[string]any{
		"Dir": dir, "Program": program, "UID": uid, "GID": gid, "Port": port, "TLSPort": tlsPort, "MaxSize": MaxSize, "Username": Username, "Password": Password}))
	s.write("exim.conf", conf.String())
	if s.ids != nil {
		s.must(filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error { return errors.Join(err, os.Lchown(path, uid, gid)) }))
	}
	s.Start()
	return s
}

// Start starts a stopped server again, at its address and with its mail.
func (s *Server) Start() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		s.t.Fatal("the mail server runs already")
	}
	s.log = &bytes.Buffer{}
	s.cmd = exec.Command(program, "-C", filepath.Join(s.dir, "exim.conf"), "-bdf", "-q1m")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.WaitDelay = time.Second
	// A group of its own: what it starts for each connection ends with it.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.ids}
	s.must(s.cmd.Start())
	for range 500 {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(s.Address, "smtp://")); err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.cmd = nil
	s.t.Fatalf("the mail server does not start: %s", s.log)
}

// Stop ends the server and all its connections at once, as kill -9 does.
func (s *Server) Stop() {
	s.t.Helper()
	s.kill()
}

func (s *Server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	s.cmd.Wait() // it was killed: its status says no more
	s.cmd = nil
}

// Pause stops the server where it stands: connections are taken by the system and
// never answered. A paused server can be stopped too.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Continue lets a paused server go on.
func (s *Server) Continue() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(signal syscall.Signal) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(syscall.Kill(-s.cmd.Process.Pid, signal))
}

// Refuse makes the server refuse mail for an address, and from it, for good (550).
func (s *Server) Refuse(address string) { s.list("refused", address) }

// Defer makes the server put off mail for an address (451), until Accept.
func (s *Server) Defer(address string) { s.list("deferred", address) }

// Accept ends what Refuse, Defer, RequireAuth and Slow began.
func (s *Server) Accept() {
	s.t.Helper()
	s.write("refused", "")
	s.write("deferred", "")
	s.must(os.RemoveAll(filepath.Join(s.dir, "require-auth")))
	s.must(os.RemoveAll(filepath.Join(s.dir, "slow")))
}

// RequireAuth makes the server refuse the mail of who has not logged in.
func (s *Server) RequireAuth() { s.write("require-auth", "") }

// Slow makes the server read each letter and wait five minutes before it answers.
func (s *Server) Slow() { s.write("slow", "") }

// Held says how many letters the server has been slow with: each was there as a
// whole and not answered yet.
func (s *Server) Held() int { s.t.Helper(); return strings.Count(s.Log(), "holding a letter") }

// Mailbox are the letters delivered to an address, oldest first, with LF for line
// ends and what the server put before them: Return-path, Envelope-to, Received.
// What the server has taken is delivered when it returns.
func (s *Server) Mailbox(address string) [][]byte {
	s.t.Helper()
	for range 1000 {
		if len(s.glob("spool/input/*-H")) == 0 { // what is taken and not delivered
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	var out [][]byte
	for _, path := range s.glob("mail/new/*") {
		b, err := os.ReadFile(path)
		s.must(err)
		m, err := mail.ReadMessage(bytes.NewReader(b))
		s.must(err)
		if strings.EqualFold(m.Header.Get("Envelope-To"), address) {
			out = append(out, b)
		}
	}
	return out
}

// Log is what the server wrote down about its connections.
func (s *Server) Log() string {
	s.t.Helper()
	var all []byte
	for _, path := range s.glob("log/*") {
		b, err := os.ReadFile(path)
		s.must(err)
		all = append(all, b...)
	}
	return string(all)
}

func (s *Server) list(name, address string) {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	s.must(err)
	s.write(name, string(b)+address+":\n")
}

func (s *Server) write(name, content string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	s.must(os.WriteFile(path, []byte(content), 0o600))
	if s.ids != nil {
		s.must(os.Chown(path, int(s.ids.Uid), int(s.ids.Gid)))
	}
}

func (s *Server) glob(pattern string) []string {
	s.t.Helper()
	all, err := filepath.Glob(filepath.Join(s.dir, pattern))
	s.must(err)
	return all
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}
