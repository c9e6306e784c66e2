package form

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"vanthu/record"
)

// Form is a schema made ready. It never changes and is safe for concurrent use.
type Form struct {
	root *node
}

// node is one place of a schema, as a form shows it.
type node struct {
	kind        Kind
	title, help string
	members     []member // group: its fields; choice: its branches
	item        *node    // list
	least, most int      // items; most 0 is no limit
	numbering   string
	jsonType    string // leaf: string, integer, number, boolean
	options     []Option
	maxLength   int // characters; 0 is no limit
	fixed       json.RawMessage
}

type member struct {
	name     string
	node     *node
	required bool
}

func (n *node) member(name string) (member, bool) {
	for _, m := range n.members {
		if m.name == name {
			return m, true
		}
	}
	return member{}, false
}

// leaf says whether one input shows the whole value.
func (n *node) leaf() bool { return n.kind != Group && n.kind != List && n.kind != Choice }

// textual says whether the value is any text.
func (n *node) textual() bool { return n.kind == Text || n.kind == Textarea }

// shortText is the longest text (maxLength) that gets one line.
const shortText = 300

// New reads a JSON Schema (2020-12) of an object. The error is record.Invalid,
// code "form-schema": text that is no schema, a reference that leads nowhere or
// out of it, groups that contain themselves without end.
func New(schema []byte) (*Form, error) {
	doc, err := readSchema(schema)
	if err != nil {
		return nil, record.Because(err, record.Invalid, "form-schema", "Không đọc được lược đồ của biểu mẫu")
	}
	c := &compiler{made: map[*object]*node{}}
	root, err := c.node(doc, doc)
	if err == nil && root.kind != Group {
		err = fmt.Errorf("the root is a %s, not an object with properties", root.kind)
	}
	if err == nil {
		err = c.endless()
	}
	if err != nil {
		return nil, record.Because(err, record.Invalid, "form-schema", "Lược đồ không dùng làm biểu mẫu được")
	}
	return &Form{root: root}, nil
}

type compiler struct {
	made map[*object]*node
}

// node makes the node of a schema that lies in the resource base: the nearest
// schema around it with an $id, which references start from.
func (c *compiler) node(schema any, base *object) (*node, error) {
	o, ok := schema.(*object)
	if !ok {
		return &node{kind: JSON}, nil // true or false says nothing of the shape
	}
	if n, ok := c.made[o]; ok {
		return n, nil
	}
	if o.text("$id") != "" {
		base = o
	}
	shape, shapeBase := o, base
	for hops := 0; shape.text("$ref") != ""; hops++ {
		var err error
		if shape, shapeBase, err = shapeBase.resolve(shape.text("$ref")); err != nil {
			return nil, err
		}
		if hops > 40 {
			return nil, fmt.Errorf("references chain without end")
		}
	}
	if shape != o && !o.has("title") && !o.has("description") {
		return c.node(shape, shapeBase)
	}
	n := &node{title: cmp.Or(o.text("title"), shape.text("title")), help: cmp.Or(o.text("description"), shape.text("description"))}
	c.made[o] = n // before its parts: a list may lie in itself
	return n, c.fill(n, shape, shapeBase)
}

