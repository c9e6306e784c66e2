package converter

import (
	"log/slog"
	"os"
	"testing"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == workerArgument {
		os.Exit(RunWorker())
	}
	os.Exit(m.Run())
}

const workerArgument = "convert-worker"

// sharedDir keeps the warm profile for all tests of a run.
var sharedDir = os.TempDir() + "/vanthu-converter-test"

// newPool is a pool of the test binary, closed with the test.
func newPool(t testing.TB, cfg Config) *Pool {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = sharedDir
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if _, err := os.Stat(p.home.run); !os.IsNotExist(err) {
			t.Errorf("close left %s (%v)", p.home.run, err)
		}
	})
	return p
}
