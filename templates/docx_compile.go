package templates

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

// A part is compiled once into blocks and rendered any number of times. A block
// is static XML, a paragraph, a section around blocks, a cell or a table.
type block interface{}

type static string

type paragraph struct {
	site   site
	open   string // start tag
	props  *etree.Element
	plain  string // props as XML
	style  string
	pieces []piece
}

type section struct {
	tag  *tag
	body []block
}

// endMark is the tag {./.}.
type endMark struct{ tag *tag }

// bookmark is a bookmark that stands between paragraphs.
type bookmark struct{ xml, mark string }

type cell struct {
	open  string
	width int // between its margins, in twentieths of a point
	body  []block
}

type table struct {
	open string
	rows []block
}

// part is one compiled part of a package.
type part struct {
	name    string
	head    string // what stands before the root element
	blocks  []block
	width   int // of the text on the page, in twentieths of a point
	styles  *styleSheet
	numbers int // paragraphs
}

type compiler struct {
	faults  []record.Fault
	uses    []tagUse
	tags    int
	part    string
	number  int
	styles  *styleSheet
	bundles map[string]*runProps
	margins int                     // of a table's cells, left and right together
	full    bool                    // maxTags was told
	texts   map[*etree.Element]bool // what holds paragraphs
}

var textParts = regexp.MustCompile(`^word/(header|footer|footnotes|endnotes)[0-9]*\.xml$`)

// compile reads the parts of a package that can hold tags. Faults name every
// tag that is wrong.
func compile(p *ooxml.Package) ([]*part, []record.Fault) {
	parts, faults, _ := scan(p)
	return parts, faults
}

// scan is compile with the list of tags used.
func scan(p *ooxml.Package) ([]*part, []record.Fault, []tagUse) {
	c := &compiler{bundles: map[string]*runProps{}}
	styles, _ := p.Part(path.Join(path.Dir(p.Document), "styles.xml"))
	c.styles = readStyles(styles)
	var parts []*part
	for _, name := range p.Names() {
		if name != p.Document && !textParts.MatchString(name) {
			continue
		}
		data, _ := p.Part(name)
		if name != p.Document && !strings.ContainsAny(string(data), "{}") {
			continue
		}
		if out := c.compilePart(name, data); out != nil {
			parts = append(parts, out)
		}
	}
	return parts, c.faults, c.uses
}

func (c *compiler) compilePart(name string, data []byte) *part {
	doc := etree.NewDocument()
	doc.ReadSettings.PreserveCData = false
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		c.fault(site{part: name}, "docx-xml", "Không đọc được phần này của tệp DOCX", "", "")
		return nil
	}
	root := doc.Root()
	if root.Space != "w" {
		c.fault(site{part: name}, "docx-xml", "Phần này không dùng tiền tố w: quen thuộc; hãy mở bằng Word và lưu lại", "", "")
		return nil
	}
	c.part, c.number, c.margins = name, 0, c.styles.margins
	out := &part{name: name, width: pageWidth(root), styles: c.styles,
		head: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"}
	c.texts = map[*etree.Element]bool{}
	c.findTexts(root)
	out.blocks = c.mixed(root, name)
	out.numbers = c.number
	return out
}

// mixed compiles any element: what holds no paragraphs is static.
func (c *compiler) mixed(e *etree.Element, part string) []block {
	if !c.texts[e] {
		return []block{static(elementXML(e))}
	}
	if isW(e, "tbl") {
		return []block{c.table(e)}
	}
	return append(append([]block{static(startTag(e))}, c.container(e, nil)...), static(endTag(e)))
}

// findTexts notes which elements hold paragraphs.
func (c *compiler) findTexts(e *etree.Element) bool {
	found := false
	for _, child := range e.ChildElements() {
		if c.findTexts(child) || isW(child, "p") {
			found = true
		}
	}
	if found {
		c.texts[e] = true
	}
	return found
}

// container compiles the blocks inside e. Tags whose partner is in another cell
// go to loose; elsewhere they are faults.
func (c *compiler) container(e *etree.Element, loose *[]*tag) []block {
	b := builder{c: c, loose: loose}
	for _, tok := range e.Child {
		switch child := tok.(type) {
		case *etree.CharData:
			if !child.IsWhitespace() {
				b.add(static(escapeText(child.Data)))
			}
		case *etree.Element:
			switch {
			case isW(child, "p"):
				c.paragraph(&b, child)
			case isW(child, "proofErr"):
			case isW(child, "bookmarkStart"), isW(child, "bookmarkEnd"):
				b.add(bookmark{elementXML(child), child.Tag + child.SelectAttrValue("w:id", "")})
			default:
				for _, x := range c.mixed(child, c.part) {
					b.add(x)
				}
			}
		}
	}
	return b.finish()
}