// fill reads the shape of a value.
func (c *compiler) fill(n *node, o, base *object) error {
	properties, _ := o.values["properties"].(*object)
	types := o.types()
	enum, isEnum := o.values["enum"].([]any)
	switch {
	case o.has("const"):
		n.kind = Constant
		raw, err := json.Marshal(o.values["const"])
		n.fixed = raw
		return err
	case branching(o):
		n.kind = JSON
	case properties != nil:
		return c.group(n, o, properties, base)
	case slices.Equal(types, []string{"array"}) && o.has("items") && !o.has("prefixItems"):
		n.kind, n.least, n.most = List, o.number("minItems"), o.number("maxItems")
		n.numbering = o.text("x-numbering")
		var err error
		n.item, err = c.node(o.values["items"], base)
		return err
	case isEnum && texts(enum):
		n.kind, n.jsonType = Select, "string"
		titles, _ := o.values["x-enum-titles"].(*object)
		for _, v := range enum {
			label := v.(string)
			if titles != nil && titles.text(label) != "" {
				label = titles.text(label)
			}
			n.options = append(n.options, Option{Value: v.(string), Label: label})
		}
	case isEnum || len(types) != 1:
		n.kind = JSON
	case types[0] == "boolean":
		n.kind, n.jsonType = Select, "boolean"
		n.options = []Option{{Value: "true", Label: "Có"}, {Value: "false", Label: "Không"}}
	case types[0] == "integer" || types[0] == "number":
		n.kind, n.jsonType = Integer, types[0]
	case types[0] == "string":
		n.kind, n.jsonType, n.maxLength = Textarea, "string", o.number("maxLength")
		// A pattern for the whole text means a code, not prose.
		if n.maxLength > 0 && n.maxLength <= shortText || o.has("format") || strings.HasPrefix(o.text("pattern"), "^") {
			n.kind = Text
		}
	default:
		n.kind = JSON
	}
	return nil
}

func (c *compiler) group(n *node, o, properties, base *object) error {
	n.kind = Group
	if o.number("minProperties") == 1 && o.number("maxProperties") == 1 {
		n.kind = Choice
	}
	required, _ := o.values["required"].([]any)
	for _, name := range properties.names {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return fmt.Errorf("property %q cannot be the name of an input", name)
		}
		m, err := c.node(properties.values[name], base)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		n.members = append(n.members, member{name: name, node: m, required: slices.Contains(required, any(name))})
	}
	return nil
}

// branching says whether alternatives change the shape of a value, not only
// which of its members are required: more than a form of fields can show.
func branching(o *object) bool {
	for _, keyword := range []string{"allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "patternProperties"} {
		all, isList := o.values[keyword].([]any)
		if v, ok := o.values[keyword]; ok && !isList {
			all = []any{v}
		}
		for _, v := range all {
			if s, ok := v.(*object); ok && (s.has("properties") || s.has("$ref") || s.has("type") || s.has("items")) {
				return true
			}
		}
	}
	return false
}

// endless refuses groups that lie in themselves with no list or choice between:
// a form would never end.
func (c *compiler) endless() error {
	const open, done = 1, 2
	state := map[*node]int{}
	var visit func(n *node) error
	visit = func(n *node) error {
		switch {
		case n.kind != Group || state[n] == done:
			return nil
		case state[n] == open:
			return fmt.Errorf("group %q contains itself", n.title)
		}
		state[n] = open
		for _, m := range n.members {
			if err := visit(m.node); err != nil {
				return err
			}
		}
		state[n] = done
		return nil
	}
	for _, n := range c.made {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}

func texts(all []any) bool {
	return !slices.ContainsFunc(all, func(v any) bool { _, ok := v.(string); return !ok })
}

// resolve follows a reference within one schema text.
func (o *object) resolve(ref string) (target, base *object, err error) {
	path, local := strings.CutPrefix(ref, "#")
	if path, err = url.PathUnescape(path); err != nil || !local || path != "" && path[0] != '/' {
		return nil, nil, fmt.Errorf("reference %q leads out of the schema", ref)
	}
	target, base = o, o
	var at any = o
	for _, name := range tokens(path) {
		next, ok := at.(*object)
		if !ok {
			return nil, nil, fmt.Errorf("reference %q leads nowhere", ref)
		}
		at = next.values[name]
		if inner, ok := at.(*object); ok {
			if target = inner; inner.text("$id") != "" {
				base = inner
			}
		}
	}
	if at != any(target) {
		return nil, nil, fmt.Errorf("reference %q leads nowhere", ref)
	}
	return target, base, nil
}
