package sip

import (
	"bytes"
	"fmt"
	"time"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

const (
	premisSpace = "http://www.loc.gov/premis/v3"
	xsiSpace    = "http://www.w3.org/2001/XMLSchema-instance"
)

// premis is preservation metadata being written, in the order that PREMIS 3.0
// asks for: objects, events, agents, rights.
type premis struct {
	*xmlout.Writer
	agents []agent
	events int
}

type agent struct{ id, name, kind string }

type event struct {
	kind, detail, note string
	at                 time.Time
	agent              string // id
	objects            []string
}

func newPREMIS(out *bytes.Buffer) *premis {
	p := &premis{Writer: xmlout.New(out)}
	p.Open("premis:premis", "xmlns:premis", premisSpace, "xmlns:xsi", xsiSpace, "version", "3.0")
	return p
}

// agent is the id of a person, an organisation or a program, the same for the
// same.
func (p *premis) agent(kind, name string) string {
	for _, a := range p.agents {
		if a.name == name && a.kind == kind {
			return a.id
		}
	}
	a := agent{fmt.Sprintf("agent-%d", len(p.agents)+1), name, kind}
	p.agents = append(p.agents, a)
	return a.id
}

func (p *premis) identifier(what, value string) {
	p.Open("premis:" + what + "Identifier")
	p.Text("premis:"+what+"IdentifierType", "local")
	p.Text("premis:"+what+"IdentifierValue", value)
	p.End()
}

func (p *premis) event(e event) {
	p.events++
	p.Open("premis:event")
	p.identifier("event", fmt.Sprintf("event-%d", p.events))
	p.Text("premis:eventType", e.kind)
	p.Text("premis:eventDateTime", moment(e.at))
	p.Open("premis:eventDetailInformation")
	p.Text("premis:eventDetail", e.detail)
	p.End()
	p.Open("premis:eventOutcomeInformation")
	p.Text("premis:eventOutcome", "success")
	if e.note != "" {
		p.Open("premis:eventOutcomeDetail")
		p.Text("premis:eventOutcomeDetailNote", e.note)
		p.End()
	}
	p.End()
	p.identifier("linkingAgent", e.agent)
	for _, o := range e.objects {
		p.identifier("linkingObject", o)
	}
	p.End()
}

func (p *premis) writeAgents() {
	for _, a := range p.agents {
		p.Open("premis:agent")
		p.identifier("agent", a.id)
		p.Text("premis:agentName", a.name)
		p.Text("premis:agentType", a.kind)
		p.End()
	}
}

// finished is what out holds, once the writer is closed.
func finished(out *bytes.Buffer, err error) ([]byte, error) { return out.Bytes(), err }

// packagePREMIS is PREMIS.xml: the dossier as a whole.
func (d dossier) packagePREMIS() ([]byte, error) {
	var out bytes.Buffer
	p := newPREMIS(&out)
	p.Open("premis:object", "xsi:type", "premis:intellectualEntity")
	p.identifier("object", d.code)
	p.identifier("object", d.objid())
	p.Text("premis:originalName", d.Dossier.Title)
	p.End()
	formed, made := p.agent("organization", d.Name), p.agent("software", d.Software)
	p.event(event{kind: "accumulation", at: d.Dossier.Ended.Time(), agent: formed, objects: []string{d.code},
		detail: fmt.Sprintf("Hồ sơ kết thúc; bắt đầu ngày %s", d.Dossier.Started.Vietnamese())})
	p.event(event{kind: "information package creation", at: d.Created, agent: made, objects: []string{d.code}, detail: "Đóng gói SIP để nộp lưu"})
	p.writeAgents()
	p.rights(d, formed)
	return finished(&out, p.Close())
}

// rights says on what law the archive may let it be read, and how long it is
// kept.
func (p *premis) rights(d dossier, formed string) {
	p.Open("premis:rights")
	p.Open("premis:rightsStatement")
	p.identifier("rightsStatement", "rights-1")
	p.Text("premis:rightsBasis", "statute")
	p.Open("premis:statuteInformation")
	p.Text("premis:statuteJurisdiction", "VN")
	p.Text("premis:statuteCitation", d.config.Statute.Value)
	p.Text("premis:statuteNote", fmt.Sprintf("Thời hạn bảo quản: %s. %s", d.maintenance.Name, d.Dossier.Retention.Basis))
	p.End()
	p.Open("premis:rightsGranted")
	p.Text("premis:act", "use")
	p.Text("premis:restriction", d.access.Name)
	p.End()
	p.identifier("linkingObject", d.code)
	p.identifier("linkingAgent", formed)
	p.End()
	p.End()
}

// filesPREMIS is PREMIS_rep1.xml: each file, how it was made, signed and taken
// into the office's own archive.
func (d dossier) filesPREMIS() ([]byte, error) {
	var out bytes.Buffer
	p := newPREMIS(&out)
	p.Open("premis:object", "xsi:type", "premis:representation")
	p.identifier("object", representation)
	p.Open("premis:relationship")
	p.Text("premis:relationshipType", "structural")
	p.Text("premis:relationshipSubType", "has part")
	for _, doc := range d.documents {
		for _, f := range doc.files {
			p.identifier("relatedObject", f.id)
		}
	}
	p.End()
	p.End()
	for _, doc := range d.documents {
		for _, f := range doc.files {
			p.file(f)
		}
	}
	for _, doc := range d.documents {
		p.documentEvents(d, doc)
	}
	p.writeAgents()
	return finished(&out, p.Close())
}

func (p *premis) file(f file) {
	p.Open("premis:object", "xsi:type", "premis:file")
	p.identifier("object", f.id)
	p.Open("premis:objectCharacteristics")
	p.Text("premis:compositionLevel", "0")
	p.Open("premis:fixity")
	p.Text("premis:messageDigestAlgorithm", "SHA-256")
	p.Text("premis:messageDigest", string(f.SHA256))
	p.End()
	p.Text("premis:size", fmt.Sprint(f.Size))
	p.Open("premis:format")
	p.Open("premis:formatDesignation")
	p.Text("premis:formatName", f.format.Name)
	p.Some("premis:formatVersion", f.format.Version)
	p.End()
	if f.format.Registry != "" {
		p.Open("premis:formatRegistry")
		p.Text("premis:formatRegistryName", f.format.Registry)
		p.Text("premis:formatRegistryKey", f.format.Key)
		p.End()
	}
	p.End()
	p.End()
	p.Text("premis:originalName", f.name)
	p.End()
}

func (p *premis) documentEvents(d dossier, doc document) {
	v := doc.Version
	var all []string
	byName := map[string]string{}
	for _, f := range doc.files {
		all, byName[f.Name] = append(all, f.id), f.id
	}
	office := p.agent("organization", v.Issuer.Name)
	p.event(event{kind: "creation", at: v.Created, agent: office, objects: all, detail: fmt.Sprintf("Phát hành %s số %s ngày %s", v.Type.Name, v.Symbol, v.Date.Vietnamese())})
	for _, s := range v.Signatures {
		kind, object := "organization", doc.files[0].id
		if s.Kind == "personal" {
			kind = "person"
		}
		if id := byName[s.File]; id != "" {
			object = id
		}
		p.event(event{kind: "digital signature generation", at: s.Time, agent: p.agent(kind, s.Signer), objects: []string{object},
			detail: signed(s), note: known(s)})
	}
	p.event(event{kind: "ingestion", at: v.Created, agent: office, objects: all, detail: "Đưa vào kho lưu trữ của cơ quan theo mã SHA-256"})
}

func signed(s record.SignatureFact) string {
	switch s.Kind {
	case "personal":
		return "Chữ ký số của người có thẩm quyền"
	case "seal":
		return "Chữ ký số của cơ quan"
	}
	return "Chữ ký số của cơ quan trên tệp kèm theo"
}

// known is what was known of the signature when it was made.
func known(s record.SignatureFact) string {
	text := "Chứng thư SHA-256 " + string(s.Certificate)
	if !s.Stamped.IsZero() {
		text += "; dấu thời gian " + moment(s.Stamped)
	}
	if s.Revocation != "" {
		text += "; trạng thái chứng thư: " + s.Revocation
	}
	return text
}

// moment is a time by ISO 8601 with the office's offset (TT 05/2025/TT-BNV).
func moment(t time.Time) string { return t.In(record.Office).Format(time.RFC3339) }
