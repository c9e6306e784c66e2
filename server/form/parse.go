package form

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
)

// Names of the inputs that are no fields.
const (
	doName      = "_do"      // the button that was pressed
	removedName = "_removed" // what "restore" brings back
	asPrefix    = "_as"      // before the pointer of a choice: its branch
)

// Posted is what a browser sent, read.
type Posted struct {
	JSON    []byte // the value, in the order of the schema; good or not
	Changed bool   // a button of the form was pressed: show the form again
	Do      string // the value of "_do" when it is none of the form's commands
	Said    string // what the command did, Vietnamese
	Removed string // what "restore" would bring back

	focus []string
}

// Parse reads a posted form. Names that are no field of the form are ignored,
// as are indices no pointer has; gaps between indices close. The only error is
// record.Invalid, "form-too-large".
func (f *Form) Parse(form url.Values) (Posted, error) {
	size := 0
	for name, texts := range form {
		size += len(name)
		for _, s := range texts {
			size += len(s)
		}
	}
	if len(form) > maxInputs+100 || size > 2*maxBytes {
		return Posted{}, tooLarge()
	}
	root := empty(f.root)
	for name, texts := range form {
		if strings.HasPrefix(name, "/") && len(texts) > 0 {
			root.put(tokens(name), lineEnds(texts[0]))
		}
	}
	root.settle()
	for name, texts := range form {
		if pointer, ok := strings.CutPrefix(name, asPrefix); ok && len(texts) > 0 {
			root.convert(tokens(pointer), texts[0])
		}
	}
	p := Posted{Do: form.Get(doName)}
	c := &command{root: root, posted: &p}
	if c.run(p.Do, form.Get(removedName)) {
		p.Do, p.Changed = "", true
	}
	var b bytes.Buffer
	root.write(&b)
	if b.Len() > maxBytes || root.inputs() > maxInputs {
		return Posted{}, tooLarge()
	}
	p.JSON = b.Bytes()
	return p, nil
}

// lineEnds undoes what browsers make of line ends, and replaces what no page
// could show again: NUL and what is not UTF-8.
func lineEnds(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
	if strings.Contains(s, "\r") {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	}
	return s
}

// put sets the leaf at a pointer, or notes that the container there exists. A
// pointer that the schema does not know changes nothing.
func (v *value) put(steps []string, text string) {
	if !v.node.knows(steps) {
		return
	}
	for _, s := range steps {
		v = v.step(s, true)
	}
	if v.node.leaf() {
		v.text = text
	}
}

func (n *node) knows(steps []string) bool {
	if len(steps) > maxDepth {
		return false
	}
	for _, s := range steps {
		switch n.kind {
		case Group, Choice:
			m, ok := n.member(s)
			if !ok {
				return false
			}
			n = m.node
		case List:
			if _, ok := index(s); !ok {
				return false
			}
			n = n.item
		default:
			return false
		}
	}
	return true
}

// step is the member or item one step down a pointer that the node knows, made
// when it is missing and make says so.
func (v *value) step(s string, make bool) *value {
	if v.node.kind == List {
		i, _ := index(s)
		if item := v.at[i]; item != nil || !make {
			return item
		}
		item := empty(v.node.item)
		item.index = i
		v.items, v.at[i] = append(v.items, item), item
		return item
	}
	if p := v.parts[s]; p != nil || !make {
		return p
	}
	m, _ := v.node.member(s)
	p := empty(m.node)
	v.parts[s] = p
	return p
}

// convert makes a choice take another branch, with the text typed so far.
func (v *value) convert(steps []string, branch string) {
	if !v.node.knows(steps) {
		return
	}
	for _, s := range steps {
		if v = v.step(s, false); v == nil {
			return
		}
	}
	to, ok := v.node.member(branch)
	if v.node.kind != Choice || !ok || len(v.parts) != 1 || v.parts[branch] != nil {
		return
	}
	for _, from := range v.node.members {
		if p := v.parts[from.name]; p != nil && from.node.textual() && to.node.textual() {
			v.parts = map[string]*value{branch: empty(to.node)}
			v.parts[branch].text = p.text
			return
		}
	}
}

// has says whether name is one of the members.
func (n *node) has(name string) bool {
	return slices.ContainsFunc(n.members, func(m member) bool { return m.name == name })
}
