package lint

import (
	"strings"

	"vanthu/record"
)

// As the form's filling writes them.
const (
	ruleFull    = `<w:pStyle w:val="VTRuleFull"/><w:ind w:left="1299" w:right="1299" w:firstLine="0"/>`
	rulePart    = `<w:pStyle w:val="VTRulePart"/><w:ind w:left="1169" w:right="1169" w:firstLine="0"/>`
	ruleSubject = `<w:pStyle w:val="VTRulePart"/><w:ind w:left="3547" w:right="3547" w:firstLine="0"/>`
	dateCell    = `</w:p></w:tc><w:tc><w:tcPr><w:tcW w:w="5860" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="VTDate"/>`
	firstLine   = `>ỦY BAN NHÂN DÂN</w:t>`
)

// day and month fill the blanks of the date.
func day(text string) edit {
	return in("\u00a0   </w:t></w:r><w:bookmarkStart w:id=\"4\"", text+"</w:t></w:r><w:bookmarkStart w:id=\"4\"")
}

func month(text string) edit {
	return in("\u00a0   </w:t></w:r><w:bookmarkStart w:id=\"6\"", text+"</w:t></w:r><w:bookmarkStart w:id=\"6\"")
}

// headFaults are of the head of page one: R6 to R10.
func headFaults() []seededFault {
	const e, w, i = record.LevelError, record.LevelWarning, record.LevelInfo
	return []seededFault{
		{"R6", "old tone placement", i, "kiểu cũ", []edit{in("CỘNG HÒA", "CỘNG HOÀ")}},
		{"R6", "wrong word", e, "không đúng từng chữ", []edit{in("CHỦ NGHĨA VIỆT", "CHŨ NGHĨA VIỆT")}},
		{"R6", "no Quốc hiệu", e, "Không có Quốc hiệu", []edit{in("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "")}},
		{"R6", "no Tiêu ngữ", e, "Không có Tiêu ngữ", []edit{in("Độc lập - Tự do - Hạnh phúc", "")}},
		{"R6", "hyphens without blanks", e, "không đúng từng chữ", []edit{in("Độc lập - Tự do - Hạnh phúc", "Độc lập-Tự do-Hạnh phúc")}},
		{"R6", "too large", e, "cỡ 14 | cần: cỡ 12 đến 13", []edit{inRun("CỘNG HÒA", size("28"))}},
		{"R6", "not bold", e, "Tiêu ngữ không in đậm", []edit{inRun("Độc lập", `<w:b w:val="0"/>`)}},
		{"R6", "slanted", e, "Tiêu ngữ in nghiêng", []edit{inRun("Độc lập", `<w:i/>`)}},
		{"R6", "no rule below", e, "Dưới Tiêu ngữ không có đường kẻ", []edit{in(ruleFull, "")}},
		{"R6", "rule too short", e, "50,4 mm | cần: bằng độ dài dòng chữ (dòng chữ dài 57,5 mm)", []edit{in(ruleFull, strings.ReplaceAll(ruleFull, "1299", "1500"))}},
		{"R6", "rule of typed signs", w, "gõ bằng ký tự", []edit{in(ruleFull+"</w:pPr>", `<w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:t>`+strings.Repeat("_", 25)+`</w:t></w:r>`)}},

		{"R7", "no issuing body", e, "Không có tên cơ quan ban hành", []edit{in(firstLine, "></w:t>"), in("THÀNH PHỐ VŨNG TÀU", "")}},
		{"R7", "small letters", e, "không viết hoa", []edit{in("THÀNH PHỐ VŨNG TÀU", "Thành phố VŨNG TÀU")}},
		{"R7", "not bold", e, "ban hành không in đậm", []edit{inRun("THÀNH PHỐ", `<w:b w:val="0"/>`)}},
		{"R7", "slanted", e, "in nghiêng", []edit{inRun("THÀNH PHỐ", `<w:i/>`)}},
		{"R7", "too large", e, "cỡ 14 | cần: cỡ 12 đến 13", []edit{inRun("ỦY BAN NHÂN DÂN", size("28"))}},
		{"R7", "superior bold", e, "chủ quản in đậm", []edit{in(firstLine, ">UBND TỈNH BÀ RỊA</w:t>"), in("THÀNH PHỐ VŨNG TÀU", "SỞ GIAO THÔNG VẬN TẢI"), in("TM. ỦY BAN NHÂN DÂN", ""), in("Vũng Tàu, ngày", "Bà Rịa, ngày")}},
		{"R7", "no rule below", e, "không có đường kẻ ngang", []edit{in(rulePart, "")}},
		{"R7", "rule as long as the text", e, "dài không đúng", []edit{in(rulePart, strings.ReplaceAll(rulePart, "1169", "300"))}},

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

		{"R9", "no date", e, "Không có địa danh và thời gian", []edit{in("Vũng Tàu, ngày ", "Vũng Tàu, "), day("15"), month("01")}},
		{"R9", "no comma", e, "dấu phẩy", []edit{in("Vũng Tàu, ngày ", "Vũng Tàu ngày ")}},
		{"R9", "no place", e, "Không có địa danh trước ngày", []edit{in("Vũng Tàu, ngày ", "ngày ")}},
		{"R9", "place in small letters", e, "không viết hoa", []edit{in("Vũng Tàu, ngày ", "vũng Tàu, ngày ")}},
		{"R9", "full stop", e, "không đúng dạng", []edit{in(" năm 2024</w:t>", " năm 2024.</w:t>")}},
		{"R9", "day of one digit", e, "ngày 5 | cần: hai chữ số", []edit{day("5"), month("01")}},
		{"R9", "month with a zero too much", e, "tháng 06", []edit{day("15"), month("06")}},
		{"R9", "February of one digit", e, "tháng 2 ", []edit{day("15"), month("2")}},
		{"R9", "year of two digits", e, "năm 24", []edit{in(" năm 2024</w:t>", " năm 24</w:t>")}},
		{"R9", "no such day", e, "30/02/2024", []edit{day("30"), month("02")}},
		{"R9", "upright", e, "không in nghiêng", []edit{inRun("Vũng Tàu, ngày", `<w:i w:val="0"/>`)}},
		{"R9", "bold", e, "in đậm", []edit{inRun("Vũng Tàu, ngày", `<w:b/>`)}},
		{"R9", "too large", e, "cỡ 15", []edit{inRun("Vũng Tàu, ngày", size("30"))}},
		{"R9", "a line below the number", e, "không cùng dòng", []edit{in(dateCell, `</w:p></w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc><w:p/></w:tc><w:tc><w:tcPr><w:tcW w:w="5860" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="VTDate"/>`)}},

		{"R10", "no type", e, "Không có tên loại", []edit{in("KẾ HOẠCH</w:t>", "</w:t>")}},
		{"R10", "no such type", e, "không có trong quy định", []edit{in("KẾ HOẠCH</w:t>", "SÁNG KIẾN</w:t>")}},
		{"R10", "type and subject on one line", e, "viết chung một dòng", []edit{in("KẾ HOẠCH</w:t>", "KẾ HOẠCH CẢI CÁCH</w:t>")}},
		{"R10", "type not bold", e, "Tên loại không in đậm", []edit{inRun("KẾ HOẠCH</w:t>", `<w:b w:val="0"/>`)}},
		{"R10", "type too large", e, "cỡ 16", []edit{inRun("KẾ HOẠCH</w:t>", size("32"))}},
		{"R10", "type on the left", e, "Tên loại không ở giữa", []edit{in(`<w:pStyle w:val="VTType"/>`, `<w:pStyle w:val="VTType"/><w:jc w:val="left"/>`)}},
		{"R10", "no subject", e, "không có trích yếu", []edit{in("Cải cách thủ tục hành chính</w:t></w:r><w:r><w:br/></w:r>", "</w:t></w:r>"), in("năm 2024 trên địa bàn thành phố Vũng Tàu", "")}},
		{"R10", "subject not bold", e, "Trích yếu không in đậm", []edit{inRun("Cải cách thủ tục hành chính</w:t>", `<w:b w:val="0"/>`)}},
		{"R10", "subject slanted", e, "Trích yếu in nghiêng", []edit{inRun("Cải cách thủ tục hành chính</w:t>", `<w:i/>`)}},
		{"R10", "subject in capitals", e, "viết hoa toàn bộ", []edit{in(`<w:pStyle w:val="VTSubject"/></w:pPr><w:r>`, `<w:pStyle w:val="VTSubject"/></w:pPr><w:r><w:rPr><w:caps/></w:rPr>`), inRun("năm 2024 trên", `<w:caps/>`), in(`w:left="3547" w:right="3547"`, `w:left="3000" w:right="3000"`)}},
		{"R10", "subject on the left", e, "Trích yếu không ở giữa", []edit{in(`<w:pStyle w:val="VTSubject"/>`, `<w:pStyle w:val="VTSubject"/><w:jc w:val="left"/>`)}},
		{"R10", "no rule below the subject", e, "Dưới trích yếu không có đường kẻ", []edit{in(ruleSubject, "")}},
		{"R10", "rule over the whole width", e, "dài không đúng", []edit{in(ruleSubject, strings.ReplaceAll(ruleSubject, "3547", "0"))}},

		{"D25", "place of another unit", i, "Địa danh không phải", []edit{in("Vũng Tàu, ngày ", "Bà Rịa, ngày ")}},
	}
}
