package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"vanthu/templates/vntext"
)

// pdfFonts is R3: Times New Roman or a font of its measures, embedded, black;
// the red stamps may be red.
func pdfFonts(d *pdfDoc, f *finder) {
	for _, p := range slices.Concat(d.running, d.paras, d.notes) {
		fonts, colours := map[string]bool{}, map[string]bool{}
		stamp := redStamp(p.plain)
		for _, s := range p.spans {
			if blankText(s.text) {
				continue
			}
			if font := s.look.ascii; font != official && !fonts[font] {
				fonts[font] = true
				if strings.ContainsFunc(s.text, wordSign) {
					f.breach(p.spot(), "Chữ không phải phông Times New Roman", font, official)
				} else { // a bullet, an arrow: Times New Roman may not have it
					f.warn(p.spot(), "Ký hiệu không phải phông Times New Roman", font, official)
				}
			}
			if c := s.look.color; !black(c) && !(stamp && reddish(c)) && !colours[c] {
				colours[c] = true
				f.breach(p.spot(), "Chữ không phải màu đen", "màu "+c, "màu đen")
			}
		}
	}
	for _, s := range d.sheets {
		var names []string
		for face := range s.stray.faces {
			names = append(names, face.Name)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			f.breach(s.spot(), "Phông chữ không nhúng trong tệp, nên mỗi máy hiện một khác", name, "mọi phông đều nhúng")
		}
	}
}

func wordSign(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// pdfEncoding is R4: what can be copied out of the file is the text that is
// seen, in Unicode and NFC.
func pdfEncoding(d *pdfDoc, f *finder) {
	checkEncoding(d.lintDoc, f)
	for _, s := range d.sheets {
		if n := s.stray.gaps; n > 0 {
			near := vntext.Clip(strings.Join(strings.Fields(s.stray.gapNear), " "))
			f.breach(s.spot(), "Có chữ mà tệp không cho biết là chữ gì (thiếu bảng ToUnicode), nên không tìm, không sao chép được",
				strings.TrimSpace(fmt.Sprintf("%d ký tự, sau “%s”", n, near)), "mọi chữ đều có mã Unicode")
		}
	}
}
