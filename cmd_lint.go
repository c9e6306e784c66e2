package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"vanthu/record"
	"vanthu/templates/lint"
)

type lintCmd struct {
	File  string `arg:"" help:"Tệp DOCX hoặc PDF; - đọc từ stdin."`
	Stage string `enum:",draft,issued" default:"" help:"draft: dự thảo; issued: đã phát hành. Không nêu thì tệp PDF có chữ ký số là đã phát hành, tệp khác là dự thảo."`
	JSON  bool   `name:"json" help:"Báo cáo bằng JSON."`
}

// Run checks a file from anywhere, by its form alone: what registers say is
// asked at submit.
func (c *lintCmd) Run(ctx context.Context, s streams) error {
	b, err := readInput(s, c.File, maxPDF)
	if err != nil {
		return err
	}
	r, err := lint.File(ctx, b, lint.About{Stage: c.stage(b)})
	if err != nil {
		return err
	}
	count := map[record.Level]int{}
	for _, f := range r.Findings {
		count[f.Level]++
	}
	if c.JSON {
		err = writeJSON(s.out, r)
	} else {
		_, err = io.WriteString(s.out, lintText(r, count))
	}
	if err == nil && count[record.LevelError] > 0 {
		err = errSaidNo
	}
	return err
}

func (c *lintCmd) stage(b []byte) lint.Stage {
	switch {
	case c.Stage != "":
		return lint.Stage(c.Stage)
	case lint.IsPDF(b) && bytes.Contains(b, []byte("/ByteRange")):
		return lint.StageIssued
	}
	return lint.StageDraft
}

var levelNames = map[record.Level]string{record.LevelError: "Lỗi", record.LevelWarning: "Cảnh báo", record.LevelInfo: "Lưu ý"}

// lintText is a report for people: one line each, then the sum.
func lintText(r lint.Report, count map[record.Level]int) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s", levelNames[f.Level], f.Rule)
		if f.Place != "" {
			fmt.Fprintf(&b, ", %s", f.Place)
		}
		fmt.Fprintf(&b, ": %s", f.Message)
		if f.Found != "" {
			fmt.Fprintf(&b, "; thấy: %s", f.Found)
		}
		if f.Expected != "" {
			fmt.Fprintf(&b, "; cần: %s", f.Expected)
		}
		fmt.Fprintf(&b, " (%s)\n", f.Source)
	}
	stage := map[lint.Stage]string{lint.StageDraft: "dự thảo", lint.StageIssued: "văn bản đã phát hành"}[r.Stage]
	fmt.Fprintf(&b, "Thể thức theo %s, %s: %d lỗi, %d cảnh báo, %d lưu ý.\n", r.RuleSet, stage,
		count[record.LevelError], count[record.LevelWarning], count[record.LevelInfo])
	return b.String()
}
