package signer

import (
	"fmt"
	"slices"
	"strconv"

	"vanthu/pdf"
)

// addField adds a signature field that is also its widget to a page and to the
// form, making the form where there is none; nothing else of page, form and
// catalogue changes (ISO 32000-1, 12.7.2, 12.5.2).
func addField(f *pdf.File, u *pdf.Update, page pdf.Page, d pdf.Dict) (pdf.Ref, error) {
	root, ok := f.Trailer()["Root"].(pdf.Ref)
	if !ok {
		return pdf.Ref{}, fmt.Errorf("the trailer names no catalogue")
	}
	catalog, err := u.Dict(root)
	if err != nil {
		return pdf.Ref{}, err
	}
	d["Type"], d["Subtype"], d["FT"] = pdf.Name("Annot"), pdf.Name("Widget"), pdf.Name("Sig")
	d["P"], d["F"] = page.Ref, widgetFlags
	field := u.Add(d)
	form, err := u.Dict(catalog["AcroForm"])
	if err != nil {
		return field, err
	}
	form["SigFlags"] = pdf.Integer(3)
	if err := appendTo(u, form, "Fields", field); err != nil {
		return field, err
	}
	switch o := catalog["AcroForm"].(type) {
	case pdf.Ref:
		u.Set(o, form)
	case nil:
		catalog["AcroForm"] = u.Add(form)
	default:
		catalog["AcroForm"] = form
	}
	if err := declare(u, catalog); err != nil {
		return field, err
	}
	u.Set(root, catalog)
	shown, err := u.Dict(page.Ref)
	if err != nil {
		return field, err
	}
	if err := appendTo(u, shown, "Annots", field); err != nil {
		return field, err
	}
	u.Set(page.Ref, shown)
	return field, nil
}

// appendTo appends to an array of d, in its own object when it has one.
func appendTo(u *pdf.Update, d pdf.Dict, key pdf.Name, o pdf.Object) error {
	v, err := u.Get(d[key])
	if err != nil {
		return err
	}
	list, ok := v.(pdf.Array)
	if _, none := v.(pdf.Null); !ok && !none {
		return fmt.Errorf("/%s is no array", key)
	}
	list = append(append(pdf.Array{}, list...), o)
	if ref, isRef := d[key].(pdf.Ref); isRef {
		u.Set(ref, list)
		return nil
	}
	d[key] = list
	return nil
}

// freeName is the first of base, base2, base3... that no field has.
func freeName(f *pdf.File, base string) (string, error) {
	fields, err := topFields(f)
	if err != nil {
		return "", err
	}
	name := base
	for n := 2; ; n++ {
		if !slices.ContainsFunc(fields, func(x field) bool { return x.name == name }) {
			return name, nil
		}
		name = base + strconv.Itoa(n)
	}
}
