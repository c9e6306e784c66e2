// Package miniotest starts a real MinIO server on loopback for tests.
package miniotest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Server is a running MinIO server with one drive in a folder of its own.
type Server struct {
	Addr                 string // host:port
	AccessKey, SecretKey string

	dir string
	cmd *exec.Cmd
}

// Start starts a server and waits until it answers.
func Start() (*Server, error) {
	binary, err := binary()
	if err != nil {
		return nil, err
	}
	s := &Server{AccessKey: "vanthu-test", SecretKey: "vanthu-test-secret"}
	if s.dir, err = os.MkdirTemp("", "vanthu-minio-"); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Addr = l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(binary, "server", "--quiet", "--address", s.Addr, "--console-address", "127.0.0.1:0", s.dir)
	s.cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+s.AccessKey, "MINIO_ROOT_PASSWORD="+s.SecretKey,
		"MINIO_CI_CD=1", "MINIO_UPDATE=off", "MINIO_BROWSER=off")
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	for range 600 {
		r, err := http.Get("http://" + s.Addr + "/minio/health/cluster")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("%s did not get ready in 30 s", binary), s.Stop())
}

// Stop ends the server and removes its drive.
func (s *Server) Stop() error {
	err := s.cmd.Process.Kill()
	s.cmd.Wait() // it was killed: its status says no more
	return errors.Join(err, os.RemoveAll(s.dir))
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
