package main

import (
	"bytes"
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

func (c *templatesListCmd) Run(s streams) error {
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
	for _, id := range all.IDs() {
		f, err := all.Form(id)
		if err != nil {
			return err
		}
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

func (c *templatesSchemaCmd) Run(s streams) error {
	return printPart(s, c.ID, (*templates.Catalogue).Schema)
}

type templatesExampleCmd struct {
	ID string `arg:"" help:"Mã mẫu."`
}

func (c *templatesExampleCmd) Run(s streams) error {
	return printPart(s, c.ID, (*templates.Catalogue).Example)
}

func printPart(s streams, id string, part func(*templates.Catalogue, string) []byte) error {
	all, err := templates.Load()
	if err != nil {
		return err
	}
	if _, err := all.Form(id); err != nil {
		return err
	}
	_, err = s.out.Write(append(bytes.TrimRight(part(all, id), "\n"), '\n'))
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
