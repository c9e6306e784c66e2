package converter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
)

// wantError checks what a caller can see of an error.
func wantError(t *testing.T, err error, kind record.Kind, code string) {
	t.Helper()
	if record.KindOf(err) != kind || record.CodeOf(err) != code {
		t.Errorf("error %v is %s %s, want %s %s", err, record.KindOf(err), record.CodeOf(err), kind, code)
	}
}

func TestConvertMakesPDFA(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	pdf, err := p.Convert(t.Context(), plan(3))
	if err != nil {
		t.Fatal(err)
	}
	path := pdfFile(t, pdf)
	tool(t, "qpdf", "--check", path)
	for _, want := range []string{"<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>"} {
		if meta := tool(t, "pdfinfo", "-meta", path); !strings.Contains(meta, want) {
			t.Errorf("no %s in XMP:\n%s", want, meta)
		}
	}
	if info := tool(t, "pdfinfo", path); !strings.Contains(info, "Tagged:          yes") {
		t.Errorf("not tagged:\n%s", info)
	}
	fonts := strings.Split(strings.TrimSpace(tool(t, "pdffonts", path)), "\n")[2:]
	if len(fonts) < 2 {
		t.Errorf("fonts: %q", fonts)
	}
	for _, font := range fonts {
		if !strings.Contains(font, " yes yes yes ") {
			t.Errorf("font not embedded, subset and mapped to Unicode: %s", font)
		}
	}
	dests := tool(t, "pdfinfo", "-dests", path)
	for _, name := range []string{"vtNumberA", "vtDayA", "vtMonthA", "vtSignA"} {
		if !strings.Contains(dests, `"`+name+`"`) {
			t.Errorf("bookmark %s is no named destination:\n%s", name, dests)
		}
	}
	if text := tool(t, "pdftotext", "-layout", path, "-"); !strings.Contains(text, "Nguyễn Văn Nghĩa, Hà Tĩnh, Đắk Lắk") {
		t.Errorf("text lost:\n%.500s", text)
	}
}

// The same document comes out the same from any worker, but for dates and ids.
func TestConvertIsRepeatable(t *testing.T) {
	var layouts [2]string
	for i := range layouts {
		pdf, err := newPool(t, Config{Workers: 1}).Convert(t.Context(), plan(2))
		if err != nil {
			t.Fatal(err)
		}
		path := pdfFile(t, pdf)
		_, words, _ := strings.Cut(tool(t, "pdftotext", "-bbox", path, "-"), "<body>") // the head has the date
		layouts[i] = words + tool(t, "pdfinfo", "-dests", path)
	}
	if layouts[0] == "" || layouts[0] != layouts[1] {
		t.Error("two conversions differ in words, places or destinations")
	}
}

// A DOCX may keep its main part anywhere.
func TestConvertMainPartElsewhere(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	pdf, err := p.Convert(t.Context(), elsewhere())
	if err != nil {
		t.Fatal(err)
	}
	if text := tool(t, "pdftotext", pdfFile(t, pdf), "-"); !strings.Contains(text, "Độc lập") {
		t.Errorf("text: %q", text)
	}
}

// A package whose text is broken is a document's own fault, and its worker goes
// on.
func TestBrokenText(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	broken := repack(canary(), func(_, s string) *string {
		if i := strings.Index(s, "<w:body>"); i >= 0 {
			s = s[:i] + "<w:body><w:p></w:body>"
		}
		return &s
	})
	_, err := p.Convert(t.Context(), broken)
	wantError(t, err, record.Invalid, "conversion-failed")
	before := workersOf(t, os.Getpid())
	if err := p.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	if after := workersOf(t, os.Getpid()); !slices.Equal(before, after) {
		t.Errorf("worker %v became %v", before, after)
	}
}

func TestFolderWithAnyName(t *testing.T) {
	p := newPool(t, Config{Workers: 1, Dir: filepath.Join(t.TempDir(), "Văn thư 100% #1")})
	if err := p.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestProbe(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	if err := p.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	if font, err := p.Font(t.Context()); err != nil || !strings.Contains(font, " (/") {
		t.Errorf("font %q, %v", font, err)
	}
}

func TestWorkersStartWhenNeeded(t *testing.T) {
	p := newPool(t, Config{Workers: 3})
	if n := len(workersOf(t, os.Getpid())); n != 0 {
		t.Errorf("%d workers before the first document", n)
	}
	for range 4 {
		if err := p.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(workersOf(t, os.Getpid())); n != 1 {
		t.Errorf("%d workers for documents one after another", n)
	}
}

func TestConcurrentDocuments(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			word := fmt.Sprintf("riêng%dbiệt", i)
			pdf, err := p.Convert(context.Background(), documentOf(paragraph(run(word))))
			if err != nil {
				t.Error(err)
				return
			}
			if text := tool(t, "pdftotext", pdfFile(t, pdf), "-"); strings.TrimSpace(text) != word {
				t.Errorf("document %d has the text %q", i, text)
			}
		})
	}
	wg.Wait()
}

func TestHangingDocumentCostsOnlyItself(t *testing.T) {
	p := newPool(t, Config{Workers: 2, Timeout: 4 * time.Second})
	began := time.Now()
	hanging := make(chan error, 1)
	go func() {
		_, err := p.Convert(context.Background(), nested(3000))
		hanging <- err
	}()
	for i := range 5 {
		if _, err := p.Convert(t.Context(), plan(1)); err != nil {
			t.Errorf("good document %d beside the hanging one: %v", i, err)
		}
	}
	err := <-hanging
	wantError(t, err, record.Invalid, "conversion-timeout")
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("stopped only after %s", took)
	}
	if err := p.Probe(t.Context()); err != nil {
		t.Errorf("after the hanging document: %v", err)
	}
}

