package edxml

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"time"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

// Namespace is the newer one, which Write uses.
const Namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

const (
	xlink    = "http://www.w3.org/1999/xlink"
	actor    = "http://schemas.xmlsoap.org/soap/actor/next"
	dayForm  = "2006/01/02"
	timeForm = "2006/01/02 15:04:05"
	invalid  = "edxml-invalid"
	notFits  = "Thông điệp edXML chưa hợp lệ"
)

// Write writes the message. Each attachment goes as base64 of a ZIP file with it
// alone. Errors: Invalid, edxml-invalid with all faults.
func (m Message) Write(out io.Writer) error {
	if err := record.Faulty(invalid, notFits, m.Faults()); err != nil {
		return err
	}
	w := begun(out)
	m.header(w)
	m.trace(w)
	w.End() // edXMLHeader
	m.manifest(w)
	w.End() // edXMLEnvelope
	if len(m.Attachments) > 0 {
		w.Open("AttachmentEncoded")
		for i, a := range m.Attachments {
			a.write(w, a.id(i))
		}
		w.End()
	}
	return closed(w)
}

// Write writes the status. Errors: as those of Message.Write.
func (s Status) Write(out io.Writer) error {
	if err := record.Faulty(invalid, notFits, s.Faults()); err != nil {
		return err
	}
	w := begun(out)
	w.Open("edXML:MessageHeader")
	s.ResponseFor.write(w)
	s.From.write(w, "edXML:From")
	w.Text("edXML:StatusCode", string(s.Code))
	w.Text("edXML:Description", cmp.Or(s.Description, s.Code.Text()))
	w.Text("edXML:Timestamp", moment(s.Time))
	s.Staff.write(w)
	return closed(w)
}

func begun(out io.Writer) *xmlout.Writer {
	w := xmlout.New(out)
	w.Open("edXML", "xmlns", Namespace)
	w.Open("edXML:edXMLEnvelope", "xmlns:edXML", Namespace)
	w.Open("edXML:edXMLHeader")
	return w
}

func closed(w *xmlout.Writer) error {
	if err := w.Close(); err != nil {
		return fmt.Errorf("write edXML: %w", err)
	}
	return nil
}

// header follows the numbering 1.1 to 1.14 of the standard, as running systems
// quote it.
func (m Message) header(w *xmlout.Writer) {
	w.Open("edXML:MessageHeader")
	m.From.write(w, "edXML:From")
	for _, o := range m.To {
		o.write(w, "edXML:To")
	}
	w.Open("edXML:Code")
	w.Text("edXML:CodeNumber", m.Code.Number)
	w.Text("edXML:CodeNotation", m.Code.Notation)
	w.End()
	w.Open("edXML:PromulgationInfo")
	w.Text("edXML:Place", m.Promulgation.Place)
	w.Text("edXML:PromulgationDate", day(m.Promulgation.Date))
	w.End()
	w.Open("edXML:DocumentType")
	w.Some("edXML:Type", m.Type.Type)
	w.Some("edXML:TypeDetail", m.Type.Detail)
	w.Text("edXML:TypeName", m.Type.Name)
	w.End()
	w.Text("edXML:Subject", m.Subject)
	w.Some("edXML:Content", m.Content)
	w.Open("edXML:SignerInfo")
	w.Some("edXML:Competence", m.Signer.Competence)
	w.Text("edXML:Position", m.Signer.Position)
	w.Text("edXML:FullName", m.Signer.FullName)
	w.End()
	w.Some("edXML:DueDate", day(m.DueDate))
	if len(m.ToPlaces) > 0 {
		w.Open("edXML:ToPlaces")
		for _, p := range m.ToPlaces {
			w.Text("edXML:Place", p)
		}
		w.End()
	}
	m.Other.write(w)
	for _, r := range m.ResponseFor {
		r.write(w)
	}
	w.Some("edXML:SteeringType", count(int(m.Steering)))
	w.Text("edXML:DocumentId", m.DocumentID)
	w.End()
}

func (o OtherInfo) write(w *xmlout.Writer) {
	w.Open("edXML:OtherInfo")
	w.Text("edXML:Priority", strconv.Itoa(int(o.Priority)))
	w.Some("edXML:SphereOfPromulgation", o.Sphere)
	w.Some("edXML:TyperNotation", o.Typer)
	w.Some("edXML:PromulgationAmount", count(o.Copies))
	w.Some("edXML:PageAmount", count(o.Pages))
	w.Some("edXML:Direction", o.Direction)
	if len(o.Appendixes) > 0 {
		w.Open("edXML:Appendixes")
		for _, a := range o.Appendixes {
			w.Text("edXML:Appendix", a)
		}
		w.End()
	}
	w.End()
}

