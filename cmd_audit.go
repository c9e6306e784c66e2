package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"

	"golang.org/x/time/rate"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/signer/verify"
	"vanthu/storage"
)

type auditCmd struct {
	stateFlags
	Repair bool `help:"Đưa bản tốt (phiên bản khác, gói nhật ký, nơi thứ hai) vào chỗ bản hỏng, và ghi nhật ký việc đó."`
	Rate   int  `placeholder:"N" help:"Đọc nhiều nhất N đối tượng mỗi giây; mặc định không giới hạn."`
	JSON   bool `name:"json" help:"Báo cáo bằng JSON."`
}

func (c *auditCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	a, options, closeAll, err := c.alone(ctx, log)
	if err != nil {
		return err
	}
	defer closeAll()
	options.Pace = pace(c.Rate)
	all := 0
	for _, err := range a.Keys(ctx) {
		if err != nil {
			return err
		}
		all++
	}
	if options.Checkpoints == nil {
		fmt.Fprintln(s.err, "Không có keys/log.key trong thư mục dữ liệu: chưa kiểm tra được ai ký các điểm chốt và biên bản.")
	}
	p := newProgress(s.err, "Kiểm tra")
	options.Progress = func(done int) { p.step(done, all) }
	r, err := a.Audit(ctx, options)
	if err != nil {
		return err
	}
	if c.Repair && !r.Good() {
		if err := c.repair(ctx, s.err, log, a, r); err != nil {
			return err
		}
		options.Progress = nil
		if r, err = a.Audit(ctx, options); err != nil {
			return err
		}
	}
	if c.JSON {
		if err := writeJSON(s.out, r); err != nil {
			return err
		}
	} else {
		for _, p := range r.Problems {
			fmt.Fprintf(s.out, "%s: %s [%s]\n", p.Key, p.Message, p.Code)
		}
		for _, k := range r.Orphans {
			fmt.Fprintf(s.out, "%s: không mục nhật ký nào nhắc đến (không phải hỏng)\n", k)
		}
		fmt.Fprintf(s.out, "Đã đọc %d đối tượng (%d byte): %d nhật ký, %d mục, %d phiên bản, %d tệp nội dung; %d chỗ sai.\n",
			r.Objects, r.Bytes, r.Journals, r.Entries, r.Versions, r.Blobs, len(r.Problems))
	}
	if !r.Good() {
		return errSaidNo
	}
	return nil
}

// alone is the archive without the office: one whose journal is damaged does
// not open.
func (f *stateFlags) alone(ctx context.Context, log *slog.Logger) (*storage.Archive, storage.AuditOptions, func(), error) {
	backend, err := f.backend(ctx, log)
	if err != nil {
		return nil, storage.AuditOptions{}, nil, err
	}
	end := func() { backend.Close() }
	a := storage.NewArchive(backend.Archive)
	if f.Second != "" {
		second, err := openPlace(ctx, f.Second, log)
		if err != nil {
			end()
			return nil, storage.AuditOptions{}, nil, err
		}
		end = func() { second.Close(); backend.Close() }
		a.Second = second.Archive
	}
	// Without the key (on another machine) the logs are still compared with what
	// their checkpoints say, but not by whom those were signed.
	signer, err := logSigner(filepath.Join(f.Data, "keys"), false)
	if err != nil {
		end()
		return nil, storage.AuditOptions{}, nil, err
	}
	return a, auditOptions(signer), end, nil
}

func auditOptions(signer *storage.Signer) storage.AuditOptions {
	return storage.AuditOptions{Signatures: checkSignatures, Checkpoints: signer, CheckStamp: checkStamp}
}

// pace waits so that no more than n things are done in a second; nil for no
// limit.
func pace(n int) func(context.Context) error {
	if n <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(n), max(n/10, 1)).Wait
}

// repairable are the problems that a good copy cures.
var repairable = []string{"damaged", "missing", "unreadable"}

// repair puts good copies in place and then journals each: the office opens
// only when its journals are whole.
func (c *auditCmd) repair(ctx context.Context, out io.Writer, log *slog.Logger, a *storage.Archive, r storage.AuditReport) error {
	done := repairAll(ctx, a, r, func(key string, err error) {
		fmt.Fprintf(out, "%s: %v\n", key, err)
	})
	for _, x := range done {
		fmt.Fprintf(out, "Đã đưa bản tốt vào chỗ: %s (%s)\n", x.Key, x.From)
	}
	if len(done) == 0 {
		return nil
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	return o.journalRepairs(ctx, ownCast().Clerk.ID, done)
}

// repairAll puts a good copy in the place of whatever an audit has found wrong
// and a copy can cure.
func repairAll(ctx context.Context, a *storage.Archive, r storage.AuditReport, failed func(key string, err error)) []storage.Repaired {
	var done []storage.Repaired
	for _, p := range r.Problems {
		if !slices.Contains(repairable, p.Code) {
			continue
		}
		x, err := a.Repair(ctx, p.Key)
		if err != nil {
			failed(p.Key, err)
			continue
		}
		if x.From != "" { // not by someone else meanwhile
			done = append(done, x)
		}
	}
	return done
}

func (o *office) journalRepairs(ctx context.Context, actor string, done []storage.Repaired) error {
	for _, x := range done {
		err := o.desk.NoteRepair(ctx, desk.Actor{ID: actor, Roles: []record.Role{record.Archivist}}, record.Repaired{Key: x.Key, SHA256: x.SHA256, From: string(x.From)})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkSignatures judges a PDF of the archive: all signatures that it should
// have are there, whole, and nothing was changed behind them. Whether a chain
// leads to a root that someone trusts today is a question for verify.
func checkSignatures(ctx context.Context, s storage.Signed) error {
	r, err := verify.Verify(ctx, s.PDF, verify.Options{})
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(r.Signatures, func(x verify.Signature) bool { return x.Kind == "timestamp" })
	extra := len(found) - len(s.Facts)
	if extra < 0 || extra > 0 && !s.More {
		return fmt.Errorf("có %d chữ ký, kho ghi %d", len(found), len(s.Facts))
	}
	for i, x := range found[extra:] {
		if x.Verdict == verify.Invalid {
			return fmt.Errorf("chữ ký %s không hợp lệ", x.Field)
		}
		if x.Certificate == nil || x.Certificate.SHA256 != string(s.Facts[i].Certificate) {
			return fmt.Errorf("chữ ký %s không bằng chứng thư đã ghi", x.Field)
		}
	}
	if r.Verdict == verify.Invalid && !s.More {
		return fmt.Errorf("%s", r.Message)
	}
	return nil
}
