package lint

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// checkNation is R6: the words of Quốc hiệu and Tiêu ngữ, their size and
// weight, their place in the right half and the rule below.
func checkNation(d *lintDoc, f *finder) {
	for _, h := range d.zones.heads() {
		checkNationOf(d, f, h)
	}
}

func checkNationOf(d *lintDoc, f *finder, h lintHead) {
	for _, x := range []struct {
		name, words string
		line        *lintLine
		low, high   int
	}{
		{"Quốc hiệu", nation, h.nation, 12, 13},
		{"Tiêu ngữ", motto, h.motto, 13, 14},
	} {
		if x.line == nil {
			f.breach(wholeText(), "Không có "+x.name, "", x.words)
			continue
		}
		at := x.line.para.spot()
		switch got := x.line.plain; {
		case got == x.words:
		case strings.ReplaceAll(got, "HOÀ", "HÒA") == x.words:
			f.info(at, x.name+" đặt dấu thanh theo kiểu cũ", got, x.words)
		default:
			f.breach(at, x.name+" không đúng từng chữ", got, x.words)
		}
		if found, wrong := wrongSize(x.line.spans, x.low, x.high); wrong {
			f.breach(at, "Cỡ chữ của "+x.name+" không đúng", found, sizeRange(x.low, x.high))
		}
		if !every(x.line.spans, isBold) {
			f.breach(at, x.name+" không in đậm", "chữ thường", "kiểu chữ đứng, đậm")
		}
		if !every(x.line.spans, isUpright) {
			f.breach(at, x.name+" in nghiêng", "chữ nghiêng", "kiểu chữ đứng, đậm")
		}
		if leftHalf(d, *x.line) {
			f.breach(at, x.name+" không ở nửa bên phải của trang đầu", vntext.Clip(x.line.plain), "phía trên, bên phải trang đầu")
		}
	}
	if m := h.motto; m != nil {
		checkRule(d, f, "Tiêu ngữ", []lintLine{*m}, 1, 1)
	}
}

// leftHalf says whether a line surely begins in the left half of the page: in a
// left column, or on the page in front of any tab and not set to the right.
func leftHalf(d *lintDoc, l lintLine) bool {
	p := l.para
	if p.box != 0 || p.section >= len(d.sections) {
		return false
	}
	s := d.sections[p.section]
	middle := (s.width.n - s.left.n - s.right.n) / 2
	if c := p.cell; c != nil {
		return c.width > 0 && c.left+c.width/2 < p.table.width/2
	}
	if p.format.align == "right" || p.format.align == "end" || len(p.spans) == 0 || !s.width.said {
		return false
	}
	head, _, tabbed := strings.Cut(p.plain, l.plain)
	return !tabbed || head == "" && leadingTabs(p) == 0 && p.format.left.n < middle/2
}

var (
	symbolForm = regexp.MustCompile(`^\p{Lu}[\p{L}\d&]*(-\p{Lu}[\p{L}\d&]*)+$`)
	numberForm = regexp.MustCompile(`^(0[1-9]|[1-9]\d+)$`)
	emptySlot  = regexp.MustCompile(`^[\s.…_]*$`)
)

// checkSymbol is R8: "Số: 46/KH-UBND". In a draft the number is blank; whether
// it is there at issue is for R20.
func checkSymbol(d *lintDoc, f *finder) {
	line := d.zones.number
	if line == nil {
		if !d.zones.attachedAlone() {
			f.breach(wholeText(), "Không có dòng số, ký hiệu", "", "Số:    /KH-UBND")
		}
		return
	}
	at := line.para.spot()
	if found, wrong := wrongSize(line.spans, 13, 13); wrong {
		f.breach(at, "Cỡ chữ của số, ký hiệu không đúng", found, sizeRange(13, 13))
	}
	if !every(line.spans, isUpright) {
		f.breach(at, "Số, ký hiệu in nghiêng", "chữ nghiêng", "kiểu chữ đứng")
	}
	title := d.zones.text.name
	if d.zones.text.kind == nil {
		title = "" // what is no type is for R10 to say
	}
	judgeSymbol(f, at, line.plain, title, d.zones.types, d.about)
}

// judgeSymbol judges the words of the line; title is the type printed, ""
// for a letter.
func judgeSymbol(f *finder, at spot, text, title string, types []record.DocumentType, about About) {
	rest, colon := strings.CutPrefix(text, "Số:")
	if !colon {
		f.breach(at, "Chữ “Số” phải viết hoa chữ đầu và có dấu hai chấm ngay sau", text, "Số:")
		rest = strings.TrimLeft(text[strings.IndexAny(text, "ốỐ")+len("ố"):], " :")
	}
	slot, symbol, slash := strings.Cut(rest, "/")
	slot, symbol = strings.TrimSpace(slot), strings.TrimRight(symbol, " ")
	if !slash || !symbolForm.MatchString(symbol) {
		f.breach(at, "Số, ký hiệu không đúng dạng: giữa số và ký hiệu là dấu “/”, giữa các nhóm chữ viết tắt là dấu “-”, không có dấu cách", vntext.Clip(text), "Số: 46/KH-UBND")
	} else {
		if strings.Contains(symbol, "&") {
			f.warn(at, "Ký hiệu có dấu “&”", symbol, "chỉ có chữ viết tắt")
		}
		judgeSymbolType(f, at, symbol, title, types)
		if want := symbolOf(about); want != "" && symbol != want {
			f.breach(at, "Ký hiệu khác với ký hiệu đã đăng ký", symbol, want)
		}
	}
	switch {
	case emptySlot.MatchString(slot):
	case about.Stage == StageDraft:
		f.breach(at, "Dự thảo đã điền số; số do văn thư cấp khi phát hành", slot, "để trống")
	case !numberForm.MatchString(slot):
		f.breach(at, "Số văn bản viết không đúng", slot, "chữ số Ả Rập; số dưới 10 có một số 0 đứng trước")
	case about.Document != nil && about.Document.Number > 0 && slot != record.NumberText(about.Document.Number):
		f.breach(at, "Số in trên văn bản khác số trong sổ đăng ký", slot, record.NumberText(about.Document.Number))
	}
}

// symbolOf is the registered symbol behind the slash: "KH-UBND".
func symbolOf(about About) string {
	if about.Document == nil {
		return ""
	}
	_, symbol, _ := strings.Cut(about.Document.Symbol, "/")
	return symbol
}

// judgeSymbolType compares the symbol with the type printed as title
// (NĐ 30/2020, PL III.I); a letter has no type.
func judgeSymbolType(f *finder, at spot, symbol, title string, types []record.DocumentType) {
	first, _, _ := strings.Cut(symbol, "-")
	var kind *record.DocumentType
	for i, t := range types {
		if t.Abbreviation != "" && t.Abbreviation == first {
			kind = &types[i]
		}
	}
	switch {
	case first == "CV":
		f.breach(at, "Công văn không ghi chữ viết tắt tên loại trong ký hiệu", symbol, "tên cơ quan - đơn vị soạn thảo hoặc lĩnh vực")
	case kind != nil && title != "" && !strings.HasPrefix(fold(title), fold(kind.Name)):
		f.breach(at, "Ký hiệu không khớp với tên loại văn bản", fmt.Sprintf("%s là chữ viết tắt của %s, văn bản là %s", first, kind.Name, vntext.Clip(title)), "cùng một loại")
	case kind == nil && title != "":
		f.breach(at, "Ký hiệu không có chữ viết tắt của tên loại văn bản", symbol, fmt.Sprintf("bắt đầu bằng chữ viết tắt của %s", vntext.Clip(title)))
	}
}
