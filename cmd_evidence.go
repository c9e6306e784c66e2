package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
)

type evidenceCmd struct {
	stateFlags
	Now  bool `name:"run" help:"Bổ sung và gia hạn ngay những gì đã đến hạn (cần --tsa)."`
	JSON bool `name:"json" help:"Danh sách bằng JSON."`
}

// evidenceLine is one issued document for programs.
type evidenceLine struct {
	Document     string           `json:"document"`
	Organization string           `json:"organization"`
	Symbol       string           `json:"symbol"`
	State        record.Status    `json:"state"`
	Evidence     *record.Evidence `json:"evidence,omitempty"`
	By           string           `json:"by,omitempty"` // RFC 3339; absent: at once
}

// Run lists what expires when, after looking after what is due when asked to.
// Exit 1 while something is due.
func (c *evidenceCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	if c.Now {
		k := &desk.Keeper{Desk: o.desk, Actor: desk.Actor{ID: ownCast().Clerk.ID, Roles: []record.Role{record.Archivist}},
			Failed: func(_ context.Context, doc record.Document, err error) {
				fmt.Fprintf(s.err, "%s: %v\n", doc.Symbol, err)
			}}
		n, err := k.Pass(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.err, "Đã bổ sung bằng chứng cho %d văn bản.\n", n)
	}
	due, err := o.desk.Evidence(ctx)
	if err != nil {
		return err
	}
	now, open := o.desk.Now(), 0
	lines := []evidenceLine{}
	for _, x := range due {
		if x.By.Before(now) {
			open++
		}
		l := evidenceLine{Document: x.Document.ID, Organization: x.Document.Journal, Symbol: x.Document.Symbol, State: x.Document.State, Evidence: x.Document.Evidence}
		if !x.By.IsZero() {
			l.By = x.By.In(record.Office).Format("2006-01-02T15:04:05-07:00")
		}
		lines = append(lines, l)
	}
	if c.JSON {
		err = writeJSON(s.out, lines)
	} else {
		for _, l := range lines {
			fmt.Fprintln(s.out, l.text())
		}
	}
	if err == nil && open > 0 {
		err = errSaidNo
	}
	return err
}

func (l evidenceLine) text() string {
	level, by := "chưa có bằng chứng", "ngay"
	if l.Evidence != nil {
		level = strings.Join(append([]string{l.Evidence.Level}, l.Evidence.Missing...), "; còn thiếu: ")
	}
	if l.By != "" {
		by = "trước " + l.By
	}
	return fmt.Sprintf("%-22s %-10s %s; phải làm %s (%s)", l.Symbol, l.State, level, by, l.Document)
}
