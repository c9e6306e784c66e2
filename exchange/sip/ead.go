package sip

import (
	"bytes"
	"fmt"
	"strings"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

const eadSpace = "urn:isbn:1-931666-22-9"

// ead is a description being written: each field with its tag of NĐ 30/2020,
// PL VI in encodinganalog.
type ead struct{ *xmlout.Writer }

func newEAD(out *bytes.Buffer, d dossier, id, title, level string) ead {
	e := ead{xmlout.New(out)}
	e.Open("ead", "xmlns", eadSpace)
	e.Open("eadheader", "langencoding", "iso639-2b", "dateencoding", "iso8601", "relatedencoding", "Nghị định 30/2020/NĐ-CP, Phụ lục VI")
	e.Text("eadid", id)
	e.Open("filedesc")
	e.Open("titlestmt")
	e.Text("titleproper", title)
	e.End()
	e.End()
	e.Open("profiledesc")
	e.Open("creation")
	e.Text("date", moment(d.Created), "normal", moment(d.Created))
	e.End()
	e.Open("langusage")
	e.Text("language", d.language.Name, "langcode", d.language.ISO639)
	e.End()
	e.End()
	e.End()
	e.Open("archdesc", "level", level)
	return e
}

// odd is a field that EAD has no element of its own for, a paragraph for each
// value with its code.
func (e ead) odd(tag string, values ...Named) {
	e.note("odd", tag, values...)
}

func (e ead) note(element, tag string, values ...Named) {
	e.Open(element, "encodinganalog", tag)
	for _, v := range values {
		e.Open("p")
		e.Some("num", v.Code, "type", "code")
		e.Some("emph", v.Name) // a place of its own, so that the code is none of the name
		e.End()
	}
	e.End()
}

func (e ead) language(n Named) {
	e.Open("langmaterial")
	e.Text("language", n.Name, "langcode", n.ISO639, "encodinganalog", "Language")
	e.End()
}

func (e ead) extent(counts ...[2]string) {
	e.Open("physdesc")
	for _, c := range counts {
		e.Text("extent", c[1], "encodinganalog", c[0])
	}
	e.End()
}

func (e ead) day(tag string, d record.Date) {
	e.Text("unitdate", d.Vietnamese(), "normal", string(d), "encodinganalog", tag)
}

// describe is EAD.xml: the dossier (PL VI, II.III).
func (d dossier) describe() ([]byte, error) {
	var out bytes.Buffer
	x := d.Dossier
	e := newEAD(&out, d, d.code, x.Title, "file")
	e.Open("did")
	e.Text("unitid", d.OrganID, "encodinganalog", "OrganId")
	e.Text("unitid", fmt.Sprint(x.Year), "encodinganalog", "FileCatalog")
	e.Text("unitid", x.Code, "encodinganalog", "FileNotation")
	e.Text("unittitle", x.Title, "encodinganalog", "Title")
	e.day("StartDate", x.Started)
	e.day("EndDate", x.Ended)
	e.Open("origination")
	e.Text("name", x.Keeper, "encodinganalog", "Creator")
	e.End()
	e.Open("repository")
	e.Text("corpname", d.Name, "encodinganalog", "OrganName")
	e.End()
	e.language(d.language)
	e.extent([2]string{"DocTotal", fmt.Sprint(len(d.documents))}, [2]string{"PageTotal", fmt.Sprint(d.pages)})
	e.End()
	e.note("appraisal", "Maintenance", d.maintenance)
	e.note("accessrestrict", "Rights", d.access)
	if x.Note != "" {
		e.odd("Description", Named{Name: x.Note})
	}
	return finished(&out, e.Close())
}

// describeDocument is an EAD_doc file: one document (PL VI, II.I).
func (d dossier) describeDocument(doc document) ([]byte, error) {
	var out bytes.Buffer
	v := doc.Version
	e := newEAD(&out, d, strings.TrimSuffix(doc.files[0].name, ".pdf"), v.Subject, "item")
	e.Open("did")
	e.Text("unitid", d.OrganID, "encodinganalog", "FileCode.OrganId")
	e.Text("unitid", fmt.Sprint(d.Dossier.Year), "encodinganalog", "FileCatalog")
	e.Text("unitid", d.Dossier.Code, "encodinganalog", "FileNotation")
	e.Text("unitid", fmt.Sprint(doc.ordinal), "encodinganalog", "DocOrdinal")
	e.Text("unitid", doc.number, "encodinganalog", "CodeNumber")
	e.Text("unitid", doc.notation, "encodinganalog", "CodeNotation")
	e.Text("unittitle", v.Subject, "encodinganalog", "Subject")
	e.day("IssuedDate", v.Date)
	e.Open("origination")
	e.Text("corpname", v.Issuer.Name, "encodinganalog", "OrganName")
	e.Text("persname", v.Signatory.Name, "encodinganalog", "SignerInfo.FullName", "role", v.Signatory.Title)
	e.End()
	e.language(d.language)
	e.extent([2]string{"PageAmount", fmt.Sprint(doc.Pages)})
	e.End()
	e.odd("TypeName", Named{Code: doc.typeCode, Name: v.Type.Name})
	e.odd("SignerInfo.Position", Named{Name: v.Signatory.Title})
	if len(v.List.Recipients) > 0 {
		var to []Named
		for _, r := range v.List.Recipients {
			to = append(to, Named{Code: r.ID, Name: r.Name})
		}
		e.odd("To", to...)
	}
	if doc.Note != "" {
		e.odd("Description", Named{Name: doc.Note})
	}
	return finished(&out, e.Close())
}
