package keys_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ThalesGroup/crypto11"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/keys"
)

const softHSM = "/usr/lib/softhsm/libsofthsm2.so"

// theHSM is one SoftHSM for this process: the library reads its configuration
// once.
var theHSM = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "softhsm")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		return "", err
	}
	conf := filepath.Join(dir, "softhsm2.conf")
	os.Setenv("SOFTHSM2_CONF", conf)
	return dir, os.WriteFile(conf, []byte("directories.tokendir = "+filepath.Join(dir, "tokens")+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600)
})

func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// newToken makes a token with one key of a kind ("rsa:2048", "EC:secp256r1"),
// labelled "ky", and returns the public half.
func newToken(t testing.TB, label, kind string) crypto.PublicKey {
	t.Helper()
	_, err := theHSM()
	must(t, err)
	tool(t, "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", "123456", "--so-pin", "87654321")
	tool(t, "pkcs11-tool", "--module", softHSM, "--token-label", label, "--login", "--pin", "123456", "--keypairgen", "--key-type", kind, "--label", "ky", "--id", "01")
	c, err := crypto11.Configure(&crypto11.Config{Path: softHSM, TokenLabel: label, Pin: "123456"})
	must(t, err)
	defer c.Close()
	key, err := c.FindKeyPair(nil, []byte("ky"))
	must(t, err)
	return key.Public()
}

// describe writes an identity's .json, .pin and .png, and the certificate.
func describe(t testing.TB, dir string, public crypto.PublicKey, pin string, source map[string]any) {
	t.Helper()
	folder := filepath.Join(dir, "people", org)
	must(t, os.MkdirAll(folder, 0o700))
	put := func(name string, b []byte) { must(t, os.WriteFile(filepath.Join(folder, name), b, 0o600)) }
	if public != nil {
		ca := authority(t)
		c, err := ca.Issue(pkix.Name{CommonName: "Nguyễn Văn Nghĩa"}, public)
		must(t, err)
		put("nghia.pem", append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw})...))
		source["certificate"] = "nghia.pem"
	}
	raw, err := json.Marshal(source)
	must(t, err)
	put(person+".json", raw)
	put(person+".pin", []byte(pin+"\n"))
	put(person+".png", []byte("png"))
}

func onToken(label string) map[string]any {
	return map[string]any{"kind": "pkcs11", "module": softHSM, "token": label, "key": "ky"}
}

func signs(t testing.TB, id keys.Identity) error {
	t.Helper()
	sum := sha256.Sum256([]byte("Hà Tĩnh"))
	if id.SignsBy().Hash != crypto.SHA256 {
		h := id.SignsBy().Hash.New()
		h.Write([]byte("Hà Tĩnh"))
		return check(t, id, h.Sum(nil))
	}
	return check(t, id, sum[:])
}

func check(t testing.TB, id keys.Identity, digest []byte) error {
	t.Helper()
	value, err := id.Key.Sign(rand.Reader, digest, id.SignsBy().Options())
	if err != nil {
		return err
	}
	switch k := id.Certificate().PublicKey.(type) {
	case *rsa.PublicKey:
		if id.SignsBy().PSS {
			return rsa.VerifyPSS(k, id.SignsBy().Hash, digest, value, id.SignsBy().Options().(*rsa.PSSOptions))
		}
		return rsa.VerifyPKCS1v15(k, id.SignsBy().Hash, digest, value)
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(k, digest, value) {
			return fmt.Errorf("the value does not verify")
		}
	}
	return nil
}

