package lint

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// annexMention is a word of the text about an annex of its own; otherAnnex one
// of another document's.
var (
	annexMention = regexp.MustCompile(`(?i:phụ lục)`)
	otherAnnex   = regexp.MustCompile(`^(?i:phụ lục)\s*(?:(?i:số)\s*)?(?:[IVXLC]+|\d+)?(?:[A-Z])?\s*,?\s*(?:(?i:(?:ban hành )?kèm theo|của|tại)\s+)?(?i:luật|nghị định|nghị quyết|thông tư|quyết định|công văn|kế hoạch|hướng dẫn|chỉ thị|quy định|quy chế|văn bản|bộ luật|điều ước)\s+(?:số|liên|[\d/])`)
	attachedHere = regexp.MustCompile(`(?i:kèm theo)\s+(?:Quyết định|Nghị quyết|Văn bản|Công văn|Tờ trình|Báo cáo|Kế hoạch|Thông báo|Chỉ thị|quyết định|công văn|văn bản)\s+này`)
)

// checkAnnexes is R18: an annex that is there is spoken of in the text, several
// have Roman numbers in order, each says what it is attached to.
func checkAnnexes(d *lintDoc, f *finder) {
	z := d.zones
	mentioned, attached := (*lintPara)(nil), false
	for _, p := range d.paras[min(z.headEnd, z.annex):z.annex] {
		for _, i := range annexMention.FindAllStringIndex(p.plain, -1) {
			if !otherAnnex.MatchString(p.plain[i[0]:]) && mentioned == nil {
				mentioned = p
			}
		}
		attached = attached || attachedHere.MatchString(p.plain) || strings.Contains(strings.ToLower(p.plain), "kèm theo")
	}
	var labelled []lintAnnex
	for _, a := range z.annexes {
		switch {
		case a.label != nil:
			labelled = append(labelled, a)
		case a.attached && !attached:
			f.breach(d.paras[a.start].spot(), "Có văn bản kèm theo mà lời văn không nói đến", vntext.Clip(a.text.name), "“kèm theo Quyết định này” trong lời văn")
		}
		checkReference(d, f, a)
	}
	if z.attachedAlone() {
		checkReferenceLine(d, f, z.text.reference)
	}
	switch {
	case mentioned != nil && len(z.annexes) == 0:
		f.warn(mentioned.spot(), "Lời văn nói đến phụ lục mà tệp này không có phụ lục", vntext.Near(mentioned.plain, annexMention.FindStringIndex(mentioned.plain)[0]), "phụ lục ở cuối văn bản hoặc tệp kèm theo")
	case mentioned == nil && len(labelled) > 0:
		f.breach(labelled[0].label.para.spot(), "Có phụ lục mà lời văn không nói đến", labelled[0].label.plain, "lời văn dẫn đến phụ lục")
	}
	judgeAnnexNumbers(d, f, labelled)
	for _, a := range z.annexes {
		checkAnnexPages(d, f, a)
	}
	for _, a := range labelled {
		checkAnnexHead(f, a)
	}
}

// checkAnnexPages: each annex begins on a page of its own, numbered 1; so does
// what a decision carries.
func checkAnnexPages(d *lintDoc, f *finder, a lintAnnex) {
	level := record.LevelError
	if a.label == nil {
		level = record.LevelWarning
	}
	first := d.paras[a.start]
	if first.section >= len(d.sections) {
		return
	}
	s := d.sections[first.section]
	for _, p := range d.paras[s.first:a.start] {
		if !p.blank() {
			f.report(level, first.spot(), "Phụ lục, văn bản kèm theo không sang trang, phần riêng", vntext.Clip(first.plain), "mỗi phụ lục một phần (section), số trang bắt đầu từ 1")
			return
		}
	}
	if first.section > 0 && s.pageStart.n != 1 {
		f.report(level, first.spot(), "Phụ lục, văn bản kèm theo không đánh số trang riêng", "tiếp theo số trang ở trên", "số trang bắt đầu từ 1")
	}
}

