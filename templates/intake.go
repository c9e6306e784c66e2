package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// intake turns JSON from outside into an envelope that every later step can
// trust. It is safe for concurrent use.
type intake struct {
	base      *checker // the envelope without any template's content
	numbering *numbering
}

func newIntake() (*intake, error) {
	base, err := newChecker("envelope", record.EnvelopeSchema)
	return &intake{base: base, numbering: newNumbering()}, err
}

// finder finds the form in force under an id.
type finder func(id string) (*form, error)

// decode reads, normalises and checks one envelope. See Catalogue.Decode.
func (in *intake) decode(find finder, template string, raw []byte) (out record.Decoded, err error) {
	var asked *form
	if template != "" {
		if asked, err = find(template); err != nil {
			return out, err
		}
	}
	tree, faults, err := readJSON(raw)
	if err != nil {
		return out, err
	}
	envelope, ok := tree.(map[string]any)
	if !ok {
		return out, in.base.refuse(append(faults, in.base.faults(tree)...))
	}
	meant, more, err := choose(find, asked, envelope)
	if err != nil {
		return out, err
	}
	check := in.base // while it is open which form is meant, all other faults are still found
	if meant != nil {
		check, out.Form = meant.check, meant.record
	}
	faults = append(faults, more...)
	if r, has := envelope["retention"]; has && (r == nil || r == "") {
		delete(envelope, "retention") // null says what absence says; one digest for both
	}
	faults = append(faults, check.faults(envelope)...)
	faults = append(faults, in.numbering.faults(envelope, check)...)
	faults = append(faults, gridFaults(envelope["content"])...)
	faults = append(faults, realDay(check, envelope)...)
	out.Canonical, err = canonicalJSON(envelope)
	if len(faults) > 0 {
		out.Envelope.Organization, _ = envelope["organization"].(string)
		return out, check.refuse(faults)
	}
	if err != nil {
		return out, record.Because(err, record.Internal, "json-write", "Không ghi lại được dữ liệu")
	}
	if err := json.Unmarshal(out.Canonical, &out.Envelope); err != nil {
		return out, record.Because(err, record.Internal, "json-envelope", "Dữ liệu hợp lược đồ nhưng không đọc được thành phiếu soạn thảo")
	}
	return out, nil
}

// choose settles which form is meant; nil, when that stays open.
func choose(find finder, asked *form, envelope map[string]any) (*form, []record.Fault, error) {
	named, isText := envelope["template"].(string)
	_, has := envelope["template"]
	switch {
	case !has && asked != nil:
		envelope["template"] = asked.record.ID
		return asked, nil, nil
	case !has || !isText: // the schema says what is wrong
		return asked, nil, nil
	case asked != nil && named == asked.record.ID:
		return asked, nil, nil
	}
	meant, err := find(named)
	switch {
	case record.KindOf(err) == record.NotFound:
		var e *record.Error
		errors.As(err, &e)
		return asked, []record.Fault{{Pointer: "/template", Code: e.Code, Message: e.Message}}, nil
	case err != nil:
		return nil, nil, err
	case asked != nil:
		return asked, []record.Fault{{Pointer: "/template", Code: "template-mismatch",
			Message: fmt.Sprintf("Dữ liệu ghi mẫu %q nhưng lệnh yêu cầu mẫu %q", named, asked.record.ID)}}, nil
	}
	return meant, nil, nil
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
