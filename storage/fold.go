package storage

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold is how both sides of a search see a text: lower case, no marks, đ as d.
// Any spelling of a Vietnamese word folds alike: precomposed or not, the tone on
// either vowel (uỷ, ủy), or typed without accents. The index's own folding
// cannot be used, for it leaves đ as it is.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	foldRunes(s, func(r rune, _ int) { b.WriteRune(r) })
	return b.String()
}

// foldRunes calls emit for each rune of the folded text with the byte offset in
// s of what it comes from.
func foldRunes(s string, emit func(r rune, at int)) {
	table := latinFolds()
	for at := 0; at < len(s); {
		if c := s[at]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			emit(rune(c), at)
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		if r < rune(len(table)) && table[r] != 0 {
			emit(table[r], at)
		} else {
			foldRune(s[at:at+size], func(r rune) { emit(r, at) })
		}
		at += size
	}
}

// foldRune folds one encoded rune, to none, one or several.
func foldRune(s string, emit func(rune)) {
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ', r == 'Đ':
			emit('d')
		default:
			emit(unicode.ToLower(r))
		}
	}
}

// latinFolds has the folds of the Latin letters up to U+1EFF, which are nearly
// all of a Vietnamese text, where they are one rune; decomposing each anew took
// most of the time of a search.
var latinFolds = sync.OnceValue(func() *[0x1F00]rune {
	var table [0x1F00]rune
	for _, block := range [][2]rune{{0xC0, 0x24F}, {0x1E00, 0x1EFF}} {
		for r := block[0]; r <= block[1]; r++ {
			var folded []rune
			foldRune(string(r), func(f rune) { folded = append(folded, f) })
			if len(folded) == 1 {
				table[r] = folded[0]
			}
		}
	}
	return &table
})

// accented is a text as a search for exact accents sees it: composed, lower
// case, without marks that make no letter, and a tone that people set on either
// of two vowels (hòa, hoà; ủy, uỷ) on the second.
func accented(s string) string {
	s = strings.ToLower(norm.NFC.String(s))
	if strings.ContainsFunc(s, mark) {
		s = strings.Map(func(r rune) rune {
			if mark(r) {
				return -1
			}
			return r
		}, s)
	}
	return tones().Replace(s)
}

func mark(r rune) bool { return r >= 0x300 && unicode.Is(unicode.Mn, r) }

// tones moves the tone of oa, oe and uy.
var tones = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for _, p := range []struct{ from, plain, second, to string }{
		{"òóỏõọ", "o", "a", "àáảãạ"}, {"òóỏõọ", "o", "e", "èéẻẽẹ"}, {"ùúủũụ", "u", "y", "ỳýỷỹỵ"},
	} {
		to := []rune(p.to)
		for i, first := range []rune(p.from) {
			pairs = append(pairs, string(first)+p.second, p.plain+string(to[i]))
		}
	}
	return strings.NewReplacer(pairs...)
})

// wordRune says what the index takes for part of a word; all else separates.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
}
