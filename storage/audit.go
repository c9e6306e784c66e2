package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"vanthu/record"
)

// AuditOptions are what an audit may do besides reading.
type AuditOptions struct {
	// Signatures, where set, judges each PDF that has signatures. It is called
	// from several goroutines.
	Signatures func(ctx context.Context, s Signed) error
	// Checkpoints, where set, verifies the signatures of checkpoints and reports.
	Checkpoints *Signer
	// CheckStamp, where set, verifies a timestamp token over a SHA-256.
	CheckStamp func(token, digest []byte) error
	// Pace, where set, is waited for before each object is read: a rate limit.
	Pace func(ctx context.Context) error
	// Progress, where set, is told the number of objects read so far, in order,
	// one call at a time.
	Progress func(objects int)
}

// Signed is a PDF with the signatures that the archive says it has.
type Signed struct {
	PDF   []byte
	Facts []record.SignatureFact
	// More may stand before those: an attachment from outside, a copy of what was
	// signed.
	More bool
}

// Problem is one thing wrong in the archive.
type Problem struct {
	Key string `json:"key"`
	// Code: damaged (not the bytes that were written), unreadable, missing
	// (something names it), extra (nothing of ours has such a key),
	// contradicted (the journal is not the one that a checkpoint signed, here or in
	// the second place), second-version and deleted (laid over the first on the server; the first is
	// still read), order (a journal's entries do not follow from each other), rule
	// (an entry that record.Apply refuses), mismatch (an entry and its manifest, or
	// a manifest and its files, contradict each other), signature.
	Code    string `json:"code"`
	Message string `json:"message"` // Vietnamese, with the cause
}

// AuditReport is what an audit read and found.
type AuditReport struct {
	Objects  int       `json:"objects"`
	Bytes    int64     `json:"bytes"`
	Blobs    int       `json:"blobs"`
	Versions int       `json:"versions"`
	Journals int       `json:"journals"`
	Entries  int       `json:"entries"`
	Problems []Problem `json:"problems"` // sorted by key
	// Orphans are the keys of whole blobs and manifests that no journal entry
	// leads to: left by a process killed before its commit, or written while the
	// audit ran. They are no damage.
	Orphans []string `json:"orphans"`
}

// Good says that nothing is wrong.
func (r AuditReport) Good() bool { return len(r.Problems) == 0 }

