package verify_test

import (
	"fmt"
	"testing"

	"vanthu/pdf"
	"vanthu/signer/verify"
)

// added is a new signature field on page one, where a certified copy has its
// mark, or wherever and however a test wants it.
func added(t *testing.T, b []byte, rect pdf.Rect, change func(u *pdf.Update, field pdf.Dict)) []byte {
	o := newOffice(t)
	withField := func(f *pdf.File, u *pdf.Update) (pdf.Ref, pdf.Dict) {
		pageRef, p := page(t, f, 0)
		text := form(fmt.Appendf(nil, "BT /F 10 Tf 2 2 Td (46/2024) Tj ET"))
		text.Dict["Resources"] = pdf.Dict{"Font": pdf.Dict{"F": pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")}}}
		d := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("vtCopy"), "F": pdf.Integer(132),
			"Rect": rect.Array(), "P": pageRef, "AP": pdf.Dict{"N": u.Add(text)}}
		if change != nil {
			change(u, d)
		}
		field := u.Add(d)
		annots, err := pdf.As[pdf.Array](f, p["Annots"])
		must(t, err)
		p["Annots"] = append(append(pdf.Array{}, annots...), field)
		u.Set(pageRef, p)
		ref, c := catalog(t, f)
		fields, err := pdf.As[pdf.Dict](f, c["AcroForm"])
		must(t, err)
		fields = fields.Clone()
		list, err := pdf.As[pdf.Array](f, fields["Fields"])
		must(t, err)
		fields["Fields"] = append(append(pdf.Array{}, list...), field)
		if r, ok := c["AcroForm"].(pdf.Ref); ok {
			u.Set(r, fields)
		} else {
			c["AcroForm"] = fields
			u.Set(ref, c)
		}
		return field, d
	}
	return signWith(t, b, withField, nil, cades(t, o.seal.Key, o.seal.Chain...))
}

var corner = pdf.Rect{Left: 420, Bottom: 815, Right: 560, Top: 835}

func TestNewSignatureField(t *testing.T) {
	s := through(t)
	wide := pdf.Rect{Left: 50, Bottom: 300, Right: 500, Top: 700}
	for _, c := range []struct {
		name   string
		rect   pdf.Rect
		change func(u *pdf.Update, d pdf.Dict)
		code   string // "" for allowed
	}{
		{"mark of a certified copy at the top", corner, nil, ""},
		{"invisible", pdf.Rect{}, nil, ""},
		{"over the text of the page", wide, nil, "signature-covers-content"},
		{"with an area painted", corner, func(u *pdf.Update, d pdf.Dict) {
			box := form([]byte("0 0 600 800 re f"))
			d["AP"] = pdf.Dict{"N": u.Add(box)}
		}, "field-added"},
		{"with an action", corner, func(u *pdf.Update, d pdf.Dict) {
			d["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.String("http://x")}
		}, "field-added"},
		{"that can be switched off", corner, func(u *pdf.Update, d pdf.Dict) {
			d["OC"] = u.Add(pdf.Dict{"Type": pdf.Name("OCG"), "Name": pdf.String("x")})
		}, "field-added"},
		{"of a name that is taken", corner, func(u *pdf.Update, d pdf.Dict) { d["T"] = pdf.TextString("vtSeal") }, "field-added"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := added(t, s.sealed, c.rect, c.change)
			if c.code != "" {
				expectForbidden(t, b, c.code)
				return
			}
			r := judge(t, b)
			if r.Verdict != verify.Valid || len(r.Signatures) != 3 || r.Signatures[2].Kind != "copy" {
				t.Errorf("%s\n%s", r.Verdict, r.Text())
			}
		})
	}
	t.Run("twice at one place", func(t *testing.T) {
		b := added(t, s.sealed, corner, nil)
		expectForbidden(t, added(t, b, corner, func(_ *pdf.Update, d pdf.Dict) { d["T"] = pdf.TextString("vtCopy2") }), "signature-covers-content")
		beside := corner
		beside.Bottom, beside.Top = beside.Bottom-20, beside.Top-20
		if r := judge(t, added(t, b, beside, func(_ *pdf.Update, d pdf.Dict) { d["T"] = pdf.TextString("vtCopy2") })); r.Verdict != verify.Valid {
			t.Errorf("beside: %s\n%s", r.Verdict, r.Text())
		}
	})
	t.Run("listed a second time", func(t *testing.T) {
		b := update(t, added(t, s.sealed, corner, nil), func(f *pdf.File, u *pdf.Update) {
			ref, _ := fieldNamed(t, f, "vtCopy")
			pageRef, p := page(t, f, 0)
			annots, err := pdf.As[pdf.Array](f, p["Annots"])
			must(t, err)
			p["Annots"] = append(append(pdf.Array{}, annots...), ref)
			u.Set(pageRef, p)
		})
		expectForbidden(t, b, "annotation-added")
	})
}

// A certification says what may follow the file as a whole (ISO 32000-1, 12.8.2.2).
func TestCertification(t *testing.T) {
	o := newOffice(t)
	certified := func(p int) []byte {
		return handSign(t, prepared(t), "vtPersonal", pdf.Dict{"Reference": pdf.Array{pdf.Dict{"TransformMethod": pdf.Name("DocMDP"),
			"TransformParams": pdf.Dict{"P": pdf.Integer(p)}}}}, cades(t, o.personal.Key, o.personal.Chain...))
	}
	annotated := func(b []byte, rect pdf.Rect, kind string) []byte {
		return update(t, b, func(f *pdf.File, u *pdf.Update) {
			ref, d := page(t, f, 0)
			old, err := pdf.As[pdf.Array](f, d["Annots"])
			must(t, err)
			n := note(u)
			n["Rect"], n["Subtype"] = rect.Array(), pdf.Name(kind)
			d["Annots"] = append(append(pdf.Array{}, old...), u.Add(n))
			u.Set(ref, d)
		})
	}
	wide := pdf.Rect{Left: 50, Bottom: 300, Right: 500, Top: 700}
	for _, c := range []struct {
		name string
		pdf  []byte
		want verify.Verdict
	}{
		{"P 1, copy mark", added(t, certified(1), corner, nil), verify.Invalid},
		{"P 2, copy mark", added(t, certified(2), corner, nil), verify.Valid},
		{"P 2, note", annotated(certified(2), corner, "FreeText"), verify.Invalid},
		{"P 3, note", annotated(certified(3), corner, "FreeText"), verify.Valid},
		{"P 3, note over the text", annotated(certified(3), wide, "FreeText"), verify.Invalid},
		{"P 3, redaction", annotated(certified(3), corner, "Redact"), verify.Invalid},
		{"P 3, link", annotated(certified(3), corner, "Link"), verify.Invalid},
	} {
		if r := judge(t, c.pdf); r.Verdict != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, r.Verdict, c.want, r.Text())
		}
	}
}