// judgeAnnexNumbers: several annexes are counted I, II, III.
func judgeAnnexNumbers(d *lintDoc, f *finder, all []lintAnnex) {
	for i, a := range all {
		at, want := a.label.para.spot(), "Phụ lục "+record.Roman(i+1)
		if len(all) == 1 {
			if a.number != "" && a.number != "I" {
				f.breach(at, "Phụ lục đánh số không đúng", a.label.plain, "Phụ lục hoặc "+want)
			}
			continue
		}
		if a.number != record.Roman(i+1) {
			f.breach(at, "Từ hai phụ lục trở lên phải đánh số La Mã theo thứ tự", a.label.plain, want)
		}
	}
}

// checkAnnexHead: "Phụ lục I" over its title.
func checkAnnexHead(f *finder, a lintAnnex) {
	checkLook(f, *a.label, "chữ “Phụ lục”", 14, 14)
	at := a.label.para.spot()
	if upper(a.label.plain) {
		f.breach(at, "Chữ “Phụ lục” viết hoa toàn bộ", a.label.plain, "chữ in thường")
	}
	if !a.label.para.centred() {
		f.breach(at, "Chữ “Phụ lục” không ở giữa", aligned(a.label.para.format.align), "canh giữa")
	}
	if a.text.title == nil {
		f.breach(at, "Phụ lục không có tiêu đề", a.label.plain, "tiêu đề viết hoa, in đậm, ở giữa, dưới chữ “Phụ lục”")
		return
	}
	checkLook(f, *a.text.title, "tiêu đề phụ lục", 13, 14)
}

// checkReference: "(Kèm theo Quyết định số ... ngày ... của ...)" under the
// title. An electronic document leaves its blanks as they are (PL I, III.1.c).
func checkReference(d *lintDoc, f *finder, a lintAnnex) {
	if a.label == nil && !a.attached {
		return
	}
	at := d.paras[a.start].spot()
	if len(a.text.reference) == 0 {
		f.breach(at, "Phụ lục, văn bản kèm theo không có dòng chỉ dẫn", vntext.Clip(d.paras[a.start].plain), "(Kèm theo Văn bản số … ngày … của …)")
		return
	}
	checkReferenceLine(d, f, a.text.reference)
}

// checkReferenceLine judges the words and the look of the line.
func checkReferenceLine(d *lintDoc, f *finder, lines []lintLine) {
	text := strings.Join(plains(lines), " ")
	at := lines[0].para.spot()
	switch {
	case strings.HasPrefix(text, "(Kèm theo ") && strings.HasSuffix(text, ")"):
	case referenceLine.MatchString(text):
		f.warn(at, "Dòng chỉ dẫn của phụ lục, văn bản kèm theo không đúng mẫu", vntext.Clip(text), "(Kèm theo Văn bản số … ngày … của …)")
	default:
		return
	}
	for _, l := range lines {
		if !every(l.spans, isItalic) {
			f.breach(l.para.spot(), "Dòng chỉ dẫn của phụ lục không in nghiêng", weight(l.spans), "kiểu chữ nghiêng")
		}
		if found, wrong := wrongSize(l.spans, 13, 14); wrong {
			f.breach(l.para.spot(), "Cỡ chữ của dòng chỉ dẫn không đúng", found, sizeRange(13, 14))
		}
		if !l.para.centred() {
			f.breach(l.para.spot(), "Dòng chỉ dẫn của phụ lục không ở giữa", aligned(l.para.format.align), "canh giữa")
		}
	}
	if symbol := numberAndSymbol(d); d.about.Document != nil && d.about.Document.Number > 0 && symbol != "" && citesOther(text, symbol) {
		f.breach(at, "Dòng chỉ dẫn ghi số khác số của văn bản", vntext.Clip(text), "số "+symbol)
	}
}

// numberAndSymbol is "46/KH-UBND" by the register.
func numberAndSymbol(d *lintDoc) string {
	if d.about.Document == nil {
		return ""
	}
	return d.about.Document.Symbol
}

var cited = regexp.MustCompile(`số\s*:?\s*(\d+)(/[^\s,;)]+)`)

// citesOther says whether a reference names a number that is filled in and is
// not this one.
func citesOther(text, symbol string) bool {
	m := cited.FindStringSubmatch(text)
	return m != nil && fmt.Sprint(m[1], m[2]) != symbol
}
