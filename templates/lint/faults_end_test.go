package lint

import (
	"strings"

	"vanthu/record"
)

// spoken leads the plan to an annex.
var spoken = in(bodyText, "Danh mục tại Phụ lục kèm theo. Kinh phí thực hiện trong")

// annexed puts annexes behind the plan, in a section with its own page numbers.
func annexed(xml string) edit {
	return in(`<w:p><w:pPr><w:pStyle w:val="VTEnd"/></w:pPr></w:p>`, `<w:p><w:pPr><w:pStyle w:val="VTEnd"/><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p>`+xml)
}

// annex is the head of an annex.
func annex(label, title string, reference ...string) string {
	out := para("VTType", label) + para("VTType", title)
	for _, r := range reference {
		out += strings.Replace(strings.Replace(para("VTDate", r), "<w:r>", "<w:r><w:rPr><w:i/></w:rPr>", 1), "VTDate", "VTNumber", 1)
	}
	return out
}

// endFaults are of what stands around and behind the text: R15 to R18.
func endFaults() []seededFault {
	const e, w = record.LevelError, record.LevelWarning
	return []seededFault{
		{"R15", "nobody signs", e, "Không có chức vụ và họ tên", []edit{in("TM. ỦY BAN NHÂN DÂN", ""), in("KT. CHỦ TỊCH", ""), in("PHÓ CHỦ TỊCH", ""), in("Nguyễn Thị Thu Hương", "")}},
		{"R15", "no name", e, "Không có họ tên", []edit{in("Nguyễn Thị Thu Hương", "")}},
		{"R15", "name in capitals", e, "Không có họ tên", []edit{in("Nguyễn Thị Thu Hương", "NGUYỄN THỊ THU HƯƠNG")}},
		{"R15", "a degree", e, "học vị", []edit{in("Nguyễn Thị Thu Hương", "ThS. Nguyễn Thị Thu Hương")}},
		{"R15", "a title of honour", e, "danh hiệu", []edit{in("Nguyễn Thị Thu Hương", "NGƯT. Nguyễn Thị Thu Hương")}},
		{"R15", "deputy without a title", e, "không có chức vụ của cấp phó", []edit{in("PHÓ CHỦ TỊCH", "")}},
		{"R15", "no title", e, "Sau dòng TM.", []edit{in("KT. CHỦ TỊCH", ""), in("PHÓ CHỦ TỊCH", "")}},
		{"R15", "by order without a title", e, "thừa lệnh", []edit{in("TM. ỦY BAN NHÂN DÂN", ""), in("KT. CHỦ TỊCH", "TL. CHỦ TỊCH"), in("PHÓ CHỦ TỊCH", "")}},
		{"R15", "powers the other way round", e, "Thứ tự", []edit{in("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), in("KT. CHỦ TỊCH</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTSigner\"/></w:pPr><w:r><w:t xml:space=\"preserve\">KT. CHỦ TỊCH", "KT. CHỦ TỊCH</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTSigner\"/></w:pPr><w:r><w:t xml:space=\"preserve\">TM. ỦY BAN NHÂN DÂN")}},
		{"R15", "power without its point", e, "thấy: KT CHỦ TỊCH", []edit{in("KT. CHỦ TỊCH", "KT CHỦ TỊCH")}},
		{"R15", "power without its blank", e, "thấy: TM.ỦY BAN", []edit{in("TM. ỦY BAN", "TM.ỦY BAN")}},
		{"R15", "title not bold", e, "không in đậm", []edit{inRun("KT. CHỦ TỊCH", `<w:b w:val="0"/>`)}},
		{"R15", "name too large", e, "cỡ 15", []edit{inRun("Nguyễn Thị Thu Hương", size("30"))}},
		{"R15", "not a deputy", w, "không phải cấp phó", []edit{in("PHÓ CHỦ TỊCH", "CHÁNH VĂN PHÒNG")}},
		{"R15", "collective without TM.", w, "không ghi TM.", []edit{in("TM. ỦY BAN NHÂN DÂN", "")}},

		{"R16", "no recipients", e, "Không có mục Nơi nhận", []edit{in("Nơi nhận:", "")}},
		{"R16", "label without colon", e, "đứng riêng một dòng", []edit{in("Nơi nhận:", "Nơi nhận")}},
		{"R16", "label upright", e, "thấy: đậm", []edit{inRun("Nơi nhận:", `<w:i w:val="0"/>`)}},
		{"R16", "label too large", e, "cỡ 14", []edit{inRun("Nơi nhận:", size("28"))}},
		{"R16", "list too large", e, "cỡ 12", []edit{inRun("- Sở Nội vụ", size("24"))}},
		{"R16", "list slanted", e, "thấy: nghiêng", []edit{inRun("- Sở Nội vụ", "<w:i/>")}},
		{"R16", "no dash", e, "gạch đầu dòng", []edit{in("- Sở Nội vụ", "Sở Nội vụ")}},
		{"R16", "no semicolon", e, "chấm phẩy", []edit{in("tỉnh (b/c);", "tỉnh (b/c)")}},
		{"R16", "bracket lost", w, "không đủ cặp", []edit{in("tỉnh (b/c);", "tỉnh b/c);")}},
		{"R16", "Lưu without colon", e, "thấy: - Lưu VT, VHTT.", []edit{in("- Lưu: VT", "- Lưu VT")}},
		{"R16", "Lưu without full stop", e, "Dòng “Lưu”", []edit{in("VT, VHTT.", "VT, VHTT;")}},
		{"R16", "no Lưu", e, "không có dòng “Lưu”", []edit{in("- Lưu: VT, VHTT.", "- Văn phòng;")}},
		{"R16", "somebody behind Lưu", e, "còn nơi nhận", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+para("VTRecipient", "- Sở Tư pháp;"))}},
		{"R16", "fewer copies than recipients", w, "3 bản, 4 nơi nhận", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+para("VTRecipient", "NVA.(03)"))}},

		{"R17", "a plan that addresses somebody", e, "không có phần “Kính gửi”", []edit{beforeIn("VTBasis", "Căn cứ Luật", para("VTNumber", "Kính gửi: Sở Nội vụ")), in("- Sở Nội vụ tỉnh (b/c);", "- Như trên;")}},

		{"R18", "an annex that is not there", w, "không có phụ lục", []edit{in(bodyText, "Danh mục tại Phụ lục kèm theo. Kinh phí thực hiện trong")}},
		{"R18", "an annex that nobody speaks of", e, "không nói đến", []edit{annexed(annex("Phụ lục", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
		{"R18", "no reference line", e, "không có dòng chỉ dẫn", []edit{spoken, annexed(annex("Phụ lục", "DANH MỤC"))}},
		{"R18", "reference line upright", e, "không in nghiêng", []edit{spoken, annexed(strings.Replace(annex("Phụ lục", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)"), "<w:i/>", "", 1))}},
		{"R18", "words of another time", w, "không đúng mẫu", []edit{spoken, annexed(annex("Phụ lục", "DANH MỤC", "(Ban hành theo Kế hoạch số     /KH-UBND)"))}},
		{"R18", "no title", e, "không có tiêu đề", []edit{spoken, annexed(annex("Phụ lục", "Danh mục", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
		{"R18", "in capitals", e, "viết hoa toàn bộ", []edit{spoken, annexed(annex("PHỤ LỤC", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
		{"R18", "two in Arabic", e, "thấy: Phụ lục 1 | cần: Phụ lục I", []edit{spoken, annexed(annex("Phụ lục 1", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)") + annex("Phụ lục 2", "BIỂU MẪU", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
		{"R18", "two without numbers", e, "cần: Phụ lục I", []edit{spoken, annexed(annex("Phụ lục", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)") + annex("Phụ lục", "BIỂU MẪU", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
	}
}
