package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vanthu/pdf"
	"vanthu/signer/verify"
)

// patched writes other bytes of the same number over their first place.
func patched(old, new string) func(testing.TB, stages) []byte {
	return func(t testing.TB, s stages) []byte {
		out := bytes.Clone(s.sealed)
		at := bytes.Index(out, []byte(old))
		if at < 0 || len(old) != len(new) {
			t.Fatalf("%q is not there", old)
		}
		copy(out[at:], new)
		return out
	}
}

// behind appends bytes.
func behind(make func(t testing.TB, s stages, f *pdf.File) string) func(testing.TB, stages) []byte {
	return func(t testing.TB, s stages) []byte {
		f, err := pdf.Open(s.sealed)
		must(t, err)
		return append(bytes.Clone(s.sealed), make(t, s, f)...)
	}
}

func contentsOf(t testing.TB, f *pdf.File) pdf.Ref {
	_, d := page(t, f, 0)
	return d["Contents"].(pdf.Ref)
}

// table is a hand-written update of one entry.
func table(f *pdf.File, at int, entry string) string {
	last := f.Revisions()[len(f.Revisions())-1]
	root := f.Trailer()["Root"].(pdf.Ref)
	return fmt.Sprintf("xref\n%strailer\n<</Size 9002/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", entry, root.Num, last.StartXRef, at)
}

func rawContent(n int) string {
	return fmt.Sprintf("%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", n, len(words), words)
}

// The classes of "1 Trillion Dollar Refund" (universal forgery, incremental
// saving, wrapping) and of "Shadow Attacks".
var moreAttacks = []attack{
	{"forgery: no byte range", patched("/ByteRange", "/ByteRangX"), "byte-range"},
	{"forgery: byte range of a negative length", patchRange(func(r *[4]int) { r[1] = -r[1] }), "byte-range"},
	{"forgery: byte range of nothing", patchRange(func(r *[4]int) { *r = [4]int{} }), "byte-range"},
	{"forgery: no contents", func(t testing.TB, s stages) []byte {
		gap := rangeOf(t, s.sealed, "vtPersonal")
		out := bytes.Clone(s.sealed)
		at := bytes.LastIndex(out[:gap[0]], []byte("/Contents"))
		copy(out[at:], "/ContentX")
		return out
	}, "byte-range"},
	{"forgery: contents of zeros", func(t testing.TB, s stages) []byte {
		gap := rangeOf(t, s.sealed, "vtPersonal")
		out := bytes.Clone(s.sealed)
		for i := gap[0] + 1; i < gap[1]-1; i++ {
			out[i] = '0'
		}
		return out
	}, "signature-malformed"},
	{"forgery: contents null", func(t testing.TB, s stages) []byte {
		gap := rangeOf(t, s.sealed, "vtPersonal")
		out := bytes.Clone(s.sealed)
		copy(out[gap[0]:gap[1]], "null"+strings.Repeat(" ", gap[1]-gap[0]-4))
		return out
	}, "byte-range"},
	{"saving: an object without cross-reference", behind(func(t testing.TB, _ stages, f *pdf.File) string { return rawContent(contentsOf(t, f).Num) }), "trailing-bytes"},
	{"saving: an object with a trailer only", behind(func(t testing.TB, _ stages, f *pdf.File) string {
		return rawContent(contentsOf(t, f).Num) + "trailer\n<</Root 1 0 R>>\n"
	}), "trailing-bytes"},
	{"saving: a trailer in a comment", behind(func(_ testing.TB, _ stages, f *pdf.File) string {
		return fmt.Sprintf("%% trailer <</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", f.Revisions()[3].StartXRef)
	}), "trailing-bytes"},
	{"saving: back to the state before the seal", behind(func(_ testing.TB, s stages, f *pdf.File) string {
		return fmt.Sprintf("startxref\n%d\n%%%%EOF\n", f.Revisions()[2].StartXRef)
	}), "trailing-bytes"},
	{"saving: content set free", behind(func(t testing.TB, s stages, f *pdf.File) string {
		return table(f, len(s.sealed), fmt.Sprintf("%d 1\n0000000000 00001 f \n", contentsOf(t, f).Num))
	}), "page-content"},
	{"saving: content of another generation", behind(func(t testing.TB, s stages, f *pdf.File) string {
		body := strings.Replace(rawContent(contentsOf(t, f).Num), " 0 obj", " 1 obj", 1)
		return body + table(f, len(s.sealed)+len(body), fmt.Sprintf("%d 1\n%010d 00001 n \n", contentsOf(t, f).Num, len(s.sealed)))
	}), "page-content"},
	{"saving: content pointed at other bytes of the signed file", behind(func(t testing.TB, s stages, f *pdf.File) string {
		ref, _ := fieldNamed(t, f, "vtSeal")
		e, _ := f.Entry(ref.Num)
		return table(f, len(s.sealed), fmt.Sprintf("%d 1\n%010d 00000 n \n", contentsOf(t, f).Num, e.Offset))
	}), "page-content"},
	{"wrapping: the second part signed from a copy", func(t testing.TB, s stages) []byte {
		gap := rangeOf(t, s.signed, "vtPersonal")
		out := append(bytes.Clone(s.signed), s.signed[gap[1]:]...)
		at := bytes.LastIndex(out[:len(s.signed)], []byte("/ByteRange"))
		end := at + bytes.IndexByte(out[at:], ']') + 1
		copy(out[at:end], fmt.Sprintf("%-*s]", end-at-1, fmt.Sprintf("/ByteRange[0 %d %d %d", gap[0], len(s.signed), len(s.signed)-gap[1])))
		return out
	}, "byte-range"},
	{"shadow: layers switched", inCatalog("OCProperties", func(u *pdf.Update) pdf.Object {
		return pdf.Dict{"OCGs": pdf.Array{}, "D": pdf.Dict{"BaseState": pdf.Name("OFF")}}
	}), "catalog-changed"},
	{"scripts by name", inCatalog("Names", func(u *pdf.Update) pdf.Object {
		return pdf.Dict{"JavaScript": pdf.Dict{"Names": pdf.Array{pdf.String("x"), pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("x()")}}}}
	}), "catalog-changed"},
	{"permissions granted", inCatalog("Perms", func(u *pdf.Update) pdf.Object { return pdf.Dict{} }), "catalog-changed"},
	{"appearances made anew by the reader", later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, c := catalog(t, f)
		d, err := pdf.As[pdf.Dict](f, c["AcroForm"])
		must(t, err)
		d = d.Clone()
		d["NeedAppearances"] = pdf.Boolean(true)
		if r, ok := c["AcroForm"].(pdf.Ref); ok {
			u.Set(r, d)
			return
		}
		c["AcroForm"] = d
		u.Set(ref, c)
	}), "form-changed"},
	{"redaction added", inPage("Annots", func(u *pdf.Update, old pdf.Object) pdf.Object {
		n := note(u)
		n["Subtype"] = pdf.Name("Redact")
		return append(append(pdf.Array{}, old.(pdf.Array)...), u.Add(n))
	}), "annotation-added"},
}

