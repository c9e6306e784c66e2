package sip

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
)

// list puts the documents into the dossier's order and names their files.
func (d *dossier) list(f *faults) {
	if len(d.Dossier.Items) == 0 {
		f.add("/dossier/items", "required", "DocTotal", "Hồ sơ không có văn bản nào")
	}
	f.text("/dossier/items", "DocTotal", fmt.Sprint(len(d.Dossier.Items)), len(fmt.Sprint(maxTotal)), true)
	at := map[string]int{}
	for i, x := range d.Documents {
		if j, twice := at[x.Version.Document]; twice {
			f.add(fmt.Sprintf("/documents/%d", i), "double", "", fmt.Sprintf("Văn bản %s đã có ở vị trí %d", x.Version.Document, j))
		}
		at[x.Version.Document] = i
	}
	ordinals := map[int]bool{}
	for i, item := range d.Dossier.Items {
		pointer := fmt.Sprintf("/dossier/items/%d", i)
		f.number(pointer+"/ordinal", "DocOrdinal", item.Ordinal, maxOrdinal)
		if ordinals[item.Ordinal] {
			f.add(pointer+"/ordinal", "double", "DocOrdinal", fmt.Sprintf("Hai văn bản cùng số thứ tự %d", item.Ordinal))
		}
		ordinals[item.Ordinal] = true
		j, ok := at[item.Document]
		if !ok {
			f.add(pointer+"/document", "missing", "", "Không có bản phát hành của văn bản "+item.Document)
			continue
		}
		delete(at, item.Document)
		d.documents = append(d.documents, d.document(f, fmt.Sprintf("/documents/%d", j), d.Documents[j], item.Ordinal))
		d.pages += d.Documents[j].Pages
	}
	for name, i := range at {
		f.add(fmt.Sprintf("/documents/%d", i), "unlisted", "", "Văn bản "+name+" không có trong mục lục của hồ sơ")
	}
	if d.pages > maxTotal {
		f.add("/dossier/items", "range", "PageTotal", fmt.Sprintf("Tổng số trang %d, trường chỉ nhận %d", d.pages, maxTotal))
	}
	slices.SortFunc(d.documents, func(a, b document) int { return cmp.Compare(a.ordinal, b.ordinal) })
}

func (d *dossier) document(f *faults, pointer string, x Document, ordinal int) document {
	v := &x.Version
	doc := document{ordinal: ordinal, typeCode: d.config.DocumentTypes.Value[v.Type.Code]}
	if !slices.Contains([]record.Status{record.Issued, record.Recalled, record.Superseded}, v.State) {
		f.add(pointer+"/version/state", "not-issued", "", "Chỉ văn bản đã phát hành mới nộp lưu")
	}
	if longer(v.Retention, d.Dossier.Retention) {
		f.add("/dossier/retention", "too-short", "Maintenance", fmt.Sprintf("Văn bản %s được giữ %s, lâu hơn hồ sơ (Luật Lưu trữ 2024, Điều 15.4)", v.Symbol, strings.ToLower(retention(v.Retention.Years))))
	}
	number, notation, _ := strings.Cut(v.Symbol, "/")
	doc.number = f.text(pointer+"/version/symbol", "CodeNumber", number, maxCodeNumber, true)
	doc.notation = f.text(pointer+"/version/symbol", "CodeNotation", notation, maxCodeNotation, true)
	v.Type.Name = f.text(pointer+"/version/type", "TypeName", v.Type.Name, maxTypeName, true)
	v.Issuer.Name = f.text(pointer+"/version/organization", "OrganName", v.Issuer.Name, maxOrganName, true)
	v.Subject = f.text(pointer+"/version/subject", "Subject", v.Subject, maxSubject, true)
	v.Signatory.Title = f.text(pointer+"/version/signatory/title", "SignerInfo.Position", v.Signatory.Title, maxPosition, true)
	v.Signatory.Name = f.text(pointer+"/version/signatory/name", "SignerInfo.FullName", v.Signatory.Name, maxFullName, true)
	x.Note = f.text(pointer+"/note", "Description", x.Note, maxDescription, false)
	if _, err := record.ParseDate(string(v.Date)); err != nil {
		f.add(pointer+"/version/date", "date", "IssuedDate", "Văn bản chưa có ngày")
	}
	f.number(pointer+"/pages", "PageAmount", x.Pages, maxPages)
	for i, s := range v.Signatures {
		f.text(fmt.Sprintf("%s/version/signatures/%d/signer", pointer, i), "", s.Signer, maxSubject, true)
	}
	v.List.Recipients = slices.Clone(v.List.Recipients)
	for i := range v.List.Recipients {
		r, at := &v.List.Recipients[i], fmt.Sprintf("%s/version/distribution_list/recipients/%d", pointer, i)
		r.ID = f.text(at+"/id", "To.OrganId", r.ID, d.config.OrganIDLength.Value, false)
		r.Name = f.text(at+"/name", "To.OrganName", r.Name, maxOrganName, true)
	}
	doc.Document = x
	d.files(f, pointer, &doc)
	return doc
}

// files of a document: its PDF as {mã hồ sơ}.{STT}.pdf, and its separate
// attachments as {mã hồ sơ}.{STT}-{n}.pdf, which the circular is not known to
// name.
func (d *dossier) files(f *faults, pointer string, doc *document) {
	add := func(name, id, title, format string) {
		x, ok := doc.Version.File(name)
		if !ok || !x.SHA256.Valid() || x.Size < 1 {
			f.add(pointer+"/version/files", "missing", "", "Bản kê của "+doc.Version.Symbol+" không có tệp "+name)
			return
		}
		format = cmp.Or(doc.Formats[name], format)
		known, ok := d.config.Formats.Value[format]
		if !ok {
			f.add(pointer+"/formats", "unknown", "", fmt.Sprintf("Không có định dạng %q", format))
		}
		title = f.text(pointer+"/version/attachments", "", title, maxSubject, true)
		doc.files = append(doc.files, file{File: x, id: "file-" + id, name: d.code + "." + id + ".pdf", title: title, format: known})
	}
	id := fmt.Sprintf("%03d", doc.ordinal)
	add(record.PDFFile, id, doc.Version.Type.Name+" số "+doc.Version.Symbol, "pdfa-2b")
	for i, a := range doc.Version.Attachments {
		add(a.File, fmt.Sprintf("%s-%d", id, i+1), a.Title, "pdf")
	}
}
