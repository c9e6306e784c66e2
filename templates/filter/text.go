package filter

import (
	"unicode"
	"unicode/utf8"
)

func ofText(change func(string) string) func(string) (string, error) {
	return func(text string) (string, error) { return change(text), nil }
}

// capital makes the first letter a capital one, also behind an opening quote or
// bracket; a text that begins with a number keeps its letters.
func capital(text string) string {
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			return text
		case unicode.IsLetter(r):
			return text[:i] + string(unicode.ToUpper(r)) + text[i+utf8.RuneLen(r):]
		}
	}
	return text
}
