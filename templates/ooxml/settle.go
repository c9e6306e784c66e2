package ooxml

import (
	"path"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"vanthu/record"
)

// Ordinary files carry ties to where they were made: Word writes the path of
// the template they were attached to, a mail merge its data source, a chart the
// workbook behind its picture. None is needed to print the text, each would
// follow a filled document outside, so they are cut off and told.

// tie is one kind of relationship that is cut, and the element that names it.
type tie struct {
	kind     string // lower case
	external bool   // only when it leads out of the package
	charts   bool   // only from a chart
	element  string // local name, in the part the relationship belongs to
	code     string
	message  string // Vietnamese
}

func ties() []tie {
	const chart = "Đã bỏ bảng tính nằm sau biểu đồ; biểu đồ in như đang thấy nhưng không sửa số liệu được nữa"
	const merge = "Đã bỏ nguồn dữ liệu trộn thư (mail merge); hãy thay các trường trộn thư bằng thẻ"
	return []tie{
		{kind: "attachedtemplate", external: true, element: "attachedTemplate", code: "attached-template", message: "Đã bỏ liên kết tới mẫu Word mà tệp được gắn vào; văn bản in ra không đổi"},
		{kind: "mailmergesource", external: true, element: "mailMerge", code: "mail-merge", message: merge},
		{kind: "mailmergeheadersource", external: true, element: "mailMerge", code: "mail-merge", message: merge},
		{kind: "package", charts: true, element: "externalData", code: "chart-data", message: chart},
		{kind: "oleobject", charts: true, element: "externalData", code: "chart-data", message: chart},
		{kind: "origin", element: "", code: "digital-signature", message: "Đã bỏ chữ ký số có sẵn trong tệp: văn bản điền từ mẫu không còn là văn bản đã ký"},
	}
}

// maxRelations bounds the links of a package.
const maxRelations = 20_000

// settle cuts the ties of a package whose XML is known to be sound. Each part
// is edited once, however many ties it has.
func (p *Package) settle() error {
	links := map[string][]Relationship{} // by .rels part
	var gone []string
	count := 0
	for _, rels := range p.Names() {
		if !isRels(rels) {
			continue
		}
		all, err := p.Relationships(rels)
		if err != nil {
			return err
		}
		if count += len(all); count > maxRelations {
			return TooLarge("có hơn %d liên kết", maxRelations)
		}
		source := sourceOf(rels)
		cut, named := map[string]bool{}, map[string]bool{}
		var kept []Relationship
		for _, r := range all {
			t, ok := p.tieOf(source, r)
			if !ok {
				kept = append(kept, r)
				continue
			}
			cut[r.ID], named[t.element] = true, true
			if !r.External() {
				gone = append(gone, Resolve(source, r.Target))
			}
			p.tell(record.Fault{Part: source, Code: t.code, Message: t.message, Near: nearTarget(r)})
		}
		links[rels] = kept
		if len(cut) == 0 {
			continue
		}
		p.edit(source, func(root *etree.Element) { unname(root, named, cut) })
		p.edit(rels, func(root *etree.Element) {
			removeChildren(root, func(e *etree.Element) bool { return cut[e.SelectAttrValue("Id", "")] })
		})
	}
	if len(gone) == 0 {
		return nil
	}
	return p.drop(gone, links)
}

func (p *Package) tell(f record.Fault) {
	if !slices.ContainsFunc(p.Dropped, func(old record.Fault) bool { return old.Message == f.Message }) {
		p.Dropped = append(p.Dropped, f)
	}
}

func (p *Package) tieOf(source string, r Relationship) (tie, bool) {
	kind := strings.ToLower(r.Kind())
	for _, t := range ties() {
		chart := strings.Contains(p.types.of(source), "drawingml.chart+xml")
		if t.kind != kind || t.external && !r.External() || t.charts && !chart || kind == "origin" && !strings.Contains(r.Type, "digital-signature") {
			continue
		}
		return t, true
	}
	return tie{}, false
}

// edit changes an XML part; a part that is not there stays away.
func (p *Package) edit(name string, change func(root *etree.Element)) {
	data, ok := p.Part(name)
	if !ok || !p.IsXML(name) {
		return
	}
	doc := etree.NewDocument()
	doc.ReadSettings.PreserveCData = true
	doc.WriteSettings.CanonicalEndTags = true
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return // checkXML has read it
	}
	change(doc.Root())
	if out, err := doc.WriteToBytes(); err == nil {
		p.Set(name, out)
	}
}

// unname removes the elements of these names that refer to one of these
// relationships, or hold something that does.
func unname(e *etree.Element, names, ids map[string]bool) {
	removeChildren(e, func(child *etree.Element) bool {
		if names[child.Tag] && refers(child, ids) {
			return true
		}
		unname(child, names, ids)
		return false
	})
}

func refers(e *etree.Element, ids map[string]bool) bool {
	for _, a := range e.Attr {
		if a.Key == "id" && a.Space != "" && ids[a.Value] {
			return true
		}
	}
	return slices.ContainsFunc(e.ChildElements(), func(c *etree.Element) bool { return refers(c, ids) })
}

// removeChildren is linear where removing one by one is not.
func removeChildren(e *etree.Element, which func(*etree.Element) bool) {
	var keep []etree.Token
	removed := false
	for _, t := range e.Child {
		if child, ok := t.(*etree.Element); ok && which(child) {
			removed = true
			continue
		}
		keep = append(keep, t)
	}
	if !removed {
		return
	}
	e.Child = nil
	for _, t := range keep {
		e.AddChild(t)
	}
}

// drop removes parts that nothing refers to any more, with what only they
// refer to and their lines in the table of content types. links are the
// relationships left.
func (p *Package) drop(names []string, links map[string][]Relationship) error {
	uses := map[string]int{}
	for rels, all := range links {
		for _, r := range all {
			if !r.External() {
				uses[Resolve(sourceOf(rels), r.Target)]++
			}
		}
	}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if _, ok := p.parts[name]; !ok || uses[name] > 0 || name == p.Document || name == contentTypesPart || isRels(name) {
			continue
		}
		delete(p.parts, name)
		delete(p.parts, relsOf(name))
		for _, r := range links[relsOf(name)] {
			if target := Resolve(name, r.Target); !r.External() {
				uses[target]--
				names = append(names, target)
			}
		}
	}
	p.edit(contentTypesPart, func(root *etree.Element) {
		removeChildren(root, func(e *etree.Element) bool {
			_, ok := p.parts[strings.TrimPrefix(e.SelectAttrValue("PartName", ""), "/")]
			return e.Tag == "Override" && !ok
		})
	})
	return p.readTypes()
}

// nearTarget is the last step of where a relationship leads: enough to
// recognise it, without the folders of the machine it was made on.
func nearTarget(r Relationship) string {
	return clip(path.Base(strings.ReplaceAll(r.Target, `\`, "/")))
}
