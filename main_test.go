package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/converter"
	"vanthu/record"
	"vanthu/signer/verify"
	"vanthu/storage/miniotest"
)

// The tests run the program inside this process; it starts its two limited
// parts from its own executable, which here is the test binary.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case convertWorker:
			os.Exit(converter.RunWorker())
		case secondOpinion:
			os.Exit(verify.RunSecondOpinion(os.Stdin, os.Stdout))
		}
	}
	if os.Getenv(asProgram) != "" { // see startService
		main()
	}
	code := m.Run()
	if err := minio.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// minio is the server of the whole test binary.
var minio miniotest.Server

// places are fresh stores, one per driver, as command-line flags.
func places(t *testing.T, test func(t *testing.T, dir string, flags []string)) {
	t.Helper()
	t.Run("filesystem", func(t *testing.T) {
		dir := t.TempDir()
		test(t, dir, []string{"--demo", "--data", dir})
	})
	t.Run("minio", func(t *testing.T) {
		dir := t.TempDir()
		test(t, dir, []string{"--demo", "--data", dir, "--s3", minioURL(t)})
	})
}

// minioURL is a fresh pair of buckets on the shared server; credentials go
// into the environment, as an operator would set them.
func minioURL(t testing.TB) string {
	t.Helper()
	addr, bucket := minio.Bucket(t)
	t.Setenv("VANTHU_S3_ACCESS_KEY", miniotest.AccessKey)
	t.Setenv("VANTHU_S3_SECRET_KEY", miniotest.SecretKey)
	return "http://" + addr + "/" + bucket
}

type outcome struct {
	code     int
	out, err string
}

// vanthu runs the program with an input and gives its answer.
func vanthu(t testing.TB, in []byte, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(context.Background(), args, streams{bytes.NewReader(in), &out, &errs})
	return outcome{code, out.String(), errs.String()}
}

// good runs the program and fails the test unless it exits 0.
func good(t testing.TB, in []byte, args ...string) outcome {
	t.Helper()
	o := vanthu(t, in, args...)
	if o.code != exitGood {
		t.Fatalf("vanthu %s: exit %d\n%s%s", strings.Join(args, " "), o.code, o.out, o.err)
	}
	return o
}

func with(args []string, more ...string) []string {
	return append(append([]string(nil), args...), more...)
}

// envelope is an example envelope with members replaced.
func envelope(t testing.TB, file string, change func(map[string]any)) []byte {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(read(t, file), &v); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, file string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// tool runs a program of the machine and returns what it prints; the tests
// need all of them, so one that is missing fails.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// archivedBlobs are the contents of a filesystem archive by digest.
func archivedBlob(t testing.TB, dir string, d record.Digest) []byte {
	t.Helper()
	return read(t, filepath.Join(dir, "archive", "blobs", "sha256", string(d[:2]), string(d)))
}
