package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"vanthu/record"
)

// View is what a page adds to schema and value.
type View struct {
	// Overrides change fields by pointer; "*" stands for any item of a list:
	// "/recipients/*/channel".
	Overrides map[string]Override
	// Faults are what a check found in the value.
	Faults []record.Fault
	// After is what Parse made of the post that this page answers, nil for a
	// page that answers none.
	After *Posted
}

// Override changes one field. What is zero is left as the schema has it.
type Override struct {
	Label, Help string
	// Options make the field a select. A value that is not among them is kept
	// as one more option.
	Options []Option
	// List is the id of a datalist of the page that suggests what a line of text
	// may be.
	List string
	// Hidden fields go with the form unseen, with all they hold.
	Hidden bool
}

// Fields makes the form of a value: JSON that may be incomplete or at fault, or
// nothing at all. The error is record.Invalid: "json-syntax" for text that is
// not JSON, "form-too-large" for more than a form can carry.
func (f *Form) Fields(raw []byte, view View) (Tree, error) {
	var decoded any
	if len(bytes.TrimSpace(raw)) > 0 {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		err := d.Decode(&decoded)
		if err == nil {
			if _, more := d.Token(); more != io.EOF {
				err = fmt.Errorf("something follows the value")
			}
		}
		if err != nil {
			return Tree{}, record.Because(err, record.Invalid, "json-syntax", "Không đọc được dữ liệu của biểu mẫu")
		}
	}
	v := read(f.root, decoded, true, true)
	if v.inputs() > maxInputs || len(raw) > maxBytes {
		return Tree{}, tooLarge()
	}
	b := &builder{view: view, helps: map[*node]string{}, fields: map[string]*Field{}}
	t := Tree{byPointer: b.fields}
	for _, m := range f.root.members {
		p := spot{pointer: join("", m.name), pattern: join("", m.name), label: m.node.title, required: m.required}
		if c := b.field(m.node, v.parts[m.name], p); c != nil {
			t.Fields = append(t.Fields, c)
		}
	}
	if b.deep {
		return Tree{}, tooLarge()
	}
	b.blame(&t)
	if a := view.After; a != nil {
		t.Said, t.Removed = a.Said, a.Removed
		b.focus(a.focus)
	}
	return t, nil
}

// spot is where in the form a field stands.
type spot struct {
	pointer, pattern string
	path             []string // labels of the items around
	label            string
	required, hidden bool
	item             bool
	first, last      bool // among the items
	full             bool // the list takes no more items
}

type builder struct {
	view   View
	helps  map[*node]string // ids of the helps shown so far
	fields map[string]*Field
	deep   bool
}

// field makes the field of a value, nil where the form is too deep.
func (b *builder) field(n *node, v *value, at spot) *Field {
	if strings.Count(at.pointer, "/") > maxDepth {
		b.deep = true
		return nil
	}
	override, ok := b.view.Overrides[at.pointer]
	if !ok {
		override = b.view.Overrides[at.pattern]
	}
	f := &Field{Pointer: at.pointer, Kind: n.kind, Label: at.label, Required: at.required, Item: at.item, MaxLength: n.maxLength, order: len(b.fields),
		List: override.List, Hidden: at.hidden || override.Hidden || n.kind == Constant}
	if override.Label != "" {
		f.Label = override.Label
	}
	if f.Label == "" {
		steps := tokens(at.pointer)
		f.Label = steps[len(steps)-1]
	}
	f.Path = strings.Join(append(slices.Clone(at.path), f.Label), ", ")
	b.fields[f.Pointer] = f
	at.hidden = f.Hidden
	switch n.kind {
	case Group:
		b.group(f, n, v, at)
	case List:
		b.list(f, n, v, at)
	case Choice:
		b.choice(f, n, v, at)
	default:
		b.leaf(f, n, v, override.Options)
	}
	b.help(f, n, override.Help)
	switch {
	case f.Hidden:
	case at.item:
		b.tools(f, at)
	case n.kind == Choice && len(v.parts) > 0:
		f.Tools = b.button(nil, "clear", "clear "+f.Pointer, "Bỏ", f.Path)
	}
	return f
}

// help shows a text once: at the first field of its kind, which the others then
// refer to. The options of a select say enough, unless the page says more.
func (b *builder) help(f *Field, n *node, help string) {
	shared := help == ""
	if shared && f.Kind != Select {
		help = n.help
	}
	if help == "" || f.Hidden || f.Kind == Choice {
		return
	}
	if id, shown := b.helps[n]; shown && shared {
		f.HelpID = id
		return
	}
	f.Help, f.HelpID = help, "h"+idOf(f.Pointer)
	if shared {
		b.helps[n] = f.HelpID
	}
}

func (b *builder) leaf(f *Field, n *node, v *value, options []Option) {
	f.Value = v.text
	if f.Kind == Text && strings.ContainsAny(f.Value, "\n\r") {
		f.Kind = Textarea // a line input would drop the line ends
	}
	if len(options) == 0 {
		options = n.options
	}
	if len(options) == 0 {
		return
	}
	f.Kind = Select
	known := false
	for _, o := range options {
		o.Selected = o.Value == f.Value
		known = known || o.Selected
		f.Options = append(f.Options, o)
	}
	switch {
	case !known && f.Value != "":
		f.Options = append(f.Options, Option{Value: f.Value, Label: f.Value + " (không có trong danh sách)", Selected: true})
	case f.Value == "" && f.Required && !known:
		f.Options = append([]Option{{Label: "– chọn –", Selected: true}}, f.Options...)
	}
	if !f.Required && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == "" }) {
		f.Options = append([]Option{{Label: "– không ghi –", Selected: f.Value == ""}}, f.Options...)
	}
}
