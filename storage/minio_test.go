package storage

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// minioServer is a real server for the whole test binary.
type minioServer struct {
	once sync.Once
	err  error
	addr string
	dir  string
	cmd  *exec.Cmd

	mu    sync.Mutex
	names int
}

var shared minioServer

func TestMain(m *testing.M) {
	code := m.Run()
	shared.stop()
	os.Exit(code)
}

const (
	testAccess = "vanthu-test"
	testSecret = "vanthu-test-secret"
)

// config starts the server on first use and gives each caller its own buckets.
func (s *minioServer) config(t testing.TB) Config {
	t.Helper()
	s.once.Do(func() { s.err = s.start() })
	if s.err != nil {
		t.Fatalf("start MinIO: %v", s.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names++
	return Config{Endpoint: s.addr, Bucket: fmt.Sprintf("test%d", s.names), AccessKey: testAccess, SecretKey: testSecret}
}

func (s *minioServer) start() error {
	binary, err := minioBinary()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "vanthu-minio-"); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	l.Close()
	return s.run(binary)
}

// run starts the server on its folder and address, again after a kill.
func (s *minioServer) run(binary string) error {
	s.cmd = exec.Command(binary, "server", "--quiet", "--address", s.addr, "--console-address", "127.0.0.1:0", s.dir)
	s.cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+testAccess, "MINIO_ROOT_PASSWORD="+testSecret,
		"MINIO_CI_CD=1", "MINIO_UPDATE=off", "MINIO_BROWSER=off")
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 200 {
		r, err := http.Get("http://" + s.addr + "/minio/health/cluster")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s did not get ready in 10 s", binary)
}

func (s *minioServer) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

func (s *minioServer) stop() {
	s.kill()
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

func minioBinary() (string, error) {
	if p := os.Getenv("VANTHU_MINIO_BIN"); p != "" {
		_, err := os.Stat(p)
		return p, err
	}
	home, err := os.UserHomeDir()
	if err == nil {
		p := filepath.Join(home, ".cache", "vanthu", "bin", "minio")
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	p, err := exec.LookPath("minio")
	if err != nil {
		return "", fmt.Errorf("the tests need a MinIO server; `make test` builds one, or set VANTHU_MINIO_BIN: %w", err)
	}
	return p, nil
}

// backends are fresh, empty backends, one per driver.
func backends(t *testing.T, test func(t *testing.T, b *Backend)) {
	t.Helper()
	t.Run("filesystem", func(t *testing.T) { test(t, openTestFS(t)) })
	t.Run("minio", func(t *testing.T) { test(t, openTestMinIO(t)) })
}

func openTestFS(t testing.TB) *Backend {
	t.Helper()
	b, err := OpenFS(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func openTestMinIO(t testing.TB) *Backend {
	t.Helper()
	b, err := OpenMinIO(context.Background(), shared.config(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
