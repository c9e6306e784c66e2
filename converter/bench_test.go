package converter

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// BenchmarkConvertWarm: one plan of about six pages in a warm worker.
func BenchmarkConvertWarm(b *testing.B) {
	p := newPool(b, Config{Workers: 1, RecycleAfter: 1 << 30, Log: quiet})
	docx := plan(6)
	for range 3 {
		if _, err := p.Convert(b.Context(), docx); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := p.Convert(b.Context(), docx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkConvertTwoWorkers: the same plan by one worker and by two, in turns;
// two/one is how many times more documents two finish in a second.
func BenchmarkConvertTwoWorkers(b *testing.B) {
	const batch = 12
	docx := plan(6)
	pools := [2]*Pool{}
	for i := range pools {
		pools[i] = newPool(b, Config{Workers: i + 1, RecycleAfter: 1 << 30, Log: quiet})
	}
	all := func(p *Pool) time.Duration {
		began := time.Now()
		var wg sync.WaitGroup
		for range batch {
			wg.Go(func() {
				if _, err := p.Convert(context.Background(), docx); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		return time.Since(began)
	}
	for _, p := range pools {
		all(p)
	}
	var one, two time.Duration
	rounds := 0
	for b.Loop() {
		one += all(pools[0])
		two += all(pools[1])
		rounds++
	}
	docs := float64(rounds * batch)
	b.ReportMetric(docs/one.Seconds(), "one-docs/s")
	b.ReportMetric(docs/two.Seconds(), "two-docs/s")
	b.ReportMetric(one.Seconds()/two.Seconds(), "two/one")
}

// BenchmarkStartWorker: from nothing to the first answer of a new worker.
func BenchmarkStartWorker(b *testing.B) {
	p := newPool(b, Config{Workers: 1, RecycleAfter: 1, Log: quiet})
	for b.Loop() {
		if err := p.Probe(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
