package ooxml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/beevik/etree"
)

const (
	maxXMLDepth   = 256
	maxXMLNodes   = 600_000 // elements, attributes and texts of the whole package
	maxAttributes = 1000    // of one element
)

// xmlBudget is what is left of the package's allowance while its XML parts are
// read one after the other.
type xmlBudget struct {
	bytes, nodes int
}

func newXMLBudget() *xmlBudget { return &xmlBudget{bytes: maxXML, nodes: maxXMLNodes} }

// checkXML streams every XML part of the package once, before anyone builds a
// tree: a tree of six million levels ends the process, and no later check can
// catch that.
func (p *Package) checkXML() error {
	budget := newXMLBudget()
	for _, name := range p.Names() {
		if !p.IsXML(name) {
			continue
		}
		data, _ := p.Part(name)
		if err := checkXMLPart(name, data, budget); err != nil {
			return err
		}
	}
	return nil
}

// IsXML says whether a part is XML: by its name or declared type, and not a
// package inside the package, which Word declares as if it were.
func (p *Package) IsXML(name string) bool {
	return p.namedXML(name) && !bytes.HasPrefix(p.parts[name].data, []byte("PK\x03\x04"))
}

func (p *Package) namedXML(name string) bool {
	lower := strings.ToLower(name)
	t := strings.ToLower(p.types.of(name))
	return strings.HasSuffix(lower, ".xml") || strings.HasSuffix(lower, ".rels") ||
		strings.HasSuffix(t, "+xml") || strings.HasSuffix(t, "/xml")
}

// checkXMLPart refuses malformed XML, depth over maxXMLDepth, a DTD (entities
// multiply) and what exceeds the budget. Encodings other than UTF-8 are
// refused by the decoder.
func checkXMLPart(name string, data []byte, budget *xmlBudget) error {
	if budget.bytes -= len(data); budget.bytes < 0 {
		return TooLarge("phần văn bản vượt quá %d MB", maxXML>>20)
	}
	if manyAttributes(data) {
		return BadXML(name, fmt.Sprintf("có phần tử mang hơn %d thuộc tính", maxAttributes), nil)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	depth, roots := 0, 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			line, column := d.InputPos()
			return badXMLAt(name, fmt.Sprintf("dòng %d, cột %d", line, column), syntax(data, err), err)
		}
		budget.nodes--
		switch t := tok.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth++; depth > maxXMLDepth {
				return BadXML(name, fmt.Sprintf("lồng nhau quá %d tầng", maxXMLDepth), nil)
			}
			budget.nodes -= len(t.Attr)
		case xml.EndElement:
			depth--
		case xml.Directive:
			return BadXML(name, "có khai báo DTD, không được nhận", nil)
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\xef\xbb\xbf")))) > 0 {
				return BadXML(name, "có chữ ngoài phần tử gốc", nil)
			}
		}
		if budget.nodes < 0 {
			return TooLarge("có hơn %d phần tử", maxXMLNodes)
		}
	}
	if roots != 1 {
		return BadXML(name, "phải có đúng một phần tử gốc", nil)
	}
	return nil
}

// manyAttributes finds an element with more than maxAttributes before a decoder
// gathers them all in memory.
func manyAttributes(data []byte) bool {
	for {
		at := bytes.IndexByte(data, '<')
		if at < 0 || at+1 == len(data) {
			return false
		}
		data = data[at+1:]
		switch data[0] {
		case '!', '?': // no attributes: a comment, CDATA, a DTD or an instruction
			end := []byte(">")
			for open, close := range map[string]string{"!--": "-->", "![CDATA[": "]]>", "?": "?>"} {
				if bytes.HasPrefix(data, []byte(open)) {
					end = []byte(close)
				}
			}
			if at = bytes.Index(data, end); at < 0 {
				return false
			}
			data = data[at:]
			continue
		}
		count, quote := 0, byte(0)
		for at = 0; at < len(data) && (quote != 0 || data[at] != '>'); at++ {
			switch c := data[at]; {
			case c == quote:
				quote = 0
				count++
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			}
		}
		if count > maxAttributes {
			return true
		}
		data = data[at:]
	}
}

// syntax says in Vietnamese why a decoder stopped.
func syntax(data []byte, err error) string {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) || strings.Contains(err.Error(), "encoding") {
		return "bảng mã không phải UTF-8"
	}
	return "XML sai cú pháp"
}

// IsW says whether e is the WordprocessingML element of this name. Parts are
// read with the prefix that Word writes.
func IsW(e *etree.Element, tag string) bool { return e.Space == "w" && e.Tag == tag }
