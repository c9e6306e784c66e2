package main

import (
	"context"
	"fmt"
	"log/slog"

	"vanthu/record"
	"vanthu/record/desk"
)

type issueCmd struct {
	inputFlags
	stateFlags
	Out     string `short:"o" required:"" help:"Tệp PDF ra; - là stdout."`
	Request string `help:"Mã yêu cầu: gọi lại với cùng mã thì nhận lại cùng văn bản."`
	JSON    bool   `name:"json" help:"Kết quả và lỗi bằng JSON."`
}

// issued is the answer of issue for programs.
type issued struct {
	ID           string        `json:"id"`
	Organization string        `json:"organization"`
	State        record.Status `json:"state"`
	Version      int           `json:"version"`
	Number       int           `json:"number"`
	Symbol       string        `json:"symbol"`
	Date         record.Date   `json:"date"`
	PDF          record.Digest `json:"pdf_sha256"`
}

func issuedOf(doc record.Document) issued {
	return issued{doc.ID, doc.Journal, doc.State, doc.Version, doc.Number, doc.Symbol, doc.Date, doc.PDF}
}

func (c *issueCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	if len(c.Request) > 200 {
		return record.E(record.Usage, "request-id", "Mã yêu cầu dài quá 200 byte")
	}
	raw, err := readInput(s, c.Input, maxEnvelope)
	if err != nil {
		return err
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Template: c.Template, Raw: raw, Request: c.Request})
	if err != nil {
		return err
	}
	pdf, err := o.desk.File(ctx, doc, record.PDFFile)
	if err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, pdf); err != nil {
		return err
	}
	out := s.out
	if c.Out == "-" {
		out = s.err
	}
	if c.JSON {
		return writeJSON(out, issuedOf(doc))
	}
	_, err = fmt.Fprintf(out, "Đã phát hành %s ngày %s: %s (mã %s)\n", doc.Symbol, doc.Date.Vietnamese(), c.Out, doc.ID)
	return err
}

type resumeCmd struct {
	stateFlags
	JSON bool `name:"json" help:"Kết quả bằng JSON."`
}

func (c *resumeCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	results, err := o.desk.Resume(ctx, o.cast)
	if err != nil {
		return err
	}
	type line struct {
		issued
		Error string `json:"error,omitempty"`
		Code  string `json:"code,omitempty"`
	}
	lines := make([]line, 0, len(results))
	failed := 0
	for _, r := range results {
		l := line{issued: issuedOf(r.Document)}
		if r.Err != nil {
			failed++
			l.Error, l.Code = r.Err.Error(), record.CodeOf(r.Err)
		}
		lines = append(lines, l)
	}
	if c.JSON {
		if err := writeJSON(s.out, lines); err != nil {
			return err
		}
	} else {
		for _, l := range lines {
			if l.Error != "" {
				fmt.Fprintf(s.out, "%s còn ở trạng thái %s: %s\n", l.ID, l.State, l.Error)
				continue
			}
			fmt.Fprintf(s.out, "%s đã phát hành: %s ngày %s\n", l.ID, l.Symbol, l.Date.Vietnamese())
		}
		fmt.Fprintf(s.out, "Đã hoàn tất %d văn bản bị gián đoạn, còn lại %d.\n", len(lines)-failed, failed)
	}
	if failed > 0 {
		return errSaidNo
	}
	return nil
}
