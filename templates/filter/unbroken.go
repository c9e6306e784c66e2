package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vanthu/record"
)

// Signs that print like their plain twins and do not let a line break.
const (
	NoBreakSpace  = '\u00a0'
	NoBreakHyphen = '\u2011' // Word writes it w:noBreakHyphen; the PDF says "-"
)

// Unbroken ties what a reader must not find on two lines: a number to its unit
// (20 triệu, 100 %, 06 tháng), the name of a date or of a part to its number
// (ngày 05, quý I, Điều 5, điểm a, số 46/KH-UBND), a period (2021 - 2025, 2021-2025)
// and the groups of a symbol (KH-UBND). A space becomes NoBreakSpace, a hyphen
// NoBreakHyphen; nothing else changes and no sign is added or lost, so that marks
// on the text keep their places by rune.
//
// It ties pairs only: "ngày 05 tháng 3" may still break before "tháng". A tied
// space does not stretch when LibreOffice justifies its line, and a long piece
// that cannot break tears holes into the line before it.
func Unbroken(text string) string {
	ties := tiesOf(text, wordsOf(text))
	if len(ties) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 2*len(ties))
	done := 0
	for _, at := range ties {
		b.WriteString(text[done:at])
		if text[at] == ' ' {
			b.WriteRune(NoBreakSpace)
		} else {
			b.WriteRune(NoBreakHyphen)
		}
		done = at + 1
	}
	b.WriteString(text[done:])
	return b.String()
}

// word is what stands between blanks; core is the word without the brackets,
// quotes and marks of punctuation around it.
type word struct {
	start, end int // in the text, bytes
	core       string
	opened     int  // bytes before the core
	closed     bool // something stands after it
}

func wordsOf(text string) []word {
	var words []word
	for at := 0; at < len(text); {
		n := strings.IndexFunc(text[at:], unicode.IsSpace)
		if n < 0 {
			n = len(text) - at
		}
		if whole := text[at : at+n]; whole != "" {
			inner := strings.TrimLeft(whole, `([{"'“‘«`)
			core := strings.TrimRight(inner, `.,;:!?…)]}"'”’»`)
			words = append(words, word{at, at + n, core, len(whole) - len(inner), len(core) < len(inner)})
		}
		at += n
		if at < len(text) {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
		}
	}
	return words
}

// tiesOf are the places, in order, of the spaces and hyphens to replace.
func tiesOf(text string, words []word) []int {
	var ties []int
	together := func(i int) bool { // words i-1 and i, by one space, tied or not, and no punctuation
		if i == 0 || i == len(words) || words[i-1].closed || words[i].opened > 0 {
			return false
		}
		gap := text[words[i-1].end:words[i].start]
		return gap == " " || gap == string(NoBreakSpace)
	}
	isDash := func(i int) bool { // between two numbers
		return together(i) && together(i+1) && (words[i].core == "-" || words[i].core == "–") &&
			isNumber(words[i-1].core) && isNumber(words[i+1].core)
	}
	var named, counted bool // the word before is a number that has its name, a unit that has its number
	for i, w := range words {
		var nowNamed, nowCounted bool
		if together(i) {
			before := words[i-1].core
			unit, ofTime := isUnit(w.core)
			switch {
			case isNumber(before) && unit && !(named && ofTime):
				nowCounted = true
			case !counted && isName(before) && isOrdinal(before, w.core):
				nowNamed = true
				if isNumber(w.core) && together(i+1) { // "khoản 20 triệu" is an amount
					if unit, ofTime := isUnit(words[i+1].core); unit && !ofTime {
						nowNamed = false
					}
				}
			}
			if (nowCounted || nowNamed || isDash(i) || isDash(i-1)) && text[w.start-1] == ' ' {
				ties = append(ties, w.start-1)
			}
		}
		named, counted = nowNamed, nowCounted
		ties = append(ties, hyphens(w)...)
	}
	return ties
}

// isNumber says whether a word is a number, a range of numbers or a date.
func isNumber(core string) bool {
	return startsWithDigit(core) && strings.Trim(core, "0123456789.,:/-–") == ""
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// isUnit says whether a word counts or measures, and whether it is one of time,
// which may also go on with a date: ngày 05 | tháng 3.
func isUnit(core string) (unit, ofTime bool) {
	first, _, _ := strings.Cut(strings.ToLower(core), "/") // đồng/người
	switch first {
	case "giây", "phút", "giờ", "ngày", "tuần", "tháng", "quý", "năm":
		return true, true
	case "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "đồng", "đ", "vnđ", "vnd", "usd",
		"%", "‰", "mm", "cm", "m", "km", "m2", "m²", "m3", "m³", "km2", "km²", "ha",
		"g", "kg", "tạ", "tấn", "ml", "lít", "w", "kw", "mw", "kwh", "v", "kv", "kb", "mb", "gb", "tb", "mbps", "gbps", "°c", "độ":
		return true, false
	}
	return false, false
}

// isName says whether a word is one that a number follows: of dates, of parts
// of a document, of districts that have numbers for names.
func isName(core string) bool {
	switch strings.ToLower(core) {
	case "ngày", "tháng", "năm", "quý", "số", "thứ",
		"điều", "khoản", "điểm", "mục", "chương", "phần", "lục", "biểu", "mẫu", "bảng",
		"quận", "phường":
		return true
	}
	return false
}

// isOrdinal says whether a word can be the number of the one before: 5, 46/KH-UBND,
// II, I/2024, and after "điểm" a letter.
func isOrdinal(name, core string) bool {
	if startsWithDigit(core) {
		return true
	}
	if strings.ToLower(name) == "điểm" && utf8.RuneCountInString(core) == 1 && strings.Contains(record.PointLetters, core) {
		return true
	}
	rest := strings.TrimLeft(core, "IVXLC")
	return rest != core && (rest == "" || strings.ContainsRune("./-", rune(rest[0])))
}

// hyphens are the places of those that join the groups of a symbol or the years
// of a period: 08-CTr/TU, QyĐ-BQP, BR-VT, 2021-2025. LibreOffice breaks a line
// after any hyphen, and who takes the text from the PDF then loses the hyphen.
func hyphens(w word) []int {
	var at []int
	for i := 0; i < len(w.core); i++ {
		if w.core[i] != '-' {
			continue
		}
		left, right := w.core[:i], w.core[i+1:]
		if n := strings.LastIndexFunc(left, notInGroup); n >= 0 {
			_, size := utf8.DecodeRuneInString(left[n:])
			left = left[n+size:]
		}
		if n := strings.IndexFunc(right, notInGroup); n >= 0 {
			right = right[:n]
		}
		if isGroup(left) && isGroup(right) {
			at = append(at, w.start+w.opened+i)
		}
	}
	return at
}

func notInGroup(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '&' }

// isGroup says whether letters and digits are an abbreviation: no small letters,
// or small ones among several capitals (CTr, QyĐ, TTg) as no name has them.
func isGroup(s string) bool {
	capitals, small := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			capitals++
		case unicode.IsLower(r):
			small++
		}
	}
	return s != "" && (small == 0 || capitals >= 2)
}
