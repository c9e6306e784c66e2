package templates

import "slices"

// ownNames are the names of the service that a form uses for something else: a
// letter that says {content} or {type} where a text is to stand, or goes through
// {#recipients} for their addresses, was not written with this service in mind.
// Where only some tags of a name do not fit, they are mistakes, and checkNames
// tells them.
func ownNames(all []tagNode, service *shape) []string {
	u := &usage{service: service, fits: map[string]bool{}, misfits: map[string]bool{}}
	u.walk(all)
	var own []string
	for name := range u.misfits {
		if !u.fits[name] {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	return own
}

// usage is how a form uses the service's names at its top.
type usage struct {
	service       *shape
	fits, misfits map[string]bool
}

func (u *usage) walk(all []tagNode) {
	for _, n := range all {
		if len(n.tag.path) == 0 {
			u.walk(n.inside)
			continue
		}
		name := n.tag.path[0]
		s := u.service.fields[name]
		switch {
		case s == nil && n.tag.kind == tagOpen: // a name in it may be an item's
			continue
		case s == nil:
		case u.suits(n, s):
			u.fits[name] = true
		default:
			u.misfits[name] = true
		}
		u.walk(n.inside)
	}
}

// suits says whether a tag can be about what the service has at its first name.
func (u *usage) suits(n tagNode, s *shape) bool {
	t := n.tag
	if t.path[0] == "content" && len(t.path) > 1 {
		return true
	}
	if s = s.follow(t.path[1:]); s == nil {
		return false
	}
	switch {
	case t.kind == tagInverted:
		return true
	case t.kind != tagOpen:
		return s.kind == textValue && t.kind == tagValue
	case s.kind != listValue:
		return true
	case s.item.kind != groupValue:
		return !slices.ContainsFunc(within(n.inside), func(x tagNode) bool { return u.foreign(x.tag) })
	}
	return !slices.ContainsFunc(within(n.inside), func(x tagNode) bool {
		return len(x.tag.path) == 0 && x.tag.kind == tagValue || s.item.follow(x.tag.path) == nil && u.foreign(x.tag)
	})
}

// foreign says whether the service has nothing to a tag's name.
func (u *usage) foreign(t *tag) bool {
	return len(t.path) > 0 && !t.root && u.service.follow(t.path) == nil && t.path[0] != "content"
}
