package verify

import (
	"fmt"
	"slices"

	"vanthu/pdf"
)

// newcomer is a signature field that an update added; it may stand on one page.
type newcomer struct {
	name    string
	dict    pdf.Dict
	visible bool
	page    int // from 1; 0 when none lists it
}

// newField: only signature fields may come later, with their signature: the
// invisible one of a document timestamp, and the one of a certified copy, whose
// widget shows text on a bare part of a page (see sheet.newcomer).
func (d *differ) newField(o pdf.Object) {
	r, _ := o.(pdf.Ref)
	i, ok := d.b.form.byNum[r.Num]
	if !ok {
		d.forbid("field-added", "Thêm ô lạ vào biểu mẫu")
		return
	}
	fd := d.b.form.fields[i]
	rect, err := d.b.file.Rect(fd.dict["Rect"])
	v, _ := pdf.As[pdf.Dict](d.b.file, fd.value)
	value, _ := fd.value.(pdf.Ref)
	sameName := func(g field) bool { return g.name == fd.name && g.ref != fd.ref }
	if fd.ref != r || fd.kind != "Sig" || v == nil || len(fd.widgets) > 0 || err != nil || !d.isNew(r.Num) || !d.isNew(value.Num) ||
		slices.ContainsFunc(d.b.form.fields, sameName) || !only(fd.dict, fieldKeys()) {
		d.forbid("field-added", "Thêm ô %q vào biểu mẫu", fd.name).field = fd.name
		return
	}
	w := &newcomer{name: fd.name, dict: fd.dict, visible: rect.Width() > 0 && rect.Height() > 0}
	if v["SubFilter"] == pdf.Name(subFilterTimestamp) {
		if w.visible || fd.dict["AP"] != nil {
			d.forbid("field-added", "Thêm ô %q vào biểu mẫu", fd.name).field = fd.name
			return
		}
		d.allow(evidence, "timestamp-added", fd.name, "", "Thêm dấu thời gian của tài liệu")
	} else {
		d.allow(signing, "signed", fd.name, "", fmt.Sprintf("Thêm và ký ô chữ ký %q", fd.name))
	}
	d.newcomers[r.Num] = w
	d.claimNew(r)
}

// fieldKeys are those that a new signature field may have: none that acts,
// hides or inherits.
func fieldKeys() []pdf.Name {
	return []pdf.Name{"Type", "Subtype", "FT", "T", "TU", "Rect", "F", "P", "V", "AP", "DA", "Ff", "Lock"}
}

func only(d pdf.Dict, keys []pdf.Name) bool {
	for k := range d {
		if !slices.Contains(keys, k) {
			return false
		}
	}
	return true
}

// pages looks at every page dictionary that changed. Only the widgets of new
// signature fields may join its annotations, and notes where a signature allows
// them.
func (d *differ) pages() {
	for _, a := range d.a.pages {
		annots := a.Dict["Annots"]
		arrayRef, _ := annots.(pdf.Ref)
		if !d.changed[a.Ref.Num] && !d.changed[arrayRef.Num] {
			continue
		}
		n := a.Index + 1
		b, err := pdf.As[pdf.Dict](d.b.file, a.Ref)
		d.claimed[a.Ref.Num] = true
		if err != nil || b == nil || d.a.object(a.Ref.Num).gen != d.b.object(a.Ref.Num).gen {
			d.forbid("page-changed", "Trang %d bị thay đổi", n).page = n
			continue
		}
		for _, k := range differing(a.Dict, b) {
			switch k {
			case "Annots":
			case "Contents":
				d.forbid("page-content", "Nội dung trang %d bị thay đổi", n).page = n
			case "Resources":
				d.forbid("page-resources", "Phông chữ, hình ảnh của trang %d bị thay đổi", n).page = n
			default:
				d.forbid("page-changed", "Mục /%s của trang %d bị thay đổi", k, n).page = n
			}
		}
		d.annotations(a, b)
	}
}

func (d *differ) annotations(p pdf.Page, later pdf.Dict) {
	page := p.Index + 1
	a, b := p.Dict["Annots"], later["Annots"]
	before, errA := pdf.As[pdf.Array](d.a.file, a)
	after, errB := pdf.As[pdf.Array](d.b.file, b)
	if errA != nil || errB != nil || len(after) < len(before) || !pdf.Equal(before, after[:len(before)]) {
		d.forbid("annotation-removed", "Chú thích hoặc ô trên trang %d bị gỡ bỏ hoặc thay thế", page).page = page
		return
	}
	if pdf.Equal(a, b) {
		d.claimOwn(b)
	}
	s := &sheet{d: d, before: p, after: p}
	s.after.Dict = later
	for _, o := range after[len(before):] {
		r, _ := o.(pdf.Ref)
		if w := d.newcomers[r.Num]; w != nil && w.page == 0 {
			if w.page = page; w.visible {
				s.newcomer(w)
			}
			continue
		}
		annot, _ := pdf.As[pdf.Dict](d.b.file, o)
		kind, _ := annot["Subtype"].(pdf.Name)
		added := d.forbid("annotation-added", "Trang %d bị thêm chú thích (%s)", page, kind)
		added.page = page
		if rect, err := d.b.file.Rect(annot["Rect"]); err == nil && d.isNew(r.Num) && slices.Contains(noteKinds(), kind) &&
			annot["A"] == nil && annot["AA"] == nil && !s.covers(rect) {
			added.class = noting
			d.claimNew(r)
		}
	}
}

// noteKinds are annotations that DocMDP level 3 is for. All that act, embed or
// take away (links, files, media, redactions) are not among them.
func noteKinds() []pdf.Name {
	return []pdf.Name{"Text", "FreeText", "Highlight", "Underline", "Squiggly", "StrikeOut", "Ink", "Line", "Square", "Circle", "Stamp", "Popup"}
}

// sheet is a page to which something is added: where it is still bare.
type sheet struct {
	d             *differ
	before, after pdf.Page
	shown         []pdf.Rect
	err           error
	looked        bool
}

// newcomer judges the visible widget of a new signature: it may show text and
// nothing else, and cover nothing that the page shows.
func (s *sheet) newcomer(w *newcomer) {
	page := s.before.Index + 1
	rect, err := s.d.b.file.Rect(w.dict["Rect"])
	if err != nil || s.covers(rect) {
		c := s.d.forbid("signature-covers-content", "Ô chữ ký %q mới thêm che nội dung của trang %d", w.name, page)
		c.field, c.page = w.name, page
		return
	}
	m, err := s.d.b.file.Marks(s.after)
	own := func(widget int) bool { return widget > 0 && m.Widgets[widget-1].Field == w.name }
	if err != nil || slices.ContainsFunc(m.Pictures, func(p pdf.Picture) bool { return own(p.Widget) }) ||
		slices.ContainsFunc(m.Shapes, func(p pdf.Shape) bool { return own(p.Widget) }) {
		c := s.d.forbid("field-added", "Ô chữ ký %q mới thêm không chỉ có chữ (trang %d)", w.name, page)
		c.field, c.page = w.name, page
	}
}

// covers says whether the page shows something within rect, which from then on
// counts as shown too. What cannot be made out counts as covered.
func (s *sheet) covers(rect pdf.Rect) bool {
	if !s.looked {
		s.looked = true
		s.shown, s.err = s.d.a.file.Shown(s.before)
	}
	covered := s.err != nil || slices.ContainsFunc(s.shown, rect.Overlaps)
	s.shown = append(s.shown, rect)
	return covered
}