func TestKeysOnTokensSign(t *testing.T) {
	for kind, want := range map[string]cms.Scheme{"rsa:2048": {Hash: crypto.SHA256}, "rsa:3072": {Hash: crypto.SHA512, PSS: true},
		"EC:secp256r1": {Hash: crypto.SHA256}, "EC:secp384r1": {Hash: crypto.SHA384}} {
		t.Run(kind, func(t *testing.T) {
			label, dir := "k-"+strings.ReplaceAll(kind, ":", "-"), t.TempDir()
			public := newToken(t, label, kind)
			s := onToken(label)
			if want.PSS {
				s["pss"], s["hash"] = true, "SHA-512"
			}
			describe(t, dir, public, "123456", s)
			f := keys.NewFolder(dir)
			defer f.Close()
			id, err := f.Personal(t.Context(), org, person)
			must(t, err)
			if id.SignsBy() != want || len(id.Chain) != 2 || string(id.Image) != "png" {
				t.Errorf("%+v, %d certificates", id.SignsBy(), len(id.Chain))
			}
			var all sync.WaitGroup
			for range 8 { // a clerk's and an official's request at once
				all.Go(func() {
					if err := signs(t, id); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}

func TestTokenBringsItsOwnCertificate(t *testing.T) {
	public := newToken(t, "own-certificate", "rsa:2048")
	c, err := authority(t).Issue(pkix.Name{CommonName: "Trên thiết bị"}, public)
	must(t, err)
	der := filepath.Join(t.TempDir(), "c.der")
	must(t, os.WriteFile(der, c.Raw, 0o600))
	tool(t, "pkcs11-tool", "--module", softHSM, "--token-label", "own-certificate", "--login", "--pin", "123456", "--write-object", der, "--type", "cert", "--label", "ky", "--id", "01")
	dir := t.TempDir()
	describe(t, dir, nil, "123456", onToken("own-certificate"))
	f := keys.NewFolder(dir)
	defer f.Close()
	id, err := f.Personal(t.Context(), org, person)
	must(t, err)
	if !id.Certificate().Equal(c) {
		t.Errorf("%v", id.Certificate().Subject)
	}
	must(t, signs(t, id))
}

func TestTokenFaultsAreToldApart(t *testing.T) {
	public := newToken(t, "faults", "rsa:2048")
	other := newToken(t, "faults-other", "rsa:2048")
	with := func(change func(map[string]any)) map[string]any {
		s := onToken("faults")
		change(s)
		return s
	}
	for _, c := range []struct {
		name, code, pin string
		public          crypto.PublicKey
		source          map[string]any
	}{
		{"no library", "key-module", "123456", public, with(func(s map[string]any) { s["module"] = "/usr/lib/không-có.so" })},
		{"no token", "key-token-absent", "123456", public, with(func(s map[string]any) { s["token"] = "không cắm" })},
		{"no key", "key-missing", "123456", public, with(func(s map[string]any) { s["key"] = "khác" })},
		{"wrong PIN", "key-pin", "000000", public, onToken("faults")},
		{"another's certificate", "key-certificate", "123456", other, onToken("faults")},
		{"no certificate", "key-certificate", "123456", nil, onToken("faults")},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			describe(t, dir, c.public, c.pin, c.source)
			f := keys.NewFolder(dir)
			defer f.Close()
			_, err := f.Personal(t.Context(), org, person)
			if record.CodeOf(err) != c.code || record.KindOf(err) != record.Unavailable {
				t.Errorf("%v, want %s", err, c.code)
			}
			if strings.Contains(fmt.Sprint(err), c.pin) {
				t.Errorf("the PIN is in %v", err)
			}
		})
	}
}

// shim is SoftHSM with another C_Login: it counts, and can say that the PIN is
// locked, as a real token does after a few wrong ones and SoftHSM never does.
const shim = `
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned long CK_ULONG; typedef CK_ULONG CK_RV;
static void *list[80]; static CK_RV (*login)(CK_ULONG, CK_ULONG, unsigned char *, CK_ULONG);
static CK_RV counted(CK_ULONG s, CK_ULONG u, unsigned char *p, CK_ULONG n) {
  FILE *f = fopen(getenv("SHIM_LOG"), "a"); fputs("login\n", f); fclose(f);
  if (getenv("SHIM_LOCKED")) return 0xA4;
  return login(s, u, p, n);
}
CK_RV C_GetFunctionList(void **out) {
  CK_RV (*get)(void **) = dlsym(dlopen("` + softHSM + `", RTLD_NOW), "C_GetFunctionList"); void *own;
  CK_RV rv = get(&own); if (rv) return rv;
  memcpy(list, own, 69 * sizeof(void *));
  /* the version comes first, then the functions in the order of the standard */
  login = list[1 + 18]; list[1 + 18] = counted; *out = list; return 0;
}`

func TestAWrongPINIsTriedOnceAndALockedTokenIsNamed(t *testing.T) {
	public := newToken(t, "locking", "rsa:2048")
	dir := t.TempDir()
	source, library, log := filepath.Join(dir, "shim.c"), filepath.Join(dir, "shim.so"), filepath.Join(dir, "logins")
	must(t, os.WriteFile(source, []byte(shim), 0o600))
	tool(t, "gcc", "-shared", "-fPIC", "-o", library, source, "-ldl")
	t.Setenv("SHIM_LOG", log)
	s := onToken("locking")
	s["module"] = library
	describe(t, dir, public, "000000", s)
	f := keys.NewFolder(dir)
	defer f.Close()
	logins := func() int { b, _ := os.ReadFile(log); return strings.Count(string(b), "login") }
	for range 5 {
		if _, err := f.Personal(t.Context(), org, person); record.CodeOf(err) != "key-pin" {
			t.Fatalf("%v", err)
		}
	}
	if n := logins(); n != 1 {
		t.Errorf("the wrong PIN went to the token %d times", n)
	}
	t.Setenv("SHIM_LOCKED", "1")
	must(t, os.WriteFile(filepath.Join(dir, "people", org, person+".pin"), []byte("123456"), 0o600))
	if _, err := f.Personal(t.Context(), org, person); record.CodeOf(err) != "key-token-locked" {
		t.Errorf("%v", err)
	}
	os.Unsetenv("SHIM_LOCKED")
	id, err := f.Personal(t.Context(), org, person) // unlocked by its owner
	must(t, err)
	must(t, signs(t, id))
}

func TestATokenThatWasPulledWorksAgainWhenItIsBack(t *testing.T) {
	public := newToken(t, "pulled", "rsa:2048")
	dir := t.TempDir()
	describe(t, dir, public, "123456", onToken("pulled"))
	f := keys.NewFolder(dir)
	defer f.Close()
	id, err := f.Personal(t.Context(), org, person)
	must(t, err)
	must(t, signs(t, id))
	hsm, err := theHSM()
	must(t, err)
	must(t, os.Rename(filepath.Join(hsm, "tokens"), filepath.Join(hsm, "pulled")))
	must(t, os.Mkdir(filepath.Join(hsm, "tokens"), 0o700))
	for range 2 {
		if err := signs(t, id); record.CodeOf(err) != "key-token-absent" {
			t.Errorf("pulled: %v", err)
		}
	}
	must(t, os.Remove(filepath.Join(hsm, "tokens")))
	must(t, os.Rename(filepath.Join(hsm, "pulled"), filepath.Join(hsm, "tokens")))
	if err := signs(t, id); err != nil {
		t.Errorf("back: %v", err)
	}
}

func TestSourcesNameEveryFault(t *testing.T) {
	for raw, want := range map[string][]string{
		`{`:                           {"JSON"},
		`{"kind":"pkcs11","pin":"1"}`: {"JSON"},
		`{"kind":"usb"}`:              {"kind"},
		`{"kind":"pkcs11","url":"x","module":"a.so","token":"t","serial":"s"}`: {"url", "module", "token"},
		`{"kind":"deferred","hash":"MD5","certificate":"../x.pem"}`:            {"hash", "certificate"},
		`{"kind":"deferred"}`: {"certificate"},
		`{"kind":"remote","url":"http://ky.vn/csc/v2","token":"t"}`: {"url", "credential", "token"},
	} {
		dir := t.TempDir()
		folder := filepath.Join(dir, "people", org)
		must(t, os.MkdirAll(folder, 0o700))
		must(t, os.WriteFile(filepath.Join(folder, person+".json"), []byte(raw), 0o600))
		_, err := keys.NewFolder(dir).Personal(context.Background(), org, person)
		if record.CodeOf(err) != "key-source" {
			t.Errorf("%s: %v", raw, err)
		}
		for _, w := range want {
			if !strings.Contains(fmt.Sprint(err), w) {
				t.Errorf("%s: %q is not named in %v", raw, w, err)
			}
		}
	}
}
