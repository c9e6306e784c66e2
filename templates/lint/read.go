package lint

import (
	"bytes"
	"context"
	"path"

	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// Limits of the work on one document; 1,000 pages have less.
const (
	maxLintParas = 50_000
	maxLintText  = 4 << 20 // bytes that are printed
)

// lintReader builds a lintDoc.
type lintReader struct {
	ctx     context.Context
	pkg     *ooxml.Package
	doc     *lintDoc
	rels    map[string]ooxml.Relationship // of the main part, by id
	styles  *lintStyles
	lists   *lintLists
	running map[string]*runningPart
	ends    []*etree.Element // the w:sectPr, in order
	total   int              // paragraphs of all parts
	letters int              // bytes of text of all parts
	boxes   int
	err     error

	// Of the part being read:
	out    *[]*lintPara
	group  int
	part   string
	number int
	fields []*openField
}

func readLintDoc(ctx context.Context, pkg *ooxml.Package) (*lintDoc, error) {
	r := &lintReader{ctx: ctx, pkg: pkg, doc: &lintDoc{}, rels: map[string]ooxml.Relationship{}, running: map[string]*runningPart{}}
	rels, err := pkg.Relationships(path.Join(path.Dir(pkg.Document), "_rels", path.Base(pkg.Document)+".rels"))
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for _, rel := range rels {
		if rel.External() {
			continue
		}
		rel.Target = ooxml.Resolve(pkg.Document, rel.Target)
		r.rels[rel.ID] = rel
		if kinds[rel.Kind()] == "" {
			kinds[rel.Kind()] = rel.Target
		}
	}
	styles := r.tree(kinds["styles"], "w")
	r.styles = readLintStyles(styles, readTheme(r.tree(kinds["theme"], "a")))
	r.lists = readLintLists(r.tree(kinds["numbering"], "w"), styles)
	r.doc.settings = readLintSettings(r.tree(kinds["settings"], "w"))
	r.main()
	for _, kind := range []string{"footnotes", "endnotes"} {
		name := map[string]string{"footnotes": "chú thích cuối trang", "endnotes": "chú thích cuối văn bản"}[kind]
		r.begin(&r.doc.notes, spotNotes, name)
		if root := r.tree(kinds[kind], "w"); root != nil {
			r.blocks(root, inside{})
			r.finish()
		}
	}
	return r.doc, r.err
}

// tree is the root of a part, nil when the package has none. What Word reads
// and we would not see is refused: w: must mean what it means everywhere.
func (r *lintReader) tree(part, prefix string) *etree.Element {
	data, ok := r.pkg.Part(part)
	if !ok || r.err != nil {
		return nil
	}
	if n := bytes.Count(data, []byte("<w:p>")) + bytes.Count(data, []byte("<w:p ")) + bytes.Count(data, []byte("<w:p/")); n > maxLintParas {
		r.err = ooxml.TooLarge("có hơn %d đoạn", maxLintParas)
		return nil
	}
	if !r.pkg.IsXML(part) {
		r.err = ooxml.BadXML(part, "kiểu nội dung không phải XML", nil)
		return nil
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		r.err = ooxml.BadXML(part, "XML sai cú pháp", err)
		return nil
	}
	root := doc.Root()
	if root.Space != prefix || renamed(root) {
		r.err = ooxml.BadXML(part, "không dùng tiền tố quen thuộc "+prefix+":; hãy mở bằng Word và lưu lại", nil)
		return nil
	}
	return root
}

// renamed says whether w: has another meaning somewhere, or another prefix its
// meaning.
func renamed(e *etree.Element) bool {
	for i := range e.Attr {
		a := &e.Attr[i]
		prefix := a.Key
		if a.Space != "xmlns" {
			if a.Space != "" || a.Key != "xmlns" {
				continue
			}
			prefix = ""
		}
		if (prefix == "w") != (a.Value == ooxml.NSWord) {
			return true
		}
	}
	for _, child := range e.Child {
		if c, ok := child.(*etree.Element); ok && renamed(c) {
			return true
		}
	}
	return false
}

func readLintSettings(root *etree.Element) lintSettings {
	s := lintSettings{tab: 720}
	if root == nil {
		return s
	}
	for _, e := range root.ChildElements() {
		switch {
		case ooxml.IsW(e, "evenAndOddHeaders"):
			s.evenAndOdd = toggleOf(e) == on
		case ooxml.IsW(e, "gutterAtTop"):
			s.gutterTop = toggleOf(e) == on
		case ooxml.IsW(e, "defaultTabStop"):
			if t := twips(wAttr(e, "val")); t.n > 0 {
				s.tab = t.n
			}
		}
	}
	return s
}

func (r *lintReader) begin(out *[]*lintPara, group int, part string) {
	r.out, r.group, r.part, r.number, r.fields = out, group, part, 0, nil
}

// finish ends a part.
func (r *lintReader) finish() {
	for _, open := range r.fields {
		if !open.result && r.err == nil { // it would hide all text behind it
			r.err = ooxml.BadXML(r.pkg.Document, "có trường (field) không được đóng lại", nil)
		}
	}
}

// main reads the text with its sections.
func (r *lintReader) main() {
	root := r.tree(r.pkg.Document, "w")
	if root == nil {
		return
	}
	body := root.SelectElement("w:body")
	if body == nil {
		r.err = ooxml.BadXML(r.pkg.Document, "không có thân văn bản", nil)
		return
	}
	r.begin(&r.doc.paras, spotText, "")
	r.doc.sections = []*lintSection{{number: 1}}
	r.blocks(body, inside{})
	r.finish()
	if last := body.SelectElement("w:sectPr"); last != nil {
		r.ends = append(r.ends, last)
	}
	for i, p := range r.doc.paras {
		p.index = i
	}
	if n := len(r.doc.sections); len(r.ends) == n-1 && r.doc.sections[n-1].first == len(r.doc.paras) {
		r.doc.sections = r.doc.sections[:n-1] // nothing is in it
	}
	for i, s := range r.doc.sections {
		var before *lintSection
		if i > 0 {
			before = r.doc.sections[i-1]
		}
		if i < len(r.ends) {
			r.section(s, r.ends[i])
		}
		s.inherit(before)
	}
}

func (s *lintSection) inherit(before *lintSection) {
	if s.headers == nil {
		s.headers, s.footers = map[string]*runningPart{}, map[string]*runningPart{}
	}
	if before == nil {
		return
	}
	for kind, part := range before.headers {
		if s.headers[kind] == nil {
			s.headers[kind] = part
		}
	}
	for kind, part := range before.footers {
		if s.footers[kind] == nil {
			s.footers[kind] = part
		}
	}
}

func (r *lintReader) section(s *lintSection, e *etree.Element) {
	s.headers, s.footers = map[string]*runningPart{}, map[string]*runningPart{}
	for _, x := range e.ChildElements() {
		if x.Space != "w" {
			continue
		}
		switch x.Tag {
		case "pgSz":
			s.width, s.height = twips(wAttr(x, "w")), twips(wAttr(x, "h"))
		case "pgMar":
			s.left = twips(wAttr(x, "left")).over(twips(wAttr(x, "start")))
			s.right = twips(wAttr(x, "right")).over(twips(wAttr(x, "end")))
			s.top, s.bottom = twips(wAttr(x, "top")), twips(wAttr(x, "bottom"))
			s.gutter, s.header = twips(wAttr(x, "gutter")), twips(wAttr(x, "header"))
		case "type":
			s.continuous = wAttr(x, "val") == "continuous"
		case "titlePg":
			s.titlePage = toggleOf(x) == on
		case "pgNumType":
			s.pageFormat, s.pageStart = wAttr(x, "fmt"), twips(wAttr(x, "start"))
		case "headerReference":
			s.headers[wAttr(x, "type")] = r.runningPart(x, "đầu trang")
		case "footerReference":
			s.footers[wAttr(x, "type")] = r.runningPart(x, "chân trang")
		}
	}
}

// runningPart reads a header or footer once, however many sections use it; kind
// is its name for people.
func (r *lintReader) runningPart(reference *etree.Element, kind string) *runningPart {
	id := ""
	for _, a := range reference.Attr {
		if a.Key == "id" && a.Space != "w" {
			id = a.Value
		}
	}
	name := r.rels[id].Target
	if part := r.running[name]; part != nil {
		return part
	}
	part := &runningPart{}
	r.running[name] = part
	if root := r.tree(name, "w"); root != nil {
		r.begin(&part.paras, spotHeaders, kind)
		r.blocks(root, inside{})
		r.finish()
		r.doc.running = append(r.doc.running, part.paras...)
	}
	return part
}
