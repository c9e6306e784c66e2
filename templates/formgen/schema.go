package main

import (
	"bytes"
	"encoding/json"
	"slices"
)

const (
	marked    = " Được dùng **đậm** và *nghiêng*."
	paragraph = "Một đoạn văn." + marked
	longText  = 10_000 // characters
	manyItems = 200
)

// schema is the JSON Schema (2020-12) of a form's content. "x-envelope" is what
// the form asks of the envelope around it.
func (f form) schema() ([]byte, error) {
	envelope := object{{"addressees", f.addressees}}
	if f.subject != "" {
		envelope = envelope.with(member{"subject", f.subject})
	}
	whole := append(object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:vanthu:content:" + f.id},
	}, f.content(f)...)
	i := slices.IndexFunc(whole, func(m member) bool { return m.name == "type" })
	whole = slices.Insert(whole, i, member{"x-envelope", envelope})
	whole = append(whole, member{"$defs", f.definitions(whole)})
	var out bytes.Buffer
	raw, err := json.Marshal(whole)
	if err != nil {
		return nil, err
	}
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}

// definitions are those that the schema refers to, or that they refer to.
func (f form) definitions(whole object) object {
	all := object{
		{"block", block()}, {"part", partShape()}, {"table", tableShape()}, {"tasks", tasksShape()}, {"task", taskShape()}, {"section", f.sectionShape()}, {"clause", clauseShape()}, {"point", pointShape()},
		{"article", articleShape(false)}, {"execution", articleShape(true)}, {"annex", f.annexShape()},
	}
	needed := map[string]bool{}
	var seek func(v any)
	seek = func(v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			return // the schema itself is marshalled later and says so
		}
		for _, d := range all {
			if !needed[d.name] && bytes.Contains(raw, []byte(`"#/$defs/`+d.name+`"`)) {
				needed[d.name] = true
				seek(d.value)
			}
		}
	}
	seek(whole)
	return slices.DeleteFunc(all, func(d member) bool { return !needed[d.name] })
}

func block() object {
	return object{{"title", "Đoạn"}, {"description", "Một đoạn văn (text), một ý gạch đầu dòng (dash), một ý sau dấu cộng (plus) hoặc một bảng (table)."},
		{"type", "object"}, {"additionalProperties", false}, {"minProperties", 1}, {"maxProperties", 1},
		{"properties", object{
			{"text", text("Đoạn văn", "Một đoạn văn không đánh số."+marked, longText)},
			{"dash", text("Ý gạch đầu dòng", "Không gõ dấu gạch."+marked, longText)},
			{"plus", text("Ý sau dấu cộng", "Ý nhỏ dưới một gạch đầu dòng; không gõ dấu cộng."+marked, longText)},
			{"table", ref("table")},
		}}}
}

// partShape is a block or a table of tasks.
func partShape() object {
	o := block()
	for i, m := range o {
		switch m.name {
		case "description":
			o[i].value = "Một đoạn văn (text), một ý gạch đầu dòng (dash), một ý sau dấu cộng (plus), một bảng (table) hoặc một bảng nhiệm vụ (tasks)."
		case "properties":
			o[i].value = append(m.value.(object), member{"tasks", ref("tasks")})
		}
	}
	return o
}

