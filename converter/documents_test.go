package converter

import (
	"fmt"
	"strings"
)

const relsXML = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

// documentOf is a DOCX with this body.
func documentOf(body string, more ...part) []byte {
	doc := part{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"` +
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"` +
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + body +
		`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>` +
		`</w:body></w:document>`}
	return buildPackage(append([]part{{relsPart, relsXML}, doc}, more...)...)
}

func paragraph(content string) string { return `<w:p>` + content + `</w:p>` }

func run(text string) string {
	return `<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="28"/></w:rPr>` +
		`<w:t xml:space="preserve">` + text + `</w:t></w:r>`
}

func bold(text string) string { return strings.Replace(run(text), `<w:sz`, `<w:b/><w:sz`, 1) }

func slot(id int, name, content string) string {
	return fmt.Sprintf(`<w:bookmarkStart w:id="%d" w:name="%s"/>%s<w:bookmarkEnd w:id="%d"/>`, id, name, content, id)
}

// plan is like an official plan: slots, a heading, a table, pages of text.
func plan(pages int) []byte {
	var b strings.Builder
	b.WriteString(paragraph(bold("ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU")))
	b.WriteString(paragraph(run("Số: ") + slot(1, "vtNumberA", run("      ")) + run("/KH-UBND")))
	b.WriteString(paragraph(run("Vũng Tàu, ngày ") + slot(2, "vtDayA", run("    ")) + run(" tháng ") + slot(3, "vtMonthA", run("    ")) + run(" năm 2024")))
	for i := range pages * 9 {
		b.WriteString(paragraph(bold(fmt.Sprintf("%d. ", i+1)) + run(strings.Repeat("Nguyễn Văn Nghĩa, Hà Tĩnh, Đắk Lắk; đẩy mạnh cải cách hành chính, kiểm soát thủ tục. ", 4))))
	}
	cell := func(s string) string {
		return `<w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>` + paragraph(run(s)) + `</w:tc>`
	}
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="4500"/></w:tblGrid>`)
	for i := range 20 {
		b.WriteString(`<w:tr>` + cell(fmt.Sprintf("Nhiệm vụ %d", i+1)) + cell("Phòng Văn hoá và Thông tin") + `</w:tr>`)
	}
	b.WriteString(`</w:tbl>` + paragraph(slot(4, "vtSignA", run("KT. CHỦ TỊCH"))))
	return documentOf(b.String())
}

// nested is a small package that LibreOffice needs longer and longer for:
// tables within tables.
func nested(levels int) []byte {
	const open = `<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid><w:tr><w:tc><w:tcPr/>`
	const end = `<w:p/></w:tc></w:tr></w:tbl>`
	return documentOf(strings.Repeat(open, levels) + strings.Repeat(end, levels) + `<w:p/>`)
}