// Audit reads every object of the archive and checks it: digests, manifests,
// the order of the journals and the rules of record.Apply, and that whatever is
// named is there. It does not stop at what is wrong; its error says that the
// archive could not be read to the end, and then the report is of the part read.
func (a *Archive) Audit(ctx context.Context, o AuditOptions) (AuditReport, error) {
	r := auditor{archive: a, options: o, blobs: map[string]int64{}, manifests: map[string]manifestFacts{},
		bad: map[string]bool{}, led: map[string]bool{}, journals: map[string][]uint64{}, logs: map[string]*logAudit{}, repaired: map[string]record.Digest{}, healed: map[string]record.Digest{}}
	err := r.run(ctx)
	r.report.Journals = len(r.journals)
	for _, set := range [][]string{keysOf(r.blobs), keysOf(r.manifests)} {
		for _, key := range set {
			if !r.led[key] {
				r.report.Orphans = append(r.report.Orphans, key)
			}
		}
	}
	slices.Sort(r.report.Orphans)
	slices.SortFunc(r.report.Problems, func(a, b Problem) int {
		return strings.Compare(a.Key+"\x00"+a.Code, b.Key+"\x00"+b.Code)
	})
	return r.report, err
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// manifestFacts is what is kept of a manifest until the journals are read.
type manifestFacts struct {
	document    string
	version     int
	predecessor record.Digest
	template    record.Digest
	files       []record.File
}

type auditor struct {
	archive *Archive
	options AuditOptions

	mu        sync.Mutex
	report    AuditReport
	blobs     map[string]int64         // whole blobs by key: size
	manifests map[string]manifestFacts // whole manifests by key
	bad       map[string]bool          // keys reported already
	led       map[string]bool          // keys that a journal entry leads to
	journals  map[string][]uint64      // sequences by journal
	logs      map[string]*logAudit     // by journal
	repaired  map[string]record.Digest // what the system journal says was put back
	healed    map[string]record.Digest // objects read from a later version
	fatal     error                    // the archive is out of reach
}

func (a *auditor) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	const workers = 8
	var (
		wg   sync.WaitGroup
		keys = make(chan string, workers)
		err  error
	)
	for range workers {
		wg.Go(func() {
			for key := range keys {
				a.object(ctx, key)
				if a.stopped() != nil {
					cancel()
				}
			}
		})
	}
	for key, lerr := range a.archive.store.List(ctx, "") {
		if err = lerr; err != nil {
			break
		}
		if journal, seq, ok := parseEntryKey(key); ok {
			a.journals[journal] = append(a.journals[journal], seq)
			continue
		}
		if strings.HasPrefix(key, logFolder) && a.logKey(key) {
			continue
		}
		keys <- key
	}
	close(keys)
	wg.Wait()
	if fatal := a.stopped(); fatal != nil {
		return fatal
	}
	if err != nil {
		return err
	}
	names := keysOf(a.journals)
	slices.Sort(names)
	for _, journal := range names {
		if err := a.journal(ctx, journal); err != nil {
			return err
		}
	}
	for _, journal := range slices.Sorted(maps.Keys(a.logs)) {
		l := a.logs[journal]
		err := l.finish(ctx, a)
		if err == nil && a.archive.Second != nil {
			err = l.second(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return a.overlaid(ctx)
}

func (a *auditor) stopped() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fatal
}

// problem notes the first thing wrong with a key per code.
func (a *auditor) problem(key, code, format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bad[key+"\x00"+code] {
		return
	}
	a.bad[key+"\x00"+code], a.bad[key] = true, true
	a.report.Problems = append(a.report.Problems, Problem{Key: key, Code: code, Message: fmt.Sprintf(format, args...)})
}

// read gets an object, whatever it is; false means that it was noted as wrong or
// that the audit has to end.
func (a *auditor) read(ctx context.Context, key string) ([]byte, bool) {
	if a.options.Pace != nil {
		if err := a.options.Pace(ctx); err != nil {
			a.mu.Lock()
			a.fatal = cmp.Or(a.fatal, err)
			a.mu.Unlock()
			return nil, false
		}
	}
	b, err := a.archive.store.Get(ctx, key)
	a.mu.Lock()
	a.report.Objects++
	a.report.Bytes += int64(len(b))
	if a.options.Progress != nil {
		a.options.Progress(a.report.Objects)
	}
	a.mu.Unlock()
	if err == nil {
		return b, true
	}
	if ctx.Err() != nil || record.CodeOf(err) == codeUnreachable {
		a.mu.Lock()
		a.fatal = cmp.Or(a.fatal, err)
		a.mu.Unlock()
		return nil, false
	}
	a.problem(key, "unreadable", "Không đọc được: %v", err)
	return nil, false
}

// later finds a good version of an object whose first version is damaged: put
// there by a repair, which the system journal then must say.
func (a *auditor) later(ctx context.Context, key string, good func([]byte) bool) ([]byte, bool) {
	b, ok := a.archive.edition(ctx, key, good)
	if ok {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.healed[key] = record.DigestOf(b)
	}
	return b, ok
}

// object checks what lies outside the journals.
func (a *auditor) object(ctx context.Context, key string) {
	if strings.HasPrefix(key, probeFolder) {
		if b, ok := a.read(ctx, key); ok && !probeWhole(b) {
			a.problem(key, "damaged", "Nội dung thử kho không còn như lúc ghi")
		}
		return
	}
	if strings.HasPrefix(key, reportFolder) {
		if b, ok := a.read(ctx, key); ok {
			a.reportNote(key, b)
		}
		return
	}
	d, manifest, known := contentKey(key)
	if !known {
		a.problem(key, "extra", "Khóa này không phải do dịch vụ ghi")
		return
	}
	b, ok := a.read(ctx, key)
	if !ok {
		return
	}
	good := func(b []byte) bool { return record.DigestOf(b) == d }
	if !good(b) {
		if b, ok = a.later(ctx, key, good); !ok {
			a.problem(key, "damaged", "Nội dung không khớp mã SHA-256 là tên của nó")
			return
		}
	}
	if !manifest {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.report.Blobs++
		a.blobs[key] = int64(len(b))
		return
	}
	v, err := decodeVersion(b)
	if err != nil {
		a.problem(key, "damaged", "Bản kê không đọc được: %v", err)
		return
	}
	a.mu.Lock()
	a.report.Versions++
	a.manifests[key] = manifestFacts{v.Document, v.Version, v.Predecessor, v.Template.SHA256, v.Files}
	a.mu.Unlock()
	a.signatures(ctx, key, v)
}

// contentKey reads a digest from a key, and says whether it is a manifest's.
func contentKey(key string) (d record.Digest, manifest, ok bool) {
	d = record.Digest(key[strings.LastIndexByte(key, '/')+1:])
	if d.Valid() && key == blobKey(d) {
		return d, false, true
	}
	d = record.Digest(strings.TrimSuffix(string(d), manifestSuffix))
	return d, true, d.Valid() && key == manifestKey(d)
}

// signatures judges the PDF of a version and its separate files.
func (a *auditor) signatures(ctx context.Context, key string, v record.Version) {
	by := map[string][]record.SignatureFact{}
	for _, x := range v.Signatures {
		by[x.File] = append(by[x.File], x)
	}
	for file, facts := range by {
		f, ok := v.File(cmp.Or(file, record.PDFFile))
		if !ok {
			a.problem(key, "mismatch", "Văn bản %s, phiên bản %d: chữ ký nêu tệp %q không có", v.Document, v.Version, file)
			continue
		}
		a.signed(ctx, f.SHA256, Signed{Facts: facts, More: file != ""}, fmt.Sprintf("văn bản %s, phiên bản %d", v.Document, v.Version))
	}
}

// signed judges one PDF of the archive; what is its name for people.
func (a *auditor) signed(ctx context.Context, d record.Digest, s Signed, what string) {
	if a.options.Signatures == nil {
		return
	}
	var err error
	if s.PDF, err = a.archive.Blob(ctx, d); err != nil {
		return // noted where the blob itself or what leads to it is checked
	}
	if err := a.options.Signatures(ctx, s); err != nil && ctx.Err() == nil {
		a.problem(blobKey(d), "signature", "Chữ ký của %s: %v", what, err)
	}
}

// overlaid names the keys that someone has written or deleted a second time, on
// a store where that is possible.
func (a *auditor) overlaid(ctx context.Context) error {
	s, ok := a.archive.store.(*s3Store)
	if !ok {
		return nil
	}
	for key, d := range a.healed {
		if a.repaired[key] != d {
			a.problem(key, "damaged", "Bản đầu đã hỏng; một bản ghi sau còn tốt và được dùng")
		}
	}
	for v, err := range s.versions(ctx, "", "") {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(v.key, probeFolder):
		case v.deleted:
			a.problem(v.key, "deleted", "Bị đánh dấu xóa trên máy chủ; bản đầu vẫn còn và vẫn được dùng")
		case v.count > 1 && a.repaired[v.key] != "":
			// Damaged first version, good second one: as the repair has left it.
			if v.count > 2 || a.healed[v.key] != a.repaired[v.key] {
				a.problem(v.key, "second-version", "Bị ghi đè %d lần trên máy chủ ngoài lần sửa đã ghi nhật ký", v.count-1)
			}
		case v.count > 1:
			a.problem(v.key, "second-version", "Bị ghi đè %d lần trên máy chủ; bản đầu vẫn còn và vẫn được dùng", v.count-1)
		}
	}
	return nil
}

// there says whether content is in the archive and whole. What was written since
// the listing is read now; what is wrong was noted already.
func (a *auditor) there(ctx context.Context, key string, known bool) bool {
	if known || a.bad[key] {
		return true
	}
	d, _, _ := contentKey(key)
	_, err := a.archive.content(ctx, key, d)
	return err == nil || !errors.Is(err, ErrNotFound)
}
