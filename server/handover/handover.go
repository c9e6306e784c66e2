// Package handover makes what an office gives to others: a dossier as SIP or as a
// bag, a document as edXML; and takes what they answer. It finds what belongs in
// them in desk and archive; the room exchange knows the formats.
package handover

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"vanthu/exchange/bagit"
	"vanthu/exchange/edxml"
	"vanthu/exchange/sip"
	"vanthu/pdf"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/storage"
)

// Source is where it is taken from.
type Source struct {
	Desk     *desk.Desk
	Archive  *storage.Archive
	Software string // that makes a package, with its version
	Now      func() time.Time
}

// filed is a document of a dossier with what is handed over of it.
type filed struct {
	doc     record.Document
	version record.Version
	ordinal int
}

// dossier finds a dossier that has ended, what its organisation was called, and
// its documents. Conflict while it is open, or when a document was not issued or
// is on paper alone.
func (s Source) dossier(ctx context.Context, organization, key string) (record.Dossier, record.OrganizationName, []filed, error) {
	var name record.OrganizationName
	d, err := s.Desk.Dossier(ctx, organization, key)
	if err != nil {
		return d, name, nil, err
	}
	if d.State == record.DossierOpen {
		return d, name, nil, record.E(record.Conflict, "dossier-state", fmt.Sprintf("Hồ sơ %s chưa kết thúc", key))
	}
	var docs []filed
	var without []string
	for _, item := range d.Items {
		doc, err := s.Desk.Document(ctx, desk.Ref{Journal: organization, ID: item.Document})
		if err != nil {
			return d, name, nil, err
		}
		v, err := s.Archive.Version(ctx, doc.Manifest)
		if err != nil {
			return d, name, nil, err
		}
		if _, ok := v.File(record.PDFFile); !ok || !doc.State.Out() {
			without = append(without, cmp.Or(doc.Symbol, doc.ID))
		}
		name = v.Issuer.OrganizationName // as it was called by its last document
		docs = append(docs, filed{doc, v, item.Ordinal})
	}
	if len(without) > 0 {
		return d, name, nil, record.E(record.Conflict, "dossier-paper", "Hồ sơ có văn bản chưa phát hành hoặc chỉ có trên giấy: "+strings.Join(without, ", "))
	}
	return d, name, docs, nil
}

// open reads a file of the archive, against its digest.
func (s Source) open(ctx context.Context, f record.File) (io.ReadCloser, error) {
	b, err := s.Archive.Blob(ctx, f.SHA256)
	return io.NopCloser(bytes.NewReader(b)), err
}

func (s Source) pages(ctx context.Context, v record.Version) (int, error) {
	f, _ := v.File(record.PDFFile)
	b, err := s.Archive.Blob(ctx, f.SHA256)
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

// SIP says what a package for the historical archive needs beside the dossier.
type SIP struct {
	OrganID string // mã định danh; "" takes the organisation's
	Fonds   string // mã phông; "" takes OrganID
	Access  string // "public", "conditional", "secret"
	Config  sip.Config
}

// WriteSIP makes the package and returns its UUID. Errors: those of sip.Write;
// Conflict, NotFound for the dossier.
func (s Source) WriteSIP(ctx context.Context, out io.Writer, organization, key string, o SIP) (uuid string, err error) {
	d, name, docs, err := s.dossier(ctx, organization, key)
	if err != nil {
		return "", err
	}
	in := sip.Input{UUID: sip.NewUUID(), Created: s.Now(), Dossier: d, OrganID: cmp.Or(o.OrganID, name.Identifier), Fonds: o.Fonds, Name: name.Name, Access: o.Access, Language: "vi",
		Software: s.Software, Open: s.open}
	for _, x := range docs {
		n, err := s.pages(ctx, x.version)
		if err != nil {
			return "", err
		}
		in.Documents = append(in.Documents, sip.Document{Version: x.version, Pages: n, Note: noteOf(x.doc)})
	}
	return in.UUID, sip.Write(ctx, out, in, o.Config)
}

// WriteBag makes a bag of the dossier: what is kept of it, and of each document
// its files, manifest and journal entries.
func (s Source) WriteBag(ctx context.Context, out io.Writer, organization, key, contact string) error {
	d, name, docs, err := s.dossier(ctx, organization, key)
	if err != nil {
		return err
	}
	w, err := bagit.NewWriter(out, fmt.Sprintf("ho-so-%d-%s", d.Year, d.Code), bagit.Info{Organization: name.Name, Contact: contact, Description: d.Title, Identifier: d.Organization + "/" + d.Key(), Date: record.DateOf(s.Now())})
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
		if err := s.bagDocument(ctx, w, x); err != nil {
			return err
		}
	}
	return w.Close()
}

