package form

// blame puts every fault at its field, or at the nearest visible one around it.
func (b *builder) blame(t *Tree) {
	for _, fault := range b.view.Faults {
		var f *Field
		for p := fault.Pointer; p != "" && f == nil; p = parent(p) {
			if found := b.fields[p]; found != nil && !found.Hidden {
				f = found
			}
		}
		if f == nil {
			t.Faults = append(t.Faults, fault)
			t.Summary = append(t.Summary, Trouble{Message: fault.Message})
			continue
		}
		f.Faults = append(f.Faults, fault.Message)
		t.Summary = append(t.Summary, Trouble{ID: f.ID(), Path: f.Path, Message: fault.Message})
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
