package signer

import (
	"fmt"
	"maps"
	"strconv"

	"vanthu/pdf"
	"vanthu/record"
)

// field is a form field that is also its only widget.
type field struct {
	name string
	Ref  pdf.Ref
	Dict pdf.Dict
}

// open reads a prepared PDF and its fields: number, day, month, seal and at
// least one for a signatory.
func open(b []byte) (*pdf.File, map[string]field, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return nil, nil, damaged(err)
	}
	fields, err := ourFields(f)
	if err != nil {
		return nil, nil, damaged(err)
	}
	missing := false
	for _, name := range []string{NumberField, DayField, MonthField, PersonalField, SealField} {
		_, there := fields[name]
		missing = missing || !there
	}
	if missing {
		return nil, nil, record.E(record.Conflict, "not-prepared", "Tệp PDF chưa được chuẩn bị để ký: thiếu ô số, ngày, tháng hoặc ô chữ ký")
	}
	return f, fields, nil
}

// personal are the signatories' fields that are not signed, and those that are,
// in the order of their slots.
func personal(fields map[string]field) (open, signed []string) {
	for slot := range MaxSignatories {
		name := PersonalFieldOf(slot)
		if f, there := fields[name]; !there {
			continue
		} else if f.Dict["V"] == nil {
			open = append(open, name)
		} else {
			signed = append(signed, name)
		}
	}
	return open, signed
}

// formOf is the file's form dictionary.
func formOf(f *pdf.File) (pdf.Dict, error) {
	root, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	return pdf.As[pdf.Dict](f, root["AcroForm"])
}

// ourFields are the fields of a file that we prepared, by their names.
func ourFields(f *pdf.File) (map[string]field, error) {
	all, err := topFields(f)
	if err != nil {
		return nil, err
	}
	out := map[string]field{}
	for _, x := range all {
		if _, twice := out[x.name]; twice {
			return nil, fmt.Errorf("field %s stands twice", x.name)
		}
		out[x.name] = x
	}
	return out, nil
}

// topFields are the fields that the form lists itself, as often as it does.
func topFields(f *pdf.File) ([]field, error) {
	form, err := formOf(f)
	if err != nil {
		return nil, err
	}
	list, err := pdf.As[pdf.Array](f, form["Fields"])
	if err != nil {
		return nil, err
	}
	var out []field
	for _, o := range list {
		ref, ok := o.(pdf.Ref)
		if !ok {
			continue
		}
		d, err := pdf.As[pdf.Dict](f, ref)
		if err != nil {
			return nil, err
		}
		name, ok := d["T"].(pdf.String)
		if !ok {
			continue
		}
		out = append(out, field{name.Text(), ref, d})
	}
	return out, nil
}

// pageOf is the page of a widget.
func pageOf(f *pdf.File, widget pdf.Dict) (pdf.Page, error) {
	pages, err := f.Pages()
	if err != nil {
		return pdf.Page{}, damaged(err)
	}
	for _, p := range pages {
		if p.Ref == widget["P"] {
			return p, nil
		}
	}
	return pdf.Page{}, damaged(fmt.Errorf("a field stands on no page"))
}

// Every text field's rectangle reaches this share of its font size below and
// above the baseline, so that filling finds the baseline again without the
// font file.
const (
	below = 0.25
	above = 0.95
)

// appearance is a form XObject for a widget of this size.
func appearance(r pdf.Rect, resources pdf.Dict, content []byte) *pdf.Stream {
	return &pdf.Stream{Raw: content, Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "FormType": pdf.Integer(1),
		"BBox":      pdf.Rect{Right: r.Width(), Top: r.Height()}.Array(),
		"Resources": resources,
	}}
}

