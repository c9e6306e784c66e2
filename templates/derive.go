package templates

import (
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/filter"
)

// A template from outside comes without a schema. What its tags ask of the data
// is gathered here, name by name:
//
//	{x}                    a text, or what its filters take
//	{%x}                   an image
//	{a.b}                  a group a with b in it
//	{#x}{.}{/x}            a list of texts
//	{#x}{a} {b}{/x}        a list of groups with a and b; but a yes/no question
//	                       within one paragraph, when a and b are all used
//	                       outside of it as well
//	{#x}words{/x}, {^x}    a yes/no question
//	{#x}{x}{/x}            a text that may be left out
//
// A name that the service gives (dataOf) is the service's where the tag fits
// what that is; any other is content, whether the form writes {content.x} or
// {x}. Inside a loop a name is the item's.

// askKind is what a name stands for.
type askKind byte

const (
	undecided askKind = iota // so far only sections open with it
	askFlag
	askText
	askTexts  // a list of texts
	askGroups // a list of groups
	askGroup
)

// ask is what the tags of a form ask of one name.
type ask struct {
	name   string
	kind   askKind
	takes  filter.Kind // of a text, or of the items of a list of texts
	image  bool
	blocks bool // a text in Markdown
	tags   []*tag
	needed bool // outside of every condition
	absent bool // {^x}: leaving it out is foreseen
	inside *asked
	bodies []askBody
}

// askBody is a section that waits until it is known what its name stands for.
type askBody struct {
	of     *tag
	inside []tagNode
	at     *askScope
	under  bool
}

// asked are the names of one group, in the order of the form.
type asked struct {
	order []string
	names map[string]*ask
}

func newAsked() *asked { return &asked{names: map[string]*ask{}} }

func (a *asked) get(name string) *ask {
	x, ok := a.names[name]
	if !ok {
		x = &ask{name: name}
		a.names[name], a.order = x, append(a.order, name)
	}
	return x
}

// askScope is where a tag stands: inside the section of, whose items have names
// of their own, or are the service's, or are texts.
type askScope struct {
	outer   *askScope
	of      string
	names   *asked
	service *shape
	dot     *ask
	loop    bool // the items are a list's
}

// deriver gathers what a form asks.
type deriver struct {
	service *shape // what the service gives at the top
	content *asked
	top     *askScope
	pending []*ask
	borrows []*tag // of a plain name that is the service's
	faults  []record.Fault

	fits, misfits map[string]bool // names of the service, by how tags use them
}

// gather is what the tags of a form ask of the content. own are the names of the
// service that mean something else in this form.
func gather(all []tagNode, service *shape, own []string) *deriver {
	d := &deriver{service: without(service, own), content: newAsked(), fits: map[string]bool{}, misfits: map[string]bool{}}
	d.top = &askScope{names: d.content}
	d.top = &askScope{outer: d.top, service: d.service}
	d.groups(all)
	d.walk(all, d.top, false)
	for len(d.pending) > 0 {
		d.settle()
	}
	d.dropDerived()
	return d
}

// groups takes up first what is certain wherever it stands: that the names in
// front of the last one of {$.a.b.c} and {content.a.b.c} are groups.
func (d *deriver) groups(all []tagNode) {
	for _, n := range all {
		if t := n.tag; len(t.path) > 1 && (t.root || t.path[0] == "content") {
			if owner, path, s := d.place(t, d.top); s == nil {
				for _, name := range path[:len(path)-1] {
					a := owner.get(name)
					a.kind = askGroup
					owner = a.group()
				}
			}
		}
		d.groups(n.inside)
	}
}

func without(service *shape, own []string) *shape {
	s := &shape{kind: groupValue, fields: map[string]*shape{}}
	for name, x := range service.fields {
		if !slices.Contains(own, name) {
			s.fields[name] = x
		}
	}
	return s
}

// walk takes up tags; under says that they are inside a condition.
func (d *deriver) walk(all []tagNode, sc *askScope, under bool) {
	for _, n := range all {
		t := n.tag
		switch {
		case t.kind == tagCounter, t.kind == tagEndMark:
		case len(t.path) == 0:
			if sc.dot != nil {
				d.print(sc.dot, t)
			}
			d.walk(n.inside, sc, under)
		default:
			d.take(n, sc, under)
		}
	}
}

// take takes up one tag with a name.
func (d *deriver) take(n tagNode, sc *askScope, under bool) {
	t := n.tag
	owner, path, s := d.place(t, sc)
	switch {
	case s != nil && s == d.service.follow(t.path):
		d.weigh(n, s)
	case s == nil && owner == d.content && len(path) == len(t.path) && d.service.fields[path[0]] != nil:
		d.misfits[path[0]] = true // {issuer.x}: the service has an issuer, but no x
	}
	if s != nil {
		if len(t.path) == 1 && !t.root && t.kind == tagValue {
			d.borrows = append(d.borrows, t)
		}
		if t.path[0] == "bases" { // the service prints what the content has under this name
			a := d.content.get("bases")
			a.tags = append(a.tags, t)
			d.decide(a, askTexts, t)
			a.needed = a.needed || !under
		}
		d.enterService(n, s, sc, under)
		return
	}
	var a *ask
	for i, name := range path {
		a = owner.get(name)
		a.tags = append(a.tags, t)
		if i < len(path)-1 {
			d.decide(a, askGroup, t)
			a.needed = a.needed || !under
			owner = a.group()
		}
	}
	switch t.kind {
	case tagInverted:
		a.absent = true
		d.wait(a)
		d.walk(n.inside, sc, true)
	case tagOpen:
		a.bodies = append(a.bodies, askBody{t, n.inside, sc, under})
		d.wait(a)
	default:
		d.decide(a, askText, t)
		d.print(a, t)
		a.needed = a.needed || !under
	}
}

