package templates

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// A footnote or endnote is filled where the text refers to it: in a loop every
// item gets a note of its own, filled with that item, under a number of its own.

// notes is a part of footnotes or endnotes.
type notes struct {
	part   *part
	kind   string // "footnote", "endnote"
	open   string
	fixed  []block // what every page has: the line above the notes
	all    []*note
	lastID int
	end    string
}

// note is one of them.
type note struct {
	of     *notes
	id     string
	before string // start tag up to the number
	body   []block
	end    string
	used   bool // the text refers to it
	tags   bool // it has something to fill
}

// noteRef is where the text refers to a note.
type noteRef struct {
	note          *note
	before, after string // around the number
}

func (c *compiler) readNotes(root *etree.Element) *notes {
	n := &notes{open: startTag(root), end: endTag(root), kind: "footnote"}
	if isW(root, "endnotes") {
		n.kind = "endnote"
	}
	for _, e := range root.ChildElements() {
		id := e.SelectAttrValue("w:id", "")
		if !isW(e, n.kind) || id == "" || e.SelectAttrValue("w:type", "normal") != "normal" {
			n.fixed = append(n.fixed, c.mixed(e)...)
			continue
		}
		n.lastID = max(n.lastID, attrInt(e, "w:id"))
		tags := c.tags
		x := &note{of: n, id: id, body: c.container(e, nil), end: endTag(e)}
		x.tags = c.tags > tags
		e.RemoveAttr("w:id")
		x.before = strings.TrimSuffix(startTag(e), ">") + ` w:id="`
		c.notes[n.kind+" "+id] = x
		n.all = append(n.all, x)
	}
	return n
}

// unused are the notes that no text refers to: filled from the top, as they
// stand.
func (n *notes) unused() []block {
	var all []block
	for _, x := range n.all {
		if !x.used {
			all = append(all, static(x.before+x.id+`">`))
			all = append(append(all, x.body...), static(x.end))
		}
	}
	return all
}

// noteRef compiles a reference. One to a note that is not there stays as it is.
func (c *compiler) noteRef(e *etree.Element) block {
	kind := strings.TrimSuffix(e.Tag, "Reference")
	n := c.notes[kind+" "+e.SelectAttrValue("w:id", "")]
	if n == nil {
		return static(elementXML(e))
	}
	if n.used && n.tags {
		c.fault(c.here(), "note-shared", "Chú thích cuối trang này có thẻ và được dẫn ở hai chỗ; hãy tách thành hai chú thích", "", textOf(e))
	}
	n.used = true
	e.RemoveAttr("w:id")
	return noteRef{note: n, before: strings.TrimSuffix(startTag(e), ">") + ` w:id="`, after: `"/>`}
}

// outNotes is what a fill makes of a part of notes.
type outNotes struct {
	chunks []chunk
	used   map[string]bool // numbers
	lastID int
}

// note writes a reference and the note it refers to.
func (r *renderer) note(f *flow, ref noteRef, sc *scope) {
	n := ref.note
	out := r.notes[n.of]
	if out == nil {
		out = &outNotes{used: map[string]bool{}, lastID: n.of.lastID}
		r.notes[n.of] = out
	}
	id := n.id
	if out.used[id] {
		out.lastID++
		id = strconv.Itoa(out.lastID)
	}
	out.used[id] = true
	f.chunks = append(f.chunks, static(ref.before+id+ref.after))
	part := r.part
	r.part = n.of.part
	in := &flow{width: r.part.width}
	r.blocks(in, n.body, sc)
	r.part = part
	out.chunks = append(out.chunks, static(n.before+id+`">`))
	out.chunks = append(append(out.chunks, in.holding(true)...), static(n.end))
}

// allNotes is a part of notes: those of every page, those that the text refers
// to, the rest.
func (r *renderer) allNotes(n *notes, fixed, rest []chunk) []chunk {
	all := append([]chunk{static(n.open)}, fixed...)
	if out := r.notes[n]; out != nil {
		all = append(all, out.chunks...)
	}
	return append(append(all, rest...), static(n.end))
}
