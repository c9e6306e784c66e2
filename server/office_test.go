package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"vanthu/converter"
	"vanthu/demo"
	"vanthu/pdf"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
	"vanthu/server/books"
	"vanthu/server/reads"
	"vanthu/signer"
	"vanthu/signer/verify"
	"vanthu/storage"
	"vanthu/storage/evidence"
	"vanthu/templates"
	"vanthu/templates/lint"
)

// The organisations of the tests: most happens here, some are elsewhere, and
// one has a Vietnamese letter in its symbols.
const (
	here      = "ubnd-tp-vung-tau"
	elsewhere = "ubnd-tinh-dak-lak"
	council   = "hdnd-mau"
	official  = "nguyen-thi-thu-huong" // of here, before whom documents are put
)

// office is a real one in a folder: archive, desk, LibreOffice, keys, accounts.
type office struct {
	dir     string
	cfg     Config
	backend *storage.Backend
	pool    *converter.Pool
	log     *lockedBuffer
	server  *Server
	http    *httptest.Server
	spec    *spec
	people  map[string]*person
	stock   *stock
	closers []func() error
}

// house is the office of the whole test binary.
var house sharedOffice

type sharedOffice struct {
	once   sync.Once
	office *office
	err    error
}

// open brings the office up for the first test that wants it.
func (h *sharedOffice) open(t testing.TB) *office {
	t.Helper()
	h.once.Do(func() { h.office, h.err = openOffice() })
	if h.err != nil {
		t.Fatal(h.err)
	}
	return h.office
}

func (h *sharedOffice) close() error {
	if h.office == nil {
		return nil
	}
	var errs []error
	for i := len(h.office.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.office.closers[i]())
	}
	return errors.Join(errs...)
}

func openOffice() (*office, error) {
	ctx := context.Background()
	o := &office{log: &lockedBuffer{}, stock: &stock{docs: map[record.Status]record.Document{}}, people: map[string]*person{}}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	if o.dir, err = os.MkdirTemp("", "vanthu-server-"); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, func() error { return os.RemoveAll(o.dir) })
	if o.backend, err = storage.OpenFS(ctx, o.dir); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.backend.Close)
	archive := storage.NewArchive(o.backend.Archive)
	states, err := storage.OpenStates(archive, filepath.Join(o.dir, "index"), quiet)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, states.Close)
	index, err := storage.OpenIndex(ctx, archive, states, filepath.Join(o.dir, "index"), quiet)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, index.Close)
	forms, err := templates.Load()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if o.pool, err = converter.New(converter.Config{Command: []string{self, convertWorker}, Log: quiet}); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.pool.Close)
	organizations, err := demo.Load()
	if err != nil {
		return nil, err
	}
	ring, err := demo.NewKeys(filepath.Join(o.dir, "keys"), filepath.Join(o.dir, "ca.pem"), organizations)
	if err != nil {
		return nil, err
	}
	published := &desk.Published{Journals: states, Archive: archive}
	forms = forms.With(published)
	d := &desk.Desk{Journals: states, Archive: archive, Forms: forms, Linter: lint.Rules{}, Converter: o.pool, Signer: signer.New(ring, signer.Options{}),
		Organizations: published, Now: time.Now, AllowDate: true, LinkKey: make([]byte, 32), Printed: pdf.Shows, Books: books.Extracts{Converter: o.pool}, Addresses: addresses.New(o.backend.Work)}
	logs := &storage.Log{Archive: archive, Signer: storage.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)))}
	enclosed := func(ctx context.Context, pdf []byte) (certificates, ocsps, crls [][]byte, err error) {
		r, err := verify.Verify(ctx, pdf, verify.Options{})
		certificates, ocsps, crls = r.Enclosed()
		return certificates, ocsps, crls, err
	}
	o.cfg = Config{
		Desk: d, States: states, Index: index, Accounts: accounts.New(o.backend.Work, time.Now), Addresses: addresses.New(o.backend.Work), Forms: forms,
		Logs: logs, Packages: evidence.Sources{Archive: archive, Log: logs, Enclosed: enclosed, Now: time.Now}, Audits: &storage.Audits{Work: o.backend.Work},
		Reads: reads.New(o.backend.Work, time.Now, quiet), Verify: o.verify, Store: o.backend.Ping, Converter: o.pool.Probe, Version: "test",
		Limits: Limits{AccountRate: 1e6, AccountBurst: 1e6, AddressRate: 1e6, AddressBurst: 1e6, LoginRate: 1e6, LoginBurst: 1e6},
		Log:    slog.New(slog.NewJSONHandler(o.log, nil)), Now: time.Now,
	}
	if err := o.furnish(ctx); err != nil {
		return nil, err
	}
	if o.server, err = New(o.cfg); err != nil {
		return nil, err
	}
	o.http = httptest.NewServer(o.server)
	o.closers = append(o.closers, func() error { o.http.Close(); return nil })
	o.spec, err = readSpec(o.server.spec())
	return o, err
}

