package templates

import (
	"path"
	"slices"

	"vanthu/templates/ooxml"
)

// relationsPart is the part that holds the relationships of a part, "" being
// the package.
func relationsPart(name string) string {
	return path.Join(path.Dir(name), "_rels", path.Base("/"+name)+".rels")
}

func relations(p *ooxml.Package, name string) []ooxml.Relationship {
	rels := relationsPart(name)
	if name == "" {
		rels = "_rels/.rels"
	}
	all, err := p.Relationships(rels)
	if err != nil { // ooxml.Open has read every part: it is well formed
		return nil
	}
	return all
}

// noteParts are the parts with footnotes and endnotes.
func noteParts(p *ooxml.Package) map[string]bool {
	all := map[string]bool{}
	for _, r := range relations(p, p.Document) {
		if r.Kind() == "footnotes" || r.Kind() == "endnotes" {
			all[ooxml.Resolve(p.Document, r.Target)] = true
		}
	}
	return all
}

const coreProperties = "docProps/core.xml"

// propertyParts are the parts with the properties of the file.
func propertyParts(p *ooxml.Package) []string {
	all := []string{coreProperties}
	for _, r := range relations(p, "") {
		switch r.Kind() {
		case "core-properties", "extended-properties", "custom-properties":
			all = append(all, ooxml.Resolve("", r.Target))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
