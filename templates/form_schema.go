package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"vanthu/record"
)

// demands are what a form asks of the envelope around its content: the member
// "x-envelope" at the root of its schema.
type demands struct {
	Addressees string // "required", "optional", "forbidden"; "" is optional
	Subject    string // how this form wants its subject worded
}

func demandsOf(content []byte) (demands, error) {
	var schema struct {
		Envelope demands `json:"x-envelope"`
	}
	if err := json.Unmarshal(content, &schema); err != nil {
		return demands{}, err
	}
	if !slices.Contains([]string{"", "required", "optional", "forbidden"}, schema.Envelope.Addressees) {
		return demands{}, fmt.Errorf("x-envelope: addressees may be required, optional or forbidden, not %q", schema.Envelope.Addressees)
	}
	return schema.Envelope, nil
}

// envelopeSchema is the envelope's schema with the form's own in place of
// /properties/content, and with what the form demands of the rest. The form's
// schema has an $id, so its references go on pointing into itself. The order of
// members, which people read, is kept.
func envelopeSchema(id string, content []byte, signatories int) ([]byte, error) {
	ask, err := demandsOf(content)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	whole, err := readMembers(record.EnvelopeSchema)
	if err != nil {
		return nil, fmt.Errorf("schema of the envelope: %w", err)
	}
	properties, err := readMembers(whole.get("properties"))
	if err != nil {
		return nil, fmt.Errorf("schema of the envelope: %w", err)
	}
	whole.set("$id", quoted("urn:vanthu:envelope:"+id))
	properties.set("template", []byte(fmt.Sprintf(`{"title": "Mẫu văn bản", "description": "Mã của mẫu.", "type": "string", "const": %q}`, id)))
	properties.set("content", content)
	if ask.Subject != "" {
		if err := properties.change("subject", func(s *members) { s.set("description", quoted(ask.Subject)) }); err != nil {
			return nil, fmt.Errorf("schema of the subject: %w", err)
		}
	}
	if signatories < 2 {
		properties.drop("cosignatories")
	} else {
		n := []byte(strconv.Itoa(signatories - 1))
		if err := properties.change("cosignatories", func(s *members) { s.set("minItems", n); s.set("maxItems", n) }); err != nil {
			return nil, fmt.Errorf("schema of the cosignatories: %w", err)
		}
		if err := requires(whole, "cosignatories"); err != nil {
			return nil, err
		}
	}
	switch ask.Addressees {
	case "forbidden":
		properties.drop("addressees")
	case "required": // then nobody else need be named
		var required []string
		if err := json.Unmarshal(whole.get("required"), &required); err != nil {
			return nil, fmt.Errorf("schema of the envelope: %w", err)
		}
		required[slices.Index(required, "recipients")] = "addressees"
		names, err := json.Marshal(required)
		if err != nil {
			return nil, fmt.Errorf("schema of the envelope: %w", err)
		}
		whole.set("required", names)
		if err := properties.change("recipients", func(s *members) { s.drop("minItems") }); err != nil {
			return nil, fmt.Errorf("schema of the recipients: %w", err)
		}
	}
	whole.set("properties", properties.json())
	var out bytes.Buffer
	if err := json.Indent(&out, whole.json(), "", "  "); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return append(out.Bytes(), '\n'), nil
}

// requires adds a name to what a schema requires.
func requires(schema *members, name string) error {
	var required []string
	if err := json.Unmarshal(schema.get("required"), &required); err != nil {
		return fmt.Errorf("schema of the envelope: %w", err)
	}
	names, err := json.Marshal(append(required, name))
	schema.set("required", names)
	return err
}

// members is a JSON object in the order of its text.
type members struct {
	names  []string
	values []json.RawMessage
}

func readMembers(raw []byte) (*members, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("no JSON object")
	}
	m := &members{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string) // the decoder lets nothing else be a name
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		m.names, m.values = append(m.names, name), append(m.values, value)
	}
	return m, nil
}

func (m *members) get(name string) json.RawMessage {
	if i := slices.Index(m.names, name); i >= 0 {
		return m.values[i]
	}
	return nil
}

// set gives a member its value, at the end when it is new.
func (m *members) set(name string, value []byte) {
	if i := slices.Index(m.names, name); i >= 0 {
		m.values[i] = value
		return
	}
	m.names, m.values = append(m.names, name), append(m.values, value)
}

func (m *members) drop(name string) {
	if i := slices.Index(m.names, name); i >= 0 {
		m.names, m.values = slices.Delete(m.names, i, i+1), slices.Delete(m.values, i, i+1)
	}
}

// change edits the object that is the value of a member.
func (m *members) change(name string, edit func(*members)) error {
	inner, err := readMembers(m.get(name))
	if err == nil {
		edit(inner)
		m.set(name, inner.json())
	}
	return err
}

func (m *members) json() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range m.names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(name))
		b.WriteByte(':')
		b.Write(bytes.TrimSpace(m.values[i]))
	}
	b.WriteByte('}')
	return b.Bytes()
}

func quoted(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string and a buffer never fail
	return bytes.TrimSpace(b.Bytes())
}
