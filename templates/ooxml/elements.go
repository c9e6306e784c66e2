package ooxml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

const (
	// NSWord is the namespace of WordprocessingML.
	NSWord       = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsWordStrict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
	nsOffice     = "urn:schemas-microsoft-com:office:office"
	nsVML        = "urn:schemas-microsoft-com:vml"
	nsSVG        = "http://www.w3.org/2000/svg"

	// maxTableDepth: 400 nested tables take LibreOffice a second, 3,000 hang it.
	maxTableDepth = 20
)

// reader judges one part as a stream. Fields are nested, and Word cuts their
// instructions into runs at will, so instructions are gathered per level.
type reader struct {
	in                 *Inspection
	part               string
	text, document     bool // it is printed; it is the main part
	elements           int
	paragraphs, tables int
	fields             []*field
	instruction        bool
	marks              map[string]string // names of open bookmarks by id
}

type field struct {
	text strings.Builder
	told bool // its instruction is complete
}

// maxFields bounds what nested fields cost; Word nests a handful.
const maxFields = 64

func (r *reader) at() site {
	if r.paragraphs == 0 {
		return site{part: r.part}
	}
	return site{r.part, fmt.Sprintf("đoạn %d", r.paragraphs)}
}

func (r *reader) read(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			r.elements++
			switch t.Name.Space {
			case NSWord:
				r.word(t)
			case nsWordStrict:
				if r.elements == 1 {
					r.in.fault(r.at(), "strict-ooxml", "Phần này ở dạng “Strict Open XML”; hãy lưu lại thành “Word Document (*.docx)”", "")
				}
			case nsOffice, nsVML, nsSVG:
				r.drawn(t)
			}
			r.prefixes(t)
		case xml.EndElement:
			switch {
			case t.Name.Space != NSWord:
			case t.Name.Local == "tbl":
				r.tables--
			case t.Name.Local == "instrText":
				r.instruction = false
			}
		case xml.CharData:
			if n := len(r.fields); r.instruction && n > 0 {
				r.fields[n-1].text.Write(t)
			}
		}
	}
}

// prefixes refuses other prefixes than Word's for text: the parts are read by
// prefix, and what they hold must not be overlooked.
func (r *reader) prefixes(t xml.StartElement) {
	if !r.text {
		return
	}
	for _, a := range t.Attr {
		declared, prefix := a.Name.Space == "xmlns", a.Name.Local
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			declared, prefix = true, ""
		}
		if declared && (a.Value == NSWord) != (prefix == "w") && a.Value != nsWordStrict {
			r.in.fault(r.at(), "prefix", "Phần này không dùng tiền tố w: quen thuộc của Word; hãy mở bằng Word và lưu lại", prefix)
		}
	}
}

func (r *reader) word(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		r.paragraphs++
	case "tbl":
		if r.tables++; r.tables == maxTableDepth+1 {
			r.in.fault(r.at(), "table-depth", fmt.Sprintf("Bảng lồng nhau quá %d tầng", maxTableDepth), "")
		}
	case "object":
		r.in.fault(r.at(), "ole", oleMessage, "")
	case "altChunk":
		r.in.fault(r.at(), "alt-chunk", chunkMessage, "")
	case "control":
		r.in.fault(r.at(), "activex", activeXMessage, "")
	case "subDoc":
		r.in.fault(r.at(), "external-link", "Có văn bản con (subDoc); hãy chép nội dung vào tệp", "")
	case "fldSimple":
		r.in.field(r.at(), attribute(t, "instr"))
	case "fldChar":
		r.fieldMark(attribute(t, "fldCharType"))
	case "instrText":
		r.instruction = true
	case "bookmarkStart", "bookmarkEnd":
		if r.document {
			r.bookmark(t)
		}
	case "rFonts":
		for _, a := range t.Attr {
			if a.Name.Local == "ascii" || a.Name.Local == "hAnsi" || a.Name.Local == "cs" {
				r.in.font(r.at(), a.Value)
			}
		}
	case "ins", "del", "moveFrom", "moveTo":
		r.in.warn(r.at(), "tracked-changes", "Mẫu còn thay đổi đang theo dõi (Track Changes), sẽ hiện khi in; hãy chấp nhận hoặc bỏ", "")
	}
}

func (r *reader) fieldMark(kind string) {
	n := len(r.fields)
	switch {
	case kind == "begin" && n == maxFields:
		r.in.fault(r.at(), "field-depth", fmt.Sprintf("Trường (field) lồng nhau quá %d tầng", maxFields), "")
		r.fields = append(r.fields, &field{})
	case kind == "begin":
		r.fields = append(r.fields, &field{})
	case n > 0:
		if f := r.fields[n-1]; !f.told {
			f.told = true
			r.in.field(r.at(), f.text.String())
		}
		if kind == "end" {
			r.fields = r.fields[:n-1]
		}
	}
}

// bookmark counts bookmarks that are begun and ended. LibreOffice repeats the
// start of a bookmark in an empty paragraph under another id and ends only one
// of the two.
func (r *reader) bookmark(t xml.StartElement) {
	id := attribute(t, "id")
	if t.Name.Local == "bookmarkStart" {
		r.marks[id] = attribute(t, "name")
		return
	}
	if mark, open := r.marks[id]; open {
		r.in.Bookmarks[mark]++
		delete(r.marks, id)
	}
}

// drawn judges drawings that carry addresses of their own instead of
// relationships: VML, which Word kept from HTML, and SVG.
func (r *reader) drawn(t xml.StartElement) {
	if t.Name.Space == nsOffice && t.Name.Local == "OLEObject" {
		r.in.fault(r.at(), "ole", oleMessage, "")
		return
	}
	for _, a := range t.Attr {
		switch {
		case t.Name.Space == nsSVG && a.Name.Local == "href":
			if !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "data:") && t.Name.Local != "a" {
				r.in.fault(r.at(), "external-link", "Có hình SVG lấy nội dung từ ngoài tệp; hãy nhúng vào tệp hoặc xóa đi", a.Value)
			}
		case t.Name.Space == nsVML && a.Name.Space == "" && a.Name.Local == "src",
			t.Name.Space == nsVML && t.Name.Local == "imagedata" && a.Name.Space == nsOffice && a.Name.Local == "href":
			r.in.fault(r.at(), "external-link", "Có hình liên kết ra ngoài tệp; hãy nhúng vào tệp hoặc xóa đi", a.Value)
		case t.Name.Space == nsVML && a.Name.Space == "" && a.Name.Local == "href":
			if !harmlessLink(a.Value) {
				r.in.fault(r.at(), "external-link", linkMessage, a.Value)
			}
		}
	}
}

func attribute(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
