package verify_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"vanthu/pdf"
	"vanthu/signer/verify"
)

var words = []byte("BT /F1 40 Tf 100 400 Td (Noi dung khac) Tj ET")

// attack is what someone without keys does to a sealed file. Cryptography is
// untouched in most: both signatures still verify over their bytes.
type attack struct {
	name string
	do   func(t testing.TB, s stages) []byte
	code string // that must be reported as not allowed by the first signature, or as a finding
}

var attacks = []attack{
	{"page content replaced in place", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, d := page(t, f, 0)
		u.Set(d["Contents"].(pdf.Ref), pdf.Flate(pdf.Dict{}, words))
	}), "page-content"},
	{"page pointed at other content", inPage("Contents", func(u *pdf.Update, _ pdf.Object) pdf.Object { return u.Add(pdf.Flate(pdf.Dict{}, words)) }), "page-content"},
	{"page resources replaced", inPage("Resources", func(*pdf.Update, pdf.Object) pdf.Object { return pdf.Dict{} }), "page-resources"},
	{"page turned round", inPage("Rotate", func(*pdf.Update, pdf.Object) pdf.Object { return pdf.Integer(180) }), "page-changed"},
	{"font of the page replaced", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		all, err := f.Pages()
		must(t, err)
		fonts, err := pdf.As[pdf.Dict](f, all[0].Resources["Font"])
		must(t, err)
		for _, o := range fonts {
			d, err := pdf.As[pdf.Dict](f, o)
			must(t, err)
			d = d.Clone()
			d["BaseFont"] = pdf.Name("Other")
			u.Set(o.(pdf.Ref), d)
		}
	}), "page-resources"},
	{"annotation added", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, d := page(t, f, 0)
		old, err := pdf.As[pdf.Array](f, d["Annots"])
		must(t, err)
		d["Annots"] = append(append(pdf.Array{}, old...), u.Add(note(u)))
		u.Set(ref, d)
	}), "annotation-added"},
	{"annotation smuggled in with evidence", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		annotation := u.Add(note(u))
		root, c := catalog(t, f)
		c["DSS"] = pdf.Dict{"Certs": pdf.Array{annotation}}
		u.Set(root, c)
		ref, d := page(t, f, 0)
		old, err := pdf.As[pdf.Array](f, d["Annots"])
		must(t, err)
		d["Annots"] = append(append(pdf.Array{}, old...), annotation)
		u.Set(ref, d)
	}), "annotation-added"},
	{"widgets removed from the page", inPage("Annots", func(*pdf.Update, pdf.Object) pdf.Object { return pdf.Array{} }), "annotation-removed"},
	{"page content passed off as evidence", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, d := page(t, f, 0)
		u.Set(d["Contents"].(pdf.Ref), pdf.Flate(pdf.Dict{}, words))
		root, c := catalog(t, f)
		c["DSS"] = pdf.Dict{"Certs": pdf.Array{d["Contents"]}}
		u.Set(root, c)
	}), "page-content"},
	{"number changed after the seal", inField("vtNumber", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		d["V"], d["AP"] = pdf.TextString("47"), pdf.Dict{"N": u.Add(form(words))}
	}), "field-value"},
	{"day changed after the seal, value only", inField("vtDay", func(f *pdf.File, u *pdf.Update, d pdf.Dict) { d["V"] = pdf.TextString("23") }), "field-value"},
	{"number shows something else than its value", inField("vtNumber", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		d["AP"] = pdf.Dict{"N": u.Add(form(words))}
	}), "field-appearance"},
	{"appearance of the number replaced in place", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, d := fieldNamed(t, f, "vtNumber")
		u.Set(d["AP"].(pdf.Dict)["N"].(pdf.Ref), form(words))
	}), "field-appearance"},
	{"image of the signature replaced", inField("vtPersonal", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		d["AP"] = pdf.Dict{"N": u.Add(form(words))}
	}), "signature-appearance"},
	{"number made large", inField("vtNumber", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		d["V"], d["Rect"] = pdf.TextString("47"), pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(600), pdf.Integer(800)}
	}), "field-changed"},
	{"seal moved", inField("vtSeal", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		d["Rect"] = pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(100), pdf.Integer(100)}
	}), "signature-appearance"},
	{"seal removed", inField("vtSeal", func(f *pdf.File, u *pdf.Update, d pdf.Dict) { delete(d, "V") }), "signature-removed"},
	{"personal signature removed", inField("vtPersonal", func(f *pdf.File, u *pdf.Update, d pdf.Dict) { delete(d, "V") }), "signature-removed"},
	{"both signatures removed", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		for _, name := range []string{"vtPersonal", "vtSeal"} {
			ref, d := fieldNamed(t, f, name)
			delete(d, "V")
			u.Set(ref, d)
		}
	}), "signature-removed"},
	{"form removed", inCatalog("AcroForm", func(*pdf.Update) pdf.Object { return pdf.Null{} }), "signature-removed"},
	{"seal replaced by the personal signature", inField("vtSeal", func(f *pdf.File, u *pdf.Update, d pdf.Dict) {
		catalog, _ := f.Catalog()
		form, _ := pdf.As[pdf.Dict](f, catalog["AcroForm"])
		fields, _ := pdf.As[pdf.Array](f, form["Fields"])
		for _, o := range fields {
			if other, _ := pdf.As[pdf.Dict](f, o); other["T"].(pdf.String).Text() == "vtPersonal" {
				d["V"] = other["V"]
			}
		}
	}), "signature-replaced"},
	{"signature dictionary shadowed", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, d := fieldNamed(t, f, "vtPersonal")
		v, err := pdf.As[pdf.Dict](f, d["V"])
		must(t, err)
		v = v.Clone()
		v["Name"] = pdf.TextString("Người khác")
		u.Set(d["V"].(pdf.Ref), v)
	}), "byte-range"},
	{"field added over the page", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, c := catalog(t, f)
		form, err := pdf.As[pdf.Dict](f, c["AcroForm"])
		must(t, err)
		form = form.Clone()
		old, err := pdf.As[pdf.Array](f, form["Fields"])
		must(t, err)
		added := note(u)
		added["Subtype"], added["FT"], added["T"] = pdf.Name("Widget"), pdf.Name("Tx"), pdf.TextString("vtX")
		form["Fields"] = append(append(pdf.Array{}, old...), u.Add(added))
		if r, ok := c["AcroForm"].(pdf.Ref); ok {
			u.Set(r, form)
			return
		}
		c["AcroForm"] = form
		u.Set(ref, c)
	}), "field-added"},
	{"script run on opening", inCatalog("OpenAction", func(u *pdf.Update) pdf.Object {
		return u.Add(pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.TextString("x()")})
	}), "catalog-changed"},
	{"layers that hide content", inCatalog("OCProperties", func(u *pdf.Update) pdf.Object { return pdf.Dict{"OCGs": pdf.Array{}} }), "catalog-changed"},
	{"metadata replaced", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, c := catalog(t, f)
		u.Set(c["Metadata"].(pdf.Ref), pdf.Flate(pdf.Dict{"Type": pdf.Name("Metadata")}, []byte("<x/>")))
	}), "metadata"},
	{"document information changed", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		u.Set(f.Trailer()["Info"].(pdf.Ref), pdf.Dict{"Title": pdf.TextString("Văn bản khác")})
	}), "document-info"},
	{"page removed", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, c := catalog(t, f)
		d, err := pdf.As[pdf.Dict](f, c["Pages"])
		must(t, err)
		d = d.Clone()
		d["Kids"], d["Count"] = pdf.Array{}, pdf.Integer(0)
		u.Set(c["Pages"].(pdf.Ref), d)
	}), "page-tree"},
	{"page added", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		_, c := catalog(t, f)
		d, err := pdf.As[pdf.Dict](f, c["Pages"])
		must(t, err)
		d = d.Clone()
		kids, err := pdf.As[pdf.Array](f, d["Kids"])
		must(t, err)
		added := u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": c["Pages"], "Contents": u.Add(pdf.Flate(pdf.Dict{}, words))})
		d["Kids"], d["Count"] = append(pdf.Array{added}, kids...), d["Count"].(pdf.Integer)+1
		u.Set(c["Pages"].(pdf.Ref), d)
	}), "page-tree"},
	{"object that nothing refers to", later(func(t testing.TB, f *pdf.File, u *pdf.Update) { u.Add(form(words)) }), "object-added"},
	{"everything changed and changed back", func(t testing.TB, s stages) []byte {
		var old pdf.Object
		b := update(t, s.sealed, func(f *pdf.File, u *pdf.Update) {
			_, d := page(t, f, 0)
			old, _ = f.Resolve(d["Contents"])
			u.Set(d["Contents"].(pdf.Ref), pdf.Flate(pdf.Dict{}, words))
		})
		return update(t, b, func(f *pdf.File, u *pdf.Update) {
			_, d := page(t, f, 0)
			u.Set(d["Contents"].(pdf.Ref), old)
		})
	}, "page-content"},
	{"another catalogue in a hand-written update", func(t testing.TB, s stages) []byte {
		f, err := pdf.Open(s.sealed)
		must(t, err)
		_, p := page(t, f, 0)
		return appendRaw(t, s.sealed, fmt.Sprintf("9000 0 obj <</Type/Catalog/Pages %d 0 R>> endobj\n", p["Parent"].(pdf.Ref).Num), "9000 0 R", true)
	}, "signature-removed"},
	{"history cut off by a cross-reference without predecessor", func(t testing.TB, s stages) []byte {
		return appendRaw(t, s.sealed, "9000 0 obj <</Type/Catalog/Pages 9001 0 R>> endobj\n9001 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n", "9000 0 R", false)
	}, "signature-hidden"},
	{"bytes behind the end", func(t testing.TB, s stages) []byte {
		return append(bytes.Clone(s.sealed), "\n% thêm vào\n"...)
	}, "trailing-bytes"},
	{"byte range starts late", patchRange(func(r *[4]int) { r[0], r[1] = 10, r[1]-10 }), "byte-range"},
	{"byte range widened before the signature", patchRange(func(r *[4]int) { r[1] -= 40 }), "byte-range"},
	{"byte range widened behind the signature", patchRange(func(r *[4]int) { r[2] += 20; r[3] -= 20 }), "byte-range"},
	{"byte range overlapping", patchRange(func(r *[4]int) { r[2] = r[1] - 100; r[3] += 100 }), "byte-range"},
	{"byte range past the end", patchRange(func(r *[4]int) { r[3] += 9_000_000 }), "byte-range"},
	{"byte range ends in the middle", patchRange(func(r *[4]int) { r[3] -= 7 }), "byte-range-end"},
}