// fill puts text into an empty field: its value and its appearance, nothing
// else of it.
func fill(f *pdf.File, u *pdf.Update, in field, text string) error {
	d := in.Dict.Clone()
	if v, err := pdf.As[pdf.String](f, d["V"]); err != nil || len(v) > 0 {
		return record.E(record.Conflict, "already-filled", "Số hoặc ngày tháng đã được điền vào văn bản")
	}
	r, err := f.Rect(d["Rect"])
	if err != nil {
		return damaged(err)
	}
	name, size, err := fontOf(d)
	if err != nil {
		return damaged(err)
	}
	font, err := fieldFont(f, name)
	if err != nil {
		return damaged(err)
	}
	width, err := textWidth(f, font, text)
	if err != nil {
		return err
	}
	width *= size
	if width > r.Width()+placeRounding {
		return record.E(record.Conflict, "number-too-wide", fmt.Sprintf("%q không vừa chỗ trống trong văn bản đã ký; hãy hủy chữ ký để lập lại", text))
	}
	x := r.Width() - width
	if d["Q"] == pdf.Integer(1) {
		x /= 2
	}
	content := fmt.Appendf(nil, "/Tx BMC q BT %s %s Td (%s) Tj ET Q EMC", defaultAppearance(name, size), coordinates(x, below*size), text)
	d["V"] = pdf.TextString(text)
	ref, ok := font.(pdf.Ref)
	if !ok {
		return damaged(fmt.Errorf("the field's font is no object of its own"))
	}
	d["AP"] = pdf.Dict{"N": u.Add(appearance(r, pdf.Dict{"Font": pdf.Dict{name: ref}}, content))}
	u.Set(in.Ref, d)
	return nil
}

func coordinates(x, y float64) string {
	return strconv.FormatFloat(x, 'f', 3, 64) + " " + strconv.FormatFloat(y, 'f', 3, 64)
}

// defaultAppearance is /DA of a text field; fontOf reads it.
func defaultAppearance(font pdf.Name, size float64) pdf.String {
	return pdf.String(fmt.Sprintf("0 0 0 rg /%s %s Tf", font, strconv.FormatFloat(size, 'f', -1, 64)))
}

func fontOf(d pdf.Dict) (pdf.Name, float64, error) {
	da, _ := d["DA"].(pdf.String)
	var (
		name string
		size float64
	)
	n, err := fmt.Sscanf(string(da), "0 0 0 rg /%s %g Tf", &name, &size)
	if err != nil || n != 2 || size < 4 || size > 40 || defaultAppearance(pdf.Name(name), size) != da {
		return "", 0, fmt.Errorf("a field's appearance %.60q is not ours", string(da))
	}
	return pdf.Name(name), size, nil
}

// placeRounding, in points: LibreOffice rounds each place to a tenth.
const placeRounding = 0.3

// fieldFont finds a font in the form's default resources.
func fieldFont(f *pdf.File, name pdf.Name) (pdf.Object, error) {
	form, err := formOf(f)
	if err != nil {
		return nil, err
	}
	resources, err := pdf.As[pdf.Dict](f, form["DR"])
	if err != nil {
		return nil, err
	}
	fonts, err := pdf.As[pdf.Dict](f, resources["Font"])
	if err != nil {
		return nil, err
	}
	if fonts[name] == nil {
		return nil, fmt.Errorf("the form has no font %s", name)
	}
	return fonts[name], nil
}

// textWidth is the width of digits in em.
func textWidth(f *pdf.File, font pdf.Object, text string) (float64, error) {
	d, err := pdf.As[pdf.Dict](f, font)
	if err != nil {
		return 0, damaged(err)
	}
	first, err := pdf.As[pdf.Integer](f, d["FirstChar"])
	if err != nil {
		return 0, damaged(err)
	}
	widths, err := pdf.As[pdf.Array](f, d["Widths"])
	if err != nil {
		return 0, damaged(err)
	}
	sum := 0.0
	for i := range len(text) {
		at := int(text[i]) - int(first)
		if text[i] < '0' || text[i] > '9' || at < 0 || at >= len(widths) {
			return 0, record.E(record.Invalid, "number-not-digits", fmt.Sprintf("%q không phải là số", text))
		}
		w, err := f.Number(widths[at])
		if err != nil {
			return 0, damaged(err)
		}
		sum += w / 1000
	}
	if text == "" {
		return 0, record.E(record.Invalid, "number-not-digits", "Thiếu số hoặc ngày tháng")
	}
	return sum, nil
}

// announceSignatures tells readers that the file holds signatures and must
// only be appended to (12.7.2).
func announceSignatures(f *pdf.File, u *pdf.Update) error {
	root, err := f.Catalog()
	if err != nil {
		return err
	}
	ref, ok := root["AcroForm"].(pdf.Ref)
	if !ok {
		return fmt.Errorf("the form is no object of its own")
	}
	form, err := pdf.As[pdf.Dict](f, ref)
	if err != nil {
		return err
	}
	form = maps.Clone(form)
	form["SigFlags"] = pdf.Integer(3)
	u.Set(ref, form)
	return nil
}
