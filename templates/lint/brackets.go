package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vanthu/templates/vntext"
)

// checkBrackets is D7 over the text; those of recipients are for R16. A bracket
// may close in a later paragraph.
func checkBrackets(d *lintDoc, f *finder) {
	skip := map[*lintPara]bool{}
	for _, l := range d.zones.recipients {
		skip[l.para] = true
	}
	open, at := false, spot{}
	for _, p := range d.paras {
		if skip[p] || !strings.ContainsAny(p.plain, "()") {
			continue
		}
		text := p.plain
		if open { // what was left open above closes here?
			if i := strings.IndexByte(text, ')'); i >= 0 && !strings.Contains(text[:i], "(") {
				text, open = text[i+1:], false
			}
		}
		i := unpaired(text)
		if i < 0 {
			continue
		}
		if text[i] == '(' && i > strings.LastIndexByte(text, ')') && !open {
			open, at = true, p.spotNear(text, i)
			continue
		}
		f.breach(p.spotNear(text, i), "Dấu ngoặc không đủ cặp", vntext.Near(text, i), "mỗi dấu mở ngoặc có một dấu đóng ngoặc")
	}
	if open {
		f.breach(at, "Dấu ngoặc không đủ cặp", at.near, "mỗi dấu mở ngoặc có một dấu đóng ngoặc")
	}
}

// unpaired is the place of the first bracket that has no partner, -1 for none.
// "a)" and "1)" count points, in the running text too.
func unpaired(s string) int {
	var open []int
	for i, r := range s {
		switch r {
		case '(':
			open = append(open, i)
		case ')':
			if n := len(open); n > 0 {
				open = open[:n-1]
			} else if !enumerates(s[:i]) {
				return i
			}
		}
	}
	return append(slices.Clip(open), -1)[0]
}

// enumerates says whether what stands before a closing bracket is a number or
// letter of a list.
func enumerates(before string) bool {
	i := strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := before[i+1:]
	if i >= 0 {
		if r, _ := utf8.DecodeRuneInString(before[i:]); !unicode.IsSpace(r) && r != '.' {
			return false // T/h)
		}
	}
	n := utf8.RuneCountInString(word)
	return numeric(word) && n <= 3 || n == 1 || n > 0 && n <= 5 && strings.Trim(word, "ivxIVX") == ""
}
