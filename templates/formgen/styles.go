package main

import (
	"fmt"
	"strings"
)

// style is one paragraph style. Sizes are half points, distances twentieths of
// a point, as WordprocessingML has them.
type style struct {
	id, name string
	size     int
	bold     bool
	italic   bool
	caps     bool
	align    string // "both", "center", "left"
	keep     bool   // keep with next
	whole    bool   // keep lines together
	before   int
	after    int
	left     int
	first    int // first-line indent; below 0, the other lines stand in
	line     int // 240 is single
	outline  int // 1 is the topmost, 0 none
	border   string
	color    string // of the letters, "" black
	box      bool   // a border on all sides
	exact    int    // exact line height instead of line
}

// Body text: gap 6 pt, line spacing 1.08, first line 1.27 cm (NĐ 30/2020,
// PL I, II.6.d asks for at least 6 pt, 1.0 to 1.5 lines, 1 or 1.27 cm).
const (
	gap    = 120
	indent = 720
	lines  = 259
)

// "Kính gửi:" stands a little right of the body's indent; the dashes of its list
// stand below its colon, at the width of "Kính gửi" in 14 pt, and the names one
// below another (NĐ 30/2020, PL I, II.9.a).
const (
	addresseesAt = 1440
	underColon   = 990
	dashWidth    = 163
)

// Sizes and weights are those of NĐ 30/2020, PL I, V.
var styles = []style{
	{id: "Header", name: "header", size: 26, align: "center"},
	{id: "VTNation", name: "VT Quốc hiệu", size: 24, bold: true, align: "center"},
	{id: "VTMotto", name: "VT Tiêu ngữ", size: 26, bold: true, align: "center"},
	{id: "VTSuperior", name: "VT Cơ quan chủ quản", size: 24, align: "center"},
	{id: "VTIssuer", name: "VT Cơ quan ban hành", size: 24, bold: true, align: "center"},
	{id: "VTNumber", name: "VT Số ký hiệu", size: 26, align: "center", before: gap},
	{id: "VTDate", name: "VT Địa danh ngày tháng", size: 26, italic: true, align: "center", before: gap},
	{id: "VTLetterSubject", name: "VT Trích yếu công văn", size: 24, align: "center", before: gap},
	{id: "VTUrgency", name: "VT Mức độ khẩn", size: 26, bold: true, align: "center", color: "FF0000"},
	{id: "VTScope", name: "VT Phạm vi lưu hành", size: 26, bold: true, align: "center", box: true},
	{id: "VTType", name: "VT Tên loại", size: 28, bold: true, align: "center", before: 360, keep: true},
	{id: "VTSubject", name: "VT Trích yếu", size: 28, bold: true, align: "center", keep: true},
	{id: "VTReference", name: "VT Kèm theo văn bản", size: 28, italic: true, align: "center", keep: true},
	{id: "VTAddressee", name: "VT Kính gửi", size: 28, align: "center", before: gap, after: gap, keep: true},
	{id: "VTAddressees", name: "VT Kính gửi nhiều nơi", size: 28, align: "left", left: addresseesAt, before: gap, keep: true},
	{id: "VTAddresseeItem", name: "VT Từng nơi kính gửi", size: 28, align: "left", left: addresseesAt + underColon + dashWidth, first: -dashWidth, keep: true},
	{id: "VTAuthority", name: "VT Thẩm quyền ban hành", size: 28, bold: true, align: "center", before: 2 * gap, after: gap, keep: true},
	{id: "VTBasis", name: "VT Căn cứ", size: 28, italic: true, align: "both", after: gap, first: indent, line: lines},
	{id: "VTDecides", name: "VT Quyết định", size: 28, bold: true, align: "center", before: gap, after: gap, keep: true},
	{id: "VTBody", name: "VT Nội dung", size: 28, align: "both", after: gap, first: indent, line: lines},
	{id: "VTChapter", name: "VT Chương", size: 28, bold: true, align: "center", before: gap, keep: true, outline: 1},
	{id: "VTChapterTitle", name: "VT Tên chương", size: 28, bold: true, caps: true, align: "center", after: gap, keep: true},
	{id: "VTPart", name: "VT Mục 1", size: 28, bold: true, align: "center", before: gap, keep: true, outline: 2},
	{id: "VTArticle", name: "VT Điều", size: 28, bold: true, align: "both", after: gap, first: indent, line: lines, keep: true, whole: true, outline: 3},
	{id: "VTSection", name: "VT Mục I", size: 28, bold: true, caps: true, align: "both", after: gap, first: indent, line: lines, keep: true, whole: true, outline: 1},
	{id: "VTClause", name: "VT Khoản 1", size: 28, bold: true, align: "both", after: gap, first: indent, line: lines, keep: true, whole: true, outline: 2},
	{id: "VTPoint", name: "VT Điểm a", size: 28, align: "both", after: gap, first: indent, line: lines, keep: true, whole: true, outline: 3},
	{id: "VTNote", name: "VT Ghi chú", size: 28, align: "both", after: gap, first: indent, line: lines, keep: true, whole: true},
	{id: "VTAnnex", name: "VT Phụ lục", size: 28, bold: true, align: "center", keep: true, outline: 1},
	{id: "VTAnnexTitle", name: "VT Tên phụ lục", size: 28, bold: true, caps: true, align: "center", keep: true},
	{id: "VTCell", name: "VT Ô bảng", size: 26, align: "left"},
	{id: "VTCellCenter", name: "VT Ô bảng giữa", size: 26, align: "center"},
	{id: "VTCellHead", name: "VT Đầu bảng", size: 26, bold: true, align: "center", keep: true},
	{id: "VTCellGroup", name: "VT Nhóm trong bảng", size: 26, bold: true, align: "left", keep: true},
	{id: "VTRecipientsLabel", name: "VT Nơi nhận", size: 24, bold: true, italic: true, align: "left"},
	{id: "VTRecipient", name: "VT Từng nơi nhận", size: 22, align: "left"},
	{id: "VTSigner", name: "VT Chức vụ", size: 28, bold: true, align: "center", keep: true},
	{id: "VTSignArea", name: "VT Chỗ ký", size: 28, align: "center", keep: true},
	{id: "VTSignName", name: "VT Họ tên người ký", size: 28, bold: true, align: "center", before: 1660},
	{id: "VTContact", name: "VT Địa chỉ", size: 22, align: "center", border: "top"},
	{id: "VTRuleFull", name: "VT Kẻ bằng dòng chữ", size: 4, align: "center", border: "top", exact: 40, before: 60},
	{id: "VTRulePart", name: "VT Kẻ một phần dòng chữ", size: 4, align: "center", border: "top", exact: 40, before: 60},
	{id: "VTStampGap", name: "VT Trên dấu", size: 4, align: "center", exact: 120},
	{id: "VTGap", name: "VT Khoảng cách", size: 4, align: "left", exact: 200},
	{id: "VTEnd", name: "VT Cuối văn bản", size: 4, align: "left", exact: 20},
}

