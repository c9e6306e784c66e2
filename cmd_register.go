package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/server/books"
	"vanthu/sheet"
	old "vanthu/sheet/register"
	"vanthu/storage"
)

type registerCmd struct {
	Book   registerBookCmd   `cmd:"" default:"withargs" help:"In sổ đăng ký, sổ bản sao (--copies) hay báo cáo (--by) ra PDF, XLSX hoặc CSV."`
	Check  registerCheckCmd  `cmd:"" help:"Đọc thử một sổ cũ giữ bằng bảng tính (.xlsx, .csv), nêu mọi lỗi; không ghi gì. Thoát 0 hoặc 1."`
	Import registerImportCmd `cmd:"" help:"Nhập một sổ cũ giữ bằng bảng tính vào sổ đăng ký: tất cả, hoặc không dòng nào khi có lỗi. Bị ngắt thì chạy lại."`
	Close  registerCloseCmd  `cmd:"" help:"Chốt sổ đến hết một ngày: in bản trích, ký số của cơ quan, ghi nhật ký; từ đó không vào sổ trước ngày ấy được nữa."`
}

type registerImportCmd struct {
	registerCheckCmd
	Series string `required:"" placeholder:"ID" help:"Sổ số nhận các dòng."`
}

func (c *registerImportCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, _, parsed, err := c.parse(ctx, s, log)
	if err != nil {
		return err
	}
	defer o.close()
	if err := c.tell(s, parsed); err != nil {
		return err
	}
	bar := newProgress(s.err, "Vào sổ")
	return o.desk.ImportRegister(ctx, o.cast.Clerk, c.Organization, c.Series, c.Year, filepath.Base(c.File), parsed.Lines, func(n int) { bar.step(n, len(parsed.Lines)) })
}

type registerCloseCmd struct {
	yearFlags
	Series  string `required:"" placeholder:"ID" help:"Sổ số."`
	Through string `required:"" placeholder:"YYYY-MM-DD" help:"Chốt đến hết ngày này."`
	Out     string `short:"o" placeholder:"OUT.pdf" type:"path" help:"Ghi bản chốt sổ ra tệp."`
}

func (c *registerCloseCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if c.Out != "" {
		if err := checkOutput(c.Out); err != nil {
			return err
		}
	}
	through, err := record.ParseDate(c.Through)
	if err != nil {
		return record.E(record.Usage, "through", "--through phải là một ngày như 2024-12-31")
	}
	o, _, err := c.office(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	x, err := o.desk.CloseRegister(ctx, o.cast.Clerk, c.Organization, c.Series, c.Year, through, "")
	if err != nil {
		return err
	}
	if c.Out != "" {
		b, err := o.archive.Blob(ctx, x.PDF)
		if err == nil {
			err = writeOutput(s, c.Out, b)
		}
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.out, "Đã chốt sổ %s năm %d đến hết ngày %s: từ số %s đến số %s, %d số hủy.\n", x.Series, x.Year, x.Through.Vietnamese(), record.NumberText(x.First), record.NumberText(x.Last), x.Voids)
	return err
}

// yearFlags name the register of one organisation and year.
type yearFlags struct {
	stateFlags
	Organization string `name:"org" required:"" placeholder:"ID" help:"Mã cơ quan."`
	Year         int    `required:"" help:"Năm."`
}

// office opens the office and finds the organisation.
func (f *yearFlags) office(ctx context.Context, log *slog.Logger) (*office, record.Organization, error) {
	if f.Year < 1945 || f.Year > 9999 {
		return nil, record.Organization{}, record.E(record.Usage, "year", "--year phải là một năm như 2024")
	}
	o, err := f.open(ctx, log)
	if err != nil {
		return nil, record.Organization{}, err
	}
	organization, err := o.desk.Organizations.Organization(ctx, f.Organization)
	if err != nil {
		o.close()
	}
	return o, organization, err
}

type registerBookCmd struct {
	yearFlags
	Series string `placeholder:"ID" help:"Sổ số; không nêu thì mọi sổ."`
	From   int    `placeholder:"N" help:"In từ số này."`
	To     int    `placeholder:"N" help:"In đến số này."`
	Copies bool   `help:"Sổ bản sao thay cho sổ văn bản đi."`
	By     string `enum:",year,month,type,unit,signatory" default:"" help:"Báo cáo, mỗi dòng một: year, month, type, unit hoặc signatory."`
	Out    string `short:"o" required:"" placeholder:"OUT.pdf|OUT.xlsx|OUT.csv" type:"path" help:"Tệp ra."`
}

func (c *registerBookCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if c.Copies && c.By != "" {
		return record.E(record.Usage, "register-what", "Nêu --copies hoặc --by, không cả hai")
	}
	format, err := formatOf(c.Out)
	if err != nil {
		return err
	}
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	o, organization, err := c.office(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	index, err := o.newestIndex(ctx)
	if err != nil {
		return err
	}
	table, n, err := c.table(ctx, o, index, books.OfficeOf(organization, c.Year))
	if err != nil {
		return err
	}
	b, err := books.Write(ctx, table, format, o.desk.Converter)
	if err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, b); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "%s: %d dòng\n", table.Title, n)
	return err
}

