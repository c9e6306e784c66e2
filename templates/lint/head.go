package lint

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// checkNation is R6: the words of Quốc hiệu and Tiêu ngữ, their size and
// weight.
func checkNation(d *lintDoc, f *finder) {
	for _, x := range []struct {
		name, words string
		line        *lintLine
		low, high   int
	}{
		{"Quốc hiệu", nation, d.zones.nation, 12, 13},
		{"Tiêu ngữ", motto, d.zones.motto, 13, 14},
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
	}
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
		f.breach(wholeText(), "Không có dòng số, ký hiệu", "", "Số:    /KH-UBND")
		return
	}
	at := line.para.spot()
	text := line.plain
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
		checkSymbolType(d, f, at, symbol)
	}
	switch {
	case emptySlot.MatchString(slot):
	case d.about.Stage == StageDraft:
		f.breach(at, "Dự thảo đã điền số; số do văn thư cấp khi phát hành", slot, "để trống")
	case !numberForm.MatchString(slot):
		f.breach(at, "Số văn bản viết không đúng", slot, "chữ số Ả Rập; số dưới 10 có một số 0 đứng trước")
	}
	if found, wrong := wrongSize(line.spans, 13, 13); wrong {
		f.breach(at, "Cỡ chữ của số, ký hiệu không đúng", found, sizeRange(13, 13))
	}
	if !every(line.spans, isUpright) {
		f.breach(at, "Số, ký hiệu in nghiêng", "chữ nghiêng", "kiểu chữ đứng")
	}
}

// checkSymbolType compares the symbol with the type printed as title
// (NĐ 30/2020, PL III.I); a letter has no type.
func checkSymbolType(d *lintDoc, f *finder, at spot, symbol string) {
	first, _, _ := strings.Cut(symbol, "-")
	title := d.zones.title
	kind, err := record.TypeOn(first, d.zones.day)
	switch {
	case first == "CV":
		f.breach(at, "Công văn không ghi chữ viết tắt tên loại trong ký hiệu", symbol, "tên cơ quan - đơn vị soạn thảo hoặc lĩnh vực")
	case err == nil && title != "" && !strings.HasPrefix(fold(title), fold(kind.Name)):
		f.breach(at, "Ký hiệu không khớp với tên loại văn bản", fmt.Sprintf("%s là chữ viết tắt của %s, văn bản là %s", first, kind.Name, vntext.Clip(title)), "cùng một loại")
	case err != nil && title != "":
		f.breach(at, "Ký hiệu không có chữ viết tắt của tên loại văn bản", symbol, fmt.Sprintf("bắt đầu bằng chữ viết tắt của %s", vntext.Clip(title)))
	}
}
