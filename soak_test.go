//go:build soak

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"vanthu/record"
	"vanthu/server"
	"vanthu/server/accounts"
	"vanthu/storage"
)

// TestSoak is the long run of `make soak`: hours of an office's bad luck in
// minutes, with the program as `go build` makes it. How often is in the
// environment, SOAK_KILLS and SOAK_MINIO_KILLS. One part alone:
// -run 'TestSoak/kills/minio'.
func TestSoak(t *testing.T) {
	was := program
	program = filepath.Join(t.TempDir(), "bin", "vanthu")
	tool(t, "go", "build", "-o", program, ".")
	var rows soakTable
	t.Cleanup(func() {
		program = was
		rows.print()
	})
	t.Run("kills", func(t *testing.T) { soakKills(t, &rows) })
	t.Run("disk-full", func(t *testing.T) { soakDiskFull(t, &rows) })
	t.Run("slow", func(t *testing.T) { soakSlow(t, &rows) })
	t.Run("faulty", func(t *testing.T) { soakFaulty(t, &rows) })
	t.Run("clock-back", func(t *testing.T) { soakClockBack(t, &rows) })
}

// soakTable is what is printed at the end.
type soakTable [][]string

// add begins the line of a test. It is printed as failed when the test has
// failed, whatever was counted until then.
func (s *soakTable) add(t *testing.T, result *soakResult) {
	begun := time.Now()
	t.Cleanup(func() {
		r := result
		said := map[bool]string{true: "FAILED", false: "good"}[t.Failed()]
		*s = append(*s, []string{strings.TrimPrefix(t.Name(), "TestSoak/"), said, strconv.Itoa(r.documents), r.series,
			strconv.Itoa(r.kills), strconv.Itoa(r.storeKills), strconv.Itoa(r.indexes), strconv.Itoa(r.repeated), fmt.Sprintf("%.0f", time.Since(begun).Seconds()), r.note})
	})
}

func (s soakTable) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nsoak\tresult\tdocuments\tseries 1..N\tkills\tkills of MinIO\tindexes deleted\trequests repeated\tseconds\tnote")
	for _, r := range s {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	w.Flush()
}

type soakResult struct {
	documents, kills, storeKills, indexes, repeated int
	series                                          string // "a..b a..c"
	note                                            string
}

func soakNumber(t testing.TB, name string, usual int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s", name, s)
	}
	return n
}

var (
	soakLimits = []string{"--limit-account", "100000", "--limit-address", "100000", "--limit-login", "100000"}
	// soakUpkeep is a day's work of a service every few seconds.
	soakUpkeep = []string{"--checkpoint-every", "5s", "--audit-every", "20s", "--audit-rate", "100"}
)

// soakPlans are of three series in two journals.
func soakPlans(t testing.TB) [][]byte {
	of := func(organization, person, capacity, date string) []byte {
		return plan(t, func(v map[string]any) {
			v["organization"], v["date"] = organization, date
			v["signatory"] = map[string]any{"person": person, "capacity": capacity}
		})
	}
	return [][]byte{
		of("ubnd-tp-vung-tau", "nguyen-thi-thu-huong", "KT", "2024-03-22"),
		of("ubnd-tp-vung-tau", "nguyen-thi-thu-huong", "KT", "2023-03-22"),
		of("so-noi-vu-ha-tinh", "nguyen-van-nghia", "HEAD", "2024-03-22"),
	}
}

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

// shift is an office at work: crews issue documents until they are told to
// stop, and finish what they have begun.
type shift struct {
	t     *testing.T
	plans [][]byte
	stop  chan struct{}
	wg    sync.WaitGroup
	mu    sync.Mutex
	done  []*deed
	took  []time.Duration // one a document
}

// begin opens the shift with one document of each series, which also makes the
// keys.
func begin(t *testing.T, c crew) *shift {
	s := &shift{t: t, plans: soakPlans(t), stop: make(chan struct{})}
	for i := range s.plans {
		s.one(c, fmt.Sprintf("first-%d", i), i)
	}
	return s
}

