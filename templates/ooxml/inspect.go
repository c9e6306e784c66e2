package ooxml

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// maxFaults bounds an answer; the last of them says nothing new.
const maxFaults = 500

// Inspection gathers what a package holds besides text.
type Inspection struct {
	Faults    []record.Fault
	Warnings  []record.Fault
	Bookmarks map[string]int // of the main part: complete ones by name

	fonts  map[string]site // where each is first named
	warned map[string]bool
}

// site is where something stands, for messages.
type site struct{ part, place string }

func (in *Inspection) fault(at site, code, message, near string) {
	if len(in.Faults) < maxFaults {
		in.Faults = append(in.Faults, record.Fault{Part: at.part, Place: at.place, Code: code, Message: message, Near: clip(near)})
	}
}

// warn tells each thing once, at its first place.
func (in *Inspection) warn(at site, code, message, near string) {
	if !in.warned[message] && len(in.Warnings) < maxFaults {
		in.warned[message] = true
		in.Warnings = append(in.Warnings, record.Fault{Part: at.part, Place: at.place, Code: code, Message: message, Near: clip(near)})
	}
}

const (
	macrosMessage  = "Có macro; hãy lưu lại thành .docx không macro"
	activeXMessage = "Có điều khiển ActiveX; hãy xóa đi"
	oleMessage     = "Có đối tượng nhúng (OLE); hãy thay bằng chữ hoặc hình"
	chunkMessage   = "Có văn bản khác chèn nguyên khối (altChunk); hãy mở bằng Word và lưu lại"
	addInMessage   = "Có phần bổ trợ (add-in) tải nội dung từ mạng; hãy gỡ ra rồi lưu lại"
	linkMessage    = "Liên kết chỉ được trỏ tới http, https hoặc mailto"
)

// Inspect looks at names, relationships and elements of every part.
func Inspect(p *Package) (*Inspection, error) {
	in := &Inspection{Bookmarks: map[string]int{}, fonts: map[string]site{}, warned: map[string]bool{}}
	in.Warnings = append(in.Warnings, p.Dropped...)
	texts, err := p.TextParts()
	if err != nil {
		return nil, err
	}
	for _, name := range p.Names() {
		in.partName(name, p.types.of(name))
		switch {
		case isRels(name):
			rels, err := p.Relationships(name)
			if err != nil {
				return nil, err
			}
			for _, r := range rels {
				in.relationship(site{part: name}, r)
			}
		case p.IsXML(name):
			data, _ := p.Part(name)
			r := reader{in: in, part: name, text: slices.Contains(texts, name), document: name == p.Document, marks: map[string]string{}}
			if err := r.read(data); err != nil {
				return nil, BadXML(name, "XML sai cú pháp", err)
			}
		}
	}
	in.judgeFonts()
	return in, nil
}

func (in *Inspection) partName(name, contentType string) {
	lower, t := strings.ToLower(name), strings.ToLower(contentType)
	base := path.Base(lower)
	at := site{part: name}
	switch {
	case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"), strings.Contains(t, "vbaproject"), strings.Contains(t, "macroenabled"):
		in.fault(at, "macros", macrosMessage, "")
	case strings.Contains(lower, "/activex/"), strings.Contains(t, "activex"):
		in.fault(at, "activex", activeXMessage, "")
	case strings.Contains(lower, "/embeddings/"), strings.Contains(t, "oleobject"):
		in.fault(at, "ole", oleMessage, "")
	case strings.Contains(t, "webextension"):
		in.fault(at, "web-extension", addInMessage, "")
	}
}

func (in *Inspection) relationship(at site, r Relationship) {
	switch kind := strings.ToLower(r.Kind()); {
	case kind == "vbaproject":
		in.fault(at, "macros", macrosMessage, r.Target)
	case kind == "control", strings.HasPrefix(kind, "activex"):
		in.fault(at, "activex", activeXMessage, r.Target)
	case kind == "oleobject", kind == "package":
		in.fault(at, "ole", oleMessage, r.Target)
	case kind == "afchunk":
		in.fault(at, "alt-chunk", chunkMessage, r.Target)
	case strings.HasPrefix(kind, "webextension"):
		in.fault(at, "web-extension", addInMessage, r.Target)
	case kind == "hyperlink":
		if (r.External() || strings.Contains(r.Target, ":")) && !harmlessLink(r.Target) {
			in.fault(at, "external-link", linkMessage, r.Target)
		}
	case r.External():
		in.fault(at, "external-link", fmt.Sprintf("Có nội dung liên kết ra ngoài tệp (%s); hãy nhúng vào tệp hoặc xóa đi", clip(r.Kind())), r.Target)
	}
}

// harmlessLink says whether a link may stand in an official document: it leads
// to a page, a mail address or a place in the document itself. A path would
// lead to another file on every machine, or to the server that converts.
func harmlessLink(target string) bool {
	target = strings.ToLower(strings.TrimSpace(target))
	return slices.ContainsFunc([]string{"http://", "https://", "mailto:", "#"}, func(p string) bool { return strings.HasPrefix(target, p) })
}

// clip shortens what comes from the file for a message.
func clip(s string) string {
	return vntext.Clip(strings.ToValidUTF8(s[:min(len(s), 400)], ""))
}