// tableShape is a table whose columns the writer chooses.
func tableShape() object {
	cell := object{{"title", "Ô"}, {"description", "Lời của ô, theo thứ tự cột; ô trống để trống." + marked}, {"type", "string"}, {"maxLength", longText}, {"pattern", "^"}}
	row := object{{"title", "Hàng"}, {"description", "Đủ số ô như số cột, không kể cột STT tự đánh số."}, {"type", "array"}, {"minItems", 1}, {"maxItems", maxColumns}, {"items", cell}}
	rows := func(description string) object {
		return list("Các hàng", description, 500, row, member{"x-numbering", "arabic"})
	}
	o := group("Bảng", "Một bảng: các cột, rồi các hàng (rows) hoặc các nhóm hàng (groups). Hàng tiêu đề lặp lại ở mỗi trang.", []string{"columns"},
		member{"columns", object{{"title", "Các cột"}, {"description", "Từ trái sang phải."}, {"type", "array"}, {"minItems", 1}, {"maxItems", maxColumns}, {"items",
			group("Cột", "Một cột.", []string{"title"},
				member{"title", text("Tên cột", "In đậm ở hàng tiêu đề.", 300)},
				member{"width", object{{"title", "Bề rộng (%)"}, {"description", "Phần trăm bề rộng của bảng; bỏ trống thì mẫu chia theo lời văn."}, {"type", "integer"}, {"minimum", 3}, {"maximum", 100}}},
				member{"align", object{{"title", "Canh"}, {"description", "Cách canh lời trong cột; bỏ trống là canh trái."}, {"enum", []string{"left", "center", "right"}},
					{"x-enum-titles", object{{"left", "Canh trái"}, {"center", "Canh giữa"}, {"right", "Canh phải"}}}}})}}},
		member{"numbered", object{{"title", "Cột STT"}, {"description", "Thêm cột STT ở đầu, tự đánh số từ 1, trong mỗi nhóm từ 1."}, {"type", "boolean"}}},
		member{"rows", rows("Các hàng của bảng không chia nhóm.")},
		member{"groups", list("Các nhóm hàng", "Các nhóm, tự đánh số I, II, III…; tên nhóm nằm trên một hàng riêng.", 50,
			group("Nhóm hàng", "Một nhóm hàng.", []string{"title", "rows"},
				member{"title", text("Tên nhóm", "Không gõ số La Mã.", 1000)},
				member{"rows", rows("Các hàng của nhóm.")}),
			member{"x-numbering", "roman"})})
	return o.with(member{"anyOf", []object{{{"required", []string{"rows"}}}, {{"required", []string{"groups"}}}}})
}

const maxColumns = 12 // more are not readable on 165 mm

// partList is what stands directly under the name of a section or an annex.
func (f form) partList(title, description string) object {
	if f.tasks {
		return list(title, description, manyItems, ref("part"))
	}
	return blockList(title, description)
}

func tasksShape() object {
	o := group("Bảng nhiệm vụ", "Bảng phân công: các nhóm công việc (groups), hoặc các công việc không chia nhóm (items).", nil,
		member{"groups", list("Các nhóm công việc", "Các nhóm, tự đánh số I, II, III…; tên nhóm nằm trên một hàng riêng.", 50,
			group("Nhóm công việc", "Một nhóm công việc.", []string{"title", "items"},
				member{"title", text("Tên nhóm", "Không gõ số La Mã.", 1000)},
				member{"items", taskList("Các công việc của nhóm, tự đánh số từ 1.")}),
			member{"x-numbering", "roman"})},
		member{"items", taskList("Các công việc không chia nhóm, tự đánh số từ 1.")})
	return o.with(member{"anyOf", []object{{{"required", []string{"groups"}}}, {{"required", []string{"items"}}}}})
}

func taskList(description string) object {
	return list("Các công việc", description, manyItems, ref("task"), member{"x-numbering", "arabic"})
}

func taskShape() object {
	return group("Công việc", "Một hàng của bảng.", []string{"task"},
		member{"task", text("Nội dung công việc", "Việc phải làm."+marked, longText)},
		member{"lead", text("Cơ quan chủ trì", "Cơ quan, đơn vị chịu trách nhiệm chính.", 1000)},
		member{"partners", text("Cơ quan thực hiện hoặc phối hợp", "Các cơ quan, đơn vị cùng làm.", 2000)},
		member{"start", text("Thời gian bắt đầu", "Ví dụ: Tháng 01/2024.", 100)},
		member{"finish", text("Thời gian hoàn thành", "Ví dụ: Tháng 12/2024.", 100)},
		member{"result", text("Dự kiến kết quả", "Kết quả, sản phẩm.", longText)})
}

