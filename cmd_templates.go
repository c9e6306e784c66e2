package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"vanthu/record"
	"vanthu/templates"
)

type templatesCmd struct {
	List     templatesListCmd     `cmd:"" help:"Liệt kê các mẫu đang dùng."`
	Schema   templatesSchemaCmd   `cmd:"" help:"In lược đồ JSON của một mẫu."`
	Example  templatesExampleCmd  `cmd:"" help:"In dữ liệu mẫu."`
	Docx     templatesDocxCmd     `cmd:"" help:"Lấy tệp DOCX có thẻ của một mẫu."`
	Versions templatesVersionsCmd `cmd:"" help:"Mọi phiên bản của một mẫu: ai đưa vào sử dụng, khi nào."`
	Check    templatesCheckCmd    `cmd:"" help:"Kiểm tra một tệp DOCX làm mẫu."`
	Add      templatesAddCmd      `cmd:"" help:"Đưa một mẫu, hoặc phiên bản mới của nó, vào sử dụng."`
	Retire   templatesRetireCmd   `cmd:"" help:"Thôi dùng một mẫu."`
}

// forms is the catalogue: with the office's own templates where there is a data
// folder.
func (f *stateFlags) forms(ctx context.Context, log *slog.Logger) (*templates.Catalogue, func(), error) {
	if f.Data == "" {
		all, err := templates.Load()
		return all, func() {}, err
	}
	o, err := f.open(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	return o.forms, o.close, nil
}

type templatesListCmd struct {
	stateFlags
	JSON bool `name:"json" help:"Kết quả bằng JSON."`
}

func (c *templatesListCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	all, done, err := c.forms(ctx, log)
	if err != nil {
		return err
	}
	defer done()
	type line struct {
		ID     string        `json:"id"`
		Type   string        `json:"type"`
		Title  string        `json:"title"`
		SHA256 record.Digest `json:"sha256"`
	}
	lines := []line{}
	forms, err := all.List(ctx)
	if err != nil {
		return err
	}
	for _, f := range forms {
		lines = append(lines, line{f.ID, f.Type, f.Title, f.SHA256})
	}
	if c.JSON {
		return writeJSON(s.out, lines)
	}
	for _, l := range lines {
		fmt.Fprintf(s.out, "%-20s %-4s %s\n", l.ID, l.Type, l.Title)
	}
	return nil
}

// templateFlags name one version of a template.
type templateFlags struct {
	stateFlags
	ID      string `arg:"" help:"Mã mẫu."`
	Version string `placeholder:"SHA256" help:"Phiên bản; không nêu thì bản mới nhất."`
}

func (f *templateFlags) form(ctx context.Context, log *slog.Logger) (record.Form, error) {
	all, done, err := f.forms(ctx, log)
	if err != nil {
		return record.Form{}, err
	}
	defer done()
	if f.Version != "" {
		return all.Version(ctx, record.TemplateRef{ID: f.ID, SHA256: record.Digest(f.Version)})
	}
	return all.Form(ctx, f.ID)
}

type templatesSchemaCmd struct {
	templateFlags
	Content bool `help:"Chỉ phần nội dung, để sửa rồi dùng với templates add --schema."`
}

func (c *templatesSchemaCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	f, err := c.form(ctx, log)
	if err != nil {
		return err
	}
	if c.Content {
		return printText(s, f.Content)
	}
	return printText(s, f.Schema)
}

type templatesExampleCmd struct{ templateFlags }

func (c *templatesExampleCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	f, err := c.form(ctx, log)
	if err != nil {
		return err
	}
	return printText(s, f.Example)
}

func printText(s streams, text []byte) error {
	_, err := s.out.Write(append(bytes.TrimRight(text, "\n"), '\n'))
	return err
}

type templatesDocxCmd struct {
	templateFlags
	Out string `short:"o" required:"" help:"Tệp ra; - là stdout."`
}

func (c *templatesDocxCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	f, err := c.form(ctx, log)
	if err != nil {
		return err
	}
	return writeOutput(s, c.Out, f.DOCX)
}

type templatesCheckCmd struct {
	File   string `arg:"" help:"Tệp DOCX; - đọc từ stdin."`
	Schema bool   `help:"Chỉ in lược đồ JSON lập từ các thẻ, để sửa rồi dùng với templates add --schema."`
	JSON   bool   `name:"json" help:"Kết quả và lỗi bằng JSON."`
}

const maxTemplate = 20 << 20 // bytes of a DOCX

func (c *templatesCheckCmd) Run(ctx context.Context, s streams) error {
	docx, err := readInput(s, c.File, maxTemplate)
	if err != nil {
		return err
	}
	r, err := templates.Check(docx)
	if err != nil {
		return err
	}
	all, err := templates.Load()
	if err != nil {
		return err
	}
	d, err := all.Derive(ctx, docx)
	if err != nil {
		return err
	}
	r.Warnings = d.Warnings
	switch {
	case c.Schema:
		return printText(s, d.Schema)
	case c.JSON:
		return writeJSON(s.out, struct {
			templates.CheckReport
			Schema json.RawMessage `json:"schema"`
		}{r, d.Schema})
	}
	_, err = fmt.Fprint(s.out, r.Text())
	return err
}
