package lint

import (
	"regexp"
	"strings"
)

var (
	// brokenSymbol is a symbol in the text with blanks where none belong:
	// "343/QĐ- UBND", "76 /NQ-CP".
	brokenSymbol = regexp.MustCompile(`\b\d{1,5}\s*/\s*(?:\d{4}\s*/\s*)?\p{Lu}[\p{L}&]{0,7}\s*[-–]\s*\p{Lu}[\p{L}&]+`)
	// datedAfterComma is "số 17/KH-UBND, ngày 09/01/2024".
	datedAfterComma = regexp.MustCompile(`(?i:số)\s+\d{1,5}/[^\s,;]+,\s+ngày\s+\d`)
	// smallType is a type of document that begins small before its number.
	smallType = regexp.MustCompile(`(?:^|[\s(,;])((?:nghị định|nghị quyết|quyết định|thông tư|chỉ thị|kế hoạch|công văn|luật|tờ trình|báo cáo)\s+(?:số\s+)?\d{1,5}/(?:\d{4}/)?\p{Lu}[^\s,;.)]*)`)
)

// checkSymbolsInText is D9: a symbol that a line end or a blank breaks cannot be
// found or followed.
func checkSymbolsInText(d *lintDoc, f *finder) {
	for _, p := range d.paras {
		if !strings.Contains(p.plain, "/") || slotPara(d, p) {
			continue
		}
		for _, i := range brokenSymbol.FindAllStringIndex(p.plain, 20) {
			if found := p.plain[i[0]:i[1]]; strings.ContainsAny(found, " \n\t–") {
				f.breach(p.spotNear(p.plain, i[0]), "Số, ký hiệu văn bản bị ngắt hoặc có dấu cách", found, strings.NewReplacer(" ", "", "\n", "", "\t", "", "–", "-").Replace(found))
			}
		}
	}
}

// checkCitations is D11: how other documents are cited (PL I, II.6.b; PL II, V.6).
func checkCitations(d *lintDoc, f *finder) {
	for _, p := range d.paras {
		if !strings.Contains(p.plain, "/") {
			continue
		}
		if i := datedAfterComma.FindStringIndex(p.plain); i != nil {
			f.breach(p.spotNear(p.plain, i[0]), "Giữa số, ký hiệu và ngày của văn bản được viện dẫn có dấu phẩy", p.plain[i[0]:i[1]], "không có dấu phẩy trước chữ “ngày”")
		}
		if i := smallType.FindStringSubmatchIndex(p.plain); i != nil {
			found := p.plain[i[2]:i[3]]
			f.breach(p.spotNear(p.plain, i[2]), "Tên loại của văn bản cụ thể được viện dẫn không viết hoa", found, sentence(found))
		}
	}
}
