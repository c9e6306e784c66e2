package lint

import (
	"regexp"
	"strings"
)

// lintAnnex is an annex (phụ lục), or a document that another one issues and
// carries, with a title of its type and perhaps a head of its own.
type lintAnnex struct {
	start, end int // indexes
	label      *lintLine
	number     string // "I", "1", "" without
	attached   bool
	head       lintHead
	text       lintText
}

const (
	maxAnnexes = 500 // that are told apart
	titleParas = 20  // that a title may have
)

var (
	annexLine = regexp.MustCompile(`^(?i:phụ lục)(?:\s+(?:số\s+)?([IVXLC]+|\d+))?\s*[.:]?$`)
	// referenceLine names the document that an annex belongs to.
	referenceLine = regexp.MustCompile(`^\(?\s*(?i:kèm theo|ban hành kèm theo|ban hành theo|đính kèm)\s`)
)

// findAnnex: annexes begin behind the recipients, with their own name, with the
// head of an attached document, or with its title over the line that says what
// it is attached to.
func (z *lintZones) findAnnex(d *lintDoc) {
	behind := z.headEnd
	if z.label != nil {
		behind = max(behind, lastOf(d, z.label.para)+1)
	}
	for i := min(behind, len(d.paras)); i < len(d.paras); i++ {
		if start, ok := z.annexBegins(d, d.paras[i], behind); ok {
			z.annex = start
			return
		}
	}
}

// annexBegins says whether an annex begins around a paragraph, and where.
func (z *lintZones) annexBegins(d *lintDoc, p *lintPara, behind int) (int, bool) {
	if p.blank() || len(p.plain) > 400 {
		return 0, false
	}
	switch {
	case p.onPage() && annexLine.MatchString(p.lines("")[0].plain), strings.HasPrefix(fold(p.plain), fold(nation)):
		return firstOf(d, p), true
	case behind > z.headEnd && p.onPage() && p.centred() && referenceLine.MatchString(p.plain):
		start := p.index
		for i := p.index - 1; i >= behind && i > p.index-titleParas; i-- {
			q := d.paras[i]
			if !q.onPage() || !q.blank() && !(q.centred() && q.bold()) {
				break
			}
			if !q.blank() {
				start = i
			}
		}
		return start, start < p.index
	}
	return 0, false
}

// readAnnexes cuts what follows the document into annexes.
func (z *lintZones) readAnnexes(d *lintDoc) {
	if z.annex == len(d.paras) {
		return
	}
	z.annexes = []lintAnnex{{start: z.annex, end: len(d.paras)}}
	for i := lastOf(d, d.paras[z.annex]) + 1; i < len(d.paras) && len(z.annexes) < maxAnnexes; i++ {
		last := &z.annexes[len(z.annexes)-1]
		start, begins := z.annexBegins(d, d.paras[i], max(z.annex, z.headEnd+1))
		if !begins || start <= last.start || stillHead(d, last.start, start) {
			continue
		}
		last.end = start
		z.annexes = append(z.annexes, lintAnnex{start: start, end: len(d.paras)})
		i = max(i, lastOf(d, d.paras[start]))
	}
	for i := range z.annexes {
		z.readAnnex(d, &z.annexes[i])
	}
}

// stillHead says whether there is nothing between two paragraphs but a head and
// a title.
func stillHead(d *lintDoc, from, to int) bool {
	if to-from >= headParas {
		return false
	}
	for _, p := range d.paras[from:to] {
		if p.onPage() && !p.blank() && !p.centred() {
			return false
		}
	}
	return !(d.paras[from].onPage() && annexLine.MatchString(d.paras[to].plain))
}

func (z *lintZones) readAnnex(d *lintDoc, a *lintAnnex) {
	from := a.start
	switch head := d.paras[a.start]; {
	case head.onPage():
		lines := head.lines("")
		if m := annexLine.FindStringSubmatch(lines[0].plain); m != nil {
			a.label, a.number = &lines[0], m[1]
			from++
		}
	default:
		from = min(lastOf(d, head)+1, a.end)
	}
	for _, p := range d.paras[a.start:from] {
		for _, l := range p.lines("\t") {
			switch folded := fold(l.plain); {
			case strings.HasPrefix(folded, fold(nation)):
				a.head.nation = &l
			case strings.HasPrefix(folded, "ĐỘC LẬP"):
				a.head.motto = &l
			}
		}
	}
	a.head.issuer = z.issuerBeside(d, a.head)
	a.text = z.readText(d, from, a.end)
	if a.label != nil && a.text.title == nil {
		if rest := shown(a.label.para.lines("")[1:]); len(rest) > 0 && upper(rest[0].plain) {
			a.text.title, a.text.name = &rest[0], rest[0].plain
		}
	}
	a.attached = a.label == nil && a.text.kind != nil
	end := a.end
	for _, p := range d.paras[a.text.start:a.end] {
		if a.attached && strings.Contains(p.plain, "./.") && p.onPage() {
			end = p.index + 1
		}
	}
	a.text.body = bodyOf(d, a.text.start, end)
}
