package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/sheet"
)

// nasty are texts that spreadsheets would rather understand than show.
var nasty = []string{"=1+1", "+84 254 1234", "-Như trên", "@SUM(A1)", "\t=1+1", "'=x", "'quoted", "0123", "1/2", "a\nb", "a,b;c\"d", "<b>&amp;", "_x0041_", "\x01\x0bkept", "\uFF1Dx", strings.Repeat("Ủy ban ", 300)}

func nastyTable() *sheet.Table {
	t := &sheet.Table{Superior: "TỈNH BÀ RỊA - VŨNG TÀU", Agency: []string{"ỦY BAN NHÂN DÂN"}, Title: "BẢNG THỬ", Subtitle: []string{"Năm 2024"}, Numbered: true,
		Columns: []sheet.Column{{Title: "Văn bản", Width: 100}, {Title: "=Số", Width: 20, Align: sheet.Right}, {Title: "Ngày", Width: 30, Align: sheet.Center}},
		Foot:    func() []string { return []string{"=Cuối"} }, Signatures: []sheet.Signature{{Lines: []string{"NGƯỜI LẬP"}, Note: "(Ký)", Name: "Lê Văn Tám"}}}
	rows := []sheet.Row{{Group: "=Nhóm"}}
	for i, s := range nasty {
		rows = append(rows, sheet.Row{Cells: []sheet.Cell{sheet.Text(s), sheet.Number(i - 1), sheet.Day("2024-02-29")}})
	}
	t.Rows = sheet.Lines(append(rows, sheet.Row{Bold: true, Cells: []sheet.Cell{sheet.Text("Cộng")}})...)
	return t
}

func part(t *testing.T, b []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := nastyTable().WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	sheet1, book := part(t, b.Bytes(), "xl/worksheets/sheet1.xml"), part(t, b.Bytes(), "xl/workbook.xml")
	if strings.Contains(sheet1, "<f") {
		t.Error("a formula")
	}
	for _, want := range []string{`state="frozen"`, `topLeftCell="A8"`, `paperSize="9"`, `orientation="portrait"`, `fitToHeight="0"`, "Trang &amp;P/&amp;N", `<v>45351</v>`} {
		if !strings.Contains(sheet1, want) {
			t.Errorf("no %s", want)
		}
	}
	if !strings.Contains(book, "Print_Titles") || !strings.Contains(book, "$6:$7") {
		t.Error(book)
	}
	rows := read(t, b.Bytes()).Sheets[0].Rows
	if got := texts(sheet.Sheet{Rows: rows[:7]}); !slices.Equal(got, []string{"1: TỈNH BÀ RỊA - VŨNG TÀU", "2: ỦY BAN NHÂN DÂN", "3: BẢNG THỬ", "4: Năm 2024", "6: Văn bản|=Số|Ngày", "7: (1)|(2)|(3)", "8: =Nhóm"}) {
		t.Errorf("%q", got)
	}
	for i, s := range nasty {
		want := strings.TrimSpace(strings.NewReplacer("\x01", "", "\x0b", "").Replace(s))
		if got := rows[7+i]; got.At(0) != want || got.At(2) != "45351" {
			t.Errorf("%q is %q", s, got.Cells)
		}
	}
}

// LibreOffice opens the workbook and finds texts, numbers and days in it.
func TestWhatLibreOfficeReads(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "so.xlsx")
	var b bytes.Buffer
	if err := errors.Join(nastyTable().WriteXLSX(&b), os.WriteFile(source, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	// 44,34,76: comma, quote, UTF-8; language 1066: Vietnamese; as shown, not as stored.
	tool(t, "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1066,false,true", "--outdir", dir, source)
	text, err := os.ReadFile(filepath.Join(dir, "so.csv"))
	if err != nil {
		t.Fatal(err)
	}
	c := csv.NewReader(bytes.NewReader(text))
	c.FieldsPerRecord = -1
	lines, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range []string{"=1+1", "+84 254 1234", "-Như trên", "@SUM(A1)"} {
		if got := lines[8+i]; got[0] != s || got[2] != "29/02/2024" {
			t.Errorf("%q is %q", s, got)
		}
	}
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := nastyTable().WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(b.String(), "\uFEFF")
	if !ok || !strings.HasPrefix(text, "Văn bản,'=Số,Ngày\r\n'=Nhóm,,\r\n'=1+1,-1,2024-02-29\r\n'+84 254 1234,0,2024-02-29\r\n'-Như trên,") {
		t.Errorf("%.200q", text)
	}
	rows := read(t, b.Bytes()).Sheets[0].Rows
	for i, s := range nasty {
		if want := strings.TrimSpace(strings.NewReplacer("\x01", "", "\x0b", "").Replace(s)); rows[2+i].At(0) != want {
			t.Errorf("%q is %q", s, rows[2+i].At(0))
		}
	}
}

// What rows or w say is the answer of every writer.
func TestWriteFails(t *testing.T) {
	wrong := errors.New("store away")
	for name, write := range map[string]func(*sheet.Table, io.Writer) error{"docx": (*sheet.Table).WriteDOCX, "xlsx": (*sheet.Table).WriteXLSX, "csv": (*sheet.Table).WriteCSV} {
		table := nastyTable()
		table.Rows = func(yield func(sheet.Row, error) bool) {
			if yield(sheet.Row{}, nil) {
				yield(sheet.Row{}, wrong)
			}
		}
		if err := write(table, io.Discard); !errors.Is(err, wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if err := write(nastyTable(), full{}); !errors.Is(err, errFull) {
			t.Errorf("%s, full: %v", name, err)
		}
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