func stylesPart() string {
	var b strings.Builder
	b.WriteString(declaration + `<w:styles ` + mainNS + `><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:eastAsia="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>` +
		`<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>` +
		`</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
		`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>` +
		`<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	for _, s := range styles {
		b.WriteString(s.xml())
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

// xml writes the properties in the order that the schema demands.
func (s style) xml() string {
	var p, r strings.Builder
	if s.keep {
		p.WriteString(`<w:keepNext/>`)
	}
	if s.whole {
		p.WriteString(`<w:keepLines/>`)
	}
	p.WriteString(`<w:widowControl/>`)
	if s.box {
		p.WriteString(`<w:pBdr>`)
		for _, side := range []string{"top", "left", "bottom", "right"} {
			fmt.Fprintf(&p, `<w:%s w:val="single" w:sz="6" w:space="1" w:color="000000"/>`, side)
		}
		p.WriteString(`</w:pBdr>`)
	}
	if s.border != "" {
		fmt.Fprintf(&p, `<w:pBdr><w:%s w:val="single" w:sz="6" w:space="2" w:color="000000"/></w:pBdr>`, s.border)
	}
	line, rule := 240, "auto"
	if s.line != 0 {
		line = s.line
	}
	if s.exact != 0 {
		line, rule = s.exact, "exact"
	}
	fmt.Fprintf(&p, `<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="%s"/>`, s.before, s.after, line, rule)
	switch {
	case s.first < 0:
		fmt.Fprintf(&p, `<w:ind w:left="%d" w:hanging="%d"/>`, s.left, -s.first)
	case s.left != 0:
		fmt.Fprintf(&p, `<w:ind w:left="%d"/>`, s.left)
	case s.first > 0:
		fmt.Fprintf(&p, `<w:ind w:firstLine="%d"/>`, s.first)
	}
	fmt.Fprintf(&p, `<w:jc w:val="%s"/>`, s.align)
	if s.outline != 0 {
		fmt.Fprintf(&p, `<w:outlineLvl w:val="%d"/>`, s.outline-1)
	}
	if s.bold {
		r.WriteString(`<w:b/><w:bCs/>`)
	}
	if s.italic {
		r.WriteString(`<w:i/><w:iCs/>`)
	}
	if s.caps {
		r.WriteString(`<w:caps/>`)
	}
	if s.color != "" {
		fmt.Fprintf(&r, `<w:color w:val="%s"/>`, s.color)
	}
	fmt.Fprintf(&r, `<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, s.size, s.size)
	return fmt.Sprintf(`<w:style w:type="paragraph" w:customStyle="%d" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`,
		map[bool]int{true: 0, false: 1}[s.id == "Header"], s.id, s.name, p.String(), r.String())
}
