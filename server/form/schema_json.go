package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

const (
	maxSchema      = 1 << 20 // bytes
	maxSchemaDepth = 64
)

// object is a JSON object that remembers the order of its names: fields stand
// in the form as they stand in the schema.
type object struct {
	names  []string
	values map[string]any
}

func (o *object) has(name string) bool { _, ok := o.values[name]; return ok }

func (o *object) text(name string) string { s, _ := o.values[name].(string); return s }

// number is a small whole number, 0 when there is none.
func (o *object) number(name string) int {
	v, _ := o.values[name].(json.Number)
	n, err := v.Int64()
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return int(n)
}

// types are what "type" allows; null counts for nothing, since an absent value
// says the same.
func (o *object) types() []string {
	var out []string
	switch t := o.values["type"].(type) {
	case string:
		return []string{t}
	case []any:
		for _, v := range t {
			if s, ok := v.(string); ok && s != "null" {
				out = append(out, s)
			}
		}
	}
	return out
}

// readSchema reads an object with the order of its names.
func readSchema(raw []byte) (*object, error) {
	if len(raw) > maxSchema {
		return nil, fmt.Errorf("larger than %d bytes", maxSchema)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := readOrdered(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the schema")
	}
	o, ok := v.(*object)
	if !ok {
		return nil, fmt.Errorf("not an object")
	}
	return o, nil
}

func readOrdered(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth >= maxSchemaDepth {
		return nil, fmt.Errorf("deeper than %d levels", maxSchemaDepth)
	}
	list := []any{}
	o := &object{values: map[string]any{}}
	for d.More() {
		name := ""
		if open == '{' {
			if t, err = d.Token(); err != nil {
				return nil, err
			}
			name = t.(string) // the decoder lets nothing else be a name
		}
		v, err := readOrdered(d, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '[' {
			list = append(list, v)
			continue
		}
		if !o.has(name) {
			o.names = append(o.names, name)
		}
		o.values[name] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if open == '[' {
		return list, nil
	}
	return o, nil
}

// MarshalJSON writes the object as it was.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.values[name])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
