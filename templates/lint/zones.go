package lint

import (
	"regexp"
	"strings"

	"vanthu/record"
)

// lintZones is which part of a document is what (NĐ 30/2020, PL I, IV), found
// by words and place, so that it does not hang on the styles of our forms. What
// is not there is nil or empty.
type lintZones struct {
	nation, motto, number, date *lintLine
	title                       string      // upper case: "KẾ HOẠCH"; "" for a letter (công văn)
	day                         record.Date // of the year printed, for dated data
	letter                      bool        // addressed by "Kính gửi"
	body                        []*lintPara // with text, on the page, from behind the title to the end mark
	marks                       []*lintPara // that hold ./.
	bodyEnd                     int         // index behind the body
	label                       *lintLine   // "Nơi nhận:"
	recipients                  []lintLine  // behind the label
	annex                       int         // index of the first paragraph of annexes, len(paras) without
}

var (
	numberLine = regexp.MustCompile(`^(?i:số)\s*(:|[\d\s…._]*/)`)
	dateLine   = regexp.MustCompile(`^\p{Lu}[^,/]{0,60},?\s*(?i:ngày).*(?i:tháng).*(?i:năm)\s*(\d{4}|[\s…._]*)$`)
	yearOfDate = regexp.MustCompile(`(\d{4})$`)
	labelLine  = regexp.MustCompile(`^(?i:nơi nhận)\s*(:|$)`)
	annexLine  = regexp.MustCompile(`^(?i:phụ lục)(\s+([IVXLC]+|\d+))?\s*[.:]?$`)
)

const (
	headParas = 60 // where the head of page one is looked for
	nation    = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto     = "Độc lập - Tự do - Hạnh phúc"
)

func zonesOf(d *lintDoc) *lintZones {
	z := &lintZones{annex: len(d.paras)}
	behind := z.head(d)
	z.findLabel(d)
	z.findAnnex(d, behind)
	start := z.titleBlock(d, behind)
	for _, p := range d.paras[:z.annex] {
		if strings.Contains(p.plain, "./.") {
			z.marks = append(z.marks, p)
		}
	}
	z.bodyEnd = z.annex
	if z.label != nil {
		z.bodyEnd = min(z.bodyEnd, firstOf(d, z.label.para))
	}
	if n := len(z.marks); n > 0 && z.marks[n-1].onPage() && z.marks[n-1].index >= start {
		z.bodyEnd = min(z.bodyEnd, z.marks[n-1].index+1)
	}
	for _, p := range d.paras[min(start, z.bodyEnd):z.bodyEnd] {
		if p.onPage() && !p.blank() {
			z.body = append(z.body, p)
		}
	}
	z.findRecipients(d)
	return z
}

// fold makes texts comparable: upper case, new tone placement, plain hyphens
// without blanks around them.
func fold(s string) string {
	s = foldSigns.Replace(strings.ToUpper(strings.Join(strings.Fields(s), " ")))
	return foldHyphens.Replace(s)
}

var (
	foldSigns   = strings.NewReplacer("HOÀ", "HÒA", "–", "-", "—", "-")
	foldHyphens = strings.NewReplacer(" - ", "-", "- ", "-", " -", "-")
)

// head finds the lines of the head and returns the index behind them.
func (z *lintZones) head(d *lintDoc) int {
	behind, seen := 0, 0
	for _, p := range d.paras {
		if p.blank() || len(p.plain) > 400 {
			continue
		}
		if seen++; seen > headParas {
			break
		}
		for _, l := range p.lines("\t") {
			var at **lintLine
			switch folded := fold(l.plain); {
			case strings.HasPrefix(folded, "CỘNG HÒA XÃ HỘI"):
				at = &z.nation
			case strings.HasPrefix(folded, "ĐỘC LẬP"):
				at = &z.motto
			case numberLine.MatchString(l.plain):
				at = &z.number
			case dateLine.MatchString(l.plain):
				at = &z.date
			default:
				continue
			}
			if *at == nil {
				*at = &l
				behind = max(behind, lastOf(d, p)+1)
			}
		}
	}
	z.day = "2020-03-05" // the decree's own first day
	if z.date != nil {
		if y := yearOfDate.FindString(z.date.plain); y > "2020" {
			z.day = record.Date(y + "-12-31")
		}
	}
	return behind
}

