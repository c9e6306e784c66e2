package lint

import (
	"regexp"
	"strconv"
	"strings"

	"vanthu/record"
)

// labelKind is a level of the structure, from the topmost down (NĐ 30/2020,
// PL I, II.6.c–e).
type labelKind int

const (
	noLabel      labelKind = iota
	labelPart              // Phần I
	labelChapter           // Chương I
	labelUpper             // A. — not in the decree
	labelRoman             // I.
	labelSection           // Mục 1
	labelArticle           // Điều 1.
	labelArabic            // 1.
	labelNested            // 1.1.
	labelPoint             // a)
)

// numberLabel is the number that a paragraph begins with.
type numberLabel struct {
	kind   labelKind
	text   string // as printed, with its sign
	number int    // 0 for what counts nothing: a letter outside the alphabet, "IIII"
	prefix string // of 1.2.3: "1.2."
	bare   string // without its sign: "a", "IV"
}

var (
	wordLabel   = regexp.MustCompile(`^(Phần|Chương|Mục|Điều)\s+([IVXLC]+|\d{1,3})([.:]|\s|$)`)
	romanLabel  = regexp.MustCompile(`^([IVXLC]{1,8})([.)/])(\s|$)`)
	upperLabel  = regexp.MustCompile(`^([A-ZĐ])([.)/])(\s|$)`)
	arabicLabel = regexp.MustCompile(`^(\d{1,3})([.)/])(\s|\p{Lu}\p{Ll}|$)`)
	nestedLabel = regexp.MustCompile(`^((?:\d{1,2}\.){1,4})(\d{1,2})([.)]?)\s+(\p{Lu})?`)
	pointLabel  = regexp.MustCompile(`^([a-zđăâêôơư]{1,2}(?:\)|/)|[a-zđăâêôơư]\.)(\s|$)`)
)

// labelOf reads the number of a paragraph's plain text.
func labelOf(plain string) numberLabel {
	if m := wordLabel.FindStringSubmatch(plain); m != nil {
		kind := map[string]labelKind{"Phần": labelPart, "Chương": labelChapter, "Mục": labelSection, "Điều": labelArticle}[m[1]]
		n, err := strconv.Atoi(m[2])
		switch roman := kind == labelPart || kind == labelChapter; {
		case running(kind, m[3], plain[len(m[0]):]):
			return numberLabel{}
		case roman && err != nil:
			n = romanValue(m[2])
		case roman != (err != nil):
			n = 0 // Chương 1, Mục I
		}
		return numberLabel{kind: kind, text: m[1] + " " + m[2], number: n, bare: m[2]}
	}
	if m := romanLabel.FindStringSubmatch(plain); m != nil && (len(m[1]) > 1 || strings.Contains("IVX", m[1])) {
		return numberLabel{kind: labelRoman, text: m[1] + m[2], number: romanValue(m[1]), bare: m[1]}
	}
	if m := upperLabel.FindStringSubmatch(plain); m != nil {
		return numberLabel{kind: labelUpper, text: m[1] + m[2], number: strings.Index("ABCDEFGHIJKLMNOPQRSTUVWXYZ", m[1]) + 1, bare: m[1]}
	}
	if m := arabicLabel.FindStringSubmatch(plain); m != nil {
		n, _ := strconv.Atoi(m[1])
		return numberLabel{kind: labelArabic, text: m[1] + m[2], number: n, bare: m[1]}
	}
	if m := nestedLabel.FindStringSubmatch(plain); m != nil && (m[3] != "" || m[4] != "") {
		n, _ := strconv.Atoi(m[2])
		return numberLabel{kind: labelNested, text: m[1] + m[2] + m[3], number: n, prefix: m[1], bare: m[1] + m[2]}
	}
	if m := pointLabel.FindStringSubmatch(plain); m != nil {
		bare := strings.TrimRight(m[1], ".)/")
		return numberLabel{kind: labelPoint, text: m[1], number: pointNumber(bare), bare: bare}
	}
	return numberLabel{}
}

// running says whether "Điều 5 Luật ..." or "Mục 2 của ..." is only a
// reference at the head of a sentence.
func running(kind labelKind, sign, rest string) bool {
	if sign == "." || sign == ":" {
		return false
	}
	return kind == labelArticle || strings.ToUpper(rest) != rest
}

func isHeading(p *lintPara) bool { return labelOf(p.plain).kind != noLabel }

// romanValue is 0 for what is no well-formed Roman number.
func romanValue(s string) int {
	n := 0
	for i := range len(s) {
		v := romanDigit(s[i])
		if i+1 < len(s) && v < romanDigit(s[i+1]) {
			v = -v
		}
		n += v
	}
	if n <= 0 || record.Roman(n) != s {
		return 0
	}
	return n
}

func romanDigit(c byte) int {
	return map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}[c]
}

// pointNumber is the place of letters in the count of points, 0 when the
// alphabet of points has no such letter.
func pointNumber(s string) int {
	alphabet := []rune(record.PointLetters)
	n := 0
	for _, r := range s {
		at := -1
		for i, a := range alphabet {
			if a == r {
				at = i
			}
		}
		if at < 0 {
			return 0
		}
		n = n*len(alphabet) + at + 1
	}
	return n
}

// numberText is how the decree writes the number n at a level.
func (l numberLabel) numberText(n int) string {
	switch l.kind {
	case labelPart:
		return "Phần " + record.Roman(n)
	case labelChapter:
		return "Chương " + record.Roman(n)
	case labelSection:
		return "Mục " + strconv.Itoa(n)
	case labelArticle:
		return "Điều " + strconv.Itoa(n)
	}
	sign := strings.TrimPrefix(l.text, l.bare)
	switch l.kind {
	case labelRoman:
		return record.Roman(n) + sign
	case labelUpper:
		return string(rune('A'+(n-1)%26)) + sign
	case labelNested:
		return l.prefix + strconv.Itoa(n) + sign
	case labelPoint:
		return record.PointLetter(n) + sign
	}
	return strconv.Itoa(n) + sign
}
