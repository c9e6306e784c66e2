package lint

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortWord is what may be an abbreviation: capitals alone.
var shortWord = regexp.MustCompile(`[A-ZĐ][A-ZĐ&]{1,7}`)

// commonShort are abbreviations that the decree's own forms print, and names
// that nobody writes out.
var commonShort = []string{"UBND", "HĐND", "TP", "PDF", "ISO", "QR", "SMS", "USB"}

// maxShort bounds how many abbreviations one finding names, maxOpen how many are
// told apart.
const (
	maxShort = 12
	maxOpen  = 1000
)

// checkAbbreviations is the part of R20 about abbreviations: one that the text
// uses stands once in brackets behind its words, "cải cách hành chính (CCHC)",
// or is the office's own.
func checkAbbreviations(d *lintDoc, f *finder) {
	known := map[string]bool{}
	for _, s := range commonShort {
		known[s] = true
	}
	if about := d.about.Document; about != nil {
		known[about.Issuer.Abbreviation] = true
		for _, u := range about.Issuer.Units {
			known[u.Abbreviation] = true
		}
	}
	var open []string
	var at spot
	for _, p := range d.zones.text.body {
		if upper(p.plain) || len(open) > maxOpen {
			continue
		}
		for _, i := range shortWord.FindAllStringIndex(p.plain, 500) {
			word := p.plain[i[0]:i[1]]
			switch {
			case known[word] || !wholeWord(p.plain, i[0], i[1]) || romanValue(word) > 0 || slices.Contains(open, word):
			case explained(p.plain[:i[0]], p.plain[i[1]:]):
				known[word] = true
			default:
				if len(open) == 0 {
					at = p.spot()
				}
				open = append(open, word)
			}
		}
	}
	n := len(open)
	if n == 0 {
		return
	}
	found := strings.Join(open[:min(n, maxShort)], ", ")
	if n > maxShort {
		found += ", …"
	}
	f.warn(at, "Chữ viết tắt dùng mà chưa giải thích", found, "lần đầu viết đầy đủ, chữ viết tắt trong dấu ngoặc đơn ở sau")
}

// wholeWord says whether nothing hangs on a word: neither letters nor the
// signs of a symbol.
func wholeWord(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	hangs := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-/&@_", r)
	}
	broken := false // "NĐ- CP" is for D9
	if head, ok := strings.CutSuffix(strings.TrimRight(s[:from], " \n"), "-"); ok {
		last, _ := utf8.DecodeLastRuneInString(head)
		broken = unicode.IsLetter(last)
	}
	return !hangs(before) && !hangs(after) && !broken
}

// explained says whether a word stands in brackets by itself, or behind "viết
// tắt là".
func explained(before, after string) bool {
	before = strings.TrimRight(before, " “\"")
	if strings.HasSuffix(before, "tắt là") || strings.HasSuffix(before, "tắt:") || strings.HasSuffix(before, "gọi là") {
		return true
	}
	open, end := strings.LastIndexByte(before, '('), strings.IndexByte(after, ')')
	if open < 0 || end < 0 {
		return false
	}
	inside := before[open+1:] + after[:end]
	return strings.ToUpper(inside) == inside && !strings.Contains(inside, ",") && len(inside) < 40
}
