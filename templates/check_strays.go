package templates

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"vanthu/record"
	"vanthu/templates/ooxml"
	"vanthu/templates/vntext"
)

// strayReader reads one part as a stream and gathers its texts by paragraph
// and kind of place, so that tags cut into runs are found.
type strayReader struct {
	part       string
	base       nook // of a text that nothing says more about
	paragraphs int
	open       []*strayParagraph
	inside     []nook // of the elements around, the innermost last
	found      []stray
}

type strayParagraph struct {
	at    site
	texts map[nook]*strings.Builder
}

func readStrays(name string, data []byte, base nook) ([]stray, error) {
	r := &strayReader{part: name, base: base}
	r.begin() // what stands outside of paragraphs
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			r.end()
			return r.found, nil
		}
		if err != nil {
			return nil, ooxml.BadXML(name, "XML sai cú pháp", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if paragraphElement(t.Name) {
				r.begin()
			}
			r.inside = append(r.inside, r.kindOf(t))
			r.attributes(t)
			r.sign(t.Name)
		case xml.EndElement:
			r.inside = r.inside[:len(r.inside)-1]
			if paragraphElement(t.Name) {
				r.end()
			}
		case xml.CharData:
			if n := len(r.inside); n > 0 {
				r.text(r.inside[n-1], t)
			}
		}
	}
}

func paragraphElement(n xml.Name) bool {
	return n.Local == "p" && (n.Space == ooxml.NSWord || isDrawing(n))
}

func isDrawing(n xml.Name) bool { return strings.HasSuffix(n.Space, "/drawingml/2006/main") }

func (r *strayReader) begin() {
	if len(r.open) > 0 { // paragraph 0 is what stands outside
		r.paragraphs++
	}
	r.open = append(r.open, &strayParagraph{at: site{part: r.part, paragraph: r.paragraphs}, texts: map[nook]*strings.Builder{}})
}

func (r *strayReader) end() {
	last := len(r.open) - 1
	p := r.open[last]
	r.open = r.open[:last]
	for n := plainNook; n <= unprintedNook; n++ {
		if b := p.texts[n]; b != nil {
			r.note(tagsOf(p.at, n, b.String()))
		}
	}
}

func (r *strayReader) note(found []stray) {
	if len(r.found) < maxTags { // no form has as many
		r.found = append(r.found, found...)
	}
}

func (r *strayReader) text(n nook, t []byte) {
	p := r.open[len(r.open)-1]
	b := p.texts[n]
	if b == nil {
		b = &strings.Builder{}
		p.texts[n] = b
	}
	b.Write(t)
}

// sign is what an element stands for that is not text: a hyphen may be part of a
// name, a tab or a new line never is.
func (r *strayReader) sign(n xml.Name) {
	if n.Space != ooxml.NSWord {
		return
	}
	switch n.Local {
	case "noBreakHyphen":
		r.text(r.inside[len(r.inside)-1], []byte("-"))
	case "tab", "br", "cr", "ptab", "drawing", "pict", "fldChar":
		r.text(r.inside[len(r.inside)-1], []byte("\n"))
	}
}

// kindOf is the place that an element makes of what is inside it.
func (r *strayReader) kindOf(t xml.StartElement) nook {
	around := r.base
	if n := len(r.inside); n > 0 {
		around = r.inside[n-1]
	}
	if r.base != plainNook {
		return around
	}
	switch {
	case t.Name.Space != ooxml.NSWord && strings.HasSuffix(t.Name.Space, "/math") && around < deletedNook:
		return mathNook
	case isDrawing(t.Name) && t.Name.Local == "t":
		return drawingNook
	case t.Name.Space != ooxml.NSWord:
		return around
	}
	switch t.Name.Local {
	case "txbxContent": // begins anew
		return plainNook
	case "del", "moveFrom", "delText":
		return deletedNook
	case "instrText", "delInstrText":
		return fieldNook
	case "moveTo", "dir", "bdo", "customXml", "ruby":
		if around == plainNook {
			return wrappedNook
		}
	}
	return around
}

// attributes looks at the few that a person writes texts into.
func (r *strayReader) attributes(t xml.StartElement) {
	at := r.open[len(r.open)-1].at
	for _, a := range t.Attr {
		n, local := r.base, a.Name.Local
		switch {
		case t.Name.Space == ooxml.NSWord && t.Name.Local == "fldSimple" && local == "instr":
			n = fieldNook
		case t.Name.Space == ooxml.NSWord && local == "val" && t.Name.Local == "lvlText":
			n = numberingNook
		case t.Name.Space == ooxml.NSWord && local == "val" && (t.Name.Local == "alias" || t.Name.Local == "tag"):
			n = controlNook
		case t.Name.Local == "textpath" && local == "string":
			n = wordArtNook
		case local == "descr", local == "title" && t.Name.Local != "style", local == "alt":
			n = altNook
		default:
			continue
		}
		if r.base == unprintedNook {
			n = unprintedNook
		}
		r.note(tagsOf(at, n, a.Value))
	}
}

// coreFaults are braces in the document's own properties that a fill could not
// take for values.
func coreFaults(p *ooxml.Package) ([]record.Fault, error) {
	data, ok := p.Part(coreProperties)
	if !ok {
		return nil, nil
	}
	var faults []record.Fault
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return faults, nil
		}
		if err != nil {
			return nil, ooxml.BadXML(coreProperties, "XML sai cú pháp", err)
		}
		text, ok := tok.(xml.CharData)
		if !ok {
			continue
		}
		for rest := string(text); ; {
			_, after, found := strings.Cut(rest, "{")
			if !found {
				break
			}
			name, behind, closed := strings.Cut(after, "}")
			t, err := parseTag(name)
			if !closed || err != nil || t.kind != tagValue {
				faults = append(faults, record.Fault{Code: "tag-syntax", Message: "Thuộc tính tài liệu (tên, tác giả, từ khóa...) có dấu { mà không phải thẻ giá trị; hãy sửa trong File > Info",
					Tag: vntext.Clip(name), Part: coreProperties, Near: vntext.Clip(string(text))})
				break
			}
			rest = behind
		}
	}
}