func (o *office) verify(ctx context.Context, pdf []byte) (verify.Report, error) {
	raw, err := os.ReadFile(filepath.Join(o.dir, "ca.pem"))
	if err != nil {
		return verify.Report{}, err
	}
	block, _ := pem.Decode(raw)
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return verify.Report{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return verify.Report{}, err
	}
	return verify.Verify(ctx, pdf, verify.Options{Roots: []*x509.Certificate{root}, SecondOpinion: &verify.SecondOpinion{Command: []string{self, secondOpinion}}})
}

var chief = desk.Actor{ID: "chief", Roles: []record.Role{record.Administrator}}

// furnish puts the organisations in force and lets people in.
func (o *office) furnish(ctx context.Context) error {
	err := demo.Each(func(id string, content []byte) error { return o.cfg.Desk.PublishOrganization(ctx, chief, id, content) })
	if err != nil {
		return err
	}
	content, err := json.Marshal(record.Organization{ID: council,
		Names:        []record.OrganizationName{{Lines: []string{"HỘI ĐỒNG NHÂN DÂN", "TỈNH MẪU"}, Name: "HĐND tỉnh Mẫu", Abbreviation: "HĐND", HeadTitle: "CHỦ TỊCH", Place: "Mẫu"}},
		Appointments: []record.Appointment{{Person: "nguoi-ky", Name: "Trần Văn Ký", Title: "CHỦ TỊCH", Capacities: []record.Capacity{record.Head}, Decision: "Quyết định bổ nhiệm số 1"}},
		Series:       []record.Series{{ID: "hanh-chinh"}}, Seals: []record.Seal{{ID: "dau", DiameterMM: 36}}})
	if err != nil {
		return err
	}
	if err := o.cfg.Desk.PublishOrganization(ctx, chief, council, content); err != nil {
		return err
	}
	return o.employ(ctx)
}

// lockedBuffer is where the log goes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// with is another server on the same office, with a part exchanged.
func (o *office) with(t testing.TB, change func(*Config)) *office {
	t.Helper()
	other := *o
	other.log = &lockedBuffer{}
	other.cfg.Log = slog.New(slog.NewJSONHandler(other.log, nil))
	change(&other.cfg)
	var err error
	if other.server, err = New(other.cfg); err != nil {
		t.Fatal(err)
	}
	other.http = httptest.NewServer(other.server)
	t.Cleanup(other.http.Close)
	return &other
}

// seqs are the ends of all journals: what a refusal must not move.
func (o *office) seqs(t testing.TB) map[string]uint64 {
	t.Helper()
	out := map[string]uint64{}
	for _, j := range []string{record.SystemJournal, here, elsewhere, council} {
		err := o.cfg.Desk.Journals.View(context.Background(), j, func(s *record.State) error {
			out[j] = s.Seq
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}
