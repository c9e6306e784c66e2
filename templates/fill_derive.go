package templates

import (
	"fmt"
	"strconv"
	"strings"

	"vanthu/record"
)

// What a form prints besides the input itself, because it follows from it: who
// is addressed, who stands first among the recipients, in whose name a decision
// is made, which number an annex or an article has.

// derive adds to content what follows from its own structure, and returns the
// bases of a decision as they are printed. deriveShape says the same of shapes.
func derive(content *value) *value {
	annexes := content.field("annexes").list()
	for i, a := range annexes {
		label := "Phụ lục"
		if len(annexes) > 1 { // NĐ 30/2020, PL I, III.1.b
			label += " " + record.Roman(i+1)
		}
		a.derive("label", plainText(a.pointer, label))
		a.derive("first", &value{kind: flagValue, pointer: a.pointer, yes: i == 0})
	}
	for i, a := range attachedArticles(content.field("attached")) {
		a.derive("number", plainText(a.pointer, strconv.Itoa(i+1)))
	}
	return punctuated(append(content.field("bases").list(), content.field("proposal")))
}

func deriveShape(root *shape) {
	content := root.fields["content"]
	gridShapes(content, map[*shape]bool{})
	text, flag := &shape{kind: textValue}, &shape{kind: flagValue}
	annex := content.items("annexes")
	annex.add("label", text)
	annex.add("first", flag)
	attached := content.group("attached")
	for _, holder := range []*shape{attached, attached.items("chapters"), attached.items("chapters").items("parts")} {
		holder.items("articles").add("number", text)
	}
}

// group is a member that is a group, items what a member has that is a list; nil
// where it is neither.
func (s *shape) group(name string) *shape {
	if s == nil || s.fields[name] == nil || s.fields[name].kind != groupValue {
		return nil
	}
	return s.fields[name]
}

func (s *shape) items(name string) *shape {
	if s == nil || s.fields[name] == nil || s.fields[name].kind != listValue {
		return nil
	}
	return s.fields[name].item
}

// within is the shape of a member, or of the items of a list that is one.
func (s *shape) within(name string) *shape {
	if s == nil {
		return nil
	}
	if s = s.fields[name]; s != nil && s.kind == listValue {
		s = s.item
	}
	return s
}

func (s *shape) add(name string, x *shape) {
	if s != nil && s.kind == groupValue {
		s.fields[name] = x
	}
}

// attachedArticles are the articles of an attached document in the order of
// print: their numbers run through all chapters and parts.
func attachedArticles(attached *value) []*value {
	var all []*value
	for _, chapter := range attached.field("chapters").list() {
		all = append(all, chapter.field("articles").list()...)
		for _, part := range chapter.field("parts").list() {
			all = append(all, part.field("articles").list()...)
		}
	}
	return append(all, attached.field("articles").list()...)
}

// punctuated ends each text with a semicolon and the last with a full stop
// (NĐ 30/2020, PL I, II.6.a), whatever mark it brought.
func punctuated(all []*value) *value {
	list := &value{kind: listValue, pointer: "/content/bases"}
	for _, v := range all {
		if !v.empty() {
			list.items = append(list.items, v)
		}
	}
	for i, v := range list.items {
		end := ";"
		if i == len(list.items)-1 {
			end = "."
		}
		list.items[i] = &value{pointer: v.pointer, rich: v.rich, text: strings.TrimRight(v.text, " \u00a0;.,") + end}
	}
	return list
}

// addressed is who stands after "Kính gửi:": one on the same line, without a
// full stop; several in a list that ends with one (NĐ 30/2020, PL I, II.9.a).
func addressed(all []record.Recipient) *value {
	one := plainText("/addressees", "")
	several := &value{kind: listValue, pointer: "/addressees"}
	for i, r := range all {
		at := fmt.Sprintf("/addressees/%d/name", i)
		switch {
		case len(all) == 1:
			one = plainText(at, r.Name)
		case i == len(all)-1:
			several.items = append(several.items, plainText(at, r.Name+"."))
		default:
			several.items = append(several.items, plainText(at, r.Name+";"))
		}
	}
	many := &value{kind: flagValue, pointer: "/addressees", yes: len(all) > 1}
	return group("/addressees", true, map[string]*value{"one": one, "many": many, "several": several})
}

// firstRecipient is the first line of the distribution list: it refers to the
// addressees, or to the article of a decision that says who carries it out (NĐ
// 30/2020, PL I, II.9.b): the articles marked so, or else the last.
func firstRecipient(e record.Envelope, content *value) string {
	if len(e.Addressees) > 0 {
		return "Như trên"
	}
	articles := content.field("articles").list()
	if len(articles) == 0 {
		return ""
	}
	var numbers []string
	for i, a := range articles {
		if x := a.field("execution"); x != nil && x.yes {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	if len(numbers) == 0 {
		numbers = []string{strconv.Itoa(len(articles))}
	}
	return "Như Điều " + strings.Join(numbers, ", Điều ")
}

// authority is in whose name a decision is made: the agency or its collective,
// or its head in person (NĐ 30/2020, PL III, Mẫu 1.2, note 5). A head decides
// where the signature is given for nobody but the head.
func authority(f record.Filling) string {
	agency := strings.Join(f.Issuer.Lines, " ")
	if f.Issuer.Collective != "" {
		switch f.Signatory.Capacity {
		case record.TM, record.KT, record.Q:
			return agency
		}
	}
	return f.Issuer.HeadTitle + " " + agency
}

func markOf(u, want record.Urgency) string {
	if u != want {
		return ""
	}
	return u.Mark()
}

// field is a member of a group, nil where there is none.
func (v *value) field(name string) *value {
	if v == nil || v.kind != groupValue {
		return nil
	}
	return v.fields[name]
}

func (v *value) list() []*value {
	if v == nil || v.kind != listValue {
		return nil
	}
	return v.items
}

// derive adds a member; one that the input brought stays.
func (v *value) derive(name string, x *value) {
	if v != nil && v.kind == groupValue && v.fields[name] == nil {
		v.fields[name] = x
	}
}

// sampleFilling has at least one item in every list that does not come from the
// content: checkNames learns the names from it.
func sampleFilling() record.Filling {
	lines := []string{""}
	return record.Filling{Digits: 2, Year: 2000, Link: "https://x",
		Issuer:    record.OrganizationOn{OrganizationName: record.OrganizationName{Lines: lines}},
		Signatory: record.Signatory{Lines: lines}, Cosignatories: make([]record.Signatory, maxSignatories-1),
		Envelope: record.Envelope{Addressees: make([]record.Recipient, 2), Recipients: make([]record.Recipient, besideSignature+1),
			Content: []byte(`{"bases":["x"]}`)}}
}
