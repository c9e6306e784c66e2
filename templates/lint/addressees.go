package lint

import (
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// addressedTypes must be addressed; a report may be, when it goes up.
// unaddressedTypes never are.
var (
	addressedTypes   = []string{"CV", "TTr"}
	unaddressedTypes = []string{"KH", "QĐ", "NQ", "TB", "TC", "CT", "QC", "QyĐ", "HD", "CTr", "PA", "ĐA", "DA"}
)

// checkAddressees is R17: "Kính gửi:" where the type asks for it, one addressee
// on its line, several on lines of their own with dashes.
func checkAddressees(d *lintDoc, f *finder) {
	z := d.zones
	t := z.text
	if t.addressed == nil {
		if z.is(addressedTypes...) || z.text.title == nil && z.about != nil {
			f.breach(titleSpot(z), "Văn bản gửi đích danh mà không có “Kính gửi”", "", "Kính gửi: tên cơ quan, người nhận")
		}
		return
	}
	at := t.addressed.para.spot()
	switch {
	case z.is(unaddressedTypes...):
		f.breach(at, "Loại văn bản này không có phần “Kính gửi”", vntext.Clip(t.addressed.plain), "chỉ có mục Nơi nhận")
	case t.kind != nil && !z.is("BC", "TTr"):
		f.warn(at, "Loại văn bản này thường không có phần “Kính gửi”", vntext.Clip(t.addressed.plain), "chỉ có mục Nơi nhận")
	}
	for _, l := range append([]lintLine{*t.addressed}, t.addressee...) {
		if found, wrong := wrongSize(l.spans, 13, 14); wrong {
			f.breach(l.para.spot(), "Cỡ chữ của “Kính gửi” không đúng", found, sizeRange(13, 14))
		}
		if !every(l.spans, isUpright) {
			f.breach(l.para.spot(), "“Kính gửi” in nghiêng", weight(l.spans), "kiểu chữ đứng")
		}
		if !every(l.spans, isPlain) {
			f.warn(l.para.spot(), "“Kính gửi” in đậm", weight(l.spans), "kiểu chữ đứng, không đậm")
		}
	}
	judgeAddressees(f, at, t.addressed.plain, plains(t.addressee))
	checkDashes(f, t.addressee)
}

// addressees are the names behind "Kính gửi:".
func addressees(t lintText) []string {
	if t.addressed == nil {
		return nil
	}
	var out []string
	_, first, _ := strings.Cut(t.addressed.plain, ":")
	for _, l := range append([]string{first}, plains(t.addressee)...) {
		if name := strings.Trim(l, "- ;."); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// judgeAddressees judges the words: the line "Kính gửi:" and those below.
func judgeAddressees(f *finder, at spot, first string, below []string) {
	inline, colon := strings.CutPrefix(first, "Kính gửi:")
	if !colon {
		f.breach(at, "“Kính gửi” viết không đúng", vntext.Clip(first), "Kính gửi: (hoa chữ K, dấu hai chấm ngay sau)")
		if i := strings.IndexAny(first, ":"); i >= 0 {
			inline = first[i+1:]
		}
	}
	inline = strings.TrimSpace(inline)
	switch {
	case inline == "" && len(below) == 0:
		f.breach(at, "Sau “Kính gửi” không có nơi nhận", vntext.Clip(first), "tên cơ quan, người nhận")
	case inline != "" && len(below) > 0 && strings.HasPrefix(inline, "-"):
		below = append([]string{inline}, below...)
	case inline != "" && len(below) > 0:
		f.breach(at, "Nhiều nơi nhận thì mỗi nơi một dòng, dưới “Kính gửi:”", vntext.Clip(first), "Kính gửi: rồi xuống dòng, - tên nơi nhận;")
	case inline != "" && strings.Contains(inline, ";"):
		f.breach(at, "Nhiều nơi nhận thì mỗi nơi một dòng, dưới “Kính gửi:”", vntext.Clip(first), "Kính gửi: rồi xuống dòng, - tên nơi nhận;")
	case inline != "" && strings.HasSuffix(inline, ".") && !strings.HasSuffix(inline, ".."):
		f.warn(at, "Sau tên nơi nhận duy nhất có dấu chấm", vntext.Clip(first), "không có dấu ở cuối")
	case len(below) == 1:
		f.warn(at, "Chỉ có một nơi nhận mà xuống dòng", vntext.Clip(below[0]), "Kính gửi: tên nơi nhận trên cùng một dòng")
	}
	if inline == "" && len(below) == 1 || len(below) < 2 {
		return
	}
	for i, l := range below {
		sign, level := ";", record.LevelError
		if i == len(below)-1 {
			sign = "."
		}
		if !strings.HasPrefix(l, "- ") {
			f.breach(at, "Nơi nhận của “Kính gửi” không bắt đầu bằng gạch đầu dòng", vntext.Clip(l), "- tên nơi nhận"+sign)
		}
		if !strings.HasSuffix(l, sign) {
			f.report(level, at, "Dấu ở cuối nơi nhận của “Kính gửi” không đúng", vntext.Clip(l), "dấu chấm phẩy; sau nơi cuối cùng là dấu chấm")
		}
	}
}

// checkDashes: the dashes stand one under another.
func checkDashes(f *finder, lines []lintLine) {
	edge := func(p *lintPara) int { return p.format.left.n + p.format.first.n }
	for i := 1; i < len(lines); i++ {
		a, b := lines[0].para, lines[i].para
		if a.format.align == b.format.align && edge(a) == edge(b) && leadingTabs(a) == leadingTabs(b) && !b.centred() {
			continue
		}
		if a != b && (a.centred() || b.centred() || edge(a) != edge(b)) {
			f.warn(b.spot(), "Các gạch đầu dòng dưới “Kính gửi” không thẳng hàng", mm(edge(b)), "thẳng hàng với gạch đầu dòng thứ nhất, "+mm(edge(a)))
			return
		}
	}
}
