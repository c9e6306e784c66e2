package main

import "strings"

// The contents that forms ask for, in the order of print.

func basisList(description string) object {
	return list("Căn cứ", description, 50, text("Căn cứ", "Một căn cứ ban hành, ghi đầy đủ tên loại, số, ký hiệu, ngày, cơ quan, trích yếu.", 2000))
}

func openingList(where string) object {
	return list("Mở đầu", where, 50, text("Đoạn mở đầu", paragraph, longText))
}

func closingList(where string) object {
	return list("Kết thúc", where+"; mẫu tự đặt dấu ./. ở cuối.", 20, text("Đoạn kết", paragraph, longText))
}

func planContent(form) object {
	return group("Nội dung kế hoạch", "Căn cứ, phần mở đầu, các mục I, II, III… với khoản 1, 2, 3… và điểm a, b, c…, phần kết. Không gõ số thứ tự và gạch đầu dòng: mẫu tự đánh theo cấu trúc.",
		[]string{"opening", "sections"},
		member{"bases", basisList("Mỗi căn cứ một dòng in nghiêng, kết thúc bằng dấu chấm phẩy, dòng cuối bằng dấu chấm.")},
		member{"opening", openingList("Các đoạn trước mục I.")},
		member{"sections", sectionList("Các mục lớn, tự đánh số I, II, III…", "roman")},
		member{"closing", closingList("Các đoạn sau mục cuối cùng")},
		member{"note", text("Ghi chú sau nội dung", "Một đoạn sau dấu ./., ví dụ lời ghi về tài liệu đính kèm.", 2000)},
		member{"annexes", annexList()})
}

// bodyMembers are the parts of a body that has no fixed order of its own.
func bodyMembers() []member {
	return []member{
		{"body", blockList("Nội dung", "Các đoạn sau phần mở đầu.")},
		{"clauses", clauseList()},
		{"sections", sectionList("Các mục lớn, tự đánh số I, II, III…", "roman")},
		{"closing", closingList("Các đoạn sau cùng")},
		{"annexes", annexList()},
	}
}

func namedContent(f form) object {
	return group("Nội dung "+lower(f.title), "Căn cứ nếu có, phần mở đầu, rồi các đoạn, các khoản 1, 2, 3… hoặc các mục I, II, III…, phần kết. Không gõ số thứ tự và gạch đầu dòng: mẫu tự đánh theo cấu trúc.",
		[]string{"opening"}, append([]member{
			{"bases", basisList("Mỗi căn cứ một dòng in nghiêng, kết thúc bằng dấu chấm phẩy, dòng cuối bằng dấu chấm.")},
			{"opening", openingList("Các đoạn đầu tiên.")},
		}, bodyMembers()...)...)
}

func letterContent(f form) object {
	return group("Nội dung công văn", "Phần mở đầu, rồi các đoạn, các khoản 1, 2, 3… hoặc các mục I, II, III…, phần kết. Không gõ số thứ tự và gạch đầu dòng: mẫu tự đánh theo cấu trúc.",
		[]string{"opening"}, append([]member{{"opening", openingList("Các đoạn sau “Kính gửi”.")}}, bodyMembers()...)...)
}

// decisionMembers are what every decision has.
func decisionMembers() []member {
	return []member{
		{"bases", basisList("Căn cứ thẩm quyền trước, căn cứ nội dung sau; mỗi căn cứ một dòng in nghiêng. Không gõ dấu câu ở cuối: mẫu tự đặt.")},
		{"proposal", text("Theo đề nghị", "Căn cứ cuối cùng: “Theo đề nghị của …”. Không gõ dấu câu ở cuối.", 2000)},
		{"articles", articleList("Các điều của quyết định, tự đánh số Điều 1, Điều 2…", "execution")},
	}
}

var decisionRequires = []string{"bases", "articles"}

func decisionContent(form) object {
	return group("Nội dung quyết định", "Căn cứ, các điều. Tên cơ quan hoặc chức vụ có thẩm quyền, “QUYẾT ĐỊNH:” và số của điều do mẫu tự đặt.",
		decisionRequires, append(decisionMembers(), member{"annexes", annexList()})...)
}

func decisionWithPlanContent(form) object {
	plan := group("Kế hoạch kèm theo", "Kế hoạch được ban hành, in trên trang riêng sau quyết định.", []string{"subject", "sections"},
		member{"subject", text("Trích yếu của kế hoạch", "Không gõ “Kế hoạch”; được xuống dòng.", 500)},
		member{"lettered", object{{"title", "Đánh số mục bằng chữ"}, {"description", "Các mục lớn đánh số A, B, C, D thay cho I, II, III, IV. Nghị định 30/2020 không nêu cách này."}, {"type", "boolean"}}},
		member{"opening", openingList("Các đoạn trước mục đầu tiên.")},
		member{"sections", sectionList("Các mục lớn, tự đánh số I, II, III… hoặc A, B, C…", "roman")},
		member{"closing", closingList("Các đoạn sau mục cuối cùng")})
	return group("Nội dung quyết định và kế hoạch", "Căn cứ, các điều của quyết định; kế hoạch kèm theo.",
		append(decisionRequires[:2:2], "attached"), append(decisionMembers(), member{"attached", plan}, member{"annexes", annexList()})...)
}

func decisionWithRulesContent(form) object {
	part := group("Mục", "Một mục trong chương.", []string{"title", "articles"},
		member{"title", text("Tên mục", "Không gõ “Mục 1”; mẫu in hoa.", 500)},
		member{"articles", articleList("Các điều của mục; số chạy suốt văn bản.", "article")})
	chapter := group("Chương", "Một chương: các điều, hoặc các mục gồm các điều.", []string{"title"},
		member{"title", text("Tên chương", "Không gõ “Chương I”; mẫu in hoa.", 500)},
		member{"articles", articleList("Các điều của chương; số chạy suốt văn bản.", "article")},
		member{"parts", list("Các mục", "Các mục của chương, tự đánh số Mục 1, Mục 2…", 50, part, member{"x-numbering", "arabic"})})
	attached := group("Văn bản kèm theo", "Quy chế, quy định được ban hành, in trên trang riêng sau quyết định; chia thành các chương, hoặc chỉ gồm các điều.", []string{"type", "subject"},
		member{"type", object{{"title", "Loại văn bản kèm theo"}, {"description", "In hoa trên trang đầu của văn bản kèm theo."}, {"enum", []string{"Quy chế", "Quy định", "Nội quy", "Điều lệ"}}}},
		member{"subject", text("Trích yếu của văn bản kèm theo", "Không gõ lại tên loại; được xuống dòng.", 500)},
		member{"chapters", list("Các chương", "Các chương, tự đánh số Chương I, Chương II…", 50, chapter, member{"x-numbering", "roman"})},
		member{"articles", articleList("Các điều khi văn bản không chia chương.", "article")}).with(
		member{"anyOf", []object{{{"required", []string{"chapters"}}}, {{"required", []string{"articles"}}}}})
	return group("Nội dung quyết định và văn bản kèm theo", "Căn cứ, các điều của quyết định; quy chế, quy định kèm theo.",
		append(decisionRequires[:2:2], "attached"), append(decisionMembers(), member{"attached", attached}, member{"annexes", annexList()})...)
}

func lower(s string) string {
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
}
