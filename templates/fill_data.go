package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

func plainText(at, s string) *value { return &value{pointer: at, text: s} }

func plainTexts(at string, all []string) *value {
	l := &value{kind: listValue, pointer: at, derived: true}
	for _, s := range all {
		l.items = append(l.items, plainText(at, s))
	}
	return l
}

func group(at string, derived bool, fields map[string]*value) *value {
	return &value{kind: groupValue, pointer: at, derived: derived, fields: fields}
}

// A blank of the slots is two spaces to a digit: together they are as wide as
// the digit that will stand there. The number's are no-break spaces, so that
// its line stays whole; of the date's only the first is, because LibreOffice
// sets each italic no-break space 1/12 em too wide.
func blankOf(digits int) string { return strings.Repeat("\u00a0", 2*digits) }

func dateBlank() string { return "\u00a0" + strings.Repeat(" ", 3) }

// besideSignature is how many recipients stand beside the signature: as high
// as its block, so that a longer list goes on below without a gap and may break
// over pages, which the signature must not.
const besideSignature = 13

// maxNumberDigits bounds the number slot: no register of a year reaches a million.
const maxNumberDigits = 6

// dataOf lays out a filling for the tags of a form.
func dataOf(f record.Filling) (*value, error) {
	content, err := contentOf(f.Envelope.Content)
	if err != nil {
		return nil, err
	}
	if f.Digits < 2 || f.Digits > maxNumberDigits {
		return nil, fmt.Errorf("number slot of %d digits", f.Digits)
	}
	if f.Year < 1945 || f.Year > 9999 {
		return nil, fmt.Errorf("year %d", f.Year)
	}
	if err := record.Faulty("content-table", "Bảng trong nội dung chưa đúng", grids(content)); err != nil {
		return nil, err
	}
	bases := derive(content)
	first := firstRecipient(f.Envelope, content)
	recipients := &value{kind: listValue, pointer: "/recipients"}
	copies := 0
	for i, r := range f.Envelope.Recipients {
		at := fmt.Sprintf("/recipients/%d", i)
		copies += r.Copies
		recipients.items = append(recipients.items, group(at, false, map[string]*value{"name": plainText(at+"/name", r.Name)}))
	}
	for _, r := range f.Envelope.Addressees {
		copies += r.Copies
	}
	beside := min(len(recipients.items), besideSignature)
	if first != "" {
		beside = min(beside, besideSignature-1)
	}
	list := func(items []*value) *value {
		return &value{kind: listValue, pointer: "/recipients", items: items}
	}
	filing := "Lưu: VT, " + f.Envelope.Filing.Unit
	if n := f.Envelope.Filing.Copies; n > 0 {
		filing += ", " + record.NumberText(n)
	}
	// The drafter's sign goes with the number of copies made, those kept among
	// them (NĐ 30/2020, PL I, III.3); what goes out by wire alone has none.
	drafter := f.Envelope.Filing.Drafter
	if drafter != "" && copies > 0 {
		drafter += fmt.Sprintf(".(%s)", record.NumberText(copies+f.Envelope.Filing.Copies))
	}
	all := map[string]*value{
		"superior": plainText("/organization", f.Issuer.Superior),
		"issuer": group("/organization", true, map[string]*value{
			"name":     plainText("/organization", f.Issuer.Name),
			"place":    plainText("/organization", f.Issuer.Place),
			"lines":    plainTexts("/organization", f.Issuer.Lines),
			"contacts": plainText("/organization", strings.Join(f.Issuer.Contacts, "\n")),
		}),
		"authority": plainText("/signatory/capacity", authority(f)),
		"urgency": group("/urgency", true, map[string]*value{
			"urgent":      plainText("/urgency", markOf(f.Envelope.Urgency, record.Urgent)),
			"very_urgent": plainText("/urgency", markOf(f.Envelope.Urgency, record.VeryUrgent)),
			"express":     plainText("/urgency", markOf(f.Envelope.Urgency, record.Express)),
		}),
		"scope":     plainText("/scope", f.Envelope.Scope.Mark()),
		"addressed": addressed(f.Envelope.Addressees),
		"bases":     bases,
		"symbol":    plainText("/organization", f.Symbol),
		"year":      plainText("/date", strconv.Itoa(f.Year)),
		"type": group("/template", true, map[string]*value{
			"name":  plainText("/template", f.Type.Name),
			"upper": plainText("/template", strings.ToUpper(f.Type.Name)),
		}),
		"slot": group("", true, map[string]*value{
			"number": {text: blankOf(f.Digits)}, "day": {text: dateBlank()}, "month": {text: dateBlank()},
		}),
		"subject": {pointer: "/subject", text: f.Envelope.Subject, rich: true},
		"signatory": group("/signatory", true, map[string]*value{
			"name":  plainText("/signatory/person", f.Signatory.Name),
			"lines": plainTexts("/signatory", f.Signatory.Lines),
		}),
		"recipients": recipients,
		"distribution": group("/recipients", true, map[string]*value{
			"first":  plainText("/recipients", first),
			"beside": list(recipients.items[:beside]),
			"below":  list(recipients.items[beside:]),
			"long":   {kind: flagValue, pointer: "/recipients", yes: len(recipients.items) > beside},
		}),
		"filing":  plainText("/filing", filing),
		"drafter": plainText("/filing/drafter", drafter),
		"content": content,
	}
	if f.Link != "" {
		qr, err := qrCode(f.Link)
		if err != nil {
			return nil, err
		}
		all["verification"] = group("", true, map[string]*value{"link": plainText("", f.Link), "qr": qr})
	}
	for n := 2; n <= maxSignatories; n++ {
		var by record.Signatory
		if n-2 < len(f.Cosignatories) {
			by = f.Cosignatories[n-2]
		}
		at := fmt.Sprintf("/cosignatories/%d", n-2)
		lines := by.Lines
		if len(lines) == 0 {
			lines = []string{""}
		}
		all[fmt.Sprintf("signatory%d", n)] = group(at, true, map[string]*value{"name": plainText(at+"/person", by.Name), "lines": plainTexts(at, lines)})
	}
	return group("", false, all), nil
}

