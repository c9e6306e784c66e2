package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

const journal = "ubnd-tp-vung-tau"

var (
	key     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	day     = time.Date(2024, 3, 22, 9, 0, 0, 0, record.Office)
	options = Options{Stamp: testTime, Enclosed: testEnclosed}
)

// The timestamps and PDFs of these tests are words; real ones are tried where
// the whole program is.
func testTime(token, digest []byte) (time.Time, error) {
	if !bytes.Equal(token, append([]byte("stamp "), digest...)) {
		return time.Time{}, errors.New("of something else")
	}
	return day, nil
}

func testEnclosed(_ context.Context, pdf []byte) (certs, ocsps, crls [][]byte, err error) {
	return [][]byte{[]byte("cert 1"), []byte("cert 2")}, [][]byte{[]byte("ocsp")}, [][]byte{[]byte("crl")}, nil
}

type desk struct {
	t       testing.TB
	archive *storage.Archive
	states  *storage.States
	sources Sources
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	b, err := storage.OpenFS(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := storage.NewArchive(b.Archive)
	s, err := storage.OpenStates(a, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l := &storage.Log{Archive: a, Signer: storage.NewSigner(key),
		Stamp:      func(_ context.Context, d []byte) ([]byte, error) { return append([]byte("stamp "), d...), nil },
		CheckStamp: func(token, d []byte) error { _, err := testTime(token, d); return err }}
	return &desk{t, a, s, Sources{Archive: a, Log: l, Enclosed: testEnclosed, Now: func() time.Time { return day }}}
}

func (d *desk) step(id string, c record.Command, fill func(*record.State, *record.Entry)) {
	d.t.Helper()
	_, err := d.states.Update(context.Background(), journal, func(s *record.State) (*record.Entry, error) {
		e := &record.Entry{Time: day, Actor: "clerk", Command: c, Document: id}
		fill(s, e)
		return e, nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// issue takes a document with a separate file on its whole way.
func (d *desk) issue(id string) record.Document {
	d.t.Helper()
	ctx := context.Background()
	v := record.Version{Document: id, Created: day, Subject: "Kế hoạch về chuyển đổi số", Symbol: "/KH-UBND",
		Issuer: record.OrganizationOn{ID: journal, OrganizationName: record.OrganizationName{Name: "UBND thành phố Vũng Tàu"}},
		Type:   record.DocumentType{Abbreviation: "KH", Name: "Kế hoạch"}, Signatory: record.Signatory{Name: "Nguyễn Văn Nghĩa"},
		List:        record.DistributionList{Recipients: []record.Recipient{{Name: "Sở Nội vụ", Copies: 1}, {Name: "Đảng ủy <phường>", Copies: 1}}},
		Attachments: []record.Attachment{{File: "attachment-1.pdf", Title: "Phụ lục I"}}}
	version := func(state record.Status, stage string) record.Digest {
		predecessor := record.Digest("")
		if v.Version > 0 {
			b, err := json.Marshal(v)
			if err != nil {
				d.t.Fatal(err)
			}
			predecessor = record.DigestOf(b)
		}
		v.Version++
		v.Predecessor, v.State, v.Files = predecessor, state, nil
		for _, f := range []struct{ name, text string }{{record.PDFFile, "%PDF " + id + stage}, {"attachment-1.pdf", "%PDF attachment " + id}} {
			digest, err := d.archive.PutBlob(ctx, []byte(f.text))
			if err != nil {
				d.t.Fatal(err)
			}
			v.Files = append(v.Files, record.File{Name: f.name, SHA256: digest, Size: len(f.text)})
		}
		m, err := d.archive.PutVersion(ctx, v)
		if err != nil {
			d.t.Fatal(err)
		}
		return m
	}
	pdf := func(stage string) record.Digest { return record.DigestOf([]byte("%PDF " + id + stage)) }
	m := version(record.Draft, "draft")
	d.step(id, record.CmdDraft, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF, e.Draft = 1, m, "", &record.DraftFacts{Type: "KH"}
	})
	m = version(record.Submitted, "submitted")
	d.step(id, record.CmdSubmit, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF = 2, m, pdf("submitted")
		e.Submitted = &record.SubmitFacts{Series: "s", Year: 2024, Digits: 5, Signatory: "p"}
	})
	m = version(record.Signed, "signed")
	d.step(id, record.CmdSign, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF, e.Read = 3, m, pdf("signed"), pdf("submitted")
	})
	d.step(id, record.CmdNumber, func(s *record.State, e *record.Entry) {
		v.Number = s.Counters[record.CounterKey("s", 2024)].Last + 1
		v.Symbol, v.Date = record.NumberText(v.Number)+"/KH-UBND", "2024-03-22"
		// The manifest before this entry is the signed one's.
		e.Numbering = &record.Numbering{Series: "s", Year: 2024, Number: v.Number, Symbol: v.Symbol, Date: v.Date}
	})
	signed := d.document(id).Manifest
	v.Version++
	v.Predecessor, v.State = signed, record.Issued
	sealed := "%PDF " + id + "sealed"
	digest, err := d.archive.PutBlob(ctx, []byte(sealed))
	if err != nil {
		d.t.Fatal(err)
	}
	v.Files[0] = record.File{Name: record.PDFFile, SHA256: digest, Size: len(sealed)}
	if m, err = d.archive.PutVersion(ctx, v); err != nil {
		d.t.Fatal(err)
	}
	d.step(id, record.CmdSeal, func(_ *record.State, e *record.Entry) { e.Version, e.Manifest, e.PDF = 4, m, digest })
	return d.document(id)
}

func (d *desk) document(id string) record.Document {
	d.t.Helper()
	var doc record.Document
	err := d.states.View(context.Background(), journal, func(s *record.State) error {
		doc = s.Documents[id]
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return doc
}

func (d *desk) build(doc record.Document) []byte {
	d.t.Helper()
	b, err := d.sources.Build(context.Background(), doc)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func unpacked(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	files, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func packed(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	b, err := pack(files, day)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func codes(r Report) []string {
	var out []string
	for _, f := range r.Faults {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestPackage(t *testing.T) {
	d := newDesk(t)
	d.issue("a")
	doc := d.issue("b")
	d.issue("c")
	b := d.build(doc)
	r, pdf, err := Check(t.Context(), b, options)
	if err != nil || !r.Good || !r.InForce() || string(pdf) != "%PDF bsealed" || r.Register.Number != 2 || r.Register.Symbol != "02/KH-UBND" ||
		r.Stamped == nil || !r.Stamped.Equal(day) || r.KeyKnown || len(r.Notes) != 1 {
		t.Fatalf("%+v, %q, %v", r, pdf, err)
	}
	known := options
	known.Keys = []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}
	if r, _, err := Check(t.Context(), b, known); err != nil || !r.Good || !r.KeyKnown || len(r.Notes) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	other := options
	other.Keys = []ed25519.PublicKey{ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)}
	if r, _, err := Check(t.Context(), b, other); err != nil || r.Good || !slices.Equal(codes(r), []string{"log-key-foreign"}) {
		t.Errorf("%+v, %v", r, err)
	}
	// What stands in it can be checked by what everybody has.
	dir := t.TempDir()
	for name, content := range unpacked(t, b) {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	sum := exec.Command("sha256sum", "-c", "--strict", sumsName)
	sum.Dir = dir
	if out, err := sum.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
	page := string(unpacked(t, b)[pageName])
	for _, want := range []string{"02/KH-UBND", "Kế hoạch về chuyển đổi số", record.Date("2024-03-22").Vietnamese(), "Nguyễn Văn Nghĩa", "Đảng ủy &lt;phường&gt;", "Có hiệu lực", "Đóng dấu, phát hành"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if again := d.build(doc); !bytes.Equal(again, b) {
		t.Error("the same package again is another")
	}
}

// A document that was recalled says so, and is in force no more; one that was
// never issued has no package.
func TestPackageOfTheState(t *testing.T) {
	d := newDesk(t)
	doc := d.issue("a")
	before := d.build(doc)
	d.step("a", record.CmdRecall, func(_ *record.State, e *record.Entry) { e.Reason = "Trái thẩm quyền" })
	r, _, err := Check(t.Context(), d.build(d.document("a")), options)
	if err != nil || !r.Good || r.InForce() || r.Register.State != record.Recalled || !strings.Contains(r.Text(), "THU HỒI") {
		t.Errorf("%+v, %v", r, err)
	}
	if r, _, err := Check(t.Context(), before, options); err != nil || !r.InForce() {
		t.Errorf("the earlier package: %+v, %v", r, err)
	}
	doc.State = record.Signed
	if _, err := d.sources.Build(t.Context(), doc); record.CodeOf(err) != "not-issued" {
		t.Errorf("%v", err)
	}
}

// Every byte range of every file matters: one flipped in each, with the table of
// digests made right again, is named for what it is. What only people read is
// covered by the table alone.
func TestPackageAltered(t *testing.T) {
	d := newDesk(t)
	d.issue("a")
	doc := d.issue("b")
	whole := unpacked(t, d.build(doc))
	for _, name := range sorted(whole) {
		for _, repaired := range []bool{false, true} {
			files := clone(whole)
			b := files[name]
			b[len(b)/2] ^= 1
			if repaired && name != sumsName {
				files[sumsName] = sums(files)
			}
			r, _, err := Check(t.Context(), packed(t, files), options)
			good := repaired && name == pageName
			if err != nil || r.Good != good {
				t.Errorf("%s, digests made right %v: %+v, %v", name, repaired, r, err)
			}
		}
	}
	otherDoc := unpacked(t, d.build(d.document("a")))
	for name, change := range map[string]func(map[string][]byte){
		"register": func(f map[string][]byte) {
			f[registerName] = bytes.Replace(f[registerName], []byte("02/KH"), []byte("03/KH"), 1)
		},
		"pdf":         func(f map[string][]byte) { f[pdfName] = otherDoc[pdfName] },
		"manifest":    func(f map[string][]byte) { f[manifestName] = otherDoc[manifestName] },
		"attachment":  func(f map[string][]byte) { delete(f, filesFolder+"attachment-1.pdf") },
		"attachment+": func(f map[string][]byte) { f[filesFolder+"more.pdf"] = []byte("x") },
		"enclosed":    func(f map[string][]byte) { f[certFolder+"03.cer"] = []byte("another") },
		"stamp":       func(f map[string][]byte) { f[stampName] = []byte("stamp of nothing") },
		"proof":       func(f map[string][]byte) { delete(f, entryName(10)) },
		"entries":     func(f map[string][]byte) { f[entryName(10)] = f[entryName(9)] },
		"log-key":     func(f map[string][]byte) { f[keyName] = []byte("no key\n") },
		"checkpoint": func(f map[string][]byte) {
			f[checkpointName] = bytes.Replace(f[checkpointName], []byte("\n10\n"), []byte("\n11\n"), 1)
		},
	} {
		files := clone(whole)
		change(files)
		files[sumsName] = sums(files)
		r, _, err := Check(t.Context(), packed(t, files), options)
		if err != nil || r.Good || !slices.Contains(codes(r), strings.TrimSuffix(name, "+")) {
			t.Errorf("%s: %v, %v", name, codes(r), err)
		}
	}
	// A whole other history, rightly signed by a key of the forger's own, is what
	// only the known key tells apart.
	forger := newDesk(t)
	forger.sources.Log.Signer = storage.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)))
	forged := forger.build(forger.issue("b"))
	if r, _, err := Check(t.Context(), forged, options); err != nil || !r.Good || r.KeyKnown {
		t.Errorf("%+v, %v", r, err)
	}
	known := options
	known.Keys = []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}
	if r, _, err := Check(t.Context(), forged, known); err != nil || r.Good {
		t.Errorf("%+v, %v", r, err)
	}
}

func clone(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for n, b := range files {
		out[n] = bytes.Clone(b)
	}
	return out
}

// What is no package is refused, whatever it unpacks to.
func TestNoPackage(t *testing.T) {
	d := newDesk(t)
	whole := unpacked(t, d.build(d.issue("a")))
	write := func(fill func(*zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		fill(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	add := func(z *zip.Writer, name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	all := func(z *zip.Writer) {
		for _, n := range sorted(whole) {
			add(z, n, whole[n])
		}
	}
	for name, b := range map[string][]byte{
		"empty":      nil,
		"no zip":     []byte("PK\x03\x04 and nothing more"),
		"no files":   write(func(*zip.Writer) {}),
		"a way out":  write(func(z *zip.Writer) { all(z); add(z, "../van-ban.pdf", nil) }),
		"a stranger": write(func(z *zip.Writer) { all(z); add(z, "virus.exe", nil) }),
		"twice":      write(func(z *zip.Writer) { all(z); add(z, pdfName, []byte("other")) }),
		"a bomb":     write(func(z *zip.Writer) { all(z); add(z, filesFolder+"b.pdf", make([]byte, maxSize)) }),
		"many": write(func(z *zip.Writer) {
			for i := range maxFiles + 1 {
				add(z, entryName(uint64(i)+1), nil)
			}
		}),
	} {
		if _, _, err := Check(t.Context(), b, options); record.CodeOf(err) != "package-damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	d := newDesk(f)
	d.issue("a")
	files := unpacked(f, d.build(d.issue("b")))
	f.Add(files[checkpointName], files[proofName], files[entryName(10)], files[manifestName], files[keyName])
	f.Fuzz(func(t *testing.T, checkpoint, proof, entry, manifest, key []byte) {
		changed := clone(files)
		changed[checkpointName], changed[proofName], changed[entryName(10)], changed[manifestName], changed[keyName] = checkpoint, proof, entry, manifest, key
		changed[sumsName] = sums(changed)
		r, _, err := Check(context.Background(), packed(t, changed), options)
		if err != nil {
			t.Fatal(err)
		}
		same := bytes.Equal(checkpoint, files[checkpointName]) && bytes.Equal(entry, files[entryName(10)]) && bytes.Equal(manifest, files[manifestName])
		if r.Good && !same {
			t.Fatalf("good: %+v", r)
		}
	})
}

func FuzzOpen(f *testing.F) {
	d := newDesk(f)
	f.Add(d.build(d.issue("a")))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := Check(context.Background(), b, options)
		if err != nil && record.KindOf(err) != record.Invalid {
			t.Fatal(err)
		}
	})
}
