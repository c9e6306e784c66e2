package lint

import (
	"slices"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// aboutOf is what the office knows of a filling.
func aboutOf(f record.Filling) About {
	return About{Stage: StageDraft, Document: &record.Version{
		Issuer: f.Issuer, Type: f.Type, Symbol: f.Symbol, Signatory: f.Signatory, List: f.Envelope.List(),
	}}
}

// What the office knows and the document does not say: each register is
// compared with what is printed.
func TestLintAbout(t *testing.T) {
	c := catalogue(t)
	known := aboutOf(officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example))
	plan := goodPlan(t)
	number, dated := in("\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0", "46"), []edit{day("15"), month("01")}
	issued := func(a *About) {
		a.Stage, a.Document.Number, a.Document.Date = StageIssued, 46, "2024-01-15"
		a.Document.Symbol = "46" + a.Document.Symbol
	}
	for _, x := range []struct {
		name  string
		about func(*About)
		edits []edit
		want  []string
	}{
		{"all as registered", nil, nil, nil},
		{"issued as registered", issued, append(dated, number), nil},
		{"another body", func(a *About) { a.Document.Issuer.Lines = []string{"ỦY BAN NHÂN DÂN", "THÀNH PHỐ BÀ RỊA"} }, nil,
			[]string{"R7 Tên cơ quan không đúng như trong dữ liệu cơ quan vào ngày văn bản"}},
		{"a superior that is not printed", func(a *About) { a.Document.Issuer.Superior = "ỦY BAN NHÂN DÂN TỈNH" }, nil,
			[]string{"R7 Tên cơ quan không đúng như trong dữ liệu cơ quan vào ngày văn bản"}},
		{"one name over other lines", func(a *About) { a.Document.Issuer.Lines = []string{"ỦY BAN NHÂN DÂN THÀNH PHỐ", "VŨNG TÀU"} }, nil, nil},
		{"another symbol", func(a *About) { a.Document.Symbol = "/KH-VP" }, nil, []string{"R8 Ký hiệu khác với ký hiệu đã đăng ký"}},
		{"another number", issued, append(dated, in("\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0", "47")), []string{"R8 Số in trên văn bản khác số trong sổ đăng ký"}},
		{"another place", func(a *About) { a.Document.Issuer.Place = "Bà Rịa" }, nil, []string{"R9 Địa danh không đúng như trong dữ liệu cơ quan vào ngày văn bản"}},
		{"before the number before", func(a *About) { a.Earliest = "2024-01-16" }, dated, []string{"R9 Ngày ban hành trước ngày của số liền trước"}},
		{"on the day of the number before", func(a *About) { a.Earliest = "2024-01-15" }, dated, nil},
		{"another day", issued, []edit{number, day("16"), month("01")}, []string{"R9 Ngày in trên văn bản khác ngày trong sổ đăng ký"}},
		{"another type", func(a *About) {
			a.Document.Type = record.DocumentType{Code: "BC", Abbreviation: "BC", Name: "Báo cáo"}
		}, nil,
			[]string{"R10 Tên loại in trên văn bản khác loại đã đăng ký"}},
		{"a letter", func(a *About) { a.Document.Type = record.DocumentType{Code: "CV", Name: "Công văn"} }, nil, []string{"R10 Công văn có dòng tên loại"}},
		{"another official", func(a *About) { a.Document.Signatory.Name = "Nguyễn Văn A" }, nil, []string{"R15 Họ tên người ký khác người có thẩm quyền đã đăng ký"}},
		{"another power", func(a *About) { a.Document.Signatory.Lines = []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"} }, nil,
			[]string{"R15 Quyền hạn, chức vụ khác với dữ liệu về người ký vào ngày văn bản"}},
		{"a recipient left out", func(a *About) {
			a.Document.List.Recipients = append(slices.Clone(a.Document.List.Recipients), record.Recipient{Name: "Sở Tư pháp"})
		}, nil, []string{"R16 Nơi nhận đã đăng ký mà không in trong văn bản"}},
		{"a recipient too many", func(a *About) { a.Document.List.Recipients = a.Document.List.Recipients[1:] }, nil,
			[]string{"R16 Nơi nhận in trong văn bản mà không có trong danh sách đã đăng ký"}},
		{"copies that do not add up", func(a *About) {
			a.Document.List.Filing.Copies = 2
			for i := range a.Document.List.Recipients {
				a.Document.List.Recipients[i].Copies = 1
			}
		}, []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+para("VTRecipient", "NVA.(05)"))},
			[]string{"R16 Số lượng bản phát hành khác số bản gửi và lưu đã đăng ký"}},
		{"work before the number before", func(a *About) { a.Earliest = "2024-02-01" },
			[]edit{before(bodyText, officetest.Table([]string{officetest.Runs("Việc"), officetest.Runs("Tháng 01/2024")}))},
			[]string{"D12 Công việc kết thúc trước ngày ban hành văn bản"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			about, document := known, *known.Document
			document.List.Recipients = slices.Clone(document.List.Recipients)
			if about.Document = &document; x.about != nil {
				x.about(&about)
			}
			r, err := DOCX(t.Context(), changed(t, plan, x.edits...), about)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Rule+" "+f.Message)
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("got  %q\nwant %q", got, x.want)
			}
		})
	}
}
