package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
)

type remakeCmd struct {
	stateFlags
	Document string `arg:"" help:"Mã văn bản."`
	Version  int    `help:"Số phiên bản; không nêu thì phiên bản hiện tại."`
	Out      string `short:"o" help:"Tệp ra: .docx hoặc .pdf; không nêu thì chỉ so."`
	JSON     bool   `name:"json" help:"Kết quả và lỗi bằng JSON."`
}

// Run fills the template that the version names with what the archive holds, and
// says whether the archived DOCX came out: exit 1 when another did.
func (c *remakeCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	ext := strings.ToLower(filepath.Ext(c.Out))
	if c.Out != "" {
		if ext != ".docx" && ext != ".pdf" {
			return record.E(record.Usage, "output-format", "Tệp ra phải có đuôi .docx hoặc .pdf")
		}
		if err := checkOutput(c.Out); err != nil {
			return err
		}
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	doc, err := o.document(ctx, c.Document)
	if err != nil {
		return err
	}
	if c.Version == 0 {
		c.Version = doc.Version
	}
	r, err := o.desk.Remake(ctx, doc, c.Version)
	if err != nil {
		return err
	}
	if c.Out != "" {
		content := r.DOCX
		if ext == ".pdf" {
			if content, err = o.desk.Converter.Convert(ctx, content); err != nil {
				return err
			}
		}
		if err := writeOutput(s, c.Out, content); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeJSON(s.out, struct {
			Version  int                `json:"version"`
			Template record.TemplateRef `json:"template"`
			SHA256   record.Digest      `json:"sha256"`
			Archived record.Digest      `json:"archived_sha256,omitempty"`
			Same     bool               `json:"same"`
		}{r.Version, r.Template, r.SHA256, r.Archived, r.Same()})
	} else {
		_, err = fmt.Fprintln(s.out, remadeText(r))
	}
	if err == nil && r.Archived != "" && !r.Same() {
		err = errSaidNo
	}
	return err
}

func remadeText(r desk.Remade) string {
	text := fmt.Sprintf("Phiên bản %d, mẫu %s (%s): ", r.Version, r.Template.ID, r.Template.SHA256)
	switch {
	case r.Archived == "":
		return text + "dự thảo, chưa có bản DOCX đã lưu để so."
	case r.Same():
		return text + "DOCX lập lại giống từng byte với bản đã lưu."
	}
	return text + "DOCX lập lại khác bản đã lưu."
}
