package form

import (
	"slices"
	"strconv"
	"strings"
)

func (b *builder) group(f *Field, n *node, v *value, at spot) {
	if at.item {
		at.path = append(slices.Clone(at.path), f.Label)
	}
	f.Compact, f.Bare = len(n.members) > 1, at.item
	for _, m := range n.members {
		c := b.field(m.node, v.parts[m.name], at.member(m))
		if c == nil {
			continue
		}
		f.Children = append(f.Children, c)
		f.Compact = f.Compact && (c.Hidden || c.Kind == Text || c.Kind == Select || c.Kind == Integer)
		f.Bare = f.Bare && !c.Leaf()
	}
}

func (at spot) member(m member) spot {
	return spot{pointer: join(at.pointer, m.name), pattern: join(at.pattern, m.name), path: at.path, label: m.node.title, required: m.required, hidden: at.hidden}
}

func (b *builder) list(f *Field, n *node, v *value, at spot) {
	full := n.most > 0 && len(v.items) >= n.most
	for i, item := range v.items {
		here := spot{pointer: join(f.Pointer, strconv.Itoa(i)), pattern: join(at.pattern, "*"), path: at.path, label: n.itemLabel(i),
			required: true, hidden: f.Hidden, item: true, first: i == 0, last: i == len(v.items)-1, full: full}
		if c := b.field(n.item, item, here); c != nil {
			f.Children = append(f.Children, c)
		}
	}
	f.Bare = at.item && len(v.items) == 0
	if full || f.Hidden {
		return
	}
	where := strings.Join(append(slices.Clone(at.path), f.Label), ", ")
	if n.item.kind != Choice {
		f.Adds = b.button(f.Adds, "add", "add "+f.Pointer, "Thêm "+lower(n.itemTitle()), where)
		return
	}
	for _, m := range n.item.members {
		f.Adds = b.button(f.Adds, "add", "add "+f.Pointer+" as "+m.name, "Thêm "+lower(m.node.title), where)
	}
}

// itemTitle is what one item of a list is called.
func (n *node) itemTitle() string {
	if n.item.title != "" {
		return n.item.title
	}
	return n.title
}

func (n *node) itemLabel(i int) string {
	return strings.TrimSpace(n.itemTitle() + " " + ordinal(n.numbering, i+1))
}

func (b *builder) choice(f *Field, n *node, v *value, at spot) {
	alike := true // every branch is a text, so one can become the other
	for _, m := range n.members {
		alike = alike && m.node.textual()
		if p, ok := v.parts[m.name]; ok {
			here := at.member(m)
			here.required = true
			if m.node.leaf() {
				here.label = f.Label + ": " + lower(m.node.title)
			}
			if c := b.field(m.node, p, here); c != nil {
				f.Children = append(f.Children, c)
			}
		}
		_, chosen := v.parts[m.name]
		f.As = append(f.As, Option{Value: m.name, Label: m.node.title, Selected: chosen})
	}
	if !alike || len(f.Children) != 1 {
		f.As = nil
	}
	f.Bare = at.item && (len(f.Children) == 0 || !f.Children[0].Leaf())
	if len(f.Children) == 0 && !f.Hidden {
		for _, m := range n.members {
			f.Adds = b.button(f.Adds, "add", "add "+f.Pointer+" as "+m.name, m.node.title, f.Path)
		}
	}
}

func (b *builder) tools(f *Field, at spot) {
	if !at.first {
		f.Tools = b.button(f.Tools, "up", "up "+f.Pointer, "Lên", f.Path)
	}
	if !at.last {
		f.Tools = b.button(f.Tools, "down", "down "+f.Pointer, "Xuống", f.Path)
	}
	if !at.full {
		f.Tools = b.button(f.Tools, "insert", "insert "+f.Pointer, "Chèn sau", f.Path)
	}
	f.Tools = b.button(f.Tools, "remove", "remove "+f.Pointer, "Xóa", f.Path)
}

func (b *builder) button(to []Button, verb, command, label, where string) []Button {
	return append(to, Button{Verb: verb, Value: command, Label: label, Name: label + ": " + where})
}

// lower makes a title go on in a sentence: "Thêm khoản". An abbreviation stays.
func lower(title string) string {
	runes := []rune(title)
	if len(runes) == 0 || len(runes) > 1 && strings.ToLower(string(runes[1])) != string(runes[1]) {
		return title
	}
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}