func (s *shift) one(c crew, key string, plan int) (issued bool) {
	d, begun := &deed{key: key}, time.Now()
	c.finish(s.t, d, s.plans[plan%len(s.plans)])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, d)
	s.took = append(s.took, time.Since(begun))
	return d.issued.ID != ""
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
				if !s.one(c, fmt.Sprintf("%s-%d-%d", name, i, n), i+n) {
					return
				}
			}
		})
	}
}

// end lets all finish what they have begun.
func (s *shift) end() {
	close(s.stop)
	s.wg.Wait()
}

func (s *shift) repeated() (n int) {
	for _, d := range s.done {
		n += d.repeated
	}
	return n
}

// median time of the documents from the n-th on.
func (s *shift) median(from int) time.Duration {
	took := slices.Sorted(slices.Values(s.took[from:]))
	if len(took) == 0 {
		return 0
	}
	return took[len(took)/2]
}

// ledger is what the journals say, read by themselves: no state, no index.
type ledger struct {
	documents map[string]record.Document
	series    map[string]int // last number by "journal series/year"
}

func (r ledger) String() string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(r.series)) {
		out = append(out, fmt.Sprintf("1..%d", r.series[k]))
	}
	return strings.Join(out, " ")
}

// readLedger reads all journals of a store: the numbers of each series are
// 1..N in order, and no request was carried out twice.
func readLedger(t *testing.T, f stateFlags) ledger {
	t.Helper()
	backend, err := f.backend(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	archive := storage.NewArchive(backend.Archive)
	journals, err := archive.Journals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := ledger{map[string]record.Document{}, map[string]int{}}
	for _, journal := range journals {
		state, requests := record.NewState(journal), map[string]bool{}
		for r, err := range archive.Entries(t.Context(), journal, 1) {
			if err != nil {
				t.Fatalf("%s: %v", journal, err)
			}
			if err := record.Apply(state, r.Entry, r.Digest); err != nil {
				t.Fatalf("%s: %v", journal, err)
			}
			if n := r.Entry.Numbering; n != nil {
				key := journal + " " + record.CounterKey(n.Series, n.Year)
				if out.series[key]++; n.Number != out.series[key] {
					t.Errorf("%s: entry %d gives number %d, %d is due", key, r.Entry.Seq, n.Number, out.series[key])
				}
			}
			if r.Entry.Request != "" && requests[r.Entry.Request] {
				t.Errorf("%s: request %s was carried out twice", journal, r.Entry.Request)
			}
			requests[r.Entry.Request] = true
		}
		for id, d := range state.Documents {
			if d.State != record.Draft && d.State != record.Submitted { // their files are there, too
				if _, err := archive.Blob(t.Context(), d.PDF); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
			out.documents[id] = d
		}
	}
	return out
}

// check compares the journals with what the clients were told: each request is
// exactly one document, issued as it was answered.
func (s *shift) check(f stateFlags, result *soakResult) ledger {
	s.t.Helper()
	r := readLedger(s.t, f)
	if len(r.documents) != len(s.done) {
		s.t.Errorf("%d documents for %d requests", len(r.documents), len(s.done))
	}
	for _, d := range s.done {
		x, have := d.issued, r.documents[d.issued.ID]
		if have.State != record.Issued || have.Request != d.key || have.Symbol != x.Symbol || have.Number != x.Number || have.PDF != x.PDF || have.Version != x.Version {
			s.t.Errorf("%s was answered %+v, the journal says %+v", d.key, x, have)
		}
		if d.created.ID != x.ID || d.numbered.ID != "" && (d.numbered.Number != x.Number || d.numbered.Date != x.Date) {
			s.t.Errorf("%s was acknowledged as %s number %d and ended as %s number %d", d.key, d.created.ID, d.numbered.Number, x.ID, x.Number)
		}
	}
	result.documents, result.series, result.repeated = len(r.documents), r.String(), s.repeated()
	return r
}

// listed is the whole list of one instance, page by page; complete says that
// the instance says so.
func listed(t testing.TB, p *person) (items map[string]server.Item, twice []string, complete bool) {
	t.Helper()
	items, complete = map[string]server.Item{}, true
	for next := "?limit=50"; next != ""; {
		var page server.Documents
		if err := json.Unmarshal(p.get("/api/v1/documents"+next), &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if _, was := items[i.ID]; was {
				twice = append(twice, i.ID)
			}
			items[i.ID] = i
		}
		complete = complete && !page.Incomplete
		if next = ""; page.Next != "" {
			next = "?limit=50&cursor=" + url.QueryEscape(page.Next)
		}
	}
	return items, twice, complete
}

// checkList compares the list of an instance with the journals.
func checkList(t testing.TB, s *service, r ledger) {
	t.Helper()
	clerk := s.login("clerk")
	within(t, time.Minute, func() string {
		items, twice, complete := listed(t, clerk)
		if !complete || len(items) != len(r.documents) || len(twice) > 0 {
			return fmt.Sprintf("%s lists %d of %d documents, complete %t, twice %v", s.base, len(items), len(r.documents), complete, twice)
		}
		for id, d := range r.documents {
			if i := items[id]; i.State != d.State || i.Number != d.Number || i.Symbol != d.Symbol || i.Date != d.Date || i.Version != d.Version || i.Organization != d.Journal {
				return fmt.Sprintf("%s lists %+v, the journal says %+v", s.base, i, d)
			}
		}
		return ""
	})
}

// searches are answers of the program to questions of several kinds, without
// what belongs to one making of the index: the order within a day, and the cursor
// that says the place in it.
func searches(t testing.TB, flags []string, r ledger) map[string][]string {
	t.Helper()
	const limit = 200
	out := map[string][]string{}
	for _, q := range [][]string{{}, {"kiem tra cong tac van thu"}, {"văn thư"}, {"--year", "2023"}, {"--organization", "so-noi-vu-ha-tinh"}, {"--state", "issued"},
		{"--number", "1"}, {"--number", "7"}, {"--recipient", "cac phong"}, {"--signatory", "nguyen van nghia"}, {"--symbol", "03/KH-UBND"}, {"không có ở đâu cả"}} {
		said := tool(t, program, with(with(flags2("search", flags), "--json", "--limit", strconv.Itoa(limit)), q...)...)
		var hits []storage.Hit
		if err := json.Unmarshal([]byte(said), &hits); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if len(q) == 0 && len(hits) != min(limit, len(r.documents)) {
			t.Errorf("the search finds %d of %d documents", len(hits), len(r.documents))
		}
		lines := []string{strconv.Itoa(len(hits))}
		for _, h := range hits {
			if h.Cursor = ""; len(hits) < limit { // of more, others may be the last ones of the page
				b, err := json.Marshal(h)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, string(b))
			}
		}
		slices.Sort(lines)
		out[strings.Join(q, " ")] = lines
	}
	return out
}

// afterwards is what an operator looks at when all is over: audit, and an index
// made anew that answers the same.
func afterwards(t testing.TB, flags []string, r ledger) {
	t.Helper()
	tool(t, program, flags2("audit", flags)...)
	before := searches(t, flags, r)
	tool(t, program, flags2("reindex", flags)...)
	for q, after := range searches(t, flags, r) {
		if !slices.Equal(after, before[q]) {
			t.Errorf("the search for %q answers otherwise after the index was made anew:\n%s\nbefore:\n%s", q, after, before[q])
		}
	}
}

// orderly ends instances as an operator does.
func orderly(t testing.TB, all ...*service) {
	t.Helper()
	for _, x := range all {
		if state := x.signal(syscall.SIGTERM); state.ExitCode() != exitGood {
			t.Errorf("an instance ended with %v", state)
		}
	}
}

// Two instances throughout, one of them killed at a random moment again and
// again, in about half the cases with its index folder deleted; on MinIO the
// server is killed as well.
func soakKills(t *testing.T, rows *soakTable) {
	kills, minioKills := soakNumber(t, "SOAK_KILLS", 50), soakNumber(t, "SOAK_MINIO_KILLS", 15)
	places(t, func(t *testing.T, dir string, flags []string) {
		var result soakResult
		rows.add(t, &result)
		store, f := len(flags) > 3, stateFlags{Data: dir}
		a := startService(t, with(with(flags, soakLimits...), soakUpkeep...)...)
		crewsA := a.crews(4)
		s := begin(t, crewsA[0])
		dirs, flagsB := []string{dir, dir}, flags
		if store {
			f.S3 = flags[4]
			dirs[1] = twin(t, dir)
			flagsB = []string{"--demo", "--data", dirs[1], "--s3", flags[4]}
		}
		b := startService(t, with(with(flagsB, soakLimits...), soakUpkeep...)...)
		s.work("a", crewsA)
		s.work("b", b.crews(4))
		both := []*service{a, b}
		for i := range kills {
			time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
			which := rand.IntN(2)
			if store && i*minioKills/kills != (i+1)*minioKills/kills {
				for range (i+1)*minioKills/kills - i*minioKills/kills {
					minio.Kill(t)
					result.storeKills++
					time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond)
					minio.Restart(t)
					time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
				}
			}
			both[which].kill()
			result.kills++
			if rand.IntN(2) == 0 {
				if err := os.RemoveAll(filepath.Join(dirs[which], "index")); err != nil {
					t.Fatal(err)
				}
				result.indexes++
			}
			both[which].start()
		}
		s.end()
		r := s.check(f, &result)
		for _, x := range both {
			checkList(t, x, r)
			// What it delivers is what was answered.
			clerk := x.login("clerk")
			for _, d := range s.done {
				if pdf := clerk.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", d.issued.ID, d.issued.Version)); record.DigestOf(pdf) != d.issued.PDF {
					t.Errorf("%s delivers another PDF of %s", x.base, d.key)
				}
			}
		}
		orderly(t, both...)
		afterwards(t, flags, r)
		if store {
			afterwards(t, flagsB, r)
		}
		for _, x := range both { // with the index made anew
			x.start()
			checkList(t, x, r)
		}
		if result.repeated < kills/2 {
			t.Errorf("only %d requests met a kill: this run proves little", result.repeated)
		}
		result.note = fmt.Sprintf("median %s a document", s.median(3).Round(time.Millisecond))
	})
}

