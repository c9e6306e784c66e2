package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"testing"

	"vanthu/record"
)

func benchmarkCreate(b *testing.B, s Store, size int) {
	data := make([]byte, size)
	rand.Read(data)
	prefix := "bench/" + rand.Text() + "/"
	b.SetBytes(int64(size))
	for i := 0; b.Loop(); i++ {
		if err := s.Create(b.Context(), fmt.Sprintf("%s%02x/%d", prefix, i%256, i), data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateFS200KB(b *testing.B) { benchmarkCreate(b, openTestFS(b).Archive, 200_000) }
func BenchmarkCreateFS1KB(b *testing.B)   { benchmarkCreate(b, openTestFS(b).Archive, 1000) }

func BenchmarkCreateMinIO200KB(b *testing.B) { benchmarkCreate(b, openTestMinIO(b).Archive, 200_000) }

// One document's 14 objects, in the order of the desk: the store's part of the
// whole line.
func benchmarkLine(b *testing.B, backend *Backend) {
	o := newOffice(b, backend)
	pdf, docx := make([]byte, 250_000), make([]byte, 30_000)
	rand.Read(pdf)
	rand.Read(docx)
	i := 0
	for b.Loop() {
		i++
		tag := fmt.Appendf(nil, "%d", i)
		must := func(_ any, err error) {
			if err != nil {
				b.Fatal(err)
			}
		}
		step := func(n int, e *record.Entry, contents ...[]byte) {
			for k := range contents {
				contents[k] = append(append([]byte{byte(n)}, tag...), contents[k]...)
			}
			if len(contents) > 0 {
				must(o.archive.PutBlobs(b.Context(), contents...))
			}
			must(o.states.Update(b.Context(), journalA, func(*record.State) (*record.Entry, error) { return e, nil }))
		}
		manifest := bytes.Repeat([]byte("m"), 2000)
		step(1, draftEntry(fmt.Sprint("d", i)), bytes.Clone(manifest), []byte("input"))
		for n := 2; n <= 5; n++ {
			contents := [][]byte{bytes.Clone(manifest), bytes.Clone(pdf)}
			if n == 2 {
				contents = append(contents, bytes.Clone(docx))
			}
			if n == 4 { // number makes no version
				contents = nil
			}
			step(n, draftEntry(fmt.Sprint("d", i, ".", n)), contents...)
		}
	}
}

func BenchmarkLineFS(b *testing.B)    { benchmarkLine(b, openTestFS(b)) }
func BenchmarkLineMinIO(b *testing.B) { benchmarkLine(b, openTestMinIO(b)) }

// grown is an office with n drafts in its journal.
func grown(b *testing.B, backend *Backend, n int) *office {
	o := newOffice(b, backend)
	for i := range n {
		o.update(journalA, func(*record.State) (*record.Entry, error) { return draftEntry(fmt.Sprint("d", i)), nil })
	}
	return o
}

func benchmarkReplay(b *testing.B, backend *Backend) {
	o := grown(b, backend, 1000)
	for b.Loop() {
		s := record.NewState(journalA)
		if err := o.newStates().replay(b.Context(), s); err != nil || s.Seq != 1000 {
			b.Fatal(s.Seq, err)
		}
	}
}

func BenchmarkReplay1000EntriesFS(b *testing.B)    { benchmarkReplay(b, openTestFS(b)) }
func BenchmarkReplay1000EntriesMinIO(b *testing.B) { benchmarkReplay(b, openTestMinIO(b)) }

// bigState is a state of n documents as they are when issued.
func bigState(n int) *record.State {
	s := record.NewState(journalA)
	s.Seq, s.Head = uint64(5*n), record.DigestOf(nil)
	for i := range n {
		id := fmt.Sprintf("document-%08d-abcdef", i)
		s.Documents[id] = record.Document{ID: id, Journal: journalA, State: record.Issued, Version: 4, Manifest: record.DigestOf([]byte(id)),
			PDF: record.DigestOf([]byte(id)), Type: "KH", Series: "s", Year: 2024, Digits: 3, Signatory: "p", Number: i, Symbol: fmt.Sprint(i, "/KH-UBND"), Date: "2024-03-22"}
		s.Requests[record.RequestKey("clerk", id)] = record.Answered{Document: id, Body: record.DigestOf([]byte(id)), Seq: uint64(i)}
	}
	return s
}

func BenchmarkSnapshotLoad10000(b *testing.B) {
	o := newOffice(b, openTestFS(b))
	if err := o.states.saveSnapshot(journalA, &journalState{state: bigState(10_000)}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := readSnapshot(o.states.snapshotPath(journalA)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotSave10000(b *testing.B) {
	o := newOffice(b, openTestFS(b))
	for b.Loop() {
		if err := o.states.saveSnapshot(journalA, &journalState{state: bigState(10_000)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkView(b *testing.B) {
	o := grown(b, openTestFS(b), 100)
	for b.Loop() {
		position1(b, o.states, journalA)
	}
}

// indexed is an index of n documents of ordinary length.
func indexed(b *testing.B, n int) *Index {
	o := newOffice(b, openTestFS(b))
	for i := range n {
		o.issue(paper{id: fmt.Sprint("d", i), subject: fmt.Sprintf("Kế hoạch số %d về phát triển đường bộ tỉnh Đắk Lắk", i), content: []string{
			fmt.Sprintf("mục tiêu riêng%d", i), string(bytes.Repeat([]byte("Nâng cấp quốc lộ qua địa bàn xã, phường. "), 50))}})
	}
	x, err := OpenIndex(context.Background(), o.archive, o.states, o.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { x.Close() })
	return x
}

func BenchmarkIndexRebuild200Documents(b *testing.B) {
	x := indexed(b, 200)
	for b.Loop() {
		if err := x.Rebuild(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
