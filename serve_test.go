package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server"
)

// asProgram makes the test binary be the program itself, race detector and
// all, for tests that kill it.
const asProgram = "VANTHU_TEST_AS_PROGRAM"

// program is what startService runs: the test binary, unless a test has built
// the program as it is shipped.
var program = os.Args[0]

// service is the program as a process of its own, at one address over all its
// restarts.
type service struct {
	t    testing.TB
	base string // "http://127.0.0.1:12345"
	args []string
	dir  string

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
	log   *os.File
}

// startService runs `vanthu serve` with further flags until the test ends.
func startService(t testing.TB, flags ...string) *service {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := &service{t: t, base: "http://" + addr, args: append([]string{"serve", "--listen", addr}, flags...), dir: t.TempDir()}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			t.Logf("the service's last words:\n%s", log[max(0, len(log)-4000):])
		}
	})
	s.start()
	return s
}

// start starts the process and waits until it answers.
func (s *service) start() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for try := 0; ; try++ {
		err := s.startOnce()
		if err == nil {
			return
		}
		if try == 40 {
			s.t.Fatalf("the service does not start: %v", err)
		}
		time.Sleep(250 * time.Millisecond) // its store may be away
	}
}

func (s *service) startOnce() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd := exec.Command(program, s.args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return errors.Join(err, log.Close())
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	for range 600 {
		if c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://")); err == nil {
			c.Close()
			s.cmd, s.ended, s.log = cmd, ended, log
			return nil
		}
		select {
		case <-ended:
			return errors.Join(fmt.Errorf("exit %v", cmd.ProcessState), log.Close())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.Join(errors.New("no answer in 30 s"), cmd.Process.Kill(), log.Close())
}

// kill is kill -9.
func (s *service) kill() { s.signal(syscall.SIGKILL) }

// signal sends a signal and waits for the end.
func (s *service) signal(sig syscall.Signal) *os.ProcessState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	cmd := s.cmd
	s.cmd = nil
	cmd.Process.Signal(sig)
	<-s.ended
	s.log.Close()
	return cmd.ProcessState
}

// person is one client with a session of its own.
type person struct {
	t    testing.TB
	base string
	http *http.Client
}

func (s *service) client() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &person{s.t, s.base, &http.Client{Jar: jar, Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
}

// login is a person of the example office, logged in.
func (s *service) login(name string) *person {
	s.t.Helper()
	p := s.client()
	var a reply
	for range 20 {
		a = p.ask("POST", "/api/v1/sessions", fmt.Sprintf(`{"username":%q,"password":%q}`, name, "demo-"+name))
		if a.err != nil || a.status != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(250 * time.Millisecond) // its store may be away
	}
	if a.err != nil || a.status != http.StatusOK {
		s.t.Fatalf("log in %s: %d %s %v", name, a.status, a.body, a.err)
	}
	return p
}

// reply is one answer; err says that there was none.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// ask sends one request; headers come in pairs.
func (p *person) ask(method, path string, body any, headers ...string) reply {
	var in io.Reader
	switch b := body.(type) {
	case []byte:
		in = bytes.NewReader(b)
	case string:
		in = strings.NewReader(b)
	}
	r, err := http.NewRequest(method, p.base+path, in)
	if err != nil {
		return reply{err: err}
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := p.http.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, all, err}
}

// document reads the answer as a document.
func (r reply) document() (server.Document, error) {
	var doc server.Document
	if r.err != nil {
		return doc, r.err
	}
	if r.status != http.StatusOK && r.status != http.StatusCreated {
		return doc, fmt.Errorf("status %d: %s", r.status, r.body)
	}
	return doc, json.Unmarshal(r.body, &doc)
}

// code is the problem's code.
func (r reply) code() string {
	var p struct{ Code string }
	json.Unmarshal(r.body, &p) // not a problem: no code
	return p.Code
}

// must does a command on a document and fails the test unless it is done.
func (p *person) must(doc server.Document, tag string, command record.Command, body string) (server.Document, string) {
	p.t.Helper()
	r := p.ask("POST", "/api/v1/documents/"+doc.ID+"/"+string(command), body, "If-Match", tag)
	next, err := r.document()
	if err != nil {
		p.t.Fatalf("%s: %v", command, err)
	}
	return next, r.header.Get("ETag")
}

// get downloads and fails the test unless it is given.
func (p *person) get(path string) []byte {
	p.t.Helper()
	r := p.ask("GET", path, nil)
	if r.err != nil || r.status != http.StatusOK {
		p.t.Fatalf("GET %s: %d %s %v", path, r.status, r.body, r.err)
	}
	return r.body
}
