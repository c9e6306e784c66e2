package lint

import (
	"strings"

	"vanthu/record"
)

// textReader reads what stands between the head and the body, line by line.
type textReader struct {
	d         *lintDoc
	at, limit int
}

// next is the next paragraph with text on the page, nil behind the last.
// Stamps and scope marks stand for themselves.
func (r *textReader) next() *lintPara {
	for i := r.at; i < r.limit; i++ {
		p := r.d.paras[i]
		if p.onPage() && !p.blank() && !stamps[fold(p.plain)] && !typedRule.MatchString(p.plain) {
			return p
		}
	}
	return nil
}

// take goes behind a paragraph.
func (r *textReader) take(p *lintPara) { r.at = p.index + 1 }

// stamps are texts that stand apart from all others (NĐ 30/2020, PL I, III.2
// and III.3).
var stamps = map[string]bool{
	"KHẨN": true, "THƯỢNG KHẨN": true, "HOẢ TỐC": true, "HỎA TỐC": true,
	"MẬT": true, "TỐI MẬT": true, "TUYỆT MẬT": true,
	"XEM XONG TRẢ LẠI": true, "LƯU HÀNH NỘI BỘ": true,
}

// scopeMarks are the black ones.
var scopeMarks = map[string]bool{"XEM XONG TRẢ LẠI": true, "LƯU HÀNH NỘI BỘ": true}

// readText reads title, subject, reference, authority and addressees from an
// index on; what does not look like them is the body.
func (z *lintZones) readText(d *lintDoc, from, limit int) lintText {
	var t lintText
	r := &textReader{d, from, max(from, limit)}
	switch p := r.next(); {
	case p == nil:
	case z.isTitle(p):
		r.take(p)
		z.readTitle(&t, p, r)
	case p.centred() && p.bold() && !isHeading(p) && z.about == nil: // a subject whose type is missing
		t.subject = shown(p.lines(""))
		r.take(p)
		z.readBelow(&t, r)
	}
	z.readAddressees(&t, r)
	if t.start = r.at; r.next() != nil {
		t.start = r.next().index
	}
	return t
}

// isTitle: the name of a type, or capitals in bold in the middle.
func (z *lintZones) isTitle(p *lintPara) bool {
	first := p.lines("")[0].plain
	if len([]rune(first)) > 120 || !upper(first) {
		return false
	}
	if kind, _ := z.typeNamed(first); kind != nil && (p.centred() || p.bold()) {
		return true
	}
	return p.centred() && p.bold()
}

// typeNamed finds the type that a title names; whole says that the title says
// nothing else. Of two types the longer name is meant.
func (z *lintZones) typeNamed(title string) (kind *record.DocumentType, whole bool) {
	folded := fold(title)
	for i := range z.types {
		name := fold(z.types[i].Name)
		if rest, ok := strings.CutPrefix(folded, name); ok && (rest == "" || rest[0] == ' ') && (kind == nil || len(name) > len(fold(kind.Name))) {
			kind, whole = &z.types[i], rest == ""
		}
	}
	return kind, whole
}

func (z *lintZones) readTitle(t *lintText, p *lintPara, r *textReader) {
	lines := p.lines("")
	t.title = &lines[0]
	t.name = strings.Join(strings.Fields(lines[0].plain), " ")
	t.kind, _ = z.typeNamed(t.name)
	t.subject = shown(lines[1:])
	z.readBelow(t, r)
}

// readBelow reads subject, reference and authority below the type.
func (z *lintZones) readBelow(t *lintText, r *textReader) {
	for p := r.next(); p != nil; p = r.next() {
		lines := shown(p.lines(""))
		switch {
		case strings.HasPrefix(p.plain, "(") && (p.centred() || referenceLine.MatchString(p.plain)),
			len(t.reference) > 0 && p.centred() && unpaired(strings.Join(plains(t.reference), " ")) >= 0: // it goes on
			t.reference = append(t.reference, lines...)
		case isHeading(p) || strings.HasPrefix(fold(p.plain), "KÍNH GỬI") || len(t.reference) > 0 && !p.centred():
			return
		case len(t.subject) == 0 && (p.centred() || p.bold() || aboutLine.MatchString(p.plain)):
			t.subject = lines
		case p.centred() && upper(p.plain) && len(t.subject) > 0 && !resolves(p.plain):
			t.authority = append(t.authority, lines...)
		case p.centred() && p.bold() && len(t.authority) == 0 && len(t.reference) == 0 && !upper(p.plain):
			t.subject = append(t.subject, lines...)
		default:
			return
		}
		r.take(p)
	}
}

// resolves says whether a line is "QUYẾT ĐỊNH:", behind which the articles of a
// decision stand.
func resolves(s string) bool {
	s = strings.TrimRight(fold(s), " :")
	return s == "QUYẾT ĐỊNH" || s == "QUYẾT NGHỊ"
}

// shown are the lines that print something.
func shown(lines []lintLine) []lintLine {
	var out []lintLine
	for _, l := range lines {
		if l.plain != "" && !typedRule.MatchString(l.plain) {
			out = append(out, l)
		}
	}
	return out
}

func (z *lintZones) readAddressees(t *lintText, r *textReader) {
	if z.addresseesInTable(t, r) {
		return
	}
	p := r.next()
	if p == nil || !strings.HasPrefix(fold(p.plain), "KÍNH GỬI") {
		return
	}
	lines := p.lines("")
	t.addressed, t.addressee = &lines[0], shown(lines[1:])
	r.take(p)
	for p = r.next(); p != nil; p = r.next() {
		last := t.addressed
		if n := len(t.addressee); n > 0 {
			last = &t.addressee[n-1]
		}
		dash := strings.HasPrefix(p.plain, "-")
		// Without dashes, names that go on after a semicolon and are not set as
		// the text is.
		plain := strings.HasSuffix(last.plain, ";") && p.format.align != "both" || last == t.addressed && strings.HasSuffix(last.plain, ":") && len([]rune(p.plain)) < 120
		if !dash && !plain || strings.HasSuffix(last.plain, ".") && last != t.addressed {
			return
		}
		t.addressee = append(t.addressee, shown(p.lines(""))...)
		r.take(p)
	}
}

// addresseesInTable: some offices set "Kính gửi:" and the names as two cells of
// a table without borders.
func (z *lintZones) addresseesInTable(t *lintText, r *textReader) bool {
	for i := r.at; i < r.limit; i++ {
		p := r.d.paras[i]
		switch {
		case p.blank() || p.table == nil && p.box != 0:
			continue
		case p.table == nil:
			return false
		case !strings.HasPrefix(fold(p.plain), "KÍNH GỬI"):
			continue
		}
		lines := p.lines("")
		t.addressed, t.addressee = &lines[0], shown(lines[1:])
		r.at = lastOf(r.d, p) + 1
		for _, q := range r.d.paras[i+1 : r.at] {
			t.addressee = append(t.addressee, shown(q.lines(""))...)
		}
		if len(t.addressee) == 1 && strings.HasSuffix(t.addressed.plain, ":") && sameRow(t.addressee[0].para, p) {
			t.addressed.spans = append(t.addressed.spans, t.addressee[0].spans...)
			t.addressed.plain += " " + t.addressee[0].plain
			t.addressee = nil
		}
		return true
	}
	return false
}

func sameRow(a, b *lintPara) bool { return a.table == b.table && a.cell.row == b.cell.row }
