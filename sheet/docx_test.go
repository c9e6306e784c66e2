package sheet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vanthu/sheet"
	"vanthu/templates/officetest"
)

// What WriteDOCX makes is valid for Microsoft's own checker.
func TestDOCXIsValid(t *testing.T) {
	files := map[string][]byte{}
	for name, table := range map[string]*sheet.Table{"book": bookOf(150), "nasty": nastyTable()} {
		var b bytes.Buffer
		if err := table.WriteDOCX(&b); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	officetest.Valid(t, files)
}

// The paper: A4 on its side, a cover, every page of lines with the ten columns'
// titles and its number of all, no line lost, doubled or parted.
func TestBookOnPaper(t *testing.T) {
	const n = 230
	table := bookOf(n)
	var docx bytes.Buffer
	if err := table.WriteDOCX(&docx); err != nil {
		t.Fatal(err)
	}
	pages := paper(t, docx.Bytes())
	if !strings.Contains(pages[0], "SỔ ĐĂNG KÝ VĂN BẢN ĐI") || strings.Contains(pages[0], "Trang") {
		t.Errorf("cover: %s", pages[0])
	}
	next := 1
	subject := regexp.MustCompile(`lần thứ (\d+)`)
	number := regexp.MustCompile(`(?m)^\s*(\d+)/KH-`)
	for i, page := range pages[1:] {
		if want := fmt.Sprintf("Trang %d/%d", i+2, len(pages)); !strings.Contains(page, want) || !strings.Contains(page, "(10)") || !strings.Contains(page, "Người ký") {
			t.Errorf("page %d: no %s or no titles", i+2, want)
		}
		numbers, subjects := number.FindAllStringSubmatch(page, -1), subject.FindAllStringSubmatch(page, -1)
		if len(numbers) != len(subjects) {
			t.Errorf("page %d: %d numbers, %d ends of subjects", i+2, len(numbers), len(subjects))
		}
		for j, m := range numbers {
			if m[1] != fmt.Sprintf("%02d", next) || j < len(subjects) && subjects[j][1] != fmt.Sprint(next) {
				t.Fatalf("page %d: %s, want %d", i+2, m[1], next)
			}
			next++
		}
	}
	if next != n+1 {
		t.Errorf("%d lines", next-1)
	}
	if last := pages[len(pages)-1]; !strings.Contains(last, "Sổ này có 230 số.") || !strings.Contains(last, "CHÁNH VĂN PHÒNG") || !strings.Contains(last, "Lê Minh Nghĩa") {
		t.Errorf("end: %s", last)
	}
}

// A row longer than a page goes over pages instead of losing its end.
func TestLongRow(t *testing.T) {
	table := nastyTable()
	var long strings.Builder
	for i := range 900 {
		fmt.Fprintf(&long, "Ủy ban nhân dân phường %d; ", i)
	}
	table.Rows = sheet.Lines(sheet.Row{Cells: []sheet.Cell{sheet.Text(long.String())}}, sheet.Row{Cells: []sheet.Cell{sheet.Text("sau cùng")}})
	var docx bytes.Buffer
	if err := table.WriteDOCX(&docx); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(strings.Fields(strings.Join(paper(t, docx.Bytes()), " ")), " ")
	for _, want := range []string{"phường 0;", "phường 450;", "phường 899;", "sau cùng", "NGƯỜI LẬP", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
}

// paper is the text of each page of the PDF.
func paper(t *testing.T, docx []byte) []string {
	t.Helper()
	pdf, err := newPool(t).Convert(t.Context(), docx)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	info := tool(t, "pdfinfo", file)
	if !strings.Contains(info, "841.") && !strings.Contains(info, "595.") {
		t.Error(info)
	}
	return strings.Split(strings.TrimSuffix(tool(t, "pdftotext", "-layout", file, "-"), "\f"), "\f")
}