// smallDisk is a file system of its own with so many bytes.
func smallDisk(t testing.TB, size int64) (dir string) {
	t.Helper()
	image := filepath.Join(t.TempDir(), "disk.ext4")
	dir = t.TempDir()
	write(t, image, nil)
	if err := os.Truncate(image, size); err != nil {
		t.Fatal(err)
	}
	tool(t, "mkfs.ext4", "-q", "-m", "0", "-N", "8192", image)
	tool(t, "mount", "-o", "loop", image, dir) // as root
	t.Cleanup(func() { tool(t, "umount", dir) })
	return dir
}

// leave fills a disk with ballast until so many bytes are free.
func leave(t testing.TB, dir string, free int64) (ballast string) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	ballast = filepath.Join(dir, "ballast")
	write(t, ballast, make([]byte, int64(fs.Bavail)*fs.Bsize-free))
	return ballast
}

// The disk is full in the midst of issuing: a clear refusal, nothing half done,
// and with room again the same requests go through.
func soakDiskFull(t *testing.T, rows *soakTable) {
	var result soakResult
	rows.add(t, &result)
	disk := smallDisk(t, 96<<20)
	dir := filepath.Join(disk, "data")
	flags, f := []string{"--demo", "--data", dir}, stateFlags{Data: dir}
	service := startService(t, with(flags, soakLimits...)...)
	crews := service.crews(4)
	s := begin(t, crews[0])
	clerk := service.login("clerk") // a session has to be written down
	ballast := leave(t, disk, 8<<20)
	var (
		wg      sync.WaitGroup
		refused []string
	)
	for i, c := range crews {
		wg.Go(func() {
			for n := range 100 {
				d := &deed{key: fmt.Sprintf("full-%d-%d", i, n)}
				s.mu.Lock()
				s.done = append(s.done, d)
				s.mu.Unlock()
				for d.issued.ID == "" {
					err := c.do(d, s.plans[i%len(s.plans)])
					if err == nil {
						continue
					}
					if errors.Is(err, errHopeless) || !strings.Contains(err.Error(), "store-full") {
						t.Errorf("%s: %v", d.key, err)
					}
					s.mu.Lock()
					refused = append(refused, err.Error())
					s.mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	for _, e := range refused {
		if !strings.Contains(e, "status 503") || !strings.Contains(e, "hết chỗ") {
			t.Errorf("refused with %s", e)
		}
	}
	if len(refused) != len(crews) {
		t.Fatalf("%d of %d were refused", len(refused), len(crews))
	}
	t.Logf("refused with %s", refused[0])
	issuedBefore := 0
	for _, d := range s.done {
		if d.issued.ID != "" {
			issuedBefore++
		}
	}
	// Full as it is: what is there can be read, and it is whole.
	r := readLedger(t, f)
	for _, d := range s.done {
		if d.issued.ID != "" {
			clerk.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", d.issued.ID, d.issued.Version))
		}
	}
	tool(t, program, flags2("audit", flags)...)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i, d := range s.done {
		if d.issued.ID == "" { // the same request, with the same key, by whom it was
			var who, n int
			if _, err := fmt.Sscanf(d.key, "full-%d-%d", &who, &n); err != nil {
				t.Fatalf("%d %s: %v", i, d.key, err)
			}
			crews[who].finish(t, d, s.plans[who%len(s.plans)])
		}
	}
	for n := range 3 {
		s.one(crews[n], fmt.Sprintf("more-%d", n), n)
	}
	held := len(r.documents)
	r = s.check(f, &result)
	checkList(t, service, r)
	orderly(t, service)
	afterwards(t, flags, r)
	result.note = fmt.Sprintf("ext4 full at %d issued, %d begun; %d commands refused 503 store-full", issuedBefore, held, len(refused))
}

// listen opens a listener that the test closes.
func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// slowly passes bytes on, each read of an answer later than it came.
func slowly(t testing.TB, to string, delay time.Duration, reads *atomic.Int64) (addr string) {
	t.Helper()
	l := listen(t)
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
				for b := make([]byte, 64<<10); ; {
					n, err := server.Read(b)
					if err != nil {
						return
					}
					reads.Add(1)
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

// faulty answers a share of the requests with an error of the server's own: for
// half of them the server has done what was asked all the same.
func faulty(t testing.TB, to string, share float64, requests, faults *atomic.Int64) (addr string) {
	t.Helper()
	l := listen(t)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: to})
		r.Out.Host = r.In.Host // it is signed
	}, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if rand.Float64() >= share {
			proxy.ServeHTTP(w, r)
			return
		}
		faults.Add(1)
		if rand.IntN(2) == 0 {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
		}
		code := []int{http.StatusServiceUnavailable, http.StatusInternalServerError}[rand.IntN(2)]
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(code)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>soak</Message></Error>", map[int]string{503: "SlowDown", 500: "InternalError"}[code])
	})}
	go h.Serve(l)
	t.Cleanup(func() { h.Close() })
	return l.Addr().String()
}

// through lets a fresh office work on MinIO, first directly and then for a while
// through a proxy, and checks it directly again.
func through(t *testing.T, result *soakResult, proxy func(addr string) string) (direct, proxied time.Duration) {
	t.Helper()
	const warm = 3 // of each kind; a slow store takes half a minute for one
	dir, store := t.TempDir(), minioURL(t)
	u, err := url.Parse(store)
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"--demo", "--data", dir, "--s3", store}
	first := startService(t, with(flags, soakLimits...)...)
	crews := first.crews(1)
	s := begin(t, crews[0])
	for i := range 3 * warm {
		s.one(crews[0], fmt.Sprintf("direct-%d", i), i)
	}
	orderly(t, first)
	direct = s.median(3)
	bad := startService(t, with([]string{"--demo", "--data", dir, "--s3", "http://" + proxy(u.Host) + u.Path}, soakLimits...)...)
	alone, many := patient(bad), len(s.done)
	for i := range warm {
		s.one(alone, fmt.Sprintf("alone-%d", i), i)
	}
	proxied = s.median(many)
	s.work("bad", []crew{patient(bad), patient(bad), patient(bad), patient(bad)})
	time.Sleep(90 * time.Second)
	s.end()
	bad.signal(syscall.SIGTERM) // it may find no store to write to
	r := s.check(stateFlags{Data: dir, S3: store}, result)
	afterwards(t, flags, r)
	if n := len(s.done) - many - warm; n < 4 {
		t.Errorf("only %d documents in 90 s", n)
	}
	return direct, proxied
}

