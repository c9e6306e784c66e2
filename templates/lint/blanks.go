package lint

import (
	"regexp"
	"strings"

	"vanthu/templates/vntext"
)

var (
	underscores = regexp.MustCompile(`_{3,}|\.{5,}|…{2,}|(?:\. ){4,}`)
	// asked is an ellipsis where a value belongs: "số …", "ngày ... tháng".
	asked = regexp.MustCompile(`(?i:(?:^|[\s(])(?:số|ngày|tháng|năm|về việc):?)\s+(?:…|\.{3,4})`)
	// alone is an ellipsis that no word and no comma carries.
	alone     = regexp.MustCompile(`(?:^|[^\s,;.…]\s+)(?:…|\.{3,4})(?:\s|[/.,;:)]|$)`)
	slotAsked = regexp.MustCompile(`(?i:ngày)[\s.…_]*(?i:tháng)|(?i:tháng)[\s.…_]*(?i:năm)`)
)

// checkBlanks is R20: nothing is left to fill in. In a draft the places for
// number, day and month are blank; in an issued document they are not.
func checkBlanks(d *lintDoc, f *finder) {
	z := d.zones
	checkAbbreviations(d, f)
	if d.about.Stage == StageIssued {
		checkSlots(z, f)
	}
	for _, p := range d.paras {
		for _, l := range p.lines("\t") {
			if z.number != nil && z.number.para == p && z.number.plain == l.plain || z.date != nil && z.date.para == p && z.date.plain == l.plain || isReference(z, p, l.plain) {
				continue
			}
			checkLineBlanks(d, f, p, l.plain)
		}
	}
}

// isReference: annexes and attached documents of an electronic document are
// issued with their reference line left blank (NĐ 30/2020, PL I, III.1.c), and
// with the stroke of a rule that somebody typed under a head.
func isReference(z *lintZones, p *lintPara, text string) bool {
	return referenceLine.MatchString(text) || typedRule.MatchString(text) && (p.index < z.text.start || p.index >= z.annex)
}

func checkLineBlanks(d *lintDoc, f *finder, p *lintPara, text string) {
	if strings.Contains(text, "{") {
		if tag := tagInUse.FindString(text); tag != "" {
			f.breach(p.spot(), "Còn thẻ của mẫu chưa điền", tag, "giá trị thật")
		}
	}
	if !strings.ContainsAny(text, "_…") && !strings.Contains(text, "...") && !strings.Contains(text, ". . ") {
		return
	}
	found := underscores.FindString(text)
	if found == "" {
		found = asked.FindString(text)
	}
	const message, want = "Còn chỗ để trống chưa điền", "giá trị thật"
	switch {
	case found != "" && p.index >= d.zones.annex: // a sheet for others to fill in
		f.warn(p.spot(), message, strings.TrimSpace(found), want)
	case found != "":
		f.breach(p.spot(), message, strings.TrimSpace(found), want)
	default:
		if found = alone.FindString(text); found != "" {
			f.warn(p.spot(), "Có dấu ba chấm đứng riêng, có thể là chỗ chưa điền", strings.TrimSpace(found), want)
		}
	}
}

// checkSlots: at issue number, day and month are there.
func checkSlots(z *lintZones, f *finder) {
	if z.number != nil {
		slot, _, _ := strings.Cut(strings.TrimLeft(z.number.plain, "Sốsố: "), "/")
		if emptySlot.MatchString(slot) {
			f.breach(z.number.para.spot(), "Văn bản phát hành mà số còn để trống", vntext.Clip(z.number.plain), "số do văn thư cấp")
		}
	}
	switch {
	case z.date == nil:
	case slotAsked.MatchString(z.date.plain) || !yearOfDate.MatchString(z.date.plain):
		f.breach(z.date.para.spot(), "Văn bản phát hành mà ngày, tháng còn để trống", vntext.Clip(z.date.plain), "ngày, tháng, năm phát hành")
	}
}
