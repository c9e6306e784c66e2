package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

type exportCmd struct {
	stateFlags
	To   string `arg:"" placeholder:"DIR|URL" help:"Nơi nhận: thư mục, hoặc một kho MinIO khác (VANTHU_SECOND_ACCESS_KEY...)."`
	Rate int    `placeholder:"N" help:"Chép nhiều nhất N đối tượng mỗi giây."`
	JSON bool   `name:"json" help:"Kết quả bằng JSON."`
}

// Run copies what is not there yet, so that what was cut off goes on.
func (c *exportCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	from, err := c.backend(ctx, log)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := openPlace(ctx, c.To, log)
	if err != nil {
		return err
	}
	defer to.Close()
	return transfer(ctx, s, "Chép ra", c.Rate, c.JSON, from, to, func() (int, error) {
		return storage.BackupWork(ctx, from.Work, to.Work, time.Now())
	})
}

type importCmd struct {
	stateFlags
	From string `arg:"" placeholder:"DIR|URL" help:"Nơi đã chép ra: thư mục, hoặc một kho MinIO khác."`
	Rate int    `placeholder:"N" help:"Chép nhiều nhất N đối tượng mỗi giây."`
	JSON bool   `name:"json" help:"Kết quả bằng JSON."`
}

// Run brings an office back, or goes on bringing it back: into an empty store,
// or one that holds a beginning of the same journals.
func (c *importCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	to, err := c.backend(ctx, log)
	if err != nil {
		return err
	}
	defer to.Close()
	from, err := openPlace(ctx, c.From, log)
	if err != nil {
		return err
	}
	defer from.Close()
	return transfer(ctx, s, "Nhập vào", c.Rate, c.JSON, from, to, func() (int, error) {
		_, n, err := storage.RestoreWork(ctx, from.Work, to.Work)
		return n, err
	})
}

// transferred is the outcome for programs.
type transferred struct {
	storage.CopyReport
	Work int `json:"work"` // objects of the working state
}

func transfer(ctx context.Context, s streams, what string, limit int, asJSON bool, from, to *storage.Backend, work func() (int, error)) error {
	p := newProgress(s.err, what)
	r, err := storage.NewArchive(from.Archive).Copy(ctx, to.Archive, storage.CopyOptions{Pace: pace(limit), Progress: p.step})
	if err != nil {
		return err
	}
	n, err := work()
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(s.out, transferred{r, n})
	} else {
		for _, d := range r.Damaged {
			fmt.Fprintf(s.out, "%s: đã hỏng nên không chép: %s\n", d.Key, d.Message)
		}
		_, err = fmt.Fprintf(s.out, "Đã chép %d đối tượng (%d byte), %d đã có từ trước; %d đối tượng làm việc.\n", r.Copied, r.Bytes, r.There, n)
	}
	if err == nil && !r.Good() {
		return errSaidNo
	}
	return err
}

type drillCmd struct {
	stateFlags
	From string `arg:"" optional:"" placeholder:"DIR|URL" help:"Bản sao lưu; mặc định nơi thứ hai (--second)."`
	JSON bool   `name:"json" help:"Biên bản bằng JSON."`
}

func (c *drillCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if c.From != "" {
		c.Second = c.From
	}
	if c.Second == "" {
		return record.E(record.Usage, "second-missing", "Nêu nơi giữ bản sao lưu: vanthu drill DIR|URL, hoặc --second")
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	p := newProgress(s.err, "Phục hồi")
	r, note, err := o.drill(ctx, p.step)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(s.out, r)
	} else {
		_, err = s.out.Write(note)
	}
	if err == nil && !r.Good() {
		return errSaidNo
	}
	return err
}

// drillReports is the kind of signed report that a restore drill leaves.
const drillReports = "drill"

// drill restores the second place into a scratch folder, checks everything
// there and leaves a signed report in the archive.
func (o *office) drill(ctx context.Context, step func(done, all int)) (storage.DrillReport, []byte, error) {
	backup, err := o.second.Backend(ctx)
	if err != nil {
		return storage.DrillReport{}, nil, err
	}
	dir, err := os.MkdirTemp(filepath.Join(o.dir, "index"), "drill-")
	if err != nil {
		return storage.DrillReport{}, nil, record.Because(err, record.Usage, "data-folder", "Không dùng được thư mục dữ liệu "+o.dir)
	}
	defer removeAll(dir)
	scratch, err := storage.OpenFS(ctx, dir)
	if err != nil {
		return storage.DrillReport{}, nil, err
	}
	defer scratch.Close()
	r, err := storage.Drill(ctx, o.archive, backup, scratch, storage.DrillOptions{
		Audit: auditOptions(o.logs.Signer), Copy: storage.CopyOptions{Progress: step}, Log: o.logs, Now: time.Now})
	if err != nil {
		return r, nil, err
	}
	_, note, err := o.archive.PutReport(ctx, o.logs.Signer, drillReports, r.Begun, r.Text())
	return r, note, err
}

// removeAll removes a scratch folder, whose files are read-only.
func removeAll(dir string) { _ = os.RemoveAll(dir) }
