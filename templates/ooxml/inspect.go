package ooxml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// maxFaults bounds an answer; the last of them says nothing new.
const maxFaults = 500

const (
	// NSWord is the namespace of WordprocessingML.
	NSWord   = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsOffice = "urn:schemas-microsoft-com:office:office"

	// maxTableDepth: 400 nested tables take LibreOffice a second, 3,000 hang it.
	maxTableDepth = 20
)

// Inspection gathers what a package holds besides text.
type Inspection struct {
	Faults    []record.Fault
	Warnings  []record.Fault
	Bookmarks map[string]int // of the main part: complete ones by name
	fonts     map[string]bool
	changes   bool
}

func (in *Inspection) fault(part, place, code, message, near string) {
	if len(in.Faults) < maxFaults {
		in.Faults = append(in.Faults, record.Fault{Part: part, Place: place, Code: code, Message: message, Near: near})
	}
}

// Inspect looks at names, relationships and elements of every part.
func Inspect(p *Package) (*Inspection, error) {
	in := &Inspection{Bookmarks: map[string]int{}, fonts: map[string]bool{}}
	for _, name := range p.Names() {
		in.partName(name, p.types.of(name))
		switch {
		case strings.HasSuffix(strings.ToLower(name), ".rels"):
			rels, err := p.Relationships(name)
			if err != nil {
				return nil, err
			}
			for _, r := range rels {
				in.relationship(name, r)
			}
		case p.IsXML(name):
			data, _ := p.Part(name)
			if err := in.elements(name, data, name == p.Document); err != nil {
				return nil, BadXML(name, "XML sai cú pháp", err)
			}
		}
	}
	in.judgeFonts()
	if in.changes {
		in.Warnings = append(in.Warnings, record.Fault{Part: p.Document, Code: "tracked-changes", Message: "Mẫu còn thay đổi đang theo dõi (Track Changes), sẽ hiện khi in; hãy chấp nhận hoặc bỏ"})
	}
	return in, nil
}

func (in *Inspection) partName(name, contentType string) {
	lower, t := strings.ToLower(name), strings.ToLower(contentType)
	base := path.Base(lower)
	switch {
	case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"), strings.Contains(t, "vbaproject"), strings.Contains(t, "macroenabled"):
		in.fault(name, "", "macros", "Có macro; hãy lưu lại thành .docx không macro", "")
	case strings.Contains(lower, "/activex/"), strings.Contains(t, "activex"):
		in.fault(name, "", "activex", "Có điều khiển ActiveX; hãy xóa đi", "")
	case strings.Contains(lower, "/embeddings/"), strings.Contains(t, "oleobject"):
		in.fault(name, "", "ole", "Có đối tượng nhúng (OLE); hãy thay bằng chữ hoặc hình", "")
	}
}

func (in *Inspection) relationship(rels string, r Relationship) {
	near := vntext.Clip(r.Target)
	switch kind := strings.ToLower(r.Kind()); {
	case kind == "vbaproject":
		in.fault(rels, "", "macros", "Có macro; hãy lưu lại thành .docx không macro", near)
	case kind == "control", strings.HasPrefix(kind, "activex"):
		in.fault(rels, "", "activex", "Có điều khiển ActiveX; hãy xóa đi", near)
	case kind == "oleobject", kind == "package":
		in.fault(rels, "", "ole", "Có đối tượng nhúng (OLE); hãy thay bằng chữ hoặc hình", near)
	case kind == "afchunk":
		in.fault(rels, "", "alt-chunk", "Có văn bản khác chèn nguyên khối (altChunk); hãy mở bằng Word và lưu lại", near)
	case kind == "hyperlink" && (r.External() || strings.Contains(r.Target, ":")):
		scheme, _, _ := strings.Cut(strings.ToLower(r.Target), ":")
		if scheme != "http" && scheme != "https" && scheme != "mailto" {
			in.fault(rels, "", "external-link", "Liên kết chỉ được trỏ tới http, https hoặc mailto", near)
		}
	case r.External():
		in.fault(rels, "", "external-link", fmt.Sprintf("Có nội dung liên kết ra ngoài tệp (%s); hãy nhúng vào tệp hoặc xóa đi", r.Kind()), near)
	}
}

