package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Shows reads a PDF and gives a function that says of a text whether the pages
// show it, whatever its spaces, line breaks and Unicode form. Text that a
// reader would not find in the order of the page's content is not found.
func Shows(b []byte) (func(text string) bool, error) {
	f, err := Open(b)
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	var all strings.Builder
	for _, p := range pages {
		m, err := f.Marks(p)
		if err != nil {
			return nil, err
		}
		for _, g := range m.Glyphs {
			all.WriteString(g.Text)
		}
	}
	shown := unspaced(all.String())
	return func(text string) bool { return strings.Contains(shown, unspaced(text)) }, nil
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
}
