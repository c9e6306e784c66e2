package storage

import (
	"context"
	"fmt"
	"os"
	"testing"

	"vanthu/storage/miniotest"
)

// shared is the server of the whole test binary.
var shared miniotest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// configOf is a pair of fresh buckets on a server.
func configOf(t testing.TB, s *miniotest.Server) Config {
	t.Helper()
	addr, bucket := s.Bucket(t)
	return Config{Endpoint: addr, Bucket: bucket, AccessKey: miniotest.AccessKey, SecretKey: miniotest.SecretKey}
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
	return openMinIO(t, configOf(t, &shared))
}

// openMinIO opens a backend for as long as the test runs.
func openMinIO(t testing.TB, c Config) *Backend {
	t.Helper()
	b, err := OpenMinIO(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}
