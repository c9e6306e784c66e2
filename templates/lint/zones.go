package lint

import (
	"slices"
	"strings"

	"vanthu/record"
)

// lintZones is which part of a document is what (NĐ 30/2020, PL I, IV), found
// by words and place, so that it does not hang on the styles of our forms. What
// is not there is nil or empty.
type lintZones struct {
	types                       []record.DocumentType // in force on the day
	day                         record.Date           // of the year printed, for dated data
	nation, motto, number, date *lintLine
	issuer                      []lintLine // beside Quốc hiệu: superior and issuing body
	about                       *lintLine  // "V/v ...": the subject of a letter
	headEnd                     int        // index behind all these

	text    lintText    // of the document itself
	letter  bool        // addressed by "Kính gửi" and without a type
	marks   []*lintPara // that hold ./.
	bodyEnd int         // index behind the body

	label      *lintLine  // "Nơi nhận:"
	recipients []lintLine // behind the label
	signer     []lintLine // above, at and below the signature

	annex   int // index of the first paragraph of annexes, len(paras) without
	annexes []lintAnnex
}

// lintHead is Quốc hiệu, Tiêu ngữ and what stands beside them: the document's,
// or of a document attached to it.
type lintHead struct {
	nation, motto *lintLine
	issuer        []lintLine // superior and issuing body
}

// heads are the document's own head and those of attached documents.
func (z *lintZones) heads() []lintHead {
	out := []lintHead{{z.nation, z.motto, z.issuer}}
	for _, a := range z.annexes {
		if a.head.nation != nil {
			out = append(out, a.head)
		}
	}
	return out
}

// lintText is a text under its own title: the document's, or that of a
// document attached to it.
type lintText struct {
	title     *lintLine // "KẾ HOẠCH"
	name      string    // of the type as printed, upper case; "" for a letter (công văn)
	kind      *record.DocumentType
	subject   []lintLine
	reference []lintLine // "(Kèm theo Quyết định số ...)"
	authority []lintLine // of a decision: "ỦY BAN NHÂN DÂN TỈNH ..."
	addressed *lintLine  // "Kính gửi:"
	addressee []lintLine // what follows on lines of its own
	start     int        // index of the body
	body      []*lintPara
}

const (
	headParas = 60 // where the head of page one is looked for
	nation    = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto     = "Độc lập - Tự do - Hạnh phúc"
)

func zonesOf(d *lintDoc) (*lintZones, error) {
	z := &lintZones{annex: len(d.paras)}
	z.head(d)
	types, err := record.TypesOn(z.day)
	if err != nil {
		return nil, err
	}
	z.types = types
	z.findLabel(d)
	z.findAnnex(d)
	limit := z.annex
	if z.label != nil {
		limit = min(limit, z.label.para.index)
	}
	z.text = z.readText(d, z.headEnd, limit)
	z.letter = z.text.title == nil && z.text.addressed != nil
	for _, p := range d.paras[:z.annex] {
		if strings.Contains(p.plain, "./.") {
			z.marks = append(z.marks, p)
		}
	}
	z.bodyEnd = z.annex
	if z.label != nil {
		z.bodyEnd = min(z.bodyEnd, firstOf(d, z.label.para))
	}
	if n := len(z.marks); n > 0 && z.marks[n-1].onPage() && z.marks[n-1].index >= z.text.start {
		z.bodyEnd = min(z.bodyEnd, z.marks[n-1].index+1)
	}
	z.text.body = bodyOf(d, z.text.start, z.bodyEnd)
	z.findRecipients(d)
	z.findSigner(d)
	z.readAnnexes(d)
	return z, nil
}

// texts are the document's own text and those attached under titles of a type.
func (z *lintZones) texts() []lintText {
	out := []lintText{z.text}
	for _, a := range z.annexes {
		if a.attached {
			out = append(out, a.text)
		}
	}
	return out
}

// is says whether the document is of one of the types with these codes; "CV"
// is a letter.
func (z *lintZones) is(codes ...string) bool {
	if z.text.kind != nil {
		return slices.Contains(codes, z.text.kind.Code)
	}
	return z.letter && slices.Contains(codes, "CV")
}

// bodyOf are the paragraphs with text that stand on the page by themselves.
func bodyOf(d *lintDoc, from, to int) []*lintPara {
	var out []*lintPara
	for _, p := range d.paras[min(from, to):to] {
		if p.onPage() && !p.blank() {
			out = append(out, p)
		}
	}
	return out
}

// fold makes texts comparable: upper case, new tone placement, plain hyphens
// without blanks around them.
func fold(s string) string {
	s = foldSigns.Replace(strings.ToUpper(strings.Join(strings.Fields(s), " ")))
	return foldHyphens.Replace(s)
}

var (
	foldSigns   = strings.NewReplacer("HOÀ", "HÒA", "UỶ", "ỦY", "THOẢ", "THỎA", "–", "-", "—", "-")
	foldHyphens = strings.NewReplacer(" - ", "-", "- ", "-", " -", "-")
)

func upper(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s }

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
