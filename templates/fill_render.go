package templates

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/metric"
)

// Limits of what one fill may produce: a hostile form can nest loops.
const (
	maxChunks = 400_000
	maxOutput = 64 << 20 // characters of text
	maxParts  = 64       // texts and values in one run
)

// chunk is a piece of the result: static XML, *outParagraph, *outMark or
// *outCell.
type chunk interface{}

// outParagraph is a paragraph whose tags are resolved.
type outParagraph struct {
	from     *paragraph
	props    *etree.Element // in place of those of from
	runs     []outRun
	width    int // of its lines, in twentieths of a point
	keepNext bool
	inset    int // from each side, for a rule; -1 none
}

// outCell is the beginning of a cell.
type outCell struct {
	from  *cell
	merge merge
}

// outRun is text of one look, or passed-through XML.
type outRun struct {
	props   *runProps
	variant int // bold 1, italic 2
	parts   []outText
	raw     []chunk
	sign    rune // what raw prints: '\n', '\t' or a no-break hyphen; 0 for anything else
}

// outText is fixed text of the form, or a value for go-docx to put in.
type outText struct {
	text  string
	value bool
}

// scope is where names are looked up: in names, then in the scopes around it.
type scope struct {
	outer    *scope
	of       *tag   // the section whose item this is, nil for the top
	names    *value // nil when the item is not a group
	dot      *value
	item     int // of the list that the section is over, from 1; 0 for no list
	position int // the item of the innermost list, from 1
}

func (sc *scope) enter(t *tag, v *value, item int) *scope {
	inner := &scope{outer: sc, of: t, dot: v, item: item, position: item}
	if item == 0 {
		inner.position = sc.position
	}
	if v.kind == groupValue {
		inner.names = v
	}
	return inner
}

type renderer struct {
	ctx    context.Context
	data   *value
	widths *metric.Faces
	part   *part
	faults []record.Fault
	seen   map[record.Fault]bool
	chunks int
	text   int
	err    error // ends the fill: limits, cancellation

	ranges map[string]*ends // what was written of bookmarks and the like
	used   map[string]bool  // numbers that elements have
	lastID int
	shapes int
	notes  map[*notes]*outNotes
	media  *media
}

func (r *renderer) fault(v *value, pointer, code, message string, t *tag) {
	if v != nil {
		pointer = v.pointer
	}
	f := record.Fault{Pointer: pointer, Code: code, Message: message, Tag: t.text, Part: t.site.part, Place: t.site.place(), Near: t.site.near}
	if !r.seen[f] && len(r.faults) < maxFaults {
		r.seen[f] = true
		r.faults = append(r.faults, f)
	}
}

// flow is the output of one container.
type flow struct {
	chunks []chunk
	last   *outParagraph // the last paragraph written, nil after a table
	solid  bool          // a paragraph or table was written
	rows   []outRow      // of a table
	width  int
	tied   bool // after {./.}: each paragraph stays with the next
}

// holding is the output of an element that must hold a paragraph, as running
// heads must, or end with one, as text boxes and notes must.
func (f *flow) holding(end bool) []chunk {
	if !f.solid || end && f.last == nil {
		return append(f.chunks, static("<w:p/>"))
	}
	return f.chunks
}

func (r *renderer) spend(n int) bool {
	if r.err != nil {
		return false
	}
	if r.chunks++; r.chunks%256 == 0 && r.ctx.Err() != nil {
		r.err = fmt.Errorf("fill: %w", r.ctx.Err())
	}
	if r.text += n; r.chunks > maxChunks || r.text > maxOutput {
		r.err = record.E(record.Invalid, "fill-too-large", "Văn bản tạo ra quá lớn: mẫu lặp quá nhiều lần với dữ liệu này")
	}
	return r.err == nil
}

func (r *renderer) blocks(f *flow, all []block, sc *scope) {
	for _, b := range all {
		if !r.spend(0) {
			return
		}
		switch x := b.(type) {
		case static:
			f.chunks = append(f.chunks, x)
		case ident:
			f.chunks = append(f.chunks, static(attrEscaper.Replace(r.id(x))))
		case mark:
			r.mark(f, x)
		case *paragraph:
			r.paragraph(f, x, sc)
		case *section:
			r.section(x.tag, sc, func(inner *scope) { r.blocks(f, x.body, inner) })
		case endMark:
			r.endMark(f, x.tag)
		case plainTag:
			if v, ok := r.resolve(x.tag, sc); ok {
				f.chunks = append(f.chunks, static(escapeText(v.oneLine())))
			}
		case noteRef:
			r.note(f, x, sc)
		case *room:
			r.blocks(f, x.open, sc)
			in := &flow{width: r.part.width}
			r.blocks(in, x.body, sc)
			f.chunks = append(append(f.chunks, in.holding(x.ends)...), static(x.end))
		case *table:
			r.table(f, x, sc)
		case *row:
			r.row(f, x, sc)
		case *cell:
			r.cell(f, x, sc)
		}
	}
}

