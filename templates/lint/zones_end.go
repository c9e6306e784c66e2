package lint

import (
	"regexp"
	"strings"
)

var labelLine = regexp.MustCompile(`^(?i:nơi nhận)\s*(:|$)`)

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

// signing says whether a paragraph looks like a line of the signature: wholly
// bold, a title in capitals or a name.
func (p *lintPara) signing() bool { return p.bold() && signingWords(p.plain) }

func signingWords(s string) bool {
	words := strings.Fields(s)
	if len(words) > 12 {
		return false
	}
	return upper(s) || len(words) > 0 && len(words) <= 6 && capitalised(words)
}

func capitalised(words []string) bool {
	for _, w := range words {
		if first := []rune(w)[0]; strings.ToUpper(string(first)) != string(first) {
			return false
		}
	}
	return true
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
	for _, p := range d.paras[min(home.index+1, z.annex):z.annex] {
		switch {
		case p.box != home.box, p.table != home.table, home.table != nil && p.column() != home.column():
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

// findSigner takes the lines of the columns right of the recipients, or, where
// columns are made by tabs or there are none, what looks like lines of a
// signature behind the body.
func (z *lintZones) findSigner(d *lintDoc) {
	home := (*lintPara)(nil)
	if z.label != nil {
		home = z.label.para
	}
	if home != nil && home.table != nil {
		for _, p := range d.paras[:z.annex] {
			if p.table == home.table && p.cell.row >= home.cell.row && p.cell.column > home.cell.column {
				z.signer = append(z.signer, signerLines(p)...)
			}
		}
	}
	if len(z.signer) > 0 {
		return
	}
	for _, p := range d.paras[min(z.bodyEnd, z.annex):z.annex] {
		if p.table != nil && home != nil && home.table == p.table {
			continue
		}
		for i, l := range p.lines("\t") {
			if home != nil && p == home && i == 0 {
				continue
			}
			if every(l.spans, isBold) && signingWords(l.plain) && !labelLine.MatchString(l.plain) {
				z.signer = append(z.signer, l)
			}
		}
	}
}

// signerLines are a paragraph's lines but for remarks such as "(Đã ký)".
func signerLines(p *lintPara) []lintLine {
	var out []lintLine
	for _, l := range p.lines("\t") {
		if l.plain != "" && !strings.HasPrefix(l.plain, "(") && !strings.HasPrefix(l.plain, "[") && !typedRule.MatchString(l.plain) {
			out = append(out, l)
		}
	}
	return out
}
