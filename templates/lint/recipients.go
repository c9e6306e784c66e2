package lint

import (
	"regexp"
	"strings"

	"vanthu/templates/vntext"
)

var (
	filedLine   = regexp.MustCompile(`^- Lưu: VT(, [^,;]+)*\.$`)
	filedBegin  = regexp.MustCompile(`^[-–—+•]?\s*(?i:lưu)\s*:?\s*(VT|Văn thư)`)
	drafterLine = regexp.MustCompile(`^\p{Lu}[\p{L}&]{0,11}\.?(\s?\(\d+\))?$`)
)

// checkRecipients is R16: the label, the list with its dashes and semicolons,
// the line "Lưu" at its end.
func checkRecipients(d *lintDoc, f *finder) {
	z := d.zones
	if z.label == nil {
		if z.attachedAlone() {
			return
		}
		f.breach(wholeText(), "Không có mục Nơi nhận", "", "Nơi nhận:")
		return
	}
	at := z.label.para.spot()
	if z.label.plain != "Nơi nhận:" {
		f.breach(at, "Dòng “Nơi nhận” phải đứng riêng một dòng, có dấu hai chấm", vntext.Clip(z.label.plain), "Nơi nhận:")
	}
	if found, wrong := wrongSize(z.label.spans, 12, 12); wrong {
		f.breach(at, "Cỡ chữ của “Nơi nhận” không đúng", found, sizeRange(12, 12))
	}
	if !every(z.label.spans, isBold) || !every(z.label.spans, isItalic) {
		f.breach(at, "“Nơi nhận” không in nghiêng, đậm", weight(z.label.spans), "kiểu chữ nghiêng, đậm")
	}
	lines := entries(z.recipients)
	filed := -1
	for i, l := range lines {
		checkEntryLook(f, l)
		if filedBegin.MatchString(l.plain) {
			filed = i
		}
	}
	if len(lines) == 0 || filed < 0 {
		f.breach(at, "Nơi nhận không có dòng “Lưu”", "", "- Lưu: VT, đơn vị soạn thảo.")
	}
	for i, l := range lines {
		switch {
		case i == filed:
			if !filedLine.MatchString(l.plain) {
				f.breach(l.para.spot(), "Dòng “Lưu” không đúng dạng: có dấu hai chấm sau chữ “Lưu”, dấu phẩy giữa các nơi, dấu chấm ở cuối", vntext.Clip(l.plain), "- Lưu: VT, đơn vị soạn thảo.")
			}
		case filed >= 0 && i > filed:
			if i > filed+1 || !drafterLine.MatchString(l.plain) {
				f.breach(l.para.spot(), "Sau dòng “Lưu” còn nơi nhận", vntext.Clip(l.plain), "dòng “Lưu” là dòng cuối; sau nó chỉ có ký hiệu người soạn thảo và số bản")
			}
		default:
			checkEntry(f, l, i == len(lines)-1)
		}
	}
	if len(lines) > 0 {
		checkFirstEntry(d, f, lines[0])
	}
	judgeCopies(f, at, plains(lines), addressees(z.text), d.about)
}

// entries are the lines that are there, each with its tab to the next column
// cut off.
func entries(all []lintLine) []lintLine {
	var out []lintLine
	for _, l := range all {
		if left, _, tabbed := strings.Cut(l.plain, "\t"); tabbed && strings.TrimSpace(left) != "-" {
			l.plain = strings.TrimSpace(left)
		}
		if l.plain != "" {
			out = append(out, l)
		}
	}
	return out
}

func checkEntry(f *finder, l lintLine, last bool) {
	at := l.para.spot()
	if !strings.HasPrefix(l.plain, "- ") {
		f.breach(at, "Nơi nhận không bắt đầu bằng gạch đầu dòng", vntext.Clip(l.plain), "- tên nơi nhận;")
	}
	if !last && !strings.HasSuffix(l.plain, ";") {
		f.breach(at, "Cuối nơi nhận không có dấu chấm phẩy", vntext.Clip(l.plain), "- tên nơi nhận;")
	}
	if unpaired(l.plain) >= 0 {
		f.warn(at, "Dấu ngoặc trong nơi nhận không đủ cặp", vntext.Clip(l.plain), "mỗi dấu mở ngoặc có một dấu đóng ngoặc")
	}
}

func checkEntryLook(f *finder, l lintLine) {
	if found, wrong := wrongSize(l.spans, 11, 11); wrong {
		f.breach(l.para.spot(), "Cỡ chữ của danh sách nơi nhận không đúng", found, sizeRange(11, 11))
	}
	if len(inked(l.spans)) > 0 && (!every(l.spans, isUpright) || !every(l.spans, isPlain)) {
		f.breach(l.para.spot(), "Danh sách nơi nhận in nghiêng hoặc đậm", weight(l.spans), "kiểu chữ đứng")
	}
}

// checkFirstEntry: who a letter is addressed to, and who a decision obliges,
// are named in the text and not again.
func checkFirstEntry(d *lintDoc, f *finder, l lintLine) {
	switch z := d.zones; {
	case z.text.addressed != nil && !strings.HasPrefix(l.plain, "- Như trên"):
		f.breach(l.para.spot(), "Văn bản có “Kính gửi” thì nơi nhận đầu tiên là “Như trên”", vntext.Clip(l.plain), "- Như trên;")
	case z.is("QĐ", "NQ") && !strings.HasPrefix(l.plain, "- Như "):
		f.breach(l.para.spot(), "Nơi nhận đầu tiên của nghị quyết, quyết định là “Như Điều …”", vntext.Clip(l.plain), "- Như Điều …;")
	}
}

// weight names the look of letters for people.
func weight(spans []lintSpan) string {
	bold, italic := every(spans, isBold), every(spans, isItalic)
	switch {
	case bold && italic:
		return "nghiêng, đậm"
	case bold:
		return "đậm"
	case italic:
		return "nghiêng"
	case every(spans, isUpright) && every(spans, isPlain):
		return "đứng"
	}
	return "lẫn kiểu chữ"
}
