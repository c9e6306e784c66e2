package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// em is the width of every letter of sheetsOf.
const em = 0.48

func typedWidth(size float64, text string) float64 { return em * size * float64(len([]rune(text))) }

// middle shows a text about an x.
func middle(font string, size, x, y float64, text string) string {
	return typed(font, size, x-typedWidth(size, text)/2, y, text)
}

// under draws a rule below a text about an x, a share of its length.
func under(size, x, y, share float64, text string) string {
	w := share * typedWidth(size, text) / 2
	return fmt.Sprintf("0.75 w %g %g m %g %g l S\n", x-w, y-5, x+w, y-5)
}

// Where the columns of a page stand: the middle of the head's two, of the text,
// and its edges.
const (
	headLeft, headRight, textMiddle = 172, 424, 318.9
	textLeft, textRight             = 85.2, 552.6
)

func typedHead(number, date string) string {
	return middle("R", 12, headLeft, 774, "ỦY BAN NHÂN DÂN TỈNH") + middle("B", 12, headLeft, 759, "SỞ NỘI VỤ") + under(12, headLeft, 759, 0.4, "SỞ NỘI VỤ") +
		middle("B", 12, headRight, 774, nation) + middle("B", 13, headRight, 759, motto) + under(13, headRight, 759, 1, motto) +
		middle("R", 13, headLeft, 730, number) + middle("I", 13, headRight, 730, date)
}

// typedText is a paragraph of lines that reach both edges but for the last.
func typedText(y float64, lines ...string) string {
	var b strings.Builder
	for i, l := range lines {
		x, size := textLeft, 14.0
		if i == 0 {
			x += 36
		}
		gap := (textRight - x - typedWidth(size, l)) / float64(max(1, strings.Count(l, " ")))
		if i == len(lines)-1 {
			gap = 0
		}
		for _, word := range strings.SplitAfter(l, " ") {
			b.WriteString(typed("R", size, x, y-17.3*float64(i), word))
			x += typedWidth(size, word) + gap
		}
	}
	return b.String()
}

func typedClosing(y float64, recipients ...string) string {
	b := typed("J", 12, textLeft, y, "Nơi nhận:")
	for i, r := range recipients {
		b += typed("R", 11, textLeft, y-13-12.7*float64(i), r)
	}
	return b + middle("B", 14, 429, y, "GIÁM ĐỐC") + middle("B", 14, 429, y-100, "Nguyễn Văn An")
}

