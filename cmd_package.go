package main

import (
	"context"
	"fmt"
	"log/slog"
)

type packageCmd struct {
	stateFlags
	Document string `arg:"" help:"Mã văn bản đã phát hành."`
	Out      string `short:"o" required:"" placeholder:"OUT.zip" type:"path" help:"Tệp ghi gói chứng cứ."`
}

func (c *packageCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if err := checkOutput(c.Out); err != nil {
		return err
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
	b, err := o.packages().Build(ctx, doc)
	if err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, b); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Gói chứng cứ của %s: %d byte\n", doc.Symbol, len(b))
	return err
}
