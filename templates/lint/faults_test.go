package lint

import (
	"fmt"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// edit replaces text in a part, once and for sure; an empty old text makes the
// part.
type edit struct{ part, old, new string }

const (
	docPart    = "word/document.xml"
	stylesPart = "word/styles.xml"
	headerPart = "word/header2.xml"
	relsPart   = "word/_rels/document.xml.rels"
)

func in(old, new string) edit { return edit{docPart, old, new} }

// inPara puts properties into the paragraph that begins with a text.
func inPara(text, props string) edit {
	for _, st := range []string{"VTBody", "VTBasis", "VTSection", "VTClause", "VTRecipient", "VTNumber"} {
		if strings.HasPrefix(props, st+" ") {
			return in(`<w:pStyle w:val="`+st+`"/></w:pPr><w:r><w:t xml:space="preserve">`+text, `<w:pStyle w:val="`+st+`"/>`+strings.TrimPrefix(props, st+" ")+`</w:pPr><w:r><w:t xml:space="preserve">`+text)
		}
	}
	panic("no style in " + props)
}

// inRun puts properties into the run that begins with a text.
func inRun(text, props string) edit {
	return in(`<w:r><w:t xml:space="preserve">`+text, `<w:r><w:rPr>`+props+`</w:rPr><w:t xml:space="preserve">`+text)
}

func relate(id, kind, target string) edit {
	return edit{relsPart, `</Relationships>`, `<Relationship Id="` + id + `" Type="` + ooxml.RelTransitional + kind + `" Target="` + target + `"/></Relationships>`}
}

// goodPlan is the example plan, which has nothing to find.
func goodPlan(t testing.TB) *ooxml.Package {
	t.Helper()
	c := catalogue(t)
	b, err := c.Fill(t.Context(), officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ooxml.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func changed(t testing.TB, p *ooxml.Package, edits ...edit) []byte {
	t.Helper()
	p = p.Clone()
	for _, e := range edits {
		data, _ := p.Part(e.part)
		if e.old != "" && !strings.Contains(string(data), e.old) {
			t.Fatalf("%s has no %q", e.part, e.old)
		}
		if e.old == "" {
			p.Set(e.part, []byte(e.new))
			continue
		}
		p.Set(e.part, []byte(strings.Replace(string(data), e.old, e.new, 1)))
	}
	b, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func lint(t testing.TB, docx []byte, stage Stage) []record.Finding {
	t.Helper()
	r, err := DOCX(t.Context(), docx, About{Stage: stage})
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

func show(f record.Finding) string {
	line := fmt.Sprintf("%s %s: %s", f.Level, f.Rule, f.Message)
	for _, x := range []struct{ name, value string }{{"chỗ", f.Place}, {"thấy", f.Found}, {"cần", f.Expected}} {
		if x.value != "" {
			line += " | " + x.name + ": " + x.value
		}
	}
	return strings.ReplaceAll(line, "\u00a0", "~")
}

// seededFault is one fault in the good plan.
type seededFault struct {
	rule, name string
	level      record.Level
	says       string // of what is shown of the first finding
	edits      []edit
}

const (
	bodyText = "Kinh phí thực hiện trong"
	// As formgen writes it.
	sectionOfPlan = `<w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/>`
	hdr           = `<w:hdr xmlns:w="` + ooxml.NSWord + `">`
	numbers       = `<w:numbering xmlns:w="` + ooxml.NSWord + `"><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/><w:pPr><w:ind w:left="0" w:firstLine="720"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>`
)

func points5(format string) string {
	var b strings.Builder
	for i, s := range []string{"một", "hai", "ba", "bốn", "năm"} {
		fmt.Fprintf(&b, format, []string{"a", "b", "c", "d", "e"}[i], s)
	}
	return b.String()
}

// seededFaults has at least one fault for each rule.
func seededFaults() []seededFault {
	const e, w, i = record.LevelError, record.LevelWarning, record.LevelInfo
	size := func(n string) string { return `<w:sz w:val="` + n + `"/>` }
	ind := func(attrs string) string { return "VTBody <w:ind " + attrs + "/>" }
	para := func(style, text string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
	}
	const closing = `<w:tbl><w:tblPr><w:tblW w:w="9354" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="4422"/>`
	const point = `<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t>%s) %s;</w:t></w:r></w:p>`
	const listed = `<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>%[2]s;</w:t></w:r></w:p>`
	before := func(text, xml string) edit {
		p := `<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">` + text
		return in(p, xml+p)
	}
	return []seededFault{
		{"R1", "Letter paper", e, "215,9 mm × 279,4 mm", []edit{in(`w:w="11906" w:h="16838"`, `w:w="12240" w:h="15840"`)}},
		{"R1", "no paper said", e, "Không khai báo", []edit{in(`<w:pgSz w:w="11906" w:h="16838"/>`, "")}},
		{"R1", "landscape without a table", e, "không có bảng", []edit{in(`w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906" w:orient="landscape"`)}},

		{"R2", "left margin", e, "lề trái 25 mm | cần: lề trái 30–35 mm", []edit{in(`w:left="1701" w:header`, `w:left="1417" w:header`)}},
		{"R2", "right margin in centimetres", e, "lề phải 25 mm", []edit{in(`w:right="851"`, `w:right="2.5cm"`)}},
		{"R2", "gutter on top of the left margin", e, "lề trái 40 mm", []edit{in(`w:gutter="0"`, `w:gutter="567"`)}},
		{"R2", "no margins said", e, "không khai báo", []edit{in(`<w:pgMar w:top="1134" w:right="851"`, `<w:pgMar w:top="1134"`)}},

		{"R3", "a run in Arial", e, "thấy: Arial", []edit{inRun(bodyText, `<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>`)}},
		{"R3", "marked letters alone in another font", e, "thấy: Calibri", []edit{inRun(bodyText, `<w:rFonts w:hAnsi="Calibri"/>`)}},
		{"R3", "a style in a pre-Unicode font", e, "thấy: .VnTime", []edit{edit{stylesPart, `<w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="VTSignArea">`, `<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/><w:b/><w:sz w:val="28"/></w:rPr></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="VTSignArea">`}}},
		{"R3", "the theme's font by default", e, "thấy: Cambria", []edit{
			{stylesPart, `<w:rFonts w:ascii="Times New Roman"`, `<w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi" w:ascii="Times New Roman"`},
			{"word/theme/theme1.xml", "", `<a:theme xmlns:a="x"><a:themeElements><a:fontScheme><a:majorFont><a:latin typeface="Arial"/></a:majorFont><a:minorFont><a:latin typeface="Cambria"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>`},
			relate("rId9", "theme", "theme/theme1.xml")}},
		{"R3", "a blue link", e, "màu 0563C1", []edit{inRun(bodyText, `<w:color w:val="0563C1"/>`)}},
		{"R3", "a character style", e, "màu FF0000", []edit{inRun(bodyText, `<w:rStyle w:val="Red"/>`),
			{stylesPart, "</w:styles>", `<w:style w:type="character" w:styleId="Red"><w:name w:val="Red"/><w:rPr><w:color w:val="FF0000"/></w:rPr></w:style></w:styles>`}}},
		{"R3", "the page number in Arial", e, "đầu trang, đoạn 1", []edit{{headerPart, "<w:r><w:t>2", `<w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr><w:t>2`}}},

		{"R3", "a footnote in Arial", e, "chú thích cuối trang, đoạn 1 (“Nguồn”)", []edit{relate("rId9", "footnotes", "footnotes.xml"),
			{"word/footnotes.xml", "", wPart("footnotes", `<w:footnote w:id="1"><w:p><w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr><w:t>Nguồn</w:t></w:r></w:p></w:footnote>`)}}},

		{"R4", "loose marks", e, "thấy: phí", []edit{in(bodyText, "Kinh phi\u0301 thực hiện trong")}},
		{"R4", "zero-width space", e, "U+200B", []edit{in(bodyText, "Kinh phí\u200b thực hiện trong")}},
		{"R4", "no-break space from a web page", w, "NBSP", []edit{in(bodyText, "Kinh\u00a0phí thực hiện trong")}},
		{"R4", "TCVN3", e, "phông cũ", []edit{in("một cửa, một cửa liên thông", "KÕ ho¹ch ®¸nh gi¸ t×nh h×nh")}},
		{"R4", "leaked Markdown", e, "thấy: **", []edit{in(bodyText, "**Kinh phí** thực hiện trong")}},
		{"R4", "leaked HTML", e, "thấy: &nbsp;", []edit{in(bodyText, "Kinh phí&amp;nbsp;thực hiện trong")}},
		{"R4", "a brace left over", e, "Còn dấu ngoặc nhọn", []edit{in(bodyText, "Kinh phí } thực hiện trong")}},

		{"R5", "page one has its number", e, "Trang đầu cũng hiện", []edit{in(`<w:titlePg/>`, "")}},
		{"R5", "number on the right", e, "canh phải", []edit{{headerPart, `<w:pStyle w:val="Header"/>`, `<w:pStyle w:val="Header"/><w:jc w:val="right"/>`}}},
		{"R5", "small number", e, "cỡ 11", []edit{{headerPart, "<w:r><w:t>2", `<w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t>2`}}},
		{"R5", "slanted number", e, "nghiêng", []edit{{headerPart, "<w:r><w:t>2", `<w:r><w:rPr><w:i/></w:rPr><w:t>2`}}},
		{"R5", "no number", e, "Không có số trang", []edit{{headerPart, " PAGE ", " DATE "}}},
		{"R5", "number in the footer", e, "chân trang", []edit{{headerPart, " PAGE ", " DATE "}, relate("rId9", "footer", "footer1.xml"),
			in(`<w:pgSz`, `<w:footerReference w:type="default" r:id="rId9"/><w:pgSz`), {"word/footer1.xml", "", strings.ReplaceAll(hdr, "hdr", "ftr") + `<w:p><w:fldSimple w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple></w:p></w:ftr>`}}},
		{"R5", "Roman numbers", e, "upperRoman", []edit{in(`<w:pgNumType w:start="1"/>`, `<w:pgNumType w:fmt="upperRoman" w:start="1"/>`)}},
		{"R5", "Roman numbers by the field", e, "roman", []edit{{headerPart, " PAGE ", ` PAGE \* roman `}}},
		{"R5", "begins with 0", e, "bắt đầu từ 0", []edit{in(`<w:pgNumType w:start="1"/>`, `<w:pgNumType w:start="0"/>`)}},
		{"R5", "below the top margin", e, "không nằm gọn", []edit{in(`w:header="567"`, `w:header="1000"`)}},
		{"R5", "more than the number", w, "thấy: Trang", []edit{{headerPart, `</w:pPr><w:r>`, `</w:pPr><w:r><w:t xml:space="preserve">Trang </w:t></w:r><w:r>`}}},
		{"R5", "even pages without a number", e, "Không có số trang", []edit{{"word/settings.xml", `<w:zoom`, `<w:evenAndOddHeaders/><w:zoom`}}},

		{"R5", "begins again in the middle", e, "bắt đầu lại từ 1", []edit{before(bodyText, `<w:p><w:pPr><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p>`), in("<w:titlePg/></w:sectPr></w:body>", "</w:sectPr></w:body>")}},
		{"R5", "a section whose first page has no number", e, "của phần này", []edit{before(bodyText, `<w:p><w:pPr><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p>`), in(`<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:body>`, "<w:titlePg/></w:sectPr></w:body>")}},

		{"R6", "old tone placement", i, "kiểu cũ", []edit{in("CỘNG HÒA", "CỘNG HOÀ")}},
		{"R6", "wrong word", e, "không đúng từng chữ", []edit{in("CHỦ NGHĨA VIỆT", "CHŨ NGHĨA VIỆT")}},
		{"R6", "no Quốc hiệu", e, "Không có Quốc hiệu", []edit{in("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "")}},
		{"R6", "no Tiêu ngữ", e, "Không có Tiêu ngữ", []edit{in("Độc lập - Tự do - Hạnh phúc", "")}},
		{"R6", "hyphens without blanks", e, "không đúng từng chữ", []edit{in("Độc lập - Tự do - Hạnh phúc", "Độc lập-Tự do-Hạnh phúc")}},
		{"R6", "too large", e, "cỡ 14 | cần: cỡ 12 đến 13", []edit{inRun("CỘNG HÒA", size("28"))}},
		{"R6", "not bold", e, "Tiêu ngữ không in đậm", []edit{inRun("Độc lập", `<w:b w:val="0"/>`)}},
		{"R6", "slanted", e, "Tiêu ngữ in nghiêng", []edit{inRun("Độc lập", `<w:i/>`)}},

		{"R8", "no number line", e, "Không có dòng số", []edit{in("Số:", ""), in("/KH-UBND", "")}},
		{"R8", "no colon", e, "dấu hai chấm", []edit{in("Số:", "Số")}},
		{"R8", "blank in the symbol", e, "không đúng dạng", []edit{in("/KH-UBND", "/KH - UBND")}},
		{"R8", "year in the symbol", e, "không đúng dạng", []edit{in("/KH-UBND", "/2024/KH-UBND")}},
		{"R8", "symbol of another type", e, "Báo cáo, văn bản là KẾ HOẠCH", []edit{in("/KH-UBND", "/BC-UBND")}},
		{"R8", "symbol of a letter", e, "không có chữ viết tắt", []edit{in("/KH-UBND", "/UBND-VX")}},
		{"R8", "CV", e, "Công văn không ghi", []edit{in("/KH-UBND", "/CV-UBND")}},
		{"R8", "&", w, "“&”", []edit{in("/KH-UBND", "/KH-VH&amp;TT")}},
		{"R8", "draft with a number", e, "thấy: 46", []edit{in(strings.Repeat("\u00a0", 6), "46")}},
		{"R8", "size", e, "cỡ 14 | cần: cỡ 13", []edit{inRun("/KH-UBND", size("28"))}},
		{"R8", "slanted", e, "in nghiêng", []edit{inRun("/KH-UBND", "<w:i/>")}},

		{"R12", "size", e, "cỡ 12 | cần: cỡ 13 đến 14", []edit{inRun(bodyText, size("24"))}},
		{"R12", "size in points by a unit", e, "cỡ 15", []edit{inRun(bodyText, size("15pt"))}},
		{"R12", "left", e, "canh trái", []edit{inPara(bodyText, `VTBody <w:jc w:val="left"/>`)}},
		{"R12", "centred", e, "canh giữa", []edit{inPara(bodyText, `VTBody <w:jc w:val="center"/>`)}},
		{"R12", "no indent", e, "lùi 0 mm", []edit{inPara(bodyText, ind(`w:firstLine="0"`))}},
		{"R12", "too wide an indent", e, "lùi 15 mm", []edit{inPara(bodyText, ind(`w:firstLine="15mm"`))}},
		{"R12", "all lines indented", e, "Cả đoạn bị lùi khỏi lề trái", []edit{inPara(bodyText, ind(`w:left="720" w:firstLine="0"`))}},
		{"R12", "indented on the right", e, "lề phải", []edit{inPara(bodyText, ind(`w:right="300"`))}},
		{"R12", "hanging", e, "lùi -12,7 mm", []edit{inPara(bodyText, ind(`w:hanging="720"`))}},
		{"R12", "no gap", e, "0 pt | cần: ít nhất 6 pt", []edit{in(`<w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">Ủy ban`, `<w:pStyle w:val="VTBody"/><w:spacing w:before="0" w:after="0"/></w:pPr><w:r><w:t xml:space="preserve">Ủy ban`)}},
		{"R12", "gap taken back between equals", e, "0 pt", []edit{
			in(`<w:pStyle w:val="VTBasis"/></w:pPr><w:r><w:t xml:space="preserve">Căn cứ Luật`, `<w:pStyle w:val="VTBasis"/><w:contextualSpacing/></w:pPr><w:r><w:t xml:space="preserve">Căn cứ Luật`)}},
		{"R12", "two lines", e, "2,00 dòng", []edit{inPara(bodyText, `VTBody <w:spacing w:line="480" w:lineRule="auto"/>`)}},
		{"R12", "exactly 12 pt", e, "0,75 dòng", []edit{inPara(bodyText, `VTBody <w:spacing w:line="240" w:lineRule="exact"/>`)}},
		{"R12", "at least 30 pt", e, "1,86 dòng", []edit{inPara(bodyText, `VTBody <w:spacing w:line="600" w:lineRule="atLeast"/>`)}},

		{"R13", "section twice", e, "bị lặp | chỗ: đoạn 29 (“II. KINH PHÍ”) | thấy: II. | cần: III.", []edit{in("III. Kinh phí", "II. Kinh phí")}},
		{"R13", "section skipped", e, "bị nhảy", []edit{in("III. Kinh phí", "IV. Kinh phí")}},
		{"R13", "begins with 2", e, "không bắt đầu từ đầu", []edit{in("1. Rà soát", "2. Rà soát"), in("2. Hướng dẫn", "3. Hướng dẫn")}},
		{"R13", "begins again", e, "lặp", []edit{in("2. Yêu cầu", "1. Yêu cầu")}},
		{"R13", "e before đ", e, "thấy: e) | cần: đ)", []edit{before(bodyText, points5(point))}},
		{"R13", "Word's own letters", e, "thấy: e) | cần: đ)", []edit{before(bodyText, points5(listed)), {"word/numbering.xml", "", numbers}, relate("rId9", "numbering", "numbering.xml")}},
		{"R13", "a letter without use", e, "thấy: f)", []edit{in("c) Công khai", "f) Công khai")}},
		{"R13", "bad Roman number", e, "La Mã", []edit{in("III. Kinh phí", "IIV. Kinh phí")}},
		{"R13", "A for I", w, "chữ cái in hoa", []edit{in("I. Mục đích", "A. Mục đích"), in("II. Nhiệm vụ", "B. Nhiệm vụ"), in("III. Kinh phí", "C. Kinh phí")}},
		{"R13", "colon behind a heading", w, "có dấu ở cuối", []edit{in("1. Mục đích", "1. Mục đích:")}},
		{"R13", "heading not bold", w, "không in đậm", []edit{inRun("III. Kinh phí", `<w:b w:val="0"/>`)}},
		{"R13", "another section's clause", e, "không thuộc mục", []edit{in("2. Hướng dẫn người dân", "5.1. Hướng dẫn người dân")}},

		{"R14", "no end mark", e, "Không có dấu kết thúc", []edit{in("giải quyết./.", "giải quyết.")}},
		{"R14", "twice", e, "nhiều hơn một lần", []edit{in("giao năm 2024.", "giao năm 2024./.")}},
		{"R14", "words behind it in the paragraph", e, "thấy: Hết", []edit{in("giải quyết./.", "giải quyết./. Hết")}},
		{"R14", "a paragraph behind it", e, "còn chữ", []edit{in(closing, para("VTBody", "Kế hoạch này thay cho kế hoạch cũ.")+closing)}},
		{"R14", "a table behind it", e, "còn bảng", []edit{in(closing, officetest.Table([]string{para("VTBody", "Việc")})+closing)}},
		{"R14", "a note behind it", w, "lời ghi chú", []edit{in(closing, para("VTNote", "(Đính kèm: Phụ lục)")+closing)}},

		{"R16", "no recipients", e, "Không có mục Nơi nhận", []edit{in("Nơi nhận:", "")}},
		{"R16", "label without colon", e, "đứng riêng một dòng", []edit{in("Nơi nhận:", "Nơi nhận")}},
		{"R16", "label upright", e, "thấy: đậm", []edit{inRun("Nơi nhận:", `<w:i w:val="0"/>`)}},
		{"R16", "label too large", e, "cỡ 14", []edit{inRun("Nơi nhận:", size("28"))}},
		{"R16", "list too large", e, "cỡ 12", []edit{inRun("- Sở Nội vụ", size("24"))}},
		{"R16", "list slanted", e, "thấy: nghiêng", []edit{inRun("- Sở Nội vụ", "<w:i/>")}},
		{"R16", "no dash", e, "gạch đầu dòng", []edit{in("- Sở Nội vụ", "Sở Nội vụ")}},
		{"R16", "no semicolon", e, "chấm phẩy", []edit{in("tỉnh (b/c);", "tỉnh (b/c)")}},
		{"R16", "bracket lost", e, "không đủ cặp", []edit{in("tỉnh (b/c);", "tỉnh b/c);")}},
		{"R16", "Lưu without colon", e, "thấy: - Lưu VT, VHTT.", []edit{in("- Lưu: VT", "- Lưu VT")}},
		{"R16", "Lưu without full stop", e, "Dòng “Lưu”", []edit{in("VT, VHTT.", "VT, VHTT;")}},
		{"R16", "no Lưu", e, "không có dòng “Lưu”", []edit{in("- Lưu: VT, VHTT.", "- Văn phòng;")}},
		{"R16", "somebody behind Lưu", e, "còn nơi nhận", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+para("VTRecipient", "- Sở Tư pháp;"))}},

		{"R20", "dots to fill in", e, "số …", []edit{in("Nghị định số 61/2018/NĐ-CP", "Nghị định số …/2018/NĐ-CP")}},
		{"R20", "underscores", e, "___", []edit{in(bodyText, "Kinh phí ____ thực hiện trong")}},
		{"R20", "a tag", e, "{{ten}}", []edit{in(bodyText, "Kinh phí {{ten}} thực hiện trong")}},
		{"R20", "a single tag", e, "{#sections}", []edit{in(bodyText, "Kinh phí {#sections} thực hiện trong")}},
		{"R20", "an ellipsis alone", w, "đứng riêng", []edit{in(bodyText, "Kinh phí do … thực hiện trong")}},

		{"D21", "two spaces", i, "Kinh  phí", []edit{in(bodyText, "Kinh  phí thực hiện trong")}},
	}
}

// Every fault is found by its own rule, at its weight, and by no other.
func TestLintFaults(t *testing.T) {
	plan := goodPlan(t)
	covered := map[string]bool{}
	for _, c := range seededFaults() {
		covered[c.rule] = true
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			found := lint(t, changed(t, plan, c.edits...), StageDraft)
			if len(found) == 0 {
				t.Fatal("nothing found")
			}
			level := found[0].Level
			for _, f := range found {
				if f.Rule != c.rule || f.Level != level {
					t.Errorf("also %s", show(f))
				}
			}
			if level != c.level || !strings.Contains(show(found[0]), c.says) {
				t.Errorf("got %s, want %s that says %q", show(found[0]), c.level, c.says)
			}
		})
	}
	for _, r := range lintRules() {
		if !covered[r.number] {
			t.Errorf("no fault is seeded for %s", r.number)
		}
	}
}

// What only looks like a fault.
func TestLintNoFaults(t *testing.T) {
	plan := goodPlan(t)
	for _, c := range []struct {
		name  string
		edits []edit
	}{
		{"the plan itself", nil},
		{"margins within half a millimetre", []edit{in(`w:left="1701" w:header`, `w:left="1675" w:header`), in(`w:right="851"`, `w:right="1160"`)}},
		{"indent of 1 cm", []edit{inPara(bodyText, `VTBody <w:ind w:firstLine="1cm"/>`)}},
		{"indent by tab", []edit{inPara(bodyText, `VTBody <w:ind w:firstLine="0"/>`), in(`<w:t xml:space="preserve">`+bodyText, `<w:tab/><w:t xml:space="preserve">`+bodyText)}},
		{"a section that goes on", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">`+bodyText, `<w:p><w:pPr><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p><w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">`+bodyText), in(`<w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:body>`, `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567"/></w:sectPr></w:body>`)}},
		{"half of the gap above, half below", []edit{inPara("- Rút ngắn", `VTBody <w:spacing w:after="60"/>`), inPara("- Nâng tỷ lệ", `VTBody <w:spacing w:before="60"/>`)}},
		{"unit above a table", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`, `<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:ind w:firstLine="0"/><w:jc w:val="right"/></w:pPr><w:r><w:t>Đơn vị tính: đồng</w:t></w:r></w:p>`+officetest.Table([]string{officetest.Runs("Việc")})+`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`)}},
		{"red stamp", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTType"/>`, `<w:p><w:pPr><w:pStyle w:val="VTType"/></w:pPr><w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>KHẨN</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="VTType"/>`)}},
		{"number bound to its unit", []edit{in("80%", "80\u00a0%"), in("năm 2024.", "năm\u00a02024.")}},
		{"and so on", []edit{in(bodyText, "Kinh phí, vật tư,... thực hiện trong")}},
		{"and so on, at a word", []edit{in("người dân, doanh nghiệp.", "người dân…")}},
		{"a table in the text, on its side", []edit{in(`w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906"`), in(`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`, officetest.Table([]string{officetest.Runs("Việc")})+`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`)}},
		{"deleted and hidden text", []edit{in(`<w:r><w:t xml:space="preserve">`+bodyText, `<w:del w:id="9"><w:r><w:delText>./.</w:delText></w:r></w:del><w:moveFrom w:id="8"><w:r><w:t>{{x}}</w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>**</w:t></w:r><w:r><w:t xml:space="preserve">`+bodyText)}},
		{"clauses numbered by section", []edit{in("1. Rà soát", "2.1. Rà soát"), in("2. Hướng dẫn", "2.2. Hướng dẫn")}},
		{"points begin again behind a colon", []edit{in("2. Hướng dẫn", "- Việc khác:</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTBody\"/></w:pPr><w:r><w:t>a) Một việc.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTBody\"/></w:pPr><w:r><w:t>2. Hướng dẫn")}},
		{"drafter's sign", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+`<w:p><w:pPr><w:pStyle w:val="VTRecipient"/></w:pPr><w:r><w:t>NVA.(05)</w:t></w:r></w:p>`)}},
		{"number centred by a tab", []edit{{headerPart, `<w:pStyle w:val="Header"/>`, `<w:pStyle w:val="Header"/><w:tabs><w:tab w:val="center" w:pos="4677"/></w:tabs><w:jc w:val="left"/>`}, {headerPart, `<w:r><w:fldChar w:fldCharType="begin"/>`, `<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/>`}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range lint(t, changed(t, plan, c.edits...), StageDraft) {
				t.Error(show(f))
			}
		})
	}
}
