package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// lintPDFs converts documents, all in one call of LibreOffice, and judges each.
func lintPDFs(t *testing.T, stage Stage, files map[string][]byte) map[string][]record.Finding {
	t.Helper()
	dir := officetest.Convert(t, officetest.ToPDF, files)
	out := map[string][]record.Finding{}
	for name := range files {
		out[name] = lintPDF(t, readFile(t, filepath.Join(dir, name+".pdf")), stage)
	}
	return out
}

func lintPDF(t testing.TB, b []byte, stage Stage) []record.Finding {
	t.Helper()
	r, err := PDF(t.Context(), b, About{Stage: stage})
	if err != nil || r.Findings == nil {
		t.Fatal(r.Findings, err)
	}
	return r.Findings
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func bodyPara(text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

// filler makes the plan n paragraphs of five lines longer.
func filler(n int) edit {
	return before(bodyText, strings.Repeat(bodyPara("- "+strings.Repeat("Các đơn vị báo cáo kết quả. ", 13)), n))
}

// behindClosing puts XML behind recipients and signature.
func behindClosing(xml string) edit {
	return in(sectionOfPlanStart, xml+sectionOfPlanStart)
}

const sectionOfPlanStart = `<w:sectPr>`

func annexOf(label, text string) string {
	p := func(style, props, text string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + props + `</w:pPr><w:r>` + text + `</w:r></w:p>`
	}
	return p("VTType", `<w:pageBreakBefore/>`, `<w:t>`+label+`</w:t>`) + p("VTType", "", `<w:t>DANH MỤC CÔNG VIỆC</w:t>`) +
		p("VTType", "", `<w:rPr><w:b w:val="0"/><w:i/></w:rPr><w:t>(Kèm theo Kế hoạch số     /KH-UBND ngày   tháng   năm 2024 của Ủy ban nhân dân thành phố)</w:t>`) + bodyPara(text)
}

// pageNumberStyle is where the look of the page number begins.
const pageNumberStyle = `<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/></w:pPr><w:rPr>`

// spokenOf makes the text speak of annexes.
var spokenOf = in("giao năm 2024.", "giao năm 2024 (Phụ lục kèm theo).")

// pdfFaults are faults that show in the PDF of the good plan, at least one for
// each rule that a draft's PDF is asked about.
func pdfFaults() []seededFault {
	const e, w, i = record.LevelError, record.LevelWarning, record.LevelInfo
	size := func(n string) string { return `<w:sz w:val="` + n + `"/>` }
	wide := strings.Replace(sectionOfPlan, `w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906" w:orient="landscape"`, 1)
	goesOn := strings.Replace(strings.Replace(wide, `<w:pgNumType w:start="1"/>`, "", 1), "<w:titlePg/>", "", 1)
	number := func(props string) edit { return edit{stylesPart, pageNumberStyle, pageNumberStyle + props} }
	const closing = `<w:tbl><w:tblPr><w:tblW w:w="9354" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="4422"/>`
	return []seededFault{
		{"R1", "Letter paper", e, "215,9 mm × 279,4 mm", []edit{in(`w:w="11906" w:h="16838"`, `w:w="12240" w:h="15840"`)}},
		{"R1", "landscape without a table", e, "không có bảng", []edit{before(bodyText, bodyPara("Xem trang sau.")+`<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p>`+bodyPara("Trang nằm ngang.")+`<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:sectPr>`+goesOn+`</w:sectPr></w:pPr></w:p>`),
			in(`<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:body>`, `</w:sectPr></w:body>`)}},

		{"R2", "left margin", e, "lề trái 25 mm | cần: lề trái 30–35 mm", []edit{in(`w:left="1701" w:header`, `w:left="1417" w:header`)}},
		{"R2", "right margin too wide", e, "lề phải 2", []edit{in(`w:right="851"`, `w:right="1417"`)}},
		{"R2", "right margin too narrow", e, "lề phải 9", []edit{in(`w:right="851"`, `w:right="510"`)}},
		{"R2", "top margin too wide", e, "lề trên 3", []edit{in(`w:top="1134"`, `w:top="1984"`)}},
		{"R2", "top margin too narrow", e, "lề trên 1", []edit{in(`w:top="1134"`, `w:top="720"`), in(`w:header="567"`, `w:header="250"`)}},
		{"R2", "bottom margin too narrow", e, "lề dưới 1", []edit{in(`w:bottom="1134"`, `w:bottom="567"`), filler(9)}},
		{"R2", "bottom margin too wide", e, "lề dưới ", []edit{in(`w:bottom="1134"`, `w:bottom="3402"`), filler(16)}},

		{"R3", "a run in Arial", e, "thấy: LiberationSans", []edit{inRun(bodyText, `<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>`)}},
		{"R3", "a blue link", e, "màu 0563C1", []edit{inRun(bodyText, `<w:color w:val="0563C1"/>`)}},
		{"R3", "the page number in Arial", e, "trang 2, đoạn 1", []edit{number(`<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>`)}},
		{"R3", "a footnote in red", e, "màu FF0000", []edit{relate("rId9", "footnotes", "footnotes.xml"),
			{"[Content_Types].xml", `</Types>`, `<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>`},
			{"word/footnotes.xml", "", wPart("footnotes", `<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:rPr><w:color w:val="FF0000"/><w:sz w:val="20"/></w:rPr><w:t>Nguồn: Sở Nội vụ.</w:t></w:r></w:p></w:footnote>`)},
			in(bodyText, `Kinh phí</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:t xml:space="preserve"> thực hiện trong`)}},

		{"R4", "TCVN3", e, "phông cũ", []edit{in("một cửa, một cửa liên thông", "KÕ ho¹ch ®¸nh gi¸ t×nh h×nh")}},
		{"R4", "leaked Markdown", e, "thấy: **", []edit{in(bodyText, "**Kinh phí** thực hiện trong")}},
		{"R4", "leaked HTML", e, "thấy: &nbsp;", []edit{in(bodyText, "Kinh phí&amp;nbsp;thực hiện trong")}},
		{"R4", "a brace left over", e, "Còn dấu ngoặc nhọn", []edit{in(bodyText, "Kinh phí } thực hiện trong")}},
		{"R4", "no-break space from a web page", w, "NBSP", []edit{in(bodyText, "Kinh\u00a0phí thực hiện trong")}},

		{"R5", "page one has its number", e, "Trang đầu cũng hiện", []edit{in(`<w:titlePg/>`, "")}},
		{"R5", "number on the right", e, "không ở giữa", []edit{{headerPart, `<w:pStyle w:val="Header"/>`, `<w:pStyle w:val="Header"/><w:jc w:val="right"/>`}}},
		{"R5", "small number", e, "cỡ 11", []edit{{stylesPart, pageNumberStyle + size("26"), pageNumberStyle + size("22")}}},
		{"R5", "slanted number", e, "nghiêng", []edit{number("<w:i/>")}},
		{"R5", "no number", e, "Không có số trang", []edit{in(`w:type="default" r:id="rId5"`, `w:type="default" r:id="rId4"`)}},
		{"R5", "Roman numbers", e, "thấy: II", []edit{in(`<w:pgNumType w:start="1"/>`, `<w:pgNumType w:fmt="upperRoman" w:start="1"/>`)}},
		{"R5", "begins with 4", e, "thấy: 5 | cần: 2", []edit{in(`<w:pgNumType w:start="1"/>`, `<w:pgNumType w:start="4"/>`)}},
		{"R5", "below the top margin", e, "không nằm gọn", []edit{in(`w:header="567"`, `w:header="1300"`)}},
		{"R5", "more than the number", w, "thấy: Trang", []edit{{headerPart, `</w:pPr><w:r>`, `</w:pPr><w:r><w:t xml:space="preserve">Trang </w:t></w:r><w:r>`}}},
		{"R5", "an annex that counts on", w, "Phụ lục không đánh số trang riêng", []edit{spokenOf, behindClosing(annexOf("Phụ lục", "Danh mục công việc của các đơn vị trong năm."))}},

		{"R6", "old tone placement", i, "kiểu cũ", []edit{in("CỘNG HÒA", "CỘNG HOÀ")}},
		{"R6", "wrong word", e, "không đúng từng chữ", []edit{in("CHỦ NGHĨA VIỆT", "CHŨ NGHĨA VIỆT")}},
		{"R6", "no Tiêu ngữ", e, "Không có Tiêu ngữ", []edit{in("Độc lập - Tự do - Hạnh phúc", "")}},
		{"R6", "too large", e, "cỡ 14 | cần: cỡ 12 đến 13", []edit{inRun("CỘNG HÒA", size("28"))}},
		{"R6", "not bold", e, "Tiêu ngữ không in đậm", []edit{inRun("Độc lập", `<w:b w:val="0"/>`)}},
		{"R6", "slanted", e, "Tiêu ngữ in nghiêng", []edit{inRun("Độc lập", `<w:i/>`)}},
		{"R6", "no rule", e, "không có đường kẻ", []edit{in(`<w:pStyle w:val="VTRuleFull"/>`, `<w:pStyle w:val="VTGap"/>`)}},
		{"R6", "short rule", e, "dài không đúng", []edit{in(`<w:ind w:left="1299" w:right="1299" w:firstLine="0"/>`, `<w:ind w:left="2000" w:right="2000" w:firstLine="0"/>`)}},
		{"R6", "rule to one side", e, "không cân đối", []edit{in(`<w:ind w:left="1299" w:right="1299" w:firstLine="0"/>`, `<w:ind w:left="1099" w:right="1499" w:firstLine="0"/>`)}},
		{"R6", "Tiêu ngữ to one side", e, "không canh giữa dưới Quốc hiệu", []edit{in(`<w:pStyle w:val="VTMotto"/>`, `<w:pStyle w:val="VTMotto"/><w:ind w:left="300" w:firstLine="0"/>`), in(`<w:ind w:left="1299" w:right="1299" w:firstLine="0"/>`, `<w:ind w:left="1449" w:right="1149" w:firstLine="0"/>`)}},

		{"R7", "not bold", e, "không in đậm", []edit{inRun("THÀNH PHỐ VŨNG TÀU", `<w:b w:val="0"/>`)}},
		{"R7", "too large", e, "cỡ 14", []edit{inRun("THÀNH PHỐ VŨNG TÀU", size("28"))}},
		{"R7", "no rule", e, "không có đường kẻ", []edit{in(`<w:pStyle w:val="VTRulePart"/><w:ind w:left="1169" w:right="1169" w:firstLine="0"/>`, `<w:pStyle w:val="VTGap"/>`)}},
		{"R7", "long rule", e, "dài không đúng", []edit{in(`<w:ind w:left="1169" w:right="1169" w:firstLine="0"/>`, `<w:ind w:left="600" w:right="600" w:firstLine="0"/>`)}},

		{"R8", "no colon", e, "dấu hai chấm", []edit{in("Số:", "Số")}},
		{"R8", "blank in the symbol", e, "không đúng dạng", []edit{in("/KH-UBND", "/KH - UBND")}},
		{"R8", "symbol of another type", e, "Báo cáo, văn bản là KẾ HOẠCH", []edit{in("/KH-UBND", "/BC-UBND")}},
		{"R8", "draft with a number", e, "thấy: 46", []edit{in(strings.Repeat("\u00a0", 6), "46")}},
		{"R8", "size", e, "cỡ 14 | cần: cỡ 13", []edit{inRun("/KH-UBND", size("28"))}},

		{"R9", "not slanted", e, "không in nghiêng", []edit{in(`<w:pStyle w:val="VTDate"/></w:pPr><w:r><w:t xml:space="preserve">Vũng Tàu`, `<w:pStyle w:val="VTDate"/></w:pPr><w:r><w:rPr><w:i w:val="0"/></w:rPr><w:t xml:space="preserve">Vũng Tàu`)}},
		{"R9", "no comma", e, "dấu phẩy", []edit{in("Vũng Tàu, ngày", "Vũng Tàu ngày")}},
		{"R9", "lower than the number", e, "không cùng dòng", []edit{in(`<w:pStyle w:val="VTDate"/>`, `<w:pStyle w:val="VTDate"/><w:spacing w:before="500"/>`)}},

		{"R10", "type not bold", e, "KẾ HOẠCH", []edit{inRun("KẾ HOẠCH", `<w:b w:val="0"/>`)}},
		{"R10", "subject too large", e, "cỡ 16", []edit{inRun("năm 2024 trên địa bàn", size("32"))}},
		{"R10", "no rule", e, "không có đường kẻ", []edit{in(`<w:pStyle w:val="VTRulePart"/><w:ind w:left="3547" w:right="3547" w:firstLine="0"/>`, `<w:pStyle w:val="VTGap"/>`)}},
		{"R10", "long rule", e, "dài không đúng", []edit{in(`<w:ind w:left="3547" w:right="3547" w:firstLine="0"/>`, `<w:ind w:left="2000" w:right="2000" w:firstLine="0"/>`)}},

		{"R12", "no gap", e, "ít nhất 6 pt", []edit{in(`<w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">Ủy ban`, `<w:pStyle w:val="VTBody"/><w:spacing w:before="0" w:after="0"/></w:pPr><w:r><w:t xml:space="preserve">Ủy ban`)}},
		{"R12", "two lines", e, "2,0", []edit{inPara("Ủy ban nhân dân", `VTBody <w:spacing w:line="480" w:lineRule="auto"/>`)}},
		{"R12", "exactly 12 pt", e, "0,7", []edit{inPara("Ủy ban nhân dân", `VTBody <w:spacing w:line="240" w:lineRule="exact"/>`)}},

		{"R14", "no end mark", e, "Không có dấu kết thúc", []edit{in("giải quyết./.", "giải quyết.")}},
		{"R14", "twice", e, "nhiều hơn một lần", []edit{in("giao năm 2024.", "giao năm 2024./.")}},
		{"R14", "words behind it in the paragraph", e, "thấy: Hết", []edit{in("giải quyết./.", "giải quyết./. Hết")}},
		{"R14", "a paragraph behind it", e, "còn chữ", []edit{in(closing, bodyPara("Kế hoạch này thay cho kế hoạch cũ.")+closing)}},

		{"R15", "no deputy's title", e, "cấp phó", []edit{in("PHÓ CHỦ TỊCH", "")}},
		{"R15", "a degree", e, "học vị", []edit{in("Nguyễn Thị Thu Hương", "ThS. Nguyễn Thị Thu Hương")}},
		{"R15", "not bold", e, "không in đậm", []edit{inRun("KT. CHỦ TỊCH", `<w:b w:val="0"/>`)}},

		{"R16", "label without colon", e, "đứng riêng một dòng", []edit{in("Nơi nhận:", "Nơi nhận")}},
		{"R16", "label upright", e, "thấy: đậm", []edit{inRun("Nơi nhận:", `<w:i w:val="0"/>`)}},
		{"R16", "list too large", e, "cỡ 12", []edit{inRun("- Sở Nội vụ", size("24"))}},
		{"R16", "no dash", e, "gạch đầu dòng", []edit{in("- Sở Nội vụ", "Sở Nội vụ")}},
		{"R16", "no semicolon", e, "chấm phẩy", []edit{in("tỉnh (b/c);", "tỉnh (b/c)")}},
		{"R16", "Lưu without colon", e, "thấy: - Lưu VT, VHTT.", []edit{in("- Lưu: VT", "- Lưu VT")}},
		{"R16", "no Lưu", e, "không có dòng “Lưu”", []edit{in("- Lưu: VT, VHTT.", "- Văn phòng;")}},

		{"R18", "an annex not spoken of", e, "lời văn không nói đến", []edit{behindClosing(sectionBreak + annexOf("Phụ lục", "Danh mục công việc của các đơn vị trong năm."))}},
		{"R18", "an annex on the same page", e, "không bắt đầu ở trang riêng", []edit{spokenOf, behindClosing(strings.Replace(annexOf("Phụ lục", "Danh mục công việc."), "<w:pageBreakBefore/>", "", 1))}},

		{"R20", "dots to fill in", e, "số …", []edit{in("Nghị định số 61/2018/NĐ-CP", "Nghị định số …/2018/NĐ-CP")}},
		{"R20", "a tag", e, "{{ten}}", []edit{in(bodyText, "Kinh phí {{ten}} thực hiện trong")}},
	}
}

// sectionBreak ends the section of the plan, so that the next one counts its
// pages anew.
const sectionBreak = `<w:p><w:pPr><w:pStyle w:val="VTGap"/><w:sectPr>` + sectionOfPlan + `</w:sectPr></w:pPr></w:p>`

// Every fault is found in the PDF by its own rule, at its weight, and by no
// other.
func TestPDFFaults(t *testing.T) {
	plan := goodPlan(t)
	files, covered := map[string][]byte{}, map[string]bool{}
	name := func(i int) string { return fmt.Sprintf("fault%03d", i) }
	for i, c := range pdfFaults() {
		files[name(i)] = changed(t, plan, c.edits...)
		covered[c.rule] = true
	}
	all := lintPDFs(t, StageDraft, files)
	for i, c := range pdfFaults() {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			found := all[name(i)]
			if len(found) == 0 {
				t.Fatal("nothing found")
			}
			for _, f := range found {
				if f.Rule != c.rule || f.Level != found[0].Level {
					t.Errorf("also %s", show(f))
				}
			}
			if found[0].Level != c.level || !strings.Contains(show(found[0]), c.says) {
				t.Errorf("got %s, want %s that says %q", show(found[0]), c.level, c.says)
			}
		})
	}
	for _, r := range lintRules() {
		if r.pdf != nil && !covered[r.number] && r.number != "R19" { // whose faults are in signatures
			t.Errorf("no fault is seeded for %s", r.number)
		}
	}
}

