package converter

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// profileSettings is what the profile says besides LibreOffice's own defaults:
// no linked content, no macros, no recent documents, no lock files beside the
// document, no recovery, no Java. The version of the far future in it keeps
// LibreOffice from taking every start for the first after an upgrade, when it
// tests its drawing on bitmaps of 64 MB for half a second.
//
//go:embed profile.xcu
var profileSettings []byte

// warmProfile is the folder to copy a worker's profile from. LibreOffice takes
// over a second to fill a new profile, so one is filled once per installation
// and set of settings, by a worker that converts the canary, and kept.
func (p *Pool) warmProfile(ctx context.Context) (string, error) {
	version, err := os.ReadFile(filepath.Join(p.cfg.Office, "versionrc"))
	if err != nil {
		return "", fmt.Errorf("no LibreOffice at %s: %w", p.cfg.Office, err)
	}
	sum := sha256.Sum256(append(append([]byte(p.cfg.Office), version...), p.cfg.profile...))
	warm := filepath.Join(p.home.dir, "profile-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(warm); err == nil {
		return warm, nil
	}
	guard, err := lockFile(filepath.Join(p.home.dir, "profile.lock"), unix.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer guard.Close()
	if _, err := os.Stat(warm); err == nil {
		return warm, nil // made while we waited
	}
	return warm, p.makeProfile(ctx, warm)
}

func (p *Pool) makeProfile(ctx context.Context, warm string) error {
	dir, err := p.home.scratch()
	if err != nil {
		return err
	}
	user := filepath.Join(dir.profile(), "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), p.cfg.profile, 0o600); err != nil {
		return err
	}
	kept := string(dir) + "-profile"
	defer os.RemoveAll(kept)
	w, err := p.launch(ctx, dir, func() error { return os.Rename(dir.profile(), kept) })
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, w.kill)
	_, err = w.exchange(canary())
	// At the end of its input a worker closes LibreOffice, which writes the
	// profile.
	w.in.Close()
	w.wait(startTimeout)
	stop()
	if err := errors.Join(err, w.left); err != nil {
		return fmt.Errorf("make the warm profile: %w", err)
	}
	if err := flush(kept); err != nil {
		return err
	}
	return os.Rename(kept, warm)
}

// flush brings a folder's files to the disk. After a power failure a profile
// with empty files would be one without our settings.
func flush(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

// copyProfile gives a worker its own profile.
func (p *Pool) copyProfile(ctx context.Context, to scratch) error {
	warm, err := p.warmProfile(ctx)
	if err != nil {
		return err
	}
	return os.CopyFS(to.profile(), os.DirFS(warm))
}