// builder nests the blocks of one container as its steering paragraphs say.
type builder struct {
	c      *compiler
	loose  *[]*tag
	stack  [][]block
	opened []*tag
	cur    []block
}

func (b *builder) add(x block) { b.cur = append(b.cur, x) }

func (b *builder) steer(t *tag) {
	switch {
	case t.kind == tagEndMark:
		b.add(endMark{t})
	case t.opens():
		if len(b.opened) >= maxSection {
			b.c.fault(t.site, "tag-depth", fmt.Sprintf("Các thẻ lồng nhau quá %d tầng", maxSection), t.text, t.site.near)
			return
		}
		b.stack, b.opened, b.cur = append(b.stack, b.cur), append(b.opened, t), nil
	default:
		top := len(b.opened) - 1
		if top < 0 {
			b.orphan(t)
			return
		}
		if !closes(t, b.opened[top]) {
			b.c.crossed(t, b.opened[top])
		}
		b.cur = append(b.stack[top], &section{b.opened[top], b.cur})
		b.stack, b.opened = b.stack[:top], b.opened[:top]
	}
}

func (b *builder) orphan(t *tag) {
	if b.loose == nil {
		b.c.unbalanced(t)
		return
	}
	*b.loose = append(*b.loose, t)
}

func (b *builder) finish() []block {
	for i := len(b.opened) - 1; i >= 0; i-- {
		b.cur = append(b.stack[i], b.cur...)
	}
	for _, t := range b.opened {
		b.orphan(t)
	}
	return b.cur
}

// paragraph compiles a w:p; one that only steers leaves nothing but its tags.
func (c *compiler) paragraph(b *builder, e *etree.Element) {
	c.number++
	s := site{part: c.part, paragraph: c.number}
	flat := c.level(e, s)
	if steers(flat) {
		for _, p := range flat {
			if p.tag != nil {
				b.steer(p.tag)
			} else if p.mark != "" {
				b.add(bookmark{string(p.raw[0].(static)), p.mark})
			}
		}
		return
	}
	for _, name := range []string{"w14:paraId", "w14:textId"} {
		e.RemoveAttr(name) // must not be repeated by a loop
	}
	p := &paragraph{site: s, open: startTag(e), props: e.SelectElement("w:pPr")}
	if p.props != nil {
		p.plain = elementXML(p.props)
		if st := p.props.SelectElement("w:pStyle"); st != nil {
			p.style = st.SelectAttrValue("w:val", "")
		}
	}
	p.pieces = c.nestInline(flat, b.loose)
	b.add(p)
}

func steers(flat []piece) bool {
	found := false
	for _, p := range flat {
		switch {
		case p.tag != nil && p.tag.steers():
			found = true
		case p.mark != "", p.plainText() && strings.TrimSpace(p.text) == "":
		default:
			return false
		}
	}
	return found
}

func (c *compiler) unbalanced(t *tag) {
	if t.opens() {
		c.fault(t.site, "tag-unclosed", fmt.Sprintf("Thẻ {%s} không có thẻ đóng {/%s} cùng cấp: hai thẻ phải cùng một đoạn, cùng đứng riêng thành đoạn, hoặc cùng ở các ô của một bảng", t.text, t.name()), t.text, t.site.near)
		return
	}
	c.fault(t.site, "tag-unopened", fmt.Sprintf("Thẻ đóng {%s} không có thẻ mở cùng cấp", t.text), t.text, t.site.near)
}

func (c *compiler) crossed(end, start *tag) {
	c.fault(end.site, "tag-crossed", fmt.Sprintf("Thẻ {%s} đóng khi {%s} (%s) đang mở", end.text, start.text, start.site.place()), end.text, end.site.near)
}

func (c *compiler) tooMany(s site) {
	if !c.full {
		c.full = true
		c.fault(s, "template-too-large", fmt.Sprintf("Mẫu có hơn %d thẻ", maxTags), "", "")
	}
}

// pageWidth is the width between the margins of the last section, 165 mm when
// the part has none.
func pageWidth(root *etree.Element) int {
	width := 9354
	for _, s := range root.FindElements(".//w:sectPr") {
		size, margin := s.SelectElement("w:pgSz"), s.SelectElement("w:pgMar")
		if size != nil && margin != nil {
			width = max(0, attrInt(size, "w:w")-attrInt(margin, "w:left")-attrInt(margin, "w:right"))
		}
	}
	return width
}

func attrInt(e *etree.Element, name string) int {
	n, err := strconv.Atoi(e.SelectAttrValue(name, "0"))
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
}
