package lint

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// tones are the two ways to place a tone mark: on the first vowel ("hòa", "ủy")
// or on the second ("hoà", "uỷ"). In "quý" the u is of the consonant, and with
// a consonant behind it there is one way only.
var (
	toneFirst  = regexp.MustCompile(`^[^\P{L}q]*(?:[òóỏõọ][ae]|[ùúủũụ]y)$`)
	toneSecond = regexp.MustCompile(`^[^\P{L}q]*(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])$`)
)

// checkTones is D16: one document places its tone marks in one way.
func checkTones(d *lintDoc, f *finder) {
	count := map[bool]int{}
	where := map[bool]spot{}
	word := map[bool]string{}
	for _, p := range d.paras {
		// These two are spelled as the decree prints them.
		if d.zones.nation != nil && p == d.zones.nation.para || p.plain == "HOẢ TỐC" {
			continue
		}
		for _, w := range syllables(p.plain) {
			lower := strings.ToLower(w)
			first := toneFirst.MatchString(lower)
			if !first && !toneSecond.MatchString(lower) {
				continue
			}
			if count[first]++; count[first] == 1 {
				where[first], word[first] = p.spot(), w
			}
		}
	}
	if count[true] == 0 || count[false] == 0 {
		return
	}
	rare := count[true] < count[false]
	f.breach(where[rare], "Trong văn bản có hai cách đặt dấu thanh", fmt.Sprintf("%s (%d lần); %s (%d lần)", word[rare], count[rare], word[!rare], count[!rare]), "một cách đặt dấu trong cả văn bản")
}

// syllables are the words of a text, without signs.
func syllables(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// checkRepeats is D18: a syllable typed twice, as in "giải quyết quyết thủ tục".
// Vietnamese doubles syllables on purpose ("luôn luôn") and by chance ("thực
// hiện hiện đại hóa"): only where the document elsewhere has the same words
// without the second one it is a slip.
func checkRepeats(d *lintDoc, f *finder) {
	const most = 200_000 // syllables that are remembered; 1,000 pages have more
	three := map[[3]string]bool{}
	var all [][]string
	seen := 0
	for _, p := range d.paras {
		w := syllables(strings.ToLower(p.plain))
		if seen += len(w); seen > most {
			break
		}
		all = append(all, w)
		for i := 2; i < len(w); i++ {
			three[[3]string(w[i-2:i+1])] = true
		}
	}
	for n, w := range all {
		p := d.paras[n]
		for i := 1; i+2 < len(w); i++ {
			a, b, c := w[i-1], w[i], w[i+2]
			if b != w[i+1] || len(b) < 2 || numeric(b) || !three[[3]string{a, b, c}] {
				continue
			}
			twice := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(b) + `\s+` + regexp.QuoteMeta(b))
			if at := twice.FindStringIndex(p.plain); at != nil { // no sign between them
				f.breach(p.spotNear(p.plain, at[0]), "Chữ bị gõ lặp", fmt.Sprintf("%s %s %s", a, b, b), fmt.Sprintf("%s %s", a, b))
				break
			}
		}
		if at := doubledPair(w, p.plain); at >= 0 {
			f.breach(p.spotNear(p.plain, at), "Cụm từ bị gõ lặp", "", "mỗi từ một lần")
		}
	}
}

// doubledPair finds two different syllables typed twice in a row, "tuyên truyền
// tuyên truyền", with nothing but a blank between.
func doubledPair(w []string, plain string) int {
	for i := 0; i+3 < len(w); i++ {
		if w[i] != w[i+2] || w[i+1] != w[i+3] || w[i] == w[i+1] || len(w[i]) < 2 || len(w[i+1]) < 2 {
			continue
		}
		pair := strings.Join(w[i:i+4], " ")
		if at := strings.Index(strings.ToLower(plain), pair); at >= 0 && at < len(plain) {
			return at
		}
	}
	return -1
}
