package edxml

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"vanthu/exchange/internal/xmlin"
	"vanthu/record"
)

// Incoming is what a file of another system holds: a Message or a Status.
type Incoming struct {
	Message *Message
	Status  *Status
	// Warnings are values that do not fit their fields or are not there at all,
	// and attachments that are announced and missing. They are the sender's to
	// mend; the clerk decides.
	Warnings []record.Fault
	// Signed says that the message carries an XML signature. It was not verified.
	Signed bool
}

// roots are the names that systems give the outermost element, and spaces the
// namespaces of what is in it; a prefix without declaration stands for itself.
var (
	roots  = []string{"edXML", "EdXML", "edXMLEnvelope", "EdXMLEnvelope", "Envelope"}
	spaces = []string{Namespace, "http://www.e-doc.vn/Schema/", "http://www.e-doc.vn/Schema", "http://www.go.vn/eDoc", "http://www.go.vn/eDoc/",
		"http://schemas.xmlsoap.org/soap/envelope/", "edXML", "edxml", ""}
)

// Read takes a message or status of another system, in the newer or an older
// form. Errors are record.Invalid: edxml-form for what is no edXML,
// edxml-ambiguous for two headers in one file, edxml-value with all values that
// cannot be read, edxml-attachment, and those of hostile XML and ZIP
// ("xml-damaged", "xml-dtd", "xml-too-large", "zip-damaged", "zip-too-large",
// "zip-encrypted", "zip-unsafe-name", "zip-double-name").
func Read(r io.Reader, l Limits) (Incoming, error) {
	root, err := xmlin.Parse(r, xmlin.Limits{Bytes: l.Message, Depth: l.Depth, Nodes: l.Elements})
	if err != nil {
		return Incoming{}, err
	}
	f, err := found(root)
	if err != nil {
		return Incoming{}, err
	}
	in := Incoming{Signed: f.signed}
	p := &reading{}
	if f.header.Child("StatusCode") != nil {
		in.Status = p.status(f.header)
		if err := p.err(); err != nil {
			return Incoming{}, err
		}
		in.Warnings = in.Status.Faults()
		return in, nil
	}
	in.Message = p.message(f.header, f.trace)
	if err := p.err(); err != nil {
		return Incoming{}, err
	}
	in.Message.Attachments, in.Warnings, err = attachments(f.manifest, f.encoded, l)
	if err != nil {
		return Incoming{}, err
	}
	in.Warnings = append(in.Message.Faults(), in.Warnings...)
	return in, nil
}

// form are the parts of a message, wherever its wrapping has them.
type form struct {
	header, trace, manifest, encoded *xmlin.Node
	signed                           bool
}

func found(root *xmlin.Node) (form, error) {
	var f form
	if !slices.Contains(roots, root.Name) {
		return f, record.E(record.Invalid, "edxml-form", fmt.Sprintf("Phần tử gốc %.40q không phải của edXML", root.Name))
	}
	places := map[string]**xmlin.Node{"MessageHeader": &f.header, "Status": &f.header, "TraceHeaderList": &f.trace,
		"edXMLManifest": &f.manifest, "Manifest": &f.manifest, "AttachmentEncoded": &f.encoded}
	var err error
	root.Walk(func(n *xmlin.Node) {
		f.signed = f.signed || n.Name == "SignatureValue" && strings.TrimSpace(n.Text) != ""
		at, ok := places[n.Name]
		switch {
		case !ok || err != nil || n.Name == "Status" && n.Child("StatusCode") == nil:
		case !slices.Contains(spaces, n.Space):
			if n.Name != "Manifest" { // XML-DSig has one too
				err = record.E(record.Invalid, "edxml-form", fmt.Sprintf("Không gian tên %.80q không phải của edXML", n.Space))
			}
		case *at != nil:
			err = record.E(record.Invalid, "edxml-ambiguous", fmt.Sprintf("Thông điệp có hai phần %s", n.Name))
		default:
			*at = n
		}
	})
	if err == nil && f.header == nil {
		err = record.E(record.Invalid, "edxml-form", "Thông điệp không có MessageHeader")
	}
	return f, err
}

// reading collects the values that are not what their field asks for.
type reading struct{ faults faults }

func (p *reading) err() error {
	return record.Faulty("edxml-value", "Không đọc được giá trị trong thông điệp edXML", p.faults)
}

func (p *reading) number(pointer, text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		p.faults.add(pointer, "number", fmt.Sprintf("%.40q không phải số", text))
		return 0
	}
	return n
}

var (
	dayForms  = []string{dayForm, "02/01/2006", time.DateOnly, "2/1/2006", "2006/1/2"}
	timeForms = []string{timeForm, "02/01/2006 15:04:05", time.DateTime, time.RFC3339}
)

func (p *reading) day(pointer, text string) record.Date {
	if text == "" {
		return ""
	}
	// Some systems write a time behind the day.
	if t, ok := parsed(text, slices.Concat(dayForms, timeForms)); ok {
		if d, err := record.ParseDate(t.Format(time.DateOnly)); err == nil {
			return d
		}
	}
	p.faults.add(pointer, "date", fmt.Sprintf("%.40q không phải ngày", text))
	return ""
}

func (p *reading) moment(pointer, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, ok := parsed(text, slices.Concat(timeForms, dayForms))
	if !ok {
		p.faults.add(pointer, "time", fmt.Sprintf("%.40q không phải thời điểm", text))
	}
	return t
}

func parsed(text string, forms []string) (time.Time, bool) {
	for _, form := range forms {
		if t, err := time.ParseInLocation(form, text, record.Office); err == nil {
			return t.In(record.Office), true
		}
	}
	return time.Time{}, false
}

