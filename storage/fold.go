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

// accented is a text as the preference for exact accents sees it: composed and
// lower case.
func accented(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// wordRune says what the index takes for part of a word; all else separates.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
}

const excerptLength = 160 // runes, about

// excerpt is the place of text where most of the folded words stand near each
// other, cut at spaces; its beginning when none is found.
func excerpt(text string, words []string) string {
	const farthest = 256 << 10
	if len(text) > farthest {
		text = text[:farthest]
	}
	var (
		folded strings.Builder
		origin []int // of each byte of folded
	)
	foldRunes(text, func(r rune, at int) {
		for range utf8.RuneLen(r) {
			origin = append(origin, at)
		}
		folded.WriteRune(r)
	})
	at := 0
	if place := bestPlace(folded.String(), words); place > 0 {
		at = origin[place]
	}
	return cut(text, at)
}

// bestPlace is the offset of the first word of the window that holds the most
// different words.
func bestPlace(folded string, words []string) int {
	type hit struct{ at, word int }
	var hits []hit
	for w, word := range words {
		for from, n := 0, 0; n < 200; n++ {
			i := strings.Index(folded[from:], word)
			if i < 0 {
				break
			}
			i += from
			from = i + len(word)
			if before, _ := utf8.DecodeLastRuneInString(folded[:i]); i == 0 || !wordRune(before) {
				hits = append(hits, hit{i, w})
			}
		}
	}
	best, most := 0, 0
	for _, h := range hits {
		near := map[int]bool{}
		for _, o := range hits {
			if o.at >= h.at && o.at < h.at+excerptLength {
				near[o.word] = true
			}
		}
		if len(near) > most || len(near) == most && h.at < best {
			best, most = h.at, len(near)
		}
	}
	return best
}

// cut takes about excerptLength runes of text with at near the beginning.
func cut(text string, at int) string {
	const lead = 40 // bytes
	start := 0
	if at > lead {
		if i := strings.LastIndexByte(text[:at-lead/2], ' '); i >= 0 && at-i < 3*lead {
			start = i + 1
		} else {
			start = at
		}
	}
	end := start
	for n := 0; end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		if n >= excerptLength && text[end] == ' ' || n >= 2*excerptLength {
			break
		}
		end += size
	}
	out := strings.ToValidUTF8(strings.Join(strings.Fields(text[start:end]), " "), "")
	if start > 0 {
		out = "… " + out
	}
	if end < len(text) {
		out += " …"
	}
	return out
}
