package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"strings"
	"time"

	"vanthu/exchange/bagit"
	"vanthu/exchange/edxml"
	"vanthu/exchange/sip"
	"vanthu/pdf"
	"vanthu/record"
)

type handoverCmd struct {
	SIP   handoverSIPCmd   `cmd:"" name:"sip" help:"Gói SIP của một hồ sơ đã kết thúc (METS, EAD, PREMIS) để nộp vào lưu trữ lịch sử."`
	Bag   handoverBagCmd   `cmd:"" help:"Túi BagIt (RFC 8493) của một hồ sơ: tệp, bản kê, mục nhật ký."`
	EdXML handoverEdXMLCmd `cmd:"" name:"edxml" help:"Tệp edXML gửi một văn bản đã phát hành, hoặc báo thu hồi, thay thế, cho cơ quan khác."`
	Check handoverCheckCmd `cmd:"" help:"Kiểm tra một gói SIP, túi BagIt hay tệp edXML của bất kỳ ai. Thoát 0 khi đúng, 1 khi sai."`
}

// dossierFlags name a dossier and whom it is from.
type dossierFlags struct {
	stateFlags
	Organization string `name:"org" required:"" placeholder:"ID" help:"Mã cơ quan."`
	Dossier      string `arg:"" placeholder:"2024/01.VHTT" help:"Hồ sơ: năm/số và ký hiệu."`
	Out          string `short:"o" required:"" placeholder:"OUT.zip" type:"path" help:"Tệp ra."`
}

// filed is a document of a dossier with what is handed over of it.
type filed struct {
	doc     record.Document
	version record.Version
	ordinal int
}

// open finds the dossier and its documents; whoever calls it closes the office.
func (f *dossierFlags) dossier(ctx context.Context, log *slog.Logger) (o *office, d record.Dossier, name record.OrganizationName, docs []filed, err error) {
	if err = checkOutput(f.Out); err != nil {
		return
	}
	if o, err = f.open(ctx, log); err != nil {
		return
	}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if d, err = o.desk.Dossier(ctx, f.Organization, f.Dossier); err != nil {
		return
	}
	if d.State == record.DossierOpen {
		err = record.E(record.Conflict, "dossier-state", fmt.Sprintf("Hồ sơ %s chưa kết thúc", f.Dossier))
		return
	}
	var without []string
	for _, item := range d.Items {
		doc, derr := o.document(ctx, item.Document)
		if derr != nil {
			err = derr
			return
		}
		v, verr := o.archive.Version(ctx, doc.Manifest)
		if verr != nil {
			err = verr
			return
		}
		if _, ok := v.File(record.PDFFile); !ok || !doc.State.Out() {
			without = append(without, cmp.Or(doc.Symbol, doc.ID))
		}
		name = v.Issuer.OrganizationName // as it was called by its last document
		docs = append(docs, filed{doc, v, item.Ordinal})
	}
	if len(without) > 0 {
		err = record.E(record.Conflict, "dossier-paper", "Hồ sơ có văn bản chưa phát hành hoặc chỉ có trên giấy: "+strings.Join(without, ", "))
	}
	return
}

// opener reads files of the archive, each against its digest.
func (o *office) opener() func(context.Context, record.File) (io.ReadCloser, error) {
	return func(ctx context.Context, f record.File) (io.ReadCloser, error) {
		b, err := o.archive.Blob(ctx, f.SHA256)
		return io.NopCloser(bytes.NewReader(b)), err
	}
}

func (o *office) pages(ctx context.Context, v record.Version) (int, error) {
	f, _ := v.File(record.PDFFile)
	b, err := o.archive.Blob(ctx, f.SHA256)
	if err != nil {
		return 0, err
	}
	file, err := pdf.Open(b)
	if err != nil {
		return 0, err
	}
	pages, err := file.Pages()
	return len(pages), err
}

// noteOf is what became of a document after it was issued.
func noteOf(doc record.Document) string {
	switch doc.State {
	case record.Recalled:
		return "Văn bản đã bị thu hồi: " + doc.Reason
	case record.Superseded:
		return "Văn bản đã được thay thế"
	}
	return ""
}

