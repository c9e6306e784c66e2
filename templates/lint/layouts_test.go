package lint

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// dressed is a paragraph whose look is all direct: size in points, then any of
// b(old), i(talic), c(entred), f(irst line 1.27 cm, justified, 6 pt below).
func dressed(size int, look, text string) string {
	rPr := `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>`
	pPr := ""
	for _, l := range look {
		switch l {
		case 'b':
			rPr += `<w:b/>`
		case 'i':
			rPr += `<w:i/>`
		case 'c':
			pPr += `<w:jc w:val="center"/>`
		case 'f':
			pPr += `<w:spacing w:after="120"/><w:ind w:firstLine="720"/><w:jc w:val="both"/>`
		}
	}
	rPr += fmt.Sprintf(`<w:sz w:val="%d"/>`, 2*size)
	var runs strings.Builder
	for i, s := range strings.Split(text, "\t") {
		if i > 0 {
			runs.WriteString(`<w:r><w:tab/></w:r>`)
		}
		runs.WriteString(`<w:r><w:rPr>` + rPr + `</w:rPr><w:t xml:space="preserve">` + html.EscapeString(s) + `</w:t></w:r>`)
	}
	return `<w:p><w:pPr>` + pPr + `</w:pPr>` + runs.String() + `</w:p>`
}

const (
	otherSection = `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/>`
	otherEnd     = `<w:sectPr><w:headerReference w:type="default" r:id="rheader"/>` + otherSection + `<w:titlePg/></w:sectPr>`
)

// tabs puts paragraphs on one line, with a tab between.
func tabs(paras ...string) string {
	all := strings.Join(paras, "")
	all = strings.ReplaceAll(all, `</w:p><w:p><w:pPr></w:pPr>`, `<w:r><w:tab/></w:r>`)
	return strings.ReplaceAll(all, `</w:p><w:p>`, `<w:r><w:tab/></w:r>`)
}

// spaced is a paragraph 6 pt below the one above it.
func spaced(p string) string {
	return strings.Replace(p, `<w:pPr>`, `<w:pPr><w:spacing w:before="120"/>`, 1)
}

