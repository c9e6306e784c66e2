package edxml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

// Lengths of the fields in characters. Those of the table are what running
// systems check (QCVN 102:2016, by them); others are ours.
const (
	maxOrganID     = 35 // QĐ 20/2020/QĐ-TTg
	maxOrganName   = 200
	maxAddress     = 250
	maxEmail       = 100
	maxPhone       = 20
	maxWebsite     = 100
	maxNumber      = 11
	maxNotation    = 30
	maxPlace       = 50
	maxTypeName    = 100
	maxSubject     = 500
	maxContent     = 500
	maxCompetence  = 100
	maxPosition    = 100
	maxFullName    = 50
	maxToPlace     = 150
	maxSphere      = 100
	maxTyper       = 10
	maxAppendix    = 250
	maxDocumentID  = 255 // ours
	maxReason      = 500 // ours
	maxStaff       = 100 // ours
	maxName        = 255 // ours; of a file
	maxAttachments = 100
	// maxContents leaves room for base64 within a message of 100 MB.
	maxContents = 70 << 20
)

// faults collects what is wrong under pointers of the XML's own names.
type faults []record.Fault

func (f *faults) add(pointer, code, message string) {
	*f = append(*f, record.Fault{Pointer: pointer, Code: code, Message: message})
}

// text checks a field: present if required, not too long, such as XML can carry.
func (f *faults) text(pointer, value string, limit int, required bool) {
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "" && required:
		f.add(pointer, "required", "Chưa có giá trị")
	case n > limit:
		f.add(pointer, "too-long", fmt.Sprintf("Dài %d ký tự, trường chỉ nhận %d", n, limit))
	case !xmlout.Valid(value):
		f.add(pointer, "character", "Có ký tự mà XML không chứa được")
	case strings.TrimSpace(value) != value:
		f.add(pointer, "space", "Có khoảng trắng ở đầu hoặc cuối")
	}
}

func (f *faults) date(pointer string, d record.Date, required bool) {
	if d == "" {
		if required {
			f.add(pointer, "required", "Chưa có ngày")
		}
		return
	}
	if _, err := record.ParseDate(string(d)); err != nil {
		f.add(pointer, "date", fmt.Sprintf("%q không phải ngày", d))
	}
}

func (f *faults) between(pointer string, n, low, high int) {
	if n < low || n > high {
		f.add(pointer, "code", fmt.Sprintf("%d không nằm trong %d–%d", n, low, high))
	}
}

func (f *faults) organ(pointer string, o Organ) {
	f.text(pointer+"/OrganId", o.ID, maxOrganID, true)
	f.text(pointer+"/OrganizationInCharge", o.InCharge, maxOrganName, false)
	f.text(pointer+"/OrganName", o.Name, maxOrganName, true)
	f.text(pointer+"/OrganAdd", o.Address, maxAddress, false)
	f.text(pointer+"/Email", o.Email, maxEmail, false)
	f.text(pointer+"/Telephone", o.Phone, maxPhone, false)
	f.text(pointer+"/Fax", o.Fax, maxPhone, false)
	f.text(pointer+"/Website", o.Website, maxWebsite, false)
}

func (f *faults) reference(pointer string, r Reference) {
	f.text(pointer+"/OrganId", r.OrganID, maxOrganID, true)
	f.text(pointer+"/Code", r.Code, maxNumber+1+maxNotation, true)
	f.date(pointer+"/PromulgationDate", r.Date, true)
	f.text(pointer+"/DocumentId", r.DocumentID, maxDocumentID, false)
}

func (f *faults) staff(pointer string, s Staff) {
	f.text(pointer+"/Department", s.Department, maxStaff, false)
	f.text(pointer+"/Staff", s.Name, maxStaff, false)
	f.text(pointer+"/Mobile", s.Mobile, maxPhone, false)
	f.text(pointer+"/Email", s.Email, maxEmail, false)
}

// Faults are all values that a message cannot carry, with their places.
func (m Message) Faults() []record.Fault {
	var f faults
	f.organ("/From", m.From)
	if len(m.To) == 0 {
		f.add("/To", "required", "Không có nơi nhận nào có mã định danh")
	}
	for i, o := range m.To {
		f.organ(fmt.Sprintf("/To/%d", i), o)
	}
	f.text("/DocumentId", m.DocumentID, maxDocumentID, true)
	f.text("/Code/CodeNumber", m.Code.Number, maxNumber, true)
	if n, err := strconv.Atoi(m.Code.Number); m.Code.Number != "" && (err != nil || n < 1) {
		f.add("/Code/CodeNumber", "number", fmt.Sprintf("%q không phải số văn bản", m.Code.Number))
	}
	f.text("/Code/CodeNotation", m.Code.Notation, maxNotation, true)
	f.text("/PromulgationInfo/Place", m.Promulgation.Place, maxPlace, true)
	f.date("/PromulgationInfo/PromulgationDate", m.Promulgation.Date, true)
	f.text("/DocumentType/Type", m.Type.Type, 2, false)
	f.text("/DocumentType/TypeDetail", m.Type.Detail, 10, false)
	f.text("/DocumentType/TypeName", m.Type.Name, maxTypeName, true)
	f.text("/Subject", m.Subject, maxSubject, true)
	f.text("/Content", m.Content, maxContent, false)
	f.text("/SignerInfo/Competence", m.Signer.Competence, maxCompetence, false)
	f.text("/SignerInfo/Position", m.Signer.Position, maxPosition, true)
	f.text("/SignerInfo/FullName", m.Signer.FullName, maxFullName, true)
	f.date("/DueDate", m.DueDate, false)
	for i, p := range m.ToPlaces {
		f.text(fmt.Sprintf("/ToPlaces/Place/%d", i), p, maxToPlace, true)
	}
	f.other(m.Other)
	for i, r := range m.ResponseFor {
		f.reference(fmt.Sprintf("/ResponseFor/%d", i), r)
	}
	f.between("/SteeringType", int(m.Steering), 0, 3)
	for i, t := range m.Trace {
		f.text(fmt.Sprintf("/TraceHeaderList/TraceHeader/%d/OrganId", i), t.OrganID, maxOrganID, true)
		if t.Time.IsZero() {
			f.add(fmt.Sprintf("/TraceHeaderList/TraceHeader/%d/Timestamp", i), "required", "Chưa có thời điểm")
		}
	}
	f.business(m.Business)
	f.attachments(m.Attachments)
	return f
}

