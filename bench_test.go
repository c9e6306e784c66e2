package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/converter"
	"vanthu/record/desk"
)

// openDemo is the whole office on a fresh filesystem store.
func openDemo(b *testing.B) *office {
	b.Helper()
	f := stateFlags{Demo: true, Data: b.TempDir()}
	o, err := f.open(context.Background(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(o.close)
	return o
}

// pool is a pool of n workers of this executable.
func pool(b *testing.B, n int) *converter.Pool {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	p, err := converter.New(converter.Config{Workers: n, Command: []string{self, convertWorker}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	return p
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// The whole line (read, fill, convert, prepare, sign, number, seal, archive)
// for the first example plan, against the bare conversion of the same DOCX in
// a warm worker; the two in turn, medians compared.
func BenchmarkWholeLine(b *testing.B) {
	ctx := context.Background()
	o := openDemo(b)
	bare := pool(b, 1)
	in := desk.Input{Template: "ke-hoach", Raw: read(b, seeds+"000_90bb067c4e1b730f.json")}
	docx, err := o.desk.Preview(ctx, in, false)
	if err != nil {
		b.Fatal(err)
	}
	convert := func() {
		if _, err := bare.Convert(ctx, docx); err != nil {
			b.Fatal(err)
		}
	}
	line := func() {
		if _, err := o.desk.Issue(ctx, o.cast, in); err != nil {
			b.Fatal(err)
		}
	}
	for range 3 {
		convert()
		line()
	}
	var conversions, lines []time.Duration
	for b.Loop() {
		start := time.Now()
		convert()
		middle := time.Now()
		line()
		conversions, lines = append(conversions, middle.Sub(start)), append(lines, time.Since(middle))
	}
	c, l := median(conversions), median(lines)
	b.ReportMetric(float64(c.Microseconds())/1000, "ms/conversion")
	b.ReportMetric(float64(l.Microseconds())/1000, "ms/line")
	b.ReportMetric(float64(l)/float64(c), "line/conversion")
}

// Documents per second with two workers against one, same documents, in turn.
func BenchmarkTwoWorkers(b *testing.B) {
	ctx := context.Background()
	o := openDemo(b)
	docx, err := o.desk.Preview(ctx, desk.Input{Template: "ke-hoach", Raw: read(b, seeds+"000_90bb067c4e1b730f.json")}, false)
	if err != nil {
		b.Fatal(err)
	}
	const documents = 20
	convert := func(p *converter.Pool, workers int) time.Duration {
		start := time.Now()
		var wg sync.WaitGroup
		work := make(chan struct{}, documents)
		for range documents {
			work <- struct{}{}
		}
		close(work)
		for range workers {
			wg.Go(func() {
				for range work {
					if _, err := p.Convert(ctx, docx); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		return time.Since(start)
	}
	one, two := pool(b, 1), pool(b, 2)
	convert(one, 1)
	convert(two, 2)
	var ones, twos []time.Duration
	for b.Loop() {
		ones = append(ones, convert(one, 1))
		twos = append(twos, convert(two, 2))
	}
	b.ReportMetric(documents/median(ones).Seconds(), "docs/s-one")
	b.ReportMetric(documents/median(twos).Seconds(), "docs/s-two")
	b.ReportMetric(float64(median(ones))/float64(median(twos)), "two/one")
}

// The process's own resident memory after 500 documents.
func BenchmarkMemoryAfter500(b *testing.B) {
	ctx := context.Background()
	o := openDemo(b)
	in := desk.Input{Template: "ke-hoach", Raw: read(b, seeds+"000_90bb067c4e1b730f.json")}
	for b.Loop() {
		for range 500 {
			if _, err := o.desk.Issue(ctx, o.cast, in); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, l := range strings.Split(string(read(b, "/proc/self/status")), "\n") {
		var kb int
		if n, _ := fmt.Sscanf(l, "VmRSS: %d kB", &kb); n == 1 {
			b.ReportMetric(float64(kb)/1024, "MB-resident")
		}
		if n, _ := fmt.Sscanf(l, "VmHWM: %d kB", &kb); n == 1 {
			b.ReportMetric(float64(kb)/1024, "MB-peak")
		}
	}
}
