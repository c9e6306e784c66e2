package record

import "strings"

// Span is a run of text of one weight and slope.
type Span struct {
	Text         string
	Bold, Italic bool
}

// ParseInline reads the inline markup of texts: **bold**, *italic*, and a
// backslash before any of * and \ to mean the sign itself. Nothing else has a
// meaning, and a star that opens nothing or closes nothing stands for itself,
// so no text is ever lost.
func ParseInline(s string) []Span {
	var (
		spans []Span
		cur   strings.Builder
		b, i  bool
	)
	flush := func() {
		if cur.Len() > 0 {
			spans = append(spans, Span{cur.String(), b, i})
			cur.Reset()
		}
	}
	for p := 0; p < len(s); {
		switch {
		case s[p] == '\\' && p+1 < len(s) && (s[p+1] == '*' || s[p+1] == '\\'):
			cur.WriteByte(s[p+1])
			p += 2
		case strings.HasPrefix(s[p:], "**") && (b || closes(s[p+2:], "**")):
			flush()
			b = !b
			p += 2
		case s[p] == '*' && (i || closes(s[p+1:], "*")):
			flush()
			i = !i
			p++
		default:
			cur.WriteByte(s[p])
			p++
		}
	}
	flush()
	return spans
}

// closes says whether mark, opened before s, is closed in s around something.
func closes(s, mark string) bool {
	if s == "" || s[0] == ' ' || strings.HasPrefix(s, mark) {
		return false
	}
	for p := 0; p < len(s); p++ {
		if s[p] == '\\' {
			p++
			continue
		}
		if !strings.HasPrefix(s[p:], mark) {
			continue
		}
		if mark == "*" && strings.HasPrefix(s[p:], "**") {
			p++
			continue
		}
		return true
	}
	return false
}

// PlainText is s without its inline markup.
func PlainText(s string) string {
	var b strings.Builder
	for _, sp := range ParseInline(s) {
		b.WriteString(sp.Text)
	}
	return b.String()
}
