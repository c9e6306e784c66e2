package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vanthu/templates/filter"
	"vanthu/templates/vntext"
)

var (
	// leaked is what Markdown and HTML leave in a text that went through them.
	leaked   = regexp.MustCompile(`\*\*|&(?:nbsp|amp|lt|gt|quot|#\d{1,6});|</?(?:p|br|b|i|u|a|div|span|strong|em|table|tr|td|ul|ol|li|h[1-6])\b[^<>]*>`)
	tagInUse = regexp.MustCompile(`\{\{[^{}]*\}\}|\{[#^/$]?[\p{L}_.$][^{}]*\}`)
)

// checkEncoding is R4: NFC, no sign that cannot be seen, no pre-Unicode text,
// no no-break space that stands where a plain one belongs, no leftovers of
// Markdown, HTML or templates.
func checkEncoding(d *lintDoc, f *finder) {
	for _, p := range slices.Concat(d.running, d.paras, d.notes) {
		var b strings.Builder
		for _, s := range p.spans {
			b.WriteString(s.text)
		}
		text := b.String()
		if strings.Contains(text, "**") || strings.ContainsAny(text, "&<{}") {
			checkLeftovers(f, p, text)
		}
		if vntext.ASCII(text) {
			continue
		}
		if !norm.NFC.IsNormalString(text) {
			at := p.spot()
			at.near = decomposed(text)
			f.breach(at, "Chữ có dấu ở dạng tổ hợp rời, dễ vỡ khi tìm kiếm và sao chép", "", "Unicode dựng sẵn (NFC)")
		}
		told := map[string]bool{}
		for i, r := range text {
			if r == '\t' {
				continue
			}
			if code, why := vntext.Judge(r); code != "" && !told[code] {
				told[code] = true
				f.breach(p.spotNear(text, i), fmt.Sprintf(why, fmt.Sprintf("U+%04X", r)), "", "chỉ có chữ nhìn thấy được")
			}
		}
		if why, i := vntext.Legacy(text); why != "" {
			f.breach(p.spotNear(text, i), why, "", "Unicode (TCVN 6909:2001)")
		}
		if i := strayBlank(text); i >= 0 && !p.blank() && !slotPara(d, p) {
			f.warn(p.spotNear(text, i), "Có dấu cách không ngắt (NBSP) giữa lời văn, thường do dán từ trang web", "", "dấu cách thường")
		}
	}
}

func checkLeftovers(f *finder, p *lintPara, text string) {
	if found := leaked.FindString(text); found != "" {
		f.breach(p.spot(), "Còn dấu vết của Markdown hoặc HTML", found, "lời văn thường")
	}
	rest := tagInUse.ReplaceAllString(text, "") // tags are for R20
	if i := strings.IndexAny(rest, "{}"); i >= 0 {
		f.breach(p.spotNear(rest, i), "Còn dấu ngoặc nhọn của mẫu", "", "không có { hoặc }")
	}
}

// decomposed is the word around the first loose mark.
func decomposed(text string) string {
	for _, w := range strings.Fields(text) {
		if !norm.NFC.IsNormalString(w) {
			return norm.NFC.String(w)
		}
	}
	return ""
}

// strayBlank finds a no-break space that keeps nothing together: one beside a
// digit binds a number to its unit or its word, one in a dash or a range binds
// that, and some are where a fill would put them.
func strayBlank(text string) int {
	if !strings.ContainsRune(text, filter.NoBreakSpace) {
		return -1
	}
	filled := []rune(filter.Unbroken(strings.ReplaceAll(text, string(filter.NoBreakSpace), " ")))
	binds := func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("-–/%", r) }
	all := []rune(text)
	for i, r := range all {
		if r != '\u00a0' {
			continue
		}
		if filled[i] == r || i > 0 && binds(all[i-1]) || i+1 < len(all) && binds(all[i+1]) {
			continue
		}
		return len(string(all[:i]))
	}
	return -1
}

// slotPara says whether a paragraph holds blanks for number or date, which forms
// make of no-break spaces.
func slotPara(d *lintDoc, p *lintPara) bool {
	z := d.zones
	return referenceLine.MatchString(p.plain) || z.number != nil && z.number.para == p || z.date != nil && z.date.para == p
}

var doubleSpace = regexp.MustCompile(`[ \x{00A0}]{2,}`)

// checkSpaces is D21.
func checkSpaces(d *lintDoc, f *finder) {
	for _, p := range slices.Concat(d.running, d.paras, d.notes) {
		if slotPara(d, p) {
			continue
		}
		var b strings.Builder
		for _, s := range p.spans {
			b.WriteString(s.text)
		}
		if at := doubleSpace.FindStringIndex(strings.TrimRight(b.String(), " \u00a0")); at != nil {
			f.breach(p.spotNear(b.String(), at[0]), "Có nhiều dấu cách liền nhau", "", "một dấu cách")
		}
	}
}
