package signer_test

import (
	"bytes"
	"testing"

	"vanthu/pdf"
)

// keepsPDFA checks what PDF/A-2b asks and updates have been known to lose.
func keepsPDFA(t *testing.T, stage int, f *pdf.File) {
	t.Helper()
	root, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	first, err := f.At(0)
	if err != nil {
		t.Fatal(err)
	}
	was, err := first.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range was {
		if !pdf.Equal(root[k], v) {
			t.Errorf("stage %d: the catalogue's /%s changed", stage, k)
		}
	}
	xmp, err := pdf.As[*pdf.Stream](f, root["Metadata"])
	if err != nil || xmp == nil {
		t.Fatalf("stage %d: no metadata: %v", stage, err)
	}
	if data, err := f.Data(xmp); err != nil || !bytes.Contains(data, []byte("<pdfaid:part>2</pdfaid:part>")) {
		t.Errorf("stage %d: the metadata do not claim PDF/A-2: %v", stage, err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	// Structure, metadata, output intent, fonts, content: what was there is as it was.
	touched := map[int]bool{f.Trailer()["Root"].(pdf.Ref).Num: true}
	for _, p := range pages {
		touched[p.Ref.Num] = true
	}
	if root["StructTreeRoot"] == nil || root["OutputIntents"] == nil {
		t.Errorf("stage %d: no structure tree or no output intent", stage)
	}
	for _, n := range first.Numbers() {
		before, err := first.Object(n)
		must(t, err)
		if after, err := f.Object(n); err != nil || !touched[n] && !pdf.Equal(before, after) {
			t.Errorf("stage %d: object %d changed: %v", stage, n, err)
		}
	}
	for _, p := range pages {
		before, err := pdf.As[pdf.Dict](first, p.Ref)
		if err != nil {
			t.Fatal(err)
		}
		after := p.Dict.Clone()
		before = before.Clone()
		delete(after, "Annots")
		delete(before, "Annots")
		if !pdf.Equal(before, after) {
			t.Errorf("stage %d: page %d changed beyond its annotations", stage, p.Index+1)
		}
		annots, err := pdf.As[pdf.Array](f, p.Dict["Annots"])
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range annots {
			d, err := pdf.As[pdf.Dict](f, a)
			if err != nil {
				t.Fatal(err)
			}
			flags, _ := d["F"].(pdf.Integer)
			area, err := f.Rect(d["Rect"])
			must(t, err)
			// What has no extent needs no appearance (ISO 19005-2, 6.3.3).
			if d["AP"] == nil && area != (pdf.Rect{}) || flags&4 == 0 || flags&(1|2|32) != 0 {
				t.Errorf("stage %d: a widget without appearance, not printed or hidden: %v", stage, d)
			}
		}
	}
}