// What only looks like a fault.
func TestPDFNoFaults(t *testing.T) {
	plan := goodPlan(t)
	ruled := strings.Replace(officetest.Table([]string{officetest.Runs("TT"), officetest.Runs("Việc")}, []string{officetest.Runs("1"), officetest.Runs("Rà soát, đơn giản hóa")}),
		`<w:tblW w:w="0" w:type="auto"/>`, `<w:tblW w:w="5000" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders>`, 1)
	ruled = strings.Replace(ruled, `<w:gridCol/>`, `<w:gridCol w:w="1000"/><w:gridCol w:w="4000"/>`, 1)
	cases := []struct {
		name  string
		edits []edit
	}{
		{"the plan itself", nil},
		{"many pages", []edit{filler(24)}},
		{"margins at the other end", []edit{in(`w:top="1134" w:right="851" w:bottom="1134" w:left="1701"`, `w:top="1417" w:right="1134" w:bottom="1417" w:left="1984"`), filler(12)}},
		{"a table", []edit{before(bodyText, ruled)}},
		{"red stamp", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTType"/>`, `<w:p><w:pPr><w:pStyle w:val="VTType"/></w:pPr><w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>KHẨN</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="VTType"/>`)}},
		{"lines of one and a half", []edit{inPara("Ủy ban nhân dân", `VTBody <w:spacing w:line="360" w:lineRule="auto" w:before="120"/>`)}},
		{"an annex with its own pages", []edit{spokenOf, behindClosing(sectionBreak + annexOf("Phụ lục", "Danh mục công việc của các đơn vị trong năm."))}},
		{"an exponent", []edit{in(bodyText, `Diện tích 5 m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r><w:r><w:t xml:space="preserve"> thực hiện trong`)}},
		{"drafter's sign", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+`<w:p><w:pPr><w:pStyle w:val="VTRecipient"/></w:pPr><w:r><w:t>NVA.(05)</w:t></w:r></w:p>`)}},
		{"many recipients on two lines", []edit{in("- Sở Nội vụ tỉnh (b/c);</w:t></w:r></w:p>", "- Sở Nội vụ tỉnh (b/c);</w:t></w:r></w:p>"+strings.Repeat(para("VTRecipient", "- Sở Tư pháp, Sở Tài chính, Sở Thông tin và Truyền thông, Sở Xây dựng tỉnh (b/c);"), 30))}},
		{"a recipient on two lines", []edit{in("- Sở Nội vụ tỉnh (b/c);", "- Sở Nội vụ, Sở Tư pháp, Sở Tài chính, Sở Thông tin và Truyền thông tỉnh (b/c);")}},
	}
	files := map[string][]byte{}
	for i, c := range cases {
		files[fmt.Sprintf("good%03d", i)] = changed(t, plan, c.edits...)
	}
	all := lintPDFs(t, StageDraft, files)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range all[fmt.Sprintf("good%03d", i)] {
				t.Error(show(f))
			}
		})
	}
}
