package verify_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"vanthu/pdf"
	"vanthu/signer/verify"
)

// A file of very many updates costs its size once and each update once: reading
// all of every state would be gigabytes here.
func TestManyRevisions(t *testing.T) {
	b := update(t, through(t).sealed, func(f *pdf.File, u *pdf.Update) {
		u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: bytes.Repeat([]byte("0123456789abcdef"), 1<<19)})
	})
	for i := range 200 {
		b = update(t, b, func(f *pdf.File, u *pdf.Update) {
			ref, d := catalog(t, f)
			d["DSS"] = pdf.Dict{"Certs": pdf.Array{u.Add(pdf.Flate(pdf.Dict{}, fmt.Append(nil, i)))}}
			u.Set(ref, d)
		})
	}
	r := judge(t, b)
	if r.Revisions != 205 || len(r.States) != 205 || len(r.Signatures[0].Changes) != 205 {
		t.Errorf("%d revisions, %d states, %d changes", r.Revisions, len(r.States), len(r.Signatures[0].Changes))
	}
}

// The same holds for a file of another make: cross-reference streams and
// object streams, a form made by others.
func TestObjectStreams(t *testing.T) {
	plain, err := os.ReadFile("../../pdf/testdata/plan-xref-stream.pdf")
	must(t, err)
	withField := update(t, plain, func(f *pdf.File, u *pdf.Update) {
		pageRef, p := page(t, f, 0)
		zero := pdf.Integer(0)
		field := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Signature1"),
			"Rect": pdf.Array{zero, zero, zero, zero}, "P": pageRef})
		old, err := pdf.As[pdf.Array](f, p["Annots"])
		must(t, err)
		p["Annots"] = append(append(pdf.Array{}, old...), field)
		u.Set(pageRef, p)
		ref, c := catalog(t, f)
		c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{field}, "SigFlags": pdf.Integer(3)}
		u.Set(ref, c)
	})
	o := newOffice(t)
	signed := handSign(t, withField, "Signature1", nil, cades(t, o.personal.Key, o.personal.Chain...))
	if r := judge(t, signed); r.Verdict != verify.Valid || r.Signatures[0].Kind != "other" {
		t.Fatalf("%s\n%s", r.Verdict, r.Text())
	}
	// The stream that holds the page tree is replaced as a whole: no
	// cross-reference speaks of the tree.
	expectForbidden(t, update(t, signed, func(f *pdf.File, u *pdf.Update) {
		_, c := catalog(t, f)
		e, _ := f.Entry(c["Pages"].(pdf.Ref).Num)
		o, err := f.Object(e.Container)
		must(t, err)
		data, err := f.Data(o.(*pdf.Stream))
		must(t, err)
		d := o.(*pdf.Stream).Dict.Clone()
		delete(d, "Filter")
		delete(d, "DecodeParms")
		u.Set(pdf.Ref{Num: e.Container}, &pdf.Stream{Dict: d, Raw: bytes.Replace(data, []byte("/MediaBox"), []byte("/MediaBoy"), -1)})
	}), "page-tree")
	expectForbidden(t, update(t, signed, func(f *pdf.File, u *pdf.Update) {
		ref, d := page(t, f, 0)
		d["Contents"] = u.Add(pdf.Flate(pdf.Dict{}, words))
		u.Set(ref, d)
	}), "page-content")
}
