package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"vanthu/record"
)

// Input is an envelope as it was handed in.
type Input struct {
	Template string // may be empty when the envelope names it
	Raw      []byte // JSON, record.EnvelopeSchema and the template's own schema
	Request  string // makes the command repeatable; "" for none
}

// sheet is an envelope with everything it refers to resolved on its date.
type sheet struct {
	id        string // of the document
	envelope  record.Envelope
	canonical []byte
	date      record.Date
	issuer    record.OrganizationOn
	form      record.Form
	kind      record.DocumentType
	signatory record.Signatory
	// cosignatories sign after the signatory (joint documents).
	cosignatories []record.Signatory
	series        record.Series
	retention     record.Retention
}

// read checks an input completely before anything is stored.
func (d *Desk) read(ctx context.Context, in Input) (sheet, error) {
	s, err := d.decode(ctx, in)
	if err != nil {
		return s, err
	}
	return s, d.resolve(ctx, &s)
}

// decode reads the envelope itself.
func (d *Desk) decode(ctx context.Context, in Input) (sheet, error) {
	got, err := d.Forms.Decode(ctx, in.Template, in.Raw)
	return sheet{envelope: got.Envelope, canonical: got.Canonical, form: got.Form}, err
}

// resolve looks up what the envelope refers to (organisation, signatory,
// retention) as it is on the document's date; all faults in one error.
func (d *Desk) resolve(ctx context.Context, s *sheet) (err error) {
	var faults faultList
	s.date = record.DateOf(d.Now())
	if s.envelope.Date != "" {
		s.date = s.envelope.Date
		if !d.AllowDate {
			faults.add("/date", "date-not-allowed", "Ngày văn bản do văn thư cấp khi lấy số; chỉ được ghi sẵn khi chạy thử hoặc nhập văn bản cũ")
		}
	}
	organization, err := d.Organizations.Organization(ctx, s.envelope.Organization)
	if err != nil {
		return faults.with(err)
	}
	if s.issuer, err = organization.On(s.date); err != nil {
		return faults.with(err)
	}
	s.kind, err = record.TypeOn(s.form.Type, s.date)
	if err != nil {
		faults.add("/date", "document-type", fmt.Sprintf("Mẫu %s không dùng được vào ngày %s", s.form.ID, s.date.Vietnamese()))
	}
	if s.signatory, err = s.issuer.Resolve(s.envelope.Signatory, s.form.Type); err != nil {
		if err = faults.take(err); err != nil {
			return err
		}
	}
	if err := d.cosigners(ctx, s, &faults); err != nil {
		return err
	}
	if s.retention, err = record.RetentionOn(s.envelope.Retention, s.form.Type, s.date); err != nil {
		if err = faults.take(err); err != nil {
			return err
		}
	}
	var ok bool
	if s.series, ok = s.issuer.SeriesFor(s.form.Type); !ok {
		faults.add("/organization", "series-missing", fmt.Sprintf("Cơ quan chưa có sổ số cho loại văn bản %s", s.form.Type))
	}
	if !s.issuer.HasUnit(s.envelope.Filing.Unit) {
		faults.add("/filing/unit", "unit-unknown", fmt.Sprintf("Cơ quan không có đơn vị soạn thảo %q vào ngày %s", s.envelope.Filing.Unit, s.date.Vietnamese()))
	}
	return faults.err()
}

