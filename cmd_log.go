package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
	"vanthu/storage"
)

type logCmd struct {
	List       logListCmd       `cmd:"" help:"Điểm chốt mới nhất và khóa của từng nhật ký."`
	Checkpoint logCheckpointCmd `cmd:"" help:"Chốt ngay mọi nhật ký (hoặc một nhật ký) và in điểm chốt."`
	Prove      logProveCmd      `cmd:"" help:"Chứng minh một mục nằm trong nhật ký, hoặc điểm chốt sau nối tiếp điểm chốt trước."`
	Check      logCheckCmd      `cmd:"" help:"Không cần mạng hay kho: điểm chốt sau có nối tiếp điểm chốt trước không."`
}

type logListCmd struct {
	stateFlags
	JSON bool `name:"json" help:"Danh sách bằng JSON."`
}

// logLine is one journal for programs.
type logLine struct {
	Journal string `json:"journal"`
	Key     string `json:"key"` // for signed-note tools
	Size    uint64 `json:"size"`
	Root    string `json:"root,omitempty"`
	Stamped bool   `json:"stamped"`
}

func (c *logListCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	journals, err := o.states.Journals(ctx)
	if err != nil {
		return err
	}
	lines := []logLine{}
	for _, j := range journals {
		l := logLine{Journal: j, Key: storage.VerifierKey(j, o.logs.Signer.Public())}
		cp, err := o.logs.Latest(ctx, j)
		if err != nil && record.CodeOf(err) != "log-empty" {
			return err
		}
		if err == nil {
			l.Size, l.Root, l.Stamped = cp.Size, cp.Root.String(), cp.Stamp != nil
		}
		lines = append(lines, l)
	}
	if c.JSON {
		return writeJSON(s.out, lines)
	}
	for _, l := range lines {
		state := "chưa chốt"
		if l.Size > 0 {
			state = fmt.Sprintf("đã chốt %d mục, gốc %s", l.Size, l.Root)
			if l.Stamped {
				state += ", có dấu thời gian"
			}
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s\n    khóa %s\n", l.Journal, state, l.Key); err != nil {
			return err
		}
	}
	return nil
}

type logCheckpointCmd struct {
	stateFlags
	Journal string `arg:"" optional:"" help:"Nhật ký; mặc định tất cả."`
}

func (c *logCheckpointCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	journals := []string{c.Journal}
	if c.Journal == "" {
		if journals, err = o.states.Journals(ctx); err != nil {
			return err
		}
	}
	for _, j := range journals {
		cp, err := o.logs.Checkpoint(ctx, j)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.out, "%s\n", cp.Note); err != nil {
			return err
		}
	}
	return nil
}

type logProveCmd struct {
	stateFlags
	Journal string `arg:"" help:"Nhật ký: mã cơ quan, hoặc _system."`
	Entry   uint64 `placeholder:"N" help:"Chứng minh mục N nằm trong điểm chốt mới nhất."`
	From    uint64 `placeholder:"N" help:"Chứng minh điểm chốt mới nhất nối tiếp điểm chốt có N mục."`
	Out     string `short:"o" default:"-" placeholder:"P.json" help:"Tệp ghi chứng minh; - ra stdout."`
}

// proof is a consistency or an inclusion proof for programs, as the API gives
// it too.
type proof struct {
	Journal string      `json:"journal"`
	Size    uint64      `json:"size"`
	Root    tlog.Hash   `json:"root"`
	Entry   uint64      `json:"entry,omitempty"`
	From    uint64      `json:"from,omitempty"`
	Path    []tlog.Hash `json:"path"`
}

func (c *logProveCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if (c.Entry == 0) == (c.From == 0) {
		return record.E(record.Usage, "usage", "Nêu --entry N hoặc --from N")
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	cp, err := o.logs.Latest(ctx, c.Journal)
	if err != nil {
		return err
	}
	p := proof{Journal: c.Journal, Size: cp.Size, Root: cp.Root, Entry: c.Entry, From: c.From}
	if c.Entry > 0 {
		p.Path, err = o.logs.Inclusion(ctx, cp, c.Entry)
	} else {
		p.Path, err = o.logs.Consistency(ctx, cp, c.From)
	}
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return writeOutput(s, c.Out, append(b, '\n'))
}

type logCheckCmd struct {
	Earlier string   `arg:"" type:"path" help:"Điểm chốt trước."`
	Later   string   `arg:"" type:"path" help:"Điểm chốt sau."`
	Proof   string   `required:"" placeholder:"P.json" type:"path" help:"Chứng minh của vanthu log prove --from."`
	LogKey  []string `name:"log-key" required:"" placeholder:"FILE" type:"path" help:"Khóa công khai của nhật ký; nêu được nhiều lần."`
}

const maxNote = 1 << 20 // bytes

func (c *logCheckCmd) Run(s streams) error {
	keys, err := logKeys(c.LogKey)
	if err != nil {
		return err
	}
	read := func(name string) (storage.Checkpoint, error) {
		b, err := readInput(s, name, maxNote)
		if err != nil {
			return storage.Checkpoint{}, err
		}
		origin, _, _ := strings.Cut(string(b), "\n")
		text, err := storage.OpenNote(origin, b, keys...)
		if err == nil {
			var cp storage.Checkpoint
			if cp, err = storage.ParseCheckpoint(text); err == nil {
				return cp, nil
			}
		}
		return storage.Checkpoint{}, record.Because(err, record.Invalid, "checkpoint-invalid", "Điểm chốt "+name+" không đọc được hoặc không do khóa được tin ký")
	}
	earlier, err := read(c.Earlier)
	if err != nil {
		return err
	}
	later, err := read(c.Later)
	if err != nil {
		return err
	}
	b, err := readInput(s, c.Proof, maxNote)
	if err != nil {
		return err
	}
	var p proof
	if err := json.Unmarshal(b, &p); err != nil {
		return record.Because(err, record.Invalid, "proof-invalid", "Chứng minh không đọc được")
	}
	if err := storage.CheckConsistency(later, earlier, p.Path); err != nil {
		fmt.Fprintf(s.out, "KHÔNG: nhật ký ở mục %d không nối tiếp nhật ký đã chốt ở mục %d\n", later.Size, earlier.Size)
		return errSaidNo
	}
	_, err = fmt.Fprintf(s.out, "Đúng: nhật ký %s ở mục %d nối tiếp nhật ký đã chốt ở mục %d\n", later.Journal, later.Size, earlier.Size)
	return err
}
