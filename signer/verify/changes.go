package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vanthu/pdf"
	"vanthu/record"
)

// class is how a change stands to the signatures before it.
type class int

const (
	forbidden class = iota // by every signature
	filling                // of a form field: the signature's own permission decides
	signing                // of an empty signature field
	evidence               // for long-term validation, and document timestamps
)

// change is one difference between two states of a file.
type change struct {
	class    class
	code     string
	revision int // the later state, from 0
	field    string
	page     int
	value    string
	wasEmpty bool // filling: the field had no value before
	message  string
}

// examineChanges compares every state with the next, from the first that was
// signed, and has each signature judge what came after it.
func (f *file) examineChanges(ctx context.Context, signed []*signedField, out []Signature) error {
	first := len(f.revisions) - 1
	for _, s := range signed {
		if s.revision >= 0 {
			first = min(first, s.revision)
		}
	}
	reread, compared := 0, 0
	var a *snapshot
	for i := first; i < len(f.revisions) && first < len(f.revisions)-1; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if reread += f.revisions[i].End; reread > maxReread {
			return record.E(record.Invalid, "pdf-limit", "Tệp PDF có quá nhiều lần cập nhật để so sánh")
		}
		state, err := f.at(i)
		if err != nil {
			return err
		}
		b, err := takeSnapshot(state)
		if err != nil {
			return err
		}
		if compared += len(b.objects); compared > maxCompared {
			return record.E(record.Invalid, "pdf-limit", "Tệp PDF có quá nhiều đối tượng để so sánh")
		}
		if a != nil {
			changes := differences(a, b, i)
			for k, s := range signed {
				if s.revision >= 0 && s.revision < i {
					for _, c := range changes {
						out[k].Changes = append(out[k].Changes, s.mdp.judged(c))
					}
				}
			}
		}
		a = b
	}
	return nil
}

// differ compares two states. Every object that is new or different must be
// claimed by a change that is understood; what nobody claims is a change of its
// own, and forbidden.
type differ struct {
	a, b     *snapshot
	revision int
	changed  map[int]bool // differs from a, or is new, or is gone
	claimed  map[int]bool
	stamps   map[int]bool // new fields of document timestamps
	out      []change
}

func differences(a, b *snapshot, revision int) []change {
	d := &differ{a: a, b: b, revision: revision, changed: map[int]bool{},
		claimed: map[int]bool{}, stamps: map[int]bool{}}
	for n, o := range b.objects {
		if !o.same(a.objects[n]) {
			d.changed[n] = true
		}
	}
	for n := range a.objects {
		if _, there := b.objects[n]; !there {
			d.changed[n] = true
		}
	}
	if a.err != nil || b.err != nil {
		d.forbid("structure", "Không phân tích được biểu mẫu hoặc cây trang của lần cập nhật")
		return d.out
	}
	d.trailer()
	d.catalog()
	d.fields()
	d.pages()
	d.unclaimed()
	return d.out
}

func (d *differ) forbid(code, format string, args ...any) *change {
	d.out = append(d.out, change{class: forbidden, code: code, revision: d.revision, message: fmt.Sprintf(format, args...)})
	return &d.out[len(d.out)-1]
}

func (d *differ) allow(c class, code, field, value, message string) *change {
	d.out = append(d.out, change{class: c, code: code, revision: d.revision, field: field, value: value, message: message})
	return &d.out[len(d.out)-1]
}

// isNew: the number was free before, and nothing pointed at it. A reference
// into nothing that comes to life would change what was signed.
func (d *differ) isNew(num int) bool {
	_, before := d.a.objects[num]
	return !before && d.a.refs[num] == 0
}

// claimNew claims all new objects that o leads to through new objects.
func (d *differ) claimNew(o pdf.Object) {
	todo := []pdf.Object{o}
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		eachRef(o, func(r pdf.Ref) {
			if d.changed[r.Num] && !d.claimed[r.Num] && d.isNew(r.Num) {
				d.claimed[r.Num] = true
				todo = append(todo, d.b.objects[r.Num].value)
			}
		})
	}
}

// claimOwn claims a changed object that only its one owner refers to, and what
// it newly leads to.
func (d *differ) claimOwn(o pdf.Object) {
	if r, ok := o.(pdf.Ref); ok && d.changed[r.Num] && d.a.refs[r.Num] == 1 {
		d.claimed[r.Num] = true
		d.claimNew(d.b.objects[r.Num].value)
	}
}

