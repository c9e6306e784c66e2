//go:build soak

package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
)

// The long runs of `make soak`: hours of an office's bad luck in minutes. How
// often is in the environment, SOAK_KILLS and SOAK_MINIO_KILLS.

func soakNumber(t testing.TB, name string, usual int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

var soakLimits = []string{"--limit-account", "100000", "--limit-address", "100000", "--limit-login", "100000", "--checkpoint-every", "5s", "--audit-every", "20s", "--audit-rate", "100"}

// twin is a second data folder of the same office: same keys, own index.
func twin(t testing.TB, dir string) string {
	t.Helper()
	other := t.TempDir()
	if err := os.CopyFS(filepath.Join(other, "keys"), os.DirFS(filepath.Join(dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	tool(t, "chmod", "-R", "go-rwx", filepath.Join(other, "keys"))
	write(t, filepath.Join(other, demoCA), read(t, filepath.Join(dir, demoCA)))
	return other
}

// office at work: crews issue documents until they are told to stop, and then
// finish what they have begun.
type shift struct {
	t    *testing.T
	in   []byte
	stop chan struct{}
	wg   sync.WaitGroup
	mu   sync.Mutex
	done []*deed
}

func (s *shift) work(name string, crews []crew) {
	for i, c := range crews {
		s.wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-s.stop:
					return
				default:
				}
				d := &deed{key: fmt.Sprintf("%s-%d-%d", name, i, n)}
				c.finish(s.t, d, s.in)
				s.mu.Lock()
				s.done = append(s.done, d)
				s.mu.Unlock()
				if d.issued.ID == "" {
					return
				}
			}
		})
	}
}

// end waits for all and compares what was answered with what the journals hold.
func (s *shift) end(dir string, flags []string) (documents, repeated int) {
	s.t.Helper()
	close(s.stop)
	s.wg.Wait()
	answered := map[string]issued{}
	for _, d := range s.done {
		x := d.issued
		answered[d.key] = issued{x.ID, x.Organization, x.State, x.Version, x.Number, x.Symbol, x.Date, x.PDF}
		if d.created.ID != x.ID || d.numbered.ID != "" && (d.numbered.Number != x.Number || d.numbered.Date != x.Date) {
			s.t.Errorf("%s was acknowledged as %s number %d and ended as %s number %d", d.key, d.created.ID, d.numbered.Number, x.ID, x.Number)
		}
		repeated += d.repeated
		b := archived(s.t, dir, flags, x.PDF)
		write(s.t, filepath.Join(dir, d.key+".pdf"), b)
	}
	checkRegister(s.t, dir, flags, len(s.done), answered, map[string]issued{})
	return len(s.done), repeated
}

// archived is a blob as another process reads it.
func archived(t testing.TB, dir string, flags []string, d record.Digest) []byte {
	t.Helper()
	if len(flags) <= 3 {
		return archivedBlob(t, dir, d)
	}
	o := opened(t, stateFlags{Data: dir, S3: flags[4]})
	defer o.close()
	b, err := o.archive.Blob(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Two instances throughout, one of them killed at a random moment again and
// again, in about half the cases with its index folder deleted; on MinIO the
// server is killed as well.
func TestSoakKills(t *testing.T) {
	in := demoPlan(t)
	kills, minioKills := soakNumber(t, "SOAK_KILLS", 50), soakNumber(t, "SOAK_MINIO_KILLS", 15)
	places(t, func(t *testing.T, dir string, flags []string) {
		store := len(flags) > 3
		a := startService(t, with(flags, soakLimits...)...)
		crewsA := a.crews(4)
		first := &deed{key: "first"}
		crewsA[0].finish(t, first, in)
		dirs, flagsB := []string{dir, dir}, flags
		if store {
			dirs[1] = twin(t, dir)
			flagsB = []string{"--demo", "--data", dirs[1], "--s3", flags[4]}
		}
		b := startService(t, with(flagsB, soakLimits...)...)
		s := &shift{t: t, in: in, stop: make(chan struct{}), done: []*deed{first}}
		s.work("a", crewsA)
		s.work("b", b.crews(4))
		begun, indexes, servers := time.Now(), 0, 0
		for i := range kills {
			time.Sleep(time.Duration(500+rand.IntN(1500)) * time.Millisecond)
			which := rand.IntN(2)
			if store && i*minioKills/kills != (i+1)*minioKills/kills {
				servers++
				minio.Kill(t)
				time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond)
				minio.Restart(t)
				time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
			}
			x := []*service{a, b}[which]
			x.kill()
			if rand.IntN(2) == 0 {
				indexes++
				if err := os.RemoveAll(filepath.Join(dirs[which], "index")); err != nil {
					t.Fatal(err)
				}
			}
			x.start()
		}
		documents, repeated := 0, 0
		took := time.Since(begun)
		close(s.stop)
		s.wg.Wait()
		s.stop = make(chan struct{})
		for _, x := range []*service{a, b} {
			if state := x.signal(syscall.SIGTERM); state.ExitCode() != exitGood {
				t.Errorf("an instance ended with %v", state)
			}
		}
		documents, repeated = s.end(dir, flags)
		good(t, nil, flags2("audit", flags)...)
		before := good(t, nil, with(flags2("search", flags), "--json", "--limit", "200")...).out
		good(t, nil, flags2("reindex", flags)...)
		if after := good(t, nil, with(flags2("search", flags), "--json", "--limit", "200")...).out; after != before {
			t.Error("the search answers another after the index was rebuilt")
		}
		if repeated < kills/2 {
			t.Errorf("only %d requests met a kill: this run proves little", repeated)
		}
		fmt.Printf("soak %s: %d documents, numbers 1..%d, %d kills of an instance, %d of MinIO, %d indexes deleted, %d requests repeated, %s\n",
			map[bool]string{true: "minio", false: "filesystem"}[store], documents, documents, kills, servers, indexes, repeated, took.Round(time.Second))
	})
}

// The disk is full in the midst of issuing: a clear refusal, nothing half done,
// and with room again the same requests go through.
func TestSoakDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Fatalf("mount a small file system (as root): %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	ballast := write(t, filepath.Join(dir, "ballast"), make([]byte, 12<<20))
	flags := []string{"--demo", "--data", dir}
	s := startService(t, with(flags, soakLimits[:6]...)...)
	in := demoPlan(t)
	c := s.crews(1)[0]
	var deeds []*deed
	refused := ""
	for n := 0; refused == "" && n < 200; n++ {
		d := &deed{key: fmt.Sprintf("r%d", n)}
		deeds = append(deeds, d)
		for d.issued.ID == "" && refused == "" {
			err := c.do(d, in)
			switch {
			case err != nil && strings.Contains(err.Error(), "store-full"):
				refused = err.Error()
			case err != nil:
				t.Fatal(err)
			}
		}
	}
	if refused == "" || !strings.Contains(refused, "503") {
		t.Fatalf("after %d documents: %q", len(deeds), refused)
	}
	good(t, nil, with([]string{"audit"}, flags...)...)
	full := len(deeds)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		deeds = append(deeds, &deed{key: fmt.Sprintf("more%d", n)})
	}
	for _, d := range deeds {
		c.finish(t, d, in)
	}
	s.signal(syscall.SIGTERM)
	answered := map[string]issued{}
	outs := t.TempDir()
	for _, d := range deeds {
		x := d.issued
		answered[d.key] = issued{x.ID, x.Organization, x.State, x.Version, x.Number, x.Symbol, x.Date, x.PDF}
		write(t, filepath.Join(outs, d.key+".pdf"), archivedBlob(t, dir, x.PDF))
	}
	if err := os.CopyFS(dir, os.DirFS(outs)); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	checkRegister(t, dir, flags, len(deeds), answered, map[string]issued{})
	good(t, nil, with([]string{"audit"}, flags...)...)
	fmt.Printf("soak disk full: refused with store-full at document %d, audit good, then all %d issued, numbers 1..%d\n", full, len(deeds), len(deeds))
}