// cosigners finds what lets each further signatory sign.
func (d *Desk) cosigners(ctx context.Context, s *sheet, faults *faultList) error {
	seen := map[string]bool{s.signatory.Key(): true}
	for i, c := range s.envelope.Cosignatories {
		on, at := s.issuer, fmt.Sprintf("/cosignatories/%d", i)
		var err error
		if c.Organization != "" && c.Organization != s.issuer.ID {
			var o record.Organization
			if o, err = d.Organizations.Organization(ctx, c.Organization); err == nil {
				on, err = o.On(s.date)
			}
		}
		var by record.Signatory
		if err == nil {
			by, err = on.Resolve(c.SignatoryChoice, s.form.Type)
		}
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				return err
			}
			for _, f := range record.FaultsOf(err) {
				faults.add(at+strings.TrimPrefix(f.Pointer, "/signatory"), f.Code, f.Message)
			}
			continue
		}
		if on.ID != s.issuer.ID {
			by.Organization = on.ID
		}
		if seen[by.Key()] {
			faults.add(at+"/person", "signatory-twice", fmt.Sprintf("%s đã ký ở chỗ khác của văn bản", by.Name))
		}
		seen[by.Key()] = true
		s.cosignatories = append(s.cosignatories, by)
	}
	return nil
}

// offered refuses a template that no new documents are made from.
func (s sheet) offered() error {
	if !s.form.Retired {
		return nil
	}
	return record.Faulty("template-retired", "Mẫu này đã thôi dùng", []record.Fault{{
		Pointer: "/template", Code: "template-retired", Message: fmt.Sprintf("Mẫu %s đã thôi dùng; hãy chọn mẫu khác", s.form.ID)}})
}

// issuable refuses a template in which number, date, signature or seal would
// have no place: it is for drafts and previews only.
func (s sheet) issuable() error {
	return record.Faulty("template-not-issuable", fmt.Sprintf("Mẫu %s chỉ để trình bày, chưa phát hành được", s.form.ID), s.form.Lacks)
}

// bodyDigest identifies what a request asked for.
func (s sheet) bodyDigest() record.Digest { return record.DigestOf(s.canonical) }

