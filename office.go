package main

import (
	"context"
	"encoding/asn1"
	"log/slog"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"vanthu/converter"
	"vanthu/demo"
	"vanthu/pdf"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/addresses"
	"vanthu/server/books"
	"vanthu/signer"
	"vanthu/signer/keys"
	"vanthu/signer/online"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
	"vanthu/storage"
	"vanthu/templates"
	"vanthu/templates/lint"
)

// demoCA is the example authority's certificate in the data folder.
const demoCA = "demo-ca.pem"

// stateFlags say where the office keeps its state.
type stateFlags struct {
	Demo      bool   `help:"Dùng cơ quan, người ký và khóa mẫu; dữ liệu được ghi sẵn ngày." env:"VANTHU_DEMO"`
	Data      string `placeholder:"DIR" help:"Thư mục dữ liệu." type:"path" env:"VANTHU_DATA"`
	TSA       string `name:"tsa" placeholder:"URL" help:"Dịch vụ cấp dấu thời gian (RFC 3161); khi đó chữ ký được bổ sung bằng chứng lâu dài." env:"VANTHU_TSA"`
	TSAPolicy string `name:"tsa-policy" placeholder:"OID" help:"Chính sách cấp dấu thời gian phải có." env:"VANTHU_TSA_POLICY"`
	Second    string `placeholder:"DIR|URL" help:"Nơi thứ hai giữ bản sao của kho: thư mục, hoặc một kho MinIO khác (VANTHU_SECOND_ACCESS_KEY...)." env:"VANTHU_SECOND"`
	URL       string `name:"url" placeholder:"https://..." help:"Địa chỉ mà trình duyệt thấy; được in vào mã QR và ghi trong thư gửi đi." env:"VANTHU_URL"`
	S3        string `name:"s3" placeholder:"URL" help:"Kho MinIO, ví dụ http://127.0.0.1:9000/vanthu; khi đó DIR chỉ giữ index/ và keys/." env:"VANTHU_S3"`
}

// office is everything put together.
type office struct {
	desk    *desk.Desk
	cast    desk.Cast
	signer  *signer.Signer
	checker *trust.Checker // asked about revocation
	forms   *templates.Catalogue
	pool    *converter.Pool
	backend *storage.Backend
	archive *storage.Archive
	states  *storage.States
	logs    *storage.Log
	second  *storage.Second // nil for none
	tsa     *tsp.Client     // nil for none
	// recovered are keys that were read from a copy, to be mended.
	recovered chan string
	dir       string
	log       *slog.Logger
	closers   []func() error
}

func (o *office) close() {
	for i := len(o.closers) - 1; i >= 0; i-- {
		if err := o.closers[i](); err != nil {
			o.log.Warn("close", "error", err)
		}
	}
}

// open brings up the whole office on its data folder and store.
func (f *stateFlags) open(ctx context.Context, log *slog.Logger) (_ *office, err error) {
	o := &office{dir: f.Data, log: log, recovered: make(chan string, 100)}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.backend, err = f.backend(ctx, log); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.backend.Close)
	o.archive = storage.NewArchive(o.backend.Archive)
	o.archive.Recovered = func(key string, from storage.Source) {
		log.Warn("damaged object read from a copy", slog.String("key", key), slog.String("copy", string(from)))
		if from == storage.FromVersion {
			return
		}
		select {
		case o.recovered <- key:
		default: // the next audit finds it
		}
	}
	if f.Second != "" {
		o.second = storage.NewSecond(func(ctx context.Context) (*storage.Backend, error) { return openPlace(ctx, f.Second, log) })
		o.closers = append(o.closers, o.second.Close)
		o.archive.Second = o.second.Store()
	}
	states, err := storage.OpenStates(o.archive, filepath.Join(f.Data, "index"), log)
	if err != nil {
		return nil, err
	}
	o.states = states
	o.closers = append(o.closers, states.Close)
	if err := o.assemble(log); err != nil {
		return nil, err
	}
	published := &desk.Published{Journals: states, Archive: o.archive}
	o.forms = o.forms.With(published)
	o.desk.Journals, o.desk.Archive, o.desk.Organizations, o.desk.Forms = states, o.archive, published, o.forms
	o.cast = ownCast()
	ring := keyRing(keys.NewFolder(filepath.Join(f.Data, "keys")))
	if f.Demo {
		if ring, err = o.demo(ctx); err != nil {
			return nil, err
		}
	}
	o.closers = append(o.closers, ring.Close)
	if o.signer, err = o.signs(ring, f); err != nil {
		return nil, err
	}
	if o.logs, err = journalLogs(o.archive, o.dir, o.tsa); err != nil {
		return nil, err
	}
	o.desk.Signer, o.desk.Waiting = o.signer, storage.NewWaiting(o.backend.Work)
	if public, err := f.public(); err != nil {
		return nil, err
	} else if public != nil {
		o.desk.Base = public.Scheme + "://" + public.Host
	}
	o.desk.Books = books.Extracts{Converter: o.desk.Converter}
	o.desk.Addresses = addresses.New(o.backend.Work)
	o.desk.Sound, o.desk.Printed = sound, pdf.Shows
	if o.desk.LinkKey, err = linkKey(filepath.Join(f.Data, "keys")); err != nil {
		return nil, err
	}
	return o, nil
}

