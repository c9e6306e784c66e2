package ooxml

import (
	"encoding/xml"
	"path"
	"slices"
	"strings"
)

const (
	packageRels = "_rels/.rels"

	// RelTransitional begins the relationship types that Word writes.
	RelTransitional = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relStrict       = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
)

// Relationship is one line of a .rels part (ISO/IEC 29500-2, 9.3).
type Relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// External says whether the target is outside the package.
func (r Relationship) External() bool { return strings.EqualFold(r.Mode, "External") }

// Kind is the last word of the relationship type: "hyperlink", "image".
func (r Relationship) Kind() string { return r.Type[strings.LastIndexByte(r.Type, '/')+1:] }

// Relationships reads one .rels part; a part that is not there has none.
func (p *Package) Relationships(rels string) ([]Relationship, error) {
	data, ok := p.Part(rels)
	if !ok {
		return nil, nil
	}
	if err := checkXMLPart(rels, data, newXMLBudget()); err != nil {
		return nil, err
	}
	var all struct {
		Relationships []Relationship `xml:"Relationship"`
	}
	if err := xml.Unmarshal(data, &all); err != nil {
		return nil, BadXML(rels, "không đọc được danh sách liên kết của tệp", err)
	}
	return all.Relationships, nil
}

// TextParts are the parts whose text is printed on pages, by what the main part
// refers to and not by their names: the main part first, then headers, footers,
// footnotes and endnotes in the order of their names.
func (p *Package) TextParts() ([]string, error) {
	rels, err := p.Relationships(relsOf(p.Document))
	if err != nil {
		return nil, err
	}
	var others []string
	for _, r := range rels {
		switch r.Kind() {
		case "header", "footer", "footnotes", "endnotes":
			name := Resolve(p.Document, r.Target)
			if _, ok := p.parts[name]; ok && !r.External() && p.IsXML(name) && name != p.Document && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	slices.Sort(others)
	return append([]string{p.Document}, others...), nil
}

// Resolve is the name of the part that a relationship of source points to.
func Resolve(source, target string) string {
	target, _, _ = strings.Cut(target, "#")
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(source), target)
}

func isRels(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".rels") }

// relsOf is the name of the part that holds the relationships of a part.
func relsOf(part string) string {
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// sourceOf is the part that a .rels part belongs to, "" for the package itself.
func sourceOf(rels string) string {
	dir, base := path.Split(rels)
	return strings.TrimSuffix(path.Join(path.Dir(path.Clean(dir)), strings.TrimSuffix(base, ".rels")), ".")
}
