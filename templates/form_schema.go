package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"vanthu/record"
)

// envelopeSchema is the envelope's schema with the form's own in place of
// /properties/content. The form's schema has an $id, so its references go on
// pointing into itself. The order of keys, which people read, is kept.
func envelopeSchema(id string, content []byte) ([]byte, error) {
	whole, err := replaceJSON(record.EnvelopeSchema, []string{"properties", "content"}, content)
	if err == nil {
		whole, err = replaceJSON(whole, []string{"$id"}, []byte(`"urn:vanthu:envelope:`+id+`"`))
	}
	if err == nil {
		whole, err = replaceJSON(whole, []string{"properties", "template"}, []byte(fmt.Sprintf(
			`{"title": "Mẫu văn bản", "description": "Mã của mẫu.", "type": "string", "const": %q}`, id)))
	}
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, whole, "", "  "); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return append(bytes.TrimSpace(out.Bytes()), '\n'), nil
}

// replaceJSON puts value at the path of object keys in doc and touches nothing
// else.
func replaceJSON(doc []byte, keys []string, value []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	start := 0
	for _, key := range keys {
		if t, err := d.Token(); err != nil || t != json.Delim('{') {
			return nil, fmt.Errorf("no object around %q", key)
		}
		for {
			t, err := d.Token()
			if err != nil || t == json.Delim('}') {
				return nil, fmt.Errorf("no key %q", key)
			}
			if t == key {
				break
			}
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return nil, err
			}
		}
		start = int(d.InputOffset())
	}
	var old json.RawMessage
	if err := d.Decode(&old); err != nil {
		return nil, err
	}
	end := int(d.InputOffset())
	start = end - len(old)
	return slices.Concat(doc[:start], bytes.TrimSpace(value), doc[end:]), nil
}
