package lint

import (
	"strings"

	"vanthu/record"
)

// pageFaults are of the page, its letters and numbers: R1 to R5.
func pageFaults() []seededFault {
	const e, w = record.LevelError, record.LevelWarning
	return []seededFault{
		{"R1", "Letter paper", e, "215,9 mm × 279,4 mm", []edit{in(`w:w="11906" w:h="16838"`, `w:w="12240" w:h="15840"`)}},
		{"R1", "no paper said", e, "Không khai báo", []edit{in(`<w:pgSz w:w="11906" w:h="16838"/>`, "")}},
		{"R1", "landscape without a table", e, "không có bảng", []edit{ruleOnWideSheet, in(`w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906" w:orient="landscape"`)}},

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
	}
}
