package main

import (
	"bytes"
	"context"
	"fmt"

	"vanthu/record"
	"vanthu/templates"
)

type templatesCmd struct {
	List    templatesListCmd    `cmd:"" help:"Liệt kê các mẫu."`
	Schema  templatesSchemaCmd  `cmd:"" help:"In lược đồ JSON của một mẫu."`
	Example templatesExampleCmd `cmd:"" help:"In dữ liệu mẫu phát hành được."`
	Check   templatesCheckCmd   `cmd:"" help:"Kiểm tra một tệp DOCX làm mẫu."`
}

type templatesListCmd struct {
	JSON bool `name:"json" help:"Kết quả bằng JSON."`
}

func (c *templatesListCmd) Run(ctx context.Context, s streams) error {
	all, err := templates.Load()
	if err != nil {
		return err
	}
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

type templatesSchemaCmd struct {
	ID string `arg:"" help:"Mã mẫu."`
}

func (c *templatesSchemaCmd) Run(ctx context.Context, s streams) error {
	return printPart(ctx, s, c.ID, func(f record.Form) []byte { return f.Schema })
}

type templatesExampleCmd struct {
	ID string `arg:"" help:"Mã mẫu."`
}

func (c *templatesExampleCmd) Run(ctx context.Context, s streams) error {
	return printPart(ctx, s, c.ID, func(f record.Form) []byte { return f.Example })
}

func printPart(ctx context.Context, s streams, id string, part func(record.Form) []byte) error {
	all, err := templates.Load()
	if err != nil {
		return err
	}
	f, err := all.Form(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(bytes.TrimRight(part(f), "\n"), '\n'))
	return err
}

type templatesCheckCmd struct {
	File string `arg:"" help:"Tệp DOCX; - đọc từ stdin."`
	JSON bool   `name:"json" help:"Kết quả và lỗi bằng JSON."`
}

func (c *templatesCheckCmd) Run(s streams) error {
	docx, err := readInput(s, c.File, 32<<20)
	if err != nil {
		return err
	}
	r, err := templates.Check(docx)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, r)
	}
	_, err = fmt.Fprint(s.out, r.Text())
	return err
}
