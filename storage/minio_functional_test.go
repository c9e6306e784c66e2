package storage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/storage/miniotest"
)

// The functional tests that minio-go's authors run it through, in their full
// mode, by TLS and with a key to encrypt with: 50 seconds. They are what says
// that this version of the client and this server understand each other.

// notDone are the functional tests that do not end as PASS here, and why. A line
// stands for all lines of that name.
var notDone = map[string]string{
	"testBucketNotification":              "needs a message queue (NOTIFY_*); vanthu asks for no notifications",
	"testCorsSetGetDelete":                "MinIO has no CORS per bucket; no browser speaks to vanthu's store",
	"testCors_1_apply_bucket_rules":       "as testCorsSetGetDelete",
	"testObjectAnnotations":               "MinIO's paid edition alone has annotations",
	"testPutObjectWithAutomaticChecksums": "the answer names no CRC32C that the client put behind the content by itself; vanthu sends SHA-256 in a header",
	"testPutObjectWithChecksums":          newSums,
	"testPutObjectWithTrailingChecksums":  newSums,
	"testPutMultipartObjectWithChecksums": newSums,
	"testListObjectsChecksums":            newSums,
}

// newSums is of tests with a line for each kind of checksum: those that the
// server lacks are NA, and all others, SHA-256 with them, must pass.
const newSums = "the server is older than the checksums that S3 got in 2026 (MD5, SHA-512, xxHash)"

// oldServer is the suite's own constant for servers without the checksums of
// 2026. It is on everywhere but on Linux, where its authors test the newest.
const oldServer, oldServerOn = `ignore2026Checksums = runtime.GOOS != "linux"`, `ignore2026Checksums = true`

// leastPassed is how many lines must say PASS: a suite that ends early is none.
const leastPassed = 160

func TestMinIOFunctional(t *testing.T) {
	suite := buildFunctional(t)
	server := ownServer(t)
	server.UseKMS(t)
	ca := server.UseTLS(t)
	addr, _ := server.Bucket(t)

	cmd := exec.CommandContext(t.Context(), suite)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "SERVER_ENDPOINT="+addr, "ACCESS_KEY="+miniotest.AccessKey, "SECRET_KEY="+miniotest.SecretKey,
		"ENABLE_HTTPS=1", "ENABLE_KMS=1", "SSL_CERT_FILE="+ca, "MINT_MODE=full", "MINT_DATA_DIR=", "RUN_ON_FAIL=1",
		"TMPDIR="+t.TempDir(), "NOTIFY_BUCKET=")
	var said bytes.Buffer
	cmd.Stderr = &said
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v: %s", err, said.Bytes())
	}

	passed := 0
	other := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var l struct{ Name, Status, Alert, Message, Error, Function string }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Errorf("%v: %.300s", err, lines.Bytes())
			continue
		}
		name := strings.TrimPrefix(l.Name, "minio-go: ")
		switch {
		case l.Status == "PASS":
			passed++
		case l.Status == "NA" && notDone[name] != "":
			other[name] = true
		default:
			t.Errorf("%s %s: %s: %s%s %s", l.Status, name, l.Function, l.Alert, l.Message, l.Error)
		}
	}
	for name, why := range notDone {
		if !other[name] {
			t.Errorf("%s is excepted (%s) and did as well as any", name, why)
		}
	}
	if passed < leastPassed {
		t.Errorf("only %d passed", passed)
	}
	t.Logf("%d passed, %d tests excepted, in %v", passed, len(other), time.Since(begun).Round(time.Second))
}

// buildFunctional makes the program of minio-go's module, in the version that we
// use. Built as a file of ours it needs neither its module nor its build tag.
func buildFunctional(t *testing.T) (program string) {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/minio/minio-go/v7").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "functional_tests.go"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(source, []byte(oldServer)) != 1 {
		t.Fatalf("the suite has no line %q", oldServer)
	}
	source = bytes.Replace(source, []byte(oldServer), []byte(oldServerOn), 1)
	file := filepath.Join(t.TempDir(), "functional.go")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(filepath.Dir(file), "functional")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, file)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}
