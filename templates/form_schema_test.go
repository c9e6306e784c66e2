package templates

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// What a form demands of the envelope is in the schema that people get.
func TestEnvelopeSchemaDemands(t *testing.T) {
	for _, c := range []struct {
		ask                    string
		addressees, recipients bool // are members
		required               string
		least                  any // recipients
		subject                string
	}{
		{`{}`, true, true, "recipients", 1.0, "Một câu ngắn"},
		{`{"addressees":"optional","subject":"Bắt đầu bằng “Về việc”."}`, true, true, "recipients", 1.0, "Bắt đầu bằng"},
		{`{"addressees":"required"}`, true, true, "addressees", nil, "Một câu ngắn"},
		{`{"addressees":"forbidden"}`, false, true, "recipients", 1.0, "Một câu ngắn"},
	} {
		raw, err := envelopeSchema("x-y", []byte(`{"$id":"urn:x","type":"object","x-envelope":`+c.ask+`}`), 1)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			ID         string `json:"$id"`
			Required   []string
			Properties map[string]map[string]any
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		_, addressees := s.Properties["addressees"]
		recipients, has := s.Properties["recipients"]
		both := slices.Contains(s.Required, "addressees") && slices.Contains(s.Required, "recipients")
		if addressees != c.addressees || has != c.recipients || !slices.Contains(s.Required, c.required) || both || recipients["minItems"] != c.least {
			t.Errorf("%s: %s", c.ask, raw)
		}
		if s.ID != "urn:vanthu:envelope:x-y" || s.Properties["template"]["const"] != "x-y" || s.Properties["content"]["$id"] != "urn:x" {
			t.Errorf("%s: %s", c.ask, raw)
		}
		if d, _ := s.Properties["subject"]["description"].(string); !strings.HasPrefix(d, c.subject) {
			t.Errorf("%s: subject %q", c.ask, d)
		}
		if _, err := newChecker("x", raw); err != nil {
			t.Error(err)
		}
	}
	for _, wrong := range []string{`{"x-envelope":{"addressees":"maybe"}}`, `[]`, ``, `{"x-envelope":3}`} {
		if _, err := envelopeSchema("x", []byte(wrong), 1); err == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}
