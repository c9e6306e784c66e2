package lint

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A unit's name is the word for its kind and its fields, each a syllable that
// begins large and perhaps a small one behind: "Phòng Văn hóa và Thông tin".
// Names of one field have no variants worth a word, and a comma makes a list of
// units.
var (
	unitKinds = []string{"phòng", "sở", "ban", "trung tâm", "văn phòng", "chi cục", "cục", "bộ"}
	unitName  = regexp.MustCompile(`(?:Phòng|Sở|Ban|Trung tâm|Văn phòng|Chi cục|Cục|Bộ)\s+\p{Lu}\p{L}*(?:\s+\p{Ll}+)?(?:(?:\s*[-–]\s*|\s+và\s+|\s+)\p{Lu}\p{Ll}+(?:\s+\p{Ll}+)?){1,4}`)
)

// maxSpellings bounds how many of one name are told apart.
const maxSpellings = 10

// token is a syllable of a text and where it stands.
type token struct {
	lower      string
	start, end int
}

func tokensOf(s string) []token {
	var out []token
	start := -1
	for i, r := range s {
		switch letter := unicode.IsLetter(r); {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			out = append(out, token{strings.ToLower(s[start:i]), start, i})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, token{strings.ToLower(s[start:]), start, len(s)})
	}
	return out
}

// checkUnits is D15: one unit, one spelling. Names are the same unit's when
// they differ only in large and small letters, "và", hyphens and blanks.
func checkUnits(d *lintDoc, f *finder) {
	known := map[string]bool{}
	for _, p := range d.paras {
		for _, name := range unitName.FindAllString(p.plain, 200) {
			if len(known) < 2000 {
				known[unitKey(tokensOf(name))] = true
			}
		}
	}
	spellings := map[string][]string{}
	for _, p := range d.paras {
		if upper(p.plain) {
			continue
		}
		for key, name := range unitsIn(p.plain, known) {
			if len(spellings[key]) == maxSpellings || slices.Contains(spellings[key], name) {
				continue
			}
			spellings[key] = append(spellings[key], name)
			if len(spellings[key]) > 1 {
				f.breach(p.spot(), "Tên một đơn vị viết không thống nhất", name, spellings[key][0])
			}
		}
	}
}

// unitsIn finds the known names in a text, in any spelling: the longest at
// each place, by key.
func unitsIn(s string, known map[string]bool) func(func(key, name string) bool) {
	return func(yield func(key, name string) bool) {
		all := tokensOf(s)
		for i := 0; i < len(all); i++ {
			if !beginsUnit(all[i:]) {
				continue
			}
			found, end := "", i
			for j := i + 1; j < len(all) && j < i+14 && bound(s[all[j-1].end:all[j].start]); j++ {
				if key := unitKey(all[i : j+1]); all[j].lower != "và" && known[key] {
					found, end = key, j
				}
			}
			if found == "" {
				continue
			}
			name := s[all[i].start:all[end].end]
			if !upper(name) && !yield(found, sentence(strings.Join(strings.Fields(name), " "))) {
				return
			}
			i = end
		}
	}
}

func beginsUnit(t []token) bool {
	return slices.Contains(unitKinds, t[0].lower) || len(t) > 1 && slices.Contains(unitKinds, t[0].lower+" "+t[1].lower)
}

// bound says whether what stands between two syllables keeps them in one name.
func bound(between string) bool { return strings.Trim(between, " -–\u00a0\n") == "" }

// unitKey is what spellings of one name have in common.
func unitKey(t []token) string {
	var words []string
	for _, w := range t {
		if w.lower != "và" {
			words = append(words, w.lower)
		}
	}
	return strings.Join(words, " ")
}