// maxSignatories of one document: the places vtSign, vtSign2 … vtSign9.
const maxSignatories = 9

const maxContentDepth = 64

// contentOf reads the content of an envelope; the texts in it may carry inline
// markup.
func contentOf(raw json.RawMessage) (*value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, record.Because(err, record.Invalid, "content-malformed", "Nội dung không phải là JSON")
	}
	if _, ok := tree.(map[string]any); !ok {
		return nil, record.Faulty("content-malformed", "Nội dung phải là một nhóm các mục có tên",
			[]record.Fault{{Pointer: "/content", Code: "type", Message: "Nội dung phải là một nhóm các mục có tên"}})
	}
	return valueOf(tree, "/content", 0)
}

func valueOf(x any, at string, depth int) (*value, error) {
	if depth > maxContentDepth {
		return nil, record.Faulty("content-too-deep", "Nội dung lồng nhau quá sâu",
			[]record.Fault{{Pointer: at, Code: "content-too-deep", Message: fmt.Sprintf("Lồng nhau quá %d tầng", maxContentDepth)}})
	}
	switch t := x.(type) {
	case string:
		return &value{pointer: at, text: t, rich: true}, nil
	case json.Number:
		return &value{pointer: at, text: t.String(), number: true}, nil
	case bool:
		return &value{kind: flagValue, pointer: at, yes: t}, nil
	case []any:
		l := &value{kind: listValue, pointer: at}
		for i, y := range t {
			v, err := valueOf(y, at+"/"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			if v != nil {
				l.items = append(l.items, v)
			}
		}
		return l, nil
	case map[string]any:
		g := group(at, false, make(map[string]*value, len(t)))
		names := make([]string, 0, len(t))
		for name := range t {
			names = append(names, name)
		}
		slices.Sort(names) // so that the first error is always the same one
		for _, name := range names {
			v, err := valueOf(t[name], g.at(name), depth+1)
			if err != nil {
				return nil, err
			}
			if v != nil {
				g.fields[nfc(name)] = v // as tags are
			}
		}
		return g, nil
	}
	return nil, nil // null is as good as absent
}
