package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
	"vanthu/server/accounts"
)

const benchDocuments = 10_000

// register fills an office with issued documents straight through its journal:
// the text of the first example plan, one PDF for all.
func register(b *testing.B, o *office, n int) (ids []string) {
	b.Helper()
	ctx := context.Background()
	raw := read(b, seeds+"000_90bb067c4e1b730f.json")
	first, err := o.desk.Issue(ctx, o.cast, desk.Input{Template: "ke-hoach", Raw: raw})
	if err != nil {
		b.Fatal(err)
	}
	model, err := o.archive.Version(ctx, first.Manifest)
	if err != nil {
		b.Fatal(err)
	}
	var input map[string]any
	if err := json.Unmarshal(raw, &input); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		input["subject"] = fmt.Sprintf("Tuyên truyền cải cách hành chính, đợt %d", i)
		text, err := json.Marshal(input)
		if err != nil {
			b.Fatal(err)
		}
		blob, err := o.archive.PutBlob(ctx, text)
		if err != nil {
			b.Fatal(err)
		}
		id := fmt.Sprintf("bench%021d", i)
		v := model
		v.Document, v.Subject, v.Number = id, input["subject"].(string), i+2
		v.Symbol = record.NumberText(v.Number) + "/KH-UBND"
		v.Files = slices.Clone(model.Files)
		for k, f := range v.Files {
			if f.Name == record.InputFile {
				v.Files[k] = record.File{Name: f.Name, SHA256: blob, Size: len(text)}
			}
		}
		manifest, err := o.archive.PutVersion(ctx, v)
		if err != nil {
			b.Fatal(err)
		}
		facts := func(e record.Entry) {
			e.Time, e.Actor, e.Document = time.Now().UTC(), "bench", id
			if _, err := o.states.Update(ctx, first.Journal, func(*record.State) (*record.Entry, error) { return &e, nil }); err != nil {
				b.Fatal(err)
			}
		}
		pdf := first.PDF
		facts(record.Entry{Command: record.CmdDraft, Version: 1, Manifest: manifest, Draft: &record.DraftFacts{Type: "KH"}})
		facts(record.Entry{Command: record.CmdSubmit, Version: 2, Manifest: manifest, PDF: pdf,
			Submitted: &record.SubmitFacts{Series: first.Series, Year: first.Year, Digits: 6, Signatory: first.Signatory}})
		facts(record.Entry{Command: record.CmdSign, Version: 3, Manifest: manifest, PDF: pdf, Read: pdf})
		facts(record.Entry{Command: record.CmdNumber, Numbering: &record.Numbering{Series: first.Series, Year: first.Year, Number: v.Number, Symbol: v.Symbol, Date: first.Date}})
		facts(record.Entry{Command: record.CmdSeal, Version: 4, Manifest: manifest, PDF: pdf})
		ids = append(ids, id)
	}
	return ids
}