func (d *deriver) wait(a *ask) {
	if !slices.Contains(d.pending, a) {
		d.pending = append(d.pending, a)
	}
}

func (a *ask) group() *asked {
	if a.inside == nil {
		a.inside = newAsked()
	}
	return a.inside
}

// print notes what kind of text a tag prints.
func (d *deriver) print(a *ask, t *tag) {
	image := t.kind == tagImage || t.kind == tagImageAlone
	takes := t.filters.Takes()
	plain := takes == filter.Text
	switch {
	case image && (a.takes != "" && a.takes != filter.Text || a.blocks), a.image && !image:
		d.conflict(a, t)
	case image:
		a.image = true
	case t.kind == tagRich && a.takes != "" && a.takes != filter.Text, a.blocks && !plain:
		d.conflict(a, t)
	case t.kind == tagRich:
		a.blocks, a.takes = true, filter.Text
	case a.takes == "" || a.takes == filter.Text, a.takes == filter.Number && takes == filter.Ordinal:
		a.takes = takes
	case plain, a.takes == takes, a.takes == filter.Ordinal && takes == filter.Number:
	default:
		d.conflict(a, t)
	}
}

// decide settles what a name stands for, and tells a tag that disagrees.
func (d *deriver) decide(a *ask, k askKind, t *tag) {
	switch {
	case a.kind == undecided || a.kind == askFlag:
		a.kind = k
	case a.kind != k && k != askFlag:
		d.conflict(a, t)
	}
}

func (d *deriver) conflict(a *ask, t *tag) {
	if len(d.faults) >= maxFaults {
		return
	}
	first := a.tags[0]
	where := first.site.place()
	if first.site.part != t.site.part {
		where = first.site.part + ", " + where
	}
	d.faults = append(d.faults, record.Fault{Code: "name-used-two-ways", Tag: t.text, Part: t.site.part, Place: t.site.place(), Near: t.site.near,
		Message: fmt.Sprintf("Tên %q được dùng theo hai cách không hợp nhau: {%s} (%s) và {%s}; hãy đổi tên một trong hai", a.name, first.text, where, t.text)})
}

// place finds whose name a tag has: a shape where it is the service's, else the
// group that it belongs to and the path inside that.
func (d *deriver) place(t *tag, sc *askScope) (*asked, []string, *shape) {
	if t.root {
		sc = d.top
	}
	if t.path[0] == "content" && len(t.path) > 1 && d.service.fields["content"] != nil {
		return d.content, t.path[1:], nil
	}
	if len(t.path) > 1 {
		if s := d.service.follow(t.path); s != nil {
			return nil, nil, s
		}
	}
	for at := sc; at != nil; at = at.outer {
		switch {
		case at.service != nil:
			if s := at.service.follow(t.path); s != nil {
				return nil, nil, s
			}
		case at.names != nil && (at.of == "" || at.of != t.path[0]): // {#x}{x}{/x} is x itself
			return at.names, t.path, nil
		}
	}
	return d.content, t.path, nil
}

// enterService goes on inside a section over what the service gives.
func (d *deriver) enterService(n tagNode, s *shape, sc *askScope, under bool) {
	switch {
	case n.tag.kind == tagInverted:
		d.walk(n.inside, sc, true)
	case n.tag.kind != tagOpen:
	case s == d.service.fields["content"]:
		d.walk(n.inside, &askScope{outer: sc, names: d.content}, under)
	case s.kind == groupValue:
		d.walk(n.inside, &askScope{outer: sc, service: s}, under)
	case s.kind == listValue && s.item.kind == groupValue:
		d.walk(n.inside, &askScope{outer: sc, service: s.item}, under)
	case s.kind == listValue:
		d.walk(n.inside, &askScope{outer: sc, service: &shape{kind: groupValue}}, under)
	default:
		d.walk(n.inside, &askScope{outer: sc, service: &shape{kind: groupValue}}, true)
	}
}

// dropDerived leaves out what derive adds to the content by itself.
func (d *deriver) dropDerived() {
	d.content.inside("annexes", askGroups).drop("label", "first")
	attached := d.content.inside("attached", askGroup)
	chapters := attached.inside("chapters", askGroups)
	for _, holder := range []*asked{attached, chapters, chapters.inside("parts", askGroups)} {
		holder.inside("articles", askGroups).drop("number")
	}
}

// inside are the names of a group of this kind, nil when there is none.
func (a *asked) inside(name string, k askKind) *asked {
	if a == nil || a.names[name] == nil || a.names[name].kind != k {
		return nil
	}
	return a.names[name].inside
}

func (a *asked) drop(names ...string) {
	if a == nil {
		return
	}
	for _, name := range names {
		delete(a.names, name)
		a.order = slices.DeleteFunc(a.order, func(n string) bool { return n == name })
	}
}

// humanised is a name as a title: "ho_ten" and "hoTen" are "Ho ten".
func humanised(name string) string {
	var words []string
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }) {
		words = append(words, camel(w)...)
	}
	return upperFirst(strings.Join(words, " "))
}
