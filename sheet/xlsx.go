package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"
)

const (
	font      = "Times New Roman"
	dayFormat = "dd/mm/yyyy"
	textOnly  = 49 // the built-in format "@" of ECMA-376 part 1, 18.8.30
	paperA4   = 9  // 18.3.1.63
	sheetName = "Sổ"
	lastRow   = 1 << 20 // of a sheet
)

// ErrTooLong says that a table has more rows than a sheet.
var ErrTooLong = errors.New("sheet: more rows than a sheet has")

// workbook is a table on its way into a sheet.
type workbook struct {
	*excelize.StreamWriter
	t      *Table
	styles map[look]int
	file   *excelize.File
	row    int
	err    error // of a style
}

// look is one kind of cell.
type look struct {
	kind          kind
	align         string
	size          float64
	bold, italic  bool
	border, upper bool // upper: text stands at the top of its cell
}

// WriteXLSX writes the table as a workbook of one sheet: numbers are numbers and
// days are days, texts have the format of text, so that none is ever read as a
// formula, not even after it was edited. Titles stay in view and are repeated on
// every page of paper, which is A4. Rows go to w as they come. The error is that
// of w or of the rows, or ErrTooLong.
func (t *Table) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := t.layOut(f); err != nil {
		return err
	}
	stream, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	b := &workbook{StreamWriter: stream, t: t, file: f, styles: map[look]int{}}
	if err := errors.Join(b.fill(), b.err); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// layOut is the paper of the sheet.
func (t *Table) layOut(f *excelize.File) error {
	orientation, size, fit := "portrait", paperA4, 1
	if t.Landscape {
		orientation = "landscape"
	}
	inch := func(mm float64) *float64 { v := mm / 25.4; return &v }
	none, yes := 0, true
	return errors.Join(
		f.SetSheetName("Sheet1", sheetName),
		f.SetDocProps(&excelize.DocProperties{Title: clean(t.name()), Creator: clean(t.agency()), Language: "vi-VN"}),
		f.SetDefaultFont(font),
		f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &fit, FitToHeight: &none}),
		f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &yes}),
		f.SetPageMargins(sheetName, &excelize.PageLayoutMarginsOptions{Top: inch(marginTop), Bottom: inch(marginFoot), Left: inch(marginLeft), Right: inch(marginEnd), Header: inch(10), Footer: inch(10)}),
		f.SetHeaderFooter(sheetName, &excelize.HeaderFooterOptions{OddFooter: `&C&"` + font + `,Regular"Trang &P/&N`}),
	)
}

func (b *workbook) fill() error {
	t := b.t
	for i, c := range t.Columns {
		if err := b.SetColWidth(i+1, i+1, characters(c.Width)); err != nil {
			return err
		}
	}
	head, err := b.titles()
	if err != nil {
		return err
	}
	for r, err := range t.Rows {
		if err != nil {
			return err
		}
		if b.row >= lastRow-100 {
			return ErrTooLong
		}
		if err := b.line(r); err != nil {
			return err
		}
	}
	for _, line := range t.foot() {
		if err := b.spread(line, look{size: 12}); err != nil {
			return err
		}
	}
	if err := b.signatures(); err != nil {
		return err
	}
	return b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheetName, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheetName, head, b.headEnd(head))})
}

// headEnd is the last row of the columns' titles that begin at row head.
func (b *workbook) headEnd(head int) int {
	if b.t.Numbered {
		return head + 1
	}
	return head
}