// Lists, documents and PDFs of an office with 10,000 documents by 16 clients,
// against a bare gin handler that serves the same bytes to the same clients in
// the same run.
func BenchmarkService(b *testing.B) {
	ctx := context.Background()
	dir := memoryDir(b)
	f := stateFlags{Demo: true, Data: dir}
	o, err := f.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer o.close()
	ids := register(b, o, benchDocuments)
	index, err := o.openIndex(ctx)
	if err != nil {
		b.Fatal(err)
	}
	people := accounts.New(o.backend.Work, time.Now)
	if err := o.demoAccounts(ctx, people); err != nil {
		b.Fatal(err)
	}
	unlimited := server.Limits{AccountRate: 1e9, AccountBurst: 1e9, AddressRate: 1e9, AddressBurst: 1e9, LoginRate: 1e9, LoginBurst: 1e9}
	handler, err := server.New(server.Config{Desk: o.desk, States: o.states, Index: index, Accounts: people, Forms: o.forms,
		Store: o.backend.Ping, Converter: o.pool.Probe, Limits: unlimited, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	ours := httptest.NewServer(handler)
	defer ours.Close()
	cookie := benchLogin(b, ours.URL)
	for _, bench := range []struct {
		name string
		path func(i int) string
	}{
		{"list", func(i int) string { return "/api/v1/documents?state=issued&limit=20" }},
		{"document", func(i int) string { return "/api/v1/documents/" + ids[i*7919%len(ids)] }},
		{"pdf", func(i int) string { return "/api/v1/documents/" + ids[i*7919%len(ids)] + "/versions/4/pdf" }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r, body := benchGet(b, http.DefaultClient, ours.URL+bench.path(0), cookie)
			bare := httptest.NewServer(bareGin(r.Header.Get("Content-Type"), body))
			defer bare.Close()
			const requests, clients = 2000, 16
			benchMany(b, ours.URL, bench.path, cookie, 200, clients)
			var own, base []measured
			for b.Loop() {
				own = append(own, benchMany(b, ours.URL, bench.path, cookie, requests, clients))
				base = append(base, benchMany(b, bare.URL, func(int) string { return "/" }, cookie, requests, clients))
			}
			x, y := own[len(own)/2], base[len(base)/2]
			b.ReportMetric(x.perSecond, "req/s")
			b.ReportMetric(x.p95, "ms-p95")
			b.ReportMetric(y.perSecond, "bare-req/s")
			b.ReportMetric(y.p95, "bare-ms-p95")
			b.ReportMetric(x.p95/y.p95, "p95/bare")
			b.ReportMetric(y.perSecond/x.perSecond, "bare/ours")
		})
	}
	ours.Close()
	o.close()
	b.Run("memory-64-clients", func(b *testing.B) {
		s := startService(b, "--demo", "--data", dir, "--limit-account", "1000000", "--limit-address", "1000000", "--limit-login", "1000000")
		cookie := benchLogin(b, s.base)
		paths := []func(int) string{
			func(i int) string { return "/api/v1/documents?state=issued" },
			func(i int) string { return "/api/v1/documents/" + ids[i*7919%len(ids)] },
			func(i int) string { return "/api/v1/documents/" + ids[i*7919%len(ids)] + "/versions/4/pdf" },
		}
		for b.Loop() {
			benchMany(b, s.base, func(i int) string { return paths[i%3](i) }, cookie, 12_000, 64)
		}
		for _, l := range strings.Split(string(read(b, fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))), "\n") {
			var kb int
			if n, _ := fmt.Sscanf(l, "VmRSS: %d kB", &kb); n == 1 {
				b.ReportMetric(float64(kb)/1024, "MB-resident")
			}
			if n, _ := fmt.Sscanf(l, "VmHWM: %d kB", &kb); n == 1 {
				b.ReportMetric(float64(kb)/1024, "MB-peak")
			}
		}
	})
}

// memoryDir is a folder in memory, where the machine has such: making the
// documents is not what is measured, and each makes seven durable files.
func memoryDir(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vanthu-bench-")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func bareGin(media string, body []byte) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.GET("/", func(c *gin.Context) { c.Data(http.StatusOK, media, body) })
	return e
}

func benchLogin(b *testing.B, base string) *http.Cookie {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	r, err := c.Post(base+"/api/v1/sessions", "application/json", strings.NewReader(`{"username":"archivist","password":"demo-archivist"}`))
	if err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(r, err)
	}
	r.Body.Close()
	return r.Cookies()[0]
}

func benchGet(b *testing.B, c *http.Client, url string, cookie *http.Cookie) (*http.Response, []byte) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.Error(err)
		return nil, nil
	}
	r.AddCookie(cookie)
	answer, err := c.Do(r)
	if err != nil {
		b.Error(err)
		return nil, nil
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		b.Errorf("%s: %d %v %s", url, answer.StatusCode, err, body.Bytes()[:min(300, body.Len())])
	}
	return answer, body.Bytes()
}

// measured is what many requests took.
type measured struct{ perSecond, p95 float64 }

func benchMany(b *testing.B, base string, path func(int) string, cookie *http.Cookie, requests, clients int) measured {
	b.Helper()
	took := make([]time.Duration, requests)
	work := make(chan int, requests)
	for i := range requests {
		work <- i
	}
	close(work)
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	var wg sync.WaitGroup
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for i := range work {
				begun := time.Now()
				benchGet(b, c, base+path(i), cookie)
				took[i] = time.Since(begun)
			}
		})
	}
	wg.Wait()
	all := time.Since(start)
	slices.Sort(took)
	return measured{float64(requests) / all.Seconds(), float64(took[requests*95/100].Microseconds()) / 1000}
}
