package converter

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Config says how a Pool works. Every zero value has a default.
type Config struct {
	Workers      int           // processes that convert at the same time; default one per CPU
	Queue        int           // documents that may wait besides; default 16 per worker, below 0 for none
	Timeout      time.Duration // wall clock per document; default 60 s
	RecycleAfter int           // documents after which a worker is replaced; default 100
	Dir          string        // scratch and profiles, private to this account; default in the user's cache folder
	Office       string        // LibreOffice's program folder; default /usr/lib/libreoffice/program
	Command      []string      // starts a worker (see RunWorker); default this program with "convert-worker"
	AddressSpace uint64        // bytes a worker may reserve; default 4 GiB, the least that is sensible 2 GiB
	Log          *slog.Logger  // default slog.Default()

	// What tests change to see each wall stand by itself.
	profile     []byte
	unconfined  bool
	noNamespace bool
}

func (c Config) withDefaults() (Config, error) {
	if c.Workers <= 0 {
		c.Workers = runtime.NumCPU()
	}
	switch {
	case c.Queue == 0:
		c.Queue = 16 * c.Workers
	case c.Queue < 0:
		c.Queue = 0
	}
	if c.Timeout <= 0 {
		c.Timeout = 60 * time.Second
	}
	if c.RecycleAfter <= 0 {
		c.RecycleAfter = 100
	}
	if c.Office == "" {
		c.Office = "/usr/lib/libreoffice/program"
	}
	if c.AddressSpace == 0 {
		c.AddressSpace = 4 << 30
	}
	if c.profile == nil {
		c.profile = profileSettings
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil { // a service account without a home
			cache = filepath.Join(os.TempDir(), fmt.Sprintf("vanthu-%d", os.Geteuid()))
		}
		c.Dir = filepath.Join(cache, "vanthu", "converter")
	}
	if len(c.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return c, fmt.Errorf("worker command: %w", err)
		}
		c.Command = []string{self, "convert-worker"}
	}
	var err error
	c.Dir, err = filepath.Abs(c.Dir)
	return c, err
}