func (f *faults) other(o OtherInfo) {
	f.between("/OtherInfo/Priority", int(o.Priority), 0, 4)
	f.text("/OtherInfo/SphereOfPromulgation", o.Sphere, maxSphere, false)
	f.text("/OtherInfo/TyperNotation", o.Typer, maxTyper, false)
	f.between("/OtherInfo/PromulgationAmount", o.Copies, 0, 99999)
	f.between("/OtherInfo/PageAmount", o.Pages, 0, 99999)
	f.text("/OtherInfo/Direction", o.Direction, maxReason, false)
	for i, a := range o.Appendixes {
		f.text(fmt.Sprintf("/OtherInfo/Appendixes/Appendix/%d", i), a, maxAppendix, true)
	}
}

func (f *faults) business(b Business) {
	const at = "/TraceHeaderList/Bussiness"
	f.between(at+"/BussinessDocType", int(b.Type), 0, 3)
	f.text(at+"/BussinessDocReason", b.Reason, maxReason, b.Type != New)
	f.text(at+"/DocumentId", b.DocumentID, maxDocumentID, b.Type == Recall || b.Type == Update)
	f.staff(at+"/StaffInfo", b.Staff)
	for i, r := range b.Receivers {
		f.text(fmt.Sprintf(at+"/BussinessDocumentInfo/ReceiverList/Receiver/%d/OrganId", i), r.OrganID, maxOrganID, true)
	}
	if b.Type == Replace && len(b.Replaced) == 0 {
		f.add(at+"/ReplacementInfoList", "required", "Chưa nêu văn bản bị thay thế")
	}
	for i, r := range b.Replaced {
		p := fmt.Sprintf(at+"/ReplacementInfoList/ReplacementInfo/%d", i)
		f.text(p+"/DocumentId", r.DocumentID, maxDocumentID, true)
		for j, id := range r.OrganIDs {
			f.text(fmt.Sprintf(p+"/OrganIdList/OrganId/%d", j), id, maxOrganID, true)
		}
	}
}

func (f *faults) attachments(all []Attachment) {
	if len(all) > maxAttachments {
		f.add("/AttachmentEncoded", "too-many", fmt.Sprintf("%d tệp, quá %d", len(all), maxAttachments))
	}
	ids, size := map[string]bool{}, 0
	for i, a := range all {
		p := fmt.Sprintf("/AttachmentEncoded/Attachment/%d", i)
		f.text(p+"/AttachmentName", a.Name, maxName, true)
		if !plainName(a.Name) {
			f.add(p+"/AttachmentName", "name", "Tên tệp không được là đường dẫn")
		}
		f.text(p+"/ContentType", a.ContentType, maxName, true)
		f.text(p+"/Description", a.Description, maxReason, false)
		f.text(p+"/ContentId", a.ContentID, maxName, false)
		if a.ContentID != "" && ids[a.ContentID] {
			f.add(p+"/ContentId", "double", "Hai tệp cùng mã "+a.ContentID)
		}
		ids[a.ContentID] = true
		size += len(a.Content)
	}
	if size > maxContents {
		f.add("/AttachmentEncoded", "too-large", fmt.Sprintf("Các tệp dài %d byte, quá %d", size, maxContents))
	}
}

// plainName is no path on any system.
func plainName(name string) bool {
	return !strings.ContainsAny(name, `/\:`) && name != "." && name != ".." && xmlout.Valid(name) && !strings.ContainsAny(name, "\t\r\n")
}

// Faults are all values that a status cannot carry.
func (s Status) Faults() []record.Fault {
	var f faults
	f.reference("/ResponseFor", s.ResponseFor)
	f.organ("/From", s.From)
	if s.Code.Text() == "" {
		f.add("/StatusCode", "code", fmt.Sprintf("%q không phải mã trạng thái", string(s.Code)))
	}
	f.text("/Description", s.Description, maxReason, s.Code == Refused || s.Code == Declined)
	if s.Time.IsZero() {
		f.add("/Timestamp", "required", "Chưa có thời điểm")
	}
	f.staff("/StaffInfo", s.Staff)
	return f
}
