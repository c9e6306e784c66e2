package templates

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// normalise brings a text to the one form the service works with: NFC (text in
// NFD comes out of a PDF with loose marks), "\n" for every kind of line end,
// plain blanks for the exotic widths, nothing blank at the ends of the text or
// of its lines. It never drops a sign that could be seen.
func normalise(s string) string {
	if strings.Contains(s, "\r") || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029") || strings.ContainsFunc(s, exoticBlank) {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\u2007' || r == '\u202f': // of fixed place: no line break
				return '\u00a0'
			case exoticBlank(r):
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
			lines[i] = strings.TrimFunc(l, blank)
		}
		s = strings.Join(lines, "\n")
	}
	return strings.TrimFunc(s, func(r rune) bool { return blank(r) || r == '\n' })
}

func blank(r rune) bool { return r == ' ' || r == '\u00a0' }

func exoticBlank(r rune) bool { return r != ' ' && r != '\u00a0' && unicode.Is(unicode.Zs, r) }

// visible says whether r prints something or is a blank.
func visible(r rune) bool { return unicode.IsGraphic(r) && r != unicode.ReplacementChar }

// clean normalises a text and reports, once per kind, what no document may
// carry: signs that cannot be seen or have no meaning outside one program.
func (r *jsonReader) clean(at []string, s string) string {
	s = normalise(s)
	if ascii(s) {
		return s
	}
	told := map[string]bool{}
	marks := 0 // combining marks since the last letter; -1 where nothing can carry one
	previous := rune(' ')
	for i, c := range s {
		code, why := judge(c)
		if unicode.Is(unicode.M, c) {
			marks++
			if code == "" && (marks > 2 || !unicode.IsLetter(previous)) {
				code, why = "loose-mark", "Dấu rời %s không đi với chữ nào"
			}
		} else {
			previous, marks = c, 0
		}
		if code == "" || told[code] {
			continue
		}
		told[code] = true
		r.faults = append(r.faults, record.Fault{Pointer: pointer(at), Code: code, Message: fmt.Sprintf(why, fmt.Sprintf("U+%04X", c)), Near: near(s, i)})
	}
	if why, i := legacyText(s); why != "" {
		r.faults = append(r.faults, record.Fault{Pointer: pointer(at), Code: "legacy-encoding", Message: why, Near: near(s, i)})
	}
	return s
}

// judge gives the code and message (with %s for the sign's number) of a sign
// that is refused, "" for a good one.
func judge(c rune) (code, why string) {
	switch {
	case c == '\n' || visible(c) && !unicode.Is(unicode.Variation_Selector, c):
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

// ascii says whether s is printable ASCII and line ends only: nothing to judge.
func ascii(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}