func TestAttacksAreNamed(t *testing.T) {
	s := through(t)
	for _, a := range slices.Concat(attacks, moreAttacks) {
		t.Run(a.name, func(t *testing.T) {
			r := judge(t, a.do(t, s))
			if r.Verdict != verify.Invalid {
				t.Fatalf("verdict %s\n%s", r.Verdict, r.Text())
			}
			var codes []string
			for _, f := range r.Findings {
				codes = append(codes, f.Code)
			}
			for _, g := range r.Signatures {
				codes = append(codes, g.Coverage.Code, g.Integrity.Code)
				for _, c := range g.Changes {
					if !c.Allowed {
						codes = append(codes, c.Code)
					}
				}
			}
			if !strings.Contains(" "+strings.Join(codes, " ")+" ", " "+a.code+" ") {
				t.Errorf("%s not among %v\n%s", a.code, codes, r.Text())
			}
		})
	}
}

func TestSecondFileAppended(t *testing.T) {
	s := through(t)
	other, err := os.ReadFile("../testdata/plan-3-digits.pdf")
	must(t, err)
	for name, tail := range map[string][]byte{"as it is": other, "with places that fit": moved(t, other, len(s.sealed))} {
		r := judge(t, append(bytes.Clone(s.sealed), tail...))
		if r.Verdict != verify.Invalid || len(r.Findings) != 1 || r.Findings[0].Code != "file-appended" || len(r.Signatures) != 2 {
			t.Errorf("%s: verdict %s\n%s", name, r.Verdict, r.Text())
		}
	}
}

