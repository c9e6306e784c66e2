package lint

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
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

// otherOffice is a document as people make them: no styles, direct formatting,
// a page number in the gallery's content control.
func otherOffice(t testing.TB, body string) []byte {
	t.Helper()
	header := wPart("hdr", `<w:sdt><w:sdtContent><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:fldSimple w:instr=" PAGE \* MERGEFORMAT "><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>2</w:t></w:r></w:fldSimple></w:p></w:sdtContent></w:sdt>`)
	return officetest.DOCX(t, body+otherEnd, map[string]string{"word/header.xml": header,
		relsPart: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rheader" Type="` + ooxml.RelTransitional + `header" Target="header.xml"/></Relationships>`})
}

func otherHead(number, date string, more ...string) string {
	return officetest.Table(
		[]string{dressed(12, "c", "ỦY BAN NHÂN DÂN") + dressed(12, "bc", "TỈNH HÀ TĨNH"), dressed(12, "bc", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + dressed(13, "bc", "Độc lập - Tự do - Hạnh phúc")},
		[]string{dressed(13, "c", number) + strings.Join(more, ""), dressed(13, "ic", date)})
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
	letter := otherHead("Số:      /UBND-VX", date, dressed(12, "c", "V/v báo cáo cải cách hành chính")) +
		dressed(14, "c", "Kính gửi:") + dressed(14, "", "- Sở Nội vụ;") + dressed(14, "", "- Sở Tài chính.") +
		dressed(14, "f", "Thực hiện Kế hoạch số 17/KH-UBND ngày 09/01/2024, đề nghị các sở báo cáo./.")
	decision := otherHead("Số:     /QĐ-UBND", date) +
		dressed(14, "bc", "QUYẾT ĐỊNH") + dressed(14, "bc", "Về việc ban hành Quy chế") + dressed(14, "bc", "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH") +
		dressed(14, "if", "Căn cứ Luật Tổ chức chính quyền địa phương;") + dressed(14, "bc", "QUYẾT ĐỊNH:") +
		dressed(14, "f", "Điều 1. Ban hành kèm theo Quyết định này Quy chế.") + dressed(14, "f", "1. Một;") + dressed(14, "f", "2. Hai.") +
		dressed(14, "f", "Điều 2. Quyết định có hiệu lực từ ngày ký.") + dressed(14, "f", "Điều 3. Các cơ quan thi hành Quyết định này./.")
	chapters := otherHead("Số:     /QC-UBND", date) + dressed(14, "bc", "QUY CHẾ") + dressed(14, "bc", "Làm việc") +
		dressed(14, "bc", "Chương I") + dressed(14, "bc", "QUY ĐỊNH CHUNG") + dressed(14, "bf", "Điều 1. Phạm vi") + dressed(14, "f", "Quy chế này quy định việc làm.") +
		dressed(14, "bc", "Chương II") + dressed(14, "bc", "CỤ THỂ") + dressed(14, "bc", "Mục 1") + dressed(14, "bc", "VIỆC") + dressed(14, "bf", "Điều 2. Việc") + dressed(14, "f", "Điều 5 Luật Tổ chức không áp dụng./.")
	tabbed := dressed(12, "b", "UBND TỈNH HÀ TĨNH\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + dressed(13, "b", "SỞ NỘI VỤ\tĐộc lập - Tự do - Hạnh phúc") +
		dressed(13, "", "Số:     /BC-SNV\t"+date) + dressed(14, "bc", "BÁO CÁO") + dressed(14, "bc", "Quý I") + dressed(14, "f", "Kết quả tốt./.") +
		dressed(12, "bi", "Nơi nhận:\tGIÁM ĐỐC") + dressed(11, "", "- UBND tỉnh;") + dressed(11, "", "- Lưu: VT.") + `<w:p/>` + dressed(14, "b", "Nguyễn Văn B")
	annex := `<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rheader"/>` + otherSection + `<w:titlePg/></w:sectPr></w:pPr></w:p>` +
		dressed(14, "bc", "Phụ lục I") + dressed(14, "bc", "DANH SÁCH") + dressed(12, "", "IV. Họ và tên: ……………………")
	onItsSide := strings.Replace(annex, "IV. Họ", "Họ", 1) // sections end behind their text: the last one is the annex's
	onItsSide = strings.Replace(onItsSide, "……………………", "", 1) + officetest.Table([]string{dressed(12, "", "Việc")}) +
		`<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rheader"/>` + strings.Replace(otherSection, `w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906"`, 1) + `<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:pPr></w:p>` +
		dressed(14, "bc", "Phụ lục II")
	boxed := strings.Replace(letter, dressed(14, "f", "Thực hiện"), "", 1) +
		`<w:p><w:r><mc:AlternateContent xmlns:mc="x"><mc:Choice Requires="wps"><w:drawing><w:txbxContent>` + dressed(12, "bi", "Nơi nhận:") + dressed(11, "", "- Như trên;") + dressed(11, "", "- Lưu: VT, VX.") +
		`</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + dressed(12, "bi", "Nơi nhận:") + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>` + dressed(14, "bc", "CHỦ TỊCH")

	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"letter", letter + otherClosing("- Như trên;", "- Lưu: VT, VX."), nil},
		{"letter that names its addressee again", letter + otherClosing("- Sở Nội vụ;", "- Lưu: VT, VX."), []string{"error R16 Văn bản có “Kính gửi” thì nơi nhận đầu tiên là “Như trên”"}},
		{"letter without end mark", strings.Replace(letter, "./.", ".", 1) + otherClosing("- Như trên;", "- Lưu: VT."), []string{"error R14 Không có dấu kết thúc văn bản"}},
		{"letter with recipients in a text box", boxed, nil},
		{"decision", decision + otherClosing("- Như Điều 3;", "- Lưu: VT, NV, 02."), nil},
		{"decision that names others first", decision + otherClosing("- Bộ Nội vụ;", "- Lưu: VT, NV."), []string{"error R16 Nơi nhận đầu tiên của nghị quyết, quyết định là “Như Điều …”"}},
		{"decision with an article twice", strings.Replace(decision, "Điều 3.", "Điều 2.", 1) + otherClosing("- Như Điều 2;", "- Lưu: VT."), []string{"error R13 Số thứ tự bị lặp"}},
		{"regulation in chapters", chapters + otherClosing("- Lưu: VT, NV."), nil},
		{"regulation without end mark", strings.Replace(chapters, "./.", ".", 1) + otherClosing("- Lưu: VT, NV."), []string{"warning R14 Không có dấu kết thúc văn bản"}},
		{"chapter in Arabic", strings.Replace(chapters, "Chương II", "Chương 2", 1) + otherClosing("- Lưu: VT, NV."), []string{"error R13 Phần, chương phải đánh số La Mã đúng cách viết"}},
		{"columns by tabs", tabbed, nil},
		{"annex: a sheet for others", letter + otherClosing("- Như trên;", "- Lưu: VT.") + annex, []string{"warning R20 Còn chỗ để trống chưa điền", "warning R5 Phụ lục không đánh số trang riêng"}},
		{"annex on its side", letter + otherClosing("- Như trên;", "- Lưu: VT.") + onItsSide, []string{"warning R1 Phụ lục trình bày trang ngang", "warning R5 Phụ lục không đánh số trang riêng"}},
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
		d := &lintDoc{zones: &lintZones{}}
		for i, s := range strings.Split(c.lines, "|") {
			d.zones.body = append(d.zones.body, &lintPara{number: i + 1, plain: s, spans: []lintSpan{{text: s, look: runFormat{bold: on}}}})
		}
		f := &finder{rule: lintRule{number: "R13", level: record.LevelError}}
		checkNumbering(d, f)
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