// patient is a crew that tries to log in until it is let in.
func patient(s *service) crew {
	in := func(name string) *person {
		p := s.client()
		within(s.t, 2*time.Minute, func() string {
			a := p.ask("POST", "/api/v1/sessions", fmt.Sprintf(`{"username":%q,"password":%q}`, name, "demo-"+name))
			if a.err != nil || a.status != http.StatusOK {
				return fmt.Sprintf("log in %s: %d %s %v", name, a.status, a.body, a.err)
			}
			return ""
		})
		return p
	}
	return crew{in("secretary"), in("signatory"), in("clerk")}
}

// A store of which every read comes 300 ms late: commands take longer.
func soakSlow(t *testing.T, rows *soakTable) {
	var (
		result soakResult
		reads  atomic.Int64
	)
	rows.add(t, &result)
	direct, slow := through(t, &result, func(addr string) string { return slowly(t, addr, 300*time.Millisecond, &reads) })
	if slow <= direct {
		t.Errorf("%s a document, directly %s: it was not slow", slow, direct)
	}
	result.note = fmt.Sprintf("median %s a document, %s through the slow proxy; %d reads delayed", direct.Round(time.Millisecond), slow.Round(time.Millisecond), reads.Load())
}

// A store that answers a third of the requests with SlowDown or InternalError:
// commands are repeated, and nothing is lost or doubled.
func soakFaulty(t *testing.T, rows *soakTable) {
	var (
		result           soakResult
		requests, faults atomic.Int64
	)
	rows.add(t, &result)
	direct, slow := through(t, &result, func(addr string) string { return faulty(t, addr, 1.0/3, &requests, &faults) })
	if faults.Load() < 100 {
		t.Errorf("only %d faults", faults.Load())
	}
	result.note = fmt.Sprintf("median %s a document, %s through the faulty proxy; %d of %d answers were errors", direct.Round(time.Millisecond), slow.Round(time.Millisecond), faults.Load(), requests.Load())
}

