package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// administrator is the person at the command line: who can read the store may
// put templates in force.
func administrator() desk.Actor { return ownCast().Clerk }

type templatesAddCmd struct {
	stateFlags
	ID      string `arg:"" help:"Mã mẫu, ví dụ giay-moi-so-y-te."`
	File    string `arg:"" help:"Tệp DOCX có thẻ; - đọc từ stdin."`
	Type    string `required:"" help:"Mã loại văn bản, ví dụ KH, TB, CV."`
	Title   string `help:"Tên mẫu; không nêu thì theo tên loại."`
	Schema  string `type:"path" placeholder:"FILE" help:"Lược đồ JSON (2020-12) của nội dung; không nêu thì lập từ các thẻ."`
	Example string `type:"path" placeholder:"FILE" help:"Dữ liệu mẫu; không nêu thì tự lập."`
	JSON    bool   `name:"json" help:"Kết quả và lỗi bằng JSON."`
}

// added is what templates add answers.
type added struct {
	ID        string         `json:"id"`
	SHA256    record.Digest  `json:"sha256"`
	Published bool           `json:"published"` // false: it was in force already
	Issuable  bool           `json:"issuable"`
	Lacks     []record.Fault `json:"lacks"`
	Warnings  []record.Fault `json:"warnings"`
}

func (c *templatesAddCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	in := record.TemplateSource{ID: c.ID, Type: c.Type, Title: c.Title}
	var err error
	if in.DOCX, err = readInput(s, c.File, maxTemplate); err != nil {
		return err
	}
	if c.Schema != "" {
		if in.Schema, err = readInput(s, c.Schema, 2<<20); err != nil {
			return err
		}
	}
	if c.Example != "" {
		if in.Example, err = readInput(s, c.Example, 2<<20); err != nil {
			return err
		}
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	f, published, err := o.desk.PublishTemplate(ctx, administrator(), in)
	if err != nil {
		return err
	}
	out := added{f.ID, f.SHA256, published, len(f.Lacks) == 0, append([]record.Fault{}, f.Lacks...), append([]record.Fault{}, f.Warnings...)}
	if c.JSON {
		return writeJSON(s.out, out)
	}
	word := "Đã đưa mẫu %s vào sử dụng, phiên bản %s.\n"
	if !published {
		word = "Mẫu %s đang dùng đúng phiên bản này: %s.\n"
	}
	fmt.Fprintf(s.out, word, f.ID, f.SHA256)
	if !out.Issuable {
		fmt.Fprintln(s.out, "Mẫu chỉ để trình bày, chưa phát hành được:")
		for _, x := range f.Lacks {
			fmt.Fprintf(s.out, "  %s\n", x.Message)
		}
	}
	for _, x := range f.Warnings {
		fmt.Fprintf(s.out, "Cảnh báo: %s\n", x)
	}
	return nil
}

type templatesRetireCmd struct {
	stateFlags
	ID     string `arg:"" help:"Mã mẫu."`
	Reason string `required:"" help:"Lý do."`
}

func (c *templatesRetireCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.desk.RetireTemplate(ctx, administrator(), c.ID, "", c.Reason); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Đã thôi dùng mẫu %s; văn bản đã lập theo mẫu này vẫn lập lại được.\n", c.ID)
	return err
}

type templatesVersionsCmd struct {
	stateFlags
	ID   string `arg:"" help:"Mã mẫu."`
	JSON bool   `name:"json" help:"Kết quả bằng JSON."`
}

func (c *templatesVersionsCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	all, done, err := c.forms(ctx, log)
	if err != nil {
		return err
	}
	defer done()
	t, err := all.Versions(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, t.Versions)
	}
	for _, v := range t.Versions {
		when := "có sẵn trong chương trình"
		if !v.Time.IsZero() {
			when = v.Time.In(record.Office).Format(time.DateTime) + "  " + v.Actor
		}
		fmt.Fprintf(s.out, "%s  %s\n", v.SHA256, when)
		if r := v.Retired; r != nil {
			fmt.Fprintf(s.out, "  thôi dùng %s  %s: %s\n", r.Time.In(record.Office).Format(time.DateTime), r.Actor, r.Reason)
		}
	}
	return nil
}
