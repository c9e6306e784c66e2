package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

// Limits, against what is hostile or no longer a form: Go's own reader of posted
// forms takes 10,000 names, and the intake of envelopes 2 MB.
const (
	maxInputs = 8_000
	maxBytes  = 2 << 20
	maxDepth  = 32 // steps of a pointer
)

// value is a value in the shape of its node, complete or not.
type value struct {
	node  *node
	text  string            // leaf, as it was typed
	parts map[string]*value // group and choice: the members that were given
	items []*value          // list
	index int               // an item's own index in what was posted
	at    map[int]*value    // list: items by that index
}

func empty(n *node) *value {
	return &value{node: n, parts: map[string]*value{}, at: map[int]*value{}}
}

// tooLarge is the answer to more than a form can carry.
func tooLarge() error {
	return record.E(record.Invalid, "form-too-large",
		fmt.Sprintf("Văn bản quá dài để nhập bằng biểu mẫu (nhiều nhất %d ô và %d MB); hãy nộp dữ liệu qua API", maxInputs, maxBytes>>20))
}

// read puts decoded JSON into the shape of n; what does not fit is left out. A
// required list that is absent (not one that is empty) gets the items it must
// have at least, so that a new form has somewhere to type.
func read(n *node, v any, given, required bool) *value {
	out := empty(n)
	switch n.kind {
	case Group, Choice:
		object, _ := v.(map[string]any)
		for _, m := range n.members {
			inner, has := object[m.name]
			if has && inner != nil || n.kind == Group {
				out.parts[m.name] = read(m.node, inner, has, m.required)
			}
		}
	case List:
		all, _ := v.([]any)
		for _, inner := range all {
			out.items = append(out.items, read(n.item, inner, true, true))
		}
		if required && !given {
			for range min(n.least, 3) {
				out.items = append(out.items, read(n.item, nil, false, true))
			}
		}
	default:
		out.text = leafText(n, v)
	}
	return out
}

// leafText is what an input shows of a value, of the right type or not.
func leafText(n *node, v any) string {
	if n.kind == JSON {
		s, isText := v.(string)
		if v == nil || isText && !json.Valid([]byte(s)) {
			return s
		}
		b, err := compact(v)
		if err != nil {
			return ""
		}
		return string(b)
	}
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		if f, err := v.Float64(); err == nil && n.jsonType == "integer" && f == float64(int64(f)) && f < 1e15 && f > -1e15 {
			return strconv.FormatInt(int64(f), 10)
		}
		return v.String()
	}
	return ""
}

// blank says whether there is nothing to write: such an optional value is
// absent.
func (v *value) blank() bool {
	if v == nil {
		return true
	}
	switch v.node.kind {
	case Group, Choice:
		for _, p := range v.parts {
			if v.node.kind == Choice || !p.blank() {
				return false
			}
		}
		return true
	case List:
		return len(v.items) == 0
	case Constant:
		return true
	}
	return strings.TrimSpace(v.text) == ""
}

// write appends the JSON of the value, in the order of the schema.
func (v *value) write(b *bytes.Buffer) {
	n := v.node
	switch n.kind {
	case Group, Choice:
		v.writeMembers(b)
	case List:
		b.WriteByte('[')
		for i, item := range v.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b)
		}
		b.WriteByte(']')
	case Constant:
		b.Write(n.fixed)
	case JSON:
		if !json.Valid([]byte(v.text)) {
			writeText(b, v.text)
		} else if err := json.Compact(b, []byte(v.text)); err != nil {
			writeText(b, v.text)
		}
	default:
		b.Write(leafJSON(n, v.text))
	}
}

// writeMembers leaves out what is optional and blank. A required text stays,
// empty, so that the check names it; other required leaves are named when they
// are absent, in better words than when they are an empty text.
func (v *value) writeMembers(b *bytes.Buffer) {
	b.WriteByte('{')
	first := true
	for _, m := range v.node.members {
		p, given := v.parts[m.name]
		if v.node.kind == Choice && !given {
			continue
		}
		if v.node.kind == Group && p.blank() {
			stays := m.node.textual() || m.node.kind == Constant || m.node.kind == Group || m.node.kind == List
			if !m.required || !stays {
				continue
			}
			if p == nil {
				p = empty(m.node)
			}
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		writeText(b, m.name)
		b.WriteByte(':')
		p.write(b)
	}
	b.WriteByte('}')
}

// leafJSON is the JSON of what was typed; what is no number stays text, and the
// check says so.
func leafJSON(n *node, text string) []byte {
	trimmed := strings.TrimSpace(text)
	switch n.jsonType {
	case "integer":
		if i, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return strconv.AppendInt(nil, i, 10)
		}
	case "number":
		if _, err := strconv.ParseFloat(trimmed, 64); err == nil && json.Valid([]byte(trimmed)) {
			return []byte(trimmed)
		}
	case "boolean":
		if trimmed == "true" || trimmed == "false" {
			return []byte(trimmed)
		}
	}
	var b bytes.Buffer
	writeText(&b, text)
	return b.Bytes()
}

func writeText(b *bytes.Buffer, s string) {
	raw, err := compact(s)
	if err != nil { // a string always has a JSON form
		raw = []byte(`""`)
	}
	b.Write(raw)
}

func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// inputs counts the inputs that show the value, at least.
func (v *value) inputs() int {
	count := 0
	switch v.node.kind {
	case Group, Choice, List:
		for _, p := range v.parts {
			count += p.inputs()
		}
		for _, item := range v.items {
			count += item.inputs()
		}
		return count + 1
	case Constant:
		return 0
	}
	return 1
}

// settle puts the items of lists in the order of their posted indices and
// leaves one member in a choice where the others are empty.
func (v *value) settle() {
	slices.SortFunc(v.items, func(a, b *value) int { return a.index - b.index })
	for _, item := range v.items {
		item.settle()
	}
	for _, p := range v.parts {
		p.settle()
	}
	if v.node.kind != Choice {
		return
	}
	for _, m := range v.node.members {
		if p, ok := v.parts[m.name]; ok && len(v.parts) > 1 && p.blank() {
			delete(v.parts, m.name)
		}
	}
}
