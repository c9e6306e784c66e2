package templates

import (
	"strings"

	"vanthu/record"
	"vanthu/templates/filter"
	"vanthu/templates/markdown"
)

// value is what a tag can name: a text, a list, a group of named values, or
// a yes/no. It knows where in the input it came from.
type value struct {
	kind    valueKind
	pointer string
	derived bool // not in the input itself: what is inside shares the pointer
	text    string
	rich    bool // a JSON string: the text may carry inline markup
	number  bool // a JSON number: text is how it was written
	yes     bool
	items   []*value
	fields  map[string]*value
	rest    *value           // of the top: the content, whose names may stand alone
	made    []markdown.Block // of a text for {~~x}, where it is not in Markdown
}

type valueKind byte

const (
	textValue valueKind = iota
	listValue
	groupValue
	flagValue
)

// empty says whether a section over v is left out: absent, false, 0, "" and
// the empty list are.
func (v *value) empty() bool {
	switch {
	case v == nil:
		return true
	case v.number: // every zero has zeros only before its exponent
		digits, _, _ := strings.Cut(strings.ToLower(v.text), "e")
		return strings.Trim(digits, "-0.") == ""
	case v.kind == textValue:
		return v.text == ""
	case v.kind == listValue:
		return len(v.items) == 0
	case v.kind == flagValue:
		return !v.yes
	}
	return false
}

// at is the pointer of name inside v.
func (v *value) at(name string) string {
	switch {
	case v.derived:
		return v.pointer
	case v.rest != nil:
		return v.rest.at(name)
	}
	return v.pointer + pointer([]string{name})
}

// member is what a group has under a name, nil for nothing.
func (v *value) member(name string) *value {
	if x := v.fields[name]; x != nil || v.rest == nil {
		return x
	}
	return v.rest.fields[name]
}

// follow is what is at a path of names inside v, nil for nothing.
func (v *value) follow(path []string) *value {
	for _, name := range path {
		if v == nil || v.kind != groupValue {
			return nil
		}
		v = v.member(name)
	}
	return v
}

// absent is the pointer at which a path that leads to nothing ends.
func (v *value) absent(path []string) string {
	for _, name := range path {
		next := v.member(name)
		if next == nil || next.kind != groupValue {
			return v.at(name)
		}
		v = next
	}
	return v.pointer
}

// filtered is the text of v as filters print it. A string that looks like a
// number is none: nobody could say what its points mean.
func (v *value) filtered(filters filter.Chain) (*value, error) {
	if len(filters) == 0 {
		return v, nil
	}
	if takes := filters.Takes(); v.rich && (takes == filter.Number || takes == filter.Ordinal) {
		return v, record.E(record.Invalid, "not-a-number", "cần một số, viết trong JSON không có dấu nháy")
	}
	text, err := filters.Apply(v.text)
	if err != nil {
		return v, err
	}
	out := *v
	out.text = text
	return &out, nil
}

// spans are the text of v by its weights.
func (v *value) spans() []record.Span {
	text := v.text
	if strings.Contains(text, "\n ") { // an indent is for Markdown
		lines := strings.Split(text, "\n")
		for i, line := range lines[1:] {
			lines[i+1] = strings.TrimLeft(line, " ")
		}
		text = strings.Join(lines, "\n")
	}
	if v.rich && strings.ContainsAny(text, `*\`) {
		return record.ParseInline(text)
	}
	return []record.Span{{Text: text}}
}

// oneLine is the text of v where there are no weights and no lines.
func (v *value) oneLine() string {
	text := v.text
	if v.rich {
		text = record.PlainText(text)
	}
	return strings.Join(strings.Fields(text), " ")
}
