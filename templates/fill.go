package templates

import (
	"bytes"
	"context"
	"fmt"

	"vanthu/record"
	"vanthu/templates/metric"
	"vanthu/templates/ooxml"
)

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
	pkg, err := f.render(ctx, data, widths)
	if err != nil {
		return nil, err
	}
	return pkg.Write()
}

// render is the package of a document, not yet written.
func (f *form) render(ctx context.Context, data *value, widths *metric.Faces) (*ooxml.Package, error) {
	pkg := f.docx.Clone()
	r := &renderer{ctx: ctx, data: data, widths: widths, seen: map[record.Fault]bool{},
		ranges: map[string]*ends{}, used: map[string]bool{}, notes: map[*notes]*outNotes{}, media: newMedia(f.docx)}
	for _, p := range f.parts {
		r.lastID = max(r.lastID, p.lastID)
	}
	top := &scope{names: data, dot: data}
	rendered, fixed := make([]flow, len(f.parts)), make([]flow, len(f.parts))
	for i, p := range f.parts {
		r.part = p
		rendered[i].width = p.width
		r.blocks(&rendered[i], p.blocks, top)
		if p.notes != nil {
			r.blocks(&fixed[i], p.notes.fixed, top)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := record.Faulty("fill", "Dữ liệu chưa đủ hoặc chưa đúng để lập văn bản", r.faults); err != nil {
		return nil, err
	}
	r.settleRanges()
	for i, p := range f.parts {
		if p.notes != nil {
			rendered[i].chunks = r.allNotes(p.notes, fixed[i].chunks, rendered[i].chunks)
		}
		out, err := writePart(p.head, rendered[i].chunks)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(out, []byte(seal)) {
			return nil, fmt.Errorf("%s: a number was not put in", p.name)
		}
		pkg.Set(p.name, out)
	}
	return pkg, r.media.put(pkg)
}
