// Package vntext helps to tell people about texts from outside: where a fault
// stands, which signs can be seen, whether a text was typed in a font from
// before Unicode.
package vntext

import (
	"fmt"
	"strings"
	"unicode"
)

// Near is the text around byte offset at, on one line, for a person to find
// the place; signs that cannot be seen are shown by their number.
func Near(text string, at int) string {
	const around = 24 // runes on each side
	start, end := at, at
	for n := 0; n < around && start > 0; n++ {
		start--
		for start > 0 && text[start]&0xc0 == 0x80 {
			start--
		}
	}
	for n := 0; n < around && end < len(text); n++ {
		end++
		for end < len(text) && text[end]&0xc0 == 0x80 {
			end++
		}
	}
	var b strings.Builder
	for _, r := range text[start:end] {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case Visible(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "‹U+%04X›", r)
		}
	}
	return strings.TrimSpace(b.String())
}

// Visible says whether r prints something or is a blank.
func Visible(r rune) bool { return unicode.IsGraphic(r) && r != unicode.ReplacementChar }

// Clip cuts a text that is only to be recognised to 60 letters.
func Clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
