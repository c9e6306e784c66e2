package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vanthu/pdf"
)

func later(change func(t testing.TB, f *pdf.File, u *pdf.Update)) func(testing.TB, stages) []byte {
	return func(t testing.TB, s stages) []byte {
		return update(t, s.sealed, func(f *pdf.File, u *pdf.Update) { change(t, f, u) })
	}
}

func inCatalog(key pdf.Name, make func(u *pdf.Update) pdf.Object) func(testing.TB, stages) []byte {
	return later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, d := catalog(t, f)
		d[key] = make(u)
		u.Set(ref, d)
	})
}

func inPage(key pdf.Name, make func(u *pdf.Update, old pdf.Object) pdf.Object) func(testing.TB, stages) []byte {
	return later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, d := page(t, f, 0)
		d[key] = make(u, d[key])
		u.Set(ref, d)
	})
}

func inField(name string, change func(f *pdf.File, u *pdf.Update, d pdf.Dict)) func(testing.TB, stages) []byte {
	return later(func(t testing.TB, f *pdf.File, u *pdf.Update) {
		ref, d := fieldNamed(t, f, name)
		change(f, u, d)
		u.Set(ref, d)
	})
}

func form(body []byte) *pdf.Stream {
	return pdf.Flate(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(600), pdf.Integer(800)}}, body)
}

func note(u *pdf.Update) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("FreeText"), "F": pdf.Integer(4),
		"Rect": pdf.Array{pdf.Integer(50), pdf.Integer(50), pdf.Integer(500), pdf.Integer(700)}, "AP": pdf.Dict{"N": u.Add(form(words))}}
}

// patchRange writes another byte range over that of the personal signature.
func patchRange(change func(*[4]int)) func(testing.TB, stages) []byte {
	return func(t testing.TB, s stages) []byte {
		out := bytes.Clone(s.sealed)
		at := bytes.Index(out, []byte("/ByteRange")) + len("/ByteRange")
		end := at + bytes.IndexByte(out[at:], ']') + 1
		var r [4]int
		_, err := fmt.Sscanf(strings.TrimSpace(string(out[at:end])), "[%d %d %d %d]", &r[0], &r[1], &r[2], &r[3])
		must(t, err)
		change(&r)
		text := fmt.Sprintf("[%d %d %d %d]", r[0], r[1], r[2], r[3])
		for end-at < len(text) {
			end++ // the room behind the array is blank
		}
		copy(out[at:end], fmt.Sprintf("%-*s", end-at, text))
		return out
	}
}

// appendRaw appends objects and a classic cross-reference by hand.
func appendRaw(t testing.TB, b []byte, objects, root string, chained bool) []byte {
	f, err := pdf.Open(b)
	must(t, err)
	out := bytes.Clone(b)
	var table strings.Builder
	for line := range strings.Lines(objects) {
		var n int
		_, err := fmt.Sscanf(line, "%d", &n)
		must(t, err)
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", n, len(out))
		out = append(out, line...)
	}
	start := len(out)
	out = fmt.Appendf(out, "xref\n0 1\n0000000000 65535 f \n%strailer\n<</Size 9002/Root %s", table.String(), root)
	if chained {
		out = fmt.Appendf(out, "/Prev %d", f.Revisions()[len(f.Revisions())-1].StartXRef)
	}
	return fmt.Appendf(out, ">>\nstartxref\n%d\n%%%%EOF\n", start)
}
