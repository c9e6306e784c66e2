package keys_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer/keys"
)

var (
	from = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	to   = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
)

const org, person = "ubnd-tp-vung-tau", "nguyen-van-nghia"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func authority(t testing.TB) *keys.Authority {
	t.Helper()
	a, err := keys.NewAuthority(pkix.Name{CommonName: "CA thử nghiệm"}, from, to)
	must(t, err)
	return a
}

func filled(t testing.TB) (dir string, identity keys.Identity) {
	t.Helper()
	dir = t.TempDir()
	identity, err := keys.NewFolder(dir).CreatePersonal(t.Context(), org, person, func() (keys.Identity, error) {
		return authority(t).NewIdentity(pkix.Name{CommonName: "Nguyễn Văn Nghĩa"}, []byte("png"))
	})
	must(t, err)
	return dir, identity
}

func TestFolderKeepsIdentity(t *testing.T) {
	dir, made := filled(t)
	read, err := keys.NewFolder(dir).Personal(t.Context(), org, person)
	must(t, err)
	if !read.Certificate().Equal(made.Certificate()) || len(read.Chain) != 2 || string(read.Image) != "png" {
		t.Errorf("read back another identity: %v", read.Chain)
	}
	if read.Certificate().Subject.CommonName != "Nguyễn Văn Nghĩa" {
		t.Errorf("name %q", read.Certificate().Subject.CommonName)
	}
	base := filepath.Join(dir, "people", org, person)
	for _, ext := range []string{".p12", ".pin", ".png"} {
		info, err := os.Stat(base + ext)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %#o", ext, info.Mode().Perm())
		}
	}
	out, err := exec.Command("openssl", "pkcs12", "-in", base+".p12", "-passin", "file:"+base+".pin", "-nokeys").CombinedOutput()
	if err != nil || strings.Count(string(out), "BEGIN CERTIFICATE") != 2 {
		t.Errorf("openssl reads the key file otherwise: %v\n%s", err, out)
	}
	if _, err := keys.NewFolder(dir).Seal(t.Context(), org, person); record.CodeOf(err) != "key-missing" {
		t.Errorf("a person's key answers as a seal: %v", err)
	}
}

func TestFolderRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, base string)
		code  string
	}{
		{"no key file", func(t *testing.T, base string) { must(t, os.Remove(base+".p12")) }, "key-missing"},
		{"no PIN file", func(t *testing.T, base string) { must(t, os.Remove(base+".pin")) }, "key-missing"},
		{"no image", func(t *testing.T, base string) { must(t, os.Remove(base+".png")) }, "key-image"},
		{"wrong PIN", func(t *testing.T, base string) { must(t, os.WriteFile(base+".pin", []byte("1234\n"), 0o600)) }, "key-pin"},
		{"empty PIN", func(t *testing.T, base string) { must(t, os.WriteFile(base+".pin", nil, 0o600)) }, "key-pin"},
		{"key open to the group", func(t *testing.T, base string) { must(t, os.Chmod(base+".p12", 0o640)) }, "key-permissions"},
		{"PIN open to the world", func(t *testing.T, base string) { must(t, os.Chmod(base+".pin", 0o604)) }, "key-permissions"},
		{"folder writable by the world", func(t *testing.T, base string) { must(t, os.Chmod(filepath.Dir(base), 0o777)) }, "key-permissions"},
		{"key file cut", func(t *testing.T, base string) { must(t, os.Truncate(base+".p12", 200)) }, "key-damaged"},
		{"key file huge", func(t *testing.T, base string) { must(t, os.Truncate(base+".p12", 1<<30)) }, "key-damaged"},
		{"key file is a pipe", func(t *testing.T, base string) {
			must(t, os.Remove(base+".p12"))
			must(t, syscall.Mkfifo(base+".p12", 0o600))
		}, "key-damaged"},
		{"image huge", func(t *testing.T, base string) { must(t, os.Truncate(base+".png", 1<<30)) }, "key-image"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := filled(t)
			f := keys.NewFolder(dir)
			_, err := f.Personal(t.Context(), org, person)
			must(t, err)
			c.spoil(t, filepath.Join(dir, "people", org, person))
			// A folder that remembers and a new one must say the same.
			for _, f := range []*keys.Folder{f, keys.NewFolder(dir)} {
				_, err := f.Personal(t.Context(), org, person)
				if record.CodeOf(err) != c.code || record.KindOf(err) != record.Unavailable {
					t.Errorf("got %v (%s), want %s", err, record.CodeOf(err), c.code)
				}
			}
		})
	}
}

