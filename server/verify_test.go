package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer/verify"
)

func (o *office) judge(t testing.TB, as string, pdf []byte) answer {
	t.Helper()
	return o.ask(t, request{method: "POST", path: "/api/v1/verify", as: o.people[as], body: pdf, header: map[string]string{"Content-Type": mediaPDF}})
}

// A file is judged, and found in the archive byte for byte; of what is not
// issued yet, others learn nothing.
func TestVerify(t *testing.T) {
	o := house.open(t)
	pdfOf := func(doc record.Document) []byte {
		b, err := o.cfg.Desk.File(t.Context(), doc, record.PDFFile)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	issued, numbered, signed, recalled := o.standing(t, record.Issued), o.standing(t, record.Numbered), o.standing(t, record.Signed), o.standing(t, record.Recalled)
	for _, x := range []struct {
		name    string
		as      string
		doc     record.Document
		known   bool
		verdict verify.Verdict
	}{
		{"issued, of one's own", "archivist", issued, true, verify.Valid},
		{"issued, of others", "archivist-elsewhere", issued, true, verify.Valid},
		{"recalled, of others", "archivist-elsewhere", recalled, true, verify.Valid},
		{"numbered, of one's own", "clerk", numbered, true, verify.Valid},
		{"numbered, of others", "clerk-elsewhere", numbered, false, verify.Valid},
		{"signed, of others", "clerk-elsewhere", signed, false, verify.Valid},
		{"signed, without a role", "idle", signed, false, verify.Valid},
	} {
		var v Verified
		o.judge(t, x.as, pdfOf(x.doc)).into(t, &v)
		if v.Verdict != x.verdict || v.Archive.Known != x.known {
			t.Errorf("%s: %s %+v", x.name, v.Verdict, v.Archive)
		}
		if x.known && (v.Archive.Document != x.doc.ID || v.Archive.Organization != here || !v.Archive.Current || v.Archive.State != x.doc.State || v.Archive.Symbol != x.doc.Symbol) {
			t.Errorf("%s: %+v", x.name, v.Archive)
		}
		if !x.known && (v.Archive.Known || v.Archive.Document != "") {
			t.Errorf("%s: %+v", x.name, v.Archive)
		}
	}
	forged := bytes.Clone(pdfOf(issued))
	forged[len(forged)/4] ^= 1
	var v Verified
	o.judge(t, "archivist", forged).into(t, &v)
	if v.Verdict == verify.Valid || v.Archive.Known {
		t.Errorf("a changed file: %s %+v", v.Verdict, v.Archive)
	}
	for _, hostile := range [][]byte{nil, []byte("%PDF-1.7"), []byte("not a PDF"), bytes.Repeat([]byte("%PDF-1.7 obj "), 1000)} {
		a := o.judge(t, "archivist", hostile)
		if a.status != 422 {
			t.Errorf("%.20q: %d %s", hostile, a.status, clip(string(a.body)))
		}
	}
}

// Clients that send slowly do not keep others from having files judged, and no
// more of them are let in than there is memory for.
func TestSlowSendersKeepNoVerifier(t *testing.T) {
	o := house.open(t).with(t, func(*Config) {})
	content, err := os.ReadFile("../testdata/chu-ky.png")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	slow := make([]*io.PipeWriter, uploads-1)
	done := make(chan struct{}, len(slow))
	for i := range slow {
		r, w := io.Pipe()
		slow[i] = w
		go func() {
			defer func() { done <- struct{}{} }()
			_ = o.begin(ctx, o.people["archivist"], r)
		}()
		if _, err := w.Write([]byte("%PDF")); err != nil {
			t.Fatal(err)
		}
	}
	for len(o.server.uploads) < len(slow) {
		time.Sleep(time.Millisecond)
	}
	o.judge(t, "archivist", content).want(t, 422, "") // there is a place left, and both verifiers are free
	r, w := io.Pipe()
	go func() {
		defer func() { done <- struct{}{} }()
		_ = o.begin(ctx, o.people["archivist"], r)
	}()
	if _, err := w.Write([]byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	for len(o.server.uploads) < uploads {
		time.Sleep(time.Millisecond)
	}
	o.judge(t, "archivist", content).want(t, 429, "uploads-busy")
	cancel()
	for _, p := range append(slow, w) {
		if err := p.CloseWithError(fmt.Errorf("gone")); err != nil {
			t.Error(err)
		}
		<-done
	}
	for len(o.server.uploads) > 0 {
		time.Sleep(time.Millisecond)
	}
	o.judge(t, "archivist", content).want(t, 422, "")
}
