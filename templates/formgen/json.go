package main

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members stay in order: people read schemas, and
// the fields of the web form stand as they do here.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(&b, m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the line end
	return nil
}

func (o object) with(more ...member) object { return append(o[:len(o):len(o)], more...) }

// text is a text with at least one sign that prints.
func text(title, description string, most int) object {
	return object{{"title", title}, {"description", description}, {"type", "string"}, {"minLength", 1}, {"maxLength", most}, {"pattern", `\S`}}
}

func list(title, description string, most int, items any, more ...member) object {
	return append(object{{"title", title}, {"description", description}}.with(more...), object{{"type", "array"}, {"minItems", 1}, {"maxItems", most}, {"items", items}}...)
}

// group is an object that takes nothing else.
func group(title, description string, required []string, properties ...member) object {
	o := object{{"title", title}, {"description", description}, {"type", "object"}, {"additionalProperties", false}}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	return append(o, member{"properties", object(properties)})
}

// titleOrText is a group that has one of both, or both.
func titleOrText(title, description string, properties ...member) object {
	return object{{"title", title}, {"description", description}, {"type", "object"}, {"additionalProperties", false},
		{"anyOf", []object{{{"required", []string{"title"}}}, {{"required", []string{"text"}}}}},
		{"properties", object(properties)}}
}

func ref(name string) object { return object{{"$ref", "#/$defs/" + name}} }
