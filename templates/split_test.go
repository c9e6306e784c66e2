package templates

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// splitDocuments is how many documents TestSplitTags makes.
const splitDocuments = 20_000

// Word cuts the text of a form into runs wherever it likes. Each template that
// docxtemplater is compared on, cut at random letters, with what Word leaves
// between runs, fills as it does whole.
func TestSplitTags(t *testing.T) {
	widths, err := metric.Read()
	if err != nil {
		t.Fatal(err)
	}
	type base struct {
		name string
		pkg  *ooxml.Package
		tree *etree.Document
		data *value
		want []string
	}
	var bases []base
	for _, c := range oracleCases() {
		pkg, err := ooxml.Open(officetest.DOCX(t, c.body+page, c.parts))
		if err != nil {
			t.Fatal(err)
		}
		b := base{name: c.name, pkg: pkg, tree: etree.NewDocument()}
		body, _ := pkg.Part(pkg.Document)
		if err := b.tree.ReadFromBytes(body); err != nil {
			t.Fatal(err)
		}
		if b.data, err = contentOf([]byte(c.data)); err != nil {
			t.Fatal(err)
		}
		if b.want, err = fillText(t, pkg, b.data, widths); err != nil {
			t.Fatal(err)
		}
		if textOf(b.tree.Root()) != "" && len(textOf(b.tree.Root())) < 3000 { // long ones cost time and have nothing new
			bases = append(bases, b)
		}
	}
	var next atomic.Int64
	var cuts atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				n := next.Add(1) - 1
				if n >= splitDocuments || t.Failed() {
					return
				}
				b := bases[int(n)%len(bases)]
				rnd := rand.New(rand.NewPCG(uint64(n), 7))
				tree := b.tree.Copy()
				for _, r := range plainRuns(tree.Root(), nil) {
					cuts.Add(int64(splitRun(rnd, r)))
				}
				split, err := tree.WriteToBytes()
				if err != nil {
					t.Error(err)
					return
				}
				pkg := b.pkg.Clone()
				pkg.Set(pkg.Document, split)
				if got, err := fillText(t, pkg, b.data, widths); err != nil || !slices.Equal(got, b.want) {
					t.Errorf("%s, document %d: %v\n%s\n%s", b.name, n, err, cmp.Diff(b.want, got), split)
				}
			}
		}()
	}
	wg.Wait()
	t.Logf("%d documents of %d templates, %d cuts", splitDocuments, len(bases), cuts.Load())
}

// fillText compiles and fills a package and reads what came out.
func fillText(t testing.TB, pkg *ooxml.Package, data *value, widths *metric.Faces) ([]string, error) {
	parts, faults := compile(pkg)
	if len(faults) > 0 {
		return nil, fmt.Errorf("%v", faults)
	}
	out, err := (&form{docx: pkg, parts: parts}).render(t.Context(), data, widths)
	if err != nil {
		return nil, err
	}
	return packageText(t, out), nil
}

// plainRuns are the runs that hold one text and nothing else.
func plainRuns(e *etree.Element, found []*etree.Element) []*etree.Element {
	for _, child := range e.ChildElements() {
		if isW(child, "r") && len(child.SelectElements("w:t")) == 1 && (len(child.ChildElements()) == 1 || len(child.ChildElements()) == 2 && child.SelectElement("w:rPr") != nil) {
			found = append(found, child)
		} else {
			found = plainRuns(child, found)
		}
	}
	return found
}

// splitRun cuts a run at random letters, with what Word leaves between the
// pieces, and says how often.
func splitRun(rnd *rand.Rand, r *etree.Element) (cuts int) {
	between := func(xml string) {
		d := etree.NewDocument()
		if err := d.ReadFromString(xml); err != nil {
			panic(err)
		}
		r.Parent().InsertChildAt(r.Index(), d.Root())
	}
	t := r.SelectElement("w:t")
	text := []rune(t.Text())
	for len(text) > 1 && rnd.IntN(5) > 0 {
		at := 1 + rnd.IntN(min(len(text)-1, 8))
		first := r.Copy()
		first.SelectElement("w:t").SetText(string(text[:at]))
		first.SelectElement("w:t").CreateAttr("xml:space", "preserve")
		if rnd.IntN(3) == 0 {
			first.CreateAttr("w:rsidR", "00AB12CD")
		}
		if rnd.IntN(4) == 0 && r.Parent().Tag == "p" {
			ins := etree.NewElement("w:ins")
			ins.CreateAttr("w:id", "77")
			ins.CreateAttr("w:author", "ai đó")
			r.Parent().InsertChildAt(r.Index(), ins)
			ins.AddChild(first)
		} else {
			r.Parent().InsertChildAt(r.Index(), first)
		}
		switch rnd.IntN(6) {
		case 0:
			between(`<w:proofErr w:type="spellStart"/>`)
		case 1:
			between(`<w:bookmarkStart w:id="88" w:name="_GoBack"/>`)
			between(`<w:bookmarkEnd w:id="88"/>`)
		case 2:
			between(`<w:r><w:lastRenderedPageBreak/></w:r>`)
		case 3:
			between(`<w:del w:id="99" w:author="ai đó"><w:r><w:delText>x</w:delText></w:r></w:del>`)
		}
		text = text[at:]
		cuts++
	}
	t.SetText(string(text))
	t.CreateAttr("xml:space", "preserve")
	return cuts
}

// The forms of this house, cut the same way.
func TestSplitForms(t *testing.T) {
	c := catalogue(t)
	in := inputs(t, c)["004"]
	whole, err := c.Fill(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := allText(t, whole)
	data, err := dataOf(in)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		pkg := c.forms["ke-hoach"].docx.Clone()
		text, _ := pkg.Part(pkg.Document)
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(text); err != nil {
			t.Fatal(err)
		}
		for _, r := range plainRuns(doc.Root(), nil) {
			splitRun(rnd, r)
		}
		split, err := doc.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		pkg.Set(pkg.Document, split)
		b, err := edited(t, "ke-hoach", pkg).fill(t.Context(), data, c.widths)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got := allText(t, b); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")))
		}
	}
}