// document finds a document by its id alone.
func (o *office) document(ctx context.Context, id string) (record.Document, error) {
	journal, err := o.states.Locate(ctx, id)
	if err != nil {
		return record.Document{}, err
	}
	return o.desk.Document(ctx, desk.Ref{Journal: journal, ID: id})
}

// keyRing is where keys come from; tokens are let go of in the end.
type keyRing interface {
	signer.KeyRing
	Close() error
}

// rootsFolder, in keys/, has the CAs that signers' certificates must lead to.
const rootsFolder = "roots"

// signs is the signer with the services around it: only those of certificates
// that lead to a configured root, and the timestamping authority, are ever
// asked.
func (o *office) signs(ring signer.KeyRing, f *stateFlags) (*signer.Signer, error) {
	roots, err := trust.LoadRoots(filepath.Join(o.dir, "keys", rootsFolder))
	if err != nil {
		return nil, err
	}
	client := &online.Client{Pause: time.Minute}
	o.checker = &trust.Checker{Online: client, Folder: filepath.Join(o.dir, "index", "revocation")}
	options := signer.Options{Roots: roots, Log: o.log}
	if len(roots) > 0 || f.TSA != "" {
		options.Revocation = o.checker
	}
	if f.TSA != "" {
		o.tsa = &tsp.Client{URL: f.TSA, Online: client}
		options.TSA = o.tsa
		if options.TSA.Policy, err = parseOID(f.TSAPolicy); err != nil {
			return nil, err
		}
	}
	return signer.New(ring, options), nil
}

// parseOID reads "1.2.3", nil for "".
func parseOID(text string) (asn1.ObjectIdentifier, error) {
	if text == "" {
		return nil, nil
	}
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, record.E(record.Usage, "tsa-policy", "--tsa-policy phải là một OID như 1.2.3")
		}
		oid = append(oid, n)
	}
	return oid, nil
}

// openForRendering needs no store: without --data it works with the example
// organisations.
func (f *stateFlags) openForRendering(ctx context.Context, log *slog.Logger) (*office, error) {
	if f.Data != "" {
		return f.open(ctx, log)
	}
	organizations, err := demo.Load()
	if err != nil {
		return nil, err
	}
	o := &office{log: log}
	if err := o.assemble(log); err != nil {
		return nil, err
	}
	o.desk.Organizations, o.desk.AllowDate = organizations, true
	return o, nil
}

// assemble makes the parts that need no state.
func (o *office) assemble(log *slog.Logger) error {
	forms, err := templates.Load()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	pool, err := converter.New(converter.Config{Command: []string{self, convertWorker}, Log: log})
	if err != nil {
		return err
	}
	o.closers = append(o.closers, pool.Close)
	o.forms, o.pool = forms, pool
	o.desk = &desk.Desk{Forms: forms, Linter: lint.Rules{}, Converter: pool, Now: time.Now, Flawed: o.flawed}
	return nil
}

// flawed notes what the layout rules hold against a document that is issued
// already: who runs the office mends key pictures or forms before the next one.
func (o *office) flawed(ctx context.Context, doc record.Document, found []record.Finding) {
	for _, f := range found {
		if f.Level == record.LevelError {
			o.log.WarnContext(ctx, "issued with a wrong layout", slog.String("document", doc.ID), slog.String("symbol", doc.Symbol),
				slog.String("rule", f.Rule), slog.String("place", f.Place), slog.String("message", f.Message), slog.String("found", f.Found))
		}
	}
}

