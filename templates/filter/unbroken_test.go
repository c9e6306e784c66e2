package filter_test

import (
	"fmt"
	"html"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/templates/filter"
	"vanthu/templates/officetest"
)

// tied are texts with "~" for each space and "=" for each hyphen that must
// become one without a break, and nothing else.
var tied = []string{
	"kinh phí 20~triệu đồng",
	"hỗ trợ 1.234.567~đồng/người",
	"đạt 95% hoặc 100~%, tăng 0,5~%;",
	"dài 15~km, rộng 120~ha, nặng 3,5~tấn, 30~m³.",
	"trong 06~tháng đầu năm~2024",
	"thời hạn 05~năm, 30~ngày làm việc",
	"trước 8~giờ 30~phút ngày~15 tháng~12 năm~2024",
	"ngày~05 tháng~3 năm~2020",
	"Ngày~22/03/2021, tháng~01/2024, Quý~I năm~2025, quý~II/2024",
	"(Điều~5) khoản~2, điểm~a, điểm~đ khoản~3 Điều~10.",
	"Mục~IV, Phần~II, Chương~I, Phụ lục~III, mục~I.1",
	"số~46/KH=UBND ngày~09/01/2024",
	"Nghị định số~30/2020/NĐ=CP; Quyết định số~15",
	"số~08=CTr/TU, 05/QyĐ=BQP, 749/QĐ=TTg, 12/UBND=VX, 3/TT&TT=VP",
	"tỉnh BR=VT, dịch COVID=19",
	"giai đoạn 2021~-~2025, 2022~–~2030; năm~2021~-~2025, 3~-~5~triệu",
	"một khoản 20~triệu đồng; tổng số 15~tỷ",
	"lần số~5 (trong 06~tháng 9~ngày)",
	"kế hoạch 5~năm 2021=2025 số~7, gọi 0254=3852=401",
	"Phường~12, Quận~1, thứ~7",

	// apart
	"Điều, 5; năm (2024) và 20, triệu",
	"20  triệu", "20\ntriệu", "20", "triệu", "", " ", "-", " - ",
	"Việt-Nhật, e-mail, Độc lập - Tự do - Hạnh phúc",
	"năm học, tháng tới, khoản này, điểm nóng, mục tiêu, điểm A",
	"03 lớp tập huấn, 10 xã",
	"đường 3 - Bà Triệu, 5 -", "tăng -5, 5- 6, A- B",
}

func TestUnbroken(t *testing.T) {
	for _, marked := range tied {
		text := strings.NewReplacer("~", " ", "=", "-").Replace(marked)
		want := strings.NewReplacer("~", "\u00a0", "=", "\u2011").Replace(marked)
		if got := filter.Unbroken(text); got != want {
			t.Errorf("%q: %s\nwant %s", text, strings.NewReplacer("\u00a0", "~", "\u2011", "=").Replace(got), marked)
		}
	}
}

// In a narrow justified column, at every place of the line, what is tied stays
// on one line of the PDF, the words come out of it as they went in, in the one
// face; what is not tied comes apart.
func TestUnbrokenInPDF(t *testing.T) {
	pieces := []string{
		"20 triệu", "100 %", "15 km", "06 tháng", "ngày 05", "tháng 3", "năm 2024", "quý IV", "Điều 5", "khoản 2", "điểm a",
		"số 46/KH-UBND", "30/2020/NĐ-CP", "08-CTr/TU", "05/QyĐ-BQP", "TT&TT-VP", "BR-VT", "2021-2025", "2021 - 2025", "2022 – 2030", "1.234 đồng/người",
	}
	// What LibreOffice keeps whole by itself, so that Unbroken need not.
	whole := []string{"26/12/2023", "1.234.567,89", "46/2024", "95%"}

	column := func(change func(string) string, pieces []string) (body string, text []string) {
		var b strings.Builder
		for _, piece := range pieces {
			for n := 1; n <= 26; n++ {
				p := fmt.Sprintf("thử %s %s rồi hết dòng này", strings.Repeat("i", n), piece)
				text = append(text, p)
				b.WriteString(`<w:p><w:pPr><w:jc w:val="both"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Liberation Serif" w:hAnsi="Liberation Serif"/><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">` + html.EscapeString(change(p)) + `</w:t></w:r></w:p>`)
			}
		}
		b.WriteString(`<w:sectPr><w:pgSz w:w="4000" w:h="16838"/><w:pgMar w:top="700" w:right="700" w:bottom="700" w:left="700"/></w:sectPr>`)
		return b.String(), text
	}
	asIs := func(s string) string { return s }
	tiedBody, text := column(filter.Unbroken, pieces)
	looseBody, _ := column(asIs, pieces)
	wholeBody, _ := column(asIs, whole)
	dir := officetest.Convert(t, officetest.ToPDF, map[string][]byte{
		"tied": officetest.DOCX(t, tiedBody, nil), "loose": officetest.DOCX(t, looseBody, nil), "whole": officetest.DOCX(t, wholeBody, nil),
	})
	read := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), "pdftotext", append(args, filepath.Join(dir, name+".pdf"), "-")...).CombinedOutput()
		if err != nil {
			t.Fatalf("pdftotext: %v\n%s", err, out)
		}
		return string(out)
	}
	onOneLine := func(text, piece string) int {
		n := 0
		for _, l := range strings.Split(text, "\n") {
			n += strings.Count(" "+strings.Join(strings.Fields(l), " ")+" ", " "+piece+" ")
		}
		return n
	}

	tiedText, looseText, wholeText := read("tied", "-layout"), read("loose", "-layout"), read("whole", "-layout")
	for _, piece := range pieces {
		if n := onOneLine(tiedText, piece); n != 26 {
			t.Errorf("%q: on one line %d times of 26", piece, n)
		}
		if n := onOneLine(looseText, piece); n == 26 {
			t.Errorf("%q never comes apart: this test shows nothing", piece)
		}
	}
	for _, piece := range whole {
		if n := onOneLine(wholeText, piece); n != 26 {
			t.Errorf("%q: on one line %d times of 26 without help", piece, n)
		}
	}
	got, want := strings.Fields(read("tied")), strings.Fields(strings.Join(text, " "))
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%q came out as %q, after %q", want[i], got[i], want[i-1])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d words came out of %d", len(got), len(want))
	}
	fonts, err := exec.CommandContext(t.Context(), "pdffonts", filepath.Join(dir, "tied.pdf")).Output()
	if lines := strings.Split(strings.TrimSpace(string(fonts)), "\n"); err != nil || len(lines) != 3 || !strings.Contains(lines[2], "+LiberationSerif ") {
		t.Errorf("fonts: %v\n%s", err, fonts)
	}
}

func BenchmarkUnbroken(b *testing.B) {
	text := strings.Repeat("Thực hiện Kế hoạch số 46/KH-UBND ngày 22/3/2021, hỗ trợ 20 triệu đồng cho hộ gia đình. ", 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		filter.Unbroken(text)
	}
}
