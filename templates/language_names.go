package templates

import (
	"encoding/json"
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/templates/filter"
)

// A section over a name that does not exist prints nothing and tells nobody. So
// the names of a form are checked once, when it is loaded, against what its
// schema says the data can hold.

// shape is what a value can be.
type shape struct {
	kind   valueKind
	json   string // of a text, what the schema calls it: "string", "number", "integer"; "" for unknown
	fields map[string]*shape
	item   *shape
	rest   *shape // of the top: the content, whose names may stand alone
}

// rootShape is the shape of what a form with these names of its own is filled
// from, with the content as its schema describes it.
func rootShape(schema []byte, own ...string) (*shape, error) {
	root, err := serviceShape()
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(schema, &doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	root.fields["content"] = shapeOfSchema(doc, doc, map[string]*shape{})
	deriveShape(root)
	root.rest = root.fields["content"]
	for _, name := range own {
		delete(root.fields, name)
	}
	return root, nil
}

// serviceShape is the shape of what dataOf makes.
func serviceShape() (*shape, error) {
	sample, err := dataOf(sampleFilling())
	if err != nil {
		return nil, err
	}
	return shapeOfValue(sample), nil
}

func shapeOfValue(v *value) *shape {
	s := &shape{kind: v.kind}
	switch v.kind {
	case listValue:
		s.item = shapeOfValue(v.items[0])
	case groupValue:
		s.fields = map[string]*shape{}
		for name, x := range v.fields {
			s.fields[name] = shapeOfValue(x)
		}
	}
	return s
}

// shapeOfSchema follows type, properties, items and references within the
// schema; that is all that the forms' schemas use to give names to data.
func shapeOfSchema(doc, node any, known map[string]*shape) *shape {
	m, _ := node.(map[string]any)
	if ref, ok := m["$ref"].(string); ok {
		if s, ok := known[ref]; ok {
			return s
		}
		s := &shape{}
		known[ref] = s // a schema may refer to itself
		target := doc
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			parent, _ := target.(map[string]any)
			target = parent[step]
		}
		*s = *shapeOfSchema(doc, target, known)
		return s
	}
	s := &shape{kind: textValue}
	s.json, _ = m["type"].(string)
	switch m["type"] {
	case "object":
		s.kind, s.fields = groupValue, map[string]*shape{}
		properties, _ := m["properties"].(map[string]any)
		for name, p := range properties {
			s.fields[name] = shapeOfSchema(doc, p, known)
		}
	case "array":
		s.kind, s.item = listValue, shapeOfSchema(doc, m["items"], known)
	case "boolean":
		s.kind = flagValue
	}
	return s
}

// namer walks the tags of a compiled form the way renderer does, with shapes
// for values.
type namer struct {
	root   *shape
	faults []record.Fault
}

// nameScope is a scope of the renderer: names is nil where an item is a text.
type nameScope struct {
	outer      *nameScope
	of         *tag
	names, dot *shape
}

// checkNames binds every tag to the scope that its name belongs to, and tells
// those whose name the data cannot have, or have as something else.
func checkNames(parts []*part, root *shape) []record.Fault {
	n := &namer{root: root}
	n.walk(outline(parts), &nameScope{names: root, dot: root})
	return n.faults
}

func (n *namer) walk(all []tagNode, sc *nameScope) {
	for _, x := range all {
		s := n.find(x.tag, sc)
		if !x.tag.opens() {
			n.suits(x.tag, s)
			continue
		}
		n.walk(x.inside, n.enter(x.tag, s, sc))
	}
}

// suits tells a tag that cannot print what the data has.
func (n *namer) suits(t *tag, s *shape) {
	if s == nil {
		return
	}
	takes := t.filters.Takes()
	switch {
	case t.kind == tagImage || t.kind == tagImageAlone:
		if s.kind != textValue && s.kind != groupValue || s.kind == groupValue && s.fields["data"] == nil {
			n.fault(t, "value-not-image", "cần một hình nhưng dữ liệu là loại khác")
		}
	case s.kind != textValue:
		n.fault(t, "value-not-text", "cần một đoạn chữ nhưng dữ liệu là danh sách hoặc nhóm")
	case s.json == "string" && (takes == filter.Number || takes == filter.Ordinal):
		n.fault(t, "filter-value", "cần một số nhưng dữ liệu là chữ")
	case (s.json == "number" || s.json == "integer") && takes == filter.Date:
		n.fault(t, "filter-value", "cần một ngày nhưng dữ liệu là số")
	}
}

func (n *namer) enter(t *tag, s *shape, sc *nameScope) *nameScope {
	if s == nil || t.kind == tagInverted {
		return sc
	}
	inner := &nameScope{outer: sc, of: t, dot: s}
	if s.kind == listValue {
		inner.dot = s.item
	}
	if inner.dot.kind == groupValue {
		inner.names = inner.dot
	}
	return inner
}

// find is the shape of what a tag names, looked for from the inside out.
func (n *namer) find(t *tag, sc *nameScope) *shape {
	switch {
	case t.kind == tagCounter, t.kind == tagEndMark:
		return nil
	case len(t.path) == 0:
		return sc.dot
	case t.root:
		sc = &nameScope{names: n.root}
	}
	for at := sc; at != nil; at = at.outer {
		if s := at.names.follow(t.path); s != nil {
			t.bound, t.home = true, at.of
			return s
		}
	}
	n.fault(t, "name-unknown", fmt.Sprintf("dùng tên %q mà dữ liệu của mẫu không có ở chỗ này", strings.Join(t.path, ".")))
	return nil
}

func (s *shape) follow(path []string) *shape {
	for _, name := range path {
		if s == nil {
			return nil
		}
		next := s.fields[name]
		if next == nil && s.rest != nil {
			next = s.rest.fields[name]
		}
		s = next
	}
	return s
}

func (n *namer) fault(t *tag, code, message string) {
	if len(n.faults) < maxFaults {
		n.faults = append(n.faults, record.Fault{Code: code, Message: fmt.Sprintf("Thẻ {%s} %s", t.text, message),
			Tag: t.text, Part: t.site.part, Place: t.site.place(), Near: t.site.near})
	}
}
