// Package xmlin reads XML of strangers into a small tree: UTF-8 only, without
// DTD and entities, within limits.
package xmlin

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"vanthu/record"
)

// Limits bound a document.
type Limits struct {
	Bytes int64
	Depth int // of elements in elements
	Nodes int // elements
}

const maxAttributes = 64 // of one element

// Node is an element. Text is all character data directly in it.
type Node struct {
	Space, Name string // namespace and local name
	Attributes  []xml.Attr
	Text        string
	Nodes       []*Node
}

// Parse reads one document to its end. Errors are record.Invalid with the codes
// "xml-damaged", "xml-dtd" and "xml-too-large".
func Parse(r io.Reader, l Limits) (*Node, error) {
	p := parser{limits: l}
	d := xml.NewDecoder(&bounded{r: r, left: l.Bytes})
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && p.root != nil {
			return p.root, nil
		}
		if err == nil {
			err = p.take(t)
		}
		var known *record.Error
		switch {
		case err == nil:
		case errors.As(err, &known):
			return nil, known
		default:
			line, _ := d.InputPos()
			return nil, record.Because(err, record.Invalid, "xml-damaged", fmt.Sprintf("Tệp XML sai cú pháp ở dòng %d", line))
		}
	}
}

type parser struct {
	limits Limits
	root   *Node
	open   []*Node
	texts  []*strings.Builder // of the open elements
	nodes  int
}

func (p *parser) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		last := len(p.open) - 1
		p.open[last].Text = p.texts[last].String()
		p.open, p.texts = p.open[:last], p.texts[:last]
	case xml.CharData:
		if last := len(p.open) - 1; last >= 0 {
			p.texts[last].Write(t)
		} else if strings.Trim(string(t), " \t\r\n\uFEFF") != "" {
			return errors.New("text outside the root element")
		}
	case xml.Directive:
		return record.E(record.Invalid, "xml-dtd", "Tệp XML không được có DTD hay thực thể")
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	if p.nodes++; p.nodes > p.limits.Nodes {
		return tooLarge(fmt.Sprintf("có hơn %d phần tử", p.limits.Nodes))
	}
	if len(p.open) >= p.limits.Depth {
		return tooLarge(fmt.Sprintf("lồng sâu hơn %d bậc", p.limits.Depth))
	}
	if len(t.Attr) > maxAttributes {
		return tooLarge(fmt.Sprintf("một phần tử có hơn %d thuộc tính", maxAttributes))
	}
	for i, a := range t.Attr {
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return fmt.Errorf("attribute %s twice", a.Name.Local)
			}
		}
	}
	n := &Node{Space: t.Name.Space, Name: t.Name.Local, Attributes: t.Copy().Attr}
	if last := len(p.open) - 1; last >= 0 {
		p.open[last].Nodes = append(p.open[last].Nodes, n)
	} else if p.root == nil {
		p.root = n
	} else {
		return errors.New("a second root element")
	}
	p.open, p.texts = append(p.open, n), append(p.texts, &strings.Builder{})
	return nil
}

// Attribute is the value under a local name in a namespace, "" for none.
func (n *Node) Attribute(space, name string) string {
	for _, a := range n.Attributes {
		if a.Name.Space == space && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Child is the first element of that local name directly in n, whatever its
// namespace; nil when n is nil or has none.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Nodes {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Children are all such.
func (n *Node) Children(name string) []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, c := range n.Nodes {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// Value is the text of the first such child, without white space around it.
func (n *Node) Value(name string) string {
	if c := n.Child(name); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// Walk visits n and everything below it, parents first.
func (n *Node) Walk(visit func(*Node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, c := range n.Nodes {
		c.Walk(visit)
	}
}

func tooLarge(why string) error {
	return record.E(record.Invalid, "xml-too-large", "Tệp XML vượt giới hạn: "+why)
}

type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, tooLarge("quá dài")
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n, tooLarge("quá dài")
	}
	return n, err
}
