package lint

import (
	"testing"

	"vanthu/templates/officetest"
)

// Words that only look like a fault to the rules about words.
func TestLintNoFaultsInWords(t *testing.T) {
	plan := goodPlan(t)
	says := func(text string) []edit { return []edit{in(bodyText, text+" Kinh phí thực hiện trong")} }
	table := func(cells ...string) []edit {
		var row []string
		for _, c := range cells {
			row = append(row, officetest.Runs(c))
		}
		return []edit{before(bodyText, officetest.Table(row))}
	}
	for _, c := range []struct {
		name  string
		edits []edit
	}{
		{"an annex of another document", says("Thực hiện theo Phụ lục I Nghị định số 30/2020/NĐ-CP, Phụ lục II kèm theo Thông tư số 01/2023/TT-VPCP và Phụ lục của Kế hoạch số 12/KH-UBND.")},
		{"an annex that is there", []edit{spoken, annexed(annex("Phụ lục", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND ngày    tháng    năm 2024)"))}},
		{"two annexes", []edit{in(bodyText, "Danh mục tại Phụ lục I, biểu mẫu tại Phụ lục II. Kinh phí thực hiện trong"),
			annexed(annex("Phụ lục I", "DANH MỤC", "(Kèm theo Kế hoạch số     /KH-UBND)") + `<w:p><w:pPr><w:sectPr>` + sectionOfPlan + `</w:sectPr></w:pPr></w:p>` + annex("Phụ lục II", "BIỂU MẪU", "(Kèm theo Kế hoạch số     /KH-UBND)"))}},
		{"words that meet", says("Các đơn vị thực hiện hiện đại hóa nền hành chính; thực hiện hiện nay.")},
		{"doubled on purpose", says("Cán bộ luôn luôn lắng nghe, ngày ngày học tập, từ từ đổi mới, đều đều báo cáo.")},
		{"pairs on purpose", says("Nói đi nói lại, đi đi lại lại, ngày này qua ngày khác.")},
		{"points in the running text", says("Gồm: a) họ tên; b) địa chỉ; 1) số điện thoại; iv) thư điện tử (nếu có).")},
		{"brackets over two paragraphs", []edit{before(bodyText, para("VTBody", "Các đơn vị (gồm các phòng,")+para("VTBody", "các phường) thực hiện."))}},
		{"prose that begins as a basis", []edit{inRun("Căn cứ Luật", `<w:i w:val="0"/>`), in("ngày 19 tháng 6 năm 2015;", "ngày 19 tháng 6 năm 2015, Ủy ban nhân dân ban hành Kế hoạch như sau:"),
			in(`<w:p><w:pPr><w:pStyle w:val="VTBasis"/></w:pPr><w:r><w:t xml:space="preserve">Căn cứ Nghị`, `<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">Theo Nghị`)}},
		{"acting head", []edit{in("KT. CHỦ TỊCH", "Q. CHỦ TỊCH"), in("PHÓ CHỦ TỊCH", "")}},
		{"by order of the head", []edit{in("TM. ỦY BAN NHÂN DÂN", ""), in("KT. CHỦ TỊCH", "TL. CHỦ TỊCH"), in("PHÓ CHỦ TỊCH", "CHÁNH VĂN PHÒNG")}},
		{"by delegation", []edit{in("TM. ỦY BAN NHÂN DÂN", ""), in("KT. CHỦ TỊCH", "TUQ. CHỦ TỊCH"), in("PHÓ CHỦ TỊCH", "TRƯỞNG PHÒNG NỘI VỤ")}},
		{"signed, says a remark", []edit{in("PHÓ CHỦ TỊCH</w:t></w:r></w:p>", "PHÓ CHỦ TỊCH</w:t></w:r></w:p>"+para("VTSignArea", "(Đã ký)"))}},
		{"a name that begins as a degree", []edit{in("Nguyễn Thị Thu Hương", "Thạch Sỹ Ký")}},
		{"quý is no other way", says("Hằng quý, kỳ quỳ, quỷ, tùy theo, thúy, hòa, tòa, khỏe, loa, hoàn, hoài, xoáy, thoại, quyền, thuyết.")},
		{"two units in a row", says("Phòng Nội vụ và Phòng Tư pháp; Phòng Nội vụ, Phòng Tư pháp; Sở Nội vụ và Sở Tài chính - Kế hoạch.")},
		{"one unit twice", says("Phòng Văn hóa và Thông tin phối hợp; Phòng Văn hóa và Thông tin chủ trì; phòng Văn hóa và Thông tin tham mưu.")},
		{"symbols of other makes", says("Nghị quyết số 09-NQ/TU, Quyết định số 45/2016/QĐ-TTg, Luật số 33/2024/QH15, Văn bản số 12/UBND-VX, hỗ trợ 24/7 - 365 ngày, tỷ lệ 1/2.")},
		{"reports through the year", says("Báo cáo quý I trước ngày 15/3/2024; báo cáo năm trước ngày 31/12/2024.")},
		{"a report when the work is done", append(says("Báo cáo trước ngày 31/12/2024."), before("Báo cáo trước", officetest.Table([]string{officetest.Runs("Tháng 01/2024"), officetest.Runs("Tháng 12/2024")})))},
		{"work of the document's month", append([]edit{month("02"), day("05")}, table("Việc", "Tháng 02/2024", "29/02/2024")...)},
		{"the month in words behind", says("Trong tháng 01/2024 đã xong; kế hoạch năm 2023 đã hết.")},
		{"a date in October", []edit{day("31"), month("10")}},
		{"a leap day", []edit{day("29"), month("02")}},
		{"a document's name with its type", says("Kế hoạch này thay Kế hoạch số 12/KH-UBND ngày 05/01/2023; các kế hoạch khác giữ nguyên.")},
		{"copies for everybody", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+para("VTRecipient", "NVA.(15)"))}},
		{"abbreviations with their words", says("Cải cách hành chính (CCHC), thủ tục hành chính (sau đây viết tắt là TTHC); CCHC và TTHC; Quyết định số 45/2016/QĐ-TTg; Quý II, Mục III; UBND phường.")},
		{"a subject of one line", []edit{in("Cải cách thủ tục hành chính</w:t></w:r><w:r><w:br/></w:r>", "</w:t></w:r>")}},
		{"urgent, in a box", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTType"/>`, officetest.Table([]string{`<w:p><w:r><w:rPr><w:b/><w:color w:val="FF0000"/></w:rPr><w:t>HỎA TỐC</w:t></w:r></w:p>`})+`<w:p><w:pPr><w:pStyle w:val="VTType"/>`)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range lint(t, changed(t, plan, c.edits...), StageDraft) {
				t.Error(show(f))
			}
		})
	}
}
