package main

import (
	"context"
	"fmt"
	"log/slog"

	"vanthu/record"
	"vanthu/record/desk"
)

type copyCmd struct {
	stateFlags
	Document string `arg:"" help:"Mã văn bản đã phát hành."`
	Kind     string `arg:"" enum:"SY,SL,TrS" help:"SY (sao y), SL (sao lục, từ bản sao y) hoặc TrS (trích sao)."`
	Pages    []int  `placeholder:"N" help:"Các trang của bản trích sao, ví dụ 1,3,4."`
	Out      string `short:"o" required:"" placeholder:"OUT.pdf" type:"path" help:"Tệp ghi bản sao."`
	Request  string `placeholder:"ID" help:"Mã yêu cầu: gọi lại với cùng mã không sao thêm lần nữa."`
}

func (c *copyCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	before, err := o.document(ctx, c.Document)
	if err != nil {
		return err
	}
	doc, err := o.desk.Copy(ctx, o.cast.Clerk, desk.Ref{Journal: before.Journal, ID: before.ID, Request: c.Request}, record.CopyKind(c.Kind), c.Pages)
	if err != nil {
		return err
	}
	n := len(doc.Copies)
	if n == len(before.Copies) {
		log.Info("made before", "request", c.Request)
	}
	b, err := o.desk.CopyFile(ctx, doc, n)
	if err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, b); err != nil {
		return err
	}
	x := doc.Copies[n-1]
	_, err = fmt.Fprintf(s.err, "%s ngày %s\n", x.Symbol, x.Date.Vietnamese())
	return err
}