// A limit of its own goes before the pool's, longer or shorter, and the error
// names it.
func TestConvertWithin(t *testing.T) {
	p := newPool(t, Config{Workers: 1, Timeout: time.Millisecond})
	if _, err := p.ConvertWithin(t.Context(), plan(1), time.Minute); err != nil {
		t.Errorf("longer than the pool's: %v", err)
	}
	p = newPool(t, Config{Workers: 1, Timeout: time.Minute})
	_, err := p.ConvertWithin(t.Context(), nested(3000), 2*time.Second)
	wantError(t, err, record.Invalid, "conversion-timeout")
	if err == nil || !strings.Contains(err.Error(), "2 giây") {
		t.Errorf("%v", err)
	}
}

// busyWorker waits until the one worker has a document in hand.
func busyWorker(t *testing.T, p *Pool) int {
	t.Helper()
	var pid int
	eventually(t, "a worker has the document in hand", func() bool {
		found, _ := filepath.Glob(filepath.Join(p.home.run, "w*", "document.docx"))
		pids := workersOf(t, os.Getpid())
		if len(found) == 1 && len(pids) == 1 {
			pid = pids[0]
		}
		return pid != 0
	})
	return pid
}

func TestWorkerKilledMidDocument(t *testing.T) {
	tests := []struct {
		signal syscall.Signal
		kind   record.Kind
	}{
		{syscall.SIGKILL, record.Unavailable}, // from outside: may be repeated
		{syscall.SIGTERM, record.Unavailable},
		{syscall.SIGSEGV, record.Invalid}, // as a document would cause
		{syscall.SIGABRT, record.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.signal.String(), func(t *testing.T) {
			p := newPool(t, Config{Workers: 1, Timeout: 20 * time.Second})
			if err := p.Probe(t.Context()); err != nil { // the profile is made, the worker warm
				t.Fatal(err)
			}
			answer := make(chan error, 1)
			go func() {
				_, err := p.Convert(context.Background(), nested(3000))
				answer <- err
			}()
			pid := busyWorker(t, p)
			if err := syscall.Kill(pid, tt.signal); err != nil {
				t.Fatal(err)
			}
			wantError(t, <-answer, tt.kind, "conversion-crashed")
			began := time.Now()
			if err := p.Probe(t.Context()); err != nil {
				t.Errorf("next document: %v", err)
			}
			t.Logf("next document after %s", time.Since(began))
			if now := workersOf(t, os.Getpid()); slices.Contains(now, pid) || len(now) != 1 {
				t.Errorf("workers %v after killing %d", now, pid)
			}
		})
	}
}

// Nobody pays for a worker that dies while it has nothing to do.
func TestIdleWorkerKilled(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	for i := range 4 {
		if err := p.Probe(t.Context()); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
		if err := syscall.Kill(workersOf(t, os.Getpid())[0], syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecycle(t *testing.T) {
	p := newPool(t, Config{Workers: 1, RecycleAfter: 2})
	var pids []int
	for range 6 {
		if err := p.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, pid := range workersOf(t, os.Getpid()) {
			if !slices.Contains(pids, pid) {
				pids = append(pids, pid)
			}
		}
	}
	// After its second document each is ended at once, so it is seen after its
	// first only.
	if len(pids) != 3 {
		t.Errorf("workers %v for six documents, two each", pids)
	}
}

func TestQueueIsBounded(t *testing.T) {
	p := newPool(t, Config{Workers: 1, Queue: 1, Timeout: 30 * time.Second})
	if err := p.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := p.Convert(ctx, nested(3000))
		first <- err
	}()
	busyWorker(t, p)
	waiting, giveUp := context.WithCancel(t.Context())
	go func() {
		_, err := p.Convert(waiting, plan(1))
		second <- err
	}()
	eventually(t, "the second document waits", func() bool { return len(p.tickets) == 2 })
	_, err := p.Convert(t.Context(), plan(1))
	wantError(t, err, record.Busy, "converter-busy")

	giveUp()
	err = <-second
	wantError(t, err, record.Busy, "conversion-cancelled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the cause is hidden: %v", err)
	}
	cancel() // in the middle of the work
	wantError(t, <-first, record.Busy, "conversion-cancelled")
	if err := p.Probe(t.Context()); err != nil {
		t.Errorf("after cancelling: %v", err)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	p := newPool(t, Config{Workers: 1, Queue: 1, Timeout: 30 * time.Second})
	answers := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := p.Convert(context.Background(), nested(3000))
			answers <- err
		}()
	}
	busyWorker(t, p)
	eventually(t, "the second document waits", func() bool { return len(p.tickets) == 2 })
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantError(t, <-answers, record.Unavailable, "converter-closed")
	}
	wantError(t, p.Probe(t.Context()), record.Unavailable, "converter-closed")
}

func TestWorkerThatCannotStart(t *testing.T) {
	tests := map[string]Config{
		"no LibreOffice":     {Office: "/nonexistent/program"},
		"no worker program":  {Command: []string{"/nonexistent/vanthu"}},
		"another program":    {Command: []string{"/bin/true"}},
		"a talking program":  {Command: []string{"/bin/echo", strings.Repeat("x", 1000)}},
		"too little memory":  {AddressSpace: 300 << 20},
		"an empty LO folder": {Office: emptyOffice(t)},
	}
	for name, cfg := range tests {
		t.Run(name, func(t *testing.T) {
			if raceEnabled && cfg.AddressSpace != 0 {
				t.Log("the race detector needs the address space: worker starts")
				return
			}
			p := newPool(t, cfg)
			wantError(t, p.Probe(t.Context()), record.Unavailable, "converter-unavailable")
		})
	}
}

func emptyOffice(t *testing.T) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "versionrc"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
