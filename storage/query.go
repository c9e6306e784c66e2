package storage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// term is one thing that somebody looks for: words that stand in a row, with
// accents or without.
type term struct {
	folded  []string // never empty
	exact   []string // the same words with their accents
	prefix  bool     // the last word may go on
	without bool     // what holds it is not wanted
	where   []field  // where it may stand
}

// marked says that the words have accents of their own: without them "bán" and
// "bạn" are one word.
func (t term) marked() bool { return strings.Join(t.exact, " ") != strings.Join(t.folded, " ") }

// distinct are the terms without repetitions, which would cost time alone.
func distinct(terms []term) []term {
	var out []term
	for _, t := range terms {
		if !slices.ContainsFunc(out, func(o term) bool {
			return slices.Equal(t.exact, o.exact) && t.prefix == o.prefix && t.without == o.without
		}) {
			out = append(out, t)
		}
	}
	return out
}

// parse reads what somebody typed into a search box. It never fails: what is no
// sign of the language is taken as words, and what holds neither letter nor digit
// is left out.
//
//	cải cách        both words, anywhere
//	"cải cách"      the words in a row; any quotation marks, and one that nothing closes ends at the end
//	46/KH-UBND      the same: its parts in a row
//	tuyên*          words that begin so; also at the end of a row: "cải cách hành ch"*
//	-dự -"dự thảo"  what does not hold it: with accents those very words, without accents any spelling
//
// Words may be written with or without accents and in any Unicode form.
func parse(text string, where []field) []term {
	var (
		out  []term
		rest = []rune(norm.NFC.String(text))
	)
	for len(rest) > 0 {
		if unicode.IsSpace(rest[0]) {
			rest = rest[1:]
			continue
		}
		t := term{where: where}
		if len(rest) > 1 && (rest[0] == '-' || rest[0] == '−') && (wordRune(rest[1]) || quotes(rest[1])) {
			t.without, rest = true, rest[1:]
		}
		n, skip := 0, 0
		if quotes(rest[0]) {
			rest = rest[1:]
			for n < len(rest) && !quotes(rest[n]) {
				n++
			}
			skip = min(1, len(rest)-n)
		} else {
			for n < len(rest) && !unicode.IsSpace(rest[n]) && !quotes(rest[n]) {
				n++
			}
		}
		words := string(rest[:n])
		rest = rest[n+skip:]
		if skip > 0 && len(rest) > 0 && rest[0] == '*' {
			words, rest = words+"*", rest[1:]
		}
		begun := strings.TrimRight(words, "*")
		t.folded, t.exact = wordsOf(Fold(words)), wordsOf(accented(words))
		if len(t.folded) == 0 {
			continue
		}
		if len(t.exact) != len(t.folded) { // letters that no Vietnamese text has
			t.exact = t.folded
		}
		last, _ := utf8.DecodeLastRuneInString(begun)
		t.prefix = begun != words && wordRune(last)
		out = append(out, t)
	}
	return out
}

func quotes(r rune) bool { return strings.ContainsRune("\"“”„«»", r) }

// wordsOf splits a text as the index does.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !wordRune(r) })
}

// match asks FTS5 for the words of a term. Nothing but letters and digits comes
// to stand in its quotes, so that nothing of its syntax has a meaning.
func (t term) match(exact bool) string {
	words := t.folded
	if exact {
		words = t.exact
	}
	m := columns(t.where, exact) + ` : "` + strings.Join(words, " ") + `"`
	if t.prefix {
		m += "*"
	}
	return m
}

func matches(terms []term, exact bool, join string) string {
	all := make([]string, len(terms))
	for i, t := range terms {
		all[i] = t.match(exact)
	}
	return strings.Join(all, join)
}

// split parts what has to be there from what must not.
func split(terms []term) (with, without []term) {
	for _, t := range terms {
		if t.without {
			without = append(without, t)
		} else {
			with = append(with, t)
		}
	}
	return with, without
}
