package signer

import (
	"fmt"
	"slices"

	"vanthu/pdf"
	"vanthu/record"
)

// Flags of a widget (12.5.3): it prints, as PDF/A asks, and a reader must not
// let it be moved.
const widgetFlags = pdf.Integer(1<<2 | 1<<7)

// Prepare adds the fields for number, day, month and all signatures to a
// freshly converted PDF, empty. A slot in which a number of so many digits, or
// a day or month of two, could not stand is refused here, where nothing is
// signed and no number given yet. Errors: Conflict slot-missing,
// slot-too-narrow, already-prepared; Damaged pdf-damaged; Unavailable
// font-missing, font-list.
func (s *Signer) Prepare(b []byte, digits, signatories int) ([]byte, error) {
	if signatories < 1 || signatories > MaxSignatories {
		return nil, record.E(record.Invalid, "signatories", fmt.Sprintf("Văn bản có từ 1 đến %d người ký", MaxSignatories))
	}
	f, err := pdf.Open(b)
	if err != nil {
		return nil, damaged(err)
	}
	root, err := f.Catalog()
	if err != nil {
		return nil, damaged(err)
	}
	if root["AcroForm"] != nil {
		return nil, record.E(record.Conflict, "already-prepared", "Tệp PDF đã có biểu mẫu hoặc ô chữ ký")
	}
	found, err := findSlots(f, signatories)
	if err != nil {
		return nil, err
	}
	w := &preparation{u: pdf.NewUpdate(f), fonts: pdf.Dict{}, digit: map[string]float64{}, annots: map[pdf.Ref]pdf.Array{}}
	for _, t := range []struct {
		name, label string
		slot        textSlot
		align       pdf.Integer
		digits      int
	}{
		{NumberField, "Số văn bản", found.number, 2, digits},
		{DayField, "Ngày ban hành", found.day, 1, 2},
		{MonthField, "Tháng ban hành", found.month, 1, 2},
	} {
		if err := s.addFont(f, w, t.slot); err != nil {
			return nil, err
		}
		if need := float64(t.digits) * w.digit[t.slot.font] * t.slot.size; need > t.slot.rect.Width()+placeRounding {
			return nil, record.E(record.Conflict, "slot-too-narrow", fmt.Sprintf("%s: chỗ trống rộng %.1f pt, không vừa %d chữ số (%.1f pt)",
				t.label, t.slot.rect.Width(), t.digits, need))
		}
		w.add(t.slot.page, t.slot.rect, pdf.Dict{
			"FT": pdf.Name("Tx"), "T": pdf.TextString(t.name), "TU": pdf.TextString(t.label), "Q": t.align,
			"DA": defaultAppearance(pdf.Name(t.slot.font), t.slot.size),
		})
	}
	var all []string
	for slot := range signatories {
		all = append(all, PersonalFieldOf(slot))
	}
	for slot, area := range found.sign {
		others := slices.Delete(slices.Clone(all), slot, slot+1)
		w.add(area.page, area.rect, pdf.Dict{
			"FT": pdf.Name("Sig"), "T": pdf.TextString(all[slot]), "TU": pdf.TextString("Chữ ký của người có thẩm quyền"), "Lock": w.u.Add(personalLock(others)),
		})
	}
	w.add(found.seal.page, found.seal.rect, pdf.Dict{
		"FT": pdf.Name("Sig"), "T": pdf.TextString(SealField), "TU": pdf.TextString("Chữ ký của cơ quan"), "Lock": w.u.Add(sealLock()),
	})
	catalog := root.Clone()
	catalog["AcroForm"] = w.u.Add(pdf.Dict{"Fields": w.fields, "DR": pdf.Dict{"Font": w.fonts}})
	if err := declare(w.u, catalog); err != nil {
		return nil, damaged(err)
	}
	w.u.Set(f.Trailer()["Root"].(pdf.Ref), catalog) // Catalog has checked that it is a reference
	if err := w.annotate(f); err != nil {
		return nil, damaged(err)
	}
	out, err := w.u.Write()
	if err != nil {
		return nil, damaged(err)
	}
	return out, nil
}

// declare names in the catalogue the extension of PDF 1.7 that PAdES is (ISO
// 32000-1, 7.12; ETSI EN 319 142-1, 5.6).
func declare(u *pdf.Update, catalog pdf.Dict) error {
	all, err := u.Dict(catalog["Extensions"])
	if err != nil {
		return err
	}
	if all["ESIC"] == nil {
		all["ESIC"] = pdf.Dict{"Type": pdf.Name("DeveloperExtensions"), "BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(1)}
		catalog["Extensions"] = all
	}
	return nil
}

// preparation collects what goes into the update.
type preparation struct {
	u      *pdf.Update
	fonts  pdf.Dict
	digit  map[string]float64 // by font: the widest digit, in em
	fields pdf.Array
	annots map[pdf.Ref]pdf.Array // by page
}

// addFont embeds the digits of the installed font that the slot's line has,
// once.
func (s *Signer) addFont(f *pdf.File, w *preparation, t textSlot) error {
	name := t.font
	if w.fonts[pdf.Name(name)] != nil {
		return nil
	}
	font, err := s.fonts.get(name)
	if err != nil {
		return err
	}
	like, err := descriptor(f, t)
	if err != nil {
		return damaged(err)
	}
	d, err := font.Embed(name, []rune("0123456789"), like, w.u.Add)
	if err != nil {
		return record.Because(err, record.Unavailable, "font-missing", fmt.Sprintf("Không nhúng được phông chữ %q", name))
	}
	for _, r := range "0123456789" {
		em, _ := font.Advance(r) // embedded just now, so it is there
		w.digit[name] = max(w.digit[name], em)
	}
	w.fonts[pdf.Name(name)] = w.u.Add(d)
	return nil
}

// descriptor is that of the page's own font in the slot.
func descriptor(f *pdf.File, t textSlot) (pdf.Dict, error) {
	all, err := pdf.As[pdf.Dict](f, t.page.Resources["Font"])
	if err != nil {
		return nil, err
	}
	font, err := pdf.As[pdf.Dict](f, all[t.key])
	if err != nil {
		return nil, err
	}
	return pdf.As[pdf.Dict](f, font["FontDescriptor"])
}

// add makes an empty field with its widget on the page.
func (w *preparation) add(p pdf.Page, r pdf.Rect, d pdf.Dict) {
	d["Type"], d["Subtype"] = pdf.Name("Annot"), pdf.Name("Widget")
	d["P"], d["Rect"], d["F"] = p.Ref, r.Array(), widgetFlags
	d["AP"] = pdf.Dict{"N": w.u.Add(appearance(r, pdf.Dict{}, nil))}
	ref := w.u.Add(d)
	w.fields = append(w.fields, ref)
	w.annots[p.Ref] = append(w.annots[p.Ref], ref)
}

// annotate appends the widgets to the annotations of their pages, and changes
// nothing else of a page.
func (w *preparation) annotate(f *pdf.File) error {
	for page, widgets := range w.annots {
		d, err := w.u.Dict(page)
		if err != nil {
			return err
		}
		old, err := pdf.As[pdf.Array](f, d["Annots"])
		if err != nil {
			return err
		}
		all := append(append(pdf.Array{}, old...), widgets...)
		if ref, ok := d["Annots"].(pdf.Ref); ok {
			w.u.Set(ref, all)
			continue
		}
		d["Annots"] = all
		w.u.Set(page, d)
	}
	return nil
}