// slowly passes on bytes, each answer later than it came.
func slowly(t testing.TB, to string, delay time.Duration) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				server, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer server.Close()
				go func() { io.Copy(server, client); server.Close() }()
				b := make([]byte, 64<<10)
				for {
					n, err := server.Read(b)
					if err != nil {
						return
					}
					time.Sleep(delay)
					if _, err := client.Write(b[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// faulty answers a share of the requests with an error of the server's own.
func faulty(t testing.TB, to string, share float64, errors *atomic.Int64) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: to})
		r.Out.Host = r.In.Host // it is signed
	}}
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rand.Float64() < share {
			errors.Add(1)
			code := []int{http.StatusServiceUnavailable, http.StatusInternalServerError}[rand.IntN(2)]
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(code)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>soak</Message></Error>", map[int]string{503: "SlowDown", 500: "InternalError"}[code])
			return
		}
		proxy.ServeHTTP(w, r)
	})}
	go h.Serve(l)
	t.Cleanup(func() { h.Close() })
	return l.Addr().String()
}

// A store that answers everything 300 ms late, and one that answers a share of
// the requests with errors: commands take longer or are repeated, and nothing
// is lost or doubled.
func TestSoakStoreSlowAndFaulty(t *testing.T) {
	in := demoPlan(t)
	var errs atomic.Int64
	for name, through := range map[string]func(addr string) string{
		"slow":   func(addr string) string { return slowly(t, addr, 300*time.Millisecond) },
		"faulty": func(addr string) string { return faulty(t, addr, 1.0/3, &errs) },
	} {
		dir, real := t.TempDir(), minioURL(t)
		u, err := url.Parse(real)
		if err != nil {
			t.Fatal(err)
		}
		flags := []string{"--demo", "--data", dir, "--s3", real}
		s := startService(t, with(flags, soakLimits[:6]...)...)
		crews := s.crews(4)
		first := &deed{key: "first"}
		crews[0].finish(t, first, in)
		s.signal(syscall.SIGTERM)
		s = startService(t, with([]string{"--demo", "--data", dir, "--s3", "http://" + through(u.Host) + u.Path}, soakLimits[:6]...)...)
		w := &shift{t: t, in: in, stop: make(chan struct{}), done: []*deed{first}}
		begun := time.Now()
		w.work(name, s.crews(4))
		time.Sleep(90 * time.Second)
		close(w.stop)
		w.wg.Wait()
		w.stop = make(chan struct{})
		s.kill()
		documents, repeated := w.end(dir, flags)
		good(t, nil, flags2("audit", flags)...)
		if documents < 3 {
			t.Errorf("%s: only %d documents", name, documents)
		}
		fmt.Printf("soak %s store: %d documents, numbers 1..%d, %d requests repeated, %d errors answered, %s\n", name, documents, documents, repeated, errs.Load(), time.Since(begun).Round(time.Second))
	}
}
