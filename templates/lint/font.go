package lint

import (
	"slices"
	"strings"
)

const official = "Times New Roman"

// checkFonts is R3: Times New Roman, black; the red stamps of urgency and
// secrecy may be red.
func checkFonts(d *lintDoc, f *finder) {
	for _, p := range slices.Concat(d.running, d.paras, d.notes) {
		fonts, colours := map[string]bool{}, map[string]bool{}
		stamp := redStamp(p.plain)
		for _, s := range p.spans {
			if strings.TrimSpace(s.text) == "" {
				continue
			}
			for _, font := range fontsOf(s) {
				if !strings.EqualFold(font, official) && !fonts[font] {
					fonts[font] = true
					f.breach(p.spot(), "Chữ không phải phông Times New Roman", font, official)
				}
			}
			if c := s.look.color; !black(c) && !(stamp && reddish(c)) && !colours[c] {
				colours[c] = true
				f.breach(p.spot(), "Chữ không phải màu đen", "màu "+c, "màu đen")
			}
		}
	}
}

// redStamp says whether a text is printed red (NĐ 30/2020, PL I, III.2).
func redStamp(s string) bool {
	folded := fold(s)
	return stamps[folded] && !scopeMarks[folded]
}

// fontsOf are the fonts that the letters of a span are drawn with.
func fontsOf(s lintSpan) []string {
	if s.look.ascii == s.look.hAnsi {
		return []string{s.look.ascii}
	}
	var out []string
	if strings.ContainsFunc(s.text, func(r rune) bool { return r > ' ' && r < 0x80 }) {
		out = append(out, s.look.ascii)
	}
	if strings.ContainsFunc(s.text, func(r rune) bool { return r >= 0x80 && r != '\u00a0' }) {
		out = append(out, s.look.hAnsi)
	}
	return out
}

func black(colour string) bool { return colour == "" || colour == "AUTO" || colour == "000000" }

func reddish(colour string) bool {
	return len(colour) == 6 && colour[:1] >= "C" && colour[2:3] <= "3" && colour[4:5] <= "3"
}
