package form

import (
	"cmp"
	"slices"
)

// blame puts every fault at its field, or at the nearest visible one around it,
// and sums all up in the order of the form: first those that have no field.
func (b *builder) blame(t *Tree) {
	type placed struct {
		order int
		Trouble
	}
	var all []placed
	for _, fault := range b.view.Faults {
		var f *Field
		for p := fault.Pointer; p != "" && f == nil; p = parent(p) {
			if found := b.fields[p]; found != nil && !found.Hidden {
				f = found
			}
		}
		if f == nil {
			t.Faults = append(t.Faults, fault)
			all = append(all, placed{-1, Trouble{Message: fault.Message}})
			continue
		}
		f.Faults = append(f.Faults, fault.Message)
		all = append(all, placed{f.order, Trouble{ID: f.ID(), Path: f.Path, Message: fault.Message}})
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(x.order, y.order) })
	for _, p := range all {
		t.Summary = append(t.Summary, p.Trouble)
	}
}

// focus marks the first of the wanted commands or fields that the form has.
func (b *builder) focus(wanted []string) {
	for _, w := range wanted {
		if f := b.fields[w]; f != nil {
			if leaf := f.firstInput(); leaf != nil {
				leaf.Focus = true
				return
			}
		}
		for _, f := range b.fields {
			for _, all := range [][]Button{f.Tools, f.Adds} {
				for i := range all {
					if all[i].Value == w {
						all[i].Focus = true
						return
					}
				}
			}
		}
	}
}