func (p *reading) message(h, trace *xmlin.Node) *Message {
	m := &Message{
		From: organ(h.Child("From")), DocumentID: h.Value("DocumentId"),
		Code:    Code{h.Child("Code").Value("CodeNumber"), h.Child("Code").Value("CodeNotation")},
		Subject: h.Value("Subject"), Content: h.Value("Content"), DueDate: p.day("/DueDate", h.Value("DueDate")),
		Steering: Steering(p.number("/SteeringType", h.Value("SteeringType"))),
	}
	for _, o := range h.Children("To") {
		m.To = append(m.To, organ(o))
	}
	issued := h.Child("PromulgationInfo")
	m.Promulgation = Promulgation{issued.Value("Place"), p.day("/PromulgationInfo/PromulgationDate", issued.Value("PromulgationDate"))}
	kind := h.Child("DocumentType")
	m.Type = DocumentType{kind.Value("Type"), kind.Value("TypeDetail"), kind.Value("TypeName")}
	signer := h.Child("SignerInfo")
	m.Signer = Signer{signer.Value("Competence"), signer.Value("Position"), signer.Value("FullName")}
	m.ToPlaces = values(h.Child("ToPlaces"), "Place")
	m.Other = p.other(h.Child("OtherInfo"))
	for i, r := range h.Children("ResponseFor") {
		m.ResponseFor = append(m.ResponseFor, p.reference(fmt.Sprintf("/ResponseFor/%d", i), r))
	}
	for i, t := range trace.Children("TraceHeader") {
		m.Trace = append(m.Trace, Trace{t.Value("OrganId"), p.moment(fmt.Sprintf("/TraceHeaderList/TraceHeader/%d/Timestamp", i), t.Value("Timestamp"))})
	}
	m.Business = p.business(trace)
	return m
}

func (p *reading) other(o *xmlin.Node) OtherInfo {
	return OtherInfo{
		Priority: Priority(p.number("/OtherInfo/Priority", o.Value("Priority"))), Sphere: o.Value("SphereOfPromulgation"),
		Typer: o.Value("TyperNotation"), Copies: p.number("/OtherInfo/PromulgationAmount", o.Value("PromulgationAmount")),
		Pages: p.number("/OtherInfo/PageAmount", o.Value("PageAmount")), Direction: o.Value("Direction"),
		Appendixes: values(o.Child("Appendixes"), "Appendix"),
	}
}

// business reads the word in both its spellings.
func (p *reading) business(trace *xmlin.Node) Business {
	n := either(trace, "Bussiness", "Business")
	value := func(name string) string {
		return strings.TrimSpace(textOf(either(n, "Bussiness"+name, "Business"+name)))
	}
	const at = "/TraceHeaderList/Bussiness"
	b := Business{
		Type: BusinessType(p.number(at+"/BussinessDocType", value("DocType"))), Reason: value("DocReason"),
		DocumentID: n.Value("DocumentId"), Staff: staff(n.Child("StaffInfo")), Paper: p.number(at+"/Paper", n.Value("Paper")) > 0,
	}
	info := either(n, "BussinessDocumentInfo", "BusinessDocumentInfo")
	b.InfoChanged = p.number(at+"/BussinessDocumentInfo/DocumentInfo", info.Value("DocumentInfo")) > 0
	b.ReceiversChanged = p.number(at+"/BussinessDocumentInfo/DocumentReceiver", info.Value("DocumentReceiver")) > 0
	for i, r := range info.Child("ReceiverList").Children("Receiver") {
		pointer := fmt.Sprintf(at+"/BussinessDocumentInfo/ReceiverList/Receiver/%d/ReceiverType", i)
		b.Receivers = append(b.Receivers, Receiver{p.number(pointer, r.Value("ReceiverType")) > 0, r.Value("OrganId")})
	}
	for _, r := range n.Child("ReplacementInfoList").Children("ReplacementInfo") {
		b.Replaced = append(b.Replaced, Replaced{r.Value("DocumentId"), values(r.Child("OrganIdList"), "OrganId")})
	}
	return b
}

func (p *reading) status(h *xmlin.Node) *Status {
	code := h.Value("StatusCode")
	if len(code) == 1 {
		code = "0" + code // systems that count
	}
	return &Status{
		ResponseFor: p.reference("/ResponseFor", h.Child("ResponseFor")), From: organ(h.Child("From")), Code: StatusCode(code),
		Description: h.Value("Description"), Time: p.moment("/Timestamp", h.Value("Timestamp")), Staff: staff(h.Child("StaffInfo")),
	}
}

func (p *reading) reference(pointer string, r *xmlin.Node) Reference {
	code := r.Value("Code")
	if c := r.Child("Code"); c.Value("CodeNumber") != "" {
		code = c.Value("CodeNumber") + "/" + c.Value("CodeNotation")
	}
	return Reference{r.Value("OrganId"), code, p.day(pointer+"/PromulgationDate", r.Value("PromulgationDate")), r.Value("DocumentId")}
}

func organ(o *xmlin.Node) Organ {
	return Organ{o.Value("OrganId"), o.Value("OrganizationInCharge"), o.Value("OrganName"), o.Value("OrganAdd"),
		o.Value("Email"), o.Value("Telephone"), o.Value("Fax"), o.Value("Website")}
}

func staff(s *xmlin.Node) Staff {
	return Staff{s.Value("Department"), s.Value("Staff"), s.Value("Mobile"), s.Value("Email")}
}

func values(n *xmlin.Node, name string) []string {
	var out []string
	for _, c := range n.Children(name) {
		if text := strings.TrimSpace(c.Text); text != "" {
			out = append(out, text)
		}
	}
	return out
}

func either(n *xmlin.Node, one, other string) *xmlin.Node {
	if c := n.Child(one); c != nil {
		return c
	}
	return n.Child(other)
}

func textOf(n *xmlin.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