type handoverSIPCmd struct {
	dossierFlags
	OrganID string `name:"organ-id" placeholder:"CODE" help:"Mã định danh của cơ quan; không nêu thì theo dữ liệu cơ quan."`
	Fonds   string `placeholder:"CODE" help:"Mã phông; không nêu thì theo mã định danh."`
	Access  string `required:"" enum:"public,conditional,secret" help:"Chế độ sử dụng: public (công khai), conditional (có điều kiện), secret (mật)."`
	Config  string `placeholder:"FILE" type:"path" help:"Bảng mã của lưu trữ nhận gói; không nêu thì theo những gì biết được của Thông tư 05/2025/TT-BNV."`
}

func (c *handoverSIPCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	config, err := sip.DefaultConfig()
	if c.Config != "" {
		var raw []byte
		if raw, err = os.ReadFile(c.Config); err == nil {
			config, err = sip.ParseConfig(raw)
		}
	}
	if err != nil {
		return err
	}
	o, d, name, docs, err := c.dossier(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	in := sip.Input{UUID: sip.NewUUID(), Created: time.Now(), Dossier: d, OrganID: cmp.Or(c.OrganID, name.Identifier), Fonds: c.Fonds, Name: name.Name, Access: c.Access, Language: "vi",
		Software: "vanthu " + programVersion(), Open: o.opener()}
	for _, x := range docs {
		n, err := o.pages(ctx, x.version)
		if err != nil {
			return err
		}
		in.Documents = append(in.Documents, sip.Document{Version: x.version, Pages: n, Note: noteOf(x.doc)})
	}
	var b bytes.Buffer
	if err := sip.Write(ctx, &b, in, config); err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Gói SIP uuid-%s: hồ sơ %s, %d văn bản, %d byte\n", in.UUID, d.Key(), len(docs), b.Len())
	return err
}

type handoverBagCmd struct {
	dossierFlags
	Contact string `placeholder:"NAME" help:"Người liên hệ."`
}

func (c *handoverBagCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, d, name, docs, err := c.dossier(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	var b bytes.Buffer
	w, err := bagit.NewWriter(&b, fmt.Sprintf("ho-so-%d-%s", d.Year, d.Code), bagit.Info{Organization: name.Name, Contact: c.Contact, Description: d.Title, Identifier: d.Organization + "/" + d.Key(), Date: record.DateOf(time.Now())})
	if err != nil {
		return err
	}
	facts, err := json.MarshalIndent(d, "", " ")
	if err == nil {
		err = w.Add(ctx, "ho-so.json", int64(len(facts)), record.DigestOf(facts), bytes.NewReader(facts))
	}
	if err != nil {
		return err
	}
	for _, x := range docs {
		if err := o.bagDocument(ctx, w, x); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := writeOutput(s, c.Out, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Túi của hồ sơ %s: %d văn bản, %d byte\n", d.Key(), len(docs), b.Len())
	return err
}

// bagDocument puts a document's files, manifest and journal entries into a bag.
func (o *office) bagDocument(ctx context.Context, w *bagit.Writer, x filed) error {
	folder := fmt.Sprintf("%03d_%s", x.ordinal, strings.ReplaceAll(x.doc.Symbol, "/", "_"))
	for _, f := range x.version.Files {
		b, err := o.archive.Blob(ctx, f.SHA256)
		if err == nil {
			err = w.Add(ctx, path.Join(folder, f.Name), int64(f.Size), f.SHA256, bytes.NewReader(b))
		}
		if err != nil {
			return err
		}
	}
	manifest, err := o.archive.Manifest(ctx, x.doc.Manifest)
	if err == nil {
		err = w.Add(ctx, path.Join(folder, "manifest.json"), int64(len(manifest)), x.doc.Manifest, bytes.NewReader(manifest))
	}
	if err != nil {
		return err
	}
	for _, seq := range x.doc.Entries {
		r, err := o.archive.Entry(ctx, x.doc.Journal, seq)
		if err == nil {
			err = w.Add(ctx, path.Join(folder, "journal", fmt.Sprintf("%010d", seq)), int64(len(r.Raw())), "", bytes.NewReader(r.Raw()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type handoverEdXMLCmd struct {
	stateFlags
	Document string `arg:"" help:"Mã văn bản."`
	OrganID  string `name:"organ-id" placeholder:"CODE" help:"Mã định danh của cơ quan; không nêu thì theo dữ liệu cơ quan."`
	Business string `enum:"new,recall,replace" default:"new" help:"new: gửi văn bản; recall: báo thu hồi; replace: báo thay thế."`
	Out      string `short:"o" required:"" placeholder:"OUT.edxml" type:"path" help:"Tệp ra."`
}

func (c *handoverEdXMLCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	doc, err := o.document(ctx, c.Document)
	if err != nil {
		return err
	}
	wanted := map[string]record.Status{"new": record.Issued, "recall": record.Recalled, "replace": record.Superseded}[c.Business]
	if doc.State != wanted {
		return record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không phải %s", doc.State, wanted))
	}
	v, err := o.archive.Version(ctx, doc.Manifest)
	if err != nil {
		return err
	}
	raw, err := o.desk.File(ctx, doc, record.InputFile)
	if err != nil {
		return err
	}
	var e record.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	organ := cmp.Or(c.OrganID, v.Issuer.Identifier)
	a := edxml.Addressing{From: edxml.Organ{ID: organ}, Urgency: e.Urgency, Scope: e.Scope, Drafter: e.Filing.Drafter, Sent: time.Now()}
	if a.Pages, err = o.pages(ctx, v); err != nil {
		return err
	}
	switch doc.State {
	case record.Recalled:
		a.Business = edxml.Business{Type: edxml.Recall, Reason: doc.Reason, DocumentID: edxml.DocumentID(organ, v)}
	case record.Superseded:
		a.Business = edxml.Business{Type: edxml.Replace, Reason: "Được thay thế bằng văn bản khác", DocumentID: edxml.DocumentID(organ, v)}
	}
	v.State = record.Issued // the message says by its business what became of it
	m, err := edxml.FromVersion(ctx, v, a, o.opener())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		return err
	}
	return writeOutput(s, c.Out, b.Bytes())
}

const maxHandover = 2 << 30 // bytes of a file from outside

type handoverCheckCmd struct {
	File string `arg:"" type:"existingfile" placeholder:"FILE" help:"Gói SIP, túi BagIt (.zip) hoặc tệp edXML."`
	JSON bool   `name:"json" help:"Kết quả bằng JSON."`
}

func (c *handoverCheckCmd) Run(ctx context.Context, s streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > maxHandover {
		return record.E(record.Invalid, "file-too-large", "Tệp lớn quá 2 GB")
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return record.Because(err, record.Invalid, "file-unknown", "Tệp không phải gói SIP, túi BagIt hay edXML")
	}
	var (
		report any
		faults []record.Fault
		said   string
	)
	if string(head) != "PK\x03\x04" {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		in, err := edxml.Read(f, edxml.DefaultLimits())
		if err != nil {
			return err
		}
		report, faults = in, in.Warnings
		switch {
		case in.Message != nil:
			m := in.Message
			said = fmt.Sprintf("edXML: %s %s/%s ngày %s của %s, %d tệp", m.Type.Name, m.Code.Number, m.Code.Notation, m.Promulgation.Date.Vietnamese(), m.From.Name, len(m.Attachments))
		default:
			said = fmt.Sprintf("edXML: %s về văn bản %s", in.Status.Code.Text(), in.Status.ResponseFor.Code)
		}
	} else if r, err := sip.Check(f, info.Size(), sip.DefaultLimits()); err == nil && r.UUID != "" {
		report, faults = r, r.Faults
		said = fmt.Sprintf("SIP uuid-%s: hồ sơ %s (%s), %d văn bản, %d tệp", r.UUID, r.Code, r.Title, r.Documents, r.Files)
	} else {
		r, err := bagit.Check(f, info.Size(), bagit.DefaultLimits())
		if err != nil {
			return err
		}
		report, faults = r, r.Faults
		said = fmt.Sprintf("BagIt %s: %s, %d tệp, %d byte", r.Version, r.Name, r.Files, r.Bytes)
	}
	if c.JSON {
		if err := writeJSON(s.out, report); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(s.out, said); err != nil {
		return err
	}
	return record.Faulty("handover-invalid", "Tệp không đúng", faults)
}
