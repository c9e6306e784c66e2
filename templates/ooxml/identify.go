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
	typeDocument     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	typeTemplate     = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
)

// contentTypes is [Content_Types].xml (ISO/IEC 29500-2, 10.1) by part name and
// by extension, in lower case.
type contentTypes struct {
	overrides, defaults map[string]string
}

// of is the content type of a part, "" when none is declared.
func (t contentTypes) of(name string) string {
	name = strings.ToLower(name)
	if override, ok := t.overrides[name]; ok {
		return override
	}
	return t.defaults[strings.TrimPrefix(path.Ext(name), ".")]
}

// readTypes reads the table that says what each part is.
func (p *Package) readTypes() error {
	types, ok := p.Part(contentTypesPart)
	if !ok {
		return nil // an ODT or any other ZIP: identify tells
	}
	if err := checkXMLPart(contentTypesPart, types, newXMLBudget()); err != nil {
		return err
	}
	var table struct {
		Defaults []struct {
			Extension   string `xml:"Extension,attr"`
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Default"`
		Overrides []struct {
			PartName    string `xml:"PartName,attr"`
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Override"`
	}
	if err := xml.Unmarshal(types, &table); err != nil {
		return BadXML(contentTypesPart, "không đọc được bảng kiểu nội dung", err)
	}
	p.types = contentTypes{overrides: map[string]string{}, defaults: map[string]string{}}
	for _, d := range table.Defaults {
		p.types.defaults[strings.ToLower(d.Extension)] = d.ContentType
	}
	for _, o := range table.Overrides {
		p.types.overrides[strings.ToLower(strings.TrimPrefix(o.PartName, "/"))] = o.ContentType
	}
	return nil
}

// identify makes sure that the ZIP is a Word document and finds its main part.
func (p *Package) identify() error {
	if _, ok := p.parts[contentTypesPart]; !ok {
		return p.otherZip()
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
