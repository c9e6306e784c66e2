package templates

import (
	"encoding/json"
	"fmt"
	"strings"

	"vanthu/record"
)

// A section over a name that does not exist prints nothing and tells nobody. So
// the names of a form are checked once, when it is loaded, against what its
// schema says the data can hold.

// shape is what a value can be.
type shape struct {
	kind   valueKind
	fields map[string]*shape
	item   *shape
}

// rootShape is the shape of what dataOf makes, with the content as the form's
// schema describes it.
func rootShape(schema []byte) (*shape, error) {
	sample, err := dataOf(sampleFilling())
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(schema, &doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	root := shapeOfValue(sample)
	root.fields["content"] = shapeOfSchema(doc, doc, map[string]*shape{})
	deriveShape(root)
	return root, nil
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

// namer walks a compiled form the way renderer does, with shapes for values.
type namer struct {
	root   *shape
	faults []record.Fault
}

type nameScope struct{ names, dot *shape }

// checkNames tells every tag whose name the data cannot have, or have as a
// text.
func checkNames(parts []*part, root *shape) []record.Fault {
	n := &namer{root: root}
	for _, p := range parts {
		n.blocks(p.blocks, nameScope{root, root})
	}
	return n.faults
}

func (n *namer) blocks(all []block, sc nameScope) {
	for _, b := range all {
		switch x := b.(type) {
		case *paragraph:
			n.pieces(x.pieces, sc)
		case *section:
			n.blocks(x.body, n.enter(x.tag, sc))
		case *cell:
			n.blocks(x.body, sc)
		case *table:
			n.blocks(x.rows, sc)
		}
	}
}

func (n *namer) pieces(all []piece, sc nameScope) {
	for _, p := range all {
		switch {
		case p.tag != nil && p.tag.opens():
			n.pieces(p.nest, n.enter(p.tag, sc))
		case p.tag != nil:
			if s := n.find(p.tag, sc); s != nil && s.kind != textValue {
				n.fault(p.tag, "value-not-text", "cần một đoạn chữ nhưng dữ liệu là danh sách hoặc nhóm")
			}
		}
		n.pieces(p.inner, sc)
		n.blocks(p.raw, sc)
	}
}

func (n *namer) enter(t *tag, sc nameScope) nameScope {
	s := n.find(t, sc)
	if s == nil || t.kind == tagInverted {
		return sc
	}
	switch {
	case s.kind == groupValue:
		return nameScope{s, s}
	case s.kind == listValue && s.item.kind == groupValue:
		return nameScope{s.item, s.item}
	case s.kind == listValue:
		return nameScope{sc.names, s.item}
	}
	return nameScope{sc.names, s}
}

func (n *namer) find(t *tag, sc nameScope) *shape {
	if t.kind == tagCounter {
		return nil
	}
	s := sc.names
	if t.root {
		s = n.root
	}
	if len(t.path) == 0 {
		return sc.dot
	}
	for _, name := range t.path {
		next := s.fields[name]
		if next == nil {
			n.fault(t, "name-unknown", fmt.Sprintf("dùng tên %q mà dữ liệu của mẫu không có ở chỗ này", name))
			return nil
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
