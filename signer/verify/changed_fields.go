package verify

import (
	"fmt"
	"slices"

	"vanthu/pdf"
)

// fields looks at every field and widget that changed.
func (d *differ) fields() {
	for i := range d.a.form.fields {
		a := &d.a.form.fields[i]
		var b *field
		if k, ok := d.b.form.byNum[a.ref.Num]; ok {
			b = &d.b.form.fields[k]
		}
		touched := d.changed[a.ref.Num]
		for _, w := range a.widgets {
			touched = touched || d.changed[w.Num]
		}
		// An appearance that is replaced in place leaves its field as it was.
		touched = touched || d.appearanceTouched(a)
		switch {
		case !touched:
		case b == nil || b.ref != a.ref || b.name != a.name || b.kind != a.kind || !slices.Equal(a.widgets, b.widgets):
			d.forbid("field-changed", "Ô %q bị thay đổi", a.name).field = a.name
		case a.kind == "Sig":
			d.signatureField(a, b)
		default:
			d.valueField(a, b)
		}
	}
}

// parts are the keys that a field or widget dictionary may differ in, all
// others being where, what and how.
func (d *differ) parts(a, b *field, allowed ...pdf.Name) bool {
	for i, ref := range append([]pdf.Ref{a.ref}, a.widgets...) {
		before, errA := pdf.As[pdf.Dict](d.a.file, ref)
		after, errB := pdf.As[pdf.Dict](d.b.file, ref)
		if errA != nil || errB != nil || after == nil || d.a.object(ref.Num).gen != d.b.object(ref.Num).gen {
			d.forbid("field-changed", "Ô %q bị thay đổi", a.name).field = a.name
			return false
		}
		var other []pdf.Name
		for _, k := range differing(before, after) {
			if !slices.Contains(allowed, k) || i > 0 && k == "V" {
				other = append(other, k)
			}
		}
		if len(other) > 0 {
			d.forbid("field-changed", "Ô %q bị thay đổi (%s)", a.name, joined(other)).field = a.name
			return false
		}
		d.claimed[ref.Num] = true
		d.appearance(before["AP"], after["AP"])
	}
	return true
}

func (d *differ) signatureField(a, b *field) {
	if a.value != nil {
		if b.value == nil {
			d.forbid("signature-removed", "Chữ ký ở ô %q bị gỡ bỏ", a.name).field = a.name
		} else if !pdf.Equal(a.value, b.value) {
			d.forbid("signature-replaced", "Chữ ký ở ô %q bị thay thế", a.name).field = a.name
		} else {
			d.forbid("signature-appearance", "Hình ảnh của chữ ký ở ô %q bị thay đổi", a.name).field = a.name
		}
		return
	}
	if b.value == nil {
		d.forbid("field-changed", "Ô chữ ký %q bị thay đổi mà không được ký", a.name).field = a.name
		return
	}
	if d.parts(a, b, "V", "AP", "AS") {
		d.claimNew(b.value)
		d.allow(signing, "signed", a.name, "", fmt.Sprintf("Ký vào ô chữ ký %q", a.name))
	}
}

func (d *differ) valueField(a, b *field) {
	before, after := d.value(d.a, a), d.value(d.b, b)
	if pdf.Equal(a.dict["V"], b.dict["V"]) {
		d.forbid("field-appearance", "Hình ảnh của ô %q bị thay đổi mà giá trị thì không", a.name).field = a.name
		return
	}
	if !d.parts(a, b, "V", "AP", "AS", "I") {
		return
	}
	c := d.allow(filling, "field-filled", a.name, after, fmt.Sprintf("Điền ô %q: “%s”", a.name, after))
	if c.wasEmpty = before == ""; !c.wasEmpty {
		c.code, c.message = "field-value", fmt.Sprintf("Sửa ô %q: “%s” thành “%s”", a.name, before, after)
	}
}

// value of a field for people; a value that is no text counts as one too.
func (d *differ) value(s *snapshot, f *field) string {
	if f.value == nil {
		return ""
	}
	if t := text(s.file, f.value); t != "" {
		return t
	}
	if v, err := pdf.As[pdf.String](s.file, f.value); err == nil && v == "" {
		return ""
	}
	return "?"
}

// places are the references of an appearance dictionary: the dictionary
// itself, the streams of its three states and of their named sub-states.
func places(f *pdf.File, ap pdf.Object) []pdf.Object {
	out := []pdf.Object{ap}
	d, _ := pdf.As[pdf.Dict](f, ap)
	for _, k := range []pdf.Name{"N", "R", "D"} {
		if d[k] == nil {
			continue
		}
		out = append(out, d[k])
		states, err := pdf.As[pdf.Dict](f, d[k])
		if err != nil {
			continue
		}
		for _, v := range states {
			out = append(out, v)
		}
	}
	return out
}

// appearance claims what an appearance may change: new objects, and streams
// that only this appearance used before. What it draws stays within the
// field's rectangle, which may not change.
func (d *differ) appearance(a, b pdf.Object) {
	before := places(d.a.file, a)
	for _, o := range places(d.b.file, b) {
		if slices.ContainsFunc(before, func(p pdf.Object) bool { return p != nil && pdf.Equal(p, o) }) {
			d.claimOwn(o)
		}
		d.claimNew(o)
	}
}

func (d *differ) appearanceTouched(a *field) bool {
	for _, ref := range append([]pdf.Ref{a.ref}, a.widgets...) {
		w, _ := pdf.As[pdf.Dict](d.a.file, ref)
		for _, o := range places(d.a.file, w["AP"]) {
			if r, ok := o.(pdf.Ref); ok && d.changed[r.Num] {
				return true
			}
		}
	}
	return false
}
