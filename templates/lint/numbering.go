package lint

import (
	"fmt"
	"strings"

	"vanthu/templates/vntext"
)

// checkNumbering is R13 over the numbers at the head of paragraphs, typed or
// made by Word: each level counts from its first number without repeats and
// gaps, points take the letters of the Vietnamese alphabet, headings are bold
// and end without a sign.
func checkNumbering(d *lintDoc, f *finder) {
	for _, t := range d.zones.texts() {
		countText(f, t.body)
	}
}

func countText(f *finder, body []*lintPara) {
	c := &numberCheck{f: f, nested: map[string]int{}, fresh: map[string]bool{}}
	for _, p := range body {
		l := labelOf(p.plain)
		if l.kind != noLabel {
			c.count(p, l)
			checkHeading(f, p, l)
		}
		c.before = p
	}
}

// numberCheck is where the numbering has come to.
type numberCheck struct {
	f      *finder
	last   [labelPoint + 1]int // the number last met at each level, 0 for none
	nested map[string]int      // of 1.1, 1.2: by prefix
	fresh  map[string]bool     // prefixes whose parent came since
	before *lintPara
	told   bool // A, B, C was told
}

func (c *numberCheck) count(p *lintPara, l numberLabel) {
	at := p.spot()
	if l.kind == labelUpper && !c.told {
		c.told = true
		c.f.warn(at, "Đánh số bằng chữ cái in hoa không có trong quy định", l.text, "I, II, III hoặc phần, chương, mục, điều")
	}
	if l.number == 0 && l.kind != labelUpper {
		c.f.breach(at, wrongSign(l), l.text, signsOf(l.kind))
	}
	last := c.last[l.kind]
	if l.kind == labelNested {
		if last = c.nested[l.prefix]; l.number == 1 && c.fresh[l.prefix] {
			last = 0
		}
		if !c.parent(l) {
			c.f.breach(at, "Số thứ tự không thuộc mục đang trình bày", l.text, c.under())
		}
	}
	want := last + 1
	switch {
	case l.number == 0:
		l.number = want // so that the next one is judged by its own fault
	case l.number == want:
	case last > 0 && l.number == 1 && introduced(c.before, l.kind):
	case l.number == last:
		c.f.breach(at, "Số thứ tự bị lặp", l.text, l.numberText(want))
	case last == 0:
		c.f.breach(at, "Số thứ tự không bắt đầu từ đầu", l.text, l.numberText(want))
	case l.number > want:
		c.f.breach(at, "Số thứ tự bị nhảy", l.text, l.numberText(want))
	default:
		c.f.breach(at, "Số thứ tự bị đánh lại", l.text, l.numberText(want))
	}
	c.enter(l)
}

// enter makes l the place that the numbering has come to.
func (c *numberCheck) enter(l numberLabel) {
	deeper := l.kind + 1
	switch {
	case l.kind != labelNested:
		c.last[l.kind] = l.number
	case c.ofArabic(l.prefix):
		c.nested[l.prefix] = l.number
	default: // 4.1 under IV: clauses are below it
		c.nested[l.prefix] = l.number
		deeper = labelArabic
	}
	for k := deeper; int(k) < len(c.last); k++ {
		if k == labelArticle && l.kind != labelArticle {
			continue // articles are counted through the document
		}
		c.last[k] = 0
	}
	switch {
	case l.kind < labelArabic:
		clear(c.nested)
	case l.kind != labelPoint:
		c.fresh[l.bare+"."] = true
	}
	delete(c.fresh, l.prefix)
}

// parent says whether 2.1 stands under 2., II. or Điều 2., or 2.1.1 under 2.1.
func (c *numberCheck) parent(l numberLabel) bool {
	steps := strings.Split(strings.TrimSuffix(l.prefix, "."), ".")
	if n := len(steps); n > 1 {
		return fmt.Sprint(c.nested[strings.Join(steps[:n-1], ".")+"."]) == steps[n-1]
	}
	if c.last[labelArabic] == 0 && c.last[labelRoman] == 0 && c.last[labelArticle] == 0 {
		return true
	}
	return c.ofArabic(l.prefix) || fmt.Sprint(c.last[labelRoman]) == steps[0] || fmt.Sprint(c.last[labelArticle]) == steps[0]
}

func (c *numberCheck) ofArabic(prefix string) bool {
	first, _, _ := strings.Cut(prefix, ".")
	return c.last[labelArabic] > 0 && fmt.Sprint(c.last[labelArabic]) == first
}

func (c *numberCheck) under() string {
	switch {
	case c.last[labelArabic] > 0:
		return fmt.Sprintf("%d.1", c.last[labelArabic])
	case c.last[labelRoman] > 0:
		return fmt.Sprintf("%d.1", c.last[labelRoman])
	}
	return fmt.Sprintf("%d.1", c.last[labelArticle])
}

// introduced says whether a list may begin anew: the paragraph before it leads
// to it with a colon and has no number of the same level.
func introduced(before *lintPara, kind labelKind) bool {
	return before != nil && strings.HasSuffix(before.plain, ":") && labelOf(before.plain).kind != kind && (kind == labelPoint || kind == labelArabic)
}

func wrongSign(l numberLabel) string {
	switch l.kind {
	case labelPoint:
		return "Chữ đánh thứ tự điểm không có trong bảng chữ cái dùng cho điểm"
	case labelRoman:
		return "Số La Mã viết không đúng"
	case labelPart, labelChapter:
		return "Phần, chương phải đánh số La Mã đúng cách viết"
	case labelSection, labelArticle:
		return "Mục, điều phải đánh số bằng chữ số Ả Rập"
	}
	return "Số thứ tự bắt đầu từ 0"
}

func signsOf(kind labelKind) string {
	switch kind {
	case labelPoint:
		return "a, b, c, d, đ, e, g, h, i, k, l, m, n, o, p, q, r, s, t, u, v, x, y"
	case labelRoman, labelPart, labelChapter:
		return "I, II, III, IV, V"
	}
	return "1, 2, 3"
}

// checkHeading: titles are bold and end without a sign. A clause or point is a
// title when all of it is bold.
func checkHeading(f *finder, p *lintPara, l numberLabel) {
	title := p.bold()
	switch l.kind {
	case labelPart, labelChapter, labelUpper, labelRoman, labelSection:
		if !title {
			f.warn(p.spot(), "Tiêu đề không in đậm", vntext.Clip(p.plain), "kiểu chữ đứng, đậm")
			title = true
		}
	case labelArticle:
		title = title && strings.TrimRight(strings.TrimPrefix(p.plain, l.text), ".: ") != ""
	}
	if title && strings.HasSuffix(p.plain, ":") || title && strings.HasSuffix(p.plain, ".") && !strings.HasSuffix(p.plain, "./.") {
		if rest := strings.Trim(strings.TrimPrefix(p.plain, l.text), " .:"); rest != "" {
			f.warn(p.spot(), "Tiêu đề có dấu ở cuối", vntext.Clip(p.plain), "không có dấu chấm hoặc hai chấm cuối tiêu đề")
		}
	}
}