// The clock of the service is set back: it gives no number with a date before
// the last one and says why, and goes on where it was when the clock is right.
// A Go program asks the kernel for the time, past LD_PRELOAD, so this one runs
// in the test, with its whole HTTP interface.
func soakClockBack(t *testing.T, rows *soakTable) {
	var result soakResult
	rows.add(t, &result)
	dir := t.TempDir()
	o, base, clock := clockedService(t, dir)
	s := &service{t: t, base: base}
	c := s.crews(1)[0]
	in := plan(t, func(v map[string]any) {
		v["organization"] = "so-noi-vu-ha-tinh"
		v["signatory"] = map[string]any{"person": "nguyen-van-nghia", "capacity": "HEAD"}
	})
	right := time.Date(time.Now().In(record.Office).Year(), 6, 15, 9, 0, 0, 0, record.Office)
	clock.Store(&right)
	var deeds []*deed
	for n := range 3 {
		d := &deed{key: fmt.Sprintf("right-%d", n)}
		deeds = append(deeds, d)
		c.finish(t, d, in)
	}
	// This one is signed when the clock is right.
	held := &deed{key: "held"}
	deeds = append(deeds, held)
	for held.created.ID == "" || c.document(t, held).State != record.Signed {
		if err := c.do(held, in); err != nil {
			t.Fatal(err)
		}
	}
	refusals := 0
	for _, back := range []time.Duration{24 * time.Hour, 30 * 24 * time.Hour, 12 * time.Hour} {
		wrong := right.Add(-back)
		clock.Store(&wrong)
		for range 5 {
			before := tree(t, filepath.Join(dir, "archive"))
			look := c.clerk.ask("GET", "/api/v1/documents/"+held.created.ID, nil)
			r := c.clerk.ask("POST", "/api/v1/documents/"+held.created.ID+"/number", "", "If-Match", look.header.Get("ETag"), "Idempotency-Key", held.key+"-number")
			if r.status != http.StatusConflict || r.code() != "date-backwards" {
				t.Errorf("clock %s behind: %d %s", back, r.status, r.body)
			}
			if tree(t, filepath.Join(dir, "archive")) != before {
				t.Errorf("clock %s behind: the refusal left something behind", back)
			}
			refusals++
		}
	}
	clock.Store(&right)
	c.finish(t, held, in)
	next := &deed{key: "next"}
	deeds = append(deeds, next)
	c.finish(t, next, in)
	for i, d := range deeds {
		if d.issued.Number != i+1 || d.issued.Date != record.DateOf(right) {
			t.Errorf("%s has number %d of %s, want %d of %s", d.key, d.issued.Number, d.issued.Date, i+1, record.DateOf(right))
		}
	}
	o.close()
	shift := &shift{t: t, done: deeds}
	shift.check(stateFlags{Data: dir}, &result)
	tool(t, program, "audit", "--demo", "--data", dir)
	result.note = fmt.Sprintf("%d refusals date-backwards, then the same request went through", refusals)
}

