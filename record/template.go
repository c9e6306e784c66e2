package record

import (
	"fmt"
	"slices"
	"time"
)

// TemplateSource is what an administrator hands in to make a template of.
type TemplateSource struct {
	ID      string // as the envelope's schema has it: "giay-moi-so-y-te"
	Type    string // code of the document type
	Title   string // Vietnamese; "" takes the type's name
	DOCX    []byte
	Schema  []byte // JSON Schema (2020-12) of the content; nil derives one from the tags
	Example []byte // an envelope; nil makes one up
}

// Template is what the system journal knows of one template. A state keeps
// every version, so that nobody need search the journal for it.
type Template struct {
	Versions []TemplateVersion `json:"versions"` // oldest first; the last is in force
}

// TemplateVersion is one package of a template: how it came into force and, when
// the template was retired with it, out of it.
type TemplateVersion struct {
	SHA256  Digest      `json:"sha256"`
	Type    string      `json:"type,omitempty"`  // "" in entries of before they said it
	Title   string      `json:"title,omitempty"` // the same
	Actor   string      `json:"actor"`
	Time    time.Time   `json:"time"`
	Retired *Retirement `json:"retired,omitempty"`
}

// Retirement is who took a template out of use, when and why.
type Retirement struct {
	Actor  string    `json:"actor"`
	Time   time.Time `json:"time"`
	Reason string    `json:"reason"`
}

// InForce is the newest version; false when there is none.
func (t Template) InForce() (TemplateVersion, bool) {
	if len(t.Versions) == 0 {
		return TemplateVersion{}, false
	}
	return t.Versions[len(t.Versions)-1], true
}

// Version finds the newest version with a digest.
func (t Template) Version(d Digest) (TemplateVersion, bool) {
	for _, v := range slices.Backward(t.Versions) {
		if v.SHA256 == d {
			return v, true
		}
	}
	return TemplateVersion{}, false
}

// checkRetire refuses to take out of use what is not in it, or what is no longer
// what was looked at.
func checkRetire(s *State, p *Published, reason string) error {
	if p == nil || p.ID == "" || !p.SHA256.Valid() {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", CmdRetireTemplate)
	}
	t, ok := s.Templates[p.ID]
	newest, _ := t.InForce()
	switch {
	case !ok:
		return E(NotFound, "template-unknown", fmt.Sprintf("Không có mẫu %q", p.ID))
	case newest.Retired != nil:
		return refuse("template-retired", "Mẫu %s đã thôi dùng", p.ID)
	case newest.SHA256 != p.SHA256:
		return E(Precondition, "template-changed", fmt.Sprintf("Mẫu %s đã có phiên bản khác từ lúc bạn mở", p.ID))
	}
	return checkReason(reason)
}

func applyTemplate(s *State, e Entry) {
	t := s.Templates[e.Published.ID]
	t.Versions = slices.Clone(t.Versions)
	if e.Command == CmdRetireTemplate {
		t.Versions[len(t.Versions)-1].Retired = &Retirement{Actor: e.Actor, Time: e.Time, Reason: e.Reason}
	} else {
		t.Versions = append(t.Versions, TemplateVersion{SHA256: e.Published.SHA256, Type: e.Published.Type, Title: e.Published.Title, Actor: e.Actor, Time: e.Time})
	}
	s.Templates[e.Published.ID] = t
}