// moved writes a file anew for a place that many bytes into another.
func moved(t testing.TB, b []byte, by int) []byte {
	f, err := pdf.Open(b)
	must(t, err)
	out := bytes.Clone(b[:f.Revisions()[0].StartXRef])
	start := by + len(out)
	out = append(out, "xref\n"...)
	for _, n := range f.Numbers() {
		e, _ := f.Entry(n)
		out = fmt.Appendf(out, "%d 1\n%010d %05d n \n", n, e.Offset+by, e.Gen)
	}
	return fmt.Appendf(out, "trailer\n<</Size 9000/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", f.Trailer()["Root"].(pdf.Ref).Num, start)
}

// Attacks that an insider prepares before the official signs: something that is
// not seen then and comes to life later.
func TestPreparedAttacks(t *testing.T) {
	t.Run("reference into nothing that comes to life", func(t *testing.T) {
		hidden := pdf.Ref{Num: 5000}
		s := throughFrom(t, update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			ref, d := page(t, f, 0)
			d["Contents"] = pdf.Array{d["Contents"], hidden}
			u.Set(ref, d)
		}))
		if v := judge(t, s.sealed).Verdict; v != verify.Valid {
			t.Fatalf("before the attack: %s", v)
		}
		b := update(t, s.sealed, func(f *pdf.File, u *pdf.Update) { u.Set(hidden, pdf.Flate(pdf.Dict{}, words)) })
		expectForbidden(t, b, "page-content")
	})
	t.Run("reference into nothing, brought to life as evidence", func(t *testing.T) {
		hidden := pdf.Ref{Num: 5000}
		s := throughFrom(t, update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			ref, d := page(t, f, 0)
			d["Contents"] = pdf.Array{d["Contents"], hidden}
			u.Set(ref, d)
		}))
		b := update(t, s.sealed, func(f *pdf.File, u *pdf.Update) {
			u.Set(hidden, pdf.Flate(pdf.Dict{}, words))
			ref, c := catalog(t, f)
			c["DSS"] = pdf.Dict{"Certs": pdf.Array{hidden}}
			u.Set(ref, c)
		})
		expectForbidden(t, b, "page-content")
	})
	t.Run("appearance of an open field that is page content too", func(t *testing.T) {
		before := update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			ref, d := page(t, f, 0)
			_, number := fieldNamed(t, f, "vtNumber")
			d["Contents"] = pdf.Array{d["Contents"], number["AP"].(pdf.Dict)["N"]}
			u.Set(ref, d)
		})
		signed := throughFrom(t, before).signed
		b := update(t, signed, func(f *pdf.File, u *pdf.Update) {
			ref, d := fieldNamed(t, f, "vtNumber")
			d["V"] = pdf.TextString("46")
			u.Set(ref, d)
			u.Set(d["AP"].(pdf.Dict)["N"].(pdf.Ref), form(words))
		})
		expectForbidden(t, b, "page-content")
	})
	t.Run("length of the content given by an object that changes", func(t *testing.T) {
		length := pdf.Ref{}
		signed := throughFrom(t, update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			length = u.Add(pdf.Integer(3))
			ref, d := page(t, f, 0)
			d["PieceInfo"] = length
			u.Set(ref, d)
		})).signed
		b := update(t, signed, func(f *pdf.File, u *pdf.Update) { u.Set(length, pdf.Integer(2)) })
		expectForbidden(t, b, "page-changed")
	})
}

