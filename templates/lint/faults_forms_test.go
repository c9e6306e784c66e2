package lint

import (
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// formFaults are faults that only other forms than the plan can have.
func formFaults() map[string][]seededFault {
	const e, w = record.LevelError, record.LevelWarning
	drop := func(style, text string) edit { return in(para(style, text), "") }
	const reference = `<w:pStyle w:val="VTReference"/></w:pPr><w:r><w:t xml:space="preserve">(Kèm theo`
	return map[string][]seededFault{
		"cong-van": {
			{"R8", "type in a letter's symbol", e, "Công văn không ghi", []edit{in("/UBND-VHTT", "/CV-UBND")}},
			{"R10", "no subject", e, "không có trích yếu", []edit{in("V/v ký số văn bản điện tử và gửi,</w:t></w:r><w:r><w:br/></w:r>", "</w:t></w:r>"), in("nhận văn bản trên Trục liên thông", "")}},
			{"R10", "subject bold", e, "in đậm", []edit{inRun("V/v ký số", "<w:b/>")}},
			{"R10", "subject too large", e, "cỡ 14", []edit{inRun("V/v ký số", size("28"))}},
			{"R10", "subject close to the number", e, "0 pt | cần: cách dòng 6 pt", []edit{in(`<w:pStyle w:val="VTLetterSubject"/>`, `<w:pStyle w:val="VTLetterSubject"/><w:spacing w:before="0"/>`)}},
			{"R10", "subject without V/v", e, "không bắt đầu bằng", []edit{in("V/v ký số", "Về việc ký số")}},
			{"R3", "red that is no stamp", e, "màu FF0000", []edit{in("KHẨN</w:t>", "CHÚ Ý</w:t>")}},
			{"R16", "addressees named again", e, "Như trên", []edit{in("- Như trên;", "- Sở Tư pháp;")}},
			{"R17", "nobody addressed", e, "không có “Kính gửi”", []edit{drop("VTAddressees", "Kính gửi:"), drop("VTAddresseeItem", "- Các phòng, ban chuyên môn thuộc thành phố;"),
				drop("VTAddresseeItem", "- Trung tâm Văn hóa - Thông tin và Thể thao thành phố;"), drop("VTAddresseeItem", "- Ủy ban nhân dân các phường, xã.")}},
			{"R17", "no colon", e, "viết không đúng", []edit{in("Kính gửi:", "Kính gửi")}},
			{"R17", "slanted", e, "in nghiêng", []edit{inRun("Kính gửi:", "<w:i/>")}},
			{"R17", "too large", e, "cỡ 16", []edit{inRun("Kính gửi:", size("32"))}},
			{"R17", "no dash", e, "gạch đầu dòng", []edit{in("- Trung tâm Văn hóa - Thông tin và Thể thao thành phố;", "Trung tâm Văn hóa - Thông tin và Thể thao thành phố;")}},
			{"R17", "no semicolon", e, "Dấu ở cuối", []edit{in("Thể thao thành phố;", "Thể thao thành phố,")}},
			{"R17", "no full stop", e, "Dấu ở cuối", []edit{in("các phường, xã.", "các phường, xã;")}},
			{"R17", "dashes out of line", w, "không thẳng hàng", []edit{in(`<w:pStyle w:val="VTAddresseeItem"/></w:pPr><w:r><w:t xml:space="preserve">- Ủy ban`, `<w:pStyle w:val="VTAddresseeItem"/><w:ind w:left="100" w:firstLine="0"/></w:pPr><w:r><w:t xml:space="preserve">- Ủy ban`)}},
			{"R17", "one on a line of its own", w, "Chỉ có một nơi nhận", []edit{drop("VTAddresseeItem", "- Các phòng, ban chuyên môn thuộc thành phố;"), drop("VTAddresseeItem", "- Trung tâm Văn hóa - Thông tin và Thể thao thành phố;")}},
		},
		"to-trinh": {
			{"R17", "nobody addressed", e, "không có “Kính gửi”", []edit{drop("VTAddressee", "Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh")}},
			{"R17", "full stop behind the only one", w, "có dấu chấm", []edit{in("Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh", "Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh.")}},
			{"R17", "two on one line", e, "mỗi nơi một dòng", []edit{in("Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh", "Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh; Sở Tài chính")}},
			{"R7", "superior bold", e, "chủ quản in đậm", []edit{inRun("TỈNH HÀ TĨNH", "<w:b/>"), inRun("ỦY BAN NHÂN DÂN", "<w:b/>")}},
		},
		"bao-cao": {
			{"R18", "annex nobody speaks of", e, "không nói đến", []edit{in("tại Phụ lục kèm theo Báo cáo này", "ở bảng kèm theo Báo cáo này")}},
			{"R18", "annex in capitals", e, "viết hoa toàn bộ", []edit{in(">Phụ lục</w:t>", ">PHỤ LỤC</w:t>")}},
			{"R18", "annex of 13 pt", e, "cỡ 13 | cần: cỡ 14", []edit{inRun("Phụ lục</w:t>", size("26"))}},
			{"R18", "reference line upright", e, "không in nghiêng", []edit{in(reference, strings.Replace(reference, "<w:r>", `<w:r><w:rPr><w:i w:val="0"/></w:rPr>`, 1))}},
			{"R18", "page numbers that go on", e, "không đánh số trang riêng", []edit{lastSection(`<w:pgNumType w:start="1"/>`, "")}},
			{"R18", "no page of its own", e, "không sang trang", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTEnd"/><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p>`, "")}},
			{"R18", "no reference line", e, "không có dòng chỉ dẫn", []edit{{stylesPart, `w:styleId="VTReference">`, `w:styleId="VTReference"><w:rPr><w:vanish/></w:rPr>`}}},
			{"R15", "deputy without a title", e, "cấp phó", []edit{in(">PHÓ GIÁM ĐỐC<", "><")}},
		},
		"thong-bao": {
			{"R17", "addresses somebody", e, "không có phần “Kính gửi”", []edit{beforeIn("VTBasis", "Căn cứ Luật Tiếp", para("VTNumber", "Kính gửi: Ban Tiếp công dân")), in("- Thường trực Thành ủy (b/c);", "- Như trên;")}},
			{"R15", "by order without a title", e, "thừa lệnh", []edit{in("CHÁNH VĂN PHÒNG", "")}},
		},
		"quyet-dinh": {
			{"R11", "no basis", e, "không có căn cứ", []edit{in("Căn cứ Luật Tổ chức", "Xem Luật Tổ chức")}},
			{"R11", "basis upright", e, "không in nghiêng", []edit{inRun("Căn cứ Luật Tổ chức", `<w:i w:val="0"/>`)}},
			{"R11", "basis without semicolon", e, "dấu chấm phẩy", []edit{in("2015;", "2015,")}},
			{"R11", "last basis without full stop", e, "dấu chấm ở cuối căn cứ cuối cùng", []edit{in("Phòng Văn hóa và Thông tin.</w:t>", "Phòng Văn hóa và Thông tin;</w:t>")}},
			{"R11", "nobody decides", e, "không có dòng thẩm quyền", []edit{drop("VTAuthority", "ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU")}},
			{"R11", "authority not bold", e, "không in đậm", []edit{inRun("ỦY BAN NHÂN DÂN THÀNH PHỐ", `<w:b w:val="0"/>`)}},
			{"R11", "does not decide", e, "không có dòng “QUYẾT ĐỊNH:”", []edit{drop("VTDecides", "QUYẾT ĐỊNH:")}},
			{"R11", "decides without colon", e, "viết không đúng", []edit{in("QUYẾT ĐỊNH:", "QUYẾT ĐỊNH")}},
			{"R13", "article skipped", e, "bị nhảy", []edit{in("Điều 2.", "Điều 3."), in("Điều 3.</w:t></w:r><w:r><w:t xml:space=\"preserve\"> Quyết định này có", "Điều 4.</w:t></w:r><w:r><w:t xml:space=\"preserve\"> Quyết định này có"), in("Điều 4.</w:t></w:r><w:r><w:t xml:space=\"preserve\"> Quyết định", "Điều 5.</w:t></w:r><w:r><w:t xml:space=\"preserve\"> Quyết định")}},
			{"R16", "names others first", e, "Như Điều", []edit{in("- Như Điều 3;", "- Bộ Nội vụ;")}},
			{"R15", "the head decides, the body signs", w, "ghi TM.", []edit{in("ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU", "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU")}},
		},
		"quyet-dinh-ban-hanh": {
			{"R6", "second head with a wrong word", e, "không đúng từng chữ", []edit{second("Độc lập - Tự do - Hạnh phúc", "Độc lập - Tự do - Hanh phúc")}},
			{"R7", "second head without rule", e, "không có đường kẻ", []edit{second(`<w:pStyle w:val="VTRulePart"/><w:ind w:left="1510" w:right="1510" w:firstLine="0"/>`, "")}},
			{"R10", "attached under no type of the decree", e, "Tên loại không in đậm", []edit{inRun("QUY CHẾ</w:t>", `<w:b w:val="0"/>`)}},
			{"R12", "attached text too small", e, "cỡ 12", []edit{inRun("1. Quy chế này quy định", size("24"))}},
			{"R13", "attached article twice", e, "bị lặp", []edit{in("Điều 4. Ký số", "Điều 3. Ký số")}},
			{"R14", "attached text without end mark", w, "văn bản kèm theo", []edit{in("cho phù hợp./.", "cho phù hợp.")}},
			{"R18", "not spoken of", e, "không nói đến", []edit{in("Ban hành kèm theo Quyết định này", "Ban hành")}},
			{"R18", "words of another time", w, "không đúng mẫu", []edit{in(reference, strings.Replace(reference, "(Kèm theo", "(Ban hành kèm theo", 1))}},
		},
		"ke-hoach-kem-theo": {
			{"R13", "attached section skipped", e, "bị nhảy", []edit{in("III. Tổ chức thực hiện", "IV. Tổ chức thực hiện")}},
		},
	}
}

// second replaces the second occurrence of a text.
func second(old, new string) edit { return edit{docPart, secondOne + old, new} }

// lastSection replaces text in the section that the document ends with.
func lastSection(old, new string) edit { return edit{docPart, inLastSection + old, new} }

// Every fault of another form is found by its own rule and by no other.
func TestLintFormFaults(t *testing.T) {
	c := catalogue(t)
	for id, faults := range formFaults() {
		b, err := c.Fill(t.Context(), officetest.Filling(t, c, officetest.Form(t, c, id).Example))
		if err != nil {
			t.Fatal(err)
		}
		form, err := ooxml.Open(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range faults {
			t.Run(id+" "+x.rule+" "+x.name, func(t *testing.T) {
				x.check(t, lint(t, changed(t, form, x.edits...), StageDraft))
			})
		}
	}
}