// differing lists the keys whose values differ, in order.
func differing(a, b pdf.Dict) []pdf.Name {
	var keys []pdf.Name
	for k, v := range a {
		if w, ok := b[k]; !ok || !pdf.Equal(v, w) {
			keys = append(keys, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// trailer: everything but how the file is stored must stay; of ID the second
// half marks the update (ISO 32000-1, 14.4).
func (d *differ) trailer() {
	for _, k := range differing(d.a.file.Trailer(), d.b.file.Trailer()) {
		switch k {
		case "Size", "Prev", "XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "Length":
			continue
		case "ID":
			a, _ := pdf.As[pdf.Array](d.a.file, d.a.file.Trailer()["ID"])
			b, _ := pdf.As[pdf.Array](d.b.file, d.b.file.Trailer()["ID"])
			if len(a) == 2 && len(b) == 2 && pdf.Equal(a[0], b[0]) {
				continue
			}
		}
		d.forbid("trailer", "Phần đuôi tệp bị thay đổi (/%s)", k)
	}
}

func (d *differ) catalog() {
	root, _ := d.a.file.Trailer()["Root"].(pdf.Ref)
	a, errA := d.a.file.Catalog()
	b, errB := d.b.file.Catalog()
	if errA != nil || errB != nil {
		d.forbid("catalog-changed", "Không đọc được mục gốc của tài liệu")
		return
	}
	d.claimed[root.Num] = d.a.objects[root.Num].gen == d.b.objects[root.Num].gen
	for _, k := range differing(a, b) {
		switch k {
		case "DSS", "AcroForm": // looked into below
		case "Extensions": // names the standard that DSS is taken from
			d.claimNew(b[k])
		default:
			d.forbid("catalog-changed", "Mục /%s của tài liệu bị thay đổi", k)
		}
	}
	d.evidence(a["DSS"], b["DSS"])
	d.acroForm(a["AcroForm"], b["AcroForm"])
}

// evidence: a document security store (ISO 32000-2, 12.8.4.3) holds
// certificates and revocation data as streams; only its own objects may change.
func (d *differ) evidence(a, b pdf.Object) {
	if b == nil {
		if a != nil {
			d.forbid("evidence-removed", "Dữ liệu xác thực dài hạn (DSS) bị gỡ bỏ")
		}
		return
	}
	before := len(d.claimed)
	store, err := pdf.As[pdf.Dict](d.b.file, b)
	if err != nil {
		d.forbid("catalog-changed", "Dữ liệu xác thực dài hạn (DSS) sai cấu trúc")
		return
	}
	old, _ := pdf.As[pdf.Dict](d.a.file, a)
	if pdf.Equal(a, b) {
		d.claimOwn(b)
	}
	d.claimNew(b)
	for k, v := range store {
		if pdf.Equal(old[k], v) {
			d.claimOwn(v) // its arrays and the VRI dictionary grow in place
		}
		d.claimNew(v)
	}
	if len(d.claimed) > before || !pdf.Equal(a, b) {
		d.allow(evidence, "evidence-added", "", "", "Thêm dữ liệu xác thực dài hạn (DSS)")
	}
}

func (d *differ) acroForm(a, b pdf.Object) {
	ra, isRefA := a.(pdf.Ref)
	rb, isRefB := b.(pdf.Ref)
	if isRefA != isRefB || isRefA && ra != rb {
		d.forbid("form-changed", "Biểu mẫu của tài liệu bị thay bằng biểu mẫu khác")
		return
	}
	if isRefA {
		d.claimed[ra.Num] = d.a.objects[ra.Num].gen == d.b.objects[ra.Num].gen
	}
	for _, k := range differing(d.a.form.dict, d.b.form.dict) {
		if k != "SigFlags" && k != "Fields" {
			d.forbid("form-changed", "Mục /%s của biểu mẫu bị thay đổi", k)
		}
	}
	fields, same := d.a.form.dict["Fields"], pdf.Equal(d.a.form.dict["Fields"], d.b.form.dict["Fields"])
	_, isRef := fields.(pdf.Ref)
	if isRef && same {
		d.claimOwn(fields)
	} else if isRef || same {
		if !same {
			d.forbid("form-changed", "Danh sách ô của biểu mẫu bị thay bằng danh sách khác")
		}
		return
	}
	before, _ := pdf.As[pdf.Array](d.a.file, fields)
	after, _ := pdf.As[pdf.Array](d.b.file, d.b.form.dict["Fields"])
	if len(after) < len(before) || !pdf.Equal(before, after[:len(before)]) {
		d.forbid("form-changed", "Ô của biểu mẫu bị gỡ bỏ hoặc sắp lại")
		return
	}
	for _, o := range after[len(before):] {
		d.newField(o)
	}
}

// newField: only the invisible field of a document timestamp may come later.
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
	if fd.ref != r || fd.kind != "Sig" || v["SubFilter"] != pdf.Name(subFilterTimestamp) || len(fd.widgets) > 0 ||
		err != nil || rect.Width() != 0 || rect.Height() != 0 || fd.dict["AP"] != nil || !d.isNew(r.Num) {
		d.forbid("field-added", "Thêm ô %q vào biểu mẫu", fd.name).field = fd.name
		return
	}
	d.stamps[r.Num] = true
	d.claimNew(r)
	d.allow(evidence, "timestamp-added", fd.name, "", "Thêm dấu thời gian của tài liệu")
}

// unclaimed reports the rest, by what it belongs to: many objects of one page
// are one change to people.
func (d *differ) unclaimed() {
	var labels map[int]label
	reported := map[label]bool{}
	strange := 0
	nums := make([]int, 0, len(d.changed))
	for n := range d.changed {
		if !d.claimed[n] {
			nums = append(nums, n)
		}
	}
	slices.Sort(nums)
	for _, n := range nums {
		if labels == nil {
			labels = d.a.labels()
		}
		o, there := d.b.objects[n]
		if _, before := d.a.objects[n]; !before && d.isNew(n) {
			if !there || isStorage(o.value) {
				continue
			}
			strange++
			continue
		}
		l, ok := labels[n]
		if !ok {
			l = label{code: "object-changed", text: "đối tượng ẩn trong tệp"}
		}
		if reported[l] {
			continue
		}
		reported[l] = true
		where := l.text
		if l.page > 0 {
			where += fmt.Sprintf(" %d", l.page)
		}
		d.forbid(l.code, "Bị thay đổi: %s", where).page = l.page
	}
	if strange > 0 && !slices.ContainsFunc(d.out, func(c change) bool { return c.class == forbidden }) {
		d.forbid("object-added", "Thêm %d đối tượng không rõ mục đích", strange)
	}
}

// isStorage: streams that only carry the update itself.
func isStorage(o pdf.Object) bool {
	s, ok := o.(*pdf.Stream)
	return ok && (s.Dict["Type"] == pdf.Name("XRef") || s.Dict["Type"] == pdf.Name("ObjStm"))
}

func joined(keys []pdf.Name) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "/" + string(k)
	}
	return strings.Join(out, ", ")
}
