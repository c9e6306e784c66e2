package templates

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/beevik/etree"
)

// properties compiles the properties of the file, such as its title: values
// only, as plain text.
func (c *compiler) properties(name string, data []byte) *part {
	doc := etree.NewDocument()
	if doc.ReadFromBytes(data) != nil || doc.Root() == nil {
		return nil // ooxml.Open has read it: it is well formed
	}
	root := doc.Root()
	// A copy of the title and the headings, which Word makes anew.
	if copies := root.SelectElement("TitlesOfParts"); copies != nil && strings.Contains(textOf(copies), "{") {
		root.RemoveChild(copies)
		if count := root.SelectElement("HeadingPairs"); count != nil {
			root.RemoveChild(count)
		}
	}
	out := &part{name: name, styles: c.styles, head: declaration}
	c.part, c.number = name, 0
	out.blocks = c.property(nil, root)
	return out
}

func (c *compiler) property(all []block, e *etree.Element) []block {
	all = append(all, static(startTag(e)))
	for _, t := range e.Child {
		switch x := t.(type) {
		case *etree.Element:
			all = c.property(all, x)
		case *etree.CharData:
			all = c.propertyText(all, x.Data)
		}
	}
	return append(all, static(endTag(e)))
}

var braced = regexp.MustCompile(`\{([^{}]{1,200})\}`)

// propertyText cuts a text at its tags. Programs keep numbers and data of their
// own in braces there: what is no tag is text.
func (c *compiler) propertyText(all []block, text string) []block {
	done := 0
	for _, m := range braced.FindAllStringSubmatchIndex(text, maxFaults) {
		t, err := parseTag(text[m[2]:m[3]])
		if err != nil || guid.MatchString(t.text) {
			continue
		}
		all = append(all, static(escapeText(text[done:m[0]])))
		done = m[1]
		t.site = site{part: c.part, near: text[m[0]:m[1]]}
		c.uses = append(c.uses, tagUse{Tag: t.text, Part: c.part})
		if t.kind != tagValue {
			c.fault(t.site, "tag-place", fmt.Sprintf("Trong thuộc tính của tệp chỉ dùng được thẻ giá trị, không dùng được {%s}", t.text), t.text, t.site.near)
			continue
		}
		all = append(all, plainTag{&t})
	}
	return append(all, static(escapeText(text[done:])))
}
