package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"vanthu/record"
	"vanthu/storage"
)

type searchCmd struct {
	stateFlags
	Words        []string `arg:"" optional:"" help:"Từ cần tìm, có dấu hoặc không dấu; \"cụm từ\", tuyên*, -từ không có (sau --)."`
	Organization []string `help:"Mã cơ quan ban hành; nêu được nhiều lần."`
	Type         string   `help:"Loại văn bản (KH, QĐ...)."`
	Year         int      `help:"Năm văn bản."`
	Number       int      `help:"Số văn bản."`
	Symbol       string   `help:"Số, ký hiệu, ví dụ 46/KH-UBND."`
	Recipient    string   `help:"Nơi nhận."`
	Signatory    string   `help:"Người ký."`
	State        string   `help:"Trạng thái: draft, submitted, signed, numbered, issued..."`
	Unit         string   `help:"Đơn vị soạn thảo, viết tắt như ở dòng Lưu."`
	Series       string   `help:"Sổ số."`
	Retention    string   `help:"Mã quy tắc bảo quản."`
	Urgency      string   `help:"Mức độ khẩn: urgent, very-urgent, express."`
	From         string   `help:"Từ ngày (năm-tháng-ngày)."`
	To           string   `help:"Đến ngày (năm-tháng-ngày)."`
	Hold         bool     `help:"Chỉ văn bản đang tạm giữ."`
	Title        bool     `help:"Chỉ tìm trong tên loại và trích yếu."`
	Exact        bool     `help:"Chỉ lấy từ viết đúng dấu như đã nêu."`
	Sort         string   `enum:"relevance,newest,oldest" default:"relevance" help:"Thứ tự: relevance, newest, oldest."`
	Limit        int      `default:"20" help:"Số kết quả nhiều nhất."`
	JSON         bool     `name:"json" help:"Kết quả bằng JSON."`
}

func (c *searchCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	index, err := o.newestIndex(ctx)
	if err != nil {
		return err
	}
	q := storage.Query{
		Words: strings.Join(c.Words, " "), Organizations: c.Organization, Type: c.Type, Year: c.Year, Number: c.Number,
		Symbol: c.Symbol, Recipient: c.Recipient, Signatory: c.Signatory, Limit: c.Limit,
		Unit: c.Unit, Series: c.Series, Rule: c.Retention, Urgency: record.Urgency(c.Urgency), From: record.Date(c.From), To: record.Date(c.To),
		Held: c.Hold, Title: c.Title, Exact: c.Exact, Sort: storage.Sort(c.Sort),
	}
	if c.State != "" {
		q.States = []record.Status{record.Status(c.State)}
	}
	hits, err := index.Search(ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		if hits == nil {
			hits = []storage.Hit{}
		}
		return writeJSON(s.out, hits)
	}
	for _, h := range hits {
		symbol := h.Symbol
		if h.Date == "" {
			symbol += " (chưa có số)"
		}
		fmt.Fprintf(s.out, "%s  %s  [%s]  %s\n    %s\n    Nơi nhận: %s\n    mã %s\n", symbol, h.Date, h.State, h.Subject, h.Excerpt, strings.Join(h.Recipients, "; "), h.ID)
	}
	_, err = fmt.Fprintf(s.out, "Tìm thấy %d văn bản.\n", len(hits))
	return err
}

type reindexCmd struct{ stateFlags }

func (c *reindexCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	index, err := o.openIndex(ctx)
	if err != nil {
		return err
	}
	if err := index.Rebuild(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "Đã dựng lại chỉ mục từ kho lưu trữ.")
	return err
}
