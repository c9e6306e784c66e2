package lint

import (
	"vanthu/record"
	"vanthu/templates/officetest"
)

// textFaults are of the text and of what is left in it: R11 to R14, R20 and the detectors.
func textFaults() []seededFault {
	const e, w, i = record.LevelError, record.LevelWarning, record.LevelInfo
	const point = `<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t>%s) %s;</w:t></w:r></w:p>`
	const listed = `<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>%[2]s;</w:t></w:r></w:p>`
	return []seededFault{
		{"R11", "basis upright", w, "không in nghiêng", []edit{inRun("Căn cứ Luật", `<w:i w:val="0"/>`)}},
		{"R11", "basis without semicolon", w, "dấu chấm phẩy ở cuối", []edit{in("tháng 6 năm 2015;", "tháng 6 năm 2015.")}},
		{"R11", "last basis without full stop", w, "dấu chấm ở cuối căn cứ cuối cùng", []edit{in("thủ tục hành chính.</w:t>", "thủ tục hành chính;</w:t>")}},

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
		{"R14", "a note behind it", w, "lời ghi chú", []edit{in(closing, para("VTNote", "(Đính kèm: Bảng tổng hợp)")+closing)}},

		{"R20", "dots to fill in", e, "số …", []edit{in("Nghị định số 61/2018/NĐ-CP", "Nghị định số …/2018/NĐ-CP")}},
		{"R20", "underscores", e, "___", []edit{in(bodyText, "Kinh phí ____ thực hiện trong")}},
		{"R20", "a tag", e, "{{ten}}", []edit{in(bodyText, "Kinh phí {{ten}} thực hiện trong")}},
		{"R20", "a single tag", e, "{#sections}", []edit{in(bodyText, "Kinh phí {#sections} thực hiện trong")}},
		{"R20", "an abbreviation without its words", w, "thấy: CCHC, TTHC", []edit{in(bodyText, "Đẩy mạnh CCHC, TTHC. Kinh phí thực hiện trong")}},
		{"R20", "an ellipsis alone", w, "đứng riêng", []edit{in(bodyText, "Kinh phí do … thực hiện trong")}},

		{"D7", "bracket lost", w, "không đủ cặp", []edit{in(bodyText, "Kinh phí (nếu có thực hiện trong")}},
		{"D7", "bracket too much", w, "không đủ cặp", []edit{in(bodyText, "Kinh phí nếu có) thực hiện trong")}},
		{"D9", "blank in a symbol", w, "cần: 61/2018/NĐ-CP", []edit{in("61/2018/NĐ-CP", "61/2018/NĐ- CP")}},
		{"D9", "symbol broken by a line end", w, "cần: 61/2018/NĐ-CP", []edit{in("61/2018/NĐ-CP", "61/2018/NĐ-</w:t><w:br/><w:t>CP")}},
		{"D11", "comma before the date", i, "dấu phẩy", []edit{in("61/2018/NĐ-CP ngày 23 tháng 4", "61/2018/NĐ-CP, ngày 23 tháng 4")}},
		{"D11", "type in small letters", i, "cần: Nghị định số 61/2018/NĐ-CP", []edit{in("Căn cứ Nghị định", "Căn cứ nghị định")}},
		{"D12", "report before the work ends", w, "trước ngày 19/12/2024 | cần: sau Tháng 12/2024", []edit{in(bodyText, "Báo cáo kết quả trước ngày 19/12/2024. Kinh phí thực hiện trong"),
			before("Báo cáo kết quả", officetest.Table([]string{officetest.Runs("Việc"), officetest.Runs("Tháng 01/2024"), officetest.Runs("Tháng 12/2024")}))}},
		{"D12", "report day in words", w, "trước ngày 19/12/2024", []edit{in(bodyText, "Báo cáo kết quả chậm nhất là ngày 19 tháng 12 năm 2024. Kinh phí thực hiện trong"),
			before("Báo cáo kết quả", officetest.Table([]string{officetest.Runs("Việc"), officetest.Runs("Tháng 12 năm 2024")}))}},
		{"D12", "work before the document", w, "Tháng 01/2024 | cần: từ ngày 01/02/2024", []edit{month("02"),
			before(bodyText, officetest.Table([]string{officetest.Runs("Việc"), officetest.Runs("Tháng 01/2024")}))}},
		{"D15", "two spellings", i, "thấy: Phòng Văn hóa và thông tin | cần: Phòng Văn hóa và Thông tin", []edit{in(bodyText, "Phòng Văn hóa và Thông tin phối hợp với Phòng Văn hóa và thông tin. Kinh phí thực hiện trong")}},
		{"D15", "hyphen or none", i, "thấy: Trung tâm Thông tin Thể thao", []edit{in(bodyText, "Trung tâm Thông tin - Thể thao, Trung tâm Thông tin Thể thao. Kinh phí thực hiện trong")}},
		{"D16", "two ways to place a tone", i, "hoá (1 lần)", []edit{in(bodyText, "Văn hoá, văn hóa, hòa bình, kinh phí thực hiện trong")}},
		{"D18", "a word twice", w, "cần: thực hiện", []edit{in(bodyText, "Kinh phí thực hiện hiện trong dự toán. Kinh phí thực hiện trong")}},
		{"D18", "two words twice", w, "Cụm từ", []edit{in(bodyText, "Kinh phí tuyên truyền tuyên truyền thực hiện trong")}},
		{"D21", "two spaces", i, "Kinh  phí", []edit{in(bodyText, "Kinh  phí thực hiện trong")}},
	}
}