// table is what is to be printed, and how many lines it has.
func (c *registerBookCmd) table(ctx context.Context, o *office, index *storage.Index, of books.Office) (*sheet.Table, int, error) {
	switch {
	case c.Copies:
		all, err := o.desk.CopyRegister(ctx, c.Organization, c.Year)
		if err != nil {
			return nil, 0, err
		}
		lines, err := books.CopiesOf(ctx, index, c.Organization, all)
		return books.Copies(of, c.Year, lines), len(lines), err
	case c.By != "":
		lines, err := index.Summary(ctx, c.Organization, c.Year, c.Series, storage.By(c.By))
		return books.Report(of, c.Year, storage.By(c.By), lines), len(lines), err
	}
	lines, err := books.Lines(ctx, index, books.Range{Organization: c.Organization, Year: c.Year, Series: c.Series, From: c.From, To: c.To})
	return books.Register(of, c.Year, lines), len(lines), err
}

// formatOf is a file's format by its ending.
func formatOf(name string) (books.Format, error) {
	f := books.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), "."))
	if !slices.Contains(books.Formats, f) {
		return "", record.E(record.Usage, "output-format", "Tệp ra phải có đuôi .pdf, .xlsx hoặc .csv")
	}
	return f, nil
}

const maxOldRegister = 16 << 20 // bytes

type registerCheckCmd struct {
	yearFlags
	File    string `arg:"" placeholder:"FILE.xlsx|FILE.csv" help:"Sổ cũ; - là đầu vào chuẩn."`
	Missing string `placeholder:"LÝ-DO" help:"Những số mà sổ bỏ trống là số hủy, vì lý do này."`
	Out     string `short:"o" placeholder:"OUT.xlsx|OUT.csv|OUT.pdf" type:"path" help:"Ghi thêm bảng lỗi ra tệp."`
	JSON    bool   `name:"json" help:"Các dòng, hoặc các lỗi, bằng JSON."`
}

func (c *registerCheckCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, _, parsed, err := c.parse(ctx, s, log)
	if err != nil {
		return err
	}
	defer o.close()
	return c.tell(s, parsed)
}

// parse opens the office and reads the sheet; whoever calls it closes the office.
func (c *registerCheckCmd) parse(ctx context.Context, s streams, log *slog.Logger) (_ *office, _ record.Organization, parsed old.Parsed, err error) {
	none := record.Organization{}
	var format books.Format
	if c.Out != "" {
		if format, err = formatOf(c.Out); err != nil {
			return nil, none, parsed, err
		}
		if err := checkOutput(c.Out); err != nil {
			return nil, none, parsed, err
		}
	}
	b, err := readInput(s, c.File, maxOldRegister)
	if err != nil {
		return nil, none, parsed, err
	}
	o, organization, err := c.office(ctx, log)
	if err != nil {
		return nil, none, parsed, err
	}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	options := old.Options{Year: c.Year, Missing: c.Missing}
	for _, n := range organization.Names {
		options.Agencies = append(options.Agencies, n.Abbreviation)
	}
	parsed, err = old.Parse(ctx, b, options)
	if faults := record.FaultsOf(err); len(faults) > 0 && c.Out != "" {
		table, werr := books.Write(ctx, old.FaultTable(faults), format, o.desk.Converter)
		if werr == nil {
			werr = writeOutput(s, c.Out, table)
		}
		if werr != nil {
			return nil, none, parsed, werr
		}
	}
	return o, organization, parsed, err
}

// tell says what was read.
func (c *registerCheckCmd) tell(s streams, parsed old.Parsed) error {
	if c.JSON {
		return writeJSON(s.out, parsed.Lines)
	}
	void := 0
	for _, l := range parsed.Lines {
		if l.Void {
			void++
		}
	}
	for _, name := range parsed.Skipped {
		fmt.Fprintf(s.out, "Trang tính “%s” không phải sổ, không đọc.\n", name)
	}
	_, err := fmt.Fprintf(s.out, "Sổ đọc được: %d số, trong đó %d số hủy; từ ngày %s đến ngày %s.\n", len(parsed.Lines), void,
		parsed.Lines[0].Date.Vietnamese(), parsed.Lines[len(parsed.Lines)-1].Date.Vietnamese())
	return err
}