// public is where browsers find the service, nil when nobody said.
func (f *stateFlags) public() (*url.URL, error) {
	if f.URL == "" {
		return nil, nil
	}
	u, err := url.Parse(f.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" && u.Path != "/" || u.User != nil || u.RawQuery != "" {
		return nil, record.E(record.Usage, "url", "--url phải có dạng https://MÁY[:CỔNG]")
	}
	return u, nil
}

func (f *stateFlags) backend(ctx context.Context, log *slog.Logger) (*storage.Backend, error) {
	if f.Data == "" {
		return nil, record.E(record.Usage, "data-missing", "Thiếu --data DIR")
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, record.Because(err, record.Usage, "data-folder", "Không dùng được thư mục dữ liệu "+f.Data)
	}
	if f.S3 == "" {
		return storage.OpenFS(ctx, f.Data)
	}
	cfg, err := storage.ParseS3(f.S3, os.Getenv)
	if err != nil {
		return nil, err
	}
	cfg.Log = log
	return storage.OpenMinIO(ctx, cfg)
}

// openPlace opens a further backend by its folder or address. Its credentials
// are in the environment as those of the store, with SECOND for S3.
func openPlace(ctx context.Context, where string, log *slog.Logger) (*storage.Backend, error) {
	if !strings.HasPrefix(where, "http://") && !strings.HasPrefix(where, "https://") {
		return storage.OpenFS(ctx, where)
	}
	cfg, err := storage.ParseS3(where, func(name string) string {
		if rest, ok := strings.CutPrefix(name, "VANTHU_S3_"); ok {
			return os.Getenv("VANTHU_SECOND_" + rest)
		}
		return os.Getenv(name)
	})
	if err != nil {
		return nil, err
	}
	cfg.Log = log
	return storage.OpenMinIO(ctx, cfg)
}

// demo puts the example organisations in force and gives everyone their part.
// A store that already serves a real office is left alone.
func (o *office) demo(ctx context.Context) (keyRing, error) {
	organizations, err := demo.Load()
	if err != nil {
		return nil, err
	}
	err = o.desk.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		for id := range s.Organizations {
			if _, example := organizations[id]; !example {
				return record.E(record.Usage, "demo-on-real-office", "Kho này có dữ liệu cơ quan thật ("+id+"); không dùng --demo ở đây")
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = demo.Each(func(id string, content []byte) error {
		return o.desk.PublishOrganization(ctx, desk.Actor{ID: "demo", Roles: []record.Role{record.Administrator}}, id, content)
	})
	if err != nil {
		return nil, err
	}
	o.desk.AllowDate = true
	o.cast = desk.Cast{
		Secretary: desk.Actor{ID: "secretary", Roles: []record.Role{record.Secretary}},
		Signatory: desk.Actor{ID: "signatory", Roles: []record.Role{record.Official}},
		Clerk:     desk.Actor{ID: "clerk", Roles: []record.Role{record.Clerk}},
	}
	return demo.NewKeys(filepath.Join(o.dir, "keys"), filepath.Join(o.dir, demoCA), organizations)
}

// ownCast is the person at the command line in every part: who can read the
// key folder and its PINs acts for their owners.
func ownCast() desk.Cast {
	id := "cli"
	if u, err := user.Current(); err == nil {
		id += ":" + u.Uid
	}
	a := desk.Actor{ID: id, Roles: []record.Role{record.Secretary, record.Official, record.Clerk, record.Administrator}}
	return desk.Cast{Secretary: a, Signatory: a, Clerk: a}
}

// openIndex is the search index as it was left.
func (o *office) openIndex(ctx context.Context) (*storage.Index, error) {
	index, err := storage.OpenIndex(ctx, o.archive, o.states, filepath.Join(o.dir, "index"), o.log)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, index.Close)
	return index, nil
}

// newestIndex is the index with all that the journals hold by now.
func (o *office) newestIndex(ctx context.Context) (*storage.Index, error) {
	index, err := o.openIndex(ctx)
	if err != nil {
		return nil, err
	}
	return index, index.CatchUp(ctx)
}
