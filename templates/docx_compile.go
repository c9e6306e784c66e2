package templates

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/beevik/etree"
	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/templates/ooxml"
	"vanthu/templates/vntext"
)

// A part is compiled once into blocks and rendered any number of times.
type block interface{}

// The blocks of a part.
type (
	// static is XML that is written as it is.
	static string

	// section is what stands between an opening and a closing tag.
	section struct {
		tag  *tag
		body []block
	}

	// endMark is the tag {./.}.
	endMark struct{ tag *tag }

	// plainTag is a tag where there can be no markup: a property of the file.
	plainTag struct{ tag *tag }

	// mark is one end of a range such as a bookmark. Loops do not repeat it,
	// and it is written only when the other end is.
	mark struct {
		xml   string
		of    string // which range
		start bool
		alone bool // a range without a second end
	}

	// ident is a number or name that no other element may have.
	ident struct{ kind, old string }

	// room is an element that must hold a paragraph.
	room struct {
		open []block
		body []block
		end  string
		ends bool // with a paragraph
	}
)

// part is one compiled part of a package.
type part struct {
	name   string
	head   string // what stands before the root element
	blocks []block
	width  int // of the text on the page, in twentieths of a point
	height int // the same
	styles *styleSheet
	notes  *notes // of a part of footnotes or endnotes
	lastID int    // the largest number of a drawing
}

// compiler reads the parts of one package.
type compiler struct {
	faults  []record.Fault
	uses    []tagUse
	tags    int
	full    bool // maxTags was told
	styles  *styleSheet
	bundles map[string]*runProps
	notes   map[string]*note // by kind and id
	width   int              // of the page's text; as the decree has it when the form does not say
	height  int

	// Of the part being read:
	part    string
	number  int // paragraphs met
	lastID  int
	margins int                     // of a table's cells, left and right together
	texts   map[*etree.Element]bool // what holds paragraphs
	ranges  map[string]int          // by kind and number: ends met, starts after an end among them

	// Of the paragraph being read:
	spread []*tag // sections that ask for the row or the paragraph around them
	dimmed bool   // inside a content control that still shows its prompt
}

// scan reads the parts of a package that can hold tags, and lists the tags used.
// Faults name every tag that is wrong, and every tag in a place that is not
// filled.
func scan(p *ooxml.Package) ([]*part, []record.Fault, []tagUse) {
	styles, _ := p.Part(path.Join(path.Dir(p.Document), "styles.xml"))
	c := &compiler{bundles: map[string]*runProps{}, notes: map[string]*note{}, styles: readStyles(styles), width: 9354, height: 14570}
	texts, err := p.TextParts()
	if err != nil { // ooxml.Open has read every part
		c.fault(site{part: p.Document}, "docx-xml", "Không đọc được danh sách liên kết của tệp DOCX", "", "")
		return nil, c.faults, nil
	}
	withNotes := noteParts(p)
	var parts []*part
	// Notes come first: the text that refers to them is compiled around them.
	for _, notes := range []bool{true, false} {
		for _, name := range texts {
			data, _ := p.Part(name)
			if withNotes[name] != notes || name != p.Document && !notes && !bytes.ContainsAny(data, "{}") && norm.NFC.IsNormal(data) {
				continue
			}
			if out := c.compilePart(name, data); out != nil {
				parts = append(parts, out)
			}
		}
	}
	for _, x := range parts {
		x.width, x.height = c.width, c.height
		if x.notes != nil {
			x.blocks = x.notes.unused()
		}
	}
	for _, name := range propertyParts(p) {
		if data, ok := p.Part(name); ok && strings.Contains(string(data), "{") {
			if out := c.properties(name, data); out != nil {
				parts = append(parts, out)
			}
		}
	}
	return parts, bound(c.faults), c.uses
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
	c.part, c.number, c.lastID, c.margins = name, 0, 0, c.styles.margins
	c.texts, c.ranges = map[*etree.Element]bool{}, map[string]int{}
	c.survey(root)
	out := &part{name: name, styles: c.styles, head: declaration}
	if isW(root, "footnotes") || isW(root, "endnotes") {
		out.notes = c.readNotes(root)
		out.notes.part = out
	} else {
		out.blocks = c.mixed(root)
	}
	out.lastID = c.lastID
	return out
}

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (c *compiler) here() site { return site{part: c.part, paragraph: c.number} }

// mixed compiles any element: what holds no paragraphs is static.
func (c *compiler) mixed(e *etree.Element) []block {
	switch {
	case isW(e, "sdtPr"):
		return cut(c.control(e))
	case !c.texts[e]:
		return cut(elementXML(e))
	case isW(e, "tbl"):
		return []block{c.table(e)}
	}
	body := c.container(e, nil)
	if e.Space == "w" {
		switch e.Tag {
		case "hdr", "ftr", "footnote", "endnote", "txbxContent":
			return []block{&room{open: cut(startTag(e)), body: body, end: endTag(e), ends: e.Tag != "hdr" && e.Tag != "ftr"}}
		}
	}
	return append(append(cut(startTag(e)), body...), static(endTag(e)))
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
			case isMark(child):
				b.add(c.markOf(child))
			default:
				for _, x := range c.mixed(child) {
					b.add(x)
				}
			}
		}
	}
	return b.finish()
}

func (c *compiler) fault(s site, code, message, tag, near string) {
	if len(c.faults) > maxFaults {
		return
	}
	c.faults = append(c.faults, record.Fault{Code: code, Message: message, Tag: tag, Part: s.part, Place: s.place(), Near: vntext.Clip(near)})
}

func (c *compiler) unbalanced(t *tag) {
	if t.opens() {
		c.fault(t.site, "tag-unclosed", fmt.Sprintf("Thẻ {%s} không có thẻ đóng {/%s} cùng cấp: hai thẻ phải cùng một đoạn, cùng ở đầu hoặc cuối đoạn, hoặc ở các ô của một bảng", t.text, t.name()), t.text, t.site.near)
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

// pageSize notes the width and height between the margins of a section of the
// page; the last one counts.
func (c *compiler) pageSize(section *etree.Element) {
	size, margin := section.SelectElement("w:pgSz"), section.SelectElement("w:pgMar")
	if size != nil && margin != nil {
		c.width = max(0, attrInt(size, "w:w")-attrInt(margin, "w:left")-attrInt(margin, "w:right"))
		c.height = max(0, attrInt(size, "w:h")-attrInt(margin, "w:top")-attrInt(margin, "w:bottom"))
	}
}

func attrInt(e *etree.Element, name string) int {
	n, err := strconv.Atoi(e.SelectAttrValue(name, "0"))
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
}