func expectForbidden(t *testing.T, b []byte, code string) {
	t.Helper()
	r := judge(t, b)
	if r.Verdict != verify.Invalid {
		t.Fatalf("verdict %s\n%s", r.Verdict, r.Text())
	}
	for _, c := range r.Signatures[0].Changes {
		if c.Code == code && !c.Allowed {
			return
		}
	}
	t.Errorf("%s not reported\n%s", code, r.Text())
}

// What may follow a signature leaves it valid.
func TestAllowedLater(t *testing.T) {
	s := through(t)
	for _, c := range []struct {
		name string
		base []byte
		do   func(f *pdf.File, u *pdf.Update)
		code string
	}{
		{"number filled into an open field", s.signed, func(f *pdf.File, u *pdf.Update) {
			ref, d := fieldNamed(t, f, "vtNumber")
			d["V"], d["AP"] = pdf.TextString("46"), pdf.Dict{"N": u.Add(form(words))}
			u.Set(ref, d)
		}, "field-filled"},
		{"evidence for long-term validation", s.sealed, func(f *pdf.File, u *pdf.Update) {
			ref, d := catalog(t, f)
			d["DSS"] = u.Add(pdf.Dict{"Certs": u.Add(pdf.Array{u.Add(pdf.Flate(pdf.Dict{}, newOffice(t).ca.Certificate.Raw))}),
				"VRI": u.Add(pdf.Dict{"AB": u.Add(pdf.Dict{"Cert": pdf.Array{}})})})
			d["Extensions"] = pdf.Dict{"ESIC": pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(5)}}
			u.Set(ref, d)
		}, "evidence-added"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := update(t, c.base, c.do)
			r := judge(t, b)
			if last := r.Signatures[0].Changes; r.Verdict != verify.Valid || len(last) == 0 || last[len(last)-1].Code != c.code {
				t.Fatalf("verdict %s\n%s", r.Verdict, r.Text())
			}
			if c.code != "evidence-added" {
				return
			}
			grown := update(t, b, func(f *pdf.File, u *pdf.Update) {
				_, d := catalog(t, f)
				dss, err := pdf.As[pdf.Dict](f, d["DSS"])
				must(t, err)
				certs, err := pdf.As[pdf.Array](f, dss["Certs"])
				must(t, err)
				u.Set(dss["Certs"].(pdf.Ref), append(append(pdf.Array{}, certs...), u.Add(pdf.Flate(pdf.Dict{}, []byte("chứng thư")))))
			})
			if r := judge(t, grown); r.Verdict != verify.Valid {
				t.Errorf("evidence that grows in place: %s\n%s", r.Verdict, r.Text())
			}
		})
	}
}
