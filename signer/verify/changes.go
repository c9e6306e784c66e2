package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vanthu/pdf"
)

// class is how a change stands to the signatures before it.
type class int

const (
	forbidden class = iota // by every signature
	filling                // of a form field: the signature's own permission decides
	signing                // of an empty signature field, or of a new one
	noting                 // annotations that cover nothing
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
	if first == len(f.revisions)-1 {
		return nil
	}
	state, err := f.at(first)
	if err != nil {
		return err
	}
	a, err := takeSnapshot(state)
	if err != nil {
		return err
	}
	for i := first + 1; i < len(f.revisions); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if state, err = f.at(i); err != nil {
			return err
		}
		b := a.next(state)
		changes := differences(a, b, f.revisions[i], i)
		if b.limit != nil {
			return refused(b.limit)
		}
		for k, s := range signed {
			if s.revision >= 0 && s.revision < i {
				for _, c := range changes {
					out[k].Changes = append(out[k].Changes, s.mdp.judged(c))
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
	out      []change

	newcomers map[int]*newcomer // by object number
}

func differences(a, b *snapshot, r pdf.Revision, revision int) []change {
	d := &differ{a: a, b: b, revision: revision, changed: map[int]bool{},
		claimed: map[int]bool{}, newcomers: map[int]*newcomer{}}
	for _, n := range a.touched(r) {
		if !a.object(n).same(b.object(n)) {
			d.changed[n] = true
		}
	}
	defer b.follow(a, d.changed)
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
	return d.a.object(num).value == nil && d.a.refs[num] == 0
}

// claimNew claims all new objects that o leads to through new objects.
func (d *differ) claimNew(o pdf.Object) {
	queue := []pdf.Object{o}
	for len(queue) > 0 {
		o := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		eachRef(o, func(r pdf.Ref) {
			if d.changed[r.Num] && !d.claimed[r.Num] && d.isNew(r.Num) {
				d.claimed[r.Num] = true
				queue = append(queue, d.b.object(r.Num).value)
			}
		})
	}
}

// claimOwn claims a changed object that only its one owner refers to, and what
// it newly leads to.
func (d *differ) claimOwn(o pdf.Object) {
	if r, ok := o.(pdf.Ref); ok && d.changed[r.Num] && d.a.refs[r.Num] == 1 {
		d.claimed[r.Num] = true
		d.claimNew(d.b.object(r.Num).value)
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
		if d.isNew(n) {
			if isStorage(d.b.object(n).value) {
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
