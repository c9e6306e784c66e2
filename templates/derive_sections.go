package templates

import "slices"

// settle decides the next name that only sections have been seen to open with.
// What is certain goes first: what a section holds may settle another.
func (d *deriver) settle() {
	for i, a := range d.pending {
		if k, certain := a.certainly(); certain {
			d.open(i, k)
			return
		}
	}
	a := d.pending[0]
	kind := askGroups
	if d.asksOutside(a) {
		kind = askFlag
	}
	d.open(0, kind)
}

// certainly is what a name stands for where its uses leave no choice.
func (a *ask) certainly() (askKind, bool) {
	if a.kind != undecided {
		return a.kind, true
	}
	names, self, dot, counter := false, false, false, false
	for _, b := range a.bodies {
		for _, n := range within(b.inside) {
			switch {
			case n.tag.kind == tagCounter:
				counter = counter || !b.at.inLoop() // else it may count that loop
			case n.tag.kind == tagEndMark:
			case len(n.tag.path) == 0:
				dot = true
			case n.tag.path[0] == a.name && !n.tag.root:
				self = true
			default:
				names = true
			}
		}
	}
	switch {
	case self: // {#x}{x}{/x}: x may be left out
		return askFlag, true
	case dot:
		return askTexts, true
	case !names && counter:
		return askGroups, true
	case !names:
		return askFlag, true
	}
	return undecided, false
}

// inLoop says whether the scope is inside the items of a list.
func (sc *askScope) inLoop() bool {
	for ; sc != nil; sc = sc.outer {
		if sc.loop {
			return true
		}
	}
	return false
}

// within are the tags directly in a section, those in conditions of the form
// {^x} among them.
func within(all []tagNode) []tagNode {
	var out []tagNode
	for _, n := range all {
		out = append(out, n)
		if n.tag.kind == tagInverted {
			out = append(out, within(n.inside)...)
		}
	}
	return out
}

// asksOutside says whether all names in the sections of a, each a part of one
// paragraph, are used outside of them too: then a is a question, and not a list of
// things that have them.
func (d *deriver) asksOutside(a *ask) bool {
	for _, b := range a.bodies {
		for _, n := range within(b.inside) {
			if n.tag.site.paragraph != b.of.site.paragraph || n.tag.site.part != b.of.site.part {
				return false
			}
			if len(n.tag.path) == 0 || n.tag.kind == tagCounter || n.tag.root {
				continue
			}
			owner, path, service := d.place(n.tag, b.at)
			if service != nil || path[0] == a.name {
				continue
			}
			if owner.names[path[0]] == nil {
				return false
			}
		}
	}
	return true
}

// open goes into the sections of a name, now that it is known what it is.
func (d *deriver) open(i int, k askKind) {
	a := d.pending[i]
	d.pending = slices.Delete(d.pending, i, i+1)
	if a.kind == undecided {
		a.kind = k
	}
	bodies := a.bodies
	a.bodies = nil
	for _, b := range bodies {
		in := &askScope{outer: b.at, of: a.name}
		switch a.kind {
		case askGroup, askGroups:
			if a.kind == askGroups {
				a.needed = a.needed || !b.under
			}
			in.names, in.loop = a.group(), a.kind == askGroups
			d.walk(b.inside, in, false)
		case askTexts:
			a.needed = a.needed || !b.under
			in.dot, in.loop = a, true
			d.walk(b.inside, in, true)
		default:
			in.dot = a
			d.walk(b.inside, in, true)
		}
	}
}