// section runs body as often as the value says.
func (r *renderer) section(t *tag, sc *scope, body func(*scope)) {
	v := r.lookup(t, sc)
	if t.kind == tagInverted {
		if v.empty() {
			body(sc)
		}
		return
	}
	if v.empty() {
		return
	}
	if v.kind != listValue {
		body(sc.enter(t, v, 0))
		return
	}
	for i, item := range v.items {
		if !r.spend(0) {
			return
		}
		body(sc.enter(t, item, i+1))
	}
}

// lookup is what a tag names, nil when the data has nothing there.
func (r *renderer) lookup(t *tag, sc *scope) *value {
	if len(t.path) == 0 {
		return sc.dot
	}
	if t.root {
		return r.data.follow(t.path)
	}
	for at := sc; at != nil; at = at.outer {
		if t.bound {
			if at.of == t.home {
				return at.names.follow(t.path)
			}
		} else if v := at.names.follow(t.path); v != nil {
			return v
		}
	}
	return nil
}

// resolve is the text of a value or counter tag. Nothing is ever left blank: a
// tag without a text is a fault.
func (r *renderer) resolve(t *tag, sc *scope) (*value, bool) {
	v := r.lookup(t, sc)
	switch {
	case t.kind == tagCounter && sc.position == 0:
		r.fault(nil, "", "number-outside-loop", fmt.Sprintf("Thẻ {%s} chỉ dùng được trong một vòng lặp", t.text), t)
		return nil, false
	case t.kind == tagCounter:
		v = &value{text: counter(t.text, sc.position)}
	case v == nil:
		r.fault(nil, r.missing(t, sc), "value-missing", fmt.Sprintf("Thiếu giá trị cho thẻ {%s}", t.text), t)
		return nil, false
	case v.kind != textValue:
		r.fault(v, "", "value-not-text", fmt.Sprintf("Thẻ {%s} cần một đoạn chữ nhưng dữ liệu là danh sách hoặc nhóm", t.text), t)
		return nil, false
	}
	v, err := v.filtered(t.filters)
	if text := nfc(v.text); text != v.text {
		composed := *v
		v, composed.text = &composed, text
	}
	switch {
	case err != nil:
		r.fault(v, "", record.CodeOf(err), fmt.Sprintf("Thẻ {%s}: %v", t.text, err), t)
	case strings.TrimSpace(v.text) == "" && !strings.Contains(v.text, "\u00a0"):
		r.fault(v, "", "value-blank", fmt.Sprintf("Giá trị của thẻ {%s} để trống", t.text), t)
	case !printable(v.text):
		r.fault(v, "", "control-character", fmt.Sprintf("Giá trị của thẻ {%s} có ký tự điều khiển", t.text), t)
	default:
		return v, true
	}
	return nil, false
}

// missing is the pointer at which the value should have been: in the scope that
// the schema names, without one in the innermost.
func (r *renderer) missing(t *tag, sc *scope) string {
	if t.root {
		return r.data.absent(t.path)
	}
	for at := sc; at != nil; at = at.outer {
		if t.bound && at.of == t.home || !t.bound && at.names != nil {
			return at.names.absent(t.path)
		}
	}
	return ""
}

// printable says whether XML can carry s (XML 1.0, 2.2).
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool {
		return c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0xFFFE || c == 0xFFFF
	})
}

func (r *renderer) begin(f *flow, p *paragraph) *outParagraph {
	return &outParagraph{from: p, inset: -1, keepNext: f.tied, width: f.width}
}

func (r *renderer) paragraph(f *flow, p *paragraph, sc *scope) {
	if p.alone != nil {
		r.alone(f, p, sc)
		return
	}
	out := r.begin(f, p)
	r.pieces(out, p.pieces, sc)
	if kind := r.part.styles.rules[p.style]; kind != noRule && f.last != nil {
		out.inset = r.inset(f, kind)
	}
	f.put(out)
}

func (f *flow) put(out *outParagraph) {
	f.chunks, f.solid = append(f.chunks, out), true
	if out.inset < 0 {
		f.last = out
	}
}

func (r *renderer) pieces(out *outParagraph, all []piece, sc *scope) {
	for _, p := range all {
		if !r.spend(len(p.text)) {
			return
		}
		switch {
		case p.tag != nil && p.tag.opens():
			r.section(p.tag, sc, func(inner *scope) { r.pieces(out, p.nest, inner) })
		case p.tag != nil && p.tag.kind == tagImage:
			r.image(out, p.tag, sc)
		case p.tag != nil:
			if v, ok := r.resolve(p.tag, sc); ok && r.spend(len(v.text)) {
				out.put(p.props, v)
			}
		case p.wrap:
			r.raw(out, p, p.raw, sc)
			r.pieces(out, p.inner, sc)
			r.raw(out, p, p.tail, sc)
		case p.raw != nil:
			r.raw(out, p, p.raw, sc)
		default:
			out.add(p.props, 0, outText{text: p.text})
		}
	}
}

func (r *renderer) raw(out *outParagraph, p piece, all []block, sc *scope) {
	in := &flow{width: r.part.width}
	r.blocks(in, all, sc)
	if len(in.chunks) > 0 {
		run := outRun{raw: in.chunks}
		if p.brk {
			run.sign = '\n'
		}
		out.runs = append(out.runs, run)
	}
}