// Attacks on how a file is written down that no reader may follow.
func TestAmbiguousFilesAreRefused(t *testing.T) {
	s := through(t)
	for name, b := range map[string][]byte{
		"a key twice in the signature dictionary": patched("/SubFilter", "/ByteRange")(t, s),
		"two entries for one object": behind(func(_ testing.TB, s stages, f *pdf.File) string {
			return table(f, len(s.sealed), "9000 1\n0000000010 00000 n \n9000 1\n0000000020 00000 n \n")
		})(t, s),
		"cross-references in a circle": behind(func(_ testing.TB, s stages, f *pdf.File) string {
			return fmt.Sprintf("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", len(s.sealed), len(s.sealed))
		})(t, s),
	} {
		r, err := verify.Verify(t.Context(), b, newOffice(t).options())
		if err == nil && r.Verdict != verify.Invalid {
			t.Errorf("%s: %s", name, r.Verdict)
		}
	}
}

// What an insider prepares so that it reads differently in the longer file,
// though no later cross-reference speaks of it.
func TestPreparedToReadDifferently(t *testing.T) {
	hidden := pdf.Ref{Num: 5000}
	shown := func(t testing.TB) []byte {
		return update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
			ref, d := page(t, f, 0)
			d["Contents"] = pdf.Array{d["Contents"], hidden}
			u.Set(ref, d)
		})
	}
	// An update that speaks of no object at all.
	lengthened := func(t *testing.T, sealed []byte, place int, tail string) {
		if v := judge(t, sealed).Verdict; v != verify.Valid {
			t.Fatalf("before: %s", v)
		}
		f, err := pdf.Open(sealed)
		must(t, err)
		b := append(append(bytes.Clone(sealed), bytes.Repeat([]byte(" "), place-len(sealed))...), tail...)
		expectForbidden(t, append(b, table(f, len(b), "0 1\n0000000000 65535 f \n")...), "page-content")
	}
	t.Run("an object behind the end", func(t *testing.T) {
		const place = 400_000
		b := shown(t)
		f, err := pdf.Open(b)
		must(t, err)
		b = append(b, table(f, len(b), fmt.Sprintf("5000 1\n%010d 00000 n \n", place))...)
		lengthened(t, throughFrom(t, b).sealed, place, rawContent(5000))
	})
	t.Run("a stream that is longer than the file", func(t *testing.T) {
		const reach = 200_000
		b := shown(t)
		f, err := pdf.Open(b)
		must(t, err)
		at := len(b)
		body := fmt.Sprintf("5000 0 obj\n<</Length %d>>\nstream\n", reach)
		start := at + len(body)
		body += "%\nendstream\nendobj\n"
		b = append(b, body...)
		b = append(b, table(f, len(b), fmt.Sprintf("5000 1\n%010d 00000 n \n", at))...)
		lengthened(t, throughFrom(t, b).sealed, start+reach, "\nendstream\nendobj\n")
	})
}