func blockList(title, description string) object {
	return list(title, description, manyItems, ref("block"))
}

func (f form) sectionShape() object {
	return group("Mục", "Một mục lớn.", []string{"title"},
		member{"title", text("Tên mục", "Không gõ số La Mã; mẫu in hoa.", 500)},
		member{"body", f.partList("Nội dung mục", "Các đoạn ngay dưới tên mục.")},
		member{"clauses", clauseList()},
		member{"closing", blockList("Cuối mục", "Các đoạn sau khoản cuối cùng của mục.")})
}

func clauseList() object {
	return list("Các khoản", "Các khoản, tự đánh số 1, 2, 3…", manyItems, ref("clause"), member{"x-numbering", "arabic"})
}

func clauseShape() object {
	return titleOrText("Khoản", "Có tên (title, in đậm) hoặc có lời (text, chạy liền sau số).",
		member{"title", text("Tên khoản", "Không gõ số; in đậm trên dòng riêng.", 1000)},
		member{"text", text("Lời của khoản", "Chạy liền sau số khi khoản không có tên."+marked, longText)},
		member{"body", blockList("Nội dung khoản", "Các đoạn dưới khoản.")},
		member{"points", list("Các điểm", "Các điểm, tự đánh chữ a, b, c, d, đ…", manyItems, ref("point"), member{"x-numbering", "letter"})},
		member{"closing", blockList("Cuối khoản", "Các đoạn sau điểm cuối cùng của khoản.")})
}

func pointShape() object {
	return titleOrText("Điểm", "Có tên (title) hoặc có lời (text).",
		member{"title", text("Tên điểm", "Không gõ chữ cái; trên dòng riêng.", 1000)},
		member{"text", text("Lời của điểm", "Chạy liền sau chữ cái khi điểm không có tên."+marked, longText)},
		member{"body", blockList("Nội dung điểm", "Các đoạn dưới điểm.")})
}

// articleShape is Điều; one of a decision's own may say who carries it out.
func articleShape(executes bool) object {
	properties := []member{
		{"title", text("Tên điều", "Không gõ “Điều 1.”; in đậm trên dòng riêng.", 1000)},
		{"text", text("Lời của điều", "Chạy liền sau “Điều 1.” khi điều không có tên."+marked, longText)},
		{"body", blockList("Nội dung điều", "Các đoạn dưới điều.")},
		{"clauses", clauseList()},
	}
	if executes {
		properties = append(properties, member{"execution", object{{"title", "Nêu nơi thi hành"},
			{"description", "Điều nêu ai chịu trách nhiệm thi hành, để ghi “Như Điều …” ở nơi nhận; không điều nào có thì lấy điều cuối."}, {"type", "boolean"}}})
	}
	return titleOrText("Điều", "Có tên (title) hoặc có lời (text).", properties...)
}

func articleList(description, definition string) object {
	return list("Các điều", description, manyItems, ref(definition), member{"x-numbering", "arabic"})
}

func (f form) annexShape() object {
	return group("Phụ lục", "Một phụ lục, bắt đầu trang mới; nội dung văn bản phải nhắc đến.", []string{"title"},
		member{"title", text("Tên phụ lục", "Không gõ “Phụ lục I”; mẫu in hoa.", 500)},
		member{"body", f.partList("Nội dung phụ lục", "Các đoạn dưới tên phụ lục.")},
		member{"sections", sectionList("Các mục của phụ lục, tự đánh số I, II, III…", "roman")})
}

func annexList() object {
	return list("Phụ lục", "Từ hai phụ lục trở lên, mẫu tự đánh số La Mã.", 50, ref("annex"), member{"x-numbering", "roman"})
}

func sectionList(description, numbering string) object {
	return list("Các mục", description, 50, ref("section"), member{"x-numbering", numbering})
}
