package lint

import (
	"fmt"
	"slices"
	"strings"
)

// checkPageNumbers is R5: Arabic numbers from 1, not shown on page one,
// centred in the top margin, 13 to 14 pt, upright.
func checkPageNumbers(d *lintDoc, f *finder) {
	judged := map[*runningPart]bool{}
	for i, s := range d.sections {
		annex := d.zones.annex < len(d.paras) && s.first >= d.zones.annex
		checkNumberCount(f, s, i == 0, annex)
		if i == 0 && !s.titlePage {
			f.breach(s.spot(), "Trang đầu cũng hiện số trang", "không tách đầu trang của trang đầu", "chọn “Different First Page” và để trống đầu trang ấy")
		}
		kinds := []string{"default"}
		if d.settings.evenAndOdd {
			kinds = append(kinds, "even")
		}
		if s.titlePage {
			first := numberOf(s.headers["first"])
			switch {
			case i == 0 && (first != nil || numberOf(s.footers["first"]) != nil):
				f.breach(s.spot(), "Trang đầu cũng hiện số trang", "đầu hoặc chân trang của trang đầu có số trang", "trang đầu không hiện số trang")
			case i > 0 && first == nil && !annex && !s.continuous:
				f.breach(s.spot(), "Trang đầu của phần này không có số trang", "đầu trang đầu tiên của phần để trống", "mọi trang từ trang 2 đều có số trang")
			}
		}
		for _, kind := range kinds {
			header, footer := s.headers[kind], s.footers[kind]
			p := numberOf(header)
			switch {
			case p == nil && numberOf(footer) != nil:
				f.breach(s.spot(), "Số trang đặt ở chân trang", "chân trang", "giữa lề trên của trang")
			case p == nil:
				f.breach(s.spot(), "Không có số trang", "", "số trang ở giữa lề trên, từ trang 2")
			default:
				if !judged[header] {
					judged[header] = true
					checkNumberLine(d, f, s, p)
				}
				checkNumberHeight(f, s, p)
			}
		}
	}
}

func checkNumberCount(f *finder, s *lintSection, first, annex bool) {
	if s.pageFormat != "" && s.pageFormat != "decimal" {
		f.breach(s.spot(), "Số trang không phải chữ số Ả Rập", "kiểu "+s.pageFormat, "1, 2, 3")
	}
	switch {
	case first && s.pageStart.said && s.pageStart.n != 1:
		f.breach(s.spot(), "Số trang không bắt đầu từ 1", fmt.Sprintf("bắt đầu từ %d", s.pageStart.n), "bắt đầu từ 1")
	case !first && !annex && s.pageStart.said && !s.continuous:
		f.breach(s.spot(), "Số trang bị đánh lại giữa văn bản", fmt.Sprintf("bắt đầu lại từ %d", s.pageStart.n), "đánh số liên tục")
	}
}

// numberOf is the paragraph with the page number in a header or footer.
func numberOf(part *runningPart) *lintPara {
	if part == nil {
		return nil
	}
	for _, p := range part.paras {
		if slices.ContainsFunc(p.spans, func(s lintSpan) bool { return s.field == "PAGE" }) {
			return p
		}
	}
	return nil
}

// checkNumberLine judges the paragraph that holds the page number.
func checkNumberLine(d *lintDoc, f *finder, s *lintSection, p *lintPara) {
	if !numberCentred(d, s, p) {
		f.breach(p.spot(), "Số trang không ở giữa", aligned(p.format.align), "canh giữa")
	}
	var other strings.Builder
	var marks, digits []lintSpan
	for _, x := range p.spans {
		switch {
		case x.field != "PAGE":
			other.WriteString(x.text)
		case x.code != "":
			marks = append(marks, x)
			if words := strings.Fields(x.code); slices.ContainsFunc(words, foreignDigits) {
				f.breach(p.spot(), "Số trang không phải chữ số Ả Rập", strings.TrimSpace(x.code), "1, 2, 3")
			}
		default:
			digits = append(digits, x)
		}
	}
	if text := strings.TrimSpace(other.String()); text != "" {
		f.warn(p.spot(), "Bên số trang còn chữ khác", text, "chỉ có chữ số")
	}
	if len(inked(digits)) > 0 {
		marks = inked(digits) // what is printed, until the field is updated
	}
	for _, x := range marks {
		if !sized(x.look.size.n, 13, 14) {
			f.breach(p.spot(), "Cỡ chữ của số trang không đúng", "cỡ "+points(x.look.size.n), sizeRange(13, 14))
		}
		if !isUpright(x.look) {
			f.breach(p.spot(), "Số trang in nghiêng", "nghiêng", "kiểu chữ đứng")
		}
		break
	}
}

// foreignDigits says whether a word of a field asks for letters or Roman
// numbers.
func foreignDigits(word string) bool {
	switch strings.ToLower(word) {
	case "roman", "alphabetic", "alphabet", "ordinal", "cardtext", "ordtext", "hex":
		return true
	}
	return false
}

// numberCentred: by alignment, by a frame, or by a centre tab in the middle of
// the text.
func numberCentred(d *lintDoc, s *lintSection, p *lintPara) bool {
	if p.format.align == "center" || p.format.framed {
		return true
	}
	tabs := 0
	for _, x := range p.spans {
		if x.field == "PAGE" {
			break
		}
		if strings.TrimSpace(x.text) != "" {
			return false
		}
		tabs += strings.Count(x.text, "\t")
	}
	if tabs != 1 {
		return false
	}
	stop, kind := nextTab(d, p, p.format.left.n+p.format.first.n)
	const slack = 2 // mm
	middle := (s.width.n - s.left.n - s.right.n - s.gutter.n) / 2
	off := millimetres(stop - middle)
	return kind == "center" && off >= -slack && off <= slack
}

// checkNumberHeight: the whole line stands inside the top margin.
func checkNumberHeight(f *finder, s *lintSection, p *lintPara) {
	line := 28
	for _, x := range p.spans {
		if x.field == "PAGE" {
			line = x.look.size.n
			break
		}
	}
	height := p.format.before.n + int(float64(line)*10*singleLine)
	if foot := s.header.n + height; s.header.n < 0 || foot > max(s.top.n, -s.top.n)+10 {
		f.breach(s.spot(), "Số trang không nằm gọn trong lề trên", fmt.Sprintf("chân dòng số trang cách mép giấy %s, lề trên %s", mm(foot), mm(max(s.top.n, -s.top.n))), "nằm trong lề trên")
	}
}

// aligned names an alignment for people.
func aligned(align string) string {
	switch align {
	case "center":
		return "canh giữa"
	case "right", "end":
		return "canh phải"
	case "both", "distribute":
		return "canh đều hai lề"
	}
	return "canh trái"
}

// nextTab is the tab stop behind a position, in twips from the left margin.
func nextTab(d *lintDoc, p *lintPara, from int) (at int, kind string) {
	cleared := map[int]bool{}
	for _, t := range p.format.tabs {
		cleared[t.at] = t.kind == "clear"
	}
	for _, t := range p.format.tabs {
		if !cleared[t.at] && t.kind != "bar" && t.at > from && (kind == "" || t.at < at) {
			at, kind = t.at, t.kind
		}
	}
	if kind != "" {
		return at, kind
	}
	if left := p.format.left.n; p.format.first.n < 0 && from < left {
		return left, "left" // a hanging indent is a stop itself
	}
	return (from/d.settings.tab + 1) * d.settings.tab, "left"
}
