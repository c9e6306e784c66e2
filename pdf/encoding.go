package pdf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// flagSymbolic: the font's codes mean what its program says (Table 123).
const flagSymbolic = 1 << 2

// encode gives the codes of a simple font the text of its encoding (9.6.6)
// where ToUnicode has said nothing.
func (f *File) encode(t *face, font Dict) error {
	o, err := f.Resolve(font["Encoding"])
	if err != nil {
		return err
	}
	base, _ := o.(Name)
	var differences Array
	if d, ok := o.(Dict); ok {
		if base, err = As[Name](f, d["BaseEncoding"]); err != nil {
			return err
		}
		if differences, err = As[Array](f, d["Differences"]); err != nil {
			return err
		}
	}
	said := func(code int) bool { return t.unicode[code] != "" }
	at := 0
	for _, o := range differences {
		switch v := o.(type) {
		case Integer:
			at = int(min(max(v, 0), 256))
		case Name:
			if at < 256 {
				if text := glyphText(string(v)); !said(at) {
					t.unicode[at] = text
				}
				at++
			}
		}
	}
	for code := range 256 {
		if _, known := t.unicode[code]; known {
			continue
		}
		switch {
		case base == "WinAnsiEncoding":
			t.unicode[code] = printed(charmap.Windows1252.DecodeByte(byte(code)))
		case base == "MacRomanEncoding":
			t.unicode[code] = printed(charmap.Macintosh.DecodeByte(byte(code)))
		case t.Flags&flagSymbolic == 0 && code < 0x80: // StandardEncoding, as far as it is ASCII
			t.unicode[code] = printed(rune(code))
		}
	}
	return nil
}

func printed(r rune) string {
	if r < ' ' || r == 0x7F || r == utf8.RuneError {
		return ""
	}
	return string(r)
}

// glyphText reads the name of a glyph: "uni1EBF", "u1F600", "A", "eacute",
// "period.alt"; "" for one that says nothing.
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	switch {
	case len(name) == 1:
		return name
	case strings.HasPrefix(name, "uni") && len(name) == 7:
		return hexText(name[3:])
	case strings.HasPrefix(name, "u") && len(name) >= 5 && len(name) <= 7:
		if text := hexText(name[1:]); text != "" {
			return text
		}
	}
	if text := glyphNames[name]; text != "" {
		return text
	}
	return accented(name)
}

func hexText(digits string) string {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return ""
	}
	return printed(rune(n))
}

// accented takes a letter with the names of its marks behind it: "ecircumflexacute".
func accented(name string) string {
	if name == "" {
		return ""
	}
	text := name[:1]
	for rest := name[1:]; rest != ""; {
		found := false
		for mark, sign := range glyphMarks {
			if strings.HasPrefix(rest, mark) {
				text, rest, found = text+sign, rest[len(mark):], true
				break
			}
		}
		if !found {
			return ""
		}
	}
	if text = norm.NFC.String(text); utf8.RuneCountInString(text) != 1 {
		return ""
	}
	return text
}

var glyphMarks = map[string]string{
	"grave": "\u0300", "acute": "\u0301", "circumflex": "\u0302", "tilde": "\u0303", "dieresis": "\u0308",
	"breve": "\u0306", "hookabove": "\u0309", "horn": "\u031B", "dotbelow": "\u0323", "caron": "\u030C",
	"cedilla": "\u0327", "ring": "\u030A",
}

// glyphNames are those of the Adobe Glyph List that official texts need.
var glyphNames = map[string]string{
	"space": " ", "nbspace": "\u00a0", "exclam": "!", "quotedbl": `"`, "numbersign": "#", "dollar": "$", "percent": "%",
	"ampersand": "&", "quotesingle": "'", "quoteright": "’", "quoteleft": "‘", "parenleft": "(", "parenright": ")",
	"asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-", "minus": "−", "period": ".", "slash": "/", "colon": ":",
	"semicolon": ";", "less": "<", "equal": "=", "greater": ">", "question": "?", "at": "@", "bracketleft": "[",
	"backslash": `\`, "bracketright": "]", "asciicircum": "^", "underscore": "_", "grave": "`", "braceleft": "{",
	"bar": "|", "braceright": "}", "asciitilde": "~", "ellipsis": "…", "endash": "–", "emdash": "—", "bullet": "•",
	"quotedblleft": "“", "quotedblright": "”", "degree": "°", "section": "§", "multiply": "×",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"dcroat": "đ", "Dcroat": "Đ", "dong": "₫", "fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi",
}
