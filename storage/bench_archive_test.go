package storage

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"vanthu/record"
)

// Number and seal by 16 clients, as the desk commits them (the PDF, the
// manifest, two entries), beside 16 clients that create the same objects with
// nothing but minio-go: a journal for each, and one for all.
func BenchmarkCommitMinIO(b *testing.B) {
	const clients, pdfSize = 16, 200_000
	for _, journals := range []int{clients, 1} {
		b.Run(fmt.Sprintf("journals-%d", journals), func(b *testing.B) {
			o := newOffice(b, openTestMinIO(b))
			store := o.backend.Archive.(*s3Store)
			r := rand.NewChaCha8([32]byte{1})
			type signed struct {
				journal, id string
				v           record.Version
				last        record.Digest
				pdf         []byte
			}
			n := 0
			make16 := func() []*signed { // documents that wait for their number
				out := make([]*signed, clients)
				for i := range out {
					n++
					p := paper{journal: fmt.Sprint("office-", i%journals), id: fmt.Sprint("d", n), subject: "Kế hoạch", until: record.Signed}
					pdf := make([]byte, pdfSize)
					r.Read(pdf)
					out[i] = &signed{journal: p.journal, id: p.id, pdf: pdf}
					o.issue(p)
				}
				for _, s := range out {
					err := o.states.View(b.Context(), s.journal, func(st *record.State) error {
						s.last = st.Documents[s.id].Manifest
						return nil
					})
					if err == nil {
						s.v, err = o.archive.Version(b.Context(), s.last)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				return out
			}
			at := time.Date(2024, 3, 22, 9, 0, 0, 0, time.UTC)
			commit := func(s *signed) {
				ctx := context.Background()
				number := o.update(s.journal, func(st *record.State) (*record.Entry, error) {
					n := st.Counters[record.CounterKey("s", 2024)].Last + 1
					return &record.Entry{Time: at, Actor: "clerk", Command: record.CmdNumber, Document: s.id,
						Numbering: &record.Numbering{Series: "s", Year: 2024, Number: n, Symbol: record.NumberText(n) + "/KH-UBND", Date: "2024-03-22"}}, nil
				})
				v := s.v
				v.Version, v.Predecessor, v.State = v.Version+1, s.last, record.Issued
				v.Number, v.Symbol, v.Date = number.Numbering.Number, number.Numbering.Symbol, number.Numbering.Date
				v.Files = []record.File{{Name: record.PDFFile, SHA256: record.DigestOf(s.pdf), Size: len(s.pdf)}}
				var (
					wg       sync.WaitGroup
					manifest record.Digest
					errs     [2]error
				)
				wg.Go(func() { _, errs[0] = o.archive.PutBlob(ctx, s.pdf) })
				wg.Go(func() { manifest, errs[1] = o.archive.PutVersion(ctx, v) })
				wg.Wait()
				if errs[0] != nil || errs[1] != nil {
					b.Error(errs)
					return
				}
				o.update(s.journal, func(*record.State) (*record.Entry, error) {
					return &record.Entry{Time: at, Actor: "clerk", Command: record.CmdSeal, Document: s.id, Version: v.Version, Manifest: manifest, PDF: v.Files[0].SHA256}, nil
				})
			}
			plain := func(s *signed) {
				put := func(key string, data []byte) {
					opts := minio.PutObjectOptions{}
					opts.SetMatchETagExcept("*")
					if _, err := store.client.Client.PutObject(context.Background(), store.name, "plain/"+s.journal+"/"+s.id+"/"+key, bytes.NewReader(data), int64(len(data)), opts); err != nil {
						b.Error(err)
					}
				}
				put("number", make([]byte, 500))
				var wg sync.WaitGroup
				wg.Go(func() { put("pdf", s.pdf) })
				wg.Go(func() { put("manifest", make([]byte, 2500)) })
				wg.Wait()
				put("seal", make([]byte, 500))
			}
			var ours, theirs time.Duration
			timed := func(do func(*signed), of []*signed) time.Duration {
				begun := time.Now()
				var wg sync.WaitGroup
				for _, s := range of {
					wg.Go(func() { do(s) })
				}
				wg.Wait()
				return time.Since(begun)
			}
			for b.Loop() {
				b.StopTimer()
				of := make16()
				b.StartTimer()
				ours += timed(commit, of)
				theirs += timed(plain, of)
			}
			b.ReportMetric(float64(ours)/float64(theirs), "ratio")
			b.ReportMetric(float64(b.N*clients)/ours.Seconds(), "documents/s")
		})
	}
}

// shelf is an office with n issued documents, made by appending alone.
func shelf(b *testing.B, backend *Backend, n int) *office {
	b.Helper()
	o := newOffice(b, backend)
	text := sentences(b)
	const journals = 8
	var wg sync.WaitGroup
	for j := range journals {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(j), 1))
			for i := j; i < n; i += journals {
				content := make([]string, 15)
				for k := range content {
					content[k] = text[r.IntN(len(text))]
				}
				o.issue(paper{journal: fmt.Sprint("office-", j), id: fmt.Sprint("d", i), subject: "Kế hoạch " + text[r.IntN(len(text))], content: content})
			}
		})
	}
	wg.Wait()
	l := testLog(o.archive)
	for j := range journals {
		if _, err := l.Checkpoint(b.Context(), fmt.Sprint("office-", j)); err != nil {
			b.Fatal(err)
		}
	}
	return o
}

// How long it takes to audit an archive, and to make the index from nothing (no
// snapshot, no file), for each 1,000 documents of it.
func benchmarkWhole(b *testing.B, backend *Backend, n int) {
	o := shelf(b, backend, n)
	each := func(b *testing.B, do func()) {
		begun, runs := time.Now(), 0
		for b.Loop() {
			do()
			runs++
		}
		b.ReportMetric(time.Since(begun).Seconds()/float64(runs)/float64(n)*1000, "s/1000docs")
	}
	b.Run("audit", func(b *testing.B) {
		each(b, func() {
			if r, err := o.archive.Audit(b.Context(), AuditOptions{Checkpoints: testSigner(), CheckStamp: checkTestStamp}); err != nil || !r.Good() {
				b.Fatal(r.Problems, err)
			}
		})
	})
	b.Run("rebuild", func(b *testing.B) {
		each(b, func() {
			o.dir = b.TempDir()
			x := o.openIndex(o.newStates())
			o.catchUp(x)
			if f, err := x.Find(b.Context(), Query{}); err != nil || f.Total < 3000 {
				b.Fatal(f.Total, err)
			}
		})
	})
}

func BenchmarkWhole3000FS(b *testing.B)    { benchmarkWhole(b, openTestFS(b), 3000) }
func BenchmarkWhole30000FS(b *testing.B)   { benchmarkWhole(b, openTestFS(b), 30_000) }
func BenchmarkWhole3000MinIO(b *testing.B) { benchmarkWhole(b, openTestMinIO(b), 3000) }