func (m Message) trace(w *xmlout.Writer) {
	w.Open("edXML:TraceHeaderList", "id", "trace", "version", "1.0", "mustUnderstand", "1", "actor", actor)
	for _, t := range m.Trace {
		w.Open("edXML:TraceHeader")
		w.Text("edXML:OrganId", t.OrganID)
		w.Text("edXML:Timestamp", moment(t.Time))
		w.End()
	}
	b := m.Business
	w.Open("edXML:Bussiness")
	w.Text("edXML:BussinessDocType", strconv.Itoa(int(b.Type)))
	w.Some("edXML:BussinessDocReason", b.Reason)
	if b.InfoChanged || b.ReceiversChanged || len(b.Receivers) > 0 {
		w.Open("edXML:BussinessDocumentInfo")
		w.Text("edXML:DocumentInfo", flag(b.InfoChanged))
		w.Text("edXML:DocumentReceiver", flag(b.ReceiversChanged || len(b.Receivers) > 0))
		if len(b.Receivers) > 0 {
			w.Open("edXML:ReceiverList")
			for _, r := range b.Receivers {
				w.Open("edXML:Receiver")
				w.Text("edXML:ReceiverType", flag(r.Added))
				w.Text("edXML:OrganId", r.OrganID)
				w.End()
			}
			w.End()
		}
		w.End()
	}
	w.Some("edXML:DocumentId", b.DocumentID)
	b.Staff.write(w)
	w.Text("edXML:Paper", flag(b.Paper))
	if len(b.Replaced) > 0 {
		w.Open("edXML:ReplacementInfoList")
		for _, r := range b.Replaced {
			w.Open("edXML:ReplacementInfo")
			w.Text("edXML:DocumentId", r.DocumentID)
			w.Open("edXML:OrganIdList")
			for _, id := range r.OrganIDs {
				w.Text("edXML:OrganId", id)
			}
			w.End()
			w.End()
		}
		w.End()
	}
	w.End()
	w.End()
}

func (m Message) manifest(w *xmlout.Writer) {
	w.Open("edXML:edXMLBody")
	w.Open("edXML:edXMLManifest", "version", "1.0")
	for i, a := range m.Attachments {
		cid := "cid:" + a.id(i)
		w.Open("edXML:Reference", "xmlns:xlink", xlink, "xlink:type", "simple", "xlink:href", cid)
		w.Text("edXML:ContentId", cid)
		w.Text("edXML:ContentType", a.ContentType)
		w.Text("edXML:AttachmentName", a.Name)
		w.Some("edXML:Description", a.Description)
		w.End()
	}
	w.End()
	w.End()
}

func (a Attachment) id(i int) string {
	return cmp.Or(a.ContentID, fmt.Sprintf("%d.%.32s", i+1, record.DigestOf(a.Content)))
}

func (a Attachment) write(w *xmlout.Writer, id string) {
	w.Open("Attachment")
	w.Text("ContentId", id)
	w.Text("ContentType", a.ContentType)
	w.Text("AttachmentName", a.Name)
	w.Some("Description", a.Description)
	w.Open("ContentTransferEncoded")
	w.Raw(func(out io.Writer) error {
		packed, err := a.zipped()
		if err != nil {
			return err
		}
		enc := base64.NewEncoder(base64.StdEncoding, out)
		if _, err := enc.Write(packed); err != nil {
			return err
		}
		return enc.Close()
	})
	w.End()
	w.End()
}

func (a Attachment) zipped() ([]byte, error) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	f, err := zw.CreateHeader(&zip.FileHeader{Name: a.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err == nil {
		_, err = f.Write(a.Content)
	}
	if err == nil {
		err = zw.Close()
	}
	return b.Bytes(), err
}

func (o Organ) write(w *xmlout.Writer, name string) {
	w.Open(name)
	w.Text("edXML:OrganId", o.ID)
	w.Some("edXML:OrganizationInCharge", o.InCharge)
	w.Text("edXML:OrganName", o.Name)
	w.Some("edXML:OrganAdd", o.Address)
	w.Some("edXML:Email", o.Email)
	w.Some("edXML:Telephone", o.Phone)
	w.Some("edXML:Fax", o.Fax)
	w.Some("edXML:Website", o.Website)
	w.End()
}

func (r Reference) write(w *xmlout.Writer) {
	w.Open("edXML:ResponseFor")
	w.Text("edXML:OrganId", r.OrganID)
	w.Text("edXML:Code", r.Code)
	w.Text("edXML:PromulgationDate", day(r.Date))
	w.Some("edXML:DocumentId", r.DocumentID)
	w.End()
}

func (s Staff) write(w *xmlout.Writer) {
	if s == (Staff{}) {
		return
	}
	w.Open("edXML:StaffInfo")
	w.Some("edXML:Department", s.Department)
	w.Some("edXML:Staff", s.Name)
	w.Some("edXML:Mobile", s.Mobile)
	w.Some("edXML:Email", s.Email)
	w.End()
}

func day(d record.Date) string {
	if d == "" {
		return ""
	}
	return d.Time().Format(dayForm)
}

func moment(t time.Time) string { return t.In(record.Office).Format(timeForm) }

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