// bagDocument puts a document's files, manifest and journal entries into a bag.
func (s Source) bagDocument(ctx context.Context, w *bagit.Writer, x filed) error {
	folder := fmt.Sprintf("%03d_%s", x.ordinal, strings.ReplaceAll(x.doc.Symbol, "/", "_"))
	for _, f := range x.version.Files {
		b, err := s.Archive.Blob(ctx, f.SHA256)
		if err == nil {
			err = w.Add(ctx, path.Join(folder, f.Name), int64(f.Size), f.SHA256, bytes.NewReader(b))
		}
		if err != nil {
			return err
		}
	}
	manifest, err := s.Archive.Manifest(ctx, x.doc.Manifest)
	if err == nil {
		err = w.Add(ctx, path.Join(folder, "manifest.json"), int64(len(manifest)), x.doc.Manifest, bytes.NewReader(manifest))
	}
	if err != nil {
		return err
	}
	for _, seq := range x.doc.Entries {
		r, err := s.Archive.Entry(ctx, x.doc.Journal, seq)
		if err == nil {
			err = w.Add(ctx, path.Join(folder, "journal", fmt.Sprintf("%010d", seq)), int64(len(r.Raw())), "", bytes.NewReader(r.Raw()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// receivers are those of the distribution list whose code is known: the list has
// it, or the address book.
func (s Source) receivers(ctx context.Context, doc record.Document, v record.Version) ([]edxml.Organ, error) {
	var out []edxml.Organ
	for _, r := range v.List.Recipients {
		code, err := s.code(ctx, doc, r)
		if err != nil {
			return nil, err
		}
		if code != "" && !slices.ContainsFunc(out, func(o edxml.Organ) bool { return o.ID == code }) {
			out = append(out, edxml.Organ{ID: code, Name: r.Name})
		}
	}
	return out, nil
}

// code is mã định danh of a recipient, of the list or else of the address book; ""
// where neither has it.
func (s Source) code(ctx context.Context, doc record.Document, r record.Recipient) (string, error) {
	if r.ID != "" || s.Desk.Addresses == nil {
		return r.ID, nil
	}
	at, _, err := s.Desk.Addresses.Address(ctx, doc.Journal, r, record.DateOf(s.Now()))
	return at.Code, err
}

// Businesses are what an edXML message may be about.
var Businesses = []string{"new", "recall", "replace"}

// WriteEdXML makes the message that sends an issued document, or tells of its
// recall or replacement. Conflict when the document is not in that state; Invalid
// with every value that the message cannot carry.
func (s Source) WriteEdXML(ctx context.Context, out io.Writer, doc record.Document, organID, business string) error {
	wanted := map[string]record.Status{"new": record.Issued, "recall": record.Recalled, "replace": record.Superseded}[business]
	if doc.State != wanted {
		return record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không phải %s", doc.State, wanted))
	}
	if doc.Booked != nil {
		return record.E(record.Conflict, "paper-only", fmt.Sprintf("Tệp của văn bản %s không có ở đây, không gửi bằng edXML được", doc.Symbol))
	}
	v, err := s.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return err
	}
	raw, err := s.Desk.File(ctx, doc, record.InputFile)
	if err != nil {
		return err
	}
	var e record.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	organ := cmp.Or(organID, v.Issuer.Identifier)
	a := edxml.Addressing{From: edxml.Organ{ID: organ}, Urgency: e.Urgency, Scope: e.Scope, Drafter: e.Filing.Drafter, Sent: s.Now()}
	if a.Pages, err = s.pages(ctx, v); err != nil {
		return err
	}
	if a.To, err = s.receivers(ctx, doc, v); err != nil {
		return err
	}
	switch doc.State {
	case record.Recalled:
		a.Business = edxml.Business{Type: edxml.Recall, Reason: doc.Reason, DocumentID: edxml.DocumentID(organ, v)}
	case record.Superseded:
		a.Business = edxml.Business{Type: edxml.Replace, Reason: "Được thay thế bằng văn bản khác", DocumentID: edxml.DocumentID(organ, v)}
	}
	v.State = record.Issued // the message says by its business what became of it
	m, err := edxml.FromVersion(ctx, v, a, s.open)
	if err != nil {
		return err
	}
	return m.Write(out)
}