// Layouts of other types, as they stand on pages.
func TestPDFLayouts(t *testing.T) {
	const date = "Hà Tĩnh, ngày    tháng 6 năm 2024"
	letterHead := typedHead("Số:    /SNV-CCHC", date) + middle("R", 12, headLeft, 705, "V/v báo cáo kết quả") + middle("R", 12, headLeft, 691, "cải cách hành chính")
	addressed := middle("R", 14, textMiddle-40, 660, "Kính gửi:") + typed("R", 14, textMiddle, 642, "- Sở Tài chính;") + typed("R", 14, textMiddle, 624, "- Sở Tư pháp.")
	body := typedText(590, "Thực hiện Kế hoạch số 17/KH-UBND ngày 09/01/2024, đề nghị các sở", "báo cáo kết quả./.")
	box := func(x, y, w float64) string { return fmt.Sprintf("%g %g %g 20 re S\n", x, y, w) }
	decision := typedHead("Số:    /QĐ-SNV", date) + middle("B", 14, textMiddle, 690, "QUYẾT ĐỊNH") + middle("B", 14, textMiddle, 673, "Ban hành Kế hoạch cải cách hành chính") +
		under(14, textMiddle, 673, 0.4, "Ban hành Kế hoạch cải cách hành chính") + middle("B", 14, textMiddle, 640, "GIÁM ĐỐC SỞ NỘI VỤ") +
		typed("I", 14, textLeft+36, 610, "Căn cứ Luật Tổ chức chính quyền địa phương;") + typed("I", 14, textLeft+36, 586, "Theo đề nghị của Trưởng phòng Tổ chức.") +
		middle("B", 14, textMiddle, 556, "QUYẾT ĐỊNH:") + typedText(530, "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch năm 2024.") +
		typedText(506, "Điều 2. Quyết định này có hiệu lực từ ngày ký./.") + typedClosing(460, "- Như Điều 2;", "- Lưu: VT, TCCB.")
	attached := middle("R", 12, headLeft, 774, "ỦY BAN NHÂN DÂN TỈNH") + middle("B", 12, headLeft, 759, "SỞ NỘI VỤ") + under(12, headLeft, 759, 0.4, "SỞ NỘI VỤ") +
		middle("B", 12, headRight, 774, nation) + middle("B", 13, headRight, 759, motto) + under(13, headRight, 759, 1, motto) +
		middle("B", 14, textMiddle, 710, "KẾ HOẠCH") + middle("B", 14, textMiddle, 693, "Cải cách hành chính năm 2024") + under(14, textMiddle, 693, 0.4, "Cải cách hành chính năm 2024") +
		middle("I", 14, textMiddle, 665, "(Kèm theo Quyết định số    /QĐ-SNV ngày    tháng 6") + middle("I", 14, textMiddle, 648, "năm 2024 của Giám đốc Sở Nội vụ)") +
		typedText(610, "Các đơn vị thực hiện theo phân công của Giám đốc Sở trong năm này", "và báo cáo khi xong việc./.")
	for _, c := range []struct {
		name  string
		pages []string
		want  []string
	}{
		{"a letter", []string{letterHead + addressed + body + typedClosing(530, "- Như trên;", "- Lưu: VT, CCHC.")}, nil},
		{"a letter too close to its number", []string{strings.NewReplacer(" 705 Tm", " 714 Tm", " 691 Tm", " 700 Tm").Replace(letterHead) + addressed + body + typedClosing(530, "- Như trên;", "- Lưu: VT, CCHC.")},
			[]string{"error R10 Trích yếu công văn quá sát số, ký hiệu"}},
		{"a letter with the office's address", []string{letterHead + addressed + body + typedClosing(530, "- Như trên;", "- Lưu: VT, CCHC.") +
			"85 90 m 552 90 l S\n" + typed("R", 11, textLeft, 76, "Số 1 đường Hùng Vương; điện thoại 02393855555")}, nil},
		{"an urgent letter for internal use", []string{box(400, 795, 130) + middle("B", 13, 465, 800, "LƯU HÀNH NỘI BỘ") + "1 0 0 RG 1 0 0 rg " + box(headLeft-30, 655, 60) + middle("B", 13, headLeft, 660, "KHẨN") + "0 g 0 G " +
			letterHead + addressed + body + typedClosing(530, "- Như trên;", "- Lưu: VT, CCHC.")}, nil},
		{"a decision", []string{decision}, nil},
		{"a decision with a plan", []string{decision, attached}, nil},
		{"recipients that go on", []string{letterHead + addressed + body + typedClosing(120, "- Như trên;", "- Các phòng;"),
			middle("R", 14, textMiddle, 800, "2") + typed("R", 11, textLeft, 772, "- Ban Giám đốc;") + typed("R", 11, textLeft, 759, "- Lưu: VT, CCHC.") + middle("B", 14, 429, 700, "Nguyễn Văn An")},
			[]string{"error R2 Lề trang không đúng"}}, // the name runs into the lower margin of page one
		{"a rule made of signs", []string{strings.Replace(decision, under(14, textMiddle, 673, 0.4, "Ban hành Kế hoạch cải cách hành chính"), middle("R", 14, textMiddle, 662, "_______________"), 1)},
			[]string{"warning R10 Đường kẻ dưới trích yếu gõ bằng ký tự"}},
		{"a dashed rule", []string{strings.Replace(strings.Replace(decision, "0.75 w", "[3] 0 d 0.75 w", 1), "S\n", "S [] 0 d\n", 1)},
			[]string{"error R7 Đường kẻ dưới tên cơ quan ban hành không phải nét liền"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range lintPDF(t, sheetsOf(c.pages...), StageDraft) {
				got = append(got, fmt.Sprintf("%s %s %s", f.Level, f.Rule, f.Message))
				t.Log(show(f))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}
