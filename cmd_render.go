package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
)

const maxEnvelope = 4 << 20 // bytes of JSON

// inputFlags name an envelope.
type inputFlags struct {
	Template string `short:"t" required:"" help:"Mã mẫu văn bản, ví dụ ke-hoach."`
	Input    string `short:"d" name:"input" required:"" placeholder:"DATA.json" help:"Dữ liệu JSON của văn bản; - đọc từ stdin."`
}

type renderCmd struct {
	inputFlags
	stateFlags
	Out  string `short:"o" required:"" help:"Tệp ra: .docx hoặc .pdf; - là DOCX ra stdout."`
	JSON bool   `name:"json" help:"Báo lỗi bằng JSON."`
}

func (c *renderCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	var asPDF bool
	switch strings.ToLower(filepath.Ext(c.Out)) {
	case ".pdf":
		asPDF = true
	case ".docx":
	default:
		if c.Out != "-" {
			return record.E(record.Usage, "output-format", "Tệp ra phải có đuôi .docx hoặc .pdf")
		}
	}
	raw, err := readInput(s, c.Input, maxEnvelope)
	if err != nil {
		return err
	}
	o, err := c.openForRendering(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	content, err := o.desk.Preview(ctx, desk.Input{Template: c.Template, Raw: raw}, asPDF)
	if err != nil {
		return err
	}
	return writeOutput(s, c.Out, content)
}
