package ooxml

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// field judges the instruction of a field: what loads, runs or links is
// refused; what a fill does not touch and a conversion may change is told.
func (in *Inspection) field(at site, instruction string) {
	words := strings.Fields(instruction[:min(len(instruction), 4096)])
	if len(words) == 0 {
		return
	}
	switch name := strings.ToUpper(words[0]); name {
	case "DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "DATABASE", "RD", "MACROBUTTON", "GOTOBUTTON", "EMBED", "CONTROL", "HTMLACTIVEX", "PRINT":
		in.fault(at, "active-field", fmt.Sprintf("Có trường %s lấy nội dung từ bên ngoài hoặc chạy lệnh; hãy xóa đi", name), instruction)
	case "HYPERLINK":
		if len(words) > 1 && !strings.HasPrefix(words[1], `\`) && !harmlessLink(strings.TrimLeft(words[1], `"“”`)) {
			in.fault(at, "external-link", linkMessage, instruction)
		}
	case "MERGEFIELD", "MERGEREC", "MERGESEQ", "MERGEBARCODE", "ADDRESSBLOCK", "GREETINGLINE", "NEXT", "NEXTIF", "SKIPIF":
		in.warn(at, "merge-field", fmt.Sprintf("Trường trộn thư %s không được điền; hãy thay bằng thẻ trong dấu ngoặc nhọn", name), instruction)
	case "DATE", "TIME":
		in.warn(at, "date-field", fmt.Sprintf("Trường %s in ngày giờ của lúc chuyển đổi; hãy thay bằng thẻ hoặc chữ", name), instruction)
	}
}

// font notes a font and where it is first asked for.
func (in *Inspection) font(at site, name string) {
	if _, known := in.fonts[name]; !known && len(in.fonts) < maxFaults {
		in.fonts[name] = at
	}
}

// judgeFonts: pre-Unicode fonts draw other letters than the text has and are
// refused; official documents are set in Times New Roman (NĐ 30/2020, PL I,
// I.2), anything else is a warning.
func (in *Inspection) judgeFonts() {
	for _, f := range slices.Sorted(maps.Keys(in.fonts)) {
		lower := strings.ToLower(f)
		switch {
		case strings.HasPrefix(lower, ".vn"), strings.HasPrefix(lower, "vni-"), strings.HasPrefix(lower, "vni "), strings.HasPrefix(lower, "vntime"):
			in.fault(in.fonts[f], "legacy-font", fmt.Sprintf("Phông %q có từ trước Unicode; hãy chuyển chữ sang Unicode, phông Times New Roman", clip(f)), "")
		case f != "" && lower != "times new roman" && lower != "symbol" && !strings.HasPrefix(lower, "wingdings"):
			in.warn(in.fonts[f], "font-substituted", fmt.Sprintf("Phông %q có thể bị thay khi in; văn bản hành chính dùng Times New Roman", clip(f)), "")
		}
	}
}
