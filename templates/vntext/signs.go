package vntext

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalise brings a text to the one form the service works with: NFC (text in
// NFD comes out of a PDF with loose marks), "\n" for every kind of line end,
// plain blanks for the exotic widths, nothing blank at the ends of the text or
// of its lines. Only the blanks before an item of a list stay: by them, lists in
// Markdown are nested. It never drops a sign that could be seen.
func Normalise(s string) string {
	if strings.Contains(s, "\r") || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029") || strings.ContainsFunc(s, ExoticBlank) {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\u2007' || r == '\u202f': // of fixed place: no line break
				return '\u00a0'
			case ExoticBlank(r):
				return ' '
			}
			return r
		}, s)
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	if strings.Contains(s, "\n") {
		lines := strings.Split(s, "\n")
		for i, l := range lines {
			if lines[i] = strings.TrimFunc(l, blank); listItem.MatchString(lines[i]) {
				lines[i] = strings.TrimRightFunc(l, blank)
			}
		}
		s = strings.Join(lines, "\n")
	}
	return strings.TrimFunc(s, func(r rune) bool { return blank(r) || r == '\n' })
}

var listItem = regexp.MustCompile(`^(?:[-+*]|[0-9]{1,9}[.)]) `)

func blank(r rune) bool { return r == ' ' || r == '\u00a0' }

// ExoticBlank says whether r is a blank of another width than the two usual ones.
func ExoticBlank(r rune) bool { return r != ' ' && r != '\u00a0' && unicode.Is(unicode.Zs, r) }

// Judge gives the code and message (with %s for the sign's number) of a sign
// that is refused, "" for a good one.
func Judge(c rune) (code, why string) {
	switch {
	case c == '\n' || Visible(c) && !unicode.Is(unicode.Variation_Selector, c):
		return "", ""
	case c == '\t':
		return "control-character", "Có ký tự Tab (%s); hãy thay bằng dấu cách"
	case unicode.Is(unicode.Cc, c):
		return "control-character", "Có ký tự điều khiển %s"
	case unicode.Is(unicode.Bidi_Control, c):
		return "bidi-character", "Có ký tự ẩn đổi chiều chữ %s"
	case unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Variation_Selector, c):
		return "hidden-character", "Có ký tự ẩn %s; hãy xóa đi"
	case unicode.Is(unicode.Co, c):
		return "private-use-character", "Có ký tự %s chỉ hiện đúng với một phông riêng (thường do dán từ Word); hãy gõ lại"
	case c == unicode.ReplacementChar:
		return "damaged-character", "Có ký tự hỏng %s: chữ đã mất khi chuyển bảng mã"
	}
	return "unassigned-character", "Có mã %s không ứng với chữ nào"
}

// ASCII says whether s is printable ASCII and line ends only: nothing to Judge.
func ASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}