// What the catalogue's permissions name counts too; usage rights of programs
// are told and ignored.
func TestPermissionsOfTheCatalogue(t *testing.T) {
	o := newOffice(t)
	named := func(perms func(f *pdf.File, u *pdf.Update) pdf.Dict) []byte {
		base := update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			ref, c := catalog(t, f)
			c["Perms"] = perms(f, u)
			u.Set(ref, c)
		})
		return handSign(t, base, "vtPersonal", nil, cades(t, o.personal.Key, o.personal.Chain...))
	}
	r := judge(t, named(func(_ *pdf.File, u *pdf.Update) pdf.Dict {
		return pdf.Dict{"UR3": u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Contents": pdf.String("x")})}
	}))
	if r.Verdict != verify.Valid || len(r.Notes) != 1 || r.Notes[0].Code != "usage-rights" {
		t.Errorf("UR3: %s\n%s", r.Verdict, r.Text())
	}
	r = judge(t, named(func(_ *pdf.File, u *pdf.Update) pdf.Dict {
		return pdf.Dict{"DocMDP": u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Contents": pdf.String("x")})}
	}))
	if r.Verdict != verify.Invalid || len(r.Findings) != 1 || r.Findings[0].Code != "certification-hidden" {
		t.Errorf("DocMDP in no field: %s\n%s", r.Verdict, r.Text())
	}
}