// version is the manifest that the sheet alone determines.
func (d *Desk) version(s sheet, id string, n int, predecessor record.Digest, state record.Status) record.Version {
	v := record.Version{
		Document: id, Version: n, Predecessor: predecessor, State: state, Created: d.Now().UTC(),
		Issuer: s.issuer, Type: s.kind, Symbol: record.SymbolOf(s.kind, s.issuer, s.envelope.Filing.Unit),
		Subject:   oneLine(record.PlainText(s.envelope.Subject)),
		Signatory: s.signatory, Cosignatories: s.cosignatories, Retention: s.retention, Template: s.form.TemplateRef,
		List: s.envelope.List(), Link: d.ShortLink(id),
	}
	v.Files = append(v.Files, record.File{Name: record.InputFile, SHA256: record.DigestOf(s.canonical), Size: len(s.canonical)})
	return v
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// errAnswered ends an Update whose request the journal already holds.
var errAnswered = errors.New("request already answered")

// answered finds what an earlier request with the same id was given; another
// body under the same id is refused.
func answered(s *record.State, actor, request string, body record.Digest) (string, error) {
	if request == "" {
		return "", nil
	}
	a, ok := s.Requests[record.RequestKey(actor, request)]
	if !ok {
		return "", nil
	}
	if a.Body != body {
		return "", record.Faulty("request-reused", "Mã yêu cầu đã dùng cho nội dung khác", []record.Fault{{
			Code: "request-reused", Message: fmt.Sprintf("Mã yêu cầu %q đã được dùng cho một nội dung khác; hãy dùng mã mới", request)}})
	}
	return a.Document, errAnswered
}

// Draft stores a new document. The same request of the same actor again gives
// the same document.
func (d *Desk) Draft(ctx context.Context, a Actor, in Input) (record.Document, error) {
	s, doc, err := d.readOnce(ctx, a, in)
	if errors.Is(err, errAnswered) {
		return doc, nil
	}
	if err != nil {
		return record.Document{}, err
	}
	return d.draft(ctx, a, s, in.Request, false)
}

// readOnce is read for an input that may be the repetition of a request: the
// earlier document comes back with errAnswered, even when the same envelope
// would no longer be accepted today.
func (d *Desk) readOnce(ctx context.Context, a Actor, in Input) (sheet, record.Document, error) {
	s, err := d.decode(ctx, in)
	if err != nil {
		doc, repeated := d.repeated(ctx, a, in, s)
		if repeated {
			err = errAnswered
		}
		return s, doc, err
	}
	var doc record.Document
	err = d.Journals.View(ctx, s.envelope.Organization, func(st *record.State) error {
		id, err := answered(st, a.ID, in.Request, s.bodyDigest())
		doc = st.Documents[id]
		return err
	})
	if err == nil {
		err = s.offered()
	}
	if err == nil {
		err = d.resolve(ctx, &s)
	}
	return s, doc, err
}

// repeated finds the document of a request whose envelope was good once and is
// refused today, since its template asks for something else by now.
func (d *Desk) repeated(ctx context.Context, a Actor, in Input, s sheet) (doc record.Document, ok bool) {
	if in.Request == "" || s.canonical == nil {
		return doc, false
	}
	err := d.Journals.View(ctx, s.envelope.Organization, func(st *record.State) error {
		id, err := answered(st, a.ID, in.Request, s.bodyDigest())
		doc = st.Documents[id]
		return err
	})
	return doc, errors.Is(err, errAnswered)
}

func (d *Desk) draft(ctx context.Context, a Actor, s sheet, request string, whole bool) (record.Document, error) {
	if err := d.may(a, record.CmdDraft); err != nil {
		return record.Document{}, err
	}
	if err := d.publishForm(ctx, a, s.form); err != nil {
		return record.Document{}, err
	}
	id := cmp.Or(s.id, newID())
	v := d.version(s, id, 1, "", record.Draft)
	manifest, err := d.store(ctx, v, s.canonical)
	if err != nil {
		return record.Document{}, err
	}
	var earlier string
	_, err = d.Journals.Update(ctx, s.issuer.ID, func(st *record.State) (*record.Entry, error) {
		if earlier, err = answered(st, a.ID, request, s.bodyDigest()); err != nil {
			return nil, err
		}
		e := &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: record.CmdDraft, Document: id,
			Request: request, Version: 1, Manifest: manifest,
			Draft: &record.DraftFacts{Type: s.form.Type, Wanted: s.envelope.Date, Whole: whole}}
		if request != "" {
			e.RequestDigest = s.bodyDigest()
		}
		return e, nil
	})
	if errors.Is(err, errAnswered) {
		id, err = earlier, nil
	}
	if err != nil {
		return record.Document{}, err
	}
	return d.Document(ctx, Ref{Journal: s.issuer.ID, ID: id})
}

// Revise replaces the content of a draft or returned document; its
// organisation stays.
func (d *Desk) Revise(ctx context.Context, a Actor, r Ref, in Input) (record.Document, error) {
	o := d.order(a, r, record.CmdRevise, nil)
	o.identify(string(in.Raw))
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	s, err := d.read(ctx, in)
	if err != nil {
		return doc, err
	}
	if s.issuer.ID != r.Journal {
		return doc, record.Faulty("organization-changed", "Không đổi được cơ quan ban hành", []record.Fault{{
			Pointer: "/organization", Code: "organization-changed", Message: "Văn bản đã thuộc sổ của " + r.Journal + "; hãy hủy dự thảo và lập văn bản mới"}})
	}
	if err := d.publishForm(ctx, a, s.form); err != nil {
		return doc, err
	}
	v := d.version(s, doc.ID, doc.Version+1, doc.Manifest, record.Draft)
	if err := d.carryAttachments(ctx, &v); err != nil {
		return doc, err
	}
	manifest, err := d.store(ctx, v, s.canonical)
	if err != nil {
		return doc, err
	}
	return d.carryOut(ctx, o, func(_ *record.State, e *record.Entry) error {
		e.Version, e.Manifest = v.Version, manifest
		e.Draft = &record.DraftFacts{Type: s.form.Type, Wanted: s.envelope.Date, Whole: doc.Whole}
		return nil
	})
}
