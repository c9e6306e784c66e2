package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/sheet"
)

func read(t *testing.T, b []byte) *sheet.Book {
	t.Helper()
	book, err := sheet.Read(t.Context(), b, sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// texts are the rows of a sheet as one string each.
func texts(s sheet.Sheet) (out []string) {
	for _, l := range s.Rows {
		out = append(out, fmt.Sprintf("%d: %s", l.Number, strings.Join(l.Cells, "|")))
	}
	return out
}

func TestReadCSV(t *testing.T) {
	want := []string{"1: Số|Ngày", "2: 01/KH|-đi; \"x\", y", "4: 2|a\nb"}
	utf16 := func(s string) []byte {
		out := []byte("\xFF\xFE")
		for _, r := range s {
			out = append(out, byte(r), byte(r>>8))
		}
		return out
	}
	for name, b := range map[string][]byte{
		"comma":     []byte("\uFEFFSố,Ngày\r\n01/KH,\"'-đi; \"\"x\"\", y\"\r\n,\r\n2,\"a\r\nb\"\r\n"),
		"semicolon": []byte("Số;Ngày\n01/KH;\"-đi; \"\"x\"\", y\"\n\n2;\"a\nb\"\n"),
		"tab":       utf16("Số\tNgày\n 01/KH\t\"-đi; \"\"x\"\", y\"\n\t\n2\t\"a\nb\""),
	} {
		book := read(t, b)
		if got := texts(book.Sheets[0]); len(book.Sheets) != 1 || !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// workbook is a package of the parts given over the least that there must be.
func workbook(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships xmlns="x"><Relationship Id="r1" Type="http://x/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="y"><workbookPr/><sheets><sheet name="Một" r:id="a"/><sheet name="Hai" state="hidden" r:id="b"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="worksheets/s1.xml"/><Relationship Id="b" Type="http://x/worksheet" Target="/xl/worksheets/s2.xml"/><Relationship Id="c" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>Trích yếu</t></si><si><r><t>Kế </t></r><r><rPr/><t xml:space="preserve">hoạch </t></r><rPh><t>sai</t></rPh></si></sst>`,
		"xl/worksheets/s1.xml": `<worksheet><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="inlineStr"><is><t>trong</t></is></c></row>` +
			`<row><c t="s"><v>1</v></c><c><f>1+1</f><v>2.0</v></c><c t="str"><f>A1</f><v>=x</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c s="3"><v>4.5356E4</v></c></row><row r="9"><c r="A9" s="1"/></row></sheetData></worksheet>`,
		"xl/worksheets/s2.xml": `<x:worksheet xmlns:x="z"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadWorkbook(t *testing.T) {
	book := read(t, workbook(t, nil))
	if want := []string{"2: |Trích yếu||trong", "3: Kế hoạch|2|=x|1|#REF!|45356"}; !slices.Equal(texts(book.Sheets[0]), want) {
		t.Errorf("%q", texts(book.Sheets[0]))
	}
	if two := book.Sheets[1]; !two.Hidden || book.Sheets[0].Hidden || two.Name != "Hai" || !slices.Equal(texts(two), []string{"1: 7"}) {
		t.Errorf("%+v", two)
	}
}

// What is wrong or too much is refused with its code, whatever else the file
// says.
func TestReadHostile(t *testing.T) {
	rows := func(n int, row string) map[string]string {
		return map[string]string{"xl/worksheets/s1.xml": `<worksheet><sheetData>` + strings.Repeat(row, n) + `</sheetData></worksheet>`}
	}
	small := sheet.Limits{Bytes: 1 << 20, Inflated: 1 << 20, Sheets: 2, Rows: 10, Columns: 5, Cells: 30, Text: 100}
	for name, c := range map[string]struct {
		b    []byte
		code string
	}{
		"nothing":             {nil, ""},
		"long":                {make([]byte, 1<<20+1), "spreadsheet-too-large"},
		"an old workbook":     {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..."), "spreadsheet-unknown"},
		"an old code page":    {[]byte("S\xF4,Ng\xE0y"), "spreadsheet-unknown"},
		"a picture":           {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "spreadsheet-unknown"},
		"half a zip":          {workbook(t, nil)[:300], "spreadsheet-damaged"},
		"quotes":              {[]byte("a,\"b\nc"), "spreadsheet-damaged"},
		"rows":                {workbook(t, rows(11, `<row><c><v>1</v></c></row>`)), "spreadsheet-too-large"},
		"cells":               {workbook(t, rows(8, `<row><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>`)), "spreadsheet-too-large"},
		"columns":             {workbook(t, rows(1, `<row r="1"><c r="F1"><v>1</v></c></row>`)), "spreadsheet-too-large"},
		"far column":          {workbook(t, rows(1, `<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>`)), "spreadsheet-too-large"},
		"formatted afar":      {workbook(t, rows(1, `<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="2"/></row>`)), ""},
		"a long text":         {workbook(t, rows(1, `<row r="1"><c r="A1"><v>`+strings.Repeat("1", 101)+`</v></c></row>`)), "spreadsheet-too-large"},
		"rows backwards":      {workbook(t, rows(2, `<row r="3"><c r="A3"><v>1</v></c></row>`)), "spreadsheet-damaged"},
		"cells backwards":     {workbook(t, rows(1, `<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>1</v></c></row>`)), "spreadsheet-damaged"},
		"a row far away":      {workbook(t, rows(1, `<row r="99999999"><c><v>1</v></c></row>`)), "spreadsheet-damaged"},
		"no such string":      {workbook(t, rows(1, `<row><c t="s"><v>2</v></c></row>`)), "spreadsheet-damaged"},
		"an inflating part":   {workbook(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat(" ", 2<<20) + "</sst>"}), "spreadsheet-too-large"},
		"many strings":        {workbook(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 40) + "</sst>"}), "spreadsheet-too-large"},
		"three sheets":        {workbook(t, map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet r:id="a"/><sheet r:id="b"/><sheet r:id="a"/></sheets></workbook>`}), "spreadsheet-too-large"},
		"no sheets":           {workbook(t, map[string]string{"xl/workbook.xml": `<workbook/>`}), "spreadsheet-damaged"},
		"an outside sheet":    {workbook(t, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" TargetMode="External" Type="t/worksheet" Target="http://127.0.0.1/x"/></Relationships>`}), "spreadsheet-damaged"},
		"a part that climbs":  {workbook(t, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="t/worksheet" Target="../../../../etc/passwd"/></Relationships>`}), "spreadsheet-damaged"},
		"a DTD":               {workbook(t, map[string]string{"xl/worksheets/s1.xml": `<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>`}), "spreadsheet-damaged"},
		"nested deep":         {workbook(t, map[string]string{"xl/worksheets/s1.xml": strings.Repeat("<a>", 70)}), "spreadsheet-damaged"},
		"a document, no book": {[]byte("PK\x03\x04"), "spreadsheet-damaged"},
	} {
		_, err := sheet.Read(t.Context(), c.b, small)
		if c.code == "" && err != nil || c.code != "" && (record.CodeOf(err) != c.code || record.KindOf(err) != record.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sheet.Read(ctx, workbook(t, nil), sheet.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Another program's workbook of the same lines reads the same: LibreOffice makes
// it from the CSV, days typed by its own reading of the locale.
func TestReadWhatLibreOfficeMakes(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "so.csv")
	if err := os.WriteFile(source, []byte("\uFEFFSố,Ngày tháng,Trích yếu,Tổng\n01/KH-UBND,05/03/2024,\"Kế hoạch, số 1\",3\n02/QĐ-UBND,29/02/2024,Quyết định\nhai,=D2*2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// 44,34,76: comma, quote, UTF-8; language 1066: Vietnamese; recognise days.
	tool(t, "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--infilter=CSV:44,34,76,1,,1066,false,true", "--convert-to", "xlsx", "--outdir", dir, source)
	b, err := os.ReadFile(filepath.Join(dir, "so.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	book := read(t, b)
	rows := book.Sheets[0].Rows
	if len(rows) < 3 || rows[0].At(2) != "Trích yếu" || rows[1].At(0) != "01/KH-UBND" || rows[1].At(2) != "Kế hoạch, số 1" || rows[1].At(3) != "3" {
		t.Fatalf("%q", texts(book.Sheets[0]))
	}
	for i, want := range []record.Date{"2024-03-05", "2024-02-29"} {
		if got, ok := book.DayOf(rows[i+1].At(1), 0); !ok || got != want {
			t.Errorf("row %d: %q is %s", i+1, rows[i+1].At(1), got)
		}
		if rows[i+1].At(1)[0] != '4' {
			t.Errorf("row %d: %q is no typed day", i+1, rows[i+1].At(1))
		}
	}
}

func TestDayOf(t *testing.T) {
	for text, want := range map[string]record.Date{
		"45356": "2024-03-05", "45356.75": "2024-03-05", "16438": "1945-01-01", "16437": "", "0": "", "-3": "", "1e9": "", "NaN": "", "401768": "",
		"05/3/2024": "2024-03-05", "5/03/2024": "2024-03-05", "5-3-2024": "2024-03-05", "05.03.2024": "2024-03-05", " 05 / 3 / 2024 ": "2024-03-05",
		"2024-03-05": "2024-03-05", "2024-03-05T10:00:00": "2024-03-05", "2024/3/5": "2024-03-05", "2024-03-05 00:00:00": "2024-03-05",
		"ngày 05 tháng 3 năm 2024": "2024-03-05", "Ngày 5 tháng 3": "2024-03-05", "05/3": "2024-03-05", "5/3/24": "2024-03-05",
		"29/02/2024": "2024-02-29", "29/02/2023": "", "31/4/2024": "", "13/13/2024": "", "3/13/2024": "", "00/3/2024": "", "05/3/202": "", "05/3/20244": "", "5": "",
		"hôm qua": "", "": "", "05//2024": "", "+5/3/2024": "", "05/3/1944": "", "005/3/2024": "",
	} {
		got, ok := (&sheet.Book{}).DayOf(text, 2024)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	if d, _ := (&sheet.Book{From1904: true}).DayOf("43894", 0); d != "2024-03-05" {
		t.Errorf("from 1904: %s", d)
	}
	if _, ok := (&sheet.Book{}).DayOf("05/3", 0); ok {
		t.Error("a day without a year")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(workbook(f, nil))
	f.Add([]byte("\uFEFFa,b\r\n1,\"'=x\"\r\n"))
	f.Add([]byte("\xFF\xFEa\x00;\x00\n\x00"))
	limits := sheet.Limits{Bytes: 1 << 20, Inflated: 4 << 20, Rows: 1000, Columns: 20, Cells: 5000, Text: 1000}
	f.Fuzz(func(t *testing.T, b []byte) {
		book, err := sheet.Read(t.Context(), b, limits)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatal(err)
			}
			return
		}
		rows := 0
		for _, s := range book.Sheets {
			last := 0
			for _, l := range s.Rows {
				if rows++; l.Number <= last || len(l.Cells) == 0 || len(l.Cells) > limits.Columns || l.Cells[len(l.Cells)-1] == "" {
					t.Fatalf("%+v after %d", l, last)
				}
				last = l.Number
				for _, c := range l.Cells {
					book.DayOf(c, 2024)
				}
			}
		}
		if rows > limits.Rows {
			t.Fatal(rows)
		}
	})
}