// firstOf and lastOf are the ends of what stands around a paragraph: its table
// or its text box, or itself.
func firstOf(d *lintDoc, p *lintPara) int {
	i := p.index
	for i > 0 && together(d.paras[i-1], p) {
		i--
	}
	return i
}

func lastOf(d *lintDoc, p *lintPara) int {
	i := p.index
	for i+1 < len(d.paras) && together(d.paras[i+1], p) {
		i++
	}
	return i
}

func together(a, b *lintPara) bool {
	if t := b.root().table; t != nil {
		u := a.root().table
		return u != nil && u.outer == t.outer
	}
	return b.box != 0 && a.box == b.box
}

// root is the paragraph that holds a text box, or the paragraph itself.
func (p *lintPara) root() *lintPara {
	for p.host != nil {
		p = p.host
	}
	return p
}

// titleBlock reads type and subject, "(Kèm theo ...)" and "Kính gửi", and
// returns the index of the body.
func (z *lintZones) titleBlock(d *lintDoc, from int) int {
	limit := z.annex
	if z.label != nil {
		limit = min(limit, z.label.para.index)
	}
	rest := func() *lintPara {
		for ; from < limit; from++ {
			if p := d.paras[from]; p.onPage() && !p.blank() && !redStamps[fold(p.plain)] {
				return p
			}
		}
		return nil
	}
	if p := rest(); p != nil && p.centred() && p.bold() && strings.ToUpper(p.plain) == p.plain && len([]rune(p.plain)) <= 120 {
		z.title = strings.Join(strings.Fields(p.plain), " ")
		from++
		if p = rest(); p != nil && p.centred() {
			from++
			for p = rest(); p != nil && p.centred() && p.bold() && !isHeading(p); p = rest() {
				from++
			}
		}
		if p = rest(); p != nil && p.centred() && strings.HasPrefix(p.plain, "(") {
			from++
		}
	}
	if p := rest(); p != nil && strings.HasPrefix(fold(p.plain), "KÍNH GỬI") {
		z.letter = true
		from++
		for p = rest(); p != nil && strings.HasPrefix(p.plain, "-"); p = rest() {
			from++
		}
	}
	return from
}

func (z *lintZones) findLabel(d *lintDoc) {
	for _, p := range d.paras {
		if len(p.plain) > 2000 || !strings.Contains(fold(p.plain), "NƠI NHẬN") {
			continue
		}
		for _, l := range p.lines("\t") {
			if labelLine.MatchString(l.plain) {
				z.label = &l
				return
			}
		}
	}
}

// findAnnex: annexes begin behind the recipients, with their own name or with
// the head of an attached document.
func (z *lintZones) findAnnex(d *lintDoc, behind int) {
	if z.label != nil {
		behind = max(behind, lastOf(d, z.label.para)+1)
	}
	for _, p := range d.paras[min(behind, len(d.paras)):] {
		if p.blank() || len(p.plain) > 400 {
			continue
		}
		if annexLine.MatchString(p.plain) && p.onPage() || strings.HasPrefix(fold(p.plain), fold(nation)) {
			z.annex = firstOf(d, p)
			return
		}
	}
}

// signing says whether a paragraph looks like a line of the signature: wholly
// bold, a title in capitals or a name.
func (p *lintPara) signing() bool {
	words := strings.Fields(p.plain)
	if !p.bold() || len(words) > 12 {
		return false
	}
	if strings.ToUpper(p.plain) == p.plain {
		return true
	}
	for _, w := range words {
		if first := []rune(w)[0]; strings.ToUpper(string(first)) != string(first) {
			return false
		}
	}
	return len(words) <= 6
}

// findRecipients takes the lines of the label's column, or those below a label
// on the page down to the first gap.
func (z *lintZones) findRecipients(d *lintDoc) {
	if z.label == nil {
		return
	}
	home := z.label.para
	lines := home.lines("")
	for i, l := range lines {
		if labelLine.MatchString(l.plain) {
			z.recipients = append(z.recipients, lines[i+1:]...)
			break
		}
	}
	for _, p := range d.paras[home.index+1 : z.annex] {
		switch {
		case p.box != home.box, p.table != home.table, home.table != nil && p.column != home.column:
			continue
		case p.onPage() && (p.blank() || p.signing()):
			if len(z.recipients) > 0 {
				return
			}
			continue
		}
		for _, l := range p.lines("") {
			if l.plain != "" {
				z.recipients = append(z.recipients, l)
			}
		}
	}
}
