package lint

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/templates/vntext"
)

// lintDoc is a DOCX as the rules see it: sections and paragraphs with their
// effective formatting, nothing of styles and XML.
type lintDoc struct {
	about    About
	sections []*lintSection
	paras    []*lintPara // of the main part, as a reader meets them
	running  []*lintPara // of headers and footers in use
	notes    []*lintPara // footnotes and endnotes
	settings lintSettings
	zones    *lintZones
	pages    *pdfDoc // of a PDF, whose lines are measured; nil for a DOCX
}

type lintSettings struct {
	evenAndOdd bool // even pages have headers of their own
	gutterTop  bool
	tab        int // distance of the default tab stops
}

// lintSection is a w:sectPr; lengths in twips.
type lintSection struct {
	number                           int // from 1
	width, height                    measure
	left, right, top, bottom, gutter measure
	header                           measure // of the header from the edge of the paper
	continuous                       bool
	titlePage                        bool
	pageFormat                       string // w:pgNumType: "", "decimal", "upperRoman"
	pageStart                        measure
	headers, footers                 map[string]*runningPart // by "default", "first", "even"; those of earlier sections too
	first                            int                     // index in paras
}

func (s *lintSection) spot() spot {
	return spot{group: spotPages, number: s.number, name: fmt.Sprintf("phần %d", s.number)}
}

func (s *lintSection) landscape() bool { return s.width.n > s.height.n }

// runningPart is a header or a footer.
type runningPart struct{ paras []*lintPara }

// lintPara is a paragraph.
type lintPara struct {
	group   int // of its spot
	part    string
	number  int // from 1 in its part, as Check counts
	index   int // in paras
	section int // index in sections
	table   *lintTable
	cell    *lintCell // nil outside tables
	box     int       // number of its text box, 0 for none
	host    *lintPara // that holds the text box
	style   string
	format  paraFormat
	label   string // that Word makes: "1.", "-"
	spans   []lintSpan
	picture bool
	drawn   []drawnLine // shapes that hang on it
	plain   string
}

// lintSpan is text of one look. Line breaks are "\n", tabs "\t".
type lintSpan struct {
	text  string
	look  runFormat
	field string // the field whose result this is: "PAGE"
	code  string // of the field itself: its instruction; text is empty
}

// column is that of the paragraph's cell, 0 outside tables.
func (p *lintPara) column() int {
	if p.cell == nil {
		return 0
	}
	return p.cell.column
}

// onPage says whether the paragraph stands between the margins by itself, in
// no table and no text box.
func (p *lintPara) onPage() bool { return p.table == nil && p.box == 0 }

func (p *lintPara) blank() bool { return p.plain == "" }

func (p *lintPara) spot() spot {
	name := fmt.Sprintf("đoạn %d", p.number)
	if p.part != "" {
		name = p.part + ", " + name
	}
	if !p.blank() {
		name += fmt.Sprintf(" (“%s”)", clipTo(p.plain, 40))
	}
	return spot{group: p.group, number: p.number, name: name}
}

// spotNear is the spot of byte i of the paragraph's text.
func (p *lintPara) spotNear(text string, i int) spot {
	s := p.spot()
	s.near = vntext.Near(text, i)
	return s
}

func clipTo(s string, most int) string {
	if len(s) > 8*most {
		s = strings.ToValidUTF8(s[:8*most], "")
	}
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}

// shown is the text of the span as printed.
func (s lintSpan) shown() string {
	if s.look.caps == on {
		return strings.ToUpper(s.text)
	}
	return s.text
}

// lintLine is a line of a paragraph, or a part of one.
type lintLine struct {
	para  *lintPara
	spans []lintSpan
	plain string
}

// lines cuts a paragraph at its line breaks and at the other signs given. The
// label is in the first line's plain text.
func (p *lintPara) lines(at string) []lintLine {
	out := []lintLine{{para: p}}
	for _, s := range p.spans {
		for {
			i := strings.IndexAny(s.text, "\n"+at)
			last := &out[len(out)-1]
			if i < 0 {
				last.spans = append(last.spans, s)
				break
			}
			head := s
			head.text, s.text = s.text[:i], s.text[i+1:]
			last.spans = append(last.spans, head)
			out = append(out, lintLine{para: p})
		}
	}
	for i := range out {
		label := ""
		if i == 0 {
			label = p.label
		}
		out[i].plain = plainOf(label, out[i].spans)
	}
	return out
}

// plainOf is text to compare with: as printed, NFC, with plain blanks and
// hyphens and without what cannot be seen; how it is encoded is for R4 to say.
func plainOf(label string, spans []lintSpan) string {
	var b strings.Builder
	if label != "" {
		b.WriteString(label + " ")
	}
	for _, s := range spans {
		b.WriteString(s.shown())
	}
	s := b.String()
	if !vntext.ASCII(s) {
		s = strings.Map(func(r rune) rune {
			code, _ := vntext.Judge(r)
			switch {
			case r == '\u2011':
				return '-'
			case r == '\u00a0' || vntext.ExoticBlank(r):
				return ' '
			case code != "" && r != '\t' && r != '\n':
				return -1
			}
			return r
		}, norm.NFC.String(s))
	}
	return strings.TrimSpace(s)
}

// inked are the spans that print something.
func inked(spans []lintSpan) []lintSpan {
	var out []lintSpan
	for _, s := range spans {
		if strings.TrimSpace(s.text) != "" {
			out = append(out, s)
		}
	}
	return out
}

// every says whether all that prints has a property; false for nothing.
func every(spans []lintSpan, has func(runFormat) bool) bool {
	found := false
	for _, s := range spans {
		if strings.TrimSpace(s.text) == "" {
			continue
		}
		if !has(s.look) {
			return false
		}
		found = true
	}
	return found
}

func isBold(f runFormat) bool     { return f.bold == on }
func isItalic(f runFormat) bool   { return f.italic == on }
func isUpright(f runFormat) bool  { return f.italic != on }
func isPlain(f runFormat) bool    { return f.bold != on }
func (p *lintPara) bold() bool    { return every(p.spans, isBold) }
func (p *lintPara) centred() bool { return p.format.align == "center" }

// wrongSize is the first size of what prints outside a range of points.
func wrongSize(spans []lintSpan, low, high int) (string, bool) {
	for _, s := range inked(spans) {
		if !sized(s.look.size.n, low, high) {
			return "cỡ " + points(s.look.size.n), true
		}
	}
	return "", false
}