// document is a deed's document as it stands.
func (c crew) document(t testing.TB, d *deed) server.Document {
	t.Helper()
	doc, err := c.clerk.ask("GET", "/api/v1/documents/"+d.created.ID, nil).document()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// clockedService is the service in this process with an office clock that can
// be set.
func clockedService(t *testing.T, dir string) (o *office, base string, clock *atomic.Pointer[time.Time]) {
	t.Helper()
	cmd := serveCmd{stateFlags: stateFlags{Demo: true, Data: dir}}
	log := slog.New(slog.DiscardHandler)
	o = opened(t, cmd.stateFlags)
	clock, now := &atomic.Pointer[time.Time]{}, time.Now()
	clock.Store(&now)
	o.desk.Now = func() time.Time { return *clock.Load() }
	index, err := o.openIndex(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	people := accounts.New(o.backend.Work, time.Now)
	if err := o.demoAccounts(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	handler, err := server.New(server.Config{Desk: o.desk, States: o.states, Index: index, Accounts: people, Forms: o.forms, Verify: cmd.verifier(o), Store: o.backend.Ping,
		Converter: o.pool.Probe, Logs: o.logs, Packages: o.packages(), Audits: o.audits(), Hosts: cmd.hosts(), Demo: true, Log: log, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(handler)
	t.Cleanup(h.Close)
	return o, h.URL, clock
}