// titles writes all above the rows, and says in which row the columns' titles
// are. The panes go first into the stream, so their place is counted before.
func (b *workbook) titles() (int, error) {
	t := b.t
	above := slices.Concat([]string{t.Superior}, t.Agency, []string{t.Title}, t.Subtitle, t.Cover)
	above = slices.DeleteFunc(above, func(s string) bool { return s == "" })
	head := len(above) + 2
	end := b.headEnd(head)
	if err := b.SetPanes(&excelize.Panes{Freeze: true, YSplit: end, TopLeftCell: fmt.Sprintf("A%d", end+1), ActivePane: "bottomLeft"}); err != nil {
		return 0, err
	}
	for _, line := range above {
		l := look{align: "center", size: 12, bold: line != t.Superior}
		if line == t.Title {
			l.size = 14
		}
		if err := b.spread(line, l); err != nil {
			return 0, err
		}
	}
	b.row++
	title := look{align: "center", size: 11, bold: true, border: true}
	var names, numbers []any
	for i, c := range t.Columns {
		names = append(names, b.cell(Text(c.Title), title))
		numbers = append(numbers, b.cell(Text(fmt.Sprintf("(%d)", i+1)), look{align: "center", size: 11, border: true}))
	}
	if err := b.write(names); err != nil {
		return 0, err
	}
	if t.Numbered {
		if err := b.write(numbers); err != nil {
			return 0, err
		}
	}
	return head, nil
}

// line writes a row of the table.
func (b *workbook) line(r Row) error {
	if r.Group != "" {
		return b.spread(r.Group, look{size: 11, bold: true, border: true})
	}
	var values []any
	for i, c := range b.t.full(r) {
		values = append(values, b.cell(c, look{kind: c.kind, align: [...]string{"left", "center", "right"}[b.t.Columns[i].Align], size: 11, bold: r.Bold, border: true, upper: true}))
	}
	return b.write(values)
}

// spread writes one text over all columns.
func (b *workbook) spread(text string, l look) error {
	values := make([]any, len(b.t.Columns))
	for i := range values {
		values[i] = b.cell(Cell{}, l)
	}
	values[0] = b.cell(Text(text), l)
	if err := b.write(values); err != nil || len(values) == 1 {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(values), b.row)
	if err != nil {
		return err
	}
	return b.MergeCell(fmt.Sprintf("A%d", b.row), last)
}

// signatures stand side by side, as on paper.
func (b *workbook) signatures() error {
	t := b.t
	if len(t.Signatures) == 0 {
		return nil
	}
	b.row++
	titles := 0
	for _, s := range t.Signatures {
		titles = max(titles, len(s.Lines))
	}
	const hand = 4 // rows for the hand
	note, name := 1+titles, 1+titles+hand
	n, columns := max(2, len(t.Signatures)), len(t.Columns)
	for line := range name + 1 {
		values := make([]any, columns)
		for i, s := range t.Signatures {
			text, l := "", look{align: "left", size: 12, italic: line == 0 || line == note, bold: line > 0 && line != note}
			switch {
			case line == 0:
				text = s.Above
			case line == note:
				text = s.Note
			case line == name:
				text = s.Name
			case line <= len(s.Lines):
				text = s.Lines[line-1]
			}
			if text != "" {
				values[(i+n-len(t.Signatures))*columns/n] = b.cell(Text(text), l)
			}
		}
		if err := b.write(values); err != nil {
			return err
		}
	}
	return nil
}

func (b *workbook) write(values []any) error {
	b.row++
	return b.SetRow(fmt.Sprintf("A%d", b.row), values)
}

// cell is a value with its look; a look is made when it is first needed.
func (b *workbook) cell(c Cell, l look) excelize.Cell {
	out := excelize.Cell{StyleID: b.style(l)}
	switch c.kind {
	case isNumber:
		out.Value = c.number
	case isDay:
		out.Value = serial(c.day)
	default:
		if c.text != "" {
			out.Value = c.text
		}
	}
	return out
}

func (b *workbook) style(l look) int {
	id, ok := b.styles[l]
	if ok {
		return id
	}
	s := &excelize.Style{Font: &excelize.Font{Family: font, Size: l.size, Bold: l.bold, Italic: l.italic},
		Alignment: &excelize.Alignment{Horizontal: l.align, Vertical: "center", WrapText: l.border}}
	if l.upper {
		s.Alignment.Vertical = "top"
	}
	switch l.kind {
	case isText:
		s.NumFmt = textOnly
	case isDay:
		format := dayFormat
		s.CustomNumFmt = &format
	}
	if l.border {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
	}
	id, err := b.file.NewStyle(s)
	b.err = errors.Join(b.err, err)
	b.styles[l] = id
	return id
}

// characters is a width in the unit of sheets: digits of the usual font.
func characters(mm float64) float64 { return max(4, mm/1.9) }