func TestFolderRefusesNames(t *testing.T) {
	f := keys.NewFolder(t.TempDir())
	for _, bad := range []string{"", ".", "..", "../x", "a/b", `a\b`, "a\x00b", "-x", ".ẩn", "tên", strings.Repeat("a", 200)} {
		for _, err := range []error{second(f.Personal(t.Context(), bad, person)), second(f.Personal(t.Context(), org, bad)), second(f.Seal(t.Context(), org, bad))} {
			if record.CodeOf(err) != "key-name" {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

func second(_ keys.Identity, err error) error { return err }

func TestFolderSeesRenewedKey(t *testing.T) {
	dir, old := filled(t)
	f := keys.NewFolder(dir)
	_, err := f.Personal(t.Context(), org, person)
	must(t, err)
	other, renewed := filled(t)
	for _, ext := range []string{".p12", ".pin"} {
		must(t, os.Rename(filepath.Join(other, "people", org, person)+ext, filepath.Join(dir, "people", org, person)+ext))
	}
	got, err := f.Personal(t.Context(), org, person)
	must(t, err)
	if !got.Certificate().Equal(renewed.Certificate()) || got.Certificate().Equal(old.Certificate()) {
		t.Error("still signs with the key that was replaced")
	}
}

func TestFolderHonoursContext(t *testing.T) {
	dir, _ := filled(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := keys.NewFolder(dir).Personal(ctx, org, person); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// Eight processes that provision the same demo folder get the same CA and key.
// Goroutines with a Folder of their own share as little as processes do: the
// race is in the file system.
func TestProvisioningRace(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	got := make([]keys.Identity, 8)
	cas := make([]*keys.Authority, 8)
	for i := range got {
		wg.Go(func() {
			var err error
			cas[i], err = keys.OpenAuthority(filepath.Join(dir, "keys", "demo-ca.key.pem"), filepath.Join(dir, "demo-ca.pem"),
				pkix.Name{CommonName: "CA thử nghiệm"}, from, to)
			if err != nil {
				t.Error(err)
				return
			}
			got[i], err = keys.NewFolder(filepath.Join(dir, "keys")).CreateSeal(t.Context(), org, "dau", func() (keys.Identity, error) {
				return cas[i].NewIdentity(pkix.Name{CommonName: "UBND thành phố Vũng Tàu"}, []byte("png"))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	roots := x509.NewCertPool()
	roots.AddCert(cas[0].Certificate)
	for i := range got {
		if !cas[i].Certificate.Equal(cas[0].Certificate) || !got[i].Certificate().Equal(got[0].Certificate()) {
			t.Fatalf("process %d has another CA or key", i)
		}
	}
	if _, err := got[0].Certificate().Verify(x509.VerifyOptions{Roots: roots, CurrentTime: from.AddDate(4, 0, 0), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "keys", "seals", org, ".new-*"))
	must(t, err)
	if len(left) != 0 {
		t.Errorf("temporary files left: %v", left)
	}
}

func TestAuthorityRefusesForeignCertificate(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, d := range []string{a, b} {
		_, err := keys.OpenAuthority(filepath.Join(d, "k.pem"), filepath.Join(d, "c.pem"), pkix.Name{CommonName: "CA"}, from, to)
		must(t, err)
	}
	if _, err := keys.OpenAuthority(filepath.Join(a, "k.pem"), filepath.Join(b, "c.pem"), pkix.Name{CommonName: "CA"}, from, to); record.CodeOf(err) != "ca-unusable" {
		t.Errorf("got %v", err)
	}
	must(t, os.Chmod(filepath.Join(a, "k.pem"), 0o644))
	if _, err := keys.OpenAuthority(filepath.Join(a, "k.pem"), filepath.Join(a, "c.pem"), pkix.Name{CommonName: "CA"}, from, to); record.CodeOf(err) != "key-permissions" {
		t.Errorf("got %v", err)
	}
}
