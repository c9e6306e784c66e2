package ooxml

import (
	"bytes"
	"encoding/xml"
	"path"
	"strings"

	"vanthu/record"
)

const (
	contentTypesPart = "[Content_Types].xml"
	packageRels      = "_rels/.rels"

	typeDocument = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	typeTemplate = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"

	// RelTransitional begins the relationship types that Word writes.
	RelTransitional = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relStrict       = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
)

// contentTypes is [Content_Types].xml (ISO/IEC 29500-2, 10.1).
type contentTypes struct {
	Defaults []struct {
		Extension   string `xml:"Extension,attr"`
		ContentType string `xml:"ContentType,attr"`
	} `xml:"Default"`
	Overrides []struct {
		PartName    string `xml:"PartName,attr"`
		ContentType string `xml:"ContentType,attr"`
	} `xml:"Override"`
}

// of is the content type of a part, "" when none is declared.
func (t contentTypes) of(name string) string {
	for _, o := range t.Overrides {
		if strings.EqualFold(strings.TrimPrefix(o.PartName, "/"), name) {
			return o.ContentType
		}
	}
	ext := strings.TrimPrefix(path.Ext(name), ".")
	for _, d := range t.Defaults {
		if strings.EqualFold(d.Extension, ext) {
			return d.ContentType
		}
	}
	return ""
}

// Relationship is one line of a .rels part (ISO/IEC 29500-2, 9.3).
type Relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

func (r Relationship) External() bool { return strings.EqualFold(r.Mode, "External") }

// Kind is the last word of the relationship type: "hyperlink", "image".
func (r Relationship) Kind() string { return r.Type[strings.LastIndexByte(r.Type, '/')+1:] }

// Relationships reads one .rels part; a part that is not there has none.
func (p *Package) Relationships(rels string) ([]Relationship, error) {
	data, ok := p.Part(rels)
	if !ok {
		return nil, nil
	}
	if err := checkXMLPart(rels, data, newXMLBudget()); err != nil {
		return nil, err
	}
	var all struct {
		Relationships []Relationship `xml:"Relationship"`
	}
	if err := xml.Unmarshal(data, &all); err != nil {
		return nil, BadXML(rels, "không đọc được danh sách liên kết của tệp", err)
	}
	return all.Relationships, nil
}

// Resolve is the name of the part that a relationship of source points to.
func Resolve(source, target string) string {
	target, _, _ = strings.Cut(target, "#")
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(source), target)
}

// identify makes sure that the ZIP is a Word document and finds its main part.
func (p *Package) identify() error {
	types, ok := p.Part(contentTypesPart)
	if !ok {
		return p.otherZip()
	}
	if err := checkXMLPart(contentTypesPart, types, newXMLBudget()); err != nil {
		return err
	}
	if err := xml.Unmarshal(types, &p.types); err != nil {
		return BadXML(contentTypesPart, "không đọc được bảng kiểu nội dung", err)
	}
	rels, err := p.Relationships(packageRels)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.External() {
			continue
		}
		switch r.Type {
		case relStrict + "officeDocument":
			return notDOCX("tệp ở dạng “Strict Open XML”; hãy lưu lại thành “Word Document (*.docx)”")
		case RelTransitional + "officeDocument":
			p.Document = strings.TrimPrefix(Resolve("", r.Target), "/")
		}
	}
	if _, ok := p.Part(p.Document); !ok {
		return p.otherZip()
	}
	switch t := p.types.of(p.Document); {
	case t == typeDocument:
		return nil
	case strings.Contains(t, "macroEnabled"):
		return record.E(record.Invalid, "docx-macros", "Tệp Word có macro (.docm) không được nhận; hãy lưu lại thành .docx không macro")
	case t == typeTemplate:
		return notDOCX("tệp là mẫu Word (.dotx); hãy lưu lại thành .docx")
	case strings.Contains(t, "spreadsheetml"):
		return notDOCX("tệp là bảng tính Excel")
	case strings.Contains(t, "presentationml"):
		return notDOCX("tệp là bản trình chiếu PowerPoint")
	}
	return p.otherZip()
}

func (p *Package) otherZip() error {
	if m, ok := p.Part("mimetype"); ok && bytes.HasPrefix(m, []byte("application/vnd.oasis.opendocument")) {
		return notDOCX("tệp là tài liệu OpenDocument (.odt); hãy lưu lại thành .docx")
	}
	return notDOCX("tệp nén này không chứa văn bản Word")
}

// notZip names what the bytes are when they are clearly something else.
func notZip(b []byte) error {
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(b[:min(len(b), 512)], []byte("\xef\xbb\xbf")), " \t\r\n"))
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return nil
	case len(b) == 0:
		return notDOCX("tệp rỗng")
	case starts("%pdf-"):
		return notDOCX("tệp là PDF")
	case starts("{\\rtf"):
		return notDOCX("tệp là RTF; hãy lưu lại thành .docx")
	case starts("<!doctype"), starts("<html"), starts("<?xml"):
		return notDOCX("tệp là HTML hoặc XML")
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		// Word stores a password-protected DOCX in the container of old .doc.
		if bytes.Contains(b, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return encrypted()
		}
		return notDOCX("tệp là .doc của Word cũ; hãy lưu lại thành .docx")
	}
	return notDOCX("nội dung tệp không phải của Word")
}

func notDOCX(why string) error {
	return record.E(record.Invalid, "not-docx", "Tệp không phải là DOCX: "+why)
}