// elements reads one part as a stream. Fields are nested, and Word cuts their
// instructions into runs at will, so instructions are gathered per level.
func (in *Inspection) elements(name string, data []byte, document bool) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	paragraphs, tables := 0, 0
	var fields []strings.Builder
	instruction := false
	marks := map[string]string{} // names of open bookmarks by id
	place := func() string {
		if paragraphs == 0 {
			return ""
		}
		return fmt.Sprintf("đoạn %d", paragraphs)
	}
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
			switch {
			case t.Name.Space == nsOffice && t.Name.Local == "OLEObject", t.Name.Space == NSWord && t.Name.Local == "object":
				in.fault(name, place(), "ole", "Có đối tượng nhúng (OLE); hãy thay bằng chữ hoặc hình", "")
			case t.Name.Space != NSWord:
			case t.Name.Local == "p":
				paragraphs++
			case t.Name.Local == "tbl":
				if tables++; tables == maxTableDepth+1 {
					in.fault(name, place(), "table-depth", fmt.Sprintf("Bảng lồng nhau quá %d tầng", maxTableDepth), "")
				}
			case t.Name.Local == "altChunk":
				in.fault(name, place(), "alt-chunk", "Có văn bản khác chèn nguyên khối (altChunk); hãy mở bằng Word và lưu lại", "")
			case t.Name.Local == "control":
				in.fault(name, place(), "activex", "Có điều khiển ActiveX; hãy xóa đi", "")
			case t.Name.Local == "subDoc":
				in.fault(name, place(), "external-link", "Có văn bản con (subDoc); hãy chép nội dung vào tệp", "")
			case t.Name.Local == "fldSimple":
				in.field(name, place(), attribute(t, "instr"))
			case t.Name.Local == "fldChar":
				switch attribute(t, "fldCharType") {
				case "begin":
					fields = append(fields, strings.Builder{})
				case "separate", "end":
					if n := len(fields); n > 0 && fields[n-1].Len() > 0 {
						in.field(name, place(), fields[n-1].String())
						fields[n-1].Reset()
					}
					if n := len(fields); n > 0 && attribute(t, "fldCharType") == "end" {
						fields = fields[:n-1]
					}
				}
			case t.Name.Local == "instrText":
				instruction = true
			case t.Name.Local == "bookmarkStart" && document:
				marks[attribute(t, "id")] = attribute(t, "name")
			case t.Name.Local == "bookmarkEnd" && document:
				// LibreOffice repeats the start of a bookmark in an empty
				// paragraph under another id and ends only one of the two.
				if mark, open := marks[attribute(t, "id")]; open {
					in.Bookmarks[mark]++
					delete(marks, attribute(t, "id"))
				}
			case t.Name.Local == "rFonts":
				for _, a := range t.Attr {
					if a.Name.Local == "ascii" || a.Name.Local == "hAnsi" || a.Name.Local == "cs" {
						in.fonts[a.Value] = true
					}
				}
			case t.Name.Local == "ins", t.Name.Local == "del", t.Name.Local == "moveFrom", t.Name.Local == "moveTo":
				in.changes = true
			}
		case xml.EndElement:
			if t.Name.Space == NSWord && t.Name.Local == "tbl" {
				tables--
			}
			if t.Name.Space == NSWord && t.Name.Local == "instrText" {
				instruction = false
			}
		case xml.CharData:
			if n := len(fields); instruction && n > 0 {
				fields[n-1].Write(t)
			}
		}
	}
}

// field refuses fields that load, run or link.
func (in *Inspection) field(part, place, instruction string) {
	words := strings.Fields(strings.ToUpper(instruction))
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "DATABASE", "RD", "MACROBUTTON", "GOTOBUTTON", "EMBED", "CONTROL", "HTMLACTIVEX":
		in.fault(part, place, "active-field", fmt.Sprintf("Có trường %s lấy nội dung từ bên ngoài hoặc chạy lệnh; hãy xóa đi", words[0]), vntext.Clip(instruction))
	}
}

// judgeFonts: pre-Unicode fonts draw other letters than the text has and are
// refused; official documents are set in Times New Roman (NĐ 30/2020, PL I,
// I.2), anything else is a warning.
func (in *Inspection) judgeFonts() {
	for _, f := range slices.Sorted(maps.Keys(in.fonts)) {
		lower := strings.ToLower(f)
		switch {
		case strings.HasPrefix(lower, ".vn"), strings.HasPrefix(lower, "vni-"), strings.HasPrefix(lower, "vni "), strings.HasPrefix(lower, "vntime"):
			in.fault("", "", "legacy-font", fmt.Sprintf("Phông %q có từ trước Unicode; hãy chuyển chữ sang Unicode, phông Times New Roman", f), "")
		case f != "" && lower != "times new roman" && lower != "symbol" && !strings.HasPrefix(lower, "wingdings"):
			in.Warnings = append(in.Warnings, record.Fault{Code: "font-substituted", Message: fmt.Sprintf("Phông %q có thể bị thay khi in; văn bản hành chính dùng Times New Roman", f)})
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
