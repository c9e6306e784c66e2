package sip

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

const (
	metsSpace  = "http://www.loc.gov/METS/"
	csipSpace  = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
	xlinkSpace = "http://www.w3.org/1999/xlink"

	representation = "rep1"
	repFolder      = "representations/" + representation + "/"
)

// part is a metadata file that is already written.
type part struct {
	id, path string // path from the METS file that names it
	bytes    []byte
}

func (d dossier) objid() string { return "urn:" + d.Fonds + ":uuid:" + d.UUID }

type mets struct {
	*xmlout.Writer
	d dossier
}

// newMETS begins a METS file with its header: who made it, for which fonds.
func newMETS(out *bytes.Buffer, d dossier, objid, label string) mets {
	m := mets{xmlout.New(out), d}
	m.Open("mets:mets", "xmlns:mets", metsSpace, "xmlns:csip", csipSpace, "xmlns:xlink", xlinkSpace,
		"OBJID", objid, "LABEL", label, "TYPE", d.config.ContentCategory.Value,
		"PROFILE", d.config.Profile.Value, "csip:CONTENTINFORMATIONTYPE", "MIXED")
	m.Open("mets:metsHdr", "CREATEDATE", moment(d.Created), "RECORDSTATUS", "NEW", "csip:OAISPACKAGETYPE", "SIP")
	m.Open("mets:agent", "ROLE", "CREATOR", "TYPE", "OTHER", "OTHERTYPE", "SOFTWARE")
	m.Text("mets:name", d.Software)
	m.Text("mets:note", d.Software, "csip:NOTETYPE", "SOFTWARE VERSION")
	m.End()
	m.Open("mets:agent", "ROLE", "CREATOR", "TYPE", "ORGANIZATION")
	m.Text("mets:name", d.Name)
	m.Text("mets:note", d.Fonds, "csip:NOTETYPE", "IDENTIFICATIONCODE")
	m.End()
	m.End()
	return m
}

// mdRef points to a metadata file.
func (m mets) mdRef(kind, version string, p part) {
	m.Open("mets:mdRef", "LOCTYPE", "URL", "MDTYPE", kind, "MDTYPEVERSION", version, "MIMETYPE", "text/xml", "SIZE", fmt.Sprint(len(p.bytes)),
		"CREATED", moment(m.d.Created), "CHECKSUM", string(record.DigestOf(p.bytes)), "CHECKSUMTYPE", "SHA-256",
		"xlink:type", "simple", "xlink:href", href(p.path))
	m.End()
}

func (m mets) dmdSec(p part) {
	m.Open("mets:dmdSec", "ID", p.id, "CREATED", moment(m.d.Created), "STATUS", "CURRENT")
	m.mdRef("EAD", "2002", p)
	m.End()
}

func (m mets) amdSec(p part) {
	m.Open("mets:amdSec", "ID", "amd-"+p.id)
	m.Open("mets:digiprovMD", "ID", p.id, "STATUS", "CURRENT")
	m.mdRef("PREMIS", "3.0", p)
	m.End()
	m.End()
}

func (m mets) file(id, mime, path, created string, size int, digest record.Digest, more ...string) {
	m.Open("mets:file", append([]string{"ID", id, "MIMETYPE", mime, "SIZE", fmt.Sprint(size), "CREATED", created,
		"CHECKSUM", string(digest), "CHECKSUMTYPE", "SHA-256"}, more...)...)
	m.Open("mets:FLocat", "LOCTYPE", "URL", "xlink:type", "simple", "xlink:href", href(path))
	m.End()
	m.End()
}

func (m mets) fptr(id string) {
	m.Open("mets:fptr", "FILEID", id)
	m.End()
}

// packageMETS is METS.xml of the package.
func (d dossier) packageMETS(ead, premis, rep part) ([]byte, error) {
	var out bytes.Buffer
	m := newMETS(&out, d, d.objid(), d.Dossier.Title)
	m.dmdSec(ead)
	m.amdSec(premis)
	m.Open("mets:fileSec", "ID", "file-sec")
	m.Open("mets:fileGrp", "ID", "group-"+representation, "USE", "Representations/"+representation, "csip:CONTENTINFORMATIONTYPE", "MIXED")
	m.file(rep.id, "text/xml", rep.path, moment(d.Created), len(rep.bytes), record.DigestOf(rep.bytes))
	m.End()
	m.End()
	m.Open("mets:structMap", "ID", "struct-map", "TYPE", "PHYSICAL", "LABEL", "CSIP")
	m.Open("mets:div", "ID", "div-package", "LABEL", d.objid())
	m.Open("mets:div", "ID", "div-metadata", "LABEL", "Metadata", "DMDID", ead.id, "ADMID", premis.id)
	m.End()
	m.Open("mets:div", "ID", "div-"+representation, "LABEL", "Representations/"+representation)
	m.Open("mets:mptr", "LOCTYPE", "URL", "xlink:type", "simple", "xlink:href", href(rep.path), "xlink:title", rep.id)
	m.End()
	return finished(&out, m.Close())
}

// filesMETS is METS.xml of the representation; eads are the descriptions in the
// documents' order.
func (d dossier) filesMETS(eads []part, premis part) ([]byte, error) {
	var out bytes.Buffer
	m := newMETS(&out, d, d.objid()+":"+representation, d.Dossier.Title)
	for _, e := range eads {
		m.dmdSec(e)
	}
	m.amdSec(premis)
	m.Open("mets:fileSec", "ID", "file-sec")
	m.Open("mets:fileGrp", "ID", "group-data", "USE", "Data")
	for i, doc := range d.documents {
		for _, f := range doc.files {
			m.file(f.id, f.format.MIME, "data/"+f.name, moment(doc.Version.Created), f.Size, f.SHA256, "DMDID", eads[i].id, "ADMID", premis.id)
		}
	}
	m.End()
	m.End()
	m.Open("mets:structMap", "ID", "struct-map", "TYPE", "PHYSICAL", "LABEL", "CSIP")
	m.Open("mets:div", "ID", "div-"+representation, "LABEL", representation)
	m.Open("mets:div", "ID", "div-metadata", "LABEL", "Metadata", "ADMID", premis.id)
	m.End()
	m.Open("mets:div", "ID", "div-data", "LABEL", "Data")
	for i, doc := range d.documents {
		order := fmt.Sprint(doc.ordinal)
		m.Open("mets:div", "ID", "div-"+doc.files[0].id, "ORDER", order, "LABEL", doc.files[0].title, "DMDID", eads[i].id)
		m.fptr(doc.files[0].id)
		for _, f := range doc.files[1:] {
			m.Open("mets:div", "ID", "div-"+f.id, "LABEL", f.title)
			m.fptr(f.id)
			m.End()
		}
		m.End()
	}
	return finished(&out, m.Close())
}

// href is a path as a relative URL.
func href(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}
