package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// intake turns JSON from outside into an envelope that every later step can
// trust. It is made once with all schemas, and is safe for concurrent use.
type intake struct {
	base      *checker            // the envelope without any template's content
	forms     map[string]*checker // by template id: the envelope with its content
	numbering *numbering
}

// newIntake compiles the schemas; each is the full envelope schema with the
// template's own schema in "content".
func newIntake(schemas map[string][]byte) (*intake, error) {
	base, err := newChecker("envelope", record.EnvelopeSchema)
	if err != nil {
		return nil, err
	}
	in := &intake{base: base, forms: map[string]*checker{}, numbering: newNumbering()}
	for id, schema := range schemas {
		if in.forms[id], err = newChecker(id, schema); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// decode reads, normalises and checks one envelope. See Catalogue.Decode.
func (in *intake) decode(template string, raw []byte) (record.Envelope, []byte, error) {
	if _, known := in.forms[template]; template != "" && !known {
		return record.Envelope{}, nil, record.E(record.NotFound, "template-unknown", in.unknown(template))
	}
	tree, faults, err := readJSON(raw)
	if err != nil {
		return record.Envelope{}, nil, err
	}
	envelope, ok := tree.(map[string]any)
	if !ok {
		return record.Envelope{}, nil, in.base.refuse(append(faults, in.base.faults(tree)...))
	}
	check, more := in.choose(template, envelope)
	faults = append(faults, more...)
	if r, has := envelope["retention"]; has && (r == nil || r == "") {
		delete(envelope, "retention") // null says what absence says; one digest for both
	}
	faults = append(faults, check.faults(envelope)...)
	faults = append(faults, in.numbering.faults(envelope, check)...)
	faults = append(faults, realDay(check, envelope)...)
	if len(faults) > 0 {
		return record.Envelope{}, nil, check.refuse(faults)
	}
	canonical, err := canonicalJSON(envelope)
	if err != nil {
		return record.Envelope{}, nil, record.Because(err, record.Internal, "json-write", "Không ghi lại được dữ liệu")
	}
	var e record.Envelope
	if err := json.Unmarshal(canonical, &e); err != nil {
		return record.Envelope{}, nil, record.Because(err, record.Internal, "json-envelope", "Dữ liệu hợp lược đồ nhưng không đọc được thành phiếu soạn thảo")
	}
	return e, canonical, nil
}

// choose settles which template is meant and returns its checker; the base
// one, when that stays open, so that all other faults are still found.
func (in *intake) choose(template string, envelope map[string]any) (*checker, []record.Fault) {
	named, isText := envelope["template"].(string)
	_, has := envelope["template"]
	switch {
	case !has && template != "":
		envelope["template"] = template
		return in.forms[template], nil
	case !has || !isText: // the schema says what is wrong
		return in.of(template), nil
	case in.forms[named] == nil:
		return in.of(template), []record.Fault{{Pointer: "/template", Code: "template-unknown", Message: in.unknown(named)}}
	case template != "" && named != template:
		return in.forms[template], []record.Fault{{Pointer: "/template", Code: "template-mismatch",
			Message: fmt.Sprintf("Dữ liệu ghi mẫu %q nhưng lệnh yêu cầu mẫu %q", named, template)}}
	}
	return in.forms[named], nil
}

func (in *intake) of(template string) *checker {
	if c := in.forms[template]; c != nil {
		return c
	}
	return in.base
}

func (in *intake) unknown(template string) string {
	known := slices.Sorted(maps.Keys(in.forms))
	return fmt.Sprintf("Không có mẫu %.70q; các mẫu hiện có: %s", template, strings.Join(known, ", "))
}

// realDay refuses "2024-02-30", which has the form of a date.
func realDay(c *checker, envelope map[string]any) []record.Fault {
	s, ok := envelope["date"].(string)
	if !ok {
		return nil
	}
	if _, err := record.ParseDate(s); err == nil {
		return nil
	}
	_, message := c.pattern([]string{"date"}, datePattern, c.label([]string{"date"}))
	return []record.Fault{{Pointer: "/date", Code: "format-date", Message: message, Near: vntext.Near(s, 0)}}
}

// refuse makes the answer; faults found before the form was known get their
// place in it here.
func (c *checker) refuse(faults []record.Fault) error {
	faults = settle(faults)
	for i, f := range faults {
		if f.Place == "" {
			faults[i].Place = c.place(steps(f.Pointer))
		}
	}
	count := fmt.Sprint(len(faults))
	if len(faults) > maxFaults {
		count = fmt.Sprintf("hơn %d", maxFaults)
	}
	return record.Faulty("input-invalid", fmt.Sprintf("Dữ liệu có %s chỗ cần sửa", count), faults)
}

// canonicalJSON writes a tree on one line with sorted names, so that equal
// data has equal bytes.
func canonicalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
