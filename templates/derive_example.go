package templates

import (
	"encoding/json"
	"slices"

	"vanthu/record"
	"vanthu/templates/filter"
)

// pixel is a PNG of one white point.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAADklEQVR4nGL6DwgAAP//AQUBAlrdOc0AAAAASUVORK5CYII="

// sample is a content that the form can be filled with.
func (a *asked) sample() map[string]any {
	out := map[string]any{}
	for _, name := range a.order {
		out[name] = a.names[name].sample()
	}
	return out
}

func (a *ask) sample() any {
	switch a.kind {
	case askGroup:
		return a.group().sample()
	case askGroups:
		return []any{a.group().sample(), a.group().sample()}
	case askTexts:
		return []any{a.sampleText("một"), a.sampleText("hai")}
	case askText:
		return a.sampleText("")
	}
	return true
}

func (a *ask) sampleText(which string) any {
	switch {
	case a.image:
		return map[string]any{"data": pixel, "alt": humanised(a.name)}
	case a.takes == filter.Date:
		return "2024-03-05"
	case a.takes == filter.Number:
		return json.Number("1234567")
	case a.takes == filter.Ordinal:
		return json.Number("2")
	case which != "":
		return humanised(a.name) + " " + which
	}
	return humanised(a.name) + " mẫu"
}

// exampleOf is an envelope of the example office with this content and so many
// cosignatories.
func (c *Catalogue) exampleOf(id, subject string, content map[string]any, cosignatories int) ([]byte, error) {
	base, err := readMembers(c.forms[plainForm].record.Example)
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(content, "  ", "  ")
	if err != nil {
		return nil, err
	}
	base.set("template", quoted(id))
	base.set("subject", quoted(subject))
	base.set("content", raw)
	base.drop("addressees")
	if cosignatories > 0 {
		all, err := json.Marshal(slices.Repeat([]record.Cosignatory{{Organization: "so-noi-vu-ha-tinh",
			SignatoryChoice: record.SignatoryChoice{Person: "phan-thi-anh-tuyet", Capacity: record.KT}}}, cosignatories))
		if err != nil {
			return nil, err
		}
		base.set("cosignatories", all)
	}
	return indented(base.json())
}

// plainForm is the built-in form whose example has the usual envelope.
const plainForm = "ke-hoach"