// otherOffice is a document as people make them: no styles, direct formatting,
// a page number in the gallery's content control.
func otherOffice(t testing.TB, body string) []byte {
	t.Helper()
	header := wPart("hdr", `<w:sdt><w:sdtContent><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:fldSimple w:instr=" PAGE \* MERGEFORMAT "><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>2</w:t></w:r></w:fldSimple></w:p></w:sdtContent></w:sdt>`)
	return officetest.DOCX(t, body+otherEnd, map[string]string{"word/header.xml": header,
		relsPart: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rheader" Type="` + ooxml.RelTransitional + `header" Target="header.xml"/></Relationships>`})
}

// shape is a drawn line of a length in twips: in DrawingML with the old VML
// beside it, or in VML alone.
func shape(twips int, old bool) string {
	vml := fmt.Sprintf(`<w:pict><v:line xmlns:v="urn:schemas-microsoft-com:vml" from="30pt,2pt" to="%.2fpt,2pt" strokeweight=".75pt"/></w:pict>`, 30+float64(twips)/20)
	if old {
		return `<w:p><w:r>` + vml + `</w:r></w:p>`
	}
	return fmt.Sprintf(`<w:p><w:r><mc:AlternateContent xmlns:mc="x"><mc:Choice Requires="wps"><w:drawing><wp:anchor xmlns:wp="wp"><wp:positionH relativeFrom="column"><wp:posOffset>400000</wp:posOffset></wp:positionH><wp:extent cx="%d" cy="0"/><a:graphic xmlns:a="a"><a:graphicData><wps:wsp xmlns:wps="wps"><wps:cNvCnPr/><wps:spPr><a:prstGeom prst="line"/></wps:spPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback>%s</mc:Fallback></mc:AlternateContent></w:r></w:p>`, twips*emu, vml)
}

// long is the printed length of a bold text in twips, as a share.
func long(t testing.TB, text string, size int, share float64) int {
	t.Helper()
	f, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	return int(share * f.Width(text, metric.Look{Size: 2 * size, Bold: true}))
}

// otherHead is a head in a table without a grid, its rules drawn in VML.
func otherHead(t testing.TB, number, date string, more ...string) string {
	return officetest.Table(
		[]string{dressed(12, "bc", "ỦY BAN NHÂN DÂN") + dressed(12, "bc", "TỈNH HÀ TĨNH") + shape(long(t, "TỈNH HÀ TĨNH", 12, 0.4), true),
			dressed(12, "bc", nation) + dressed(13, "bc", motto) + shape(long(t, motto, 13, 1), false)},
		[]string{dressed(13, "c", number) + strings.Join(more, ""), dressed(13, "ic", date)})
}

// titled is a type over its subject, with the rule.
func titled(t testing.TB, kind, subject string) string {
	return dressed(14, "bc", kind) + dressed(14, "bc", subject) + shape(long(t, subject, 14, 0.45), false)
}

func otherClosing(recipients ...string) string {
	left := dressed(12, "bi", "Nơi nhận:")
	for _, r := range recipients {
		left += dressed(11, "", r)
	}
	return officetest.Table([]string{left, dressed(14, "bc", "TM. ỦY BAN NHÂN DÂN") + dressed(14, "bc", "CHỦ TỊCH") + `<w:p/>` + dressed(14, "bc", "Nguyễn Văn A")})
}

// Documents of other types and makes: what each is found to be, and what is
// found in it.
func TestLintOtherLayouts(t *testing.T) {
	const date = "Hà Tĩnh, ngày      tháng 6 năm 2024"
	letter := otherHead(t, "Số:      /UBND-VX", date, spaced(dressed(12, "c", "V/v báo cáo cải cách hành chính"))) +
		dressed(14, "c", "Kính gửi:") + dressed(14, "", "- Sở Nội vụ;") + dressed(14, "", "- Sở Tài chính.") +
		dressed(14, "f", "Thực hiện Kế hoạch số 17/KH-UBND ngày 09/01/2024, đề nghị các sở báo cáo./.")
	decision := otherHead(t, "Số:     /QĐ-UBND", date) + titled(t, "QUYẾT ĐỊNH", "Về việc ban hành Quy chế") + dressed(14, "bc", "ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH") +
		dressed(14, "if", "Căn cứ Luật Tổ chức chính quyền địa phương;") + dressed(14, "if", "Theo đề nghị của Giám đốc Sở Nội vụ.") + dressed(14, "bc", "QUYẾT ĐỊNH:") +
		dressed(14, "f", "Điều 1. Ban hành Quy chế làm việc.") + dressed(14, "f", "1. Một;") + dressed(14, "f", "2. Hai.") +
		dressed(14, "f", "Điều 2. Quyết định có hiệu lực từ ngày ký.") + dressed(14, "f", "Điều 3. Các cơ quan thi hành Quyết định này./.")
	chapters := otherHead(t, "Số:     /QC-UBND", date) + titled(t, "QUY CHẾ", "Làm việc của cơ quan") +
		dressed(14, "bc", "Chương I") + dressed(14, "bc", "QUY ĐỊNH CHUNG") + dressed(14, "bf", "Điều 1. Phạm vi") + dressed(14, "f", "Quy chế này quy định việc làm.") +
		dressed(14, "bc", "Chương II") + dressed(14, "bc", "CỤ THỂ") + dressed(14, "bc", "Mục 1") + dressed(14, "bc", "VIỆC") + dressed(14, "bf", "Điều 2. Việc") + dressed(14, "f", "Điều 5 Luật Tổ chức không áp dụng./.")
	tabbed := tabs(dressed(12, "", "UBND TỈNH HÀ TĨNH"), dressed(12, "b", nation)) + tabs(dressed(12, "b", "SỞ NỘI VỤ"), dressed(13, "b", motto)) +
		tabs(shape(long(t, "SỞ NỘI VỤ", 12, 0.5), true), shape(long(t, motto, 13, 1), true)) + tabs(dressed(13, "", "Số:     /BC-SNV"), dressed(13, "i", date)) +
		titled(t, "BÁO CÁO", "Kết quả Quý I") + dressed(14, "f", "Kết quả tốt./.") +
		tabs(dressed(12, "bi", "Nơi nhận:"), dressed(14, "b", "GIÁM ĐỐC")) + dressed(11, "", "- UBND tỉnh;") + dressed(11, "", "- Lưu: VT.") + `<w:p/>` + dressed(14, "b", "Nguyễn Văn B")
	const newSheet = `<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rheader"/>` + otherSection + `<w:titlePg/></w:sectPr></w:pPr></w:p>`
	annexed := func(label, title string) string {
		return dressed(14, "bc", label) + dressed(14, "bc", title) + dressed(14, "ic", "(Kèm theo Công văn số     /UBND-VX ngày    tháng    năm 2024 của Ủy ban nhân dân tỉnh)")
	}
	withAnnex := strings.Replace(letter, "báo cáo./.", "báo cáo theo mẫu tại Phụ lục./.", 1) + otherClosing("- Như trên;", "- Lưu: VT.") + newSheet
	annex := withAnnex + annexed("Phụ lục", "DANH SÁCH") + dressed(12, "", "IV. Họ và tên: ……………………")
	onItsSide := withAnnex + annexed("Phụ lục I", "DANH SÁCH") + officetest.Table([]string{dressed(12, "", "Việc")}) + // sections end behind their text: the last one is the annex's
		`<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rheader"/>` + strings.Replace(otherSection, `w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906"`, 1) + `<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:pPr></w:p>` +
		annexed("Phụ lục II", "BIỂU MẪU")
	cells := strings.Replace(letter, dressed(14, "c", "Kính gửi:")+dressed(14, "", "- Sở Nội vụ;")+dressed(14, "", "- Sở Tài chính."),
		officetest.Table([]string{dressed(14, "", "Kính gửi:"), dressed(14, "", "- Sở Nội vụ;") + dressed(14, "", "- Sở Tài chính.")}), 1)
	oneCell := strings.Replace(cells, dressed(14, "", "- Sở Nội vụ;")+dressed(14, "", "- Sở Tài chính."), dressed(14, "", "Sở Nội vụ"), 1)
	together := func(second string) string {
		signs := func(title, name string) string {
			return dressed(14, "bc", "KT. "+title) + dressed(14, "bc", "PHÓ "+title) + dressed(14, "bc", name)
		}
		return officetest.Table([]string{signs("GIÁM ĐỐC", "Nguyễn Văn A"), signs("CHỦ TỊCH", second)}) + dressed(12, "bi", "Nơi nhận:") + dressed(11, "", "- Như trên;") + dressed(11, "", "- Lưu: VT, VX.")
	}
	boxed := strings.Replace(letter, dressed(14, "f", "Thực hiện"), "", 1) +
		`<w:p><w:r><mc:AlternateContent xmlns:mc="x"><mc:Choice Requires="wps"><w:drawing><w:txbxContent>` + dressed(12, "bi", "Nơi nhận:") + dressed(11, "", "- Như trên;") + dressed(11, "", "- Lưu: VT, VX.") +
		`</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + dressed(12, "bi", "Nơi nhận:") + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>` + dressed(14, "bc", "TM. ỦY BAN NHÂN DÂN") + dressed(14, "bc", "CHỦ TỊCH") + dressed(14, "bc", "Nguyễn Văn A")
	attached := strings.Replace(decision, "Ban hành Quy chế", "Ban hành kèm theo Quyết định này Quy chế", 1) + otherClosing("- Như Điều 3;", "- Lưu: VT.") + newSheet +
		officetest.Table([]string{dressed(12, "bc", "ỦY BAN NHÂN DÂN") + dressed(12, "bc", "TỈNH HÀ TĨNH") + shape(long(t, "TỈNH HÀ TĨNH", 12, 0.4), false),
			dressed(12, "bc", nation) + dressed(13, "bc", motto) + shape(long(t, motto, 13, 1), false)}) +
		dressed(14, "bc", "QUY CHẾ") + dressed(14, "bc", "Làm việc của cơ quan") + dressed(14, "ic", "(Kèm theo Quyết định số     /QĐ-UBND ngày    tháng    năm 2024 của Ủy ban nhân dân tỉnh)") +
		dressed(14, "bf", "Điều 1. Phạm vi") + dressed(14, "f", "Quy chế này quy định việc làm.") + dressed(14, "bf", "Điều 2. Thi hành") + dressed(14, "f", "Các cơ quan thi hành Quy chế này./.") + strings.Replace(newSheet, `<w:titlePg/>`, `<w:pgNumType w:start="1"/><w:titlePg/>`, 1)
	alone := strings.Replace(attached[strings.Index(attached, newSheet)+len(newSheet):strings.LastIndex(attached, `<w:p><w:pPr><w:sectPr>`)], "của Ủy ban nhân dân tỉnh)</w:t></w:r></w:p>", "</w:t></w:r></w:p>"+dressed(14, "ic", "của Ủy ban nhân dân tỉnh)"), 1)
	joined := strings.Replace(attached, newSheet, "", 1)

	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"letter", letter + otherClosing("- Như trên;", "- Lưu: VT, VX."), nil},
		{"letter that names its addressee again", letter + otherClosing("- Sở Nội vụ;", "- Lưu: VT, VX."), []string{"error R16 Văn bản có “Kính gửi” thì nơi nhận đầu tiên là “Như trên”"}},
		{"letter without end mark", strings.Replace(letter, "./.", ".", 1) + otherClosing("- Như trên;", "- Lưu: VT."), []string{"error R14 Không có dấu kết thúc văn bản"}},
		{"letter with recipients in a text box", boxed, nil},
		{"letter to the cells of a table", cells + otherClosing("- Như trên;", "- Lưu: VT, VX."), nil},
		{"letter to one cell", oneCell + otherClosing("- Như trên;", "- Lưu: VT, VX."), nil},
		{"letter of two bodies", letter + together("Trần Thị B"), nil},
		{"letter of two bodies, one with a degree", letter + together("TS. Trần Thị B"), []string{"error R15 Trước họ tên người ký có học hàm, học vị hoặc danh hiệu"}},
		{"decision", decision + otherClosing("- Như Điều 3;", "- Lưu: VT, NV, 02."), nil},
		{"decision that names others first", decision + otherClosing("- Bộ Nội vụ;", "- Lưu: VT, NV."), []string{"error R16 Nơi nhận đầu tiên của nghị quyết, quyết định là “Như Điều …”"}},
		{"decision with an article twice", strings.Replace(decision, "Điều 3.", "Điều 2.", 1) + otherClosing("- Như Điều 2;", "- Lưu: VT."), []string{"error R13 Số thứ tự bị lặp"}},
		{"regulation in chapters", chapters + otherClosing("- Lưu: VT, NV."), nil},
		{"regulation without end mark", strings.Replace(chapters, "./.", ".", 1) + otherClosing("- Lưu: VT, NV."), []string{"warning R14 Không có dấu kết thúc văn bản"}},
		{"chapter in Arabic", strings.Replace(chapters, "Chương II", "Chương 2", 1) + otherClosing("- Lưu: VT, NV."), []string{"error R13 Phần, chương phải đánh số La Mã đúng cách viết"}},
		{"columns by tabs", tabbed, nil},
		{"decision that carries what it issues", attached, nil},
		{"carried in a file of its own", alone, nil},
		{"carried in a file of its own, in words of another time", strings.Replace(alone, "(Kèm theo", "(Ban hành theo", 1), []string{"warning R18 Dòng chỉ dẫn của phụ lục, văn bản kèm theo không đúng mẫu"}},
		{"carried on the same sheet", joined, []string{"warning R18 Phụ lục, văn bản kèm theo không sang trang, phần riêng"}},
		{"carried without end mark", strings.Replace(attached, "Quy chế này./.", "Quy chế này.", 1), []string{"warning R14 Không có dấu kết thúc ở văn bản kèm theo"}},
		{"carried with an article twice", strings.Replace(attached, "Điều 2. Thi hành", "Điều 1. Thi hành", 1), []string{"error R13 Số thứ tự bị lặp"}},
		{"carried and not spoken of", strings.Replace(attached, "kèm theo Quyết định này ", "", 1), []string{"error R18 Có văn bản kèm theo mà lời văn không nói đến"}},
		{"annex: a sheet for others", annex, []string{"error R18 Phụ lục, văn bản kèm theo không đánh số trang riêng", "warning R20 Còn chỗ để trống chưa điền"}},
		{"annex on its side", onItsSide, []string{"error R18 Phụ lục, văn bản kèm theo không đánh số trang riêng", "warning R1 Phụ lục trình bày trang ngang"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range lint(t, otherOffice(t, c.body), StageDraft) {
				got = append(got, fmt.Sprintf("%s %s %s", f.Level, f.Rule, f.Message))
				if f.Level == record.LevelError && !slices.Contains(c.want, got[len(got)-1]) {
					t.Log(show(f))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// Numbers at the head of paragraphs and what is wrong with their order.
func TestLintNumbering(t *testing.T) {
	for _, c := range []struct {
		lines string // separated by |
		want  string
	}{
		{"I. A|1. x|2. x|II. B|1. x", ""},
		{"I. A|1. x|a) y|b) y|2. x|a) y", ""},
		{"I. A|II. B|III. C|IV. D|V. E|VI. F|VII. G|VIII. H|IX. I|X. K|XI. L", ""},
		{"1. x|1.1. y|1.2. y|2. x|2.1. y|2.1.1. z|2.1.2. z|2.2. y", ""},
		{"I. A|II. B|2.1. y|2.2. y|1. z|2. z|2.3. y|III. C|3.1. y", ""},
		{"I. A|IV. B", "IV.→II."},
		{"I. A|III. B|IV. C", "III.→II."},
		{"I. A|I. B", "I.→II."},
		{"II. A|III. B", "II.→I."},
		{"I. A|1. x|2. x|1. x", "1.→3."},
		{"I. A|1. x|2. x|Các việc:|1. x|2. x", ""},
		{"I. A|1. x|- y:|1. x", ""},
		{"1. x|a) y|c) y", "c)→b)"},
		{"1. x|a) y|b) y|c) y|d) y|e) y", "e)→đ)"},
		{"1. x|a) y|b) y|c) y|d) y|đ) y|e) y|g) y|h) y|i) y|k) y", ""},
		{"1. x|f) y", "f)→a, b, c"},
		{"1. x|1.2. y", "1.2.→1.1."},
		{"1. x|2. x|1.1. y", "1.1.→2.1"},
		{"0. x", "0.→1, 2, 3"},
		{"A. x|I. y|II. y|B. x|I. y", ""},
		{"Điều 1. x|1. y|Điều 2. x|1. y|Điều 4. x", "Điều 4→Điều 3"},
		{"Mục tiêu chung|Điều 5 của Luật|Phần lớn|V.I. Lê-nin|2024 là năm|10.000 người|1.5 triệu|100% cán bộ|a|-5 độ", ""},
		{"I/ A|1/ x|2/ x|II/ B", ""},
		{"I. A|1.Mục một|2.Mục hai", ""},
	} {
		var body []*lintPara
		for i, s := range strings.Split(c.lines, "|") {
			body = append(body, &lintPara{number: i + 1, plain: s, spans: []lintSpan{{text: s, look: runFormat{bold: on}}}})
		}
		f := &finder{rule: lintRule{number: "R13", level: record.LevelError}}
		countText(f, body)
		var got []string
		for _, x := range f.found {
			if x.Level == record.LevelError {
				expected := x.Expected
				if i := strings.Index(expected, ", d, đ"); i > 0 {
					expected = expected[:i]
				}
				got = append(got, x.Found+"→"+expected)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.lines, got, c.want)
		}
	}
}
