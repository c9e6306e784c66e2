package storage

import (
	"context"
	"fmt"
	"slices"

	"vanthu/record"
)

// fold is one journal as far as the audit has come.
type fold struct {
	state *record.State
	// whole until something is wrong: after that the entries are still checked
	// one by one and against their neighbours, but no longer by the rules.
	whole bool
	// before is the entry last read, with its digest; "" when it was not readable.
	before record.Digest
	seq    uint64
}

// journal checks one journal from its first entry to its last. An error means
// that the archive is out of reach.
func (a *auditor) journal(ctx context.Context, journal string) error {
	f := fold{state: record.NewState(journal), whole: true}
	l := a.log(journal)
	for _, seq := range a.journals[journal] {
		if missing := f.seq + 1; seq != missing {
			a.problem(entryKey(journal, missing), "missing", "Nhật ký %s thiếu các mục từ %d đến %d", journal, missing, seq-1)
			f.whole, f.before = false, ""
			l.entry(nil)
		}
		f.seq = seq
		key := entryKey(journal, seq)
		b, ok := a.read(ctx, key)
		if err := a.stopped(); err != nil {
			return err
		}
		if !ok {
			f.whole, f.before = false, ""
			l.entry(nil)
			continue
		}
		r, err := decodeRecorded(journal, seq, b)
		if err != nil {
			good := func(b []byte) bool { _, err := decodeRecorded(journal, seq, b); return err == nil }
			if b, ok = a.later(ctx, key, good); ok {
				r, err = decodeRecorded(journal, seq, b)
			}
		}
		if err != nil {
			l.entry(nil)
			a.problem(key, "damaged", "%v", err)
			f.whole, f.before = false, ""
			continue
		}
		a.report.Entries++
		l.entry(b)
		a.entry(ctx, &f, key, r)
	}
	return nil
}

func (a *auditor) entry(ctx context.Context, f *fold, key string, r Recorded) {
	e := r.Entry
	if (f.before != "" || e.Seq == 1) && e.Previous != f.before {
		a.problem(entryKey(e.Journal, max(e.Seq-1, 1)), "order", "Mục %d không phải là mục mà mục %d của nhật ký %s nêu là trước nó",
			e.Seq-1, e.Seq, e.Journal)
		f.whole = false
	}
	predecessor := f.state.Documents[e.Document].Manifest
	if f.whole {
		if err := record.Apply(f.state, e, r.Digest); err != nil {
			a.problem(key, "rule", "%v", err)
			f.whole = false
		}
	}
	f.before = r.Digest
	if e.Published != nil && e.Published.SHA256.Valid() {
		a.leads(ctx, key, blobKey(e.Published.SHA256))
	}
	if e.Repaired != nil {
		a.repaired[e.Repaired.Key] = e.Repaired.SHA256
	}
	if e.Copied != nil && e.Copied.PDF.Valid() {
		if x := e.Copied; a.leads(ctx, key, blobKey(x.PDF)) {
			a.signed(ctx, x.PDF, Signed{Facts: []record.SignatureFact{x.Signature}, More: true}, "bản sao "+x.Symbol)
		}
	}
	if x := e.Closing; x != nil && x.PDF.Valid() && a.leads(ctx, key, blobKey(x.PDF)) {
		a.signed(ctx, x.PDF, Signed{Facts: []record.SignatureFact{x.Signature}, More: true}, fmt.Sprintf("bản chốt sổ %s năm %d", x.Series, x.Year))
	}
	if e.Manifest != "" {
		a.version(ctx, key, e, predecessor, f.whole)
	}
}

// version checks the manifest that an entry names, and the files it names.
func (a *auditor) version(ctx context.Context, entry string, e record.Entry, predecessor record.Digest, whole bool) {
	if !e.Manifest.Valid() {
		a.problem(entry, "mismatch", "Mã của bản kê không hợp lệ")
		return
	}
	key := manifestKey(e.Manifest)
	if !a.leads(ctx, entry, key) {
		return
	}
	m, ok := a.manifests[key]
	if !ok { // wrong itself, or written since the listing
		return
	}
	var pdf record.Digest
	if i := slices.IndexFunc(m.files, func(f record.File) bool { return f.Name == record.PDFFile }); i >= 0 {
		pdf = m.files[i].SHA256
	}
	if m.document != e.Document || m.version != e.Version || e.PDF != "" && e.PDF != pdf || whole && m.predecessor != predecessor {
		a.problem(entry, "mismatch", "Mục nhật ký và bản kê %s không nói cùng một phiên bản", key)
	}
	for _, f := range m.files {
		file := blobKey(f.SHA256)
		if size, ok := a.blobs[file]; a.leads(ctx, key, file) && ok && size != int64(f.Size) {
			a.problem(key, "mismatch", "Tệp %s dài %d byte, bản kê ghi %d", f.Name, size, f.Size)
		}
	}
	if m.template.Valid() {
		a.leads(ctx, key, blobKey(m.template))
	}
}

// leads notes that one object names another, and says whether that is there.
func (a *auditor) leads(ctx context.Context, from, to string) bool {
	a.led[to] = true
	_, blob := a.blobs[to]
	_, manifest := a.manifests[to]
	if !a.there(ctx, to, blob || manifest) {
		a.problem(to, "missing", "Không có trong kho, nhưng %s nêu đến", from)
		return false
	}
	return true
}
