package templates

import (
	"slices"

	"vanthu/templates/filter"
)

// asksOf is what a form asks of the content, and the names of the service that
// it uses for something else: a letter that says {content} or {type} where a
// text is to stand, or goes through {#recipients} for their addresses, was not
// written with this service in mind. Where only some tags of a name do not fit,
// they are mistakes, and checkNames tells them.
func asksOf(all []tagNode, service *shape) (d *deriver, own []string) {
	for {
		d = gather(all, service, own)
		var more []string
		for name := range d.misfits {
			if !d.fits[name] {
				more = append(more, name)
			}
		}
		if len(more) == 0 {
			slices.Sort(own)
			return d, own
		}
		own = append(own, more...) // of finitely many: they are no longer the service's
	}
}

// weigh notes whether a tag that looks like the service's at the top fits what
// the service has there.
func (d *deriver) weigh(n tagNode, s *shape) {
	name := n.tag.path[0]
	if d.suits(n, s) {
		d.fits[name] = true
	} else {
		d.misfits[name] = true
	}
}

// suits says whether a tag can be about a thing of the service.
func (d *deriver) suits(n tagNode, s *shape) bool {
	t := n.tag
	switch {
	case t.kind == tagInverted:
		return true
	case t.kind == tagImage || t.kind == tagImageAlone:
		return s.kind == groupValue && s.fields["data"] != nil
	case t.kind != tagOpen:
		takes := t.filters.Takes() // of numbers the service gives the year alone, of days none
		return s.kind == textValue && t.kind == tagValue && (takes == filter.Text || t.path[0] == "year" && takes != filter.Date)
	case s.kind != listValue:
		return true
	}
	return !slices.ContainsFunc(within(n.inside), func(x tagNode) bool {
		if s.item.kind != groupValue {
			return d.foreign(x.tag)
		}
		return len(x.tag.path) == 0 && x.tag.kind == tagValue || s.item.follow(x.tag.path) == nil && d.foreign(x.tag)
	})
}

// foreign says whether the service has nothing to a tag's name.
func (d *deriver) foreign(t *tag) bool {
	return len(t.path) > 0 && !t.root && d.service.follow(t.path) == nil && t.path[0] != "content"
}
