// Package miniotest starts real MinIO servers on loopback for tests.
package miniotest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a MinIO server with one drive in a folder of its own. The zero
// value is one that starts when it is first used.
type Server struct {
	mu    sync.Mutex
	addr  string
	dir   string
	certs *certificates // nil without TLS
	kms   string        // name:key; "" without
	cmd   *exec.Cmd
	names int
}

// Account of the server's administrator.
const (
	AccessKey = "vanthu-test"
	SecretKey = "vanthu-test-secret"
)

// Bucket starts the server if it is not running and returns its host:port and
// a bucket name that nobody else was given.
func (s *Server) Bucket(t testing.TB) (addr, name string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		if err := s.start(); err != nil {
			t.Fatalf("start MinIO: %v", err)
		}
	}
	s.names++
	return s.addr, fmt.Sprintf("test%d", s.names)
}

// Drive is the folder of the server's drive.
func (s *Server) Drive() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dir
}

// UseKMS gives a server that has not been started yet a key to encrypt with, and
// returns the key's name.
func (s *Server) UseKMS(t testing.TB) (keyID string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		t.Fatal("the server runs already")
	}
	const name = "vanthu-test-key"
	key := make([]byte, 32)
	rand.Read(key) // never fails
	s.kms = name + ":" + base64.StdEncoding.EncodeToString(key)
	return name
}

// Kill ends the server at once, as kill -9 does.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.cmd.Wait() // it was killed: its status says no more
	s.cmd = nil
}

// Restart starts a killed server again, at its address and on its drive.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		t.Fatalf("restart MinIO: %v", err)
	}
}

// Pause stops the server where it stands, as SIGSTOP does: connections are taken
// and never answered. A paused server can be killed and stopped too.
// Until all of it stands it may still answer, so that is waited for.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	s.signal(t, syscall.SIGSTOP)
	for range 1000 {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		// "pid (name) state ...": the name may hold anything.
		if i := bytes.LastIndexByte(b, ')'); i >= 0 && i+2 < len(b) && b[i+2] == 'T' {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the server does not stop")
}

// Continue lets a paused server go on.
func (s *Server) Continue(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, signal os.Signal) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server and removes its drive.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.cmd != nil {
		err = s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

func (s *Server) start() error {
	program, err := binary()
	if err != nil {
		return err
	}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "vanthu-minio-"); err != nil {
			return err
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.addr = l.Addr().String()
		if err := l.Close(); err != nil {
			return err
		}
	}
	args := []string{"server", "--quiet", "--address", s.addr, "--console-address", "127.0.0.1:0"}
	if s.certs != nil {
		args = append(args, "--certs-dir", s.certs.dir)
	}
	cmd := exec.Command(program, append(args, s.dir)...)
	cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+AccessKey, "MINIO_ROOT_PASSWORD="+SecretKey,
		"MINIO_CI_CD=1", "MINIO_UPDATE=off", "MINIO_BROWSER=off")
	if s.kms != "" {
		cmd.Env = append(cmd.Env, "MINIO_KMS_SECRET_KEY="+s.kms)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd = cmd
	client, root := s.certs.client(), "http://"
	if s.certs != nil {
		root = "https://"
	}
	defer client.CloseIdleConnections()
	for range 600 {
		r, err := client.Get(root + s.addr + "/minio/health/cluster")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s did not get ready in 30 s", program)
}

// binary is the server that the set-up has built.
func binary() (string, error) {
	if p := os.Getenv("VANTHU_MINIO_BIN"); p != "" {
		_, err := os.Stat(p)
		return p, err
	}
	cache := os.Getenv("VANTHU_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache", "vanthu")
	}
	p := filepath.Join(cache, "bin", "minio")
	if _, err := os.Stat(p); err != nil {
		return "", fmt.Errorf("the tests need a MinIO server; `make test` builds one, or set VANTHU_MINIO_BIN: %w", err)
	}
	return p, nil
}
