package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// maxCopied bounds the objects of an extract.
const maxCopied = MaxObjects

// Extract makes a new file of some pages, numbered from 0, in the order given:
// their content with fonts and pictures as they are, and drawn into it what
// their form fields show, so that a number or a picture of a signature stays to
// be seen. Metadata, output intents, language and which layers are hidden are
// kept; form, signatures, annotations, structure and everything else of the
// file are not.
func (f *File) Extract(pages []int) ([]byte, error) {
	all, err := f.Pages()
	if err != nil {
		return nil, err
	}
	root, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	c := &extraction{f: f, known: map[int]Ref{}}
	catalog, tree := c.reserve(), c.reserve()
	kids := Array{}
	for _, n := range pages {
		if n < 0 || n >= len(all) {
			return nil, fmt.Errorf("%w: there is no page %d", ErrUnsupported, n+1)
		}
		ref, err := c.page(all[n], tree)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", n+1, err)
		}
		kids = append(kids, ref)
	}
	top := Dict{"Type": Name("Catalog"), "Pages": tree}
	for _, k := range []Name{"Metadata", "OutputIntents", "Lang", "Version", "OCProperties"} {
		if root[k] == nil {
			continue
		}
		if top[k], err = c.copy(root[k], 0); err != nil {
			return nil, err
		}
	}
	c.objects[catalog.Num-1] = top
	c.objects[tree.Num-1] = Dict{"Type": Name("Pages"), "Kids": kids, "Count": Integer(len(kids))}
	return c.write(catalog)
}

// extraction copies objects under new numbers.
type extraction struct {
	f       *File
	objects []Object // object n is objects[n-1]
	known   map[int]Ref
}

func (c *extraction) reserve() Ref {
	c.objects = append(c.objects, Null{})
	return Ref{Num: len(c.objects)}
}

func (c *extraction) add(o Object) Ref {
	r := c.reserve()
	c.objects[r.Num-1] = o
	return r
}

// copy is the object with everything that it leads to.
func (c *extraction) copy(o Object, depth int) (Object, error) {
	if depth > MaxDepth {
		return nil, limit("objects nested deeper than %d", MaxDepth)
	}
	switch x := o.(type) {
	case Ref:
		if r, ok := c.known[x.Num]; ok {
			return r, nil
		}
		if len(c.objects) >= maxCopied {
			return nil, limit("more than %d objects", maxCopied)
		}
		v, err := c.f.Resolve(x)
		if err != nil {
			return nil, err
		}
		if d, ok := v.(Dict); ok && (d["Type"] == Name("Page") || d["Type"] == Name("Pages") || d["Type"] == Name("Catalog")) {
			return Null{}, nil // an extract leads to no other page
		}
		r := c.reserve()
		c.known[x.Num] = r
		own, err := c.copy(v, depth+1)
		c.objects[r.Num-1] = own
		return r, err
	case Array:
		out := make(Array, len(x))
		for i, v := range x {
			var err error
			if out[i], err = c.copy(v, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Dict:
		return c.dict(x, depth)
	case *Stream:
		d, err := c.dict(x.Dict, depth)
		return &Stream{Dict: d, Raw: x.Raw}, err
	}
	return o, nil
}

func (c *extraction) dict(d Dict, depth int) (Dict, error) {
	out := Dict{}
	for k, v := range d {
		if k == "StructParent" || k == "StructParents" || k == "Length" {
			continue // there is no structure; the length is written anew
		}
		var err error
		if out[k], err = c.copy(v, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// page copies one page with what it inherits and what its fields show.
func (c *extraction) page(p Page, tree Ref) (Ref, error) {
	out := Dict{"Type": Name("Page"), "Parent": tree, "MediaBox": p.MediaBox.Array(), "CropBox": p.CropBox.Array(), "Rotate": Integer(p.Rotate)}
	for _, k := range []Name{"Group", "TrimBox", "BleedBox", "ArtBox", "UserUnit", "Tabs"} {
		if p.Dict[k] == nil {
			continue
		}
		var err error
		if out[k], err = c.copy(p.Dict[k], 0); err != nil {
			return Ref{}, err
		}
	}
	resources, err := c.dict(p.Resources, 0)
	if err != nil {
		return Ref{}, err
	}
	data, err := c.f.contents(p)
	if err != nil {
		return Ref{}, err
	}
	drawn, forms, err := c.shown(p)
	if err != nil {
		return Ref{}, err
	}
	if len(forms) > 0 {
		data = slices.Concat([]byte("q\n"), data, []byte("\nQ\n"), drawn)
		own, err := As[Dict](c.f, p.Resources["XObject"])
		if err != nil {
			return Ref{}, err
		}
		x, err := c.dict(own, 0)
		if err != nil {
			return Ref{}, err
		}
		for k, r := range forms {
			x[k] = r
		}
		resources["XObject"] = x
	}
	out["Resources"], out["Contents"] = resources, c.add(Flate(Dict{}, data))
	return c.add(out), nil
}

// shown draws the normal appearances of a page's form fields (12.5.5).
func (c *extraction) shown(p Page) (content []byte, forms map[Name]Ref, err error) {
	list, err := As[Array](c.f, p.Dict["Annots"])
	if err != nil || len(list) > maxAnnotations {
		return nil, nil, err
	}
	forms = map[Name]Ref{}
	for i, o := range list {
		d, err := As[Dict](c.f, o)
		if err != nil {
			return nil, nil, err
		}
		flags, err := As[Integer](c.f, d["F"])
		if err != nil {
			return nil, nil, err
		}
		if d["Subtype"] != Name("Widget") || flags&notShown != 0 {
			continue
		}
		s, fit, err := c.f.normal(d)
		if err != nil {
			return nil, nil, err
		}
		if s == nil {
			continue
		}
		form, err := c.dict(s.Dict, 0)
		if err != nil {
			return nil, nil, err
		}
		name := Name(fmt.Sprintf("VtShown%d", i))
		forms[name] = c.add(&Stream{Dict: form, Raw: s.Raw})
		content = append(content, "q "...)
		for _, v := range fit {
			content = append(appendReal(content, v), ' ')
		}
		content = fmt.Appendf(content, "cm /%s Do Q\n", name)
	}
	return content, forms, nil
}

// write is the file: a header, the objects, one cross-reference table.
func (c *extraction) write(root Ref) ([]byte, error) {
	out := []byte("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	offsets := make([]int, len(c.objects))
	for i, o := range c.objects {
		offsets[i] = len(out)
		out = fmt.Appendf(out, "%d 0 obj\n", i+1)
		out = append(appendObject(out, o), "\nendobj\n"...)
		if len(out) > MaxFileSize {
			return nil, limit("the extract has more than %d bytes", MaxFileSize)
		}
	}
	start, sum := len(out), sha256.Sum256(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f\r\n", len(offsets)+1)
	for _, at := range offsets {
		out = fmt.Appendf(out, "%010d 00000 n\r\n", at)
	}
	id := String(sum[:16])
	out = append(out, "trailer\n"...)
	out = appendObject(out, Dict{"Size": Integer(len(offsets) + 1), "Root": root, "ID": Array{id, id}})
	return fmt.Appendf(out, "\nstartxref\n%d\n%%%%EOF\n", start), nil
}
