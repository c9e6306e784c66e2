package templates

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/ooxml"
)

const coreProperties = "docProps/core.xml"

// Fill makes the DOCX of a document. Equal input gives equal bytes. A tag
// without a value, a value that cannot be printed and whatever else is wrong
// with the data comes back as one record.Invalid error, code "fill", that names
// every place; nothing is silently left blank.
func (c *Catalogue) Fill(ctx context.Context, filling record.Filling) ([]byte, error) {
	ref := filling.Template
	if ref.ID == "" {
		ref.ID = filling.Envelope.Template
	}
	f, err := c.exactly(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.fillWith(ctx, f, filling)
}

func (c *Catalogue) fillWith(ctx context.Context, f *form, filling record.Filling) ([]byte, error) {
	data, err := dataOf(filling)
	if err != nil {
		return nil, fmt.Errorf("fill %s: %w", filling.Envelope.Template, err)
	}
	data.rest = data.fields["content"]
	for _, name := range f.own {
		delete(data.fields, name)
	}
	out, err := f.fill(ctx, data, c.widths)
	if err != nil {
		return nil, fmt.Errorf("fill %s: %w", filling.Envelope.Template, err)
	}
	return out, nil
}

func (f *form) fill(ctx context.Context, data *value, widths *metric.Faces) ([]byte, error) {
	pkg := f.docx.Clone()
	r := &renderer{ctx: ctx, data: data, widths: widths, seen: map[record.Fault]bool{}}
	rendered := make([]*flow, len(f.parts))
	for i, p := range f.parts {
		r.part, r.marks = p, map[string]bool{}
		rendered[i] = &flow{width: p.width}
		r.blocks(rendered[i], p.blocks, &scope{names: data, dot: data})
	}
	r.core(pkg)
	if r.err != nil {
		return nil, r.err
	}
	if err := record.Faulty("fill", "Dữ liệu chưa đủ hoặc chưa đúng để lập văn bản", r.faults); err != nil {
		return nil, err
	}
	for i, p := range f.parts {
		var out bytes.Buffer
		out.WriteString(p.head)
		if err := writeChunks(&out, rendered[i].chunks); err != nil {
			return nil, err
		}
		pkg.Set(p.name, out.Bytes())
	}
	return pkg.Write()
}

// core fills the tags in the document's own properties, such as its title.
func (r *renderer) core(pkg *ooxml.Package) {
	data, ok := pkg.Part(coreProperties)
	if !ok || !bytes.ContainsAny(data, "{}") {
		return
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return // openPackage has read it: it is well formed
	}
	for _, e := range doc.Root().ChildElements() {
		rest := e.Text()
		if !strings.Contains(rest, "{") {
			continue
		}
		var out strings.Builder
		for {
			before, after, found := strings.Cut(rest, "{")
			out.WriteString(before)
			name, behind, closed := strings.Cut(after, "}")
			if !found || !closed {
				break
			}
			rest = behind
			t, err := parseTag(name)
			t.site = site{part: coreProperties, near: "{" + name + "}"}
			if err != nil || t.kind != tagValue {
				r.fault(nil, "", "tag-syntax", "Trong thuộc tính tài liệu chỉ dùng được thẻ giá trị", &t)
				continue
			}
			if v, ok := r.resolve(&t, &scope{names: r.data, dot: r.data}); ok {
				s := v.text
				if v.rich {
					s = record.PlainText(s)
				}
				out.WriteString(strings.Join(strings.Fields(s), " "))
			}
		}
		e.SetText(out.String())
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	writeElement(&b, doc.Root())
	pkg.Set(coreProperties, []byte(b.String()))
}
